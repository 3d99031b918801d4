package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
)

var interceptedByAntivirus = Cause{
	ID: "TW5010", Slug: "intercepted-by-antivirus", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "{product} on this machine opens the connection and signs it anew as {issuer}",
	Plain: "a security program on this machine opens the connection and signs it anew",
	Why: "Security programs can look into encrypted connections by standing in between on the same machine. They show a certificate of their " +
		"own and put their authority into the system's or the browser's list; programs with a list of their own do not know it and refuse.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null names {issuer}; with HTTPS scanning switched off " +
		"in the program, or from another machine, it does not",
	Cites:  []string{"Kaspersky, ESET, Avast and Bitdefender support pages: scanning of encrypted connections", "Durumeric et al., The Security Impact of HTTPS Interception, NDSS 2017"},
	Decide: "the issuer seen from here",
	Signs: []Sign{
		{Of: fact.IssuerUnknown, Weight: 2},
		{Of: fact.LeafUnverified, In: []fact.Context{"peer-famous"}, Weight: 4},
		{Of: fact.IssuerUnknown, In: []fact.Context{"peer-famous"}, Weight: 4},
		{Of: fact.SelfSignedRoot, In: []fact.Context{"peer-famous"}, Weight: 5},
		{Of: fact.SelfSignedRoot, Weight: 3},
	},
	Hides: []string{"ca-not-trusted", "missing-intermediate", "self-signed-certificate", "ca-store-missing"},
	Advice: []change.Change{
		change.New(change.TrustCA, change.Client, "issuer", "that the security program signs with"),
		change.New(change.AskOwner, change.Client, "what", "to exclude this program from the security software's HTTPS scanning"),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match { return intercepted(c, trust.KindAntivirus, change.Client) },
}
