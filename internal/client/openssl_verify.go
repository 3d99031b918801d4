package client

import (
	"net/netip"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// Results of OpenSSL's X509_verify_cert (include/openssl/x509_vfy.h).
const (
	x509NoIssuer      = 2
	x509NotYetValid   = 9
	x509Expired       = 10
	x509SelfSigned    = 18
	x509SelfInChain   = 19
	x509NoLocalIssuer = 20
	x509LeafUnproven  = 21
	x509TooLong       = 22
	x509Revoked       = 23
	x509Purpose       = 26
	x509Host          = 62
	x509Address       = 64
	x509LeafKey       = 66
	x509CAKey         = 67
	x509Digest        = 68
)

// x509Order is the order in which OpenSSL 3.0 looks (crypto/x509/x509_vfy.c, verify_chain): the path, the purposes, the
// security level, the name, then signatures and times.
var x509Order = []struct {
	kind fact.ProblemKind
	code uint
}{
	{fact.SelfSignedLeaf, x509SelfSigned}, {fact.RootUnknown, x509SelfInChain}, {fact.IssuerMissing, x509NoLocalIssuer},
	{fact.AnchorRotated, x509NoLocalIssuer}, {fact.NoAnchors, x509NoLocalIssuer}, {fact.TooDeep, x509TooLong},
	{fact.WrongPurpose, x509Purpose},
	{fact.LeafKeySmall, x509LeafKey}, {fact.CAKeySmall, x509CAKey}, {fact.DigestWeak, x509Digest},
	{fact.NameMismatch, x509Host}, {fact.NameOnlyInCN, x509Host}, {fact.NameIsIP, x509Address},
	{fact.Revoked, x509Revoked},
	{fact.CANotYetValid, x509NotYetValid}, {fact.CAExpired, x509Expired},
	{fact.LeafNotYetValid, x509NotYetValid}, {fact.LeafExpired, x509Expired},
}

// x509Codes are the results that OpenSSL would hit on in turn, were it to go on after each.
func x509Codes(f Failure) []uint {
	var out []uint
	v := f.Verdict
	for _, o := range x509Order {
		if p := v.Find(o.kind); p != nil && p.Fatal {
			out = append(out, x509Path(o.code, f))
		}
	}
	return out
}

// x509Path tells the results apart by which OpenSSL says how a path without anchor ends.
func x509Path(code uint, f Failure) uint {
	switch {
	case code != x509NoLocalIssuer:
	case f.Verdict.Halfway:
		return x509NoIssuer // an intermediate stands in the store, its issuer does not
	case f.Handshake != nil && rootSent(f.Handshake.Chain):
		return x509SelfInChain
	}
	return code
}

// rootSent: the server sends the root of its chain along.
func rootSent(c *fact.Chain) bool {
	return c != nil && len(c.Certificates) > 1 && c.Certificates[len(c.Certificates)-1].SelfSigned
}

// x509First is the result of a client that stops at the first error: curl, psql, Python, s_client -verify_return_error.
func x509First(f Failure) uint {
	codes := x509Codes(f)
	if len(codes) == 0 {
		return 1 // X509_V_ERR_UNSPECIFIED
	}
	return codes[0]
}

// x509Last is the result that stands at the end for a client that looks when the handshake is over, names apart: nginx,
// Node. A lone leaf without issuer is reported once more, as 21, where its signature is checked (internal_verify).
func x509Last(f Failure) uint {
	last := uint(1)
	for _, c := range x509Codes(f) {
		switch {
		case c == x509Host || c == x509Address:
			continue
		case c == x509NoLocalIssuer && f.Verdict.Find(fact.TooDeep) == nil && len(f.Verdict.Path) <= 1:
			c = x509LeafUnproven
		}
		last = c
	}
	return last
}

// x509Text is OpenSSL's sentence for a result.
func x509Text(code uint) string {
	_, text := names.X509Verify(code)
	return text
}

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
