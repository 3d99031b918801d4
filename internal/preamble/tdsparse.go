package preamble

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// parseTDS reads both sides' recordings: a PRELOGIN each way, then TLS, wrapped and later bare.
func parseTDS(client, server []byte) (fact.Said, Spans, error) {
	var spans Spans
	told, from, answered, err := parsePrelogins(client, server, &spans)
	if err != nil {
		return told, spans, err
	}
	c := walkTDS(client, from)
	s := walkTDS(server, answered)
	spans.Client, spans.Server = c.spans, s.spans
	told.Wrapped = told.Wrapped || c.wrapped || s.wrapped
	if s.err != nil {
		told = withError(told, *s.err)
		spans.mark(wire.ServerSide, s.errEnd, "ERROR", errorNote(*s.err))
	}
	switch {
	case len(c.spans)+len(s.spans) > 0:
		return told, spans, nil
	case s.err != nil:
		return told, spans, ErrReply
	case told.TLS == fact.No:
		return told, spans, ErrDeclined
	case from < len(client):
		return told, spans, ErrNoTLS
	}
	return told, spans, nil
}

// parsePrelogins reads the two PRELOGIN messages and returns where each side goes on. A recording that lacks
// one, as it began late or shows one side only, is read as far as it goes.
func parsePrelogins(client, server []byte, spans *Spans) (told fact.Said, from, answered int, err error) {
	kind, payload, from, err := cutTDS(client)
	switch {
	case errors.Is(err, errNotTDS) && looksTLS(client): // TDS 8.0, or TLS by mistake: all of it is TLS
		return told, 0, 0, nil
	case errors.Is(err, errNotTDS):
		noteOther(&told, client)
		return told, 0, 0, ErrOther
	}
	asked, _ := readPrelogin(payload)
	value := asked.encryption()
	switch {
	case err == nil && kind == tdsPrelogin && asked.has(optVersion):
		spans.mark(wire.ClientSide, from, "PRELOGIN", encryptionName(value))
	case len(client) > 0 && err != nil:
		return told, 0, 0, err
	default:
		value, from = EncryptOff, 0
	}
	if len(server) == 0 {
		return told, from, 0, nil
	}
	kind, payload, answered, err = cutTDS(server)
	if errors.Is(err, errNotTDS) {
		noteOther(&told, server)
		return told, from, 0, ErrOther
	}
	if err != nil {
		return told, from, 0, err
	}
	if isRecordType(firstOf(payload)) { // the capture began after PRELOGIN
		return told, from, 0, nil
	}
	told, _, err = heardPrelogin(value, kind, payload)
	if from == 0 {
		told.Encryption, told.LoginOnly = "", false
	}
	spans.mark(wire.ServerSide, answered, "PRELOGIN", told.Encryption)
	return told, from, answered, err
}

func firstOf(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

// cutTDS takes one message off the start of a recording.
func cutTDS(b []byte) (kind byte, payload []byte, size int, err error) {
	r := bytes.NewReader(b)
	kind, payload, err = readTDS(r)
	return kind, payload, len(b) - r.Len(), cut(err)
}

// A tdsWalk is what one side's bytes hold after PRELOGIN.
type tdsWalk struct {
	spans   []Span
	wrapped bool // TLS was found inside packets
	err     *Error
	errEnd  int

	left int    // bytes that the present TLS record still wants
	head []byte // the beginning of a record header cut by a packet's end
}

// walkTDS finds the TLS bytes of one side: payloads of 0x12 packets, of packets of type 4 that hold records, and
// bare records. TDS packets in the clear, of a login-only connection, are passed over.
func walkTDS(b []byte, at int) tdsWalk {
	var w tdsWalk
	for at < len(b) {
		if isRecordType(b[at]) && w.left == 0 && len(w.head) == 0 {
			at = w.bareRecord(b, at)
			continue
		}
		h, ok := readTDSHeader(b[at:])
		if !ok {
			if len(b)-at >= tdsHeaderLen {
				w.add(at, len(b))
			}
			return w
		}
		to := min(at+h.length, len(b))
		w.packet(h, b, at+tdsHeaderLen, to)
		at = to
	}
	return w
}

// bareRecord takes one record that stands outside packets.
func (w *tdsWalk) bareRecord(b []byte, at int) int {
	to := len(b)
	if at+5 <= len(b) {
		to = min(len(b), at+5+int(binary.BigEndian.Uint16(b[at+3:])))
	}
	w.add(at, to)
	return to
}

// packet looks into one TDS packet.
func (w *tdsWalk) packet(h tdsHeader, b []byte, from, to int) {
	payload := b[from:to]
	midway := w.left > 0 || len(w.head) > 0
	switch {
	case len(payload) == 0:
	case h.kind == tdsPrelogin, h.kind == tdsReply && (midway || isRecordType(payload[0])):
		w.wrapped = true
		w.follow(payload)
		w.add(from, to)
	case h.kind == tdsReply && w.err == nil:
		if e, ok := readTDSError(payload); ok {
			w.err, w.errEnd = &e, to
		}
	}
}

// follow keeps track of where records end, so that a packet that begins within one is known as TLS.
func (w *tdsWalk) follow(b []byte) {
	for len(b) > 0 {
		if n := min(w.left, len(b)); n > 0 {
			w.left, b = w.left-n, b[n:]
			continue
		}
		n := min(5-len(w.head), len(b))
		w.head, b = append(w.head, b[:n]...), b[n:]
		if len(w.head) == 5 {
			w.left, w.head = int(w.head[3])<<8|int(w.head[4]), w.head[:0]
		}
	}
}

// add appends a span, joined to the one before when they touch.
func (w *tdsWalk) add(from, to int) {
	if n := len(w.spans); n > 0 && w.spans[n-1].To == from {
		w.spans[n-1].To = to
		return
	}
	w.spans = append(w.spans, Span{from, to})
}
