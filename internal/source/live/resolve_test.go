package live

import (
	"bufio"
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A nameserver answers on loopback from what a test tells it.
type nameserver struct {
	records []string // zone file lines; a CNAME is followed as a recursive server does
	rcode   map[uint16]int
	silent  map[uint16]bool
	tcpOnly bool // UDP answers are cut
	asked   atomic.Int32
}

// start serves over UDP and TCP on one port and gives its address.
func (n *nameserver) start(t *testing.T) string {
	t.Helper()
	var packets net.PacketConn
	var stream net.Listener
	for range 8 { // the kernel chooses the UDP port without regard to TCP
		var err error
		if packets, err = net.ListenPacket("udp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if stream, err = net.Listen("tcp", packets.LocalAddr().String()); err == nil {
			break
		}
		packets.Close()
	}
	for _, s := range []*dns.Server{{PacketConn: packets, Handler: n}, {Listener: stream, Handler: n}} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go s.ActivateAndServe()
		<-started
		t.Cleanup(func() { s.Shutdown() })
	}
	return packets.LocalAddr().String()
}

// ServeDNS is the handler of package dns.
func (n *nameserver) ServeDNS(w dns.ResponseWriter, ask *dns.Msg) {
	n.asked.Add(1)
	q := ask.Question[0]
	if n.silent[q.Qtype] {
		return
	}
	m := new(dns.Msg).SetReply(ask)
	m.RecursionAvailable = true
	m.Rcode = n.rcode[q.Qtype]
	if m.Rcode == 0 {
		m.Answer = n.answer(q)
	}
	if len(m.Answer) == 0 && m.Rcode == 0 && !n.knows(q.Name) {
		m.Rcode = dns.RcodeNameError
	}
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp && n.tcpOnly {
		m.Truncated, m.Answer = true, nil
	}
	w.WriteMsg(m)
}

func (n *nameserver) answer(q dns.Question) (out []dns.RR) {
	name := q.Name
	for range 20 { // a loop of aliases is answered with some of its turns
		again := name
		for _, line := range n.records {
			rr, err := dns.NewRR(line)
			if err != nil {
				panic(err)
			}
			if !strings.EqualFold(rr.Header().Name, name) {
				continue
			}
			if cn, ok := rr.(*dns.CNAME); ok {
				out, again = append(out, rr), cn.Target
			} else if rr.Header().Rrtype == q.Qtype {
				out = append(out, rr)
			}
		}
		if again == name {
			break
		}
		name = again
	}
	return out
}

func (n *nameserver) knows(name string) bool {
	return slices.ContainsFunc(n.records, func(line string) bool { return strings.EqualFold(strings.Fields(line)[0], name) })
}

func TestLookupByServer(t *testing.T) {
	chain := []string{"www.test. CNAME Alias.test.", "alias.test. CNAME real.test.", "real.test. A 127.0.0.1", "real.test. AAAA ::1"}
	both := []netip.Addr{netip.IPv6Loopback(), netip.MustParseAddr("127.0.0.1")}
	v4 := both[1:]
	for _, test := range []struct {
		name    string
		server  *nameserver
		ask     string
		addrs   []netip.Addr
		aliases []string
		err     string
	}{
		{name: "A and AAAA", server: &nameserver{records: chain}, ask: "real.test", addrs: both},
		{name: "chain", server: &nameserver{records: chain}, ask: "www.test", addrs: both, aliases: []string{"Alias.test", "real.test"}},
		{name: "case does not matter", server: &nameserver{records: chain}, ask: "WWW.Test.", addrs: both, aliases: []string{"Alias.test", "real.test"}},
		{name: "cut UDP answer", server: &nameserver{records: chain, tcpOnly: true}, ask: "www.test", addrs: both, aliases: []string{"Alias.test", "real.test"}},
		{name: "loop", server: &nameserver{records: []string{"a.test. CNAME b.test.", "b.test. CNAME a.test."}}, ask: "a.test",
			aliases: []string{"b.test", "a.test"}, err: "not-found"},
		{name: "chain that leads nowhere", server: &nameserver{records: chain[:2]}, ask: "www.test", aliases: []string{"Alias.test", "real.test"}, err: "not-found"},
		{name: "an address twice", server: &nameserver{records: append(chain, "real.test. A 127.0.0.2", "real.test. A 127.0.0.1")}, ask: "real.test",
			addrs: append(slices.Clone(both), netip.MustParseAddr("127.0.0.2"))},
		{name: "no such name", server: &nameserver{records: chain}, ask: "other.test", err: "not-found"},
		{name: "no address", server: &nameserver{records: []string{"mail.test. MX 1 real.test."}}, ask: "mail.test", err: "not-found"},
		{name: "SERVFAIL", server: &nameserver{rcode: map[uint16]int{dns.TypeA: 2, dns.TypeAAAA: 2}}, ask: "real.test", err: "unavailable"},
		{name: "REFUSED", server: &nameserver{rcode: map[uint16]int{dns.TypeA: 5, dns.TypeAAAA: 5}}, ask: "real.test", err: "unavailable"},
		{name: "SERVFAIL for AAAA alone", server: &nameserver{records: chain, rcode: map[uint16]int{dns.TypeAAAA: 2}}, ask: "www.test",
			addrs: v4, aliases: []string{"Alias.test", "real.test"}},
		{name: "NXDOMAIN for AAAA alone", server: &nameserver{records: chain, rcode: map[uint16]int{dns.TypeAAAA: 3}}, ask: "real.test", addrs: v4},
		{name: "SERVFAIL for A, no AAAA", server: &nameserver{records: []string{"x.test. A 127.0.0.1"}, rcode: map[uint16]int{dns.TypeA: 2}}, ask: "x.test", err: "unavailable"},
		{name: "no possible name", server: &nameserver{}, ask: strings.Repeat("x", 64) + ".test", err: "not-found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, later := Resolver{Server: test.server.start(t)}.Lookup(t.Context(), test.ask)
			if !slices.Equal(h.Addrs, test.addrs) || !slices.Equal(h.Aliases, test.aliases) || h.Error != test.err {
				t.Errorf("addresses %v, aliases %q, error %q (%s)", h.Addrs, h.Aliases, h.Error, h.Detail)
			}
			if later != nil || h.Name != test.ask || (h.Error != "") != (h.Detail != "") {
				t.Errorf("name %q, detail %q, aliases to come: %v", h.Name, h.Detail, later != nil)
			}
		})
	}
}

func TestLookupMeetsSilence(t *testing.T) {
	t.Parallel()
	all := map[uint16]bool{dns.TypeA: true, dns.TypeAAAA: true}
	ctx, cancel := context.WithTimeout(t.Context(), patience/2)
	defer cancel()
	var h fact.Host
	finish(t, func() { h, _ = Resolver{Server: (&nameserver{silent: all}).start(t)}.Lookup(ctx, "real.test") })
	if h.Error != "unavailable" || h.Detail != "no answer in time" || h.Took == 0 {
		t.Errorf("%+v", h)
	}
}

func TestLookupMeetsNobody(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h, _ := Resolver{Server: c.LocalAddr().String()}.Lookup(ctx, "real.test")
	if h.Error != "unavailable" || len(h.Addrs) > 0 {
		t.Errorf("%+v", h)
	}
}

// TestLookupOfHostileAnswers: rubbish where a message is due, and more addresses than anybody has.
func TestLookupOfHostileAnswers(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go func() {
		b := make([]byte, 512)
		for {
			_, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			c.WriteTo([]byte("rubbish"), from)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if h, _ := (Resolver{Server: c.LocalAddr().String()}).Lookup(ctx, "real.test"); h.Error != "unavailable" {
		t.Errorf("%+v", h)
	}
	many := &nameserver{tcpOnly: true}
	for i := range 1000 {
		many.records = append(many.records, "real.test. A "+netip.AddrFrom4([4]byte{127, 1, byte(i >> 8), byte(i)}).String())
	}
	if h, _ := (Resolver{Server: many.start(t)}).Lookup(t.Context(), "real.test"); len(h.Addrs) != maxAnswers {
		t.Errorf("%d addresses", len(h.Addrs))
	}
}

// TestLocalNamesAskNothing: RFC 6761 §6.3.
func TestLocalNamesAskNothing(t *testing.T) {
	n := &nameserver{records: []string{"localhost. A 127.9.9.9", "db.localhost. A 127.9.9.9"}}
	r := Resolver{Server: n.start(t)}
	for _, name := range []string{"localhost", "LocalHost.", "db.localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1"} {
		h, later := r.Lookup(t.Context(), name)
		if len(h.Addrs) == 0 || h.Error != "" || later != nil {
			t.Errorf("%s: %+v", name, h)
		}
		for _, a := range h.Addrs {
			if !a.IsLoopback() || a.Is4In6() || a == netip.MustParseAddr("127.9.9.9") {
				t.Errorf("%s is at %s", name, a)
			}
		}
	}
	if got := n.asked.Load(); got != 0 {
		t.Errorf("%d questions", got)
	}
}

// TestServerGivenIsAskedAlone: a name of the hosts file is asked of the server all the same.
func TestServerGivenIsAskedAlone(t *testing.T) {
	name := nameInHostsFile(t)
	n := &nameserver{records: []string{dns.Fqdn(name) + " A 127.9.9.9"}}
	h, _ := Resolver{Server: n.start(t)}.Lookup(t.Context(), name)
	if len(h.Addrs) != 1 || h.Addrs[0] != netip.MustParseAddr("127.9.9.9") {
		t.Errorf("%s is at %v", name, h.Addrs)
	}
}

// nameInHostsFile finds a name that the system knows by itself.
func nameInHostsFile(t *testing.T) string {
	t.Helper()
	f, err := os.Open("/etc/hosts")
	if err != nil {
		t.Skipf("left out: %v", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) > 1 && fields[0] == "127.0.0.1" && !local(fields[1]) && !strings.HasPrefix(fields[1], "localhost") {
			return fields[1]
		}
	}
	t.Skip("left out: the hosts file gives 127.0.0.1 no name but localhost")
	return ""
}

// TestAliasesUnknownIsAnError: what leaves the chain unknown must not read as "no alias".
func TestAliasesUnknownIsAnError(t *testing.T) {
	chain := []string{"www.test. CNAME real.test.", "real.test. A 127.0.0.1"}
	servfail := &nameserver{rcode: map[uint16]int{dns.TypeA: 2}}
	for _, test := range []struct {
		name   string
		server *nameserver
		ask    string
		chain  []string
		fails  string
	}{
		{"an alias", &nameserver{records: chain}, "www.test", []string{"real.test"}, ""},
		{"no alias", &nameserver{records: chain}, "real.test", nil, ""},
		{"an alias of nothing", &nameserver{records: chain[:1]}, "www.test", []string{"real.test"}, ""},
		{"SERVFAIL", servfail, "www.test", nil, "SERVFAIL"},
		{"a name of the hosts file or the search list", &nameserver{}, "db", nil, "NXDOMAIN"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Resolver{Server: test.server.start(t)}.aliases(t.Context(), test.ask)
			if !slices.Equal(got.chain, test.chain) || (got.err != nil) != (test.fails != "") {
				t.Errorf("%q, %v", got.chain, got.err)
			}
			if got.err != nil && !strings.Contains(got.err.Error(), test.fails) {
				t.Errorf("%v does not tell %s", got.err, test.fails)
			}
		})
	}
	for name, file := range map[string]string{"missing": "", "empty": "# nothing\n"} {
		config := filepath.Join(t.TempDir(), "resolv.conf")
		if file != "" {
			if err := os.WriteFile(config, []byte(file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := (Resolver{Config: config}).aliases(t.Context(), "www.test"); got.err == nil {
			t.Errorf("%s resolver file: no error", name)
		}
	}
}

// TestAliasFailureIsAGap: once an address is known, a look-up of the aliases that fails is a gap and nothing more.
func TestAliasFailureIsAGap(t *testing.T) {
	for _, test := range []struct {
		name string
		feed func(chan aliasAnswer)
		gaps int
	}{
		{"answered", func(c chan aliasAnswer) { c <- aliasAnswer{chain: []string{"real.test"}} }, 0},
		{"failed", func(c chan aliasAnswer) { c <- aliasAnswer{err: os.ErrNotExist} }, 1},
		{"silent", func(chan aliasAnswer) {}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			later := make(chan aliasAnswer, 1)
			test.feed(later)
			p := New(fact.Question{Host: "www.test"}, Settings{Timeout: patience})
			p.aliases = later
			h := fact.Host{Name: "www.test", Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
			c := &fact.Case{Hosts: []fact.Host{h}}
			ctx, cancel := context.WithTimeout(t.Context(), patience/4)
			defer cancel()
			finish(t, func() { p.learnAliases(ctx, c) })
			if len(c.Gaps) != test.gaps || c.Hosts[0].Error != "" || (len(c.Hosts[0].Aliases) > 0) != (test.gaps == 0) {
				t.Errorf("hosts %+v, gaps %+v", c.Hosts, c.Gaps)
			}
		})
	}
}

// TestAliasesAreWaitedForOnlyWhenNeeded: with another name in the certificate the chain is worth a wait, but never
// past the end of the run.
func TestAliasesAreWaitedForOnlyWhenNeeded(t *testing.T) {
	later := make(chan aliasAnswer, 1)
	p := New(fact.Question{Host: "www.test"}, Settings{Timeout: hung})
	p.aliases = later
	mismatch := &fact.Verdict{Problems: []fact.Problem{{Kind: fact.NameMismatch, Fatal: true}}}
	c := &fact.Case{Hosts: []fact.Host{{Name: "www.test"}}, Handshakes: []fact.Handshake{{Verdict: mismatch}}}
	go func() { later <- aliasAnswer{chain: []string{"real.test"}} }()
	finish(t, func() { p.learnAliases(t.Context(), c) })
	if !slices.Equal(c.Hosts[0].Aliases, []string{"real.test"}) || len(c.Gaps) > 0 {
		t.Errorf("%+v", c)
	}
	p.aliases = make(chan aliasAnswer)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	finish(t, func() { p.learnAliases(ctx, c) })
	if len(c.Gaps) != 1 {
		t.Errorf("gaps %+v", c.Gaps)
	}
}

// TestLookupBySystem: the hosts file counts, and a resolver file that cannot be read leaves the aliases unknown. No
// question leaves the machine.
func TestLookupBySystem(t *testing.T) {
	name := nameInHostsFile(t)
	h, later := Resolver{Config: filepath.Join(t.TempDir(), "none")}.Lookup(t.Context(), name)
	if h.Error != "" || !slices.Contains(h.Addrs, netip.MustParseAddr("127.0.0.1")) || later == nil {
		t.Fatalf("%+v", h)
	}
	if a := <-later; a.err == nil || a.chain != nil {
		t.Errorf("%+v", a)
	}
}

func TestLookupError(t *testing.T) {
	for _, test := range []struct {
		err          error
		kind, detail string
	}{
		{&net.DNSError{Err: "no such host", IsNotFound: true}, "not-found", "no such host"},
		{&net.DNSError{Err: "server misbehaving", IsTemporary: true}, "unavailable", "server misbehaving"},
		{&net.DNSError{Err: "i/o timeout", IsTimeout: true}, "unavailable", "i/o timeout"},
		{context.Canceled, "unavailable", "context canceled"},
	} {
		if kind, detail := lookupError(test.err); kind != test.kind || detail != test.detail {
			t.Errorf("%v: %s, %s", test.err, kind, detail)
		}
	}
}
