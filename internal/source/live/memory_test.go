package live

import (
	"net"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Bounds in bytes.
const (
	mostInAll     = 64 << 20 // by a whole diagnosis, which makes up to twelve connections
	mostAllocated = 32 << 20 // by one connection, garbage included: the peak is below it
	mostKept      = 4 << 20  // of one connection
)

// spent tells how many bytes f allocates, garbage included, and how many of them stay in use.
func spent(f func()) (allocated, kept int64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc), int64(after.HeapAlloc) - int64(before.HeapAlloc)
}

// inBytes puts each byte of b into a TDS packet of its own.
func inBytes(b []byte) []byte {
	var out []byte
	for _, c := range b {
		out = append(out, tds(0x12, 0, 9, string([]byte{c}))...)
	}
	return out
}

// TestMemoryIsBounded lets peers send as much as they can. The peers themselves send from one buffer.
func TestMemoryIsBounded(t *testing.T) {
	big := record(wire.RecordHandshake, zeros(1<<14)...)
	certificate := func(b0, b1, b2 byte) func(net.Conn) { // of the length given, after a proper ServerHello
		head := record(wire.RecordHandshake, wire.TypeCertificate, b0, b1, b2)
		return afterRecords(t, wire.TLS12, 1, saying(string(head), pouring(big)))
	}
	for _, test := range []struct {
		name, protocol string
		serve          func(net.Conn)
	}{
		{name: "16 MB certificate message", protocol: "tls", serve: certificate(0xff, 0xff, 0xff)},
		{name: "largest certificate message", protocol: "tls", serve: certificate(0x0f, 0xff, 0xff)},
		{name: "endless empty records", protocol: "tls", serve: pouring(record(wire.RecordHandshake))},
		{name: "endless HelloRequests", protocol: "tls", serve: pouring(big)},
		{name: "endless garbage", protocol: "tls", serve: pouring(zeros(1 << 16))},
		{name: "endless greeting", protocol: "mysql", serve: saying("\xff\xff\xff\x00\x0a8.4.6", pouring(zeros(1<<16)))},
		{name: "endless error", protocol: "postgres", serve: saying("E\x00\xff\xff\xff", pouring(zeros(1<<16)))},
		{name: "endless packets", protocol: "mssql", serve: pouring([]byte(tds(4, 0, 0x7fff, string(zeros(0x7fff-8)))))},
		{name: "packets of nothing", protocol: "mssql", serve: pouring([]byte(tds(4, 0, 8, "")))},
		{name: "a byte in each packet", protocol: "mssql", serve: afterPreamble(t, "mssql", pouring(inBytes(big)))},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planFor(t, startPeer(t, "127.0.0.1", test.serve).addr, test.protocol)
			var c *fact.Case
			var prober *Prober
			allocated, kept := spent(func() { c, prober = p.begin(t) })
			if kept > mostKept || allocated > mostAllocated {
				t.Errorf("%d kB allocated, %d kB kept", allocated>>10, kept>>10)
			} else {
				t.Logf("%d kB allocated, %d kB kept", allocated>>10, kept>>10)
			}
			if only(t, c).Finished == fact.Yes || len(prober.Tapes()) != 1 {
				t.Error("the handshake counts as finished")
			}
		})
	}
}

// TestMemoryOfADiagnosis makes all connections of a diagnosis with the peers that cost most, eight at a time.
func TestMemoryOfADiagnosis(t *testing.T) {
	var variants []fact.Variant
	for _, v := range []string{"TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"} {
		variants = append(variants, fact.Variant{Kind: fact.Version, Value: v})
	}
	for _, v := range []string{"none", "a.test", "b.test", "c.test", "d.test", "e.test", "f.test"} {
		variants = append(variants, fact.Variant{Kind: fact.ServerName, Value: v})
	}
	big := record(wire.RecordHandshake, zeros(1<<14)...)
	for protocol, serve := range map[string]func(net.Conn){
		"tls":   pouring(big),
		"mssql": afterPreamble(t, "mssql", pouring(inBytes(big))),
	} {
		p := planFor(t, startPeer(t, "127.0.0.1", serve).addr, protocol)
		p.Timeout = 3 * time.Second
		most := peak(t, func() {
			c, prober := p.begin(t)
			prober.AskAll(t.Context(), c, variants)
			if len(c.Handshakes) != 12 {
				t.Errorf("%s: %d handshakes", protocol, len(c.Handshakes))
			}
		})
		if most > mostInAll {
			t.Errorf("%s: %d MB in use", protocol, most>>20)
		}
	}
}

// peak is the largest number of bytes in use while f runs, garbage not yet collected included.
func peak(t *testing.T, f func()) (most uint64) {
	t.Helper()
	done := make(chan struct{})
	runtime.GC()
	go func() { defer close(done); finish(t, f) }()
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for {
		select {
		case <-done:
			return most
		case <-time.After(5 * time.Millisecond):
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
		}
	}
}
