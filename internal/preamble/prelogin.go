package preamble

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// PRELOGIN option tokens (MS-TDS 2.2.6.5).
const (
	optVersion    byte = 0
	optEncryption byte = 1
	optInstance   byte = 2
	optThread     byte = 3
	optMARS       byte = 4
	optFedAuth    byte = 6
	optEnd        byte = 0xff
)

// maxOptions is more than MS-TDS knows tokens.
const maxOptions = 16

// A preOption is one option of a PRELOGIN message.
type preOption struct {
	token byte
	data  []byte
}

// A prelogin is the message's options in order.
type prelogin []preOption

// readPrelogin reads the option table: token, offset and length, big-endian, offsets counted from the start.
func readPrelogin(b []byte) (prelogin, error) {
	var p prelogin
	for at := 0; at < len(b) && len(p) < maxOptions; at += 5 {
		if b[at] == optEnd {
			return p, nil
		}
		if at+5 > len(b) {
			break
		}
		from := int(binary.BigEndian.Uint16(b[at+1:]))
		to := from + int(binary.BigEndian.Uint16(b[at+3:]))
		if to > len(b) {
			return p, fmt.Errorf("PRELOGIN option %d at byte %d points to %d of %d bytes", b[at], at, to, len(b))
		}
		p = append(p, preOption{b[at], b[from:to]})
	}
	return p, fmt.Errorf("PRELOGIN of %d bytes has no end mark", len(b))
}

// bytes builds the payload: the table, then the data in the same order.
func (p prelogin) bytes() []byte {
	at := 5*len(p) + 1
	var table, data []byte
	for _, o := range p {
		table = append(table, o.token)
		table = binary.BigEndian.AppendUint16(table, uint16(at+len(data)))
		table = binary.BigEndian.AppendUint16(table, uint16(len(o.data)))
		data = append(data, o.data...)
	}
	return append(append(table, optEnd), data...)
}

// get returns an option's data, nil when it is absent or empty.
func (p prelogin) get(token byte) []byte {
	for _, o := range p {
		if o.token == token && len(o.data) > 0 {
			return o.data
		}
	}
	return nil
}

// has reports whether an option is there, empty or not.
func (p prelogin) has(token byte) bool {
	for _, o := range p {
		if o.token == token {
			return true
		}
	}
	return false
}

// encryption returns the ENCRYPTION value; a peer that sends none knows nothing of encryption.
func (p prelogin) encryption() byte {
	if d := p.get(optEncryption); d != nil {
		return d[0]
	}
	return EncryptNotSup
}

// version gives major.minor.build of the peer.
func (p prelogin) version() string {
	d := p.get(optVersion)
	if len(d) < 4 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", d[0], d[1], binary.BigEndian.Uint16(d[2:]))
}

// instance gives the instance's name that a client asks for.
func (p prelogin) instance() string {
	name, _, _ := bytes.Cut(p.get(optInstance), []byte{0})
	return string(name)
}

// clientPrelogin is what Dial sends.
func clientPrelogin(encryption byte, instance string) prelogin {
	return prelogin{
		{optVersion, []byte{1, 0, 0, 0, 0, 0}},
		{optEncryption, []byte{encryption}},
		{optInstance, append([]byte(instance), 0)},
		{optThread, []byte{0, 0, 0, 0}},
		{optMARS, []byte{0}},
	}
}

// serverPrelogin is what Accept answers: THREADID stays empty and FEDAUTHREQUIRED is answered only when asked, as
// SQL Server does.
func serverPrelogin(server string, encryption byte, asked prelogin) prelogin {
	p := prelogin{
		{optVersion, versionBytes(server)},
		{optEncryption, []byte{encryption}},
		{optInstance, []byte{0}},
		{optThread, nil},
		{optMARS, []byte{0}},
	}
	if asked.has(optFedAuth) {
		p = append(p, preOption{optFedAuth, []byte{0}})
	}
	return p
}

// versionBytes turns "SQL Server 15.0.4430" into VERSION's six bytes; empty or unreadable: SQL Server 2022.
func versionBytes(server string) []byte {
	fields := strings.Fields(server)
	var major, minor byte
	var build uint16
	if len(fields) > 0 {
		fmt.Sscanf(fields[len(fields)-1], "%d.%d.%d", &major, &minor, &build)
	}
	if major == 0 {
		major, minor, build = 16, 0, 1000
	}
	return append(binary.BigEndian.AppendUint16([]byte{major, minor}, build), 0, 0)
}
