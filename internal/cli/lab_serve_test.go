package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/report"
)

// TestLabServesEveryCause: each cause of the catalogue is served, or the listing says why no server can show it.
func TestLabServesEveryCause(t *testing.T) {
	served, absent := map[string]bool{}, map[string]string{}
	for _, f := range lab.Faults() {
		served[f.Slug] = true
	}
	for _, a := range lab.Absences() {
		absent[a.Slug] = a.Why
	}
	for _, c := range cause.All() {
		if why := absent[c.Slug]; served[c.Slug] == (why != "") {
			t.Errorf("%s: served %t, and absent because %q", c.Slug, served[c.Slug], why)
		}
		delete(absent, c.Slug)
	}
	for slug := range absent {
		t.Errorf("%s is no cause", slug)
	}
}

// newStand serves faults on loopback until the test ends.
func newStand(t *testing.T, args ...string) (*stand, *labOptions) {
	t.Helper()
	o := &labOptions{listen: "127.0.0.1", format: "text"}
	plan, err := o.plan(args)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStand(t.Context(), o, plan)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	if err := s.complain(&world{stderr: io.Discard}, o); err != nil {
		t.Fatal(err)
	}
	return s, o
}

// TestLabPage: the page lists targets and commands, hands over the files they name and no others, and warns.
func TestLabPage(t *testing.T) {
	t.Parallel()
	s, o := newStand(t, "mysql/certificate-expired", "https/certificate-pin-mismatch", "https/client-certificate-expired")
	var err error
	if s.page, err = s.openPage(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	s.tell()
	page, h := fetched(t, s.page, http.StatusOK)
	for _, want := range []string{report.ForTests, "the certificate has expired", s.endpoints[0].Target, s.endpoints[0].Addr, s.endpoints[1].Target,
		"tlswhy diagnose mysql://db.shop.test:", "curl -sSi --cacert", "--pinnedpubkey", `href="ca.pem"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script") || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("scripts are possible: %v", h)
	}
	data, _ := fetched(t, s.page+"ca.pem", http.StatusOK)
	block, _ := pem.Decode([]byte(data))
	if block == nil {
		t.Fatalf("no PEM: %q", data)
	}
	if c, err := x509.ParseCertificate(block.Bytes); err != nil || !c.IsCA {
		t.Errorf("ca.pem: %v", err)
	}
	for _, e := range s.shown.Load().Faults[2].Endpoints {
		for _, f := range e.Files {
			fetched(t, s.page+"file/"+f[strings.LastIndexAny(f, `/\`)+1:], http.StatusOK)
		}
	}
	for _, path := range []string{"file/..%2f..%2fetc%2fpasswd", "file/%2fetc%2fpasswd", "file/key999.pem", "else"} {
		fetched(t, s.page+path, http.StatusNotFound)
	}
	var l report.Lab
	if data, _ := fetched(t, s.page+"lab.json", http.StatusOK); json.Unmarshal([]byte(data), &l) != nil || l.Purpose != report.ForTests || len(l.Faults) != 3 {
		t.Errorf("lab.json: %s", data)
	}
}

func fetched(t *testing.T, url string, status int) (string, http.Header) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != status {
		t.Fatalf("%s: %s, %v", url, r.Status, err)
	}
	return string(body), r.Header
}

// TestLabPageEscapes: what an error of the system or a name contains is text on the page.
func TestLabPageEscapes(t *testing.T) {
	const evil = `"><script>alert('1')</script>`
	s := new(stand)
	s.bench, _ = newBench()
	defer s.bench.close()
	s.shown.Store(&report.Lab{CA: evil, Faults: []report.LabFault{{Name: evil, Says: evil, Title: evil, Needs: []string{evil},
		Endpoints: []report.LabEndpoint{{Protocol: evil, Why: evil}, {Address: evil, Target: evil, Command: evil, Files: []string{evil}}}}},
		Absent: []report.LabGap{{Cause: evil, Why: evil}}})
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusOK || strings.Contains(w.Body.String(), "<script") || !strings.Contains(w.Body.String(), "&lt;script&gt;") {
		t.Errorf("%d\n%s", w.Code, w.Body)
	}
}

// TestLabRenews: a new CA takes the place of the former one, and every endpoint stays where it is.
func TestLabRenews(t *testing.T) {
	t.Parallel()
	s, _ := newStand(t, "healthy", "postgres/certificate-expired", "mysql/hostname-is-alias", "tls/tcp-refused")
	s.tell()
	before, _ := os.ReadFile(s.bench.env.CAFile())
	var where []string
	for _, e := range s.endpoints {
		where = append(where, e.Addr, strings.Join(e.Flags, " "))
	}
	if err := s.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, _ := os.ReadFile(s.bench.env.CAFile())
	if len(after) == 0 || bytes.Equal(before, after) {
		t.Error("the CA is the same")
	}
	for i, e := range s.endpoints {
		switch {
		case e == nil:
			t.Errorf("not served again: %v", s.errors[i])
		case e.Addr != where[2*i] || strings.Join(e.Flags, " ") != where[2*i+1]:
			t.Errorf("%s %q has become %s %q", where[2*i], where[2*i+1], e.Addr, e.Flags)
		}
	}
}

// TestLabIsNotPublic: other machines reach the lab only where that was asked for, and then it warns.
func TestLabIsNotPublic(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{"127.0.0.1": "127.", "0.0.0.0": "0.0.0.0"} {
		var errs bytes.Buffer
		w := &world{stdout: io.Discard, stderr: &errs}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // it ends as soon as it has said where it is
		plan, _ := (&labOptions{listen: listen, format: "text"}).plan([]string{"healthy"})
		w.serveUntil(ctx, &labOptions{listen: listen, page: "off", format: "text"}, plan)
		if warns := strings.Contains(errs.String(), "where other machines reach it; "+report.ForTests); warns != (want == "0.0.0.0") {
			t.Errorf("%s: %s", listen, errs.String())
		}
	}
	s, o := newStand(t, "healthy")
	page, err := s.openPage(t.Context(), o)
	if err != nil || !strings.HasPrefix(s.endpoints[0].Addr, "127.0.0.1:") || !strings.HasPrefix(page, "http://127.0.0.1:") {
		t.Errorf("%s, %s, %v", s.endpoints[0].Addr, page, err)
	}
}

// asProgram makes the test's binary be the program.
const asProgram = "TLSWHY_TEST_AS_PROGRAM"

// TestLabEndsByInterrupt: an interrupt closes everything, leaves no file and lets the same ports be had again at once.
func TestLabEndsByInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no interrupt to send on Windows")
	}
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var was []string
	for range 2 {
		cmd := exec.CommandContext(ctx, os.Args[0], "lab", "healthy", "mysql/tcp-refused", "postgres/hostname-is-alias", "--port", "26310", "--page", "127.0.0.1:26309")
		cmd.Env = append(os.Environ(), asProgram+"=1", "TMPDIR="+dir)
		out, _ := cmd.StderrPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line := ""
		for b := bufio.NewScanner(out); !strings.Contains(line, "serving 3 endpoints") && b.Scan(); {
			line = b.Text()
		}
		was = append(was, line)
		if c, err := net.DialTimeout("tcp", "127.0.0.1:26310", time.Second); err != nil {
			t.Errorf("%s: %v", line, err)
		} else {
			defer c.Close() // a visitor who stays does not hold it up
		}
		cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Errorf("it leaves %v", left)
		}
	}
	if slices.Contains(was, "") {
		t.Errorf("%q", was)
	}
}

// TestLabMeetsRealClients: what the stand serves is judged by programs that others wrote.
func TestLabMeetsRealClients(t *testing.T) {
	t.Parallel()
	s, _ := newStand(t, "https/certificate-expired", "mysql/ca-not-trusted", "postgres/hostname-mismatch", "tls/dhe-leading-zero", "tls/dhe-public-value-short")
	const dhe = "openssl s_client -connect {addr} -servername {host} -CAfile {ca} -verify_return_error -tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256 </dev/null"
	for i, want := range []struct{ command, says string }{
		{"curl -sS --cacert {ca} --connect-to ::{ip}: https://{host}:{port}/", "expired"},
		{"mariadb --no-defaults --protocol=tcp -h {host} -P {port} -u app -pnone --ssl-ca={ca} --ssl-verify-server-cert -h {ip} -e 'select 1'", "certificate"},
		{"psql --no-psqlrc 'host={host} hostaddr={ip} port={port} user=app dbname=shop sslmode=verify-full sslrootcert={ca}' -c 'select 1'", "does not match host name"},
		{dhe, "Cipher is DHE-RSA-AES128-GCM-SHA256|errno=104|reset"}, // once in 256 connections it is reset
		{dhe, "Cipher is DHE-RSA-AES128-GCM-SHA256|errno=104|reset"},
	} {
		e := s.endpoints[i]
		ip, port, _ := net.SplitHostPort(e.Addr)
		said := byHand(t, strings.NewReplacer("{addr}", e.Addr, "{ip}", ip, "{port}", port, "{host}", e.Host, "{ca}", e.Flags[1]).Replace(want.command))
		if !slices.ContainsFunc(strings.Split(want.says, "|"), func(w string) bool { return strings.Contains(said, w) }) {
			t.Errorf("%s\nsays\n%s\nwant %q", want.command, said, want.says)
		}
	}
}
