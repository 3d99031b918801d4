package wire

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// inPieces makes a transcript in which the client says cut bytes, the server everything, the client the rest;
// no chunk is longer than size.
func inPieces(client, server []byte, cut, size int) *Transcript {
	t := &Transcript{}
	cut = min(cut, len(client))
	for _, part := range []Chunk{{From: ClientSide, Data: client[:cut]}, {From: ServerSide, Data: server}, {From: ClientSide, Data: client[cut:]}} {
		for data := range slices.Chunk(part.Data, size) {
			t.Chunks = append(t.Chunks, Chunk{From: part.From, Data: data})
		}
	}
	return t
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\n"), []byte("HTTP/1.1 400 Bad Request\r\n"), []byte(""), uint16(16))
	f.Add(unhex(f, sslv2Hello), unhex(f, "15030100020228"), []byte("CLIENT_RANDOM 00 00"), uint16(45))
	f.Fuzz(func(t *testing.T, client, server, keyLog []byte, cut uint16) {
		whole := inPieces(client, server, int(cut), 1<<20)
		whole.Secrets = ParseKeyLog(keyLog)
		want := Decode(whole)
		if len(want.Messages) > maxMessages || len(want.Errors) > maxErrors+1 {
			t.Fatalf("%d messages, %d errors", len(want.Messages), len(want.Errors))
		}
		if c := want.Certificates; c != nil && len(c.Chain) > maxCertificates {
			t.Fatalf("%d certificates", len(c.Chain))
		}
		if n := want.NotTLS; n != nil && len(n.Data) > maxNotTLSBytes {
			t.Fatalf("%d bytes that are not TLS", len(n.Data))
		}
		fine := inPieces(client, server, int(cut), 7)
		fine.Secrets = whole.Secrets
		if got := Decode(fine); !slices.Equal(steps(got), steps(want)) || len(got.Errors) != len(want.Errors) {
			t.Fatalf("in pieces %q, %q; whole %q, %q", steps(got), got.Errors, steps(want), want.Errors)
		}
	})
}

// A hello that reads without an error and offers null compression alone is the same when it is written again.
func FuzzClientHello(f *testing.F) {
	f.Add(unhex(f, rfcClientHello))
	f.Fuzz(func(t *testing.T, message []byte) {
		_, _ = ParseSSLv2ClientHello(message)
		h, err := ParseClientHello(message)
		if err != nil || message[0] != TypeClientHello || !bytes.Equal(h.Compressions, []byte{0}) || len(h.Extensions) == 0 {
			return
		}
		parts := helloParts{version: h.LegacyVersion, random: h.Random, sessionID: h.SessionID, suites: h.Suites}
		out, err := parts.write(h.Extensions)
		if err != nil {
			t.Fatal(err)
		}
		// The header's length and an odd last byte of the suites are not kept.
		if len(out) == len(message) && !bytes.Equal(out[4:], message[4:]) {
			t.Fatalf("read %x, wrote %x", message, out)
		}
	})
}

// A ServerHello in the form that was published is the same when it is written again.
func FuzzServerHello(f *testing.F) {
	f.Add(unhex(f, rfcServerHello))
	f.Fuzz(func(t *testing.T, message []byte) {
		h, err := ParseServerHello(message)
		if err != nil || message[0] != TypeServerHello || is13(h.LegacyVersion) || len(h.Extensions) == 0 {
			return
		}
		out, err := h.Marshal()
		if err != nil || !bytes.Equal(out[4:], message[4:]) {
			t.Fatalf("read %x, wrote %x (%v)", message, out, err)
		}
	})
}

// FuzzServerFlight reads the bodies of all other messages. Where a reader has nothing to say against one, what
// it read is the same when it is written again.
func FuzzServerFlight(f *testing.F) {
	f.Add([]byte{0, 0, 5, 0, 0, 2, 1, 2}, TLS12, uint8(0))
	f.Add([]byte{3, 0, 29, 2, 1, 2, 8, 4, 0, 1, 255}, TLS12, uint8(1))
	f.Add([]byte{0, 0, 28, 32, 1, 2, 3, 4, 1, 0, 0, 2, 5, 6, 0, 0}, TLS13, uint8(3)) // NewSessionTicket
	f.Add([]byte{0, 0, 13, 0, 13, 0, 6, 0, 4, 4, 1, 8, 4, 0, 47, 0, 5, 0, 3, 0, 1, 48}, TLS13, uint8(2))
	f.Fuzz(func(t *testing.T, body []byte, version uint16, choice uint8) {
		kex := []string{"DHE", "ECDHE", "RSA", "", "DHE_PSK", "PSK", "SRP"}[choice%7]
		same := func(what string, err, writeErr error, out []byte) {
			if err == nil && (writeErr != nil || !bytes.Equal(out[handshakeHeaderLen:], body)) {
				t.Fatalf("%s %s: read %x, wrote %x (%v)", names.Version(version), what, body, out, writeErr)
			}
		}
		chain, err := ParseCertificates(version, body)
		if !is13(version) {
			out, writeErr := MarshalCertificates(version, chain)
			same("Certificate", err, writeErr, out)
		}
		exchange, err := ParseServerKeyExchange(version, kex, body)
		if kex == "DHE" || kex == "ECDHE" {
			out, writeErr := MarshalServerKeyExchange(version, exchange)
			same("ServerKeyExchange", err, writeErr, out)
		}
		verify, err := ParseCertificateVerify(version, body)
		out, writeErr := MarshalCertificateVerify(version, verify)
		same("CertificateVerify", err, writeErr, out)
		_, _ = ParseCertificateRequest(version, body)
		_, _ = ParseClientKeyExchange(version, kex, body)
		_, _, _ = ParseEncryptedExtensions(body)
		_, _ = ParseCertificateStatus(body)
		_, _ = ParseAlert(body)
		if ticket, err := parseSessionTicket(version, body); err == nil && len(ticket.data)+len(ticket.nonce) > len(body) {
			t.Fatalf("a ticket of %d bytes out of %d", len(ticket.data), len(body))
		}
		_, _ = TicketKeyName(version, body)
		_ = ParseKeyLog(body)
	})
}
