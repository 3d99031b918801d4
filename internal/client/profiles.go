package client

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Default is the profile used without --as.
const Default = "modern"

// All lists the profiles, the default first.
func All() []Profile {
	return []Profile{modern(), openssl3(), goTLS(), only12(), only13(), legacy(), fips()}
}

// ByID finds a profile by its name.
func ByID(id string) (Profile, bool) {
	for _, p := range All() {
		if p.ID == id {
			return p, true
		}
	}
	return Profile{}, false
}

var (
	suites13   = []uint16{0x1301, 0x1302, 0x1303}
	ecdheGCM   = []uint16{0xc02b, 0xc02f, 0xc02c, 0xc030}
	ecdheCha   = []uint16{0xcca9, 0xcca8}
	ecdheCBC   = []uint16{0xc009, 0xc013, 0xc00a, 0xc014}
	ecdheCBC2  = []uint16{0xc023, 0xc027, 0xc024, 0xc028}
	opensslTLS = []uint16{ // OpenSSL 3.0's DEFAULT list as s_client and curl send it
		0x1302, 0x1303, 0x1301, 0xc02c, 0xc030, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc02b, 0xc02f, 0x009e, 0xc024, 0xc028, 0x006b,
		0xc023, 0xc027, 0x0067, 0xc00a, 0xc014, 0x0039, 0xc009, 0xc013, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f}
	opensslSigs = []uint16{0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806,
		0x0401, 0x0501, 0x0601, 0x0303, 0x0301, 0x0302, 0x0402, 0x0502, 0x0602}
	goSigs     = []uint16{0x0804, 0x0403, 0x0807, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0503, 0x0603}
	legacySigs = []uint16{0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0201, 0x0203}
)

// base is what every profile's hello shares.
func base(t Target) wire.Hello {
	return wire.Hello{
		Versions: []uint16{wire.TLS13, wire.TLS12}, ServerName: t.Name, ALPN: t.ALPN,
		Signatures: goSigs, EMS: true, Renegotiation: true, Status: true,
	}
}

// modern is what a careful client of today offers, no product in particular.
func modern() Profile {
	return Profile{
		ID: "modern", Says: "TLS 1.2 and 1.3, ECDHE, post-quantum and classical key shares, chain and name verified",
		Hello: func(t Target) wire.Hello {
			h := base(t)
			h.Suites = slices.Concat(suites13, ecdheGCM, ecdheCha, ecdheCBC, ecdheCBC2)
			h.Groups = []uint16{names.X25519MLKEM768, names.X25519, names.P256, names.P384}
			h.Shares = []uint16{names.X25519MLKEM768, names.X25519}
			return h
		},
		Limits: Limits{MinVersion: wire.TLS12, MinDHBits: 2048, RefuseSHA1Signature: true},
		Trust: trust.Policy{MinRSABits: 2048, MinECBits: 224, MaxDepth: 10, NegativeSerialRefused: true,
			RequireEKU: "serverAuth", RequireStaple: true},
		OpenSSL: -1,
	}
}

// openssl3 is OpenSSL 3.0 as Debian 12 builds it: security level 2, TLS 1.0 offered and then refused at its
// SHA-1 signature, DHE offered, unsafe renegotiation refused.
func openssl3() Profile {
	return Profile{
		ID: "openssl3", Says: "OpenSSL 3.0 at security level 2 (curl, psql, mariadb, python on Debian 12)",
		Hello: func(t Target) wire.Hello {
			h := base(t)
			h.Versions = []uint16{wire.TLS13, wire.TLS12, wire.TLS11, wire.TLS10}
			h.Suites, h.Signatures = slices.Clone(opensslTLS), slices.Clone(opensslSigs)
			h.Groups = []uint16{names.X25519, names.P256, names.X448, names.P521, names.P384, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104}
			h.Shares = []uint16{names.X25519}
			h.Renegotiation, h.SCSV, h.Ticket, h.Status = false, true, true, false
			return h
		},
		Limits: Limits{MinVersion: wire.TLS10, MinDHBits: 2048, RequireRenegotiation: true, RefuseSHA1Signature: true},
		Trust: trust.Policy{MinRSABits: 2048, MinECBits: 224, MaxDepth: 100, CNFallback: true, PartialWildcard: true,
			RequireEKU: "serverAuth", AnyEKURefused: true, SelfSignedAnchors: true, IgnoreStaple: true},
		OpenSSL: 2,
	}
}

// goTLS is Go's crypto/tls of 1.26 with its defaults.
func goTLS() Profile {
	return Profile{
		ID: "go", Says: "Go 1.26 crypto/tls with its defaults",
		Hello: func(t Target) wire.Hello {
			h := base(t)
			h.Suites = slices.Concat([]uint16{0xc02b, 0xc02f, 0xc02c, 0xc030}, ecdheCha, ecdheCBC, suites13)
			h.Groups = []uint16{names.X25519MLKEM768, names.X25519, names.P256, names.P384, names.P521}
			h.Shares = []uint16{names.X25519MLKEM768, names.X25519}
			h.SCT, h.Extra = true, certSchemes(slices.Concat(goSigs, []uint16{0x0201, 0x0203}))
			return h
		},
		Limits: Limits{MinVersion: wire.TLS12, RefuseSHA1Signature: true},
		Trust: trust.Policy{MinRSABits: 1024, MinECBits: 224, MaxDepth: 100, NegativeSerialRefused: true,
			RequireEKU: "serverAuth", IgnoreStaple: true},
		OpenSSL: -1,
	}
}

// only12 is the modern client held to TLS 1.2.
func only12() Profile {
	p := modern()
	p.ID, p.Says = "tls1.2", "the modern client limited to TLS 1.2"
	p.Hello = func(t Target) wire.Hello {
		h := modern().Hello(t)
		h.Versions, h.Shares = []uint16{wire.TLS12}, nil
		h.Suites = slices.Concat(ecdheGCM, ecdheCha, ecdheCBC, ecdheCBC2)
		h.Groups = []uint16{names.X25519, names.P256, names.P384}
		return h
	}
	return p
}

// only13 is the modern client held to TLS 1.3.
func only13() Profile {
	p := modern()
	p.ID, p.Says = "tls1.3", "the modern client limited to TLS 1.3"
	p.Limits.MinVersion = wire.TLS13
	p.Hello = func(t Target) wire.Hello {
		h := modern().Hello(t)
		h.Versions, h.Suites = []uint16{wire.TLS13}, slices.Clone(suites13)
		h.EMS, h.Renegotiation = false, false
		return h
	}
	return p
}

// legacy is a client of about 2012: TLS 1.0 to 1.2, SHA-1, DHE, RSA key exchange, CBC, neither
// extended master secret nor session hash.
func legacy() Profile {
	return Profile{
		ID: "legacy", Says: "a client of about 2012: TLS 1.0 to 1.2, SHA-1, DHE, no extended master secret",
		Hello: func(t Target) wire.Hello {
			h := base(t)
			h.Versions = []uint16{wire.TLS12, wire.TLS11, wire.TLS10}
			h.Suites = []uint16{0xc028, 0xc027, 0xc014, 0xc013, 0x009f, 0x009e, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c,
				0x0035, 0x002f, 0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0x000a, 0x0005, 0x0004}
			h.Groups = []uint16{names.P256, names.P384}
			h.Signatures = slices.Clone(legacySigs)
			h.EMS = false
			return h
		},
		Limits: Limits{MinDHBits: 1024},
		Trust: trust.Policy{MinRSABits: 1024, MinECBits: 160, AllowSHA1: true, CNFallback: true, MaxDepth: 100,
			RequireEKU: "serverAuth", IgnoreStaple: true},
		OpenSSL: -1,
	}
}

// fips is a client held to approved algorithms: no X25519 alone, no ChaCha20, extended master secret
// demanded below TLS 1.3 (FIPS 140-3 implementation guidance D.Q).
func fips() Profile {
	return Profile{
		ID: "fips", Says: "approved algorithms only: P-256 and P-384, AES-GCM, extended master secret demanded",
		Hello: func(t Target) wire.Hello {
			h := base(t)
			h.Suites = slices.Concat([]uint16{0x1302, 0x1301}, ecdheGCM)
			h.Groups, h.Shares = []uint16{names.P256, names.P384, names.P521}, []uint16{names.P256}
			h.Signatures = []uint16{0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601}
			return h
		},
		Limits:  Limits{MinVersion: wire.TLS12, MinDHBits: 2048, RequireEMS: true, RefuseSHA1Signature: true},
		Trust:   trust.Policy{MinRSABits: 2048, MinECBits: 224, MaxDepth: 100, RequireEKU: "serverAuth"},
		OpenSSL: -1, CryptoPolicy: "FIPS 140",
	}
}
