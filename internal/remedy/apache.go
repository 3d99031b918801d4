package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// apache is the Apache HTTP Server on both of its sides (mod_ssl).
func apache() Platform {
	return Platform{
		ID: "apache", Title: "Apache HTTP Server", Sides: []change.Side{change.Server, change.Client},
		Owns: func(c *fact.Case, side change.Side) int {
			switch {
			case writes(c, side, "apache"):
				return 95
			case side == change.Server && family(c) == "https" && banner(c, "Apache"):
				return 90
			}
			return 0
		},
		Steps: lazily(apacheBook),
	}
}

func apacheBook() book {
	const reload = "apachectl configtest && apachectl graceful"
	return book{
		id:      "apache",
		file:    "the <VirtualHost> of the site",
		apply:   reload,
		undo:    "put the lines back as they were, then: " + reload,
		recipes: slices.Concat(apacheServer(), apacheProxy(), apacheWeak()),
	}
}

// apachePair: since 2.4.8 the intermediates follow the certificate in the same file.
const apachePair = `SSLCertificateFile    /etc/apache2/tls/fullchain.pem
SSLCertificateKeyFile /etc/apache2/tls/privkey.pem`

func apacheServer() []recipe {
	kinds := append(newCertificate(), change.SendChain, change.MatchKey, change.FixCertificateFile, change.FixKeyFile)
	return append(
		alike(recipe{side: change.Server, what: "give Apache a certificate, followed by its intermediates, and its key, in the files that these lines name", snippet: apachePair,
			apply: keyCheck("/etc/apache2/tls/fullchain.pem", "/etc/apache2/tls/privkey.pem") + "\napachectl configtest && apachectl graceful"}, kinds...),
		recipe{kind: change.EnableTLS, side: change.Server, what: "let Apache speak TLS in this virtual host", snippet: "SSLEngine on\n" + apachePair},
		recipe{kind: change.OfferVersion, side: change.Server, what: "let Apache speak {ver}", snippet: "SSLProtocol all -SSLv3 -TLSv1 -TLSv1.1"},
		recipe{kind: change.OfferSuite, side: change.Server, what: "let Apache take {ossl}: append it to SSLCipherSuite", snippet: "SSLCipherSuite HIGH:!aNULL:{ossl}"},
		recipe{kind: change.DropDHE, side: change.Server, what: "take the TLS_DHE suites away from Apache", snippet: "SSLCipherSuite HIGH:!aNULL:!DHE"},
		recipe{kind: change.TrustClientCA, side: change.Server, what: "let Apache trust the client certificate's CA",
			snippet: "SSLCACertificateFile /etc/apache2/tls/client-ca.pem\nSSLVerifyClient require", apply: "cat ca.crt >> /etc/apache2/tls/client-ca.pem && apachectl graceful"},
		recipe{kind: change.AlignHosts, side: change.Server,
			what: "give the virtual hosts of one address the same SSLProtocol, SSLCipherSuite, SSLVerifyClient and CA lines, best once, outside of them"},
	)
}

func apacheProxy() []recipe {
	const verify = "SSLProxyEngine on\nSSLProxyCACertificateFile /etc/apache2/tls/upstream-ca.pem\nSSLProxyVerify require"
	return append(
		alike(recipe{side: change.Client, what: "let Apache verify its upstream with the CA's certificate", snippet: verify,
			apply: "cat ca.crt >> /etc/apache2/tls/upstream-ca.pem && apachectl configtest && apachectl graceful"}, change.TrustCA, change.UpdateCA, change.VerifyServer),
		recipe{kind: change.UseTLS, side: change.Client, what: "let Apache use TLS to its upstream: https:// in ProxyPass, and this line", snippet: "SSLProxyEngine on"},
		recipe{kind: change.OfferVersion, variant: "upstream", side: change.Client, what: "let Apache offer {ver} to its upstream", snippet: "SSLProxyProtocol all -SSLv3 -TLSv1 -TLSv1.1"},
		recipe{kind: change.SendServerName, side: change.Client, what: "let Apache name to its upstream the host of ProxyPass, not the visitor's", snippet: "ProxyPreserveHost Off"},
		recipe{kind: change.PresentCertificate, side: change.Client, what: "let Apache show its upstream a client certificate (certificate and key in one file)",
			snippet: "SSLProxyMachineCertificateFile /etc/apache2/tls/client.pem"},
	)
}

func apacheWeak() []recipe {
	return []recipe{
		{kind: change.TrustAnything, side: change.Client, what: "let Apache verify nothing of its upstream",
			snippet: "SSLProxyVerify none\nSSLProxyCheckPeerName off\nSSLProxyCheckPeerExpire off", risk: "anybody between Apache and its upstream can be the upstream"},
		{kind: change.SkipNameCheck, side: change.Client, what: "let Apache verify the upstream's CA and not its name", snippet: "SSLProxyCheckPeerName off",
			risk: "any certificate of a trusted CA would be accepted"},
		{kind: change.AllowOldVersion, side: change.Server, what: "let Apache speak {oldver}", snippet: "SSLProtocol all -SSLv3\nSSLCipherSuite DEFAULT:@SECLEVEL=0",
			risk: "{oldver} and keys and digests that can be broken are accepted from everybody"},
	}
}
