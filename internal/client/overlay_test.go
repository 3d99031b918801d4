package client

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// command is the options of a command line as settings: "name value" each.
func command(dialect string, pairs ...string) []fact.Setting {
	var list []fact.Setting
	for _, p := range pairs {
		name, value, ok := strings.Cut(p, " ")
		s := fact.Setting{Dialect: dialect, Name: name}
		if ok {
			s.Args = []string{value}
		}
		list = append(list, s)
	}
	return list
}

func helloOf(t *testing.T, settings []fact.Setting) (u Use, suites, versions, groups, schemes string) {
	t.Helper()
	list := Uses(settings)
	if len(list) != 1 {
		t.Fatalf("%v: %d uses", settings, len(list))
	}
	u = list[0]
	u.Behaviour, _ = u.Configured()
	h := u.Behaviour.Profile.Hello(Target{Name: "localhost"})
	hexed := func(list []uint16) string {
		var words []string
		for _, v := range list {
			words = append(words, fmt.Sprintf("%04x", v))
		}
		return strings.Join(words, " ")
	}
	return u, hexed(h.Suites), hexed(h.Versions), hexed(h.Groups), hexed(h.Signatures)
}

// TestHellosAreThoseOfThePrograms: suites (without the SCSV), versions, groups and signature algorithms of the hellos that curl 7.88.1,
// openssl 3.0.22 s_client, wget 1.21.3 and gnutls-cli 3.7.9 of Debian 12 sent with these options, recorded. "-": not looked at.
func TestHellosAreThoseOfThePrograms(t *testing.T) {
	const (
		below12  = "c00a c014 0039 c009 c013 0033 0035 002f"
		below13  = "c02c c030 009f cca9 cca8 ccaa c02b c02f 009e c024 c028 006b c023 c027 0067 c00a c014 0039 c009 c013 0033 009d 009c 003d 003c 0035 002f"
		curves12 = "001d 0017 001e 0019 0018"
		usual    = "0403 0503 0603 0807 0808 0809 080a 080b 0804 0805 0806 0401 0501 0601 0303 0301 0302 0402 0502 0602"
		high     = "c02c c030 00a3 009f cca9 cca8 ccaa c0af c0ad c0a3 c09f c05d c061 c057 c053 c02b c02f 00a2 009e c0ae c0ac c0a2 c09e c05c c060 c056 c052 c024 c028 " +
			"006b 006a c073 c077 00c4 00c3 c023 c027 0067 0040 c072 c076 00be 00bd c00a c014 0039 0038 0088 0087 c009 c013 0033 0032 0045 0044 009d c0a1 c09d c051 " +
			"009c c0a0 c09c c050 003d 00c0 003c 00ba 0035 0084 002f 0041"
	)
	url, at := "URL https://localhost:1", "-connect localhost:1"
	for _, c := range []struct {
		settings                          []fact.Setting
		suites, versions, groups, schemes string
	}{
		{command("curl", url, "--tls-max 1.1"), below12, "0302 0301", curves12, ""},
		{command("curl", url, "--tlsv1.1"), "1302 1303 1301 " + below13, "0304 0303 0302", "-", usual},
		{command("curl", url, "--tlsv1.3"), "1302 1303 1301", "0304", "001d 0017 001e 0019 0018 0100 0101 0102 0103 0104",
			"0403 0503 0603 0807 0808 0809 080a 080b 0804 0805 0806 0401 0501 0601"},
		{command("curl", url, "--tlsv1.2", "--tls-max 1.2", "--ciphers ECDHE-ECDSA-AES128-GCM-SHA256"), "c02b", "0303", curves12, usual},
		{command("curl", url, "--tls13-ciphers TLS_AES_128_GCM_SHA256"), "1301 " + below13, "0304 0303 0302 0301", "-", usual},
		{command("curl", url, "--curves P-384:X25519"), "1302 1303 1301 " + below13, "0304 0303 0302 0301", "0018 001d", usual},
		{command("openssl", at, "-tls1_1"), below12, "0302", curves12, ""},
		{command("openssl", at, "-no_tls1_2"), below12, "0302 0301", curves12, ""},
		{command("openssl", at, "-no_tls1_3"), below13, "0303 0302 0301", curves12, usual},
		{command("openssl", at, "-tls1_2", "-cipher HIGH:!aNULL"), high, "0303", curves12, usual},
		{command("openssl", at, "-tls1_2", "-cipher AES256-SHA:ECDHE+AESGCM"), "0035 c02c c030 c02b c02f", "0303", curves12, usual},
		{command("openssl", at, "-ciphersuites TLS_AES_128_CCM_SHA256"), "1304 " + below13, "0304 0303 0302 0301", "-", usual},
		{command("wget", url, "--secure-protocol TLSv1_1"), "-", "0304 0303 0302", "-", "-"},
		{command("wget", url, "--secure-protocol TLSv1_2"), "-", "0304 0303", "-", "-"},
		{command("wget", url, "--secure-protocol PFS"), "1302 1303 1301 1304 c02c cca9 c0ad c00a c02b c0ac c009 c030 cca8 c014 c02f c013 009f ccaa c09f 0039 009e c09e 0033",
			"0304 0303 0302 0301", "-", "-"},
		{command("gnutls-cli", "hostname localhost", "--priority NORMAL:-VERS-ALL:+VERS-TLS1.1"), "c00a c009 c014 c013 0035 002f 0039 0033", "0302", "-", ""},
		{command("gnutls-cli", "hostname localhost", "--priority NORMAL:-VERS-TLS-ALL:+VERS-TLS1.2:-ECDHE-RSA"),
			"c02c cca9 c0ad c00a c02b c0ac c009 009d c09d 0035 009c c09c 002f 009f ccaa c09f 0039 009e c09e 0033", "0303", "-", "-"},
		{command("gnutls-cli", "hostname localhost", "--priority NORMAL:-GROUP-ALL:+GROUP-SECP384R1"), "-", "0304 0303 0302 0301", "0018", "-"},
	} {
		_, suites, versions, groups, schemes := helloOf(t, c.settings)
		for what, pair := range map[string][2]string{"suites": {suites, c.suites}, "versions": {versions, c.versions}, "groups": {groups, c.groups}, "schemes": {schemes, c.schemes}} {
			same := pair[0] == pair[1]
			if what == "suites" && c.settings[0].Dialect == "gnutls-cli" {
				same = sameWords(pair[0], pair[1]) // its order depends on the priorities, which no server's choice does here
			}
			if pair[1] != "-" && !same {
				t.Errorf("%v: %s\n got %s\nwant %s", c.settings, what, pair[0], pair[1])
			}
		}
	}
}

func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// TestRefusedOptions: these are refused by the programs themselves ("no cipher match", "no protocols available", "failed setting
// curves list"); what stands beside is not.
func TestRefusedOptions(t *testing.T) {
	url, at := "URL https://localhost:1", "-connect localhost:1"
	for _, c := range []struct {
		settings []fact.Setting
		refused  bool
	}{
		{command("curl", url, "--tlsv1.3", "--tls-max 1.2"), true}, {command("curl", url, "--tlsv1.2", "--tls-max 1.2"), false},
		{command("curl", url, "--ciphers NOSUCH"), true}, {command("curl", url, "--ciphers NOSUCH:AES256-SHA"), false},
		{command("curl", url, "--curves nosuch"), true}, {command("curl", url, "--tls13-ciphers TLS_NONE"), true},
		{command("curl", url, "--tls-max 1.1", "--ciphers ECDHE-RSA-AES128-GCM-SHA256"), true},
		{command("openssl", at, "-no_tls1_2", "-no_tls1_3", "-cipher AESGCM"), true}, {command("openssl", at, "-cipher AESGCM"), false},
		{command("psql", "host localhost", "sslmode require", "ssl_max_protocol_version TLSv1.1"), true}, // libpq's own lowest is TLS 1.2
		{command("psql", "host localhost", "sslmode require", "ssl_min_protocol_version TLSv1", "ssl_max_protocol_version TLSv1.1"), false},
	} {
		u, _, _, _, _ := helloOf(t, c.settings)
		if got := u.Refusal(); got != "" != c.refused {
			t.Errorf("%v: %q", c.settings, got)
		}
	}
}

// TestElsewhere: curl(1) on --connect-to and --resolve.
func TestElsewhere(t *testing.T) {
	for _, c := range []struct {
		options []string
		want    string
	}{
		{[]string{"--connect-to ::127.0.0.1:18443"}, "127.0.0.1:18443"},
		{[]string{"--connect-to foo.test:443:bar.test:8443"}, "bar.test:8443"},
		{[]string{"--connect-to other.test:443:bar.test:8443"}, ""},
		{[]string{"--connect-to foo.test:444:bar.test:8443"}, ""},
		{[]string{"--connect-to foo.test::bar.test:"}, "bar.test:443"},
		{[]string{"--connect-to ::[::1]:8443"}, "[::1]:8443"},
		{[]string{"--connect-to foo.test::a.test:", "--connect-to ::b.test:"}, "a.test:443"},
		{[]string{"--resolve foo.test:443:127.0.0.1"}, "127.0.0.1:443"},
		{[]string{"--resolve *:443:127.0.0.2", "--resolve +foo.test:443:127.0.0.1,127.0.0.9"}, "127.0.0.1:443"},
		{[]string{"--resolve foo.test:443:[::1]"}, "[::1]:443"},
		{[]string{"--resolve foo.test:444:127.0.0.1"}, ""},
		{[]string{"--resolve foo.test:443:127.0.0.1", "--resolve -foo.test:443"}, ""},
		{[]string{"--connect-to foo.test:443:bar.test:8443", "--resolve bar.test:8443:127.0.0.3"}, "127.0.0.3:8443"},
	} {
		u, _, _, _, _ := helloOf(t, command("curl", append([]string{"URL https://foo.test"}, c.options...)...))
		if u.Overlay.Connect != c.want || u.Name != "foo.test" || len(u.Overlay.Unlike) > 0 {
			t.Errorf("%v: to %q, name %s, not imitated %v; want %q", c.options, u.Overlay.Connect, u.Name, u.Overlay.Unlike, c.want)
		}
	}
}

// TestPins: a key's digest, a certificate's in Connector/C's form, and neither.
func TestPins(t *testing.T) {
	der, err := hex.DecodeString(pinnedCertificate)
	if err != nil {
		t.Fatal(err)
	}
	for pin, want := range map[string]bool{pinnedKey: true, "cert:" + pinnedFingerprint: true, "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=": false, "cert:00": false} {
		if got, _ := (Profile{Pins: []string{pin}}).Pinned(der); got != want {
			t.Errorf("%s: %v", pin, got)
		}
	}
	if fits, digest := (Profile{Pins: []string{pinnedKey}}).Pinned([]byte{0x30}); fits || digest != "" {
		t.Errorf("what is no certificate fits: %v %q", fits, digest)
	}
}

// TestUnlike: what is read and not imitated is named; what has no part in the handshake, is off or unknown to the product is not.
func TestUnlike(t *testing.T) {
	for _, c := range []struct {
		settings []fact.Setting
		want     string
	}{
		{command("curl", "URL https://localhost", "--cert-status", "--max-time 3", "--insecure", "--cacert ca.pem", "--cert c.pem", "--key k.pem"), "--cert-status"},
		{command("curl", "URL https://localhost", "--pinnedpubkey key.pem"), "--pinnedpubkey key.pem"},
		{command("openssl", "-connect localhost:1", "-showcerts", "-brief", "-x509_strict", "-CAfile ca.pem", "-verify_return_error"), "-x509_strict"},
		{command("gnutls-cli", "hostname localhost", "--priority SUITEB128"), "--priority SUITEB128"},
		{command("gnutls-cli", "hostname localhost", "--x509cafile ca.pem", "--insecure"), ""},
		{command("mariadb", "host localhost", "ssl", "ssl-ca ca.pem", "ssl-verify-server-cert", "ssl-crl crl.pem"), "ssl-crl=crl.pem"},
		{command("libpq", "host localhost", "sslmode verify-full", "sslrootcert ca.pem", "sslcrl crl.pem", "sslcompression 0", "gssencmode disable"), "sslcrl=crl.pem"},
		{command("ado.net", "Server localhost", "Encrypt True", "TrustServerCertificate True"), ""},
		{command("go-sql-driver", "host localhost", "tls true"), ""},
	} {
		u, _, _, _, _ := helloOf(t, c.settings)
		if got := strings.Join(u.Overlay.Unlike, "|"); got != c.want {
			t.Errorf("%v: %q, want %q", c.settings, got, c.want)
		}
	}
}

// pinnedCertificate is one that "openssl req -x509 -newkey ec" made, with what "openssl dgst -sha256" says of its key and
// "openssl x509 -fingerprint -sha1" of it.
const (
	pinnedKey         = "sha256//MjXSZK5tIhNT7kCViltFU+WLhwcgPz6kitsdI9AOkb0="
	pinnedFingerprint = "05f98e3b244ae6789d898cff69c45a42a2af6d83"
	pinnedCertificate = "3082018130820127a003020102021469dedb39ebd0caf85a591ae5b7955cf6694ac556300a06082a8648ce3d04030230163114301206035504030c0b70696e6e65642e746573" +
		"74301e170d3236313132323034333731395a170d3336313131393034333731395a30163114301206035504030c0b70696e6e65642e746573743059301306072a8648ce3d0201" +
		"06082a8648ce3d03010703420004cc953ae793fef8efbf5f3bd3d9ee9a29bb105857833b469024efef78a5d9f7f01df9cc16f49a3f91d2562f369c869f9d214cdad8260ce108" +
		"0fe23e1c6f240715a3533051301d0603551d0e041604146d80d61b1e3bdc90ed23f0352769a2b1dff5273b301f0603551d230418301680146d80d61b1e3bdc90ed23f0352769" +
		"a2b1dff5273b300f0603551d130101ff040530030101ff300a06082a8648ce3d0403020348003045022100ecd4f0fcfab3a7e804422e23698d01b6049666be242862bfe9f558" +
		"a74f51a7bf022065387ed138673301222247e82d86a365133ebfc7a900e8cfa1be0400d9d91b61"
)
