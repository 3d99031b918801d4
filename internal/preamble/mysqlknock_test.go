package preamble

import (
	"errors"
	"net"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// knockMySQL knocks on a server that is a function.
func knockMySQL(t *testing.T, onTLS bool, serve func(net.Conn)) (fact.Said, error) {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() { defer close(done); defer far.Close(); serve(far) }()
	said, err := KnockMySQL(t.Context(), near, "nobody", onTLS)
	near.Close()
	<-done
	return said, err
}

// answering greets and answers the login with a payload.
func answering(greeting string, payload []byte) func(net.Conn) {
	return func(c net.Conn) {
		seq := byte(2)
		if greeting != "" {
			c.Write(mysqlPacket{0, greet(greeting, true)}.bytes())
			seq = 1
		}
		if p, err := readMySQL(c, maxLogin); err != nil || p.seq != seq || isSSLRequest(p.payload) {
			return
		}
		c.Write(mysqlPacket{seq + 1, payload}.bytes())
	}
}

func TestKnockMySQL(t *testing.T) {
	refusal := writeERR(Error{3159, "HY000", "Connections using insecure transport are prohibited"})
	for _, test := range []struct {
		name  string
		onTLS bool
		serve func(net.Conn)
		want  error
		code  int
	}{
		{"asks on", false, answering("MySQL 8.4.6", []byte("\xfecaching_sha2_password\x00salt")), nil, 0},
		{"lets in", false, answering("MariaDB 10.11.19", []byte{0, 0, 0, 2, 0, 0, 0}), nil, 0},
		{"wants TLS", false, answering("MySQL 8.4.6", refusal), ErrReply, 3159},
		{"on TLS", true, answering("", []byte{0, 0, 0, 2, 0, 0, 0}), nil, 0},
		{"on TLS, refused", true, answering("", refusal), ErrReply, 3159},
		{"another answer", true, answering("", []byte("?what")), ErrOther, 0},
		{"another protocol", false, func(c net.Conn) { c.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n")) }, ErrOther, 0},
		{"refuses at once", false, func(c net.Conn) { c.Write(mysqlPacket{0, writeERR(Error{1129, "", "Host is blocked"})}.bytes()) }, ErrReply, 1129},
	} {
		said, err := knockMySQL(t, test.onTLS, test.serve)
		if !errors.Is(err, test.want) || test.want == nil && err != nil || said.ErrorCode != test.code {
			t.Errorf("%s: %v, said %+v", test.name, err, said)
		}
	}
	if _, err := knockMySQL(t, false, func(net.Conn) {}); err == nil || errors.Is(err, ErrReply) || errors.Is(err, ErrOther) {
		t.Errorf("hangs up: %v", err)
	}
}
