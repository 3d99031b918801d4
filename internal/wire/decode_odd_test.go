package wire

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A sealedRecord of TLS 1.3 shows nothing but its length.
func sealedRecord(n int) []byte {
	return WriteRecords(RecordApplicationData, TLS12, make([]byte, n), 0)
}

// hellos13 is the clear beginning of a TLS 1.3 connection.
func hellos13(t *testing.T, suite uint16, extra ...Extension) []any {
	t.Helper()
	h := modern()
	h.Extra = extra
	server := &ServerHello{LegacyVersion: TLS12, Version: TLS13, Random: make([]byte, 32), Suite: suite,
		Share: &KeyShare{Group: names.X25519, Data: make([]byte, 32)}}
	answer, err := server.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return []any{ClientSide, build(t, h).Records, ServerSide, WriteRecords(RecordHandshake, TLS12, answer, 0), ServerSide, sealedRecord(1248)}
}

// The lengths are those of real conversations: OpenSSL's Finished, Chrome's with its settings before it, a
// client certificate in a record of its own, alerts.
func TestGuess13(t *testing.T) {
	both, server, none := [3]bool{false, true, true}, [3]bool{false, false, true}, [3]bool{}
	for what, c := range map[string]struct {
		suite    uint16
		after    []any
		want     string
		finished [3]bool
	}{
		"nothing":               {0x1301, nil, "", none},
		"alert":                 {0x1301, []any{ClientSide, 19}, "C- encrypted alert", none},
		"server's alert":        {0x1301, []any{ServerSide, 19}, "S- encrypted alert", none},
		"Finished":              {0x1301, []any{ClientSide, 53}, "C- encrypted handshake", both},
		"Finished, SHA-384":     {0x1302, []any{ClientSide, 69}, "C- encrypted handshake", both},
		"Chrome's":              {0x1301, []any{ClientSide, 63}, "C- encrypted handshake", server},
		"Chrome's, then data":   {0x1301, []any{ClientSide, 63, ClientSide, 93}, "C- application data", both},
		"Chrome's, answered":    {0x1301, []any{ClientSide, 63, ServerSide, 891}, "S- application data", both},
		"certificate, Finished": {0x1301, []any{ClientSide, 800, ClientSide, 53}, "C- encrypted handshake", both},
		"certificate refused":   {0x1301, []any{ClientSide, 800, ServerSide, 19}, "S- encrypted alert", server},
		"short data afterwards": {0x1301, []any{ClientSide, 53, ServerSide, 19}, "S- application data", both},
	} {
		parts := hellos13(t, c.suite)
		for i := 0; i < len(c.after); i += 2 {
			parts = append(parts, c.after[i], sealedRecord(c.after[i+1].(int)))
		}
		f := Decode(said(parts...))
		list := steps(f)
		if f.Finished != c.finished || c.want != "" && list[len(list)-1] != c.want || len(f.Errors) > 0 {
			t.Errorf("%s: finished %v, %q, errors %q", what, f.Finished, list, f.Errors)
		}
	}
}

// With early data offered, or the hello not heard, lengths say nothing.
func TestGuess13Abstains(t *testing.T) {
	parts := append(hellos13(t, 0x1301, Extension{Type: ExtEarlyData}), ClientSide, sealedRecord(53))
	if f := Decode(said(parts...)); f.Finished != [3]bool{} || slices.Contains(steps(f), "C- encrypted handshake") {
		t.Errorf("early data: finished %v, %q", f.Finished, steps(f))
	}
	parts = append(hellos13(t, 0x1301)[2:], ClientSide, sealedRecord(53))
	if f := Decode(said(parts...)); f.Finished != [3]bool{} {
		t.Errorf("no hello: finished %v", f.Finished)
	}
}

// What Go staples, and its answers to status_request and signed_certificate_timestamp, in both forms.
func TestDecodeStapled(t *testing.T) {
	server := goServerConfig(t)
	server.Certificates[0].OCSPStaple = []byte("a response")
	server.Certificates[0].SignedCertificateTimestamps = [][]byte{[]byte("one"), []byte("two")}
	for version, timestamps := range map[uint16]int{TLS12: 0, TLS13: 2} {
		f := Decode(goConnection(t, goClientConfig(version), server))
		if string(f.OCSP) != "a response" || len(f.Certificates.SCTs) != timestamps || len(f.Errors) > 0 {
			t.Errorf("%x: OCSP %q, timestamps %q, errors %q", version, f.OCSP, f.Certificates.SCTs, f.Errors)
		}
		if status := slices.Contains(steps(f), "S CertificateStatus"); status != (version == TLS12) {
			t.Errorf("%x: %q", version, steps(f))
		}
	}
}

// Tickets and resumption: TLS 1.2 leaves the certificate out, and the server finishes first.
func TestDecodeResumption(t *testing.T) {
	server := goServerConfig(t)
	server.SessionTicketsDisabled = false
	client := goClientConfig(TLS12)
	client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	if f := Decode(goConnection(t, client, server)); !slices.Contains(steps(f), "S NewSessionTicket") || !f.Server.Ticket {
		t.Fatalf("no ticket: %q", steps(f))
	}
	f := Decode(goConnection(t, client, server))
	// Go logs the master secret of a full handshake only.
	wantSteps(t, f, "C ClientHello", "S ServerHello", "S NewSessionTicket", "S ChangeCipherSpec", "S- encrypted handshake",
		"C ChangeCipherSpec", "C- encrypted handshake", "C- application data", "S- application data",
		"C- encrypted alert", "S- encrypted alert")
	if f.Certificates != nil || f.Finished != [3]bool{false, true, true} {
		t.Errorf("certificates %v, finished %v", f.Certificates, f.Finished)
	}
	client.MaxVersion = TLS13
	Decode(goConnection(t, client, server))
	f = Decode(goConnection(t, client, server))
	if slices.Contains(steps(f), "S+ Certificate") || !slices.Contains(steps(f), "S+ NewSessionTicket") || len(f.Errors) > 0 {
		t.Errorf("%q, errors %q", steps(f), f.Errors)
	}
}

// Messages out of order, cut or unknown are named, and the rest is read.
func TestDecodeOdd(t *testing.T) {
	record := func(typ uint8, body ...byte) []byte { return WriteRecords(typ, TLS12, body, 0) }
	for what, c := range map[string]struct {
		server []byte
		step   string
		err    string
	}{
		"unknown message":     {record(RecordHandshake, 99, 0, 0, 0), "S handshake type 99", ""},
		"hello request":       {record(RecordHandshake, 0, 0, 0, 0), "S HelloRequest", ""},
		"compressed":          {record(RecordHandshake, 25, 0, 0, 1, 0), "S CompressedCertificate", "compressed certificates"},
		"three alerts":        {record(RecordAlert, 1, 0, 1, 90, 2, 40), "S Alert", ""},
		"half an alert":       {record(RecordAlert, 2), "S- encrypted alert", ""},
		"heartbeat":           {record(RecordHeartbeat, 1, 0, 1, 0), "S heartbeat", ""},
		"beginning":           {record(RecordHandshake, 2, 0), "", "server: handshake message cut after 2 bytes"},
		"bad certificates":    {record(RecordHandshake, 11, 0, 0, 4, 0, 0, 9, 1), "S Certificate", "certificate list cut short"},
		"cut by key change":   {append(record(RecordHandshake, 11, 0, 1, 0, 0), record(RecordChangeCipherSpec, 1)...), "S ChangeCipherSpec", "Certificate cut after 5 of 260 bytes"},
		"hello without end":   {record(RecordHandshake, 2, 0, 0, 2, 3, 3), "S ServerHello", "random cut short at byte 2"},
		"a client's message":  {record(RecordHandshake, 16, 0, 0, 0), "S ClientKeyExchange", "sent by the server"},
		"lost after a record": {append(record(RecordHandshake, 14, 0, 0, 0), "oops"...), "S ServerHelloDone", "no TLS record at byte 9"},
	} {
		f := Decode(said(ServerSide, c.server))
		list := steps(f)
		if c.step != "" && (len(list) == 0 || list[len(list)-1] != c.step) {
			t.Errorf("%s: %q", what, list)
		}
		if (c.err == "") != (len(f.Errors) == 0) || c.err != "" && !strings.Contains(f.Errors[0], c.err) {
			t.Errorf("%s: errors %q", what, f.Errors)
		}
		if f.NotTLS != nil {
			t.Errorf("%s: taken for no TLS", what)
		}
	}
}

// A server that lost its mind in the middle of a sealed conversation: what opens to a content type that cannot
// be there is listed as such.
func TestDecodeSealedOddity(t *testing.T) {
	secret := unhex(t, rfcServerTraffic)
	keys, err := keysFromTraffic(testSuite(t, "TLS_AES_128_GCM_SHA256"), secret)
	if err != nil {
		t.Fatal(err)
	}
	strange, _ := keys.seal(77, TLS12, []byte("?"), nil)
	change, _ := keys.seal(RecordChangeCipherSpec, TLS12, []byte{1}, nil)
	beat, _ := keys.seal(RecordHeartbeat, TLS12, []byte{1}, nil)
	hello := WriteRecords(RecordHandshake, TLS12, unhex(t, rfcServerHello), 0)
	transcript := said(ClientSide, rfcHelloRecord(t), ServerSide, hello, ServerSide, strange, ServerSide, change, ServerSide, beat)
	transcript.Secrets = []Secret{{LabelServerTraffic, unhex(t, rfcClientHello)[6:38], secret}}
	f := Decode(transcript)
	if got := steps(f)[2:]; !slices.Equal(got, []string{"S+ content type 77", "S+ ChangeCipherSpec", "S+ heartbeat"}) || len(f.Errors) != 1 {
		t.Errorf("%q, errors %q", got, f.Errors)
	}
}

// A flood of hellos with a long key log must not take the product of both in time.
func TestDecodeLookupsAreBounded(t *testing.T) {
	d := &decoder{flight: &Flight{}, client: &ClientHello{Random: make([]byte, 32)}}
	d.secrets = []Secret{{LabelClientRandom, make([]byte, 32), []byte{1}}}
	found := 0
	for range 2 * maxLookups {
		if d.secret(LabelClientRandom) != nil {
			found++
		}
	}
	if found != maxLookups {
		t.Errorf("%d secrets looked up", found)
	}
}

func TestNotTLSErrorText(t *testing.T) {
	e := &NotTLSError{Off: 7, Data: []byte("HTTP/1.1")}
	if got := e.Error(); got != "no TLS record at byte 7: 0x485454502f" {
		t.Error(got)
	}
}
