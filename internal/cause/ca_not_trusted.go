package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var caNotTrusted = Cause{
	ID: "TW5005", Slug: "ca-not-trusted", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the client does not trust the CA {issuer}, which stands behind the server's certificate",
	Plain: "the certificate is of a CA that the side which checks it does not trust",
	Why: "The server's certificate is vouched for by an authority that is not on the client's list. That is normal for authorities of a company " +
		"or a cloud provider: their certificate must be given to the client once. It is also what somebody in between would look like.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} -showcerts </dev/null shows who issued what (i: lines); with -CAfile CA.pem " +
		"it must say: Verify return code: 0 (ok)",
	Cites: []string{
		"RFC 5280 §6.1 (path validation ends at a trust anchor)",
		"OpenSSL X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN (19), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY (20)",
		"RFC 8446 §6.2 (unknown_ca, alert 48)",
	},
	Decide: "where the chain that it sends ends",
	Signs: []Sign{
		{Of: fact.CannotConnect, In: []fact.Context{"ldap"}, Weight: 6},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPrivate}, Weight: 3},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPublic}, Weight: 2},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer}, Weight: 2},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPrivate}, Weight: 3},
		{Of: fact.HandshakeFailed, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.HealthCheck}, Weight: 5},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL}, Weight: 5},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "managed-sni"}, Weight: 5},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer, "haproxy"}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "provider-ssl"}, Weight: 7},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.VerifyFailed, Weight: 6},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByClient}, Weight: 6},
		{Of: fact.VerifyFailed, In: []fact.Context{"python"}, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{"docker"}, Weight: 6},
		{Of: fact.VerifyFailed, In: []fact.Context{"mysql"}, Weight: 6},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.IssuerUnknown, Weight: 8},
		{Of: fact.IssuerUnknown, In: []fact.Context{"java"}, Weight: 8},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "odbc18"}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "sqlclient-new"}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "oledb"}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{"go"}, Weight: 8},
		{Of: fact.IssuerUnknown, In: []fact.Context{"curl"}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.ToUpstream}, Weight: 8},
		{Of: fact.LeafUnverified, Weight: 7},
		{Of: fact.LeafUnverified, In: []fact.Context{"peer-famous"}, Weight: 6},
		{Of: fact.IssuerUnknown, In: []fact.Context{"peer-famous"}, Weight: 7},
		{Of: fact.SelfSignedRoot, In: []fact.Context{"peer-famous"}, Weight: 7},
		{Of: fact.VerifyFailed, In: []fact.Context{"peer-famous"}, Weight: 7},
		{Of: fact.CertSelfSigned, Weight: 4},
		{Of: fact.CertSelfSigned, In: []fact.Context{fact.MSSQL, "odbc18"}, Weight: 3},
		{Of: fact.CertSelfSigned, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.SelfSignedRoot, Weight: 9},
		{Of: fact.SelfSignedRoot, In: []fact.Context{"mysql"}, Weight: 9},
		{Of: fact.ChainTooLong, Weight: 2},
		{Of: fact.InvalidCA, Weight: 3},
		{Of: fact.NoTrustAnchors, Weight: 4},
		{Of: fact.RejectedByCallback, Weight: 7},
		{Of: fact.CertUnacceptable, Weight: 4},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.PeerAlert(42), Weight: 4},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.PeerAlert(42), In: []fact.Context{"go"}, Weight: 8},
		{Of: fact.PeerAlert(46), Weight: 7},
		{Of: fact.PeerAlert(46), In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.PeerAlert(48), Weight: 7},
		{Of: fact.PeerAlert(48), In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.PeerAlert(48), In: []fact.Context{fact.ByClient}, Weight: 4},
		{Of: fact.OwnAlert(42), Weight: 7},
		{Of: fact.OwnAlert(46), Weight: 8},
		{Of: fact.OwnAlert(48), Weight: 9},
	},
	Advice: []change.Change{
		change.New(change.TrustCA, change.Client),
		change.New(change.SendChain, change.Server),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.RootUnknown, fact.IssuerMissing)
		if !ok {
			return nil
		}
		m := f.match(c, "with "+f.cert.Issuer+" trusted")
		if f.p.Kind == fact.IssuerMissing {
			if sentElsewhere(c, f) != nil {
				return nil // missing-intermediate has found it
			}
			if len(missingURLs(f)) > 0 || c.Question.OwnRoots {
				m.Sure = Possible // it may as well be an intermediate that the server should send
				m.Against = []Proof{f.seen("the missing certificate may be an intermediate of a CA that the client trusts")}
			}
		}
		m.Proof = append(m.Proof, f.seen("sent: "+list(sentNames(f.h.Chain))+"; the way up ends at "+f.cert.Issuer))
		m.Changes = []change.Change{
			change.New(change.TrustCA, change.Client, "issuer", f.cert.Issuer),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
