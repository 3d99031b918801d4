package lab

import (
	"crypto/rand"
	"math/big"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// secretWithZero makes the secret of TLS 1.3, where the client's value is known, start with a zero byte, or not. A value
// that gives the secret away, or has a small order, leads to none: the engine goes on with a random exponent, and refuses it.
func secretWithZero(zero bool) func(*wire.ServerKeyExchange, *big.Int) *big.Int {
	return func(ske *wire.ServerKeyExchange, yc *big.Int) *big.Int {
		if yc == nil {
			return nil
		}
		x, _, _ := wire.Stepping{P: ske.P, G: ske.G, Peer: yc, Secret: wish(zero)}.Exponent()
		return x
	}
}

// publicWithZero makes the server's own value start with a zero byte, or not.
func publicWithZero(zero bool) func(*wire.ServerKeyExchange, *big.Int) *big.Int {
	return func(ske *wire.ServerKeyExchange, _ *big.Int) *big.Int {
		x, _, _ := wire.Stepping{P: ske.P, G: ske.G, Public: wish(zero)}.Exponent()
		return x
	}
}

// withinOrder makes the server's own value none that clients refuse as giving the secret away, in a group whose generator has
// few powers: not 1, nor the generator itself.
func withinOrder(order int64) func(*wire.ServerKeyExchange, *big.Int) *big.Int {
	return func(*wire.ServerKeyExchange, *big.Int) *big.Int {
		x, err := rand.Int(rand.Reader, big.NewInt(order-3))
		if err != nil {
			return nil
		}
		return x.Add(x, big.NewInt(2))
	}
}

func wish(zero bool) wire.Wish {
	if zero {
		return wire.ZeroStart
	}
	return wire.FullStart
}
