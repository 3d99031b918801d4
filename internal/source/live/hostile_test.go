package live

import (
	"context"
	"net"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A hostile peer, and the end that its handshake must have.
type hostile struct {
	name     string
	protocol string
	serve    func(net.Conn)
	by       wire.Side
	how      fact.How
	after    string // "": whichever came first
	reason   string // of an end on our side
	alert    uint8
}

func (h hostile) check(t *testing.T) {
	t.Helper()
	got := meet(t, h.protocol, h.serve)
	e := got.End
	if e.How != h.how || e.By != h.by || h.after != "" && e.After != h.after || e.Reason != h.reason || e.Alert != h.alert {
		t.Errorf("ended %s by %q after %s, reason %q, alert %d (%s); want %s by %q after %s, reason %q, alert %d",
			e.How, e.By, e.After, e.Reason, e.Alert, e.Detail, h.how, h.by, h.after, h.reason, h.alert)
	}
	if got.Finished == fact.Yes || got.Completed() {
		t.Error("the handshake counts as finished")
	}
	if e.How == fact.EndTimeout && e.Silent <= 0 {
		t.Errorf("silent for %v", e.Silent)
	}
}

// afterHello waits for the client's hello first.
func afterHello(then func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) { readRecord(c); then(c) }
}

// afterRecords answers the hello with the first n records of a proper flight of at most this version.
func afterRecords(t *testing.T, most uint16, n int, then func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		out, err := engine(t, most, nil).Feed(readRecord(c))
		if err != nil {
			t.Errorf("the peer's engine: %v", err)
			return
		}
		c.Write(cutRecords(out, n))
		then(c)
	}
}

// afterFlight12 sends a whole TLS 1.2 flight, reads the client's up to its Finished, and withholds its own.
func afterFlight12(t *testing.T, then func(net.Conn)) func(net.Conn) {
	return afterRecords(t, wire.TLS12, 99, func(c net.Conn) {
		for range 3 { // ClientKeyExchange, ChangeCipherSpec, Finished
			readRecord(c)
		}
		then(c)
	})
}

// afterPreamble speaks the protocol's preamble in order, then misbehaves below it.
func afterPreamble(t *testing.T, protocol string, then func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) {
		if _, _, err := preamble.ByID(protocol).Accept(context.Background(), c, preamble.Options{}); err != nil {
			t.Errorf("the peer's preamble: %v", err)
			return
		}
		then(c)
	}
}

// saying answers with fixed bytes and then does something.
func saying(b string, then func(net.Conn)) func(net.Conn) {
	return func(c net.Conn) { c.Write([]byte(b)); then(c) }
}

func pouring(b []byte) func(net.Conn)  { return func(c net.Conn) { pour(c, b) } }
func dripping(b []byte) func(net.Conn) { return func(c net.Conn) { drip(c, b) } }

// deaf never reads, so that what we send piles up.
func deaf(t *testing.T) func(net.Conn) {
	return func(c net.Conn) {
		c.(*net.TCPConn).SetReadBuffer(1)
		<-t.Context().Done()
	}
}

func zeros(n int) []byte { return make([]byte, n) }

// bigRecords are handshake records of the largest size, full of zeros.
func bigRecords() []byte { return record(wire.RecordHandshake, zeros(1<<14)...) }

func TestHostileTLS(t *testing.T) {
	const (
		ch, sh = "ClientHello", "ServerHello"
		us     = wire.ClientSide
		peer   = wire.ServerSide
		nobody = wire.Nobody
	)
	hugeCertificate := func(c net.Conn) {
		c.Write(record(wire.RecordHandshake, wire.TypeCertificate, 0xff, 0xff, 0xff))
		pour(c, bigRecords())
	}
	endlessEmpty := pouring(record(wire.RecordHandshake))
	endlessChange := pouring(record(wire.RecordChangeCipherSpec, 1))
	brokenSeal := pouring(record(wire.RecordApplicationData, zeros(64)...))
	for _, h := range []hostile{
		{name: "silent from the start", serve: hold, how: fact.EndTimeout, by: nobody, after: ch},
		{name: "FIN at once", serve: fin, how: fact.EndClosed, by: peer, after: ch},
		{name: "RST at once", serve: rst, how: fact.EndReset, by: peer},
		{name: "silent after the hello", serve: afterHello(hold), how: fact.EndTimeout, by: nobody, after: ch},
		{name: "FIN after the hello", serve: afterHello(fin), how: fact.EndClosed, by: peer, after: ch},
		{name: "RST after the hello", serve: afterHello(rst), how: fact.EndReset, by: peer, after: ch},

		{name: "1.3, silent after ServerHello", serve: afterRecords(t, wire.TLS13, 1, hold), how: fact.EndTimeout, by: nobody, after: sh},
		{name: "1.3, FIN after ServerHello", serve: afterRecords(t, wire.TLS13, 1, fin), how: fact.EndClosed, by: peer, after: sh},
		{name: "1.3, RST after ServerHello", serve: afterRecords(t, wire.TLS13, 1, rst), how: fact.EndReset, by: peer},
		{name: "1.2, silent after ServerHello", serve: afterRecords(t, wire.TLS12, 1, hold), how: fact.EndTimeout, by: nobody, after: sh},
		{name: "1.2, FIN after ServerHello", serve: afterRecords(t, wire.TLS12, 1, fin), how: fact.EndClosed, by: peer, after: sh},
		{name: "1.2, silent after Certificate", serve: afterRecords(t, wire.TLS12, 2, hold), how: fact.EndTimeout, by: nobody, after: "Certificate"},
		{name: "1.2, FIN after Certificate", serve: afterRecords(t, wire.TLS12, 2, fin), how: fact.EndClosed, by: peer, after: "Certificate"},
		{name: "1.2, silent after ServerKeyExchange", serve: afterRecords(t, wire.TLS12, 3, hold), how: fact.EndTimeout, by: nobody, after: "ServerKeyExchange"},
		{name: "1.2, silent after our Finished", serve: afterFlight12(t, hold), how: fact.EndTimeout, by: nobody, after: "client Finished"},
		{name: "1.2, FIN after our Finished", serve: afterFlight12(t, fin), how: fact.EndClosed, by: peer, after: "client Finished"},
		{name: "1.2, RST after our Finished", serve: afterFlight12(t, rst), how: fact.EndReset, by: peer, after: "client Finished"},

		{name: "garbage", serve: saying("\x01\x02\x03garbage", hold), how: fact.EndNotTLS, by: peer, after: ch},
		{name: "endless garbage", serve: pouring([]byte("garbage")), how: fact.EndNotTLS, by: peer, after: ch},
		{name: "HTTP", serve: afterHello(saying("HTTP/1.1 400 Bad Request\r\n\r\n", fin)), how: fact.EndNotTLS, by: peer, after: ch},
		{name: "SSH", serve: saying("SSH-2.0-OpenSSH_9.2\r\n", hold), how: fact.EndNotTLS, by: peer, after: ch},
		{name: "garbage after ServerHello", serve: afterRecords(t, wire.TLS12, 1, saying("garbage", hold)), how: fact.EndNotTLS, by: peer, after: sh},
		{name: "SSLv2", serve: afterHello(saying("\x80\x0b\x04\x00\x01\x00\x02\x00\x00\x00\x03\x00\x00", hold)), how: fact.EndNotTLS, by: peer, after: ch},
		{name: "alert", serve: afterHello(saying("\x15\x03\x03\x00\x02\x02\x28", fin)), how: fact.EndAlert, by: peer, after: ch, alert: 40},
		{name: "alert and RST", serve: afterHello(saying("\x15\x03\x03\x00\x02\x02\x46", rst)), how: fact.EndAlert, by: peer, after: ch, alert: 70},

		{name: "endless empty records", serve: afterHello(endlessEmpty), how: fact.EndLocal, by: us, after: ch, reason: wire.ReasonEndless},
		{name: "endless warnings", serve: afterHello(pouring(record(wire.RecordAlert, 1, 112))), how: fact.EndLocal, by: us, after: ch, reason: wire.ReasonEndless},
		{name: "endless HelloRequests", serve: afterHello(pouring(record(wire.RecordHandshake, 0, 0, 0, 0))), how: fact.EndLocal, by: us, after: ch, reason: wire.ReasonEndless},
		{name: "1.3, endless ChangeCipherSpec", serve: afterRecords(t, wire.TLS13, 1, endlessChange), how: fact.EndLocal, by: us, after: sh, reason: wire.ReasonEndless},
		{name: "1.3, records that do not open", serve: afterRecords(t, wire.TLS13, 1, brokenSeal), how: fact.EndLocal, by: us, after: sh, reason: wire.ReasonBadRecord},
		{name: "record longer than any", serve: afterHello(saying("\x16\x03\x03\xff\xff", pouring(zeros(1<<14)))), how: fact.EndLocal, by: us, after: ch, reason: wire.ReasonTooLarge},
		{name: "16 MB ServerHello", serve: afterHello(saying("\x16\x03\x03\x00\x04\x02\xff\xff\xff", pouring(bigRecords()))), how: fact.EndLocal, by: us, after: ch, reason: wire.ReasonTooLarge},
		{name: "16 MB Certificate", serve: afterRecords(t, wire.TLS12, 1, hugeCertificate), how: fact.EndLocal, by: us, after: sh, reason: wire.ReasonTooLarge},
		{name: "a message that never ends", serve: afterHello(saying("\x16\x03\x03\x00\x04\x02\x10\x00\x00", endlessEmpty)), how: fact.EndLocal, by: us, after: ch, reason: wire.ReasonEndless},

		{name: "one byte per 100 ms", serve: dripping(bigRecords()), how: fact.EndTimeout, by: nobody, after: ch},
		{name: "one record per 100 ms", serve: afterRecords(t, wire.TLS12, 1, dripping(record(wire.RecordHandshake))), how: fact.EndTimeout, by: nobody, after: sh},
		{name: "never reads", serve: deaf(t), how: fact.EndTimeout, by: nobody, after: ch},
	} {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			h.protocol = "tls"
			h.check(t)
		})
	}
}
