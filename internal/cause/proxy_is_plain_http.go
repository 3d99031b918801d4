package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var proxyIsPlainHTTP = Cause{
	ID: "TW1009", Slug: "proxy-is-plain-http", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "the proxy's address begins with https://, and the proxy speaks plain HTTP",
	Why: "Programs reach the web through a proxy that is given as an address. Its beginning says how to speak to the proxy itself, not to the web site. With " +
		"https:// the program begins TLS with the proxy; most proxies speak plain HTTP on their port and answer with something that is no TLS. The encrypted " +
		"tunnel to the site works through such a proxy all the same.",
	Check: "env | grep -i proxy shows the address; curl -v -x http://PROXY:PORT https://DESTINATION/ works, with -x https://PROXY:PORT it fails",
	Cites: []string{
		"urllib3 documentation, Your proxy appears to only use HTTP and not HTTPS",
		"curl(1), --proxy: https:// means TLS to the proxy itself",
		"RFC 9110 §9.3.6 (CONNECT)",
	},
	Signs: []Sign{
		{Of: fact.NotTLS, Weight: 3},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.NotTLS, In: []fact.Context{"python"}, Weight: 7},
		{Of: fact.HTTPFromServer, Weight: 3},
		{Of: fact.HTTPSProxyURL, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.UseHTTPProxy, change.Client),
	},
}
