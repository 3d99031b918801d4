package words

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestPeers: whom a text names. The messages are those of the programs named beside them.
func TestPeers(t *testing.T) {
	for text, want := range map[string]fact.Endpoint{
		`while SSL handshaking to upstream, client: 192.0.2.1, server: a, upstream: "https://10.0.0.12:8099/"`:                                          {Protocol: "https", Host: "10.0.0.12", Port: 8099}, // nginx
		`connection to server at "db.example.test" (192.0.2.5), port 5432 failed: SSL error`:                                                            {Protocol: "postgres", Host: "db.example.test", Port: 5432},
		`could not connect to server: Connection refused Is the server running on host "db" (192.0.2.5) and accepting TCP/IP connections on port 5433?`: {Protocol: "postgres", Host: "db", Port: 5433},
		`Can't connect to MySQL server on 'db.example.test:3307' (115)`:                                                                                 {Protocol: "mysql", Host: "db.example.test", Port: 3307},
		`Get "https://registry.example.test:5000/v2/": net/http: TLS handshake timeout`:                                                                 {Protocol: "https", Host: "registry.example.test", Port: 5000},
		`curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to www.example.test:443`:                                                       {Protocol: "https", Host: "www.example.test", Port: 443},
		`dial tcp [2001:db8::5]:5432: connect: connection refused`:                                                                                      {Host: "2001:db8::5", Port: 5432},
		`curl: (7) Failed to connect to db.example.test port 8599 after 0 ms: Couldn't connect to server`:                                               {Host: "db.example.test", Port: 8599},
		`Error: connect ECONNREFUSED 127.0.0.1:5432`:                                                                                                    {Host: "127.0.0.1", Port: 5432},
		`url jdbc:sqlserver://sql.example.test:1433;encrypt=true`:                                                                                       {Protocol: "mssql", Host: "sql.example.test", Port: 1433},
		`postgresql://app:s3cret@db.example.test:6432/x sslmode=require`:                                                                                {Protocol: "postgres", Host: "db.example.test", Port: 6432},
	} {
		if got := Read(text).Peers; len(got) == 0 || got[0] != want {
			t.Errorf("%q\n names %+v, want %+v", text, got, want)
		}
	}
	for _, text := range []string{
		"http: TLS handshake error from 203.0.113.9:4711: EOF",
		"[client 192.0.2.10:0] AH02008: SSL library error 1 in handshake",
		"certificate verify failed",
		`no pg_hba.conf entry for host "192.0.2.9", user "app", database "db", no encryption`,
		`pg_hba.conf rejects connection for host "192.0.2.9", user "app", database "db", SSL encryption`,
		`Aborted connection 8 to db: 'unconnected' user: 'unauthenticated' host: '192.0.2.9' (This connection closed normally without authentication)`,
		`ERROR 1130 (HY000): Host '192.0.2.9' is not allowed to connect to this MariaDB server`,
		`Host '192.0.2.9' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'`,
	} {
		if got := Read(text).Peers; len(got) > 0 {
			t.Errorf("%q names no server, but %+v", text, got)
		}
	}
}

// TestClientLookup: a MySQL server that finds no name for a client's address complains of nothing; a name that a client does not
// find is one.
func TestClientLookup(t *testing.T) {
	for text, want := range map[string][]fact.Symptom{
		"IP address '10.0.0.9' could not be resolved: Name or service not known":                                         nil, // MariaDB 11.8
		"[MY-010055] [Server] IP address '10.0.0.9' could not be resolved: Temporary failure in name resolution":         nil,
		"ERROR 2005 (HY000): Unknown server host 'db9' (-2)":                                                             {fact.NameNotFound},
		"psql: error: could not translate host name \"db9\" to address: Name or service not known":                       {fact.NameNotFound},
		"IP address '10.0.0.9' could not be resolved: Name or service not known\ncurl: (60) SSL certificate has expired": {fact.CertExpired},
	} {
		got := Read(text).Symptoms
		if len(want) == 0 && len(got) > 0 || len(want) > 0 && !slices.Contains(got, want[0]) || len(want) > 0 && want[0] != fact.NameNotFound && slices.Contains(got, fact.NameNotFound) {
			t.Errorf("%q says %v, want %v", text, got, want)
		}
	}
}

// TestVicinity: where the client of a server's text comes from.
func TestVicinity(t *testing.T) {
	for text, want := range map[string]fact.Context{
		"http: TLS handshake error from 203.0.113.9:4711: EOF":                                       fact.PeerPublic,
		"http: TLS handshake error from 10.1.2.3:4711: EOF":                                          fact.PeerPrivate,
		"http: TLS handshake error from [::1]:4711: EOF":                                             fact.PeerLoopback,
		"http: TLS handshake error from 100.64.0.9:4711: EOF":                                        fact.PeerPrivate,
		"http: TLS handshake error from [2001:db8:1::9]:4711: EOF":                                   fact.PeerPublic,
		"http: TLS handshake error from [fd00::9]:4711: EOF":                                         fact.PeerPrivate,
		"SSL_do_handshake() failed while SSL handshaking, client: 198.51.100.7, server: 0.0.0.0:443": fact.PeerPublic,
	} {
		if got := Read(text).Contexts; !slices.Contains(got, want) {
			t.Errorf("%q is in %v, want %s", text, got, want)
		}
	}
}

// TestFamous: a public service is known by its domain, not by a name that only ends alike.
func TestFamous(t *testing.T) {
	for host, want := range map[string]bool{"github.com": true, "codeload.github.com": true, "API.GitHub.com.": true, "notgithub.com": false, "github.com.example.test": false} {
		if isFamous(host) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
}
