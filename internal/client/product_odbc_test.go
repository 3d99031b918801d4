package client

import (
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// problem is a verdict with problems that the client refuses.
func problem(kinds ...fact.ProblemKind) *fact.Verdict {
	v := &fact.Verdict{Name: serverName}
	for _, k := range kinds {
		v.Problems = append(v.Problems, fact.Problem{Kind: k, Fatal: true})
	}
	return v
}

// TestSQLServerTexts: what real clients printed, as collected from bug reports and Microsoft's own pages, is what is predicted for the
// failure behind it.
func TestSQLServerTexts(t *testing.T) {
	chain := Failure{Step: StepCertificate, How: fact.EndLocal, Reason: "chain", Host: serverName, Port: 1433}
	self, name := chain, chain
	self.Verdict = problem(fact.SelfSignedLeaf)
	name.Reason, name.Verdict = "name", problem(fact.NameMismatch)
	expired := chain
	expired.Verdict = problem(fact.LeafExpired)
	closed := Failure{Step: StepHello, How: fact.EndClosed}
	declined := Failure{Step: StepPreamble, How: fact.EndDeclined}
	refused := Failure{Step: StepTCP, How: fact.EndRefused, Host: "localhost", Port: 1433}
	old := Failure{Step: StepServerHello, How: fact.EndLocal, Reason: wire.ReasonUnofferedVersion,
		Handshake: &fact.Handshake{Server: &wire.ServerHello{Version: wire.TLS10}}}
	for _, test := range []struct {
		client string
		f      Failure
		want   string // a part of it
	}{
		{"sqlclient", self, "A connection was successfully established with the server, but then an error occurred during the login process. " +
			"(provider: SSL Provider, error: 0 - The certificate chain was issued by an authority that is not trusted.)"},
		{"sqlclient", name, "(provider: SSL Provider, error: 0 - The target principal name is incorrect.)"},
		{"sqlclient", expired, "(provider: SSL Provider, error: 0 - The received certificate has expired.)"},
		{"sqlclient", closed, "login process. (provider: SSL Provider, error: 0 - An existing connection was forcibly closed by the remote host.)"},
		{"sqlclient", declined, "The instance of SQL Server you attempted to connect to does not support encryption."},
		{"sqlclient", old, "do not possess a common algorithm."},
		{"sqlclient", Failure{Step: StepHello, How: fact.EndTimeout}, "Connection Timeout Expired.  The timeout period elapsed while attempting to consume the pre-login handshake acknowledgement."},
		{"sqlclient", refused, "The server was not found or was not accessible."},
		{"sqlclient-linux", self, "pre-login handshake. (provider: TCP Provider, error: 35 - An internal exception was caught)\n ---> " +
			"System.Security.Authentication.AuthenticationException: The remote certificate was rejected by the provided RemoteCertificateValidationCallback."},
		{"sqlclient-linux", name, "Certificate name mismatch. The provided 'DataSource' or 'HostNameInCertificate' does not match the name in the certificate."},
		{"sqlclient-linux", old, "(provider: SSL Provider, error: 31 - Encryption(ssl/tls) handshake failed)\n ---> System.Security"},
		{"sqlclient-linux", old, "error:0A000102:SSL routines::unsupported protocol"},
		{"odbc", self, "[Microsoft][ODBC Driver 18 for SQL Server]SSL Provider: The certificate chain was issued by an authority that is not trusted."},
		{"odbc-linux", self, "[Microsoft][ODBC Driver 18 for SQL Server]SSL Provider: [error:0A000086:SSL routines::certificate verify failed:self-signed certificate]"},
		{"odbc-linux", self, "\n[Microsoft][ODBC Driver 18 for SQL Server]Client unable to establish connection. For solutions related to encryption errors, see " +
			"https://go.microsoft.com/fwlink/?linkid=2226722"},
		{"odbc-linux", closed, "TCP Provider: Error code 0x2746"},
		{"odbc-linux", old, "SSL Provider: [error:0A000102:SSL routines::unsupported protocol]"},
		{"oledb", self, "[Microsoft OLE DB Driver 19 for SQL Server]: SSL Provider: The certificate chain was issued by an authority that is not trusted."},
		{"mssql-jdbc", old, "The driver could not establish a secure connection to SQL Server by using Secure Sockets Layer (SSL) encryption. " +
			`Error: "The server selected protocol version TLS10 is not accepted by client preferences [TLS13, TLS12]".`},
		{"mssql-jdbc", self, `Error: "PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path`},
		{"mssql-jdbc", name, `Failed to validate the server name "db.example.test"in a certificate during Secure Sockets Layer (SSL) initialization.`},
		{"mssql-jdbc", declined, "The application requested encryption but the server is not configured to support SSL."},
		{"mssql-jdbc", closed, "SQL Server did not return a response. The connection has been closed."},
		{"mssql-jdbc", refused, `The TCP/IP connection to the host localhost, port 1433 has failed. Error: "Connection refused. Verify`},
		{"go-mssqldb", closed, "TLS Handshake failed: cannot read handshake packet: EOF"},
		{"go-mssqldb", refused, "unable to open tcp connection with host 'localhost:1433': dial tcp"},
		{"tedious", closed, "Failed to connect to :0 - Client network socket disconnected before secure TLS connection was established"},
		{"freetds", closed, "Adaptive Server connection failed"},
	} {
		_, m, ok := Find(test.client)
		if !ok {
			t.Fatalf("no %s", test.client)
		}
		if got := m.Does.Text(test.f); !strings.Contains(got, test.want) {
			t.Errorf("%s: it says\n%s\nwant\n%s", test.client, got, test.want)
		}
	}
}

// TestEncryptByTrustByName is the table of SqlClient's help pages: Encrypt, TrustServerCertificate, a name that fits or not.
func TestEncryptByTrustByName(t *testing.T) {
	roots, good := issue(t, serverName, noon.AddDate(1, 0, 0))
	otherRoots, other := issue(t, "sql01.internal.test", noon.AddDate(1, 0, 0))
	for _, test := range []struct {
		mode             string
		fits, otherName  Outcome
		withoutTLSServer Outcome
	}{
		{"sqlclient@6 Encrypt=Mandatory", Verified, Fails, Fails},
		{"sqlclient@6 Encrypt=Mandatory TrustServerCertificate", Unverified, Unverified, Fails},
		{"sqlclient@6 Encrypt=Optional", Unverified, Unverified, Plaintext},
		{"sqlclient@6 Encrypt=Optional TrustServerCertificate", Unverified, Unverified, Plaintext},
		{"sqlclient@6 Encrypt=Strict", Verified, Fails, Fails},
	} {
		_, m, ok := Find(test.mode)
		if !ok {
			t.Fatalf("no %s", test.mode)
		}
		predict := func(h *fact.Handshake, r trust.Roots) Outcome {
			at := Place{Host: serverName, Port: 1433, Now: noon, Roots: func(RootsUse) trust.Roots { return r }}
			return Predict(m.Does, serverOf(m.Does, h, login(fact.EndCompleted)), at).Outcome
		}
		got := []Outcome{predict(completed(good), roots), predict(completed(other), otherRoots), predict(ending("preamble", fact.EndDeclined, 0), roots)}
		if got[0] != test.fits || got[1] != test.otherName || got[2] != test.withoutTLSServer {
			t.Errorf("%s: %q, want %s, %s, %s", test.mode, got, test.fits, test.otherName, test.withoutTLSServer)
		}
	}
}

// TestHostNameInCertificate: the name given is the one verified.
func TestHostNameInCertificate(t *testing.T) {
	roots, other := issue(t, "sql01.internal.test", time.Now().AddDate(1, 0, 0))
	_, m, _ := Find("sqlclient Encrypt=Mandatory")
	at := Place{Host: serverName, Name: "sql01.internal.test", Now: noon, Roots: func(RootsUse) trust.Roots { return roots }}
	if got := Predict(m.Does, serverOf(m.Does, completed(other), nil), at); got.Outcome != Verified {
		t.Errorf("HostNameInCertificate: %s", got.Outcome)
	}
}

// TestForcedEncryption: since SqlClient 2.0 Encrypt=Optional verifies where the server forces encryption (its release notes; pull request 482).
func TestForcedEncryption(t *testing.T) {
	roots, other := issue(t, "sql01.internal.test", noon.AddDate(1, 0, 0))
	at := Place{Host: serverName, Now: noon, Roots: func(RootsUse) trust.Roots { return roots }}
	for _, test := range []struct {
		mode          string
		forced, loose Outcome
	}{
		{"sqlclient@1 Encrypt=Optional", Unverified, Unverified}, {"sqlclient@2 Encrypt=Optional", Fails, Unverified},
		{"sqlclient@6 Encrypt=Optional TrustServerCertificate", Unverified, Unverified}, {"system.data.sqlclient", Unverified, Unverified},
	} {
		_, m, _ := Find(test.mode)
		if got := Predict(m.Does, serverOf(m.Does, completed(other), login(fact.EndDeclined)), at).Outcome; got != test.forced {
			t.Errorf("%s, forced: %s", test.mode, got)
		}
		if got := Predict(m.Does, serverOf(m.Does, completed(other), login(fact.EndCompleted)), at).Outcome; got != test.loose {
			t.Errorf("%s, not forced: %s", test.mode, got)
		}
	}
}
