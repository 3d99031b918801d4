package wire

import (
	"errors"
	"fmt"
	"io"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Limits of the record layer in bytes (RFC 8446 §5.1, §5.2; RFC 5246 §6.2.3).
const (
	recordHeaderLen = 5
	maxPlaintext    = 1 << 14
	maxCiphertext   = maxPlaintext + 2048
)

// errBadRecord says that a record did not open: wrong keys, altered bytes, or too short. Which of them cannot
// be told; every version answers it with bad_record_mac (RFC 5246 §7.2.2).
var errBadRecord = errors.New("record does not open under these keys")

// A protection opens and seals record bodies. header is the record header whose length field holds the length
// that is authenticated where the form allows to know it; seq is the number of the record since the last key change.
type protection interface {
	open(seq uint64, typ uint8, version uint16, body []byte) (innerType uint8, plain []byte, err error)
	seal(seq uint64, typ uint8, version uint16, plain []byte, rand io.Reader) (body []byte, err error)
	// outer gives type and version as they stand in the record's header.
	outer(typ uint8, version uint16) (uint8, uint16)
}

// A halfConn protects one direction of a connection under one set of keys. Its zero value protects nothing.
type halfConn struct {
	suite  names.Suite
	seq    uint64
	secret []byte // TLS 1.3: the traffic secret, for key updates
	how    protection
}

// keysFromMaster derives both directions of SSLv3 to TLS 1.2 from the master secret (RFC 5246 §6.3).
func keysFromMaster(version uint16, suite names.Suite, master, clientRandom, serverRandom []byte) (client, server *halfConn, err error) {
	shape, err := shapeOf(version, suite)
	if err != nil {
		return nil, nil, err
	}
	block := keyBlock(version, suite, master, clientRandom, serverRandom, 2*(shape.macLen+shape.keyLen+shape.ivLen))
	cut := func(n int) []byte {
		part := block[:n:n]
		block = block[n:]
		return part
	}
	clientMAC, serverMAC := cut(shape.macLen), cut(shape.macLen)
	clientKey, serverKey := cut(shape.keyLen), cut(shape.keyLen)
	clientIV, serverIV := cut(shape.ivLen), cut(shape.ivLen)
	client, err = newHalfConn(version, suite, shape, clientMAC, clientKey, clientIV)
	if err != nil {
		return nil, nil, err
	}
	server, err = newHalfConn(version, suite, shape, serverMAC, serverKey, serverIV)
	return client, server, err
}

// newHalfConn builds the protection of one direction for TLS 1.2 and older.
func newHalfConn(version uint16, suite names.Suite, shape cipherShape, macKey, key, iv []byte) (*halfConn, error) {
	h := &halfConn{suite: suite}
	var err error
	switch shape.kind {
	case kindAEAD:
		h.how, err = newAEAD12(suite.Cipher, key, iv)
	case kindCBC:
		h.how, err = newCBC(version, suite, macKey, key, iv)
	default:
		h.how, err = newStream(version, suite, macKey, key)
	}
	if err != nil {
		return nil, err
	}
	return h, nil
}

// keysFromTraffic derives one direction of TLS 1.3 from its traffic secret (RFC 8446 §7.3).
func keysFromTraffic(suite names.Suite, secret []byte) (*halfConn, error) {
	shape, err := shapeOf(TLS13, suite)
	if err != nil {
		return nil, err
	}
	if shape.kind != kindAEAD {
		return nil, fmt.Errorf("%s is no TLS 1.3 suite", suite.Name)
	}
	newHash := suiteHash(suite)
	key := expandLabel(newHash, secret, "key", nil, shape.keyLen)
	iv := expandLabel(newHash, secret, "iv", nil, aeadNonceLen)
	how, err := newAEAD13(suite.Cipher, key, iv)
	if err != nil {
		return nil, err
	}
	return &halfConn{suite: suite, secret: secret, how: how}, nil
}

// next gives the keys after a KeyUpdate (RFC 8446 §7.2).
func (h *halfConn) next() (*halfConn, error) {
	newHash := suiteHash(h.suite)
	return keysFromTraffic(h.suite, expandLabel(newHash, h.secret, "traffic upd", nil, newHash().Size()))
}

// encryptThenMAC changes a CBC protection to the order of RFC 7366; others stay as they are.
func (h *halfConn) encryptThenMAC() {
	if c, ok := h.how.(*cbcProtection); ok {
		c.macLast = true
	}
}

// open takes a record's body off its protection. typ and version are those of the record header; innerType is
// the real content type, which differs from typ in TLS 1.3 only. The error is errBadRecord or wraps it.
func (h *halfConn) open(typ uint8, version uint16, body []byte) (innerType uint8, plain []byte, err error) {
	if h.how == nil {
		return typ, body, nil
	}
	innerType, plain, err = h.how.open(h.seq, typ, version, body)
	if err != nil {
		return typ, nil, err
	}
	h.seq++
	return innerType, plain, nil
}

// seal makes one whole record, header included, of at most 2^14 bytes of plain.
func (h *halfConn) seal(typ uint8, version uint16, plain []byte, rand io.Reader) ([]byte, error) {
	if len(plain) > maxPlaintext {
		return nil, fmt.Errorf("%d bytes do not fit into one record", len(plain))
	}
	body := plain
	outerType, outerVersion := typ, version
	if h.how != nil {
		var err error
		if body, err = h.how.seal(h.seq, typ, version, plain, rand); err != nil {
			return nil, err
		}
		outerType, outerVersion = h.how.outer(typ, version)
		h.seq++
	}
	record := make([]byte, 0, recordHeaderLen+len(body))
	return append(appendRecordHeader(record, outerType, outerVersion, len(body)), body...), nil
}

// appendRecordHeader writes type, version and length.
func appendRecordHeader(b []byte, typ uint8, version uint16, length int) []byte {
	return append(b, typ, byte(version>>8), byte(version), byte(length>>8), byte(length))
}
