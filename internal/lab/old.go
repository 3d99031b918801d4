package lab

import (
	"crypto"
	"crypto/tls"
	"math/big"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// oldFaults are servers whose TLS 1.2 is of another age than the client's.
func oldFaults() []Fault {
	return []Fault{
		of("dh-group-too-small", "the server has DHE suites only, with a group of 1024 bits", anyProto, serving(withRSA, engine(smallGroup), as("openssl3"))),
		of("server-key-exchange-signature", "the signature of the server's key exchange is wrong, in TLS 1.2", anyProto, serving(withRSA, engine(badSignature))),
		of("no-shared-signature-algorithm", "the server can sign with SHA-1 only", anyProto, serving(withRSA, engine(sha1Only))),
		of("extended-master-secret-required", "one side insists on extended master secret, the other lacks it", anyProto, serving(masterSecret)),
		of("legacy-renegotiation-peer", "the server lacks RFC 5746", anyProto, serving(engine(noRenegotiationInfo), as("openssl3"))),
	}
}

func withRSA(s *site) error {
	s.leaf.Key = keyRSA
	return nil
}

// signer is a certificate's key; the lab makes only keys that sign.
func signer(c tls.Certificate) crypto.Signer {
	key, _ := c.PrivateKey.(crypto.Signer)
	return key
}

func smallGroup(c *wire.ServerConfig) {
	c.DH = &wire.DHGroup{P: group2(), G: big.NewInt(2)}
	c.Suites = []uint16{names.TLS_DHE_RSA_WITH_AES_256_GCM_SHA384, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256}
}

// group2 is the prime of the Second Oakley Group, for years the default of many servers (RFC 2409 §6.2):
// 2^1024 - 2^960 - 1 + 2^64 * (floor(2^894 * pi) + 129093).
func group2() *big.Int {
	p, _ := new(big.Int).SetString("ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74"+
		"020bbea63b139b22514a08798e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6"+
		"f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff", 16)
	return p
}

func badSignature(c *wire.ServerConfig) { c.BadSignature = true }

func sha1Only(c *wire.ServerConfig) {
	c.Schemes = []uint16{names.RSAPKCS1SHA1}
	c.Suites = []uint16{names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384}
}

// masterSecret (RFC 7627): over https and to SQL Server it is the server that insists, otherwise the client.
func masterSecret(s *site) error {
	profile, rule := "fips", wire.EMSOff
	if s.proto.ID == "https" || s.proto.ID == "mssql" {
		profile, rule = "legacy", wire.EMSRequired
	}
	if err := engine(func(c *wire.ServerConfig) { c.EMS = rule })(s); err != nil {
		return err
	}
	return as(profile)(s)
}

func noRenegotiationInfo(c *wire.ServerConfig) { c.Renegotiation = false }
