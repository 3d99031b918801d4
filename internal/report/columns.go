package report

import "golang.org/x/text/width"

// columns is how many columns of a terminal a text takes: two for each wide character (Unicode, East Asian Width).
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// wide reports whether a word holds wide characters: it can be broken anywhere, where others, such as commands, must
// stay whole.
func wide(s string) bool {
	for _, r := range s {
		if columnsOf(r) == 2 {
			return true
		}
	}
	return false
}

// cut divides a word so that the head takes at most so many columns, and at least one character.
func cut(s string, most int) (head, rest string) {
	n := 0
	for i, r := range s {
		n += columnsOf(r)
		if n > most && i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}
