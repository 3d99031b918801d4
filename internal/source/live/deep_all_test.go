package live

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"encoding/asn1"
	"io"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// examine makes the baseline and the experiments of deepAll with a peer.
func examine(t *testing.T, p plan, more ...netip.AddrPort) *fact.Case {
	t.Helper()
	p.Max = 12 + deepAllCost
	c, prober := &fact.Case{Question: p.question}, New(p.question, p.Settings)
	ctx, cancel := context.WithTimeout(t.Context(), hung)
	defer cancel()
	finish(t, func() {
		prober.Begin(ctx, c)
		prober.addrs = append(prober.addrs, more...) // as if the name had these, too
		prober.deepAll(ctx, c)
	})
	if used := prober.Connections(); used > p.Max {
		t.Errorf("%d connections, %d were announced", used, p.Max)
	}
	return c
}

// outcomes tells of each kind of experiment whether each of its tries came as far as a whole handshake: "+", or else
// "-".
func outcomes(c *fact.Case) map[string]string {
	out := map[string]string{}
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		f, ok := h.Variant.Forcing()
		if !ok {
			continue
		}
		f.Try, f.Wait = 1, ""
		mark := "-"
		if h.Progress() == fact.AtDone {
			mark = "+"
		}
		out[f.Variant().Value] += mark
	}
	return out
}

// failing lists the kinds of experiments of which some try failed, with their marks.
func failing(c *fact.Case) []string {
	var out []string
	for name, marks := range outcomes(c) {
		if strings.Contains(marks, "-") {
			out = append(out, name+" "+marks)
		}
	}
	slices.Sort(out)
	return out
}

// goPeer serves with the standard library.
func goPeer(t *testing.T, config *tls.Config) *peer {
	return startPeer(t, "127.0.0.1", func(c net.Conn) { serveGo(c, config) })
}

func serveGo(c net.Conn, config *tls.Config) {
	c.SetDeadline(time.Now().Add(hung))
	s := tls.Server(c, config)
	if s.Handshake() == nil {
		io.Copy(io.Discard, s)
		s.Close()
	}
}

func TestDeepAllWithRightServer(t *testing.T) {
	for name, most := range map[string]uint16{"TLS 1.3": tls.VersionTLS13, "TLS 1.2": tls.VersionTLS12} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := goServer(t)
			config.MaxVersion = most
			p := planFor(t, goPeer(t, config).addr, "https")
			p.Timeout = 3 * patience // the slow form takes most of one
			c := examine(t, p)
			got := failing(c)
			// Go answers a close_notify by closing without one, and knows no RSA key exchange with an ECDSA key. At TLS 1.2
			// alone it takes no session of TLS 1.3.
			want := []string{"close form=first -", "rsa zero=none -"}
			if most == tls.VersionTLS12 {
				want = []string{"close form=first -", "resumption form=psk with=full -", "rsa zero=none -"}
			}
			if !slices.Equal(got, want) {
				t.Errorf("failing %q, want %q", got, want)
			}
			expectOutcomes(t, outcomes(c), map[string]string{
				"ecdhe zero=secret rule=kept": "+", "resumption form=ticket with=resumed": "++", "hello form=fragments-3": "+", "hello form=length-20000": "+",
				"hello form=slow": "+", "hello form=version-0401 with=TLS1.2": "+",
			})
			for _, h := range c.Forced("resumption") {
				if f, _ := h.Variant.Forcing(); f.Extra == "resumed" && h.Resumed() != fact.Yes {
					t.Errorf("%s: not resumed", h.Variant)
				}
			}
		})
	}
}

// A hello is what its form says.
func TestFormsAreWhatTheySay(t *testing.T) {
	t.Parallel()
	c := examine(t, planFor(t, goPeer(t, goServer(t)).addr, "https"))
	for _, h := range c.Forced("hello") {
		f, _ := h.Variant.Forcing()
		n, records := len(h.Client.Raw), h.Client.RecordsOfHello
		ok := true
		switch f.Form {
		case "control":
			ok = (n < 256 || f.Extra != "") && records == 1
		case "length-300":
			ok = n == 300
		case "length-20000":
			ok = n == 20000 && records == 2
		case "post-quantum":
			ok = n > 1400
		case "fragments-3":
			ok = records == (n+2)/3
		case "version-0399":
			ok = h.Client.LegacyVersion == 0x0399 && h.Client.Versions == nil
		case "record-version-0304":
			ok = h.Client.RecordVersion == 0x0304
		}
		if !ok {
			t.Errorf("%s: %d bytes in %d records, version %04x, record version %04x", f.Form, n, records, h.Client.LegacyVersion, h.Client.RecordVersion)
		}
	}
}

// readsOnce is a server, or a device before it, that takes one read for a whole ClientHello.
func readsOnce(t *testing.T, limit int) *peer {
	config := goServer(t)
	return startPeer(t, "127.0.0.1", func(c net.Conn) {
		buf := make([]byte, limit)
		n, err := c.Read(buf)
		if err != nil || n < 5 || n < 5+int(buf[3])<<8+int(buf[4]) {
			rst(c)
			return
		}
		serveGo(&rereadConn{Conn: c, first: bytes.NewReader(buf[:n])}, config)
	})
}

// A rereadConn gives back what was read already.
type rereadConn struct {
	net.Conn
	first *bytes.Reader
}

func (c *rereadConn) Read(b []byte) (int, error) {
	if c.first.Len() > 0 {
		return c.first.Read(b)
	}
	return c.Conn.Read(b)
}

func TestDeepAllWithServerOfOneRead(t *testing.T) {
	t.Parallel()
	c := examine(t, planFor(t, readsOnce(t, 1400).addr, "https"))
	got := outcomes(c)
	for _, form := range []string{"segments", "length-1800", "post-quantum", "length-9000", "slow", "length-20000"} {
		if got["hello form="+form] != "-----" {
			t.Errorf("%s: %q, want five failures", form, got["hello form="+form])
		}
	}
	for _, form := range []string{"length-300", "length-600", "grease"} {
		if got["hello form="+form] != "+" {
			t.Errorf("%s: %q, want one success", form, got["hello form="+form])
		}
	}
	if got["hello form=control"] != "+++++++++++" { // one before all, one after each round of either list that has such forms
		t.Errorf("controls %q", got["hello form=control"])
	}
}

// A load balancer of F5's: it hangs on a ClientHello of 256 to 511 bytes (RFC 7685).
func TestDeepAllWithHangOnLength(t *testing.T) {
	t.Parallel()
	config := goServer(t)
	hangs := startPeer(t, "127.0.0.1", func(c net.Conn) {
		first := readRecord(c)
		if n := len(first) - 5; n >= 256 && n <= 511 {
			hold(c)
			return
		}
		serveGo(&rereadConn{Conn: c, first: bytes.NewReader(first)}, config)
	})
	c := examine(t, planFor(t, hangs.addr, "https"))
	expectOutcomes(t, outcomes(c), map[string]string{
		"hello form=length-300": "-----", "hello form=length-511": "-----", "hello form=length-600": "+", "hello form=post-quantum": "+",
	})
}

// A server that takes one connection at a time and hangs on records of 64 bytes has the others wait, which are not to
// blame.
func TestDeepAllWithOneAtATime(t *testing.T) {
	t.Parallel()
	config, one := goServer(t), make(chan struct{}, 1)
	serial := startPeer(t, "127.0.0.1", func(c net.Conn) {
		one <- struct{}{}
		defer func() { <-one }()
		first := readRecord(c)
		if len(first) == 5+64 {
			hold(c)
			return
		}
		serveGo(&rereadConn{Conn: c, first: bytes.NewReader(first)}, config)
	})
	c := examine(t, planFor(t, serial.addr, "https"))
	got := outcomes(c)
	if marks := got["hello form=fragments-64"]; !strings.HasSuffix(marks, "---") || strings.Contains(marks, "+") {
		t.Errorf("fragments-64: %q", marks)
	}
	for what, marks := range got {
		if strings.HasPrefix(what, "hello") && !strings.Contains(what, "fragments-64") && !strings.Contains(what, "control") && !strings.HasSuffix(marks, "+") {
			t.Errorf("%s: %q", what, marks)
		}
	}
}

// hatesSessions is a device that resets whoever brings a session, before a server.
func hatesSessions(config *tls.Config) func(net.Conn) {
	return func(c net.Conn) {
		first := readRecord(c)
		hello, _ := wire.ParseClientHello(first[min(len(first), 5):])
		for _, e := range hello.Extensions {
			if e.Type == wire.ExtPreSharedKey || e.Type == wire.ExtSessionTicket && len(e.Data) > 0 {
				rst(c)
				return
			}
		}
		serveGo(&rereadConn{Conn: c, first: bytes.NewReader(first)}, config)
	}
}

func TestDeepAllWithResumptionBroken(t *testing.T) {
	t.Parallel()
	c := examine(t, planFor(t, startPeer(t, "127.0.0.1", hatesSessions(goServer(t))).addr, "https"))
	expectOutcomes(t, outcomes(c), map[string]string{
		"resumption form=psk with=full": "++++++", "resumption form=psk with=resumed": "-----",
		"resumption form=ticket with=full": "++++++", "resumption form=ticket with=resumed": "-----",
	})
}

// At one address sessions are taken up, at another one of the same name they break.
func TestDeepAllWithResumptionBrokenElsewhere(t *testing.T) {
	t.Parallel()
	config := goServer(t)
	right := goPeer(t, config)
	other := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), right.addr.Port())
	startPeerAt(t, other.String(), hatesSessions(config))
	c := examine(t, planFor(t, right.addr, "https"), other)
	at := map[netip.AddrPort]string{}
	for _, h := range c.Forced("resumption") {
		if f, _ := h.Variant.Forcing(); f.Form == "psk" && f.Extra == "resumed" {
			at[h.ServerAddr()] += map[bool]string{true: "+", false: "-"}[h.Progress() == fact.AtDone]
		}
	}
	if at[right.addr] != "++" || at[other] != "-----" {
		t.Errorf("%v", at)
	}
}

func expectOutcomes(t *testing.T, got, want map[string]string) {
	t.Helper()
	for what, marks := range want {
		if got[what] != marks {
			t.Errorf("%s: %q, want %q", what, got[what], marks)
		}
	}
}

// Our own server with the defect that is asked for.
func faulty(t *testing.T, change func(*wire.ServerConfig)) *peer {
	return startPeer(t, "127.0.0.1", func(c net.Conn) {
		c.SetDeadline(time.Now().Add(hung))
		s := engine(t, wire.TLS13, change)
		buf := make([]byte, 16<<10)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return
			}
			out, ferr := s.Feed(buf[:n])
			c.Write(out)
			if ferr != nil {
				return
			}
		}
	})
}

func TestDeepAllWithStrippedECDHE(t *testing.T) {
	t.Parallel()
	strips := faulty(t, func(c *wire.ServerConfig) {
		c.Premaster = func(kind string, secret []byte, _ *wire.ServerKeyExchange) []byte {
			return bytes.TrimLeft(secret, "\x00")
		}
	})
	expectOutcomes(t, outcomes(examine(t, planFor(t, strips.addr, "https"))), map[string]string{
		"ecdhe zero=none": "++++++", "ecdhe zero=secret rule=kept": "-----", "ecdhe zero=secret rule=stripped": "+++",
	})
}

// A server that agrees to records of 512 bytes and has its certificate in a larger one.
func TestDeepAllWithLargeRecords(t *testing.T) {
	t.Parallel()
	large := faulty(t, func(c *wire.ServerConfig) {
		c.Chain = append(c.Chain, self(t).ca)
		c.Choose = func(hello *wire.ClientHello, config *wire.ServerConfig) *wire.Refusal {
			for _, e := range hello.Extensions {
				if e.Type == wire.ExtRecordSizeLimit {
					config.Extra = []wire.Extension{e}
				}
			}
			return nil
		}
	})
	c := examine(t, planFor(t, large.addr, "https"))
	expectOutcomes(t, outcomes(c), map[string]string{"hello form=record-size-limit": "-----", "hello form=max-fragment-length": "+"})
	for _, h := range c.Forced("hello") {
		if f, _ := h.Variant.Forcing(); f.Form == "record-size-limit" && h.End.Reason != wire.ReasonOverLimit {
			t.Errorf("%s: %+v", h.Variant, h.End)
		}
	}
}

// A server that asks for a certificate meets signatures with short integers.
func TestDeepAllWithClientKey(t *testing.T) {
	t.Parallel()
	config := goServer(t)
	config.ClientAuth = tls.RequireAnyClientCert
	p := planFor(t, goPeer(t, config).addr, "https")
	p.Own = &wire.ClientCertificate{Chain: [][]byte{self(t).leaf}, Key: self(t).key}
	got := outcomes(examine(t, p))
	if got["ecdsa zero=none"] != "+" || got["ecdsa zero=public"] != "+" {
		t.Errorf("control %q, short %q", got["ecdsa zero=none"], got["ecdsa zero=public"])
	}
}

func TestChoosySignatures(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	digest := make([]byte, 32)
	for _, short := range []bool{true, false} {
		signature, err := choosy{key, short}.Sign(rand.Reader, digest, nil)
		if err != nil || !ecdsa.VerifyASN1(&key.PublicKey, digest, signature) {
			t.Fatalf("short %t: %x, %v", short, signature, err)
		}
		var both struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(signature, &both); err != nil || (len(both.R.Bytes()) < 32 || len(both.S.Bytes()) < 32) != short {
			t.Errorf("short %t: r %x, s %x, %v", short, both.R, both.S, err)
		}
	}
}

// A server that sends as much as it can gets fewer connections, and the report says why.
func TestDeepAllWithFlood(t *testing.T) {
	t.Parallel()
	config := goServer(t)
	var n atomic.Int32
	flood := startPeer(t, "127.0.0.1", func(c net.Conn) {
		if n.Add(1) <= 2 { // the baseline and the plain hello
			serveGo(c, config)
			return
		}
		readRecord(c)
		pour(c, record(wire.RecordHandshake, zeros(1<<14)...)) // HelloRequests, which a client ignores
	})
	p := planFor(t, flood.addr, "https")
	p.Max = 12 + deepAllCost
	c, prober := &fact.Case{Question: p.question}, New(p.question, p.Settings)
	finish(t, func() { prober.Begin(t.Context(), c); prober.deepAll(t.Context(), c) })
	if got := prober.recorded(); got > maxRecorded+12*maxTape {
		t.Errorf("%d bytes are kept", got)
	}
	if !slices.ContainsFunc(c.Gaps, func(g fact.Gap) bool { return strings.Contains(g.Why, "more than is kept") }) {
		t.Errorf("gaps %v after %d connections and %d bytes", c.Gaps, prober.Connections(), prober.recorded())
	}
}

// A server that does not speak is asked two things more, not sixty.
func TestDeepAllWithoutAnswer(t *testing.T) {
	t.Parallel()
	p := startPeer(t, "127.0.0.1", func(c net.Conn) { readRecord(c); fin(c) })
	c := examine(t, planFor(t, p.addr, "https"))
	if n := len(c.Handshakes); n != 3 || len(c.Gaps) != 1 {
		t.Errorf("%d handshakes, gaps %v", n, c.Gaps)
	}
}
