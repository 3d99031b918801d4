package wire

import "fmt"

const (
	handshakeHeaderLen = 4
	// maxHandshake bounds what is kept of one handshake message. The length field reaches 16 MiB; chains and
	// lists of authorities seen in practice stay far below 1 MiB.
	maxHandshake = 1 << 20
)

// A HandshakeMessage is one handshake message, put together from its records.
type HandshakeMessage struct {
	Type    uint8
	Raw     []byte // with its four byte header
	Records int    // how many records it came in
}

// Body is the message without its header.
func (m HandshakeMessage) Body() []byte { return m.Raw[handshakeHeaderLen:] }

// A Joiner makes handshake messages out of the bodies of handshake records. It holds no more than was pushed.
type Joiner struct {
	buf     []byte
	records int // that hold the message now at the front
	err     error
}

// Push appends the body of a handshake record.
func (j *Joiner) Push(body []byte) {
	if j.err != nil || len(body) == 0 {
		return
	}
	j.records++
	j.buf = append(j.buf, body...) // behind what is pending: messages handed out stay as they are
}

// Pending are the bytes that are no whole message yet.
func (j *Joiner) Pending() []byte { return j.buf }

// Reset drops what is pending, for example where keys change in the middle of a message.
func (j *Joiner) Reset() { *j = Joiner{} }

// Next takes the next whole message; ok is false when more records are needed. After an error, a message longer
// than 1 MiB, it takes nothing more.
func (j *Joiner) Next() (m HandshakeMessage, ok bool, err error) {
	if j.err != nil || len(j.buf) < handshakeHeaderLen {
		return m, false, j.err
	}
	n := int(j.buf[1])<<16 | int(j.buf[2])<<8 | int(j.buf[3])
	if n > maxHandshake {
		j.err = fmt.Errorf("handshake message of %d bytes", n)
		j.buf = nil
		return m, false, j.err
	}
	end := handshakeHeaderLen + n
	if len(j.buf) < end {
		return m, false, nil
	}
	m = HandshakeMessage{Type: j.buf[0], Raw: j.buf[:end:end], Records: j.records}
	j.buf = j.buf[end:]
	j.records = min(len(j.buf), 1)
	return m, true, nil
}
