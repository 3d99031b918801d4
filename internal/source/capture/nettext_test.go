package capture

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// stepsOf is a handshake's steps in short: "c ClientHello 7".
func stepsOf(h *fact.Handshake) string {
	var list []string
	for _, s := range h.Steps {
		list = append(list, fmt.Sprintf("%s %s %d", s.From.String()[:1], s.Name, s.Packet))
	}
	return strings.Join(list, "|")
}

// endOf is how a connection ended, in short.
func endOf(h *fact.Handshake) string {
	return fmt.Sprintf("%d %s %s after %s", h.Finished, h.End.By, h.End.How, h.End.After)
}

// oneTrace reads a text that holds one handshake.
func oneTrace(t *testing.T, text string) *fact.Handshake {
	t.Helper()
	hs, _, _ := ReadText("trace.txt", []byte(text))
	if len(hs) != 1 {
		t.Fatalf("%d handshakes in\n%s", len(hs), text)
	}
	return &hs[0]
}

// TestArticle reads a trace in prose, shaped like the one of KB 4557473.
func TestArticle(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "netmon-dhe.txt"))
	if err != nil {
		t.Fatal(err)
	}
	hs, gaps, claimed := ReadText("netmon-dhe.txt", b)
	if len(hs) != 1 || len(gaps) != 0 || fmt.Sprint(claimed) != "[[3 14] [17 51]]" {
		t.Fatalf("%d handshakes, gaps %v, lines %v", len(hs), gaps, claimed)
	}
	h := &hs[0]
	want := "c PRELOGIN 204124|s PRELOGIN 204126|c ClientHello 204131|s ServerHello 204140|s Certificate 204140|s ServerKeyExchange 204140|s ServerHelloDone 204140|" +
		"c ClientKeyExchange 204160|c ChangeCipherSpec 204160|c encrypted handshake 204160"
	if stepsOf(h) != want || endOf(h) != "1 server FIN after client Finished" {
		t.Errorf("%s\n%s", stepsOf(h), endOf(h))
	}
	if h.Server == nil || h.Server.Suite != 0x009f || h.Server.Version != wire.TLS12 || h.Client != nil {
		t.Errorf("server %+v, client %+v", h.Server, h.Client)
	}
	if h.Ref != (fact.Ref{Kind: "capture", At: "packet 204117", Name: "netmon-dhe.txt"}) || h.Protocol != "mssql" {
		t.Errorf("%+v, %s", h.Ref, h.Protocol)
	}
	if fmt.Sprint(h.Path) != "[[::%<Client>]:51840 [::%<Server>]:1433]" {
		t.Errorf("ends %v", h.Path)
	}
	p := h.Passive
	if p.SYN != fact.Yes || p.First != 204117 || p.Last != 204175 || p.Progress != "S PL PR CH SH KE" || p.Resumed != fact.No {
		t.Errorf("%+v", p)
	}
	if len(p.Closes) != 2 || p.Closes[0].Packet != 204171 || p.Closes[1].Packet != 204175 || p.Closes[0].By != wire.ServerSide {
		t.Errorf("closes %+v", p.Closes)
	}
	// 91.2839602 s less 91.2044170 s, and less the 91.2720416 s of the client's last word.
	if near(p.Closes[0].At, 79543200) && near(h.End.Silent, 11918600) && near(h.Steps[0].At, 1183100) {
		return
	}
	t.Errorf("times %v, %v, %v", p.Closes[0].At, h.End.Silent, h.Steps[0].At)
}

// TestUTF16: Windows' shells write it, with a mark at the start.
func TestUTF16(t *testing.T) {
	text := "7 1.0000 <Client> <Söhne → 😀> TLS:TLS Rec Layer-1 HandShake: Client Hello.\n"
	little, big := []byte{0xff, 0xfe}, []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(text)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	for _, b := range [][]byte{little, big, append([]byte("\xef\xbb\xbf"), text...), append(little, 0)} {
		hs, _, claimed := ReadText("x", b)
		if len(hs) != 1 || hs[0].Path[1].String() != "[::%<Söhne → 😀>]:0" || fmt.Sprint(claimed) != "[[0 1]]" || !LooksLikeTrace(b) {
			t.Errorf("% x: %+v %v", b[:4], hs, claimed)
		}
	}
}

// near allows for the rounding of printed seconds.
func near(d time.Duration, nanos int64) bool {
	return (d - time.Duration(nanos)).Abs() < 200*time.Nanosecond
}

// TestFrameLines reads lines as users set their columns, and as articles and mails wrap them.
func TestFrameLines(t *testing.T) {
	tls := "TLS:TLS Rec Layer-1 HandShake: Client Hello."
	for _, r := range []struct{ line, want string }{
		{"7 0.0123000 10.0.0.7 10.0.0.9 " + tls, "7 10.0.0.7:0 10.0.0.9:0 0 12.3ms ClientHello"},
		{"7\t10:14:26 AM 3/5/2021\t0.0123000\tsqlservr.exe\t10.0.0.7\tDB1\tTLS\t" + tls, "7 10.0.0.7:0 DB1:0 0 12.3ms ClientHello"},
		{"> 7 *\\<DateTime>* 0.0123000 (0) 10.0.0.7 62047 (0xF25F) 10.0.0.9 443 (0x1BB) TLS 156 (0x9C) 136 517 " + tls + "  ", "7 10.0.0.7:62047 10.0.0.9:443 0 12.3ms ClientHello"},
		{"|10.0.0.7|10.0.0.9|TLS|" + tls + "|", "0 10.0.0.7:0 10.0.0.9:0 0 0s ClientHello"},
		{"7 8:34:51 AM 3/9/2022 10.0.0.7 10.0.0.9 " + tls + " {TLS:328, SSLVersionSelector:327, TDS:326, TCP:325, IPv4:3}", "7 10.0.0.7:0 10.0.0.9:0 0 0s ClientHello"},
		{"7 0.0123000 2001:db8::7 2001:db8::9 " + tls, "7 2001:db8::7:0 2001:db8::9:0 0 12.3ms ClientHello"},
		{"7 0.0123000 &lt;Client&gt; &lt;My Server&gt; " + tls, "7 <Client>:0 <My Server>:0 0 12.3ms ClientHello"},
		{"7 0.0123000 a-1.corp b_2.corp TCP TCP:Flags=...A...F, SrcPort=HTTPS(443), DstPort=62047, PayloadLen=0", "7 a-1.corp:443 b_2.corp:62047 17 12.3ms "},
		{"7 0.0123000 a b TCP:[ReTransmit #5]Flags=......S., SrcPort=1, DstPort=2", "7 a:1 b:2 2 12.3ms repeated "},
		{"7 0.0123000 a b TCP: [Bad CheckSum]Flags=...A.R.., SrcPort=1, DstPort=2", "7 a:1 b:2 20 12.3ms "},
		{"7 0.0123000 a b TDS:Prelogin, Version = 7.4, Flags=...AP..., SrcPort=5, DstPort=1433, PayloadLen=88", "7 a:5 b:1433 24 12.3ms PRELOGIN"},
		{"7 0.0123000 a b TLS:TLS Rec Layer-1 Cipher Change Spec; TLS Rec Layer-2 HandShake: Encrypted Handshake Message.", "7 a:0 b:0 0 12.3ms ChangeCipherSpec encrypted handshake"},
		{"7 0.0123000 a b TLS:TLS Rec Layer-1 HandShake: Client Key Exchange.; TLS Rec Layer-2 Cipher Change Spec; TLS Rec La", "7 a:0 b:0 0 12.3ms ClientKeyExchange ChangeCipherSpec encrypted handshake"},
		{"7 0.0123000 a b TLS:TLS Rec Layer-1 SSL Application Data", "7 a:0 b:0 0 12.3ms application data"},
		{"7 0.0123000 a b TLS:TLS Rec Layer-1 Encrypted Alert", "7 a:0 b:0 0 12.3ms encrypted alert"},
		{"7 0.0123000 a b TLS:TLS Rec Layer-1 Alert: Level = fatal, Description = Handshake Failure(40)", "7 a:0 b:0 0 12.3ms Alert(fatal handshake_failure (40))"},
		{"7 0.0123000 a b TLS:Continued Data: 1460 Bytes", "7 a:0 b:0 0 12.3ms "},
	} {
		s := newTextScan([]byte(r.line))
		f, used := s.frameLine(0)
		if f == nil || used != 1 {
			t.Errorf("not read: %s", r.line)
			continue
		}
		if got := frameWords(f); got != r.want {
			t.Errorf("%s\n got %s\nwant %s", r.line, got, r.want)
		}
	}
}

// frameWords is a frame in short.
func frameWords(f *textFrame) string {
	var names []string
	for _, m := range f.messages {
		if m.note != "" && m.alert != nil {
			m.name += "(" + m.note + ")"
		}
		names = append(names, m.name)
	}
	repeated := ""
	if f.repeated {
		repeated = "repeated "
	}
	return fmt.Sprintf("%d %s:%d %s:%d %d %v %s%s", f.number, f.src.host, f.src.port, f.dst.host, f.dst.port, f.flags, f.at, repeated, strings.Join(names, " "))
}

// TestWrappedLines puts together what a mail or a narrow page broke.
func TestWrappedLines(t *testing.T) {
	h := oneTrace(t, `10 1.0000 10.0.0.7 10.0.0.9 TLS:TLS Rec Layer-1 HandShake:
Client Hello. {TLS:328, SSLVersionSelector:327, TDS:326, TCP:325, IP
11 1.0010 10.0.0.9 10.0.0.7
TLS:TLS Rec Layer-1 HandShake: Server Hello. Certificate. Server Hello Done. {TLS:328, SSLVersionSe
12 1.0020 10.0.0.7 10.0.0.9 TLS:TLS Rec Layer-1 HandShake: Client Key
Exchange.; TLS Rec Layer-2 Cipher Change Spec; TLS Rec La
13 1.0030 10.0.0.9 10.0.0.7 TLS:TLS Rec Layer-1 Cipher Change
Spec; TLS Rec Layer-2 HandShake: Encrypted Handshake Message. {TL
14 1.0040 10.0.0.7 10.0.0.9 TCP:Flags=...A...F, SrcPort=50000,
DstPort=1433, PayloadLen=0, Seq=1, Ack=1`)
	want := "c ClientHello 10|s ServerHello 11|s Certificate 11|s ServerHelloDone 11|c ClientKeyExchange 12|c ChangeCipherSpec 12|c encrypted handshake 12|s ChangeCipherSpec 13|s encrypted handshake 13"
	if stepsOf(h) != want || endOf(h) != "2 client completed after server Finished" || h.Path[1].String() != "10.0.0.9:1433" {
		t.Errorf("%s\n%s %v", stepsOf(h), endOf(h), h.Path)
	}
}

// TestExpandedClientHello takes what the tree of a ClientHello says, quoted in Markdown with the address hidden.
func TestExpandedClientHello(t *testing.T) {
	hs, gaps, claimed := ReadText("x", []byte(`Connections are reset:

> 82 *\<DateTime>* 10.8024 (0) 192.0.2.8 62047 (0xF25F) 10.10.1.5 443 (0x1BB) TCP 52 (0x34) 32 8192 TCP:Flags=CE....S., SrcPort=62047, DstPort=HTTPS(443), PayloadLen=0
93 *\<DateTime>* 10.8244 (0) 192.0.2.8 62047 (0xF25F) 10.10.1.5 443 (0x1BB) TLS 156 (0x9C) 136 517 TLS:TLS Rec Layer-1 HandShake: Client Hello.
99 *\<DateTime>* 10.8246 (4) 10.10.1.5 443 (0x1BB) 192.0.2.8 62047 (0xF25F) TCP 40 (0x28) 20 0 TCP: [Bad CheckSum]Flags=...A.R.., SrcPort=HTTPS(443), DstPort=62047, PayloadLen=0

The hello:

> Frame: Number = 93, Captured Frame Length = 271, MediaType = NetEvent
\+ Ipv4: Src = *\<IP Address>*, Dest = *\<IP Address>*, Next Protocol = TCP, Packet ID = 31775, Total IP Length = 156
\+ Tcp: Flags=...AP..., SrcPort=62047, DstPort=HTTPS(443), PayloadLen=116
\- TLS: TLS Rec Layer-1 HandShake: Client Hello.
 \- TlsRecordLayer: TLS Rec Layer-1 HandShake:
 \- Version: TLS 1.2
 \- SSLHandshake: SSL HandShake ClientHello(0x01)
 HandShakeType: ClientHello(0x01)
 \- ClientHello: TLS 1.0
 \+ Version: TLS 1.0
 \+ TLSCipherSuites: TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA { 0xC0,0x14 }
 \+ TLSCipherSuites: TLS_RSA_WITH_AES_128_CBC_SHA { 0x00, 0x2F }
 \+ TLSCipherSuites: TLS_RSA_WITH_RC4_128_MD5
 \- ClientHelloExtension: Server Name(0x0000)
 ServerName: sts.example.net
 \+ ClientHelloExtension: Unknown Extension Type
 \+ ClientHelloExtension: Renegotiation Info(0xFF01)

That is all.`))
	if len(hs) != 1 || len(gaps) != 0 || fmt.Sprint(claimed) != "[[2 5] [8 25]]" {
		t.Fatalf("%d handshakes, %v, %v", len(hs), gaps, claimed)
	}
	h := &hs[0]
	c := h.Client
	if c == nil || c.LegacyVersion != wire.TLS10 || c.ServerName != "sts.example.net" || fmt.Sprint(c.Suites) != "[49172 47 4]" || len(c.Extensions) != 2 || !c.Renegotiation {
		t.Errorf("hello %+v", c)
	}
	if endOf(h) != "1 server RST after ClientHello" || h.Path[0].String() != "192.0.2.8:62047" || h.Protocol != "https" || h.Passive.JA4 != "" {
		t.Errorf("%s %v %s %+v", endOf(h), h.Path, h.Protocol, h.Passive)
	}
}

// TestPartsOfATree: authors print the interesting branch behind its frame's line.
func TestPartsOfATree(t *testing.T) {
	h := oneTrace(t, `599    8:34:51 AM 3/9/2022  10.10.10.10  10.10.10.20  TDS:Prelogin, Flags=...AP..., SrcPort=56277, DstPort=1433, PayloadLen=104,

- Tds: Prelogin
  - PreLoginPacketData:
     - EncryptionData:
        Encryption: ENCRYPT_ON 1 (0x1)    <----- asked for

602    8:34:51 AM 3/9/2022  10.10.10.20  10.10.10.10  TDS:Response

- Tds: Prelogin
        Encryption: ENCRYPT_REQ 3 (0x3)

605    8:34:51 AM 3/9/2022  10.10.10.10  10.10.10.20  TLS:TLS Rec Layer-1 HandShake: Client Hello.
617    8:34:52 AM 3/9/2022  10.10.10.20  10.10.10.10  TLS:TLS Rec Layer-1 HandShake: Server Hello. Certificate. Server Hello Done.

- TLS: TLS Rec Layer-1 HandShake: Server Hello. Certificate. Server Hello Done.
      HandShakeType: ServerHello(0x02)
      TLSCipherSuite: TLS_RSA_WITH_AES_256_GCM_SHA384 { 0x00, 0x9D }
      HandShakeType: Certificate(0x0B)
      + X509Cert: Issuer: SSL_Self_Signed_Fallback, Subject: SSL_Self_Signed_Fallback   <---- its own

686    8:34:53 AM 3/9/2022  10.10.10.10  10.10.10.20  TCP:Flags=...A...F, SrcPort=56277, DstPort=1433, PayloadLen=0,
`)
	if h.Said == nil || h.Said.Encryption != "ON → REQ" || h.Server == nil || h.Server.Suite != 0x9d || endOf(h) != "1 client FIN after ServerHelloDone" {
		t.Errorf("%+v %+v %s", h.Said, h.Server, endOf(h))
	}
	if h.Steps[4].Note != "Issuer: SSL_Self_Signed_Fallback, Subject: SSL_Self_Signed_Fallback" {
		t.Errorf("certificate %+v", h.Steps[4])
	}
	if !h.Passive.Start.Equal(time.Date(2022, 3, 9, 8, 34, 51, 0, time.UTC)) || h.End.Silent != time.Second {
		t.Errorf("times %v %v", h.Passive.Start, h.End.Silent)
	}
}
