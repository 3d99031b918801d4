package live

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
)

// healthy finishes handshakes of crypto/tls and waits for the client to go.
func healthy(t testing.TB) func(net.Conn) {
	config := goServer(t)
	return func(c net.Conn) {
		s := tls.Server(c, config)
		if s.Handshake() == nil {
			hold(s)
		}
	}
}

// refusing answers every hello with an alert.
func refusing(c net.Conn) { readRecord(c); c.Write(record(21, 2, 40)); fin(c) }

// twoAddresses serves one port of 127.0.0.1 and 127.0.0.2; nil leaves an address without a server. The name is
// known to the resolver given back.
func twoAddresses(t *testing.T, first, second func(net.Conn)) (plan, *peer, *peer) {
	t.Helper()
	var a, b *peer
	port := ""
	if first != nil {
		a = startPeer(t, "127.0.0.1", first)
		port = fmt.Sprint(a.addr.Port())
	}
	switch {
	case second != nil && first != nil:
		b = startPeerAt(t, "127.0.0.2:"+port, second)
	case second != nil:
		b = startPeer(t, "127.0.0.2", second)
	}
	addr := netip.AddrPort{}
	if addr = closedPort(t, "127.0.0.1"); a != nil {
		addr = a.addr
	} else if b != nil {
		addr = b.addr
	}
	n := &nameserver{records: []string{host + ". A 127.0.0.1", host + ". A 127.0.0.2"}}
	p := planFor(t, addr, "tls")
	p.Connect, p.Resolver = "", Resolver{Server: n.start(t)}
	return p, a, b
}

// told is what the test compares of a handshake: number, variant, server's address, end.
func told(c *fact.Case) (out []string) {
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		out = append(out, fmt.Sprintf("%s: %s at %s ends %s", h.Ref.At, strings.TrimSuffix(h.Ref.Name, ":"+fmt.Sprint(h.ServerAddr().Port())), h.ServerAddr().Addr(), h.End.How))
	}
	return out
}

func TestAllAddressesAreTried(t *testing.T) {
	ok := healthy(t)
	for _, test := range []struct {
		name          string
		first, second func(net.Conn)
		want          []string
	}{
		{"both healthy", ok, ok, []string{
			"experiment 1: baseline at 127.0.0.1 ends completed", "experiment 2: address 127.0.0.2 at 127.0.0.2 ends completed"}},
		{"the second fails", ok, refusing, []string{
			"experiment 1: baseline at 127.0.0.1 ends completed", "experiment 2: address 127.0.0.2 at 127.0.0.2 ends alert"}},
		{"the first fails", refusing, ok, []string{
			"experiment 1: baseline at 127.0.0.1 ends alert", "experiment 2: address 127.0.0.2 at 127.0.0.2 ends completed"}},
		{"the second refuses", ok, nil, []string{
			"experiment 1: baseline at 127.0.0.1 ends completed", "experiment 2: address 127.0.0.2 at 127.0.0.2 ends refused"}},
		{"the first refuses", nil, ok, []string{
			"experiment 1: address 127.0.0.1 at 127.0.0.1 ends refused", "experiment 2: baseline at 127.0.0.2 ends completed"}},
		{"both refuse", nil, nil, []string{
			"experiment 1: baseline at 127.0.0.1 ends refused", "experiment 2: address 127.0.0.2 at 127.0.0.2 ends refused"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, _, _ := twoAddresses(t, test.first, test.second)
			c, prober := p.begin(t)
			if got := told(c); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if prober.Connections() != 2 || prober.Left() != 10 {
				t.Errorf("%d connections, %d left", prober.Connections(), prober.Left())
			}
			for i, tape := range prober.Tapes() {
				if h := c.Handshakes[i]; tape.Variant != h.Variant || h.Ref.Name != h.Variant.String() {
					t.Errorf("handshake %d: %q, its recording %q, its name %q", i+1, h.Variant, tape.Variant, h.Ref.Name)
				}
			}
		})
	}
}

// TestRepeat: the unchanged handshake again, with the address that a user meets.
func TestRepeat(t *testing.T) {
	p, _, b := twoAddresses(t, nil, healthy(t))
	p.question.Repeat = 4
	c, prober := p.begin(t)
	want := []string{
		"experiment 1: address 127.0.0.1 at 127.0.0.1 ends refused", "experiment 2: baseline at 127.0.0.2 ends completed",
		"experiment 3: repeat 2 at 127.0.0.2 ends completed"}
	if got := told(c); !slices.Equal(got, want) || c.Handshakes[2].Seen.Count != 3 {
		t.Errorf("got  %q\nwant %q, the last three times", got, want)
	}
	if prober.Connections() != 5 || b.conns.Load() != 4 || c.Mixed() {
		t.Errorf("%d connections counted, %d accepted", prober.Connections(), b.conns.Load())
	}
}

// TestMaxIsKept: no connection more than allowed, whoever wants it, and none when another part has used them up.
func TestMaxIsKept(t *testing.T) {
	for _, most := range []int{-2, 0, 1, 2, 3, 5} {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			p, a, b := twoAddresses(t, healthy(t), healthy(t))
			p.Max, p.question.Repeat = most, 3
			c, prober := p.begin(t)
			prober.AskAll(t.Context(), c, []fact.Variant{{Kind: fact.ServerName, Value: "none"}, {Kind: fact.ServerName, Value: "x.test"}})
			want := max(most, 0)
			if got := int(a.conns.Load() + b.conns.Load()); got != want || prober.Connections() != want || len(c.Handshakes) != want || prober.Left() != 0 {
				t.Errorf("%d accepted, %d counted, %d told, %d left", got, prober.Connections(), len(c.Handshakes), prober.Left())
			}
			if prober.Ask(t.Context(), c, fact.Variant{Kind: fact.ServerName, Value: "y.test"}) {
				t.Error("one more was made")
			}
		})
	}
}

func TestFamilies(t *testing.T) {
	four, six := host+". A 127.0.0.1", host+". AAAA ::1"
	fours := []string{four, host + ". A 127.0.0.2", host + ". A 127.0.0.3", host + ". A 127.0.0.4", host + ". A 127.0.0.5", host + ". A 127.0.0.6"}
	for _, test := range []struct {
		name    string
		records []string
		family  int
		addrs   []string
		gap     string
		err     string
	}{
		{"both", []string{four, six}, 0, []string{"::1", "127.0.0.1"}, "", ""},
		{"-4", []string{four, six}, 4, []string{"127.0.0.1"}, "", ""},
		{"-6", []string{four, six}, 6, []string{"::1"}, "", ""},
		{"-6, none", []string{four}, 6, nil, "an IPv6 address of " + host, "not-found"},
		{"-4, none", []string{six}, 4, nil, "an IPv4 address of " + host, "not-found"},
		{"many", append([]string{six}, fours...), 0, []string{"::1", "127.0.0.1", "127.0.0.2", "127.0.0.3"}, "3 more addresses of " + host, ""},
		{"many, -4", append([]string{six}, fours...), 4, []string{"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"}, "2 more addresses of " + host, ""},
		{"many, -6", append([]string{six}, fours...), 6, []string{"::1"}, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planFor(t, netip.MustParseAddrPort("127.0.0.1:1"), "tls")
			p.Connect, p.Family = "", test.family
			p.Resolver = Resolver{Server: (&nameserver{records: test.records}).start(t)}
			c := &fact.Case{Question: p.question}
			prober := New(p.question, p.Settings)
			prober.resolve(t.Context(), c)
			var got []string
			for _, a := range prober.addrs {
				got = append(got, a.Addr().String())
			}
			if !slices.Equal(got, test.addrs) || c.Hosts[0].Error != test.err {
				t.Errorf("addresses %v, error %q", got, c.Hosts[0].Error)
			}
			if (len(c.Gaps) == 1) != (test.gap != "") || test.gap != "" && c.Gaps[0].What != test.gap {
				t.Errorf("gaps %+v", c.Gaps)
			}
			if test.addrs == nil {
				prober.Begin(t.Context(), c)
				if len(c.Handshakes) != 0 || prober.Connections() != 0 {
					t.Error("dialled without an address")
				}
			}
		})
	}
}

// TestConnectDialsElsewhere: the name verified stays the target's.
func TestConnectDialsElsewhere(t *testing.T) {
	there := startPeer(t, "127.0.0.1", healthy(t))
	for _, connect := range []string{there.addr.String(), "127.0.0.1", "other.test", fmt.Sprintf("other.test:%d", there.addr.Port())} {
		p := planFor(t, there.addr, "tls")
		p.Connect = connect
		p.Resolver = Resolver{Server: (&nameserver{records: []string{"other.test. A 127.0.0.1"}}).start(t)}
		if strings.Contains(connect, ":") {
			p.question.Port = 1 // only the port of --connect leads to the peer
		}
		c, prober := p.begin(t)
		h := only(t, c)
		if !h.Completed() || h.Client.ServerName != host || h.ServerAddr() != there.addr || prober.Tapes()[0].Verified != host {
			t.Errorf("%s: %+v at %v, server name %q", connect, h.End, h.Path, h.Client.ServerName)
		}
	}
}

// TestInstance asks SQL Browser on an address of loopback that no other test takes.
func TestInstance(t *testing.T) {
	t.Parallel()
	const ip = "127.77.14.34"
	pc, err := net.ListenPacket("udp", net.JoinHostPort(ip, fmt.Sprint(preamble.BrowserPort)))
	if err != nil {
		t.Skipf("left out: %v", err)
	}
	there := startPeer(t, ip, func(net.Conn) {}) // only who was dialled matters
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go preamble.ServeBrowser(ctx, pc, []fact.Instance{{Name: "SALES", Version: "16.0", Port: there.addr.Port()}, {Name: "PIPES", Version: "16.0"}})
	for _, test := range []struct {
		instance, connect string
		port              uint16
		dialled           bool
		answered          fact.Tri
	}{
		{"sales", ip, 0, true, fact.Yes},
		{"PIPES", ip, 0, false, fact.Yes},
		{"other", ip, 0, false, fact.No},
		{"other", ip, there.addr.Port(), true, fact.Unknown},
		{"other", there.addr.String(), 0, true, fact.Unknown},
		{"SALES", "127.77.14.35", 0, false, fact.No},
	} {
		p := planFor(t, there.addr, "mssql")
		p.Connect, p.question.Port, p.question.Instance = test.connect, test.port, test.instance
		p.Timeout = patience / 2 // SQL Browser is silent about what it does not know
		c, prober := p.begin(t)
		if got := len(c.Handshakes) == 1; got != test.dialled || c.Hosts[0].Browser != test.answered || prober.Connections() != len(c.Handshakes) {
			t.Errorf("%+v: dialled %v, hosts %+v", test, got, c.Hosts)
		}
		if test.dialled && c.Handshakes[0].ServerAddr() != there.addr {
			t.Errorf("%+v: dialled %v", test, c.Handshakes[0].Path)
		}
	}
}
