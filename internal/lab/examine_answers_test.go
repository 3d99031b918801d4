package lab

import (
	"context"
	"crypto/x509"
	"testing"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// interrogate lets a client of ours connect until nothing is left to ask; lose ends connections of its own accord, counted from 0.
func interrogate(t *testing.T, x *Examination, config wire.ClientConfig, lose func(n int) bool) Examined {
	t.Helper()
	for n := range 60 {
		if lose(n) {
			tcp, _ := greet(t, x)
			tcp.Close()
		} else {
			connect(t, x, config)
		}
		if e := answers(t, x, n+1); e.Complete {
			return e
		}
	}
	t.Fatal("the picture is not complete after 60 connections")
	return Examined{}
}

// TestExamineLostConnections: whichever connection is lost, nothing is said to be refused by a client that takes all there is.
func TestExamineLostConnections(t *testing.T) {
	for _, lost := range []func(n, k int) bool{
		func(n, k int) bool { return n == k },
		func(n, k int) bool { return n%5 == k%5 },
	} {
		for k := range 18 {
			e := interrogate(t, examine(t, "https"), ownClient(wire.TLS12), func(n int) bool { return lost(n, k) })
			p := cause.PictureOf(e.Case)
			if p.Rule.Is != cause.Strips || p.Several || !p.Anyone || p.Short.Is == cause.Refuses || p.Padded.Is == cause.Refuses {
				t.Errorf("connection %d lost: %+v", k+1, p)
			}
			for _, j := range p.Certs {
				if j.Is != cause.Takes && j.Is != cause.Inconclusive {
					t.Errorf("connection %d lost: %+v", k+1, j)
				}
			}
		}
	}
}

// TestExamineNothingShared: a client that shares no suite was shown no certificate and no version: nothing is said to be refused.
func TestExamineNothingShared(t *testing.T) {
	config := ownClient(wire.TLS12)
	config.Hello.Suites = []uint16{0xc0ae} // TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, and the lab's keys are RSA
	e := interrogate(t, examine(t, "https"), config, func(int) bool { return false })
	p := cause.PictureOf(e.Case)
	if len(p.Certs) != 1 || p.Certs[0].Is != cause.NotAsked || p.Certs[0].Why == "" {
		t.Errorf("%+v", p.Certs)
	}
	for _, a := range p.Old {
		if a.Is != cause.NotAsked {
			t.Errorf("%+v", a)
		}
	}
}

// TestExamineOnlyLeadingZero: a client that refuses every certificate but the right one finishes each of its connections.
func TestExamineOnlyLeadingZero(t *testing.T) {
	for _, version := range []uint16{wire.TLS12, wire.TLS13} {
		x, err := Examine(context.Background(), newTestEnv(t), ExamineConfig{Protocol: *preamble.ByID("https"), Only: OnlyLeadingZero})
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		for n := range 25 {
			if err := connect(t, x, ownClient(version)); err != nil {
				t.Errorf("connection %d: %v", n+1, err)
			}
		}
		e := answers(t, x, 25)
		p := cause.PictureOf(e.Case)
		if len(p.Certs) > 0 || len(p.Old) > 0 || !e.Complete || p.Rule.Is != cause.Strips && p.Rule13.Is != cause.Keeps {
			t.Errorf("%x: complete %v, %+v", version, e.Complete, p)
		}
	}
}

// TestExamineSeveralClients: two programs that say hello alike, of which one verifies.
func TestExamineSeveralClients(t *testing.T) {
	x := examine(t, "https")
	strict := ownClient(wire.TLS12)
	roots := x509.NewCertPool()
	roots.AddCert(x.counter.authority.Root.Cert)
	strict.Refuse = func(step string, f *wire.Flight) *wire.Refusal {
		if step != wire.StepServerKeyExchange {
			return nil
		}
		leaf, err := x509.ParseCertificate(f.Certificates.Chain[0])
		if err == nil {
			_, err = leaf.Verify(x509.VerifyOptions{DNSName: "db.shop.test", Roots: roots})
		}
		if err != nil {
			return &wire.Refusal{Alert: 48, Reason: wire.ReasonRefused}
		}
		return nil
	}
	var e Examined
	for n := 0; n < 60 && !e.Complete; n++ {
		connect(t, x, []wire.ClientConfig{strict, ownClient(wire.TLS12)}[n%2])
		e = answers(t, x, n+1)
	}
	if p := cause.PictureOf(e.Case); !p.Several || p.Anyone || p.Rule.Is != cause.Strips {
		t.Errorf("%+v", p)
	}
}
