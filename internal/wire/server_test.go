package wire

import (
	"bytes"
	"math/big"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// tampered lets change spoil what the client says after the server's first flight, message by message.
func tampered(t *testing.T, version, suite uint16, change func(p *pair)) *pair {
	t.Helper()
	client, config := plainConfigs(t, version, suite)
	p := newPair(t, client, config)
	flight, err := p.server.Feed(p.client.Start())
	if err != nil {
		t.Fatal(err)
	}
	change(p)
	out, err := p.client.Feed(flight)
	if err != nil {
		t.Fatal(err)
	}
	_, p.serverErr = p.server.Feed(out)
	return p
}

func TestServerNoticesClientFaults(t *testing.T) {
	ecdhe, dhe, rsa := names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_RSA_WITH_AES_128_GCM_SHA256
	flip := func(_ string, secret []byte, _ *ServerKeyExchange) []byte {
		return join([]byte{secret[0] ^ 1}, secret[1:])
	}
	value := func(v int64) func(*pair) {
		return func(p *pair) {
			p.client.config.PublicValue = func(*ServerKeyExchange, *big.Int) []byte { return big.NewInt(v).Bytes() }
		}
	}
	for _, c := range []struct {
		name   string
		suite  uint16
		change func(*pair)
		reason string
		alert  uint8
	}{
		{"other premaster, ECDHE", ecdhe, func(p *pair) { p.client.config.Premaster = flip }, ReasonBadRecord, AlertBadRecordMAC},
		{"other premaster, RSA", rsa, func(p *pair) { p.client.config.Premaster = flip }, ReasonBadRecord, AlertBadRecordMAC},
		{"other transcript in the master secret", ecdhe, func(p *pair) { p.client.transcript = append(slices.Clone(p.client.transcript), 0) }, ReasonBadRecord, AlertBadRecordMAC},
		{"value 0", dhe, value(0), ReasonBadKeyShare, AlertIllegalParameter},
		{"value 1", dhe, value(1), ReasonBadKeyShare, AlertIllegalParameter},
		{"unexpected certificate", ecdhe, func(p *pair) { p.server.next = p.server.takeClientCertificate }, ReasonUnexpected, AlertUnexpectedMessage},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := tampered(t, TLS12, c.suite, c.change)
			if local := wantLocal(t, p.serverErr, c.reason); local.Alert != c.alert {
				t.Errorf("alert %d", local.Alert)
			}
		})
	}
}

// A client's Finished over another transcript, under the right keys.
func TestServerChecksFinished(t *testing.T) {
	client, config := plainConfigs(t, TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	client.Hello.EMS = false // or the transcript would enter the keys
	p := newPair(t, client, config)
	flight, err := p.server.Feed(p.client.Start())
	if err != nil {
		t.Fatal(err)
	}
	p.client.transcript = join(p.client.transcript, []byte{0})
	out, err := p.client.Feed(flight)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.server.Feed(out)
	if local := wantLocal(t, err, ReasonBadFinished); local.Alert != AlertDecryptError || local.Step != "Finished" {
		t.Errorf("%v", local)
	}
}

func TestServerChecksClientProof(t *testing.T) {
	own, other := testIdentity(t, "p256"), testIdentity(t, "p384")
	for _, version := range []uint16{TLS12, TLS13} {
		suite := names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
		if version == TLS13 {
			suite = names.TLS_AES_128_GCM_SHA256
		}
		client, config := plainConfigs(t, version, suite)
		config.ClientAuth = ClientAuthRequest
		newPair(t, client, config).run().wantDone(t) // without a certificate

		client.Certificate = &ClientCertificate{Chain: own.chain, Key: own.key}
		newPair(t, client, config).run().wantDone(t)

		client.Certificate.Key = other.key
		p := newPair(t, client, config).run()
		wantLocal(t, p.serverErr, ReasonBadClientSig)
	}
}

func TestServerVersions(t *testing.T) {
	for _, c := range []struct {
		name     string
		lo, hi   uint16
		versions []uint16
		force    uint16
		want     uint16
		mark     string
	}{
		{"TLS 1.3", TLS10, TLS13, []uint16{TLS13, TLS12}, 0, TLS13, ""},
		{"TLS 1.2 of a TLS 1.3 server", TLS10, TLS13, []uint16{TLS12}, 0, TLS12, "TLS1.2"},
		{"TLS 1.1 of a TLS 1.3 server", TLS10, TLS13, []uint16{TLS11}, 0, TLS11, "TLS1.1"},
		{"TLS 1.1 of a TLS 1.2 server", TLS10, TLS12, []uint16{TLS11}, 0, TLS11, "TLS1.1"},
		{"TLS 1.2 of a TLS 1.2 server", TLS10, TLS12, []uint16{TLS13, TLS12}, 0, TLS12, ""},
		{"a version of the future", TLS10, TLS12, []uint16{TLS12}, 0x0309, TLS12, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			hello := helloFor(TLS13, names.TLS_AES_128_GCM_SHA256, names.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA)
			hello.Versions, hello.ForceVersion = c.versions, c.force
			config := serverConfig(testIdentity(t, "rsa"))
			config.MinVersion, config.MaxVersion = c.lo, c.hi
			s := NewServer(config)
			if _, err := s.Feed(startClient(t, hello).Start()); err != nil {
				t.Fatal(err)
			}
			if got := s.Flight().Server; got.Version != c.want || downgradeSentinel(got.Random) != c.mark {
				t.Errorf("%s, mark %q", names.Version(got.Version), downgradeSentinel(got.Random))
			}
		})
	}
}

func TestServerDefaults(t *testing.T) {
	for _, c := range []struct{ min, max, wantMin, wantMax uint16 }{
		{0, 0, TLS12, TLS13}, {0, TLS12, TLS12, TLS12}, {0, TLS10, TLS10, TLS10}, {SSLv3, 0, SSLv3, TLS13}, {TLS13, 0, TLS13, TLS13},
	} {
		got := ServerConfig{MinVersion: c.min, MaxVersion: c.max}.withDefaults()
		if got.MinVersion != c.wantMin || got.MaxVersion != c.wantMax {
			t.Errorf("%04x to %04x becomes %04x to %04x", c.min, c.max, got.MinVersion, got.MaxVersion)
		}
	}
	suites := defaultSuites()
	best, _ := names.SuiteByID(suites[0])
	worst, _ := names.SuiteByID(suites[len(suites)-1])
	if best.Kex != "any" || worst.Kex != kindRSA || worst.MAC == "AEAD" {
		t.Errorf("from %s to %s", best.Name, worst.Name)
	}
	for _, id := range suites {
		if s, _ := names.SuiteByID(id); !s.Completable || s.Cipher == "RC4_128" || s.Cipher == "3DES_EDE_CBC" {
			t.Errorf("%s is among the default suites", s.Name)
		}
	}
}

// The second hello must bring the share that was asked for.
func TestServerAfterRetry(t *testing.T) {
	config := serverConfig(testIdentity(t, "rsa"))
	config.Groups = []uint16{names.P384}
	c, s := startClient(t, hello13()), NewServer(config)
	out, err := s.Feed(c.Start())
	if err != nil || !bytes.HasSuffix(out, compatibilityChange()) {
		t.Fatalf("sent %x, %v", out, err)
	}
	_, err = s.Feed(c.Start())
	wantLocal(t, err, ReasonBadKeyShare)
}

func TestServerEMSRequired(t *testing.T) {
	client, config := plainConfigs(t, TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	client.Hello.EMS, config.EMS = false, EMSRequired
	p := newPair(t, client, config).run()
	wantLocal(t, p.serverErr, ReasonNoEMS)
	wantAlert(t, p.clientErr, AlertHandshakeFailure)
}

// Public values with and without leading zeros arrive as they were written.
func TestServerPublicLen(t *testing.T) {
	for _, c := range []struct {
		length  int
		written int
	}{{0, 256}, {-1, 255}, {300, 300}} {
		client, config := plainConfigs(t, TLS12, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256)
		config.PublicLen = c.length
		config.Exponent = func(ske *ServerKeyExchange, _ *big.Int) *big.Int {
			return shortSecret(&ServerKeyExchange{P: ske.P, PLen: 256, Ys: ske.G})
		}
		p := newPair(t, client, config).run()
		p.wantDone(t)
		// A second leading zero byte comes once in 256 runs.
		if got := p.client.Flight().KeyExchange.YsLen; got != c.written && (c.length >= 0 || got > c.written) {
			t.Errorf("length %d: %d bytes", c.length, got)
		}
	}
}

func TestServerDeclinesRenegotiation(t *testing.T) {
	client, config := plainConfigs(t, TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	p := newPair(t, client, config).run()
	p.wantDone(t)
	hello, err := p.client.out.seal(RecordHandshake, TLS12, p.client.built.Message, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.server.Feed(hello)
	if err != nil {
		t.Fatal(err)
	}
	_, plain, err := openRecord(p.client.in, out)
	if err != nil || !bytes.Equal(plain, []byte{levelWarning, AlertNoRenegotiation}) {
		t.Errorf("answer %x, %v", plain, err)
	}
}

func TestServerAgainstNoise(t *testing.T) {
	for name, c := range map[string]struct {
		feed   []byte
		reason string
	}{
		"a ServerHello":      {WriteRecords(RecordHandshake, TLS10, Handshake(TypeServerHello, nil), 0), ReasonUnexpected},
		"a cut hello":        {WriteRecords(RecordHandshake, TLS10, Handshake(TypeClientHello, make([]byte, 20)), 0), ReasonDecode},
		"application data":   {WriteRecords(RecordApplicationData, TLS10, []byte("GET"), 0), ReasonUnexpected},
		"an empty SSLv2 one": {[]byte{0x80, 9, 1, 3, 1, 0, 0, 0, 0, 0, 0}, ReasonNoSharedSuite},
	} {
		_, err := NewServer(serverConfig(testIdentity(t, "rsa"))).Feed(c.feed)
		if wantLocal(t, err, c.reason); t.Failed() {
			t.Log(name)
		}
	}
}

func FuzzServer(f *testing.F) {
	for _, version := range []uint16{TLS10, TLS12, TLS13} {
		c, err := NewClient(ClientConfig{Hello: helloFor(version, names.TLS_AES_128_GCM_SHA256, names.TLS_DHE_RSA_WITH_AES_128_CBC_SHA), Rand: steady()})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(c.Start(), []byte{20, 3, 3, 0, 1, 1})
	}
	f.Add([]byte{0x80, 12, 1, 3, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0x2f}, []byte{22, 3, 1, 0, 4, 16, 0, 0, 0})
	f.Fuzz(func(t *testing.T, hello, more []byte) {
		s := NewServer(serverConfig(testIdentity(t, "rsa")))
		_, _ = s.Feed(hello)
		_, _ = s.Feed(more)
		if s.Done() {
			t.Fatal("done without keys")
		}
	})
}
