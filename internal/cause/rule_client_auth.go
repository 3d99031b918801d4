package cause

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// refusedClient is the handshake to explain when the server asked for a client certificate and ended the connection
// after the client's answer: in TLS 1.3 when both had finished already, before that in place of its Finished. An HTTP
// server may finish all the same and refuse in its answer (nginx, statuses 495 and 496).
func refusedClient(c *fact.Case) *fact.Handshake {
	h := failing(c, fact.AtKeyExchange, fact.AtFinished)
	if h == nil || h.Request == nil || h.End.After != "client Finished" || !alerted(h) && !cut(h) && h.End.How != fact.EndError {
		return nil
	}
	return h
}

// The alerts with which servers refuse for want of a certificate, or refuse the one they got without saying more
// (RFC 8446 §6.2, RFC 5246 §7.4.6; Go and Java say bad_certificate or certificate_unknown).
var aboutCertificate = []uint8{wire.AlertCertificateRequired, wire.AlertHandshakeFailure, wire.AlertNoCertificate,
	alertBadCertificate, alertCertificateUnknown, alertAccessDenied}

// Alerts about certificates (RFC 8446 §6).
const (
	alertBadCertificate         uint8 = 42
	alertUnsupportedCertificate uint8 = 43
	alertCertificateExpired     uint8 = 45
	alertCertificateUnknown     uint8 = 46
	alertUnknownCA              uint8 = 48
	alertAccessDenied           uint8 = 49
)

// refusedVaguely reports whether the server refused what the client showed, and did not say for what.
func refusedVaguely(h *fact.Handshake) bool {
	return cut(h) || h.End.How == fact.EndError || alerted(h, aboutCertificate...)
}

// outOfDate says how a certificate is out of date at a time, or "".
func outOfDate(cert *fact.Certificate, now time.Time) string {
	switch {
	case cert == nil || now.IsZero():
		return ""
	case !cert.NotAfter.IsZero() && now.After(cert.NotAfter):
		return "it expired on " + day(cert.NotAfter) + ", " + span(now.Sub(cert.NotAfter)) + " ago"
	case !cert.NotBefore.IsZero() && now.Before(cert.NotBefore):
		return "it becomes valid only on " + day(cert.NotBefore)
	}
	return ""
}

// notForClients says why a certificate may not authenticate a client, or "" (RFC 5280 §4.2.1.3, §4.2.1.12).
func notForClients(cert *fact.Certificate) string {
	if cert == nil {
		return ""
	}
	if n := len(cert.ExtUsage); n > 0 && !slices.Contains(cert.ExtUsage, "clientAuth") && !slices.Contains(cert.ExtUsage, "anyExtendedKeyUsage") {
		return "its extended key usage allows " + list(cert.ExtUsage) + " and not clientAuth"
	}
	if len(cert.KeyUsage) > 0 && !slices.Contains(cert.KeyUsage, "digitalSignature") && !slices.Contains(cert.KeyUsage, "keyAgreement") {
		return "its key usage allows " + list(cert.KeyUsage) + " and not digitalSignature"
	}
	return ""
}

// ownFault reports whether something that can be computed is wrong with the client's own certificate: then the server
// has that reason to refuse it, and its CA need not be blamed.
func ownFault(c *fact.Case, h *fact.Handshake) bool {
	own := c.Question.OwnCert.Leaf()
	return c.Question.OwnKeyOK == fact.No || outOfDate(own, clock(c, h)) != "" || notForClients(own) != ""
}

// acceptable lists the CAs whose certificates the server says it takes.
func acceptable(r *wire.CertificateRequest) []string {
	var names []string
	for _, der := range r.Authorities {
		var rdn pkix.RDNSequence
		if rest, err := asn1.Unmarshal(der, &rdn); err != nil || len(rest) > 0 {
			names = append(names, "a name that cannot be read")
			continue
		}
		names = append(names, rdn.String())
	}
	return names
}

// listed tells whether the server listed an issuer of the client's chain among the CAs it takes. Unknown: it gave no
// list, which means any, or the certificate cannot be read.
func listed(r *wire.CertificateRequest, own *fact.Chain) fact.Tri {
	if r == nil || len(r.Authorities) == 0 || own == nil {
		return fact.Unknown
	}
	result := fact.Unknown
	for _, cert := range own.Certificates {
		x, err := x509.ParseCertificate(cert.DER)
		if err != nil {
			continue
		}
		result = fact.No
		if slices.ContainsFunc(r.Authorities, func(der []byte) bool { return bytes.Equal(der, x.RawIssuer) }) {
			return fact.Yes
		}
	}
	return result
}
