package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// A way is how a fault is met by hand over a protocol: a command with {addr}, {ip}, {port}, {host}, {ca} and {file}.
type way struct{ proto, command string }

// hand is a fault that another client meets than a diagnosis, which logs in nowhere and sends no request.
func hand(slug, says string, ways []way, changes ...func(*site) error) Fault {
	f := Fault{Slug: slug, Says: says, ByHand: true}
	for _, w := range ways {
		f.Protos = append(f.Protos, w.proto)
	}
	f.Start = serving(append(changes, func(s *site) error {
		for _, w := range ways {
			if w.proto == s.proto.ID {
				s.hand = w.command
			}
		}
		return nil
	})...)
	return f
}

const (
	viaCurl    = "curl -sSi --cacert {ca} --connect-to ::{ip}: "
	viaOpenSSL = "openssl s_client -connect {addr} -servername {host} -verify_hostname {host} -CAfile {ca} "
	theURL     = "https://{host}:{port}/"
	fellBack   = viaOpenSSL + "-tls1_2 -fallback_scsv </dev/null"
)

// sessionFaults are servers whose handshakes are sound, and what follows is not; and servers that mind how a client came.
func sessionFaults() []Fault {
	return []Fault{
		hand("missing-close-notify", "the server ends the connection without close_notify, and nothing else tells where the answer ends",
			[]way{
				{"https", `printf 'GET / HTTP/1.1\r\nHost: {host}\r\n\r\n' | ` + viaOpenSSL + "-quiet"}, {"tls", viaOpenSSL + "-quiet </dev/null"},
			}, withoutGoodbye),
		hand("idle-connection-dropped", "the server resets a connection that was idle for three seconds", []way{
			{"https", `(printf 'HEAD / HTTP/1.1\r\nHost: {host}\r\n\r\n'; sleep 5; echo) | ` + viaOpenSSL + "-quiet"},
			{"tls", "(echo; sleep 5; echo) | " + viaOpenSSL + "-quiet"},
		}, droppingIdle),
		hand("connection-reused-for-other-host", "the certificate is good for two names, and a request for the second on a connection for the first gets 421",
			[]way{{"https", viaCurl + "-H 'Host: other.shop.test' " + theURL}}, misdirecting),
		hand("server-overloaded", "the server takes one connection at a time and two seconds for each", []way{
			{"https", "for i in 1 2 3 4 5; do " + viaCurl + "--max-time 5 " + theURL + " & done; wait"},
			{"tls", "for i in 1 2 3 4 5; do timeout 5 " + viaOpenSSL + "</dev/null & done; wait"},
		}, slowly),
		hand("fallback-refused", "the server knows TLS 1.3 and refuses a client that says it fell back to TLS 1.2", []way{
			{"https", fellBack}, {"tls", fellBack}, {"postgres", fellBack + " -starttls postgres"}, {"mysql", fellBack + " -starttls mysql"},
		}),
		hand("certificate-pin-mismatch", "the certificate was renewed with another key, and the pin handed over is the former one",
			[]way{{"https", viaCurl + "--pinnedpubkey {file} " + theURL}}, renewed),
		hand("client-not-using-tls", "the server insists on TLS", []way{
			{"postgres", "psql --no-psqlrc 'host={host} hostaddr={ip} port={port} user=app dbname=shop sslmode=disable' -c 'select 1'"},
			{"mysql", "mariadb --no-defaults --protocol=tcp -h {ip} -P {port} -u app -pnone --skip-ssl -e 'select 1'"},
		}, insisting),
	}
}

// inside serves TLS and hands the connection to talk; what follows the end of the handshake is talk's.
func inside(talk func(ctx context.Context, s *site, g *guest, c *tls.Conn)) func(*site) error {
	return func(s *site) error {
		s.talk = func(ctx context.Context, s *site, g *guest) error {
			c := tls.Server(g.Conn, s.tls)
			defer g.leave()
			if err := c.HandshakeContext(ctx); err != nil {
				return err
			}
			talk(ctx, s, g, c)
			return nil
		}
		return nil
	}
}

// withoutGoodbye answers until the end of the connection, and ends it below TLS (RFC 8446 §6.1 wants close_notify).
func withoutGoodbye(s *site) error {
	return inside(func(_ context.Context, s *site, _ *guest, c *tls.Conn) {
		if s.proto.ID == "https" {
			if _, err := http.ReadRequest(requestsOf(c)); err == nil {
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nuntil the end\n")
			}
		}
	})(s)
}

// requestsOf reads requests, bounded against a client that does not end.
func requestsOf(c io.Reader) *bufio.Reader { return bufio.NewReader(io.LimitReader(c, maxUnread)) }

// idleFor is how long a connection may be idle.
const idleFor = 3 * time.Second

// droppingIdle answers requests until none comes for a while, and then forgets the connection.
func droppingIdle(s *site) error {
	return inside(func(_ context.Context, s *site, g *guest, c *tls.Conn) {
		requests := requestsOf(c)
		for {
			c.SetReadDeadline(time.Now().Add(idleFor))
			if !answerOne(s, requests, c, func(*http.Request) int { return http.StatusOK }) {
				g.reset()
				return
			}
		}
	})(s)
}

// answerOne reads one request, or one line where the protocol is not HTTP, and answers it.
func answerOne(s *site, from *bufio.Reader, to io.Writer, status func(*http.Request) int) bool {
	if s.proto.ID != "https" {
		_, err := from.ReadSlice('\n')
		io.WriteString(to, "ok\n")
		return err == nil
	}
	r, err := http.ReadRequest(from)
	if err != nil || r.ContentLength != 0 {
		return false
	}
	code := status(r)
	fmt.Fprintf(to, "HTTP/1.1 %d %s\r\nContent-Length: 3\r\n\r\nok\n", code, http.StatusText(code))
	return true
}

// misdirecting has one certificate for two hosts, as browsers join connections by (RFC 9110 §15.5.20).
func misdirecting(s *site) error {
	s.leaf.Names = append(s.leaf.Names, "other.shop.test")
	return inside(func(_ context.Context, s *site, _ *guest, c *tls.Conn) {
		requests := requestsOf(c)
		meant := func(r *http.Request) int {
			host := r.Host
			if name, _, err := net.SplitHostPort(host); err == nil {
				host = name
			}
			if host != c.ConnectionState().ServerName {
				return http.StatusMisdirectedRequest
			}
			return http.StatusOK
		}
		for answerOne(s, requests, c, meant) {
		}
		c.CloseWrite()
	})(s)
}

// slowly lets clients wait for each other.
func slowly(s *site) error {
	turn := make(chan struct{}, 1)
	s.greet = func(ctx context.Context, _ *guest) bool {
		select {
		case turn <- struct{}{}:
		case <-ctx.Done():
			return false
		}
		defer func() { <-turn }()
		select {
		case <-time.After(2 * time.Second):
			return true
		case <-ctx.Done():
			return false
		}
	}
	return nil
}

// renewed hands over the public key that the server had before.
func renewed(s *site) error {
	key, err := newECKey()
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return fmt.Errorf("writing a key: %w", err)
	}
	file, err := s.env.write("public", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	s.files = append(s.files, file)
	return err
}

func insisting(s *site) error {
	s.options.NeedTLS = true
	return nil
}
