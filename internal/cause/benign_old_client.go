package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var benignOldClient = Cause{
	ID: "TW0104", Slug: "benign-old-client", Since: "0.1",
	Phase: Benign, Level: Note,
	Title: "a single outdated client came by and offered only what the server no longer takes",
	Why: "Old telephones, appliances, scripts and crawlers still offer TLS versions or cipher suites that were withdrawn years ago. The server refuses them, and " +
		"that is what it was set up to do. One of them now and then is ordinary; a steady stream from one address is somebody whose program needs an update.",
	Check: "the client's address in the log, and the user agent of its other requests if it has any; openssl s_client -connect {host}:{port} shows that current " +
		"clients connect",
	Cites: []string{
		"RFC 8996 (TLS 1.0 and 1.1 must not be used)",
		"RFC 9325 §3.1.1",
		"OpenSSL: SSL_R_UNSUPPORTED_PROTOCOL (0A000102), SSL_R_VERSION_TOO_LOW (0A00018C)",
	},
	Signs: []Sign{
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Mail}, Weight: 5},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 7},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 7},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPrivate}, Weight: 5},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Mail}, Weight: 7},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 5},
		{Of: fact.OwnAlert(70), Weight: 4},
		{Of: fact.OwnAlert(70), In: []fact.Context{fact.ByServer}, Weight: 6},
	},
	Advice: []change.Change{
		change.New(change.LeaveAlone, change.Server),
		change.New(change.UpgradeClient, change.Client, "why", "if it is one of yours: it offers only what was withdrawn"),
		change.NotAdvised(change.AllowOldVersion, change.Server, "version", "TLS1.0"),
	},
}
