package live

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"io"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// numbersCost: for each number a control and a rare one, again and again where that fails, a last control, and the rare
// one with the other rule, which passes where that is what the server does.
const (
	numbersCost = 3 * (2*proof + 1 + otherRule)
	otherRule   = 3
)

// A number is something of a handshake that begins with a zero byte once in some hundred connections, and that we bring
// about at once.
type number struct {
	what    string // as Forcing.What
	zero    string // what begins with the zero, as Forcing.Zero
	rules   bool   // the secret may be kept (right) or stripped
	arrange func(t *trial, f fact.Forcing)
}

// rareECDHE is an ECDHE secret. In TLS 1.3 the client sends its share first and cannot choose the secret.
func rareECDHE() number {
	return number{what: "ecdhe", zero: "secret", rules: true, arrange: arrangeECDHE}
}

// otherNumbers are the others that a client can choose, but for those of TLS_DHE.
func (d *deep) otherNumbers() {
	d.number(number{what: "rsa", zero: "public", arrange: arrangeRSA})
	if _, ok := ecdsaKey(d.Own); ok && d.wantsCertificate() {
		d.number(number{what: "ecdsa", zero: "public", arrange: d.arrangeECDSA})
	}
}

// wantsCertificate: some handshake has shown that the server asks for one.
func (d *deep) wantsCertificate() bool {
	return slices.ContainsFunc(d.c.Handshakes, func(h fact.Handshake) bool { return h.Request != nil })
}

// number makes the control, then the rare number; where that fails, both again in turn, and what the other rule gives.
func (d *deep) number(n number) {
	control := fact.Forcing{What: n.what, Zero: "none"}
	rare := fact.Forcing{What: n.what, Zero: n.zero}
	if n.rules {
		rare.Rule = "kept"
	}
	var usual *fact.Handshake
	for try := 1; try <= proof; try++ {
		control.Try, rare.Try = try, try
		if h := d.one(d.numberTrial(n, control)); usual == nil {
			usual = h
		}
		if usual == nil || usual.Progress() < fact.AtFinished {
			return
		}
		h := d.one(d.numberTrial(n, rare))
		if h == nil || !h.ShortOf(usual) {
			return
		}
		rare.Wait = map[bool]string{true: "full"}[h.End.How == fact.EndTimeout]
		if try == 3 && n.rules { // early, since a server that counts connections may get no further
			d.one(d.numberTrial(n, stripped(rare, 1)))
		}
	}
	control.Try++
	todo := []*trial{d.numberTrial(n, control)}
	for try := 2; n.rules && try <= otherRule; try++ {
		todo = append(todo, d.numberTrial(n, stripped(rare, try)))
	}
	d.all(todo...)
}

// stripped is the same number with the other rule.
func stripped(f fact.Forcing, try int) fact.Forcing {
	f.Rule, f.Wait, f.Try = "stripped", "", try
	return f
}

func (d *deep) numberTrial(n number, f fact.Forcing) *trial {
	t := d.plainTrial(f, wire.TLS12)
	n.arrange(t, f)
	return t
}

// suitesOf offers TLS 1.2 and one kind of key exchange.
func suitesOf(t *trial, kex string) {
	t.hello.Suites = nil
	for _, s := range names.AllSuites() {
		if s.Kex == kex && s.Completable {
			t.hello.Suites = append(t.hello.Suites, s.ID)
		}
	}
}

// arrangeECDHE draws keys of P-256 until the secret, the x coordinate, begins with a zero byte, or does not. The right
// rule is to keep it (RFC 8422 §5.10).
func arrangeECDHE(t *trial, f fact.Forcing) {
	suitesOf(t, "ECDHE")
	t.hello.Groups = []uint16{names.P256}
	t.force = func(config *wire.ClientConfig) {
		config.Suits = func(_ string, secret, _ []byte) bool { return (secret[0] == 0) == (f.Zero == "secret") }
		if f.Rule == "stripped" {
			config.Premaster = func(_ string, secret []byte, _ *wire.ServerKeyExchange) []byte {
				return new(big.Int).SetBytes(secret).Bytes()
			}
		}
	}
}

// arrangeRSA encrypts until the encrypted secret begins with a zero byte, or does not. It is always as long as the
// modulus (RFC 8017 §7.2.1).
func arrangeRSA(t *trial, f fact.Forcing) {
	suitesOf(t, "RSA")
	t.hello.Groups = nil
	t.force = func(config *wire.ClientConfig) {
		config.Suits = func(_ string, _, sent []byte) bool { return (sent[0] == 0) == (f.Zero == "public") }
	}
}

// ecdsaKey is the client's key where its signatures can be chosen: a P-256 one, whose r and s are short once in 128 times.
func ecdsaKey(own *wire.ClientCertificate) (crypto.Signer, bool) {
	if own == nil || own.Key == nil {
		return nil, false
	}
	public, ok := own.Key.Public().(*ecdsa.PublicKey)
	return own.Key, ok && public.Curve == elliptic.P256()
}

// arrangeECDSA signs until r or s is shorter than its 32 bytes, or neither is.
func (d *deep) arrangeECDSA(t *trial, f fact.Forcing) {
	t.hello = d.plain // in the version that the server likes best
	t.hello.PadTo = padded
	key, _ := ecdsaKey(d.Own)
	t.own = &wire.ClientCertificate{Chain: d.Own.Chain, Key: choosy{key, f.Zero == "public"}}
}

// A choosy key signs again until the signature is, or is not, one with a short integer.
type choosy struct {
	crypto.Signer
	short bool
}

// maxSignatures bounds the search: one in 128 signatures has a short integer.
const maxSignatures = 2048

var errNoSignature = errors.New("no signature came to what was asked for")

// Sign implements crypto.Signer.
func (k choosy) Sign(random io.Reader, digest []byte, options crypto.SignerOpts) ([]byte, error) {
	for range maxSignatures {
		signature, err := k.Signer.Sign(random, digest, options)
		if err != nil {
			return nil, err
		}
		if hasShort(signature) == k.short {
			return signature, nil
		}
	}
	return nil, errNoSignature
}

// hasShort: one of the two integers of a P-256 signature takes less than the 32 bytes of the group's order, so that a
// form of fixed length would begin with a zero byte (RFC 3279 §2.2.3).
func hasShort(signature []byte) bool {
	input := cryptobyte.String(signature)
	var both cryptobyte.String
	r, s := new(big.Int), new(big.Int)
	if !input.ReadASN1(&both, asn1.SEQUENCE) || !both.ReadASN1Integer(r) || !both.ReadASN1Integer(s) {
		return false
	}
	return r.BitLen() <= 248 || s.BitLen() <= 248
}
