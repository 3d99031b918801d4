package preamble

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MySQL capability flags (MySQL internals, "Capabilities Flags"; MariaDB KB "Connecting").
const (
	capLongPassword = 0x00000001 // MariaDB calls it CLIENT_MYSQL and clears it in its greeting
	capLongFlag     = 0x00000004
	capProtocol41   = 0x00000200
	capSSL          = 0x00000800
	capTransactions = 0x00002000
	capSecure       = 0x00008000
	capPluginAuth   = 0x00080000
)

// Limits of what is read: a greeting has a few hundred bytes, a login a few thousand.
const (
	maxGreeting = 4 << 10
	maxLogin    = 64 << 10
)

// sslRequestLen is the payload of a MySQL SSLRequest: capabilities, packet size, character set, 23 zeros.
const sslRequestLen = 32

// mariaPrefix hides MariaDB 10 from replicas that refuse a version of two digits; 11 and later do without.
const mariaPrefix = "5.5.5-"

var errNotMySQL = errors.New("no MySQL packet")

// A mysqlPacket is a payload with its sequence number.
type mysqlPacket struct {
	seq     byte
	payload []byte
}

// readMySQL reads one packet. What is no packet, or a larger one than most, gives errNotMySQL with the
// header's bytes as payload.
func readMySQL(c io.Reader, most int) (mysqlPacket, error) {
	head, err := readN(c, 4)
	if err != nil {
		return mysqlPacket{payload: head}, err
	}
	n := int(head[0]) | int(head[1])<<8 | int(head[2])<<16
	if n == 0 || n > most {
		return mysqlPacket{payload: head}, errNotMySQL
	}
	payload, err := readN(c, n)
	return mysqlPacket{head[3], payload}, err
}

// bytes gives the packet with its header.
func (p mysqlPacket) bytes() []byte {
	n := len(p.payload)
	return append([]byte{byte(n), byte(n >> 8), byte(n >> 16), p.seq}, p.payload...)
}

// cutMySQL takes one packet off the start of a recording. It returns io.ErrUnexpectedEOF when it is not all there.
func cutMySQL(b []byte, most int) (p mysqlPacket, size int, err error) {
	r := bytes.NewReader(b)
	p, err = readMySQL(r, most)
	return p, len(b) - r.Len(), cut(err)
}

// A greeting is what a server of protocol 9 or 10 says first.
type greeting struct {
	protocol byte
	version  string
	caps     uint32
}

// readGreeting reads as much of a greeting as there is: old servers end it after the first capabilities.
func readGreeting(b []byte) (greeting, error) {
	if len(b) < 2 || (b[0] != 9 && b[0] != 10) {
		return greeting{}, errNotMySQL
	}
	end := bytes.IndexByte(b, 0)
	if end < 0 {
		return greeting{}, errNotMySQL
	}
	g := greeting{protocol: b[0], version: string(b[1:end])}
	b = b[end+1:]
	const low, high = 4 + 8 + 1, 4 + 8 + 1 + 2 + 1 + 2
	if len(b) >= low+2 && g.protocol == 10 {
		g.caps = uint32(binary.LittleEndian.Uint16(b[low:]))
	}
	if len(b) >= high+2 && g.protocol == 10 {
		g.caps |= uint32(binary.LittleEndian.Uint16(b[high:])) << 16
	}
	return g, nil
}

// product tells MariaDB from MySQL, and the version without packaging marks. A MariaDB that was told to report
// another version still clears the first capability; MySQL 4.0 did so too, without plugins.
func (g greeting) product() (name, version string) {
	v := strings.TrimPrefix(g.version, mariaPrefix)
	name = "MySQL"
	if v != g.version || strings.Contains(v, "MariaDB") || g.caps&(capLongPassword|capPluginAuth) == capPluginAuth {
		name = "MariaDB"
	}
	if end := strings.IndexFunc(v, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); end > 0 {
		v = v[:end]
	}
	return name, v
}

// greet builds the greeting of a server: "MariaDB 10.11.19", "MySQL 8.4.6", or any text as version.
func greet(server string, tls bool) []byte {
	if server == "" {
		server = "MariaDB 11.8.3"
	}
	caps := uint32(capLongPassword | capLongFlag | capProtocol41 | capTransactions | capSecure | capPluginAuth)
	version, plugin := strings.TrimPrefix(server, "MySQL "), "caching_sha2_password"
	if v, ok := strings.CutPrefix(server, "MariaDB "); ok {
		version, plugin = v+"-MariaDB", "mysql_native_password"
		caps &^= capLongPassword
		if strings.HasPrefix(v, "10.") {
			version = mariaPrefix + version
		}
	}
	if tls {
		caps |= capSSL
	}
	b := append([]byte{10}, version+"\x00"...)
	b = append(b, 1, 0, 0, 0)
	b = append(b, "tlswhy-1\x00"...) // a salt need not be random where every login fails
	b = binary.LittleEndian.AppendUint16(b, uint16(caps))
	b = append(b, 0x2d, 2, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(caps>>16))
	b = append(b, 21)
	b = append(b, make([]byte, 10)...)
	b = append(b, "tlswhy-salt2\x00"...)
	return append(b, plugin+"\x00"...)
}

// sslRequest builds the payload that asks for TLS; utf8mb4, packets of 16 MB.
func sslRequest() []byte {
	caps := uint32(capLongPassword | capLongFlag | capProtocol41 | capSSL | capTransactions | capSecure | capPluginAuth)
	b := binary.LittleEndian.AppendUint32(nil, caps)
	b = append(b, 0, 0, 0, 1, 0x2d)
	return append(b, make([]byte, 23)...)
}

// isSSLRequest tells it from a login, which is longer and has a user name. Clients from before 4.1 send
// capabilities and packet size in 5 bytes.
func isSSLRequest(b []byte) bool {
	if len(b) != sslRequestLen && len(b) != 5 {
		return false
	}
	return binary.LittleEndian.Uint16(b)&capSSL != 0
}

// readERR reads an ERR payload: ff, code, and since 4.1 "#" with five letters of SQLSTATE, then text.
func readERR(b []byte) (Error, bool) {
	if len(b) < 3 || b[0] != 0xff {
		return Error{}, false
	}
	e := Error{Code: int(binary.LittleEndian.Uint16(b[1:]))}
	text := b[3:]
	if len(text) >= 6 && text[0] == '#' {
		e.State, text = string(text[1:6]), text[6:]
	}
	e.Text = string(text)
	return e, true
}

// writeERR builds an ERR payload; without State the form that precedes the greeting.
func writeERR(e Error) []byte {
	b := []byte{0xff, byte(e.Code), byte(e.Code >> 8)}
	if e.State != "" {
		b = append(b, fmt.Sprintf("#%-5.5s", e.State)...)
	}
	return append(b, e.Text...)
}
