package preamble

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// mysql is the MySQL and MariaDB protocol: the server greets, the client answers with SSLRequest, TLS begins.
func mysql() Protocol {
	return Protocol{
		ID: "mysql", Schemes: []string{"mysql", "mariadb"}, Ports: []uint16{3306},
		Dial: dialMySQL, Accept: acceptMySQL, Deny: denyMySQL, Parse: parseMySQL,
	}
}

func dialMySQL(ctx context.Context, c net.Conn, _ Options) (net.Conn, fact.Said, error) {
	defer heed(ctx, c)()
	p, err := readMySQL(c, maxGreeting)
	if errors.Is(err, errNotMySQL) {
		var said fact.Said
		noteOther(&said, rest(c, p.payload))
		return c, said, ErrOther
	}
	if err != nil {
		said := fact.Said{First: p.payload}
		return c, said, fmt.Errorf("reading the greeting: %w", err)
	}
	said, err := heardGreeting(p)
	if err != nil {
		return c, said, err
	}
	if said.TLS != fact.Yes {
		return c, said, ErrDeclined
	}
	if _, err := c.Write(mysqlPacket{p.seq + 1, sslRequest()}.bytes()); err != nil {
		// A server that refuses the host after its greeting has said why before it reset the connection.
		if e, _, ok := errAfterGreeting(rest(c, nil)); ok {
			return c, withError(said, e), ErrReply
		}
		return c, said, fmt.Errorf("sending SSLRequest: %w", err)
	}
	return c, said, nil
}

// errAfterGreeting reads an ERR packet that stands where TLS, or the answer to a login, was due.
func errAfterGreeting(b []byte) (e Error, size int, ok bool) {
	p, size, err := cutMySQL(b, maxGreeting)
	if err != nil || p.seq == 0 {
		return Error{}, 0, false
	}
	e, ok = readERR(p.payload)
	return e, size, ok
}

// heardGreeting takes what the server's first packet tells.
func heardGreeting(p mysqlPacket) (fact.Said, error) {
	if e, ok := readERR(p.payload); ok {
		return withError(fact.Said{}, e), ErrReply
	}
	g, err := readGreeting(p.payload)
	if err != nil {
		var s fact.Said
		noteOther(&s, p.bytes())
		return s, ErrOther
	}
	s := fact.Said{TLS: fact.Is(g.caps&capSSL != 0)}
	s.Product, s.Version = g.product()
	return s, nil
}

func acceptMySQL(ctx context.Context, c net.Conn, o Options) (net.Conn, fact.Said, error) {
	defer heed(ctx, c)()
	if o.Error != nil {
		_, err := c.Write(mysqlPacket{0, writeERR(*o.Error)}.bytes())
		return c, withError(fact.Said{}, *o.Error), errors.Join(ErrReply, err)
	}
	hello := greet(o.Server, !o.NoTLS)
	told, _ := heardGreeting(mysqlPacket{0, hello})
	if _, err := c.Write(mysqlPacket{0, hello}.bytes()); err != nil {
		return c, told, fmt.Errorf("sending the greeting: %w", err)
	}
	p, err := readMySQL(c, maxLogin)
	switch {
	case errors.Is(err, errNotMySQL):
		noteOther(&told, rest(c, p.payload))
		return c, told, ErrOther
	case err != nil:
		return c, told, fmt.Errorf("reading the client's answer to the greeting: %w", err)
	case !o.NoTLS && isSSLRequest(p.payload):
		return c, told, nil
	}
	return plainMySQL(c, p, o, told)
}

// plainMySQL is what becomes of a client that logs in without TLS.
func plainMySQL(c net.Conn, p mysqlPacket, o Options, told fact.Said) (net.Conn, fact.Said, error) {
	reason := ErrNoTLS
	if o.NoTLS {
		reason = ErrDeclined
	}
	if !o.NeedTLS {
		return &prefixConn{c, p.bytes()}, told, reason
	}
	e := insecureTransport(told.Product)
	_, err := c.Write(mysqlPacket{p.seq + 1, writeERR(e)}.bytes())
	return c, withError(told, e), errors.Join(reason, err)
}

// insecureTransport is the answer of a server with require_secure_transport: MySQL has its own number,
// MariaDB answers as to a wrong password.
func insecureTransport(product string) Error {
	if product == "MySQL" {
		return Error{3159, "HY000", "Connections using insecure transport are prohibited while --require_secure_transport=ON."}
	}
	return Error{1045, "28000", "Access denied for user (using password: YES)"}
}

// denyMySQL reads the login, numbered 2 inside TLS and 1 without, and answers 1045 with the next number.
func denyMySQL(ctx context.Context, c net.Conn, o Options) error {
	defer heed(ctx, c)()
	p, err := readMySQL(c, maxLogin)
	if err != nil {
		return fmt.Errorf("reading the login: %w", err)
	}
	e := Error{1045, "28000", "Access denied for user: this test server refuses every login"}
	if o.Error != nil {
		e = *o.Error
	}
	_, err = c.Write(mysqlPacket{p.seq + 1, writeERR(e)}.bytes())
	return err
}

// parseMySQL reads both sides' recordings. A missing greeting (the capture began late) is no hindrance when the
// client's SSLRequest is there.
func parseMySQL(client, server []byte) (fact.Said, Spans, error) {
	var spans Spans
	told, greeted, err := parseGreeting(server, &spans)
	if err != nil {
		return told, spans, err
	}
	p, asked, short := cutMySQL(client, maxLogin)
	wants := short == nil && isSSLRequest(p.payload)
	switch {
	case wants:
		spans.mark(wire.ClientSide, asked, "SSLRequest", "")
		spans.Client = whole(client, asked)
	case short == nil:
		spans.mark(wire.ClientSide, asked, "login", "in the clear")
	case errors.Is(short, errNotMySQL): // TLS without a request for it, most often
		spans.Client, spans.Server = whole(client, 0), whole(server, greeted)
		return told, spans, nil
	}
	if e, size, ok := errAfterGreeting(server[greeted:]); ok {
		spans.mark(wire.ServerSide, greeted+size, "ERR", errorNote(e))
		return withError(told, e), spans, ErrReply
	}
	switch {
	case wants:
		spans.Server = whole(server, greeted)
		return told, spans, nil
	case told.TLS == fact.No:
		return told, spans, ErrDeclined
	case short != nil:
		return told, spans, short
	}
	return told, spans, ErrNoTLS
}

// parseGreeting reads the server's first packet, unless the recording has nothing of it.
func parseGreeting(server []byte, spans *Spans) (fact.Said, int, error) {
	if len(server) == 0 || looksTLS(server) && !isMySQL(server) {
		return fact.Said{}, 0, nil
	}
	p, size, err := cutMySQL(server, maxGreeting)
	if errors.Is(err, errNotMySQL) {
		var s fact.Said
		noteOther(&s, server)
		return s, 0, ErrOther
	}
	if err != nil {
		return fact.Said{}, 0, err
	}
	told, err := heardGreeting(p)
	switch {
	case err == nil:
		spans.mark(wire.ServerSide, size, "greeting", strings.TrimSpace(told.Product+" "+told.Version))
	case errors.Is(err, ErrReply):
		spans.mark(wire.ServerSide, size, "ERR", errorNote(Error{told.ErrorCode, told.ErrorState, told.ErrorText}))
	}
	return told, size, err
}
