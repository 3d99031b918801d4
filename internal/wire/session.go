package wire

import (
	"bytes"
	"time"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A Session is what a client keeps of a finished handshake, to be taken up again by ClientConfig.Resume.
type Session struct {
	Version  uint16
	Suite    uint16
	ID       []byte        // session ID given by the server, TLS 1.2 and older
	Ticket   []byte        // TLS 1.3, or before it a server with RFC 5077
	Lifetime time.Duration // as the server said; 0: it did not say
	EMS      bool          // the master secret is an extended one (RFC 7627 §5.3)

	ageAdd uint32 // TLS 1.3
	secret []byte // master secret, or in TLS 1.3 the pre-shared key
}

// is13 tells how the session is offered: as a pre-shared key, or by ID or ticket.
func (s *Session) is13() bool { return s != nil && s.Version >= TLS13 }

// suite is the one whose hash the session's keys are made with.
func (s *Session) suite() names.Suite {
	suite, _ := names.SuiteByID(s.Suite)
	return suite
}

// Session is the newest session that the server has given, nil while there is none. In TLS 1.3 the tickets come after
// the handshake (RFC 8446 §4.6.1), so that the connection must be read on for them.
func (c *Client) Session() *Session {
	if !c.done {
		return nil
	}
	return c.session
}

// Resumed reports whether the server took up the session that was offered. It is known once the ServerHello is.
func (c *Client) Resumed() bool { return c.resumed }

// A sessionTicket is a NewSessionTicket message, of either form.
type sessionTicket struct {
	lifetime time.Duration
	ageAdd   uint32
	nonce    []byte
	data     []byte
}

// parseSessionTicket reads the body of a NewSessionTicket (RFC 5077 §3.3, RFC 8446 §4.6.1).
func parseSessionTicket(version uint16, body []byte) (*sessionTicket, error) {
	c, t := newCursor(body), &sessionTicket{}
	t.lifetime = time.Duration(c.u32("ticket lifetime")) * time.Second
	if is13(version) {
		t.ageAdd = c.u32("ticket age add")
		t.nonce = c.vec8("ticket nonce")
	}
	t.data = c.vec16("ticket")
	if is13(version) {
		c.vec16("ticket extensions")
	}
	c.trailing("NewSessionTicket")
	return t, c.err
}

func (c *cursor) u32(what string) uint32 {
	return uint32(c.u16(what))<<16 | uint32(c.u16(what))
}

// keepTicket12 notes a ticket of TLS 1.2 and older; the session begins with the server's Finished. An empty one says
// that the server changed its mind (RFC 5077 §3.3).
func (c *Client) keepTicket12(body []byte) error {
	t, err := parseSessionTicket(c.version, body)
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	c.newTicket = t
	return nil
}

// keepSession12 notes what can be resumed of a finished handshake of TLS 1.2 and older.
func (c *Client) keepSession12() {
	server := c.flight.Server
	s := &Session{Version: c.version, Suite: c.suite.ID, EMS: c.agreed(ExtExtendedMasterSecret), secret: c.master}
	switch {
	case c.newTicket != nil && len(c.newTicket.data) > 0:
		s.Ticket, s.Lifetime = bytes.Clone(c.newTicket.data), c.newTicket.lifetime
	case c.resumed:
		s.ID, s.Ticket, s.Lifetime = c.config.Resume.ID, c.config.Resume.Ticket, c.config.Resume.Lifetime
	case len(server.SessionID) > 0:
		s.ID = bytes.Clone(server.SessionID)
	default:
		return
	}
	c.session = s
}

// keepSession13 makes the pre-shared key of a ticket (RFC 8446 §4.6.1). A ticket that cannot be read is left: the
// connection at hand does not need it.
func (c *Client) keepSession13(body []byte) {
	t, err := parseSessionTicket(c.version, body)
	if err != nil || len(t.data) == 0 || c.secrets13.resumption == nil {
		return
	}
	newHash := suiteHash(c.suite)
	c.session = &Session{
		Version: c.version, Suite: c.suite.ID, Ticket: bytes.Clone(t.data), Lifetime: t.lifetime, ageAdd: t.ageAdd,
		secret: expandLabel(newHash, c.secrets13.resumption, "resumption", t.nonce, newHash().Size()),
	}
}
