package client

import (
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// measured holds what the real clients did: connected over TLS (T), connected in plain text (p), refused (x), with a server that is
// good, without TLS, certified for another name, expired, certified by an unknown CA. Oracle's mysql was emulated on OpenSSL.
var measured = []struct{ product, mode, did string }{
	{"mariadb@10.11", "default", "TpTTT"},
	{"mariadb@10.11", "--skip-ssl", "ppppp"},
	{"mariadb@10.11", "--ssl", "TpTTT"},
	{"mariadb@10.11", "--ssl-ca", "TpTxx"},
	{"mariadb@10.11", "--ssl-ca --ssl-verify-server-cert", "Txxxx"},
	{"mariadb@10.11", "--ssl-verify-server-cert", "xxxxx"},
	{"mariadb@10.11", "--disable-ssl-verify-server-cert --ssl", "TpTTT"},
	{"mariadb@10.11", "--ssl --tls-version=TLSv1.3", "TpTTT"},
	{"connector-c", "default", "xxxxx"},
	{"connector-c", "verify=0 enforce=1", "TpTTT"},
	{"connector-c", "verify=0 enforce=0", "ppppp"},
	{"connector-c", "verify=1 ca", "Txxxx"},
	{"connector-c", "verify=0 ca", "TpTTT"},
	{"mysql", "PREFERRED", "TpTTT"},
	{"mysql", "VERIFY_CA", "TxTxx"},
	{"mysql", "DISABLED", "ppppp"},
	{"mysql", "REQUIRED", "TxTTT"},
	{"mysql", "REQUIRED with --ssl-ca", "TxTTT"},
	{"mysql", "VERIFY_CA without --ssl-ca", "xxxxx"},
	{"mysql", "VERIFY_IDENTITY", "Txxxx"},
	{"pymysql", "no ssl argument", "ppppp"},
	{"pymysql", "ssl={}", "ppppp"},
	{"pymysql", `ssl={"ca"}`, "Tpxxx"},
	{"pymysql", "ssl_ca ssl_verify_cert=True ssl_verify_identity=True", "Tpxxx"},
	{"pymysql", "ssl_ca ssl_verify_cert=True", "TpTxx"},
	{"pymysql", "ssl={check_hostname:false,verify_mode:none}", "TpTTT"},
	{"mysql2", "ssl undefined", "ppppp"},
	{"mysql2", "ssl:{}", "xxxxx"},
	{"mysql2", "ssl:{rejectUnauthorized:false}", "TxTTT"},
	{"mysql2", "ssl:{ca}", "TxTxx"},
	{"mysql2", "ssl:{ca,verifyIdentity:true}", "Txxxx"},
	{"mysqljs", "ssl undefined", "ppppp"},
	{"mysqljs", "ssl:{ca}", "TxTxx"},
	{"mysqljs", "ssl:{rejectUnauthorized:false}", "TxTTT"},
	{"mariadb-node", "ssl:false", "ppppp"},
	{"mariadb-node", "ssl:true", "xxxxx"},
	{"mariadb-node", "ssl:{ca}", "Txxxx"},
	{"mariadb-node", "ssl:{rejectUnauthorized:false}", "TxTTT"},
	{"go-sql-driver", "tls=false", "ppppp"},
	{"go-sql-driver", "tls=preferred", "TpTTT"},
	{"go-sql-driver", "tls=skip-verify", "TxTTT"},
	{"go-sql-driver", "tls=true", "xxxxx"},
	{"go-sql-driver", "tls=custom", "Txxxx"},
	{"go-sql-driver", "tls=custom chain only", "TxTxx"},
	{"go-sql-driver", "tls=custom TLS 1.0", "TxTTT"},
	{"mariadb-connector-j", "useSsl unset", "ppppp"},
	{"mariadb-connector-j", "useSsl=true", "xxxxx"},
	{"mariadb-connector-j", "useSsl=true serverSslCert", "Txxxx"},
	{"mariadb-connector-j", "useSsl=true trustServerCertificate=true", "TxTTT"},
	{"mariadb-connector-j", "useSsl=true serverSslCert disableSslHostnameVerification=true", "TxTxx"},
	{"psql@15", "sslmode=disable", "ppppp"},
	{"psql@15", "sslmode=allow", "ppppp"},
	{"psql@15", "sslmode=prefer", "TpTTT"},
	{"psql@15", "sslmode=prefer sslrootcert", "TpTpp"},
	{"psql@15", "sslmode=require", "TxTTT"},
	{"psql@15", "sslmode=require sslrootcert", "TxTxx"},
	{"psql@15", "sslmode=verify-ca", "xxxxx"},
	{"psql@15", "sslmode=verify-ca sslrootcert", "TxTxx"},
	{"psql@15", "sslmode=verify-full", "xxxxx"},
	{"psql@15", "sslmode=verify-full sslrootcert", "Txxxx"},
	{"psql@15", "sslmode=require channel_binding=require", "TxTTT"},
	{"psql@18", "sslmode=disable", "ppppp"},
	{"psql@18", "sslmode=allow", "ppppp"},
	{"psql@18", "sslmode=prefer", "TpTTT"},
	{"psql@18", "sslmode=prefer sslrootcert", "TpTpp"},
	{"psql@18", "sslmode=require", "TxTTT"},
	{"psql@18", "sslmode=require sslrootcert", "TxTxx"},
	{"psql@18", "sslmode=verify-ca", "xxxxx"},
	{"psql@18", "sslmode=verify-ca sslrootcert", "TxTxx"},
	{"psql@18", "sslmode=verify-full", "xxxxx"},
	{"psql@18", "sslmode=verify-full sslrootcert", "Txxxx"},
	{"psql@18", "sslmode=require channel_binding=require", "TxTTT"},
	{"psql@18", "sslrootcert=system", "xxxxx"},
	{"psql@18", "sslmode=require sslrootcert=system", "xxxxx"},
	{"psql@18", "sslmode=disable channel_binding=require", "xxxxx"},
	{"pgx", "sslmode=prefer", "TpTTT"},
	{"pgx", "sslmode=disable", "ppppp"},
	{"pgx", "sslmode=allow", "ppppp"},
	{"pgx", "sslmode=require", "TxTTT"},
	{"pgx", "sslmode=require sslrootcert", "TxTxx"},
	{"pgx", "sslmode=verify-ca", "xxxxx"},
	{"pgx", "sslmode=verify-ca sslrootcert", "TxTxx"},
	{"pgx", "sslmode=verify-full", "xxxxx"},
	{"pgx", "sslmode=verify-full sslrootcert", "Txxxx"},
	{"lib/pq", "sslmode=require", "TxTTT"},
	{"lib/pq", "sslmode=disable", "ppppp"},
	{"lib/pq", "sslmode=allow", "ppppp"},
	{"lib/pq", "sslmode=prefer", "TpTTT"},
	{"lib/pq", "sslmode=require sslrootcert", "TxTxx"},
	{"lib/pq", "sslmode=verify-ca", "xxxxx"},
	{"lib/pq", "sslmode=verify-ca sslrootcert", "TxTxx"},
	{"lib/pq", "sslmode=verify-full", "xxxxx"},
	{"lib/pq", "sslmode=verify-full sslrootcert", "Txxxx"},
	{"pgjdbc", "sslmode=prefer", "TpTTT"},
	{"pgjdbc", "sslmode=disable", "ppppp"},
	{"pgjdbc", "sslmode=allow", "ppppp"},
	{"pgjdbc", "sslmode=require", "TxTTT"},
	{"pgjdbc", "sslmode=verify-ca", "xxxxx"},
	{"pgjdbc", "sslmode=verify-ca sslrootcert", "TxTxx"},
	{"pgjdbc", "sslmode=verify-full", "xxxxx"},
	{"pgjdbc", "sslmode=verify-full sslrootcert", "Txxxx"},
	{"node-pg", "ssl undefined", "ppppp"},
	{"node-pg", "ssl:true", "xxxxx"},
	{"node-pg", "ssl:{rejectUnauthorized:false}", "TxTTT"},
	{"node-pg", "ssl:{ca}", "Txxxx"},
	{"node-pg", "sslmode=require", "xxxxx"},
	{"node-pg", "sslmode=prefer", "xxxxx"},
	{"node-pg", "sslmode=no-verify", "TxTTT"},
	{"node-pg", "sslmode=verify-full sslrootcert", "Txxxx"},
	{"node-pg", "sslmode=verify-ca sslrootcert", "Txxxx"},
	{"node-pg", "sslmode=require uselibpqcompat", "TxTTT"},
	{"postgres.js", "ssl undefined", "ppppp"},
	{"postgres.js", "ssl:'require'", "TxTTT"},
	{"postgres.js", "ssl:'prefer'", "TpTTT"},
	{"postgres.js", "ssl:'verify-full'", "xxxxx"},
	{"postgres.js", "ssl:{ca}", "Txxxx"},
}

// databaseServers are those five, and the roots that a CA file and a system's store would hold. MariaDB, which has its CA configured
// for client certificates, sends it along where it issued the server's.
func databaseServers(t *testing.T, rootSent bool) ([]*fact.Handshake, Place) {
	t.Helper()
	good, chain := issue(t, serverName, noon.AddDate(1, 0, 0))
	otherRoot, other := issue(t, "real.cluster.example.test", noon.AddDate(1, 0, 0))
	expiredRoot, expired := issue(t, serverName, noon.AddDate(0, 0, -1))
	_, foreign := issue(t, serverName, noon.AddDate(1, 0, 0))
	declined := ending("preamble", fact.EndDeclined, 0)
	declined.Said = &fact.Said{TLS: fact.No}
	given := good.With(otherRoot).With(expiredRoot)
	at := Place{Host: serverName, Port: 5432, Now: noon, Roots: func(u RootsUse) trust.Roots {
		if u == RootsGiven {
			return given
		}
		return trust.NewRoots()
	}}
	foreign.Certificates = foreign.Certificates[:1]
	for _, c := range []*fact.Chain{chain, other, expired} {
		if !rootSent {
			c.Certificates = c.Certificates[:1]
		}
	}
	return []*fact.Handshake{completed(chain), declined, completed(other), completed(expired), completed(foreign)}, at
}

// letter is an outcome as the table writes it.
func letter(p Prediction) string {
	switch p.Outcome {
	case Verified, Unverified:
		return "T"
	case Plaintext:
		return "p"
	case Fails:
		return "x"
	}
	return "?"
}

// databaseMode finds "mariadb@10.11" and its mode.
func databaseMode(t *testing.T, product, mode string) Behaviour {
	t.Helper()
	name, release, _ := strings.Cut(product, "@")
	p, ok := findProduct(name)
	if !ok {
		t.Fatalf("no product %s", name)
	}
	m, ok := p.Mode(mode, release)
	if !ok {
		t.Fatalf("%s has no mode %q", product, mode)
	}
	return m.Does
}

func findProduct(id string) (Product, bool) {
	for _, p := range Products() {
		if p.ID == id {
			return p, true
		}
	}
	return Product{}, false
}

func TestDatabaseClientsDoWhatWasMeasured(t *testing.T) {
	servers, at := databaseServers(t, false)
	for _, m := range measured {
		b := databaseMode(t, m.product, m.mode)
		did := ""
		for _, h := range servers {
			did += letter(Predict(b, serverOf(b, h, login(fact.EndCompleted)), at))
		}
		if did != m.did {
			t.Errorf("%s %s: predicted %s, really %s", m.product, m.mode, did, m.did)
		}
	}
}

// TestEveryDatabaseModeSpeaks: each mode of each client has words for each way to fail, and no way to fail makes it panic.
func TestEveryDatabaseModeSpeaks(t *testing.T) {
	servers, at := databaseServers(t, false)
	ends := []*fact.Handshake{ending("tcp", fact.EndRefused, 0), ending("ClientHello", fact.EndAlert, 40), ending("ClientHello", fact.EndClosed, 0),
		ending("ClientHello", fact.EndReset, 0), ending("ClientHello", fact.EndNotTLS, 0), ending("preamble", fact.EndClosed, 0)}
	ends = append(ends, servers...)
	refused := &Login{End: fact.End{How: fact.EndError}, Said: &fact.Said{ErrorCode: 1045, ErrorState: "28000", ErrorText: "no encryption"}}
	for _, p := range databases() {
		for _, m := range p.Modes {
			for _, h := range ends {
				got := Predict(m.Does, serverOf(m.Does, h, refused), at)
				if got.Outcome == Fails && got.Text == "" {
					t.Errorf("%s %s says nothing of %s after %s", p.ID, m.ID, h.End.How, h.End.After)
				}
			}
		}
	}
}

// TestVerifiedMeansVerified: no mode is called verified that takes a certificate for another name or of an unknown CA.
func TestVerifiedMeansVerified(t *testing.T) {
	servers, at := databaseServers(t, false)
	for _, p := range databases() {
		for _, m := range p.Modes {
			for i, h := range servers[2:] {
				if got := Predict(m.Does, serverOf(m.Does, h, login(fact.EndCompleted)), at); got.Outcome == Verified {
					t.Errorf("%s %s: verified at bad server %d", p.ID, m.ID, i)
				}
			}
		}
	}
}

// TestDatabaseProductsAreWellFormed: names are unique, each mode says what it does.
func TestDatabaseProductsAreWellFormed(t *testing.T) {
	names := map[string]bool{}
	for _, p := range databases() {
		for _, n := range append(p.Aliases, p.ID) {
			if names[n] || n != strings.ToLower(n) {
				t.Errorf("%q of %s is taken or has capitals", n, p.ID)
			}
			names[n] = true
		}
		modes := map[string]bool{}
		for _, m := range p.Modes {
			key := m.ID + "@" + m.Versions
			if modes[key] || m.Says == "" || m.Does.Text == nil || m.Does.TLS != TLSNever && m.Does.Profile.ID == "" {
				t.Errorf("%s: mode %q twice, or without words or hello", p.ID, key)
			}
			modes[key] = true
		}
	}
}
