package wire

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"
)

// said makes a transcript: sides and bytes in turn.
func said(parts ...any) *Transcript {
	t := &Transcript{}
	for i := 0; i < len(parts); i += 2 {
		data, ok := parts[i+1].([]byte)
		if !ok {
			data = []byte(parts[i+1].(string))
		}
		t.Chunks = append(t.Chunks, Chunk{From: parts[i].(Side), At: time.Duration(i) * time.Second, Data: data})
	}
	return t
}

func rfcHelloRecord(t *testing.T) []byte {
	return WriteRecords(RecordHandshake, TLS10, unhex(t, rfcClientHello), 0)
}

func TestDecodeNotTLS(t *testing.T) {
	page := "HTTP/1.1 400 Bad Request\r\n" + strings.Repeat("x", 600)
	f := Decode(said(ClientSide, rfcHelloRecord(t), ServerSide, page[:3], ServerSide, page[3:300], ServerSide, page[300:]))
	if f.NotTLS == nil || f.NotTLS.From != ServerSide || string(f.NotTLS.Data) != page[:maxNotTLSBytes] || f.NotTLS.At != 2*time.Second {
		t.Errorf("%+v", f.NotTLS)
	}
	wantSteps(t, f, "C ClientHello")
	f = Decode(said(ClientSide, "GET / HTTP/1.1\r\n", ServerSide, "HTTP/1.1 200 OK\r\n"))
	if f.NotTLS.From != ClientSide || len(f.Errors) != 1 {
		t.Errorf("%+v, %q", f.NotTLS, f.Errors)
	}
}

func TestDecodeSSLv2(t *testing.T) {
	f := Decode(said(ClientSide, unhex(t, sslv2Hello)))
	wantSteps(t, f, "C ClientHello")
	if !f.Client.SSLv2Framing || f.Client.LegacyVersion != TLS12 || f.Client.RecordsOfHello != 1 {
		t.Errorf("%+v", f.Client)
	}
	// An SSLv2 SERVER-HELLO, and something with the type of a CLIENT-HELLO: neither leads to TLS.
	for _, answer := range []string{"800b0400010002000000000000", sslv2Hello, sslv2Hello + "00112233", "80"} {
		f = Decode(said(ServerSide, unhex(t, answer)))
		if f.NotTLS == nil || !bytes.Equal(f.NotTLS.Data, unhex(t, answer)) {
			t.Errorf("%s: %+v", answer, f.NotTLS)
		}
	}
}

// RFC 8448 §3: the client's Finished and the last records are those printed there.
func TestDecodeRFC8448(t *testing.T) {
	server, err := keysFromTraffic(testSuite(t, "TLS_AES_128_GCM_SHA256"), unhex(t, rfcServerHandshake))
	if err != nil {
		t.Fatal(err)
	}
	flight, err := server.seal(RecordHandshake, TLS12, unhex(t, rfcServerFlight), nil)
	if err != nil {
		t.Fatal(err)
	}
	hello := WriteRecords(RecordHandshake, TLS12, unhex(t, rfcServerHello), 0)
	transcript := said(ClientSide, rfcHelloRecord(t), ServerSide, hello, ServerSide, flight,
		ClientSide, unhex(t, rfcClientFinishedRecord))
	random := unhex(t, rfcClientHello)[6:38]
	for label, value := range map[string]string{LabelServerHandshake: rfcServerHandshake, LabelClientHandshake: rfcClientHandshake} {
		transcript.Secrets = append(transcript.Secrets, Secret{label, random, unhex(t, value)})
	}
	f := Decode(transcript)
	wantSteps(t, f, "C ClientHello", "S ServerHello", "S+ EncryptedExtensions", "S+ Certificate", "S+ CertificateVerify",
		"S+ Finished", "C+ Finished")
	if f.Verify.Scheme != 0x0804 || len(f.Certificates.Chain) != 1 || len(f.Certificates.Chain[0]) != 432 {
		t.Errorf("%+v", f)
	}
}

func TestDecodeCut(t *testing.T) {
	hello := rfcHelloRecord(t)
	for _, c := range []struct {
		n    int
		want string
	}{
		{3, "client: record header at byte 0 cut after 3 bytes"},
		{100, "client: record at byte 0 cut after 100 of 201 bytes"},
	} {
		f := Decode(said(ClientSide, hello[:c.n]))
		if f.Client != nil || len(f.Errors) != 1 || f.Errors[0] != c.want {
			t.Errorf("%d bytes: %q", c.n, f.Errors)
		}
	}
	split := WriteRecords(RecordHandshake, TLS10, unhex(t, rfcClientHello), 100)
	f := Decode(said(ClientSide, split[:105]))
	if f.Client != nil || len(f.Errors) != 1 || f.Errors[0] != "client: ClientHello cut after 100 of 196 bytes" {
		t.Errorf("half a message: %q", f.Errors)
	}
	f = Decode(said(ClientSide, split))
	if f.Client == nil || f.Client.RecordsOfHello != 2 || f.Client.ServerName != "server" {
		t.Errorf("in two records: %+v", f.Client)
	}
}

func TestDecodeBounds(t *testing.T) {
	data := bytes.Repeat([]byte{23, 3, 3, 0, 1, 0}, 10000)
	f := Decode(said(ServerSide, data, ServerSide, []byte{21, 3, 3, 0, 2, 2, 80}))
	last := f.Messages[len(f.Messages)-1]
	if len(f.Messages) != maxDataListed+1 || last.Alert == nil || last.Alert.Code != 80 {
		t.Errorf("%d messages, last %+v", len(f.Messages), last)
	}
	if len(f.Errors) != 1 || f.Errors[0] != "7000 more messages are not listed" {
		t.Errorf("errors %q", f.Errors)
	}
	f = Decode(said(ServerSide, bytes.Repeat([]byte{21, 3, 3, 0, 2, 1, 0}, 10000)))
	if len(f.Messages) != maxMessages {
		t.Errorf("%d messages", len(f.Messages))
	}
	f = Decode(said(ServerSide, bytes.Repeat([]byte{22, 3, 3, 0, 4, 2, 0, 0, 0}, 10000)))
	if len(f.Errors) != maxErrors {
		t.Errorf("%d errors", len(f.Errors))
	}
	f = Decode(said(ServerSide, []byte{22, 3, 3, 0, 4, 11, 255, 255, 255, 22, 3, 3, 0, 4, 14, 0, 0, 0}))
	if len(f.Errors) != 1 || !strings.Contains(f.Errors[0], "handshake message of 16777215 bytes") || f.Messages[0].Name != "ServerHelloDone" {
		t.Errorf("%q, %q", steps(f), f.Errors)
	}
}

// Captures may hold one direction only.
func TestDecodeOneSided(t *testing.T) {
	whole := goConnection(t, goClientConfig(TLS12), goServerConfig(t))
	only := func(side Side) *Transcript {
		return &Transcript{Chunks: slices.DeleteFunc(slices.Clone(whole.Chunks), func(c Chunk) bool { return c.From != side })}
	}
	f := Decode(only(ServerSide))
	wantSteps(t, f, "S ServerHello", "S Certificate", "S ServerKeyExchange", "S ServerHelloDone", "S ChangeCipherSpec",
		"S- encrypted handshake", "S- application data", "S- encrypted alert")
	if f.Client != nil || len(f.Certificates.Chain) != 1 || !f.Finished[ServerSide] || f.Finished[ClientSide] {
		t.Errorf("%+v", f)
	}
	f = Decode(only(ClientSide))
	wantSteps(t, f, "C ClientHello", "C ClientKeyExchange", "C ChangeCipherSpec", "C- encrypted handshake",
		"C- application data", "C- encrypted alert")
	if f.Server != nil || f.Client == nil || !f.Finished[ClientSide] {
		t.Errorf("%+v", f)
	}
}

func TestDecodeFromTheMiddle(t *testing.T) {
	whole := goConnection(t, goClientConfig(TLS12), goServerConfig(t))
	n := len(whole.Chunks)
	f := Decode(&Transcript{Chunks: whole.Chunks[n-4:]})
	wantSteps(t, f, "C- application data", "S- application data", "C- encrypted alert", "S- encrypted alert")
}

func TestDecodeWrongSecrets(t *testing.T) {
	for _, version := range []uint16{TLS10, TLS12, TLS13} {
		transcript := goConnection(t, goClientConfig(version), goServerConfig(t))
		for i := range transcript.Secrets {
			transcript.Secrets[i].Value = bytes.Repeat([]byte{9}, len(transcript.Secrets[i].Value))
		}
		f := Decode(transcript)
		if len(f.Errors) != 2 || !strings.Contains(f.Errors[0], "does not open with the secrets given") {
			t.Errorf("%x: %q", version, f.Errors)
		}
		if f.Finished != [3]bool{false, true, true} {
			t.Errorf("%x: finished %v", version, f.Finished)
		}
	}
}

// Secrets of other connections, and a part of ours: what can be opened is opened.
func TestDecodeSomeSecrets(t *testing.T) {
	transcript := goConnection(t, goClientConfig(TLS13), goServerConfig(t))
	ours := transcript.Secrets
	transcript.Secrets = nil
	for _, s := range ours {
		other := Secret{Label: s.Label, ClientRandom: make([]byte, 32), Value: s.Value}
		transcript.Secrets = append(transcript.Secrets, other)
		if s.Label == LabelClientTraffic || s.Label == LabelServerTraffic {
			transcript.Secrets = append(transcript.Secrets, s)
		}
	}
	f := Decode(transcript)
	list := steps(f)
	if !slices.Contains(list, "S+ application data") || !slices.Contains(list, "C+ Alert") || slices.Contains(list, "S+ Certificate") {
		t.Errorf("%q", list)
	}
	transcript.Secrets = []Secret{{LabelClientHandshake, ours[0].ClientRandom, []byte{1}}} // too short for its hash
	if f = Decode(transcript); f.Server == nil {
		t.Errorf("%q", f.Errors)
	}
}

// Peers have sent clear alerts after ChangeCipherSpec; two bytes cannot be anything else.
func TestDecodeClearAlertAfterChange(t *testing.T) {
	whole := goConnection(t, goClientConfig(TLS12), goServerConfig(t))
	at := slices.IndexFunc(whole.Chunks, func(c Chunk) bool { return c.From == ServerSide && c.Data[0] == RecordChangeCipherSpec })
	if at < 0 {
		t.Fatalf("no ChangeCipherSpec among %d chunks", len(whole.Chunks))
	}
	chunks := append(slices.Clone(whole.Chunks[:at]), Chunk{From: ServerSide, Data: unhex(t, "140303000101"+"15030300020214")})
	f := Decode(&Transcript{Chunks: chunks})
	last := f.Messages[len(f.Messages)-1]
	if last.Encrypted || last.Alert == nil || last.Alert.Code != AlertBadRecordMAC || f.Finished[ServerSide] {
		t.Errorf("%+v", last)
	}
}

func TestDecodeWrongWayRound(t *testing.T) {
	f := Decode(said(ServerSide, rfcHelloRecord(t), ClientSide, WriteRecords(RecordHandshake, TLS12, unhex(t, rfcServerHello), 0)))
	if f.Client != nil || f.Server != nil || len(f.Errors) != 2 {
		t.Errorf("%+v", f)
	}
	if f = Decode(said(Nobody, "x", Side(9), "y")); len(f.Messages)+len(f.Errors) != 0 {
		t.Errorf("%+v", f)
	}
}

func TestDecodeKeyUpdate(t *testing.T) {
	suite := testSuite(t, "TLS_AES_128_GCM_SHA256")
	secret := unhex(t, rfcServerTraffic)
	keys, err := keysFromTraffic(suite, secret)
	if err != nil {
		t.Fatal(err)
	}
	update, _ := keys.seal(RecordHandshake, TLS12, Handshake(TypeKeyUpdate, []byte{0}), nil)
	keys, _ = keys.next()
	data, _ := keys.seal(RecordApplicationData, TLS12, []byte("after"), nil)
	hello := WriteRecords(RecordHandshake, TLS12, unhex(t, rfcServerHello), 0)
	transcript := said(ClientSide, rfcHelloRecord(t), ServerSide, hello, ServerSide, update, ServerSide, data)
	transcript.Secrets = []Secret{{LabelServerTraffic, unhex(t, rfcClientHello)[6:38], secret}}
	wantSteps(t, Decode(transcript), "C ClientHello", "S ServerHello", "S+ KeyUpdate", "S+ application data")
}
