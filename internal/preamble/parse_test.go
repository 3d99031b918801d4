package preamble

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// record is a TLS record of type handshake with a body of n bytes.
func record(n int) []byte {
	return append([]byte{0x16, 3, 3, byte(n >> 8), byte(n)}, bytes.Repeat([]byte{0xee}, n)...)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestParseTDS(t *testing.T) {
	ask := writeTDS(tdsPrelogin, clientPrelogin(EncryptOff, "").bytes())
	yes := writeTDS(tdsReply, serverPrelogin("", EncryptOff, nil).bytes())
	no := writeTDS(tdsReply, serverPrelogin("", EncryptNotSup, nil).bytes())
	denied := writeTDS(tdsReply, writeTDSError(Error{Code: 18456, Text: "no"}, 0x74000004))
	wrap := func(b []byte) []byte { return writeTDS(tdsPrelogin, b) }
	big := record(9000)
	rows := []struct {
		name           string
		client, server []byte
		tlsC, tlsS     []byte
		err            error
		code           int
	}{
		{"login only: TLS ends before the answer", join(ask, wrap(record(30)), record(90)), join(yes, wrap(record(40)), denied), join(record(30), record(90)), record(40), nil, 18456},
		{"a record over three packets", join(ask, wrap(big)), join(yes, wrap(big)), big, big, nil, 0},
		{"an old endpoint answers in type 4", join(ask, wrap(record(30))), join(yes, writeTDS(tdsReply, big)), record(30), big, nil, 0},
		{"the capture began after PRELOGIN", wrap(record(30)), wrap(record(40)), record(30), record(40), nil, 0},
		{"the server alone", nil, join(yes, wrap(record(40))), nil, record(40), nil, 0},
		{"the client alone", join(ask, wrap(record(30))), nil, record(30), nil, nil, 0},
		{"cut within a record", join(ask, wrap(big)[:5000]), yes, nil, nil, nil, 0},
		{"cut within a bare record", join(ask, record(50)[:20]), yes, record(50)[:20], nil, nil, 0},
		{"cut within PRELOGIN", ask[:20], nil, nil, nil, io.ErrUnexpectedEOF, 0},
		{"cut within the answer", ask, yes[:20], nil, nil, io.ErrUnexpectedEOF, 0},
		{"in the clear", join(ask, login7()), join(no, denied), nil, nil, ErrReply, 18456},
		{"in the clear, and let in", join(ask, login7()), join(no, writeTDS(tdsReply, []byte{0xad, 0, 0})), nil, nil, ErrDeclined, 0},
		{"the client goes on in the clear", join(ask, login7()), yes, nil, nil, ErrNoTLS, 0},
		{"the server answers in HTTP", ask, []byte("HTTP/1.1 400 Bad Request\r\n"), nil, nil, ErrOther, 0},
		{"the client speaks HTTP", []byte("GET / HTTP/1.1\r\n\r\n"), nil, nil, nil, ErrOther, 0},
		{"TLS first", record(30), record(40), record(30), record(40), nil, 0},
		{"a fatal alert outside packets", join(ask, wrap(record(30))), join(yes, []byte{0x15, 3, 3, 0, 2, 2, 40}), record(30), []byte{0x15, 3, 3, 0, 2, 2, 40}, nil, 0},
		{"words instead of TLS", join(ask, wrap(record(30))), join(yes, []byte("go away, please")), record(30), []byte("go away, please"), nil, 0},
	}
	for _, r := range rows {
		told, spans, err := parseTDS(r.client, r.server)
		if !errors.Is(err, r.err) || told.ErrorCode != r.code {
			t.Errorf("%s: %+v, %v", r.name, told, err)
		}
		if r.name == "cut within a record" {
			r.tlsC = cutOut(r.client, spans.Client) // the sum below says it all
			if want := 5000 - 2*tdsHeaderLen; len(r.tlsC) != want {
				t.Errorf("%s: %d bytes of TLS, want %d", r.name, len(r.tlsC), want)
			}
		}
		if got := cutOut(r.client, spans.Client); !bytes.Equal(got, r.tlsC) {
			t.Errorf("%s: client's TLS %d bytes, want %d", r.name, len(got), len(r.tlsC))
		}
		if got := cutOut(r.server, spans.Server); !bytes.Equal(got, r.tlsS) {
			t.Errorf("%s: server's TLS %d bytes, want %d", r.name, len(got), len(r.tlsS))
		}
	}
}

// TestTDSWithALongChain: the server's flight needs several packets.
func TestTDSWithALongChain(t *testing.T) {
	ctx := patience(t)
	cc, sc := loopback(t)
	conf := serverTLS(t, mssql(), tls.VersionTLS12)
	leaf := conf.Certificates[0].Certificate[0]
	for range 30 {
		conf.Certificates[0].Certificate = append(conf.Certificates[0].Certificate, leaf)
	}
	go func() {
		defer sc.Close()
		(&played{}).serve(ctx, mssql(), sc, Options{}, conf)
	}()
	g := &played{outer: newTap(cc, wire.ClientSide)}
	c, told, err := mssql().Dial(ctx, g.outer, Options{})
	if g.dialed = told; err != nil {
		t.Fatal(err)
	}
	g.connect(t, mssql(), c, login7())
	g.checkSpans(t, mssql())
	h := Read(ByID("mssql"), &g.outer.recorded)
	if h.Chain == nil || len(h.Chain.Certificates) != 31 || h.Finished != fact.Yes {
		t.Errorf("chain %v, finished %v", h.Chain, h.Finished)
	}
}

func TestParsePostgres(t *testing.T) {
	ssl, gss := startup{code: pgSSLRequest}.bytes(), startup{code: pgGSSENCRequest}.bytes()
	login := startupFor("u", "d").bytes()
	hello := record(60)
	rows := []struct {
		name           string
		client, server []byte
		tlsC, tlsS     int
		tls            fact.Tri
		err            error
		marks          string
	}{
		{"TLS", join(ssl, hello), join([]byte("S"), hello), 65, 65, fact.Yes, nil, "SSLRequest S"},
		{"GSS refused, then TLS", join(gss, ssl, hello), join([]byte("NS"), hello), 65, 65, fact.Yes, nil, "GSSENCRequest N SSLRequest S"},
		{"GSS granted", join(gss, []byte("sealed")), []byte("G"), 0, 0, fact.Unknown, ErrNoTLS, "GSSENCRequest G"},
		{"GSS refused, then in the clear", join(gss, login), []byte("N"), 0, 0, fact.Unknown, ErrNoTLS, "GSSENCRequest N StartupMessage"},
		{"declined and left", ssl, []byte("N"), 0, 0, fact.No, ErrDeclined, "SSLRequest N"},
		{"declined, then in the clear", join(ssl, login), []byte("NR\x00\x00\x00\x08\x00\x00\x00\x00"), 0, 0, fact.No, ErrDeclined, "SSLRequest N StartupMessage"},
		{"declined, then refused", join(ssl, login), join([]byte("N"), writePGError(Error{State: "28000", Text: "no"})), 0, 0, fact.No, ErrReply, "SSLRequest N StartupMessage ErrorResponse"},
		{"no answer", ssl, nil, 0, 0, fact.Unknown, io.ErrUnexpectedEOF, "SSLRequest"},
		{"half a request", ssl[:6], nil, 0, 0, fact.Unknown, io.ErrUnexpectedEOF, ""},
		{"cancel", startup{pgCancel, make([]byte, 8)}.bytes(), nil, 0, 0, fact.Unknown, ErrNoTLS, "CancelRequest"},
		{"direct TLS", hello, hello, 65, 65, fact.Unknown, nil, ""},
		{"TLS after the refusal", join(ssl, hello), join([]byte("N"), hello), 65, 65, fact.Unknown, nil, "SSLRequest N"},
		{"a strange byte", ssl, []byte("?"), 0, 0, fact.Unknown, ErrOther, "SSLRequest"},
		{"requests without end", bytes.Repeat(gss, 9), []byte("NNNNNNNNN"), 0, 0, fact.Unknown, io.ErrUnexpectedEOF, "GSSENCRequest N GSSENCRequest N GSSENCRequest N"},
	}
	for _, r := range rows {
		told, spans, err := parsePostgres(r.client, r.server)
		var marks []string
		for _, m := range spans.Marks {
			marks = append(marks, m.Name)
		}
		if !errors.Is(err, r.err) || told.TLS != r.tls || strings.Join(marks, " ") != r.marks {
			t.Errorf("%s: %+v, %v, marks %q", r.name, told, err, marks)
		}
		if c, s := len(cutOut(r.client, spans.Client)), len(cutOut(r.server, spans.Server)); c != r.tlsC || s != r.tlsS {
			t.Errorf("%s: %d and %d bytes of TLS, want %d and %d", r.name, c, s, r.tlsC, r.tlsS)
		}
	}
}

func TestParseMySQL(t *testing.T) {
	yes := mysqlPacket{0, greet("MySQL 8.4.6", true)}.bytes()
	no := mysqlPacket{0, greet("MySQL 8.4.6", false)}.bytes()
	ask := mysqlPacket{1, sslRequest()}.bytes()
	denied := mysqlPacket{2, writeERR(Error{1045, "28000", "no"})}.bytes()
	hello := record(60)
	rows := []struct {
		name           string
		client, server []byte
		tlsC, tlsS     int
		tls            fact.Tri
		err            error
		marks          string
	}{
		{"TLS", join(ask, hello), join(yes, hello), 65, 65, fact.Yes, nil, "greeting SSLRequest"},
		{"the greeting was missed", join(ask, hello), hello, 65, 65, fact.Unknown, nil, "SSLRequest"},
		{"the client alone", join(ask, hello), nil, 65, 0, fact.Unknown, nil, "SSLRequest"},
		{"the server alone", nil, yes, 0, 0, fact.Yes, io.ErrUnexpectedEOF, "greeting"},
		{"the server alone, without TLS", nil, no, 0, 0, fact.No, ErrDeclined, "greeting"},
		{"a login in the clear, let in", handshakeResponse(1), join(yes, mysqlPacket{2, []byte{0, 0, 0, 2, 0, 0, 0}}.bytes()), 0, 0, fact.Yes, ErrNoTLS, "greeting login"},
		{"a login in the clear, refused", handshakeResponse(1), join(yes, denied), 0, 0, fact.Yes, ErrReply, "greeting login ERR"},
		{"no TLS, let in", handshakeResponse(1), no, 0, 0, fact.No, ErrDeclined, "greeting login"},
		{"refused after SSLRequest", join(ask, hello), join(yes, denied), 65, 0, fact.Yes, ErrReply, "greeting SSLRequest ERR"},
		{"a greeting cut short", nil, yes[:30], 0, 0, fact.Unknown, io.ErrUnexpectedEOF, ""},
		{"a request cut short", ask[:20], yes, 0, 0, fact.Yes, io.ErrUnexpectedEOF, "greeting"},
		{"a client from before 4.1", join([]byte{5, 0, 0, 1, 0x85, 0x08, 0, 0, 1}, hello), join(yes, hello), 65, 65, fact.Yes, nil, "greeting SSLRequest"},
		{"SSH", nil, []byte("SSH-2.0-x\r\n"), 0, 0, fact.Unknown, ErrOther, ""},
	}
	for _, r := range rows {
		told, spans, err := parseMySQL(r.client, r.server)
		var marks []string
		for _, m := range spans.Marks {
			marks = append(marks, m.Name)
		}
		if !errors.Is(err, r.err) || told.TLS != r.tls || strings.Join(marks, " ") != r.marks {
			t.Errorf("%s: %+v, %v, marks %q", r.name, told, err, marks)
		}
		if c, s := len(cutOut(r.client, spans.Client)), len(cutOut(r.server, spans.Server)); c != r.tlsC || s != r.tlsS {
			t.Errorf("%s: %d and %d bytes of TLS, want %d and %d", r.name, c, s, r.tlsC, r.tlsS)
		}
	}
}

func TestLooksTLS(t *testing.T) {
	for in, want := range map[string]bool{"": true, "\x16": true, "\x16\x03\x01": true, "\x16\x00": false, "\x17\x03": true, "\x80": true,
		"\x80\x2e\x01": true, "\x80\x2e\x04": true, "\x80\x2e\x07": false, "HTTP": false, "\x13\x03": false, "\x19\x03": false} {
		if got := looksTLS([]byte(in)); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// TestCutter holds the mapping of spans onto chunks against cutting the joined stream.
func TestCutter(t *testing.T) {
	stream := []byte("0123456789abcdefghijklmnopqrstuvwxyz")
	spans := []Span{{2, 5}, {5, 9}, {12, 13}, {20, 36}}
	want := cutOut(stream, spans)
	for size := 1; size <= len(stream); size++ {
		tr := &wire.Transcript{}
		for at := 0; at < len(stream); at += size {
			tr.Chunks = append(tr.Chunks, wire.Chunk{From: wire.ClientSide, At: 1, Data: stream[at:min(at+size, len(stream))]},
				wire.Chunk{From: wire.ServerSide, Data: []byte("noise")}, wire.Chunk{Data: []byte("nobody's")})
		}
		only := onlyTLS(tr, Spans{Client: spans})
		if got := only.Stream(wire.ClientSide); !bytes.Equal(got, want) || len(only.Stream(wire.ServerSide)) != 0 {
			t.Errorf("chunks of %d: %q, want %q", size, got, want)
		}
	}
}

func TestChainIsBounded(t *testing.T) {
	c := chain(slices.Repeat([][]byte{{1}}, 300))
	if len(c.Certificates) != 100 || c.Cut != "100 certificates kept of 300" {
		t.Errorf("%d kept, %q", len(c.Certificates), c.Cut)
	}
	if c := chain(nil); c.Leaf() != nil || c.Cut != "" {
		t.Errorf("%+v", c)
	}
}

func TestStepsFoldApplicationData(t *testing.T) {
	data := wire.Message{From: wire.ServerSide, Record: wire.RecordApplicationData, Name: "application data", Len: 100, Encrypted: true}
	other := data
	other.From = wire.ClientSide
	alert := wire.Message{From: wire.ServerSide, Record: wire.RecordAlert, Name: "Alert", Len: 2, Alert: &wire.Alert{Level: 1, Code: 0}}
	got := steps(&wire.Transcript{}, nil, []wire.Message{data, data, data, other, data, alert})
	var notes []string
	for _, s := range got {
		notes = append(notes, s.Note)
	}
	if want := []string{"3 records, 300 bytes", "100 bytes", "100 bytes", "warning close_notify (0)"}; !slices.Equal(notes, want) {
		t.Errorf("%q", notes)
	}
}

func TestErrorNotes(t *testing.T) {
	for want, e := range map[string]Error{
		"1045 (28000) no": {1045, "28000", "no"}, "1040 no": {1040, "", "no"}, "28000 no": {0, "28000", "no"}, "no": {0, "", "no"},
	} {
		if got := errorNote(e); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestEncryptionWords(t *testing.T) {
	for word, want := range map[string]byte{"": 9, "off": 0, "on": 1, "none": 2, "req": 3, "cert-off": 0x80, "cert-on": 0x81, "?": 9} {
		if got := encryptionValue(word, 9); got != want {
			t.Errorf("%q: %#x, want %#x", word, got, want)
		}
	}
}

func TestServerVersions(t *testing.T) {
	for server, want := range map[string][]byte{
		"": {16, 0, 3, 232, 0, 0}, "SQL Server 15.0.4430": {15, 0, 17, 78, 0, 0}, "11.0.2100.60": {11, 0, 8, 52, 0, 0}, "SQL Server": {16, 0, 3, 232, 0, 0},
	} {
		if got := versionBytes(server); !bytes.Equal(got, want) {
			t.Errorf("%q: %v, want %v", server, got, want)
		}
	}
}
