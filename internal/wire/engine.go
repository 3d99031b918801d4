package wire

import (
	"errors"
	"io"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Limits of one connection, against a peer that never ends.
const (
	maxHandshakeBytes = 1 << 20
	maxRecords        = 2000 // before the handshake is done
	maxAppData        = 64 << 10
)

// incoming is one handshake message on its way to the step that waits for it.
type incoming struct {
	HandshakeMessage
	before []byte // the transcript without this message
}

// A step handles the next handshake message and names, by setting engine.next, the step after it.
type step func(m incoming) error

// An engine is what client and server have in common: records, keys, transcript, alerts. It does no I/O.
type engine struct {
	side     Side
	rand     io.Reader
	flight   Flight
	deframer Deframer
	joiner   Joiner
	in, out  *halfConn

	version       uint16 // 0 until it is chosen
	recordVersion uint16 // for records sent before that
	suite         names.Suite
	transcript    []byte
	next          step
	onChange      func() error            // what ChangeCipherSpec does; nil: it is not expected
	onSSLv2       func(body []byte) error // takes a hello in SSLv2 framing; nil: it is not expected
	// decide opens the next record in place of in, where two sets of keys are possible; used once.
	decide func(r Record) (typ uint8, plain []byte, err error)
	// onTicket takes the body of a NewSessionTicket of TLS 1.3; nil: it is not expected.
	onTicket func(body []byte)

	outgoing []byte
	secrets  []Secret
	master   []byte // TLS 1.2 and older
	appData  []byte
	accepted bool // the peer went on after our Finished: a ticket or application data came

	limits                  recordLimits
	records, handshakeBytes int
	done                    bool
	closed                  bool // we sent an alert that ends the connection
	dead                    error
}

// Feed takes bytes from the peer, as many or as few as came. out must be sent even when err is not nil: it may
// hold our alert. err is a *PeerAlert, a *LocalError or a *NotTLSError; after it the connection is over and Feed
// repeats it. A close_notify of the peer is a *PeerAlert with code 0.
func (e *engine) Feed(b []byte) (out []byte, err error) {
	if e.dead == nil {
		e.deframer.Push(b)
		if err := e.takeRecords(); err != nil {
			e.stop(err)
		}
	}
	return e.flush(), e.dead
}

// Done tells whether the handshake is complete: both Finished messages have passed and were right.
func (e *engine) Done() bool { return e.done }

// Secrets are the lines of a key log for this connection, as far as it got.
func (e *engine) Secrets() []Secret { return e.secrets }

// Flight is what was said so far. Its Messages stay empty; the decoder fills them from a recording.
func (e *engine) Flight() *Flight { return &e.flight }

// AppData hands out the application data received since the last call.
func (e *engine) AppData() []byte {
	b := e.appData
	e.appData = nil
	return b
}

// takeRecords handles all whole records received.
func (e *engine) takeRecords() error {
	for {
		r, ok, err := e.deframer.Next()
		if err != nil {
			return e.deframeError(err)
		}
		if !ok {
			return nil
		}
		if err := e.takeRecord(r); err != nil {
			return err
		}
	}
}

func (e *engine) deframeError(err error) error {
	var notTLS *NotTLSError
	if errors.As(err, &notTLS) {
		return notTLS
	}
	return giveUpOn(AlertRecordOverflow, ReasonTooLarge, err)
}

// takeRecord counts, opens and dispatches one record.
func (e *engine) takeRecord(r Record) error {
	e.records++
	if !e.done && e.records > maxRecords {
		return giveUp(AlertUnexpectedMessage, ReasonEndless, "%d records", e.records)
	}
	if e.passesInClear(r) {
		return e.dispatch(r.Type, r.Body)
	}
	if r.Type == RecordSSLv2 && e.onSSLv2 != nil {
		return nameStep(e.onSSLv2(r.Body), TypeClientHello)
	}
	typ, plain, err := e.openRecord(r)
	if err != nil {
		return giveUpOn(AlertBadRecordMAC, ReasonBadRecord, err)
	}
	if len(plain) > maxPlaintext {
		return giveUp(AlertRecordOverflow, ReasonTooLarge, "record of %d bytes", len(plain))
	}
	if err := e.checkLimit(len(plain), e.in.how != nil); err != nil {
		return err
	}
	return e.dispatch(typ, plain)
}

func (e *engine) openRecord(r Record) (uint8, []byte, error) {
	if e.decide == nil {
		return e.in.open(r.Type, r.Version, r.Body)
	}
	decide := e.decide
	e.decide = nil
	return decide(r)
}

// passesInClear: in TLS 1.3 a ChangeCipherSpec is never protected (RFC 8446 §5), and a peer that failed before it
// had keys sends its alert in the clear. RC4 and GCM records of an alert are never two bytes long.
func (e *engine) passesInClear(r Record) bool {
	if e.version < TLS13 || e.in.how == nil {
		return false
	}
	return r.Type == RecordChangeCipherSpec || r.Type == RecordAlert && len(r.Body) == 2 && !e.done
}

// dispatch handles the opened content of a record.
func (e *engine) dispatch(typ uint8, plain []byte) error {
	if typ != RecordHandshake && len(e.joiner.Pending()) > 0 && typ != RecordAlert {
		return e.unexpected(typ) // messages must not be interleaved (RFC 8446 §5.1)
	}
	switch typ {
	case RecordHandshake:
		return e.takeHandshake(plain)
	case RecordAlert:
		return e.takeAlerts(plain)
	case RecordChangeCipherSpec:
		return e.takeChange(plain)
	case RecordApplicationData:
		if e.done {
			return e.takeAppData(plain)
		}
	}
	return e.unexpected(typ)
}

func (e *engine) unexpected(typ uint8) error {
	return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "record of type %d", typ)
}

func (e *engine) takeAppData(plain []byte) error {
	if len(e.appData)+len(plain) > maxAppData {
		return giveUp(AlertInternalError, ReasonTooMuchAppData, "more than %d bytes unread", maxAppData)
	}
	e.appData = append(e.appData, plain...)
	return nil
}

// takeChange handles ChangeCipherSpec. TLS 1.3 ignores it during the handshake (RFC 8446 appendix D.4).
func (e *engine) takeChange(plain []byte) error {
	if len(plain) != 1 || plain[0] != 1 {
		return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "ChangeCipherSpec of %d bytes", len(plain))
	}
	if e.ignoresChange() {
		return nil
	}
	if e.onChange == nil {
		return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "ChangeCipherSpec too early")
	}
	change := e.onChange
	e.onChange = nil
	return change()
}

// ignoresChange: a server that sent a HelloRetryRequest has chosen TLS 1.3 as well.
func (e *engine) ignoresChange() bool {
	return e.version >= TLS13 && !e.done || e.flight.Retry != nil && e.version == 0
}

// takeAlerts reads one alert, or several in one record.
func (e *engine) takeAlerts(plain []byte) error {
	if len(plain) < 2 {
		return giveUp(AlertDecodeError, ReasonDecode, "alert of %d bytes", len(plain))
	}
	for ; len(plain) >= 2; plain = plain[2:] {
		a := Alert{Level: plain[0], Code: plain[1]}
		if e.ignoresAlert(a) {
			continue
		}
		return &PeerAlert{Alert: a}
	}
	return nil
}

// ignoresAlert: warnings end nothing before TLS 1.3 but for close_notify; unrecognized_name (112) and
// no_renegotiation (100) are common ones. In TLS 1.3 only user_canceled goes on, a close_notify follows it.
func (e *engine) ignoresAlert(a Alert) bool {
	if e.version >= TLS13 {
		return a.Code == AlertUserCanceled
	}
	return a.Level == levelWarning && a.Code != AlertCloseNotify
}

// takeHandshake joins messages and hands each to the step that waits.
func (e *engine) takeHandshake(plain []byte) error {
	e.handshakeBytes += len(plain)
	if e.handshakeBytes > maxHandshakeBytes {
		return giveUp(AlertIllegalParameter, ReasonTooLarge, "more than %d bytes of handshake", maxHandshakeBytes)
	}
	e.joiner.Push(plain)
	for {
		m, ok, err := e.joiner.Next()
		if err != nil {
			return giveUpOn(AlertIllegalParameter, ReasonTooLarge, err)
		}
		if !ok {
			return nil
		}
		if err := e.takeMessage(m); err != nil {
			return nameStep(err, m.Type)
		}
	}
}

// takeMessage adds a message to the transcript and runs its step.
func (e *engine) takeMessage(m HandshakeMessage) error {
	if e.done {
		return e.takeLate(m)
	}
	if m.Type == TypeHelloRequest && e.side == ClientSide {
		return nil // no part of the transcript, and there is a handshake already (RFC 5246 §7.4.1.1)
	}
	before := e.transcript
	e.transcript = append(e.transcript[:len(before):len(before)], m.Raw...)
	return e.next(incoming{HandshakeMessage: m, before: before})
}

// nameStep says in a LocalError which message led to it.
func nameStep(err error, typ uint8) error {
	var local *LocalError
	if errors.As(err, &local) && local.Step == "" {
		local.Step = handshakeName(typ)
	}
	return err
}

// expect checks the type of a message.
func expect(m incoming, typ uint8) error {
	if m.Type != typ {
		return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "%s where %s is due", handshakeName(m.Type), handshakeName(typ))
	}
	return nil
}

// atKeyChange checks that no message straddles a change of keys (RFC 8446 §5.1).
func (e *engine) atKeyChange() error {
	if len(e.joiner.Pending()) > 0 {
		return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "%d bytes of handshake across a change of keys", len(e.joiner.Pending()))
	}
	return nil
}

// takeLate handles handshake messages after the handshake: tickets are ignored, key updates obeyed (RFC 8446
// §4.6), renegotiation declined (RFC 5246 §7.2.2).
func (e *engine) takeLate(m HandshakeMessage) error {
	e.handshakeBytes = 0 // a long connection may bring any number of tickets
	switch {
	case e.version >= TLS13 && m.Type == TypeKeyUpdate:
		return e.takeKeyUpdate(m)
	case e.version >= TLS13 && m.Type == TypeNewSessionTicket && e.onTicket != nil:
		e.onTicket(m.Body())
		e.accepted = true // sent only once the client's Finished was taken (RFC 8446 §4.6.1)
		return nil
	case e.version < TLS13 && m.Type == e.renegotiationType():
		return e.sendAlert(levelWarning, AlertNoRenegotiation)
	}
	return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "%s after the handshake", handshakeName(m.Type))
}

// renegotiationType is the message by which the peer asks for another handshake.
func (e *engine) renegotiationType() uint8 {
	if e.side == ClientSide {
		return TypeHelloRequest
	}
	return TypeClientHello
}

// takeKeyUpdate changes the peer's keys, and ours when it asks for that.
func (e *engine) takeKeyUpdate(m HandshakeMessage) error {
	body := m.Body()
	if len(body) != 1 || body[0] > 1 {
		return giveUp(AlertIllegalParameter, ReasonDecode, "KeyUpdate of %d bytes", len(body))
	}
	if err := e.atKeyChange(); err != nil {
		return err
	}
	in, err := e.in.next()
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	e.in = in
	if body[0] == 0 {
		return nil
	}
	if err := e.send(RecordHandshake, []byte{TypeKeyUpdate, 0, 0, 1, 0}); err != nil {
		return err
	}
	if e.out, err = e.out.next(); err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	return nil
}
