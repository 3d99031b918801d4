package trust

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// What this reader says equals what crypto/x509 says, for a certificate with everything in it.
func TestReadEqualsGo(t *testing.T) {
	root := issue(t, "Root", ecKey(), nil, isCA)
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{ecKey(), p384, edKey(), rsaKey(2048)} {
		m := issue(t, "db.example.test", key, root, dns("a.example.test", "*.b.example.test"), func(c *x509.Certificate) {
			c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.ParseIP("2001:db8::1")}
			c.IssuingCertificateURL = []string{"http://ca.example.test/ca.der"}
			c.OCSPServer = []string{"http://ocsp.example.test"}
			c.CRLDistributionPoints = []string{"http://crl.example.test/1.crl"}
			c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageDecipherOnly
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
			c.Subject = pkix.Name{CommonName: `a+b, "c"`, Organization: []string{"#Ex;ample "}, Country: []string{"JP"}}
		})
		compareWithGo(t, Read(m.der), m.cert)
	}
}

func compareWithGo(t *testing.T, got fact.Certificate, want *x509.Certificate) {
	t.Helper()
	check := func(what string, got, want any) {
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s of %s: %v, Go says %v", what, want, got, want)
		}
	}
	var addrs []string
	for _, a := range want.IPAddresses {
		addrs = append(addrs, a.String())
	}
	check("common name", got.CommonName, want.Subject.CommonName)
	check("serial", got.Serial, want.SerialNumber.Text(16))
	check("not before", got.NotBefore, want.NotBefore.UTC())
	check("not after", got.NotAfter, want.NotAfter.UTC())
	check("names", got.DNSNames, want.DNSNames)
	check("addresses", got.IPs, addrs)
	check("CA", got.CA, want.IsCA)
	check("AIA", got.AIA, want.IssuingCertificateURL)
	check("OCSP", got.OCSPURLs, want.OCSPServer)
	check("CRL", got.CRLURLs, want.CRLDistributionPoints)
	check("key usage", len(got.KeyUsage), popCount(int(want.KeyUsage)))
	check("extended usage", len(got.ExtUsage), len(want.ExtKeyUsage)+len(want.UnknownExtKeyUsage))
	check("key type", got.KeyType, want.PublicKeyAlgorithm.String())
	check("self-issued", got.SelfIssued, string(want.RawIssuer) == string(want.RawSubject))
	check("complaints", len(got.Malformed), 0)
	if goName := pkixString(want.RawSubject); !strings.Contains(goName, "=#") && strings.Count(got.Subject, "=") != strings.Count(goName, "=") {
		t.Errorf("subject %q, Go says %q", got.Subject, goName)
	}
}

func popCount(n int) int {
	var c int
	for ; n > 0; n &= n - 1 {
		c++
	}
	return c
}

func pkixString(rawName []byte) string {
	var seq pkix.RDNSequence
	if _, err := asn1.Unmarshal(rawName, &seq); err != nil {
		return ""
	}
	return seq.String()
}

// Names as RFC 4514 writes them; Go's pkix package writes the escapes the same way.
func TestSubjectIsRFC4514(t *testing.T) {
	for _, n := range []pkix.Name{
		{CommonName: "db", Organization: []string{"Example, Inc."}, Country: []string{"JP"}},
		{CommonName: ` #<lead>;"\+ `},
		{CommonName: "データベース"},
	} {
		m := issue(t, "", ecKey(), nil, func(c *x509.Certificate) { c.Subject = n })
		if got, want := Read(m.der).Subject, m.cert.Subject.String(); got != want {
			t.Errorf("subject %q, Go writes %q", got, want)
		}
	}
}

// All roots that the system ships are read as Go reads them, without a complaint.
func TestReadSystemRoots(t *testing.T) {
	const file = "/etc/ssl/certs/ca-certificates.crt"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("no %s here", file)
	}
	var n int
	for _, der := range pemCertificates(data) {
		want, err := x509.ParseCertificate(der)
		if err != nil {
			continue
		}
		got := Read(der)
		// Some roots do break the profile in these two ways, and Go looks past it.
		got.Malformed = slices.DeleteFunc(got.Malformed, func(m string) bool {
			return m == "serial number 0" || strings.HasSuffix(m, "GeneralizedTime before 2050")
		})
		compareWithGo(t, got, want)
		if !got.SelfSigned && want.CheckSignatureFrom(want) == nil {
			t.Errorf("%s signs itself, says Go", got.Subject)
		}
		n++
	}
	if n < 50 {
		t.Errorf("only %d roots read", n)
	}
}

func TestMalformed(t *testing.T) {
	key := rsaKey(2048)
	ca := issue(t, "Root", key, nil, isCA)
	base := issue(t, "db.example.test", ecKey(), ca)
	twice := func(p *parts) {
		var list []asn1.RawValue
		var wrapped asn1.RawValue
		mustUnmarshal(t, p.Rest[0].Bytes, &wrapped)
		mustUnmarshal(t, p.Rest[0].Bytes, &list)
		list = append(list, list[0])
		body, err := asn1.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		p.Rest[0] = asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 3, IsCompound: true, Bytes: body}
	}
	for _, c := range []struct {
		name   string
		change func(*parts)
		want   string
	}{
		{"negative serial", func(p *parts) { p.Serial = raw(asn1.TagInteger, 0x80, 1) }, "negative serial number"},
		{"serial 0", func(p *parts) { p.Serial = raw(asn1.TagInteger, 0) }, "serial number 0"},
		{"long serial", func(p *parts) { p.Serial = raw(asn1.TagInteger, append([]byte{1}, make([]byte, 21)...)...) }, "22 octets"},
		{"version 1", func(p *parts) { p.Version, p.Rest = asn1.RawValue{}, nil }, "version 1 certificate"},
		{"extensions in version 1", func(p *parts) { p.Version = asn1.RawValue{} }, "extensions in a version 1"},
		{"duplicate extension", twice, "stands twice"},
		{"time without seconds", func(p *parts) { p.Validity = validity("2601010000Z", "3001010000Z") }, "UTCTime not of the form"},
		{"time with offset", func(p *parts) { p.Validity = validity("260101000000+0900", "300101000000Z") }, "notBefore: UTCTime not of the form"},
		{"no time", func(p *parts) { p.Validity = validity("yesterday", "300101000000Z") }, "notBefore: not a time"},
		{"ends before it begins", func(p *parts) { p.Validity = validity("300101000000Z", "260101000000Z") }, "notAfter is before notBefore"},
		{"no names", func(p *parts) { p.Subject, p.Rest = asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true}, nil }, "names nobody"},
	} {
		m := rework(t, base, key, crypto.SHA256, c.change)
		got := Read(m.der).Malformed
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: %q, want something with %q", c.name, got, c.want)
		}
		if !IssuedBy(m.der, ca.der) {
			t.Errorf("%s: the signature is not seen to be good", c.name)
		}
	}
}

func mustUnmarshal(tb testing.TB, b []byte, v any) {
	tb.Helper()
	if _, err := asn1.Unmarshal(b, v); err != nil {
		tb.Fatal(err)
	}
}

// validity makes a Validity of two UTCTimes with any text in them.
func validity(from, to string) asn1.RawValue {
	body := append(raw(asn1.TagUTCTime, []byte(from)...).FullBytes, raw(asn1.TagUTCTime, []byte(to)...).FullBytes...)
	return asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: body}
}

func TestNegativeSerialIsShownNegative(t *testing.T) {
	key := rsaKey(2048)
	ca := issue(t, "Root", key, nil, isCA)
	m := rework(t, issue(t, "x", ecKey(), ca), key, crypto.SHA256, func(p *parts) { p.Serial = raw(asn1.TagInteger, 0xff, 0x7f) })
	if got := Read(m.der); got.Serial != "-81" || got.CommonName != "x" || len(got.DNSNames) != 1 {
		t.Errorf("serial %q, common name %q, names %q", got.Serial, got.CommonName, got.DNSNames)
	}
}

func TestNamesThatAreNoHostNames(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"127.0.0.1", "holds an address"}, {"https://db.example.test", "no host name"}, {"db example", "no host name"},
	} {
		m := issue(t, "x", ecKey(), nil, func(x *x509.Certificate) {
			x.DNSNames = nil
			value, err := asn1.Marshal([]asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 2, Bytes: []byte(c.name)}})
			if err != nil {
				t.Fatal(err)
			}
			x.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Value: value}}
		})
		if got := Read(m.der).Malformed; len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestParseIsBounded(t *testing.T) {
	leaf := issue(t, "x", ecKey(), nil)
	many := make([][]byte, 300)
	for i := range many {
		many[i] = leaf.der
	}
	chain := Parse(many)
	if len(chain.Certificates) != 100 || chain.Cut != "100 certificates kept of 300" {
		t.Errorf("%d certificates kept, %q", len(chain.Certificates), chain.Cut)
	}
	large := Parse([][]byte{leaf.der, make([]byte, 1<<20)})
	if len(large.Certificates) != 1 || large.Cut != "1 certificates kept of 2" {
		t.Errorf("%d certificates kept, %q", len(large.Certificates), large.Cut)
	}
}

func TestUnreadable(t *testing.T) {
	leaf := issue(t, "x", ecKey(), nil)
	for name, der := range map[string][]byte{"empty": nil, "text": []byte("hello"), "cut": leaf.der[:100], "zeros": make([]byte, 50)} {
		got := Read(der)
		if len(got.Malformed) == 0 || !strings.HasPrefix(got.Malformed[0], "unreadable") || len(got.SHA256) != 64 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := Read(append(slices.Clone(leaf.der), 1, 2, 3)); len(got.Malformed) != 1 || got.Malformed[0] != "3 bytes follow the certificate" {
		t.Errorf("trailing bytes: %q", got.Malformed)
	}
}

// RFC 5280 §4.1.2.5.1: years 50 to 99 are of the twentieth century.
func TestTimes(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Time
	}{
		{"500101000000Z", time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"491231235959Z", time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC)},
		{"691231235959Z", time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC)},
	} {
		if got, complaint := readUTCTime(c.text); !got.Equal(c.want) || complaint != "" {
			t.Errorf("%s: %v %s, want %v", c.text, got, complaint, c.want)
		}
	}
	if got, complaint := readGeneralizedTime("99991231235959Z"); got.Year() != 9999 || complaint != "" {
		t.Errorf("99991231235959Z: %v %s", got, complaint)
	}
	if _, complaint := readGeneralizedTime("20260101000000Z"); complaint != "GeneralizedTime before 2050" {
		t.Errorf("20260101000000Z: %q", complaint)
	}
}

// Object identifiers of RFC 5280 and X.690 §8.19 example 2.999.3.
func TestDotted(t *testing.T) {
	for want, body := range map[string][]byte{"2.5.4.3": {0x55, 4, 3}, "1.2.840.113549": {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d}, "2.999.3": {0x88, 0x37, 3}} {
		if got, ok := dotted(body); !ok || got != want {
			t.Errorf("%x: %q, want %q", body, got, want)
		}
	}
	for _, body := range [][]byte{nil, {0x86}, {0x55, 0x86}, make([]byte, 65), {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}} {
		if got, ok := dotted(body); ok {
			t.Errorf("%x: %q, want none", body, got)
		}
	}
}

// A certificate that ends after any of its elements is read as far as it goes.
func TestCutAfterEachElement(t *testing.T) {
	full := takeApart(t, issue(t, "db.example.test", ecKey(), nil).der)
	elements := [][]byte{full.Version.FullBytes, full.Serial.FullBytes, asn1Of(t, full.Algorithm), full.Issuer.FullBytes, full.Validity.FullBytes, full.Subject.FullBytes}
	for n := range len(elements) + 1 {
		tbs := asn1Sequence(slices.Concat(elements[:n]...))
		got := Read(asn1Sequence(slices.Concat(tbs, asn1Of(t, full.Algorithm), []byte{3, 1, 0})))
		if len(got.Malformed) == 0 || !strings.HasPrefix(got.Malformed[0], "unreadable: no ") {
			t.Errorf("after %d elements: %q", n, got.Malformed)
		}
		if want := n > 1; (got.Serial != "") != want {
			t.Errorf("after %d elements: serial %q", n, got.Serial)
		}
		if want := n > 5; (got.CommonName != "") != want || got.NotAfter.IsZero() == want {
			t.Errorf("after %d elements: common name %q until %v", n, got.CommonName, got.NotAfter)
		}
	}
	for _, outer := range [][]byte{asn1Sequence(nil), asn1Sequence([]byte{2, 1, 1})} {
		if got := Read(outer).Malformed; len(got) != 1 || got[0] != "unreadable: no tbsCertificate" {
			t.Errorf("%x: %q", outer, got)
		}
	}
}

func asn1Of(tb testing.TB, v any) []byte {
	tb.Helper()
	out, err := asn1.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func TestOddOuterParts(t *testing.T) {
	key := rsaKey(2048)
	base := issue(t, "x", ecKey(), issue(t, "CA", key, nil, isCA))
	for _, c := range []struct {
		name   string
		change func(*parts)
		want   string
	}{
		{"version 4", func(p *parts) { p.Version = asn1.RawValue{FullBytes: []byte{0xa0, 3, 2, 1, 3}} }, "version field"},
		{"generalized time", func(p *parts) {
			p.Validity = asn1.RawValue{FullBytes: asn1Sequence(slices.Concat(raw(asn1.TagGeneralizedTime, []byte("20500101000000+0000")...).FullBytes, raw(asn1.TagGeneralizedTime, []byte("soon")...).FullBytes))}
		}, "notBefore: GeneralizedTime not of the form"},
		{"validity of numbers", func(p *parts) {
			p.Validity = asn1.RawValue{FullBytes: asn1Sequence([]byte{2, 1, 1, 2, 1, 2})}
		}, "neither UTCTime"},
		{"validity of one time", func(p *parts) { p.Validity = asn1.RawValue{FullBytes: asn1Sequence(nil)} }, "no notBefore"},
		{"names of rubbish", func(p *parts) { p.Subject = asn1.RawValue{FullBytes: asn1Sequence([]byte{5, 0})} }, "distinguished name cannot be read"},
		{"no issuer", func(p *parts) { p.Issuer = asn1.RawValue{FullBytes: asn1Sequence(nil)} }, "no issuer name"},
		{"extensions of rubbish", func(p *parts) { p.Rest = []asn1.RawValue{{FullBytes: []byte{0xa3, 2, 5, 0}}} }, "extensions cannot be read"},
		{"an extension of rubbish", func(p *parts) { p.Rest = []asn1.RawValue{{FullBytes: []byte{0xa3, 4, 0x30, 2, 5, 0}}} }, "an extension cannot be read"},
		{"an extension without value", func(p *parts) {
			p.Rest = []asn1.RawValue{{FullBytes: []byte{0xa3, 9, 0x30, 7, 0x30, 5, 6, 3, 0x55, 4, 3}}}
		}, "an extension cannot be read"},
	} {
		got := Read(rework(t, base, key, crypto.SHA256, c.change).der).Malformed
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, c.want) }) {
			t.Errorf("%s: %q, want something with %q", c.name, got, c.want)
		}
	}
}

// The algorithm stands in two places, and they must agree.
func TestAlgorithmsThatDiffer(t *testing.T) {
	var whole signedParts
	mustUnmarshal(t, issue(t, "x", ecKey(), nil).der, &whole)
	whole.Algorithm.Algorithm = parseOID(t, "1.2.840.10045.4.3.3")
	der := asn1Of(t, signedParts{asn1.RawValue{FullBytes: whole.TBS.FullBytes}, whole.Algorithm, whole.Signature})
	if got := Read(der).Malformed; len(got) != 1 || !strings.Contains(got[0], "algorithms differ") {
		t.Errorf("%q", got)
	}
}
