package wire

import (
	"crypto/cipher"
	"encoding/binary"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	aeadNonceLen     = 12
	gcmSaltLen       = 4 // implicit part of the nonce (RFC 5288 §3)
	explicitNonceLen = 8
)

// newAEAD makes the AEAD of a suite.
func newAEAD(name string, key []byte) (cipher.AEAD, error) {
	if name == "CHACHA20_POLY1305" {
		return chacha20poly1305.New(key)
	}
	block, err := newBlock(name, key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// xorNonce is the nonce of RFC 7905 §2 and RFC 8446 §5.3: the fixed part with the sequence number over its end.
func xorNonce(fixed []byte, seq uint64) []byte {
	nonce := append([]byte(nil), fixed...)
	tail := nonce[len(nonce)-explicitNonceLen:]
	binary.BigEndian.PutUint64(tail, binary.BigEndian.Uint64(tail)^seq)
	return nonce
}

// aead12 is the AEAD protection of TLS 1.2. GCM carries eight bytes of nonce in the record (RFC 5288 §3);
// ChaCha20 does not (RFC 7905 §2).
type aead12 struct {
	aead  cipher.AEAD
	fixed []byte
}

func newAEAD12(name string, key, iv []byte) (*aead12, error) {
	aead, err := newAEAD(name, key)
	if err != nil {
		return nil, err
	}
	return &aead12{aead: aead, fixed: iv}, nil
}

func (p *aead12) explicit() bool { return len(p.fixed) == gcmSaltLen }

func (p *aead12) outer(typ uint8, version uint16) (uint8, uint16) { return typ, version }

// nonce joins the implicit part with the explicit one, which we fill with the sequence number as RFC 5288 suggests.
func (p *aead12) nonce(seq uint64, explicit []byte) []byte {
	if p.explicit() {
		return append(append([]byte(nil), p.fixed...), explicit...)
	}
	return xorNonce(p.fixed, seq)
}

func (p *aead12) open(seq uint64, typ uint8, version uint16, body []byte) (uint8, []byte, error) {
	var explicit []byte
	if p.explicit() {
		if len(body) < explicitNonceLen {
			return typ, nil, errBadRecord
		}
		explicit, body = body[:explicitNonceLen], body[explicitNonceLen:]
	}
	if len(body) < p.aead.Overhead() {
		return typ, nil, errBadRecord
	}
	extra := macHeader(seq, typ, version, len(body)-p.aead.Overhead())
	plain, err := p.aead.Open(nil, p.nonce(seq, explicit), body, extra)
	if err != nil {
		return typ, nil, errBadRecord
	}
	return typ, plain, nil
}

func (p *aead12) seal(seq uint64, typ uint8, version uint16, plain []byte, _ io.Reader) ([]byte, error) {
	var body, explicit []byte
	if p.explicit() {
		explicit = binary.BigEndian.AppendUint64(nil, seq)
		body = append(body, explicit...)
	}
	return p.aead.Seal(body, p.nonce(seq, explicit), plain, macHeader(seq, typ, version, len(plain))), nil
}

// macHeader is what TLS 1.2 and older authenticate beside the content: sequence number, type, version, length
// (RFC 5246 §6.2.3.1 and §6.2.3.3).
func macHeader(seq uint64, typ uint8, version uint16, length int) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 13), seq)
	return appendRecordHeader(b, typ, version, length)
}

// aead13 is the protection of TLS 1.3: the real type follows the content, and then any number of zeros (RFC 8446 §5.2).
type aead13 struct {
	aead cipher.AEAD
	iv   []byte
}

func newAEAD13(name string, key, iv []byte) (*aead13, error) {
	aead, err := newAEAD(name, key)
	if err != nil {
		return nil, err
	}
	return &aead13{aead: aead, iv: iv}, nil
}

func (p *aead13) outer(uint8, uint16) (uint8, uint16) { return RecordApplicationData, TLS12 }

func (p *aead13) open(seq uint64, typ uint8, version uint16, body []byte) (uint8, []byte, error) {
	extra := appendRecordHeader(nil, typ, version, len(body))
	plain, err := p.aead.Open(nil, xorNonce(p.iv, seq), body, extra)
	if err != nil {
		return typ, nil, errBadRecord
	}
	for i := len(plain) - 1; i >= 0; i-- {
		if plain[i] != 0 {
			return plain[i], plain[:i], nil
		}
	}
	return typ, nil, errBadRecord // only zeros: no type (RFC 8446 §5.4)
}

func (p *aead13) seal(seq uint64, typ uint8, _ uint16, plain []byte, _ io.Reader) ([]byte, error) {
	inner := append(append(make([]byte, 0, len(plain)+1), plain...), typ)
	outerType, outerVersion := p.outer(0, 0)
	extra := appendRecordHeader(nil, outerType, outerVersion, len(inner)+p.aead.Overhead())
	return p.aead.Seal(nil, xorNonce(p.iv, seq), inner, extra), nil
}
