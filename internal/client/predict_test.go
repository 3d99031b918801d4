package client

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

const serverName = "db.example.test"

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// issue makes a CA and a leaf for name that ends at end.
func issue(t *testing.T, name string, end time.Time) (root trust.Roots, chain *fact.Chain) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, NotBefore: noon.AddDate(-1, 0, 0), NotAfter: noon.AddDate(9, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: noon.AddDate(-1, 0, 0), NotAfter: end,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return trust.NewRoots(caDER), trust.Parse([][]byte{leafDER, caDER})
}

// completed is a handshake as a willing server makes it.
func completed(chain *fact.Chain) *fact.Handshake {
	return &fact.Handshake{Client: &wire.ClientHello{}, Server: &wire.ServerHello{Version: wire.TLS13}, Chain: chain, Finished: fact.Yes,
		Said: &fact.Said{TLS: fact.Yes}, End: fact.End{By: wire.ClientSide, How: fact.EndCompleted, After: "client Finished"}}
}

// ending is one that ended at a step.
func ending(after string, how fact.How, alert uint8) *fact.Handshake {
	h := &fact.Handshake{Finished: fact.No, End: fact.End{By: wire.ServerSide, How: how, After: after, Alert: alert}}
	if after != "tcp" && after != "preamble" {
		h.Client = &wire.ClientHello{}
	}
	return h
}

func login(how fact.How) *Login { return &Login{End: fact.End{How: how, After: "login"}} }

func serverOf(b Behaviour, h *fact.Handshake, plain *Login) *Server {
	return &Server{Hello: map[string]*fact.Handshake{b.Shape(): h}, Plain: plain}
}

// The libpq modes, as PostgreSQL's documentation tells them (34.19.1, table 34.1) and as measured where it is silent.
func libpqLike(use TLSUse, on Fallback, chain, name bool) Behaviour {
	return Behaviour{Profile: openssl3(), TLS: use, PlainOn: on, Chain: chain, Name: name, NameLate: true}
}

func TestPredict(t *testing.T) {
	roots, good := issue(t, serverName, noon.AddDate(1, 0, 0))
	_, foreign := issue(t, serverName, noon.AddDate(1, 0, 0))
	expiredRoots, expired := issue(t, serverName, noon.AddDate(0, 0, -1))
	otherRoots, other := issue(t, "real.cluster.example.test", noon.AddDate(1, 0, 0))
	prefer := libpqLike(TLSPrefer, OnDecline|OnFailure|OnReject, true, false)
	strict := libpqLike(TLSRequire, 0, true, true)
	ca := libpqLike(TLSRequire, 0, true, false)
	require := libpqLike(TLSRequire, 0, false, false)
	declinePrefer := libpqLike(TLSPrefer, OnDecline, false, false) // postgres.js, lib/pq
	allow := libpqLike(TLSAllow, 0, false, false)
	never := libpqLike(TLSNever, 0, false, false)
	tests := []struct {
		name   string
		b      Behaviour
		h      *fact.Handshake
		plain  *Login
		roots  trust.Roots
		want   Outcome
		step   string
		reason string
	}{
		{"full, good", strict, completed(good), nil, roots, Verified, "", ""},
		{"verify-ca is no proof of the name", ca, completed(other), nil, otherRoots, Unverified, "", ""},
		{"full, other name, looked at late", strict, completed(other), nil, otherRoots, Fails, StepFinished, "name"},
		{"full, foreign CA", strict, completed(foreign), nil, roots, Fails, StepCertificate, "chain"},
		{"full, expired", strict, completed(expired), nil, expiredRoots, Fails, StepCertificate, "chain"},
		{"require takes anybody", require, completed(expired), nil, roots, Unverified, "", ""},
		{"require, declined", require, ending("preamble", fact.EndDeclined, 0), login(fact.EndCompleted), roots, Fails, StepPreamble, ""},
		{"prefer, foreign CA", prefer, completed(foreign), login(fact.EndCompleted), roots, Plaintext, "", ""},
		{"prefer, foreign CA, plain text refused", prefer, completed(foreign), login(fact.EndError), roots, Fails, StepPlain, ""},
		{"prefer, declined", prefer, ending("preamble", fact.EndDeclined, 0), login(fact.EndCompleted), roots, Plaintext, "", ""},
		{"prefer, alert", prefer, ending(StepHello, fact.EndAlert, 40), login(fact.EndCompleted), roots, Plaintext, "", ""},
		{"prefer, nobody there", prefer, ending("tcp", fact.EndRefused, 0), login(fact.EndCompleted), roots, Fails, StepTCP, ""},
		{"lenient only to N, alert", declinePrefer, ending(StepHello, fact.EndAlert, 40), login(fact.EndCompleted), roots, Fails, StepHello, ""},
		{"lenient only to N, N", declinePrefer, ending("preamble", fact.EndDeclined, 0), login(fact.EndCompleted), roots, Plaintext, "", ""},
		{"allow", allow, completed(good), login(fact.EndCompleted), roots, Plaintext, "", ""},
		{"allow, plain text refused", allow, completed(good), login(fact.EndError), roots, Unverified, "", ""},
		{"allow, both refused", allow, ending("preamble", fact.EndDeclined, 0), login(fact.EndError), roots, Fails, StepPreamble, ""},
		{"never", never, completed(good), login(fact.EndError), roots, Fails, StepPlain, ""},
		{"nothing is known of plain text", never, completed(good), nil, roots, NotKnown, "", ""},
	}
	for _, test := range tests {
		at := Place{Host: serverName, Port: 5432, Now: noon, Roots: func(RootsUse) trust.Roots { return test.roots }}
		got := Predict(test.b, serverOf(test.b, test.h, test.plain), at)
		if got.Outcome != test.want {
			t.Errorf("%s: %s, want %s", test.name, got.Outcome, test.want)
		}
		if f := got.Failure; f != nil && (f.Step != test.step || f.Reason != test.reason) {
			t.Errorf("%s: at %q for %q, want at %q for %q", test.name, f.Step, f.Reason, test.step, test.reason)
		}
		if got.Outcome == Fails && got.Failure == nil {
			t.Errorf("%s: fails without a failure", test.name)
		}
	}
}

// TestPredictSimulates: the handshake of a prediction ends where this client ends it, and the recorded one stays as it was.
func TestPredictSimulates(t *testing.T) {
	roots, _ := issue(t, serverName, noon.AddDate(1, 0, 0))
	_, foreign := issue(t, serverName, noon.AddDate(1, 0, 0))
	b := libpqLike(TLSRequire, 0, true, true)
	recorded := completed(foreign)
	at := Place{Host: serverName, Now: noon, Roots: func(RootsUse) trust.Roots { return roots }}
	got := Predict(b, serverOf(b, recorded, nil), at)
	if h := got.Handshake; h == nil || h.Completed() || h.Verdict.OK() || h.Variant != (fact.Variant{}) {
		t.Errorf("simulated: %+v", h)
	}
	if !recorded.Completed() || recorded.Verdict != nil {
		t.Errorf("the recording was changed: %+v", recorded)
	}
}

// TestPredictLimits: what the client refuses of ServerHello and ServerKeyExchange comes in the handshake's order.
func TestPredictLimits(t *testing.T) {
	roots, chain := issue(t, serverName, noon.AddDate(1, 0, 0))
	at := Place{Host: serverName, Now: noon, Roots: func(RootsUse) trust.Roots { return roots }}
	small := completed(chain)
	small.Server = &wire.ServerHello{Version: wire.TLS12, Renegotiation: true}
	small.Key = &wire.ServerKeyExchange{Kind: "DHE", P: big.NewInt(1 << 40), Scheme: 0x0804, Signature: []byte{1}}
	b := libpqLike(TLSRequire, 0, true, true)
	got := Predict(b, serverOf(b, small, nil), at)
	if got.Failure == nil || got.Failure.Reason != "dh-too-small" || got.Failure.Step != StepKeyExchange {
		t.Errorf("a small group: %+v", got.Failure)
	}
	small.Server = &wire.ServerHello{Version: wire.TLS12}
	got = Predict(b, serverOf(b, small, nil), at)
	if got.Failure == nil || got.Failure.Reason != "no-secure-renegotiation" || got.Handshake.Chain != nil {
		t.Errorf("without RFC 5746: %+v", got.Failure)
	}
}

// TestPredictAfterwards: a server's refusal after the handshake, a refused login on TLS, a client that looks at the chain late.
func TestPredictAfterwards(t *testing.T) {
	roots, chain := issue(t, serverName, noon.AddDate(1, 0, 0))
	_, foreign := issue(t, serverName, noon.AddDate(1, 0, 0))
	at := Place{Host: serverName, Now: noon, Roots: func(RootsUse) trust.Roots { return roots }}
	refused := completed(chain)
	refused.End = fact.End{By: wire.ServerSide, How: fact.EndAlert, Alert: 116, After: "client Finished"}
	b := libpqLike(TLSRequire, 0, true, true)
	if f := Predict(b, serverOf(b, refused, nil), at).Failure; f == nil || f.Step != StepDone || f.Alert != 116 {
		t.Errorf("alert 116 afterwards: %+v", f)
	}
	late := b
	late.ChainLate = true
	refused.Chain = foreign
	if f := Predict(late, serverOf(late, refused, nil), at).Failure; f == nil || f.Reason != "chain" || f.Step != StepFinished {
		t.Errorf("who looks late meets the chain before the server's alert: %+v", f)
	}
	s := serverOf(b, completed(chain), login(fact.EndCompleted))
	s.Sealed = login(fact.EndError)
	if f := Predict(b, s, at).Failure; f == nil || f.Step != StepDone || f.How != fact.EndError {
		t.Errorf("a login refused on TLS: %+v", f)
	}
	b.PlainOn = OnReject
	if got := Predict(b, s, at); got.Outcome != Plaintext || got.Fell == nil {
		t.Errorf("falls back on a refused login: %+v", got)
	}
}

// TestRefuseIsAskedInOrder: a product's own refusal ends the prediction at its step.
func TestRefuseIsAskedInOrder(t *testing.T) {
	roots, chain := issue(t, serverName, noon.AddDate(1, 0, 0))
	at := Place{Host: serverName, Now: noon, Roots: func(RootsUse) trust.Roots { return roots }}
	for _, step := range []string{StepStart, StepPreamble, StepHello, StepServerHello, StepCertificate, StepDone} {
		b := libpqLike(TLSRequire, 0, true, true)
		b.Refuse = func(s string, h *fact.Handshake) string {
			if (h == nil) != (s == StepStart || s == StepPlain) {
				t.Errorf("%s: handshake %v", s, h)
			}
			if s == step {
				return "because"
			}
			return ""
		}
		b.Text = func(f Failure) string { return f.Step + ": " + f.Reason + " at " + f.Host }
		got := Predict(b, serverOf(b, completed(chain), nil), at)
		if got.Failure == nil || got.Failure.Step != step || got.Text != step+": because at "+serverName {
			t.Errorf("%s: %+v %q", step, got.Failure, got.Text)
		}
	}
}

// TestShapes: one hello for each shape, the commonest first, none for plain text.
func TestShapes(t *testing.T) {
	a, b, plain := libpqLike(TLSRequire, 0, true, true), libpqLike(TLSRequire, 0, true, true), libpqLike(TLSNever, 0, false, false)
	a.SNI, b.SNI = SNINever, SNIName
	got := Shapes([]Behaviour{a, plain, b, b})
	if len(got) != 2 || got[0].Shape() != b.Shape() || got[1].Shape() != a.Shape() {
		t.Errorf("%d shapes", len(got))
	}
	if a.ServerName(serverName) != "" || b.ServerName(serverName) != serverName || b.ServerName("192.0.2.1") != "" || b.ServerName("2001:db8::1") != "" {
		t.Error("names are sent where they are, addresses never (RFC 6066 §3)")
	}
}

func TestModesByReleaseAndWord(t *testing.T) {
	p := Product{ID: "x", Modes: []Mode{{ID: "sslmode=prefer"}, {ID: "Encrypt", Versions: "4"}, {ID: "Encrypt", Says: "old"}, {ID: "sslmode=verify-full"}}}
	for _, test := range []struct{ word, version, id, from string }{
		{"", "", "sslmode=prefer", ""}, {"verify-full", "", "sslmode=verify-full", ""}, {"SSLMODE=VERIFY-FULL", "9", "sslmode=verify-full", ""},
		{"encrypt", "", "Encrypt", "4"}, {"encrypt", "3.1", "Encrypt", ""}, {"encrypt", "10/debian12", "Encrypt", "4"},
	} {
		if m, ok := p.Mode(test.word, test.version); !ok || m.ID != test.id || m.Versions != test.from {
			t.Errorf("%q in %q: %+v", test.word, test.version, m)
		}
	}
	if _, ok := p.Mode("nonsense", ""); ok {
		t.Error("a mode of no such word")
	}
	if _, _, ok := Find(""); ok {
		t.Error("nothing is no client")
	}
}

// TestInferred: a hello that was not made meets what another one met, if it offers all that the server chose.
func TestInferred(t *testing.T) {
	modern, old := Behaviour{Profile: openssl3(), TLS: TLSRequire}, Behaviour{Profile: only12(), TLS: TLSRequire}
	at := Place{Host: serverName, Now: noon}
	offered := &wire.ClientHello{LegacyVersion: wire.TLS12, Versions: []uint16{wire.TLS13, wire.TLS12}}
	for _, test := range []struct {
		name   string
		server wire.ServerHello
		key    *wire.ServerKeyExchange
		b      Behaviour
		want   Outcome
	}{
		{"what both offer", wire.ServerHello{Version: wire.TLS12, Suite: 0xc02f, Renegotiation: true}, &wire.ServerKeyExchange{Kind: "ECDHE", Group: 29, Scheme: 0x0804}, old, Unverified},
		{"a version that it does not offer", wire.ServerHello{Version: wire.TLS13, Suite: 0x1301}, nil, old, NotKnown},
		{"a suite that it does not offer", wire.ServerHello{Version: wire.TLS12, Suite: 0x009f}, nil, old, NotKnown},
		{"a group that it does not offer", wire.ServerHello{Version: wire.TLS12, Suite: 0xc02f}, &wire.ServerKeyExchange{Group: 30}, old, NotKnown},
	} {
		h := completed(nil)
		h.Client, h.Server, h.Key = offered, &test.server, test.key
		if got := Predict(test.b, serverOf(modern, h, nil), at); got.Outcome != test.want {
			t.Errorf("%s: %s", test.name, got.Outcome)
		}
	}
	h := completed(nil)
	h.Client, h.Server = &wire.ClientHello{LegacyVersion: wire.TLS12}, &wire.ServerHello{Version: wire.TLS12, Suite: 0xc02f, Renegotiation: true}
	if got := Predict(modern, serverOf(old, h, nil), at); got.Outcome != NotKnown {
		t.Errorf("the server was never offered TLS 1.3: %s", got.Outcome)
	}
}
