package wire

import (
	"crypto/ecdh"
	"errors"
	"io"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A curve is an elliptic curve group; size is the length of a private key.
type curve struct {
	ecdh.Curve
	size int
	mask byte // for the first byte of a candidate key, so that few candidates exceed the order
}

// curveOf gives nil, as an untyped interface, for anything that is not a curve.
func curveOf(group uint16) shareMaker {
	switch group {
	case names.P256:
		return curve{ecdh.P256(), 32, 0xff}
	case names.P384:
		return curve{ecdh.P384(), 48, 0xff}
	case names.P521:
		return curve{ecdh.P521(), 66, 0x01}
	case names.X25519:
		return curve{ecdh.X25519(), 32, 0xff}
	}
	return nil
}

// newKey takes candidates from random until one is in range. The standard library's own generator ignores its
// reader, so a recorded experiment could not be repeated byte for byte with it. The odds that 64 candidates of
// a sound reader all miss are nil; a stuck reader must not hang us.
func (c curve) newKey(random io.Reader) (*ecdh.PrivateKey, error) {
	for range 64 {
		b, err := randomBytes(random, c.size)
		if err != nil {
			return nil, err
		}
		b[0] &= c.mask
		if key, err := c.NewPrivateKey(b); err == nil {
			return key, nil
		}
	}
	return nil, errors.New("random source gives no usable private key")
}

func (c curve) generate(random io.Reader) ([]byte, agreement, error) {
	key, err := c.newKey(random)
	if err != nil {
		return nil, nil, err
	}
	return key.PublicKey().Bytes(), curveKey{key}, nil
}

func (c curve) respond(peer []byte, random io.Reader) ([]byte, []byte, error) {
	public, key, err := c.generate(random)
	if err != nil {
		return nil, nil, err
	}
	secret, err := key.agree(peer)
	return public, secret, err
}

type curveKey struct {
	private *ecdh.PrivateKey
}

func (k curveKey) agree(peer []byte) ([]byte, error) {
	public, err := k.private.Curve().NewPublicKey(peer)
	if err != nil {
		return nil, err
	}
	return k.private.ECDH(public)
}
