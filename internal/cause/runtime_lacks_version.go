package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var runtimeLacksVersion = Cause{
	ID: "TW9204", Slug: "runtime-lacks-version", Since: "0.1",
	Phase: ClientSetup, Level: Breaks,
	Title: "this program's runtime or driver is too old for TLS 1.2",
	Why: "A program does not bring TLS by itself: it uses a library, a runtime or a driver. The one in use was made before TLS 1.2 or needs an update to speak " +
		"it, while the other side no longer takes anything older. No setting helps where the version is unknown; the runtime or the driver must be replaced.",
	Check: "openssl version (1.0.1 or later); java -version (8 or later); python3 -c 'import ssl; print(ssl.OPENSSL_VERSION)'; node -p process.versions.openssl; " +
		"SQL Server and its Native Client: the builds in Microsoft KB3135244",
	Cites: []string{
		"Microsoft KB3135244 (TLS 1.2 support for Microsoft SQL Server)",
		"OpenSSL 1.0.1 release notes (TLS 1.2, March 2012)",
		"JDK 8 release notes: TLS 1.2 is on by default for clients; JDK 7 knows it and leaves it off",
		"Microsoft, Transport Layer Security best practices with .NET Framework: 4.6 or later",
	},
	Signs: []Sign{
		{Of: fact.ForciblyClosed, In: []fact.Context{"native-client"}, Weight: 8},
		{Of: fact.ForciblyClosed, In: []fact.Context{"dotnet"}, Weight: 7},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPrivate}, Weight: 4},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Database}, Weight: 5},
		{Of: fact.NoVersionLeft, Weight: 6},
		{Of: fact.RuntimeTooOld, Weight: 9},
		{Of: fact.HandshakeFailed, In: []fact.Context{"netfx"}, Weight: 7},
		{Of: fact.BrokeInHandshake, In: []fact.Context{"netfx"}, Weight: 7},
		{Of: fact.HandshakeFailed, In: []fact.Context{"yassl"}, Weight: 8},
		{Of: fact.CredentialFailed, Weight: 3},
	},
	Advice: []change.Change{
		change.New(change.UpgradeClient, change.Client, "why", "its runtime or driver is older than TLS 1.2"),
		change.New(change.OfferVersion, change.Client, "version", "TLS1.2"),
		change.NotAdvised(change.AllowOldVersion, change.Server, "version", "TLS1.0"),
	},
}
