package live

import (
	"bytes"
	"net"
	"net/netip"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// maxReply is how much of an HTTP answer is read: heads and nginx's error pages take a few hundred bytes.
const maxReply = 8 << 10

// askHTTP makes a plain request where an HTTP server asked for a client certificate: nginx finishes the handshake
// without one and says only in its answer that it was required (ngx_http_request.c, statuses 495 and 496).
func (x *exchange) askHTTP(conn net.Conn) (fact.End, bool) {
	ask, ended := requestHTTP1(x.options.Host), func([]byte) bool { return false }
	if x.client.ALPN() == "h2" {
		ask, ended = requestHTTP2(x.options.Host), endsStream
	}
	request, err := x.client.Seal(ask)
	if err != nil {
		return fact.End{}, false
	}
	conn.SetDeadline(x.within(3 * linger))
	if _, err := conn.Write(request); err != nil {
		return fact.End{}, false
	}
	var reply []byte
	e, _ := x.feed(conn, func() bool {
		reply = append(reply, x.client.AppData()...)
		return len(reply) > maxReply || ended(reply)
	})
	reply = append(reply, x.client.AppData()...)
	if e.How == fact.EndAlert && e.Alert != wire.AlertCloseNotify {
		return e, true
	}
	text := certificateRefusal(reply)
	return fact.End{By: wire.ServerSide, How: fact.EndError, After: "client Finished", Detail: text}, text != ""
}

// certificateRefusal is what an HTTP answer says about the client's certificate, or "".
func certificateRefusal(reply []byte) string {
	for _, said := range []string{"No required SSL certificate was sent", "The SSL certificate error"} {
		if bytes.Contains(reply, []byte(said)) {
			return said
		}
	}
	return ""
}

// authority is a name as HTTP writes it (RFC 9110 §7.2). A name may have come out of a certificate: what could be
// more than a name is left out.
func authority(host string) string {
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		return "[" + a.WithZone("").String() + "]"
	}
	if len(host) > 100 || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return host
}

// requestHTTP1 asks for "/" and for the connection's end after it (RFC 9112 §3, §9.6).
func requestHTTP1(host string) []byte {
	return []byte("GET / HTTP/1.1\r\nHost: " + authority(host) + "\r\nConnection: close\r\n\r\n")
}

// Frame types and the flags that matter here (RFC 9113 §6).
const (
	h2Data      = 0
	h2Headers   = 1
	h2Reset     = 3
	h2Settings  = 4
	h2GoAway    = 7
	h2EndStream = 1
	h2EndHead   = 4
	h2Header    = 9 // bytes of a frame's header
)

// requestHTTP2 is the same question in HTTP/2: preface, empty settings, and a head of entries of HPACK's static
// table with the authority as it is (RFC 9113 §3.4, RFC 7541 §6.1, §6.2.2).
func requestHTTP2(host string) []byte {
	name := authority(host)
	head := append([]byte{0x82, 0x87, 0x84, 0x01, byte(len(name))}, name...)
	out := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	out = append(out, 0, 0, 0, h2Settings, 0, 0, 0, 0, 0)
	out = append(out, 0, 0, byte(len(head)), h2Headers, h2EndStream|h2EndHead, 0, 0, 0, 1)
	return append(out, head...)
}

// endsStream reports whether an HTTP/2 server has said all it will about the one request.
func endsStream(b []byte) bool {
	for len(b) >= h2Header {
		size := int(b[0])<<16 | int(b[1])<<8 | int(b[2])
		if len(b) < h2Header+size {
			return false
		}
		switch kind, flags := b[3], b[4]; {
		case kind == h2Reset, kind == h2GoAway, (kind == h2Data || kind == h2Headers) && flags&h2EndStream != 0:
			return true
		}
		b = b[h2Header+size:]
	}
	return false
}
