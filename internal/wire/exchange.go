package wire

import (
	"bytes"
	"errors"
	"io"
	"math/big"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Limits of a Diffie-Hellman group in bits. The upper one keeps a hostile server from costing us minutes.
const (
	maxDHBits     = 8192
	minDHBits     = 8
	dhExponentLen = 64 // bytes; twice the strength of any group up to maxDHBits (RFC 7919 §5.2)
)

// A DHGroup is a finite field group: prime and generator.
type DHGroup struct {
	P, G *big.Int
}

// A dhKey is one side's key in a finite field group.
type dhKey struct {
	p, x, y *big.Int
}

// newDHKey makes a key with the exponent x, or a random one when x is nil.
func newDHKey(p, g, x *big.Int, rand io.Reader) (*dhKey, error) {
	if p.BitLen() > maxDHBits || p.BitLen() < minDHBits {
		return nil, giveUp(AlertHandshakeFailure, ReasonBadDHGroup, "a prime of %d bits", p.BitLen())
	}
	if !insideGroup(g, p) {
		return nil, giveUp(AlertIllegalParameter, ReasonBadDHGroup, "a generator outside 2 to p-2")
	}
	if x == nil {
		b, err := randomBytes(rand, max(min(dhExponentLen, (p.BitLen()-1)/8), 1))
		if err != nil {
			return nil, giveUpOn(AlertInternalError, ReasonRandomSourceEmpty, err)
		}
		b[0] |= 0x80 // never a short exponent, whatever the reader gives
		x = new(big.Int).SetBytes(b)
	}
	if x.Sign() <= 0 {
		return nil, giveUp(AlertInternalError, ReasonInternal, "an exponent that is not positive")
	}
	return &dhKey{p: p, x: x, y: new(big.Int).Exp(g, x, p)}, nil
}

// insideGroup excludes 0, 1 and p-1, which give the secret away (RFC 7919 §5.1).
func insideGroup(v, p *big.Int) bool {
	last := new(big.Int).Sub(p, big.NewInt(1))
	return v.Cmp(big.NewInt(1)) > 0 && v.Cmp(last) < 0
}

// encode pads to the length of p.
func (k *dhKey) encode(v *big.Int) []byte {
	return v.FillBytes(make([]byte, (k.p.BitLen()+7)/8))
}

// shared is the secret agreed on, padded to the length of p.
func (k *dhKey) shared(peer *big.Int) ([]byte, error) {
	if !insideGroup(peer, k.p) {
		return nil, giveUp(AlertIllegalParameter, ReasonBadKeyShare, "a public value outside 2 to p-2")
	}
	return k.encode(new(big.Int).Exp(peer, k.x, k.p)), nil
}

// premasterRule is what the RFCs make of an agreed secret: before TLS 1.3 a DHE secret loses its leading zeros
// (RFC 5246 §8.1.2); every other keeps them (RFC 8422 §5.10, RFC 8446 §7.4).
func premasterRule(version uint16, kind string, secret []byte) []byte {
	if kind == kindDHE && version < TLS13 {
		return bytes.TrimLeft(secret, "\x00")
	}
	return secret
}

// groupKind is the kind of exchange of a TLS 1.3 group; hybrids count as ECDHE.
func groupKind(group uint16) string {
	if group >= names.FFDHE2048 && group <= names.FFDHE8192 {
		return kindDHE
	}
	return kindECDHE
}

// shareError sorts the errors of key shares: groups we have no arithmetic for, and wrong values.
func shareError(err error) error {
	if errors.Is(err, ErrGroupUnsupported) {
		return cannotComplete("%v", err)
	}
	return giveUpOn(AlertIllegalParameter, ReasonBadKeyShare, err)
}

// deriveMaster makes the master secret of TLS 1.2 and older; the transcript ends with the ClientKeyExchange.
func (e *engine) deriveMaster(premaster []byte, extended bool, clientRandom, serverRandom []byte) {
	if extended && e.version > SSLv3 {
		e.master = extendedMasterSecret(e.version, e.suite, premaster, e.transcript)
	} else {
		e.master = masterSecret(e.version, e.suite, premaster, clientRandom, serverRandom)
	}
	e.keep(LabelClientRandom, clientRandom, e.master)
}
