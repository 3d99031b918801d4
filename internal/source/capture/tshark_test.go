package capture_test

import (
	"bytes"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/source/capture"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// tshark runs Wireshark's reader over a capture; without it the test is left out, or fails where nothing may be.
func tshark(t *testing.T, file []byte, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("tshark")
	if err != nil && os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatal("tshark is not installed")
	}
	if err != nil {
		t.Skip("left out: tshark is not installed")
	}
	name := filepath.Join(t.TempDir(), "run.pcapng")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.Command(path, append([]string{"-n", "-r", name}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir()) // nobody's preferences
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("tshark: %v\n%s", err, errs.String())
	}
	return out.String()
}

// TestWiresharkReadsIt: the handshakes, those of TLS 1.3 decrypted by the secrets in the file, and nothing that
// Wireshark finds fault with.
func TestWiresharkReadsIt(t *testing.T) {
	third := netip.MustParseAddrPort("127.0.0.1:40003")
	file := write(t,
		capture.Connection{Client: client4, Server: server4, Transcript: handshake(t, wire.TLS13, 100), By: wire.ClientSide},
		capture.Connection{Client: client6, Server: server6, Transcript: handshake(t, wire.TLS12, 100), By: wire.ServerSide},
		capture.Connection{Client: third, Server: server4, Transcript: handshake(t, wire.TLS13, 40000), By: wire.ServerSide, Reset: true},
	)
	tls := tshark(t, file, "-Y", "tls")
	for _, want := range []string{"Client Hello", "Server Hello", "Certificate", "Certificate Verify", "Encrypted Extensions", "Finished", "Server Key Exchange", "Application Data"} {
		if !strings.Contains(tls, want) {
			t.Errorf("no %s in\n%s", want, tls)
		}
	}
	for i, want := range []string{"1,2,8,11,15,20,20", "1,2,11,12,14,16,20,20", "1,2,8,11,15,20,20"} {
		got := tshark(t, file, "-Y", "tls.handshake && tcp.stream == "+string(rune('0'+i)), "-T", "fields", "-e", "tls.handshake.type")
		if got := strings.Join(strings.FieldsFunc(got, func(r rune) bool { return r == '\n' || r == ',' }), ","); got != want {
			t.Errorf("stream %d: handshake messages %s, want %s", i, got, want)
		}
	}
	if got := tshark(t, file, "-Y", "tls.handshake.extensions_server_name == \"db.test\"", "-T", "fields", "-e", "tcp.stream"); got != "0\n1\n2\n" {
		t.Errorf("the server name is in streams %q", got)
	}
	faults := "tcp.analysis.flags || _ws.malformed || _ws.expert.severity == error || ip.checksum.status == 0 || tcp.checksum.status == 0 || tls.alert_message.desc == 20"
	if got := tshark(t, file, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", faults); got != "" {
		t.Errorf("Wireshark complains:\n%s", got)
	}
	if got := tshark(t, file, "-Y", "tcp.flags.reset == 1", "-T", "fields", "-e", "tcp.stream", "-e", "tcp.srcport"); got != "2\t443\n" {
		t.Errorf("resets %q", got)
	}
	if got := tshark(t, file, "-q", "-z", "follow,tls,raw,0"); !strings.Contains(got, strings.Repeat("00", 100)) {
		t.Errorf("the application data is not opened:\n%s", got)
	}
}

// TestWiresharkReadsThePreamble: on the usual ports it finds the handshake behind what MySQL and PostgreSQL say first.
func TestWiresharkReadsThePreamble(t *testing.T) {
	greeting := "\x0a8.4.6\x00\x01\x00\x00\x00saltsalt\x00\xff\xff\x2d\x02\x00\xff\xdf\x15" + strings.Repeat("\x00", 10) + "saltsaltsalt\x00caching_sha2_password\x00"
	sslRequest := "\x05\xae\x0f\x00\x00\x00\x00\x01\x2d" + strings.Repeat("\x00", 23)
	behind := func(from wire.Side, words ...string) wire.Transcript {
		tr := handshake(t, wire.TLS13, 100)
		var chunks []wire.Chunk
		for _, w := range words {
			chunks, from = append(chunks, wire.Chunk{From: from, Data: []byte(w)}), from.Other()
		}
		tr.Chunks = append(chunks, tr.Chunks...)
		return tr
	}
	mysql := capture.Connection{Client: client4, Server: netip.MustParseAddrPort("127.0.0.2:3306"), By: wire.ClientSide,
		Transcript: behind(wire.ServerSide, string(rune(len(greeting)))+"\x00\x00\x00"+greeting, "\x20\x00\x00\x01"+sslRequest)}
	postgres := capture.Connection{Client: client4, Server: netip.MustParseAddrPort("127.0.0.2:5432"), By: wire.ClientSide,
		Transcript: behind(wire.ClientSide, "\x00\x00\x00\x08\x04\xd2\x16\x2f", "S")}
	got := tshark(t, write(t, mysql, postgres), "-Y", "tls.handshake", "-T", "fields", "-e", "tcp.stream", "-e", "tls.handshake.type")
	if want := "0\t1\n0\t2,8,11,15,20\n0\t20\n1\t1\n1\t2,8,11,15,20\n1\t20\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
