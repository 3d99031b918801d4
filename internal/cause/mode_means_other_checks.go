package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var modeMeansOtherChecks = Cause{
	ID: "TW9203", Slug: "mode-means-other-checks", Since: "0.1",
	Phase: ClientSetup, Level: Breaks,
	Title: "the same word for the mode checks other things in this driver than in the one it was taken from",
	Why: "Drivers of one database use the same words for how strictly they encrypt and verify, and mean different things. \"require\" checks nothing in one, the " +
		"authority in a second as soon as a CA file lies in its place, and name and authority in a third. A setting that works in one program therefore fails, " +
		"or protects less, in another.",
	Check: "try the strictest mode with a CA file (verify-full, VERIFY_IDENTITY) and the weakest that encrypts, in this very driver; psql \"host={host} port={port} " +
		"sslmode=require\" shows what libpq makes of the same word",
	Cites: []string{
		"PostgreSQL manual, SSL Support: require behaves like verify-ca if a root CA file exists",
		"node-postgres, pg-connection-string: prefer, require and verify-ca mean verify-full unless uselibpqcompat=true",
		"MariaDB Connector/C 3.4: verification by default; enforcing TLS and verifying are separate options",
		"go-sql-driver/mysql README: tls=true, skip-verify, preferred",
	},
	Signs: []Sign{
		{Of: fact.SelfSignedRoot, In: []fact.Context{"mysql"}, Weight: 4},
		{Of: fact.CAFileMissing, Weight: 3},
		{Of: fact.OptionInvalid, Weight: 4},
		{Of: fact.OptionsClash, Weight: 9},
	},
	Written: writtenHalf,
	Advice: []change.Change{
		change.New(change.VerifyServer, change.Client),
		change.New(change.TrustCA, change.Client),
		change.New(change.UpgradeClient, change.Client, "why", "newer versions accept the combination, or say which part of it they miss"),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
}
