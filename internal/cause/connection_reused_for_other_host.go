package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var connectionReusedForOtherHost = Cause{
	ID: "TW8001", Slug: "connection-reused-for-other-host", Since: "0.1",
	Phase: Session, Level: Breaks,
	Title: "a connection that was opened for one name is used to ask for another, and the server refuses that",
	Why: "A client names the host twice: at the start of the encryption (SNI) and in each request (Host). Browsers use one connection for several names if one " +
		"certificate covers them; reverse proxies may send a fixed name first and the visitor's name later. This server has different TLS rules for the two " +
		"names and answers 421, Misdirected Request.",
	Check: "curl -v https://{host}:{port}/ -H 'Host: OTHER-NAME' gets 421, and https://OTHER-NAME/ by itself does not; the server's log shows both names",
	Cites: []string{
		"RFC 9110 §15.5.20 (421 Misdirected Request)",
		"RFC 9113 §9.1.1 (connection reuse)",
		"Apache modules/ssl/ssl_engine_kernel.c: AH02032, AH02033",
	},
	Signs: []Sign{
		{Of: fact.OtherHostSameConn, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.SendServerName, change.Client),
		change.New(change.AlignHosts, change.Server),
	},
}
