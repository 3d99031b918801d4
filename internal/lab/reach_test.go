package lab

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// resolverOf asks the endpoint's resolver by the standard library's client.
func resolverOf(v *visitor) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, v.flag("--dns"))
	}}
}

func TestNameNotFound(t *testing.T) {
	e := newTestEnv(t)
	end, p := start(t, e, "postgres", "dns-name-not-found")
	_, err := resolverOf(newVisitor(t, e, end, p)).LookupHost(t.Context(), end.Host+".")
	var failed *net.DNSError
	if !errors.As(err, &failed) || !failed.IsNotFound {
		t.Errorf("looking up %s: %v, want not found", end.Host, err)
	}
}

func TestAliasAndBackends(t *testing.T) {
	e := newTestEnv(t)
	for slug, want := range map[string]struct {
		cname string
		addrs int
	}{"hostname-is-alias": {"db7.region.shop.test.", 1}, "one-backend-differs": {"db.shop.test.", 2}} {
		end, p := start(t, e, "mysql", slug)
		r := resolverOf(newVisitor(t, e, end, p))
		if cname, err := r.LookupCNAME(t.Context(), "DB.shop.test."); err != nil || cname != want.cname {
			t.Errorf("%s: canonical name %q, %v, want %q", slug, cname, err, want.cname)
		}
		if addrs, err := r.LookupNetIP(t.Context(), "ip", "db.shop.test."); err != nil || len(addrs) != want.addrs {
			t.Errorf("%s: addresses %v, %v, want %d", slug, addrs, err, want.addrs)
		}
	}
}

func TestSecondBackendDiffers(t *testing.T) {
	e := newTestEnv(t)
	end, p := start(t, e, "https", "one-backend-differs")
	v := newVisitor(t, e, end, p)
	checkError(t, "first address", v.enter(t), "")
	second := netip.MustParseAddrPort(end.Addr)
	v.end.Addr = netip.AddrPortFrom(second.Addr().Next(), second.Port()).String()
	checkError(t, "second address", v.enter(t), "certificate has expired")
}

func TestResolverOfNoUse(t *testing.T) {
	e := newTestEnv(t)
	for proto, want := range map[string]int{"mysql": dns.RcodeServerFailure, "postgres": dns.RcodeRefused, "https": -1} {
		end, p := start(t, e, proto, "dns-unavailable")
		ask := new(dns.Msg).SetQuestion(dns.Fqdn(end.Host), dns.TypeA)
		client := dns.Client{Timeout: 300 * time.Millisecond}
		for _, network := range []string{"udp", "tcp"} {
			client.Net = network
			answer, _, err := client.Exchange(ask, newVisitor(t, e, end, p).flag("--dns"))
			if silent := err != nil; silent != (want < 0) || !silent && answer.Rcode != want {
				t.Errorf("%s over %s: %v, %v, want code %d", proto, network, answer, err, want)
			}
		}
	}
}

func TestLoopOfAliasesEnds(t *testing.T) {
	z := zone{Aliases: map[string]string{"a.test": "b.test", "b.test": "a.test"}}
	m := new(dns.Msg)
	if !z.fill(m, dns.Question{Name: "a.test.", Qtype: dns.TypeA}) || len(m.Answer) > 16 {
		t.Errorf("%d records", len(m.Answer))
	}
}

func TestAddressKinds(t *testing.T) {
	z := zone{Addrs: map[string][]net.IP{"a.test": {net.IPv4(127, 0, 0, 1), net.IPv6loopback}}}
	for kind, want := range map[uint16]string{dns.TypeA: "127.0.0.1", dns.TypeAAAA: "::1"} {
		m := new(dns.Msg)
		if !z.fill(m, dns.Question{Name: "a.test.", Qtype: kind}) || len(m.Answer) != 1 || !strings.HasSuffix(m.Answer[0].String(), want) {
			t.Errorf("%s: %v", dns.TypeToString[kind], m.Answer)
		}
	}
}

func TestUnreachable(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("kernels differ in what they say")
	}
	e := newTestEnv(t)
	for slug, want := range map[string]error{"tcp-refused": syscall.ECONNREFUSED, "host-unreachable": syscall.ENETUNREACH} {
		end, p := start(t, e, "https", slug)
		address := end.Addr
		if slug == "host-unreachable" {
			address = net.JoinHostPort(newVisitor(t, e, end, p).flag("--connect"), "443")
		}
		for range 2 { // the second attempt finds the same
			if c, err := net.Dial("tcp", address); !errors.Is(err, want) {
				t.Errorf("%s: %v, %v, want %v", slug, c, err, want)
			}
		}
	}
}

func TestFiltered(t *testing.T) {
	e := newTestEnv(t)
	end, _ := start(t, e, "https", "tcp-filtered")
	for range 3 { // each is dropped: the failed ones take no room
		c, err := net.DialTimeout("tcp", end.Addr, 200*time.Millisecond)
		var failed net.Error
		if !errors.As(err, &failed) || !failed.Timeout() {
			t.Errorf("%v, %v, want a timeout", c, err)
		}
	}
}

// TestBrowserKnowsOthers asks with the bytes of MC-SQLR 2.2.2 and 2.2.3.
func TestBrowserKnowsOthers(t *testing.T) {
	e := newTestEnv(t)
	end, p := start(t, e, "mssql", "instance-not-found")
	if !strings.HasPrefix(end.Target, `mssql://db.shop.test\`) {
		t.Errorf("target %s", end.Target)
	}
	c, err := net.Dial("udp", net.JoinHostPort(newVisitor(t, e, end, p).flag("--connect"), "1434"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func(question string) string {
		c.Write([]byte(question))
		c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		b := make([]byte, 2048)
		n, _ := c.Read(b)
		return string(b[:n])
	}
	if all := ask("\x03"); !strings.HasPrefix(all, "\x05") || !strings.Contains(all, "InstanceName;REPORTING;") || strings.Contains(all, "ORDERS") {
		t.Errorf("all instances: %q", all)
	}
	if one := ask("\x04ORDERS\x00"); one != "" {
		t.Errorf("the missing instance: %q, want silence", one)
	}
}
