package capture

import (
	"fmt"
	"strings"
	"testing"
)

// TestSeveralConversations keeps connections of the same hosts apart: frames of TLS are printed without ports.
func TestSeveralConversations(t *testing.T) {
	hello, answer := "TLS:TLS Rec Layer-1 HandShake: Client Hello.", "TLS:TLS Rec Layer-1 HandShake: Server Hello. Certificate. Server Hello Done."
	keys := "TLS:TLS Rec Layer-1 HandShake: Client Key Exchange.; TLS Rec Layer-2 Cipher Change Spec; TLS Rec Layer-3 HandShake: Encrypted Handshake Message."
	hs, gaps, _ := ReadText("x", []byte(strings.Join([]string{
		"1 0.0001 10.0.0.7 10.0.0.9 TCP:Flags=......S., SrcPort=50001, DstPort=1433, PayloadLen=0",
		"2 0.0002 10.0.0.7 10.0.0.9 " + hello,
		"3 0.0003 10.0.0.7 10.0.0.9 TCP:Flags=......S., SrcPort=50002, DstPort=1433, PayloadLen=0",
		"4 0.0004 10.0.0.9 10.0.0.7 " + answer, // of the first: the second has not said hello
		"5 0.0005 10.0.0.7 10.0.0.9 " + hello,  // of the second
		"6 0.0006 10.0.0.8 10.0.0.9 TCP:Flags=......S., SrcPort=50001, DstPort=1433, PayloadLen=0",
		"7 0.0007 10.0.0.9 10.0.0.7 " + answer, // of the second
		"8 0.0008 10.0.0.9 10.0.0.7 TCP:Flags=...A.R.., SrcPort=1433, DstPort=50002, PayloadLen=0",
		"9 0.0009 10.0.0.7 10.0.0.9 " + keys, // of the first: the second is closed
		"10 0.001 10.0.0.9 10.0.0.7 TCP:Flags=...A...F, SrcPort=1433, DstPort=50001, PayloadLen=0",
		"11 0.002 10.0.0.7 10.0.0.9 TCP:Flags=......S., SrcPort=50001, DstPort=1433, PayloadLen=0", // the port again
		"12 0.003 10.0.0.7 10.0.0.9 TDS:Prelogin, Flags=...AP..., SrcPort=50001, DstPort=1433, PayloadLen=88",
		"13 0.004 10.0.0.9 10.0.0.7 TCP:Flags=...A.R.., SrcPort=1433, DstPort=50001, PayloadLen=0",
	}, "\n")))
	var got []string
	for i := range hs {
		got = append(got, fmt.Sprintf("%v %s %s", hs[i].Path[0], endOf(&hs[i]), stepsOf(&hs[i])))
	}
	want := []string{
		"10.0.0.7:50001 1 server FIN after client Finished c ClientHello 2|s ServerHello 4|s Certificate 4|s ServerHelloDone 4|c ClientKeyExchange 9|c ChangeCipherSpec 9|c encrypted handshake 9",
		"10.0.0.7:50002 1 server RST after ServerHelloDone c ClientHello 5|s ServerHello 7|s Certificate 7|s ServerHelloDone 7",
		"10.0.0.7:50001 1 server RST after preamble c PRELOGIN 12",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(gaps) != 2 || !strings.Contains(gaps[0].What, "packet 4") {
		t.Errorf("gaps %v", gaps)
	}
}

// TestAmbiguousFrames: where two connections are at the same point nobody can tell, and it is said.
func TestAmbiguousFrames(t *testing.T) {
	_, gaps, _ := ReadText("x", []byte(`1 0.0001 10.0.0.7 10.0.0.9 TCP:Flags=......S., SrcPort=50001, DstPort=1433, PayloadLen=0
2 0.0002 10.0.0.7 10.0.0.9 TCP:Flags=......S., SrcPort=50002, DstPort=1433, PayloadLen=0
3 0.0003 10.0.0.7 10.0.0.9 TLS:TLS Rec Layer-1 HandShake: Client Hello.`))
	if len(gaps) != 1 || !strings.Contains(gaps[0].What, "1 frames") {
		t.Errorf("gaps %v", gaps)
	}
	_, gaps, _ = ReadText("x", []byte(`1 0.0001 10.0.0.7 10.0.0.9 TCP:Flags=......S., SrcPort=50001, DstPort=1433 {TCP:4, IPv4:3}
2 0.0002 10.0.0.7 10.0.0.9 TCP:Flags=......S., SrcPort=50002, DstPort=1433 {TCP:5, IPv4:3}
3 0.0003 10.0.0.7 10.0.0.9 TLS:TLS Rec Layer-1 HandShake: Client Hello. {TLS:7, SSLVersionSelector:6, TCP:4, IPv4:3}`))
	if len(gaps) != 0 {
		t.Errorf("with the tool's numbers of conversations: %v", gaps)
	}
}

// TestEndsOfTraces covers how a connection can end, in Wireshark's lines.
func TestEndsOfTraces(t *testing.T) {
	open := []string{
		"1 0.000 10.0.0.7 → 10.0.0.9 TCP 66 50001 → 443 [SYN] Seq=0 Win=64240 Len=0",
		"2 0.001 10.0.0.9 → 10.0.0.7 TCP 66 443 → 50001 [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0",
		"3 0.002 10.0.0.7 → 10.0.0.9 TLSv1 571 Client Hello (SNI=db.example.net)",
	}
	twelve := append(open[:3:3], "4 0.003 10.0.0.9 → 10.0.0.7 TLSv1.2 1440 Server Hello, Certificate, Server Key Exchange, Server Hello Done",
		"5 0.004 10.0.0.7 → 10.0.0.9 TLSv1.2 180 Client Key Exchange, Change Cipher Spec, Encrypted Handshake Message")
	thirteen := append(open[:3:3], "4 0.003 10.0.0.9 → 10.0.0.7 TLSv1.3 1440 Server Hello, Change Cipher Spec, Application Data, Application Data",
		"5 0.004 10.0.0.7 → 10.0.0.9 TLSv1.3 130 Change Cipher Spec, Application Data")
	for _, r := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"silence", open, "0   after ClientHello"},
		{"reset", append(open[:3:3], "4 0.003 10.0.0.9 → 10.0.0.7 TCP 54 443 → 50001 [RST, ACK] Seq=1 Ack=518 Win=0 Len=0"), "1 server RST after ClientHello"},
		{"alert", append(open[:3:3], "4 0.003 10.0.0.9 → 10.0.0.7 TLSv1.2 61 Alert (Level: Fatal, Description: Protocol Version)"), "1 server alert after ClientHello"},
		{"client's alert", append(twelve[:4:4], "5 0.004 10.0.0.7 → 10.0.0.9 TLSv1.2 61 Alert (Level: Fatal, Description: Certificate Unknown)"), "1 client alert after ServerHelloDone"},
		{"after the client's Finished", append(twelve[:5:5], "6 0.005 10.0.0.9 → 10.0.0.7 TCP 54 443 → 50001 [FIN, ACK] Seq=1 Ack=1 Win=1 Len=0"), "1 server FIN after client Finished"},
		{"finished", append(twelve[:5:5], "6 0.005 10.0.0.9 → 10.0.0.7 TLSv1.2 105 Change Cipher Spec, Encrypted Handshake Message", "7 1.000 10.0.0.7 → 10.0.0.9 TCP 54 50001 → 443 [FIN, ACK] Seq=1 Ack=1 Win=1 Len=0"),
			"2 client completed after server Finished"},
		{"TLS 1.3", append(thirteen[:5:5], "6 0.005 10.0.0.7 → 10.0.0.9 TLSv1.3 200 Application Data"), "2  completed after client Finished"},
		{"TLS 1.3, closed on the client's Finished", append(thirteen[:5:5], "6 0.005 10.0.0.9 → 10.0.0.7 TCP 54 443 → 50001 [FIN, ACK] Seq=1 Ack=1 Win=1 Len=0"), "1 server FIN after client Finished"},
		{"a FIN that was sent again", append(open[:3:3], "4 0.003 10.0.0.9 → 10.0.0.7 TCP 54 [TCP Retransmission] 443 → 50001 [FIN, ACK] Seq=1 Ack=518 Win=0 Len=0"), "1 server FIN after ClientHello"},
	} {
		h := oneTrace(t, strings.Join(r.lines, "\n"))
		if got := endOf(h); got != r.want {
			t.Errorf("%s: %s, want %s; %s", r.name, got, r.want, stepsOf(h))
		}
	}
}

// TestSharkLines reads Wireshark's lines in its and its users' variants.
func TestSharkLines(t *testing.T) {
	for _, r := range []struct{ line, want string }{
		{"    4   0.003242 192.168.56.1 → 192.168.56.101 TLSv1 246 Client Hello", "4 192.168.56.1:0 192.168.56.101:0 0 3.242ms ClientHello"},
		{"119\t11.309076005\t10.0.0.3\t10.0.0.1\tTLSv1.2\t3736\tServer Hello, Certificate, Server Key Exchange, Server Hello Done", "119 10.0.0.3:0 10.0.0.1:0 0 11.309076005s ServerHello Certificate ServerKeyExchange ServerHelloDone"},
		{"9 2024-05-01 10:11:12.5 ::1 -> ::2 TCP 74 443 → 55318 [SYN, ACK] Seq=0 Ack=1 Win=1", "9 ::1:443 ::2:55318 18 0s "},
		{"9 1.000 a b TLSv1.3 173 Hello Retry Request, Change Cipher Spec", "9 a:0 b:0 0 1s HelloRetryRequest ChangeCipherSpec"},
		{"9 1.000 a b TLSv1.2 73 Alert (Level: Fatal, Description: Certificate Unknown), Encrypted Alert", "9 a:0 b:0 0 1s Alert(fatal certificate_unknown (46)) encrypted alert"},
		{"9 1.000 a b TLSv1.2 73 [TCP Spurious Retransmission] , Client Hello", "9 a:0 b:0 0 1s repeated ClientHello"},
		{"9 1.000 a b TDS 87 TDS7 pre-login message", "9 a:0 b:0 0 1s PRELOGIN"},
	} {
		f, _ := newTextScan([]byte(r.line)).frameLine(0)
		if f == nil {
			t.Errorf("not read: %s", r.line)
			continue
		}
		if got := frameWords(f); got != r.want {
			t.Errorf("%s\n got %s\nwant %s", r.line, got, r.want)
		}
	}
}

// TestNotTraces: logs, prose and tables stay with other readers.
func TestNotTraces(t *testing.T) {
	for _, text := range []string{
		"", "\n\n", "the TLS: handshake failed", "TLS: TLS handshake error", "[]", "{\"layers\": 3}", "[{\"a\": {\"layers\": {}}}]",
		"2024/05/01 10:11:12 [error] 4711#4711: *1 SSL_do_handshake() failed (SSL: error:0A000410) while SSL handshaking to upstream, client: 10.0.0.7",
		"10 0.5 a b", "1 2 3 4 5 6 7 8 9", "12 0.0001 10.0.0.7 10.0.0.9 DNS 80 Standard query",
		"7 0.0123000 10.0.0.7 10.0.0.9 HTTP:Request, GET /", "Frame 7: it was large", "Frame: a picture", "- TLS: TLS Rec Layer-1 HandShake: Client Hello.",
		"SrcPort=1433, DstPort=62702", "2024-05-01 10:11:12.00 Logon Error: 17828, Severity: 20, State: 4.",
		strings.Repeat("x", 1<<20), "1 0.001 " + strings.Repeat("a ", 100_000) + "TLS:TLS Rec Layer-1 HandShake: Client Hello.",
	} {
		hs, gaps, claimed := ReadText("x", []byte(text))
		if LooksLikeTrace([]byte(text)) || len(hs)+len(gaps)+len(claimed) > 0 {
			t.Errorf("%.80q is read as a trace: %v %v %v", text, hs, gaps, claimed)
		}
	}
}

// TestManyFramesOfOnePair: the time to sort frames does not grow with the square of the connections.
func TestManyFramesOfOnePair(t *testing.T) {
	var b strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&b, "%d 0.0001 10.0.0.7 10.0.0.9 TCP:Flags=......S., SrcPort=%d, DstPort=443\n", 2*i+1, 1024+i)
		fmt.Fprintf(&b, "%d 0.0001 10.0.0.7 10.0.0.9 TLS:TLS Rec Layer-1 HandShake: Client Hello.\n", 2*i+2)
	}
	hs, gaps, claimed := ReadText("x", []byte(b.String()))
	if len(hs) != maxTalks || len(gaps) == 0 || len(claimed) != 1 {
		t.Errorf("%d handshakes, gaps %v, %d spans", len(hs), gaps, len(claimed))
	}
}
