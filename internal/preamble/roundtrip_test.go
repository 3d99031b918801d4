package preamble

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// login7 is the fixed part of a LOGIN7 of TDS 7.4 (MS-TDS 2.2.6.4): 94 bytes, all fields empty.
func login7() []byte {
	b := make([]byte, 94)
	binary.LittleEndian.PutUint32(b, 94)
	binary.LittleEndian.PutUint32(b[4:], 0x74000004)
	return writeTDS(tdsLogin7, b)
}

// handshakeResponse is a MySQL login as number seq: capabilities, size, character set, 23 zeros, user, auth, plugin.
func handshakeResponse(seq byte) []byte {
	b := append([]byte{0x05, 0xa6, 0x0f, 0x00, 0, 0, 0, 1, 0x2d}, make([]byte, 23)...)
	b = append(b, "root\x00\x00mysql_native_password\x00"...)
	return append([]byte{byte(len(b)), 0, 0, seq}, b...)
}

func TestEveryProtocolFromThreeSeats(t *testing.T) {
	strict := append(writeTDS(tdsPrelogin, clientPrelogin(EncryptNotSup, "").bytes()), login7()...)
	rows := []struct {
		name         string
		p            Protocol
		dial, accept Options
		login        []byte
		answer       string // what the answer to the login holds
		said         fact.Said
	}{
		{"tls", bareTLS(), Options{}, Options{}, []byte("x"), "", fact.Said{}},
		{"https", https(), Options{}, Options{}, []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "\r\n\r\nthe TLS handshake succeeded\n", fact.Said{}},
		{"mysql", mysql(), Options{}, Options{Server: "MySQL 8.4.6"}, handshakeResponse(2), "\x03\xff\x15\x04#28000Access denied",
			fact.Said{Product: "MySQL", Version: "8.4.6", TLS: fact.Yes}},
		{"mariadb 10", mysql(), Options{}, Options{Server: "MariaDB 10.11.19"}, handshakeResponse(2), "#28000",
			fact.Said{Product: "MariaDB", Version: "10.11.19", TLS: fact.Yes}},
		{"postgres", postgres(), Options{}, Options{}, startupFor("u", "d").bytes(), "C28P01\x00Mpassword authentication failed for user \"u\"",
			fact.Said{Product: "PostgreSQL", TLS: fact.Yes}},
		{"postgres-direct", postgresDirect(), Options{}, Options{}, startupFor("u", "d").bytes(), "C28P01", fact.Said{}},
		{"mssql on to default", mssql(), Options{}, Options{}, login7(), "\xaa",
			fact.Said{Product: "SQL Server", Version: "16.0.1000", TLS: fact.Yes, Encryption: "ON → ON", Wrapped: true}},
		{"mssql off to default", mssql(), Options{Encryption: "off"}, Options{}, login7(), "\xaa",
			fact.Said{Product: "SQL Server", Version: "16.0.1000", TLS: fact.Yes, Encryption: "OFF → OFF", Wrapped: true, LoginOnly: true}},
		{"mssql off to forced", mssql(), Options{Encryption: "off", Instance: "INST1"}, Options{Encryption: "on", Server: "SQL Server 15.0.4430"}, login7(), "\xaa",
			fact.Said{Product: "SQL Server", Version: "15.0.4430", TLS: fact.Yes, Encryption: "OFF → REQ", Wrapped: true}},
		{"mssql-strict", mssqlStrict(), Options{}, Options{}, strict, "\xaa", fact.Said{}},
	}
	for _, r := range rows {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			if r.p.MaxVersion != 0 && version > r.p.MaxVersion {
				continue
			}
			t.Run(r.name+" "+tls.VersionName(version), func(t *testing.T) {
				g := play(t, r.p, r.dial, r.accept, version, r.login)
				if g.dialErr != nil || g.accErr != nil || g.denyErr != nil {
					t.Fatalf("Dial: %v; Accept: %v; Deny: %v", g.dialErr, g.accErr, g.denyErr)
				}
				told := g.checkSpans(t, r.p)
				for seat, got := range map[string]fact.Said{"Dial": g.dialed, "Accept": g.accepted} {
					if !reflect.DeepEqual(got, r.said) {
						t.Errorf("%s said\n%+v, want\n%+v", seat, got, r.said)
					}
				}
				if r.name == "mssql off to default" { // the answer in the clear was recorded too
					told = withError(told, Error{})
				}
				if !reflect.DeepEqual(told, r.said) {
					t.Errorf("Parse said\n%+v, want\n%+v", told, r.said)
				}
				if !bytes.Contains(g.answer, []byte(r.answer)) {
					t.Errorf("answer to the login: %q, want it to hold %q", g.answer, r.answer)
				}
				if len(r.p.ALPN) > 0 && g.alpn != r.p.ALPN[0] {
					t.Errorf("ALPN chose %q", g.alpn)
				}
			})
		}
	}
}

func TestEveryProtocolRefused(t *testing.T) {
	tooMany := &Error{Code: 1040, Text: "Too many connections"}
	rows := []struct {
		name             string
		p                Protocol
		dial, accept     Options
		login            []byte
		dialErr, accErr  error
		parseErr         error
		code             int
		state, text, enc string
	}{
		{name: "mysql without TLS", p: mysql(), accept: Options{NoTLS: true}, login: handshakeResponse(1),
			dialErr: ErrDeclined, accErr: ErrDeclined, parseErr: ErrReply, code: 1045, state: "28000"},
		{name: "mysql error first", p: mysql(), accept: Options{Error: tooMany},
			dialErr: ErrReply, accErr: ErrReply, parseErr: ErrReply, code: 1040, text: "Too many connections"},
		{name: "postgres without TLS", p: postgres(), accept: Options{NoTLS: true}, login: startupFor("u", "d").bytes(),
			dialErr: ErrDeclined, accErr: ErrDeclined, parseErr: ErrReply, state: "28P01"},
		{name: "postgres error", p: postgres(), accept: Options{Error: &Error{State: "53300", Text: "sorry, too many clients already"}},
			dialErr: ErrReply, accErr: ErrReply, parseErr: ErrReply, state: "53300", text: "FATAL: sorry, too many clients already"},
		{name: "postgres old error", p: postgres(), accept: Options{Error: &Error{Text: "could not fork new process for connection"}},
			dialErr: ErrReply, accErr: ErrReply, parseErr: ErrReply, text: "could not fork new process for connection"},
		{name: "mssql without TLS", p: mssql(), accept: Options{NoTLS: true}, login: login7(),
			dialErr: ErrDeclined, accErr: ErrDeclined, parseErr: ErrReply, code: 18456, state: "1", enc: "ON → NOT_SUP"},
		{name: "mssql client cannot, server insists", p: mssql(), dial: Options{Encryption: "none"}, accept: Options{NeedTLS: true},
			dialErr: ErrDeclined, accErr: ErrNoTLS, parseErr: nil, enc: "NOT_SUP → REQ"},
		{name: "mssql both without", p: mssql(), dial: Options{Encryption: "none"}, accept: Options{Encryption: "off"}, login: login7(),
			dialErr: ErrDeclined, accErr: ErrNoTLS, parseErr: ErrReply, code: 18456, state: "1", enc: "NOT_SUP → NOT_SUP"},
		{name: "mssql error", p: mssql(), accept: Options{Error: &Error{Code: 17828, Text: "The prelogin packet is invalid."}},
			dialErr: ErrReply, accErr: ErrReply, parseErr: ErrReply, code: 17828, state: "1", text: "The prelogin packet is invalid."},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			g := play(t, r.p, r.dial, r.accept, tls.VersionTLS12, r.login)
			if !errors.Is(g.dialErr, r.dialErr) || !errors.Is(g.accErr, r.accErr) {
				t.Fatalf("Dial: %v; Accept: %v", g.dialErr, g.accErr)
			}
			told, spans, err := r.p.Parse(g.outer.stream(wire.ClientSide), g.outer.stream(wire.ServerSide))
			if !errors.Is(err, r.parseErr) || len(spans.Client)+len(spans.Server) > 0 {
				t.Errorf("Parse: %v, spans %v", err, spans)
			}
			if told.ErrorCode != r.code || told.ErrorState != r.state || told.Encryption != r.enc {
				t.Errorf("Parse said %+v", told)
			}
			if r.text != "" && told.ErrorText != r.text {
				t.Errorf("error text %q", told.ErrorText)
			}
		})
	}
}
