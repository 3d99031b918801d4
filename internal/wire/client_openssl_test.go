package wire

import (
	"math/big"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// helloFor offers one version and one suite, with all groups and schemes.
func helloFor(version uint16, suites ...uint16) Hello {
	h := Hello{
		Versions: []uint16{version}, Suites: suites,
		Groups:        []uint16{names.X25519, names.P256, names.P384, names.P521},
		Renegotiation: true, EMS: true, ServerName: "localhost",
	}
	if version >= TLS12 {
		h.Signatures = []uint16{
			names.RSAPSSRSAESHA256, names.ECDSAP256SHA256, names.ECDSAP384SHA384, names.Ed25519, names.RSAPKCS1SHA256,
			names.RSAPKCS1SHA384, names.RSAPKCS1SHA512, names.RSAPSSRSAESHA384, names.RSAPSSRSAESHA512,
		}
	}
	if version >= TLS13 {
		h.Shares = []uint16{names.X25519}
	}
	if version == SSLv3 {
		h = Hello{Versions: h.Versions, Suites: suites, SCSV: true}
	}
	return h
}

// eachSuite runs try for every suite that can be completed and that the peer has, with every version it goes with.
func eachSuite(t *testing.T, has func(names.Suite) bool, try func(t *testing.T, version uint16, suite names.Suite)) {
	for _, suite := range names.AllSuites() {
		for version := TLS10; version <= TLS13; version++ {
			if suite.Completable && suiteFits(suite, version) && has(suite) {
				t.Run(names.Version(version)+"/"+suite.Name, func(t *testing.T) { try(t, version, suite) })
			}
		}
	}
}

// notWeak: OpenSSL comes without RC4 and 3DES today; GnuTLS has them.
func notWeak(s names.Suite) bool { return s.Cipher != "RC4_128" && s.Cipher != "3DES_EDE_CBC" }

func every(names.Suite) bool { return true }

const allCiphers = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"

// authKind is the identity that a suite authenticates with.
func authKind(suite names.Suite) string {
	if suite.Auth == "ECDSA" {
		return "p256"
	}
	return "rsa"
}

func TestClientAgainstOpenSSL(t *testing.T) {
	addrs := map[string]string{
		"rsa":  opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers, "-min_protocol", "TLSv1"),
		"p256": opensslServer(t, testIdentity(t, "p256"), "-cipher", allCiphers, "-min_protocol", "TLSv1"),
	}
	eachSuite(t, notWeak, func(t *testing.T, version uint16, suite names.Suite) {
		c, conn, err := dialled(t, addrs[authKind(suite)], ClientConfig{Hello: helloFor(version, suite.ID)})
		if err != nil {
			t.Fatal(err)
		}
		if f := c.Flight(); f.Server.Version != version || f.Server.Suite != suite.ID || len(f.Certificates.Chain) != 1 {
			t.Errorf("%s, %s, %d certificates", names.Version(f.Server.Version), names.SuiteName(f.Server.Suite), len(f.Certificates.Chain))
		}
		exchange(t, c, conn, "hello\n", "olleh\n")
	})
}

func TestClientGroupsAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-groups", "X25519:P-256:P-384:P-521:ffdhe2048:ffdhe3072:X448")
	groups := []uint16{names.X25519, names.P256, names.P384, names.P521, names.FFDHE2048, names.FFDHE3072}
	for _, group := range groups {
		for _, shared := range []bool{true, false} {
			hello := helloFor(TLS13, names.TLS_AES_128_GCM_SHA256)
			hello.Groups, hello.Shares = []uint16{group}, []uint16{group}
			name := names.Group(group)
			if !shared {
				name, hello.Shares = name+" after a retry request", nil
			}
			t.Run(name, func(t *testing.T) {
				c, conn, err := dialled(t, addr, ClientConfig{Hello: hello})
				if err != nil {
					t.Fatal(err)
				}
				if retried := c.Flight().Retry != nil; retried == shared || c.Flight().Server.Share.Group != group {
					t.Errorf("retry %t, group %s", retried, names.Group(c.Flight().Server.Share.Group))
				}
				exchange(t, c, conn, "ab\n", "ba\n")
			})
		}
	}
	t.Run("X448 after a retry request", func(t *testing.T) {
		hello := helloFor(TLS13, names.TLS_AES_128_GCM_SHA256)
		hello.Groups, hello.Shares = []uint16{names.X448}, nil
		_, _, err := dialled(t, addr, ClientConfig{Hello: hello})
		wantLocal(t, err, ReasonCannotComplete)
	})
}

// A server in stateless mode puts a cookie into its retry request.
func TestClientEchoesCookie(t *testing.T) {
	id := testIdentity(t, "rsa")
	addr := startProgram(t, "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", id.certFile, "-key", id.keyFile, "-stateless").
		waitFor(t, `^ACCEPT (\S+)`)
	hello := helloFor(TLS13, names.TLS_AES_128_GCM_SHA256)
	hello.NoSessionID = true // s_server -stateless cannot take the ChangeCipherSpec that goes with one, not even its own client's
	c, conn, err := dialled(t, addr, ClientConfig{Hello: hello})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if c.Flight().Retry == nil || len(c.Flight().Retry.Cookie) == 0 {
		t.Error("the server sent no cookie: nothing was tested")
	}
}

func TestClientWithoutEMSAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	hello := helloFor(TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	hello.EMS = false
	c, conn, err := dialled(t, addr, ClientConfig{Hello: hello})
	if err != nil {
		t.Fatal(err)
	}
	if c.Flight().Server.EMS {
		t.Error("the server answered an extension that was not offered")
	}
	exchange(t, c, conn, "ab\n", "ba\n")
}

// A profile that imitates OpenSSL offers encrypt_then_mac among its extra extensions.
func TestClientEncryptThenMACAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers, "-min_protocol", "TLSv1")
	for _, version := range []uint16{TLS10, TLS12} {
		for _, suite := range []uint16{names.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, names.TLS_DHE_RSA_WITH_AES_256_CBC_SHA256} {
			if s, _ := names.SuiteByID(suite); !suiteFits(s, version) {
				continue
			}
			hello := helloFor(version, suite)
			hello.Extra = []Extension{{Type: ExtEncryptThenMAC}}
			c, conn, err := dialled(t, addr, ClientConfig{Hello: hello})
			if err != nil {
				t.Fatal(err)
			}
			if !c.agreed(ExtEncryptThenMAC) {
				t.Error("the server did not agree: nothing was tested")
			}
			exchange(t, c, conn, "ab\n", "ba\n")
		}
	}
}

// A ticket may come before the server changes keys.
func TestClientTakesTicketOfOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	hello := helloFor(TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	hello.Ticket = true
	c, conn, err := dialled(t, addr, ClientConfig{Hello: hello})
	if err != nil {
		t.Fatal(err)
	}
	if c.newTicket == nil {
		t.Error("the server sent no ticket: nothing was tested")
	}
	exchange(t, c, conn, "ab\n", "ba\n")
}

func TestClientCertificateAgainstOpenSSL(t *testing.T) {
	for _, kind := range []string{"rsa", "p256", "p384", "ed25519"} {
		own := testIdentity(t, kind)
		addr := opensslServer(t, testIdentity(t, "rsa"), "-Verify", "1", "-verify_return_error", "-CAfile", own.certFile,
			"-cipher", allCiphers, "-min_protocol", "TLSv1")
		for _, version := range []uint16{TLS10, TLS11, TLS12, TLS13} {
			if kind == "ed25519" && version < TLS12 {
				continue // Ed25519 needs signature schemes (RFC 8422 §5.10)
			}
			t.Run(kind+"/"+names.Version(version), func(t *testing.T) {
				suite := names.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA
				if version == TLS13 {
					suite = names.TLS_AES_256_GCM_SHA384
				}
				config := ClientConfig{Hello: helloFor(version, suite)}
				config.Certificate = &ClientCertificate{Chain: own.chain, Key: own.key}
				c, conn, err := dialled(t, addr, config)
				if err != nil {
					t.Fatal(err)
				}
				if c.Flight().Request == nil || len(c.Flight().ClientChain) != 1 {
					t.Error("no certificate was asked for or sent")
				}
				exchange(t, c, conn, "ab\n", "ba\n")
			})
		}
	}
}

// OpenSSL sends its tickets once it has taken the client's certificate and Finished.
func TestClientIsSettledByTicket(t *testing.T) {
	own := testIdentity(t, "p256")
	addr := opensslServer(t, testIdentity(t, "rsa"), "-Verify", "1", "-CAfile", own.certFile)
	config := ClientConfig{Hello: helloFor(TLS13, names.TLS_AES_128_GCM_SHA256)}
	config.Certificate = &ClientCertificate{Chain: own.chain, Key: own.key}
	c, conn, err := dialled(t, addr, config)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Requested() || !c.AwaitsVerdict() {
		t.Errorf("requested %t, awaits a verdict %t", c.Requested(), c.AwaitsVerdict())
	}
	if err := carry(conn, c, c.Settled); err != nil || c.AwaitsVerdict() {
		t.Errorf("%v", err)
	}
}

// Without a certificate, a TLS 1.3 server complains only after the handshake (RFC 8446 §4.4.2.4), older ones during it.
func TestClientWithoutCertificateAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-Verify", "1", "-cipher", allCiphers)
	_, _, err := dialled(t, addr, ClientConfig{Hello: helloFor(TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)})
	wantAlert(t, err, AlertHandshakeFailure)

	c, conn, err := dialled(t, addr, ClientConfig{Hello: helloFor(TLS13, names.TLS_AES_128_GCM_SHA256)})
	if err != nil {
		t.Fatal(err)
	}
	err = carry(conn, c, func() bool { return false })
	wantAlert(t, err, AlertCertificateRequired)
}

// Suites that OpenSSL has and the engine does not: the server's flight is read to its end.
func TestClientCannotComplete(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	for _, suite := range []string{
		"TLS_ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256", "TLS_DHE_RSA_WITH_AES_128_CCM", "TLS_RSA_WITH_AES_256_CCM_8",
		"TLS_DH_anon_WITH_AES_128_CBC_SHA", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
	} {
		t.Run(suite, func(t *testing.T) {
			c, _, err := dialled(t, addr, ClientConfig{Hello: helloFor(TLS12, testSuite(t, suite).ID)})
			wantLocal(t, err, ReasonCannotComplete)
			if f := c.Flight(); f.KeyExchange == nil && f.Certificates == nil {
				t.Error("nothing of the server's flight was read")
			}
		})
	}
}

func TestClientRefusal(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	for _, c := range []struct {
		step    string
		version uint16
		suite   uint16
	}{
		{StepServerHello, TLS12, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256},
		{StepCertificate, TLS12, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256},
		{StepServerKeyExchange, TLS12, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256},
		{StepServerHello, TLS13, names.TLS_AES_128_GCM_SHA256},
		{StepCertificate, TLS13, names.TLS_AES_128_GCM_SHA256},
	} {
		t.Run(names.Version(c.version)+"/"+c.step, func(t *testing.T) {
			var asked []string
			config := ClientConfig{Hello: helloFor(c.version, c.suite)}
			config.Refuse = func(step string, f *Flight) *Refusal {
				asked = append(asked, step)
				if step != c.step {
					return nil
				}
				return &Refusal{Alert: 71, Reason: "dh-too-small", Detail: "1024 bits"}
			}
			_, _, err := dialled(t, addr, config)
			if local := wantLocal(t, err, "dh-too-small"); local.Alert != 71 || local.Step != c.step {
				t.Errorf("alert %d at %s", local.Alert, local.Step)
			}
			if !slices.Contains(asked, c.step) {
				t.Errorf("asked at %v", asked)
			}
		})
	}
}

// shortSecret finds an exponent for which the secret has a leading zero.
func shortSecret(ske *ServerKeyExchange) *big.Int { return leadingZero(ske, true) }

// leadingZero finds an exponent for which the secret with ys is short or, otherwise, is not.
func leadingZero(ske *ServerKeyExchange, short bool) *big.Int {
	x, one := big.NewInt(0).Lsh(big.NewInt(1), 300), big.NewInt(1)
	z := new(big.Int).Exp(ske.Ys, x, ske.P)
	for range 100000 {
		if (z.BitLen() <= 8*(ske.PLen-1)) == short {
			return x
		}
		x.Add(x, one)
		z.Mod(z.Mul(z, ske.Ys), ske.P)
	}
	return nil
}

// RFC 5246 §8.1.2 strips leading zeros of the DHE secret; OpenSSL does, so keeping them must break the handshake.
func TestLeadingZeroAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	keep := func(_ string, secret []byte, _ *ServerKeyExchange) []byte { return secret }
	run := func(short bool, premaster func(string, []byte, *ServerKeyExchange) []byte) error {
		config := ClientConfig{Hello: helloFor(TLS12, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256), Premaster: premaster}
		config.Exponent = func(ske *ServerKeyExchange) *big.Int { return leadingZero(ske, short) }
		_, conn, err := dialled(t, addr, config)
		_ = conn.Close()
		return err
	}
	if err := run(true, nil); err != nil {
		t.Errorf("leading zero, stripped: %v", err)
	}
	if err := run(false, keep); err != nil {
		t.Errorf("no leading zero, kept: %v", err)
	}
	wantAlert(t, run(true, keep), AlertBadRecordMAC)
}

// OpenSSL takes a client value with its leading zeros cut off.
func TestPublicValueAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	config := ClientConfig{Hello: helloFor(TLS12, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256)}
	config.Exponent = func(ske *ServerKeyExchange) *big.Int {
		own := &ServerKeyExchange{P: ske.P, PLen: ske.PLen, Ys: ske.G}
		return leadingZero(own, true)
	}
	config.PublicValue = func(_ *ServerKeyExchange, yc *big.Int) []byte { return yc.Bytes() }
	c, conn, err := dialled(t, addr, config)
	if err != nil {
		t.Fatal(err)
	}
	if f := c.Flight(); len(f.ClientYc) >= f.KeyExchange.PLen {
		t.Errorf("the value takes %d bytes, the prime %d", len(f.ClientYc), f.KeyExchange.PLen)
	}
	exchange(t, c, conn, "ab\n", "ba\n")
}
