package live

import (
	"encoding/binary"
	"io"
	"math/big"
	"math/bits"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// sending serves a first flight whose Diffie-Hellman numbers are those given, under a signature that is not theirs.
func sending(t *testing.T, p, g, ys *big.Int) func(net.Conn) {
	config := rsaServer(t)
	return func(c net.Conn) {
		s := wire.NewServer(config)
		out, err := s.Feed(readRecord(c))
		if err != nil || s.Flight().KeyExchange.Kind != "DHE" {
			c.Write(out)
			fin(c)
			return
		}
		c.Write(records(exchanged(handshakeOf(out), p, g, ys)))
		io.Copy(io.Discard, c)
	}
}

// handshakeOf joins the bodies of records.
func handshakeOf(b []byte) []byte {
	var out []byte
	for len(b) > 5 {
		n := int(binary.BigEndian.Uint16(b[3:]))
		out = append(out, b[5:5+n]...)
		b = b[5+n:]
	}
	return out
}

// records cuts handshake messages into records of TLS 1.2.
func records(b []byte) []byte {
	var out []byte
	for part := range slices.Chunk(b, 16000) {
		out = append(out, record(22, part...)...)
	}
	return out
}

// exchanged puts other numbers into the ServerKeyExchange (RFC 5246 §7.4.3).
func exchanged(b []byte, p, g, ys *big.Int) []byte {
	var out []byte
	for len(b) >= 4 {
		n := 4 + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
		m := b[:n]
		b = b[n:]
		if m[0] == wire.TypeServerKeyExchange {
			rest := m[4:]
			for range 3 {
				rest = rest[2+int(binary.BigEndian.Uint16(rest)):]
			}
			var body []byte
			for _, v := range []*big.Int{p, g, ys} {
				text := v.Bytes()
				if len(text) == 0 {
					text = []byte{0}
				}
				body = append(binary.BigEndian.AppendUint16(body, uint16(len(text))), text...)
			}
			body = append(body, rest...)
			m = append([]byte{m[0], byte(len(body) >> 16), byte(len(body) >> 8), byte(len(body))}, body...)
		}
		out = append(out, m...)
	}
	return out
}

// TestDeepHostileNumbers: whatever a server sends as a group, the examination ends after one connection and names it.
func TestDeepHostileNumbers(t *testing.T) {
	p, one, two := wire.FFDHEPrime(names.FFDHE2048), big.NewInt(1), big.NewInt(2)
	fine := big.NewInt(123456789)
	last := new(big.Int).Sub(p, one)
	semiprime := new(big.Int).Mul(wire.FFDHEPrime(names.FFDHE2048), wire.FFDHEPrime(names.FFDHE2048))
	for name, test := range map[string]struct {
		p, g, ys *big.Int
		want     string
	}{
		"even":        {last, two, fine, "even"},
		"composite":   {semiprime, two, fine, "no prime"},
		"tiny":        {big.NewInt(65537), two, big.NewInt(4), "fewer than 512"},
		"16,384 bits": {new(big.Int).Add(new(big.Int).Lsh(one, 16383), one), two, fine, "more than 8192"},
		"0":           {p, two, new(big.Int), "value is 0, 1, p-1"},
		"1":           {p, two, one, "value is 0, 1, p-1"},
		"p-1":         {p, two, last, "value is 0, 1, p-1"},
		"p":           {p, two, p, "value is 0, 1, p-1"},
		"generator 1": {p, one, fine, "generator is 0, 1"},
		"all zeros":   {new(big.Int), new(big.Int), new(big.Int), "fewer than 512"},
	} {
		t.Run(name, func(t *testing.T) {
			c, d, n := deepen(t, planFor(t, startPeer(t, "127.0.0.1", sending(t, test.p, test.g, test.ys)).addr, "tls"))
			if got := measured(c, d); !strings.HasPrefix(got, "open: ") || !strings.Contains(got, test.want) || n > 3 {
				t.Errorf("%q with %d connections", got, n)
				for _, h := range c.Handshakes {
					t.Logf("  %s: %+v", h.Variant, h.End)
				}
			}
			named := slices.ContainsFunc(d.Findings, func(f diagnose.Finding) bool {
				return f.Cause.Slug == "peer-implementation-bug" && strings.Contains(f.Args["what"], test.want) || f.Cause.Slug == "dh-group-too-small"
			})
			if named == (name == "16,384 bits") { // which is no fault
				t.Errorf("named by a finding: %v", named)
			}
		})
	}
}

// TestDeepSmallOrder: the generator of rep2048_127, b modulo (b^127-1)/(b-1), has 127 powers, all but one of them short;
// that prime is 1 above a multiple of 3, so that there is a generator with three powers, too, none of them short.
func TestDeepSmallOrder(t *testing.T) {
	one, three, b := big.NewInt(1), big.NewInt(3), big.NewInt(77986)
	p := new(big.Int).Sub(new(big.Int).Exp(b, big.NewInt(127), nil), one)
	p.Div(p, new(big.Int).Sub(b, one))
	third := new(big.Int).Exp(big.NewInt(5), new(big.Int).Div(new(big.Int).Sub(p, one), three), p)
	for _, test := range []struct {
		g    *big.Int
		want string
		most int
	}{
		{b, "strips", 5},
		{third, "open: its Diffie-Hellman value has few powers only", 2},
	} {
		config := rsaServer(t)
		config.DH = &wire.DHGroup{P: p, G: test.g}
		config.Exponent = func(*wire.ServerKeyExchange, *big.Int) *big.Int { return big.NewInt(5) }
		checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serveWire(config, nil)).addr, "tls"), test.want, test.most)
	}
}

// TestDeepClosePrime: below a prime just above a byte boundary there is no secret without a leading zero, so that a server
// that keeps the zeros breaks each connection of a client that strips them.
func TestDeepClosePrime(t *testing.T) {
	group := &wire.DHGroup{P: new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 2048), big.NewInt(981)), G: big.NewInt(2)}
	right := rsaServer(t)
	right.DH = group
	wrong := right
	keeping(&wrong)
	checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serveWire(right, nil)).addr, "tls"), "strips", 5)
	_, d := checkMeasured(t, planFor(t, startPeer(t, "127.0.0.1", serveWire(wrong, nil)).addr, "tls"), "keeps", 8)
	for _, f := range d.Findings {
		if f.Cause.Slug == "dhe-leading-zero" && !strings.Contains(f.Args["rate"], "nearly every connection") {
			t.Errorf("rate %q", f.Args["rate"])
		}
	}
}

// TestDeepClientCertificate: a server that demands a certificate cannot be measured without one, and can with it.
func TestDeepClientCertificate(t *testing.T) {
	right := rsaServer(t)
	right.ClientAuth = wire.ClientAuthRequire
	wrong := right
	keeping(&wrong)
	for name, test := range map[string]struct {
		config wire.ServerConfig
		own    *wire.ClientCertificate
		want   string
		most   int
	}{
		"none":          {right, nil, "open: it asks for a client certificate", 3},
		"none, keeps":   {wrong, nil, "open: it asks for a client certificate", 3},
		"given":         {right, ownCertificate(t), "strips", 5},
		"given, keeps":  {wrong, ownCertificate(t), "keeps", 8},
		"asked, not so": {asking(right), nil, "strips", 5},
	} {
		t.Run(name, func(t *testing.T) {
			p := planFor(t, startPeer(t, "127.0.0.1", serveWire(test.config, nil)).addr, "tls")
			p.Own = test.own
			if test.own != nil {
				p.question.OwnCert = trust.Parse(test.own.Chain)
			}
			checkMeasured(t, p, test.want, test.most)
		})
	}
}

func asking(c wire.ServerConfig) wire.ServerConfig {
	c.ClientAuth = wire.ClientAuthRequest
	return c
}

// TestDeepFlaky: a server that breaks two connections by chance, whichever they are, is not called defective.
func TestDeepFlaky(t *testing.T) {
	for pattern := range uint(32) { // which of the first five connections after the baseline break
		if bits.OnesCount(pattern) > 2 {
			continue
		}
		var n atomic.Int32
		right := rsaServer(t)
		here := startPeer(t, "127.0.0.1", func(c net.Conn) {
			i := n.Add(1)
			breaks := i > 1 && i < 7 && pattern>>(i-2)&1 == 1
			serveWire(right, func(f *wire.Flight) bool { return breaks && len(f.ClientYc) > 0 })(c)
		})
		p := planFor(t, here.addr, "tls")
		c, d, _ := deepen(t, p)
		for _, f := range d.Findings {
			if f.Measured {
				t.Errorf("breaking %05b: %s is %s", pattern, f.Cause.Slug, f.Sure)
				for _, h := range c.Handshakes {
					t.Logf("  %s: %+v", h.Variant, h.End)
				}
			}
		}
	}
}
