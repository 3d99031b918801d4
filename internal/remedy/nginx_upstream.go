package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// nginxUpstream is nginx as the TLS client of its upstreams (ngx_http_proxy_module).
func nginxUpstream() Platform {
	return Platform{
		ID: "nginx-upstream", Title: "nginx proxy", Sides: []change.Side{change.Client},
		Owns: func(c *fact.Case, _ change.Side) int {
			if isClient(c, "nginx", "nginx-upstream", "nginx-proxy") || writes(c, change.Client, "nginx") {
				return 95
			}
			return 0
		},
		Steps: lazily(nginxUpstreamBook),
	}
}

func nginxUpstreamBook() book {
	return book{
		id:      "nginx-upstream",
		file:    "nginx.conf, the location { } with proxy_pass",
		apply:   "nginx -t && nginx -s reload",
		undo:    "put the lines back as they were, then: nginx -t && nginx -s reload",
		recipes: slices.Concat(upstreamHello(), upstreamNames(), upstreamTrust(), upstreamReach(), upstreamWeak(), upstreamUnverified()),
	}
}

func upstreamHello() []recipe {
	return []recipe{
		// The default has TLS 1.3 only from nginx 1.23.4 on.
		{kind: change.OfferVersion, what: "let nginx offer {ver} to the upstream", snippet: "proxy_ssl_protocols TLSv1.2 TLSv1.3;"},
		{kind: change.OfferSuite, what: "let nginx offer {ossl} to the upstream", snippet: "proxy_ssl_ciphers DEFAULT:{ossl};"},
		{kind: change.OfferSuite, variant: "tls13", what: "let nginx offer {suite13} to the upstream (nginx 1.19.4 or later)",
			snippet: "proxy_ssl_conf_command Ciphersuites {suites13};"},
		{kind: change.OfferGroup, what: "let nginx offer the key-exchange group {curve} to the upstream (nginx 1.19.4 or later)",
			snippet: "proxy_ssl_conf_command Groups {groups};"},
		{kind: change.OfferSignature, what: "let nginx offer {scheme} to the upstream (nginx 1.19.4 or later)",
			snippet: "proxy_ssl_conf_command SignatureAlgorithms {sigalgs};"},
		{kind: change.SmallHello, what: "keep nginx's hello in one segment: no post-quantum key share (nginx 1.19.4 or later)",
			snippet: "proxy_ssl_conf_command Groups X25519:prime256v1:secp384r1;"},
		{kind: change.DropDHE, what: "let nginx offer no TLS_DHE suite to the upstream", snippet: "proxy_ssl_ciphers DEFAULT:!DHE;"},
	}
}

// upstreamPair is the certificate that nginx shows its upstream, and its key.
const upstreamPair = `proxy_ssl_certificate     /etc/nginx/tls/client.crt;
proxy_ssl_certificate_key /etc/nginx/tls/client.key;`

func upstreamNames() []recipe {
	return []recipe{
		{kind: change.SendServerName, what: "let nginx send {name} as server name: by default it sends none", snippet: `proxy_ssl_server_name on;
proxy_ssl_name {name|fqdn};`},
		{kind: change.SendServerName, variant: "any", instead: true, when: not(has("name")), snippet: "proxy_ssl_server_name on;",
			what: "let nginx send the upstream's name, which it does not by default; where proxy_pass names an upstream block or an address, proxy_ssl_name says which"},
		// nginx verifies this name, and sends it as SNI where that is on; the address stays that of proxy_pass.
		{kind: change.UseName, what: "let nginx ask the upstream for {name}, and verify that name", snippet: `proxy_ssl_server_name on;
proxy_ssl_name {name|fqdn};`},
		{kind: change.UseName, variant: "any", instead: true, when: not(has("name")), snippet: `proxy_ssl_server_name on;
proxy_ssl_name NAME;`, what: "let nginx ask the upstream for the name that its certificate carries, in place of NAME: by default it asks for the one in proxy_pass"},
		{kind: change.PresentCertificate, what: "let nginx show the upstream a client certificate", snippet: upstreamPair},
		{kind: change.MatchKey, what: "give nginx the key that belongs to its client certificate", snippet: upstreamPair,
			apply: keyCheck("/etc/nginx/tls/client.crt", "/etc/nginx/tls/client.key") + "\nnginx -t && nginx -s reload"},
		{kind: change.FixCertificateFile, what: "give nginx files that it can read, in PEM form, where these lines name them", snippet: upstreamPair,
			apply: "openssl x509 -in /etc/nginx/tls/client.crt -noout -subject && nginx -t && nginx -s reload"},
		{kind: change.FixKeyFile, what: "give nginx a key for its client certificate that it can read, in PEM form and without a passphrase", snippet: upstreamPair,
			apply: "openssl pkey -in /etc/nginx/tls/client.key -noout && nginx -t && nginx -s reload"},
	}
}

func upstreamTrust() []recipe {
	// The file's certificates are the only ones trusted: a CA is added to those that are there.
	trust := `proxy_ssl_trusted_certificate /etc/nginx/tls/upstream-ca.pem;
proxy_ssl_verify on;`
	apply := "cat ca.crt >> /etc/nginx/tls/upstream-ca.pem && nginx -t && nginx -s reload"
	return []recipe{
		{kind: change.TrustCA, variant: "file", what: "let nginx trust the upstream's CA with the file {file}",
			snippet: "proxy_ssl_trusted_certificate {file|nginx};\nproxy_ssl_verify on;"},
		{kind: change.TrustCA, instead: true, what: "let nginx trust the upstream's CA, {issuer}", snippet: trust, apply: apply},
		{kind: change.TrustCA, variant: "any", instead: true, what: "let nginx trust the upstream's CA", snippet: trust, apply: apply},
		{kind: change.VerifyServer, what: "let nginx verify its upstream", snippet: trust, apply: apply},
		{kind: change.UpdateCA, what: "give nginx the upstream CA's present certificate", snippet: trust,
			apply: "cp ca.crt /etc/nginx/tls/upstream-ca.pem && nginx -t && nginx -s reload",
			undo:  "put the old CA file back, then: nginx -t && nginx -s reload"},
	}
}

func upstreamReach() []recipe {
	return []recipe{
		{kind: change.UsePort, what: "let nginx connect to port {port}", snippet: "proxy_pass {urlscheme}://{host|authority}:{port};"},
		{kind: change.UseScheme, what: "let nginx speak {scheme} to the upstream", snippet: "proxy_pass https://{host|authority}:{port};",
			when: is("scheme", "https")},
		{kind: change.UseScheme, variant: "http", what: "let nginx speak http to the upstream: this port has no TLS",
			snippet: "proxy_pass http://{host|authority}:{port};", when: is("scheme", "http")},
		{kind: change.UseTLS, what: "let nginx use TLS to the upstream", snippet: "proxy_pass https://{host|authority}:{port};"},
		{kind: change.KeepAlive, what: "let nginx close idle connections before the upstream does (nginx 1.15.3 or later)", file: "nginx.conf, upstream { }",
			snippet: "keepalive 16;\nkeepalive_timeout 30s;"},
		{kind: change.SendProxyHeader, what: "let nginx send the PROXY protocol header (stream only; http cannot)",
			file: "nginx.conf, the server { } inside stream { }", snippet: "proxy_protocol on;"},
	}
}

func upstreamWeak() []recipe {
	level := "the upstream may use keys and digests that can be broken"
	return []recipe{
		{kind: change.AllowLegacyRenegotiation, what: "let nginx connect to an upstream without secure renegotiation (nginx 1.19.4 or later)",
			snippet: "proxy_ssl_conf_command Options UnsafeLegacyServerConnect;",
			risk:    "somebody on the way can put a request of their own before yours (CVE-2009-3555)"},
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level towards the upstream to {level}",
			snippet: "proxy_ssl_ciphers DEFAULT:@SECLEVEL={level};", risk: level},
		{kind: change.AllowSmallDH, what: "let nginx accept a small Diffie-Hellman group from the upstream",
			snippet: "proxy_ssl_ciphers DEFAULT:@SECLEVEL={dhlevel};", risk: "a group of 1024 bits can be broken by those who can pay for it, and shorter RSA keys pass too"},
		{kind: change.AllowSHA1, what: "let nginx accept SHA-1 signatures from the upstream",
			snippet: "proxy_ssl_ciphers DEFAULT:@SECLEVEL=0;", risk: "SHA-1 signatures can be forged, and every other limit on keys falls too"},
		{kind: change.AllowOldVersion, what: "let nginx accept {oldver} from the upstream", snippet: `proxy_ssl_protocols {fromold};
proxy_ssl_ciphers DEFAULT:@SECLEVEL=0;`, risk: "{oldver} is broken and so are keys and digests that pass at this level"},
	}
}

func upstreamUnverified() []recipe {
	return []recipe{
		{kind: change.TrustAnything, what: "let nginx verify nothing of the upstream", snippet: "proxy_ssl_verify off;",
			risk: "anybody on the way can be the upstream"},
		{kind: change.TurnTLSOff, what: "let nginx speak to the upstream without TLS", snippet: "proxy_pass http://{host|authority}:{port};",
			risk: "everything between nginx and the upstream is readable and can be changed on the way"},
	}
}
