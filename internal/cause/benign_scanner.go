package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var benignScanner = Cause{
	ID: "TW0101", Slug: "benign-scanner", Since: "0.1",
	Phase: Benign, Level: Note,
	Title: "a scanner or bot on the internet tried the port",
	Why: "Every public port is visited many times a day by programs that look for weak or badly configured servers. They offer strange, old or broken handshakes " +
		"on purpose, or speak another protocol, and the server refuses them, as it should. No user of yours is affected.",
	Check: "collect the client addresses of these lines (cut, sort, uniq -c) and look them up with whois: hosting providers and research networks from everywhere " +
		"are scanners, an address of your own or of a customer is not",
	Cites: []string{
		"Durumeric, Bailey and Halderman, An Internet-Wide View of Internet-Wide Scanning, USENIX Security 2014",
		"Shodan, Censys and Shadowserver describe their scans of all public addresses",
		"nginx src/event/ngx_event_openssl.c ngx_ssl_connection_error: which peer errors are logged as info and which as crit",
	},
	Signs: []Sign{
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPublic}, Weight: 6},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPublic}, Weight: 6},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Mail}, Weight: 6},
		{Of: fact.NotTLS, In: []fact.Context{"schannel"}, Weight: 7},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 8},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 9},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPrivate}, Weight: 3},
		{Of: fact.HTTPRequestHere, Weight: 7},
		{Of: fact.HTTPRequestHere, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 8},
		{Of: fact.HTTPRequestHere, In: []fact.Context{"stunnel"}, Weight: 8},
		{Of: fact.TLSToPlainPort, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 7},
		{Of: fact.NotThisProtocol, Weight: 2},
		{Of: fact.NotThisProtocol, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.NotThisProtocol, In: []fact.Context{fact.ByServer, fact.Database}, Weight: 7},
		{Of: fact.ProxyHeaderBroken, In: []fact.Context{fact.PeerPublic}, Weight: 4},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 7},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 8},
		{Of: fact.VersionRefused, In: []fact.Context{fact.ByServer, fact.Mail}, Weight: 6},
		{Of: fact.InappropriateFallback, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.NoSharedCipher, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 7},
		{Of: fact.NoSharedGroup, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 8},
		{Of: fact.BadKeyShare, Weight: 3},
		{Of: fact.BadKeyShare, In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.BadExtension, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.DecodeError, In: []fact.Context{fact.ByServer}, Weight: 7},
		{Of: fact.DecodeError, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 8},
		{Of: fact.UnexpectedMessage, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPublic}, Weight: 7},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.ByServer}, Weight: 2},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer, "haproxy"}, Weight: 6},
		{Of: fact.PeerAlert(40), In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.PeerAlert(47), Weight: 1},
		{Of: fact.PeerAlert(70), In: []fact.Context{fact.ByServer}, Weight: 3},
		{Of: fact.OwnAlert(10), In: []fact.Context{"schannel"}, Weight: 6},
		{Of: fact.OwnAlert(70), In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.OwnAlert(112), Weight: 3},
		{Of: fact.OwnAlert(120), Weight: 2},
		{Of: fact.NoServerCredential, Weight: 3},
		{Of: fact.KnownScanner, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.LeaveAlone, change.Server),
	},
}
