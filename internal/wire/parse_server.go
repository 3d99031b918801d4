package wire

import (
	"bytes"
	"errors"
)

// retryRandom is the SHA-256 of "HelloRetryRequest": the random that makes a ServerHello a retry request
// (RFC 8446 §4.1.3).
func retryRandom() []byte {
	return []byte{
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
		0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
	}
}

// typeOldRetry is the HelloRetryRequest of drafts up to 21, a message type of its own.
const typeOldRetry uint8 = 6

// ParseServerHello reads a ServerHello or HelloRetryRequest, message with its four byte header. What could be
// read is returned beside the error.
func ParseServerHello(msg []byte) (*ServerHello, error) {
	h := &ServerHello{Raw: msg}
	if len(msg) < handshakeHeaderLen {
		return h, errors.New("ServerHello without a whole header")
	}
	c := newCursor(msg[handshakeHeaderLen:])
	h.LegacyVersion = c.u16("version")
	h.Version = h.LegacyVersion
	switch {
	case msg[0] == typeOldRetry:
		h.readOldRetry(c)
	case is13(h.LegacyVersion) && fitsDraft(c.rest):
		h.readDraft(c)
	default:
		h.readFields(c)
	}
	c.trailing("ServerHello")
	h.Downgrade = downgradeSentinel(h.Random)
	return h, errors.Join(c.err, readEach(h.Extensions, h.readExtension))
}

func (h *ServerHello) readFields(c *cursor) {
	h.Random = c.bytes(32, "random")
	h.Retry = bytes.Equal(h.Random, retryRandom())
	h.SessionID = c.vec8("session ID")
	h.Suite = c.u16("cipher suite")
	h.Compression = c.u8("compression method")
	h.Extensions = c.extensions()
}

// fitsDraft tells the form that readDraft reads by the extensions' length: they reach to the end, from byte 36 on.
func fitsDraft(afterVersion []byte) bool {
	const fixed = 32 + 2 + 2
	return len(afterVersion) >= fixed &&
		int(afterVersion[fixed-2])<<8|int(afterVersion[fixed-1]) == len(afterVersion)-fixed
}

// readDraft reads the form of TLS 1.3 drafts 14 to 21, which had neither session ID nor compression and named
// the version in the old place (draft-ietf-tls-tls13-18 §4.1.3). Old captures hold it.
func (h *ServerHello) readDraft(c *cursor) {
	h.Random = c.bytes(32, "random")
	h.Suite = c.u16("cipher suite")
	h.Extensions = c.extensions()
}

// readOldRetry: version, suite (from draft 19 on), extensions. Without the suite, the extensions' length, which
// is then all that follows, stands in its place.
func (h *ServerHello) readOldRetry(c *cursor) {
	h.Retry = true
	if rest := c.rest; len(rest) >= 2 && int(rest[0])<<8|int(rest[1]) != len(rest)-2 {
		h.Suite = c.u16("cipher suite")
	}
	h.Extensions = c.extensions()
}

// downgradeSentinel names the version that a server able to do better says it was brought down to by the last
// eight bytes of its random (RFC 8446 §4.1.3).
func downgradeSentinel(random []byte) string {
	mark, found := bytes.CutPrefix(random[max(len(random)-8, 0):], []byte("DOWNGRD"))
	switch {
	case !found || len(mark) != 1:
		return ""
	case mark[0] == 1:
		return "TLS1.2"
	case mark[0] == 0:
		return "TLS1.1"
	}
	return ""
}

func (h *ServerHello) readExtension(typ uint16, c *cursor) {
	switch typ {
	case ExtSupportedVersions:
		h.Version = c.u16("version")
	case ExtKeyShare, extOldKeyShare:
		h.Share = h.keyShare(c)
	case ExtCookie:
		h.Cookie = c.vec16("cookie")
	case ExtALPN:
		h.ALPN = c.firstProtocol()
	case ExtExtendedMasterSecret:
		h.EMS = true
	case ExtRenegotiationInfo:
		h.Renegotiation = true
	case ExtSessionTicket:
		h.Ticket = true
	}
}

// keyShare names only the group in a retry request (RFC 8446 §4.2.8).
func (h *ServerHello) keyShare(c *cursor) *KeyShare {
	if h.Retry {
		return &KeyShare{Group: c.u16("share's group")}
	}
	s := c.keyShare()
	return &s
}

// firstProtocol: a server's ALPN answer holds exactly one name (RFC 7301 §3.1).
func (c *cursor) firstProtocol() string {
	if list := c.protocolNames(); len(list) > 0 {
		return list[0]
	}
	return ""
}
