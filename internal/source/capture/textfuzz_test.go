package capture

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzReadText holds what ReadText owes for any text: lines claimed once and in bounds, bounded results, and no claim on a
// text that does not look like a trace.
func FuzzReadText(f *testing.F) {
	article, err := os.ReadFile(filepath.Join("testdata", "netmon-dhe.txt"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(article)
	for _, seed := range []string{
		"1 0.000 10.0.0.7 → 10.0.0.9 TCP 66 50001 → 443 [SYN] Seq=0 Win=64240 Len=0\n2 0.002 10.0.0.9 → 10.0.0.7 TLSv1.2 61 Alert (Level: Fatal, Description: Protocol Version)\n",
		"Frame 6: 147 bytes on wire (1176 bits), 147 bytes captured\n    Epoch Time: 1714557600.003000000 seconds\nInternet Protocol Version 4, Src: 10.0.0.7, Dst: 10.0.0.9\n    Time to Live: 64\n" +
			"Transmission Control Protocol, Src Port: 50001, Dst Port: 443, Seq: 1, Ack: 1, Len: 99\n    Flags: 0x018 (PSH, ACK)\nTransport Layer Security\n    TLSv1 Record Layer: Handshake Protocol: Client Hello\n" +
			"        Length: 94\n        Handshake Protocol: Client Hello\n            Version: TLS 1.2 (0x0303)\n                Cipher Suite: X (0x009f)\n                    Type: signature_algorithms (13)\n                        Signature Algorithm: x (0x0401)\n" +
			"    TLSv1.2 Record Layer: Handshake Protocol: Server Hello\n        Handshake Protocol: Server Hello\n            Cipher Suite: X (0x009f)\n",
		"[{\n\"_source\": {\"layers\": {\"frame\": {\"frame.number\": \"1\", \"frame.time_epoch\": \"1714557600.0\"}, \"ip\": {\"ip.src\": \"10.0.0.7\", \"ip.dst\": \"10.0.0.9\"}, " +
			"\"tcp\": {\"tcp.srcport\": \"50001\", \"tcp.dstport\": \"443\", \"tcp.flags\": \"0x18\", \"tcp.len\": \"7\", \"tcp.options.mss_val\": \"1460\", \"tcp.payload\": \"15:03:03:00:02:02:28\"}}}}]",
		"10 1.0000 10.0.0.7 10.0.0.9 TLS:TLS Rec Layer-1 HandShake:\nClient Hello. {TLS:328, TCP:325, IP\n- TLS: TLS Rec Layer-1 HandShake: Client Hello.\nHandShakeType: ClientHello(0x01)\n+ TLSCipherSuites: X { 0xC0,0x14 }\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		hs, gaps, claimed := ReadText("x", text)
		at := 0
		for _, c := range claimed {
			if c[0] < at || c[1] <= c[0] {
				t.Fatalf("lines %v", claimed)
			}
			at = c[1]
		}
		if at > countLines(text) || len(gaps) > maxTextGaps {
			t.Errorf("line %d of %d, %d gaps", at, countLines(text), len(gaps))
		}
		for i := range hs {
			if len(hs[i].Steps) > len(text)+8 || hs[i].Passive == nil || len(hs[i].Path) != 2 {
				t.Errorf("%+v", hs[i])
			}
		}
		if LooksLikeTrace(text) && len(claimed) == 0 {
			t.Error("looks like a trace, and no line is one")
		}
	})
}

func countLines(text []byte) int {
	n := 1
	for _, c := range text {
		if c == '\n' {
			n++
		}
	}
	return n
}
