package wire

import "errors"

// ParseSSLv2ClientHello reads a CLIENT-HELLO in SSLv2 framing, without its two length bytes: what clients sent
// that still spoke SSLv2 beside newer versions (RFC 5246 appendix E.2). SSLv2's own three byte cipher kinds,
// whose first byte is not 0, are left out of Suites.
func ParseSSLv2ClientHello(msg []byte) (*ClientHello, error) {
	h := &ClientHello{Raw: msg, SSLv2Framing: true, Compressions: []byte{0}}
	c := newCursor(msg)
	if typ := c.u8("message type"); c.err == nil && typ != TypeClientHello {
		return h, errors.New("no CLIENT-HELLO in SSLv2 framing")
	}
	h.LegacyVersion = c.u16("version")
	specs, id, challenge := c.u16("cipher specs' length"), c.u16("session ID's length"), c.u16("challenge's length")
	h.readSpecs(c.bytes(int(specs), "cipher specs"))
	h.SessionID = c.bytes(int(id), "session ID")
	h.Random = challengeRandom(c.bytes(int(challenge), "challenge"))
	c.trailing("CLIENT-HELLO")
	return h, c.err
}

func (h *ClientHello) readSpecs(specs []byte) {
	for ; len(specs) >= 3; specs = specs[3:] {
		if specs[0] != 0 {
			continue
		}
		suite := uint16(specs[1])<<8 | uint16(specs[2])
		h.Suites = append(h.Suites, suite)
		h.Renegotiation = h.Renegotiation || suite == SuiteRenegotiationSCSV
	}
}

// challengeRandom makes the client random: the last 32 bytes of the challenge, zeros before a shorter one.
func challengeRandom(challenge []byte) []byte {
	random := make([]byte, 32)
	if len(challenge) > 32 {
		challenge = challenge[len(challenge)-32:]
	}
	copy(random[32-len(challenge):], challenge)
	return random
}
