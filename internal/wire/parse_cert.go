package wire

import "fmt"

// maxCertificates bounds how many certificates of one message are kept.
const maxCertificates = 100

// errTooManyCertificates is a chain longer than is kept.
var errTooManyCertificates = fmt.Errorf("more than %d certificates, the rest is not kept", maxCertificates)

// ParseCertificates reads the body of a Certificate message (RFC 5246 §7.4.2, RFC 8446 §4.4.2). A certificate
// that is cut short is left out; the whole ones before it are returned beside the error.
func ParseCertificates(version uint16, body []byte) (*Certificates, error) {
	m := &Certificates{Raw: body}
	c := newCursor(body)
	if is13(version) {
		c.vec8("request context")
	}
	list := newCursor(c.vec24("certificate list"))
	c.trailing("certificate list")
	for !list.empty() && len(m.Chain) < maxCertificates {
		m.readEntry(is13(version), list)
	}
	if list.err == nil && !list.empty() {
		list.err = errTooManyCertificates
	}
	c.absorb("certificate list", list)
	return m, c.err
}

// readEntry takes one certificate and, with TLS 1.3, its extensions: of the first one they are kept.
func (m *Certificates) readEntry(is13 bool, list *cursor) {
	der := list.vec24(fmt.Sprintf("certificate %d", len(m.Chain)+1))
	if list.err != nil {
		return
	}
	m.Chain = append(m.Chain, der)
	if !is13 {
		return
	}
	extensions := list.extensions()
	if len(m.Chain) > 1 {
		return
	}
	err := readEach(extensions, m.readExtension)
	if list.err == nil {
		list.err = err
	}
}

func (m *Certificates) readExtension(typ uint16, c *cursor) {
	switch typ {
	case ExtStatusRequest:
		m.OCSP = c.ocspResponse()
	case ExtSCT:
		m.SCTs = c.timestamps()
	}
}

// ocspResponse reads a CertificateStatus structure (RFC 6066 §8); other types than OCSP give nil.
func (c *cursor) ocspResponse() []byte {
	if c.u8("status type") != 1 {
		return nil
	}
	return c.vec24("OCSP response")
}

// timestamps reads a SignedCertificateTimestampList (RFC 6962 §3.3).
func (c *cursor) timestamps() [][]byte {
	list := newCursor(c.vec16("timestamps"))
	var scts [][]byte
	for !list.empty() && len(scts) < maxCertificates {
		sct := list.vec16("timestamp")
		if list.err == nil {
			scts = append(scts, sct)
		}
	}
	c.absorb("timestamps", list)
	return scts
}

// ParseCertificateStatus reads the body of a CertificateStatus message (RFC 6066 §8): the stapled OCSP response,
// DER. It is nil for other types of status.
func ParseCertificateStatus(body []byte) ([]byte, error) {
	c := newCursor(body)
	response := c.ocspResponse()
	return response, c.err
}

// ParseCertificateVerify reads the body of a CertificateVerify message; before TLS 1.2 it holds no scheme.
func ParseCertificateVerify(version uint16, body []byte) (*Signature, error) {
	c := newCursor(body)
	s := &Signature{}
	if is13(version) || version == TLS12 {
		s.Scheme = c.u16("signature scheme")
	}
	s.Signature = c.vec16("signature")
	c.trailing("CertificateVerify")
	return s, c.err
}

// ParseCertificateRequest reads the body of a CertificateRequest (RFC 5246 §7.4.4, RFC 8446 §4.3.2).
func ParseCertificateRequest(version uint16, body []byte) (*CertificateRequest, error) {
	r := &CertificateRequest{}
	c := newCursor(body)
	if is13(version) {
		r.Context = c.vec8("request context")
		err := readEach(c.extensions(), r.readExtension)
		if c.err == nil {
			c.err = err
		}
		return r, c.err
	}
	r.Types = c.vec8("certificate types")
	if version == TLS12 {
		r.Signatures = uint16s(c.vec16("signature algorithms"))
	}
	r.Authorities = c.names()
	c.trailing("CertificateRequest")
	return r, c.err
}

// extAuthorities is certificate_authorities (RFC 8446 §4.2.4).
const extAuthorities uint16 = 47

func (r *CertificateRequest) readExtension(typ uint16, c *cursor) {
	switch typ {
	case ExtSignatureAlgorithms:
		r.Signatures = uint16s(c.vec16("signature algorithms"))
	case extAuthorities:
		r.Authorities = c.names()
	}
}

// names reads a list of distinguished names; empty ones, which are not allowed, are left out.
func (c *cursor) names() [][]byte {
	list := newCursor(c.vec16("authorities"))
	var all [][]byte
	for !list.empty() {
		name := list.vec16("distinguished name")
		if list.err == nil && len(name) > 0 {
			all = append(all, name)
		}
	}
	c.absorb("authorities", list)
	return all
}

// ParseAlert reads an alert of two bytes (RFC 8446 §6).
func ParseAlert(body []byte) (Alert, error) {
	if len(body) != 2 {
		return Alert{}, fmt.Errorf("alert of %d bytes", len(body))
	}
	return Alert{Level: body[0], Code: body[1]}, nil
}

// ParseEncryptedExtensions reads the body of an EncryptedExtensions message (RFC 8446 §4.3.1) and the protocol
// chosen in it, "" when none is.
func ParseEncryptedExtensions(body []byte) (extensions []Extension, alpn string, err error) {
	c := newCursor(body)
	extensions = c.extensions()
	c.trailing("EncryptedExtensions")
	err = readEach(extensions, func(typ uint16, c *cursor) {
		if typ == ExtALPN {
			alpn = c.firstProtocol()
		}
	})
	if c.err != nil {
		err = c.err
	}
	return extensions, alpn, err
}
