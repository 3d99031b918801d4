package words

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean undoes what happened to a text on its way to us: terminal colours, HTML and JSON escapes, full-width forms
// (NFKC), line breaks in the middle of a sentence, spaces that an editor put between Japanese characters, UTF-16 read
// as bytes. Letters keep their case and digits their place, so that codes can still be read.
func Clean(text string) string {
	text = fromUTF16(text)
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, " ")
	}
	text = ansi().ReplaceAllString(text, "")
	if strings.Contains(text, "&") {
		text = html.UnescapeString(text)
	}
	if strings.Contains(text, `\`) {
		text = unescape(unescape(text))
	}
	text = norm.NFKC.String(text)
	return joined(text)
}

// ansi are the escape sequences of a terminal (ECMA-48 §5.4), and those that a log shows as #033[ or ^[[.
var ansi = Pattern(`(?:\x1b|#033|\^\[)\[[0-9;?]{0,16}[A-Za-z]`)

// fromUTF16 decodes a text whose bytes are UTF-16, as Windows tools write files: with a byte order mark, or with
// every second byte of its beginning zero.
func fromUTF16(text string) string {
	order, skip := utf16Order(text)
	if order == nil {
		return text
	}
	units := make([]uint16, 0, len(text)/2)
	for i := skip; i+1 < len(text); i += 2 {
		units = append(units, order(text[i], text[i+1]))
	}
	return string(utf16.Decode(units))
}

func utf16Order(text string) (order func(a, b byte) uint16, skip int) {
	little := func(a, b byte) uint16 { return uint16(b)<<8 | uint16(a) }
	big := func(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }
	switch {
	case strings.HasPrefix(text, "\xff\xfe"):
		return little, 2
	case strings.HasPrefix(text, "\xfe\xff"):
		return big, 2
	case zeros(text, 1):
		return little, 0
	case zeros(text, 0):
		return big, 0
	}
	return nil, 0
}

// zeros: every second byte of the beginning is zero, from the given one on.
func zeros(text string, from int) bool {
	if len(text) < 8 {
		return false
	}
	for i := from; i < 8; i += 2 {
		if text[i] != 0 || text[i^1] == 0 {
			return false
		}
	}
	return true
}

// unescape undoes one layer of the escapes of JSON (RFC 8259 §7). A backslash that begins none stays.
func unescape(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		s, n := escape(text[i:])
		b.WriteString(s)
		text = text[i+n:]
	}
}

// escape is what one escape sequence stands for and how long it is.
func escape(text string) (string, int) {
	switch text[1] {
	case '"', '\'', '/', '\\':
		return text[1:2], 2
	case 'n', 'r', 't':
		return "\n", 2
	case 'u':
		if len(text) >= 6 {
			if n, err := strconv.ParseUint(text[2:6], 16, 16); err == nil && !utf16.IsSurrogate(rune(n)) {
				return string(rune(n)), 6
			}
		}
	}
	return text[:1], 1
}

// joined puts every run of white space down to one space, and to none between two characters of a script that is
// written without. Characters that show nothing are dropped.
func joined(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	var last rune
	gap := false
	for _, r := range text {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			gap = true
			continue
		case unicode.Is(unicode.Cf, r):
			continue
		}
		if gap && last != 0 && !(wide(last) && wide(r)) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last, gap = r, false
	}
	return b.String()
}

// wide: written without spaces between words.
func wide(r rune) bool {
	return r >= 0x3000 && r <= 0x30ff || r >= 0x3400 && r <= 0x9fff || r >= 0xff00 && r <= 0xffef
}

// fold makes cleaned texts and phrases comparable: lower case, no diacritics on Latin letters, one kind of quotation
// mark and dash, '_' and '-' between words as a space.
func fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	var last rune
	for _, r := range norm.NFKD.String(text) {
		if r >= 0x300 && r <= 0x36f || r == '\u3001' || r == '\u3002' { // Latin marks; Japanese comma and full stop
			continue
		}
		r = plain(r)
		if r == ' ' && last == ' ' {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return norm.NFC.String(b.String())
}

func plain(r rune) rune {
	switch r {
	case '_', '-', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\n', '\t', '\r':
		return ' '
	case '\u2018', '\u2019', '\u201a', '\u201b', '`', '\u00b4', '"', '\u201c', '\u201d', '\u201e', '\u00ab', '\u00bb', '\u300c', '\u300d':
		return '\''
	}
	return unicode.ToLower(r)
}
