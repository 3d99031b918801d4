package live

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// mutual is a server of crypto/tls that treats client certificates in its way; after the handshake it does then.
func mutual(t testing.TB, most uint16, auth tls.ClientAuthType, then func(net.Conn)) func(net.Conn) {
	config := goServer(t)
	config.MaxVersion, config.ClientAuth = most, auth
	return func(c net.Conn) {
		s := tls.Server(c, config)
		if s.Handshake() == nil {
			then(s)
		}
	}
}

// ownCertificate is something to show.
func ownCertificate(t testing.TB) *wire.ClientCertificate {
	id := self(t)
	return &wire.ClientCertificate{Chain: [][]byte{id.leaf}, Key: id.key}
}

// TestRefusalOfTheClient: in TLS 1.3 it comes after our Finished, when a client thinks that all is well (RFC 8446
// §4.4.2.4); before, in place of the server's Finished.
func TestRefusalOfTheClient(t *testing.T) {
	for _, test := range []struct {
		name  string
		most  uint16
		auth  tls.ClientAuthType
		own   bool
		alert uint8 // 0: the handshake completes
	}{
		{"1.3, required, none", tls.VersionTLS13, tls.RequireAnyClientCert, false, 116},
		{"1.3, required, given", tls.VersionTLS13, tls.RequireAnyClientCert, true, 0},
		{"1.3, required, unknown CA", tls.VersionTLS13, tls.RequireAndVerifyClientCert, true, 48},
		{"1.3, asked for", tls.VersionTLS13, tls.RequestClientCert, false, 0},
		{"1.3, not asked for", tls.VersionTLS13, tls.NoClientCert, true, 0},
		{"1.2, required, none", tls.VersionTLS12, tls.RequireAnyClientCert, false, 40},
		{"1.2, required, given", tls.VersionTLS12, tls.RequireAnyClientCert, true, 0},
		{"1.2, required, unknown CA", tls.VersionTLS12, tls.RequireAndVerifyClientCert, true, 48},
		{"1.2, asked for", tls.VersionTLS12, tls.RequestClientCert, false, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			serve := mutual(t, test.most, test.auth, hold)
			p := planFor(t, startPeer(t, "127.0.0.1", serve).addr, "tls")
			if test.own {
				p.Own = ownCertificate(t)
			}
			c, _ := p.begin(t)
			h := only(t, c)
			if (h.Request != nil) != (test.auth != tls.NoClientCert) {
				t.Errorf("request %+v", h.Request)
			}
			if test.alert == 0 {
				if !h.Completed() || h.End.By != wire.ClientSide {
					t.Errorf("%+v, verdict %+v", h.End, h.Verdict)
				}
				return
			}
			if h.Completed() || h.End.How != fact.EndAlert || h.End.Alert != test.alert || h.End.By != wire.ServerSide || h.End.After != "client Finished" {
				t.Errorf("%+v", h.End)
			}
			if (h.Finished == fact.Yes) != (test.most == tls.VersionTLS13) {
				t.Errorf("finished: %v", h.Finished)
			}
		})
	}
}

// TestRefusalWithoutAWord: servers that hang up instead of sending an alert, after our Finished of TLS 1.3.
func TestRefusalWithoutAWord(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		auth tls.ClientAuthType
		then func(net.Conn)
		how  fact.How
		code uint8
	}{
		{"FIN", tls.RequestClientCert, func(c net.Conn) { fin(c.(*tls.Conn).NetConn()) }, fact.EndClosed, 0},
		{"RST", tls.RequestClientCert, func(c net.Conn) { rst(c.(*tls.Conn).NetConn()) }, fact.EndReset, 0},
		{"close_notify", tls.RequestClientCert, func(c net.Conn) { c.(*tls.Conn).CloseWrite(); hold(c) }, fact.EndClosed, 0},
		{"garbage", tls.RequestClientCert, func(c net.Conn) { saying("garbage", hold)(c.(*tls.Conn).NetConn()) }, fact.EndNotTLS, 0},
		{"data", tls.RequestClientCert, saying("220 ready\r\n", hold), fact.EndCompleted, 0},
		{"silence", tls.RequestClientCert, hold, fact.EndCompleted, 0},
		{"FIN, and never asked for one", tls.NoClientCert, func(c net.Conn) { fin(c.(*tls.Conn).NetConn()) }, fact.EndCompleted, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := goServer(t)
			config.ClientAuth, config.SessionTicketsDisabled = test.auth, true // a ticket would say that all is well
			h := meet(t, "tls", func(c net.Conn) {
				s := tls.Server(c, config)
				if s.Handshake() == nil {
					test.then(s)
				}
			})
			if h.End.How != test.how || h.Finished != fact.Yes || h.Completed() != (test.how == fact.EndCompleted) {
				t.Errorf("%+v", h.End)
			}
			if !h.Completed() && (h.End.By != wire.ServerSide || h.End.After != "client Finished") {
				t.Errorf("%+v", h.End)
			}
		})
	}
}

// A watched connection notes whether its reader waits for something after the handshake.
type watched struct {
	net.Conn
	mu    sync.Mutex
	waits int
}

// SetReadDeadline is called once for each wait of its own.
func (w *watched) SetReadDeadline(at time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waits++
	return w.Conn.SetReadDeadline(at)
}

// TestNothingLingersOnAHealthyServer: only where a refusal can still come does a probe wait for it.
func TestNothingLingersOnAHealthyServer(t *testing.T) {
	for _, test := range []struct {
		most  uint16
		auth  tls.ClientAuthType
		waits int
	}{
		{tls.VersionTLS13, tls.NoClientCert, 0},
		{tls.VersionTLS12, tls.NoClientCert, 0},
		{tls.VersionTLS12, tls.RequestClientCert, 0},
		{tls.VersionTLS13, tls.RequestClientCert, 1},
	} {
		there := startPeer(t, "127.0.0.1", mutual(t, test.most, test.auth, hold))
		p := planFor(t, there.addr, "tls")
		made, ok := New(p.question, p.Settings).trial(there.addr, fact.Variant{})
		if !ok {
			t.Fatal("no trial")
		}
		c, err := net.Dial("tcp", there.addr.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		w := &watched{Conn: c}
		x := &exchange{trial: made, tape: newTape(w, time.Now()), deadline: time.Now().Add(hung)}
		if end := x.run(t.Context()); end.How != fact.EndCompleted || w.waits != test.waits {
			t.Errorf("%+v: %+v after %d waits", test, end, w.waits)
		}
	}
}

// httpServer speaks HTTP over TLS and asks for a client certificate, as nginx does with ssl_verify_client.
func httpServer(t *testing.T, config *tls.Config, answer http.HandlerFunc) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config.ClientAuth = tls.RequestClientCert
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(len(config.NextProtos) > 0 && config.NextProtos[0] == "h2")
	s := &http.Server{Handler: answer, TLSConfig: config, Protocols: &protocols}
	go s.ServeTLS(l, "", "")
	t.Cleanup(func() { s.Close() })
	return &peer{addr: l.Addr().(*net.TCPAddr).AddrPort()}
}

// TestHTTPRefusalOfTheClient: nginx finishes the handshake without a certificate and says in HTTP that it wants one
// (ngx_http_special_response.c, pages 495 and 496).
func TestHTTPRefusalOfTheClient(t *testing.T) {
	t.Parallel()
	refuse := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if len(r.TLS.PeerCertificates) == 0 {
				w.WriteHeader(http.StatusBadRequest)
				io.WriteString(w, "<html>\r\n<head><title>400 "+text+"</title></head>\r\n<body>\r\n<center><h1>400 Bad Request</h1></center>\r\n<center>"+text+"</center>\r\n")
			}
		}
	}
	required, wrong := refuse("No required SSL certificate was sent"), refuse("The SSL certificate error")
	for _, test := range []struct {
		name   string
		most   uint16
		alpn   []string
		answer http.HandlerFunc
		own    bool
		said   string
	}{
		{"1.3, HTTP/1.1", tls.VersionTLS13, []string{"http/1.1"}, required, false, "No required SSL certificate was sent"},
		{"1.3, HTTP/2", tls.VersionTLS13, []string{"h2", "http/1.1"}, required, false, "No required SSL certificate was sent"},
		{"1.3, no ALPN", tls.VersionTLS13, nil, required, false, "No required SSL certificate was sent"},
		{"1.2, HTTP/1.1", tls.VersionTLS12, []string{"http/1.1"}, required, false, "No required SSL certificate was sent"},
		{"1.2, HTTP/2", tls.VersionTLS12, []string{"h2"}, required, false, "No required SSL certificate was sent"},
		{"1.3, refused", tls.VersionTLS13, []string{"http/1.1"}, wrong, false, "The SSL certificate error"},
		{"1.3, given", tls.VersionTLS13, []string{"http/1.1"}, required, true, ""},
		{"1.3, HTTP/2, given", tls.VersionTLS13, []string{"h2"}, required, true, ""},
		{"another error", tls.VersionTLS13, []string{"h2"}, refuse("404 not here"), false, ""},
		{"a long page", tls.VersionTLS12, []string{"http/1.1"}, func(w http.ResponseWriter, _ *http.Request) { w.Write(zeros(1 << 20)) }, false, ""},
		{"no answer", tls.VersionTLS13, []string{"http/1.1"}, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, false, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := goServer(t)
			config.MaxVersion, config.NextProtos = test.most, test.alpn
			p := planFor(t, httpServer(t, config, test.answer).addr, "https")
			if test.own {
				p.Own = ownCertificate(t)
			}
			c, _ := p.begin(t)
			h := only(t, c)
			if h.Finished != fact.Yes || h.Request == nil {
				t.Errorf("finished %v, request %+v", h.Finished, h.Request)
			}
			checkRefusal(t, h, test.said)
		})
	}
}

// TestHTTPIsAskedOnlyWhenItMatters: no request goes to a server that did not ask for a certificate, nor to one that
// speaks something else than HTTP.
func TestHTTPIsAskedOnlyWhenItMatters(t *testing.T) {
	for _, test := range []struct {
		protocol string
		auth     tls.ClientAuthType
		asked    bool
	}{{"https", tls.NoClientCert, false}, {"tls", tls.RequestClientCert, false}, {"https", tls.RequestClientCert, true}} {
		got := make(chan int, 1)
		h := meet(t, test.protocol, mutual(t, tls.VersionTLS13, test.auth, func(c net.Conn) {
			n, _ := c.Read(make([]byte, 512))
			got <- n
		}))
		if asked := <-got > 0; asked != test.asked || !h.Completed() {
			t.Errorf("%+v: asked %v, %+v", test, asked, h.End)
		}
	}
}

// TestAuthority: what a certificate calls itself must not become lines of a request.
func TestAuthority(t *testing.T) {
	for name, want := range map[string]string{
		"db.example.test": "db.example.test", "127.0.0.1": "127.0.0.1", "::1": "[::1]", "fe80::1%eth0": "[fe80::1]",
		"a\r\nX: y": "", "a b": "", "\x1b[31m": "", "bücher.test": "", "": "",
	} {
		if got := authority(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestEndsStream reads frames as a server may cut them (RFC 9113 §4.1).
func TestEndsStream(t *testing.T) {
	settings := "\x00\x00\x00\x04\x00\x00\x00\x00\x00"
	head := "\x00\x00\x01\x01\x04\x00\x00\x00\x01\x88"
	for _, test := range []struct {
		name, frames string
		want         bool
	}{
		{"nothing", "", false},
		{"settings", settings, false},
		{"head", settings + head, false},
		{"head that ends", settings + "\x00\x00\x01\x01\x05\x00\x00\x00\x01\x88", true},
		{"data that ends", settings + head + "\x00\x00\x02\x00\x01\x00\x00\x00\x01ok", true},
		{"data cut", settings + head + "\x00\x00\x02\x00\x01\x00\x00\x00\x01o", false},
		{"data to come", settings + head + "\x00\x00\x02\x00\x00\x00\x00\x00\x01ok", false},
		{"reset", settings + "\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x01", true},
		{"GOAWAY", "\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", true},
		{"16 MB", "\xff\xff\xff\x00\x01\x00\x00\x00\x01", false},
		{"HTTP/1.1", "HTTP/1.1 400 Bad Request\r\n", false},
	} {
		if got := endsStream([]byte(test.frames)); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

// TestChainOfManyCertificates: a hundred are read; with more a client of ours goes no further, and keeps a hundred.
func TestChainOfManyCertificates(t *testing.T) {
	id := self(t)
	for _, most := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, size := range []int{100, 150} {
			config := goServer(t)
			config.MaxVersion = most
			for range size - 2 {
				config.Certificates[0].Certificate = append(config.Certificates[0].Certificate, id.ca)
			}
			h := meet(t, "tls", func(c net.Conn) {
				if s := tls.Server(c, config); s.Handshake() == nil {
					hold(s)
				}
			})
			if len(h.Chain.Certificates) != 100 || h.Completed() != (size == 100) {
				t.Errorf("%x, %d certificates: %+v, %d kept", most, size, h.End, len(h.Chain.Certificates))
			}
			if size > 100 && (h.End.How != fact.EndLocal || h.End.By != wire.ClientSide || !strings.Contains(h.End.Detail, "more than 100 certificates")) {
				t.Errorf("%x, %d certificates: %+v", most, size, h.End)
			}
			if leaf, err := x509.ParseCertificate(h.Chain.Leaf().DER); err != nil || leaf.Subject.CommonName != host {
				t.Errorf("leaf %v", err)
			}
		}
	}
}
