package lab

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/preamble"
)

// TestOtherPreambleWorks: where the fault is how the conversation begins, another beginning goes through.
func TestOtherPreambleWorks(t *testing.T) {
	e := newTestEnv(t)
	for _, c := range []struct{ slug, proto, other string }{
		{"implicit-tls-required", "mssql", "mssql-strict"},
		{"implicit-tls-required", "postgres", "postgres-direct"},
		{"not-this-protocol", "https", "mysql"},
		{"not-this-protocol", "mysql", "postgres"},
		{"not-this-protocol", "postgres", "mysql"},
		{"not-this-protocol", "mssql", "mysql"},
		{"proxy-header-mismatch", "https", "https"},
		{"proxy-header-mismatch", "mysql", "mysql"},
		{"proxy-header-mismatch", "mssql", "mssql"},
	} {
		end, _ := start(t, e, c.proto, c.slug)
		other := *preamble.ByID(c.other)
		if c.proto == c.other {
			other = preamble.WithProxyHeader(other)
		}
		v := newVisitor(t, e, end, other)
		checkError(t, c.slug+" over "+c.proto, v.enter(t), "")
	}
}

// TestBeginningFails: the usual beginning does not.
func TestBeginningFails(t *testing.T) {
	e := newTestEnv(t)
	for _, c := range []struct{ slug, proto, want string }{
		{"implicit-tls-required", "mssql", "EOF"},
		{"implicit-tls-required", "postgres", "EOF"},
		{"not-this-protocol", "https", "does not look like a TLS handshake"},
		{"not-this-protocol", "postgres", preamble.ErrOther.Error()},
		{"proxy-header-mismatch", "https", "EOF"},
		{"proxy-header-mismatch", "postgres", "EOF"},
		{"server-speaks-plaintext", "https", "does not look like a TLS handshake"},
		{"server-speaks-plaintext", "mysql", preamble.ErrOther.Error()},
		{"server-speaks-plaintext", "postgres", preamble.ErrOther.Error()},
		{"server-speaks-plaintext", "mssql", preamble.ErrOther.Error()},
		{"starttls-required", "https", "does not look like a TLS handshake"},
		{"starttls-required", "tls", "does not look like a TLS handshake"},
		{"server-tls-disabled", "mysql", preamble.ErrDeclined.Error()},
		{"server-tls-disabled", "postgres", preamble.ErrDeclined.Error()},
		{"server-tls-disabled", "mssql", preamble.ErrDeclined.Error()},
		{"not-a-tls-problem", "mysql", preamble.ErrReply.Error()},
		{"not-a-tls-problem", "postgres", preamble.ErrReply.Error()},
	} {
		end, p := start(t, e, c.proto, c.slug)
		checkError(t, c.slug+" over "+c.proto, newVisitor(t, e, end, p).enter(t), c.want)
	}
}

// TestFirstWords: what a person sees with netcat.
func TestFirstWords(t *testing.T) {
	e := newTestEnv(t)
	for _, c := range []struct{ slug, proto, say, first, then string }{
		{"starttls-required", "https", "EHLO a\r\n", "220 mail.shop.test ESMTP", "500 5.5.2"},
		{"starttls-required", "tls", "x\r\n", "* OK [CAPABILITY IMAP4rev1 STARTTLS", "* BAD"},
		{"server-speaks-plaintext", "mysql", "", "SSH-2.0-", ""},
		{"server-speaks-plaintext", "https", "\x16\x03\x01\x00\x00", "HTTP/1.1 400 Bad Request", "Server:"},
	} {
		end, _ := start(t, e, c.proto, c.slug)
		conn, err := net.Dial("tcp", end.Addr)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, c.say)
		r := bufio.NewReader(conn)
		first, _ := r.ReadString('\n')
		then, _ := r.ReadString('\n')
		conn.Close()
		if !strings.HasPrefix(first, c.first) || !strings.HasPrefix(then, c.then) {
			t.Errorf("%s over %s: %q, %q", c.slug, c.proto, first, then)
		}
	}
}
