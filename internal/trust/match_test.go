package trust

import (
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

func TestMatchName(t *testing.T) {
	san := func(names ...string) fact.Certificate {
		return fact.Certificate{DNSNames: names, CommonName: "cn.example.test"}
	}
	cn := func(name string) fact.Certificate { return fact.Certificate{CommonName: name} }
	cnOK, partial := NameOptions{CNFallback: true}, NameOptions{PartialWildcard: true}
	for _, c := range []struct {
		cert fact.Certificate
		name string
		o    NameOptions
		how  string // empty: no match
	}{
		{san("db.example.test"), "db.example.test", NameOptions{}, "dns:db.example.test"},
		{san("a.test", "DB.Example.TEST"), "db.EXAMPLE.test.", NameOptions{}, "dns:DB.Example.TEST"},
		{san("db.example.test"), "example.test", NameOptions{}, ""},
		{san("db.example.test"), "xdb.example.test", NameOptions{}, ""},
		{san(""), "", NameOptions{}, ""},
		// RFC 6125 §6.4.3
		{san("*.example.test"), "db.example.test", NameOptions{}, "dns:*.example.test"},
		{san("*.example.test"), "a.db.example.test", NameOptions{}, ""},
		{san("*.example.test"), "example.test", NameOptions{}, ""},
		{san("*.example.test"), ".example.test", NameOptions{}, ""},
		{san("*.test"), "example.test", NameOptions{}, ""},
		{san("*"), "localhost", NameOptions{}, ""},
		{san("db.*.test"), "db.example.test", NameOptions{}, ""},
		{san("*.*.test"), "db.example.test", NameOptions{}, ""},
		{san("d*.example.test"), "db.example.test", NameOptions{}, ""},
		{san("d*.example.test"), "db.example.test", partial, "dns:d*.example.test"},
		{san("*b.example.test"), "db.example.test", partial, "dns:*b.example.test"},
		{san("d*b.example.test"), "db.example.test", partial, "dns:d*b.example.test"},
		{san("d*d.example.test"), "d.example.test", partial, ""},
		{san("x*.example.test"), "xn--abc.example.test", partial, ""},
		{san("*.example.test"), "xn--abc.example.test", partial, "dns:*.example.test"},
		{san("d**.example.test"), "db.example.test", partial, ""},
		// The common name counts only where nothing else of the kind is there.
		{cn("db.example.test"), "db.example.test", NameOptions{}, ""},
		{cn("db.example.test"), "db.example.test", cnOK, "cn:db.example.test"},
		{san("other.test"), "cn.example.test", cnOK, ""},
		{cn("Example Server"), "db.example.test", cnOK, ""},
		// Addresses
		{fact.Certificate{IPs: []string{"127.0.0.1"}}, "127.0.0.1", NameOptions{}, "ip:127.0.0.1"},
		{fact.Certificate{IPs: []string{"2001:db8::1"}}, "[2001:DB8:0::1]", NameOptions{}, "ip:2001:db8::1"},
		{fact.Certificate{IPs: []string{"127.0.0.1"}}, "::ffff:127.0.0.1", NameOptions{}, "ip:127.0.0.1"},
		{fact.Certificate{IPs: []string{"127.0.0.1"}}, "127.0.0.2", NameOptions{}, ""},
		{san("127.0.0.1"), "127.0.0.1", NameOptions{}, ""},
		{san("*.0.0.1"), "127.0.0.1", NameOptions{IgnoreIPSAN: true}, ""},
		{san("127.0.0.1"), "127.0.0.1", NameOptions{IgnoreIPSAN: true}, "dns:127.0.0.1"},
		{fact.Certificate{IPs: []string{"127.0.0.1"}}, "127.0.0.1", NameOptions{IgnoreIPSAN: true}, ""},
		{cn("127.0.0.1"), "127.0.0.1", cnOK, ""},
		{cn("127.0.0.1"), "127.0.0.1", NameOptions{CNForIP: true}, "cn:127.0.0.1"},
		{cn("127.0.0.1"), "127.0.0.1", NameOptions{CNFallback: true, IgnoreIPSAN: true}, "cn:127.0.0.1"},
	} {
		ok, how := MatchName(&c.cert, c.name, c.o)
		if ok != (c.how != "") || how != c.how {
			t.Errorf("%q in %v (CN %s) with %+v: %v %q, want %q", c.name, append(c.cert.DNSNames, c.cert.IPs...), c.cert.CommonName, c.o, ok, how, c.how)
		}
	}
	if ok, _ := MatchName(nil, "x", NameOptions{}); ok {
		t.Error("no certificate matches")
	}
}
