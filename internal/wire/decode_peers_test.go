package wire

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// relayed lets openssl s_client talk to a server through a relay that records, and gives the recording with the
// client's secrets. input is typed into the client, after which it ends.
func relayed(t *testing.T, server, input string, arguments ...string) *Transcript {
	t.Helper()
	return recordClient(t, server, func(address, log string) *exec.Cmd {
		arguments := append([]string{"s_client", "-connect", address, "-keylogfile", log}, arguments...)
		command := exec.Command(needProgram(t, "openssl"), arguments...)
		command.Stdin = strings.NewReader(input)
		return command
	})
}

// recordClient runs a client, which is to connect to address and to write its secrets to log, and records what
// it and the server say.
func recordClient(t *testing.T, server string, client func(address, log string) *exec.Cmd) *Transcript {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	to := &recorder{}
	far := dialPeer(t, server)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		if near, err := l.Accept(); err == nil {
			carryBoth(near, far, to)
		}
	}()
	log := filepath.Join(t.TempDir(), "keys.log")
	output, _ := client(l.Addr().String(), log).CombinedOutput()
	l.Close() // where the client did not even connect
	<-finished
	keys, err := os.ReadFile(log)
	if err != nil {
		t.Fatalf("no key log: %s", output)
	}
	to.t.Secrets = ParseKeyLog(keys)
	return &to.t
}

// carryBoth copies until both directions have ended.
func carryBoth(client, server net.Conn, to *recorder) {
	back := make(chan struct{})
	go func() {
		io.Copy(recordedConn{client, ServerSide, to}, server)
		client.Close()
		close(back)
	}()
	io.Copy(recordedConn{server, ClientSide, to}, client)
	server.(*net.TCPConn).CloseWrite()
	<-back
}

const weakest = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"

// wantOpened: a whole handshake, every sealed message legible, nothing wrong.
func wantOpened(t *testing.T, what string, f *Flight) {
	t.Helper()
	if f.Finished != [3]bool{false, true, true} || len(f.Errors) > 0 {
		t.Errorf("%s: finished %v, errors %q, %q", what, f.Finished, f.Errors, steps(f))
	}
	for _, m := range f.Messages {
		if m.Encrypted && !m.Opened {
			t.Errorf("%s: %s of %s, %d bytes, stayed closed", what, m.Name, m.From, m.Len)
		}
	}
}

func TestDecodeOpenSSL(t *testing.T) {
	server := opensslServer(t, testIdentity(t, "rsa"), "-cipher", weakest, "-min_protocol", "TLSv1", "-Verify", "1")
	id := testIdentity(t, "p256")
	certificate := []string{"-cert", id.certFile, "-key", id.keyFile}
	for what, arguments := range map[string][]string{
		"RSA":              {"-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"},
		"RSA TLS 1.0":      {"-tls1", "-cipher", "AES256-SHA:@SECLEVEL=0"},
		"DHE":              {"-tls1_2", "-cipher", "DHE-RSA-AES256-GCM-SHA384"},
		"DHE TLS 1.1":      {"-tls1_1", "-cipher", "DHE-RSA-AES128-SHA:@SECLEVEL=0"},
		"encrypt then MAC": {"-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384"},
		"MAC then encrypt": {"-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256", "-no_etm"},
		"ChaCha20":         {"-tls1_2", "-cipher", "ECDHE-RSA-CHACHA20-POLY1305"},
		"NULL":             {"-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0"},
		"TLS 1.3":          {"-tls1_3"},
		"TLS 1.3 ffdhe":    {"-tls1_3", "-groups", "ffdhe2048", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"},
	} {
		f := Decode(relayed(t, server, "Q\n", append(arguments, certificate...)...))
		wantOpened(t, what, f)
		if len(f.Certificates.Chain) != 1 || f.Request == nil || len(f.ClientChain) != 1 {
			t.Errorf("%s: %q", what, steps(f))
		}
		if strings.HasPrefix(what, "DHE") && (f.KeyExchange.Kind != kindDHE || f.KeyExchange.PLen < 128 || len(f.ClientYc) < 127) {
			t.Errorf("%s: key exchange %+v, Yc of %d bytes", what, f.KeyExchange, len(f.ClientYc))
		}
	}
}

// Without secrets a NULL cipher hides nothing.
func TestDecodeNullCipher(t *testing.T) {
	server := opensslServer(t, testIdentity(t, "rsa"), "-cipher", weakest)
	transcript := relayed(t, server, "Q\n", "-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0")
	transcript.Secrets = nil
	f := Decode(transcript)
	wantOpened(t, "NULL-SHA256", f)
	if !slices.Contains(steps(f), "C+ Finished") || f.Messages[len(f.Messages)-1].Alert == nil {
		t.Errorf("%q", steps(f))
	}
}

// A second handshake inside the first: its keys come from a second master secret.
func TestDecodeRenegotiation(t *testing.T) {
	server := opensslServer(t, testIdentity(t, "rsa"), "-cipher", weakest, "-client_renegotiation")
	f := Decode(relayed(t, server, "R\nQ\n", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"))
	wantOpened(t, "renegotiation", f)
	list := steps(f)
	if !slices.Contains(list, "C+ ClientHello") || !slices.Contains(list, "S+ ServerHelloDone") || !slices.Contains(list, "C+ ChangeCipherSpec") {
		t.Errorf("%q", list)
	}
	if f.Client.Raw[0] != TypeClientHello || f.SecondClient != nil {
		t.Errorf("second client %v", f.SecondClient)
	}
}

// A session is resumed, with early data before the ServerHello.
func TestDecodeEarlyData(t *testing.T) {
	id := testIdentity(t, "rsa")
	server := startProgram(t, "openssl", "s_server", "-accept", "127.0.0.1:0", "-early_data",
		"-cert", id.certFile, "-key", id.keyFile).waitFor(t, `^ACCEPT (\S+)`)
	dir := t.TempDir()
	session, early := filepath.Join(dir, "session"), filepath.Join(dir, "early")
	if err := os.WriteFile(early, []byte("early\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := startProgram(t, "openssl", "s_client", "-connect", server, "-tls1_3", "-sess_out", session)
	io.WriteString(first.stdin, "hello\n") // s_server -early_data sends its tickets only then
	for range 500 {
		if info, err := os.Stat(session); err == nil && info.Size() > 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	io.WriteString(first.stdin, "Q\n") // s_server serves one at a time, and forgets a session that was torn off
	transcript := relayed(t, server, "Q\n", "-tls1_3", "-sess_in", session, "-early_data", early)
	f := Decode(transcript)
	list := steps(f)
	if !f.Finished[ClientSide] || !f.Finished[ServerSide] || slices.Contains(list, "S+ Certificate") || !slices.Contains(list, "C+ EndOfEarlyData") {
		t.Errorf("%q, errors %q", list, f.Errors)
	}
	transcript.Secrets = nil
	if f = Decode(transcript); f.Finished[ClientSide] || slices.Contains(steps(f), "C- encrypted handshake") {
		t.Errorf("concluded from early data: %q", steps(f))
	}
}

// GnuTLS numbers, orders and splits some things in its own way.
func TestDecodeGnuTLS(t *testing.T) {
	server := gnutlsServer(t, testIdentity(t, "rsa"), "--priority", "NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:+3DES-CBC:+ARCFOUR-128:+DHE-RSA:+RSA")
	for _, priority := range []string{
		"NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA",
		"NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA:-CIPHER-ALL:+AES-128-CBC",
		"NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-CBC:%NO_ETM",
		"NORMAL:-VERS-ALL:+VERS-TLS1.1:-CIPHER-ALL:+3DES-CBC", "NORMAL:-VERS-ALL:+VERS-TLS1.0:-CIPHER-ALL:+ARCFOUR-128",
	} {
		f := Decode(recordClient(t, server, func(address, log string) *exec.Cmd {
			host, port, _ := net.SplitHostPort(address)
			command := exec.Command(needProgram(t, "gnutls-cli"), "--insecure", "--priority", priority, "-p", port, host)
			command.Env = append(os.Environ(), "SSLKEYLOGFILE="+log)
			command.Stdin = strings.NewReader("hello\n")
			return command
		}))
		wantOpened(t, priority, f)
	}
}
