package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// certificates is work on certificates that is the same for every product: requests, files, the machine's trusted
// CAs (openssl-req(1), openssl-x509(1), update-ca-certificates(8), update-ca-trust(8)).
func certificates() Platform {
	return Platform{
		ID: "certificates", Title: "certificates", Sides: []change.Side{change.Server, change.Client, change.Owner},
		Owns: func(_ *fact.Case, side change.Side) int {
			switch side {
			case change.Owner:
				return 90
			case change.Server:
				return 60
			}
			return 25
		},
		Steps: lazily(certificatesBook),
	}
}

func certificatesBook() book {
	return book{
		id:      "certificates",
		file:    command,
		apply:   "send server.csr to the CA, then install its certificate with server.key",
		undo:    "rm server.csr server.key    # nothing is changed before the new certificate is installed",
		recipes: slices.Concat(certificateRenewals(), certificateRequests(), certificateChains(), certificateTrust(), certificateClients()),
	}
}

// request asks for a certificate. The names that count are the alternative ones; the subject has the first.
func request(key, names string) string {
	return "openssl req -new -newkey " + key + " -nodes -sha256 -keyout {who}.key -out {who}.csr -subj /CN={cn} -addext 'subjectAltName=" + names + "'"
}

// acme holds for a server's certificate of a CA that certbot talks to.
func acme(v values) bool { return has("acme")(v) && is("who", "server")(v) }

func certificateRenewals() []recipe {
	certbot := recipe{kind: change.RenewCertificate, variant: "acme", what: "renew it with certbot, and see why its timer has not", when: acme,
		snippet: "certbot renew", apply: "reload the server; systemctl status certbot.timer", undo: "the former files stay in /etc/letsencrypt/archive"}
	again := recipe{what: "ask the CA for the same certificate again, with the key it has (OpenSSL 3)",
		snippet: "openssl x509 -x509toreq -copy_extensions copyall -in {who}.crt -signkey {who}.key -out {who}.csr",
		apply:   "send {who}.csr to the CA, then install its certificate", undo: "rm {who}.csr    # nothing is changed before the new certificate is installed"}
	renew := again
	renew.kind, renew.instead = change.RenewCertificate, true
	return []recipe{certbot, renew}
}

func certificateRequests() []recipe {
	server := not(is("side", string(change.Client)))
	return []recipe{
		{kind: change.AddNameToCertificate, variant: "acme", what: "have the certificate reissued with {name} beside its names, with certbot", when: acme,
			snippet: "certbot certonly --expand -d {domains}", apply: "reload the server", undo: "the former files stay in /etc/letsencrypt/archive"},
		{kind: change.AddNameToCertificate, instead: true, what: "have the certificate reissued with {name} beside its names", when: server, snippet: request("rsa:3072", "{sans}")},
		{kind: change.ReissueStronger, what: "have the certificate reissued with {need}", when: server, snippet: request("rsa:3072", "{sans}")},
		// A server that is a client of others too needs both.
		{kind: change.ReissueForPurpose, what: "have the certificate reissued for the purpose {usage}", when: server,
			snippet: request("rsa:3072", "{sans}") + " -addext extendedKeyUsage=serverAuth,clientAuth"},
		{kind: change.ReplaceCertificate, what: "have the certificate reissued, with a new key", when: server, snippet: request("rsa:3072", "{sans}")},
		{kind: change.UseOtherKeyType, what: "get a certificate with a key of type {keytype}", when: server, snippet: request("{newkey}", "{sans}")},
	}
}

func certificateChains() []recipe {
	const undo = "rm fullchain.pem"
	return []recipe{
		{kind: change.SendChain, variant: "fetch", side: change.Server, what: "fetch the intermediate certificate from where the certificate says, and put it after the {who}'s",
			snippet: "curl -fgsS {aia|sh} | openssl x509 -inform DER -out intermediate.crt\ncat {who}.crt intermediate.crt > fullchain.pem",
			apply:   "install fullchain.pem in place of {who}.crt", undo: undo},
		{kind: change.SendChain, variant: "file", instead: true, what: "put the intermediate certificates after the {who}'s, each followed by its issuer",
			snippet: "cat {who}.crt intermediate.crt > fullchain.pem", apply: "install fullchain.pem in place of {who}.crt", undo: undo},
		{kind: change.MatchKey, what: "find out whether a key belongs to a certificate: this prints OK", snippet: keyCheck("{who}.crt", "{who}.key"),
			apply: "install the key that belongs to it", undo: "nothing to take back: it only compares"},
	}
}

func certificateTrust() []recipe {
	const debian = "cp ca.crt /usr/local/share/ca-certificates/tls-ca.crt && update-ca-certificates"
	const undebian = "rm /usr/local/share/ca-certificates/tls-ca.crt && update-ca-certificates --fresh"
	const redhat = "cp ca.crt /etc/pki/ca-trust/source/anchors/tls-ca.crt && update-ca-trust"
	const unredhat = "rm /etc/pki/ca-trust/source/anchors/tls-ca.crt && update-ca-trust"
	const apply = "restart the client: most programs read the trusted CAs at their start"
	kinds := []change.Kind{change.TrustCA, change.UpdateCA}
	// The clients of MySQL and PostgreSQL and nginx read a file of their own, not the system's.
	system := func(v values) bool { return oneOf("family", "https", "mssql")(v) && !is("client", "nginx")(v) }
	return append(
		alike(recipe{variant: "debian", side: change.Client, what: "on Debian and Ubuntu, let the system trust the CA's certificate, ca.crt",
			when: system, snippet: debian, apply: apply, undo: undebian}, kinds...),
		alike(recipe{variant: "redhat", side: change.Client, what: "on Red Hat systems, let the system trust the CA's certificate, ca.crt",
			when: system, snippet: redhat, apply: apply, undo: unredhat}, kinds...)...,
	)
}

func certificateClients() []recipe {
	const ask = "openssl req -new -newkey rsa:3072 -nodes -sha256 -keyout client.key -out client.csr -subj /CN=client -addext extendedKeyUsage=clientAuth"
	r := recipe{variant: "client", side: change.Client, what: "get a client certificate from a CA that the server trusts", snippet: ask,
		apply: "send client.csr to the CA, then give its certificate and client.key to the client",
		undo:  "rm client.csr client.key    # nothing is changed before the new certificate is installed"}
	return alike(r, change.PresentCertificate, change.ReissueForPurpose, change.ReissueStronger, change.ReplaceCertificate)
}
