package client

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// TestOnSystem: what distributions lay down for OpenSSL's clients.
func TestOnSystem(t *testing.T) {
	for _, test := range []struct {
		system  string
		level   int
		min     uint16
		rsa, dh int
		sha1    bool // signatures of the handshake
		policy  string
	}{
		{"debian12", 2, wire.TLS10, 2048, 2048, false, ""}, {"bookworm", 2, wire.TLS10, 2048, 2048, false, ""},
		{"debian11", 2, wire.TLS12, 2048, 2048, true, ""}, {"ubuntu18.04", 1, wire.TLS10, 1024, 1024, true, ""},
		{"ubuntu22.04", 2, wire.TLS12, 2048, 2048, false, ""}, {"Ubuntu24.04", 2, wire.TLS12, 2048, 2048, false, ""},
		{"alpine3.16", 1, wire.TLS10, 1024, 1024, true, ""}, {"alpine3.18", 1, wire.TLS10, 1024, 1024, false, ""}, {"alpine3.20", 2, wire.TLS10, 2048, 2048, false, ""},
		{"rhel8", 2, wire.TLS12, 2048, 2048, true, "DEFAULT"}, {"rhel8-legacy", 1, wire.TLS10, 1024, 1024, true, "LEGACY"},
		{"rocky9", 2, wire.TLS12, 2048, 2048, false, "DEFAULT"}, {"rhel9-legacy", 2, wire.TLS12, 2048, 2048, true, "LEGACY"},
		{"rhel9-future", 3, wire.TLS12, 3072, 3072, false, "FUTURE"}, {"rhel9-fips", 2, wire.TLS12, 2048, 2048, false, "FIPS"},
	} {
		b, ok := OnSystem(Behaviour{Profile: openssl3()}, test.system)
		p := b.Profile
		if !ok || p.OpenSSL != test.level || p.Limits.MinVersion != test.min || p.Trust.MinRSABits != test.rsa || p.Limits.MinDHBits != test.dh ||
			p.Limits.RefuseSHA1Signature == test.sha1 || p.CryptoPolicy != test.policy {
			t.Errorf("%s: level %d from %x, RSA %d, DH %d, SHA-1 %v, %q", test.system, p.OpenSSL, p.Limits.MinVersion, p.Trust.MinRSABits, p.Limits.MinDHBits,
				!p.Limits.RefuseSHA1Signature, p.CryptoPolicy)
		}
		if h := p.Hello(Target{}); slices.Min(h.Versions) != test.min || slices.Contains(h.Signatures, 0x0201) != test.sha1 {
			t.Errorf("%s offers %x, %x", test.system, h.Versions, h.Signatures)
		}
	}
}

// TestOnSystemLeavesOthersAlone: Go, Node and Java bring their own library; a system that nobody knows is no system.
func TestOnSystemLeavesOthersAlone(t *testing.T) {
	for _, p := range []Profile{goTLS(), node20(), java17()} {
		b, ok := OnSystem(Behaviour{Profile: p}, "rhel9-future")
		if !ok || b.Profile.ID != p.ID || b.Profile.Trust.MinRSABits != p.Trust.MinRSABits {
			t.Errorf("%s: %v %s", p.ID, ok, b.Profile.ID)
		}
	}
	for _, name := range []string{"plan9", "windows95", "debian", "rhel"} {
		if _, ok := OnSystem(Behaviour{Profile: openssl3()}, name); ok {
			t.Errorf("%s is known", name)
		}
	}
	if b, ok := OnSystem(Behaviour{Profile: openssl3()}, ""); !ok || b.Profile.OpenSSL != 2 {
		t.Error("no system changes something")
	}
}

// TestSystemsByShape: a server is asked anew only where the hello differs.
func TestSystemsByShape(t *testing.T) {
	seen := map[string][]uint16{}
	for _, s := range systems() {
		p := s.narrow(openssl3())
		h := p.Hello(Target{})
		if met, ok := seen[p.ID]; ok && !slices.Equal(met, slices.Concat(h.Versions, h.Signatures)) {
			t.Errorf("%s: another hello under the ID %s", s.id, p.ID)
		}
		seen[p.ID] = slices.Concat(h.Versions, h.Signatures)
	}
	if len(seen) != 4 {
		t.Errorf("%d shapes: versions and SHA-1 make four", len(seen))
	}
}
