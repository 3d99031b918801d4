package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var selfSignedCertificate = Cause{
	ID: "TW5001", Slug: "self-signed-certificate", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the server's certificate, {subject}, signed itself",
	Plain: "the server's certificate signed itself",
	Why: "A certificate is worth something because an authority that the client knows vouches for it. This one vouches for itself: anybody " +
		"could make one like it. Products create such a certificate when they are installed, so that there is something to start with.",
	Check: "openssl s_client -connect {host}:{port} -servername {host} </dev/null says: verify error:num=18:self-signed certificate",
	Cites: []string{
		"RFC 5280 §3.2 (self-signed certificates)", "OpenSSL X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT (18)",
		"MySQL 8.4 manual, 8.3.3.1 (certificates created automatically)",
	},
	Decide: "who signed the certificate that it sends",
	Signs: []Sign{
		{Of: fact.CannotConnect, In: []fact.Context{"ldap"}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "managed-sni"}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "provider-ssl"}, Weight: 7},
		{Of: fact.VerifyFailed, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.ByClient}, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{"python"}, Weight: 4},
		{Of: fact.VerifyFailed, In: []fact.Context{"docker"}, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{"mysql"}, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.IssuerUnknown, Weight: 5},
		{Of: fact.IssuerUnknown, In: []fact.Context{"java"}, Weight: 6},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "odbc18"}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "sqlclient-new"}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{fact.MSSQL, "oledb"}, Weight: 7},
		{Of: fact.IssuerUnknown, In: []fact.Context{"go"}, Weight: 5},
		{Of: fact.IssuerUnknown, In: []fact.Context{"curl"}, Weight: 3},
		{Of: fact.CertSelfSigned, In: []fact.Context{"peer-famous"}, Weight: 6},
		{Of: fact.CertSelfSigned, Weight: 10},
		{Of: fact.CertSelfSigned, In: []fact.Context{fact.MSSQL, "odbc18"}, Weight: 8},
		{Of: fact.CertSelfSigned, In: []fact.Context{fact.MSSQL}, Weight: 9},
		{Of: fact.SelfSignedRoot, Weight: 5},
		{Of: fact.SelfSignedRoot, In: []fact.Context{"mysql"}, Weight: 4},
		{Of: fact.InvalidCA, Weight: 3},
		{Of: fact.RejectedByCallback, Weight: 7},
		{Of: fact.PeerAlert(42), In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.PeerAlert(42), In: []fact.Context{"go"}, Weight: 4},
		{Of: fact.PeerAlert(46), Weight: 5},
		{Of: fact.PeerAlert(46), In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.PeerAlert(48), In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.OwnAlert(46), Weight: 5},
		{Of: fact.OwnAlert(48), Weight: 6},
	},
	Hides: []string{"ca-not-trusted", "certificate-wrong-purpose"},
	Advice: []change.Change{
		change.New(change.TrustCA, change.Client),
		change.New(change.ReplaceCertificate, change.Server, "why", "it is self-signed"),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.SelfSignedLeaf)
		if !ok {
			return nil
		}
		m := f.match(c, "with this very certificate trusted")
		m.Proof = append(m.Proof, f.seen("subject and issuer are the same, "+orElse(f.cert.Issuer, m.Args["subject"])+", and its own key made the signature"))
		m.Changes = []change.Change{
			change.New(change.ReplaceCertificate, change.Server, "why", "it is self-signed"),
			change.New(change.TrustCA, change.Client, "issuer", m.Args["subject"]),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
