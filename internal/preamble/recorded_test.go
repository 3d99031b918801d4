package preamble

import (
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// raw turns hexadecimal with the word TLS! in it into a recording.
func raw(t *testing.T, s string) string {
	t.Helper()
	parts := strings.Split(s, "TLS!")
	for i, part := range parts {
		parts[i] = string(unhex(t, part))
	}
	return strings.Join(parts, "TLS!")
}

// TestLDAP: the messages of RFC 4511 §4.14 and §4.2 as OpenLDAP's tools send them.
func TestLDAP(t *testing.T) {
	oid := hex.EncodeToString([]byte(startTLSOID))
	start := "301d 020101 7718 8016" + oid
	long := "3084 0000001d 020101 7718 8016" + oid // Active Directory's tools spend four bytes on lengths
	yes := "300c 020101 7807 0a0100 0400 0400"
	hold(t, []spoken{
		{"TLS", raw(t, start+"TLS!"), raw(t, yes+"TLS!"), "ldap", fact.Yes, nil, 0, "StartTLS|success"},
		{"TLS, long lengths", raw(t, long+"TLS!"), raw(t, yes+"TLS!"), "ldap", fact.Yes, nil, 0, "StartTLS|success"},
		{"protocolError", raw(t, start), raw(t, "3012 020101 780d 0a0102 0400 0406"+hex.EncodeToString([]byte("not me"))), "ldap", fact.No, ErrDeclined, 2, "StartTLS|refusal"},
		{"unavailable", raw(t, start), raw(t, "300c 020101 7807 0a0134 0400 0400"), "ldap", fact.No, ErrDeclined, 52, "StartTLS|refusal"},
		{"a search first", raw(t, "3009 020107 6304 0400 0a00"+strings.Replace(start, "020101", "020108", 1)+"TLS!"),
			raw(t, "300c 020107 6507 0a0100 0400 0400"+strings.Replace(yes, "020101", "020108", 1)+"TLS!"), "ldap", fact.Yes, nil, 0, "operation|StartTLS|success"},
		{"a bind in the clear", raw(t, "300c 020101 6007 020103 0400 8000"), raw(t, "300c 020101 6107 0a0100 0400 0400"), "ldap", fact.Unknown, ErrNoTLS, 0, "operation"},
		{"a bind that needs TLS", raw(t, "300c 020101 6007 020103 0400 8000"), raw(t, "300c 020101 6107 0a010d 0400 0400"), "ldap", fact.Unknown, ErrReply, 13, "operation|refusal"},
		{"no answer", raw(t, start), "", "ldap", fact.Unknown, io.ErrUnexpectedEOF, 0, "StartTLS"},
		{"the client alone", raw(t, start+"TLS!"), "", "ldap", fact.Yes, nil, 0, "StartTLS"},
		{"the server alone", "", raw(t, yes+"TLS!"), "ldap", fact.Yes, nil, 0, ""},
		{"the answer is missing", raw(t, start+"TLS!"), "TLS!", "ldap", fact.Yes, nil, 0, "StartTLS"},
	})
}

// TestXMPP: the stream of RFC 6120 §9.1.
func TestXMPP(t *testing.T) {
	const open = "<?xml version='1.0'?><stream:stream to='example.net' xmlns='jabber:client'>"
	const features = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>"
	const ask = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
	hold(t, []spoken{
		{"TLS", open + ask + "TLS!", open + features + "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>TLS!", "xmpp", fact.Yes, nil, 0, "stream features|starttls|proceed"},
		{"TLS, with blanks and long tags", open + "<starttls xmlns='x'></starttls>\r\nTLS!", open + features + "<proceed xmlns='x'></proceed>\n TLS!", "xmpp", fact.Yes, nil, 0,
			"stream features|starttls|proceed"},
		{"failure", open + ask, open + features + "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>", "xmpp", fact.No, ErrDeclined, 0, "stream features|starttls|failure"},
		{"not offered", open + "<auth mechanism='PLAIN'>x</auth>", open + "<stream:features><mechanisms/></stream:features>", "xmpp", fact.No, ErrDeclined, 0, "stream features"},
		{"not taken", open + "<auth mechanism='PLAIN'>x</auth>", open + features, "xmpp", fact.Yes, ErrNoTLS, 0, "stream features"},
		{"no answer", open + ask, open + features, "xmpp", fact.Yes, io.ErrUnexpectedEOF, 0, "stream features|starttls"},
		{"cut in a tag", open + "<starttls", open[:30], "xmpp", fact.Unknown, io.ErrUnexpectedEOF, 0, ""},
		{"the client alone", open + ask + "TLS!", "", "xmpp", fact.Unknown, nil, 0, "starttls"},
		{"the server alone", "", open + features + "<proceed/>TLS!", "xmpp", fact.Yes, nil, 0, "stream features|proceed"},
	})
}

// TestRDP: the packets of MS-RDPBCGR §4.1.1 and §4.1.2, and of servers that know no TLS.
func TestRDP(t *testing.T) {
	cookie := hex.EncodeToString([]byte("Cookie: mstshash=eltons\r\n"))
	ask := "0300002c 27e00000000000" + cookie + "01000800 00000000"
	tlsToo := "03000013 0ee00000000000 01000800 0b000000"
	hold(t, []spoken{
		{"TLS", raw(t, tlsToo+"TLS!"), raw(t, "03000013 0ed00000123400 02000800 01000000 TLS!"), "rdp", fact.Yes, nil, 0, "connection request|connection confirm"},
		{"CredSSP", raw(t, tlsToo+"TLS!"), raw(t, "03000013 0ed00000123400 021f0800 02000000 TLS!"), "rdp", fact.Yes, nil, 0, "connection request|connection confirm"},
		{"the server has no certificate", raw(t, tlsToo), raw(t, "03000013 0ed00000123400 03000800 03000000"), "rdp", fact.No, ErrDeclined, 3, "connection request|negotiation failure"},
		{"the server wants CredSSP", raw(t, tlsToo), raw(t, "03000013 0ed00000123400 03000800 05000000"), "rdp", fact.Yes, ErrReply, 5, "connection request|negotiation failure"},
		{"a failure without a name", raw(t, tlsToo), raw(t, "03000013 0ed00000123400 03000800 63000000"), "rdp", fact.Yes, ErrReply, 0x63, "connection request|negotiation failure"},
		{"an old server", raw(t, tlsToo), raw(t, "0300000b 06d00000123400"), "rdp", fact.No, ErrDeclined, 0, "connection request|connection confirm"},
		{"RDP's own encryption", raw(t, ask), raw(t, "03000013 0ed00000123400 02000800 00000000"), "rdp", fact.No, ErrDeclined, 0, "connection request|connection confirm"},
		{"no answer", raw(t, tlsToo), "", "rdp", fact.Unknown, io.ErrUnexpectedEOF, 0, "connection request"},
	})
	if p := Guess([]byte("\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc0\x01\x0a\xc1\x02\x01\x00\xc2\x02\x01\x02"), nil, 102); p != nil {
		t.Errorf("a controller's connection request is read as %s", p.ID)
	}
}

// TestUnknownUpgrade: a protocol nobody knows turns to TLS.
func TestUnknownUpgrade(t *testing.T) {
	hello := string(handshake(t))
	const answer = "\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + "                                \x00\xc0\x2f\x00"
	for _, r := range []struct {
		client, server string
		tlsC, tlsS     int
	}{
		{"NXSH-8.10.1\n" + hello, "NXD-8.10.1\n" + answer, len(hello), len(answer)},
		{"CNXN....STLS" + hello, "STLS\x15\x03\x03\x00\x02\x02\x28", len(hello), 7},
		{"x\x16\x03\x16\x03\x01" + hello, "go\n", len(hello), 0},
	} {
		p := Guess([]byte(r.client), []byte(r.server), 4000)
		if p == nil || p.ID != "unknown" {
			t.Errorf("%q: %+v", r.client, p)
			continue
		}
		_, spans, err := p.Parse([]byte(r.client), []byte(r.server))
		if c, s := len(cutOut([]byte(r.client), spans.Client)), len(cutOut([]byte(r.server), spans.Server)); err != nil || c != r.tlsC || s != r.tlsS {
			t.Errorf("%q: %d and %d bytes of TLS, want %d and %d, %v", r.client, c, s, r.tlsC, r.tlsS, err)
		}
		checkParse(t, *p, []byte(r.client), []byte(r.server))
	}
	if p := Guess([]byte("text about 16 03 01 and \x16\x03\x01 records, nothing more of it"), nil, 4000); p != nil {
		t.Errorf("text is read as %s", p.ID)
	}
}

// TestStepsOfARecordedProtocol: Read gives its messages their place before TLS.
func TestStepsOfARecordedProtocol(t *testing.T) {
	hello := handshake(t)
	tr := &wire.Transcript{Chunks: []wire.Chunk{
		{From: wire.ServerSide, At: 1, Packet: 4, Data: []byte("220 x ESMTP\r\n")},
		{From: wire.ClientSide, At: 2, Packet: 5, Data: []byte("EHLO a\r\n")},
		{From: wire.ServerSide, At: 3, Packet: 6, Data: []byte(ehlo)},
		{From: wire.ClientSide, At: 4, Packet: 7, Data: []byte("STARTTLS\r\n")},
		{From: wire.ServerSide, At: 5, Packet: 8, Data: []byte("220 go\r\n")},
		{From: wire.ClientSide, At: 6, Packet: 9, Data: hello},
		{From: wire.ServerSide, At: 7, Packet: 10, Data: []byte{0x15, 3, 3, 0, 2, 2, 40}},
	}}
	h := Read(Guess(tr.Stream(wire.ClientSide), tr.Stream(wire.ServerSide), 25), tr)
	var got []string
	for _, s := range h.Steps {
		got = append(got, s.From.String()+" "+s.Name+" "+string(rune('0'+s.Packet)))
	}
	want := "server greeting 4|client EHLO 5|server 250 6|client STARTTLS 7|server 220 8|client ClientHello 9|server Alert :"
	if strings.Join(got, "|") != want || h.Protocol != "smtp" || h.Client == nil || h.End.How != fact.EndAlert || h.Said.TLS != fact.Yes {
		t.Errorf("%s\n%+v", strings.Join(got, "|"), h)
	}
}

// handshake is a ClientHello with its record.
func handshake(t *testing.T) []byte {
	t.Helper()
	built, err := wire.Hello{Versions: []uint16{wire.TLS12}, Suites: []uint16{0xc02f}, ServerName: "mx.example.net"}.Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	return built.Records
}

// TestRecordedStandsAside: what cannot be dialled is offered to nobody who would.
func TestRecordedStandsAside(t *testing.T) {
	for _, p := range Recorded() {
		if p.Parse == nil || p.Dial != nil || p.Accept != nil || p.Deny != nil || len(p.Schemes) > 0 {
			t.Errorf("%s is not for reading alone", p.ID)
		}
		if ByID(p.ID) != nil {
			t.Errorf("ByID finds %s", p.ID)
		}
		for _, port := range p.Ports {
			if q := ByPort(port); q != nil && q.ID == p.ID {
				t.Errorf("ByPort finds %s", p.ID)
			}
		}
	}
}
