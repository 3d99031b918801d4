package lab

import (
	"context"
	"io"
	"net/http"
)

// proxyFaults are proxies on the way that do not let clients through.
func proxyFaults() []Fault {
	return []Fault{
		hand("proxy-refused-connect", "an HTTP proxy that answers every CONNECT with 403",
			[]way{{"https", "curl -sSi --cacert {ca} -x http://{addr} https://{host}/"}}, refusingTunnels),
		hand("proxy-is-plain-http", "an HTTP proxy in clear, which clients with an https:// URL for their proxy speak TLS to",
			[]way{{"https", "curl -sSi --cacert {ca} -x https://{addr} https://{host}/"}}, inClearOnly),
	}
}

func refusingTunnels(s *site) error {
	return proxying("HTTP/1.1 403 Forbidden\r\nServer: squid/5.7\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", false)(s)
}

func inClearOnly(s *site) error {
	return proxying("HTTP/1.1 200 Connection established\r\n\r\n", true)(s)
}

// proxying answers CONNECT (RFC 9110 §9.3.6), and anything that is not HTTP as an HTTP server does. Through the tunnel
// the site itself is met, whatever was asked for.
func proxying(answer string, through bool) func(*site) error {
	return func(s *site) error {
		s.greet = func(_ context.Context, g *guest) bool {
			from := requestsOf(g.Conn)
			r, err := http.ReadRequest(from)
			if err == nil && r.Method == http.MethodConnect {
				io.WriteString(g, answer)
				if ahead, _ := from.Peek(from.Buffered()); through {
					g.Conn = &replay{Conn: g.Conn, ahead: ahead}
					return true
				}
			} else {
				io.WriteString(g, badRequest)
			}
			g.leave()
			return false
		}
		return nil
	}
}
