package wire

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/names"
)

// talk makes one handshake, says a word and waits for the answer, with which the tickets of TLS 1.3 have come. What
// crossed the wire must be legible to the decoder.
func talk(t *testing.T, addr string, config ClientConfig, want string) *Client {
	t.Helper()
	to := &recorder{}
	c, err := NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	conn := recordedConn{dialPeer(t, addr), ClientSide, to}
	if _, err := conn.Write(c.Start()); err != nil {
		t.Fatal(err)
	}
	heard := recordedReads{conn}
	if err := carry(heard, c, c.Done); err != nil {
		t.Fatal(err)
	}
	exchange(t, c, heard, "ab\n", want)
	to.t.Secrets = c.Secrets()
	if f := Decode(&to.t); f.Finished != [3]bool{false, true, true} || len(f.Errors) > 0 {
		t.Errorf("recording: finished %v, errors %q", f.Finished, f.Errors)
	}
	return c
}

// recordedReads records what is read as well.
type recordedReads struct{ recordedConn }

func (r recordedReads) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	r.to.mu.Lock()
	defer r.to.mu.Unlock()
	if n > 0 {
		r.to.t.Chunks = append(r.to.t.Chunks, Chunk{From: ServerSide, Data: bytes.Clone(b[:n])})
	}
	return n, err
}

// resumes makes a full handshake, resumes its session, and resumes that one's.
func resumes(t *testing.T, addr string, hello Hello, want string) {
	t.Helper()
	full := talk(t, addr, ClientConfig{Hello: hello}, want)
	if full.Resumed() || full.Flight().Certificates == nil {
		t.Fatal("the first handshake was no full one")
	}
	session := full.Session()
	for again := range 2 {
		if session == nil {
			t.Fatalf("no session after handshake %d", again+1)
		}
		if (len(session.Ticket) > 0) != (hello.Ticket || session.is13()) {
			t.Errorf("ticket of %d bytes, ID of %d", len(session.Ticket), len(session.ID))
		}
		c := talk(t, addr, ClientConfig{Hello: hello, Resume: session, ResumeAge: time.Millisecond}, want)
		if !c.Resumed() || c.Flight().Certificates != nil {
			t.Fatalf("handshake %d was not resumed", again+2)
		}
		session = c.Session()
	}
}

// helloResuming offers one suite, by ticket or not, with or without the extended master secret.
func helloResuming(version uint16, ticket bool) Hello {
	h := helloFor(version, names.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA)
	if version == TLS13 {
		h = helloFor(version, names.TLS_AES_256_GCM_SHA384, names.TLS_AES_128_GCM_SHA256)
	}
	h.Ticket = ticket
	return h
}

func TestResumptionAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers, "-min_protocol", "TLSv1")
	byID := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers, "-min_protocol", "TLSv1", "-no_ticket")
	for version := TLS10; version <= TLS13; version++ {
		t.Run(names.Version(version)+"/ticket", func(t *testing.T) { resumes(t, addr, helloResuming(version, true), "ba\n") })
		t.Run(names.Version(version)+"/ID", func(t *testing.T) { resumes(t, byID, helloResuming(version, false), "ba\n") })
	}
	for name, change := range map[string]func(*Hello){
		"no extended master secret": func(h *Hello) { h.EMS = false },
		"encrypt_then_mac":          func(h *Hello) { h.Extra = []Extension{{Type: ExtEncryptThenMAC}} },
		"padded":                    func(h *Hello) { h.PadTo = 700 },
	} {
		hello := helloResuming(TLS12, true)
		change(&hello)
		t.Run(name, func(t *testing.T) { resumes(t, addr, hello, "ba\n") })
	}
	padded := helloResuming(TLS13, false)
	padded.PadTo, padded.GREASE = 900, true
	t.Run("TLS 1.3, padded, GREASE", func(t *testing.T) { resumes(t, addr, padded, "ba\n") })
}

// After a retry request the binder covers both hellos and the request between them.
func TestResumptionAfterRetryAgainstOpenSSL(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-groups", "P-384")
	hello := helloResuming(TLS13, false)
	full := talk(t, addr, ClientConfig{Hello: hello}, "ba\n")
	c := talk(t, addr, ClientConfig{Hello: hello, Resume: full.Session()}, "ba\n")
	if c.Flight().Retry == nil || !c.Resumed() {
		t.Errorf("retry %t, resumed %t", c.Flight().Retry != nil, c.Resumed())
	}
	// A server that now has suites of the other hash alone must not be offered the session again.
	other := opensslServer(t, testIdentity(t, "rsa"), "-groups", "P-384", "-ciphersuites", "TLS_AES_128_GCM_SHA256")
	c = talk(t, other, ClientConfig{Hello: hello, Resume: full.Session()}, "ba\n")
	if _, offered := findExtension(c.Flight().SecondClient.Extensions, ExtPreSharedKey); offered || c.Resumed() {
		t.Errorf("offered again %t, resumed %t", offered, c.Resumed())
	}
}

func TestResumptionAgainstGnuTLS(t *testing.T) {
	addr := gnutlsServer(t, testIdentity(t, "rsa"), "-a", "--priority", gnutlsAll)
	byID := gnutlsServer(t, testIdentity(t, "rsa"), "-a", "--priority", gnutlsAll, "--noticket")
	for version := TLS10; version <= TLS13; version++ {
		t.Run(names.Version(version)+"/ticket", func(t *testing.T) { resumes(t, addr, helloResuming(version, true), "ab\n") })
		if version < TLS13 {
			t.Run(names.Version(version)+"/ID", func(t *testing.T) { resumes(t, byID, helloResuming(version, false), "ab\n") })
		}
	}
}

// goEcho serves any number of connections with the standard library.
func goEcho(t *testing.T, config *tls.Config) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func(conn net.Conn) {
				defer conn.Close()
				_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
				_, _ = io.Copy(conn, conn)
			}(conn)
		}
	}()
	return l.Addr().String()
}

func TestResumptionAgainstGo(t *testing.T) {
	addr := goEcho(t, goConfig(testIdentity(t, "rsa")))
	for version := TLS10; version <= TLS13; version++ {
		t.Run(names.Version(version), func(t *testing.T) { resumes(t, addr, helloResuming(version, true), "ab\n") })
	}
}

// A session that the server does not know leads to a full handshake, which works.
func TestResumptionDeclined(t *testing.T) {
	first := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	second := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	for _, version := range []uint16{TLS12, TLS13} {
		hello := helloResuming(version, true)
		session := talk(t, first, ClientConfig{Hello: hello}, "ba\n").Session()
		c := talk(t, second, ClientConfig{Hello: hello, Resume: session}, "ba\n")
		if c.Resumed() || c.Session() == nil {
			t.Errorf("%s: resumed %t, new session %t", names.Version(version), c.Resumed(), c.Session() != nil)
		}
	}
}

// A session of TLS 1.2 may be offered beside TLS 1.3; the server that chooses TLS 1.3 repeats the ID as ever.
func TestOldSessionBesideTLS13(t *testing.T) {
	addr := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers)
	session := talk(t, addr, ClientConfig{Hello: helloResuming(TLS12, true)}, "ba\n").Session()
	both := helloResuming(TLS13, true)
	both.Versions, both.Suites = []uint16{TLS13, TLS12}, append(slices.Clone(both.Suites), session.Suite)
	if c := talk(t, addr, ClientConfig{Hello: both, Resume: session}, "ba\n"); c.Resumed() || c.Flight().Server.Version != TLS13 {
		t.Errorf("resumed %t with %s", c.Resumed(), names.Version(c.Flight().Server.Version))
	}
}

// What a server must not do with a session: another suite, another master secret, one that was not offered, a wrong
// Finished (RFC 5246 §7.3, RFC 7627 §5.3, RFC 8446 §4.2.11).
func TestResumptionHoldsServerToSession(t *testing.T) {
	id := bytesOf(32, 7)
	hello := helloFor(TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, names.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)
	old := &Session{Version: TLS12, Suite: names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, ID: id, EMS: true, secret: bytesOf(48, 1)}
	answer := func(change func(*ServerHello)) []byte {
		h := &ServerHello{LegacyVersion: TLS12, Version: TLS12, Random: bytesOf(32, 3), SessionID: id, Suite: old.Suite, EMS: true}
		change(h)
		message, err := h.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return WriteRecords(RecordHandshake, TLS12, message, 0)
	}
	for name, c := range map[string]struct {
		change func(*ServerHello)
		then   []byte
		reason string
	}{
		"another suite":                 {func(h *ServerHello) { h.Suite = names.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 }, nil, ReasonBadResumption},
		"no extended master secret now": {func(h *ServerHello) { h.EMS = false }, nil, ReasonBadResumption},
		"a Finished in clear":           {func(*ServerHello) {}, WriteRecords(RecordHandshake, TLS12, Handshake(TypeFinished, bytesOf(12, 0)), 0), ReasonUnexpected},
		"a certificate all the same":    {func(*ServerHello) {}, WriteRecords(RecordHandshake, TLS12, Handshake(TypeCertificate, bytesOf(3, 0)), 0), ReasonUnexpected},
		"a ticket cut short":            {func(*ServerHello) {}, WriteRecords(RecordHandshake, TLS12, Handshake(TypeNewSessionTicket, bytesOf(5, 9)), 0), ReasonDecode},
	} {
		t.Run(name, func(t *testing.T) {
			client, err := NewClient(ClientConfig{Hello: hello, Resume: old})
			if err != nil {
				t.Fatal(err)
			}
			client.Start()
			_, err = client.Feed(append(answer(c.change), c.then...))
			wantLocal(t, err, c.reason)
			if client.Done() || client.Session() != nil {
				t.Error("it ended as if it had worked")
			}
		})
	}
	t.Run("a key that was not offered", func(t *testing.T) {
		client := startClient(t, hello13())
		_, err := client.Feed(answerWith(client, Extension{Type: ExtPreSharedKey, Data: []byte{0, 0}}))
		wantLocal(t, err, ReasonBadResumption)
	})
}

func bytesOf(n int, b byte) []byte { return slices.Repeat([]byte{b}, n) }

// answerWith is a ServerHello of TLS 1.3 with one more extension.
func answerWith(c *Client, more Extension) []byte {
	return answer(c, func(h *ServerHello) {
		list, _ := h.ExtensionList()
		h.Extensions = append(list, more)
	})
}

func TestParseSessionTicket(t *testing.T) {
	old, err := parseSessionTicket(TLS12, []byte{0, 0, 1, 44, 0, 3, 'a', 'b', 'c'})
	if err != nil || old.lifetime != 300*time.Second || string(old.data) != "abc" {
		t.Errorf("%+v, %v", old, err)
	}
	// RFC 8448 §3: the ticket that the server sends, its lifetime 30 seconds, nonce 00 00.
	now, err := parseSessionTicket(TLS13, append([]byte{0, 0, 0, 0x1e, 0xfa, 0xd6, 0xaa, 0xc5, 2, 0, 0, 0, 2, 0x2c, 0x03}, 0, 0))
	if err != nil || now.lifetime != 30*time.Second || now.ageAdd != 0xfad6aac5 || len(now.nonce) != 2 || len(now.data) != 2 {
		t.Errorf("%+v, %v", now, err)
	}
}

// The pre-shared key, binder and early secret of RFC 8448 §3 and §4.
func TestResumptionSecretsOfRFC8448(t *testing.T) {
	suite, _ := names.SuiteByID(names.TLS_AES_128_GCM_SHA256)
	newHash := suiteHash(suite)
	master := unhex(t, "7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c")
	psk := expandLabel(newHash, master, "resumption", []byte{0, 0}, 32)
	if want := unhex(t, "4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3"); !slices.Equal(psk, want) {
		t.Errorf("pre-shared key %x", psk)
	}
	schedule := newPSKSchedule13(suite, psk)
	if want := unhex(t, "9b2188e9b2fc6d64d71dc329900e20bb41915000f678aa839cbb797cb7d8332c"); !slices.Equal(schedule.current, want) {
		t.Errorf("early secret %x", schedule.current)
	}
	binder := schedule.derive("res binder", nil)
	if want := unhex(t, "69fe131a3bbad5d63c64eebcc30e395b9d8107726a13d074e389dbc8a4e47256"); !slices.Equal(binder, want) {
		t.Errorf("binder key %x", binder)
	}
}
