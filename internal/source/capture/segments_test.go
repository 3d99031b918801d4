package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// realCaptures is the directory of captures taken by others: TLSWHY_CAPTURES, or beside the project.
func realCaptures(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TLSWHY_CAPTURES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "captures")
	}
	dir = filepath.Join(dir, "files")
	if _, err := os.Stat(dir); err != nil {
		missing(t, "no directory of real captures (%s); name one in TLSWHY_CAPTURES", dir)
	}
	return dir
}

// missing leaves a test out, or fails it where nothing may be left out.
func missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf("left out: "+format, args...)
}

// fewCaptures hold what the decoder can meet: one or two files of each link type, tunnel and format. All files are
// compared where TLSWHY_REQUIRE_REAL=1.
var fewCaptures = []string{
	"arkime__gre-erspan-vxlan.pcap", "arkime__twovlan.pcap", "arkime__vxlan.pcap", "ndpi__6in4tunnel.pcap", "ndpi__443-chrome.pcap",
	"editcap-netmon1__ndpi__ssl-cert-name-mismatch.cap", "editcap-netmon2__arkime__openssl-tls1_2.cap", "editcap-snap128__arkime__openssl-tls1_2.pcap",
	"ndpi__capwap_data.pcapng", "ndpi__tls_invalid_reads.pcapng", "ndpi__lru_ipv6_caches.pcapng", "suricata-verify__community-id-ipv4.pcap", "ndpi__viber.pcapng",
}

// TestSegmentsAsTshark compares every frame and every TCP segment with what tshark says of them.
func TestSegmentsAsTshark(t *testing.T) {
	dir := realCaptures(t)
	if _, err := exec.LookPath("tshark"); err != nil {
		missing(t, "tshark is not installed")
	}
	list := fewCaptures
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		list = nil
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.Name())
		}
	}
	frames, segments := 0, 0
	for _, name := range list {
		if strings.HasSuffix(name, ".etl") {
			continue // tshark reads them on Windows only
		}
		want := tsharkSegments(t, filepath.Join(dir, name))
		got, damaged := ownSegments(t, filepath.Join(dir, name))
		if damaged && len(got) > len(want) { // tshark stops at the first damage, we go on behind it
			t.Logf("%s: %d frames behind the damage", name, len(got)-len(want))
			got = got[:len(want)]
		}
		frames, segments = frames+len(want), segments+compareSegments(t, name, got, want)
	}
	t.Logf("%d files, %d frames, %d segments equal", len(list), frames, segments)
}

// compareSegments reports the first differences of a file and returns how many segments are equal.
func compareSegments(t *testing.T, name string, got, want []string) int {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d frames, tshark has %d", name, len(got), len(want))
	}
	differ, equal := 0, 0
	for i := range min(len(got), len(want)) {
		if len(got[i]) > len(want[i]) && offloaded(want[i]) {
			continue
		}
		if got[i] == want[i] {
			equal += strings.Count(got[i], "seq")
			continue
		}
		if differ++; differ < 4 {
			t.Errorf("%s: frame %d\n got %s\nwant %s", name, i+1, got[i], want[i])
		}
	}
	return equal
}

// offloaded tells a frame longer than IP's length can say: tshark 4.0 finds no TCP in it.
func offloaded(line string) bool {
	_, lengths, _ := strings.Cut(line, "len ")
	n, _ := strconv.Atoi(lengths[:strings.IndexByte(lengths, '/')])
	return n > 65535
}

// tsharkSegments is one line for each frame: times, lengths, and the innermost TCP segment.
func tsharkSegments(t *testing.T, path string) []string {
	t.Helper()
	fields := []string{"frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst",
		"tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.window_size_value", "tcp.len", "ip.ttl", "ipv6.hlim", "tcp.options.mss_val"}
	args := []string{"-n", "-r", path, "-T", "fields", "-E", "separator=|", "-E", "occurrence=l", "-o", "tcp.desegment_tcp_streams:FALSE"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	cmd := exec.Command("tshark", args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "TZ=UTC") // nobody's preferences
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil && out.Len() == 0 {
		t.Fatalf("tshark %s: %v", path, err)
	}
	var list []string
	for line := range strings.Lines(out.String()) {
		list = append(list, tsharkLine(strings.Split(strings.TrimRight(line, "\r\n"), "|")))
	}
	return list
}

// tsharkLine makes our line of tshark's fields.
func tsharkLine(v []string) string {
	line := fmt.Sprintf("%s %s len %s/%s", v[0], v[1], v[3], v[2])
	chain := strings.Split(v[4], ":")
	if v[9] == "" || strings.Contains(v[4], ":icmp") { // ICMP quotes headers
		return line
	}
	src, dst, ttl := v[5], v[7], v[16]
	for i := len(chain) - 1; i >= 0; i-- {
		if chain[i] == "ipv6" {
			src, dst, ttl = v[6], v[8], v[17]
		}
		if chain[i] == "ip" || chain[i] == "ipv6" {
			break
		}
	}
	mss := v[18]
	if mss == "" {
		mss = "0"
	}
	flags := strings.TrimPrefix(v[13], "0x")
	return fmt.Sprintf("%s %s:%s>%s:%s seq %s ack %s flags %s win %s len %s ttl %s mss %s", line, src, v[9], dst, v[10], v[11], v[12],
		flags[len(flags)-2:], v[14], v[15], ttl, mss)
}

// ownSegments is the same by our reader, and whether the file is damaged.
func ownSegments(t *testing.T, path string) (list []string, damaged bool) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c, err := openContainer(Input{Name: path, R: file})
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	defer c.Close()
	d := newDecoder()
	for {
		f, err := c.Next()
		var broken *damage
		if errors.As(err, &broken) {
			t.Logf("%s: %v", path, err)
			damaged = true
			continue
		}
		if err == io.EOF {
			return list, damaged
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		list = append(list, ownLine(d, &f))
	}
}

func ownLine(d *packetDecoder, f *Frame) string {
	line := fmt.Sprintf("%d %d.%09d len %d/%d", f.Number, f.At.Unix(), f.At.Nanosecond(), len(f.Data), f.Len)
	var s segment
	if !d.decode(f, &s) {
		return line
	}
	at := func(a netip.AddrPort) string { return fmt.Sprintf("%s:%d", a.Addr(), a.Port()) }
	return fmt.Sprintf("%s %s>%s seq %d ack %d flags %02x win %d len %d ttl %d mss %d", line, at(s.Src), at(s.Dst), s.Seq, s.Ack, s.Flags, s.Window,
		len(s.Payload)+s.Cut, s.TTL, s.MSS)
}
