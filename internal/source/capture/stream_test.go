package capture

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// one reads a capture that holds one handshake.
func one(t testing.TB, data []byte) *fact.Handshake {
	t.Helper()
	res := readOne(t, data, Options{})
	if len(res.Handshakes) != 1 || res.Handshakes[0].Seen.Count != 1 {
		t.Fatalf("%d handshakes in %d connections, %d packets, gaps %v", len(res.Handshakes), res.Conversations, res.Packets, res.Gaps)
	}
	return &res.Handshakes[0]
}

// told is what a handshake tells whatever way its bytes took.
func told(h *fact.Handshake) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q %d %s", h.Protocol, h.Client.ServerName, h.Finished, h.End.How)
	if h.Server != nil {
		fmt.Fprintf(&b, " %04x %04x", h.Server.Version, h.Server.Suite)
	}
	if leaf := h.Chain.Leaf(); leaf != nil {
		fmt.Fprintf(&b, " %s", leaf.CommonName)
	}
	for _, a := range h.Alerts {
		fmt.Fprintf(&b, ", %s %d", a.From, a.Code)
	}
	for _, s := range h.Steps {
		if s.Name != "application data" { // how much of it is kept depends on the segments
			fmt.Fprintf(&b, "; %s %s", s.From, s.Name)
		}
	}
	return b.String()
}

func versions() []uint16 { return []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} }

// TestInOrder: a plain connection is told completely.
func TestInOrder(t *testing.T) {
	for _, version := range versions() {
		client, server := goConfigs(t, version)
		server.MinVersion = tls.VersionTLS10
		h := one(t, pcap(noSnap, whole(40001, goTLS(t, client, server, 100000), 1400)))
		if h.Finished != fact.Yes || h.Client.ServerName != "db.example.test" || h.Server.Version != version || h.End.How != fact.EndCompleted || h.End.By != wire.ClientSide {
			t.Errorf("%x: %s", version, told(h))
		}
		if leaf := h.Chain.Leaf(); version < tls.VersionTLS13 && (leaf == nil || leaf.CommonName != "db.example.test") {
			t.Errorf("%x: chain %+v", version, h.Chain)
		}
		p := h.Passive
		want := &fact.Passive{File: "test.pcap", Index: 1, Start: testStart.Add(time.Millisecond).UTC(), First: 1, Last: p.Last, SYN: fact.Yes,
			ServerTTL: 57, Resumed: fact.No, JA3: p.JA3, JA4: p.JA4, Likely: p.Likely, Closes: p.Closes}
		if d := cmp.Diff(want, p); d != "" {
			t.Errorf("%x: passive: %s", version, d)
		}
		if len(p.Closes) != 2 || p.Closes[0].By != wire.ClientSide || p.Closes[0].How != fact.EndClosed || p.Closes[1].By != wire.ServerSide {
			t.Errorf("%x: closes %+v", version, p.Closes)
		}
		if h.Ref != (fact.Ref{Kind: "capture", At: "packet 1", Name: "test.pcap"}) || h.Path[0].Port() != 40001 || h.Path[1].Port() != 443 {
			t.Errorf("%+v, %v", h.Ref, h.Path)
		}
	}
}

// payloads are the places of the packets with data.
func (s *session) payloads() []int {
	var list []int
	for i, p := range s.pkts {
		if len(p.data) > 0 {
			list = append(list, i)
		}
	}
	return list
}

// swapTimes keeps the order of time when packets change places.
func (s *session) swapTimes() {
	for i := range s.pkts {
		s.pkts[i].at = time.Duration(i+1) * time.Millisecond
	}
}

// TestWhateverTheSegments: tiny segments, reordering, repetition and overlap change nothing of what is told.
func TestWhateverTheSegments(t *testing.T) {
	for _, version := range versions() {
		client, server := goConfigs(t, version)
		server.MinVersion = tls.VersionTLS10
		chunks := goTLS(t, client, server, 3000)
		want := told(one(t, pcap(noSnap, whole(40001, chunks, 1400))))
		for name, change := range disturbances() {
			s := whole(40001, chunks, 300)
			change(s)
			s.swapTimes()
			if got := told(one(t, pcap(noSnap, s))); got != want {
				t.Errorf("%x, %s: %s\nwant %s", version, name, got, want)
			}
		}
		if got := told(one(t, pcap(noSnap, whole(40001, chunks, 1)))); got != want {
			t.Errorf("%x, single bytes: %s\nwant %s", version, got, want)
		}
	}
}

func disturbances() map[string]func(s *session) {
	random := rand.New(rand.NewPCG(1, 2))
	return map[string]func(s *session){
		"neighbours swapped": func(s *session) {
			list := s.payloads()
			for i := 0; i+1 < len(list); i += 2 {
				a, b := list[i], list[i+1]
				if s.pkts[a].from == s.pkts[b].from && b == a+1 {
					s.pkts[a], s.pkts[b] = s.pkts[b], s.pkts[a]
				}
			}
		},
		"everything twice": func(s *session) {
			var all []pkt
			for _, p := range s.pkts {
				all = append(all, p, p)
			}
			s.pkts = all
		},
		"overlaps": func(s *session) {
			for _, i := range s.payloads() {
				if p := &s.pkts[i]; i > 4 && s.pkts[i-1].from == p.from && len(s.pkts[i-1].data) > 20 {
					before := s.pkts[i-1].data
					p.seq -= 20
					p.data = slices.Concat(before[len(before)-20:], p.data)
				}
			}
		},
		"bursts shuffled": func(s *session) {
			for i := 3; i < len(s.pkts); {
				n := i
				for n < len(s.pkts) && len(s.pkts[n].data) > 0 && s.pkts[n].from == s.pkts[i].from {
					n++
				}
				burst := s.pkts[i:max(n, i)]
				random.Shuffle(len(burst), func(a, b int) { burst[a], burst[b] = burst[b], burst[a] })
				i = max(n, i+1)
			}
		},
	}
}

// TestLoss: bytes that are missing are told, and no certificate is made of them.
func TestLoss(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	chunks := goTLS(t, client, server, 100)
	s := whole(40001, chunks, 200)
	list := s.payloads()
	at := slices.IndexFunc(list, func(i int) bool { return s.pkts[i].from == wire.ServerSide })
	lost := len(s.pkts[list[at+1]].data)
	s.pkts = slices.Delete(s.pkts, list[at+1], list[at+1]+1)
	h := one(t, pcap(noSnap, s))
	if h.Passive.Lost != lost || h.Passive.Cut != fmt.Sprintf("%d bytes lost", lost) || h.Chain.Leaf() != nil || h.Server == nil {
		t.Errorf("lost %d of %d, cut %q, chain %v", h.Passive.Lost, lost, h.Passive.Cut, h.Chain)
	}
	if h.Finished != fact.Yes {
		t.Errorf("what follows the hole is not read: %s", told(h))
	}
}

// TestSnapLength: record borders are followed through cut packets, and nothing is concluded.
func TestSnapLength(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	h := one(t, pcap(100, whole(40001, goTLS(t, client, server, 100), 1400)))
	if h.Passive.Cut != "snap length" || h.Chain.Leaf() != nil {
		t.Errorf("cut %q, %s", h.Passive.Cut, told(h))
	}
}

// TestFromTheMiddle: data both ways shows that there was a handshake.
func TestFromTheMiddle(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	chunks := goTLS(t, client, server, 100)
	s := whole(40001, chunks, 1400)
	list := s.payloads()
	at := slices.IndexFunc(list, func(i int) bool { return s.pkts[i].data[0] == typeData })
	s.pkts = s.pkts[list[at]:]
	h := one(t, pcap(noSnap, s))
	if h.Finished != fact.Yes || h.Passive.SYN != fact.No || h.Client != nil || h.Path[0].Port() != 40001 {
		t.Errorf("finished %d, %+v", h.Finished, h.Passive)
	}
	s.pkts = slices.DeleteFunc(s.pkts, func(p pkt) bool { return p.from == wire.ServerSide })
	if h = one(t, pcap(noSnap, s)); h.Finished != fact.Unknown || h.Passive.Cut != "one side only" {
		t.Errorf("finished %d, cut %q", h.Finished, h.Passive.Cut)
	}
}

// TestOneSide: a capture of one direction concludes nothing.
func TestOneSide(t *testing.T) {
	for _, version := range versions() {
		client, server := goConfigs(t, version)
		server.MinVersion = tls.VersionTLS10
		chunks := goTLS(t, client, server, 100)
		for _, side := range []wire.Side{wire.ClientSide, wire.ServerSide} {
			s := whole(40001, chunks, 1400)
			s.pkts = slices.DeleteFunc(s.pkts, func(p pkt) bool { return p.from != side })
			h := one(t, pcap(noSnap, s))
			if h.Finished != fact.Unknown || h.Passive.Cut != "one side only" || (h.Client != nil) != (side == wire.ClientSide) || h.Path[1].Port() != 443 {
				t.Errorf("%x, %s only: finished %d, cut %q, %v", version, side, h.Finished, h.Passive.Cut, h.Path)
			}
		}
	}
}

// TestPortReuse: a SYN with another sequence number begins another connection.
func TestPortReuse(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS13)
	a, b := whole(40001, goTLS(t, client, server, 10), 1400), whole(40001, goTLS(t, client, server, 10), 1400)
	for i := range b.pkts {
		p := &b.pkts[i]
		p.at += 10 * time.Second
		if p.from == wire.ClientSide {
			p.seq += 12345
		} else if p.flags&flagACK != 0 {
			p.ack += 12345
		}
	}
	res := readOne(t, pcap(noSnap, a, b), Options{Conversations: true})
	if len(res.Handshakes) != 2 || res.Handshakes[1].Finished != fact.Yes || res.Handshakes[1].Passive.First != len(a.pkts)+1 {
		t.Fatalf("%d handshakes, second %+v", len(res.Handshakes), res.Handshakes[1].Passive)
	}
	again := readOne(t, pcap(noSnap, a, a), Options{})
	if again.Conversations != 1 {
		t.Errorf("the same packets again make %d connections", again.Conversations)
	}
}

// cutShort ends a connection after the first chunks and lets a later one go on, so that the capture runs on.
func cutShort(t *testing.T, keep int, more func(s *session)) *fact.Handshake {
	t.Helper()
	client, server := goConfigs(t, tls.VersionTLS12)
	chunks := goTLS(t, client, server, 10)
	s := newSession(40001)
	s.open()
	s.say(chunks[:keep], 1400)
	more(s)
	late := whole(40002, chunks, 1400)
	late.server = s.server
	for i := range late.pkts {
		late.pkts[i].at += 20 * time.Second
	}
	res := readOne(t, pcap(noSnap, s, late), Options{Conversations: true})
	if len(res.Handshakes) == 0 {
		t.Fatal("no handshake")
	}
	return &res.Handshakes[0]
}

// TestEnds: who ended a connection, how and after which message.
func TestEnds(t *testing.T) {
	for name, c := range map[string]struct {
		keep int
		more func(s *session)
		want fact.End
	}{
		"reset after hello":     {1, func(s *session) { s.add(wire.ServerSide, flagRST, nil) }, fact.End{By: wire.ServerSide, How: fact.EndReset, After: "ClientHello", Silent: 2e6}},
		"closed after hello":    {1, func(s *session) { s.close(wire.ServerSide) }, fact.End{By: wire.ServerSide, How: fact.EndClosed, After: "ClientHello", Silent: 2e6}},
		"client leaves":         {2, func(s *session) { s.close(wire.ClientSide) }, fact.End{By: wire.ClientSide, How: fact.EndClosed, After: "ServerHelloDone", Silent: 2e6}},
		"silence":               {1, func(s *session) {}, fact.End{By: wire.ServerSide, How: fact.EndTimeout, After: "ClientHello", Silent: 20021e6}},
		"closed after Finished": {3, func(s *session) { s.close(wire.ServerSide) }, fact.End{By: wire.ServerSide, How: fact.EndClosed, After: "client Finished", Silent: 2e6}},
	} {
		h := cutShort(t, c.keep, c.more)
		h.End.Silent = h.End.Silent.Round(time.Second)
		c.want.Silent = c.want.Silent.Round(time.Second)
		if h.End != c.want || h.Finished != fact.No {
			t.Errorf("%s: %+v, finished %d, want %+v", name, h.End, h.Finished, c.want)
		}
	}
}

// TestReset: an injected RST shows by its TTL.
func TestReset(t *testing.T) {
	h := cutShort(t, 1, func(s *session) {
		s.add(wire.ServerSide, flagRST, nil)
		s.pkts[len(s.pkts)-1].ttl = 250
	})
	if h.Passive.ServerTTL != 57 || h.Passive.ResetTTL != 250 || h.Passive.Closes[0].TTL != 250 {
		t.Errorf("%+v", h.Passive)
	}
}

// TestUnacknowledged: a server's large segments that never arrive show their size.
func TestUnacknowledged(t *testing.T) {
	h := cutShort(t, 1, func(s *session) {
		flight := bytes.Repeat([]byte{0}, 1400)
		copy(flight, []byte{22, 3, 3, 16, 0, 2})
		for range 3 {
			s.next[wire.ServerSide] = isnServer + 1
			s.add(wire.ServerSide, flagACK, flight)
			s.at += 300 * time.Millisecond
		}
	})
	if h.Passive.LargestUnacked != 1400 || h.Passive.Retransmits != 2 || h.End.How != fact.EndTimeout {
		t.Errorf("%+v, %+v", h.Passive, h.End)
	}
}

// TestTwoFiles: files of one case are read in the order of time, and packets that both hold count once.
func TestTwoFiles(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	chunks := goTLS(t, client, server, 10)
	a, b := whole(40001, chunks, 1400), whole(40002, chunks, 1400)
	for i := range b.pkts {
		b.pkts[i].at += time.Hour
	}
	half := newSession(40003)
	*half = *whole(40003, chunks, 500)
	first, second := *half, *half
	middle := half.payloads()[2]
	first.pkts, second.pkts = half.pkts[:middle], half.pkts[middle:]
	for name, c := range map[string]struct {
		files  [][]byte
		counts int
	}{
		"rotated":              {[][]byte{pcap(noSnap, b), pcap(noSnap, a)}, 2},
		"one in two files":     {[][]byte{pcap(noSnap, &second), pcap(noSnap, &first)}, 1},
		"both sides of a link": {[][]byte{pcap(noSnap, a, b), pcap(noSnap, a, b)}, 2},
	} {
		var inputs []Input
		for i, f := range c.files {
			inputs = append(inputs, Input{Name: fmt.Sprintf("f%d", i), R: bytes.NewReader(f)})
		}
		res, err := Read(t.Context(), inputs, Options{Conversations: true})
		if err != nil || len(res.Handshakes) != c.counts || res.Readable != 2 {
			t.Errorf("%s: %d handshakes, %v, gaps %v", name, len(res.Handshakes), err, res.Gaps)
			continue
		}
		for _, h := range res.Handshakes {
			if h.Finished != fact.Yes || h.Passive.Retransmits != 0 || !strings.HasSuffix(h.Ref.At, ":packet "+fmt.Sprint(h.Passive.First)) {
				t.Errorf("%s: %s, %+v", name, told(&h), h.Passive)
			}
		}
	}
}

// TestRefusedCertificate: a server of TLS 1.3 that wants a certificate says no after the client's Finished, under seal.
func TestRefusedCertificate(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS13)
	server.ClientAuth = tls.RequireAnyClientCert
	chunks := goTLS(t, client, server, 10)
	for len(chunks) > 0 && chunks[len(chunks)-1].From == wire.ClientSide {
		chunks = chunks[:len(chunks)-1]
	}
	s := newSession(40001)
	s.open()
	s.say(chunks, 1400)
	s.close(wire.ServerSide)
	h := one(t, pcap(noSnap, s))
	if h.End.By != wire.ServerSide || h.End.How == fact.EndCompleted {
		t.Errorf("%s, %+v, %+v", told(h), h.End, h.Steps)
	}
}
