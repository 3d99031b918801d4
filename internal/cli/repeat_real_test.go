package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/tlswhy/tlswhy/internal/report"
)

// nginxTwice serves one name on two addresses, with a certificate for each.
const nginxTwice = `daemon off; master_process off; pid %[1]s/twice.pid; error_log %[1]s/twice.log info;
events {}
http {
  access_log off; client_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
  server { listen %[2]s ssl; ssl_certificate %[3]s; ssl_certificate_key %[4]s; return 200 ok; }
  server { listen %[5]s ssl; ssl_certificate %[6]s; ssl_certificate_key %[7]s; return 200 ok; }
}
`

// twice starts nginx on both addresses, the second with a certificate that has expired, and tells their fingerprints.
func twice(t *testing.T, p *pki, one, two string, waits int) (good, late string) {
	t.Helper()
	nginx := needs(t, "nginx")[0]
	cert, key := p.leaf("good", leafPlan{names: []string{host}}, false)
	old, oldKey := p.leaf("late", leafPlan{names: []string{host}, from: -48 * time.Hour, to: -time.Hour}, false)
	conf := p.file("twice.conf", fmt.Appendf(nil, nginxTwice, p.dir, one, cert, key, two, old, oldKey))
	serve(t, waits, nil, false, nginx, "-c", conf, "-p", p.dir, "-e", filepath.Join(p.dir, "twice.log"))
	listens(t, one)
	listens(t, two)
	return fingerprintOf(t, cert), fingerprintOf(t, old)
}

// listens waits until an address takes connections: nginx opens its listeners one after the other.
func listens(t *testing.T, addr string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if c, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("nothing listens on %s", addr)
}

// fingerprintOf is how reports cut the SHA-256 of a certificate.
func fingerprintOf(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(data)
	sum := sha256.Sum256(block.Bytes)
	return hex.EncodeToString(sum[:])[:16]
}

// balance starts HAProxy, which passes TCP on to servers in turn; more are its further lines. With one thread: each would
// take turns for itself.
func balance(t *testing.T, p *pki, name string, ports []int, more ...string) int {
	t.Helper()
	haproxy, port := needs(t, "haproxy")[0], freePort(t)
	var b strings.Builder
	fmt.Fprintf(&b, "global\n nbthread 1\ndefaults\n mode tcp\n timeout connect 2s\n timeout client 5s\n timeout server 5s\nlisten %s\n bind 127.0.0.1:%d\n balance roundrobin\n", name, port)
	for _, line := range more {
		fmt.Fprintf(&b, " %s\n", line)
	}
	for i, to := range ports {
		fmt.Fprintf(&b, " server s%d 127.0.0.1:%d\n", i, to)
	}
	serve(t, port, nil, false, haproxy, "-db", "-f", p.file(name+".cfg", []byte(b.String())))
	return port
}

// bothSides checks that the finding names what differs, with its numbers, and the rest.
func bothSides(t *testing.T, r report.Report, odd, rest, repair string) {
	t.Helper()
	if len(r.Findings) < 2 || r.Findings[0].Cause != "one-backend-differs" || r.Findings[0].Sure != "proven" || r.Findings[1].Cause != "certificate-expired" {
		t.Fatalf("outcome %s: %s", r.Outcome, summary(r))
	}
	f := r.Findings[0]
	if f.Args["odd"] != odd || f.Args["rest"] != rest || !strings.HasPrefix(f.Changes[0].What, "repair "+repair+",") {
		t.Errorf("%q\n%q\n%q", f.Args["odd"], f.Args["rest"], f.Changes[0].What)
	}
}

// TestRealBackendDiffers: HAProxy in front of two nginx, one with an expired certificate. Half the handshakes fail, and
// the report names the machine by its certificate.
func TestRealBackendDiffers(t *testing.T) {
	p := newPKI(t)
	one, two := freePort(t), freePort(t)
	good, late := twice(t, p, fmt.Sprintf("127.0.0.1:%d", one), fmt.Sprintf("127.0.0.1:%d", two), one)
	port := balance(t, p, "differs", []int{one, two})
	r := diagnosed(t, at(p, "https", port, "--repeat", "60", "--parallel", "8")...)
	where := fmt.Sprintf("127.0.0.1:%d", port)
	bothSides(t, r, where+" shows the certificate "+late+"… (30 of 30 fail)", where+" shows the certificate "+good+"… (0 of 30 fail)",
		"the machine behind "+where+" that shows the certificate "+late+"…")
	if r.Outcome != "intermittent" || r.Repeat == nil || r.Repeat.Says != "30 of 60 fail (50.0 %, 95 %: 37.7 to 62.3 %)" || r.Repeat.Parallel != 8 {
		t.Fatalf("%s, %+v", r.Outcome, r.Repeat)
	}
	if l := r.Repeat.Links; len(l) == 0 || l[0].What != "certificate" || l[0].Value[:16] != late || l[0].Failed != 30 || l[0].OthersFailed != 0 || l[0].Chance > 1e-9 {
		t.Errorf("%+v", l)
	}
}

// TestRealAddressDiffers: a name with two addresses, on the second of which the certificate has expired.
func TestRealAddressDiffers(t *testing.T) {
	p, port := newPKI(t), freePort(t)
	good, late := twice(t, p, fmt.Sprintf("127.0.0.1:%d", port), fmt.Sprintf("127.0.0.2:%d", port), port)
	args := []string{fmt.Sprintf("https://%s:%d", host, port), "--dns", nameserver(t, host+". A 127.0.0.1", host+". A 127.0.0.2"), "--ca", p.ca, "-4", "--repeat", "40"}
	r := diagnosed(t, args...)
	bothSides(t, r, fmt.Sprintf("127.0.0.2:%d: the client refuses the certificate (20 of 20 fail)", port),
		fmt.Sprintf("127.0.0.1:%d works (0 of 20 fail)", port), fmt.Sprintf("127.0.0.2:%d", port))
	if r.Repeat == nil || len(r.Repeat.Links) == 0 || r.Repeat.Links[0].What != "address" || len(r.Repeat.Links[0].Same) != 1 {
		t.Fatalf("%+v", r.Repeat)
	}
	if same, b := r.Repeat.Links[0].Same[0], r.Repeat.Backends[1].List; !strings.HasPrefix(same, "certificate "+late) || !strings.HasPrefix(b[0].Value, good) {
		t.Errorf("%s; %+v", same, b)
	}
}

// nameserver answers for a name with records.
func nameserver(t *testing.T, records ...string) string {
	t.Helper()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: l, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, ask *dns.Msg) {
		m := new(dns.Msg).SetReply(ask)
		for _, text := range records {
			if rr, err := dns.NewRR(text); err == nil && rr.Header().Rrtype == ask.Question[0].Qtype {
				m.Answer = append(m.Answer, rr)
			}
		}
		w.WriteMsg(m)
	})}
	go s.ActivateAndServe()
	t.Cleanup(func() { s.Shutdown() })
	return l.LocalAddr().String()
}

// TestRealTicketKeys: two OpenSSL servers with one certificate are told apart by the names of their ticket keys, and
// where nothing fails the report says how seldom it may be.
func TestRealTicketKeys(t *testing.T) {
	openssl := needs(t, "openssl")[0]
	p := newPKI(t)
	cert, key := p.leaf("good", leafPlan{names: []string{host}}, false)
	for _, version := range []string{"-tls1_3", "-tls1_2"} {
		var ports []int
		for range 2 {
			port := freePort(t)
			serve(t, port, nil, true, openssl, "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", port), "-cert", cert, "-key", key, version)
			ports = append(ports, port)
		}
		r := diagnosed(t, at(p, "tls", balance(t, p, "tickets"+version, ports), "--repeat", "40", "--as", "openssl3")...)
		if r.Outcome != "ok" || r.Repeat == nil || r.Repeat.Says != "0 of 40 fail (95 %: below 1 in 13)" {
			t.Fatalf("%s: %s, %+v", version, r.Outcome, r.Repeat)
		}
		b := r.Repeat.Backends
		if len(b) != 1 || b[0].By != "ticket key" || len(b[0].List) != 2 {
			t.Fatalf("%s: %+v", version, b)
		}
		if one, two := b[0].List[0].Handshakes, b[0].List[1].Handshakes; one != 20 || two != 20 {
			t.Errorf("%s: %d and %d handshakes", version, one, two)
		}
	}
}

// TestRealBackendIsDead: one of two machines behind HAProxy reads the hello and hangs up. It shows nothing of its own, but
// its failures take turns with the successes of the other.
func TestRealBackendIsDead(t *testing.T) {
	openssl := needs(t, "openssl")[0]
	p, port := newPKI(t), freePort(t)
	cert, key := p.leaf("good", leafPlan{names: []string{host}}, false)
	serve(t, port, nil, true, openssl, "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", port), "-cert", cert, "-key", key)
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dead.Close() })
	go func() {
		for {
			c, err := dead.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 4096))
			c.Close()
		}
	}()
	balanced := balance(t, p, "dead", []int{port, dead.Addr().(*net.TCPAddr).Port})
	r := diagnosed(t, at(p, "tls", balanced, "--repeat", "40", "--parallel", "1")...)
	if len(r.Findings) < 2 || r.Findings[0].Cause != "one-backend-differs" || r.Findings[0].Sure != "likely" || r.Findings[1].Cause != "closed-after-hello" {
		t.Fatalf("outcome %s: %s", r.Outcome, summary(r))
	}
	odd, want := r.Findings[0].Args["odd"], fmt.Sprintf("127.0.0.1:%d: 20 of 40 fail, taking turns with the others", balanced)
	if !strings.HasPrefix(odd, want) || len(r.Repeat.Order) != 1 || !r.Repeat.Order[0].Regular {
		t.Errorf("%q; %+v", odd, r.Repeat.Order)
	}
}

// TestRealFailsByChance: HAProxy throws away one connection in ten, as it comes. Nothing but the rate can be told.
func TestRealFailsByChance(t *testing.T) {
	openssl := needs(t, "openssl")[0]
	p, port := newPKI(t), freePort(t)
	cert, key := p.leaf("good", leafPlan{names: []string{host}}, false)
	serve(t, port, nil, true, openssl, "s_server", "-www", "-quiet", "-accept", fmt.Sprintf("127.0.0.1:%d", port), "-cert", cert, "-key", key)
	balanced := balance(t, p, "chance", []int{port}, "tcp-request inspect-delay 5ms", "tcp-request content reject if { req.len gt 0 } { rand(10) lt 1 }",
		"tcp-request content accept if { req.len gt 0 }")
	r := diagnosed(t, at(p, "tls", balanced, "--repeat", "300")...)
	x := r.Repeat
	// Fewer than 5 or more than 75 of 300 come once in a hundred million such runs.
	if r.Outcome != "intermittent" || x == nil || x.Failed < 5 || x.Failed > 75 || x.Low > x.Share || x.High < x.Share || x.High > 0.31 {
		t.Fatalf("%s, %+v: %s", r.Outcome, x, summary(r))
	}
	f := r.Findings[0]
	if f.Cause == "one-backend-differs" || f.Sure == "proven" || !strings.Contains(f.Title, fmt.Sprintf(": %d of 300", x.Failed)) {
		t.Errorf("%s, %s: %s", f.Cause, f.Sure, f.Title)
	}
}

// TestRepeatUsage: bounds, and the limit of MySQL, which blocks hosts that break connections off too often.
func TestRepeatUsage(t *testing.T) {
	for _, args := range [][]string{{"--repeat", "100001"}, {"--repeat", "5", "--parallel", "0"}, {"--repeat", "5", "--parallel", "33"}} {
		var out, errs bytes.Buffer
		code := Main(append([]string{"diagnose", "https://x.test"}, args...), nil, &out, &errs, func(string) string { return "" })
		if code != exitUsage || out.Len() > 0 || !strings.Contains(errs.String(), args[len(args)-2]+" must lie between") {
			t.Errorf("%q: exit %d, %q", args, code, errs.String())
		}
	}
	var errs bytes.Buffer
	w := &world{stdout: &errs, stderr: &errs, getenv: func(string) string { return "" }}
	for _, test := range []struct {
		protocol          string
		repeat, max, want int
	}{{"https", 400, 0, connections + 399}, {"mysql", 400, 0, mysqlConnections}, {"mysql", 2, 0, connections + 1}, {"mysql", 400, 411, 411}} {
		if got := w.budget(options{repeat: test.repeat, max: test.max}, target{protocol: test.protocol}); got != test.want {
			t.Errorf("%+v: %d connections", test, got)
		}
	}
	if strings.Count(errs.String(), "max_connect_errors") != 1 {
		t.Errorf("%q", errs.String())
	}
}
