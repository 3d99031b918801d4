package wire

import (
	"bytes"
	"slices"
	"time"

	"golang.org/x/crypto/cryptobyte"

	"github.com/tlswhy/tlswhy/internal/names"
)

// offerSession puts the session to resume into the hello: as pre-shared key, as ticket, or by its ID.
func (c *ClientConfig) offerSession() error {
	s, h := c.Resume, &c.Hello
	switch {
	case s == nil:
	case s.is13():
		h.psk = &pskOffer{session: s, age: c.ResumeAge}
	case len(s.Ticket) > 0:
		// The ID is the client's own: a server that takes the ticket up repeats it (RFC 5077 §3.4).
		id, err := randomBytes(c.Rand, sessionIDLen)
		if err != nil {
			return err
		}
		h.Ticket, h.ticketData, h.SessionID, h.NoSessionID = true, s.Ticket, id, false
	default:
		h.SessionID, h.NoSessionID = s.ID, false
	}
	return nil
}

const sessionIDLen = 32

// A pskOffer is the pre_shared_key extension of one hello: a single ticket (RFC 8446 §4.2.11).
type pskOffer struct {
	session *Session
	age     time.Duration
}

// extension has a binder of zeros, which bind replaces once the rest of the hello stands.
func (o *pskOffer) extension() (Extension, error) {
	var e extensionList
	e.add(ExtPreSharedKey, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint16LengthPrefixed(raw(o.session.Ticket))
			b.AddUint32(uint32(o.age.Milliseconds()) + o.session.ageAdd)
		})
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint8LengthPrefixed(raw(make([]byte, o.binderLen())))
		})
	})
	return e.list[0], e.err
}

func (o *pskOffer) binderLen() int { return suiteHash(o.session.suite())().Size() }

// bind writes the binder into a hello that ends with the extension. before is the transcript that precedes the hello:
// nothing, or the first one and the retry request (RFC 8446 §4.2.11.2).
func (o *pskOffer) bind(message, before []byte) {
	suite, n := o.session.suite(), o.binderLen()
	schedule := newPSKSchedule13(suite, o.session.secret)
	key := schedule.derive("res binder", nil)
	partial := message[:len(message)-n-3] // less the lengths of the list and of its one binder
	copy(message[len(message)-n:], finished13(schedule.newHash, key, join(before, partial)))
}

// fits: after a retry request a session is offered again only where its hash is that of the suite chosen (RFC 8446
// §4.1.2).
func (o *pskOffer) fits(suiteID uint16) bool {
	suite, known := names.SuiteByID(suiteID)
	return o != nil && known && suiteHash(suite)().Size() == o.binderLen()
}

// newPSKSchedule13 starts the key schedule with a pre-shared key.
func newPSKSchedule13(suite names.Suite, psk []byte) *schedule13 {
	s := &schedule13{newHash: suiteHash(suite)}
	s.current = extract(s.newHash, psk, nil)
	return s
}

// takesUp12 reports whether a ServerHello of TLS 1.2 or older accepts the session offered: it repeats the ID of the
// hello (RFC 5246 §7.3, RFC 5077 §3.4).
func (c *Client) takesUp12(hello *ServerHello) bool {
	s := c.config.Resume
	return s != nil && !s.is13() && len(hello.SessionID) > 0 && bytes.Equal(hello.SessionID, c.flight.Client.SessionID)
}

// resume12 goes on with the session's master secret: the server changes keys and finishes first.
func (c *Client) resume12(hello *ServerHello) error {
	s := c.config.Resume
	c.resumed = true
	switch {
	case hello.Version != s.Version || hello.Suite != s.Suite:
		return giveUp(AlertIllegalParameter, ReasonBadResumption, "%s with %s for a session of %s with %s", names.Version(hello.Version),
			names.SuiteName(hello.Suite), names.Version(s.Version), names.SuiteName(s.Suite))
	case c.agreed(ExtExtendedMasterSecret) != s.EMS:
		return giveUp(AlertHandshakeFailure, ReasonBadResumption, "extended master secret: %t, in the session: %t", hello.EMS, s.EMS)
	}
	c.master = s.secret
	c.keep(LabelClientRandom, c.clientRandom(), c.master)
	write, read, err := c.directions12()
	if err != nil {
		return err
	}
	c.next = c.takeTicket
	c.onChange = func() error {
		c.in = read
		c.next = func(m incoming) error { return c.takeFirstFinished(m, write) }
		return nil
	}
	return nil
}

// directions12 are the keys that follow from the master secret, ours first.
func (c *Client) directions12() (write, read *halfConn, err error) {
	write, read, err = keysFromMaster(c.version, c.suite, c.master, c.clientRandom(), c.flight.Server.Random)
	if err != nil {
		return nil, nil, giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	if c.agreed(ExtEncryptThenMAC) {
		write.encryptThenMAC()
		read.encryptThenMAC()
	}
	return write, read, nil
}

// takeFirstFinished checks the server's Finished of an abbreviated handshake and answers with ours.
func (c *Client) takeFirstFinished(m incoming, write *halfConn) error {
	if err := expect(m, TypeFinished); err != nil {
		return err
	}
	if !bytes.Equal(m.Body(), finished(c.version, c.suite, c.master, ServerSide, m.before)) {
		return giveUp(AlertDecryptError, ReasonBadFinished, "")
	}
	c.flight.Finished[ServerSide] = true
	if err := c.changeAndSend(write); err != nil {
		return err
	}
	c.done = true
	c.keepSession12()
	return nil
}

// schedule13For starts the key schedule, with the pre-shared key when the server took it.
func (c *Client) schedule13For(hello *ServerHello) (*schedule13, error) {
	data, taken := findExtension(hello.Extensions, ExtPreSharedKey)
	if !taken {
		return newSchedule13(c.suite), nil
	}
	_, offered := findExtension(c.built.Hello.Extensions, ExtPreSharedKey)
	if c.built.psk == nil || !offered || !slices.Equal(data, []byte{0, 0}) {
		return nil, giveUp(AlertIllegalParameter, ReasonBadResumption, "the server takes session %x, which was not offered", data)
	}
	if !c.built.psk.fits(c.suite.ID) {
		return nil, giveUp(AlertIllegalParameter, ReasonBadResumption, "%s does not go with the session's hash", c.suite.Name)
	}
	c.resumed = true
	return newPSKSchedule13(c.suite, c.built.psk.session.secret), nil
}
