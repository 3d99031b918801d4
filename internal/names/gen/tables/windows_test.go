package tables

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func windows(t *testing.T, text string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "windows.csv"), []byte("code,name,text,means\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := Windows(dir)
	return string(b), err
}

func TestWindows(t *testing.T) {
	got, err := windows(t, "10054,WSAECONNRESET,Closed,reset\n0x80090325,SEC_E_UNTRUSTED_ROOT,Chain,root\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`{0x00002746, "WSAECONNRESET", "Closed", "reset"}`, "windowsByName = [...]uint16{1, 0"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestWindowsNamesTheRowThatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"5,A,a,a\n4,B,b,b\n": "not above",
		"x,A,a,a\n":          "invalid syntax",
		"1,A,a,a\n2,A,b,b\n": "stands twice",
		"4294967296,A,a,a\n": "out of range",
		"":                   "no rows",
	} {
		if _, err := windows(t, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want one with %q", text, err, want)
		}
	}
	if _, err := Windows(t.TempDir()); err == nil {
		t.Error("no error without windows.csv")
	}
}
