package names

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// output runs a program of the system; without it the test is skipped, or fails when real peers are required.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
			t.Fatalf("%s is not installed", name)
		}
		t.Skipf("%s is not installed", name)
	}
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return string(out)
}

// Every suite this OpenSSL knows has its number, both names, and its parts here.
func TestSuitesOfOpenSSL(t *testing.T) {
	out := output(t, "openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0")
	line := regexp.MustCompile(`0x(..),0x(..) - (\S+)\s+- (\S+)\s+\S+\s+Kx=(\S+)\s+Au=(\S+)\s+Enc=(\S+)\s+Mac=(\S+)`)
	all := line.FindAllStringSubmatch(out, -1)
	if len(all) < 50 {
		t.Fatalf("only %d suites read from openssl ciphers", len(all))
	}
	for _, m := range all {
		id, _ := strconv.ParseUint(m[1]+m[2], 16, 16)
		s, ok := SuiteByID(uint16(id))
		if !ok || s.Name != m[3] || s.OpenSSL != m[4] {
			t.Errorf("%#04x is %s, %s; openssl says %s, %s", id, s.Name, s.OpenSSL, m[3], m[4])
		}
		if got := openSSLKex(s); got != m[5] {
			t.Errorf("%s: key exchange %s, openssl says %s", s.Name, got, m[5])
		}
		if got := openSSLAuth(s); got != m[6] {
			t.Errorf("%s: authentication %s, openssl says %s", s.Name, got, m[6])
		}
		if got := s.KeyLen * 8; m[7] != "None" && !strings.Contains(m[7], "("+strconv.Itoa(got)+")") && !strings.Contains(m[7], "POLY1305") {
			t.Errorf("%s: key of %d bits, openssl says %s", s.Name, got, m[7])
		}
		if mac := strings.Replace(s.MAC+"$", "SHA$", "SHA1$", 1); mac != m[8]+"$" {
			t.Errorf("%s: MAC %s, openssl says %s", s.Name, s.MAC, m[8])
		}
	}
}

func openSSLKex(s Suite) string {
	switch s.Kex {
	case "DHE":
		return "DH"
	case "ECDHE":
		return "ECDH"
	}
	return strings.ReplaceAll(s.Kex, "_", "")
}

func openSSLAuth(s Suite) string {
	if s.Auth == "anon" {
		return "None"
	}
	return s.Auth
}

// The registries as Wireshark carries them. Its tables also hold private and draft numbers, left out here.
func TestTablesOfTshark(t *testing.T) {
	tables := tsharkValues(output(t, "tshark", "-G", "values"))
	for _, c := range []struct {
		field string
		least int
		check func(id uint16, name string) string
	}{
		{"tls.handshake.ciphersuite", 350, tsharkSuite},
		{"tls.alert_message.desc", 30, tsharkAlert},
		{"tls.handshake.extension.type", 50, tsharkExtension},
		{"tls.handshake.extensions_supported_group", 40, tsharkGroup},
		{"tls.handshake.sig_hash_alg", 15, tsharkScheme},
	} {
		var n int
		for id, name := range tables[c.field] {
			if GREASE(id) {
				continue
			}
			n++
			if problem := c.check(id, name); problem != "" {
				t.Errorf("%s %#04x: %s, tshark says %q", c.field, id, problem, name)
			}
		}
		if n < c.least {
			t.Errorf("%s: only %d values read from tshark", c.field, n)
		}
	}
}

// tsharkValues reads lines "V<tab>field<tab>number<tab>name".
func tsharkValues(out string) map[string]map[uint16]string {
	tables := map[string]map[uint16]string{}
	for _, line := range strings.Split(out, "\n") {
		f := strings.Split(line, "\t")
		if len(f) < 4 || f[0] != "V" || !strings.HasPrefix(f[1], "tls.") {
			continue
		}
		if id, err := strconv.ParseUint(f[2], 0, 16); err == nil {
			if tables[f[1]] == nil {
				tables[f[1]] = map[uint16]string{}
			}
			tables[f[1]][uint16(id)] = f[3]
		}
	}
	return tables
}

func tsharkSuite(id uint16, name string) string {
	if !strings.Contains(name, "_WITH_") && !strings.HasPrefix(name, "TLS_") && !strings.Contains(name, "_SM") {
		return "" // the name of a whole table
	}
	if got := strings.TrimSuffix(SuiteName(id), "_OLD"); got != name {
		return got
	}
	return ""
}

func tsharkAlert(id uint16, name string) string {
	if got := strings.ReplaceAll(Alert(uint8(id)), "_", " "); !strings.EqualFold(got, name) {
		return got
	}
	return ""
}

func tsharkExtension(id uint16, name string) string {
	name = strings.TrimSuffix(strings.TrimPrefix(name, "Reserved ("), ")")
	name, _, _ = strings.Cut(name, " ")
	got := Extension(id)
	for _, suffix := range []string{"_old", "_draft", "_deprecated"} {
		if !strings.HasSuffix(name, suffix) {
			got = strings.TrimSuffix(got, suffix)
		}
	}
	if name == "delegated_credentials" { // IANA: delegated_credential
		name = "delegated_credential"
	}
	if got != name && name != "ticket_early_data_info" {
		return got
	}
	return ""
}

func tsharkGroup(id uint16, name string) string {
	if id >= 0x200 && id < 0xff00 { // experiments of the Open Quantum Safe project, since reused by IANA
		return ""
	}
	if got, ok := GroupByName(name); !ok || got != id {
		return Group(id)
	}
	return ""
}

func tsharkScheme(id uint16, name string) string {
	if id >= 0xfe00 {
		return ""
	}
	if got := Scheme(id); got != name {
		return got
	}
	return ""
}
