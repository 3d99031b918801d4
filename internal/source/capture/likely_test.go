package capture

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// sketch is a hello as far as it tells who sent it: suites and groups in hexadecimal, extensions in decimal numbers.
func sketch(t *testing.T, suites, types, groups, alpn string) *wire.ClientHello {
	h := &wire.ClientHello{LegacyVersion: wire.TLS12, Suites: numbers(t, suites, " ", 16), Extensions: extensions(numbers(t, types, " ", 10)), Groups: numbers(t, groups, " ", 16)}
	if alpn != "" {
		h.ALPN = strings.Fields(alpn)
	}
	return h
}

// TestLikely names clients by hellos recorded of them, as they stand and as their users may configure them.
func TestLikely(t *testing.T) {
	const openssl = "1302 1303 1301 c02c c030 009f cca9 cca8 ccaa c02b c02f 009e c024 c028 006b c023 c027 0067 c00a c014 0039 c009 c013 0033 009d 009c 003d 003c 0035 002f 00ff"
	const node = "1302 1303 1301 c02f c02b c030 c02c 009e c027 0067 c028 006b 00a3 009f cca9 00ff"
	const groups3, groups1 = "1d 17 1e 19 18 100 101", "1d 17 1e 19 18"
	const chrome = "3a3a 1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"
	for _, r := range []struct{ suites, types, groups, alpn, want string }{
		{openssl, "0 11 10 35 22 23 13 43 45 51", groups3, "", "OpenSSL 3"},
		{openssl, "11 10 35 22 23 13 43 45 51 21", groups3, "", "OpenSSL 3"},
		{openssl, "0 11 10 35 16 22 23 13 43 45 51", groups1, "postgresql", "libpq (OpenSSL)"},
		{openssl, "0 11 10 35 22 23 13 43 45 51", groups1, "", "OpenSSL 1.1.1"},
		{openssl, "0 11 10 16 22 23 49 13 43 45 51 21", groups3, "h2 http/1.1", "curl (OpenSSL)"},
		{"1302 1303 1301 00ff", "11 10 35 22 23 13 43 45 51", groups3, "", "OpenSSL 3"},
		{"c02c c030 009f 00ff", "0 11 10 35 22 23 13", groups1, "", "OpenSSL 1.1 or later, without TLS 1.3"},
		{"c030 c02c c028 c024 c014 c00a 00a3 009f 00ff", "11 10 35 13 15", "17 19", "", "OpenSSL 1.0.1 or 1.0.2"},
		{"c009 c00a c013 c014 0033 0039 00ff", "11 10", "17 19", "", "OpenSSL 1.0 or a library made of it"},
		{node, "0 11 10 35 22 23 13 43 45 51", groups3, "", "Node.js (OpenSSL)"},
		{"c02b c02f c02c c030 cca9 cca8 c009 c013 c00a c014 1301 1302 1303", "0 11 65281 23 18 5 10 13 50 43 51", "11ec 1d 17", "", "Go crypto/tls"},
		{"cca8 cca9 c02f c030 c02b c02c c013 009c 1303 1301 1302", "5 10 11 13 65281 16 18 43 51", "1d 17", "h2", "Go crypto/tls"},
		{"c02f c02b c011 c007 c013", "0 5 10 11 13 65281 18", "17 18", "", "Go crypto/tls"},
		{"1302 1301 1303 c02c c02b cca9 c030 cca8 c02f 009f ccaa 00a3 00ff", "5 10 11 17 23 35 13 43 45 50 51", "1d 17", "", "Java (JSSE)"},
		{"1302 1303 1301 1304 c02c cca9 c0ad c00a c02b c0ac", "5 10 11 13 22 23 35 51 43 65281 0 45 28", "17 18", "", "GnuTLS"},
		{"c02b c02c c086 c087 c009 c00a", "23 22 5 0 65281 35 10 11 13 16", "17 18", "http/1.1", "GnuTLS"},
		{"1301 1303 1302 c02b c02f cca9 cca8 c02c c030 c013", "0 23 65281 10 11 35 16 5 34 51 43 13 45 28 21", "1d 17", "h2", "Firefox (NSS)"},
		{"c02b c02f cca9 cca8 c02c c030 c00a c009", "0 23 65281 10 11 35 5 65283 13", "1d 17", "", "NSS (Firefox, Thunderbird)"},
		{"c02b c02f c00a c009 c013 c014 0033", "0 65281 10 11 35 13172 16 5 13", "17 18", "h2", "NSS (Firefox, Thunderbird)"},
		{"1301 1303 1302 c02b c02f cca9 cca8 c02c c030 c00a c009 c013", "0 23 65281 10 11 51 43 13 45 28 21", "1d 17 18 19 100", "", "NSS (Firefox, Thunderbird)"},
		{"1302 1303 1301 1304 c02c cca9 c0ad c00a c02b c0ac c009 c030", "5 10 11 13 35 51 43 65281 45 28 21", "17 18 19 1d", "", "GnuTLS"},
		{"16b8 16b7 16ba 16b9 cca9 cca8 c02c c030 c02b c02f ccaa 009f 009e", "0 5 10 11 13 22 23 35 43 65281", "1d 17 1a 18", "", "Botan"},
		{"1301 1302 1303 1304 1305 c0b4 c0b5 c02c c02b c030 c02f 009f", "45 51 43 13 11 10 22 0 23", "19 1c 18 1b 1e 17", "", "wolfSSL"},
		{"cca8 cca9 ccaa c02c c030 009f c0ad c09f c024 00ff", "0 13 10 11 22 23 35", "19 1c 18 1b 17", "", "Mbed TLS"},
		{"00ff 1302 1301 1303 1304 1305 c02c c030 c0ad c0af", "0 13 51 10 11 43", "1d 1e 17 18", "", "Erlang/OTP ssl"},
		{chrome, "14906 35 65281 0 27 18 17513 45 43 13 16 51 10 5 23 11 6682 21", "4a4a 1d 17", "h2", "Chromium (Chrome, Edge, Electron)"},
		{"aaaa 1301 1302 1303 c02b c02f", "2570 0 23 65281 10 11 35 16 5 13 18 51 45 43 27 2570 21", "caca 1d", "h2", "BoringSSL (Chromium, Android)"},
		{"1a1a 1301 1302 1303 c02c c02b cca9 c030 c02f cca8 c00a", "2570 0 23 65281 10 11 16 5 13 18 51 45 43 27 2570 21", "5a5a 1d", "h2", "Apple (Safari, URLSession)"},
		{"1301 1302 1303 c02c c02b c024 c023 c00a c009 cca9 c030", "65281 0 23 13 5 18 16 11 51 45 43 10 21", "1d 17", "h2", "Apple (Secure Transport)"},
		{"00ff c024 c023 c00a c009 c008 c028 c027", "10 11 13", "17 18", "", "Apple (Secure Transport)"},
		{"c02c c02b c030 c02f 009f 009e c024 c023 c028 c027", "10 11 13 35 23 65281", "1d 17 18", "", "Schannel (Windows 10, Server 2016 or 2019)"},
		{"c02c c02b c030 c02f c024 c023 c028", "0 5 10 11 13 35 23 65281", "1d 17 18", "", "Schannel (Windows 10, Server 2016 or 2019)"},
		{"c028 c027 c014 c013 009f 009e 009d 009c", "0 5 10 11 13 35 23 65281", "17 18", "", "Schannel (Windows 8.1, Server 2012 R2 or older)"},
		{"002f 0035 0005 000a c013 c014 c009 c00a 0032 0038", "65281 0 5 10 11", "17 18", "", "Schannel (Windows 7, Server 2008 R2 or older)"},
		{"1302 1301 c02c c02b c030 c02f c024 c023", "0 5 43 13 35 10 11 16 51 49 23 65281 45", "1d 17 18", "http/1.1", "Schannel (Windows 11, Server 2022 or later)"},
		{"c00a c009 c014 c013 0035 002f 000a", "5 10 11 35 23 65281", "1d 17 18", "", "Schannel (Windows)"},
		{"c02b c02c cca9 c02f c030 cca8 c009 c00a", "65281 0 23 35 13 5 16 11 10", "1d 17", "http/1.1", "Conscrypt (Android)"},
		{"1302", "51 43 13 11 10 23", "19 18", "", ""},
		{"", "", "", "", ""},
		{"00ff", "11 10", "", "", ""}, // a signalling value alone names nobody
	} {
		got := Likely(sketch(t, r.suites, r.types, r.groups, r.alpn))
		if got != r.want {
			t.Errorf("%s | %s: %q, want %q", r.suites, r.types, got, r.want)
		}
	}
	if Likely(nil) != "" {
		t.Error("a client without a hello")
	}
}

// corpusName is what each client of the collection of hellos should be told as.
func corpusName(client, version string) string {
	switch {
	case strings.HasPrefix(client, "curl"):
		return "curl (OpenSSL)"
	case strings.HasPrefix(client, "go"), client == "jackc/pgx", client == "lib/pq":
		return "Go crypto/tls"
	case strings.HasPrefix(client, "gnutls"):
		return "GnuTLS"
	case strings.Contains(client, "java"), strings.Contains(client, "pgjdbc"), strings.Contains(client, "Connector/J"):
		return "Java (JSSE)"
	case strings.Contains(client, "node"), client == "postgres.js":
		return "Node.js (OpenSSL)"
	case client == "psql15+libpq18":
		return "libpq (OpenSSL)"
	}
	return "OpenSSL 3"
}

// TestLikelyOfTheCollection reads hellos recorded of real clients in many modes.
func TestLikelyOfTheCollection(t *testing.T) {
	path := filepath.Join(filepath.Dir(filepath.Dir(realCaptures(t))), "corpus", "clienthello.jsonl")
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("no collection of hellos at %s", path) // it is kept apart from the project
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	n := 0
	for lines.Scan() {
		var row struct {
			Client, Version, Mode string
			Conns                 []struct {
				Ciphers, Groups, Versions, Sigalgs []string
				Ext                                []uint16
				Pre                                []string
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		for _, c := range row.Conns {
			if len(c.Ciphers) == 0 {
				continue
			}
			n++
			h := &wire.ClientHello{Suites: numbers(t, strings.Join(c.Ciphers, " "), " ", 16), Extensions: extensions(c.Ext), Groups: numbers(t, strings.Join(c.Groups, " "), " ", 16)}
			for _, x := range c.Ext {
				if x == wire.ExtALPN {
					h.ALPN = []string{"http/1.1"}
					if strings.Contains(row.Client, "pq") || strings.Contains(row.Client, "pgx") {
						h.ALPN = []string{"postgresql"}
					}
				}
			}
			if got, want := Likely(h), corpusName(row.Client, row.Version); got != want {
				t.Errorf("%s %s %s: %q, want %q", row.Client, row.Version, row.Mode, got, want)
			}
		}
	}
	if n < 100 {
		t.Errorf("%d hellos", n)
	}
}
