package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// haproxy is HAProxy on both of its sides (Configuration Manual, 5.1 Bind options, 5.2 Server and default-server
// options).
func haproxy() Platform {
	return Platform{
		ID: "haproxy", Title: "HAProxy", Sides: []change.Side{change.Server, change.Client},
		Owns: func(c *fact.Case, side change.Side) int {
			if writes(c, side, "haproxy") {
				return 95
			}
			return 0
		},
		Steps: lazily(haproxyBook),
	}
}

func haproxyBook() book {
	const reload = "haproxy -c -f /etc/haproxy/haproxy.cfg && systemctl reload haproxy"
	return book{
		id:      "haproxy",
		file:    "/etc/haproxy/haproxy.cfg",
		apply:   reload,
		undo:    "put the lines back as they were, then: " + reload,
		recipes: slices.Concat(haproxyFront(), haproxyFiles(), haproxyBack(), haproxyWeak()),
	}
}

const (
	haproxyBind   = "bind :{httpsport} ssl crt /etc/haproxy/tls/site.pem"
	haproxyServer = "default-server ssl verify required ca-file /etc/haproxy/tls/upstream-ca.pem"
)

func haproxyFront() []recipe {
	return []recipe{
		{kind: change.OfferVersion, side: change.Server, what: "let HAProxy speak {ver} to clients", snippet: haproxyBind + " ssl-min-ver TLSv1.2"},
		{kind: change.TrustClientCA, side: change.Server, what: "let HAProxy trust the client certificate's CA", snippet: haproxyBind + " ca-file /etc/haproxy/tls/client-ca.pem verify required"},
		{kind: change.ServeName, side: change.Server, what: "give HAProxy a certificate for {name}: a directory with one file for each name", snippet: "bind :{httpsport} ssl crt /etc/haproxy/tls/"},
		{kind: change.LeaveAlone, side: change.Server, what: "keep connections on which nothing is said out of HAProxy's log", snippet: "option dontlognull"},
	}
}

// haproxyFiles: one file holds the certificate, its intermediates and, unless it lies beside it as .key, the key.
func haproxyFiles() []recipe {
	const join = "cat server.crt intermediate.crt server.key > /etc/haproxy/tls/site.pem && chmod 600 /etc/haproxy/tls/site.pem && systemctl reload haproxy"
	kinds := append(newCertificate(), change.SendChain, change.MatchKey, change.FixCertificateFile, change.FixKeyFile, change.EnableTLS)
	return alike(recipe{side: change.Server, what: "give HAProxy one file with the certificate, its intermediates and its key", snippet: haproxyBind, apply: join}, kinds...)
}

func haproxyBack() []recipe {
	return append(
		alike(recipe{side: change.Client, what: "let HAProxy verify its servers with their CA", snippet: haproxyServer}, change.TrustCA, change.UpdateCA, change.VerifyServer),
		recipe{kind: change.SendServerName, side: change.Client, what: "let HAProxy send {name} as server name, and expect it in the certificate",
			snippet: haproxyServer + " sni str({name|fqdn}) verifyhost {name|fqdn}"},
		recipe{kind: change.UseTLS, side: change.Client, what: "let HAProxy use TLS to its servers", snippet: haproxyServer},
		recipe{kind: change.PresentCertificate, side: change.Client, what: "let HAProxy show its servers a client certificate", snippet: haproxyServer + " crt /etc/haproxy/tls/client.pem"},
		recipe{kind: change.OfferVersion, variant: "servers", side: change.Client, what: "let HAProxy offer {ver} to its servers", snippet: haproxyServer + " ssl-min-ver TLSv1.2"},
		recipe{kind: change.ProbeWithTLS, side: change.Client, what: "let HAProxy's health check speak TLS", snippet: haproxyServer + " check check-ssl"},
	)
}

func haproxyWeak() []recipe {
	return []recipe{
		{kind: change.TrustAnything, side: change.Client, what: "let HAProxy verify nothing", snippet: "default-server ssl verify none",
			risk: "anybody between HAProxy and its servers can be one of them"},
		{kind: change.AllowOldVersion, side: change.Server, what: "let HAProxy speak {oldver} to clients", snippet: haproxyBind + " ssl-min-ver {haver} ciphers DEFAULT:@SECLEVEL=0",
			risk: "{oldver} and keys and digests that can be broken are accepted from everybody"},
	}
}
