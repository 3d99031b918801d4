package wire

import (
	"errors"
	"fmt"
	"slices"
)

func (d *decoder) readRecord(s *stream) {
	r := s.record
	switch {
	case r.Type == RecordSSLv2:
		d.readSSLv2(s)
	case d.isSealed(s):
		d.readSealed(s)
	case r.Type == RecordChangeCipherSpec:
		d.changeCipher(s, false)
	default:
		d.readPlain(s, r.Type, r.Body, false)
	}
}

// readSSLv2: only clients have a hello in this framing that leads on to TLS; a server that says something like
// it speaks SSLv2 or nothing of the kind.
func (d *decoder) readSSLv2(s *stream) {
	if s.side != ClientSide {
		n := len(s.record.Body)
		d.notTLS(s, slices.Concat([]byte{0x80 | byte(n>>8), byte(n)}, s.record.Body, s.frames.Pending()))
		return
	}
	hello, err := ParseSSLv2ClientHello(s.record.Body)
	d.problem(s, "ClientHello", err)
	d.list(s, Message{Record: RecordHandshake, Type: TypeClientHello, Name: "ClientHello", Len: len(s.record.Body)})
	hello.RecordVersion, hello.RecordsOfHello = s.record.Version, 1
	d.keepClientHello(hello)
}

// is13 reports whether the handshake is known to be TLS 1.3, drafts included.
func (d *decoder) is13() bool {
	if d.server != nil {
		return is13(d.server.Version)
	}
	return d.flight.Retry != nil
}

// version is the one chosen, or for a recording without ServerHello the one in the record header.
func (d *decoder) version(s *stream) uint16 {
	if d.server != nil {
		return d.server.Version
	}
	return s.record.Version
}

// isSealed tells whether the record being read is encrypted. In TLS 1.3 the content type says so (RFC 8446
// §5.2), before it the direction's ChangeCipherSpec. An alert of two bytes is clear in any case: no cipher adds
// nothing, and peers do fall back to clear alerts.
func (d *decoder) isSealed(s *stream) bool {
	r := s.record
	switch {
	case r.Type == RecordApplicationData:
		return true
	case r.Type == RecordAlert && len(r.Body) == 2:
		return false
	case r.Type == RecordAlert && !looksLikeAlerts(r.Body):
		return true // a recording that began in the middle
	case !s.changed:
		return false
	case d.server == nil && s.side == ClientSide:
		// A ChangeCipherSpec of a client whose server is not heard may be the one that means nothing (RFC 8446
		// appendix D.4). A second hello in clear follows it then.
		return !startsClientHello(r.Body) && !d.is13()
	}
	return !d.is13()
}

// looksLikeAlerts: whole alerts, of the two levels there are.
func looksLikeAlerts(b []byte) bool {
	for i := 0; i < len(b); i += 2 {
		if b[i] != 1 && b[i] != 2 {
			return false
		}
	}
	return len(b)%2 == 0
}

func startsClientHello(b []byte) bool {
	return len(b) > handshakeHeaderLen+1 && b[0] == TypeClientHello && b[1] == 0 && b[4] == 3
}

func (d *decoder) readSealed(s *stream) {
	typ, plain, ok := d.openRecord(s)
	if !ok {
		d.unopened(s)
		return
	}
	if typ == RecordChangeCipherSpec {
		d.changeCipher(s, true)
		return
	}
	d.readPlain(s, typ, plain, true)
}

// openRecord decrypts the record with the keys in use or, with TLS 1.3, with the first later ones that open
// it: so nothing depends on having seen each message at which keys change.
func (d *decoder) openRecord(s *stream) (typ uint8, plain []byte, ok bool) {
	r := s.record
	if s.keys != nil {
		if typ, plain, err := s.keys.open(r.Type, r.Version, r.Body); err == nil {
			return typ, plain, true
		}
	}
	for i, keys := range s.later {
		if typ, plain, err := keys.open(r.Type, r.Version, r.Body); err == nil {
			s.keys, s.later = keys, s.later[i+1:]
			return typ, plain, true
		}
	}
	if d.suite.Cipher == "NULL" && s.keys == nil && len(r.Body) >= d.suite.MACLen {
		return r.Type, r.Body[:len(r.Body)-d.suite.MACLen], true // legible to everybody
	}
	return r.Type, nil, false
}

// unopened lists a record that stays closed, by what can be told from outside.
func (d *decoder) unopened(s *stream) {
	r := s.record
	s.closed++
	m := Message{Record: r.Type, Len: len(r.Body), Encrypted: true, Name: "encrypted record"}
	switch r.Type {
	case RecordHandshake:
		m.Name = "encrypted handshake"
		d.flight.Finished[s.side] = true // the first message after ChangeCipherSpec (RFC 5246 §7.4.9)
	case RecordAlert:
		m.Name = "encrypted alert"
	case RecordApplicationData:
		m.Name = d.guess13(s)
	}
	if (s.keys != nil || s.later != nil) && !s.warned {
		s.warned = true
		d.errorf("%s: record at byte %d does not open with the secrets given", s.side, r.Off)
	}
	d.list(s, m)
}

// Bytes that TLS 1.3 adds to a message: content type and tag, the tag being 16 bytes in all its suites but
// TLS_AES_128_CCM_8_SHA256.
const sealed13Overhead = 1 + 16

// guess13 names a closed record of TLS 1.3, where all look like application data. The first ones of a client
// can be told: an alert by its 2 bytes; anything else means that it has read the server's Finished. Its own has
// as many bytes as hash and header; where the record holds more (a client certificate, or the settings Chrome
// sends along) it has come once either side says more. Early data would look alike, so where it was offered
// nothing is concluded. Padding, which nobody uses here, is not recognised.
func (d *decoder) guess13(s *stream) string {
	const data = "application data"
	if !d.is13() || d.flight.Finished[ClientSide] || d.offeredEarlyData() {
		return data
	}
	n := len(s.record.Body) - sealed13Overhead
	switch {
	case n == 2:
		return "encrypted alert"
	case n == handshakeHeaderLen+d.hashLen() && s.side == ClientSide:
		d.flight.Finished[ServerSide], d.flight.Finished[ClientSide] = true, true
	case d.answered:
		d.flight.Finished[ClientSide] = true
		return data
	case s.side == ServerSide:
		return data
	default:
		d.flight.Finished[ServerSide], d.answered = true, true
	}
	return "encrypted handshake"
}

func (d *decoder) hashLen() int {
	if d.suite.PRF == "SHA384" {
		return 48
	}
	return 32
}

// offeredEarlyData is true as well where the hello was not seen.
func (d *decoder) offeredEarlyData() bool {
	if d.client == nil {
		return true
	}
	_, found := findExtension(d.client.Extensions, ExtEarlyData)
	return found
}

// changeCipher notes a ChangeCipherSpec and, before TLS 1.3, takes the keys that it puts into force.
func (d *decoder) changeCipher(s *stream, opened bool) {
	d.list(s, Message{Record: RecordChangeCipherSpec, Name: "ChangeCipherSpec", Len: 1, Encrypted: opened, Opened: opened})
	s.changed = true
	if d.is13() {
		return
	}
	if len(s.join.Pending()) > 0 {
		d.cutMessage(s, s.join.Pending())
		s.join.Reset()
	}
	s.keys = d.masterKeys(s.side)
}

// readPlain reads the content of a record, which was in clear, or was opened.
func (d *decoder) readPlain(s *stream, typ uint8, body []byte, opened bool) {
	m := Message{Record: typ, Len: len(body), Encrypted: opened, Opened: opened}
	switch typ {
	case RecordHandshake:
		d.readHandshake(s, body, opened)
		return
	case RecordAlert:
		d.readAlerts(s, body, m)
		return
	case RecordApplicationData:
		m.Name = "application data"
	case RecordHeartbeat:
		m.Name = "heartbeat"
	default:
		m.Name = fmt.Sprintf("content type %d", typ)
		d.problem(s, m.Name, errors.New("unexpected in a sealed record"))
	}
	d.list(s, m)
}

// readAlerts: several alerts may share a record before TLS 1.3 (RFC 8446 §5.1 forbids it).
func (d *decoder) readAlerts(s *stream, body []byte, m Message) {
	m.Name, m.Len = "Alert", 2
	for ; len(body) >= 2; body = body[2:] {
		alert, _ := ParseAlert(body[:2])
		m.Alert = &alert
		d.list(s, m)
	}
	if len(body) > 0 {
		_, err := ParseAlert(body)
		d.problem(s, "Alert", err)
	}
}

func (d *decoder) readHandshake(s *stream, body []byte, opened bool) {
	if len(s.join.Pending()) == 0 {
		s.helloVersion = s.record.Version
	}
	s.join.Push(body)
	for {
		m, ok, err := s.join.Next()
		if err != nil {
			d.problem(s, "handshake", err)
			s.join.Reset() // the next record may begin with a message again
			return
		}
		if !ok {
			return
		}
		d.list(s, Message{Record: RecordHandshake, Type: m.Type, Name: messageName(m), Len: len(m.Raw),
			Encrypted: opened, Opened: opened})
		d.problem(s, handshakeName(m.Type), d.keep(s, m))
	}
}
