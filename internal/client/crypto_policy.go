package client

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// A system is what a distribution's release, or its crypto policy, lays down for programs that use its OpenSSL: the security level, the
// lowest version, signatures with SHA-1, sizes of keys.
type system struct {
	id    string
	level int    // SSL_CTX_set_security_level(3)
	min   uint16 // MinProtocol
	sha1  bool   // signatures with SHA-1 are taken in TLS 1.2
	bits  int    // RSA keys and DH groups have at least so many, where that is more than the level asks for
	rule  string // the crypto policy, "" without
}

// systems lists the releases known. Debian and Ubuntu set the level when they build OpenSSL, and the lowest version in openssl.cnf or
// with it. Up to 1.1.1 signatures with SHA-1 are taken at these levels, from 3.0 on at level 0 alone. RHEL's rules are those of crypto-policies (policies/*.pol). Upstream's level is 1,
// from OpenSSL 3.2 on 2.
func systems() []system {
	const v10, v12 = wire.TLS10, wire.TLS12
	return []system{
		{"debian10", 2, v12, true, 0, ""}, {"debian11", 2, v12, true, 0, ""},
		{"debian12", 2, v10, false, 0, ""}, {"debian13", 2, v10, false, 0, ""},
		{"ubuntu18.04", 1, v10, true, 0, ""}, {"ubuntu20.04", 2, v12, true, 0, ""}, {"ubuntu22.04", 2, v12, false, 0, ""}, {"ubuntu24.04", 2, v12, false, 0, ""},
		{"alpine3.16", 1, v10, true, 0, ""}, {"alpine3.17", 1, v10, false, 0, ""}, {"alpine3.18", 1, v10, false, 0, ""}, {"alpine3.19", 1, v10, false, 0, ""},
		{"alpine3.20", 2, v10, false, 0, ""}, {"alpine3.21", 2, v10, false, 0, ""}, {"alpine3.22", 2, v10, false, 0, ""},
		{"rhel7", 1, v10, true, 0, ""},
		{"rhel8", 2, v12, true, 2048, "DEFAULT"}, {"rhel8-legacy", 1, v10, true, 1023, "LEGACY"}, {"rhel8-future", 3, v12, false, 3072, "FUTURE"},
		{"rhel8-fips", 2, v12, false, 2048, "FIPS"},
		{"rhel9", 2, v12, false, 2048, "DEFAULT"}, {"rhel9-legacy", 2, v12, true, 2048, "LEGACY"}, {"rhel9-future", 3, v12, false, 3072, "FUTURE"},
		{"rhel9-fips", 2, v12, false, 2048, "FIPS"},
		{"rhel10", 2, v12, false, 2048, "DEFAULT"}, {"rhel10-legacy", 2, v12, true, 2048, "LEGACY"}, {"rhel10-future", 3, v12, false, 3072, "FUTURE"},
		{"rhel10-fips", 2, v12, false, 2048, "FIPS"},
	}
}

// systemNames are other names of these releases.
var systemNames = map[string]string{
	"buster": "debian10", "bullseye": "debian11", "bookworm": "debian12", "trixie": "debian13", "bionic": "ubuntu18.04", "focal": "ubuntu20.04",
	"jammy": "ubuntu22.04", "noble": "ubuntu24.04",
}

// rebuilds are distributions that follow RHEL.
var rebuilds = []string{"centos", "rocky", "almalinux", "alma", "oraclelinux", "ol", "ubi"}

func systemByName(name string) (system, bool) {
	name = strings.ToLower(name)
	if other, ok := systemNames[name]; ok {
		name = other
	}
	for _, r := range rebuilds {
		if rest, ok := strings.CutPrefix(name, r); ok && digit(rest) {
			name = "rhel" + rest
		}
	}
	for _, s := range systems() {
		if s.id == name {
			return s, true
		}
	}
	return system{}, false
}

// OnSystem is how a client behaves on a system by its name: "debian12", "ubuntu22.04", "rhel9-fips", "windows2012r2"; "" and "linux" change
// nothing. Only clients of the system's own library change: Go, Java and Node bring theirs. False: the system is not known.
func OnSystem(b Behaviour, name string) (Behaviour, bool) {
	switch name {
	case "", "linux", "windows":
		return b, true
	}
	if strings.HasPrefix(strings.ToLower(name), "windows") {
		p, ok := schannelProfile(name)
		if ok && strings.HasPrefix(b.Profile.ID, "schannel") {
			b.Profile = p
		}
		return b, ok
	}
	s, ok := systemByName(name)
	if ok && b.Profile.OpenSSL >= 0 && !strings.HasPrefix(b.Profile.ID, "node") {
		b.Profile = s.narrow(b.Profile)
	}
	return b, ok
}

// narrow lays a system's rules on a profile of OpenSSL. Where they change the hello, the ID tells.
func (s system) narrow(p Profile) Profile {
	level := opensslLevel(s.level)
	p.OpenSSL, p.CryptoPolicy = s.level, s.rule
	p.Trust.MinRSABits, p.Trust.MinECBits = max(level.Trust.MinRSABits, s.bits), level.Trust.MinECBits
	p.Limits.MinDHBits = max(level.Limits.MinDHBits, s.bits)
	p.Trust.AllowSHA1 = s.sha1 && s.level < 2 // certificates: level 2 wants 112 bits
	p.Limits.RequireEMS = s.rule == "FIPS" && s.id != "rhel8-fips"
	if p.Limits.RefuseSHA1Signature = !s.sha1; s.sha1 {
		p.ID += "-sha1"
		p.Hello = changed(p.Hello, func(h *wire.Hello) { h.Signatures = opensslSigs0 })
	}
	if p.Limits.MinVersion < s.min {
		p = from12(p)
	}
	return p
}

// from12 leaves out the versions before TLS 1.2.
func from12(p Profile) Profile {
	p.ID += "-min12"
	p.Limits.MinVersion = wire.TLS12
	p.Hello = changed(p.Hello, func(h *wire.Hello) {
		var kept []uint16
		for _, v := range h.Versions {
			if v >= wire.TLS12 {
				kept = append(kept, v)
			}
		}
		setVersions(h, kept)
	})
	return p
}
