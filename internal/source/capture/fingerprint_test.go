package capture

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// numbers reads a list of numbers of base 10 or 16.
func numbers(t testing.TB, s, sep string, base int) []uint16 {
	t.Helper()
	var list []uint16
	for _, w := range strings.Split(s, sep) {
		if w == "" {
			continue
		}
		v, err := strconv.ParseUint(w, base, 16)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, uint16(v))
	}
	return list
}

func extensions(types []uint16) []wire.Extension {
	var list []wire.Extension
	for _, typ := range types {
		list = append(list, wire.Extension{Type: typ})
	}
	return list
}

// helloOfJA3 is a hello with the lists of a JA3 in clear.
func helloOfJA3(t *testing.T, s string) *wire.ClientHello {
	f := strings.Split(s, ",")
	h := &wire.ClientHello{LegacyVersion: numbers(t, f[0], "-", 10)[0], Suites: numbers(t, f[1], "-", 10), Groups: numbers(t, f[3], "-", 10)}
	for _, e := range extensions(numbers(t, f[2], "-", 10)) {
		if e.Type == wire.ExtECPointFormats {
			e.Data = []byte{byte(len(numbers(t, f[4], "-", 10)))}
			for _, v := range numbers(t, f[4], "-", 10) {
				e.Data = append(e.Data, byte(v))
			}
		}
		h.Extensions = append(h.Extensions, e)
	}
	return h
}

// TestJA3 holds the examples of the article that introduced it.
func TestJA3(t *testing.T) {
	for clear, want := range map[string]string{
		"769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0": "ada70206e40642a3e4461f35503241d5",
		"769,4-5-10-9-100-98-3-6-19-18-99,,,":                                  "de350869b8c85de67a350c8d186f11e6",
	} {
		h := helloOfJA3(t, clear)
		if got := JA3(h); got != want {
			t.Errorf("%s: %s, want %s", clear, got, want)
		}
		h.Suites = append([]uint16{0x0a0a}, append(h.Suites, 0xfafa)...)
		h.Groups = append([]uint16{0x2a2a}, h.Groups...)
		h.Extensions = append([]wire.Extension{{Type: 0x1a1a}}, h.Extensions...)
		if got := JA3(h); got != want {
			t.Errorf("%s with GREASE: %s, want %s", clear, got, want)
		}
	}
	if JA3(nil) != "" || JA3(&wire.ClientHello{SSLv2Framing: true}) != "" {
		t.Error("a fingerprint without a hello")
	}
}

// helloOfJA4 is a hello with the lists of a JA4_ro.
func helloOfJA4(t *testing.T, versions []uint16, alpn, raw string) *wire.ClientHello {
	f := append(strings.Split(raw, "_"), "", "")
	h := &wire.ClientHello{LegacyVersion: wire.TLS12, Versions: versions, Suites: numbers(t, f[1], ",", 16),
		Extensions: extensions(numbers(t, f[2], ",", 16)), Signatures: numbers(t, f[3], ",", 16)}
	if alpn != "" {
		h.ALPN = []string{alpn, "http/1.1"}
	}
	return h
}

// TestJA4 holds fingerprints that FoxIO publishes beside their JA4_ro, of the specification and of the test data of its
// implementations.
func TestJA4(t *testing.T) {
	const chrome = "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"
	const schemes = "0403,0804,0401,0503,0805,0501,0806,0601"
	modern := []uint16{0x3a3a, wire.TLS13, wire.TLS12}
	for _, r := range []struct {
		versions   []uint16
		alpn, want string
		raw        string
	}{
		{modern, "h2", "t13d1516h2_8daaf6152771_e5627efa2ab1", "x_" + chrome + "_001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015_" + schemes},
		{modern, "http/1.1", "t13d1516h1_8daaf6152771_e5627efa2ab1", "x_" + chrome + "_000d,0033,0000,ff01,002b,0023,002d,0005,0012,000b,0017,4469,0010,001b,000a,0015_" + schemes},
		{modern, "", "t13d151400_8daaf6152771_de4a06bb82e3", "x_" + chrome + "_0033,002b,001b,0000,0012,002d,000d,000a,0005,0023,0017,ff01,000b,0015_" + schemes},
	} {
		h := helloOfJA4(t, r.versions, r.alpn, r.raw)
		h.Suites = append([]uint16{0xeaea}, h.Suites...)
		h.Extensions = append(h.Extensions, wire.Extension{Type: 0x6a6a})
		h.Signatures = append([]uint16{0x2a2a}, h.Signatures...)
		if got := JA4(h); got != r.want {
			t.Errorf("%s, want %s", got, r.want)
		}
	}
	// The specification: without signature algorithms there is no underscore to hash, and empty lists are zeros.
	h := helloOfJA4(t, modern, "h2", "x_"+chrome+"_001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015")
	if got := JA4(h); got != "t13d1516h2_8daaf6152771_6d807ffa2a79" {
		t.Errorf("without signature algorithms: %s", got)
	}
	if got := JA4(&wire.ClientHello{LegacyVersion: wire.SSLv3}); got != "ts3i000000_000000000000_000000000000" {
		t.Errorf("an empty hello: %s", got)
	}
}

// TestJA4Parts holds the rules of the specification one by one.
func TestJA4Parts(t *testing.T) {
	for alpn, want := range map[string]string{"\xab": "ab", "\xab\xcd": "ad", "0\xab": "3b", "01\xab\xcd": "3d", "0\xab\xcd1": "01", "h2": "h2", "http/1.1": "h1", "x": "xx", "": "00"} {
		if got := ja4ALPN([]string{alpn}); got != want {
			t.Errorf("%q: %s, want %s", alpn, got, want)
		}
	}
	for v, want := range map[uint16]string{0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2", 0x7f1c: "00"} {
		if got := ja4Version(&wire.ClientHello{LegacyVersion: v}); got != want {
			t.Errorf("%04x: %s, want %s", v, got, want)
		}
	}
	if got := ja4Version(&wire.ClientHello{LegacyVersion: wire.TLS12, Versions: []uint16{0xfafa, wire.TLS11, wire.TLS13}}); got != "13" {
		t.Errorf("supported_versions with GREASE: %s", got)
	}
	if got := string(appendCount(nil, 7)) + string(appendCount(nil, 99)) + string(appendCount(nil, 188)); got != "079999" {
		t.Errorf("counts %s", got)
	}
}

// published are JA4 fingerprints that FoxIO gives for recordings that are at hand, by client address.
var published = map[string]map[string]string{
	"ja4__browsers-x509.pcapng": {"172.27.7.31:54524": "t13d1516h2_8daaf6152771_e5627efa2ab1", "172.27.7.31:54603": "t13d1516h2_8daaf6152771_e5627efa2ab1"},
	"ja4__tls-sni.pcapng":       {"192.168.1.168:50122": "t13d1516h1_8daaf6152771_e5627efa2ab1", "192.168.1.168:50123": "t13d151400_8daaf6152771_de4a06bb82e3"},
}

// readCapture reads one recording of others, every conversation.
func readCapture(t *testing.T, path string) []fact.Handshake {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	res, err := Read(context.Background(), []Input{{Name: filepath.Base(path), R: f}}, Options{Conversations: true})
	if err != nil {
		t.Fatal(err)
	}
	return res.Handshakes
}

// TestFingerprintsOfRecordings compares JA4 with FoxIO's figures and JA3 with tshark's, conversation by conversation.
func TestFingerprintsOfRecordings(t *testing.T) {
	dir := realCaptures(t)
	for _, file := range mostly(3, "ja4__browsers-x509.pcapng", "ja4__tls-sni.pcapng", "ndpi__ja3_lots_of_cipher_suites.pcap", "ja4__latest.pcapng",
		"ndpi__anyconnect-vpn.pcap", "ndpi__tls_with_huge_ch.pcapng", "zeek__tls-hrr.pcap") {
		want := tsharkJA3(t, filepath.Join(dir, file))
		found := 0
		for _, h := range readCapture(t, filepath.Join(dir, file)) {
			if h.Client == nil {
				continue
			}
			client := h.Path[0].String()
			if ja4 := published[file][client]; ja4 != "" && JA4(h.Client) != ja4 {
				t.Errorf("%s %s: JA4 %s, want %s", file, client, JA4(h.Client), ja4)
			}
			if ja3 := want[client]; ja3 != "" {
				found++
				if got := JA3(h.Client); got != ja3 {
					t.Errorf("%s %s: JA3 %s, tshark says %s", file, client, got, ja3)
				}
			}
		}
		if found == 0 {
			t.Errorf("%s: nothing to compare with %d hellos of tshark's", file, len(want))
		}
	}
}

// tsharkJA3 is the first JA3 of each client that tshark finds.
func tsharkJA3(t *testing.T, path string) map[string]string {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		missing(t, "tshark is not installed")
	}
	cmd := exec.Command("tshark", "-n", "-r", path, "-Y", "tls.handshake.type==1", "-T", "fields", "-e", "ip.src", "-e", "ipv6.src", "-e", "tcp.srcport", "-e", "tls.handshake.ja3")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	list := map[string]string{}
	for line := range strings.Lines(string(out)) {
		f := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "", "", "", "")
		addr, err := netip.ParseAddr(f[0] + f[1])
		if err != nil || f[2] == "" {
			continue
		}
		key := fmt.Sprintf("%s:%s", addr, f[2])
		if addr.Is6() {
			key = fmt.Sprintf("[%s]:%s", addr, f[2])
		}
		if list[key] == "" {
			list[key] = f[3]
		}
	}
	return list
}

func BenchmarkDescribe(b *testing.B) {
	h := fact.Handshake{Passive: &fact.Passive{}, Client: &wire.ClientHello{LegacyVersion: wire.TLS12, Versions: []uint16{wire.TLS13, wire.TLS12},
		Suites:     numbers(b, "1302 1303 1301 c02c c030 009f cca9 cca8 ccaa c02b c02f 009e c024 c028 006b c023 c027 0067 c00a c014 0039 c009 c013 0033 009d 009c 003d 003c 0035 002f 00ff", " ", 16),
		Extensions: extensions([]uint16{0, 11, 10, 35, 22, 23, 13, 43, 45, 51}), Groups: []uint16{29, 23, 30, 25, 24, 256},
		Signatures: numbers(b, "0403 0503 0603 0807 0808 0809 080a 080b 0804 0805 0806 0401 0501 0601", " ", 16)}}
	b.ReportAllocs()
	for b.Loop() {
		describe(&h)
	}
}
