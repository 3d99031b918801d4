package preamble

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
)

func TestReadProxyHeader(t *testing.T) {
	const sig = "\r\n\r\n\x00\r\nQUIT\n"
	rows := []struct {
		in, rest string
		source   string
	}{
		{"PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n\x16\x03", "\x16\x03", "192.0.2.1:4711"},
		{"PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\nx", "x", "[2001:db8::1]:1"},
		{"PROXY UNKNOWN\r\nx", "x", ""},
		{"PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n", "", ""},
		{sig + "\x21\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x02\x12\x67\x01\xbbx", "x", "192.0.2.1:4711"},
		{sig + "\x21\x21\x00\x24" + strings.Repeat("\x20", 32) + "\x00\x01\x00\x02x", "x", "[2020:2020:2020:2020:2020:2020:2020:2020]:1"},
		{sig + "\x20\x00\x00\x00x", "x", ""},
		{sig + "\x20\x11\x00\x0c\xc0\x00\x02\x01\xc0\x00\x02\x02\x12\x67\x01\xbb", "", ""}, // LOCAL: addresses count for nothing
		{sig + "\x21\x11\x00\x04\xc0\x00\x02\x01", "", ""},
	}
	for _, r := range rows {
		in := strings.NewReader(r.in)
		source, err := readProxyHeader(in)
		want, _ := netip.ParseAddrPort(r.source)
		if rest, _ := io.ReadAll(in); err != nil || source != want || string(rest) != r.rest {
			t.Errorf("%q: %v, %v, rest %q", r.in, source, err, rest)
		}
	}
}

func TestNoProxyHeader(t *testing.T) {
	const sig = "\r\n\r\n\x00\r\nQUIT\n"
	for _, in := range []string{"\x16\x03\x01\x02\x00\x01", "POST / HTTP/1.1\r\n", "PROXY TCP4 1.2.3.4\r\n", "PROXY TCP4 a b 1 2\r\n",
		"PROXY " + strings.Repeat("x", 200), sig + "\x31\x11\x00\x00", sig + "\x21\x11\xff\xff", strings.Repeat("\r\n", 16)} {
		if source, err := readProxyHeader(strings.NewReader(in)); !errors.Is(err, ErrNoProxyHeader) {
			t.Errorf("%q: %v, %v", in, source, err)
		}
	}
	for _, in := range []string{"", "PROXY", "PROXY TCP4 1.2.3.4", sig, sig + "\x21\x11\x00\x0c\x01"} {
		if _, err := readProxyHeader(strings.NewReader(in)); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v, want that it ends too early", in, err)
		}
	}
}

func TestDialBehindAProxyHeader(t *testing.T) {
	ctx := patience(t)
	c, s := loopback(t)
	p := WithProxyHeader(postgres())
	done := make(chan error, 1)
	go func() {
		if _, err := ReadProxyHeader(ctx, s); err != nil {
			done <- err
			return
		}
		_, _, err := p.Accept(ctx, s, Options{})
		done <- err
	}()
	if _, told, err := p.Dial(ctx, c, Options{}); err != nil || told.Product != "PostgreSQL" {
		t.Errorf("%+v, %v", told, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
