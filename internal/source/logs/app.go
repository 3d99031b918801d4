package logs

import (
	"bytes"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// app reads the lines that logging libraries of applications write, with the stack trace after them: time, level, thread and
// logger in one of the usual orders (Log4j, Logback, java.util.logging, Tomcat, Spring Boot, Kafka, Elasticsearch, Python's
// logging, NLog, Serilog), PHP's error_log and ASP.NET Core's console. Only time and level are sure; the text begins behind them.
var app = Dialect{
	ID: "app",
	Anchors: []string{
		"SSL", "TLS", "ssl", "tls", "ertificate", "CERTIFICATE", "andshake", "HANDSHAKE", "PKIX", "X509", "x509", "trustAnchors", "rustStore", "ruststore", "eyStore", "eystore",
		"EOFException", "onnection reset", "forcibly closed", "RemoteException", "pre-login", "isconnected", "HTTPS", "Authentication",
	},
	Parse:     parseApp,
	Continues: continuesApp,
}

func parseApp(line []byte, o *Options) (Record, bool) {
	if rabbitmq.Continues(line) || postgres.Continues(line) || errorlog.Continues(line) { // not ours, though a time and a level stand in it
		return Record{}, false
	}
	for _, form := range []func([]byte, *Options) (Record, bool){phpLog, dotnetConsole} {
		if r, ok := form(line, o); ok {
			return r, true
		}
	}
	body := bytes.TrimPrefix(line, []byte("["))
	at, rest, ok := anyClock(body, o, isoClock, appDayClock, dayFirstClock)
	if !ok {
		return Record{}, false
	}
	rest = trimBlank(bytes.TrimPrefix(bytes.TrimLeft(rest, " \t"), []byte("]")))
	level, ok := appLevel(rest)
	if !ok {
		return Record{}, false
	}
	r := Record{At: at, Level: level, Message: string(trimBlank(rest))}
	return r.kafka(), true
}

// appLevel finds the level among the first words: "INFO", "[ERROR]", "WARN  [main]", "|ERROR|", "- WARNING -".
func appLevel(rest []byte) (string, bool) {
	head := rest[:min(len(rest), 160)]
	for i, n := 0, 0; i < len(head) && n < 8; n++ {
		for i < len(head) && !isWordByte(head[i]) {
			i++
		}
		start := i
		for i < len(head) && isWordByte(head[i]) {
			i++
		}
		w := string(head[start:i])
		if len(w) >= 3 && isLevel(w) && (w == strings.ToUpper(w) || len(head) > i && start > 0 && oneOf(head[start-1], "[|(") && oneOf(head[i], "]|) ")) {
			return w, true
		}
	}
	return "", false
}

// appDayClock reads Tomcat's "10-Jan-2024 08:41:45.123".
func appDayClock(line []byte, o *Options) (t time.Time, rest []byte, ok bool) {
	if len(line) < 20 || line[2] != '-' || line[6] != '-' || line[11] != ' ' {
		return t, line, false
	}
	swapped := append([]byte{}, line...)
	swapped[2], swapped[6] = ' ', ' '
	return dayFirstClock(swapped, o)
}

// kafka: its broker names the peer whose handshake failed, its clients name themselves (org.apache.kafka.common.network.Selector).
func (r Record) kafka() Record {
	if !strings.Contains(r.Message, "org.apache.kafka") && !strings.Contains(r.Message, "(kafka.") {
		return r
	}
	r.Product = "kafka"
	peer, ok := between(r.Message, "ailed authentication with /", " ")
	switch {
	case ok && strings.Contains(r.Message, "[SocketServer"):
		r.Client = addressOf(peer)
		r.Contexts = append(r.Contexts, fact.ByServer)
	case strings.Contains(r.Message, " clientId="):
		r.Contexts = append(r.Contexts, fact.ByClient)
		if node, ok := between(r.Message, "Connection to node ", ")"); ok {
			_, r.Upstream, _ = strings.Cut(node, "/")
		} else {
			r.Upstream = peer
		}
	}
	return r
}

// continuesApp: a stack trace and what stands indented. Python ends its own with the exception's name.
func continuesApp(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	if bytes.HasPrefix(line, []byte("error:")) { // OpenSSL's reasons after PHP's message
		return true
	}
	return oneOf(line[0], " \t") && len(bytes.TrimSpace(line)) > 0 || javaTrace(line) || continuesPlain(line)
}
