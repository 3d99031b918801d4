package wire

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"hash"

	"golang.org/x/crypto/cryptobyte"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Labels of secrets in an NSS key log (draft-ietf-tls-keylogfile).
const (
	LabelClientRandom    = "CLIENT_RANDOM" // master secret, TLS 1.2 and older
	LabelClientHandshake = "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
	LabelServerHandshake = "SERVER_HANDSHAKE_TRAFFIC_SECRET"
	LabelClientTraffic   = "CLIENT_TRAFFIC_SECRET_0"
	LabelServerTraffic   = "SERVER_TRAFFIC_SECRET_0"
	LabelExporter        = "EXPORTER_SECRET"
)

// expandLabel is HKDF-Expand-Label of RFC 8446 §7.1. n is at most the few dozen bytes of a key or a hash,
// for which HKDF cannot fail.
func expandLabel(newHash func() hash.Hash, secret []byte, label string, context []byte, n int) []byte {
	var b cryptobyte.Builder
	b.AddUint16(uint16(n))
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes([]byte("tls13 " + label)) })
	b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { b.AddBytes(context) })
	out, err := hkdf.Expand(newHash, secret, string(b.BytesOrPanic()), n)
	if err != nil {
		return make([]byte, n)
	}
	return out
}

// extract is HKDF-Extract.
func extract(newHash func() hash.Hash, secret, salt []byte) []byte {
	out, err := hkdf.Extract(newHash, secret, salt)
	if err != nil {
		return make([]byte, newHash().Size())
	}
	return out
}

// A schedule13 walks down the key schedule of RFC 8446 §7.1, without a pre-shared key.
type schedule13 struct {
	newHash func() hash.Hash
	current []byte // early, handshake or master secret
}

// newSchedule13 starts with the early secret.
func newSchedule13(suite names.Suite) *schedule13 {
	s := &schedule13{newHash: suiteHash(suite)}
	zeros := make([]byte, s.newHash().Size())
	s.current = extract(s.newHash, zeros, nil)
	return s
}

// mix goes to the next secret: with the shared secret to the handshake secret, with nil to the master secret.
func (s *schedule13) mix(input []byte) {
	if input == nil {
		input = make([]byte, s.newHash().Size())
	}
	s.current = extract(s.newHash, input, s.derive("derived", nil))
}

// derive is Derive-Secret over a transcript.
func (s *schedule13) derive(label string, transcript []byte) []byte {
	return expandLabel(s.newHash, s.current, label, sum(s.newHash, transcript), s.newHash().Size())
}

// handshake gives both handshake traffic secrets; the transcript ends with the ServerHello.
func (s *schedule13) handshake(transcript []byte) (client, server []byte) {
	return s.derive("c hs traffic", transcript), s.derive("s hs traffic", transcript)
}

// application gives both application traffic secrets and the exporter's; the transcript ends with the server's Finished.
func (s *schedule13) application(transcript []byte) (client, server, exporter []byte) {
	return s.derive("c ap traffic", transcript), s.derive("s ap traffic", transcript), s.derive("exp master", transcript)
}

// finished13 is the verify_data under a handshake traffic secret (RFC 8446 §4.4.4).
func finished13(newHash func() hash.Hash, secret, transcript []byte) []byte {
	key := expandLabel(newHash, secret, "finished", nil, newHash().Size())
	h := hmac.New(newHash, key)
	h.Write(sum(newHash, transcript))
	return h.Sum(nil)
}

// signedContent13 is what side signs in its CertificateVerify (RFC 8446 §4.4.3).
func signedContent13(newHash func() hash.Hash, side Side, transcript []byte) []byte {
	context := "TLS 1.3, " + side.String() + " CertificateVerify"
	return join(bytes.Repeat([]byte{' '}, 64), []byte(context), []byte{0}, sum(newHash, transcript))
}

// retryTranscript puts the hash of the first ClientHello in its place (message_hash, RFC 8446 §4.4.1).
func retryTranscript(newHash func() hash.Hash, firstHello []byte) []byte {
	digest := sum(newHash, firstHello)
	return append([]byte{typeMessageHash, 0, 0, byte(len(digest))}, digest...)
}

const typeMessageHash uint8 = 254
