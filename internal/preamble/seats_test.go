package preamble

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// against lets Dial meet a peer that answers the first bytes with something fixed and closes.
func against(t *testing.T, p Protocol, o Options, answer string) (net.Conn, fact.Said, error) {
	t.Helper()
	c, s := loopback(t)
	go func() {
		if p.ID != "mysql" {
			s.Read(make([]byte, 4096))
		}
		io.WriteString(s, answer)
		s.(*net.TCPConn).CloseWrite()
	}()
	return p.Dial(patience(t), c, o)
}

func TestDialMeetsSomethingElse(t *testing.T) {
	pre := func(encryption byte, more ...preOption) string {
		return string(writeTDS(tdsReply, append(prelogin{{optVersion, []byte{11, 0, 8, 52, 0, 0}}, {optEncryption, []byte{encryption}}}, more...).bytes()))
	}
	rows := []struct {
		name, id, encryption, answer string
		err                          error
		said                         fact.Said
	}{
		{"ssh on mysql's port", "mysql", "", "SSH-2.0-OpenSSH_9.2\r\n", ErrOther, fact.Said{Speaks: "ssh"}},
		{"smtp on mysql's port", "mysql", "", "220 x ESMTP\r\n", ErrOther, fact.Said{Speaks: "smtp", Upgrades: true}},
		{"a short line on mysql's port", "mysql", "", "+OK\r\n", ErrOther, fact.Said{Speaks: "pop3", Upgrades: true}},
		{"mysqlx", "mysql", "", "\x05\x00\x00\x00\x0b\x08\x05\x1a\x00", ErrOther, fact.Said{Speaks: "mysqlx", Upgrades: true}},
		{"mysql closes", "mysql", "", "", io.EOF, fact.Said{}},
		{"mysql cut short", "mysql", "", "J\x00\x00\x00\x0a8.0", io.ErrUnexpectedEOF, fact.Said{}},
		{"postgres without TLS", "postgres", "", "N", ErrDeclined, fact.Said{Product: "PostgreSQL", TLS: fact.No}},
		{"postgres closes", "postgres", "", "", io.EOF, fact.Said{}},
		{"ssh on postgres's port", "postgres", "", "SSH-2.0-OpenSSH_9.2\r\n", ErrOther, fact.Said{Speaks: "ssh"}},
		{"bytes behind S", "postgres", "", "SR\x00\x00\x00\x08\x00\x00\x00\x00", ErrOther, fact.Said{Product: "PostgreSQL", TLS: fact.Yes,
			ErrorText: "unencrypted bytes behind the S that answers SSLRequest (CVE-2021-23222)"}},
		{"mysql on postgres's port", "postgres", "", "J\x00\x00\x00\x0a8.0.36\x00", ErrOther, fact.Said{Speaks: "mysql", Upgrades: true}},
		{"http on postgres's port", "postgres", "", "HTTP/1.1 400 Bad Request\r\n", ErrOther, fact.Said{Speaks: "http"}},
		{"too many clients", "postgres", "", "E\x00\x00\x00\x1dSFATAL\x00C53300\x00Mtoo many\x00\x00", ErrReply,
			fact.Said{Product: "PostgreSQL", ErrorState: "53300", ErrorText: "FATAL: too many"}},
		{"tds: http", "mssql", "", "HTTP/1.1 400 Bad Request\r\n", ErrOther, fact.Said{Speaks: "http"}},
		{"tds: strict only", "mssql", "", "\x15\x03\x01\x00\x02\x02\x46\x00", ErrOther, fact.Said{Speaks: "tls-alert"}},
		{"tds: closes", "mssql", "", "", io.EOF, fact.Said{}},
		{"tds: declines", "mssql", "", pre(EncryptNotSup), ErrDeclined, fact.Said{Product: "SQL Server", Version: "11.0.2100", TLS: fact.No, Encryption: "ON → NOT_SUP"}},
		{"tds: OFF to ON", "mssql", "on", pre(EncryptOff), ErrDeclined, fact.Said{Product: "SQL Server", Version: "11.0.2100", TLS: fact.Yes, Encryption: "ON → OFF"}},
		{"tds: old type of packet", "mssql", "off", "\x12" + pre(EncryptReq)[1:], nil, fact.Said{Product: "SQL Server", Version: "11.0.2100", TLS: fact.Yes, Encryption: "OFF → REQ", Wrapped: true}},
		{"tds: wrong instance", "mssql", "", pre(EncryptOn, preOption{optInstance, []byte{1}}), nil, fact.Said{Product: "SQL Server", Version: "11.0.2100",
			TLS: fact.Yes, Encryption: "ON → ON", Wrapped: true, ErrorText: "INSTOPT 1: another instance listens here"}},
		{"tds: a login's answer", "mssql", "", string(writeTDS(tdsReply, []byte{0xe3, 1, 0, 0})), ErrOther, fact.Said{Speaks: "tds", Upgrades: true}},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			_, told, err := against(t, *ByID(r.id), Options{Encryption: r.encryption}, r.answer)
			if !errors.Is(err, r.err) {
				t.Errorf("error %v, want %v", err, r.err)
			}
			if errors.Is(r.err, ErrOther) && string(told.First) != r.answer {
				t.Errorf("first bytes %q", told.First)
			}
			told.First = nil
			if told.ErrorText != r.said.ErrorText || told.Speaks != r.said.Speaks || told.Product != r.said.Product || told.TLS != r.said.TLS ||
				told.Encryption != r.said.Encryption || told.Upgrades != r.said.Upgrades || told.ErrorState != r.said.ErrorState || told.Wrapped != r.said.Wrapped {
				t.Errorf("said\n%+v, want\n%+v", told, r.said)
			}
		})
	}
}

// accepted lets Accept meet a client that says something fixed, and returns all that Accept answered.
func accepted(t *testing.T, p Protocol, o Options, said string) (net.Conn, string, error) {
	t.Helper()
	c, s := loopback(t)
	answer := make(chan string, 1)
	go func() {
		io.WriteString(c, said)
		c.(*net.TCPConn).CloseWrite()
		b, _ := io.ReadAll(c)
		answer <- string(b)
	}()
	out, _, err := p.Accept(patience(t), s, o)
	if err == nil {
		s.Close()
		return out, <-answer, err
	}
	if errors.Is(err, ErrNoTLS) || errors.Is(err, ErrDeclined) {
		p.Deny(patience(t), out, o)
	}
	s.Close()
	return out, <-answer, err
}

func TestAcceptMeetsClients(t *testing.T) {
	login := string(startupFor("bob", "shop").bytes())
	hello := "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("x", 80)
	rows := []struct {
		name, id string
		o        Options
		says     string
		answers  string // its end
		err      error
	}{
		{"postgres GSS, then TLS", "postgres", Options{}, "\x00\x00\x00\x08\x04\xd2\x16\x30\x00\x00\x00\x08\x04\xd2\x16\x2f", "NS", nil},
		{"postgres plain client", "postgres", Options{}, login, "C28P01\x00Mpassword authentication failed for user \"bob\"\x00\x00", ErrNoTLS},
		{"postgres plain client, TLS needed", "postgres", Options{NeedTLS: true}, login,
			"C28000\x00Mno pg_hba.conf entry for host \"127.0.0.1\", user \"bob\", database \"shop\", no encryption\x00\x00", ErrNoTLS},
		{"postgres declines", "postgres", Options{NoTLS: true}, "\x00\x00\x00\x08\x04\xd2\x16\x2f" + login, "user \"bob\"\x00\x00", ErrDeclined},
		{"postgres declines, client leaves", "postgres", Options{NoTLS: true}, "\x00\x00\x00\x08\x04\xd2\x16\x2f", "N", ErrDeclined},
		{"postgres cancel", "postgres", Options{}, "\x00\x00\x00\x10\x04\xd2\x16\x2e\x00\x00\x00\x01\x00\x00\x00\x02", "", ErrNoTLS},
		{"postgres gets TLS", "postgres", Options{}, hello, "", ErrOther},
		{"mysql plain client", "mysql", Options{}, string(handshakeResponse(1)), "\x02\xff\x15\x04#28000Access denied for user: this test server refuses every login", ErrNoTLS},
		{"mysql plain client, TLS needed", "mysql", Options{NeedTLS: true, Server: "MySQL 8.4.6"}, string(handshakeResponse(1)),
			"\x02\xff\x57\x0c#HY000Connections using insecure transport are prohibited while --require_secure_transport=ON.", ErrNoTLS},
		{"mariadb plain client, TLS needed", "mysql", Options{NeedTLS: true}, string(handshakeResponse(1)),
			"\x02\xff\x15\x04#28000Access denied for user (using password: YES)", ErrNoTLS},
		{"mysql gets TLS", "mysql", Options{}, hello, "mysql_native_password\x00", ErrOther},
		{"tds strict gets PRELOGIN", "mssql", Options{Encryption: "strict"}, string(writeTDS(tdsPrelogin, clientPrelogin(1, "").bytes())), "", ErrOther},
		{"tds gets TLS", "mssql", Options{}, hello, "", ErrOther},
		{"tds gets a login", "mssql", Options{}, string(login7()), "", ErrOther},
		{"tds VERSION is not first", "mssql", Options{}, string(writeTDS(tdsPrelogin, prelogin{{optEncryption, []byte{1}}, {optVersion, make([]byte, 6)}}.bytes())), "", ErrOther},
	}
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			_, answer, err := accepted(t, *ByID(r.id), r.o, r.says)
			if !errors.Is(err, r.err) || !strings.HasSuffix(answer, r.answers) || r.answers == "" && answer != "" {
				t.Errorf("answered %q, error %v", answer, err)
			}
		})
	}
}

func TestAcceptAnswersFedAuthOnlyWhenAsked(t *testing.T) {
	asked := clientPrelogin(EncryptOn, "")
	if serverPrelogin("", EncryptOn, asked).has(optFedAuth) {
		t.Error("FEDAUTHREQUIRED unasked")
	}
	if !serverPrelogin("", EncryptOn, append(asked, preOption{optFedAuth, []byte{1}})).has(optFedAuth) {
		t.Error("no FEDAUTHREQUIRED")
	}
}

func TestTheEndOfTheContextEndsDialAndAccept(t *testing.T) {
	for _, p := range []Protocol{mysql(), postgres(), mssql()} {
		for seat, do := range map[string]func(context.Context, net.Conn, Options) (net.Conn, fact.Said, error){"Dial": p.Dial, "Accept": p.Accept} {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
			c, _ := loopback(t)
			if _, _, err := do(ctx, c, Options{}); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s %s: %v", p.ID, seat, err)
			}
			cancel()
		}
	}
}

func TestKnock(t *testing.T) {
	ctx := patience(t)
	for answer, want := range map[string]error{
		"R\x00\x00\x00\x0c\x00\x00\x00\x05abcd":                  nil,
		"E\x00\x00\x00\x1dSFATAL\x00C28000\x00Mno entry\x00\x00": ErrReply,
		"HTTP/1.1 400 Bad Request\r\n":                           ErrOther,
		"":                                                       io.EOF,
	} {
		c, s := loopback(t)
		go func() {
			m, _, err := readStartup(s)
			if err == nil && m.param("user") == "bob" && m.code == 3<<16 {
				io.WriteString(s, answer)
			}
			s.(*net.TCPConn).CloseWrite()
		}()
		told, err := Knock(ctx, c, "bob")
		if !errors.Is(err, want) {
			t.Errorf("%q: %+v, %v", answer, told, err)
		}
		if want == ErrReply && (told.ErrorState != "28000" || told.ErrorText != "FATAL: no entry") {
			t.Errorf("%+v", told)
		}
	}
}

// TestTDSConnReadsWhatPeersSend: packets of both types, records cut anywhere, and bare records after them.
func TestTDSConnReadsWhatPeersSend(t *testing.T) {
	record := append([]byte{0x16, 3, 3, 0, 40}, bytes.Repeat([]byte{9}, 40)...)
	bare := append([]byte{0x17, 3, 3, 0, 3}, "abc"...)
	for name, in := range map[string][]byte{
		"type 0x12":          append(writeTDS(0x12, record), bare...),
		"type 4":             append(writeTDS(4, record), bare...),
		"cut in the header":  bytes.Join([][]byte{writeTDS(0x12, record[:3]), writeTDS(0x12, record[3:]), bare}, nil),
		"an empty packet":    bytes.Join([][]byte{writeTDS(0x12, nil), writeTDS(0x12, record), bare}, nil),
		"never wrapped":      append(bytes.Clone(record), bare...),
		"several in one":     append(writeTDS(0x12, record), bare...),
		"a packet per octet": append(octets(record), bare...),
	} {
		c, s := loopback(t)
		go func() {
			s.Write(in)
			s.(*net.TCPConn).CloseWrite()
		}()
		got, err := io.ReadAll(&tdsConn{Conn: c})
		if want := append(bytes.Clone(record), bare...); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: % x, %v", name, got, err)
		}
	}
}

func octets(b []byte) []byte {
	var out []byte
	for _, o := range b {
		out = append(out, writeTDS(0x12, []byte{o})...)
	}
	return out
}

func TestTDSConnRefusesOtherPackets(t *testing.T) {
	for _, in := range []string{"HTTP/1.1 400\r\n", "\x10\x01\x00\x09\x00\x00\x01\x00x", "\x12\x01\x00\x04\x00\x00\x01\x00"} {
		c, s := loopback(t)
		go func() {
			io.WriteString(s, in)
			s.(*net.TCPConn).CloseWrite()
		}()
		if b, err := io.ReadAll(&tdsConn{Conn: c}); !errors.Is(err, errNotTDS) {
			t.Errorf("%q: %q, %v", in, b, err)
		}
	}
}

func TestLoginsAreNotReadWithoutBound(t *testing.T) {
	endless := make([]byte, tdsHeaderLen)
	endless[0] = tdsLogin7
	binary.BigEndian.PutUint16(endless[2:], 32767)
	packet := append(endless, make([]byte, 32767-tdsHeaderLen)...)
	if _, _, err := readTDS(bytes.NewReader(bytes.Repeat(packet, 10))); !errors.Is(err, errNotTDS) {
		t.Errorf("a login of 300 kB: %v", err)
	}
	if _, err := readMySQL(bytes.NewReader([]byte{0xff, 0xff, 0xff, 0}), maxLogin); !errors.Is(err, errNotMySQL) {
		t.Errorf("a login of 16 MB: %v", err)
	}
}
