package preamble

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// postgres is PostgreSQL's way: SSLRequest, one byte back, TLS.
func postgres() Protocol {
	return Protocol{
		ID: "postgres", Schemes: []string{"postgres", "postgresql"}, Ports: []uint16{5432, 6432},
		Dial: dialPostgres, Accept: acceptPostgres, Deny: denyPostgres, Parse: parsePostgres,
	}
}

// postgresDirect is sslnegotiation=direct of PostgreSQL 17: TLS first, with ALPN "postgresql" mandatory.
func postgresDirect() Protocol {
	return Protocol{
		ID: "postgres-direct", Schemes: []string{"postgres-direct"}, Ports: []uint16{5432}, ALPN: []string{"postgresql"},
		Dial: pass, Accept: pass, Deny: denyPostgres, Parse: parseDirect,
	}
}

func dialPostgres(ctx context.Context, c net.Conn, _ Options) (net.Conn, fact.Said, error) {
	defer heed(ctx, c)()
	if _, err := c.Write(startup{code: pgSSLRequest}.bytes()); err != nil {
		return c, fact.Said{}, fmt.Errorf("sending SSLRequest: %w", err)
	}
	// More than the one byte is read on purpose: a server that speaks TLS stays silent until our
	// ClientHello, so anything behind the byte was put there by somebody else (CVE-2021-23222).
	b := make([]byte, firstBytes)
	n, err := c.Read(b)
	if n == 0 {
		return c, fact.Said{}, fmt.Errorf("waiting for the answer to SSLRequest: %w", err)
	}
	told, err := heardPostgres(c, b[:n])
	return c, told, err
}

// heardPostgres takes the answer to SSLRequest; c serves to read the rest of an error.
func heardPostgres(c net.Conn, b []byte) (fact.Said, error) {
	s := fact.Said{Product: "PostgreSQL"}
	switch {
	case len(b) == 1 && b[0] == 'S':
		s.TLS = fact.Yes
		return s, nil
	case len(b) == 1 && b[0] == 'N':
		s.TLS = fact.No
		return s, ErrDeclined
	}
	b = rest(c, b)
	if e, _, ok := readPGError(b); ok {
		return withError(s, e), ErrReply
	}
	return strangePostgres(s, b)
}

// strangePostgres is an answer that is neither byte alone nor an error.
func strangePostgres(s fact.Said, b []byte) (fact.Said, error) {
	noteOther(&s, b)
	if b[0] == 'S' && s.Speaks == "" {
		s.TLS = fact.Yes
		s.ErrorText = "unencrypted bytes behind the S that answers SSLRequest (CVE-2021-23222)"
		return s, ErrOther
	}
	s.Product, s.TLS = "", fact.Unknown // an S of somebody else's, "SSH-2.0" say, was no answer
	return s, ErrOther
}

func acceptPostgres(ctx context.Context, c net.Conn, o Options) (net.Conn, fact.Said, error) {
	defer heed(ctx, c)()
	told := fact.Said{Product: "PostgreSQL", TLS: fact.Is(!o.NoTLS)}
	asked := false
	for range 3 { // GSSENCRequest, SSLRequest, StartupMessage: none comes twice
		m, raw, err := readStartup(c)
		switch {
		case errors.Is(err, errNotPostgres):
			noteOther(&told, rest(c, raw))
			return &prefixConn{c, raw}, told, ErrOther
		case err != nil && asked:
			return c, told, fmt.Errorf("%w: the client left: %w", ErrDeclined, err)
		case err != nil:
			return c, told, fmt.Errorf("reading the client's first message: %w", err)
		case o.Error != nil:
			_, err := c.Write(writePGError(*o.Error))
			return c, withError(told, *o.Error), errors.Join(ErrReply, err)
		case m.login():
			return plainPostgres(c, m, o, told)
		case m.code == pgSSLRequest && !o.NoTLS:
			_, err := c.Write([]byte{'S'})
			return c, told, err
		case m.code != pgSSLRequest && m.code != pgGSSENCRequest:
			return c, told, fmt.Errorf("%w: %s", ErrNoTLS, m.name())
		}
		asked = asked || m.code == pgSSLRequest
		if _, err := c.Write([]byte{'N'}); err != nil {
			return c, told, err
		}
	}
	return c, told, ErrNoTLS
}

// plainPostgres is what becomes of a client that starts up without TLS.
func plainPostgres(c net.Conn, m startup, o Options, told fact.Said) (net.Conn, fact.Said, error) {
	reason := ErrNoTLS
	if o.NoTLS {
		reason = ErrDeclined
	}
	if !o.NeedTLS {
		return &prefixConn{c, m.bytes()}, told, reason
	}
	e := Error{State: "28000", Text: fmt.Sprintf("no pg_hba.conf entry for host %q, user %q, database %q, no encryption",
		hostOf(c.RemoteAddr()), m.param("user"), m.param("database"))}
	_, err := c.Write(writePGError(e))
	return c, withError(told, e), errors.Join(reason, err)
}

// hostOf is an address without its port.
func hostOf(a net.Addr) string {
	if a == nil {
		return ""
	}
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// denyPostgres reads the StartupMessage, which carries no password, and answers as to a wrong one.
func denyPostgres(ctx context.Context, c net.Conn, o Options) error {
	defer heed(ctx, c)()
	m, _, err := readStartup(c)
	if err != nil {
		return fmt.Errorf("reading the StartupMessage: %w", err)
	}
	e := Error{State: "28P01", Text: fmt.Sprintf("password authentication failed for user %q", m.param("user"))}
	if o.Error != nil {
		e = *o.Error
	}
	_, err = c.Write(writePGError(e))
	return err
}

// Knock sends a StartupMessage with a user name and reads one reply, as pg_isready does; no password goes out.
// A nil error means that the server went on to ask for a password or let the user in; ErrReply that it refused,
// with its SQLSTATE and words in the Said; ErrOther that something else answered.
func Knock(ctx context.Context, c net.Conn, user string) (fact.Said, error) {
	defer heed(ctx, c)()
	s := fact.Said{Product: "PostgreSQL"}
	if _, err := c.Write(startupFor(user, "postgres").bytes()); err != nil {
		return s, fmt.Errorf("sending the StartupMessage: %w", err)
	}
	kind, body, err := readPGMessage(c)
	if err != nil {
		return s, fmt.Errorf("waiting for the answer to the StartupMessage: %w", err)
	}
	switch kind {
	case 'R', 'v':
		return s, nil
	case 'E':
		return withError(s, pgFields(body)), ErrReply
	}
	noteOther(&s, append([]byte{kind}, body...))
	s.Product = ""
	return s, ErrOther
}

// answers are the first bytes of what a server can say to a StartupMessage: authentication, refusal, another version.
var answers = []byte("REv")

// restOf gives what else is there, within a moment.
func restOf(c io.Reader) []byte {
	if conn, ok := c.(net.Conn); ok {
		return rest(conn, nil)
	}
	return nil
}

// readPGMessage reads one message of protocol 3. What has no plausible length comes back with what was read.
func readPGMessage(c io.Reader) (kind byte, body []byte, err error) {
	head, err := readN(c, 1)
	if err != nil {
		return 0, nil, err
	}
	if !bytes.Contains(answers, head) {
		return head[0], restOf(c), nil // no message begins so: its length need not be waited for
	}
	size, err := readN(c, 4)
	if err != nil {
		return 0, nil, err
	}
	head = append(head, size...)
	n := int(head[1])<<24 | int(head[2])<<16 | int(head[3])<<8 | int(head[4])
	if n < 4 || n > maxPGError {
		return head[0], head[1:], nil
	}
	body, err = readN(c, n-4)
	return head[0], body, err
}
