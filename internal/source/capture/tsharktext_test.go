package capture

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// printed runs tshark over a capture.
func printed(t *testing.T, path string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("tshark"); err != nil {
		missing(t, "tshark is not installed")
	}
	cmd := exec.Command("tshark", append([]string{"-n", "-r", path}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	return out
}

// summary is what of a handshake every print that shows the details must show.
func summary(h *fact.Handshake) string {
	s := fmt.Sprintf("%v, silent %v: ", h.Passive.Start, h.End.Silent)
	s += fmt.Sprintf("%v %s %s alerts %v from packet %d, %d closes, SYN %d", h.Path, h.Protocol, endOf(h), h.Alerts, h.Passive.First, len(h.Passive.Closes), h.Passive.SYN)
	if c := h.Client; c != nil {
		s += fmt.Sprintf(" hello %04x %q %x %x %v %x %d extensions %s %s", c.LegacyVersion, c.ServerName, c.Suites, c.Versions, c.ALPN, c.Groups, len(c.Extensions), h.Passive.JA3, h.Passive.JA4)
	}
	if h.Server != nil {
		s += fmt.Sprintf(" answer %04x %04x", h.Server.Version, h.Server.Suite)
	}
	return s
}

// TestPrintsOfRecordings reads what tshark prints of recordings and compares with reading the recordings themselves.
func TestPrintsOfRecordings(t *testing.T) {
	dir := realCaptures(t)
	for _, file := range mostly(3, "arkime__badcurveball.pcap", "zeek__tls-dhe.pcap", "zeek__tls-tls13_wolfssl.pcap", "ndpi__smtp-starttls.pcap",
		"zeek__tls-certificate-request-failed.pcap", "zeek__postgresql-psql-aws-ssl-require.pcap", "ndpi__lru_ipv6_caches.pcapng") {
		path := filepath.Join(dir, file)
		want := readCapture(t, path)
		for _, how := range [][]string{{"-V"}, {"-T", "json"}} {
			comparePrint(t, file+" "+how[0], printed(t, path, how...), want)
		}
	}
}

// mostly is the first few of a list, or all of it where nothing may be left out.
func mostly(n int, list ...string) []string {
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		return list
	}
	return list[:n]
}

func comparePrint(t *testing.T, name string, text []byte, want []fact.Handshake) {
	t.Helper()
	if !LooksLikeTrace(text) {
		t.Errorf("%s: is no trace", name)
	}
	got, _, claimed := ReadText(name, text)
	if len(got) != len(want) || len(claimed) == 0 {
		t.Errorf("%s: %d handshakes, want %d; lines %v", name, len(got), len(want), claimed)
		return
	}
	for i := range want {
		if g, w := summary(&got[i]), summary(&want[i]); g != w {
			t.Errorf("%s:\n got %s\nwant %s", name, g, w)
		}
	}
}

// logins are recordings of our own: SQL Server's login that breaks after the client's Finished, and one refused by an
// alert.
func logins(t *testing.T) []byte {
	t.Helper()
	hello, err := wire.Hello{Versions: []uint16{wire.TLS12}, Suites: []uint16{0x009f, 0xc030}, ServerName: "db.example.net", Groups: []uint16{23}, Signatures: []uint16{0x0401}}.Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	tds := func(kind byte, b []byte) []byte {
		n := len(b) + 8
		return append([]byte{kind, 1, byte(n >> 8), byte(n), 0, 0, 1, 0}, b...)
	}
	ask := tds(0x12, []byte("\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x11\x00\x00\x00\x00\x00\x01"))
	yes := tds(0x04, []byte("\x00\x00\x0b\x00\x06\x01\x00\x11\x00\x01\xff\x0f\x00\x07\xd0\x00\x00\x01"))
	answer := append([]byte{0x16, 3, 3, 0, 0x2e, 2, 0, 0, 0x26, 3, 3}, bytes.Repeat([]byte{7}, 32)...)
	answer = append(answer, 0, 0, 0x9f, 0, 14, 0, 0, 0)
	keys := append([]byte{0x16, 3, 3, 0, 8, 16, 0, 0, 4, 0, 2, 1, 2, 0x14, 3, 3, 0, 1, 1, 0x16, 3, 3, 0, 40}, bytes.Repeat([]byte{9}, 40)...)
	at := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	c, s := wire.ClientSide, wire.ServerSide
	start := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	first := wire.Transcript{Start: start, Chunks: []wire.Chunk{{From: c, At: at(1), Data: ask}, {From: s, At: at(2), Data: yes},
		{From: c, At: at(3), Data: tds(0x12, hello.Records)}, {From: s, At: at(4), Data: tds(0x12, answer)}, {From: c, At: at(5), Data: tds(0x12, keys)}}}
	second := wire.Transcript{Start: start.Add(time.Second), Chunks: []wire.Chunk{{From: c, At: at(1), Data: hello.Records}, {From: s, At: at(2), Data: []byte{0x15, 3, 3, 0, 2, 2, 40}}}}
	client, server := netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr("10.0.0.9")
	var file bytes.Buffer
	if err := Write(&file, []Connection{
		{Client: netip.AddrPortFrom(client, 50001), Server: netip.AddrPortFrom(server, 1433), Transcript: first, By: s},
		{Client: netip.AddrPortFrom(client, 50002), Server: netip.AddrPortFrom(server, 443), Transcript: second, By: s},
	}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestPrintsOfLogins does the same with recordings of our own.
func TestPrintsOfLogins(t *testing.T) {
	file := logins(t)
	path := filepath.Join(t.TempDir(), "logins.pcapng")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	res, err := Read(context.Background(), []Input{{Name: "logins.pcapng", R: bytes.NewReader(file)}}, Options{Conversations: true})
	if err != nil || len(res.Handshakes) != 2 || endOf(&res.Handshakes[0]) != "1 server FIN after client Finished" || endOf(&res.Handshakes[1]) != "1 server alert after ClientHello" {
		t.Fatalf("%v, %+v", err, res.Handshakes)
	}
	for _, how := range [][]string{{"-V"}, {"-T", "json"}, {"-T", "json", "-x"}, {"-T", "json", "--no-duplicate-keys"}} {
		text := printed(t, path, how...)
		comparePrint(t, strings.Join(how, " "), text, res.Handshakes)
		// prose around it, and the end torn off
		comparePrint(t, how[0]+" in a mail", append(append([]byte("Hello,\n\nplease look:\n\n"), text...), "\n\nRegards\n"...), res.Handshakes)
		ReadText("torn", text[:len(text)*2/3])
	}
	lines, _, _ := ReadText("x", printed(t, path))
	if len(lines) != 2 || endOf(&lines[0]) != "1 server FIN after client Finished" || lines[0].Passive.Progress != "S PL PR CH SH KE" || endOf(&lines[1]) != "1 server alert after ClientHello" {
		t.Errorf("summary lines: %d %s %s", len(lines), endOf(&lines[0]), lines[0].Passive.Progress)
	}
}

// TestJSONWithoutBytes: a document that was printed with chosen fields says what it lacks.
func TestJSONWithoutBytes(t *testing.T) {
	doc := `[ { "_index": "packets", "_source": { "layers": { "frame": { "frame.number": "1", "frame.time_epoch": "1714557600.000000000", "frame.protocols": "eth:ip:tcp:tls" },
 "ip": { "ip.src": "10.0.0.7", "ip.dst": "10.0.0.9", "ip.ttl": "64" },
 "tcp": { "tcp.srcport": "50001", "tcp.dstport": "443", "tcp.seq_raw": "1", "tcp.ack_raw": "1", "tcp.flags": "0x0018", "tcp.len": "517" } } } } ]`
	hs, gaps, claimed := ReadText("x.json", []byte(strings.ReplaceAll(doc, "\"_source\"", "\n\"_source\"")))
	if len(hs) != 0 || len(gaps) != 1 || !strings.Contains(gaps[0].Why, "tcp.payload") || fmt.Sprint(claimed) != "[[0 4]]" {
		t.Errorf("%v %v %v", hs, gaps, claimed)
	}
	if p := preamble.Guess([]byte{0x16, 3, 1}, nil, 443); p == nil || p.ID != "https" {
		t.Errorf("protocol of port 443: %+v", p)
	}
}

// packetTree is one packet as tshark -V prints it, the least of it.
func packetTree(number int, from, to string, flags string, tls ...string) string {
	s := fmt.Sprintf("Frame %d: 99 bytes on wire (792 bits), 99 bytes captured (792 bits)\n    Epoch Time: 1714557600.%03d000000 seconds\n", number, number)
	src, sport, _ := strings.Cut(from, " ")
	dst, dport, _ := strings.Cut(to, " ")
	s += fmt.Sprintf("Internet Protocol Version 4, Src: %s, Dst: %s\n    Time to Live: 61\nTransmission Control Protocol, Src Port: https (%s), Dst Port: %s, Seq: 1, Ack: 1, Len: 0\n", src, dst, sport, dport)
	s += fmt.Sprintf("    [Stream index: 4]\n    Flags: 0x018 (%s)\n", flags)
	if len(tls) > 0 {
		s += "Transport Layer Security\n    " + strings.Join(tls, "\n    ") + "\n"
	}
	return s + "\n"
}

// TestRefusalInsteadOfFinished: in TLS 1.3 a client's alert looks like data to an onlooker; its length tells.
func TestRefusalInsteadOfFinished(t *testing.T) {
	const client, server = "10.0.0.7 50001", "10.0.0.9 443"
	for size, want := range map[int]string{19: "1 client FIN after server Finished", 53: "2 client completed after client Finished"} {
		h := oneTrace(t, packetTree(1, client, server, "SYN")+packetTree(2, server, client, "SYN, ACK")+
			packetTree(3, client, server, "PSH, ACK", "TLSv1 Record Layer: Handshake Protocol: Client Hello", "    Handshake Protocol: Client Hello", "        Random: 00", "        Server Name: db.example.net")+
			packetTree(4, server, client, "PSH, ACK", "TLSv1.3 Record Layer: Handshake Protocol: Server Hello", "    Handshake Protocol: Server Hello", "        Version: TLS 1.2 (0x0303)",
				"        Cipher Suite: TLS_AES_128_GCM_SHA256 (0x1301)", "            Supported Version: TLS 1.3 (0x0304)", "TLSv1.3 Record Layer: Application Data Protocol: http-over-tls", "    Length: 900")+
			packetTree(5, client, server, "PSH, ACK", "TLSv1.3 Record Layer: Change Cipher Spec Protocol: Change Cipher Spec", "    Length: 1", "TLSv1.3 Record Layer: Application Data Protocol: http-over-tls",
				"    Opaque Type: Application Data (23)", fmt.Sprintf("    Length: %d", size))+
			packetTree(6, client, server, "FIN, ACK"))
		if endOf(h) != want || h.Client.ServerName != "db.example.net" || h.Server.Version != wire.TLS13 || h.Passive.ServerTTL != 61 || h.Passive.SYN != fact.Yes {
			t.Errorf("%d bytes: %s, want %s; %s", size, endOf(h), want, stepsOf(h))
		}
	}
}

// TestQuotedHeaders: the packet that an ICMP error quotes is no packet of the connection.
func TestQuotedHeaders(t *testing.T) {
	text := strings.Replace(packetTree(1, "10.0.0.9 443", "10.0.0.7 50001", "PSH, ACK", "TLSv1 Record Layer: Handshake Protocol: Client Hello"), "Transmission Control", "Internet Control Message Protocol\nTransmission Control", 1)
	if hs, _, claimed := ReadText("x", []byte(text)); len(hs) != 0 || len(claimed) != 1 {
		t.Errorf("%+v %v", hs, claimed)
	}
}
