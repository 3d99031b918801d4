package wire

import (
	"crypto/mlkem"
	"fmt"
	"io"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A hybrid joins a curve with ML-KEM (draft-ietf-tls-ecdhe-mlkem): shares and secrets of the two halves are
// written one after the other, ML-KEM first with X25519 and second with the NIST curves.
type hybrid struct {
	curve    uint16
	point    int // bytes of the curve's share
	kem      kem
	kemFirst bool
}

func hybridOf(group uint16) shareMaker {
	switch group {
	case names.X25519MLKEM768:
		return hybrid{names.X25519, 32, kem768{}, true}
	case names.SecP256r1MLKEM768:
		return hybrid{names.P256, 65, kem768{}, false}
	case names.SecP384r1MLKEM1024:
		return hybrid{names.P384, 97, kem1024{}, false}
	}
	return nil
}

// A kem is one parameter set of ML-KEM (FIPS 203).
type kem interface {
	generate(seed []byte) (public []byte, open func(ciphertext []byte) ([]byte, error), err error)
	encapsulate(public []byte) (secret, ciphertext []byte, err error)
}

func (h hybrid) join(curve, kem []byte) []byte {
	if h.kemFirst {
		curve, kem = kem, curve
	}
	return append(append(make([]byte, 0, len(curve)+len(kem)), curve...), kem...)
}

func (h hybrid) split(b []byte) (curve, kem []byte, err error) {
	if len(b) <= h.point {
		return nil, nil, fmt.Errorf("%d bytes are too few for a hybrid share", len(b))
	}
	if h.kemFirst {
		cut := len(b) - h.point
		return b[cut:], b[:cut], nil
	}
	return b[:h.point], b[h.point:], nil
}

func (h hybrid) generate(random io.Reader) ([]byte, agreement, error) {
	point, key, err := curveOf(h.curve).generate(random)
	if err != nil {
		return nil, nil, err
	}
	seed, err := randomBytes(random, mlkem.SeedSize)
	if err != nil {
		return nil, nil, err
	}
	public, open, err := h.kem.generate(seed)
	if err != nil {
		return nil, nil, err
	}
	return h.join(point, public), hybridKey{h, key, open}, nil
}

func (h hybrid) respond(peer []byte, random io.Reader) ([]byte, []byte, error) {
	point, public, err := h.split(peer)
	if err != nil {
		return nil, nil, err
	}
	answer, first, err := curveOf(h.curve).respond(point, random)
	if err != nil {
		return nil, nil, err
	}
	second, ciphertext, err := h.kem.encapsulate(public)
	if err != nil {
		return nil, nil, err
	}
	return h.join(answer, ciphertext), h.join(first, second), nil
}

type hybridKey struct {
	group hybrid
	curve agreement
	open  func(ciphertext []byte) ([]byte, error)
}

func (k hybridKey) agree(peer []byte) ([]byte, error) {
	point, ciphertext, err := k.group.split(peer)
	if err != nil {
		return nil, err
	}
	first, err := k.curve.agree(point)
	if err != nil {
		return nil, err
	}
	second, err := k.open(ciphertext)
	if err != nil {
		return nil, err
	}
	return k.group.join(first, second), nil
}

type kem768 struct{}

func (kem768) generate(seed []byte) ([]byte, func([]byte) ([]byte, error), error) {
	key, err := mlkem.NewDecapsulationKey768(seed)
	if err != nil {
		return nil, nil, err
	}
	return key.EncapsulationKey().Bytes(), key.Decapsulate, nil
}

func (kem768) encapsulate(public []byte) (secret, ciphertext []byte, err error) {
	key, err := mlkem.NewEncapsulationKey768(public)
	if err != nil {
		return nil, nil, err
	}
	secret, ciphertext = key.Encapsulate()
	return secret, ciphertext, nil
}

type kem1024 struct{}

func (kem1024) generate(seed []byte) ([]byte, func([]byte) ([]byte, error), error) {
	key, err := mlkem.NewDecapsulationKey1024(seed)
	if err != nil {
		return nil, nil, err
	}
	return key.EncapsulationKey().Bytes(), key.Decapsulate, nil
}

func (kem1024) encapsulate(public []byte) (secret, ciphertext []byte, err error) {
	key, err := mlkem.NewEncapsulationKey1024(public)
	if err != nil {
		return nil, nil, err
	}
	secret, ciphertext = key.Encapsulate()
	return secret, ciphertext, nil
}
