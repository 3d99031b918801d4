package lab

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// An eavesdropper keeps what a server sends.
type eavesdropper struct {
	net.Conn
	mu    *sync.Mutex
	heard *bytes.Buffer
}

func (e eavesdropper) Read(b []byte) (int, error) {
	n, err := e.Conn.Read(b)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard.Write(b[:n])
	return n, err
}

// TestNothingNamesTheFault: no byte that a server sends in clear, certificates of TLS 1.2 included, has the fault's
// slug or its words joined otherwise in it.
func TestNothingNamesTheFault(t *testing.T) {
	e := newTestEnv(t)
	for _, f := range Faults() {
		if f.Slug == Healthy || f.Slug == "host-unreachable" || f.Slug == "tcp-filtered" || f.Slug == "instance-not-found" {
			continue // nobody to talk with
		}
		end, p := start(t, e, "", f.Name())
		v := newVisitor(t, e, end, p)
		v.waits = 200 * time.Millisecond
		heard := &bytes.Buffer{}
		var mu sync.Mutex
		v.config.MaxVersion, v.config.InsecureSkipVerify = 0x0303, true
		v.around = func(c net.Conn) net.Conn { return eavesdropper{c, &mu, heard} }
		v.enter(t) // how it ends is the other tests' business
		for _, join := range []string{"-", " ", "_", ""} {
			name := strings.ReplaceAll(f.Slug, "-", join)
			mu.Lock()
			if bytes.Contains(bytes.ToLower(heard.Bytes()), []byte(name)) {
				t.Errorf("%s is named on the wire", f.Slug)
			}
			mu.Unlock()
		}
	}
}

// TestSpoilerTouchesOneRecord: the one behind ChangeCipherSpec, and there one bit.
func TestSpoilerTouchesOneRecord(t *testing.T) {
	first, change, second, third := "\x16\x03\x03\x00\x02ab", "\x14\x03\x03\x00\x01\x01", "\x16\x03\x03\x00\x02cd", "\x17\x03\x03\x00\x02ef"
	near, far := net.Pipe()
	go func() {
		io.WriteString(far, first+change+second+third)
		far.Close()
	}()
	got, err := io.ReadAll(&spoiler{Conn: near})
	want := first + change + "\x16\x03\x03\x00\x02ce" + third
	if string(got) != want || err != nil {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}

// TestReplayGivesBack: what was read ahead comes first, in whatever portions.
func TestReplayGivesBack(t *testing.T) {
	near, far := net.Pipe()
	go func() {
		io.WriteString(far, "behind")
		far.Close()
	}()
	r := &replay{Conn: near, ahead: []byte("ahead, ")}
	var got []byte
	b := make([]byte, 3)
	for {
		n, err := r.Read(b)
		got = append(got, b[:n]...)
		if err != nil {
			break
		}
	}
	if string(got) != "ahead, behind" || r.NetConn() != near {
		t.Errorf("%q", got)
	}
}

// TestResolverAnswers checks what is asked in other ways than a stub resolver does.
func TestResolverAnswers(t *testing.T) {
	z := zone{Addrs: map[string][]net.IP{"db.shop.test": {net.IPv4(127, 0, 0, 1)}}, Aliases: map[string]string{"www.shop.test": "elsewhere.test"}}
	r, err := openResolver(t.Context(), net.IPv4(127, 0, 0, 1), z)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	for _, c := range []struct {
		name    string
		kind    uint16
		rcode   int
		answers int
	}{
		{"db.shop.test.", dns.TypeA, dns.RcodeSuccess, 1},
		{"DB.Shop.Test.", dns.TypeA, dns.RcodeSuccess, 1},
		{"db.shop.test.", dns.TypeAAAA, dns.RcodeSuccess, 0}, // the name exists, without such a record
		{"db.shop.test.", dns.TypeHTTPS, dns.RcodeSuccess, 0},
		{"no.shop.test.", dns.TypeA, dns.RcodeNameError, 0},
		{"www.shop.test.", dns.TypeA, dns.RcodeSuccess, 1}, // an alias that leads out of the zone
	} {
		for _, network := range []string{"udp", "tcp"} {
			client := dns.Client{Net: network, Timeout: 5 * time.Second}
			m, _, err := client.Exchange(new(dns.Msg).SetQuestion(c.name, c.kind), r.address)
			if err != nil || m.Rcode != c.rcode || len(m.Answer) != c.answers {
				t.Errorf("%s %s over %s: %v, %v", c.name, dns.TypeToString[c.kind], network, m, err)
			}
		}
	}
}

// TestResolverEnds: it stops with its context, and closing it again does no harm.
func TestResolverEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, err := openResolver(ctx, net.IPv4(127, 0, 0, 1), zone{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	r.close()
	r.close()
	client := dns.Client{Timeout: 100 * time.Millisecond}
	if m, _, err := client.Exchange(new(dns.Msg).SetQuestion("a.test.", dns.TypeA), r.address); err == nil {
		t.Errorf("still answering: %v", m)
	}
}
