package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// curl is the command by its options (curl(1)); the words for ciphers and curves are OpenSSL's.
func curl() Platform {
	return Platform{
		ID: "curl", Title: "curl", Sides: []change.Side{change.Client},
		Owns: func(c *fact.Case, side change.Side) int {
			if writes(c, side, "curl") {
				return 85
			}
			return 0
		},
		Steps: lazily(curlBook),
	}
}

func curlBook() book {
	return book{
		id:      "curl",
		apply:   "add the options to the command, or without the dashes to ~/.curlrc",
		undo:    "leave the options out again",
		recipes: slices.Concat(curlTrust(), curlHello(), curlWeak()),
	}
}

func curlTrust() []recipe {
	return append(
		alike(recipe{what: "give curl the CA's certificate as {cafile}, in place of its list", snippet: "--cacert {cafile|sh}"}, change.TrustCA, change.UpdateCA, change.VerifyServer),
		recipe{kind: change.PresentCertificate, what: "let curl show a client certificate", snippet: "--cert client.crt --key client.key"},
		recipe{kind: change.UpdatePin, what: "let curl expect the server's present key, saved as server-key.pem", snippet: "--pinnedpubkey server-key.pem",
			apply: "openssl x509 -in server.crt -noout -pubkey > server-key.pem, of a certificate that the owner confirms"},
	)
}

func curlHello() []recipe {
	return []recipe{
		{kind: change.OfferVersion, what: "let curl offer {ver}", snippet: "--tlsv1.2 --tls-max 1.3"},
		{kind: change.OfferSuite, what: "let curl offer {ossl}", snippet: "--ciphers 'DEFAULT:{ossl}'"},
		{kind: change.OfferSuite, variant: "tls13", what: "let curl offer {suite13}", when: has("suite13"), snippet: "--tls13-ciphers '{suites13}'"},
		{kind: change.OfferGroup, what: "let curl offer the key-exchange group {curve}", snippet: "--curves {groups}"},
		{kind: change.SmallHello, what: "keep curl's hello in one packet: no post-quantum key share", snippet: "--curves X25519:prime256v1:secp384r1"},
		{kind: change.UseHTTPProxy, what: "let curl speak plain HTTP to the proxy", snippet: "--proxy http://PROXY:PORT"},
	}
}

func curlWeak() []recipe {
	return []recipe{
		{kind: change.TrustAnything, what: "let curl verify nothing", snippet: "--insecure", risk: "anybody on the way can be the server, read everything and change it"},
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level in curl to {level}", snippet: "--ciphers DEFAULT@SECLEVEL={level}",
			risk: "keys and digests that can be broken are accepted"},
		{kind: change.AllowOldVersion, what: "let curl use {oldver}", when: is("oldv", "TLSv1"), snippet: "--tlsv1.0 --ciphers DEFAULT@SECLEVEL=0", risk: "{oldver} is broken"},
		{kind: change.AllowOldVersion, variant: "1.1", what: "let curl use {oldver}", when: is("oldv", "TLSv1.1"), snippet: "--tlsv1.1 --ciphers DEFAULT@SECLEVEL=0", risk: "{oldver} is broken"},
	}
}
