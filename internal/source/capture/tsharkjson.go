package capture

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// jsonHead is in how many lines a document of tshark -T json shows what it is.
const jsonHead = 12

// isJSONStart reports whether a document of tshark -T json begins at a line.
func isJSONStart(lines []string, at int) bool {
	start := strings.TrimSpace(lines[at])
	if !strings.HasPrefix(start, "[") && !strings.HasPrefix(start, "{") || len(start) > maxTextLine {
		return false
	}
	if c := strings.TrimLeft(start[1:], " {\t"); c != "" && c[0] != '"' {
		return false
	}
	for i := at; i < len(lines) && i < at+jsonHead; i++ {
		if strings.Contains(lines[i], `"layers"`) && (i > at || strings.Contains(lines[i], `"_source"`)) {
			return true
		}
	}
	return false
}

// jsonEnd is the line behind a document that begins at a line; at itself when there is none. A document that breaks off
// reaches to the end of the text.
func jsonEnd(text []byte, lines []string, at int) int {
	if !isJSONStart(lines, at) {
		return at
	}
	from := 0
	for _, l := range lines[:at] {
		from += len(l) + 1
	}
	d := json.NewDecoder(bytes.NewReader(text[from:]))
	depth := 0
	for {
		token, err := d.Token()
		if err != nil {
			return len(lines)
		}
		if delim, ok := token.(json.Delim); ok {
			if depth++; delim == ']' || delim == '}' {
				depth -= 2
			}
		}
		if depth == 0 {
			break
		}
	}
	return at + bytes.Count(text[from:from+int(d.InputOffset())], []byte("\n")) + 1
}

// readSharkJSON reads a document of tshark -T json. It holds the bytes of each segment, so that they are read as those
// of a capture are.
func readSharkJSON(name string, doc []byte) ([]fact.Handshake, []fact.Gap) {
	frames := &jsonFrames{tokens: json.NewDecoder(bytes.NewReader(doc))}
	res, err := Read(context.Background(), []Input{{Name: name, live: frames}}, Options{Conversations: true})
	if err != nil {
		return nil, []fact.Gap{{What: name, Why: err.Error()}}
	}
	gaps := res.Gaps
	if frames.bare > 0 {
		gaps = append(gaps, fact.Gap{What: fmt.Sprintf("what %d packets of %s carry", frames.bare, name), Why: "the JSON lacks tcp.payload; print it without -e, -j and -J"})
	}
	return res.Handshakes, gaps
}

// jsonFrames turns the packets of a document into frames: IP and TCP headers are put around the bytes again.
type jsonFrames struct {
	tokens *json.Decoder
	buf    []byte
	bare   int // segments whose bytes are missing
	broken bool
}

// jsonPacket is what is taken of one packet: the last value of each field, as an outer header comes before an inner one.
type jsonPacket map[string]string

// wantedFields are those that frames are made of.
func wantedFields(name string) bool {
	switch name {
	case "frame.number", "frame.time_epoch", "frame.protocols", "ip.src", "ip.dst", "ip.ttl", "ipv6.src", "ipv6.dst", "ipv6.hlim", "tcp.srcport", "tcp.dstport", "tcp.len",
		"tcp.seq", "tcp.seq_raw", "tcp.ack", "tcp.ack_raw", "tcp.flags", "tcp.window_size_value", "tcp.options.mss_val", "tcp.payload":
		return true
	}
	return false
}

// Next makes the next frame.
func (j *jsonFrames) Next() (Frame, error) {
	for !j.broken {
		p, err := j.packet()
		if err != nil {
			j.broken = true
			if errors.Is(err, io.EOF) {
				break
			}
			return Frame{}, &damage{Offset: j.tokens.InputOffset(), What: "the JSON breaks off or is damaged"}
		}
		if f, ok := j.frame(p); ok {
			return f, nil
		}
	}
	return Frame{}, io.EOF
}

// packet walks to the next object with layers and collects its fields. Names appear more than once in one object, which
// is why the tokens are read one by one.
func (j *jsonFrames) packet() (jsonPacket, error) {
	p := jsonPacket{}
	depth, base, key := 0, 0, ""
	var inside []byte // '{' or '[' of each level
	for {
		token, err := j.tokens.Token()
		if err != nil {
			return nil, err
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				depth++
				inside = append(inside, byte(v))
			} else if depth--; depth >= 0 {
				inside = inside[:depth]
			}
			if base > 0 && depth < base {
				return p, nil
			}
			if key == "layers" && v == '{' && base == 0 {
				base = depth
			}
			key = ""
		case string:
			if key == "" && depth > 0 && depth <= len(inside) && inside[depth-1] == '{' {
				key = v
				continue
			}
			if base > 0 && wantedFields(key) {
				p[key] = v
			}
			if depth > 0 && depth <= len(inside) && inside[depth-1] == '{' {
				key = ""
			}
		default:
			key = ""
		}
		depth = max(depth, 0)
	}
}

// number is a field's number, decimal or hexadecimal.
func (p jsonPacket) number(name string, bits int) uint64 {
	n, _ := strconv.ParseUint(p[name], 0, bits)
	return n
}

// either is the first of two fields that is there.
func (p jsonPacket) either(a, b string) uint64 {
	if p[a] != "" {
		return p.number(a, 32)
	}
	return p.number(b, 32)
}

// frame puts headers around a packet's bytes; false when it is no TCP segment, or lacks what one needs.
func (j *jsonFrames) frame(p jsonPacket) (Frame, bool) {
	at, timed := epoch(p["frame.time_epoch"])
	number := p.number("frame.number", 31)
	if p["tcp.srcport"] == "" || strings.Contains(p["frame.protocols"], ":icmp") || !timed || number == 0 {
		return Frame{}, false
	}
	payload, err := hex.DecodeString(strings.ReplaceAll(p["tcp.payload"], ":", ""))
	if err != nil {
		return Frame{}, false
	}
	size := int(p.number("tcp.len", 31))
	if size > 0 && len(payload) == 0 {
		j.bare++
	}
	b, ok := ipHeader(j.buf[:0], p, tcpSize(p)+max(size, len(payload)))
	if !ok {
		return Frame{}, false
	}
	b = append(tcpHeader(b, p), payload...)
	j.buf = b
	return Frame{Number: int(number), At: at, Link: linkRawIP, Data: b, Len: len(b) + max(0, size-len(payload))}, true
}

// linkRawIP is LINKTYPE_RAW: a packet begins with its IP header.
const linkRawIP = 101

// ipHeader writes an IPv4 or IPv6 header over n bytes of TCP. A length that has no room in it stays 0, as in captures
// taken before segmentation.
func ipHeader(b []byte, p jsonPacket, n int) ([]byte, bool) {
	if src, err := netip.ParseAddr(p["ip.src"]); err == nil && src.Is4() {
		dst, err := netip.ParseAddr(p["ip.dst"])
		if err != nil || !dst.Is4() {
			return nil, false
		}
		total := 20 + n
		if total > 0xffff {
			total = 0
		}
		b = append(b, 0x45, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(total))
		b = append(b, 0, 0, 0x40, 0, byte(p.number("ip.ttl", 8)), 6, 0, 0)
		return append(append(b, src.AsSlice()...), dst.AsSlice()...), true
	}
	src, err1 := netip.ParseAddr(p["ipv6.src"])
	dst, err2 := netip.ParseAddr(p["ipv6.dst"])
	if err1 != nil || err2 != nil || src.Is4() || dst.Is4() {
		return nil, false
	}
	if n > 0xffff {
		n = 0
	}
	b = append(b, 0x60, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	b = append(b, 6, byte(p.number("ipv6.hlim", 8)))
	from, to := src.As16(), dst.As16()
	return append(append(b, from[:]...), to[:]...), true
}

// tcpSize is 20 bytes, with the option for the maximum segment size 24.
func tcpSize(p jsonPacket) int {
	if p["tcp.options.mss_val"] != "" {
		return 24
	}
	return 20
}

func tcpHeader(b []byte, p jsonPacket) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(p.number("tcp.srcport", 16)))
	b = binary.BigEndian.AppendUint16(b, uint16(p.number("tcp.dstport", 16)))
	b = binary.BigEndian.AppendUint32(b, uint32(p.either("tcp.seq_raw", "tcp.seq")))
	b = binary.BigEndian.AppendUint32(b, uint32(p.either("tcp.ack_raw", "tcp.ack")))
	b = append(b, byte(tcpSize(p)/4<<4), byte(p.number("tcp.flags", 32)))
	b = binary.BigEndian.AppendUint16(b, uint16(p.number("tcp.window_size_value", 16)))
	b = append(b, 0, 0, 0, 0)
	if tcpSize(p) == 24 {
		b = append(b, 2, 4)
		b = binary.BigEndian.AppendUint16(b, uint16(p.number("tcp.options.mss_val", 16)))
	}
	return b
}
