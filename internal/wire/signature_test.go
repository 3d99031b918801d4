package wire

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// opensslIdentity makes a key and a certificate with openssl, for what Go refuses to make or to read.
func opensslIdentity(t *testing.T, args ...string) (keyFile string, der []byte) {
	t.Helper()
	dir := t.TempDir()
	keyFile, certFile := filepath.Join(dir, "key"), filepath.Join(dir, "cert")
	runOpenSSL(t, append([]string{"req", "-x509", "-nodes", "-keyout", keyFile, "-out", certFile, "-subj", "/CN=test"}, args...)...)
	text, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("no certificate in %q", text)
	}
	return keyFile, block.Bytes
}

func runOpenSSL(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.Command(needProgram(t, "openssl"), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
	return out
}

// opensslSign signs content by a file with openssl dgst or pkeyutl.
func opensslSign(t *testing.T, keyFile string, content []byte, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, content, 0o600); err != nil {
		t.Fatal(err)
	}
	args = append(args, "-out", out)
	if args[0] == "dgst" {
		args = append(args, "-sign", keyFile, in)
	} else {
		args = append(args, "-inkey", keyFile, "-in", in)
	}
	runOpenSSL(t, args...)
	sig, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func TestVerifyOpenSSLSignatures(t *testing.T) {
	pss := []string{"-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"}
	rsa2048 := []string(nil) // the identity that all tests share: making keys takes long
	ec := func(curve string) []string {
		return []string{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + curve}
	}
	for _, c := range []struct {
		name    string
		cert    []string
		sign    []string
		version uint16
		scheme  uint16
	}{
		{"RSA SHA-256", rsa2048, []string{"dgst", "-sha256"}, TLS12, names.RSAPKCS1SHA256},
		{"RSA SHA-384", rsa2048, []string{"dgst", "-sha384"}, TLS12, names.RSAPKCS1SHA384},
		{"RSA SHA-512", rsa2048, []string{"dgst", "-sha512"}, TLS12, names.RSAPKCS1SHA512},
		{"RSA SHA-224", rsa2048, []string{"dgst", "-sha224"}, TLS12, names.RSAPKCS1SHA224},
		{"RSA SHA-1", rsa2048, []string{"dgst", "-sha1"}, TLS12, names.RSAPKCS1SHA1},
		{"RSA MD5", rsa2048, []string{"dgst", "-md5"}, TLS12, names.RSAPKCS1MD5},
		{"RSA of TLS 1.0", rsa2048, []string{"dgst", "-md5-sha1"}, TLS10, 0},
		{"RSA with negative serial number", []string{"-set_serial", "-7", "-newkey", "rsa:1024"}, []string{"dgst", "-sha256"}, TLS12, names.RSAPKCS1SHA256},
		{"RSA of 512 bits", []string{"-newkey", "rsa:512"}, []string{"dgst", "-sha256"}, TLS12, names.RSAPKCS1SHA256},
		{"RSA with exponent 3", []string{"-newkey", "rsa:1024", "-pkeyopt", "rsa_keygen_pubexp:3"}, []string{"dgst", "-sha256"}, TLS12, names.RSAPKCS1SHA256},
		{"RSA with exponent 2^32+15", []string{"-newkey", "rsa:1024", "-pkeyopt", "rsa_keygen_pubexp:4294967311"}, []string{"dgst", "-sha256"}, TLS12, names.RSAPKCS1SHA256},
		{"RSA-PSS SHA-256", rsa2048, append([]string{"dgst", "-sha256"}, pss...), TLS13, names.RSAPSSRSAESHA256},
		{"RSA-PSS SHA-384", rsa2048, append([]string{"dgst", "-sha384"}, pss...), TLS12, names.RSAPSSRSAESHA384},
		{"RSA-PSS SHA-512", rsa2048, append([]string{"dgst", "-sha512"}, pss...), TLS13, names.RSAPSSRSAESHA512},
		{"RSA-PSS with its own key type", []string{"-newkey", "rsa-pss"}, append([]string{"dgst", "-sha256"}, pss...), TLS13, names.RSAPSSPSSSHA256},
		{"ECDSA P-256", ec("P-256"), []string{"dgst", "-sha256"}, TLS13, names.ECDSAP256SHA256},
		{"ECDSA P-384", ec("P-384"), []string{"dgst", "-sha384"}, TLS13, names.ECDSAP384SHA384},
		{"ECDSA P-521", ec("P-521"), []string{"dgst", "-sha512"}, TLS13, names.ECDSAP521SHA512},
		{"ECDSA P-224, SHA-256", ec("secp224r1"), []string{"dgst", "-sha256"}, TLS12, names.ECDSAP256SHA256},
		{"ECDSA of TLS 1.0", ec("P-256"), []string{"dgst", "-sha1"}, TLS10, 0},
		{"Ed25519", []string{"-newkey", "ed25519"}, []string{"pkeyutl", "-sign", "-rawin"}, TLS13, names.Ed25519},
	} {
		t.Run(c.name, func(t *testing.T) {
			content := []byte("what was said so far")
			keyFile, der := testIdentity(t, "rsa").keyFile, testIdentity(t, "rsa").chain[0]
			if c.cert != nil {
				keyFile, der = opensslIdentity(t, c.cert...)
			}
			sig := opensslSign(t, keyFile, content, c.sign...)
			if err := VerifySignature(c.version, c.scheme, der, content, sig); err != nil {
				t.Fatal(err)
			}
			wantWrong(t, VerifySignature(c.version, c.scheme, der, append(content, 'x'), sig), false)
			sig[len(sig)-1] ^= 1
			wantWrong(t, VerifySignature(c.version, c.scheme, der, content, sig), false)
			wantWrong(t, VerifySignature(c.version, c.scheme, der, content, sig[1:]), false)
		})
	}
}

// wantWrong checks the type of the error and whether it says "cannot be checked here".
func wantWrong(t *testing.T, err error, unverifiable bool) {
	t.Helper()
	var sigErr *SignatureError
	if !errors.As(err, &sigErr) || sigErr.Unverifiable != unverifiable {
		t.Errorf("got %v, want unverifiable %t", err, unverifiable)
	}
}

func TestVerifyRefuses(t *testing.T) {
	rsaCert, p384 := testIdentity(t, "rsa").chain[0], testIdentity(t, "p384").chain[0]
	sum := digest(crypto.SHA256, nil)
	right, err := testIdentity(t, "p384").key.Sign(rand.Reader, sum, crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if err := VerifySignature(TLS12, names.ECDSAP256SHA256, p384, nil, right); err != nil {
		t.Errorf("TLS 1.2 does not bind the curve: %v", err)
	}
	for _, c := range []struct {
		name         string
		version      uint16
		scheme       uint16
		cert         []byte
		unverifiable bool
	}{
		{"curve and scheme disagree in TLS 1.3", TLS13, names.ECDSAP256SHA256, p384, false},
		{"RSA scheme with an ECDSA key", TLS12, names.RSAPKCS1SHA256, p384, false},
		{"ECDSA scheme with an RSA key", TLS12, names.ECDSAP256SHA256, rsaCert, false},
		{"Ed25519 scheme with an RSA key", TLS12, names.Ed25519, rsaCert, false},
		{"unknown scheme", TLS12, 0xfefe, rsaCert, true},
		{"DSA", TLS12, names.DSASHA256, rsaCert, true},
		{"no certificate", TLS12, names.RSAPKCS1SHA256, nil, true},
		{"a cut certificate", TLS12, names.RSAPKCS1SHA256, rsaCert[:100], true},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantWrong(t, VerifySignature(c.version, c.scheme, c.cert, nil, right), c.unverifiable)
		})
	}
}

// Keys that the engine cannot use, but others can.
func TestVerifyForeignKeys(t *testing.T) {
	for name, args := range map[string][]string{
		"brainpool": {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"},
		"Ed448":     {"-newkey", "ed448"},
	} {
		t.Run(name, func(t *testing.T) {
			_, der := opensslIdentity(t, args...)
			wantWrong(t, VerifySignature(TLS12, names.ECDSAP256SHA256, der, nil, nil), true)
		})
	}
}

// What we encrypt for RSA key exchange, the standard library decrypts.
func TestEncryptPKCS1(t *testing.T) {
	id := testIdentity(t, "rsa")
	key, err := certificateKey(id.chain[0])
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		encrypted, err := encryptPKCS1(rand.Reader, key.rsa, []byte("premaster"))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := rsa.DecryptPKCS1v15(nil, id.key.(*rsa.PrivateKey), encrypted)
		if err != nil || string(plain) != "premaster" {
			t.Fatalf("%q, %v", plain, err)
		}
	}
	_, small := opensslIdentity(t, "-newkey", "rsa:512")
	if key, err = certificateKey(small); err != nil {
		t.Fatal(err)
	}
	if _, err := encryptPKCS1(rand.Reader, key.rsa, make([]byte, 54)); err == nil {
		t.Error("54 bytes went into a key of 512 bits")
	}
}

func FuzzCertificateKey(f *testing.F) {
	f.Add([]byte{0x30, 0x03, 0x30, 0x01, 0x02})
	id, err := newIdentity("p256")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(id.chain[0])
	f.Fuzz(func(t *testing.T, der []byte) {
		_ = VerifySignature(TLS12, names.RSAPKCS1SHA256, der, der, der)
		_ = VerifySignature(TLS12, names.ECDSAP256SHA256, der, der, der)
		_ = VerifySignature(TLS10, 0, der, der, der)
	})
}
