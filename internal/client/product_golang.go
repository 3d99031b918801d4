package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// goCrypto is a program that uses Go's crypto/tls.
func goCrypto() Product {
	does := func(p Profile, verify bool, roots RootsUse) Behaviour {
		return Behaviour{Profile: p, TLS: TLSRequire, Chain: verify, Name: verify, Roots: roots, Text: goText}
	}
	return Product{
		ID: "go", Says: "Go crypto/tls (1.26)", Protocols: []string{"tls", "https"},
		Modes: []Mode{
			{ID: "system trust", Says: "an empty tls.Config", Does: does(goTLS(), true, RootsSystem)},
			{ID: "RootCAs", Says: "a pool of one's own", Does: does(goTLS(), true, RootsGiven)},
			{ID: "InsecureSkipVerify", Says: "nothing is verified", Does: does(goTLS(), false, RootsSystem)},
			{ID: "InsecureSkipVerify MinVersion=TLS1.0", Says: "nothing is verified, old versions too", Does: does(goTLS10(), false, RootsSystem)},
		},
		Aliases: []string{"golang", "crypto/tls", "go crypto/tls"},
	}
}

// goOwn are errors of crypto/tls that drivers wrap (crypto/tls/handshake_client.go, handshake_client_tls13.go).
var goOwn = map[string]string{
	wire.ReasonSecondRetry:    "tls: server sent two HelloRetryRequest messages",
	wire.ReasonDowngrade:      "tls: downgrade attempt detected, possibly due to a MitM attack or a broken middlebox",
	wire.ReasonUnofferedSuite: "tls: server chose an unconfigured cipher suite",
}

// goText is the error of tls.Dialer.
func goText(f Failure) string {
	switch {
	case f.How == fact.EndTimeout:
		return "context deadline exceeded"
	case f.How == fact.EndLocal && goOwn[f.Reason] != "":
		return goOwn[f.Reason]
	case f.Reason == wire.ReasonBadKeyShare && shareMissing(f.Handshake):
		return "tls: server did not send a key share"
	case f.Reason == "chain":
		if hint := goWeakIssuer(f.Verdict); hint != "" {
			return "tls: failed to verify certificate: x509: certificate signed by unknown authority" + hint
		}
	}
	return driverGo(f)
}

// shareMissing: a ServerHello of TLS 1.3 without key share.
func shareMissing(h *fact.Handshake) bool {
	return h != nil && h.Server != nil && h.Server.Version == wire.TLS13 && h.Server.Share == nil
}

// goWeakIssuer is what Go adds when it found the issuer and could not take its signature (x509.UnknownAuthorityError).
func goWeakIssuer(v *fact.Verdict) string {
	p := v.Find(fact.DigestWeak)
	if p == nil || v.Find(fact.LeafExpired) != nil || nameProblem(v) != nil {
		return ""
	}
	issuer := v.Anchor
	if p.At >= 0 && p.At+1 < len(v.Path) {
		issuer = v.Path[p.At+1]
	}
	algorithm := map[string]string{"sha1WithRSAEncryption": "SHA1-RSA", "md5WithRSAEncryption": "MD5-RSA", "ecdsa-with-SHA1": "ECDSA-SHA1"}[p.Detail]
	if algorithm == "" {
		algorithm = p.Detail
	}
	return fmt.Sprintf(" (possibly because of %q while trying to verify candidate authority certificate %q)",
		"x509: cannot verify signature: insecure algorithm "+algorithm, issuer)
}
