package words

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// FuzzRead: any bytes are read, within bounds, and each symptom is told once.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "\xff\xfeS\x00S\x00L\x00", "error:0A000086:SSL routines::certificate verify failed", "(provider: SSL プロバイダー, error: 0 - x)",
		`{"msg":"tls: bad record MAC \u00e9"}`, strings.Repeat("handshake ", 100), "X509_V_ERR 99999999999999999999", "-2146893019 0x80090325",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := Read(text)
		if len(r.Peers) > maxPeers {
			t.Errorf("%d peers", len(r.Peers))
		}
		seen := map[fact.Symptom]bool{}
		for _, s := range r.Symptoms {
			if seen[s] || s == "" {
				t.Errorf("%q is said twice or says nothing", s)
			}
			seen[s] = true
		}
		if !slices.IsSorted(r.Contexts) {
			t.Errorf("contexts are not sorted: %v", r.Contexts)
		}
		for _, c := range r.Codes {
			if !utf8.ValidString(c.Code+c.Means) || c.Means == "" {
				t.Errorf("a code that is no text: %q", c)
			}
		}
		if clean := Clean(text); len(clean) > 12*len(text)+16 {
			t.Errorf("%d bytes became %d", len(text), len(clean))
		}
	})
}

// TestReadIsBounded: a text of any length is read up to MaxText.
func TestReadIsBounded(t *testing.T) {
	r := Read(strings.Repeat("x ", MaxText) + "error:0A000086:SSL routines::certificate verify failed")
	if len(r.Symptoms) > 0 {
		t.Errorf("read beyond the bound: %v", r.Symptoms)
	}
}
