package lab

import (
	"crypto/tls"
	"slices"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// helloFaults are servers that cannot, or will not, agree with what the client offers.
func helloFaults() []Fault {
	return []Fault{
		of("server-too-old", "the server knows TLS 1.0 only", anyProto, serving(versions(tls.VersionTLS10, tls.VersionTLS10))),
		of("client-too-old", "the server knows TLS 1.3 only; the client stops at 1.2", upTo13, serving(versions(tls.VersionTLS13, tls.VersionTLS13), as("tls1.2"))),
		of("no-shared-cipher", "the server has suites with RSA key exchange and CBC only", anyProto, serving(rsaKeyExchangeOnly)),
		of("cipher-needs-other-certificate", "the suites in common are for ECDSA, the certificate's key is RSA", anyProto, serving(gcmByRSA, as("legacy"))),
		of("no-shared-group", "the server has P-521 only", anyProto, serving(groups(tls.CurveP521))),
		of("no-shared-alpn", "the server takes another application protocol only", []string{"https", "postgres-direct", "mssql-strict"}, serving(otherALPN)),
		of("crypto-policy", "the server has ChaCha20 and X25519 only; the client may use approved algorithms only", anyProto, serving(unapproved, as("fips"))),
		of("sni-missing", "the server needs a name, the client sends none", anyProto, serving(judging(needsName), withoutName)),
		of("sni-unknown", "the server does not know the name sent", anyProto, serving(judging(knowsNoName))),
	}
}

// versions bounds what the server speaks.
func versions(low, high uint16) func(*site) error {
	return func(s *site) error {
		s.tls.MinVersion, s.tls.MaxVersion = low, high
		return nil
	}
}

// groups bounds the groups for key exchange.
func groups(list ...tls.CurveID) func(*site) error {
	return func(s *site) error {
		s.tls.CurvePreferences = list
		return nil
	}
}

func rsaKeyExchangeOnly(s *site) error {
	s.leaf.Key = keyRSA
	s.tls.MaxVersion = tls.VersionTLS12
	s.tls.CipherSuites = []uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	return nil
}

// gcmByRSA is a server kept to ECDHE with AES-GCM and an RSA certificate, which clients of the age of Windows
// Server 2012 R2 cannot use: they have these suites for ECDSA only.
func gcmByRSA(s *site) error {
	s.leaf.Key = keyRSA
	s.tls.MaxVersion = tls.VersionTLS12
	s.tls.CipherSuites = []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	}
	return nil
}

func otherALPN(s *site) error {
	s.tls.NextProtos = []string{"acme-tls/1"}
	return nil
}

func unapproved(s *site) error {
	s.tls.MaxVersion = tls.VersionTLS12
	s.tls.CurvePreferences = []tls.CurveID{tls.X25519}
	s.tls.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256}
	return nil
}

// unrecognizedName is the alert of RFC 6066 §3.
const unrecognizedName = 112

func needsName(_ *site, _ *guest, h *wire.ClientHello) verdict {
	if h.ServerName == "" {
		return alerts(unrecognizedName)
	}
	return nil
}

func knowsNoName(_ *site, _ *guest, h *wire.ClientHello) verdict {
	if h.ServerName != "" {
		return alerts(unrecognizedName)
	}
	return nil
}

func withoutName(s *site) error {
	s.flags = append(s.flags, "--sni", "none")
	return nil
}

// offers13 tells whether the hello has TLS 1.3 or anything newer in it (RFC 8446 §4.2.1).
func offers13(h *wire.ClientHello) bool {
	return slices.ContainsFunc(h.Versions, func(v uint16) bool { return v >= wire.TLS13 })
}
