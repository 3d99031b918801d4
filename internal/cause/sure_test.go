package cause

import (
	"fmt"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// bySlug finds a card.
func bySlug(t *testing.T, slug string) Cause {
	t.Helper()
	for _, c := range All() {
		if c.Slug == slug {
			return c
		}
	}
	t.Fatalf("no card %s", slug)
	return Cause{}
}

// brief is what matters of a match: "possible, ask sni none 3", "proven weak".
func brief(m Match) string {
	s := string(m.Sure)
	if m.Level != "" {
		s += " " + string(m.Level)
	}
	for _, a := range m.Asks {
		s += fmt.Sprintf(", ask %s %d", a.Variant, a.Weight)
	}
	return s
}

// TestHowSure: experiments, computation and the wire prove; what is open asks; what a client bears is weak.
func TestHowSure(t *testing.T) {
	for _, row := range []struct{ slug, file, want string }{
		{"hostname-mismatch", "fires", "proven"},
		{"hostname-mismatch", "fires-open", "possible, ask sni none 3"},
		{"hostname-is-alias", "fires-note", "proven note"},
		{"certificate-without-san", "fires-borne", "proven weak"},
		{"sni-selects-other-certificate", "fires", "proven"},
		{"sni-selects-other-certificate", "fires-default", "proven"},
		{"sni-selects-other-certificate", "fires-open", "possible, ask sni www.example.test 8"},
		{"sni-missing", "fires", "proven"},
		{"sni-missing", "fires-default", "proven"},
		{"sni-missing", "fires-open", "possible, ask sni www.example.test 9"},
		{"sni-missing", "fires-address", "proven"},
		{"sni-missing", "fires-unknown", "likely"},
		{"missing-intermediate", "fires", "possible"},
		{"missing-intermediate", "fires-own-roots", "possible"},
		{"missing-intermediate", "fires-found", "proven"},
		{"missing-intermediate", "fires-repaired", "proven weak"},
		{"ca-not-trusted", "fires", "proven"},
		{"ca-not-trusted", "fires-open", "possible"},
		{"ca-not-trusted", "fires-alone", "proven"},
		{"chain-order-wrong", "fires", "proven weak"},
		{"chain-order-wrong", "fires-strict", "proven"},
		{"chain-too-deep", "fires-large", "likely"},
		{"expired-root-in-path", "fires", "proven weak"},
		{"intercepted-by-proxy", "fires", "proven"},
		{"intercepted-by-proxy", "fires-trusted", "proven note"},
		{"client-clock-wrong", "fires", "proven"},
		{"client-clock-wrong", "fires-ahead", "likely"},
		{"client-clock-wrong", "fires-harmless", "proven weak"},
		{"revocation-unavailable", "fires-bad", "proven weak"},
		{"certificate-malformed", "fires-borne", "proven weak"},
		{"certificate-key-too-small", "fires-borne", "proven weak"},
		{"certificate-digest-too-weak", "fires-borne", "proven weak"},
		{"openssl-security-level", "fires", "proven"},
		{"openssl-security-level", "fires-dh", "proven"},
		{"openssl-security-level", "fires-open", "possible, ask accept dh 5"},
		{"client-certificate-missing", "fires-12", "proven"},
		{"client-certificate-missing", "fires-closed", "likely"},
		{"client-certificate-untrusted", "fires", "proven"},
		{"client-certificate-untrusted", "fires-vague", "likely"},
		{"client-certificate-expired", "fires-vague", "proven"},
		{"client-certificate-expired", "fires-unasked", "proven weak"},
		{"client-certificate-wrong-purpose", "fires", "proven"},
		{"client-certificate-wrong-purpose", "fires-vague", "proven"},
		{"client-certificate-wrong-purpose", "fires-unasked", "proven weak"},
		{"client-key-does-not-match", "fires-unasked", "proven will-break"},
		{"key-does-not-match-certificate", "fires-type", "proven"},
		{"key-does-not-match-certificate", "fires-length", "proven"},
		{"key-does-not-match-certificate", "fires-alike", "possible"},
	} {
		t.Run(row.slug+"/"+row.file, func(t *testing.T) {
			fires, _ := readCases(t, row.slug)
			c := fires[row.file+".json"]
			if c == nil {
				t.Fatal("no such case")
			}
			ms := bySlug(t, row.slug).Match(c)
			if len(ms) != 1 || brief(ms[0]) != row.want {
				t.Errorf("got %s, want %s", briefs(ms), row.want)
			}
		})
	}
}

func briefs(ms []Match) []string {
	var all []string
	for _, m := range ms {
		all = append(all, brief(m))
	}
	return all
}

// TestNamesWithAsks: the cases that ask are settled by the experiment they ask for, either way.
func TestNamesWithAsks(t *testing.T) {
	for _, slug := range []string{"hostname-mismatch", "sni-selects-other-certificate", "sni-missing"} {
		fires, _ := readCases(t, slug)
		c := fires["fires-open.json"]
		ask := bySlug(t, slug).Match(c)[0].Asks[0]
		tried := c.Handshakes[0]
		tried.Variant, tried.Ref.At = ask.Variant, "experiment 9"
		c.Handshakes = append(c.Handshakes, tried)
		want := 0
		if slug == "hostname-mismatch" {
			want = 1
		}
		if ms := bySlug(t, slug).Match(c); len(ms) != want {
			t.Errorf("%s: after its experiment ended the same way: %v", slug, briefs(ms))
		}
	}
}

// TestIntermittentProvesNothing: beside unchanged successes a changed handshake that succeeds is no proof.
func TestIntermittentProvesNothing(t *testing.T) {
	fires, _ := readCases(t, "sni-missing")
	c := fires["fires.json"]
	again := c.Handshakes[1]
	again.Variant = fact.Variant{Kind: fact.Repeat, Value: "2"}
	c.Handshakes = append(c.Handshakes, again)
	if ms := sniMissing.Match(c); len(ms) > 0 {
		t.Errorf("got %v", briefs(ms))
	}
	fires, _ = readCases(t, "client-certificate-missing")
	c = fires["fires-closed.json"]
	again = c.Handshakes[0]
	again.Variant, again.End = fact.Variant{Kind: fact.Repeat, Value: "2"}, fact.End{By: 1, How: fact.EndCompleted, After: "client Finished"}
	c.Handshakes = append(c.Handshakes, again)
	if ms := clientCertificateMissing.Match(c); len(ms) > 0 {
		t.Errorf("a close now and then is no missing certificate: %v", briefs(ms))
	}
}
