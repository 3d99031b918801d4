package conf

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const stunnelSample = `; comment
CAfile = /etc/ca.pem
client = yes
[db]
accept = 127.0.0.1:15432
Connect = db.example.test:5432
protocol = pgsql
verifychain = yes
checkHost = db.example.test
[mail]
connect = 127.0.0.1:25
protocol = smtp
sni =
protocolPassword = hush
[server]
client = no
accept = 443
connect = 80
cert = /etc/a.pem
`

func TestStunnel(t *testing.T) {
	res := tree{"stunnel.conf": stunnelSample}.read(t, "stunnel.conf")
	wantSettings(t, res, `
stunnel.conf:2  CAfile /etc/ca.pem
stunnel.conf:3  client yes
stunnel.conf:5  [db] > accept 127.0.0.1:15432
stunnel.conf:6  [db] > connect db.example.test:5432
stunnel.conf:7  [db] > protocol pgsql
stunnel.conf:8  [db] > verifyChain yes
stunnel.conf:9  [db] > checkHost db.example.test
stunnel.conf:11  [mail] > connect 127.0.0.1:25
stunnel.conf:12  [mail] > protocol smtp
stunnel.conf:13  [mail] > sni
stunnel.conf:14  [mail] > protocolPassword ***
stunnel.conf:16  [server] > client no
stunnel.conf:17  [server] > accept 443
stunnel.conf:18  [server] > connect 80
stunnel.conf:19  [server] > cert /etc/a.pem`)
	wantUses(t, "stunnel.conf", stunnelSample, `
postgres://db.example.test:5432 name=db.example.test sni=db.example.test [verifyChain yes + checkHost]
smtp://127.0.0.1:25 name= sni=none [no verification]`)
}

func TestStunnelInclude(t *testing.T) {
	files := tree{"/e/stunnel.conf": "client = yes\ninclude = conf.d\nbroken\n", "/e/conf.d/01.conf": "[a]\nconnect = a.test:443\n", "/e/conf.d/README": "[x]\n"}
	res := files.read(t, "/e/stunnel.conf")
	wantSettings(t, res, "/e/stunnel.conf:1  client yes\n/e/conf.d/01.conf:2  [a] > connect a.test:443")
	wantGaps(t, res, "/e/stunnel.conf:3: the line: it is neither a section nor an option")
}

func TestStunnelMisspelt(t *testing.T) {
	for line, want := range map[string]string{
		"verifyChian = yes": "verifyChain", "CA-file = x": "CAfile", "checkhosts = x": "checkHost", "cacert = x": "CAfile", "sslVersoin = all": "sslVersion",
	} {
		res := tree{"stunnel.conf": "[a]\n" + line + "\n"}.read(t, "stunnel.conf")
		if len(res.Settings) != 1 || !res.Settings[0].Unknown || res.Settings[0].Near != want {
			t.Errorf("%s: %+v, want near %q", line, res.Settings, want)
		}
	}
}

// TestStunnelSends has the real program connect, and compares the name that it sends with the one that its uses tell.
func TestStunnelSends(t *testing.T) {
	program := needProgram(t, "stunnel4")
	for _, extra := range []string{"", "sni = other.test\n", "sni =\n"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		_, port, _ := net.SplitHostPort(l.Addr().String())
		text := "foreground = quiet\npid =\nclient = yes\n[a]\naccept = 127.0.0.1:0\nconnect = localhost:" + port + "\n" + extra
		want := uses(t, "stunnel.conf", text)
		sent := stunnelSNI(t, program, l, text)
		if sent == "" {
			sent = "none"
		}
		if len(want) != 1 || want[0] != "tls://localhost:"+port+" name= sni="+sent+" [no verification]" {
			t.Errorf("%q: sent %q, uses %q", extra, sent, want)
		}
	}
}

// stunnelSNI runs stunnel between a client and l, and returns the name in its hello.
func stunnelSNI(t *testing.T, program string, l net.Listener, text string) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	front := free.Addr().String()
	free.Close()
	name := filepath.Join(t.TempDir(), "stunnel.conf")
	if err := os.WriteFile(name, []byte(strings.Replace(text, "127.0.0.1:0", front, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, name)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); _ = cmd.Wait() }()
	names := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_ = tls.Server(c, &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			names <- h.ServerName
			return nil, context.Canceled
		}}).Handshake()
	}()
	for ctx.Err() == nil {
		c, err := net.Dial("tcp", front)
		if err != nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		defer c.Close()
		select {
		case n := <-names:
			return n
		case <-ctx.Done():
		}
	}
	t.Fatal("stunnel did not connect")
	return ""
}
