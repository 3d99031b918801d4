package live

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

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
	after    string // "": the reset may come before what was sent, or before the connection stands for us
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

// meetAll runs the peers of one protocol side by side, more of them than there are processors: most only wait.
func meetAll(t *testing.T, protocol string, list []hostile) {
	t.Helper()
	slots := make(chan struct{}, 12)
	var wg sync.WaitGroup
	for _, h := range list {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			h.protocol = protocol
			t.Run(h.name, h.check)
		})
	}
	wg.Wait()
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

// deaf never reads, for as long as any probe lives, so that what we send piles up.
func deaf(c net.Conn) {
	c.(*net.TCPConn).SetReadBuffer(1)
	time.Sleep(patience + patience/4)
}

func zeros(n int) []byte { return make([]byte, n) }

// bigRecords are handshake records of the largest size, full of zeros.
func bigRecords() []byte { return record(wire.RecordHandshake, zeros(1<<14)...) }

// Short names for the tables.
const (
	ch, sh = "ClientHello", "ServerHello"
	us     = wire.ClientSide
	them   = wire.ServerSide
	nobody = wire.Nobody
)

func TestHostileTLS(t *testing.T) {
	t.Parallel()
	hugeCertificate := func(c net.Conn) {
		c.Write(record(wire.RecordHandshake, wire.TypeCertificate, 0xff, 0xff, 0xff))
		pour(c, bigRecords())
	}
	endlessEmpty := pouring(record(wire.RecordHandshake))
	endlessChange := pouring(record(wire.RecordChangeCipherSpec, 1))
	brokenSeal := pouring(record(wire.RecordApplicationData, zeros(64)...))
	meetAll(t, "tls", []hostile{
		{name: "silent from the start", serve: hold, how: fact.EndTimeout, by: nobody, after: ch},
		{name: "never reads", serve: deaf, how: fact.EndTimeout, by: nobody, after: ch},
		{name: "FIN at once", serve: fin, how: fact.EndClosed, by: them, after: ch},
		{name: "RST at once", serve: rst, how: fact.EndReset, by: them},
		{name: "silent after the hello", serve: afterHello(hold), how: fact.EndTimeout, by: nobody, after: ch},
		{name: "FIN after the hello", serve: afterHello(fin), how: fact.EndClosed, by: them, after: ch},
		{name: "RST after the hello", serve: afterHello(rst), how: fact.EndReset, by: them, after: ch},

		{name: "1.3, silent after ServerHello", serve: afterRecords(t, wire.TLS13, 1, hold), how: fact.EndTimeout, by: nobody, after: sh},
		{name: "1.3, FIN after ServerHello", serve: afterRecords(t, wire.TLS13, 1, fin), how: fact.EndClosed, by: them, after: sh},
		{name: "1.3, RST after ServerHello", serve: afterRecords(t, wire.TLS13, 1, rst), how: fact.EndReset, by: them},
		{name: "1.2, silent after ServerHello", serve: afterRecords(t, wire.TLS12, 1, hold), how: fact.EndTimeout, by: nobody, after: sh},
		{name: "1.2, FIN after ServerHello", serve: afterRecords(t, wire.TLS12, 1, fin), how: fact.EndClosed, by: them, after: sh},
		{name: "1.2, silent after Certificate", serve: afterRecords(t, wire.TLS12, 2, hold), how: fact.EndTimeout, by: nobody, after: "Certificate"},
		{name: "1.2, FIN after Certificate", serve: afterRecords(t, wire.TLS12, 2, fin), how: fact.EndClosed, by: them, after: "Certificate"},
		{name: "1.2, silent after ServerKeyExchange", serve: afterRecords(t, wire.TLS12, 3, hold), how: fact.EndTimeout, by: nobody, after: "ServerKeyExchange"},
		{name: "1.2, silent after our Finished", serve: afterFlight12(t, hold), how: fact.EndTimeout, by: nobody, after: "client Finished"},
		{name: "1.2, FIN after our Finished", serve: afterFlight12(t, fin), how: fact.EndClosed, by: them, after: "client Finished"},
		{name: "1.2, RST after our Finished", serve: afterFlight12(t, rst), how: fact.EndReset, by: them, after: "client Finished"},

		{name: "garbage", serve: saying("\x01\x02\x03garbage", hold), how: fact.EndNotTLS, by: them, after: ch},
		{name: "endless garbage", serve: pouring([]byte("garbage")), how: fact.EndNotTLS, by: them, after: ch},
		{name: "HTTP", serve: afterHello(saying("HTTP/1.1 400 Bad Request\r\n\r\n", fin)), how: fact.EndNotTLS, by: them, after: ch},
		{name: "SSH", serve: saying("SSH-2.0-OpenSSH_9.2\r\n", hold), how: fact.EndNotTLS, by: them, after: ch},
		{name: "garbage after ServerHello", serve: afterRecords(t, wire.TLS12, 1, saying("garbage", hold)), how: fact.EndNotTLS, by: them, after: sh},
		{name: "SSLv2", serve: afterHello(saying("\x80\x0b\x04\x00\x01\x00\x02\x00\x00\x00\x03\x00\x00", hold)), how: fact.EndNotTLS, by: them, after: ch},
		{name: "alert", serve: afterHello(saying("\x15\x03\x03\x00\x02\x02\x28", fin)), how: fact.EndAlert, by: them, after: ch, alert: 40},
		{name: "alert and RST", serve: afterHello(saying("\x15\x03\x03\x00\x02\x02\x46", rst)), how: fact.EndAlert, by: them, after: ch, alert: 70},

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
	})
}

func TestHostileMySQL(t *testing.T) {
	t.Parallel()
	after := func(then func(net.Conn)) func(net.Conn) { return afterPreamble(t, "mysql", then) }
	greeting := func(caps byte) string { // protocol 10, version, thread, salt, filler, capabilities of which 0x08 in the second byte is TLS
		body := "\x0a8.4.6\x00\x01\x00\x00\x00saltsalt\x00\xff" + string([]byte{caps}) + "\x2d\x02\x00\x00\x00"
		return string([]byte{byte(len(body)), 0, 0, 0}) + body
	}
	meetAll(t, "mysql", []hostile{
		{name: "silent from the start", serve: hold, how: fact.EndTimeout, by: nobody, after: "preamble"},
		{name: "FIN at once", serve: fin, how: fact.EndClosed, by: them, after: "preamble"},
		{name: "RST at once", serve: rst, how: fact.EndReset, by: them},
		{name: "half a greeting", serve: saying(greeting(0xff)[:20], hold), how: fact.EndTimeout, by: nobody, after: "preamble"},
		{name: "half a greeting, FIN", serve: saying(greeting(0xff)[:20], fin), how: fact.EndClosed, by: them, after: "preamble"},
		{name: "half a greeting, RST", serve: saying(greeting(0xff)[:20], rst), how: fact.EndReset, by: them},
		{name: "one byte per 100 ms", serve: dripping([]byte(greeting(0xff) + string(zeros(200)))), how: fact.EndTimeout, by: nobody},
		{name: "greeting of 16 MB", serve: saying("\xff\xff\xff\x00\x0a8.4.6", pouring(zeros(1<<16))), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "endless zeros", serve: pouring(zeros(1 << 16)), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "endless letters", serve: pouring([]byte("AAAAAAAA")), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "a version without end", serve: saying("\x00\x10\x00\x00\x0a", pouring([]byte("8.4.6"))), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "no TLS", serve: saying(greeting(0xf7), hold), how: fact.EndDeclined, by: them, after: "preamble"},
		{name: "host is blocked", serve: saying("\x0b\x00\x00\x00\xff\x69\x04#HY000no", fin), how: fact.EndError, by: them, after: "preamble"},
		{name: "silent after SSLRequest", serve: after(hold), how: fact.EndTimeout, by: nobody, after: ch},
		{name: "FIN after SSLRequest and hello", serve: after(afterHello(fin)), how: fact.EndClosed, by: them, after: ch},
		{name: "RST after SSLRequest and hello", serve: after(afterHello(rst)), how: fact.EndReset, by: them, after: ch},
		{name: "error after SSLRequest", serve: after(afterHello(saying("\x0b\x00\x00\x02\xff\x15\x04#28000no", fin))), how: fact.EndNotTLS, by: them, after: ch},
		{name: "endless bytes after SSLRequest", serve: after(pouring(zeros(1 << 16))), how: fact.EndNotTLS, by: them, after: ch},
		{name: "silent after ServerHello", serve: after(afterRecords(t, wire.TLS12, 1, hold)), how: fact.EndTimeout, by: nobody, after: sh},
	})
}

func TestHostilePostgres(t *testing.T) {
	t.Parallel()
	after := func(then func(net.Conn)) func(net.Conn) { return afterPreamble(t, "postgres", then) }
	meetAll(t, "postgres", []hostile{
		{name: "silent from the start", serve: hold, how: fact.EndTimeout, by: nobody, after: "preamble"},
		{name: "FIN at once", serve: fin, how: fact.EndClosed, by: them, after: "preamble"},
		{name: "RST at once", serve: rst, how: fact.EndReset, by: them},
		{name: "declined", serve: saying("N", hold), how: fact.EndDeclined, by: them, after: "preamble"},
		{name: "error", serve: saying("E\x00\x00\x00\x2aSFATAL\x00C53300\x00Msorry, too many clients\x00\x00", fin), how: fact.EndError, by: them, after: "preamble"},
		{name: "error of 16 MB", serve: saying("E\x00\xff\xff\xff", pouring(zeros(1<<16))), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "more than the S", serve: saying("SX", hold), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "endless S", serve: pouring([]byte("SSSSSSSS")), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "endless zeros", serve: pouring(zeros(1 << 16)), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "one byte per 100 ms", serve: dripping([]byte("E\x00\x00\x10\x00SFATAL")), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "silent after S", serve: after(hold), how: fact.EndTimeout, by: nobody, after: ch},
		{name: "FIN after S and hello", serve: after(afterHello(fin)), how: fact.EndClosed, by: them, after: ch},
		{name: "RST after S and hello", serve: after(afterHello(rst)), how: fact.EndReset, by: them, after: ch},
		{name: "garbage after S", serve: after(afterHello(pouring([]byte("garbage")))), how: fact.EndNotTLS, by: them, after: ch},
		{name: "silent after ServerHello", serve: after(afterRecords(t, wire.TLS13, 1, hold)), how: fact.EndTimeout, by: nobody, after: sh},
	})
}

// tds is one TDS packet of a type, the last of its message or not.
func tds(kind, status byte, size int, payload string) string {
	return string([]byte{kind, status, byte(size >> 8), byte(size), 0, 0, 1, 0}) + payload
}

func TestHostileMSSQL(t *testing.T) {
	t.Parallel()
	after := func(then func(net.Conn)) func(net.Conn) { return afterPreamble(t, "mssql", then) }
	readHello := func(c net.Conn) { // one TDS message with the hello
		for head := make([]byte, 8); ; {
			if _, err := io.ReadFull(c, head); err != nil {
				return
			}
			io.CopyN(io.Discard, c, int64(head[2])<<8+int64(head[3])-8)
			if head[1]&1 == 1 {
				return
			}
		}
	}
	answering := func(then func(net.Conn)) func(net.Conn) { return after(func(c net.Conn) { readHello(c); then(c) }) }
	meetAll(t, "mssql", []hostile{
		{name: "silent from the start", serve: hold, how: fact.EndTimeout, by: nobody, after: "preamble"},
		{name: "FIN at once", serve: fin, how: fact.EndClosed, by: them, after: "preamble"},
		{name: "RST at once", serve: rst, how: fact.EndReset, by: them},
		{name: "half a header", serve: saying("\x04\x01\x00", hold), how: fact.EndTimeout, by: nobody, after: "preamble"},
		{name: "half a packet, FIN", serve: saying(tds(4, 1, 0xffff, "\x00\x00"), fin), how: fact.EndClosed, by: them, after: "preamble"},
		{name: "packets that never end a message", serve: pouring([]byte(tds(4, 0, 0x7fff, string(zeros(0x7fff-8))))), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "packets of nothing", serve: pouring([]byte(tds(4, 0, 8, ""))), how: fact.EndLocal, by: us, after: "preamble", reason: wire.ReasonEndless},
		{name: "length below the header's", serve: saying(tds(4, 1, 7, ""), hold), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "endless zeros", serve: pouring(zeros(1 << 16)), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "endless letters", serve: pouring([]byte("AAAAAAAA")), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "options outside the packet", serve: saying(tds(4, 1, 14, "\x00\xff\xff\xff\xff\xff"), hold), how: fact.EndNotTLS, by: them, after: "preamble"},
		{name: "one byte per 100 ms", serve: dripping([]byte(tds(4, 1, 0x1000, string(zeros(64))))), how: fact.EndTimeout, by: nobody, after: "preamble"},
		{name: "silent after PRELOGIN", serve: after(hold), how: fact.EndTimeout, by: nobody, after: ch},
		{name: "FIN after PRELOGIN and hello", serve: answering(fin), how: fact.EndClosed, by: them, after: ch},
		{name: "RST after PRELOGIN and hello", serve: answering(rst), how: fact.EndReset, by: them, after: ch},
		{name: "no packets after the hello", serve: answering(saying("HTTP/1.1 400 Bad Request\r\n\r\n", hold)), how: fact.EndNotTLS, by: them, after: ch},
		{name: "packets of garbage after the hello", serve: answering(pouring([]byte(tds(0x12, 1, 16, "garbage!")))), how: fact.EndNotTLS, by: them, after: ch},
		{name: "packets of nothing after the hello", serve: answering(pouring([]byte(tds(0x12, 0, 8, "")))), how: fact.EndLocal, by: us, after: ch, reason: wire.ReasonTooLarge},
		{name: "error after the hello", serve: answering(saying(tds(4, 1, 20, "\xaa\x09\x00\x14\x48\x00\x00\x01\x0e\x00\x00\x00"), fin)), how: fact.EndNotTLS, by: them, after: ch},
		{name: "alert in a packet", serve: answering(saying(tds(0x12, 1, 15, "\x15\x03\x03\x00\x02\x02\x28"), fin)), how: fact.EndAlert, by: them, after: ch, alert: 40},
		{name: "alert without a packet", serve: answering(saying("\x15\x03\x03\x00\x02\x02\x28", fin)), how: fact.EndAlert, by: them, after: ch, alert: 40},
	})
}
