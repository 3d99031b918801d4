package wire

import (
	"bytes"
	"math/big"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A server's answer is made up by hand for what no real server does.

// hello13 offers TLS 1.3 and 1.2 with one share.
func hello13() Hello {
	h := helloFor(TLS13, names.TLS_AES_128_GCM_SHA256, names.TLS_AES_256_GCM_SHA384, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	h.Versions = []uint16{TLS13, TLS12}
	return h
}

func startClient(t testing.TB, h Hello) *Client {
	t.Helper()
	c, err := NewClient(ClientConfig{Hello: h})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answer is a ServerHello that a client made of hello13 accepts, for change to spoil.
func answer(c *Client, change func(*ServerHello)) []byte {
	h := &ServerHello{
		LegacyVersion: TLS12, Version: TLS13, Random: bytes.Repeat([]byte{9}, 32),
		SessionID: c.flight.Client.SessionID, Suite: names.TLS_AES_128_GCM_SHA256,
		Share: &KeyShare{Group: names.X25519, Data: append(bytes.Repeat([]byte{0}, 31), 9)},
	}
	change(h)
	message, err := h.Marshal()
	if err != nil {
		panic(err)
	}
	return WriteRecords(RecordHandshake, TLS12, message, 0)
}

// legacy turns answer's hello into one of an older version.
func legacy(h *ServerHello, version uint16) {
	h.LegacyVersion, h.Version, h.Share, h.SessionID = version, version, nil, nil
	h.Suite = names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
}

func retry(h *ServerHello, group uint16) {
	h.Retry, h.Share = true, &KeyShare{Group: group}
}

func TestClientHoldsServerToOffer(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*ServerHello)
		reason string
		alert  uint8
	}{
		{"older version", func(h *ServerHello) { legacy(h, TLS11) }, ReasonUnofferedVersion, AlertProtocolVersion},
		{"newer version", func(h *ServerHello) { h.Version = 0x0305 }, ReasonUnofferedVersion, AlertProtocolVersion},
		{"downgrade mark", func(h *ServerHello) { legacy(h, TLS12); copy(h.Random[24:], "DOWNGRD\x01") }, ReasonDowngrade, AlertIllegalParameter},
		{"compression", func(h *ServerHello) { legacy(h, TLS12); h.Compression = 1 }, ReasonCompression, AlertIllegalParameter},
		{"suite", func(h *ServerHello) { h.Suite = names.TLS_CHACHA20_POLY1305_SHA256 }, ReasonUnofferedSuite, AlertIllegalParameter},
		{"unknown suite", func(h *ServerHello) { h.Suite = 0xfedc }, ReasonUnofferedSuite, AlertIllegalParameter},
		{"suite of TLS 1.2 in TLS 1.3", func(h *ServerHello) { h.Suite = names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 }, ReasonUnofferedSuite, AlertIllegalParameter},
		{"suite of TLS 1.3 in TLS 1.2", func(h *ServerHello) { legacy(h, TLS12); h.Suite = names.TLS_AES_128_GCM_SHA256 }, ReasonUnofferedSuite, AlertIllegalParameter},
		{"session ID", func(h *ServerHello) { h.SessionID = []byte{1} }, ReasonDecode, AlertIllegalParameter},
		{"no share", func(h *ServerHello) { h.Share = nil }, ReasonBadKeyShare, AlertMissingExtension},
		{"share of a group without one", func(h *ServerHello) { h.Share.Group = names.P256 }, ReasonUnofferedGroup, AlertIllegalParameter},
		{"short share", func(h *ServerHello) { h.Share.Data = h.Share.Data[:31] }, ReasonBadKeyShare, AlertIllegalParameter},
		{"share of low order", func(h *ServerHello) { h.Share.Data = make([]byte, 32) }, ReasonBadKeyShare, AlertIllegalParameter},
		{"retry for the same group", func(h *ServerHello) { retry(h, names.X25519) }, ReasonRetrySameGroup, AlertIllegalParameter},
		{"retry for a group not offered", func(h *ServerHello) { retry(h, names.FFDHE2048) }, ReasonRetryUnoffered, AlertIllegalParameter},
		{"retry for nothing", func(h *ServerHello) { retry(h, 0); h.Share = nil }, ReasonRetryNoChange, AlertIllegalParameter},
		{"retry with another version", func(h *ServerHello) {
			retry(h, names.P256)
			h.Version = TLS12
			h.Suite = names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
		}, ReasonUnofferedVersion, AlertIllegalParameter},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := startClient(t, hello13())
			out, err := client.Feed(answer(client, c.change))
			local := wantLocal(t, err, c.reason)
			if local.Alert != c.alert || local.Step != "ServerHello" {
				t.Errorf("alert %d at %s: %v", local.Alert, local.Step, err)
			}
			if want := []byte{levelFatal, c.alert}; !bytes.HasSuffix(out, want) {
				t.Errorf("sent %x", out)
			}
			if client.Done() || client.Close() != nil {
				t.Error("the connection is not over")
			}
		})
	}
}

func TestClientAfterRetry(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*ServerHello)
		reason string
	}{
		{"second retry", func(h *ServerHello) { retry(h, names.P384) }, ReasonSecondRetry},
		{"other suite", func(h *ServerHello) { h.Suite = names.TLS_AES_256_GCM_SHA384 }, ReasonUnofferedSuite},
		{"share of the first hello", func(*ServerHello) {}, ReasonUnofferedGroup},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := startClient(t, hello13())
			out, err := client.Feed(answer(client, func(h *ServerHello) { retry(h, names.P256) }))
			if err != nil || !bytes.HasPrefix(out, compatibilityChange()) || client.Flight().SecondClient == nil {
				t.Fatalf("sent %x, %v", out, err)
			}
			_, err = client.Feed(answer(client, c.change))
			wantLocal(t, err, c.reason)
		})
	}
}

func TestClientAgainstFloods(t *testing.T) {
	warning := WriteRecords(RecordAlert, TLS12, []byte{levelWarning, AlertUnrecognizedName}, 0)
	long := append([]byte{TypeServerHello, 0xff, 0xff, 0xff}, make([]byte, 100)...)
	for _, c := range []struct {
		name, reason string
		feed         []byte
	}{
		{"warnings", ReasonEndless, bytes.Repeat(warning, maxRecords+1)},
		{"empty records", ReasonEndless, bytes.Repeat(WriteRecords(RecordHandshake, TLS12, nil, 0), maxRecords+1)},
		{"a message of 16 MiB", ReasonTooLarge, WriteRecords(RecordHandshake, TLS12, long, 0)},
		{"a record of 64 KiB", ReasonTooLarge, []byte{RecordHandshake, 3, 3, 0xff, 0xff}},
		{"application data", ReasonUnexpected, WriteRecords(RecordApplicationData, TLS12, []byte("x"), 0)},
		{"early change of keys", ReasonUnexpected, compatibilityChange()},
		{"heartbeat", ReasonUnexpected, WriteRecords(RecordHeartbeat, TLS12, []byte("x"), 0)},
		{"a certificate first", ReasonUnexpected, WriteRecords(RecordHandshake, TLS12, Handshake(TypeCertificate, make([]byte, 3)), 0)},
		{"half an alert", ReasonDecode, WriteRecords(RecordAlert, TLS12, []byte{2}, 0)},
		{"a cut hello", ReasonDecode, WriteRecords(RecordHandshake, TLS12, Handshake(TypeServerHello, make([]byte, 9)), 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := startClient(t, hello13()).Feed(c.feed)
			wantLocal(t, err, c.reason)
		})
	}
}

// More than 1 MiB of handshake in messages that are each allowed.
func TestClientBoundsHandshake(t *testing.T) {
	c := startClient(t, hello13())
	c.next = func(incoming) error { return nil }
	records := WriteRecords(RecordHandshake, TLS12, Handshake(TypeCertificate, make([]byte, 1<<19)), 0)
	if _, err := c.Feed(records); err != nil {
		t.Fatal(err)
	}
	_, err := c.Feed(records)
	wantLocal(t, err, ReasonTooLarge)
}

func TestClientWarningsAreNoEnd(t *testing.T) {
	client, server := plainConfigs(t, TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
	p := newPair(t, client, server)
	warning := WriteRecords(RecordAlert, TLS12, []byte{levelWarning, AlertUnrecognizedName}, 0)
	if _, err := p.client.Feed(warning); err != nil {
		t.Fatal(err)
	}
	p.run().wantDone(t)

	_, err := startClient(t, hello13()).Feed(WriteRecords(RecordAlert, TLS12, []byte{levelWarning, AlertCloseNotify}, 0))
	wantAlert(t, err, AlertCloseNotify)
	_, err = startClient(t, hello13()).Feed(WriteRecords(RecordAlert, TLS12, []byte{levelFatal, AlertHandshakeFailure}, 0))
	wantAlert(t, err, AlertHandshakeFailure)
}

// Bytes of the server's flight changed on the way, where encryption or signature must notice.
func TestClientNoticesChanges(t *testing.T) {
	for _, version := range []uint16{TLS12, TLS13} {
		suite := names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
		if version == TLS13 {
			suite = names.TLS_AES_128_GCM_SHA256
		}
		client, config := plainConfigs(t, version, suite)
		p := newPair(t, client, config)
		flight, err := p.server.Feed(p.client.Start())
		if err != nil {
			t.Fatal(err)
		}
		last := len(flight) - 1
		if version == TLS12 {
			last -= recordHeaderLen + handshakeHeaderLen // ServerHelloDone: the signature ends before it
		}
		flight[last] ^= 1
		_, err = p.client.Feed(flight)
		wantLocal(t, err, map[uint16]string{TLS12: ReasonBadSignature, TLS13: ReasonBadRecord}[version])
	}
}

func TestClientNoticesServerFaults(t *testing.T) {
	for _, suite := range []uint16{
		names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, names.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, names.TLS_AES_128_GCM_SHA256,
	} {
		s, _ := names.SuiteByID(suite)
		for _, version := range []uint16{TLS10, TLS12, TLS13} {
			if !suiteFits(s, version) {
				continue
			}
			t.Run(names.Version(version)+"/"+s.Name, func(t *testing.T) {
				client, config := plainConfigs(t, version, suite)
				config.BadSignature = true
				p := newPair(t, client, config).run()
				local := wantLocal(t, p.clientErr, ReasonBadSignature)
				var sigErr *SignatureError
				if !asError(local.Err, &sigErr) || sigErr.Unverifiable {
					t.Errorf("behind it: %v", local.Err)
				}
				wantAlert(t, p.serverErr, AlertDecryptError)

				config.BadSignature, config.BadFinished = false, true
				p = newPair(t, client, config).run()
				wantLocal(t, p.clientErr, ReasonBadFinished)
				wantAlert(t, p.serverErr, AlertDecryptError)
			})
		}
	}
}

// An alert about a certificate goes under the handshake keys in TLS 1.3, and the server can read it.
func TestClientRefusalReachesServer(t *testing.T) {
	client, config := plainConfigs(t, TLS13, names.TLS_AES_128_GCM_SHA256)
	client.Refuse = func(step string, f *Flight) *Refusal {
		if step == StepCertificate && len(f.Certificates.Chain) == 1 {
			return &Refusal{Alert: 48}
		}
		return nil
	}
	p := newPair(t, client, config).run()
	if local := wantLocal(t, p.clientErr, ReasonRefused); local.Alert != 48 {
		t.Errorf("alert %d", local.Alert)
	}
	wantAlert(t, p.serverErr, 48)
}

func TestApplicationData(t *testing.T) {
	client, config := plainConfigs(t, TLS13, names.TLS_AES_128_GCM_SHA256)
	p := newPair(t, client, config)
	if _, err := p.client.Seal([]byte("x")); err == nil {
		t.Error("data was sealed before the handshake")
	}
	p.run().wantDone(t)
	records, err := p.server.Seal(make([]byte, maxAppData))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.client.Feed(records); err != nil || len(p.client.AppData()) != maxAppData {
		t.Fatalf("%v", err)
	}
	for range 2 {
		records, _ = p.server.Seal(make([]byte, maxAppData-1))
		_, err = p.client.Feed(records)
	}
	wantLocal(t, err, ReasonTooMuchAppData)

	p = newPair(t, client, config).run()
	goodbye := p.server.Close()
	_, err = p.client.Feed(goodbye)
	wantAlert(t, err, AlertCloseNotify)
	if len(p.client.Close()) == 0 || p.client.Close() != nil {
		t.Error("close_notify is not answered, or answered twice")
	}
	if _, err := p.client.Seal([]byte("x")); err == nil {
		t.Error("data was sealed after the end")
	}
}

func TestClientBeforeHello(t *testing.T) {
	if _, err := NewClient(ClientConfig{}); err == nil {
		t.Error("a hello that offers nothing was made")
	}
	c := startClient(t, hello13())
	if c.Secrets() != nil || c.AppData() != nil || c.Done() {
		t.Error("something came from nothing")
	}
	if record := c.Close(); !bytes.Equal(record, []byte{RecordAlert, 3, 1, 0, 2, levelWarning, AlertCloseNotify}) {
		t.Errorf("close_notify: %x", record)
	}
}

func TestDHKeyLimits(t *testing.T) {
	two := big.NewInt(2)
	huge := new(big.Int).Lsh(big.NewInt(1), maxDHBits)
	for name, p := range map[string]*big.Int{"too long": huge.Add(huge, big.NewInt(1)), "too short": big.NewInt(23), "zero": new(big.Int)} {
		if _, err := newDHKey(p, two, nil, steady()); err == nil {
			t.Errorf("%s: a key was made", name)
		}
	}
	p := FFDHEPrime(names.FFDHE2048)
	last := new(big.Int).Sub(p, big.NewInt(1))
	for name, g := range map[string]*big.Int{"0": new(big.Int), "1": big.NewInt(1), "p-1": last, "p": p} {
		if _, err := newDHKey(p, g, nil, steady()); err == nil {
			t.Errorf("generator %s: a key was made", name)
		}
	}
	if _, err := newDHKey(p, two, big.NewInt(-1), steady()); err == nil {
		t.Error("negative exponent: a key was made")
	}
	key, err := newDHKey(p, two, big.NewInt(5), steady())
	if err != nil || key.y.Int64() != 32 {
		t.Fatalf("2^5 gives %v, %v", key, err)
	}
	for name, ys := range map[string]*big.Int{"0": new(big.Int), "1": big.NewInt(1), "p-1": last, "p+2": new(big.Int).Add(p, two)} {
		_, err := key.shared(ys)
		wantLocal(t, err, ReasonBadKeyShare)
		if err == nil {
			t.Errorf("value %s: agreed", name)
		}
	}
	secret, err := key.shared(two)
	if err != nil || len(secret) != 256 || secret[255] != 32 {
		t.Errorf("2^5 as a secret: %x, %v", secret, err)
	}
}

// A server's flight with one byte changed and something behind it: nothing may panic, nothing may be completed.
func FuzzClient(f *testing.F) {
	for i := range 3 {
		f.Add(uint8(i), uint16(7), uint8(1), []byte(nil))
		f.Add(uint8(i), uint16(60000), uint8(0), WriteRecords(RecordHandshake, TLS12, Handshake(TypeFinished, make([]byte, 12)), 0))
	}
	suites := []uint16{names.TLS_DHE_RSA_WITH_AES_128_CBC_SHA, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_AES_128_GCM_SHA256}
	f.Fuzz(func(t *testing.T, kind uint8, at uint16, change uint8, more []byte) {
		suite := suites[int(kind)%len(suites)]
		version := TLS12
		if suite == names.TLS_AES_128_GCM_SHA256 {
			version = TLS13
		}
		client, config := plainConfigs(t, version, suite)
		p := newPair(t, client, config)
		flight, err := p.server.Feed(p.client.Start())
		if err != nil {
			t.Fatal(err)
		}
		if int(at) < len(flight) {
			flight[at] ^= change
		}
		_, _ = p.client.Feed(flight)
		_, err = p.client.Feed(more)
		if version == TLS12 && p.client.Done() {
			t.Fatalf("done without the server's Finished: %v", err)
		}
	})
}
