package preamble

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// Codes of the packet that answers a login (MySQL internals, "Connection Phase").
const (
	mysqlOK       = 0x00
	mysqlMoreData = 0x01
	mysqlSwitch   = 0xfe
)

// KnockMySQL logs in with a user name and no password and reads one reply. In plain text it reads the server's greeting first; on TLS
// that was read before. A nil error means that the server let the user in or went on to ask; ErrReply that it refused, with its number
// and words in the Said; ErrOther that something else answered. Said.TLS is told by the greeting alone.
func KnockMySQL(ctx context.Context, c net.Conn, user string, onTLS bool) (fact.Said, error) {
	defer heed(ctx, c)()
	seq, said := byte(2), fact.Said{}
	if !onTLS {
		p, err := readMySQL(c, maxGreeting)
		switch {
		case errors.Is(err, errNotMySQL):
			noteOther(&said, rest(c, p.payload))
			return said, ErrOther
		case err != nil:
			return fact.Said{First: p.payload}, fmt.Errorf("reading the greeting: %w", err)
		}
		if said, err = heardGreeting(p); err != nil {
			return said, err
		}
		seq = p.seq + 1
	}
	if _, err := c.Write(mysqlPacket{seq, loginRequest(user)}.bytes()); err != nil {
		return said, fmt.Errorf("sending the login: %w", err)
	}
	p, err := readMySQL(c, maxLogin)
	if err != nil {
		return said, fmt.Errorf("waiting for the answer to the login: %w", err)
	}
	if e, ok := readERR(p.payload); ok {
		return withError(said, e), ErrReply
	}
	if b := p.payload[0]; b != mysqlOK && b != mysqlMoreData && b != mysqlSwitch {
		noteOther(&said, p.bytes())
		return said, ErrOther
	}
	return said, nil
}

// loginRequest is a HandshakeResponse41 with an empty answer to the server's challenge.
func loginRequest(user string) []byte {
	caps := uint32(capLongPassword | capLongFlag | capProtocol41 | capTransactions | capSecure | capPluginAuth)
	b := binary.LittleEndian.AppendUint32(nil, caps)
	b = append(b, 0, 0, 0, 1, 0x2d)
	b = append(b, make([]byte, 23)...)
	b = append(b, user...)
	b = append(b, 0, 0)
	return append(b, "mysql_native_password\x00"...)
}
