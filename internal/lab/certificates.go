package lab

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"

	"golang.org/x/crypto/ocsp"
)

// certificateFaults are leaves that are wrong in themselves.
func certificateFaults() []Fault {
	return []Fault{
		of("certificate-expired", "the certificate ran out three days ago", anyProto, serving(valid(-93, -3))),
		of("certificate-expires-soon", "two of the certificate's ninety days are left", anyProto, serving(valid(-88, 2))),
		of("certificate-not-yet-valid", "the certificate begins in ten days", anyProto, serving(valid(10, 100))),
		of("client-clock-wrong", "everything the server shows says that it is eight hours later", anyProto, serving(later)),
		of("certificate-revoked", "the stapled OCSP answer says revoked", anyProto, serving(stapled(revokedYesterday))),
		of("revocation-unavailable", "the certificate demands a stapled answer and none comes", anyProto, serving(leafWith(mustStaple))),
		of("certificate-wrong-purpose", "the certificate is for clients", anyProto, serving(leafWith(forClients))),
		of("certificate-malformed", "the certificate's serial number is negative", anyProto, serving(leafWith(negativeSerial))),
		of("certificate-key-too-small", "the certificate's key is RSA with 1024 bits", anyProto, serving(leafWith(weakKey))),
		of("certificate-digest-too-weak", "the certificate is signed with SHA-1", anyProto, serving(signedWithSHA1)),
		of("openssl-security-level", "RSA with 1024 bits, which security level 2 alone refuses", anyProto, serving(leafWith(weakKey), as("openssl3"))),
	}
}

// leafWith changes the leaf.
func leafWith(change func(*leaf)) func(*site) error {
	return func(s *site) error {
		change(&s.leaf)
		return nil
	}
}

// valid sets the leaf's validity in days from now.
func valid(from, to int) func(*site) error {
	return func(s *site) error {
		s.leaf.From, s.leaf.To = s.env.CA.days(from), s.env.CA.days(to)
		return nil
	}
}

// as makes the user be a certain client.
func as(profile string) func(*site) error {
	return func(s *site) error {
		s.flags = append(s.flags, "--as", profile)
		return nil
	}
}

func weakKey(l *leaf)        { l.Key = keyRSAWeak }
func mustStaple(l *leaf)     { l.MustStaple = true }
func negativeSerial(l *leaf) { l.NegativeSerial = true }
func forClients(l *leaf)     { l.Usage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }

// later is a server whose certificate and OCSP answer were made in our future, while its CA holds at both times.
func later(s *site) error {
	s.leaf.From, s.leaf.To = s.env.CA.now.Add(7*time.Hour), s.env.CA.days(90)
	return stapled(func(now time.Time) ocsp.Response {
		then := now.Add(8 * time.Hour)
		return ocsp.Response{Status: ocsp.Good, ProducedAt: then, ThisUpdate: then, NextUpdate: then.Add(72 * time.Hour)}
	})(s)
}

func revokedYesterday(now time.Time) ocsp.Response {
	return ocsp.Response{
		Status: ocsp.Revoked, RevokedAt: now.Add(-24 * time.Hour), RevocationReason: ocsp.KeyCompromise,
		ProducedAt: now, ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(72 * time.Hour),
	}
}

// stapled issues the leaf and staples an answer of its issuer about it (RFC 6960 §4.2).
func stapled(answer func(now time.Time) ocsp.Response) func(*site) error {
	return func(s *site) error {
		s.certify = func(s *site) (tls.Certificate, error) {
			by := s.env.CA.Issuing
			cert, err := s.env.CA.issue(s.leaf, by, by.DER)
			if err != nil {
				return cert, err
			}
			parsed, err := x509.ParseCertificate(cert.Certificate[0])
			if err != nil {
				return cert, fmt.Errorf("reading back a certificate: %w", err)
			}
			response := answer(s.env.CA.now)
			response.SerialNumber = parsed.SerialNumber
			staple, err := ocsp.CreateResponse(by.Cert, by.Cert, response, by.Key)
			if err != nil {
				return cert, fmt.Errorf("making an OCSP answer: %w", err)
			}
			cert.OCSPStaple, err = withProducedAt(staple, response.ProducedAt, by.Key)
			return cert, err
		}
		return nil
	}
}

// signedWithSHA1 puts an RSA intermediate between, as sha1WithRSAEncryption is what is met in the field.
func signedWithSHA1(s *site) error {
	s.certify = func(s *site) (tls.Certificate, error) {
		a := s.env.CA
		key, err := a.keys.get(keyRSACA)
		if err != nil {
			return tls.Certificate{}, err
		}
		by, err := sign(ca(named("Shop Test", "Issuing CA 2"), a.now), a.Root, key)
		if err != nil {
			return tls.Certificate{}, err
		}
		s.leaf.Key, s.leaf.Digest = keyRSA, x509.SHA1WithRSA
		return a.issue(s.leaf, by, by.DER)
	}
	return nil
}
