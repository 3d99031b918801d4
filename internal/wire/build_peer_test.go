package wire

import (
	"bytes"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// seenByGo sends a hello to Go's server and gives what that read, with the beginning of the conversation and
// the server's key log.
func seenByGo(t *testing.T, b *Built, config *tls.Config) (*tls.ClientHelloInfo, *Flight, []Secret) {
	t.Helper()
	var info *tls.ClientHelloInfo
	var log bytes.Buffer
	config = config.Clone()
	config.Certificates = []tls.Certificate{goCertificate(t, "rsa")}
	config.KeyLogWriter = &log
	config.GetConfigForClient = func(seen *tls.ClientHelloInfo) (*tls.Config, error) {
		info = seen
		return nil, nil
	}
	c, s, _ := recordedPair(t)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		tls.Server(s, config).Handshake()
	}()
	go c.Write(b.Records)
	flight := readUntil(t, c, b.Records, func(f *Flight) bool { return sealedOrDone(f) || f.Retry != nil })
	c.Close()
	<-finished
	return info, flight, ParseKeyLog(log.Bytes())
}

// sealedOrDone: the server's hello and what follows it has come.
func sealedOrDone(f *Flight) bool {
	last := f.Messages[len(f.Messages)-1]
	return last.Type == TypeServerHelloDone || last.Encrypted || last.Alert != nil
}

func TestHelloReadByGo(t *testing.T) {
	for name, change := range map[string]func(*Hello){
		"as it is": func(*Hello) {},
		"TLS 1.2":  func(h *Hello) { h.Versions = []uint16{TLS12} },
		"split":    func(h *Hello) { h.SplitRecords = 64 },
		"padded":   func(h *Hello) { h.PadTo = 9000 },
		"huge":     func(h *Hello) { h.PadTo = 20000 }, // two records
	} {
		t.Run(name, func(t *testing.T) {
			h := modern()
			change(&h)
			info, _, _ := seenByGo(t, build(t, h), &tls.Config{NextProtos: []string{"h2"}})
			if info == nil {
				t.Fatal("Go did not read the hello")
			}
			if info.ServerName != "example.test" || !slices.Equal(info.SupportedProtos, h.ALPN) {
				t.Errorf("name %q, protocols %q", info.ServerName, info.SupportedProtos)
			}
			if !slices.Equal(info.CipherSuites, h.Suites) || !slices.Contains(info.SupportedVersions, h.Versions[0]) {
				t.Errorf("suites %x, versions %x", info.CipherSuites, info.SupportedVersions)
			}
			var groups, schemes []uint16
			for _, g := range info.SupportedCurves {
				groups = append(groups, uint16(g))
			}
			for _, s := range info.SignatureSchemes {
				schemes = append(schemes, uint16(s))
			}
			if !slices.Equal(groups, h.Groups) || !slices.Equal(schemes, h.Signatures) || !slices.Equal(info.SupportedPoints, []uint8{0}) {
				t.Errorf("groups %v, schemes %x, points %v", groups, schemes, info.SupportedPoints)
			}
		})
	}
}

func TestHelloWithGREASEReadByGo(t *testing.T) {
	h := modern()
	h.GREASE = true
	info, flight, _ := seenByGo(t, build(t, h), &tls.Config{})
	if info == nil || flight.Server == nil || flight.Server.Version != TLS13 {
		t.Fatalf("Go read %+v and answered %+v", info, flight.Messages)
	}
}

// wantSecrets follows a TLS 1.3 key exchange to its end: what both agreed on must give the peer's own secrets.
func wantSecrets(t *testing.T, keys *ShareKeys, messages []byte, server *ServerHello, secrets []Secret) {
	t.Helper()
	shared, err := keys.Shared(server.Share.Group, server.Share.Data)
	if err != nil {
		t.Fatal(err)
	}
	suite, _ := names.SuiteByID(server.Suite)
	schedule := newSchedule13(suite)
	schedule.mix(shared)
	client, _ := schedule.handshake(append(messages, server.Raw...))
	for _, s := range secrets {
		if s.Label == LabelClientHandshake {
			wantHex(t, "client handshake secret", client, string(hexOf(s.Value)))
			return
		}
	}
	t.Fatalf("no handshake secret among the %d of the peer", len(secrets))
}

func TestSharesAgainstGo(t *testing.T) {
	for _, group := range []uint16{names.X25519, names.P256, names.P384, names.P521, names.X25519MLKEM768,
		names.SecP256r1MLKEM768, names.SecP384r1MLKEM1024} {
		t.Run(names.Group(group), func(t *testing.T) {
			h := modern()
			h.Groups, h.Shares = []uint16{group}, []uint16{group}
			b := build(t, h)
			_, flight, secrets := seenByGo(t, b, &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveID(group)}})
			if flight.Server == nil || flight.Server.Share == nil || flight.Server.Share.Group != group {
				t.Fatalf("Go answered %+v", flight.Messages)
			}
			wantSecrets(t, b.Shares, b.Message, flight.Server, secrets)
		})
	}
}

func TestRetryAgainstGo(t *testing.T) {
	h := modern()
	first := build(t, h)
	_, flight, _ := seenByGo(t, first, &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP256}})
	if flight.Retry == nil || flight.Retry.Share.Group != names.P256 || flight.Server != nil || flight.Retry.Version != TLS13 {
		t.Fatalf("Go answered %+v", flight.Messages)
	}
	if _, err := h.Rebuild(first, flight.Retry); err != nil {
		t.Fatal(err)
	}
}

// helloToOpenSSL sends hellos, a second one after a retry, and gives the server's ServerHello, the last hello
// and the messages before the ServerHello as the transcript hash takes them.
func helloToOpenSSL(t *testing.T, address string, h Hello) (*Flight, *Built, []byte) {
	t.Helper()
	b := build(t, h)
	conn := dialPeer(t, address)
	defer conn.Close() // s_server serves one at a time
	conn.Write(b.Records)
	flight := readUntil(t, conn, b.Records, func(f *Flight) bool { return f.Retry != nil || sealedOrDone(f) })
	if flight.Retry == nil {
		return flight, b, b.Message
	}
	second, err := h.Rebuild(b, flight.Retry)
	if err != nil {
		t.Fatal(err)
	}
	conn.Write(second.Records)
	answer := readUntil(t, conn, second.Records, sealedOrDone)
	suite, _ := names.SuiteByID(flight.Retry.Suite)
	return answer, second, join(retryTranscript(suiteHash(suite), b.Message), flight.Retry.Raw, second.Message)
}

func TestSharesAgainstOpenSSL(t *testing.T) {
	log := filepath.Join(t.TempDir(), "keys.log")
	address := opensslServer(t, testIdentity(t, "rsa"), "-keylogfile", log, "-groups",
		"X25519:P-256:P-384:P-521:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192")
	for _, group := range []uint16{names.X25519, names.P256, names.P384, names.P521, names.FFDHE2048, names.FFDHE3072,
		names.FFDHE4096, names.FFDHE6144, names.FFDHE8192} {
		for _, retried := range []bool{false, true} {
			h := modern()
			h.Groups, h.Shares = []uint16{group}, []uint16{group}
			if retried {
				h.Shares = nil
			}
			flight, last, messages := helloToOpenSSL(t, address, h)
			if flight.Server == nil || flight.Server.Share == nil || flight.Server.Share.Group != group {
				t.Fatalf("%s: OpenSSL answered %+v", names.Group(group), flight.Messages)
			}
			written, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			secrets := slices.DeleteFunc(ParseKeyLog(written), func(s Secret) bool { return !bytes.Equal(s.ClientRandom, last.Random) })
			wantSecrets(t, last.Shares, messages, flight.Server, secrets)
		}
	}
}

func TestHelloReadByOpenSSL(t *testing.T) {
	address := opensslServer(t, testIdentity(t, "rsa"), "-cipher", allCiphers, "-min_protocol", "TLSv1", "-alpn", "h2")
	for name, h := range map[string]Hello{
		"TLS 1.0": {Versions: []uint16{TLS10}, Suites: []uint16{names.TLS_RSA_WITH_AES_128_CBC_SHA}, SCSV: true},
		"TLS 1.1": {Versions: []uint16{TLS11}, Suites: []uint16{names.TLS_RSA_WITH_AES_128_CBC_SHA}, EMS: true, Renegotiation: true},
		"TLS 1.2": helloFor(TLS12, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256),
		"TLS 1.3": helloFor(TLS13, names.TLS_AES_128_GCM_SHA256),
	} {
		h.ALPN, h.GREASE = []string{"h2"}, true
		flight, b, _ := helloToOpenSSL(t, address, h)
		switch {
		case flight.Server == nil:
			t.Errorf("%s: OpenSSL answered %+v", name, flight.Messages)
		case flight.Server.Version != h.Versions[0] || flight.Server.EMS != (h.EMS && h.Versions[0] < TLS13):
			t.Errorf("%s: version %x, EMS %v", name, flight.Server.Version, flight.Server.EMS)
		case h.Versions[0] < TLS13 && (flight.ALPN != "h2" || !flight.Server.Renegotiation || len(flight.Certificates.Chain) != 1):
			t.Errorf("%s: protocol %q, %+v", name, flight.ALPN, flight.Server)
		case !bytes.Equal(flight.Server.SessionID, b.Hello.SessionID) && h.Versions[0] == TLS13:
			t.Errorf("%s: session ID %x", name, flight.Server.SessionID)
		}
	}
}

// The order of our extensions is OpenSSL's.
func TestExtensionOrderOfOpenSSL(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	startProgram(t, "openssl", "s_client", "-connect", l.Addr().String(), "-servername", "example.test",
		"-alpn", "h2", "-status")
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	message := make([]byte, 1<<14)
	n, err := conn.Read(message)
	if err != nil {
		t.Fatal(err)
	}
	h, err := ParseClientHello(message[recordHeaderLen:n])
	if err != nil {
		t.Fatal(err)
	}
	ours := extensionTypes(build(t, modern()).Hello.Extensions)
	theirs := extensionTypes(h.Extensions)
	shared := func(list, of []uint16) []uint16 {
		return slices.DeleteFunc(slices.Clone(list), func(v uint16) bool { return !slices.Contains(of, v) })
	}
	a, b := shared(ours, theirs), shared(theirs, ours)
	if !slices.Equal(a, b) || len(a) < 10 {
		t.Errorf("ours %v, OpenSSL's %v", ours, theirs)
	}
}
