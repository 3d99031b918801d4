package report

import (
	"slices"
	"testing"
)

func TestWrapped(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"one two three", 7, []string{"one two", "three"}},
		{"a-command-that-must-stay-whole x", 10, []string{"a-command-that-must-stay-whole", "x"}},
		{"証明書の期限が切れています", 10, []string{"証明書の期", "限が切れて", "います"}},
		{"SSL 証明書の期限", 9, []string{"SSL", "証明書の", "期限"}},
		{"", 10, []string{""}},
	} {
		if got := wrapped(c.text, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q, want %q", c.text, c.width, got, c.want)
		}
	}
	if n := columns("aé証ｱＡ"); n != 7 {
		t.Errorf("%d columns, want 7: one each for a, é and the half-width ｱ, two for 証 and Ａ", n)
	}
}
