package wire

import (
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

func asError[T error](err error, target *T) bool { return errors.As(err, target) }

func serverConfig(id *identity) ServerConfig {
	return ServerConfig{Chain: id.chain, Key: id.key, Renegotiation: true, MinVersion: TLS10}
}

// opensslClient runs s_client against addr.
func opensslClient(t *testing.T, addr string, args ...string) *program {
	t.Helper()
	args = append([]string{"s_client", "-connect", addr, "-cipher", allCiphers, "-min_protocol", "TLSv1"}, args...)
	return startProgram(t, "openssl", args...)
}

// opensslVersion is s_client's option that allows one version only.
func opensslVersion(version uint16) string {
	return map[uint16]string{TLS10: "-tls1", TLS11: "-tls1_1", TLS12: "-tls1_2", TLS13: "-tls1_3"}[version]
}

func TestServerAgainstOpenSSL(t *testing.T) {
	needProgram(t, "openssl")
	eachSuite(t, notWeak, func(t *testing.T, version uint16, suite names.Suite) {
		id := testIdentity(t, authKind(suite))
		config := serverConfig(id)
		config.Suites = []uint16{suite.ID}
		addr, s, result := accepted(t, config)
		client := opensslClient(t, addr, opensslVersion(version), "-CAfile", id.certFile, "-verify_return_error")
		echoed := client.talk("hello from openssl")
		if err := result(); err != nil || !echoed {
			t.Fatalf("echoed %t, %v", echoed, err)
		}
		if f := s.Flight(); f.Server.Version != version || !s.Done() {
			t.Errorf("version %s, done %t", names.Version(f.Server.Version), s.Done())
		}
	})
}

// The client's share is X25519's only; every other group takes a retry request.
func TestServerGroupsAgainstOpenSSL(t *testing.T) {
	needProgram(t, "openssl")
	for _, group := range []uint16{names.X25519, names.P256, names.P384, names.P521, names.FFDHE2048, names.FFDHE3072} {
		t.Run(names.Group(group), func(t *testing.T) {
			config := serverConfig(testIdentity(t, "p384"))
			config.Groups = []uint16{group}
			addr, s, result := accepted(t, config)
			echoed := opensslClient(t, addr, "-groups", "X25519:P-256:P-384:P-521:ffdhe2048:ffdhe3072").talk("hello")
			if err := result(); err != nil || !echoed {
				t.Fatalf("echoed %t, %v", echoed, err)
			}
			if retried := s.Flight().Retry != nil; retried == (group == names.X25519) {
				t.Errorf("retry request: %t", retried)
			}
		})
	}
}

func TestServerAsksForCertificateFromOpenSSL(t *testing.T) {
	for _, kind := range []string{"rsa", "p256", "ed25519"} {
		for _, version := range []uint16{TLS10, TLS12, TLS13} {
			if kind == "ed25519" && version < TLS12 {
				continue
			}
			t.Run(kind+"/"+names.Version(version), func(t *testing.T) {
				own := testIdentity(t, kind)
				config := serverConfig(testIdentity(t, "rsa"))
				config.ClientAuth = ClientAuthRequire
				addr, s, result := accepted(t, config)
				echoed := opensslClient(t, addr, opensslVersion(version), "-cert", own.certFile, "-key", own.keyFile).talk("hello")
				if err := result(); err != nil || !echoed {
					t.Fatalf("echoed %t, %v", echoed, err)
				}
				if len(s.Flight().ClientChain) != 1 {
					t.Error("no certificate came")
				}
			})
		}
	}
}

// What the server does wrong or does not like, and what OpenSSL and we say then. A client is 0 when its alert does not
// matter because ours comes first.
func TestServerFaultsAgainstOpenSSL(t *testing.T) {
	needProgram(t, "openssl")
	for _, c := range []struct {
		name   string
		change func(*ServerConfig)
		args   []string
		ours   string // reason of our LocalError
		theirs uint8  // or the client's alert
		text   string // s_client's words about it
	}{
		{"bad signature", func(c *ServerConfig) { c.BadSignature = true }, []string{"-tls1_2"}, "", AlertDecryptError, "bad signature"},
		{"bad signature in TLS 1.3", func(c *ServerConfig) { c.BadSignature = true }, []string{"-tls1_3"}, "", AlertDecryptError, "bad signature"},
		{"bad Finished", func(c *ServerConfig) { c.BadFinished = true }, []string{"-tls1_2"}, "", AlertDecryptError, "digest check failed"},
		{"bad Finished in TLS 1.3", func(c *ServerConfig) { c.BadFinished = true }, []string{"-tls1_3"}, "", AlertDecryptError, "digest check failed"},
		{"no renegotiation_info", func(c *ServerConfig) { c.Renegotiation = false }, []string{"-tls1_2"}, "", AlertHandshakeFailure, "unsafe legacy renegotiation disabled"},
		{"no version", func(c *ServerConfig) { c.MinVersion = TLS13 }, []string{"-tls1_2"}, ReasonNoSharedVersion, 0, "alert protocol version"},
		{"no suite", func(c *ServerConfig) { c.Suites = []uint16{names.TLS_RSA_WITH_RC4_128_SHA} }, []string{"-tls1_2"}, ReasonNoSharedSuite, 0, "alert handshake failure"},
		{"no group", func(c *ServerConfig) { c.Groups = []uint16{names.P521} }, []string{"-tls1_3", "-groups", "P-256"}, ReasonNoSharedGroup, 0, "alert handshake failure"},
		{"no curve", func(c *ServerConfig) {
			c.Groups, c.Suites = []uint16{names.P521}, []uint16{names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}
		}, []string{"-tls1_2", "-groups", "P-256"}, ReasonNoSharedGroup, 0, "alert handshake failure"},
		{"no scheme", func(c *ServerConfig) { c.Schemes = []uint16{names.RSAPKCS1SHA1} }, []string{"-tls1_3"}, ReasonNoSharedScheme, 0, "alert handshake failure"},
		{"no protocol", func(c *ServerConfig) { c.ALPN = []string{"h2"} }, []string{"-alpn", "tds/8.0"}, ReasonNoSharedALPN, 0, "no application protocol"},
		{"fallback", nil, []string{"-fallback_scsv", "-tls1_2"}, ReasonFallback, 0, "inappropriate fallback"},
		{"no certificate", func(c *ServerConfig) { c.ClientAuth = ClientAuthRequire }, []string{"-tls1_2"}, ReasonNoCertificate, 0, "alert handshake failure"},
		{"no certificate in TLS 1.3", func(c *ServerConfig) { c.ClientAuth = ClientAuthRequire }, []string{"-tls1_3"}, ReasonNoCertificate, 0, "certificate required"},
		{"refused by name", refuseName, []string{"-servername", "other.test"}, "sni-unknown", 0, "unrecognized name"},
		{"small group", func(c *ServerConfig) {
			c.DH = &DHGroup{P: smallPrime(), G: big.NewInt(2)}
			c.Suites = []uint16{names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256}
		}, []string{"-tls1_2", "-cipher", "DHE:@SECLEVEL=2"}, "", AlertHandshakeFailure, "dh key too small"},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := serverConfig(testIdentity(t, "rsa")).withDefaults()
			if c.change != nil {
				c.change(&config)
			}
			addr, _, result := accepted(t, config)
			client := opensslClient(t, addr, c.args...)
			client.talk("hello")
			err := result()
			if c.ours != "" {
				wantLocal(t, err, c.ours)
			} else {
				wantAlert(t, err, c.theirs)
			}
			if !strings.Contains(client.text(), c.text) {
				t.Errorf("s_client does not say %q:\n%s", c.text, client.text())
			}
		})
	}
}

// refuseName acts as a server that knows no host of the name asked for.
func refuseName(c *ServerConfig) {
	c.Choose = func(hello *ClientHello, _ *ServerConfig) *Refusal {
		if hello.ServerName == "localhost" {
			return nil
		}
		return &Refusal{Alert: AlertUnrecognizedName, Reason: "sni-unknown"}
	}
}

// smallPrime is the prime of Oakley group 2 (RFC 2409 §6.2), 1024 bits.
func smallPrime() *big.Int {
	p, _ := new(big.Int).SetString("FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF", 16)
	return p
}

// The extended master secret is left out or insisted on.
func TestServerEMSAgainstOpenSSL(t *testing.T) {
	needProgram(t, "openssl")
	for _, mode := range []string{EMSAnswer, EMSOff, EMSRequired} {
		t.Run("mode "+mode, func(t *testing.T) {
			config := serverConfig(testIdentity(t, "p256"))
			config.EMS = mode
			addr, s, result := accepted(t, config)
			echoed := opensslClient(t, addr, "-tls1_2").talk("hello")
			if err := result(); err != nil || !echoed {
				t.Fatalf("echoed %t, %v", echoed, err)
			}
			if s.Flight().Server.EMS != (mode != EMSOff) {
				t.Errorf("answered %t", s.Flight().Server.EMS)
			}
		})
	}
}

// stripZeros and keepZeros are the two rules about leading zeros.
func stripZeros(_ string, secret []byte, _ *ServerKeyExchange) []byte {
	return new(big.Int).SetBytes(secret).Bytes()
}
func keepZeros(_ string, secret []byte, _ *ServerKeyExchange) []byte { return secret }

// With p = 2^2048 + 981 nearly every secret has a leading zero byte, so that one handshake tells the client's rule.
func TestServerTellsRuleOfOpenSSL(t *testing.T) {
	needProgram(t, "openssl")
	for _, c := range []struct {
		name   string
		change func(*ServerConfig)
		want   string
	}{
		{"right rule first", func(c *ServerConfig) { c.Alternative = keepZeros }, RuleMain},
		{"right rule second", func(c *ServerConfig) { c.Premaster, c.Alternative = keepZeros, stripZeros }, RuleAlternative},
		{"both the same", func(c *ServerConfig) { c.Alternative = stripZeros }, RuleUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := serverConfig(testIdentity(t, "rsa"))
			config.Suites = []uint16{names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256}
			p := new(big.Int).Lsh(big.NewInt(1), 2048)
			config.DH = &DHGroup{P: p.Add(p, big.NewInt(981)), G: big.NewInt(2)}
			c.change(&config)
			addr, s, result := accepted(t, config)
			echoed := opensslClient(t, addr, "-tls1_2").talk("hello")
			if err := result(); err != nil || !echoed {
				t.Fatalf("echoed %t, %v", echoed, err)
			}
			if s.Rule() != c.want {
				t.Errorf("rule %q, want %q", s.Rule(), c.want)
			}
		})
	}
}

// shortServerSecret picks an exponent in TLS 1.3, where the client's value is known, that gives a leading zero.
func shortServerSecret(ske *ServerKeyExchange, yc *big.Int) *big.Int {
	return shortSecret(&ServerKeyExchange{P: ske.P, PLen: ske.PLen, Ys: yc})
}

// In TLS 1.3 leading zeros are kept (RFC 8446 §7.4.1), which OpenSSL does: a server that strips them is not understood.
func TestLeadingZeroInTLS13AgainstOpenSSL(t *testing.T) {
	needProgram(t, "openssl")
	config := serverConfig(testIdentity(t, "rsa"))
	config.Groups, config.Exponent, config.Alternative = []uint16{names.FFDHE2048}, shortServerSecret, stripZeros
	addr, s, result := accepted(t, config)
	echoed := opensslClient(t, addr, "-groups", "X25519:ffdhe2048").talk("hello")
	if err := result(); err != nil || !echoed || s.Rule() != RuleMain {
		t.Fatalf("echoed %t, rule %q, %v", echoed, s.Rule(), err)
	}
	config.Premaster, config.Alternative = stripZeros, keepZeros
	addr, _, result = accepted(t, config)
	opensslClient(t, addr, "-groups", "X25519:ffdhe2048").talk("hello")
	wantAlert(t, result(), AlertBadRecordMAC)
}

// Java strips leading zeros in TLS 1.3 up to at least version 25.0.3 (JDK-8328046). It cannot read what a right server
// sends then, and says so under the keys of the wrong rule: one connection proves the fault.
func TestServerTellsRuleOfJava(t *testing.T) {
	keytool := needProgram(t, "keytool")
	config := serverConfig(testIdentity(t, "rsa"))
	config.Groups, config.Exponent, config.Alternative = []uint16{names.FFDHE2048}, shortServerSecret, stripZeros
	addr, s, result := accepted(t, config)
	startProgram(t, keytool, "-printcert", "-sslserver", addr).seek("^no such line: this waits for the end")
	err := result()
	switch s.Rule() {
	case RuleAlternative:
		wantAlert(t, err, AlertBadRecordMAC)
	case RuleMain:
		if err != nil {
			t.Fatal(err)
		}
		t.Log("this Java keeps the zeros: it has the correction")
	default:
		t.Fatalf("rule %q, %v", s.Rule(), err)
	}
}

// KeyUpdate both ways: "K" makes s_client and s_server change keys and ask for the same.
func TestKeyUpdateAgainstOpenSSL(t *testing.T) {
	needProgram(t, "openssl")
	addr, s, result := accepted(t, serverConfig(testIdentity(t, "p256")))
	client := opensslClient(t, addr, "-tls1_3")
	client.waitFor(t, "^    Verify return code|^Verify return code")
	if _, err := client.stdin.Write([]byte("K\n")); err != nil {
		t.Fatal(err)
	}
	client.waitFor(t, "^KEYUPDATE")
	echoed := client.talk("hello again")
	if err := result(); err != nil || !echoed {
		t.Fatalf("echoed %t, %v", echoed, err)
	}
	if s.in.seq > 3 {
		t.Errorf("record %d under the client's keys: they did not change", s.in.seq)
	}
}

// Java still speaks SSLv3 when its lists of disabled algorithms are emptied.
func TestServerSSLv3AgainstJava(t *testing.T) {
	keytool := needProgram(t, "keytool")
	properties := filepath.Join(t.TempDir(), "java.security")
	if err := os.WriteFile(properties, []byte("jdk.tls.disabledAlgorithms=\njdk.certpath.disabledAlgorithms=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := serverConfig(testIdentity(t, "rsa"))
	config.MinVersion, config.MaxVersion = SSLv3, SSLv3
	config.Suites = []uint16{names.TLS_DHE_RSA_WITH_AES_128_CBC_SHA}
	addr, s, result := accepted(t, config)
	startProgram(t, keytool, "-J-Djava.security.properties="+properties, "-J-Djdk.tls.client.protocols=SSLv3",
		"-printcert", "-sslserver", addr).seek("^no such line: this waits for the end")
	if err := result(); err != nil || !s.Done() || s.Flight().Server.Version != SSLv3 {
		t.Fatalf("done %t, %v", s.Done(), err)
	}
}

// A hello in SSLv2 framing, as Java sends one when it is told to.
func TestServerTakesSSLv2HelloOfJava(t *testing.T) {
	keytool := needProgram(t, "keytool")
	properties := filepath.Join(t.TempDir(), "java.security")
	if err := os.WriteFile(properties, []byte("jdk.tls.disabledAlgorithms=\njdk.certpath.disabledAlgorithms=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := serverConfig(testIdentity(t, "rsa"))
	addr, s, result := accepted(t, config)
	startProgram(t, keytool, "-J-Djava.security.properties="+properties, "-J-Djdk.tls.client.protocols=SSLv2Hello,TLSv1",
		"-printcert", "-sslserver", addr).seek("^no such line: this waits for the end")
	err := result()
	if err != nil || !s.Done() {
		t.Fatalf("done %t, %v", s.Done(), err)
	}
	if hello := s.Flight().Client; !hello.SSLv2Framing || s.Flight().Server.Version != TLS10 {
		t.Errorf("SSLv2 framing %t, version %s", hello.SSLv2Framing, names.Version(s.Flight().Server.Version))
	}
}
