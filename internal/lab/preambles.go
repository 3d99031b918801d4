package lab

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/tlswhy/tlswhy/internal/preamble"
)

// preambleFaults are endpoints with which TLS never begins, because of what is said before it.
func preambleFaults() []Fault {
	return []Fault{
		of("proxy-header-mismatch", "the server wants a PROXY protocol header first", anyProto, serving(wantingProxyHeader)),
		of("server-speaks-plaintext", "the port speaks HTTP, or SSH, in clear", anyProto, serving(inClear)),
		of("starttls-required", "a mail server that speaks first and upgrades by STARTTLS", []string{"https", "tls"}, serving(mail)),
		of("implicit-tls-required", "the port takes nothing but TLS as first bytes", []string{"mssql", "postgres"}, serving(speaking(map[string]string{
			"mssql": "mssql-strict", "postgres": "postgres-direct",
		}))),
		// over bare TLS this is starttls-required: whatever answers there, TLS may have to be asked for
		of("not-this-protocol", "another database answers on the port", []string{"https", "mysql", "postgres", "mssql", "mssql-strict", "postgres-direct"}, serving(speaking(map[string]string{
			"https": "mysql", "mysql": "postgres", "postgres": "mysql", "mssql": "mysql",
			"mssql-strict": "postgres", "postgres-direct": "mysql",
		}), impatient)),
		of("server-tls-disabled", "the server offers no TLS", []string{"mysql", "postgres", "mssql"}, serving(withoutTLS)),
		of("not-a-tls-problem", "the server has no connection left and says so", []string{"mysql", "postgres"}, serving(crowded)),
	}
}

// impatient makes the user wait no longer than it takes where a peer stays silent.
func impatient(s *site) error {
	s.flags = append(s.flags, "--timeout", "2s")
	return nil
}

// wantingProxyHeader ends connections that begin otherwise (PROXY protocol §2: a receiver must not guess). A
// client that waits for the server to speak first waits in vain.
func wantingProxyHeader(s *site) error {
	s.greet = func(ctx context.Context, g *guest) bool {
		if _, err := preamble.ReadProxyHeader(ctx, g.Conn); err != nil {
			g.leave()
			return false
		}
		return true
	}
	return impatient(s)
}

// inClear is an HTTP server, which answers what it does not understand, or an SSH server, which speaks first.
func inClear(s *site) error {
	s.greet = func(_ context.Context, g *guest) bool {
		if s.proto.ID == "mysql" || s.proto.ID == "mssql" {
			io.WriteString(g, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n")
		} else if _, err := g.Read(make([]byte, 4096)); err == nil {
			io.WriteString(g, badRequest)
		}
		g.leave()
		return false
	}
	return nil
}

const badRequest = "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Type: text/html\r\n" +
	"Content-Length: 20\r\nConnection: close\r\n\r\n<h1>Bad Request</h1>"

// mail greets as SMTP does, or for the bare protocol as IMAP, and complains about everything it hears.
func mail(s *site) error {
	greeting, complaint := "220 mail.shop.test ESMTP Postfix\r\n", "500 5.5.2 Error: bad syntax\r\n"
	if s.proto.ID == "tls" {
		greeting = "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] mail.shop.test ready\r\n"
		complaint = "* BAD Invalid tag\r\n"
	}
	s.greet = func(_ context.Context, g *guest) bool {
		io.WriteString(g, greeting)
		if _, err := bufio.NewReaderSize(g, 512).ReadSlice('\n'); err == nil || err == bufio.ErrBufferFull {
			io.WriteString(g, complaint)
		}
		g.leave()
		return false
	}
	return nil
}

// speaking lets a server of another protocol answer.
func speaking(other map[string]string) func(*site) error {
	return func(s *site) error {
		p := preamble.ByID(other[s.proto.ID])
		if p == nil {
			return fmt.Errorf("there is no other protocol for %s", s.proto.ID)
		}
		s.speaks = *p
		s.tls.NextProtos = served(*p)
		return nil
	}
}

func withoutTLS(s *site) error {
	s.options.NoTLS = true
	return nil
}

func crowded(s *site) error {
	s.options.Error = &preamble.Error{Code: 1040, State: "08004", Text: "Too many connections"}
	if s.proto.ID == "postgres" {
		s.options.Error = &preamble.Error{State: "53300", Text: "sorry, too many clients already"}
	}
	return nil
}
