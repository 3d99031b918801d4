package logs

import (
	"bytes"
	"slices"
	"sync"
)

// plain reads every line: what is left when no dialect does. A record is a paragraph: a line, and the lines of its
// stack trace.
var plain = Dialect{Parse: parsePlain, Continues: continuesPlain}

func parsePlain(line []byte, o *Options) (Record, bool) {
	text := bytes.TrimSpace(line)
	if len(text) == 0 || continuesPlain(line) {
		return Record{}, false
	}
	at, rest := leadingStamp(text, o)
	level, rest := leadingLevel(rest)
	return Record{At: at, Level: level, Message: string(rest)}, true
}

// continuations begin the lines of stack traces and of messages in several lines: Java, .NET, Python, Go, MySQL.
var continuations = [][]byte{
	[]byte("at "), []byte("Caused by:"), []byte("Suppressed:"), []byte("... "), []byte("--->"), []byte("---"), []byte("End of inner exception"),
	[]byte("Traceback"), []byte("During handling of"), []byte("The above exception was"), []byte("Inner exception"), []byte("InnerException"),
	[]byte("ClientConnectionId"), []byte("Error Number:"), []byte("goroutine "),
}

func continuesPlain(line []byte) bool {
	if len(line) == 0 {
		return false
	}
	if line[0] == ' ' || line[0] == '\t' {
		return len(bytes.TrimSpace(line)) > 0
	}
	for _, c := range continuations {
		if bytes.HasPrefix(line, c) {
			return true
		}
	}
	return false
}

// levels are the words that a log line's level is written in.
var levels = []string{"FATAL", "ERROR", "ERR", "SEVERE", "CRITICAL", "CRIT", "WARNING", "WARN", "INFO", "NOTICE", "DEBUG", "TRACE", "ALERT", "EMERG", "PANIC"}

// leadingLevel takes a level off the beginning of a text: "[error] x", "WARN: x", "ERROR x".
func leadingLevel(text []byte) (level string, rest []byte) {
	rest = bytes.TrimLeft(text, " [(<|-:")
	for _, l := range levels {
		if len(rest) > len(l) && bytes.EqualFold(rest[:len(l)], []byte(l)) && !wordByte(rest[len(l)]) {
			after := bytes.TrimLeft(rest[len(l):], " ])>|-:")
			if len(after) == 0 {
				break
			}
			return string(bytes.ToLower(rest[:len(l)])), after
		}
	}
	return "", text
}

func wordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_'
}

// telling are words that make a line one about TLS, in the languages that Windows and Java print.
var telling = []string{
	"ssl", "tls", "handshake", "hand shake", "certificat", "x509", "x.509", "cipher", "schannel", "sspi", "pkix", "truststore",
	"trust store", "keystore", "key store", "trust anchor", "ocsp", "secure channel", "0x8009", "-21468930", "-21468926", "0a0000", "error:14", "error:0a",
	"private key", "client hello", "server hello", "clienthello", "serverhello", "close_notify", "zertifikat", "証明書", "ハンドシェイク", "证书", "握手", "憑證", "인증서",
	"сертифик", "certyfikat", "sertifika", `\x16\x03`, `\u0016\u0003`,
}

// looser are words that stand in what TLS faults are told as, and in much else: such a line counts only when its text is known.
var looser = []string{
	"connection reset", "econnreset", "connreset", "forcibly closed", "connection was closed", "connection closed", "closed the connection", "closed by",
	"refused", "timed out", "timeout", "etimedout", "broken pipe", "unexpected eof", "eof", "prematurely", "enotfound", "getaddrinfo",
	"pre-login", "prelogin", "encrypt", "trust", "wrong version", "packet", "login failed", "access denied", "10054", "10060", "10061",
	"hy000", "2013", "2026", "lost connection", "untrusted", "revo", "authenticat", "expired", "hostname", "host name", "接続", "连接", "protocol", "alert", "sni",
	"unreachable", "no route", "name resolution", "unknown host", "no such host", "entropy", "fips", "starttls", "https",
}

// tellingWords and allWords find them; they are built once and never changed.
var (
	tellingWords = sync.OnceValue(func() *automaton { return newAutomaton(telling, true) })
	allWords     = sync.OnceValue(func() *automaton { return newAutomaton(append(slices.Clone(telling), looser...), true) })
)
