package preamble

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A turn is one line that a stub server waits for and what it answers; an answer that begins TLS ends the list.
type turn struct{ wait, answer string }

// stub serves one connection: speak says what comes before TLS. It returns both sides as the wire had them.
func stub(t *testing.T, speak func(c io.ReadWriter) error, run func(host, port string)) (client, server []byte) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan *tap, 1)
	conf := serverTLS(t, bareTLS(), tls.VersionTLS12)
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		tapped := newTap(c, wire.ServerSide)
		if speak(tapped) == nil {
			tls.Server(tapped, conf).Handshake()
		}
		done <- tapped
	}()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	run(host, port)
	l.Close()
	tapped := <-done
	if tapped == nil {
		t.Fatal("nobody connected")
	}
	return tapped.stream(wire.ClientSide), tapped.stream(wire.ServerSide)
}

// until reads byte by byte, as TLS may come right behind, up to what is waited for.
func until(c io.Reader, done func(read []byte) bool) ([]byte, error) {
	var read []byte
	for !done(read) {
		b, err := readN(c, 1)
		if err != nil {
			return read, err
		}
		read = append(read, b...)
	}
	return read, nil
}

// script is a server that waits for one thing after the other.
func script(greeting string, turns []turn) func(c io.ReadWriter) error {
	return func(c io.ReadWriter) error {
		io.WriteString(c, greeting)
		for _, turn := range turns {
			line, err := until(c, regexp.MustCompile(turn.wait).Match)
			if err != nil {
				return err
			}
			tag, _, _ := strings.Cut(string(line), " ")
			io.WriteString(c, strings.ReplaceAll(turn.answer, "TAG", tag))
		}
		return nil
	}
}

// TestOpenSSLUpgrades: what openssl s_client says before TLS is found and cut off.
func TestOpenSSLUpgrades(t *testing.T) {
	openssl := need(t, "openssl")
	rows := []struct {
		how, id, greeting string
		turns             []turn
	}{
		{"smtp", "smtp", "220 x ESMTP\r\n", []turn{{"EHLO .*\n", ehlo}, {"STARTTLS\r\n", "220 go\r\n"}}},
		{"lmtp", "smtp", "220 x LMTP\r\n", []turn{{"LHLO .*\n", ehlo}, {"STARTTLS\r\n", "220 go\r\n"}}},
		{"pop3", "pop3", "+OK x\r\n", []turn{{"STLS\r\n", "+OK go\r\n"}}},
		{"imap", "imap", "* OK x\r\n", []turn{{"CAPABILITY\r\n", "* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK\r\n"}, {"STARTTLS\r\n", "TAG OK go\r\n"}}},
		{"ftp", "ftp", "220 x\r\n", []turn{{"AUTH TLS\r\n", "234 go\r\n"}}},
		{"nntp", "nntp", "200 x\r\n", []turn{{"CAPABILITIES\r\n", "101 l\r\nSTARTTLS\r\n.\r\n"}, {"STARTTLS\r\n", "382 go\r\n"}}},
		{"sieve", "managesieve", "\"IMPLEMENTATION\" \"x\"\r\n\"STARTTLS\"\r\nOK \"x\"\r\n", []turn{{"STARTTLS\r\n", "OK \"go\"\r\n"}}},
		{"irc", "irc", "", []turn{{"STARTTLS\r\n", ":x 670 a :go\r\n"}}},
		{"xmpp", "xmpp", "", []turn{{"version='1.0'>", "<?xml version='1.0'?><stream:stream><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>"},
			{"<starttls.*/>", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"}}},
		{"ldap", "ldap", "", []turn{{startTLSOID, "\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"}}},
	}
	for _, r := range rows {
		client, server := stub(t, script(r.greeting, r.turns), func(host, port string) {
			ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
			defer stop()
			cmd := exec.CommandContext(ctx, openssl, "s_client", "-starttls", r.how, "-xmpphost", "x", "-connect", net.JoinHostPort(host, port))
			cmd.Stdin = strings.NewReader("")
			cmd.Run()
		})
		checkUpgraded(t, r.how, r.id, fact.Yes, client, server)
	}
}

// checkUpgraded wants a whole handshake behind the preamble.
func checkUpgraded(t *testing.T, name, id string, offered fact.Tri, client, server []byte) {
	t.Helper()
	p := Guess(client, server, 0)
	if p == nil || p.ID != id {
		t.Errorf("%s: guessed %+v for %q, %q", name, p, first256(client), first256(server))
		return
	}
	h := Read(p, &wire.Transcript{Chunks: []wire.Chunk{{From: wire.ServerSide, Data: server}, {From: wire.ClientSide, At: 1, Data: client}}})
	if h.Client == nil || h.Server == nil || h.Chain == nil || h.Finished != fact.Yes {
		t.Errorf("%s: no handshake in %q, %q: %+v", name, first256(client), first256(server), h.End)
	}
	if offered != fact.Unknown && (h.Said == nil || h.Said.TLS != offered) {
		t.Errorf("%s: said %+v", name, h.Said)
	}
}

func first256(b []byte) []byte { return b[:min(len(b), 256)] }

// TestCurlThroughProxies: what curl says to HTTP and SOCKS proxies.
func TestCurlThroughProxies(t *testing.T) {
	curl := need(t, "curl")
	rows := []struct {
		scheme, id string
		proxy      func(c io.ReadWriter) error
	}{
		{"http", "http-connect", script("", []turn{{"\r\n\r\n", "HTTP/1.1 200 Connection established\r\n\r\n"}})},
		{"socks4", "socks", func(c io.ReadWriter) error { return playSOCKS4(c, 1) }},
		{"socks4a", "socks", func(c io.ReadWriter) error { return playSOCKS4(c, 2) }},
		{"socks5", "socks", playSOCKS5},
		{"socks5h", "socks", playSOCKS5},
	}
	for _, r := range rows {
		client, server := stub(t, r.proxy, func(host, port string) {
			ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
			defer stop()
			exec.CommandContext(ctx, curl, "-sk", "--max-time", "10", "-x", r.scheme+"://u:secret@"+net.JoinHostPort(host, port), "https://localhost/").Run()
		})
		checkUpgraded(t, r.scheme, r.id, fact.Unknown, client, server)
	}
}

// playSOCKS4 reads a request that ends in so many strings.
func playSOCKS4(c io.ReadWriter, names int) error {
	_, err := until(c, func(b []byte) bool { return len(b) > 8 && bytes.Count(b[8:], []byte{0}) == names })
	io.WriteString(c, "\x00\x5a\x00\x00\x00\x00\x00\x00")
	return err
}

// playSOCKS5 asks for the login.
func playSOCKS5(c io.ReadWriter) error {
	_, err1 := until(c, func(b []byte) bool { return len(b) > 2 && len(b) == 2+int(b[1]) })
	io.WriteString(c, "\x05\x02")
	_, err2 := readN(c, len("\x01\x01u\x06secret"))
	io.WriteString(c, "\x01\x00")
	_, err3 := until(c, func(b []byte) bool { _, _, _, ok := socksAddress(b); return ok })
	io.WriteString(c, "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
	return errors.Join(err1, err2, err3)
}
