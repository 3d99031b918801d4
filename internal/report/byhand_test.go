package report

import (
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// tried is an experiment of a profile with a server that is not there.
func tried(t *testing.T, as string, v fact.Variant) (*fact.Case, *fact.Handshake) {
	t.Helper()
	p, ok := client.ByID(as)
	if !ok {
		t.Fatalf("no client %s", as)
	}
	hello, _, _ := client.Vary(p, client.Target{Name: "db.example.test", ALPN: []string{"h2", "http/1.1"}}, v)
	built, err := hello.Build(zeros{})
	if err != nil {
		t.Fatal(err)
	}
	c := &fact.Case{Question: fact.Question{As: as, Host: "db.example.test"}}
	return c, &fact.Handshake{Protocol: "https", Variant: v, Client: built.Hello, Path: []netip.AddrPort{{}, netip.MustParseAddrPort("127.0.0.1:1")}}
}

// zeros is a source of numbers for hellos that are never sent.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 1
	}
	return len(b), nil
}

// TestByHandRepeatsTheOffer: what the client holds back, s_client must hold back, and what an experiment adds it must add.
func TestByHandRepeatsTheOffer(t *testing.T) {
	all := func(k fact.VariantKind) fact.Variant { return fact.Variant{Kind: k, Value: "all"} }
	for _, row := range []struct {
		as      string
		variant fact.Variant
		with    []string
		without []string
	}{
		{"modern", fact.Variant{}, []string{"-groups X25519:P-256:P-384", "-cipher ECDHE", "-servername db.example.test"}, []string{"SECLEVEL", "-min_protocol"}},
		{"modern", all(fact.Groups), []string{"-cipher ECDHE"}, []string{"-groups"}},
		{"modern", all(fact.Suites), []string{"-cipher ALL:@SECLEVEL=0", "-groups X25519:P-256:P-384"}, nil},
		{"modern", all(fact.Wide), []string{"-cipher ALL:@SECLEVEL=0", "-min_protocol TLSv1", "-sigalgs"}, []string{"-groups"}},
		{"modern", fact.Variant{Kind: fact.ServerName, Value: "none"}, []string{"-noservername"}, []string{"-servername"}},
		{"modern", fact.Variant{Kind: fact.Version, Value: "TLS1.0"}, []string{"-tls1 ", "SECLEVEL=0"}, nil},
		{"openssl3", fact.Variant{}, nil, []string{"-groups", "-cipher", "-min_protocol", "-legacy_server_connect"}},
		{"openssl3", fact.Variant{Kind: fact.Accept, Value: "legacy-renegotiation"}, []string{"-legacy_server_connect"}, []string{"-cipher"}},
		{"openssl3", fact.Variant{Kind: fact.Accept, Value: "dh"}, []string{"-cipher DEFAULT:@SECLEVEL=0"}, nil},
		{"tls1.3", fact.Variant{}, []string{"-tls1_3"}, []string{"-cipher"}},
		{"tls1.2", fact.Variant{}, []string{"-no_tls1_3", "-cipher ECDHE"}, nil},
		{"legacy", fact.Variant{}, []string{"-groups P-256:P-384"}, []string{"-cipher"}},
	} {
		c, h := tried(t, row.as, row.variant)
		got := ByHand(c, h)
		for _, w := range row.with {
			if !strings.Contains(got, w) {
				t.Errorf("%s, %s: no %q in %s", row.as, row.variant, w, got)
			}
		}
		for _, w := range row.without {
			if strings.Contains(got, w) {
				t.Errorf("%s, %s: %q in %s", row.as, row.variant, w, got)
			}
		}
	}
}

// TestByHandIsUnderstood: openssl takes each of the commands; nothing listens, so it gets as far as connecting.
func TestByHandIsUnderstood(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
			t.Fatal("openssl is missing")
		}
		t.Skip("openssl is missing")
	}
	for _, as := range []string{"modern", "openssl3", "tls1.2", "legacy"} {
		for _, v := range []fact.Variant{{}, {Kind: fact.Wide, Value: "all"}, {Kind: fact.Version, Value: "TLS1.1"}, {Kind: fact.Accept, Value: "legacy-renegotiation"}} {
			c, h := tried(t, as, v)
			out, _ := exec.Command("sh", "-c", ByHand(c, h)).CombinedOutput()
			if s := strings.ToLower(string(out)); !strings.Contains(s, "connect:errno") && !strings.Contains(s, "connection refused") {
				t.Errorf("%s\n%s", ByHand(c, h), out)
			}
		}
	}
}

// TestByHandQuotes: a name from elsewhere cannot leave its word.
func TestByHandQuotes(t *testing.T) {
	c, h := tried(t, "modern", fact.Variant{})
	h.Client = &wire.ClientHello{ServerName: "a;id", LegacyVersion: wire.TLS12}
	if got := ByHand(c, h); !strings.Contains(got, "-servername 'a;id'") {
		t.Error(got)
	}
}

// TestOurOwnLimit: a server that chooses what the engine cannot compute is no riddle; the command that can tell is given.
func TestOurOwnLimit(t *testing.T) {
	c, h := tried(t, "openssl3", fact.Variant{})
	h.End = fact.End{By: wire.ClientSide, How: fact.EndLocal, After: "ServerHello", Reason: wire.ReasonCannotComplete}
	c.Handshakes = []fact.Handshake{*h}
	got := unknown(c, diagnose.Diagnosis{Outcome: diagnose.Unknown})
	if len(got) != 1 || !strings.Contains(got[0].How, "openssl s_client") {
		t.Errorf("%+v", got)
	}
	c.Handshakes[0].End = fact.End{By: wire.ServerSide, How: fact.EndAlert, Alert: 40, After: "ClientHello"}
	if got := unknown(c, diagnose.Diagnosis{Outcome: diagnose.Unknown}); len(got) != 1 || strings.Contains(got[0].How, "tcpdump") {
		t.Errorf("a server that answers got the hello: %+v", got)
	}
	c.Handshakes[0].End = fact.End{How: fact.EndTimeout, After: "ClientHello"}
	if got := unknown(c, diagnose.Diagnosis{Outcome: diagnose.Unknown}); len(got) != 2 || !strings.Contains(got[0].How, "tcpdump") {
		t.Errorf("silence: %+v", got)
	}
}
