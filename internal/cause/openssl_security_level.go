package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var opensslSecurityLevel = Cause{
	ID: "TW5500", Slug: "openssl-security-level", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "OpenSSL's security level refuses what the server uses ({what}); level {level} would accept it",
	Plain: "OpenSSL's security level refuses what the other side uses",
	Why: "OpenSSL sorts keys, digests and key exchanges by strength and refuses those below its security level. Distributions raised that level " +
		"from 1 to 2, so that connections that worked for years fail after an upgrade of the client's system, with an unchanged server.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -cipher DEFAULT@SECLEVEL={level} </dev/null connects, without -cipher it does not",
	Cites: []string{
		"SSL_CTX_set_security_level(3): what each level refuses", "OpenSSL 3.0 migration guide: SHA-1 only at level 0",
		"Debian openssl package, NEWS 1.1.1-1: default level 2",
	},
	Decide: "the same at security level 1",
	Signs: []Sign{
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 4},
		{Of: fact.ForciblyClosed, In: []fact.Context{"odbc-unix"}, Weight: 7},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 4},
		{Of: fact.NoSharedSignature, Weight: 3},
		{Of: fact.LegacySignature, Weight: 6},
		{Of: fact.InternalError, Weight: 3},
		{Of: fact.InternalError, In: []fact.Context{fact.ByClient, "in-key-exchange"}, Weight: 6},
		{Of: fact.DHTooSmall, Weight: 6},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "managed-sni"}, Weight: 5},
		{Of: fact.SecurityLevelRefused, Weight: 10},
		{Of: fact.DigestTooWeak, Weight: 6},
		{Of: fact.KeyTooSmall, Weight: 7},
		{Of: fact.PeerAlert(71), Weight: 4},
		{Of: fact.OwnAlert(71), Weight: 6},
	},
	Advice: []change.Change{
		change.New(change.ReissueStronger, change.Server, "need", "RSA 2048 bits or ECDSA P-256, and SHA-256"),
		change.New(change.OfferVersion, change.Server, "version", "TLS1.2"),
		change.NotAdvised(change.LowerSecurityLevel, change.Client, "level", "1"),
	},
	Match: func(c *fact.Case) []Match {
		if !strings.HasPrefix(c.Question.As, "openssl") {
			return nil
		}
		m, h, ok := levelOfChain(c)
		if !ok {
			if m, h, ok = levelOfKeyExchange(c); !ok {
				return nil
			}
		}
		m = located(c, h, m, "what", m.Args["what"], "level", m.Args["level"])
		m.Changes = []change.Change{
			change.New(change.ReissueStronger, change.Server, "need", "RSA 2048 bits or ECDSA P-256, and SHA-256"),
			change.NotAdvised(change.LowerSecurityLevel, change.Client, "level", m.Args["level"]),
		}
		if m.Args["what"] == smallDH {
			m.Changes[0] = change.New(change.GrowDH, change.Server, "bits", "2048")
		}
		return []Match{m}
	},
}

// levelOfChain: every fatal problem of the chain is one that a lower level accepts.
func levelOfChain(c *fact.Case) (Match, *fact.Handshake, bool) {
	f, ok := faultOf(c, fact.LeafKeySmall, fact.CAKeySmall, fact.DigestWeak)
	if !ok || !f.p.Fatal || !f.h.Verdict.Without(fact.LeafKeySmall, fact.CAKeySmall, fact.DigestWeak) {
		return Match{}, nil, false
	}
	what, level := "", "1"
	for _, p := range f.h.Verdict.Problems {
		if !p.Fatal {
			continue
		}
		if need := levelFor(certAt(f.h.Chain, p.At), p.Kind); need < level {
			level = need
		}
		what += ", " + orElse(p.Detail, string(p.Kind))
	}
	return Match{Sure: Proven, Args: map[string]string{"what": strings.TrimPrefix(what, ", "), "level": level},
		Proof: []Proof{again(f.h, "the same chain judged again at security level "+level+" passes")}}, f.h, true
}

// levelFor is the highest level that accepts a problem: 1 asks for 80 bits of strength, which RSA of 1024 bits and
// curves of 160 have; SHA-1 and MD5 count for less since OpenSSL 3.0 and pass at 0 alone.
func levelFor(cert *fact.Certificate, kind fact.ProblemKind) string {
	switch {
	case kind == fact.DigestWeak:
		return "0"
	case cert.KeyType == "ECDSA" && cert.KeyBits < 160, cert.KeyType != "ECDSA" && cert.KeyBits < 1024:
		return "0"
	}
	return "1"
}

const (
	smallDH   = "a small Diffie-Hellman group"
	oldDigest = "a signature with SHA-1 or MD5 over the key exchange"
)

// levelOfKeyExchange: the client broke off at a Diffie-Hellman group or a signature that a lower level accepts.
func levelOfKeyExchange(c *fact.Case) (Match, *fact.Handshake, bool) {
	h := brokeOff(c, "dh-too-small", "weak-signature")
	if h == nil {
		return Match{}, nil, false
	}
	args, accept := map[string]string{"what": smallDH, "level": "1"}, "dh"
	if h.End.Reason == "weak-signature" {
		args, accept = map[string]string{"what": oldDigest, "level": "0"}, "weak-signature"
	} else if h.Key != nil && h.Key.P != nil && h.Key.P.BitLen() < 1024 {
		args["level"] = "0"
	}
	v := fact.Variant{Kind: fact.Accept, Value: accept}
	if slices.Contains(c.Same, v) {
		return Match{}, nil, false
	}
	m, ok := experiment{variant: v, weight: 5, flipped: "with " + args["what"] + " accepted it goes on"}.try(c)
	m.Args = args
	return m, h, ok
}
