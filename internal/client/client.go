// Package client holds what clients offer, refuse and verify. From the first day these are plain profiles of
// behaviour; products and their modes follow the same type.
package client

import (
	"time"

	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A Profile is one client's behaviour. Its functions are pure.
type Profile struct {
	ID    string
	Says  string // one line for --help
	Hello func(Target) wire.Hello
	// Limits are what it refuses during the handshake.
	Limits Limits
	// Trust is how it verifies; Name, Time and Roots are filled in by Policy.
	Trust trust.Policy
	// OpenSSL is its security level when the profile follows OpenSSL's rules, else -1.
	OpenSSL int
	// Unverified: the chain is not looked at, nor the name; AnyName: the name is not.
	Unverified, AnyName bool
	// Pins are the public keys or certificates of which one must come; empty: any.
	Pins []string
	// Policy names the system-wide crypto policy that shapes it ("FIPS 140"), if any.
	CryptoPolicy string
}

// A Target is what the hello depends on.
type Target struct {
	Name string   // for SNI; an IP literal sends none
	ALPN []string // what the protocol offers
}

// Limits are refusals that depend on what the server chose. The zero value refuses nothing.
type Limits struct {
	MinVersion           uint16 // of the ServerHello
	MinDHBits            int
	RequireEMS           bool // TLS 1.2 and older without extended master secret is refused
	RequireRenegotiation bool // … without RFC 5746
	RefuseSHA1Signature  bool // SHA-1 or MD5 in ServerKeyExchange, TLS 1.0 and 1.1 included
}

// Policy is how p verifies a chain for a name at a time.
func (p Profile) Policy(name string, at time.Time, roots trust.Roots) trust.Policy {
	t := p.Trust
	t.Name, t.Time, t.Roots = name, at, roots
	if p.AnyName {
		t.Name = ""
	}
	return t
}

// Refuse judges what a server has chosen so far; nil goes on.
func (l Limits) Refuse(step string, f *wire.Flight) *wire.Refusal {
	switch step {
	case "ServerHello":
		return l.refuseHello(f.Server)
	case "ServerKeyExchange":
		return l.refuseKey(f)
	}
	return nil
}

func (l Limits) refuseHello(s *wire.ServerHello) *wire.Refusal {
	switch {
	case s == nil:
		return nil
	case s.Version < l.MinVersion:
		return &wire.Refusal{Alert: 70, Reason: "version-too-low"}
	case s.Version >= wire.TLS13:
		return nil
	case l.RequireEMS && !s.EMS:
		return &wire.Refusal{Alert: 40, Reason: "no-extended-master-secret"}
	case l.RequireRenegotiation && !s.Renegotiation:
		return &wire.Refusal{Alert: 40, Reason: "no-secure-renegotiation"}
	}
	return nil
}

func (l Limits) refuseKey(f *wire.Flight) *wire.Refusal {
	k := f.KeyExchange
	if k == nil {
		return nil
	}
	if k.Kind == "DHE" && k.P != nil && k.P.BitLen() < l.MinDHBits {
		return &wire.Refusal{Alert: 40, Reason: "dh-too-small"}
	}
	if l.RefuseSHA1Signature && weakSignature(f.Server, k) {
		return &wire.Refusal{Alert: 40, Reason: "weak-signature"}
	}
	return nil
}

// weakSignature tells a ServerKeyExchange signed with SHA-1 or MD5; before TLS 1.2 there is nothing else (RFC 4346 §7.4.3).
func weakSignature(s *wire.ServerHello, k *wire.ServerKeyExchange) bool {
	if len(k.Signature) == 0 {
		return false
	}
	if s != nil && s.Version < wire.TLS12 {
		return true
	}
	return k.Scheme != 0 && (k.Scheme>>8 == 2 || k.Scheme>>8 == 1)
}
