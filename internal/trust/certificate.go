package trust

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// certificate is what judging needs of a certificate, beyond the facts shown to people.
type certificate struct {
	fact.Certificate
	readable   bool // the outer structure could be read
	version    int  // 1, 2 or 3
	serial     *big.Int
	issuerKey  string // canonical form of the names, for comparing
	subjectKey string
	tbs        []byte
	algorithm  algorithm
	signature  []byte
	key        publicKey
	extensions
}

// complain notes what is broken, a bounded number of times.
func (c *certificate) complain(format string, args ...any) {
	if len(c.Malformed) < maxMalformed {
		c.Malformed = append(c.Malformed, fmt.Sprintf(format, args...))
	}
}

// Parse reads the certificates of a chain as they were sent. It never fails: what is broken about a certificate
// stands in its Malformed. At most 100 certificates and 1 MiB are kept; Cut says when there was more.
func Parse(der [][]byte) *fact.Chain {
	chain := &fact.Chain{}
	var size int
	for i, d := range der {
		if size += len(d); i == maxCertificates || size > maxChainBytes {
			chain.Cut = fmt.Sprintf("%d certificates kept of %d", i, len(der))
			break
		}
		chain.Certificates = append(chain.Certificates, Read(d))
	}
	return chain
}

// Read reads one certificate tolerantly, as Parse does.
func Read(der []byte) fact.Certificate {
	return read(der).Certificate
}

// read fills in whatever can be read. The checks of Go's own reader come last: when it refuses what nothing here
// complained about, its words are kept.
func read(der []byte) *certificate {
	c := &certificate{}
	c.DER = bytes.Clone(der)
	sum := sha256.Sum256(der)
	c.SHA256 = hex.EncodeToString(sum[:])
	c.pathLen = -1
	if err := c.readOuter(c.DER); err != nil {
		c.complain("unreadable: %v", err)
		return c
	}
	c.readable = true
	c.SelfIssued = c.subjectKey == c.issuerKey && c.subjectKey != ""
	c.SelfSigned = c.SelfIssued && verify(c, c) != bad
	c.checkProfile()
	if _, err := x509.ParseCertificate(der); err != nil && len(c.Malformed) == 0 {
		c.complain("refused by a strict reader: %v", err)
	}
	return c
}

// readOuter reads Certificate ::= SEQUENCE { tbs, signatureAlgorithm, signature } (RFC 5280 §4.1).
func (c *certificate) readOuter(der []byte) error {
	in := cryptobyte.String(der)
	var outer, tbs, tbsBody, alg cryptobyte.String
	if !in.ReadASN1(&outer, asn1.SEQUENCE) {
		return fmt.Errorf("not a DER sequence")
	}
	if !in.Empty() {
		c.complain("%d bytes follow the certificate", len(in))
	}
	if !outer.ReadASN1Element(&tbs, asn1.SEQUENCE) {
		return fmt.Errorf("no tbsCertificate")
	}
	c.tbs = tbs
	if !tbs.ReadASN1(&tbsBody, asn1.SEQUENCE) {
		return fmt.Errorf("no tbsCertificate")
	}
	if !outer.ReadASN1Element(&alg, asn1.SEQUENCE) || !c.readSignature(&outer) {
		c.complain("the signature cannot be read")
	}
	return c.readTBS(tbsBody, alg)
}

func (c *certificate) readSignature(outer *cryptobyte.String) bool {
	var bits cryptobyte.String
	var unused uint8
	if !outer.ReadASN1(&bits, asn1.BIT_STRING) || !bits.ReadUint8(&unused) || unused != 0 {
		return false
	}
	c.signature = bits
	return true
}

func (c *certificate) readTBS(tbs, outerAlg cryptobyte.String) error {
	c.readVersion(&tbs)
	if !c.readSerial(&tbs) {
		return fmt.Errorf("no serial number")
	}
	var alg, issuer, validity, subject, spki cryptobyte.String
	if !tbs.ReadASN1Element(&alg, asn1.SEQUENCE) {
		return fmt.Errorf("no signature algorithm")
	}
	if !bytes.Equal(alg, outerAlg) {
		c.complain("the two signature algorithms differ (RFC 5280 §4.1.1.2)")
	}
	c.algorithm = readAlgorithm(alg)
	c.Signature = names.OID(c.algorithm.oid)
	if !tbs.ReadASN1Element(&issuer, asn1.SEQUENCE) || !tbs.ReadASN1(&validity, asn1.SEQUENCE) ||
		!tbs.ReadASN1Element(&subject, asn1.SEQUENCE) {
		return fmt.Errorf("no issuer, validity or subject")
	}
	c.readNames(issuer, subject)
	c.readValidity(validity)
	if !tbs.ReadASN1Element(&spki, asn1.SEQUENCE) {
		return fmt.Errorf("no public key")
	}
	c.readKey(spki)
	c.readRest(tbs)
	return nil
}

func (c *certificate) readVersion(tbs *cryptobyte.String) {
	var v cryptobyte.String
	var present bool
	c.version = 1
	if !tbs.ReadOptionalASN1(&v, &present, asn1.Tag(0).Constructed().ContextSpecific()) || !present {
		return
	}
	var n int64
	if !v.ReadASN1Integer(&n) || n < 0 || n > 2 {
		c.complain("the version field is not 1, 2 or 3")
		n = 2
	}
	c.version = int(n) + 1
}

// readSerial keeps negative and overlong serial numbers, which RFC 5280 §4.1.2.2 forbids and old tools write.
func (c *certificate) readSerial(tbs *cryptobyte.String) bool {
	var raw cryptobyte.String
	if !tbs.ReadASN1(&raw, asn1.INTEGER) {
		return false
	}
	if len(raw) == 0 {
		c.complain("the serial number is empty")
		raw = []byte{0}
	}
	c.serial = signed(raw)
	c.Serial = c.serial.Text(16)
	switch {
	case c.serial.Sign() < 0:
		c.complain("negative serial number")
	case c.serial.Sign() == 0:
		c.complain("serial number 0")
	}
	if len(raw) > 21 || len(raw) == 21 && raw[0] != 0 {
		c.complain("the serial number has %d octets, more than 20", len(raw))
	}
	return true
}

// signed reads a two's complement number.
func signed(raw []byte) *big.Int {
	n := new(big.Int).SetBytes(raw)
	if raw[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(raw))*8))
	}
	return n
}

func (c *certificate) readNames(issuer, subject cryptobyte.String) {
	in, sn := readName(issuer), readName(subject)
	c.Issuer, c.issuerKey = in.text, in.key
	c.Subject, c.subjectKey, c.CommonName = sn.text, sn.key, sn.common
	if in.broken || sn.broken {
		c.complain("a distinguished name cannot be read")
	}
	if in.key == "" {
		c.complain("no issuer name")
	}
}

func (c *certificate) readValidity(v cryptobyte.String) {
	c.NotBefore = c.readTime(&v, "notBefore")
	c.NotAfter = c.readTime(&v, "notAfter")
	if c.NotAfter.Before(c.NotBefore) {
		c.complain("notAfter is before notBefore")
	}
}

func (c *certificate) readTime(v *cryptobyte.String, field string) time.Time {
	var raw cryptobyte.String
	var tag asn1.Tag
	if !v.ReadAnyASN1(&raw, &tag) {
		c.complain("no %s", field)
		return time.Time{}
	}
	t, complaint := readTime(tag, string(raw))
	if complaint != "" {
		c.complain("%s: %s", field, complaint)
	}
	return t
}

// readRest skips the two unique IDs of RFC 5280 §4.1.2.8 and reads the extensions.
func (c *certificate) readRest(tbs cryptobyte.String) {
	tbs.SkipOptionalASN1(asn1.Tag(1).ContextSpecific())
	tbs.SkipOptionalASN1(asn1.Tag(2).ContextSpecific())
	var wrapped, list cryptobyte.String
	var present bool
	if !tbs.ReadOptionalASN1(&wrapped, &present, asn1.Tag(3).Constructed().ContextSpecific()) {
		c.complain("the extensions cannot be read")
		return
	}
	if !present {
		return
	}
	if c.version != 3 {
		c.complain("extensions in a version %d certificate", c.version)
	}
	if !wrapped.ReadASN1(&list, asn1.SEQUENCE) {
		c.complain("the extensions cannot be read")
		return
	}
	c.readExtensions(list)
}

// checkProfile notes breaches of the profile that do not show while reading.
func (c *certificate) checkProfile() {
	if c.version == 1 && !c.SelfSigned {
		c.complain("version 1 certificate, without extensions")
	}
	if c.subjectKey == "" && len(c.DNSNames) == 0 && len(c.IPs) == 0 {
		c.complain("the certificate names nobody")
	}
	if c.subjectKey == "" && c.CA {
		c.complain("a CA certificate without a subject name")
	}
}
