package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var revocationUnavailable = Cause{
	ID: "TW5402", Slug: "revocation-unavailable", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "proof that the certificate of {subject} is not revoked is missing or of no use ({detail})",
	Plain: "proof that the certificate is not revoked cannot be had",
	Why: "An authority can take a certificate back, so clients may ask for fresh proof that it has not. The server can send that proof along " +
		"(OCSP stapling), and this certificate or this server promises to. What comes is nothing, or an answer that cannot be used.",
	Check:  "openssl s_client -connect {host}:{port} -servername {host} -status </dev/null: OCSP Response Status, This Update and Next Update",
	Cites:  []string{"RFC 7633 §4.2 (TLS feature status_request, must-staple)", "RFC 6066 §8 (certificate status request)", "RFC 6960 §4.2.2.1 (nextUpdate)"},
	Decide: "whether a revocation answer can be had",
	Signs: []Sign{
		{Of: fact.RevocationUnknown, Weight: 10},
		{Of: fact.PeerAlert(113), Weight: 9},
	},
	Advice: []change.Change{
		change.New(change.OpenFirewall, change.Network, "port", "80"),
		change.New(change.Staple, change.Server),
		change.New(change.AskOwner, change.Owner, "what", "a fresh revocation list (CRL) or an OCSP service that answers"),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.StapleMissing, fact.StapleBad)
		if !ok {
			return nil
		}
		detail, input := orElse(f.p.Detail, "the OCSP answer sent along is of no use"), "with a good OCSP answer"
		if f.p.Kind == fact.StapleMissing {
			detail = orElse(f.p.Detail, "the certificate demands a stapled OCSP answer, and none is sent")
		}
		m := f.match(c, input, "detail", detail)
		m.Proof = append(m.Proof, f.seen(detail))
		m.Changes = []change.Change{change.New(change.Staple, change.Server)}
		return []Match{m}
	},
}
