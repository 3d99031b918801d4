package logs

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// naive is what a finder must agree with: the line of each hit.
func naive(data []byte, anchors []string, fold bool) (lines []int) {
	for i, line := range bytes.Split(data, newline) {
		for _, a := range anchors {
			if fold {
				line = bytes.ToLower(line)
			}
			if bytes.Contains(line, []byte(a)) {
				lines = append(lines, i)
				break
			}
		}
	}
	return lines
}

func hitLines(f *finder, data []byte) (lines []int) {
	var s search
	f.over(data, &s)
	for at := s.from(0); at < len(data); {
		lines = append(lines, bytes.Count(data[:at], newline))
		end := bytes.IndexByte(data[at:], '\n')
		if end < 0 {
			break
		}
		at = s.from(at + end + 1)
	}
	return lines
}

func TestFinder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	exact, folded := []string{"ab", "abc", "ca", "bb\x00", "ddd"}, []string{"ba", "éa", "cd"}
	for range 300 {
		data := make([]byte, rnd.IntN(400))
		for i := range data {
			data[i] = "abcdABCD\n\x00 \xc3\xa9"[rnd.IntN(13)]
		}
		for _, sample := range [][]byte{nil, data, []byte(strings.Repeat("abcd", 100))} {
			if got, want := hitLines(newFinder(exact, nil, sample), data), naive(data, exact, false); !equal(got, want) {
				t.Fatalf("%q: got lines %v, want %v", data, got, want)
			}
			both := newFinder(exact, newAutomaton(folded, true), sample)
			if got, want := hitLines(both, data), either(naive(data, exact, false), naive(data, folded, true)); !equal(got, want) {
				t.Fatalf("%q: got lines %v, want %v", data, got, want)
			}
		}
	}
}

func equal(a, b []int) bool { return len(either(a, b)) == len(a) && len(a) == len(b) }

// either merges two sorted lists.
func either(a, b []int) (out []int) {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return out
}

// TestAutomatonTakesOver: strings of bytes that are everywhere are not looked for one byte after the other.
func TestAutomatonTakesOver(t *testing.T) {
	f := newFinder([]string{"aa", "bb", "cc", "dd"}, nil, []byte(strings.Repeat("abcd", 1000)))
	if f.fold == nil || len(f.groups) > 0 {
		t.Error("rare bytes are looked for where none is rare")
	}
	f = newFinder([]string{"SSL", "TLS"}, nil, []byte(otherLine))
	if f.fold != nil || len(f.groups) != 1 {
		t.Errorf("two strings share a rare byte, but there are %d passes", len(f.groups))
	}
}

func TestGeneralWords(t *testing.T) {
	a := newAutomaton(append(append([]string{}, telling...), looser...), true)
	for text, want := range map[string]bool{
		"javax.net.SSL.SSLException": true, "Zertifikat": true, "信頼されていない証明書": true, "read tcp: Connection Reset by peer": true, "ECONNRESET": true,
		"the quick brown fox jumps over a lazy dog": false, "": false,
	} {
		if got := a.find([]byte(text), 0) < len(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
