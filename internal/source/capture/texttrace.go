package capture

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Bounds of what is kept of one text.
const (
	maxTextFrames = 200_000
	maxTextGaps   = 20
	maxTextLine   = 16 << 10 // longer lines are prose or bytes, not frames
)

// A textFrame is one packet as a printed trace tells it.
type textFrame struct {
	line     int // where it begins, from 0
	number   int // of the packet; 0 where the columns lack it
	at       time.Duration
	timed    bool      // at is known
	wall     time.Time // zero where the trace has no date
	src, dst textEnd
	stream   string // the tool's number of the conversation, "" where it is not printed
	flags    uint8  // TCP flags, as far as printed
	ttl      uint8
	repeated bool   // marked as sent again
	modern   bool   // marked as TLS 1.3
	speaks   string // preamble ID of the protocol that the tool found in it
	messages []textMessage
}

// A textEnd is one end of a connection as printed: a name, an address or "<Server IP>".
type textEnd struct {
	host string
	port uint16 // 0: not printed
}

// A textMessage is one message of a frame. Only what the trace spells out is set.
type textMessage struct {
	name    string // as fact.Step names it
	note    string
	length  int // of its record, 0 where it is not printed
	alert   *wire.Alert
	client  *wire.ClientHello
	server  *wire.ServerHello
	key     *wire.ServerKeyExchange
	ja3     string // printed beside the hello
	partial bool   // the hello is not told in full
}

// A textScan walks through a text and takes the parts that are traces.
type textScan struct {
	lines   []string
	clean   *strings.Replacer
	frames  []*textFrame
	byNo    map[int]*textFrame
	claimed [][2]int
	left    int // frames not kept
}

// LooksLikeTrace reports whether a text holds at least one line of a trace that ReadText reads: what Network Monitor
// prints, tshark -V, tshark -T json, or the summary lines of Wireshark.
func LooksLikeTrace(text []byte) bool {
	text = inUTF8(text)
	if !slices.ContainsFunc(traceMarks(), func(m string) bool { return bytes.Contains(text, []byte(m)) }) {
		return false
	}
	s := newTextScan(text)
	for at := range s.lines {
		switch line := s.lines[at]; {
		case isSharkTree(line), isNetTree(s.tidy(line)), isJSONStart(s.lines, at):
			return true
		}
		if f, _ := s.frameLine(at); f != nil {
			return true
		}
	}
	return false
}

// traceMarks are words of which every trace holds at least one: most texts are told from traces without a closer look.
func traceMarks() []string {
	return []string{"TCP:", "TLS:", "TDS:", "SSL:", "Frame: Number", " on wire", `"layers"`, "TLSv1", "SSLv3", " TCP "}
}

// ReadText reads the traces in a text, which may stand between prose. The handshakes are told like those of a capture, as
// far as the text goes: Passive is set, packets are the frame numbers printed, and a hello of which nothing but its name
// is printed stays nil. Gaps tell what the trace leaves out. Claimed are the lines used, as half-open ranges counted from
// 0, in order.
func ReadText(name string, text []byte) (hs []fact.Handshake, gaps []fact.Gap, claimed [][2]int) {
	text = inUTF8(text)
	s := newTextScan(text)
	for at := 0; at < len(s.lines); {
		from := at
		if end := jsonEnd(text, s.lines, at); end > at {
			found, more := readSharkJSON(name, joinLines(s.lines[at:end]))
			for i := range found {
				found[i].Passive.Index = len(hs) + i + 1
			}
			hs, gaps = append(hs, found...), append(gaps, more...)
			at = end
		} else if at = s.step(at); at == from {
			at++
			continue
		}
		s.claim(from, at)
	}
	talks := newTalks(s.frames)
	for _, t := range talks.list {
		if h, ok := t.handshake(name, len(hs)+1); ok {
			hs = append(hs, h)
			gaps = append(gaps, t.gaps(name)...)
		}
	}
	gaps = append(gaps, talks.gaps(name)...)
	if s.left > 0 {
		gaps = append(gaps, fact.Gap{What: fmt.Sprintf("%d frames of %s", s.left, name), Why: fmt.Sprintf("more than %d frames of a text are not read", maxTextFrames)})
	}
	return hs, firstGaps(gaps), s.claimed
}

// inUTF8 turns UTF-16 with a byte order mark, which Windows' shells write into files, into UTF-8.
func inUTF8(text []byte) []byte {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return text[3:]
	case bytes.HasPrefix(text, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return text
	}
	out := make([]byte, 0, len(text)/2)
	for at := 2; at+1 < len(text); at += 2 {
		r := rune(order.Uint16(text[at:]))
		if utf16.IsSurrogate(r) && at+3 < len(text) {
			r, at = utf16.DecodeRune(r, rune(order.Uint16(text[at+2:]))), at+2
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// firstGaps keeps a list of gaps readable.
func firstGaps(gaps []fact.Gap) []fact.Gap {
	if n := len(gaps); n > maxTextGaps {
		gaps = append(gaps[:maxTextGaps-1:maxTextGaps-1], fact.Gap{What: fmt.Sprintf("%d more gaps", n-maxTextGaps+1), Why: "they are not listed"})
	}
	return gaps
}

func newTextScan(text []byte) *textScan {
	s := &textScan{byNo: map[int]*textFrame{}}
	s.lines = strings.Split(string(text), "\n")
	// What articles and mails wrap around a trace: quotes, emphasis, tables, escapes.
	s.clean = strings.NewReplacer("\r", "", "&lt;", "<", "&gt;", ">", "&nbsp;", " ", `\<`, "<", `\>`, ">", `\+`, "+", `\-`, "-", `\.`, ".", "*", "", "`", "", "|", " ")
	return s
}

// tidy strips a line of what does not belong to the trace.
func (s *textScan) tidy(line string) string {
	if len(line) > maxTextLine {
		return ""
	}
	line = strings.TrimSpace(s.clean.Replace(line))
	for strings.HasPrefix(line, ">") {
		line = strings.TrimSpace(line[1:])
	}
	return line
}

// step reads what begins at a line and returns the line behind it, or the same when it is none of ours.
func (s *textScan) step(at int) int {
	if isSharkTree(s.lines[at]) {
		return s.sharkTree(at)
	}
	if line := s.tidy(s.lines[at]); isNetTree(line) {
		return s.netTree(at)
	} else if isNetBranch(line) && len(s.frames) > 0 {
		return s.netBranch(at)
	}
	f, used := s.frameLine(at)
	if f == nil {
		return at
	}
	s.keep(f)
	return at + used
}

// keep adds a frame. A frame that was printed before, once as a line and once expanded, is one frame.
func (s *textScan) keep(f *textFrame) {
	if f.number > 0 {
		if old := s.byNo[f.number]; old != nil && old.merge(f) {
			return
		}
	}
	if len(s.frames) == maxTextFrames {
		s.left++
		return
	}
	s.frames = append(s.frames, f)
	if f.number > 0 {
		s.byNo[f.number] = f
	}
}

// merge takes over what the other print of the same frame adds; false when they cannot be the same.
func (f *textFrame) merge(g *textFrame) bool {
	if !f.src.same(g.src) || !f.dst.same(g.dst) {
		return false
	}
	f.src, f.dst = f.src.fuller(g.src), f.dst.fuller(g.dst)
	if !f.timed && g.timed {
		f.at, f.timed = g.at, true
	}
	if f.wall.IsZero() {
		f.wall = g.wall
	}
	f.flags |= g.flags
	f.ttl = max(f.ttl, g.ttl)
	f.modern = f.modern || g.modern
	f.speaks = cmp.Or(f.speaks, g.speaks)
	if f.stream == "" {
		f.stream = g.stream
	}
	if detail(g.messages) > detail(f.messages) {
		f.messages = g.messages
	}
	return true
}

// same reports whether two prints may mean the same end. An author may have replaced the address in one of them.
func (e textEnd) same(o textEnd) bool {
	return (e.port == 0 || o.port == 0 || e.port == o.port) &&
		(e.host == "" || o.host == "" || strings.EqualFold(e.host, o.host) || e.hidden() != o.hidden() && e.port != 0 && e.port == o.port)
}

// hidden reports a placeholder instead of an address.
func (e textEnd) hidden() bool { return strings.HasPrefix(e.host, "<") }

// fuller is the end with what either print knows.
func (e textEnd) fuller(o textEnd) textEnd {
	if e.host == "" || e.hidden() && o.host != "" {
		e.host = o.host
	}
	if e.port == 0 {
		e.port = o.port
	}
	return e
}

// detail weighs how much messages tell.
func detail(list []textMessage) int {
	n := 0
	for _, m := range list {
		n += 2
		if m.client != nil || m.server != nil || m.key != nil {
			n += 100
		}
	}
	return n
}

// claim notes lines as used, joined to those before when they touch.
func (s *textScan) claim(from, to int) {
	if n := len(s.claimed); n > 0 && s.claimed[n-1][1] == from {
		s.claimed[n-1][1] = to
		return
	}
	s.claimed = append(s.claimed, [2]int{from, to})
}

func joinLines(lines []string) []byte { return []byte(strings.Join(lines, "\n")) }
