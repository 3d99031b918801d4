package wire

import (
	"fmt"
	"math/big"
	"strings"
)

// kinds of a key exchange, as ServerKeyExchange names them.
const (
	kindDHE   = "DHE"
	kindECDHE = "ECDHE"
	kindRSA   = "RSA"
)

// curveNamed is the curve type of a named group (RFC 8422 §5.4).
const curveNamed uint8 = 3

// exchangeKind tells from the key exchange of a suite, as package names writes it, what a ServerKeyExchange holds.
func exchangeKind(kex string) string {
	kex = strings.TrimSuffix(kex, "_PSK")
	switch kex {
	case "DHE", "DH":
		return kindDHE
	case "ECDHE", "ECDH":
		return kindECDHE
	case "RSA":
		return kindRSA
	}
	return ""
}

// ParseServerKeyExchange reads the body of a ServerKeyExchange. kex is the suite's key exchange as in
// names.Suite.Kex; "" when the suite is not known: then named curves and plausible Diffie-Hellman parameters
// are recognised by their shape. Of key exchanges that are none of these, SRP and GOST, only Raw is set.
func ParseServerKeyExchange(version uint16, kex string, body []byte) (*ServerKeyExchange, error) {
	k := &ServerKeyExchange{Raw: body}
	c := newCursor(body)
	if strings.HasSuffix(kex, "PSK") {
		c.vec16("identity hint") // RFC 4279 §3, RFC 5489 §2
	}
	k.Kind = exchangeKind(kex)
	switch kex {
	case "":
		k.Kind = guessKind(body)
	case "RSA_PSK":
		k.Kind = "" // the hint is all there is (RFC 4279 §4)
	}
	start := c.pos()
	switch k.Kind {
	case kindDHE:
		k.readDH(c)
	case kindECDHE:
		k.readECDH(c)
	case kindRSA:
		k.readExport(c)
	default:
		return k, c.err
	}
	k.Params = body[start:c.pos():c.pos()]
	k.readSignature(version, c)
	c.trailing("ServerKeyExchange")
	return k, c.err
}

func guessKind(body []byte) string {
	if len(body) > 4 && body[0] == curveNamed && int(body[3]) <= len(body)-4 {
		return kindECDHE
	}
	c := newCursor(body)
	p, g, ys := c.vec16("p"), c.vec16("g"), c.vec16("Ys")
	if c.err == nil && len(p) >= 32 && len(g) > 0 && len(ys) > 0 {
		return kindDHE
	}
	return ""
}

// readDH keeps the lengths as well: whether leading zeros were sent is evidence.
func (k *ServerKeyExchange) readDH(c *cursor) {
	p, g, ys := c.vec16("p"), c.vec16("g"), c.vec16("Ys")
	k.PLen, k.GLen, k.YsLen = len(p), len(g), len(ys)
	k.P, k.G, k.Ys = new(big.Int).SetBytes(p), new(big.Int).SetBytes(g), new(big.Int).SetBytes(ys)
}

// readECDH reads a named curve; explicit ones, which nobody ought to use (RFC 8422 §5.4), are only named.
func (k *ServerKeyExchange) readECDH(c *cursor) {
	if typ := c.u8("curve type"); c.err == nil && typ != curveNamed {
		c.err = fmt.Errorf("explicit curve parameters of type %d are not read", typ)
		c.remainder()
		return
	}
	k.Group = c.u16("named group")
	k.Point = c.vec8("public point")
}

// readExport reads the temporary RSA key of an export suite (RFC 2246 §7.4.3): modulus as P, exponent as G.
func (k *ServerKeyExchange) readExport(c *cursor) {
	modulus, exponent := c.vec16("modulus"), c.vec16("exponent")
	k.PLen, k.GLen = len(modulus), len(exponent)
	k.P, k.G = new(big.Int).SetBytes(modulus), new(big.Int).SetBytes(exponent)
}

// readSignature: an anonymous or pre-shared key exchange has none.
func (k *ServerKeyExchange) readSignature(version uint16, c *cursor) {
	if c.empty() {
		return
	}
	if version == TLS12 {
		k.Scheme = c.u16("signature scheme")
	}
	k.Signature = c.vec16("signature")
}

// A ClientKeyExchange is what the client adds to the key exchange of TLS 1.2 and older (RFC 5246 §7.4.7).
type ClientKeyExchange struct {
	Identity  []byte // pre-shared key identity
	Public    []byte // Diffie-Hellman value or point, as sent
	Encrypted []byte // premaster secret under the server's RSA key
}

// ParseClientKeyExchange reads the body of a ClientKeyExchange; kex as for ParseServerKeyExchange.
func ParseClientKeyExchange(version uint16, kex string, body []byte) (*ClientKeyExchange, error) {
	k := &ClientKeyExchange{}
	c := newCursor(body)
	if strings.HasSuffix(kex, "PSK") {
		k.Identity = c.vec16("identity")
	}
	switch kind := exchangeKind(kex); {
	case kind == kindDHE:
		k.Public = c.vec16("Yc")
	case kind == kindECDHE:
		k.Public = c.vec8("public point")
	case kind == kindRSA && version <= SSLv3:
		k.Encrypted = c.remainder() // RFC 6101 §5.6.7: without a length
	case kind == kindRSA:
		k.Encrypted = c.vec16("encrypted premaster secret")
	default:
		return k, c.err
	}
	c.trailing("ClientKeyExchange")
	return k, c.err
}
