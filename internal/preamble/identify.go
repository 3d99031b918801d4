package preamble

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

const (
	// speakFirst is how long a server may take to greet unasked before we speak.
	speakFirst = 300 * time.Millisecond
	// answerTime is how long it may take to answer.
	answerTime = 2 * time.Second
)

// ErrMute is Identify's: nothing that was tried got an answer.
var ErrMute = errors.New("the port answers neither TLS nor a known protocol")

// A guess is one connection's try: an ID when it is settled, said what was learnt.
type guess func(ctx context.Context, c net.Conn) (id string, said fact.Said, err error)

// Identify asks a port what it speaks, with at most three connections, which it counts: it listens and then says a
// small ClientHello, else PRELOGIN, else SSLRequest. A usual port is asked for its own protocol first. Beside
// ErrOther the Said names what speaks there, as far as its first bytes tell; ErrMute says that nothing answered;
// an error of dial is returned as it is. No try sends a credential.
func Identify(ctx context.Context, dial func(context.Context) (net.Conn, error)) (id string, said fact.Said, connections int, err error) {
	tries := []guess{askTLS, askDialed(mssql()), askDialed(postgres())}
	for i := 0; i < len(tries); i++ {
		c, dialErr := dial(ctx)
		connections++
		if dialErr != nil {
			return "", said, connections, dialErr
		}
		if i == 0 {
			tries = inOrder(tries, portOf(c))
		}
		id, said, err = try(ctx, c, tries[i])
		if errors.Is(err, ErrOther) && said.Speaks == "mysql" {
			id, said, err = heardUnasked(said.First)
		}
		if err == nil || errors.Is(err, ErrOther) && said.Speaks != "" && said.Speaks != "tls-alert" {
			return id, said, connections, err
		}
		if ctx.Err() != nil {
			return "", said, connections, ctx.Err()
		}
	}
	return "", fact.Said{}, connections, fmt.Errorf("%w: %w", ErrMute, err)
}

// try runs one guess with its own patience.
func try(ctx context.Context, c net.Conn, g guess) (string, fact.Said, error) {
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	return g(ctx, c)
}

// inOrder puts the try first that fits the port.
func inOrder(tries []guess, port uint16) []guess {
	switch port {
	case 1433:
		return []guess{tries[1], tries[0], tries[2]}
	case 5432, 6432:
		return []guess{tries[2], tries[0], tries[1]}
	}
	return tries
}

func portOf(c net.Conn) uint16 {
	if c.RemoteAddr() == nil {
		return 0
	}
	a, _ := netip.ParseAddrPort(c.RemoteAddr().String())
	return a.Port()
}

// askDialed is a protocol's Dial: an answer that only it can give settles the question, a refusal of TLS included.
func askDialed(p Protocol) guess {
	return func(ctx context.Context, c net.Conn) (string, fact.Said, error) {
		_, said, err := p.Dial(ctx, c, Options{})
		if err == nil || errors.Is(err, ErrDeclined) || errors.Is(err, ErrReply) {
			return p.ID, said, nil
		}
		return "", said, err
	}
}

// askTLS listens for a greeting, then says hello.
func askTLS(ctx context.Context, c net.Conn) (string, fact.Said, error) {
	defer heed(ctx, c)()
	b := make([]byte, firstBytes)
	c.SetReadDeadline(time.Now().Add(speakFirst))
	n, err := c.Read(b)
	c.SetReadDeadline(time.Time{})
	if n > 0 {
		return heardUnasked(b[:n])
	}
	if err != nil && !isTimeout(err) {
		return "", fact.Said{}, fmt.Errorf("waiting for a greeting: %w", err)
	}
	if ctx.Err() != nil { // the deadline that its end has set is gone with the line above
		return "", fact.Said{}, ctx.Err()
	}
	hello, err := identifyHello().Build(nil)
	if err != nil {
		return "", fact.Said{}, err
	}
	if _, err := c.Write(hello.Records); err != nil {
		return "", fact.Said{}, fmt.Errorf("sending a ClientHello: %w", err)
	}
	b = make([]byte, 4<<10)
	if n, err = c.Read(b); n == 0 {
		return "", fact.Said{}, fmt.Errorf("waiting for an answer to a ClientHello: %w", err)
	}
	return heardHello(b[:n], portOf(c))
}

// heardUnasked is what a server said before we spoke: a MySQL greeting or error, or something else.
func heardUnasked(b []byte) (string, fact.Said, error) {
	var said fact.Said
	if speaks, _ := Sniff(b); speaks != "mysql" {
		noteOther(&said, b)
		return "", said, ErrOther
	}
	p, _, err := cutMySQL(b, maxGreeting)
	if err != nil { // the greeting's start is enough to know it by
		return "mysql", said, nil
	}
	said, _ = heardGreeting(p)
	return "mysql", said, nil
}

// identifyHello offers TLS 1.2 alone, as its ServerHello shows the ALPN choice in the clear, which TLS 1.3 hides.
// A server of TLS 1.3 only answers with an alert, which tells as much. The list lets the databases that insist on
// their own name answer too.
func identifyHello() wire.Hello {
	return wire.Hello{
		Versions: []uint16{wire.TLS12},
		Suites: []uint16{names.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			names.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, names.TLS_RSA_WITH_AES_128_GCM_SHA256, names.TLS_RSA_WITH_AES_128_CBC_SHA},
		Groups:        []uint16{names.X25519, names.P256, names.P384},
		Signatures:    []uint16{names.ECDSAP256SHA256, names.RSAPSSRSAESHA256, names.RSAPKCS1SHA256, names.RSAPKCS1SHA384, names.RSAPKCS1SHA512},
		ALPN:          []string{"h2", "http/1.1", "postgresql", "tds/8.0"},
		EMS:           true,
		Renegotiation: true,
	}
}

// heardHello is the answer to the hello: TLS, by the protocol that ALPN chose or the port suggests, or not.
func heardHello(b []byte, port uint16) (string, fact.Said, error) {
	var said fact.Said
	if !isRecord(b) {
		noteOther(&said, b)
		return "", said, ErrOther
	}
	t := &wire.Transcript{Chunks: []wire.Chunk{{From: wire.ServerSide, Data: b}}}
	switch wire.Decode(t).ALPN {
	case "h2", "http/1.1":
		return "https", said, nil
	case "postgresql":
		return "postgres", said, nil
	case "tds/8.0":
		return "mssql-strict", said, nil
	}
	if p := ByPort(port); p != nil && (p.ID == "https" || p.ID == "tls") {
		return p.ID, said, nil
	}
	return "tls", said, nil
}
