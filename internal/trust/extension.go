package trust

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlswhy/tlswhy/internal/names"
)

// extensions is what the extensions of a certificate say beyond the facts shown to people.
type extensions struct {
	hasUsage    bool // a keyUsage extension is there
	hasExtUsage bool
	pathLen     int         // -1: no limit
	unhandled   []string    // critical extensions that are not understood
	logged      []time.Time // timestamps of the signed certificate timestamps (RFC 6962 §3.2)
	limits      constraints
}

// handler reads the value of one extension; false: it cannot be read.
type handler struct {
	oid  string
	read func(*certificate, cryptobyte.String) bool
}

// handlers lists the extensions understood (RFC 5280 §4.2, RFC 7633, RFC 6962 §3.3). Those with a nil reader say
// nothing that is judged here.
func handlers() []handler {
	return []handler{
		{"2.5.29.14", nil}, {"2.5.29.35", nil}, {"2.5.29.18", nil}, {"2.5.29.32", nil}, {"2.5.29.33", nil}, {"2.5.29.36", nil},
		{"2.5.29.54", nil}, {"2.16.840.1.113730.1.1", nil},
		{"2.5.29.15", readKeyUsage}, {"2.5.29.17", readAltNames}, {"2.5.29.19", readBasic}, {"2.5.29.30", readConstraints},
		{"2.5.29.31", readCRLPoints}, {"2.5.29.37", readExtUsage}, {"1.3.6.1.5.5.7.1.1", readAccess},
		{"1.3.6.1.5.5.7.1.24", readFeatures}, {"1.3.6.1.4.1.11129.2.4.2", readTimestamps},
	}
}

func (c *certificate) readExtensions(list cryptobyte.String) {
	known := handlers()
	seen := map[string]bool{}
	for !list.Empty() {
		var ext, value cryptobyte.String
		var critical bool
		if !list.ReadASN1(&ext, asn1.SEQUENCE) {
			c.complain("an extension cannot be read")
			return
		}
		oid, ok := readOID(&ext)
		if !ok || !readBool(&ext, &critical) || !ext.ReadASN1(&value, asn1.OCTET_STRING) {
			c.complain("an extension cannot be read")
			continue
		}
		if seen[oid] {
			c.complain("extension %s stands twice", names.OID(oid))
			continue
		}
		seen[oid] = true
		c.readExtension(known, oid, critical, value)
	}
}

func (c *certificate) readExtension(known []handler, oid string, critical bool, value cryptobyte.String) {
	i := slices.IndexFunc(known, func(h handler) bool { return h.oid == oid })
	switch {
	case i < 0 && critical && len(c.unhandled) < maxMalformed:
		c.unhandled = append(c.unhandled, names.OID(oid))
	case i >= 0 && known[i].read != nil && !known[i].read(c, value):
		c.complain("extension %s cannot be read", names.OID(oid))
	}
}

// readBool reads a BOOLEAN DEFAULT FALSE. Any octet but zero is true, as BER has it.
func readBool(in *cryptobyte.String, out *bool) bool {
	if !in.PeekASN1Tag(asn1.BOOLEAN) {
		return true
	}
	var b cryptobyte.String
	if !in.ReadASN1(&b, asn1.BOOLEAN) || len(b) != 1 {
		return false
	}
	*out = b[0] != 0
	return true
}

// usages are the bits of keyUsage in their order (RFC 5280 §4.2.1.3).
var usages = [...]string{"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
	"keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"}

func readKeyUsage(c *certificate, v cryptobyte.String) bool {
	var bits cryptobyte.String
	var unused uint8
	if !v.ReadASN1(&bits, asn1.BIT_STRING) || !bits.ReadUint8(&unused) {
		return false
	}
	c.hasUsage = true
	for i, u := range usages {
		if i/8 < len(bits) && bits[i/8]&(0x80>>(i%8)) != 0 {
			c.KeyUsage = append(c.KeyUsage, u)
		}
	}
	return true
}

func readExtUsage(c *certificate, v cryptobyte.String) bool {
	var list cryptobyte.String
	if !v.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	c.hasExtUsage = true
	for !list.Empty() {
		oid, ok := readOID(&list)
		if !ok {
			return false
		}
		c.ExtUsage = append(c.ExtUsage, names.OID(oid))
	}
	return true
}

func readBasic(c *certificate, v cryptobyte.String) bool {
	var seq cryptobyte.String
	if !v.ReadASN1(&seq, asn1.SEQUENCE) || !readBool(&seq, &c.CA) {
		return false
	}
	if seq.Empty() {
		return true
	}
	var n uint64
	if !seq.ReadASN1Integer(&n) {
		return false
	}
	c.pathLen = int(min(n, 1000))
	return true
}

// Tags of GeneralName (RFC 5280 §4.2.1.6).
const (
	tagDNS = asn1.Tag(2 | 0x80)
	tagURI = asn1.Tag(6 | 0x80)
	tagIP  = asn1.Tag(7 | 0x80)
)

func readAltNames(c *certificate, v cryptobyte.String) bool {
	var list cryptobyte.String
	if !v.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	if list.Empty() {
		c.complain("the subjectAltName is empty")
	}
	for !list.Empty() {
		var body cryptobyte.String
		var tag asn1.Tag
		if !list.ReadAnyASN1(&body, &tag) {
			return false
		}
		switch tag {
		case tagDNS:
			c.addDNS(strings.ToValidUTF8(string(body), "\uFFFD"))
		case tagIP:
			c.addIP(body)
		}
	}
	return true
}

// addDNS keeps a dNSName as it is and notes what cannot be a host name.
func (c *certificate) addDNS(s string) {
	c.DNSNames = append(c.DNSNames, s)
	_, err := netip.ParseAddr(s)
	switch {
	case err == nil:
		c.complain("dNSName holds an address: %q", s)
	case s == "" || strings.ContainsAny(s, " /:@\x00"):
		c.complain("dNSName is no host name: %q", s)
	}
}

func (c *certificate) addIP(b []byte) {
	if a, ok := netip.AddrFromSlice(b); ok {
		c.IPs = append(c.IPs, a.String())
		return
	}
	c.complain("iPAddress of %d octets", len(b))
}

// readAccess takes the addresses of issuer certificates and of OCSP responders (RFC 5280 §4.2.2.1).
func readAccess(c *certificate, v cryptobyte.String) bool {
	var list cryptobyte.String
	if !v.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		var d, uri cryptobyte.String
		if !list.ReadASN1(&d, asn1.SEQUENCE) {
			return false
		}
		method, ok := readOID(&d)
		if !ok {
			return false
		}
		if !d.ReadASN1(&uri, tagURI) {
			continue
		}
		switch names.OID(method) {
		case "caIssuers":
			c.AIA = append(c.AIA, strings.ToValidUTF8(string(uri), "\uFFFD"))
		case "ocsp":
			c.OCSPURLs = append(c.OCSPURLs, strings.ToValidUTF8(string(uri), "\uFFFD"))
		}
	}
	return true
}

// readCRLPoints takes the URLs out of the fullName of each point (RFC 5280 §4.2.1.13).
func readCRLPoints(c *certificate, v cryptobyte.String) bool {
	var list cryptobyte.String
	if !v.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	tag := asn1.Tag(0).Constructed().ContextSpecific()
	for !list.Empty() {
		var point, name, full cryptobyte.String
		if !list.ReadASN1(&point, asn1.SEQUENCE) {
			return false
		}
		if !point.ReadASN1(&name, tag) || !name.ReadASN1(&full, tag) {
			continue
		}
		for !full.Empty() {
			var body cryptobyte.String
			var t asn1.Tag
			if !full.ReadAnyASN1(&body, &t) {
				return false
			}
			if t == tagURI {
				c.CRLURLs = append(c.CRLURLs, strings.ToValidUTF8(string(body), "\uFFFD"))
			}
		}
	}
	return true
}

// readFeatures looks for status_request (5) in the TLS features: "must staple" (RFC 7633 §4).
func readFeatures(c *certificate, v cryptobyte.String) bool {
	var list cryptobyte.String
	if !v.ReadASN1(&list, asn1.SEQUENCE) {
		return false
	}
	for !list.Empty() {
		var n int64
		if !list.ReadASN1Integer(&n) {
			return false
		}
		c.MustStaple = c.MustStaple || n == 5
	}
	return true
}

// readTimestamps takes the times out of the embedded list of signed certificate timestamps (RFC 6962 §3.2, §3.3).
func readTimestamps(c *certificate, v cryptobyte.String) bool {
	var octets, list cryptobyte.String
	if !v.ReadASN1(&octets, asn1.OCTET_STRING) || !octets.ReadUint16LengthPrefixed(&list) {
		return false
	}
	for !list.Empty() && len(c.logged) < maxMalformed {
		var sct cryptobyte.String
		var version uint8
		var at uint64
		if !list.ReadUint16LengthPrefixed(&sct) || !sct.ReadUint8(&version) || !sct.Skip(32) || !sct.ReadUint64(&at) {
			return false
		}
		if version == 0 && at < 1<<53 {
			c.logged = append(c.logged, time.UnixMilli(int64(at)).UTC())
		}
	}
	return true
}
