package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var cipherPolicyEmpty = Cause{
	ID: "TW9206", Slug: "cipher-policy-empty", Since: "0.1",
	Phase: ClientSetup, Level: Breaks,
	Title: "the configured list of cipher suites or the policy leaves nothing to use",
	Why: "A setting names which cipher suites a program may use. This one leaves none: its words are misspelt or written for another library, the suites in it " +
		"are too weak for the library's security level or no longer exist, or a policy forbids all of them. The program cannot begin a handshake, with whomever " +
		"it is.",
	Check: "openssl ciphers -v 'YOUR LIST' prints what the list leaves, and an error if nothing; Windows: Get-TlsCipherSuite | Format-Table Name; Java: the " +
		"property jdk.tls.disabledAlgorithms against the suites that are enabled",
	Cites: []string{
		"OpenSSL: SSL_R_NO_CIPHER_MATCH (0A0000B9), SSL_R_NO_CIPHERS_AVAILABLE (0A0000B5)",
		"openssl-ciphers(1)",
		"Microsoft, Prioritizing Schannel Cipher Suites: group policy SSL Cipher Suite Order",
	},
	Signs: []Sign{
		{Of: fact.NoVersionLeft, Weight: 2},
		{Of: fact.NoCipherLeft, Weight: 9},
	},
	Written: writtenRefusal,
	Advice: []change.Change{
		change.New(change.OfferSuite, change.Client, "suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
		change.New(change.OfferSuite, change.Server, "suite", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
		change.NotAdvised(change.LowerSecurityLevel, change.Client, "level", "1"),
	},
}

// writtenRefusal: the options of a command or a connection string contradict each other, or name what there is not; the client ends
// before it connects.
func writtenRefusal(c *fact.Case) []Match {
	var list []Match
	for i := range c.Uses {
		u := &c.Uses[i]
		if u.Refused == "" {
			continue
		}
		m := written(u.Ref(), useSays(u, "it refuses its own options and connects to nobody: "+u.Refused), Proven, Breaks, []change.Change{
			change.New(change.AskOwner, change.Client, "what", "which of these options were meant: "+u.Mode)}, "host", u.Target.Host)
		m.About = About{Client: u.Client, Upstream: u.Target.Host}
		list = append(list, m)
	}
	return list
}
