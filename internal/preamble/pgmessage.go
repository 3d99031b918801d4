package preamble

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// PostgreSQL request codes, where a startup message has its protocol version (PostgreSQL documentation,
// "Message Formats").
const (
	pgSSLRequest    uint32 = 80877103
	pgGSSENCRequest uint32 = 80877104
	pgCancel        uint32 = 80877102
)

// Limits as in the server: MAX_STARTUP_PACKET_LENGTH is 10000; libpq takes an error of 30000 bytes.
const (
	maxStartup = 10000
	maxPGError = 30000
)

var errNotPostgres = errors.New("no PostgreSQL message")

// A startup is one message without a type byte: a request code or a protocol version, and its body.
type startup struct {
	code uint32
	body []byte
}

// readStartup reads one. What is none gives errNotPostgres and the bytes read.
func readStartup(c io.Reader) (startup, []byte, error) {
	head, err := readN(c, 4)
	if err != nil {
		return startup{}, head, err
	}
	n := binary.BigEndian.Uint32(head)
	if n < 8 || n > maxStartup {
		return startup{}, head, errNotPostgres
	}
	rest, err := readN(c, int(n)-4)
	raw := append(head, rest...)
	if err != nil {
		return startup{}, raw, err
	}
	return startup{binary.BigEndian.Uint32(rest), rest[4:]}, raw, nil
}

// bytes gives the message as sent.
func (s startup) bytes() []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(s.body)))
	return append(binary.BigEndian.AppendUint32(b, s.code), s.body...)
}

// login reports whether it is a StartupMessage: protocol 2 or 3.
func (s startup) login() bool { return s.code>>16 == 2 || s.code>>16 == 3 }

// name gives what the wire shows of it.
func (s startup) name() string {
	switch {
	case s.code == pgSSLRequest:
		return "SSLRequest"
	case s.code == pgGSSENCRequest:
		return "GSSENCRequest"
	case s.code == pgCancel:
		return "CancelRequest"
	}
	return "StartupMessage"
}

// param reads one run-time parameter of a protocol 3 StartupMessage: name, NUL, value, NUL, …, NUL.
func (s startup) param(name string) string {
	parts := bytes.Split(s.body, []byte{0})
	for i := 0; i+1 < len(parts); i += 2 {
		if string(parts[i]) == name {
			return string(parts[i+1])
		}
	}
	return ""
}

// startupFor builds the StartupMessage of a user, protocol 3.0.
func startupFor(user, database string) startup {
	body := "user\x00" + user + "\x00database\x00" + database + "\x00application_name\x00tlswhy\x00\x00"
	return startup{3 << 16, []byte(body)}
}

// readPGError reads an ErrorResponse with its "E" and says how many bytes it took: protocol 3 has a length and
// fields, protocol 2 and servers that cannot fork have text and a NUL.
func readPGError(b []byte) (e Error, size int, ok bool) {
	if len(b) < 2 || b[0] != 'E' {
		return Error{}, 0, false
	}
	if b[1] != 0 {
		end := bytes.IndexByte(b, 0)
		if end < 0 {
			return Error{}, 0, false
		}
		return Error{Text: string(bytes.TrimSpace(b[1:end]))}, end + 1, true
	}
	if len(b) < 5 {
		return Error{}, 0, false
	}
	n := int(binary.BigEndian.Uint32(b[1:]))
	if n < 5 || n > maxPGError {
		return Error{}, 0, false
	}
	size = min(n+1, len(b))
	return pgFields(b[5:size]), size, true
}

// pgFields reads the fields of an ErrorResponse: severity S, SQLSTATE C, message M; the others are left.
func pgFields(b []byte) Error {
	var e Error
	severity := ""
	for _, field := range bytes.Split(b, []byte{0}) {
		if len(field) == 0 {
			break
		}
		text := string(field[1:])
		switch field[0] {
		case 'V': // never translated, since 9.6
			severity = text
		case 'S':
			if severity == "" {
				severity = text
			}
		case 'C':
			e.State = text
		case 'M':
			e.Text = text
		}
	}
	if severity != "" {
		e.Text = severity + ": " + e.Text
	}
	return e
}

// writePGError builds a FATAL ErrorResponse, or the old form when there is no SQLSTATE.
func writePGError(e Error) []byte {
	if e.State == "" {
		return append([]byte{'E'}, e.Text+"\x00"...)
	}
	body := fmt.Sprintf("SFATAL\x00VFATAL\x00C%s\x00M%s\x00\x00", e.State, e.Text)
	b := binary.BigEndian.AppendUint32([]byte{'E'}, uint32(4+len(body)))
	return append(b, body...)
}
