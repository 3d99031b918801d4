package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A SignatureError says that a signature of the handshake could not be accepted.
type SignatureError struct {
	Scheme uint16 // 0 before TLS 1.2
	// Unverifiable: the engine has no means to check it (unknown key type, curve or scheme); it may be right.
	Unverifiable bool
	Err          error
}

// Error tells scheme and reason.
func (e *SignatureError) Error() string {
	if e.Scheme == 0 {
		return "signature: " + e.Err.Error()
	}
	return "signature " + names.Scheme(e.Scheme) + ": " + e.Err.Error()
}

// Unwrap gives the reason.
func (e *SignatureError) Unwrap() error { return e.Err }

// errWrongSignature is the reason when the mathematics says no.
var errWrongSignature = errors.New("does not verify under the certificate's key")

// VerifySignature checks sig, made by the holder of the certificate certDER, over signed: the bytes before hashing.
// scheme is the signature scheme of TLS 1.2 and newer; older versions pass 0 and get MD5 with SHA-1 for RSA and SHA-1
// for ECDSA (RFC 4346 §7.4.3, RFC 4492 §5.4). The certificate is not judged; it is only searched for its key, so that
// certificates Go refuses serve as well. The error is a *SignatureError.
func VerifySignature(version, scheme uint16, certDER, signed, sig []byte) error {
	if err := verifySignature(version, scheme, certDER, signed, sig); err != nil {
		var keyErr *keyError
		return &SignatureError{Scheme: scheme, Unverifiable: errors.As(err, &keyErr), Err: err}
	}
	return nil
}

func verifySignature(version, scheme uint16, certDER, signed, sig []byte) error {
	key, err := certificateKey(certDER)
	if err != nil {
		return err
	}
	alg, err := signatureAlgorithm(version, scheme, key)
	if err != nil {
		return err
	}
	switch alg.kind {
	case signECDSA:
		return verifyECDSA(key, version, alg, digest(alg.hash, signed), sig)
	case signEd25519:
		if !ed25519.Verify(key.ed25519, signed, sig) {
			return errWrongSignature
		}
		return nil
	case signPSS:
		return verifyPSS(key.rsa, alg.hash, digest(alg.hash, signed), sig)
	}
	return verifyPKCS1(key.rsa, alg.hash, digest(alg.hash, signed), sig)
}

func verifyECDSA(key *publicKey, version uint16, alg signAlgorithm, sum, sig []byte) error {
	// Since TLS 1.3 the scheme names the curve too (RFC 8446 §4.2.3).
	if version >= TLS13 && alg.curve != key.ecdsa.Curve.Params().Name {
		return fmt.Errorf("the key is on %s", key.ecdsa.Curve.Params().Name)
	}
	if !ecdsa.VerifyASN1(key.ecdsa, sum, sig) {
		return errWrongSignature
	}
	return nil
}

// verifyPSS takes a salt as long as the hash (RFC 8446 §4.2.3).
func verifyPSS(key *rsaKey, hash crypto.Hash, sum, sig []byte) error {
	public, err := key.standard()
	if err != nil {
		return err
	}
	if rsa.VerifyPSS(public, hash, sum, sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) != nil {
		return errWrongSignature
	}
	return nil
}

// digest hashes for a signature; hash 0 leaves the bytes as they are (Ed25519).
func digest(hash crypto.Hash, b []byte) []byte {
	switch hash {
	case 0:
		return b
	case crypto.MD5SHA1:
		return join(sum(crypto.MD5.New, b), sum(crypto.SHA1.New, b))
	}
	return sum(hash.New, b)
}
