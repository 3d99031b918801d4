package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var versionDisabledByPolicy = Cause{
	ID: "TW3003", Slug: "version-disabled-by-policy", Since: "0.1",
	Phase: Hello, Level: Breaks,
	Title: "a policy of the runtime or the system has switched off the TLS version that both sides know",
	Why: "TLS comes in versions. This program knows the version that the other side speaks, and is not allowed to use it: Java, Linux distributions and Windows " +
		"have switched TLS 1.0 and 1.1 off by a setting of their own, in an update that changed nothing else. The cure is to let the other side learn TLS 1.2; " +
		"the switch can be turned back only for a while.",
	Check: "Java: grep jdk.tls.disabledAlgorithms in conf/security/java.security (Java 8: jre/lib/security); OpenSSL: MinProtocol in openssl.cnf, " +
		"update-crypto-policies --show; openssl s_client -connect {host}:{port} -tls1_2 tells whether the other side knows TLS 1.2",
	Cites: []string{
		"RFC 8996 (TLS 1.0 and 1.1 must not be used)",
		"Oracle JRE and JDK Cryptographic Roadmap: TLS 1.0 and 1.1 disabled by 8u291, 11.0.11 (April 2021)",
		"Java sun.security.ssl.TransportContext: No appropriate protocol (protocol is disabled or cipher suites are inappropriate)",
		"SSL_CONF_cmd(3): MinProtocol",
	},
	Decide: "the same with older versions offered, as this system's policy forbids them",
	Signs: []Sign{
		{Of: fact.ForciblyClosed, In: []fact.Context{"odbc-unix"}, Weight: 5},
		{Of: fact.VersionRefused, Weight: 4},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient}, Weight: 6},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient, "java"}, Weight: 7},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 7},
		{Of: fact.NoVersionLeft, Weight: 9},
		{Of: fact.LegacySignature, Weight: 3},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "managed-sni"}, Weight: 6},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.MSSQL, "provider-ssl"}, Weight: 4},
		{Of: fact.CredentialFailed, Weight: 6},
		{Of: fact.CredentialFailed, In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.PeerAlert(70), Weight: 4},
		{Of: fact.PeerAlert(70), In: []fact.Context{fact.ByClient}, Weight: 5},
		{Of: fact.PeerAlert(70), In: []fact.Context{"node"}, Weight: 5},
		{Of: fact.PeerAlert(70), In: []fact.Context{"go"}, Weight: 4},
		{Of: fact.PeerAlert(70), In: []fact.Context{"java"}, Weight: 6},
		{Of: fact.PeerAlert(70), In: []fact.Context{"python"}, Weight: 5},
		{Of: fact.PeerAlert(70), In: []fact.Context{"curl"}, Weight: 5},
		{Of: fact.OwnAlert(70), In: []fact.Context{fact.ByClient}, Weight: 6},
		{Of: fact.SchannelProtocolOff, Weight: 5},
	},
	Variants: map[string]Variant{noVersion: noVersionWords},
	Written:  writtenSets("version-disabled-by-policy"),
	Advice: []change.Change{
		change.New(change.OfferVersion, change.Server, "version", "TLS1.2"),
		change.New(change.OfferVersion, change.Client, "version", "TLS1.2"),
		change.New(change.UpgradeServer, change.Server, "why", "needed if it knows no TLS 1.2"),
		change.NotAdvised(change.AllowOldVersion, change.Client, "version", "TLS1.0"),
	},
}
