package wire

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// GnuTLS's client still has RC4, 3DES and MD5.
func TestServerAgainstGnuTLS(t *testing.T) {
	needProgram(t, "gnutls-cli")
	weak := func(s names.Suite) bool { return !notWeak(s) || s.Kex == kindDHE }
	eachSuite(t, weak, func(t *testing.T, version uint16, suite names.Suite) {
		id := testIdentity(t, authKind(suite))
		config := serverConfig(id)
		config.Suites, config.MaxVersion = []uint16{suite.ID}, version
		addr, s, result := accepted(t, config)
		_, port, _ := net.SplitHostPort(addr)
		client := startProgram(t, "gnutls-cli", "--x509cafile", id.certFile, "--priority", gnutlsAll, "-p", port, "localhost")
		echoed := client.talk("hello from gnutls")
		if err := result(); err != nil || !echoed {
			t.Fatalf("echoed %t, %v", echoed, err)
		}
		if f := s.Flight(); f.Server.Suite != suite.ID || f.Server.Version != version {
			t.Errorf("%s, %s", names.Version(f.Server.Version), names.SuiteName(f.Server.Suite))
		}
	})
}

// goClient does a handshake and one exchange with the standard library's client.
func goClient(t *testing.T, addr string, config *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	conn, err := tls.Dial("tcp", addr, config)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("hello")); err != nil {
		return tls.ConnectionState{}, err
	}
	answer := make([]byte, 5)
	if _, err = io.ReadFull(conn, answer); err == nil && string(answer) != "hello" {
		t.Errorf("answer %q", answer)
	}
	return conn.ConnectionState(), err
}

func goTrust(t *testing.T, id *identity) *tls.Config {
	t.Helper()
	cert, err := x509.ParseCertificate(id.chain[0])
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS10}
}

func TestServerAgainstGo(t *testing.T) {
	for _, kind := range []string{"rsa", "p256", "p384", "ed25519"} {
		for _, version := range []uint16{TLS10, TLS11, TLS12, TLS13} {
			if kind == "ed25519" && version < TLS12 {
				continue
			}
			t.Run(kind+"/"+names.Version(version), func(t *testing.T) {
				id := testIdentity(t, kind)
				config := serverConfig(id)
				config.OCSP, config.ALPN, config.MaxVersion = []byte("stapled"), []string{"b", "a"}, version
				addr, _, result := accepted(t, config)
				trust := goTrust(t, id)
				trust.NextProtos = []string{"a", "b"}
				state, err := goClient(t, addr, trust)
				if ours := result(); err != nil || ours != nil {
					t.Fatalf("client: %v, server: %v", err, ours)
				}
				if state.Version != version || state.NegotiatedProtocol != "b" || string(state.OCSPResponse) != "stapled" {
					t.Errorf("%s, protocol %q, staple %q", names.Version(state.Version), state.NegotiatedProtocol, state.OCSPResponse)
				}
			})
		}
	}
}

func TestServerGroupsAgainstGo(t *testing.T) {
	for _, group := range []uint16{names.X25519MLKEM768, names.SecP256r1MLKEM768, names.SecP384r1MLKEM1024, names.X25519, names.P256, names.P384, names.P521} {
		t.Run(names.Group(group), func(t *testing.T) {
			id := testIdentity(t, "p256")
			config := serverConfig(id)
			config.Groups = []uint16{group}
			addr, s, result := accepted(t, config)
			trust := goTrust(t, id)
			trust.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveID(group)}
			_, err := goClient(t, addr, trust)
			if ours := result(); err != nil || ours != nil {
				t.Fatalf("client: %v, server: %v", err, ours)
			}
			if got := s.Flight().Server.Share.Group; got != group {
				t.Errorf("group %s", names.Group(got))
			}
		})
	}
}

// Go's server sends the tickets, keys and requests of a connection that goes on; its client takes ours.
func TestServerAsksForCertificateFromGo(t *testing.T) {
	for _, version := range []uint16{TLS10, TLS12, TLS13} {
		t.Run(fmt.Sprint(names.Version(version)), func(t *testing.T) {
			id, own := testIdentity(t, "p256"), testIdentity(t, "rsa")
			config := serverConfig(id)
			config.ClientAuth, config.MaxVersion = ClientAuthRequire, version
			addr, s, result := accepted(t, config)
			trust := goTrust(t, id)
			trust.Certificates = []tls.Certificate{{Certificate: own.chain, PrivateKey: own.key}}
			_, err := goClient(t, addr, trust)
			if ours := result(); err != nil || ours != nil {
				t.Fatalf("client: %v, server: %v", err, ours)
			}
			if len(s.Flight().ClientChain) != 1 {
				t.Error("no certificate came")
			}
		})
	}
}
