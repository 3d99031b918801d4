package client

import (
	"encoding/binary"
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// The lists below are those of hellos recorded from the clients themselves, extensions' order and padding apart, which no
// server of the databases looks at. Numbers of OpenSSL's security levels: SSL_CTX_set_security_level(3).

var (
	// opensslSigs0 is what level 0, and 1.1.1 at any level, adds: SHA-1 and DSA with it.
	opensslSigs0 = []uint16{0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806,
		0x0401, 0x0501, 0x0601, 0x0303, 0x0203, 0x0301, 0x0201, 0x0302, 0x0202, 0x0402, 0x0502, 0x0602}
	// opensslSigs13 is what is left where TLS 1.3 is the lowest version.
	opensslSigs13 = opensslSigs[:14]
	nodeSuites    = []uint16{0x1302, 0x1303, 0x1301, 0xc02f, 0xc02b, 0xc030, 0xc02c, 0x009e, 0xc027, 0x0067, 0xc028, 0x006b, 0x00a3,
		0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc0af, 0xc0ad, 0xc0a3, 0xc09f, 0xc05d, 0xc061, 0xc057, 0xc053, 0x00a2, 0xc0ae, 0xc0ac,
		0xc0a2, 0xc09e, 0xc05c, 0xc060, 0xc056, 0xc052, 0xc024, 0x006a, 0xc023, 0x0040, 0xc00a, 0xc014, 0x0039, 0x0038, 0xc009,
		0xc013, 0x0033, 0x0032, 0x009d, 0xc0a1, 0xc09d, 0xc051, 0x009c, 0xc0a0, 0xc09c, 0xc050, 0x003d, 0x003c, 0x0035, 0x002f}
	javaSuites = []uint16{0x1302, 0x1301, 0x1303, 0xc02c, 0xc02b, 0xcca9, 0xc030, 0xcca8, 0xc02f, 0x009f, 0xccaa, 0x00a3, 0x009e,
		0x00a2, 0xc024, 0xc028, 0xc023, 0xc027, 0x006b, 0x006a, 0x0067, 0x0040, 0xc00a, 0xc014, 0xc009, 0xc013, 0x0039, 0x0038,
		0x0033, 0x0032, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f}
	javaSigs = []uint16{0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501,
		0x0601, 0x0402, 0x0303, 0x0301, 0x0302, 0x0203, 0x0201, 0x0202}
	gnutlsSuites = []uint16{0x1302, 0x1303, 0x1301, 0x1304, 0xc02c, 0xcca9, 0xc0ad, 0xc00a, 0xc02b, 0xc0ac, 0xc009, 0xc030, 0xcca8,
		0xc014, 0xc02f, 0xc013, 0x009d, 0xc09d, 0x0035, 0x009c, 0xc09c, 0x002f, 0x009f, 0xccaa, 0xc09f, 0x0039, 0x009e, 0xc09e, 0x0033}
	gnutlsSigs = []uint16{0x0401, 0x0809, 0x0804, 0x0403, 0x0807, 0x0501, 0x080a, 0x0805, 0x0503, 0x0808, 0x0601, 0x080b, 0x0806,
		0x0603, 0x0201, 0x0203}
	ffdheGroups = []uint16{0x0100, 0x0101, 0x0102, 0x0103, 0x0104}
	curves      = []uint16{names.X25519, names.P256, names.X448, names.P521, names.P384}
)

// opensslLevel is OpenSSL 3.0 at a security level: 0 to 5. Its ID is "openssl3" for the levels that send the same hello.
func opensslLevel(level int) Profile {
	p := openssl3()
	p.OpenSSL = level
	strengths := []struct{ rsa, ec, dh int }{{0, 0, 0}, {1024, 160, 1024}, {2048, 224, 2048}, {3072, 256, 3072}, {7680, 384, 7680}, {15360, 512, 15360}}
	s := strengths[min(max(level, 0), 5)]
	p.Trust.MinRSABits, p.Trust.MinECBits, p.Limits.MinDHBits = s.rsa, s.ec, s.dh
	if level <= 0 {
		p.ID, p.Says = "openssl3-level0", "OpenSSL 3.0 at security level 0: SHA-1, keys of any size"
		p.Limits.RefuseSHA1Signature, p.Trust.AllowSHA1 = false, true
		p.Hello = changed(p.Hello, func(h *wire.Hello) { h.Signatures = slices.Clone(opensslSigs0) })
	}
	return p
}

// certSchemes is the signature_algorithms_cert extension (RFC 8446 §4.2.3). Servers with OpenSSL refuse their own chain by it.
func certSchemes(list []uint16) []wire.Extension {
	data := binary.BigEndian.AppendUint16(nil, uint16(2*len(list)))
	for _, s := range list {
		data = binary.BigEndian.AppendUint16(data, s)
	}
	return []wire.Extension{{Type: wire.ExtSignatureAlgsCert, Data: data}}
}

// changed is a hello with something done to it.
func changed(hello func(Target) wire.Hello, how func(*wire.Hello)) func(Target) wire.Hello {
	return func(t Target) wire.Hello {
		h := hello(t)
		how(&h)
		return h
	}
}

// versioned is a profile that offers other versions, the highest first; its ID tells.
func versioned(p Profile, id, says string, versions ...uint16) Profile {
	p.ID, p.Says = id, says
	p.Limits.MinVersion = slices.Min(versions)
	p.Hello = changed(p.Hello, func(h *wire.Hello) { setVersions(h, versions) })
	return p
}

// openssl3Min12 is what sets TLS 1.2 as the lowest version: libpq, nginx since 1.23.4.
func openssl3Min12() Profile {
	return versioned(openssl3(), "openssl3-min12", "OpenSSL 3.0 with TLS 1.2 and 1.3 (libpq, nginx since 1.23.4)", wire.TLS13, wire.TLS12)
}

// openssl3Max12 is nginx before 1.23.4, whose proxy_ssl_protocols lacked TLS 1.3 by default.
func openssl3Max12() Profile {
	return versioned(openssl3(), "openssl3-max12", "OpenSSL 3.0 with TLS 1.0 to 1.2 (nginx before 1.23.4)", wire.TLS12, wire.TLS11, wire.TLS10)
}

// openssl3Only13 is OpenSSL with nothing but TLS 1.3.
func openssl3Only13() Profile {
	p := versioned(openssl3(), "openssl3-only13", "OpenSSL 3.0 with nothing but TLS 1.3", wire.TLS13)
	p.Hello = changed(p.Hello, func(h *wire.Hello) {
		h.Suites = []uint16{0x1302, 0x1303, 0x1301}
		h.Signatures = slices.Clone(opensslSigs13)
	})
	return p
}

// cc34 is MariaDB Connector/C 3.4, which starts at TLS 1.1.
func cc34() Profile {
	return versioned(openssl3(), "cc34", "MariaDB Connector/C 3.4: OpenSSL 3.0 from TLS 1.1", wire.TLS13, wire.TLS12, wire.TLS11)
}

// python is the ssl module of Debian's Python: OpenSSL, without partial wildcards (X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS).
func python() Profile {
	p := openssl3()
	p.Trust.PartialWildcard = false
	return p
}

// openssl111 is OpenSSL 1.1.1 as built by itself: security level 1, SHA-1 signatures taken, servers without RFC 5746 too.
func openssl111() Profile {
	p := openssl3()
	p.ID, p.Says, p.OpenSSL = "openssl111", "OpenSSL 1.1.1 at its own defaults (security level 1), TLS 1.2 and 1.3 as libpq sets it", 1
	p.Hello = changed(p.Hello, func(h *wire.Hello) {
		setVersions(h, []uint16{wire.TLS13, wire.TLS12})
		h.Groups, h.Signatures = slices.Clone(curves), slices.Clone(opensslSigs0)
	})
	p.Limits = Limits{MinVersion: wire.TLS12, MinDHBits: 1024}
	p.Trust.MinRSABits, p.Trust.MinECBits, p.Trust.AllowSHA1 = 1024, 160, true
	return p
}

// node20 is Node's own OpenSSL 3.0: security level 1, TLS 1.2 and 1.3, a cipher list of its own.
func node20() Profile {
	p := opensslLevel(1)
	p.ID, p.Says = "node20", "Node 20: its own OpenSSL 3.0 at security level 1, TLS 1.2 and 1.3"
	p.Limits.MinVersion = wire.TLS12
	p.Hello = changed(p.Hello, func(h *wire.Hello) {
		setVersions(h, []uint16{wire.TLS13, wire.TLS12})
		h.Suites = slices.Clone(nodeSuites)
	})
	return p
}

// java17 is JSSE of OpenJDK 17 with its java.security: TLS 1.2 and 1.3, 1024 bits are enough, SHA-1 under private roots.
func java17() Profile {
	return Profile{
		ID: "java17", Says: "Java 17 JSSE with its default java.security",
		Hello: func(t Target) wire.Hello {
			h := base(t)
			h.RecordVersion = wire.TLS12
			h.Suites, h.Signatures = slices.Clone(javaSuites), slices.Clone(javaSigs)
			h.Groups = slices.Concat([]uint16{names.X25519, names.P256, names.P384, names.P521, names.X448}, ffdheGroups)
			h.Shares = []uint16{names.X25519, names.P256}
			h.Renegotiation, h.SCSV, h.Ticket = false, true, true
			h.Extra = certSchemes(javaSigs)
			return h
		},
		Limits: Limits{MinVersion: wire.TLS12, MinDHBits: 1024},
		Trust: trust.Policy{MinRSABits: 1024, MinECBits: 224, MaxDepth: 5, AllowSHA1: true, CNFallback: true, PartialWildcard: true,
			RequireEKU: "serverAuth", IgnoreStaple: true},
		OpenSSL: -1,
	}
}

// java8 is Java 8 since update 292, which disabled TLS 1.0 and 1.1: neither ChaCha20 nor X25519 nor EdDSA (JDK-8076190,
// JDK-8171277 came with 11 and 12).
func java8() Profile {
	p := java17()
	p.ID, p.Says = "java8", "Java 8 since update 292: no ChaCha20, no X25519"
	p.Hello = changed(p.Hello, func(h *wire.Hello) {
		without := func(list []uint16, drop ...uint16) []uint16 {
			return slices.DeleteFunc(list, func(v uint16) bool { return slices.Contains(drop, v) })
		}
		h.Suites = without(h.Suites, 0x1303, 0xcca9, 0xcca8, 0xccaa)
		h.Signatures = without(h.Signatures, 0x0807, 0x0808)
		h.Extra = certSchemes(h.Signatures)
		h.Groups = without(h.Groups, names.X25519, names.X448)
		h.Shares = []uint16{names.P256}
	})
	return p
}

// gnutls37 is GnuTLS 3.7 with NORMAL priorities: TLS 1.0 to 1.3, SHA-1 certificates refused, 1024 bits taken.
func gnutls37() Profile {
	return Profile{
		ID: "gnutls37", Says: "GnuTLS 3.7 with NORMAL priorities",
		Hello: func(t Target) wire.Hello {
			h := base(t)
			h.Versions = []uint16{wire.TLS13, wire.TLS12, wire.TLS11, wire.TLS10}
			h.Suites, h.Signatures = slices.Clone(gnutlsSuites), slices.Clone(gnutlsSigs)
			h.Groups = slices.Concat([]uint16{names.P256, names.P384, names.P521, names.X25519, names.X448}, ffdheGroups)
			h.Shares = []uint16{names.P256, names.X25519}
			h.Ticket = true
			return h
		},
		Limits: Limits{MinVersion: wire.TLS10, MinDHBits: 1008},
		Trust: trust.Policy{MinRSABits: 1024, MinECBits: 160, MaxDepth: 16, CNFallback: true,
			RequireEKU: "serverAuth", IgnoreStaple: true},
		OpenSSL: -1,
	}
}

// goTLS10 is Go with tls.Config.MinVersion set to TLS 1.0.
func goTLS10() Profile {
	p := versioned(goTLS(), "go-tls10", "Go 1.26 crypto/tls with MinVersion TLS 1.0", wire.TLS13, wire.TLS12, wire.TLS11, wire.TLS10)
	p.Limits.RefuseSHA1Signature = false
	return p
}
