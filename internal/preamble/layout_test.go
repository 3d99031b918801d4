package preamble

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// unhex reads bytes written in groups for people.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBytesThatClientsSend(t *testing.T) {
	rows := []struct {
		name string
		got  []byte
		want string
	}{
		// PostgreSQL documentation, "Message Formats": SSLRequest, GSSENCRequest, StartupMessage 3.0.
		{"SSLRequest", startup{code: pgSSLRequest}.bytes(), "00000008 04d2162f"},
		{"GSSENCRequest", startup{code: pgGSSENCRequest}.bytes(), "00000008 04d21630"},
		{"StartupMessage", startup{3 << 16, []byte("user\x00a\x00\x00")}.bytes(), "00000010 00030000 75736572 00 61 00 00"},
		// MySQL: 32 bytes, number 1; CLIENT_SSL is 0x0800 of the first word.
		{"MySQL SSLRequest", mysqlPacket{1, sslRequest()}.bytes(), "200000 01 05aa0800 00000001 2d" + strings.Repeat("00", 23)},
		// The smallest PRELOGIN, as tedious logs its length, 0x2f.
		{"PRELOGIN", writeTDS(tdsPrelogin, clientPrelogin(EncryptOn, "").bytes()),
			"1201002f00000100 00001a0006 0100200001 0200210001 0300220004 0400260001 ff 010000000000 01 00 00000000 00"},
		{"PRELOGIN with an instance", clientPrelogin(EncryptOff, "AB").bytes(),
			"00001a0006 0100200001 0200210003 0300240004 0400280001 ff 010000000000 00 414200 00000000 00"},
		// SQL Server's answer leaves THREADID empty.
		{"answer to PRELOGIN", writeTDS(tdsReply, serverPrelogin("SQL Server 15.0.2000", EncryptReq, nil).bytes()),
			"0401002b00000100 00001a0006 0100200001 0200210001 0300220000 0400220001 ff 0f0007d00000 03 00 00"},
		// MS-TDS 2.2.7.10 ERROR and 2.2.7.6 DONE of TDS 7.4, then of TDS 7.1, whose last fields are shorter.
		{"ERROR 18456", writeTDSError(Error{Code: 18456, Text: "no"}, 0x74000004),
			"aa 1e00 18480000 01 0e 0200 6e006f00 06 74006c0073007700680079 00 00 01000000 fd 0200 0000 0000000000000000"},
		{"ERROR 18456 of TDS 7.1", writeTDSError(Error{Code: 18456, Text: "no"}, 0x71000001),
			"aa 1c00 18480000 01 0e 0200 6e006f00 06 74006c0073007700680079 00 00 0100 fd 0200 0000 00000000"},
		{"ERROR 18456 of TDS 8.0", writeTDSError(Error{Code: 18456, Text: "no"}, 0x08000000)[29:], "01000000 fd 0200 0000 0000000000000000"},
		{"MySQL ERR", mysqlPacket{1, writeERR(Error{1156, "08S01", "Got packets out of order"})}.bytes(),
			"210000 01 ff8404 23 3038533031" + hex.EncodeToString([]byte("Got packets out of order"))},
		{"PostgreSQL ErrorResponse", writePGError(Error{State: "28P01", Text: "x"}),
			"45 0000001d 53 464154414c 00 56 464154414c 00 43 3238503031 00 4d 78 00 00"},
		{"PROXY LOCAL", LocalProxyHeader(), "0d0a0d0a000d0a515549540a 20 00 0000"},
	}
	for _, r := range rows {
		if want := unhex(t, r.want); !bytes.Equal(r.got, want) {
			t.Errorf("%s:\n% x, want\n% x", r.name, r.got, want)
		}
	}
}

func TestPacketsAreCutAt4096(t *testing.T) {
	b := writeTDS(tdsPrelogin, bytes.Repeat([]byte{7}, 2*(4096-8)+1))
	var sizes []int
	var states, numbers []byte
	for len(b) > 0 {
		h, ok := readTDSHeader(b)
		if !ok || h.kind != 0x12 {
			t.Fatalf("header % x", b[:8])
		}
		sizes, states, numbers = append(sizes, h.length), append(states, h.status), append(numbers, b[6])
		b = b[h.length:]
	}
	if len(sizes) != 3 || sizes[0] != 4096 || sizes[1] != 4096 || sizes[2] != 9 {
		t.Errorf("packets of %v bytes", sizes)
	}
	if !bytes.Equal(states, []byte{0, 0, 1}) || !bytes.Equal(numbers, []byte{1, 2, 3}) {
		t.Errorf("states %v, numbers %v", states, numbers)
	}
}

func TestGreetings(t *testing.T) {
	rows := []struct {
		name, greeting   string // payload after the packet header
		product, version string
		tls              fact.Tri
	}{
		{"MySQL 8", "0a 382e302e333600 01000000 0102030405060708 00 ffff ff 0200 ffdf 15 00000000000000000000 0102030405060708090a0b0c00 63616368696e675f736861325f70617373776f726400",
			"MySQL", "8.0.36", fact.Yes},
		{"MariaDB 10 hides behind 5.5.5-", "0a 352e352e352d31302e31312e31392d4d617269614442 00 01000000 0102030405060708 00 fef7 2d 0200 ff81 15 000000000000 1d000000 0102030405060708090a0b0c00",
			"MariaDB", "10.11.19", fact.No},
		{"MariaDB 11", "0a 31312e342e322d4d617269614442 00 01000000 0102030405060708 00 feff 2d 0200 ffff 15", "MariaDB", "11.4.2", fact.Yes},
		{"a server of 4.0, whose greeting ends early", "0a 342e302e33300001000000 0102030405060708 00 0008", "MySQL", "4.0.30", fact.Yes},
		{"protocol 9", "09 332e32302e333200 01000000 01020304050607 00", "MySQL", "3.20.32", fact.No},
		{"no version", "0a 00", "MySQL", "", fact.No},
	}
	for _, r := range rows {
		payload := unhex(t, r.greeting)
		told, err := heardGreeting(mysqlPacket{0, payload})
		if err != nil || told.Product != r.product || told.Version != r.version || told.TLS != r.tls {
			t.Errorf("%s: %+v, %v", r.name, told, err)
		}
	}
}

func TestErrorsInsteadOfAGreeting(t *testing.T) {
	rows := map[string]Error{
		"ff 1004 546f6f206d616e7920636f6e6e656374696f6e73":               {1040, "", "Too many connections"},
		"ff 1004 23 3038303034 546f6f206d616e7920636f6e6e656374696f6e73": {1040, "08004", "Too many connections"},
		"ff 6904 486f7374 27 61 27":                                      {1129, "", "Host'a'"},
		"ff 6a04":                                                        {1130, "", ""},
	}
	for hexed, want := range rows {
		told, err := heardGreeting(mysqlPacket{0, unhex(t, hexed)})
		if got := (Error{told.ErrorCode, told.ErrorState, told.ErrorText}); err != ErrReply || got != want {
			t.Errorf("%s: %+v, %v", hexed, got, err)
		}
	}
}

func TestPostgresErrors(t *testing.T) {
	rows := []struct {
		in   string
		want Error
	}{
		{"E\x00\x00\x00\x2aSFATAL\x00C28000\x00Mno pg_hba.conf entry\x00\x00", Error{State: "28000", Text: "FATAL: no pg_hba.conf entry"}},
		{"E\x00\x00\x00\x2cSFATAL\x00VPANIC\x00C53300\x00Mtoo many clients\x00\x00", Error{State: "53300", Text: "PANIC: too many clients"}},
		{"Ecould not fork new process for connection: Cannot allocate memory\n\x00", Error{Text: "could not fork new process for connection: Cannot allocate memory"}},
		{"E\x00\x00\x00\x40SFATAL\x00C280", Error{State: "280", Text: "FATAL: "}},
	}
	for _, r := range rows {
		if got, _, ok := readPGError([]byte(r.in)); !ok || got != r.want {
			t.Errorf("%q: %+v %v", r.in, got, ok)
		}
	}
	for _, in := range []string{"", "E", "EHLO x\r\n", "ERROR\r\n", "E\x00\x00\x00\x01", "E\x7f\xff\xff\xffS", "SFATAL\x00"} {
		if e, _, ok := readPGError([]byte(in)); ok {
			t.Errorf("%q is no ErrorResponse: %+v", in, e)
		}
	}
}

func TestPreloginOptions(t *testing.T) {
	// As ODBC Driver 18 asks: VERSION, ENCRYPTION, INSTOPT, THREADID, MARS, TRACEID.
	b := unhex(t, "00001f0006 0100250001 0200260001 0300270004 04002b0001 05002c0024 ff 120305000000 01 00 78560000 01"+strings.Repeat("ab", 36))
	p, err := readPrelogin(b)
	if err != nil || len(p) != 6 || p.encryption() != EncryptOn || p.version() != "18.3.1280" || p.instance() != "" || len(p.get(5)) != 36 {
		t.Errorf("%v, %v", p, err)
	}
	for _, bad := range []string{"", "00", "00001a", "00001a0006", "00ffff0001 ff", "0000060002 ff 01"} {
		if p, err := readPrelogin(unhex(t, bad)); err == nil {
			t.Errorf("%q read as %v", bad, p)
		}
	}
	if p, _ := readPrelogin(unhex(t, "0000060001 ff 09")); p.encryption() != EncryptNotSup || p.version() != "" {
		t.Errorf("without ENCRYPTION: %v", p)
	}
}
