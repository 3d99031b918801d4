package preamble

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
)

// TDS packet types (MS-TDS 2.2.3.1.1).
const (
	tdsReply    byte = 0x04
	tdsLogin7   byte = 0x10
	tdsPrelogin byte = 0x12
)

const (
	tdsHeaderLen = 8
	tdsEOM       = 0x01
	// tdsPacketLen is the largest packet before login settles another size (MS-TDS 2.2.3).
	tdsPacketLen = 4096
	// maxTDSMessage bounds what is read of one message; the largest before login is LOGIN7 with a token.
	maxTDSMessage = 128 << 10
)

var errNotTDS = errors.New("no TDS packet")

// A tdsHeader is the part of a packet's header that means something before login.
type tdsHeader struct {
	kind   byte
	status byte
	length int // header included
}

func readTDSHeader(b []byte) (tdsHeader, bool) {
	if len(b) < tdsHeaderLen {
		return tdsHeader{}, false
	}
	h := tdsHeader{b[0], b[1], int(binary.BigEndian.Uint16(b[2:]))}
	return h, h.length >= tdsHeaderLen && h.kind >= 0x01 && h.kind <= tdsPrelogin
}

// readTDS reads one message, all its packets, and its type. What is none gives errNotTDS with the bytes read.
func readTDS(c io.Reader) (kind byte, payload []byte, err error) {
	for {
		head, err := readN(c, tdsHeaderLen)
		if err != nil {
			return kind, append(payload, head...), err
		}
		h, ok := readTDSHeader(head)
		if !ok || (kind != 0 && h.kind != kind) || len(payload)+h.length > maxTDSMessage {
			return 0, head, errNotTDS
		}
		part, err := readN(c, h.length-tdsHeaderLen)
		kind, payload = h.kind, append(payload, part...)
		if err != nil || h.status&tdsEOM != 0 {
			return kind, payload, err
		}
	}
}

// writeTDS cuts a message into packets of at most tdsPacketLen, numbered from 1, the last marked as the end.
func writeTDS(kind byte, payload []byte) []byte {
	const most = tdsPacketLen - tdsHeaderLen
	out := make([]byte, 0, len(payload)+tdsHeaderLen*(len(payload)/most+1))
	for id := byte(1); ; id++ {
		n := min(len(payload), most)
		status := byte(0)
		if n == len(payload) {
			status = tdsEOM
		}
		out = append(out, kind, status)
		out = binary.BigEndian.AppendUint16(out, uint16(n+tdsHeaderLen))
		out = append(out, 0, 0, id, 0)
		out = append(out, payload[:n]...)
		if payload = payload[n:]; status == tdsEOM {
			return out
		}
	}
}

// Tokens of a reply (MS-TDS 2.2.7.10, 2.2.7.6).
const (
	tokenError byte = 0xaa
	tokenDone  byte = 0xfd
)

// readTDSError reads an ERROR token at the start of a reply.
func readTDSError(b []byte) (Error, bool) {
	if len(b) < 11 || b[0] != tokenError {
		return Error{}, false
	}
	e := Error{Code: int(int32(binary.LittleEndian.Uint32(b[3:]))), State: fmt.Sprint(b[7])}
	n := 2 * int(binary.LittleEndian.Uint16(b[9:]))
	text := b[11:]
	e.Text = fromUCS2(text[:min(n, len(text)&^1)])
	return e, true
}

// writeTDSError builds a reply of one ERROR of class 14 and a DONE that closes it. In TDS 7.0 and 7.1 the line
// number has 16 bits and the row count 32; TDS 8.0 calls itself 0x08000000.
func writeTDSError(e Error, version uint32) []byte {
	old := version>>24 == 0x70 || version>>24 == 0x71
	text, server := utf16.Encode([]rune(e.Text)), utf16.Encode([]rune("tlswhy"))
	b := binary.LittleEndian.AppendUint32(nil, uint32(e.Code))
	b = append(b, 1, 14)
	b = appendUCS2(binary.LittleEndian.AppendUint16(b, uint16(len(text))), text)
	b = appendUCS2(append(b, byte(len(server))), server)
	b = append(b, 0) // no procedure
	b = binary.LittleEndian.AppendUint16(b, 1)
	if !old {
		b = append(b, 0, 0)
	}
	out := binary.LittleEndian.AppendUint16([]byte{tokenError}, uint16(len(b)))
	out = append(append(out, b...), tokenDone, 0x02, 0x00, 0, 0)
	if old {
		return append(out, 0, 0, 0, 0)
	}
	return append(out, 0, 0, 0, 0, 0, 0, 0, 0)
}

func appendUCS2(b []byte, text []uint16) []byte {
	for _, u := range text {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func fromUCS2(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}
