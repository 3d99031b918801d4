package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// nginxServer is nginx as the TLS server (ngx_http_ssl_module).
func nginxServer() Platform {
	return Platform{
		ID: "nginx-server", Title: "nginx", Sides: []change.Side{change.Server},
		Owns: func(c *fact.Case, _ change.Side) int {
			switch {
			case family(c) != "https" || microsoft(c):
				return 0
			case banner(c, "nginx") || writes(c, change.Server, "nginx"):
				return 90
			}
			return 40
		},
		Steps: lazily(nginxServerBook),
	}
}

func nginxServerBook() book {
	return book{
		id:    "nginx-server",
		file:  "nginx.conf, server { }",
		apply: "nginx -t && nginx -s reload",
		undo:  "put the lines back as they were, then: nginx -t && nginx -s reload",
		recipes: slices.Concat(nginxServerHello(), nginxServerNames(), nginxServerFiles(), nginxServerClients(),
			nginxServerReach(), nginxServerWeak()),
	}
}

// nginxCiphers is the default of ssl_ciphers.
const nginxCiphers = "HIGH:!aNULL:!MD5"

func nginxServerHello() []recipe {
	return []recipe{
		// Before SNI is read the handshake runs with the port's default server: ssl_protocols belongs to http { }.
		{kind: change.OfferVersion, what: "let nginx speak {ver}, in every server of the port", file: "nginx.conf, http { }",
			snippet: "ssl_protocols TLSv1.2 TLSv1.3;"},
		{kind: change.OfferSuite, what: "let nginx take {ossl}: append it to ssl_ciphers",
			snippet: "ssl_ciphers " + nginxCiphers + ":{ossl};"},
		{kind: change.OfferSuite, variant: "tls13", what: "let nginx take {suite13} in TLS 1.3 (nginx 1.19.4 or later)",
			snippet: "ssl_conf_command Ciphersuites {suites13};", when: has("suite13")},
		{kind: change.OfferGroup, what: "let nginx take the key-exchange group {curve}", snippet: "ssl_ecdh_curve {groups};"},
		{kind: change.OfferSignature, what: "let nginx sign with {scheme} (nginx 1.19.4 or later)",
			snippet: "ssl_conf_command SignatureAlgorithms {sigalgs};"},
		{kind: change.OfferALPN, what: "let nginx speak HTTP/2", snippet: "listen {port} ssl http2;", when: is("protocol", "h2")},
		{kind: change.DropDHE, what: "take the TLS_DHE suites away from nginx: append :!DHE to ssl_ciphers",
			snippet: "ssl_ciphers " + nginxCiphers + ":!DHE;"},
		{kind: change.GrowDH, what: "give nginx a Diffie-Hellman group of {dhbits} bits (RFC 7919, {ffdhe})",
			snippet: "ssl_dhparam /etc/nginx/tls/dhparam.pem;",
			apply: "mkdir -p /etc/nginx/tls && openssl genpkey -genparam -algorithm DH -pkeyopt group:{ffdhe} -out /etc/nginx/tls/dhparam.pem" +
				" && nginx -t && nginx -s reload"},
		{kind: change.Staple, what: "let nginx fetch and send OCSP answers", snippet: `ssl_stapling on;
ssl_stapling_verify on;
ssl_trusted_certificate /etc/nginx/tls/fullchain.pem;
resolver 127.0.0.53;`},
	}
}

func nginxServerNames() []recipe {
	return []recipe{
		{kind: change.ServeName, what: "give {name} a server of its own, with a certificate that names it",
			file: "nginx.conf, http { }", snippet: `server {
    listen {port} ssl;
    server_name {name|wild};
    ssl_certificate     /etc/nginx/tls/fullchain.pem;
    ssl_certificate_key /etc/nginx/tls/privkey.pem;
}`, undo: "take the server block out, then: nginx -t && nginx -s reload"},
		{kind: change.UseOtherKeyType, what: "give nginx a second certificate, with a key of type {keytype}, beside the one it has",
			snippet: `ssl_certificate     /etc/nginx/tls/{alg}-fullchain.pem;
ssl_certificate_key /etc/nginx/tls/{alg}-privkey.pem;`,
			undo: "take the two lines out, then: nginx -t && nginx -s reload"},
	}
}

// nginxPair is the certificate, its chain and its key as every kind of new certificate needs them.
const nginxPair = `ssl_certificate     /etc/nginx/tls/fullchain.pem;
ssl_certificate_key /etc/nginx/tls/privkey.pem;`

func nginxServerFiles() []recipe {
	undo := "put the old files back, then: nginx -t && nginx -s reload"
	return append(alike(recipe{what: "give nginx the new certificate, followed by its intermediates, and its key, in the files that these lines name",
		snippet: nginxPair, undo: undo}, newCertificate()...),
		recipe{kind: change.MatchKey, what: "give nginx the key that belongs to the certificate", snippet: nginxPair,
			apply: keyCheck("/etc/nginx/tls/fullchain.pem", "/etc/nginx/tls/privkey.pem") + "\nnginx -t && nginx -s reload", undo: undo},
		recipe{kind: change.SendChain, what: "let nginx send the intermediate certificate: one file, the server's certificate first",
			snippet: "ssl_certificate /etc/nginx/tls/fullchain.pem;",
			apply:   "cat server.crt intermediate.crt > /etc/nginx/tls/fullchain.pem && nginx -t && nginx -s reload"},
		recipe{kind: change.FixCertificateFile, what: "give nginx a certificate that it can read, in PEM form, in the file that this line names", snippet: nginxPair,
			apply: "openssl x509 -in /etc/nginx/tls/fullchain.pem -noout -subject && nginx -t && nginx -s reload", undo: undo},
		recipe{kind: change.FixKeyFile, what: "give nginx a key that it can read, in PEM form and without a passphrase, in the file that this line names", snippet: nginxPair,
			apply: "openssl pkey -in /etc/nginx/tls/privkey.pem -noout && nginx -t && nginx -s reload", undo: undo},
		recipe{kind: change.EnableTLS, what: "let nginx speak TLS on port {port}", snippet: "listen {port} ssl;\n" + nginxPair},
	)
}

const (
	clientCALines = `ssl_client_certificate /etc/nginx/tls/client-ca.pem;
ssl_verify_client on;`
	clientCA = "cat ca.crt >> /etc/nginx/tls/client-ca.pem && nginx -t && nginx -s reload"
)

func nginxServerClients() []recipe {
	return []recipe{
		{kind: change.TrustClientCA, what: "let nginx trust the client certificate's CA, {issuer}",
			snippet: clientCALines,
			apply:   clientCA},
		{kind: change.TrustClientCA, variant: "any", instead: true, what: "let nginx trust the client certificate's CA",
			snippet: clientCALines, apply: clientCA},
		{kind: change.TrustAnything, what: "let nginx take any client certificate", snippet: "ssl_verify_client optional_no_ca;",
			risk: "a client certificate proves nothing any more: anybody can make one"},
	}
}

func nginxServerReach() []recipe {
	return []recipe{
		{kind: change.StartServer, what: "let nginx listen on port {port}", snippet: "listen {port} ssl;",
			apply: "nginx -t && systemctl enable --now nginx && nginx -s reload"},
		{kind: change.SendProxyHeader, what: "let nginx expect no PROXY protocol header: no proxy_protocol on this line",
			snippet: "listen {port} ssl;"},
	}
}

func nginxServerWeak() []recipe {
	return []recipe{
		// OpenSSL 3 refuses the SHA-1 and MD5 signatures of TLS 1.0 and 1.1 above level 0.
		{kind: change.AllowOldVersion, what: "let nginx speak {oldver}", snippet: `ssl_protocols {fromold};
ssl_ciphers DEFAULT:@SECLEVEL=0;`, risk: "{oldver} and keys and digests that can be broken are accepted from everybody"},
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level in nginx to {level}",
			snippet: "ssl_ciphers DEFAULT:@SECLEVEL={level};", risk: "shorter keys and weaker digests are accepted from everybody"},
		{kind: change.AllowSHA1, what: "let nginx use SHA-1 signatures", snippet: "ssl_ciphers DEFAULT:@SECLEVEL=0;",
			risk: "SHA-1 signatures can be forged, and every other limit on keys falls too"},
		{kind: change.TurnTLSOff, what: "serve without TLS", snippet: "listen 80;",
			risk: "everything travels readable and can be changed on the way"},
	}
}

// keyCheck prints OK when a certificate and a key belong together.
func keyCheck(cert, key string) string {
	return `[ "$(openssl x509 -in ` + cert + ` -noout -pubkey)" = "$(openssl pkey -in ` + key + ` -pubout)" ] && echo OK`
}
