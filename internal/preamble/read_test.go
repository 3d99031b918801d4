package preamble

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// stepNames are a handshake's steps as "client ClientHello".
func stepNames(h fact.Handshake) []string {
	var out []string
	for _, s := range h.Steps {
		if s.Name != "ChangeCipherSpec" && s.Name != "application data" && s.Name != "Alert" && s.Name != "NewSessionTicket" {
			out = append(out, s.From.String()+" "+s.Name)
		}
	}
	return out
}

func TestReadWholeHandshakes(t *testing.T) {
	tls12 := []string{"client ClientHello", "server ServerHello", "server Certificate", "server ServerKeyExchange", "server ServerHelloDone",
		"client ClientKeyExchange", "client Finished", "server Finished"}
	tls13 := []string{"client ClientHello", "server ServerHello", "server EncryptedExtensions", "server Certificate", "server CertificateVerify",
		"server Finished", "client Finished"}
	rows := []struct {
		name    string
		p       Protocol
		dial    Options
		login   []byte
		version uint16
		before  []string
		tls     []string
		after   string
	}{
		{"https", https(), Options{}, []byte("GET / HTTP/1.1\r\n\r\n"), tls.VersionTLS13, nil, tls13, "client Finished"},
		{"mysql", mysql(), Options{}, handshakeResponse(2), tls.VersionTLS12, []string{"server greeting", "client SSLRequest"}, tls12, "server Finished"},
		{"postgres", postgres(), Options{}, startupFor("u", "d").bytes(), tls.VersionTLS13, []string{"client SSLRequest", "server S"}, tls13, "client Finished"},
		{"mssql", mssql(), Options{}, login7(), tls.VersionTLS12, []string{"client PRELOGIN", "server PRELOGIN"}, tls12, "server Finished"},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			g := play(t, r.p, r.dial, Options{}, r.version, r.login)
			g.outer.recorded.Secrets = g.keys.secrets
			h := Read(&r.p, &g.outer.recorded)
			if got, want := stepNames(h), append(r.before, r.tls...); !slices.Equal(got, want) {
				t.Errorf("steps\n%q, want\n%q", got, want)
			}
			if h.Finished != fact.Yes || h.End.How != "" || h.End.After != r.after {
				t.Errorf("finished %v, end %+v", h.Finished, h.End)
			}
			if h.Client == nil || h.Server == nil || h.Server.Version != r.version || len(h.Chain.Leaf().DER) < 100 {
				t.Errorf("hello %v, answer %v, chain %v", h.Client, h.Server, h.Chain)
			}
			if (h.Said != nil) != (r.before != nil) {
				t.Errorf("said %+v", h.Said)
			}
			if r.version == tls.VersionTLS12 && (h.Key == nil || h.Key.Kind != "ECDHE") {
				t.Errorf("key exchange %+v", h.Key)
			}
		})
	}
}

// chunk is a recording's chunk at so many milliseconds.
func chunk(from wire.Side, ms int, data string) wire.Chunk {
	return wire.Chunk{From: from, At: time.Duration(ms) * time.Millisecond, Data: []byte(data)}
}

// goHello is the ClientHello record of Go's crypto/tls.
func goHello(t testing.TB) string {
	t.Helper()
	c, s := loopback(t)
	go tls.Client(c, &tls.Config{ServerName: "db.example.test"}).Handshake()
	b := make([]byte, 16<<10)
	n, err := s.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestReadEnds(t *testing.T) {
	hello := goHello(t)
	const c, s = wire.ClientSide, wire.ServerSide
	greeting := string(mysqlPacket{0, greet("MySQL 8.0.40", false)}.bytes())
	sslRequestPG := string(startup{code: pgSSLRequest}.bytes())
	rows := []struct {
		name   string
		id     string
		chunks []wire.Chunk
		end    fact.End
		speaks string
		alerts int
	}{
		{"nothing", "https", nil, fact.End{After: "tcp"}, "", 0},
		{"hello and silence", "https", []wire.Chunk{chunk(c, 0, hello)}, fact.End{After: "ClientHello"}, "", 0},
		{"fatal alert", "https", []wire.Chunk{chunk(c, 0, hello), chunk(s, 9, "\x15\x03\x03\x00\x02\x02\x28")},
			fact.End{By: s, How: fact.EndAlert, After: "ClientHello", Alert: 40}, "", 1},
		{"warning only", "https", []wire.Chunk{chunk(c, 0, hello), chunk(s, 9, "\x15\x03\x03\x00\x02\x01\x70")},
			fact.End{After: "ClientHello"}, "", 1},
		{"HTTP answers", "https", []wire.Chunk{chunk(c, 0, hello), chunk(s, 9, "HTTP/1.1 400 Bad Request\r\n\r\n")},
			fact.End{By: s, How: fact.EndNotTLS, After: "ClientHello"}, "http", 0},
		{"SMTP banner", "https", []wire.Chunk{chunk(s, 1, "220 mail ESMTP Postfix\r\n"), chunk(c, 2, hello)},
			fact.End{By: s, How: fact.EndNotTLS, After: "ClientHello"}, "smtp", 0},
		{"mysql without TLS", "mysql", []wire.Chunk{chunk(s, 1, greeting)},
			fact.End{By: s, How: fact.EndDeclined, After: "preamble"}, "", 0},
		{"postgres N", "postgres", []wire.Chunk{chunk(c, 0, sslRequestPG), chunk(s, 1, "N")},
			fact.End{By: s, How: fact.EndDeclined, After: "preamble"}, "", 0},
		{"postgres port speaks SSH", "postgres", []wire.Chunk{chunk(c, 0, sslRequestPG), chunk(s, 1, "SSH-2.0-OpenSSH_9.2\r\n")},
			fact.End{By: s, How: fact.EndNotTLS, After: "preamble"}, "ssh", 0},
		{"postgres alert after S", "postgres", []wire.Chunk{chunk(c, 0, sslRequestPG), chunk(s, 1, "S"), chunk(c, 2, hello), chunk(s, 3, "\x15\x03\x01\x00\x02\x02\x46")},
			fact.End{By: s, How: fact.EndAlert, After: "ClientHello", Alert: 70}, "", 1},
		{"postgres bytes behind S", "postgres", []wire.Chunk{chunk(c, 0, sslRequestPG), chunk(s, 1, "SR\x00\x00\x00\x08\x00\x00\x00\x00")},
			fact.End{By: s, How: fact.EndNotTLS, After: "preamble"}, "", 0},
		{"postgres no TLS after S", "postgres", []wire.Chunk{chunk(c, 0, sslRequestPG), chunk(s, 1, "S"), chunk(c, 2, hello), chunk(s, 3, "what is this")},
			fact.End{By: s, How: fact.EndNotTLS, After: "ClientHello"}, "", 0},
		{"postgres error after S", "postgres", []wire.Chunk{chunk(c, 0, sslRequestPG), chunk(s, 1, "S"), chunk(c, 2, hello), chunk(s, 3, "E\x00\x00\x00\x1dSFATAL\x00C53300\x00Mtoo many\x00\x00")},
			fact.End{By: s, How: fact.EndError, After: "ClientHello"}, "", 0},
		{"mariadb refuses the host behind its greeting", "mysql", []wire.Chunk{chunk(s, 1, string(mysqlPacket{0, greet("MariaDB 10.11.19", true)}.bytes())),
			chunk(s, 1, string(mysqlPacket{1, writeERR(Error{1130, "HY000", "Proxy header is not accepted from 127.0.0.1"})}.bytes()))},
			fact.End{By: s, How: fact.EndError, After: "preamble"}, "", 0},
		{"hello to mysql without SSLRequest", "mysql", []wire.Chunk{chunk(s, 1, greeting), chunk(c, 2, hello),
			chunk(s, 3, string(mysqlPacket{1, writeERR(Error{1156, "08S01", "Got packets out of order"})}.bytes()))},
			fact.End{By: s, How: fact.EndNotTLS, After: "ClientHello"}, "mysql", 0},
		{"postgres client in the clear", "postgres", []wire.Chunk{chunk(c, 0, string(startupFor("a", "b").bytes())), chunk(s, 1, "R\x00\x00\x00\x08\x00\x00\x00\x05")},
			fact.End{By: c, How: fact.EndLocal, After: "preamble", Reason: "no-tls"}, "", 0},
		{"mssql silent after PRELOGIN", "mssql", []wire.Chunk{chunk(c, 0, string(writeTDS(tdsPrelogin, clientPrelogin(EncryptOn, "").bytes())))},
			fact.End{After: "preamble"}, "", 0},
		{"mssql hello on the TDS 7 port", "mssql", []wire.Chunk{chunk(c, 0, hello), chunk(s, 1, "\x15\x03\x03\x00\x02\x02\x50")},
			fact.End{By: s, How: fact.EndAlert, After: "ClientHello", Alert: 80}, "", 1},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			h := Read(ByID(r.id), &wire.Transcript{Chunks: r.chunks})
			if h.End != r.end {
				t.Errorf("end %+v, want %+v", h.End, r.end)
			}
			if r.speaks != "" && (h.Said == nil || h.Said.Speaks != r.speaks) {
				t.Errorf("said %+v", h.Said)
			}
			if len(h.Alerts) != r.alerts || h.Finished != fact.Unknown {
				t.Errorf("alerts %v, finished %v", h.Alerts, h.Finished)
			}
		})
	}
}

func TestReadTakesTimesFromTheChunks(t *testing.T) {
	hello := goHello(t)
	pre := string(writeTDS(tdsPrelogin, clientPrelogin(EncryptOn, "").bytes()))
	answer := string(writeTDS(tdsReply, serverPrelogin("", EncryptOn, nil).bytes()))
	wrapped := string(writeTDS(tdsPrelogin, []byte(hello)))
	h := Read(ByID("mssql"), &wire.Transcript{Chunks: []wire.Chunk{
		chunk(wire.ClientSide, 1, pre[:9]), chunk(wire.ClientSide, 2, pre[9:]), chunk(wire.ServerSide, 3, answer),
		chunk(wire.ClientSide, 4, wrapped[:20]), chunk(wire.ClientSide, 5, wrapped[20:]),
	}})
	var got []int
	for _, s := range h.Steps {
		got = append(got, int(s.At.Milliseconds()))
	}
	if !slices.Equal(got, []int{2, 3, 5}) || h.Took != 5*time.Millisecond {
		t.Errorf("steps %+v, took %v", h.Steps, h.Took)
	}
	if h.Client == nil || h.Client.ServerName != "db.example.test" {
		t.Errorf("hello out of the packets: %+v", h.Client)
	}
}

func TestReadBehindAProxyHeader(t *testing.T) {
	hello := goHello(t)
	for _, header := range []string{"PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n", "PROXY UNKNOWN\r\n", string(LocalProxyHeader()),
		"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x02\x12\x67\x01\xbb"} {
		h := Read(ByID("https"), &wire.Transcript{Chunks: []wire.Chunk{chunk(wire.ClientSide, 0, header+hello)}})
		if h.Client == nil || len(h.Steps) != 2 || h.Steps[0].Name != "PROXY header" {
			t.Errorf("%q: steps %+v", header, h.Steps)
		}
		if strings.Contains(header, "TCP4") && h.Steps[0].Note != "for 192.0.2.1:4711" {
			t.Errorf("note %q", h.Steps[0].Note)
		}
	}
}
