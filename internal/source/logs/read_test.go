package logs

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/tlswhy/tlswhy/internal/fact"
)

var now = time.Date(2024, 10, 21, 12, 0, 0, 0, time.FixedZone("", 2*3600))

func read(t *testing.T, text string) Result {
	t.Helper()
	r, err := Read(context.Background(), strings.NewReader(text), Options{Name: "error.log", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	closedLine = "2024/10/21 08:41:45 [info] 165#165: *18127 peer closed connection in SSL handshake while SSL handshaking, client: 203.0.113.7, server: 0.0.0.0:443\n"
	shareLine  = `2024/10/21 08:43:10 [error] 165#165: *18130 SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking to upstream, client: 203.0.113.9, server: shop.example.com, request: "GET /a?token=hunter2 HTTP/1.1", upstream: "https://10.1.2.3:8443/a?token=hunter2", host: "shop.example.com"` + "\n"
	otherLine  = `2024/10/21 08:43:11 [error] 165#165: *18131 open() "/srv/www/x" failed (2: No such file or directory), client: 203.0.113.9, server: shop.example.com, request: "GET /x HTTP/1.1", host: "shop.example.com", referrer: "https://shop.example.com/"` + "\n"
)

func TestFolds(t *testing.T) {
	r := read(t, otherLine+closedLine+strings.ReplaceAll(closedLine, "08:41:45", "08:43:05")+shareLine+strings.ReplaceAll(closedLine, "203.0.113.7", "203.0.113.8"))
	if r.Dialect != "nginx" || r.Lines != 5 || r.About != 4 || len(r.Events) != 2 {
		t.Fatalf("%+v", r)
	}
	e, at := r.Events[0], func(h, m, s int) time.Time { return time.Date(2024, 10, 21, h, m, s, 0, now.Location()) }
	want := fact.Event{
		Ref: fact.Ref{Kind: "log", At: "error.log:2"}, Dialect: "nginx", Level: "info", Text: "peer closed connection in SSL handshake while SSL handshaking",
		Symptoms: []fact.Symptom{fact.EOFInHandshake}, Server: "0.0.0.0:443",
		Seen: fact.Seen{Count: 3, First: at(8, 41, 45), Last: at(8, 43, 5), PerMinute: []uint32{2, 0, 1},
			Refs: []fact.Ref{{Kind: "log", At: "error.log:2"}, {Kind: "log", At: "error.log:3"}, {Kind: "log", At: "error.log:5"}}},
		Sources: []fact.Source{
			{Addr: addr("203.0.113.7"), Count: 2, First: at(8, 41, 45), Last: at(8, 43, 5), Every: 80 * time.Second, Kinds: 1},
			{Addr: addr("203.0.113.8"), Count: 1, First: at(8, 41, 45), Last: at(8, 41, 45), Kinds: 1},
		},
	}
	for _, c := range []fact.Context{fact.ByServer, "nginx", fact.PeerPublic, fact.Web} {
		if !e.In(c) {
			t.Errorf("%v lacks %s", e.Contexts, c)
		}
	}
	e.Contexts, e.Codes = nil, nil
	if d := cmp.Diff(want, e, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }), cmp.Comparer(func(a, b addrType) bool { return a == b })); d != "" {
		t.Error(d)
	}
	up := r.Events[1]
	if up.Upstream != "https://10.1.2.3:8443" || up.Host != "shop.example.com" || !up.In(fact.ToUpstream) || !up.In(fact.PeerPrivate) || up.In(fact.PeerPublic) {
		t.Errorf("%+v", up)
	}
	if len(up.Peers) == 0 || up.Peers[0] != (fact.Endpoint{Protocol: "https", Host: "10.1.2.3", Port: 8443}) {
		t.Errorf("peers %+v", up.Peers)
	}
	if strings.Contains(fmt.Sprintf("%+v", r), "hunter2") {
		t.Error("a token of a query came through")
	}
	if !r.First.Equal(at(8, 43, 11)) && !r.First.Equal(at(8, 41, 45)) || !r.Last.Equal(at(8, 43, 11)) {
		t.Errorf("from %v to %v", r.First, r.Last)
	}
}

// TestKinds: a client that causes different complaints is told apart from one that causes the same over and over.
func TestKinds(t *testing.T) {
	scan := "203.0.113.66"
	text := strings.ReplaceAll(closedLine, "203.0.113.7", scan) + closedLine
	for _, what := range []string{"error:0A000102:SSL routines::unsupported protocol", "error:0A0000C1:SSL routines::no shared cipher", "error:0A00010B:SSL routines::wrong version number"} {
		text += "2024/10/21 08:41:50 [crit] 165#165: *18128 SSL_do_handshake() failed (SSL: " + what + ") while SSL handshaking, client: " + scan + ", server: 0.0.0.0:443\n"
	}
	r := read(t, text)
	if len(r.Events) != 4 {
		t.Fatalf("%d events", len(r.Events))
	}
	for _, s := range r.Events[0].Sources {
		if want := map[string]int{scan: 4, "203.0.113.7": 1}[s.Addr.String()]; s.Kinds != want {
			t.Errorf("%v: %d kinds, want %d", s.Addr, s.Kinds, want)
		}
	}
}

func TestSince(t *testing.T) {
	o := Options{Since: time.Date(2024, 10, 21, 8, 42, 0, 0, now.Location()), Now: now}
	r, err := Read(context.Background(), strings.NewReader(closedLine+shareLine), o)
	if err != nil || r.About != 1 || r.Events[0].Ref.At != "log:2" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestClockGoesBack(t *testing.T) {
	r := read(t, shareLine+closedLine+shareLine+closedLine)
	if len(r.Gaps) != 1 || r.Gaps[0].What != "error.log:2" {
		t.Fatalf("%+v", r.Gaps)
	}
}

func TestUnknownTexts(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		for range 3 { // the number differs, the text does not
			fmt.Fprintf(&b, "2024/10/21 08:41:45 [warn] 165#165: *%d zqx%s frobs the TLS blorb %d, client: 203.0.113.7, server: 0.0.0.0:443\n", i, strings.Repeat("x", i), b.Len())
		}
	}
	r := read(t, b.String())
	if len(r.Events) != maxUnknown || r.Events[0].Seen.Count != 3 || r.About != 180 {
		t.Errorf("%d events, the first %d times, %d lines about TLS", len(r.Events), r.Events[0].Seen.Count, r.About)
	}
	if len(r.Gaps) != 1 || !strings.Contains(r.Gaps[0].Why, "30 lines") {
		t.Errorf("%+v", r.Gaps)
	}
}

func TestLongLines(t *testing.T) {
	for _, size := range []int{longLine - 200, longLine + 1, 200 << 10, chunkSize - 10, chunkSize, chunkSize + 1, 10 << 20} {
		long := "2024/10/21 08:41:45 [info] 165#165: *18127 peer closed connection in SSL handshake while SSL handshaking" + strings.Repeat("x", size) + ", client: 203.0.113.7, server: 0.0.0.0:443\n"
		for _, text := range []string{long, otherLine + long + shareLine, strings.Repeat(otherLine, 1000) + long + closedLine, strings.TrimSuffix(long, "\n")} {
			r := read(t, text)
			if want := strings.Count(text+"\n", "\n") - 1; r.Lines != want && r.Lines != want+1 || len(r.Events) == 0 {
				t.Errorf("%d bytes: %d lines, %d events", size, r.Lines, len(r.Events))
				continue
			}
			gap := len(r.Gaps) == 1 && strings.HasSuffix(r.Gaps[0].What, r.Events[0].Ref.At) && strings.Contains(r.Gaps[0].Why, "32 KiB")
			if short := len(long) <= longLine; short && len(r.Gaps) > 0 || !short && !gap {
				t.Errorf("%d bytes: gaps %+v, first %v", size, r.Gaps, r.Events[0].Ref)
			}
		}
	}
}

func TestForms(t *testing.T) {
	text := strings.Repeat(otherLine+closedLine, 2000) + shareLine
	want := read(t, text)
	var packed, squeezed bytes.Buffer
	g := gzip.NewWriter(&packed)
	io.WriteString(g, text)
	g.Close()
	z, _ := zstd.NewWriter(&squeezed)
	io.WriteString(z, text)
	z.Close()
	wide := func(order func(uint16) []byte) string {
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(text)) {
			b.Write(order(u))
		}
		return b.String()
	}
	little, big := wide(func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} }), wide(func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} })
	for name, in := range map[string]string{"gzip": packed.String(), "zstd": squeezed.String(), "crlf": strings.ReplaceAll(text, "\n", "\r\n"), "bom": "\xef\xbb\xbf" + text,
		"utf-16le": "\xff\xfe" + little, "utf-16be": "\xfe\xff" + big, "utf-16le without mark": little, "utf-16be without mark": big,
		"zeros": strings.Repeat("\x00", 5000) + text} {
		if d := same(want, read(t, in)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	cut := read(t, packed.String()[:packed.Len()-20])
	if len(cut.Gaps) != 1 || !strings.Contains(cut.Gaps[0].Why, "cut off") || cut.About == 0 {
		t.Errorf("a cut gzip file: %+v", cut.Gaps)
	}
	if xz := read(t, "\xfd7zXZ\x00abcdefgh"); len(xz.Gaps) != 1 || !strings.Contains(xz.Gaps[0].Why, "xz -d") {
		t.Errorf("%+v", xz)
	}
}

// TestBzip2 reads what another program packed.
func TestBzip2(t *testing.T) {
	r := read(t, bzipped)
	if r.Lines != 1 || r.About != 1 || len(r.Gaps) != 0 {
		t.Errorf("%+v", r)
	}
}

// same compares two results, whatever their sums of text are.
func same(a, b Result) string {
	return cmp.Diff(a, b, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }), cmp.Comparer(func(a, b addrType) bool { return a == b }))
}

// readAs reads with a number of workers and a reader of its own habits.
func readAs(t *testing.T, in io.Reader, workers int) Result {
	t.Helper()
	rd := newReader(Options{Name: "error.log", Now: now}, workers)
	r, release, err := unpacked(in)
	defer release()
	if err != nil {
		t.Fatal(err)
	}
	if err := rd.read(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	return rd.result()
}

// TestSameWhateverTheWorkers: neither the number of workers nor how the bytes come changes what is said.
func TestSameWhateverTheWorkers(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	shapes := []string{otherLine, closedLine, shareLine, "\n", "  at com.example.A(A.java:1)\n", "javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure\n",
		"\tat sun.security.ssl.Alert\n", "Caused by: x\n", strings.Repeat("x", 3000) + " SSL \n", "garbage \xff\xfe\x00 tls\r\n"}
	var b strings.Builder
	for b.Len() < 1<<20 {
		b.WriteString(shapes[rnd.IntN(len(shapes))])
	}
	text := b.String()
	want := readAs(t, strings.NewReader(text), 1)
	if want.Lines != strings.Count(text, "\n") || want.About < 1000 {
		t.Fatalf("%d lines, want %d; %d about TLS", want.Lines, strings.Count(text, "\n"), want.About)
	}
	for name, got := range map[string]Result{"4 workers": readAs(t, strings.NewReader(text), 4), "byte by byte": readAs(t, iotest.OneByteReader(strings.NewReader(text)), 2),
		"half by half": readAs(t, iotest.HalfReader(strings.NewReader(text)), 3)} {
		if d := same(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, strings.NewReader(strings.Repeat(closedLine, 5000)), Options{}); err == nil {
		t.Error("read to the end though nobody waits")
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := Read(context.Background(), strings.NewReader(closedLine), Options{Format: "nginy"})
	if err == nil || !strings.Contains(err.Error(), "nginx") {
		t.Errorf("%v", err)
	}
	r, err := Read(context.Background(), strings.NewReader(closedLine), Options{Format: "access"})
	if err != nil || r.Dialect != "access" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestReaderFails(t *testing.T) {
	r := readAs(t, io.MultiReader(strings.NewReader(closedLine), iotest.ErrReader(io.ErrClosedPipe)), 2)
	if r.About != 1 || len(r.Gaps) != 1 || r.Gaps[0].What != "error.log:2" {
		t.Errorf("%+v", r)
	}
}

// TestParagraphs: a text of no dialect is read by paragraphs.
func TestParagraphs(t *testing.T) {
	r := read(t, "hello\nworld\n\nException in thread main javax.net.ssl.SSLHandshakeException: handshake aborted\n\tat a.b.C(D.java:1)\nCaused by: javax.net.ssl.SSLException: Received fatal alert: handshake_failure\n\t... 3 more\nnothing\n")
	if len(r.Events) == 0 || r.Events[0].Ref.At != "error.log:4" || !strings.Contains(r.Events[0].Text, "Received fatal alert") || strings.Contains(r.Events[0].Text, "nothing") {
		t.Errorf("%+v", r)
	}
}

// TestMixed: a file put together of two logs.
func TestMixed(t *testing.T) {
	r := read(t, strings.Repeat("nothing in particular is said here\n", 20_000)+strings.Repeat(closedLine, 10)+strings.Repeat("and nothing here\n", 20_000))
	if len(r.Events) != 1 || r.Events[0].Dialect != "nginx" || r.Events[0].Seen.Count != 10 {
		t.Errorf("%+v", r.Events)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{otherLine + closedLine + shareLine, "\xff\xfea\x00\n\x00", "\x1f\x8b\x08", "<34>1 2003-10-11T22:14:15.003Z h su - ID47 - tls\n",
		"Oct 21 08:41:45 h nginx: " + closedLine, "Caused by: ssl\n at x\n", bzipped} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		one := readAny(data, 1)
		if packed(data) {
			return
		}
		if d := same(one, readAny(data, 3)); d != "" {
			t.Error(d)
		}
	})
}

func readAny(data []byte, workers int) Result {
	in, release, err := unpacked(bytes.NewReader(data))
	defer release()
	if err != nil {
		return Result{}
	}
	rd := newReader(Options{Now: now}, workers)
	rd.read(context.Background(), in)
	return rd.result()
}

func packed(data []byte) bool {
	return len(data) > 2 && (data[0] == 0x1f || data[0] == 0x28 || data[0] == 'B')
}
