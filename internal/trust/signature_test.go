package trust

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
)

// Every algorithm that Go can write.
func TestIssuedBy(t *testing.T) {
	for _, c := range []struct {
		alg x509.SignatureAlgorithm
		key crypto.Signer
	}{
		{x509.SHA256WithRSA, rsaKey(2048)}, {x509.SHA384WithRSA, rsaKey(2048)}, {x509.SHA512WithRSA, rsaKey(2048)},
		{x509.SHA256WithRSAPSS, rsaKey(2048)}, {x509.SHA512WithRSAPSS, rsaKey(2048)}, {x509.PureEd25519, edKey()},
		{x509.ECDSAWithSHA256, ecKey()}, {x509.ECDSAWithSHA384, curveKey(t, elliptic.P384())}, {x509.ECDSAWithSHA512, curveKey(t, elliptic.P521())},
	} {
		with := func(x *x509.Certificate) { x.SignatureAlgorithm = c.alg }
		ca := issue(t, "CA", c.key, nil, isCA, with)
		leaf := issue(t, "leaf", ecKey(), ca, with)
		if !IssuedBy(leaf.der, ca.der) || !IssuedBy(ca.der, ca.der) {
			t.Errorf("%s: a good signature is not seen to be good", c.alg)
		}
		if !Read(ca.der).SelfSigned || Read(leaf.der).SelfSigned {
			t.Errorf("%s: self-signed: CA %v, leaf %v", c.alg, Read(ca.der).SelfSigned, Read(leaf.der).SelfSigned)
		}
		broken := append([]byte(nil), leaf.der...)
		broken[len(broken)-1] ^= 1
		if IssuedBy(broken, ca.der) {
			t.Errorf("%s: a broken signature passes", c.alg)
		}
		sameName := issue(t, "CA", ecKey(), nil, isCA)
		if IssuedBy(leaf.der, sameName.der) || IssuedBy(leaf.der, leaf.der) || IssuedBy(leaf.der, nil) {
			t.Errorf("%s: another key or name passes", c.alg)
		}
	}
}

func curveKey(tb testing.TB, c elliptic.Curve) crypto.Signer {
	tb.Helper()
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// The digests Go no longer writes or accepts.
func TestIssuedByOldDigests(t *testing.T) {
	key := rsaKey(2048)
	ca := issue(t, "CA", key, nil, isCA)
	for h, name := range map[crypto.Hash]string{crypto.MD5: "md5WithRSAEncryption", crypto.SHA1: "sha1WithRSAEncryption", crypto.SHA224: "sha224WithRSAEncryption"} {
		leaf := rework(t, issue(t, "leaf", ecKey(), ca), key, h, nil)
		if got := Read(leaf.der).Signature; got != name {
			t.Errorf("%s is called %s", name, got)
		}
		if !IssuedBy(leaf.der, ca.der) {
			t.Errorf("%s: a good signature is not seen to be good", name)
		}
		if IssuedBy(leaf.der, issue(t, "CA", rsaKey(1024), nil, isCA).der) {
			t.Errorf("%s: another key passes", name)
		}
	}
}

// crypto/rsa writes the encoding that encodePKCS1 must give; a key too short for it has none.
func TestEncodePKCS1(t *testing.T) {
	key := rsaKey(1024)
	for _, d := range digests {
		digest := sum(d.hash, []byte("x"))
		sig, err := rsa.SignPKCS1v15(nil, key, d.hash, digest)
		if err != nil {
			t.Fatal(err)
		}
		plain := new(big.Int).Exp(new(big.Int).SetBytes(sig), big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, 128))
		if got := encodePKCS1(d.hash, digest, 128); string(got) != string(plain) {
			t.Errorf("%v: %x, want %x", d.hash, got, plain)
		}
		if got := encodePKCS1(d.hash, digest, len(digest)+len(d.prefix)+10); got != nil {
			t.Errorf("%v: a short key has an encoding: %x", d.hash, got)
		}
	}
}

// Signatures that are no number below the modulus (RFC 8017 §5.2.2 step 1).
func TestVerifyPKCS1RefusesLargeSignatures(t *testing.T) {
	key := rsaKey(1024)
	data := []byte("x")
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum(crypto.SHA256, data))
	if err != nil {
		t.Fatal(err)
	}
	k := publicKey{modulus: key.N, public: big.NewInt(int64(key.E))}
	plus := new(big.Int).Add(new(big.Int).SetBytes(sig), key.N).Bytes()
	for name, c := range map[string]struct {
		sig  []byte
		want bool
	}{"good": {sig, true}, "plus modulus": {plus, false}, "leading zero": {append([]byte{0}, sig...), false}, "empty": {nil, false}} {
		if got := verifyPKCS1(k, crypto.SHA256, data, c.sig); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, bad := range []publicKey{{modulus: big.NewInt(0), public: big.NewInt(3)}, {modulus: big.NewInt(1), public: big.NewInt(0)}, {modulus: big.NewInt(1 << 40), public: big.NewInt(0)}} {
		if verifyPKCS1(bad, crypto.SHA256, data, sig) || verifyPSS(bad, crypto.SHA256, data, sig) {
			t.Errorf("a signature verifies under the modulus %v", bad.modulus)
		}
	}
}

// A point that is not on its curve is no key, and nothing was signed with it.
func TestPointOffTheCurve(t *testing.T) {
	ca := issue(t, "CA", ecKey(), nil, isCA)
	leaf := issue(t, "leaf", ecKey(), ca)
	broken := bytes.Clone(ca.der)
	i := bytes.Index(broken, ca.cert.RawSubjectPublicKeyInfo) + len(ca.cert.RawSubjectPublicKeyInfo) - 1
	broken[i] ^= 1
	if IssuedBy(leaf.der, broken) {
		t.Error("a certificate without a key issued another")
	}
	if got := Read(broken); len(got.Malformed) == 0 || got.KeyType != "ECDSA" || got.SelfSigned {
		t.Errorf("%+v", got)
	}
}
