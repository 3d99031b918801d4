package wire

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rc4"
	"encoding/binary"
	"hash"
	"io"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A recordMAC computes the MAC of one record.
type recordMAC func(seq uint64, typ uint8, version uint16, content []byte) []byte

// newMAC gives the MAC of a suite: HMAC since TLS 1.0, the older construction in SSLv3 (RFC 6101 §5.2.3.1).
func newMAC(version uint16, suite names.Suite, key []byte) (recordMAC, int, error) {
	newHash, err := macHash(suite)
	if err != nil {
		return nil, 0, err
	}
	size := newHash().Size()
	if version == SSLv3 {
		return ssl3MAC(newHash, key), size, nil
	}
	return func(seq uint64, typ uint8, version uint16, content []byte) []byte {
		h := hmac.New(newHash, key)
		h.Write(macHeader(seq, typ, version, len(content)))
		h.Write(content)
		return h.Sum(nil)
	}, size, nil
}

// ssl3MAC is hash(key + pad2 + hash(key + pad1 + seq + type + length + content)); the version is not covered.
func ssl3MAC(newHash func() hash.Hash, key []byte) recordMAC {
	n := ssl3PadLen(newHash().Size())
	pad1, pad2 := bytes.Repeat([]byte{0x36}, n), bytes.Repeat([]byte{0x5c}, n)
	return func(seq uint64, typ uint8, _ uint16, content []byte) []byte {
		inner := newHash()
		inner.Write(key)
		inner.Write(pad1)
		head := binary.BigEndian.AppendUint64(nil, seq)
		inner.Write(append(head, typ, byte(len(content)>>8), byte(len(content))))
		inner.Write(content)
		outer := newHash()
		outer.Write(key)
		outer.Write(pad2)
		outer.Write(inner.Sum(nil))
		return outer.Sum(nil)
	}
}

// streamProtection is RC4 or, without a cipher, the NULL suites: content and MAC (RFC 5246 §6.2.3.1).
type streamProtection struct {
	cipher cipher.Stream // nil: NULL
	mac    recordMAC
	macLen int
}

func newStream(version uint16, suite names.Suite, macKey, key []byte) (*streamProtection, error) {
	mac, size, err := newMAC(version, suite, macKey)
	if err != nil {
		return nil, err
	}
	p := &streamProtection{mac: mac, macLen: size}
	if len(key) > 0 {
		if p.cipher, err = rc4.NewCipher(key); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *streamProtection) outer(typ uint8, version uint16) (uint8, uint16) { return typ, version }

// crypt runs the key stream over b; a NULL suite copies.
func (p *streamProtection) crypt(b []byte) []byte {
	out := append([]byte(nil), b...)
	if p.cipher != nil {
		p.cipher.XORKeyStream(out, out)
	}
	return out
}

func (p *streamProtection) open(seq uint64, typ uint8, version uint16, body []byte) (uint8, []byte, error) {
	clear := p.crypt(body)
	plain, ok := splitMAC(p.mac, p.macLen, seq, typ, version, clear)
	if !ok {
		return typ, nil, errBadRecord
	}
	return typ, plain, nil
}

func (p *streamProtection) seal(seq uint64, typ uint8, version uint16, plain []byte, _ io.Reader) ([]byte, error) {
	return p.crypt(append(append([]byte(nil), plain...), p.mac(seq, typ, version, plain)...)), nil
}

// splitMAC cuts the MAC off the end and compares it.
func splitMAC(mac recordMAC, size int, seq uint64, typ uint8, version uint16, b []byte) ([]byte, bool) {
	if len(b) < size {
		return nil, false
	}
	content, got := b[:len(b)-size], b[len(b)-size:]
	return content, hmac.Equal(got, mac(seq, typ, version, content))
}

// cbcProtection is a block cipher in CBC mode with a MAC. Padding and MAC are not checked in constant time
// (the Lucky 13 attack): the engine carries no secrets that would be worth it, only handshakes to look at.
type cbcProtection struct {
	block   cipher.Block
	iv      []byte // last ciphertext block; nil: each record starts with its own
	ssl3    bool
	macLast bool // encrypt-then-MAC (RFC 7366)
	mac     recordMAC
	macLen  int
}

func newCBC(version uint16, suite names.Suite, macKey, key, iv []byte) (*cbcProtection, error) {
	mac, size, err := newMAC(version, suite, macKey)
	if err != nil {
		return nil, err
	}
	block, err := newBlock(suite.Cipher, key)
	if err != nil {
		return nil, err
	}
	p := &cbcProtection{block: block, ssl3: version == SSLv3, mac: mac, macLen: size}
	if version <= TLS10 {
		p.iv = iv
	}
	return p, nil
}

func (p *cbcProtection) outer(typ uint8, version uint16) (uint8, uint16) { return typ, version }

func (p *cbcProtection) open(seq uint64, typ uint8, version uint16, body []byte) (uint8, []byte, error) {
	if p.macLast {
		content, ok := splitMAC(p.mac, p.macLen, seq, typ, version, body)
		if !ok {
			return typ, nil, errBadRecord
		}
		body = content
	}
	plain, ok := p.decrypt(body)
	if ok && !p.macLast {
		plain, ok = splitMAC(p.mac, p.macLen, seq, typ, version, plain)
	}
	if !ok {
		return typ, nil, errBadRecord
	}
	return typ, plain, nil
}

// decrypt undoes CBC and padding.
func (p *cbcProtection) decrypt(body []byte) ([]byte, bool) {
	size := p.block.BlockSize()
	iv := p.iv
	if iv == nil {
		if len(body) < size {
			return nil, false
		}
		iv, body = body[:size], body[size:]
	}
	if len(body) == 0 || len(body)%size != 0 {
		return nil, false
	}
	plain := make([]byte, len(body))
	cipher.NewCBCDecrypter(p.block, iv).CryptBlocks(plain, body)
	if p.iv != nil {
		p.iv = append([]byte(nil), body[len(body)-size:]...)
	}
	return p.unpad(plain)
}

// unpad checks the padding: all its bytes name its length, but in SSLv3, where only the last one counts and the
// padding stays within a block (RFC 5246 §6.2.3.2, RFC 6101 §5.2.3.2).
func (p *cbcProtection) unpad(b []byte) ([]byte, bool) {
	pad := int(b[len(b)-1])
	rest := len(b) - 1 - pad
	if rest < 0 {
		return nil, false
	}
	if p.ssl3 {
		return b[:rest], pad < p.block.BlockSize()
	}
	for _, c := range b[rest:] {
		if int(c) != pad {
			return nil, false
		}
	}
	return b[:rest], true
}

func (p *cbcProtection) seal(seq uint64, typ uint8, version uint16, plain []byte, rand io.Reader) ([]byte, error) {
	content := append([]byte(nil), plain...)
	if !p.macLast {
		content = append(content, p.mac(seq, typ, version, plain)...)
	}
	body, err := p.encrypt(content, rand)
	if err == nil && p.macLast {
		body = append(body, p.mac(seq, typ, version, body)...)
	}
	return body, err
}

// encrypt pads content and chains it, with a random IV in front since TLS 1.1.
func (p *cbcProtection) encrypt(content []byte, rand io.Reader) ([]byte, error) {
	size := p.block.BlockSize()
	pad := size - 1 - len(content)%size
	content = append(content, bytes.Repeat([]byte{byte(pad)}, pad+1)...)
	iv := p.iv
	var body []byte
	if iv == nil {
		iv = make([]byte, size)
		if _, err := io.ReadFull(rand, iv); err != nil {
			return nil, err
		}
		body = append(body, iv...)
	}
	cipher.NewCBCEncrypter(p.block, iv).CryptBlocks(content, content)
	if p.iv != nil {
		p.iv = append([]byte(nil), content[len(content)-size:]...)
	}
	return append(body, content...), nil
}
