package preamble

import "testing"

func TestSniff(t *testing.T) {
	rows := []struct {
		first    string
		speaks   string
		upgrades bool
	}{
		{"HTTP/1.1 400 Bad Request\r\n", "http", false},
		{"<!DOCTYPE HTML PUBLIC", "http", false},
		{"GET / HTTP/1.1\r\n", "http", false},
		{"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "ssh", false},
		{"220 mail.example.test ESMTP Postfix\r\n", "smtp", true},
		{"220-mail.example.test ESMTP Exim 4.96\r\n", "smtp", true},
		{"554 5.7.1 no\r\n", "smtp", true},
		{"502 5.5.2 Error: command not recognized\r\n", "smtp", true},
		{"220 (vsFTPd 3.0.3)\r\n", "ftp", true},
		{"220 ProFTPD Server (Debian) [::ffff:127.0.0.1]\r\n", "ftp", true},
		{"* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot ready.\r\n", "imap", true},
		{"+OK Dovecot ready.\r\n", "pop3", true},
		{"200 news.example.test InterNetNews NNRP server\r\n", "nntp", true},
		{"J\x00\x00\x00\x0a8.0.36\x00", "mysql", true},
		{"\x17\x00\x00\x00\xff\x10\x04Too many connections", "mysql", true},
		{"\x21\x00\x00\x01\xff\x84\x04#08S01Got packets out of order", "mysql", true},
		{"\x05\x00\x00\x00\x0b\x08\x05\x1a\x00", "mysqlx", true},
		{"\x16\x03\x03\x00\x5a\x02\x00\x00\x56", "tls", false},
		{"\x15\x03\x03\x00\x02\x02\x28", "tls-alert", false},
		{"\x15\x03\x03\x00\x1a\x00\x00\x00\x00", "tls", false}, // an encrypted alert is a record like others
		{"\x80\x2e\x01\x00\x02\x00\x15\x00\x00", "sslv2", false},
		{"\x80\x46\x01\x03\x01\x00\x2d\x00\x00", "sslv2", false},
		{"\x84\x1a\x04\x00\x01\x00\x02\x03\xf4", "sslv2", false},
		{"\x12\x01\x00\x2f\x00\x00\x01\x00\x00\x00\x1a", "tds", true},
		{"\x04\x01\x00\x2b\x00\x00\x01\x00\x00", "tds", true},
		{"-ERR unknown command\r\n", "redis", false},
		{"-NOAUTH Authentication required.\r\n", "redis", false},
		{"AMQP\x00\x00\x09\x01", "amqp", false},
		{"E\x00\x00\x00\x8fSFATAL\x00", "postgres-error", true},
		{"EFATAL:  sorry\x00", "postgres-error", true},
		{"\x00\x00\x00\x08\x04\xd2\x16\x2f", "postgres", true},
		{"\x00\x00\x00\x29\x00\x03\x00\x00user\x00", "postgres", true},
		{"<?xml version='1.0'?><stream:stream", "xmpp", true},
		{"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00", "ldap", true},
		{"\x30\x84\x00\x00\x00\x10\x02\x01\x01\x61\x84\x00", "ldap", true},
		{"\x03\x00\x00\x13\x0e\xd0\x00\x00\x124\x00\x02", "rdp", true},
		{"ERROR\r\n", "memcached", false},
		{"RFB 003.008\n", "vnc", false},
		{"\x2a\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\xdd\x07\x00\x00", "mongodb", false},
		{"\xff\xfd\x18\xff\xfd\x20", "telnet", false},
		{"INFO {\"server_id\":\"x\"}\r\n", "nats", true},
		{":irc.example.test NOTICE * :hi\r\n", "irc", true},
		{"\"IMPLEMENTATION\" \"Dovecot\"\r\n", "managesieve", true},
		{"PROXY TCP4 1.2.3.4 1.2.3.5 1 2\r\n", "proxy-header", false},
		{"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00", "proxy-header", false},
		{"", "", false}, {"S", "", false}, {"hello\r\n", "", false}, {"\x16", "", false}, {"999 what\r\n", "", false},
		{"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "", false},
	}
	for _, r := range rows {
		if speaks, upgrades := Sniff([]byte(r.first)); speaks != r.speaks || upgrades != r.upgrades {
			t.Errorf("%q: %q %v, want %q %v", r.first, speaks, upgrades, r.speaks, r.upgrades)
		}
	}
}

func TestList(t *testing.T) {
	for _, p := range All() {
		if ByID(p.ID) == nil || ByID(p.ID).ID != p.ID || p.Dial == nil || p.Accept == nil || p.Deny == nil || p.Parse == nil {
			t.Errorf("%s is not whole", p.ID)
		}
		for _, s := range p.Schemes {
			if got := ByScheme(s); got == nil || got.ID != p.ID {
				t.Errorf("scheme %s of %s means another", s, p.ID)
			}
		}
	}
	for port, id := range map[uint16]string{443: "https", 8443: "https", 3306: "mysql", 5432: "postgres", 1433: "mssql", 636: "tls"} {
		if p := ByPort(port); p == nil || p.ID != id {
			t.Errorf("port %d: %v", port, p)
		}
	}
	if ByID("gopher") != nil || ByScheme("gopher") != nil || ByPort(70) != nil {
		t.Error("a protocol that nobody wrote")
	}
}
