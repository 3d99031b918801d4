package preamble

import "testing"

func TestGuess(t *testing.T) {
	const hello = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
	const prelogin = "\x12\x01\x00\x2f\x00\x00\x01\x00\x00\x00\x1a\x00\x06"
	const greeting = "J\x00\x00\x00\x0a8.0.36\x00"
	rows := []struct {
		client, server string
		port           uint16
		want           string
	}{
		{"\x00\x00\x00\x08\x04\xd2\x16\x2f", "S", 15432, "postgres"},
		{"\x00\x00\x00\x29\x00\x03\x00\x00user\x00", "", 15432, "postgres"},
		{prelogin, "\x04\x01\x00\x2b\x00\x00\x01\x00\x00", 52000, "mssql"},
		{"\x20\x00\x00\x01\x85\xaa\xbf\x00", greeting, 3307, "mysql"},
		{"", greeting, 3307, "mysql"},
		{hello, "", 1433, "mssql-strict"},
		{hello, "", 5432, "postgres-direct"},
		{hello, "", 443, "https"},
		{hello, "", 9999, "tls"},
		{hello, "", 3306, "tls"},
		{"", "\x16\x03\x03\x00\x5a\x02", 9999, "tls"},
		{"PROXY UNKNOWN\r\n" + hello, "", 9999, "tls"},
		{"", "", 3306, "mysql"},
		{"what", "ever", 9999, ""},
		{"", "220 mx.example.net ESMTP\r\n", 2525, "smtp"},
		{"", "220 Welcome\r\n", 21, "ftp"},
		{"USER a\r\n", "220 Welcome\r\n", 2121, "ftp"},
		{"AUTH TLS\r\n", "", 2121, "ftp"},
		{"HELO a\r\n", "", 2525, "smtp"},
		{"STLS\r\n", "", 9999, "pop3"},
		{"GET / HTTP/1.1\r\n\r\n", "", 443, "https"},
		{"", "\x03\x00\x00\x13\x0e\xd0\x00\x00\x124\x00\x02\x00\x08\x00\x01\x00\x00\x00", 9999, "rdp"},
		{"PROXY UNKNOWN\r\nEHLO a\r\n", "220 x\r\n", 2525, "smtp"},
	}
	for _, r := range rows {
		id := ""
		if p := Guess([]byte(r.client), []byte(r.server), r.port); p != nil {
			id = p.ID
		}
		if id != r.want {
			t.Errorf("%q, %q, port %d: %q, want %q", r.client, r.server, r.port, id, r.want)
		}
	}
}
