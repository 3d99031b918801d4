package lang

import (
	"os"
	"slices"
	"testing"
)

func TestFill(t *testing.T) {
	args := map[string]string{"host": "db.example.test", "n": "3", "evil": "{host}"}
	tests := []struct{ in, want string }{
		{"no placeholder", "no placeholder"},
		{"{host} has {n}", "db.example.test has 3"},
		{"{unknown} stays", "{unknown} stays"},
		{"what {evil} says is not filled again", "what {host} says is not filled again"},
		{"an open { brace", "an open { brace"},
		{"", ""},
	}
	for _, test := range tests {
		if got := Fill(test.in, args); got != test.want {
			t.Errorf("%q: %q, want %q", test.in, got, test.want)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	if got := Placeholders("{b} and {a} and {b}, {open"); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("%v", got)
	}
}

// TestJapaneseIsEmptyYet: the overlay exists; its sentences come with the language issue.
func TestJapaneseIsEmptyYet(t *testing.T) {
	st, err := os.Stat("ja.txtar")
	if err != nil || st.Size() != 0 {
		t.Errorf("%v, %v", st, err)
	}
}
