package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var chainTooDeep = Cause{
	ID: "TW5007", Slug: "chain-too-deep", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the certificate chain is longer than this client follows ({detail})",
	Plain: "the certificate chain is longer than this side follows",
	Why: "Between the server's certificate and an authority that the client trusts stand intermediate certificates. Clients follow only so " +
		"many of them, so that nobody can keep them busy with endless chains; here there are more than this one allows.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null | grep -c BEGIN counts what is sent",
	Cites: []string{
		"SSL_CTX_set_verify_depth(3), SSL_CTX_set_max_cert_list(3)", "OpenSSL X509_V_ERR_CERT_CHAIN_TOO_LONG (22)",
		"nginx ngx_http_proxy_module: proxy_ssl_verify_depth, 1 by default", "Java jdk.tls.maxHandshakeMessageSize",
	},
	Decide: "the length of the chain that it sends",
	Signs: []Sign{
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.ToUpstream}, Weight: 4},
		{Of: fact.LeafUnverified, Weight: 1},
		{Of: fact.ChainTooLong, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.SendChain, change.Server),
		change.New(change.AskOwner, change.Owner, "what", "a certificate of a CA that is nearer to its root, and a chain without needless certificates"),
	},
	Match: func(c *fact.Case) []Match {
		if h := chainTooLarge(c); h != nil {
			return []Match{{About: about(c, h), Sure: Likely, Args: where(c, h, "detail", orElse(h.End.Detail, "the message is too large")),
				Proof: []Proof{{Ref: h.Ref, Says: ending(h) + ": the message due is the certificate chain"}}, Changes: shorterChain()}}
		}
		f, ok := faultOf(c, fact.TooDeep)
		if !ok {
			return nil
		}
		m := f.match(c, "without a limit of its depth", "detail", orElse(f.p.Detail, itoa(len(f.h.Verdict.Path))+" certificates"))
		m.Proof = append(m.Proof, f.seen(itoa(len(f.h.Chain.Certificates))+" certificates are sent"))
		m.Changes = shorterChain()
		return []Match{m}
	},
}

// chainTooLarge is a handshake that the client broke off over a message larger than it takes, where the server's
// Certificate was due, or was read in part: no other message of that flight can grow so large.
func chainTooLarge(c *fact.Case) *fact.Handshake {
	h := failing(c, fact.AtServerHello, fact.AtCertificate, fact.AtKeyExchange)
	if h == nil || h.End.How != fact.EndLocal || h.End.Reason != "message-too-large" {
		return nil
	}
	return h
}

func shorterChain() []change.Change {
	return []change.Change{
		change.New(change.ReplaceCertificate, change.Server, "why", "its chain is too long"),
		change.New(change.AskOwner, change.Owner, "what", "a certificate of a CA that is nearer to its root, and a chain without needless certificates"),
	}
}
