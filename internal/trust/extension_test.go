package trust

import (
	"bytes"
	"crypto"
	"crypto/x509/pkix"
	"encoding/asn1"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// withExtension is what is read of a certificate that holds just this extension.
func withExtension(t *testing.T, oid string, critical bool, value []byte) *certificate {
	t.Helper()
	key := rsaKey(2048)
	base := issue(t, "x", ecKey(), issue(t, "CA", key, nil, isCA))
	body, err := asn1.Marshal([]pkix.Extension{{Id: parseOID(t, oid), Critical: critical, Value: value}})
	if err != nil {
		t.Fatal(err)
	}
	m := rework(t, base, key, crypto.SHA256, func(p *parts) {
		p.Rest = []asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 3, IsCompound: true, Bytes: body}}
	})
	return read(m.der)
}

// The values are written by hand after the ASN.1 modules of RFC 5280 appendix A.2 and RFC 7633.
func TestExtensions(t *testing.T) {
	for _, c := range []struct {
		name, oid string
		value     string
		get       func(*certificate) any
		want      any
	}{
		{"key usage, nine bits", "2.5.29.15", "\x03\x03\x07\x80\x80", func(c *certificate) any { return c.KeyUsage }, []string{"digitalSignature", "decipherOnly"}},
		{"key usage, CA", "2.5.29.15", "\x03\x02\x01\x06", func(c *certificate) any { return c.KeyUsage }, []string{"keyCertSign", "cRLSign"}},
		{"key usage, none", "2.5.29.15", "\x03\x01\x00", func(c *certificate) any { return c.hasUsage }, true},
		{"extended key usage", "2.5.29.37", "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02", func(c *certificate) any { return c.ExtUsage }, []string{"clientAuth"}},
		{"CA", "2.5.29.19", "\x30\x03\x01\x01\xff", func(c *certificate) any { return [2]any{c.CA, c.pathLen} }, [2]any{true, -1}},
		{"CA, BER true", "2.5.29.19", "\x30\x03\x01\x01\x01", func(c *certificate) any { return c.CA }, true},
		{"CA, path length 3", "2.5.29.19", "\x30\x06\x01\x01\xff\x02\x01\x03", func(c *certificate) any { return c.pathLen }, 3},
		{"no CA", "2.5.29.19", "\x30\x00", func(c *certificate) any { return c.CA }, false},
		{"names", "2.5.29.17", "\x30\x0c\x82\x01a\x81\x01m\x87\x04\x7f\x00\x00\x01", func(c *certificate) any { return append(slices.Clone(c.DNSNames), c.IPs...) }, []string{"a", "127.0.0.1"}},
		{"must staple among others", "1.3.6.1.5.5.7.1.24", "\x30\x06\x02\x01\x11\x02\x01\x05", func(c *certificate) any { return c.MustStaple }, true},
		{"another feature", "1.3.6.1.5.5.7.1.24", "\x30\x03\x02\x01\x11", func(c *certificate) any { return c.MustStaple }, false},
		{"access", "1.3.6.1.5.5.7.1.1", "\x30\x10\x30\x0e\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86\x02h:", func(c *certificate) any { return c.AIA }, []string{"h:"}},
		{"access, not by URI", "1.3.6.1.5.5.7.1.1", "\x30\x10\x30\x0e\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x01\x82\x02h:", func(c *certificate) any { return c.OCSPURLs }, []string(nil)},
		{"CRL", "2.5.29.31", "\x30\x0a\x30\x08\xa0\x06\xa0\x04\x86\x02h:", func(c *certificate) any { return c.CRLURLs }, []string{"h:"}},
		{"CRL, of an issuer", "2.5.29.31", "\x30\x04\x30\x02\xa2\x00", func(c *certificate) any { return c.CRLURLs }, []string(nil)},
		{"no timestamps", "1.3.6.1.4.1.11129.2.4.2", "\x04\x02\x00\x00", func(c *certificate) any { return len(c.logged) }, 0},
	} {
		got := withExtension(t, c.oid, false, []byte(c.value))
		if !reflect.DeepEqual(c.get(got), c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.get(got), c.want)
		}
		if slices.ContainsFunc(got.Malformed, func(m string) bool { return strings.Contains(m, "cannot be read") }) {
			t.Errorf("%s: %q", c.name, got.Malformed)
		}
	}
}

func TestBrokenExtensions(t *testing.T) {
	for _, c := range []struct{ name, oid, value string }{
		{"key usage", "2.5.29.15", "\x04\x00"}, {"key usage, empty", "2.5.29.15", "\x03\x00"}, {"extended key usage", "2.5.29.37", "\x30\x02\x02\x00"},
		{"basic constraints", "2.5.29.19", "\x30\x03\x01\x02\xff"}, {"path length", "2.5.29.19", "\x30\x06\x01\x01\xff\x02\x01\xff"},
		{"names", "2.5.29.17", "\x30\x02\x82\x05"}, {"names, none at all", "2.5.29.17", ""}, {"feature", "1.3.6.1.5.5.7.1.24", "\x30\x02\x05\x00"},
		{"access", "1.3.6.1.5.5.7.1.1", "\x30\x02\x05\x00"}, {"access, no method", "1.3.6.1.5.5.7.1.1", "\x30\x02\x30\x00"}, {"CRL", "2.5.29.31", "\x30\x02\x05\x00"},
		{"timestamps", "1.3.6.1.4.1.11129.2.4.2", "\x04\x04\x00\x02\x00\x09"}, {"timestamp cut", "1.3.6.1.4.1.11129.2.4.2", "\x04\x06\x00\x04\x00\x02\x00\x00"},
		{"constraints", "2.5.29.30", "\x30\x05\xa0\x03\x30\x01\x00"}, {"constraints, address", "2.5.29.30", "\x30\x08\xa0\x06\x30\x04\x87\x02\x0a\xff"},
	} {
		got := withExtension(t, c.oid, false, []byte(c.value))
		if !slices.ContainsFunc(got.Malformed, func(m string) bool {
			return strings.HasPrefix(m, "extension ") && strings.HasSuffix(m, "cannot be read")
		}) {
			t.Errorf("%s: %q", c.name, got.Malformed)
		}
	}
}

func TestOddNamesInExtensions(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"empty", "\x30\x00", "the subjectAltName is empty"}, {"address of five octets", "\x30\x07\x87\x05\x01\x02\x03\x04\x05", "iPAddress of 5 octets"},
		{"zero byte", "\x30\x05\x82\x03a\x00b", `dNSName is no host name: "a\x00b"`}, {"empty name", "\x30\x02\x82\x00", `dNSName is no host name: ""`},
	} {
		if got := withExtension(t, "2.5.29.17", false, []byte(c.value)).Malformed; !slices.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	c := withExtension(t, "2.5.29.17", false, []byte("\x30\x05\x82\x03a\x00b"))
	if ok, _ := MatchName(&c.Certificate, "a", NameOptions{}); ok {
		t.Error("a name that ends at a zero byte matches")
	}
	c = withExtension(t, "2.5.29.17", false, []byte("\x30\x04\x82\x02\xff\xfe"))
	if want := []string{"\uFFFD"}; !slices.Equal(c.DNSNames, want) {
		t.Errorf("bytes that are no text: %q", c.DNSNames)
	}
}

func TestUnknownExtensions(t *testing.T) {
	if c := withExtension(t, "1.2.3.4", false, []byte("x")); len(c.unhandled) != 0 || len(c.Malformed) != 0 {
		t.Errorf("not critical: %q, %q", c.unhandled, c.Malformed)
	}
	// A precertificate (RFC 6962 §3.1) must never be accepted.
	if c := withExtension(t, "1.3.6.1.4.1.11129.2.4.3", true, []byte{5, 0}); !slices.Equal(c.unhandled, []string{"ctPoison"}) {
		t.Errorf("poison: %q", c.unhandled)
	}
}

func TestBrokenKeys(t *testing.T) {
	key := rsaKey(2048)
	base := issue(t, "x", ecKey(), issue(t, "CA", key, nil, isCA))
	rsaInfo := func(n, e []byte) []byte {
		pair := append(raw(asn1.TagInteger, n...).FullBytes, raw(asn1.TagInteger, e...).FullBytes...)
		bits := append([]byte{0}, asn1Sequence(pair)...)
		return asn1Sequence(append(asn1Sequence([]byte("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00")), raw(asn1.TagBitString, bits...).FullBytes...))
	}
	for _, c := range []struct {
		name string
		spki []byte
		want string
		bits int
	}{
		{"empty", []byte("\x30\x00"), "the public key cannot be read", 0},
		{"no bits", asn1Sequence(asn1Sequence([]byte("\x06\x03\x55\x04\x03"))), "the public key cannot be read", 0},
		{"RSA without numbers", asn1Sequence([]byte("\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x03\x01\x00")), "the RSA key cannot be read", 0},
		{"negative modulus", rsaInfo(bytes.Repeat([]byte{0x81}, 128), []byte{1, 0, 1}), "negative number", 1024},
		{"huge modulus", rsaInfo(append([]byte{0x7f}, make([]byte, 4000)...), []byte{3}), "too large", 32007},
		{"huge exponent", rsaInfo(append([]byte{0x7f}, make([]byte, 127)...), make([]byte, 9)), "too large", 1023},
		{"curve by its parameters", asn1Sequence([]byte("\x30\x0b\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x30\x00\x03\x01\x00")), "not a named one", 0},
	} {
		m := rework(t, base, key, crypto.SHA256, func(p *parts) { p.Key = asn1.RawValue{FullBytes: c.spki} })
		got := Read(m.der)
		if got.KeyBits != c.bits || !slices.ContainsFunc(got.Malformed, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: %d bits, %q, want %d and %q", c.name, got.KeyBits, got.Malformed, c.bits, c.want)
		}
		if IssuedBy(base.der, m.der) {
			t.Errorf("%s: it issued something", c.name)
		}
	}
}

func asn1Sequence(body []byte) []byte {
	out, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: body})
	if err != nil {
		panic(err)
	}
	return out
}

// A chain of unreadable certificates is a fact with a reason, and refused.
func TestUnreadableLeafIsRefused(t *testing.T) {
	p := newPKI(t)
	v := Judge(Parse([][]byte{[]byte("x"), p.inter.der}), nil, modern(p.root))
	if got := v.Find(fact.Malformed); v.OK() || got == nil || !got.Fatal || got.At != 0 {
		t.Errorf("%+v", v.Problems)
	}
}
