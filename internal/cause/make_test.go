package cause

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// today is the clock of the tests with real certificates: golang.org/x/crypto/ocsp dates its answers itself.
var today = time.Now().UTC().Truncate(time.Second)

// A made certificate has its key at hand. Go's crypto/x509 makes it: the expectations come from outside this module.
type made struct {
	der  []byte
	cert *x509.Certificate
	key  crypto.Signer
}

// changed is one thing about a certificate that is to be otherwise.
type changed func(*x509.Certificate)

// issue makes a certificate for name; without an issuer it signs itself.
func issue(t *testing.T, by *made, key crypto.Signer, name string, as ...changed) *made {
	t.Helper()
	if key == nil {
		key = curveKey(t)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: today.AddDate(0, 0, -20), NotAfter: today.AddDate(0, 0, 70), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, c := range as {
		c(template)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &made{der, cert, key}
}

func curveKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	t.Setenv("GODEBUG", "rsa1024min=0")
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// authority is the template of a CA of ten years.
func authority(c *x509.Certificate) {
	c.IsCA, c.DNSNames, c.ExtKeyUsage, c.KeyUsage = true, nil, nil, x509.KeyUsageCertSign
	c.NotBefore, c.NotAfter = today.AddDate(-2, 0, 0), today.AddDate(8, 0, 0)
}

func lasting(from, to int) changed {
	return func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = today.AddDate(0, 0, from), today.AddDate(0, 0, to)
	}
}

// A meeting is one handshake that ran to its end, with the chain that the server showed.
type meeting struct {
	host    string
	sent    []*made
	roots   []*made
	staple  []byte
	policy  *trust.Policy // nil: careful
	as      string
	noSNI   bool
	ownRoot bool
}

// careful is how today's clients verify.
func careful() trust.Policy {
	return trust.Policy{MinRSABits: 2048, MinECBits: 224, MaxDepth: 10, NegativeSerialRefused: true, RequireEKU: "serverAuth", RequireStaple: true}
}

// asCase is the evidence of a meeting, judged by package trust as a probe's is.
func (m meeting) asCase() *fact.Case {
	var sent, roots [][]byte
	for _, s := range m.sent {
		sent = append(sent, s.der)
	}
	for _, r := range m.roots {
		roots = append(roots, r.der)
	}
	p := careful()
	if m.policy != nil {
		p = *m.policy
	}
	p.Name, p.Time, p.Roots = m.host, today, trust.NewRoots(roots...)
	h := fact.Handshake{Ref: fact.Ref{Kind: "live", At: "experiment 1"}, Protocol: "https", Client: &wire.ClientHello{LegacyVersion: wire.TLS12},
		Server: &wire.ServerHello{Version: wire.TLS13, Suite: 0x1301}, Chain: trust.Parse(sent), OCSP: m.staple, Finished: fact.Yes,
		End: fact.End{By: wire.ClientSide, How: fact.EndCompleted, After: "client Finished"}}
	if !m.noSNI && !isAddress(m.host) {
		h.Client.ServerName = m.host
	}
	v := trust.Judge(h.Chain, m.staple, p)
	h.Verdict = &v
	return &fact.Case{Question: fact.Question{Target: "https://" + m.host, Host: m.host, Protocol: "https", Port: 443, As: m.as, Now: today,
		OwnRoots: m.ownRoot}, Handshakes: []fact.Handshake{h}}
}

// fired runs the whole catalogue.
func fired(c *fact.Case) map[string]string {
	all := map[string]string{}
	for _, card := range All() {
		for _, m := range matched(card, c) {
			all[card.Slug] = brief(m)
		}
	}
	return all
}
