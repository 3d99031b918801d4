package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mysql2 is the npm package mysql2 3.24, which verifies the name only with verifyIdentity (lib/base/connection.js, startTLS).
func mysql2() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b = nodeBehaviour(b)
		b.Text = mysql2Text
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "mysql2", Says: "mysql2 3.24 for Node 20", Protocols: []string{"mysql"}, Aliases: []string{"node-mysql2", "mysql2 (node)"},
		Modes: []Mode{
			mode("ssl undefined", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("ssl:{}", "TLS or nothing, the chain verified with Node's roots, the name not", Behaviour{TLS: TLSRequire, Roots: RootsBundled, Chain: true}),
			mode("ssl:{rejectUnauthorized:false}", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("ssl:{ca}", "TLS or nothing; the chain is verified, the name is not", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}),
			mode("ssl:{ca,verifyIdentity:true}", "TLS or nothing; chain and name verified",
				Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
		},
	}
}

// mysqljs is the npm package mysql 2.18, which knows no name check at all and sends no server name.
func mysqljs() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b = nodeBehaviour(b)
		b.SNI, b.Text = SNINever, mysqljsText
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "mysqljs", Says: "mysql 2.18 for Node 20 (mysqljs/mysql)", Protocols: []string{"mysql"}, Aliases: []string{"mysqljs/mysql", "node-mysql"},
		Modes: []Mode{
			mode("ssl undefined", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("ssl:{ca}", "TLS or nothing; the chain is verified, the name is not", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}),
			mode("ssl:{rejectUnauthorized:false}", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
		},
	}
}

// mariadbNode is the npm package mariadb 3.5.
func mariadbNode() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b = nodeBehaviour(b)
		b.SNI, b.Text = SNINever, mariadbNodeText
		return Mode{ID: id, Says: says, Does: b}
	}
	return Product{
		ID: "mariadb-node", Says: "mariadb 3.5 for Node 20", Protocols: []string{"mysql"}, Aliases: []string{"mariadb (node)", "mariadb connector/node.js"},
		Modes: []Mode{
			mode("ssl:false", "plain text, the default", Behaviour{TLS: TLSNever}),
			mode("ssl:true", "TLS or nothing, chain and name verified with Node's roots",
				Behaviour{TLS: TLSRequire, Roots: RootsBundled, Chain: true, Name: true}),
			mode("ssl:{ca}", "TLS or nothing; chain and name verified", Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}),
			mode("ssl:{rejectUnauthorized:false}", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
		},
	}
}

// nodeDenied is the server's own error as an Error's properties.
func nodeDenied(f Failure) (nodeError, bool) {
	code, state, text, ok := f.serverError()
	if !ok {
		return nodeError{}, false
	}
	e := nodeError{errno: fmt.Sprint(code), state: state, message: text}
	switch code {
	case 1045:
		e.code = "ER_ACCESS_DENIED_ERROR"
	case 3159:
		e.code = "ER_SECURE_TRANSPORT_REQUIRED"
	}
	return e, true
}

func mysql2Text(f Failure) string {
	if e, ok := nodeDenied(f); ok {
		return e.String()
	}
	switch {
	case f.Step == StepTCP && f.How != fact.EndTimeout:
		return driverNode(f).String()
	case f.How == fact.EndDeclined:
		return nodeError{code: "HANDSHAKE_NO_SSL_SUPPORT", message: "Server does not support secure connection"}.String()
	case f.How == fact.EndTimeout || f.Step == StepPreamble && f.How == fact.EndNotTLS:
		return nodeError{code: "ETIMEDOUT", message: "connect ETIMEDOUT"}.String()
	case !f.withinTLS():
		return nodeLost
	}
	e := driverNode(f)
	e.code = "HANDSHAKE_SSL_ERROR"
	return e.String()
}

const nodeLost = "code=PROTOCOL_CONNECTION_LOST Error: Connection lost: The server closed the connection."

func mysqljsText(f Failure) string {
	if e, ok := nodeDenied(f); ok {
		e.message = e.code + ": " + e.message
		return e.String()
	}
	switch {
	case f.How == fact.EndTimeout: // it waits until the program gives up
		return ""
	case f.Step == StepPreamble && f.How == fact.EndNotTLS:
		return mysqljsStrange(f)
	case f.withinTLS() && f.How == fact.EndClosed:
		return nodeLost
	}
	return mysql2Text(f)
}

// mysqljsStrange: the fourth byte of a packet is its number (lib/protocol/Parser.js).
func mysqljsStrange(f Failure) string {
	b := f.first()
	if len(b) < 4 || b[3] == 0 {
		return ""
	}
	return fmt.Sprintf("code=PROTOCOL_PACKETS_OUT_OF_ORDER Error: Packets out of order. Got: %d Expected: 0", b[3])
}

func mariadbNodeText(f Failure) string {
	sql := func(code, number, id, text string) string {
		return nodeError{code: code, errno: number, state: "08S01", class: "SqlError",
			message: fmt.Sprintf("(conn:%s, no: %s, SQLState: 08S01) %s", id, number, text)}.String()
	}
	conn := "-1"
	if f.Step != StepPreamble {
		conn = "1"
	}
	if e, ok := nodeDenied(f); ok {
		e.class = "SqlError"
		e.message = fmt.Sprintf("(conn:1, no: %s, SQLState: %s) %s", e.errno, e.state, e.message)
		return e.String()
	}
	switch {
	case f.How == fact.EndDeclined:
		return nodeError{code: "ER_SERVER_SSL_DISABLED", errno: "45023", state: "08S01", class: "SqlError",
			message: "Trying to connect with ssl, but ssl not enabled in the server"}.String()
	case f.How == fact.EndTimeout:
		return sql("ER_CONNECTION_TIMEOUT", "45012", conn, "Connection timeout: failed to create socket after 4000ms")
	case f.Step == StepPreamble && f.How == fact.EndNotTLS && len(f.first()) > 2:
		b := f.first()
		return sql("ER_UNEXPECTED_PACKET", "45011", conn, fmt.Sprintf("Packet size %d exceeds maxAllowedPacket (1048576) permitted before "+
			"authentication completed, and is refused to prevent unbounded memory reassembly.", int(b[0])|int(b[1])<<8|int(b[2])<<16))
	case f.Step == StepPreamble || f.Step == StepPlain:
		return sql("ER_SOCKET_UNEXPECTED_CLOSE", "45009", conn, "socket has unexpectedly been closed")
	case f.withinTLS() && f.How == fact.EndClosed: // nobody listens for it
		return "UNCAUGHT\n" + driverNode(f).String()
	}
	e := driverNode(f)
	e.state = "HY000"
	return e.String()
}
