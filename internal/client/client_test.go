package client

import (
	"crypto/rand"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var here = Target{Name: "db.example.test"}

func build(t *testing.T, h wire.Hello) *wire.ClientHello {
	t.Helper()
	b, err := h.Build(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return b.Hello
}

func has(h *wire.ClientHello, typ uint16) bool {
	return slices.ContainsFunc(h.Extensions, func(e wire.Extension) bool { return e.Type == typ })
}

func TestModernOffersWhatTheDesignSays(t *testing.T) {
	h := build(t, modern().Hello(here))
	if !slices.Equal(h.Versions, []uint16{wire.TLS13, wire.TLS12}) {
		t.Errorf("versions %x", h.Versions)
	}
	if !slices.Equal(h.Groups, []uint16{names.X25519MLKEM768, names.X25519, names.P256, names.P384}) {
		t.Errorf("groups %x", h.Groups)
	}
	var shares []uint16
	for _, s := range h.Shares {
		shares = append(shares, s.Group)
	}
	if !slices.Equal(shares, []uint16{names.X25519MLKEM768, names.X25519}) {
		t.Errorf("shares %x", shares)
	}
	for _, s := range h.Suites {
		if suite, ok := names.SuiteByID(s); ok && suite.Kex != "any" && suite.Kex != "ECDHE" {
			t.Errorf("offers %s", suite.Name)
		}
	}
	for _, s := range h.Signatures {
		if s>>8 == 2 {
			t.Errorf("offers %s", names.Scheme(s))
		}
	}
}

// TestOldHellosCarryNothingNew: below TLS 1.3 neither supported_versions nor key_share nor psk extensions are sent.
func TestOldHellosCarryNothingNew(t *testing.T) {
	for _, p := range All() {
		for _, v := range []string{"TLS1.0", "TLS1.1", "TLS1.2"} {
			hello, _, _ := Vary(p, here, fact.Variant{Kind: fact.Version, Value: v})
			h := build(t, hello)
			for _, e := range []uint16{wire.ExtSupportedVersions, wire.ExtKeyShare, wire.ExtPSKModes, wire.ExtPreSharedKey} {
				if has(h, e) {
					t.Errorf("%s limited to %s sends extension %s", p.ID, v, names.Extension(e))
				}
			}
		}
	}
}

// TestNewerVersionsCanSign: TLS 1.3 takes no RSA signature but PSS (RFC 8446 §4.2.3), so a hello that adds it must offer that.
func TestNewerVersionsCanSign(t *testing.T) {
	for _, p := range All() {
		for _, v := range []fact.Variant{{Kind: fact.Versions, Value: "new"}, {Kind: fact.Version, Value: "TLS1.3"}} {
			hello, _, _ := Vary(p, here, v)
			if h := build(t, hello); !slices.Contains(h.Signatures, 0x0804) {
				t.Errorf("%s, %s: no rsa_pss_rsae_sha256 among %x", p.ID, v, h.Signatures)
			}
		}
	}
}

// TestAllSuitesAreAll: a server may have been left with nothing but CCM in TLS 1.3 (RFC 8446 appendix B.4).
func TestAllSuitesAreAll(t *testing.T) {
	hello, _, _ := Vary(modern(), here, fact.Variant{Kind: fact.Suites, Value: "all"})
	for _, s := range []uint16{0x1304, 0x1305, 0x009d, 0x009e, 0x0035, 0x000a} {
		if !slices.Contains(hello.Suites, s) {
			t.Errorf("%s is not offered", names.SuiteName(s))
		}
	}
	hello, _, _ = Vary(only12(), here, fact.Variant{Kind: fact.Suites, Value: "all"})
	if slices.ContainsFunc(hello.Suites, is13) {
		t.Errorf("a TLS 1.2 hello offers suites of TLS 1.3: %x", hello.Suites)
	}
}

func TestSmallHelloIsSmall(t *testing.T) {
	for _, p := range All() {
		hello, _, _ := Vary(p, here, fact.Variant{Kind: fact.HelloShape, Value: "small"})
		if n := len(build(t, hello).Raw); n >= 256 {
			t.Errorf("%s: the small hello has %d bytes", p.ID, n)
		}
	}
}

func TestOneSegmentFitsOneSegment(t *testing.T) {
	whole := len(build(t, modern().Hello(here)).Raw)
	hello, _, changed := Vary(modern(), here, fact.Variant{Kind: fact.HelloShape, Value: "one-segment"})
	if n := len(build(t, hello).Raw); !changed || n > 1400 || whole <= 1400 {
		t.Errorf("from %d to %d bytes (changed %v)", whole, n, changed)
	}
	if _, _, changed := Vary(openssl3(), here, fact.Variant{Kind: fact.HelloShape, Value: "one-segment"}); changed {
		t.Error("a hello without post-quantum share cannot be changed that way")
	}
}

// TestVaryChangesOneThing compares each variant's hello with the unchanged one, part by part.
func TestVaryChangesOneThing(t *testing.T) {
	base := build(t, modern().Hello(here))
	tests := []struct {
		v     fact.Variant
		parts []string // the parts that may differ
	}{
		{fact.Variant{Kind: fact.Suites, Value: "all"}, []string{"suites"}},
		{fact.Variant{Kind: fact.Groups, Value: "all"}, []string{"groups"}},
		{fact.Variant{Kind: fact.Signatures, Value: "all"}, []string{"signatures"}},
		{fact.Variant{Kind: fact.ServerName, Value: "none"}, []string{"name"}},
		{fact.Variant{Kind: fact.ServerName, Value: "x.test"}, []string{"name"}},
		{fact.Variant{Kind: fact.ALPN, Value: "h2"}, []string{"alpn"}},
		{fact.Variant{Kind: fact.Versions, Value: "old"}, []string{"versions"}},
		{fact.Variant{Kind: fact.Versions, Value: "TLS1.1"}, []string{"versions"}},
		{fact.Variant{Kind: fact.Suites, Value: "TLS_RSA_WITH_3DES_EDE_CBC_SHA"}, []string{"suites"}},
		{fact.Variant{Kind: fact.Groups, Value: "P-521"}, []string{"groups"}},
		{fact.Variant{Kind: fact.Signatures, Value: "rsa_pkcs1_sha1"}, []string{"signatures"}},
	}
	for _, test := range tests {
		hello, _, changed := Vary(modern(), here, test.v)
		if !changed {
			t.Errorf("%s: said to change nothing", test.v)
		}
		for _, part := range differences(base, build(t, hello)) {
			if !slices.Contains(test.parts, part) {
				t.Errorf("%s changes %s", test.v, part)
			}
		}
	}
}

// TestAllSuitesSoundFirst: behind the client's own stand those that RFC 9325 §4.2 recommends, so that a server which follows
// the client's order answers with one of them when it has any; key exchange with RSA, which it advises against, is behind.
func TestAllSuitesSoundFirst(t *testing.T) {
	capped := modern()
	own := capped.Hello
	capped.Hello = func(t Target) wire.Hello {
		h := own(t)
		h.Versions, h.Shares, h.Suites = []uint16{wire.TLS12}, nil, []uint16{names.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}
		return h
	}
	hello, _, _ := Vary(capped, here, fact.Variant{Kind: fact.Suites, Value: "all"})
	ecdhe, rsa := slices.Index(hello.Suites, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), slices.Index(hello.Suites, names.TLS_RSA_WITH_AES_128_CBC_SHA)
	if hello.Suites[0] != names.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 || ecdhe < 0 || rsa < 0 || ecdhe > rsa {
		t.Errorf("the client's own first, then ECDHE (%d), then RSA (%d): %x", ecdhe, rsa, hello.Suites)
	}
}

func differences(a, b *wire.ClientHello) []string {
	var out []string
	note := func(same bool, part string) {
		if !same {
			out = append(out, part)
		}
	}
	note(slices.Equal(a.Suites, b.Suites), "suites")
	note(slices.Equal(a.Groups, b.Groups), "groups")
	note(slices.Equal(a.Signatures, b.Signatures), "signatures")
	note(slices.Equal(a.Versions, b.Versions), "versions")
	note(slices.Equal(a.ALPN, b.ALPN), "alpn")
	note(a.ServerName == b.ServerName, "name")
	note(a.EMS == b.EMS, "ems")
	note(len(a.Shares) == len(b.Shares), "shares")
	return out
}

func TestVariantsThatChangeNothingSaySo(t *testing.T) {
	for _, v := range []fact.Variant{
		{Kind: fact.Versions, Value: "new"}, {Kind: fact.Version, Value: "TLS9"}, {Kind: fact.ALPN, Value: "none"},
		{Kind: fact.EMS, Value: "on"}, {Kind: fact.Accept, Value: "legacy-renegotiation"}, {Kind: fact.ServerName, Value: here.Name},
		{Kind: fact.Versions, Value: "TLS1.2"}, {Kind: fact.Suites, Value: "TLS_NO_SUCH"}, {Kind: fact.Groups, Value: "P-256"}, {Kind: fact.Signatures, Value: ""},
	} {
		if _, _, changed := Vary(modern(), here, v); changed {
			t.Errorf("%s: said to change something", v)
		}
	}
}

func TestLimits(t *testing.T) {
	weak := &wire.Flight{Server: &wire.ServerHello{Version: wire.TLS10}, KeyExchange: &wire.ServerKeyExchange{Signature: []byte{1}}}
	sha1 := &wire.Flight{Server: &wire.ServerHello{Version: wire.TLS12}, KeyExchange: &wire.ServerKeyExchange{Scheme: 0x0201, Signature: []byte{1}}}
	good := &wire.Flight{Server: &wire.ServerHello{Version: wire.TLS12}, KeyExchange: &wire.ServerKeyExchange{Scheme: 0x0804, Signature: []byte{1}}}
	l := Limits{RefuseSHA1Signature: true, RequireRenegotiation: true, RequireEMS: true}
	if l.Refuse("ServerKeyExchange", weak) == nil || l.Refuse("ServerKeyExchange", sha1) == nil || l.Refuse("ServerKeyExchange", good) != nil {
		t.Error("SHA-1 signatures: TLS 1.0's and an explicit one are to be refused, SHA-256 is not")
	}
	if r := l.Refuse("ServerHello", good); r == nil || r.Reason != "no-extended-master-secret" {
		t.Errorf("without extended master secret: %+v", r)
	}
	if r := (Limits{RequireEMS: true}).Refuse("ServerHello", &wire.Flight{Server: &wire.ServerHello{Version: wire.TLS13}}); r != nil {
		t.Errorf("TLS 1.3 has no such extension: %+v", r)
	}
}
