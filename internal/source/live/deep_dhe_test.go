package live

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var theRSA = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// rsaServer is our own server with an RSA certificate for host: strict about everything, as RFC 5246 says.
func rsaServer(t testing.TB) wire.ServerConfig {
	t.Helper()
	key, err := theRSA()
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	id := self(t)
	ca, err := x509.ParseCertificate(id.ca)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), id.key)
	if err != nil {
		t.Fatal(err)
	}
	return wire.ServerConfig{Chain: [][]byte{der, id.ca}, Key: key, MinVersion: wire.TLS10, MaxVersion: wire.TLS12, Renegotiation: true}
}

// keeping is the stand-in for an unpatched Windows: it uses the secret with its leading zeros.
func keeping(c *wire.ServerConfig) {
	c.Premaster = func(_ string, secret []byte, _ *wire.ServerKeyExchange) []byte { return secret }
}

// serveWire plays the server; it answers a hello that it cannot serve with an alert, and breaks the connection off when a
// handshake fails later, as Windows does, and when mind says so.
func serveWire(config wire.ServerConfig, mind func(*wire.Flight) bool) func(net.Conn) {
	return func(c net.Conn) { serveWireOn(c, c, config, mind) }
}

func serveWireOn(raw, c net.Conn, config wire.ServerConfig, mind func(*wire.Flight) bool) {
	s := wire.NewServer(config)
	buf := make([]byte, 16<<10)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		out, err := s.Feed(buf[:n])
		if err != nil && len(s.Flight().ClientYc) == 0 && len(out) > 0 {
			c.Write(out)
			fin(raw)
			return
		}
		if err != nil || mind != nil && mind(s.Flight()) {
			if s.Done() {
				return
			}
			rst(raw)
			return
		}
		if len(out) > 0 {
			c.Write(out)
		}
		if s.Done() {
			if u, ok := c.(preamble.Unwrapper); ok {
				u.Unwrap()
			}
			io.Copy(io.Discard, raw)
			return
		}
	}
}

// refusesShort minds a public value shorter than the prime.
func refusesShort(f *wire.Flight) bool {
	return len(f.ClientYc) > 0 && len(f.ClientYc) < f.KeyExchange.PLen
}

// deepen makes the baseline and the examination of TLS_DHE, and gives case, diagnosis and the connections made.
func deepen(t *testing.T, p plan) (*fact.Case, diagnose.Diagnosis, int) {
	t.Helper()
	p.Deep, p.DeepEach = dheCost, DeepEach
	c, prober := &fact.Case{Question: p.question}, New(p.question, p.Settings)
	finish(t, func() {
		prober.Begin(t.Context(), c)
		prober.Deep(t.Context(), c, DeepLeadingZero)
	})
	return c, diagnose.Run(c, cause.All()), prober.Connections()
}

// measured is the verdict: "strips", "keeps", "short", "not-exposed", or "open" with the reason.
func measured(c *fact.Case, d diagnose.Diagnosis) string {
	var found []string
	for _, f := range d.Findings {
		if word := map[string]string{"dhe-leading-zero": "keeps", "dhe-public-value-short": "short"}[f.Cause.Slug]; f.Measured && f.Sure == cause.Proven && word != "" {
			found = append(found, word)
		}
	}
	for _, says := range cause.Checked(c) {
		switch {
		case strings.Contains(says, "are stripped"):
			found = append(found, "strips")
		case strings.Contains(says, "uses none"):
			found = append(found, "not-exposed")
		}
	}
	for _, q := range cause.Undecided(c) {
		found = append(found, "open: "+q.How)
	}
	return strings.Join(found, " ")
}

func checkMeasured(t *testing.T, p plan, want string, most int) (*fact.Case, diagnose.Diagnosis) {
	t.Helper()
	c, d, n := deepen(t, p)
	if got := measured(c, d); got != want && !(strings.HasPrefix(want, "open: ") && strings.HasPrefix(got, want)) || n > most {
		t.Errorf("%q with %d connections, want %q with at most %d", got, n, want, most)
		for _, h := range c.Handshakes {
			t.Logf("  %s: %+v", h.Variant, h.End)
		}
	}
	return c, d
}

// TestDeepOverPreambles: a server that keeps the zeros is proven in eight connections and one that strips them in five,
// the unchanged one among them, whatever is spoken before TLS.
func TestDeepOverPreambles(t *testing.T) {
	right := rsaServer(t)
	wrong := right
	keeping(&wrong)
	for _, protocol := range []string{"https", "mssql", "mysql", "postgres", "mssql-strict", "postgres-direct"} {
		for _, test := range []struct {
			config wire.ServerConfig
			mind   func(*wire.Flight) bool
			want   string
			most   int
		}{
			{right, nil, "strips", 5},
			{wrong, nil, "keeps", 8},
			{right, refusesShort, "short strips", 8},
		} {
			t.Run(protocol+" "+test.want, func(t *testing.T) {
				serve := func(c net.Conn) {
					inner, _, err := preamble.ByID(protocol).Accept(context.Background(), c, preamble.Options{Host: host})
					if err == nil {
						serveWireOn(c, inner, test.config, test.mind)
					}
				}
				c, d := checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serve).addr, protocol), test.want, test.most)
				if !c.First().Completed() {
					t.Errorf("the baseline ends: %+v", c.First().End)
				}
				// It agrees with this client on ECDHE: what would break is not what it uses.
				if want := map[bool]diagnose.Outcome{true: diagnose.OK, false: diagnose.AtRisk}[test.want == "strips"]; d.Outcome != want {
					t.Errorf("outcome %s, want %s", d.Outcome, want)
				}
			})
		}
	}
}

// TestDeepBothDefects: two broken rules at once take two connections more.
func TestDeepBothDefects(t *testing.T) {
	config := rsaServer(t)
	keeping(&config)
	checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serveWire(config, refusesShort)).addr, "tls"), "short keeps", 10)
}

// TestDeepLeadingZeroRefused: a server may mind a public value that starts with zero, and take it without the zero.
func TestDeepLeadingZeroRefused(t *testing.T) {
	startsWithZero := func(f *wire.Flight) bool { return len(f.ClientYc) > 0 && f.ClientYc[0] == 0 }
	_, d := checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serveWire(rsaServer(t), startsWithZero)).addr, "tls"), "short strips", 8)
	for _, f := range d.Findings {
		if f.Cause.Slug == "dhe-public-value-short" && f.Args["is"] != "starts with a zero byte" {
			t.Errorf("it %s", f.Args["is"])
		}
	}
}

// TestDeepVersions: TLS 1.0 to 1.2, with extended master secret, without, and where it is required.
func TestDeepVersions(t *testing.T) {
	for _, version := range []uint16{wire.TLS10, wire.TLS11, wire.TLS12} {
		for name, ems := range map[string]string{"taken": wire.EMSAnswer, "not known": wire.EMSOff, "required": wire.EMSRequired} {
			t.Run(names.Version(version)+" "+name, func(t *testing.T) {
				right := rsaServer(t)
				right.MaxVersion, right.EMS = version, ems
				wrong := right
				keeping(&wrong)
				c, _ := checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serveWire(right, nil)).addr, "tls"), "strips", 5)
				if h := c.Forced("dhe")[0]; h.Server == nil || h.Server.Version != version {
					t.Errorf("%+v", h.Server)
				}
				checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serveWire(wrong, nil)).addr, "tls"), "keeps", 8)
			})
		}
	}
}

// TestDeepOddServers: what cannot be measured is told with its reason, and what needs no measurement at once.
func TestDeepOddServers(t *testing.T) {
	only13 := rsaServer(t)
	only13.MinVersion, only13.MaxVersion = wire.TLS13, wire.TLS13
	noDHE := rsaServer(t)
	noDHE.Suites = []uint16{names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_RSA_WITH_AES_128_CBC_SHA}
	onlyDHE := rsaServer(t)
	onlyDHE.Suites = []uint16{names.TLS_DHE_RSA_WITH_AES_128_CBC_SHA}
	reused := rsaServer(t)
	reused.Exponent = func(*wire.ServerKeyExchange, *big.Int) *big.Int { return new(big.Int).Lsh(big.NewInt(0x1234567), 400) }
	dead := func(f *wire.Flight) bool { return len(f.ClientYc) > 0 }
	for name, test := range map[string]struct {
		config wire.ServerConfig
		mind   func(*wire.Flight) bool
		want   string
		most   int
	}{
		"TLS 1.3 only":             {only13, nil, "not-exposed", 3},
		"no TLS_DHE suite":         {noDHE, nil, "not-exposed", 3},
		"no shared cipher":         {onlyDHE, nil, "strips", 5},
		"each TLS_DHE breaks":      {rsaServer(t), dead, "open: it ends such handshakes with leading zeros and without", 3},
		"the same value each time": {reused, nil, "strips", 5},
	} {
		t.Run(name, func(t *testing.T) {
			_, d := checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serveWire(test.config, test.mind)).addr, "tls"), test.want, test.most)
			told := slices.ContainsFunc(d.Findings, func(f diagnose.Finding) bool {
				return f.Cause.Slug == "peer-implementation-bug" && f.Level == cause.Weak && f.Sure == cause.Proven && strings.Contains(f.Args["what"], "the same Diffie-Hellman value each time")
			})
			if told != (name == "the same value each time") || told && d.Outcome != diagnose.OK {
				t.Errorf("reused: %v, outcome %s", told, d.Outcome)
			}
		})
	}
}

// TestDeepUntrusted: the chain need not be trusted.
func TestDeepUntrusted(t *testing.T) {
	config := rsaServer(t)
	keeping(&config)
	p := planFor(t, startPeer(t, "127.0.0.1", serveWire(config, nil)).addr, "tls")
	p.Roots = func() trust.Roots { return trust.NewRoots() }
	_, d := checkMeasured(t, p, "keeps", 8)
	if len(d.Findings) < 2 || d.Findings[0].Measured || d.Outcome != diagnose.Fails {
		t.Errorf("what fails now comes first: %s, %d findings", d.Outcome, len(d.Findings))
	}
}
