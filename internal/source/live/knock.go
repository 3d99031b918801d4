package live

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// knocker is the user name of the one knock: no account, and no password follows.
const knocker = "tlswhy"

// askPostgres knocks as pg_isready does, on a server that asked for a client certificate and got none: PostgreSQL
// finishes the handshake all the same and demands the certificate only once pg_hba.conf's line is found
// (src/backend/libpq/auth.c, ClientAuthentication).
func (x *exchange) askPostgres(ctx context.Context, conn net.Conn) (fact.End, bool) {
	conn.SetDeadline(x.within(3 * linger))
	said, err := preamble.Knock(ctx, &sealed{Conn: conn, x: x}, knocker)
	if !errors.Is(err, preamble.ErrReply) || !demandsCertificate(said) {
		return fact.End{}, false
	}
	return fact.End{By: wire.ServerSide, How: fact.EndError, After: "client Finished", Detail: said.ErrorText}, true
}

// demandsCertificate reads an error reply; its text comes in the server's language.
func demandsCertificate(s fact.Said) bool {
	if s.ErrorState != "28000" {
		return false
	}
	for _, word := range []string{"certificate", "Zertifikat", "certificat", "certificado", "сертификат", "証明書", "证书", "인증서"} {
		if strings.Contains(s.ErrorText, word) {
			return true
		}
	}
	return false
}

// sealed is a connection whose bytes travel under the handshake's keys.
type sealed struct {
	net.Conn
	x    *exchange
	rest []byte
}

// Write seals and sends.
func (s *sealed) Write(b []byte) (int, error) {
	record, err := s.x.client.Seal(b)
	if err != nil {
		return 0, err
	}
	if _, err := s.Conn.Write(record); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Read opens what comes.
func (s *sealed) Read(b []byte) (int, error) {
	for len(s.rest) == 0 {
		e, ok := s.x.feed(s.Conn, func() bool { s.rest = append(s.rest, s.x.client.AppData()...); return len(s.rest) > 0 })
		if !ok {
			return 0, errors.New("the connection ended: " + string(e.How))
		}
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}
