package wire

import (
	"bytes"
	"crypto/tls"
	"reflect"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// clearMessages joins the handshake messages that one side sends in clear.
func clearMessages(t *testing.T, transcript *Transcript, side Side) map[uint8]HandshakeMessage {
	t.Helper()
	records, err := deframe(t, transcript.Stream(side), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var j Joiner
	all := map[uint8]HandshakeMessage{}
	for _, r := range records {
		if r.Type != RecordHandshake {
			break
		}
		j.Push(r.Body)
		for m, ok, _ := j.Next(); ok; m, ok, _ = j.Next() {
			all[m.Type] = m
		}
	}
	return all
}

func wantSame(t *testing.T, what string, got []byte, err error, want HandshakeMessage) {
	t.Helper()
	if err != nil || want.Raw == nil || !bytes.Equal(got, want.Raw) {
		t.Errorf("%s: wrote %x (%v), want %x", what, got, err, want.Raw)
	}
}

// What Go sent, read and written again, must be the same bytes.
func TestMarshalWhatGoSent(t *testing.T) {
	server := &tls.Config{
		Certificates: []tls.Certificate{goCertificate(t, "p256")}, NextProtos: []string{"h2"},
		ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS10,
	}
	server.Certificates[0].OCSPStaple = []byte("stapled")
	client := &tls.Config{NextProtos: []string{"h2"}, Certificates: server.Certificates, MinVersion: tls.VersionTLS10}
	for _, version := range []uint16{TLS12, TLS11, TLS10} {
		client.MaxVersion = version
		transcript := goConnection(t, client, server)
		from := clearMessages(t, transcript, ServerSide)
		hello, _ := ParseServerHello(from[TypeServerHello].Raw)
		out, err := hello.Marshal()
		wantSame(t, "ServerHello", out, err, from[TypeServerHello])
		chain, _ := ParseCertificates(version, from[TypeCertificate].Body())
		out, err = MarshalCertificates(version, chain)
		wantSame(t, "Certificate", out, err, from[TypeCertificate])
		response, _ := ParseCertificateStatus(from[TypeCertificateStatus].Body())
		out, err = MarshalCertificateStatus(response)
		wantSame(t, "CertificateStatus", out, err, from[TypeCertificateStatus])
		exchange, _ := ParseServerKeyExchange(version, "ECDHE", from[TypeServerKeyExchange].Body())
		exchange.Params = nil
		out, err = MarshalServerKeyExchange(version, exchange)
		wantSame(t, "ServerKeyExchange", out, err, from[TypeServerKeyExchange])
		request, _ := ParseCertificateRequest(version, from[TypeCertificateRequest].Body())
		out, err = MarshalCertificateRequest(version, request)
		wantSame(t, "CertificateRequest", out, err, from[TypeCertificateRequest])
		from = clearMessages(t, transcript, ClientSide)
		answer, _ := ParseClientKeyExchange(version, "ECDHE", from[TypeClientKeyExchange].Body())
		out, err = MarshalClientKeyExchange(version, "ECDHE", answer)
		wantSame(t, "ClientKeyExchange", out, err, from[TypeClientKeyExchange])
		verify, _ := ParseCertificateVerify(version, from[TypeCertificateVerify].Body())
		out, err = MarshalCertificateVerify(version, verify)
		wantSame(t, "CertificateVerify", out, err, from[TypeCertificateVerify])
	}
}

// The server's messages of RFC 8448 §3, likewise.
func TestMarshalRFC8448(t *testing.T) {
	var j Joiner
	j.Push(unhex(t, rfcServerHello+rfcServerFlight))
	from := map[uint8]HandshakeMessage{}
	for m, ok, _ := j.Next(); ok; m, ok, _ = j.Next() {
		from[m.Type] = m
	}
	hello, _ := ParseServerHello(from[TypeServerHello].Raw)
	out, err := hello.Marshal()
	wantSame(t, "ServerHello", out, err, from[TypeServerHello])
	extensions, alpn, _ := ParseEncryptedExtensions(from[TypeEncryptedExtensions].Body())
	out, err = MarshalEncryptedExtensions(extensions, alpn)
	wantSame(t, "EncryptedExtensions", out, err, from[TypeEncryptedExtensions])
	chain, _ := ParseCertificates(TLS13, from[TypeCertificate].Body())
	out, err = MarshalCertificates(TLS13, chain)
	wantSame(t, "Certificate", out, err, from[TypeCertificate])
	verify, _ := ParseCertificateVerify(TLS13, from[TypeCertificateVerify].Body())
	out, err = MarshalCertificateVerify(TLS13, verify)
	wantSame(t, "CertificateVerify", out, err, from[TypeCertificateVerify])
}

func TestMarshalServerHelloFromFields(t *testing.T) {
	h := &ServerHello{
		LegacyVersion: TLS12, Version: TLS13, Random: make([]byte, 32), SessionID: []byte{1}, Suite: 0x1301,
		Share: &KeyShare{Group: names.X25519, Data: []byte{1, 2}}, ALPN: "h2", EMS: true, Renegotiation: true, Ticket: true,
	}
	message, err := h.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseServerHello(message)
	if err != nil {
		t.Fatal(err)
	}
	got.Raw, got.Extensions = nil, nil
	if !reflect.DeepEqual(got, h) {
		t.Errorf("got %+v, want %+v", got, h)
	}
}

func TestMarshalStapled(t *testing.T) {
	m := &Certificates{Chain: [][]byte{{1}, {2}}, OCSP: []byte("ocsp"), SCTs: [][]byte{{5, 6}, {7}}}
	message, err := MarshalCertificates(TLS13, m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseCertificates(TLS13, message[4:])
	if err != nil || !reflect.DeepEqual(got.SCTs, m.SCTs) || string(got.OCSP) != "ocsp" || len(got.Chain) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if bytes.Count(message, []byte("ocsp")) != 1 {
		t.Error("stapled to every certificate")
	}
}

// Leading zeros and wrong lengths must be possible: peers are tested with them.
func TestMarshalPaddedParams(t *testing.T) {
	k, err := ParseServerKeyExchange(TLS12, "DHE", unhex(t, "0004"+"00ff0011"+"0001"+"02"+"0003"+"000007"))
	if err != nil {
		t.Fatal(err)
	}
	k.Params = nil
	out, err := k.MarshalParams()
	if err != nil || !bytes.Equal(out, k.Raw) {
		t.Errorf("wrote %x (%v), want %x", out, err, k.Raw)
	}
	k.PLen, k.YsLen = 0, 0
	if out, _ = k.MarshalParams(); !bytes.Equal(out, unhex(t, "0003"+"ff0011"+"0001"+"02"+"0001"+"07")) {
		t.Errorf("shortest: %x", out)
	}
}

func TestMarshalRequest13(t *testing.T) {
	r := &CertificateRequest{Context: []byte{9}, Signatures: []uint16{0x0804}, Authorities: [][]byte{{0x30, 0}}}
	message, err := MarshalCertificateRequest(TLS13, r)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseCertificateRequest(TLS13, message[4:]); err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMarshalRefusesTooLong(t *testing.T) {
	long := make([]byte, 1<<16)
	for what, write := range map[string]func() ([]byte, error){
		"session ID": (&ServerHello{SessionID: long}).Marshal,
		"cookie":     (&ServerHello{Cookie: long}).Marshal,
		"protocol":   func() ([]byte, error) { return MarshalEncryptedExtensions(nil, string(long)) },
		"signature":  func() ([]byte, error) { return MarshalCertificateVerify(TLS12, &Signature{Signature: long}) },
		"point": func() ([]byte, error) {
			return MarshalServerKeyExchange(TLS12, &ServerKeyExchange{Kind: kindECDHE, Point: long})
		},
		"timestamp": func() ([]byte, error) { return MarshalCertificates(TLS13, &Certificates{SCTs: [][]byte{long}}) },
		"types":     func() ([]byte, error) { return MarshalCertificateRequest(TLS12, &CertificateRequest{Types: long}) },
	} {
		if out, err := write(); err == nil {
			t.Errorf("%s: wrote %d bytes", what, len(out))
		}
	}
}
