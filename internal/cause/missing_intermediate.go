package cause

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var missingIntermediate = Cause{
	ID: "TW5004", Slug: "missing-intermediate", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the server does not send the intermediate certificate {issuer}",
	Plain: "the server does not send an intermediate certificate",
	Why: "Authorities rarely sign servers themselves: an intermediate certificate stands between, and the server must send it along. Without it " +
		"the client cannot see how the server's certificate hangs together with an authority it trusts. Browsers often fetch or remember it, other programs do not.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null lists what is sent: one certificate, or " +
		"none whose subject (s:) is the issuer (i:) of the one before",
	Cites: []string{
		"RFC 8446 §4.4.2 (each certificate should certify the one before; the root may be left out)", "RFC 5280 §4.2.2.1 (caIssuers)",
		"OpenSSL X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY (20), X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE (21)",
	},
	Decide: "whether the certificates that it sends reach a root",
	Signs: []Sign{
		{Of: fact.VerifyFailed, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByClient}, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByServer}, Weight: 1},
		{Of: fact.VerifyFailed, In: []fact.Context{"python"}, Weight: 6},
		{Of: fact.IssuerUnknown, Weight: 6},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.IssuerUnknown, In: []fact.Context{"java"}, Weight: 5},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL}, Weight: 3},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "odbc18"}, Weight: 3},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "sqlclient-new"}, Weight: 3},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "oledb"}, Weight: 3},
		{Of: fact.IssuerUnknown, In: []fact.Context{"go"}, Weight: 5},
		{Of: fact.IssuerUnknown, In: []fact.Context{"curl"}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.ToUpstream}, Weight: 6},
		{Of: fact.LeafUnverified, Weight: 9},
		{Of: fact.LeafUnverified, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.PeerAlert(46), Weight: 3},
		{Of: fact.PeerAlert(46), In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.PeerAlert(48), In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.PeerAlert(48), In: []fact.Context{fact.ByClient}, Weight: 2},
		{Of: fact.OwnAlert(48), Weight: 5},
	},
	Written: writtenIntermediate,
	Advice: []change.Change{
		change.New(change.SendChain, change.Server),
		change.New(change.TrustCA, change.Client),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: matchMissingIntermediate,
}

// matchMissingIntermediate: possible until the certificate is found, since a missing issuer may be a root as well.
func matchMissingIntermediate(c *fact.Case) []Match {
	f, ok := faultOf(c, fact.IssuerMissing)
	if !ok {
		return repairedByClient(c)
	}
	found := sentElsewhere(c, f)
	if found == nil && len(missingURLs(f)) == 0 && !c.Question.OwnRoots {
		return nil // nothing hints at an intermediate: ca-not-trusted
	}
	m := f.match(c, "with "+f.cert.Issuer+" sent along")
	if found != nil {
		m.Proof = append(m.Proof, Proof{Ref: found.Ref, Says: "this handshake brings the missing certificate, and the chain leads to a trusted CA"})
	} else { // whether it leads to a trusted CA is not known
		m.Sure, m.Proof = Possible, nil
	}
	m.Proof = append(m.Proof, f.seen(list(sentNames(f.h.Chain))+" sent; "+f.cert.Issuer+", which issued "+m.Args["subject"]+", is not among them"))
	for _, p := range f.h.Verdict.Problems {
		if p.Kind == fact.Unrelated {
			m.Proof = append(m.Proof, f.seen("sent although it belongs to no path: "+p.Detail))
		}
	}
	if urls := missingURLs(f); len(urls) > 0 {
		m.Args["aia"] = urls[0]
		m.Proof = append(m.Proof, f.seen("the certificate says where its issuer's can be had: "+list(urls)))
	}
	m.Changes = []change.Change{
		change.New(change.SendChain, change.Server, given("issuer", f.cert.Issuer, "aia", m.Args["aia"])...),
		change.NotAdvised(change.TrustAnything, change.Client),
	}
	return []Match{m}
}

// missingURLs is where the issuer's certificate could be fetched (authority information access).
func missingURLs(f fault) []string {
	if len(f.p.Names) > 0 {
		return f.p.Names
	}
	return f.cert.AIA
}

// sentElsewhere is another handshake that brought the missing certificate and reached an anchor with it.
func sentElsewhere(c *fact.Case, f fault) *fact.Handshake {
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if h != f.h && h.Verdict != nil && h.Verdict.Trusted && bySubject(h.Chain, f.cert.Issuer) != nil {
			return h
		}
	}
	return nil
}

func sentNames(chain *fact.Chain) []string {
	var all []string
	for i := range chain.Certificates {
		all = append(all, called(&chain.Certificates[i]))
	}
	return all
}

// repairedByClient: the chain is good only because this client has the intermediate in its own store.
func repairedByClient(c *fact.Case) []Match {
	h := c.Base()
	if h == nil || h.Verdict == nil || !h.Verdict.Trusted || h.Chain.Leaf() == nil || len(h.Verdict.Path) < 2 {
		return nil
	}
	path, sent := h.Verdict.Path, sentNames(h.Chain)
	inner := path[1 : len(path)-1]
	if h.Verdict.Halfway {
		inner = path[1:]
	}
	for _, name := range inner {
		if slices.Contains(sent, name) || bySubject(h.Chain, name) != nil {
			continue
		}
		return []Match{{About: about(c, h), Sure: Proven, Level: Weak, Args: where(c, h, "issuer", name, "subject", called(h.Chain.Leaf())),
			Proof: []Proof{
				{Ref: h.Ref, Says: list(sent) + " sent, without " + name},
				again(h, "this client has "+name+" in its own store; without it the chain ends there"),
			},
			Changes: []change.Change{change.New(change.SendChain, change.Server, "issuer", name)},
		}}
	}
	return nil
}
