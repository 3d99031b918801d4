package main

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	reader "github.com/tlswhy/tlswhy/internal/words"
	"golang.org/x/text/unicode/norm"
)

// hole is where a message takes a value: C's printf with MariaDB's extensions, Java's MessageFormat.
var hole = regexp.MustCompile("%(?:\\d+\\$)?[-+#0'`]*(?:\\d+|\\*)?(?:\\.(?:\\d+|\\*))?(?:hh|h|ll|l|z|j|t|L)?[a-zA-Z]|\\{\\d+\\}")

// How much a phrase says is counted in letters; a character of Chinese, Japanese or Korean counts for two and a half.
const (
	wideWeight   = 24
	letterWeight = 10
	enough       = 12 * letterWeight // less is said by texts about other things, too
	ordinary     = 25 * letterWeight // less is said by other products in the same words
	crumb        = 4 * letterWeight  // a shorter piece between holes stands in any text
)

// phrase makes a translation a phrase of package words: its holes as " … ", its first line only; "" where too little is left.
func phrase(local string, java bool) string {
	local, _, _ = strings.Cut(strings.TrimSpace(local), "\n")
	if java {
		local = strings.ReplaceAll(local, "''", "'")
	}
	local = strings.ReplaceAll(local, "%%", "%")
	if strings.Contains(local, "*") { // means something in a phrase
		return ""
	}
	var parts []string
	sum := 0
	for _, p := range pieces(local) {
		if w := weight(p); w >= crumb {
			sum += w
			parts = append(parts, p)
		}
	}
	if sum < enough {
		return ""
	}
	return strings.Join(parts, " … ")
}

// pieces divides a message at its holes. A piece that a word's letters join to a hole has a '*' there.
func pieces(local string) []string {
	var list []string
	at := 0
	for _, h := range append(hole.FindAllStringIndex(local, -1), []int{len(local), len(local)}) {
		raw := local[at:h[0]]
		p := strings.TrimFunc(reader.Clean(raw), outside)
		before := at > 0 && strings.HasPrefix(raw, p)
		after := h[0] < len(local) && strings.HasSuffix(raw, p)
		list = append(list, starred(p, before, after))
		at = h[1]
	}
	return list
}

// starred marks where a piece of letters goes on in a hole. Characters that are no Latin letters end a word anyway.
func starred(p string, before, after bool) string {
	if p == "" {
		return ""
	}
	if first, _ := utf8.DecodeRuneInString(p); before && unicode.In(first, unicode.Latin, unicode.Nd) {
		p = "*" + p
	}
	if last, _ := utf8.DecodeLastRuneInString(p); after && unicode.In(last, unicode.Latin, unicode.Nd) {
		p += "*"
	}
	return p
}

// weight is how much a text says, in tenths of a letter.
func weight(s string) int {
	sum := 0
	for _, r := range s {
		switch {
		case wide(r):
			sum += wideWeight
		case unicode.IsLetter(r):
			sum += letterWeight
		}
	}
	return sum
}

// wide: a character that stands for a syllable or a word.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// outside: no part of a word.
func outside(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// key is what makes phrases the same: their letters and digits, without marks and capitals, and their holes. Package words
// folds less, so that two phrases of different keys never stand there twice.
func key(phrase string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(holes.Replace(phrase)) {
		if r == '|' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// holes are how package words writes them, which NFKD would make full stops.
var holes = strings.NewReplacer("…", "|", "‥", "|")

// says reports whether the parts of one key stand in those of another, in order.
func says(long, short string) bool {
	for _, part := range strings.Split(short, "|") {
		_, after, ok := strings.Cut(long, part)
		if !ok {
			return false
		}
		long = after
	}
	return true
}
