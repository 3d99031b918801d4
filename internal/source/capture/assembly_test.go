package capture

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// collecting is an assembly whose flows are kept for looking at.
func collecting() (*assembly, *[]*flow) {
	var done []*flow
	a := newAssembly(func(list []*flow) { done = append(done, list...) })
	return a, &done
}

// play gives a session to an assembly.
func (a *assembly) play(s *session) {
	for i, p := range s.pkts {
		seg := segment{Src: s.client, Dst: s.server, Seq: p.seq, Ack: p.ack, Flags: p.flags, TTL: p.ttl, Payload: p.data}
		if p.from == wire.ServerSide {
			seg.Src, seg.Dst = seg.Dst, seg.Src
		}
		a.add(&seg, place{packet: int32(i + 1), at: testStart.UnixNano() + int64(p.at)})
	}
}

// TestKeepsLittle: of a long transfer only the handshake and its surroundings are kept.
func TestKeepsLittle(t *testing.T) {
	for _, version := range versions() {
		client, server := goConfigs(t, version)
		server.MinVersion = tls.VersionTLS10
		s := whole(40001, goTLS(t, client, server, 4<<20), 1400)
		a, done := collecting()
		a.play(s)
		a.finishAll()
		f := (*done)[0]
		if n := len(f.tape.data); n > 16<<10 || !f.over || !f.dropped {
			t.Errorf("%x: %d bytes kept, over %v, dropped %v", version, n, f.over, f.dropped)
		}
		if f.half[0].bytes+f.half[1].bytes < 4<<20 {
			t.Errorf("%x: %d bytes counted", version, f.half[1].bytes)
		}
	}
}

// TestClearIsShort: what is not TLS is not kept beyond its beginning.
func TestClearIsShort(t *testing.T) {
	s := newSession(40001)
	s.open()
	s.say([]wire.Chunk{{From: wire.ClientSide, Data: []byte("GET / HTTP/1.1\r\n\r\n")}, {From: wire.ServerSide, Data: make([]byte, 1<<20)}}, 1400)
	a, done := collecting()
	a.play(s)
	a.finishAll()
	if n := len((*done)[0].tape.data); n > maxClear+100 {
		t.Errorf("%d bytes of a clear transfer kept", n)
	}
	if res := readOne(t, pcap(noSnap, s), Options{}); len(res.Handshakes) != 0 || res.Conversations != 1 {
		t.Errorf("%d handshakes in clear text", len(res.Handshakes))
	}
}

// TestTooMany: connections beyond the limit end early, those idle longest first, and are counted.
func TestTooMany(t *testing.T) {
	a, done := collecting()
	a.limit = 100
	for i := range 1000 {
		s := newSession(uint16(1000 + i))
		s.open()
		a.play(s)
		if len(a.table.ring) > 100 {
			t.Fatalf("%d flows open", len(a.table.ring))
		}
	}
	a.finishAll()
	if len(*done) != 1000 || a.evicted != 900 || a.held != 0 {
		t.Errorf("%d flows, %d evicted, %d bytes held", len(*done), a.evicted, a.held)
	}
}

// TestTooMuch: what all open connections keep together is bounded.
func TestTooMuch(t *testing.T) {
	a, done := collecting()
	hello := append([]byte{22, 3, 3, 0x40, 0, 1, 0, 0x3f, 0xfc}, make([]byte, 16000)...)
	for i := range 12000 {
		s := newSession(uint16(1000 + i))
		s.open()
		s.add(wire.ClientSide, flagACK, hello)
		a.play(s)
		if a.held > maxHeld {
			t.Fatalf("%d bytes held after %d connections", a.held, i)
		}
		for _, f := range *done {
			recycle(a.tapes, f.tape)
		}
		*done = (*done)[:0]
	}
	if a.evicted == 0 {
		t.Error("nothing was evicted")
	}
}

// TestStragglers: packets behind the end of a connection make no new one.
func TestStragglers(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	s := whole(40001, goTLS(t, client, server, 10), 1400)
	a, done := collecting()
	a.play(s)
	for i := range maxLinge + 10 {
		other := newSession(uint16(50000 + i%10000))
		other.open()
		other.close(wire.ClientSide)
		for k := range other.pkts {
			other.pkts[k].seq += uint32(i) << 8
		}
		a.play(other)
	}
	before := a.flows
	late := *s
	late.pkts = s.pkts[len(s.pkts)-6:]
	a.play(&late)
	a.finishAll()
	if a.flows != before || len(*done) != before {
		t.Errorf("%d flows, %d before the stragglers, %d finished", a.flows, before, len(*done))
	}
}

// TestFlowTable: flows are found from both sides, and removing one hides no other.
func TestFlowTable(t *testing.T) {
	table := newFlowTable()
	end := func(i int) netip.AddrPort { return netip.AddrPortFrom(clientAddr, uint16(i)) }
	server := netip.AddrPortFrom(serverAddr, 443)
	var list []*flow
	for i := range 5000 {
		list = append(list, table.add(table.hashOf(end(i), server), end(i), server))
	}
	for i, f := range list {
		if i%3 == 0 {
			table.remove(f)
		}
	}
	for i, f := range list {
		got, side := table.find(table.hashOf(server, end(i)), server, end(i))
		if removed := i%3 == 0; removed != (got == nil) || !removed && (got != f || side != 1) {
			t.Fatalf("flow %d: found %v at side %d", i, got != nil, side)
		}
	}
}

// TestCancelled: reading stops with the context.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newSession(40001)
	for range 2 * every {
		s.add(wire.ClientSide, flagACK, nil)
	}
	res, err := Read(ctx, []Input{{Name: "a", R: bytes.NewReader(pcap(noSnap, s))}}, Options{})
	if !errors.Is(err, context.Canceled) || res.Packets >= 2*every {
		t.Errorf("%v after %d packets", err, res.Packets)
	}
}

// TestPacketLimit: Options.Packets stops the reading, and no silence is concluded from it.
func TestPacketLimit(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	data := pcap(noSnap, whole(40001, goTLS(t, client, server, 10), 1400))
	res := readOne(t, data, Options{Packets: 5})
	if res.Packets != 5 || !res.Truncated || len(res.Handshakes) != 1 || res.Handshakes[0].Finished != fact.Unknown || res.Handshakes[0].Passive.Cut != "capture ends" {
		t.Errorf("%+v", res)
	}
}

// TestDamage: everything before and behind a damaged place is read, and the place is told.
func TestDamage(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	data := pcap(noSnap, whole(40001, goTLS(t, client, server, 10), 1400))
	res := readOne(t, data[:len(data)-10], Options{})
	if len(res.Gaps) != 1 || !strings.Contains(res.Gaps[0].Why, "offset") || len(res.Handshakes) != 1 {
		t.Errorf("%v, %d handshakes", res.Gaps, len(res.Handshakes))
	}
	res, err := Read(t.Context(), []Input{{Name: "no capture", R: strings.NewReader(strings.Repeat("words ", 100))}}, Options{})
	if err != nil || len(res.Gaps) != 1 || res.Gaps[0].What != "no capture" || res.Readable != 0 {
		t.Errorf("%v, %+v", err, res)
	}
}

// TestKeyLog: with secrets the certificates of TLS 1.3 are read.
func TestKeyLog(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS13)
	var log bytes.Buffer
	client.KeyLogWriter = &log
	data := pcap(noSnap, whole(40001, goTLS(t, client, server, 10), 1400))
	res := readOne(t, data, Options{Secrets: wire.ParseKeyLog(log.Bytes())})
	if leaf := res.Handshakes[0].Chain.Leaf(); leaf == nil || leaf.CommonName != "db.example.test" {
		t.Errorf("chain %+v", res.Handshakes[0].Chain)
	}
}

// TestFolding: like handshakes are one, with their count, places and minutes.
func TestFolding(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	var all []*session
	for i := range 12 {
		s := whole(uint16(40000+i), goTLS(t, client, server, 10), 1400)
		for k := range s.pkts {
			s.pkts[k].at += time.Duration(i) * 30 * time.Second
		}
		all = append(all, s)
	}
	data := pcap(noSnap, all...)
	sameCounts(t, "twelve", data)
	res := readOne(t, data, Options{})
	if len(res.Handshakes) != 1 {
		t.Fatalf("%d distinct", len(res.Handshakes))
	}
	seen := res.Handshakes[0].Seen
	if seen.Count != 12 || len(seen.Refs) != 5 || fmt.Sprint(seen.PerMinute) != "[2 2 2 2 2 2]" || seen.Last.Sub(seen.First) != 330*time.Second {
		t.Errorf("%+v", seen)
	}
}
