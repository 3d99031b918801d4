package lab

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"io"
	"net"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// keyFaults are servers whose secrets, or whose code, are wrong.
func keyFaults() []Fault {
	return []Fault{
		of("key-does-not-match-certificate", "the server's key belongs to another certificate", upTo13, serving(foreignKey)),
		of("keys-disagree", "the server cannot check the client's Finished", anyProto, serving(spoiling)),
		of("peer-implementation-bug", "the server chooses a suite that was not offered", anyProto, serving(choosingUnoffered)),
	}
}

func foreignKey(s *site) error {
	s.certify = func(s *site) (tls.Certificate, error) {
		s.leaf.Key = keyEC
		cert, err := s.env.CA.issue(s.leaf, s.env.CA.Issuing, s.env.CA.Issuing.DER)
		if err != nil {
			return cert, err
		}
		var key crypto.Signer
		key, err = newECKey()
		cert.PrivateKey = key
		return cert, err
	}
	return nil
}

// spoiling is a TLS 1.2 server that gets the client's Finished with one bit changed, and answers as when the
// two sides have derived different keys: bad_record_mac.
func spoiling(s *site) error {
	s.tls.MaxVersion = tls.VersionTLS12
	s.talk = func(ctx context.Context, s *site, g *guest) error {
		g.Conn = &spoiler{Conn: g.Conn}
		return s.shake(ctx, g, s.tls)
	}
	return nil
}

// A spoiler changes one bit of the first record behind the peer's ChangeCipherSpec.
type spoiler struct {
	net.Conn
	ready   []byte // to be read
	spoilIt bool
}

func (s *spoiler) Read(b []byte) (int, error) {
	if len(s.ready) == 0 {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(b, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// fill reads one record.
func (s *spoiler) fill() error {
	head := make([]byte, 5)
	if _, err := io.ReadFull(s.Conn, head); err != nil {
		return err
	}
	body := make([]byte, int(head[3])<<8|int(head[4]))
	if _, err := io.ReadFull(s.Conn, body); err != nil {
		return err
	}
	if s.spoilIt && len(body) > 0 {
		body[len(body)-1] ^= 1
	}
	s.spoilIt = head[0] == wire.RecordChangeCipherSpec
	s.ready = append(head, body...)
	return nil
}

// Unwrap passes on what the connection below can.
func (s *spoiler) Unwrap() { unwrap(s.Conn) }

// NetConn is the connection below, as in crypto/tls.
func (s *spoiler) NetConn() net.Conn { return s.Conn }

// unoffered is TLS_RSA_WITH_CAMELLIA_128_CBC_SHA, which hardly anybody offers (RFC 5932).
const unoffered uint16 = 0x0041

// choosingUnoffered answers with a ServerHello of TLS 1.2 that chooses what the client did not offer.
func choosingUnoffered(s *site) error {
	return judging(always(func(g *guest, _ *wire.ClientHello) {
		random := make([]byte, 32)
		rand.Read(random)
		hello := append([]byte{wire.TypeServerHello, 0, 0, 38, 3, 3}, random...)
		hello = append(hello, 0, byte(unoffered>>8), byte(unoffered&0xff), 0)
		g.Write(wire.WriteRecords(wire.RecordHandshake, wire.TLS12, hello, 0))
		g.leave()
	}))(s)
}
