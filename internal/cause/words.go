package cause

//go:generate go run ./gen

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

func itoa(n int) string { return strconv.Itoa(n) }

// printable shows what a peer sent, at most a line of it, with control characters escaped.
func printable(b []byte) string {
	const most = 60
	var s strings.Builder
	for len(b) > 0 && s.Len() < most {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) {
			q := strconv.QuoteToASCII(string(b[:n]))
			s.WriteString(q[1 : len(q)-1])
		} else {
			s.WriteRune(r)
		}
		b = b[n:]
	}
	if len(b) > 0 {
		s.WriteString("…")
	}
	return s.String()
}

// day writes a date as people read it.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// span writes a length of time in its largest sensible unit.
func span(d time.Duration) string {
	d = d.Abs()
	switch {
	case d >= 48*time.Hour:
		return itoa(int(d.Hours()/24)) + " days"
	case d >= 2*time.Hour:
		return itoa(int(d.Hours())) + " hours"
	case d >= 2*time.Minute:
		return itoa(int(d.Minutes())) + " minutes"
	case d >= time.Second:
		return itoa(int(d.Seconds())) + " s"
	}
	return itoa(int(d.Milliseconds())) + " ms"
}

// list joins names for people, at most four of them.
func list(items []string) string {
	if len(items) > 4 {
		return strings.Join(items[:4], ", ") + " and " + itoa(len(items)-4) + " more"
	}
	return strings.Join(items, ", ")
}

func decimal(x float64, digits int) string { return strconv.FormatFloat(x, 'f', digits, 64) }

func scientific(x float64) string { return strconv.FormatFloat(x, 'e', 1, 64) }
