package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
)

// keyFor wraps the public half of a signer.
func keyFor(public crypto.PublicKey) *publicKey {
	switch k := public.(type) {
	case *rsa.PublicKey:
		return &publicKey{rsa: &rsaKey{n: k.N}}
	case *ecdsa.PublicKey:
		return &publicKey{ecdsa: k}
	case ed25519.PublicKey:
		return &publicKey{ed25519: k}
	}
	return nil
}

// pickScheme takes the first of the schemes that the peer accepts which works with the key. Before TLS 1.2 there is
// nothing to pick; a TLS 1.2 peer that lists nothing accepts SHA-1 (RFC 5246 §7.4.1.4.1).
func pickScheme(version uint16, public crypto.PublicKey, accepted []uint16) (uint16, bool) {
	key := keyFor(public)
	if key == nil {
		return 0, false
	}
	if version < TLS12 {
		return 0, key.ed25519 == nil
	}
	if len(accepted) == 0 && version == TLS12 {
		accepted = []uint16{names.RSAPKCS1SHA1, names.ECDSASHA1}
	}
	i := slices.IndexFunc(accepted, func(scheme uint16) bool { return canSign(version, scheme, key) })
	if i < 0 {
		return 0, false
	}
	return accepted[i], true
}

// canSign tells whether a key can sign by a scheme. The rsa_pss_pss schemes ask for a certificate of their own kind
// (RFC 8446 §4.2.3), which no signer tells us about, so they are never picked.
func canSign(version, scheme uint16, key *publicKey) bool {
	alg, ok := schemeAlgorithm(scheme)
	if !ok || !alg.fits(key) || scheme >= names.RSAPSSPSSSHA256 && scheme <= names.RSAPSSPSSSHA512 {
		return false
	}
	if version >= TLS13 {
		return alg.usable13() && (alg.kind != signECDSA || alg.curve == key.ecdsa.Curve.Params().Name) && alg.room(key)
	}
	return alg.room(key)
}

// room tells whether an RSA key is long enough for the scheme's padding (RFC 8017 §9.1.1, §9.2).
func (a signAlgorithm) room(key *publicKey) bool {
	switch a.kind {
	case signPSS:
		return key.rsa.size() >= 2*a.hash.Size()+2
	case signPKCS1:
		return key.rsa.size() >= a.hash.Size()+19+11
	}
	return true
}

// signWith makes a signature over content.
func (e *engine) signWith(key crypto.Signer, scheme uint16, content []byte) ([]byte, error) {
	alg, err := signatureAlgorithm(e.version, scheme, keyFor(key.Public()))
	if err != nil {
		return nil, err
	}
	var options crypto.SignerOpts = alg.hash
	if alg.kind == signPSS {
		options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: alg.hash}
	}
	return key.Sign(e.rand, digest(alg.hash, content), options)
}

// sendCertificateVerify signs content and sends the proof.
func (e *engine) sendCertificateVerify(key crypto.Signer, scheme uint16, content []byte) error {
	signature, err := e.signWith(key, scheme, content)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	message, err := MarshalCertificateVerify(e.version, &Signature{Scheme: scheme, Signature: signature})
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	return e.sendRaw(message)
}
