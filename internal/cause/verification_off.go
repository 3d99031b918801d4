package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var verificationOff = Cause{
	ID: "TW9208", Slug: "verification-off", Since: "0.1",
	Phase: ClientSetup, Level: Weak,
	Title: "the client accepts any certificate: verification is switched off",
	Why: "The connection is encrypted, and the client does not check with whom. Anybody who can get in between may show a certificate of their own, read " +
		"everything and change it. Such settings are meant for a first try and are easily forgotten.",
	Check: "look for TrustServerCertificate=yes, verify=False, rejectUnauthorized: false, NODE_TLS_REJECT_UNAUTHORIZED=0, InsecureSkipVerify, -k, sslmode=require, " +
		"proxy_ssl_verify off in the client's settings",
	Cites: []string{
		"RFC 9325 §6.1 (host name validation), RFC 9525 §6",
		"urllib3 documentation: InsecureRequestWarning",
		"Node.js documentation: NODE_TLS_REJECT_UNAUTHORIZED",
		"Microsoft, Connection encryption troubleshooting in SQL Server: TrustServerCertificate",
	},
	Signs: []Sign{
		{Of: fact.VerificationOff, Weight: 10},
	},
	Written: writtenVerificationOff,
	Match:   examinedVerification,
	Advice: []change.Change{
		change.New(change.VerifyServer, change.Client),
		change.New(change.TrustCA, change.Client),
	},
}
