// Package preamble knows what is said before the ClientHello: one file per protocol, each seen from three
// seats. Dial speaks as a client, Accept as a server, Parse reads the recording of both.
package preamble

import (
	"context"
	"errors"
	"net"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A Protocol knows what two peers say before the ClientHello.
type Protocol struct {
	ID      string   // "mssql"
	Schemes []string // URL schemes that mean it: "mssql", "sqlserver"
	Ports   []uint16 // usual ports, the default first
	ALPN    []string // protocols a client of it offers by ALPN when TLS comes first
	// MaxVersion is the highest TLS version that its servers take, 0 for any. SQL Server's TDS 7 ends at TLS 1.2:
	// TLS 1.3 sends tickets when the client has already stopped wrapping.
	MaxVersion uint16

	// Dial, Accept and Deny are nil for the protocols of Recorded.

	// Dial brings c to the point where TLS begins and returns the connection to speak TLS on. The Said
	// is valid beside an error. It sends no credential.
	Dial func(ctx context.Context, c net.Conn, o Options) (net.Conn, fact.Said, error)
	// Accept is the server's side of Dial. Beside ErrDeclined and ErrNoTLS the connection is still good:
	// Deny answers on it in the clear.
	Accept func(ctx context.Context, c net.Conn, o Options) (net.Conn, fact.Said, error)
	// Deny reads the login that follows the handshake, discards it unread and answers that it failed, or with
	// Options.Error. Its connection is the TLS one, which should tell what it runs on by a method NetConn as
	// crypto/tls does: SQL Server's login-only encryption answers below TLS.
	Deny func(ctx context.Context, c net.Conn, o Options) error
	// Parse reads the recording of both sides and tells where the TLS bytes lie. Said and Spans hold what
	// could be read beside an error too: one of those below, or io.ErrUnexpectedEOF for a recording that
	// ends within the preamble.
	Parse func(client, server []byte) (fact.Said, Spans, error)
}

// Options are what Dial and Accept can vary.
type Options struct {
	Host     string // the name connected to
	Instance string // SQL Server instance, for PRELOGIN's INSTOPT
	// Encryption is TDS's ENCRYPTION value: for Dial the client's ("" means ON), for Accept what the server
	// is set to: "off" (default of SQL Server), "on" (force encryption), "none" (no TLS), "strict". A client
	// has "off", "on", "none" (says it cannot), "req", "cert-off" and "cert-on" (offers a client certificate).
	Encryption string
	// Server names product and version that Accept greets with; empty: a current one.
	Server string
	// NoTLS makes Accept decline TLS; NeedTLS makes it refuse clients that do not start it.
	NoTLS, NeedTLS bool
	// Error makes Accept answer with this protocol error instead of going on (MySQL code, PostgreSQL SQLSTATE text).
	Error *Error
}

// An Error is a protocol's own error reply.
type Error struct {
	Code  int    // MySQL and TDS number
	State string // SQLSTATE
	Text  string
}

// What Dial can run into. The Said beside it holds the details.
var (
	ErrDeclined = errors.New("the server offers no TLS")
	ErrReply    = errors.New("the server answered with an error of its own protocol")
	ErrOther    = errors.New("the port speaks another protocol")
	// ErrNoTLS is Accept's: the client goes on without TLS.
	ErrNoTLS = errors.New("the client does not start TLS")
)

// A Span is a range of one side's bytes, From included, To not.
type Span struct{ From, To int }

// Spans says which bytes of each side belong to TLS, in order. With TLS inside the protocol's own
// packets there are many. Marks are the preamble's own messages in the order in which they are meaningful.
type Spans struct {
	Client, Server []Span
	Marks          []Mark
}

// A Mark is one message of the preamble: who sent it, where it ends in that side's bytes, what it is called.
type Mark struct {
	From wire.Side
	End  int
	Name string // "SSLRequest", "greeting", "PRELOGIN"
	Note string
}

// An Unwrapper is a connection that carries TLS inside packets of the protocol for the length of the
// handshake. Unwrap is called when the handshake is done: what follows is written as it is. Reading needs no
// help, it tells a packet from a TLS record by itself.
type Unwrapper interface{ Unwrap() }
