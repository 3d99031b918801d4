package cli

import (
	"bytes"
	"strings"
	"testing"
)

// TestWrongUsage: one line on stderr that says what to do, nothing on stdout, exit 2.
func TestWrongUsage(t *testing.T) {
	for _, args := range [][]string{
		{"diagnose"},
		{"diagnose", "--as", "netscape", "https://x.test"},
		{"diagnose", "--format", "yaml", "https://x.test"},
		{"diagnose", "--lang", "tlh", "https://x.test"},
		{"diagnose", "--save", "run.txt", "https://x.test"},
		{"diagnose", "-4", "-6", "https://x.test"},
		{"diagnose", "--timeout", "-1s", "https://x.test"},
		{"diagnose", "--timeout", "soon", "https://x.test"},
		{"diagnose", "--repeat", "0", "https://x.test"},
		{"diagnose", "--cert", "c.pem", "https://x.test"},
		{"diagnose", "--ca", "/nonexistent/ca.pem", "https://x.test"},
		{"diagnose", "--no-such-flag", "https://x.test"},
		{"diagnose", "gopher://x.test"},
		{"diagnose", "https://127.0.0.1:1", "gopher://x.test"},
		{"diagnose", "-6", "https://127.0.0.1:1"},
		{"diagnose", "-4", "https://[::1]:1"},
		{"diagnose", "-6", "--connect", "127.0.0.1:1", "https://x.test"},
		{"diagnose", "--sni", "two words", "https://x.test"},
		{"diagnose", "--connect", "127.0.0.1:port", "https://x.test"},
		{"diagnose", "--connect", "an address", "https://x.test"},
		{"diagnose", "--dns", "resolver", "https://x.test"},
		{"diagnose", "lab:https/no-such-fault"},
		{"diagnose", "lab:gopher/healthy"},
		{"proof"},
	} {
		var out, errs bytes.Buffer
		code := Main(args, nil, &out, &errs, func(string) string { return "" })
		if code != exitUsage {
			t.Errorf("%v: exit %d, want %d", args, code, exitUsage)
		}
		if out.Len() > 0 || strings.Count(errs.String(), "\n") != 1 || !strings.HasPrefix(errs.String(), "tlswhy: ") {
			t.Errorf("%v: stdout %q, stderr %q", args, out.String(), errs.String())
		}
	}
}

func TestHelp(t *testing.T) {
	var out, errs bytes.Buffer
	if code := Main([]string{"diagnose", "--help"}, nil, &out, &errs, func(string) string { return "" }); code != exitOK {
		t.Errorf("exit %d", code)
	}
	for _, flag := range []string{"--as", "--sni", "--connect", "--dns", "--ca", "--cert", "--key", "--repeat", "--max-connections", "--timeout", "--ipv4", "--ipv6", "--format", "--lang", "--save", "--transcript"} {
		if !strings.Contains(out.String(), flag) {
			t.Errorf("help does not name %s", flag)
		}
	}
}
