package report

import (
	"encoding/json"
	"strings"
	"testing"
)

func shop() Matrix {
	return Matrix{Schema: MatrixSchema, Target: "mysql://shop.example.com:3306", Certificate: "db7.control.example.net; issuer CN=Example Root", Connections: 3,
		Clients: []MatrixRow{{Client: "mysql", Says: "mysql 8.4", Modes: []MatrixCell{
			{Mode: "PREFERRED", Outcome: "unverified"}, {Mode: "REQUIRED", Outcome: "unverified"}, {Mode: "VERIFY_CA", Outcome: "unverified", Chain: true},
			{Mode: "VERIFY_IDENTITY", Outcome: "fails", Why: "name", Cause: "hostname-is-alias", Title: "the certificate is for another name", Text: "ERROR 2026"},
			{Mode: "DISABLED", Outcome: "fails", Why: "TLS required (3159)"},
		}}, {Client: "other", Modes: []MatrixCell{{Mode: strings.Repeat("long ", 30), Outcome: "plaintext", Dialled: "confirmed"}}}},
		Gaps: []Gap{}}
}

func TestMatrixText(t *testing.T) {
	var b strings.Builder
	if err := MatrixText(&b, shop(), Style{}); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{"mysql://shop.example.com:3306", "certificate: db7.control.example.net", "unverified¹", "✗ name", "✗ TLS required (3159)",
		"¹ the chain is checked, the name is not", "plaintext: silently none", "hostname-is-alias", "3 connections", "plaintext ✓"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "verified: TLS, and") {
		t.Errorf("explains a word that does not occur:\n%s", got)
	}
	for _, l := range strings.Split(got, "\n") {
		if columns(l) > 84 {
			t.Errorf("%d columns: %s", columns(l), l)
		}
	}
}

// TestMatrixColumns: an outcome stands below its mode.
func TestMatrixColumns(t *testing.T) {
	var b strings.Builder
	if err := MatrixText(&b, shop(), Style{Width: 110}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		if at := strings.Index(l, "VERIFY_IDENTITY"); at >= 0 {
			if below := []rune(lines[i+1]); string(below[at:at+6]) != "✗ name" {
				t.Errorf("below VERIFY_IDENTITY stands %q", string(below[at:]))
			}
			return
		}
	}
	t.Error("no VERIFY_IDENTITY")
}

// TestMatrixIsSafe: what a certificate or a server says cannot reach the terminal.
func TestMatrixIsSafe(t *testing.T) {
	m := shop()
	m.Certificate = "evil\x1b[2J"
	m.Clients[0].Modes[0].Why, m.Clients[0].Modes[0].Outcome = "x\x1b]0;y\x07", "fails"
	m.Gaps = []Gap{{What: "a\x1bb", Why: "c"}}
	var b strings.Builder
	if err := MatrixText(&b, m, Style{}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(b.String(), "\x1b\x07") {
		t.Errorf("control characters: %q", b.String())
	}
}

func TestMatrixJSON(t *testing.T) {
	var b strings.Builder
	if err := MatrixJSON(&b, shop()); err != nil {
		t.Fatal(err)
	}
	var back map[string]any
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back["schema"] != "tlswhy/matrix/v1" || len(back["clients"].([]any)) != 2 {
		t.Errorf("%v %v", err, back)
	}
}
