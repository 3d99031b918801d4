package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mariadbCLI is MariaDB's client with Connector/C 3.3 (up to 10.11) and 3.4 (from 11.4 on), where verification became the
// default.
func mariadbCLI() Product {
	mode := func(id, says string, b Behaviour) Mode {
		if b.Profile.ID == "" {
			b.Profile = openssl3()
		}
		b.SNI, b.NameLate = SNINever, true
		b.Text = func(f Failure) string { return mariadbText(f, "Validation of SSL server certificate failed") }
		return Mode{ID: id, Says: says, Does: b}
	}
	newer := mode("default", "TLS, chain and name verified with the system's roots or the password's hash", connectorC34())
	newer.Versions, newer.Does = "11.4", connectorC34()
	opportunistic := Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}
	only13 := opportunistic
	only13.Profile = openssl3Only13()
	return Product{
		ID: "mariadb", Says: "MariaDB's client, 10.11 and (its default) 11.4", Protocols: []string{"mysql"},
		Aliases: []string{"mariadb cli", "mariadb-dump", "mariadb-admin"},
		Modes: []Mode{
			mode("default", "TLS where the server has it, unverified; plain text where it has not", opportunistic), newer,
			mode("--skip-ssl", "plain text", Behaviour{TLS: TLSNever}),
			mode("--ssl", "as by default: it does not make TLS mandatory", opportunistic),
			mode("--ssl-ca", "the chain is verified where TLS happens; plain text where the server has none",
				Behaviour{TLS: TLSPrefer, PlainOn: OnDecline, Roots: RootsGiven, Chain: true}),
			mode("--ssl-ca --ssl-verify-server-cert", "TLS or nothing, chain and name verified",
				Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
			mode("--ssl-verify-server-cert", "TLS or nothing, chain and name verified with the system's roots",
				Behaviour{TLS: TLSRequire, Roots: RootsSystem, Chain: true, Name: true}),
			mode("--disable-ssl-verify-server-cert --ssl", "as by default", opportunistic),
			mode("--ssl --tls-version=TLSv1.3", "TLS 1.3 only, where the server has TLS at all", only13),
		},
	}
}

// connectorC is MariaDB Connector/C 3.4, by itself.
func connectorC() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile, b.SNI, b.NameLate = cc34(), SNINever, true
		b.Text = func(f Failure) string { return mariadbText(f, "Hostname verification failed") }
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "connector-c", Says: "MariaDB Connector/C 3.4", Protocols: []string{"mysql"}, Aliases: []string{"libmariadb", "mariadb-connector-c"},
		Modes: []Mode{
			{ID: "default", Says: "TLS or nothing, chain and name verified with the system's roots", Does: connectorC34()},
			mode("verify=0 enforce=1", "plain text where the server has no TLS, although it is enforced", Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}),
			mode("verify=0 enforce=0", "plain text: TLS is not tried", Behaviour{TLS: TLSNever}),
			mode("verify=1 ca", "TLS or nothing, chain and name verified", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
			mode("verify=0 ca", "TLS with anybody; plain text where the server has none", Behaviour{TLS: TLSPrefer, PlainOn: OnDecline}),
		},
	}
}

// connectorC34 is what Connector/C 3.4 does without options. A self-signed certificate is judged after the login, by a hash
// that involves the password, which servers before 11.4 do not send.
func connectorC34() Behaviour {
	return Behaviour{
		Profile: cc34(), TLS: TLSRequire, SNI: SNINever, Roots: RootsSystem, Chain: true, Name: true, NameLate: true,
		Text: func(f Failure) string {
			if f.Reason == "chain" && selfSigned(x509First(f)) && !expired(f.Verdict) {
				return mariadbSSL("Certificate verification failure: The certificate is NOT trusted.")
			}
			if f.Reason == "chain" && expired(f.Verdict) && f.Verdict.Find(fact.IssuerMissing) == nil {
				return mariadbSSL(x509Text(x509Expired))
			}
			return mariadbText(f, "Hostname verification failed")
		},
	}
}

func selfSigned(code uint) bool { return code == x509SelfSigned || code == x509SelfInChain }

func expired(v *fact.Verdict) bool {
	return v.Find(fact.LeafExpired) != nil || v.Find(fact.CAExpired) != nil
}

// mariadbText prints a failure as the command line client does; name is what it says of a name that does not fit.
func mariadbText(f Failure, name string) string {
	if code, state, text, ok := f.serverError(); ok {
		return fmt.Sprintf("ERROR %d (%s): %s", code, state, text)
	}
	switch {
	case f.Step == StepTCP && f.How == fact.EndRefused: // 115 is EINPROGRESS, left over from the connect that does not block
		return fmt.Sprintf("ERROR 2002 (HY000): Can't connect to server on '%s' (115)", f.Host)
	case f.Step == StepTCP:
		return fmt.Sprintf("ERROR 2002 (HY000): Can't connect to server on '%s' (%d)", f.Host, errno(f.How))
	case f.Step == StepPlain:
		return lostMariaDB("reading authorization packet", f.How)
	case f.How == fact.EndDeclined:
		return mariadbSSL("SSL is required, but the server does not support it")
	case f.Step == StepPreamble:
		return lostMariaDB("handshake: reading initial communication packet", f.How)
	case f.Reason == "name":
		return mariadbSSL(name)
	}
	return mariadbSSL(mariadbReason(f))
}

func mariadbSSL(what string) string { return "ERROR 2026 (HY000): TLS/SSL error: " + what }

func lostMariaDB(at string, how fact.How) string {
	return fmt.Sprintf("ERROR 2013 (HY000): Lost connection to server at '%s', system error: %d", at, errno(how))
}

// mariadbReason: the client prints the result of the verification whenever it is not good, even where nobody asked for one
// and the handshake broke for another reason (ma_tls_set_error of Connector/C's ma_openssl.c).
func mariadbReason(f Failure) string {
	switch {
	case f.Reason == "chain":
		return x509Text(x509First(f))
	case f.Verdict == nil && f.Step == StepKeyExchange && f.Handshake != nil:
		return x509Text(untrusted(f.Handshake.Chain))
	}
	if e, ok := opensslFailure(f); ok {
		return e.text()
	}
	return fmt.Sprintf("%s (%d)", errnoText(f.How), errno(f.How))
}

// untrusted is the result of verifying a chain without any anchor.
func untrusted(c *fact.Chain) uint {
	leaf := c.Leaf()
	switch {
	case leaf != nil && leaf.SelfSigned:
		return x509SelfSigned
	case rootSent(c):
		return x509SelfInChain
	}
	return x509NoLocalIssuer
}
