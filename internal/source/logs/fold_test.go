package logs

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestRhythm compares with the mean and deviation of the list of distances itself.
func TestRhythm(t *testing.T) {
	var s source
	begun := time.Date(2024, 10, 21, 8, 0, 0, 0, time.UTC)
	at, distances := begun, []float64{10, 12, 9, 30, 10, 0, 11}
	s.add(at)
	sum := 0.0
	for _, d := range distances {
		at = at.Add(time.Duration(d * float64(time.Second)))
		s.add(at)
		sum += d
	}
	mean, square := sum/float64(len(distances)), 0.0
	for _, d := range distances {
		square += (d - mean) * (d - mean)
	}
	got := s.fact(addr("203.0.113.7"), nil)
	if math.Abs(got.Every.Seconds()-mean) > 0.001 || math.Abs(got.Jitter-math.Sqrt(square/float64(len(distances)))/mean) > 1e-9 || got.Count != 8 || !got.Last.Equal(at) {
		t.Errorf("%+v, mean %v", got, mean)
	}
	s.add(begun.Add(-time.Hour)) // another worker's line, out of order: no distance
	if again := s.fact(addr("203.0.113.7"), nil); again.Every != got.Every || again.First.Equal(begun) {
		t.Errorf("%+v", again)
	}
}

func TestMinutes(t *testing.T) {
	var m minutes
	used := 0
	at := time.Date(2024, 10, 21, 8, 30, 20, 0, time.UTC)
	for _, d := range []time.Duration{0, 30 * time.Second, time.Minute, -2 * time.Minute, 8 * 24 * time.Hour, time.Minute} {
		m.add(at.Add(d), &used)
	}
	got := m.counts()
	if len(got) != week || fmt.Sprint(got[:5]) != "[1 0 2 2 0]" || used != 4 {
		t.Errorf("%v of %d, %d entries", got[:5], len(got), used)
	}
	used = maxEntries
	if m.add(at.Add(time.Hour), &used); !m.full {
		t.Error("an entry was taken where none is left")
	}
}

// TestMinutesOutOfOrder compares with plain counting.
func TestMinutesOutOfOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var m minutes
	used, want := 0, make([]uint32, 500)
	begun := time.Date(2024, 10, 21, 8, 0, 0, 0, time.UTC)
	for i := range 3000 {
		n := rnd.IntN(500)
		if i == 0 {
			n = 0
		}
		want[n]++
		m.add(begun.Add(time.Duration(n)*time.Minute), &used)
	}
	got := m.counts()
	for i := range want {
		if i < len(got) && got[i] != want[i] || i >= len(got) && want[i] > 0 {
			t.Fatalf("minute %d: got %v, want %d", i, got, want[i])
		}
	}
}

// TestSourcesAreBounded: busy clients stay, those who came once are counted.
func TestSourcesAreBounded(t *testing.T) {
	f := newFolder("x", newSeeds())
	s := &said{symptoms: []fact.Symptom{fact.EOFInHandshake}, about: true}
	at := time.Date(2024, 10, 21, 8, 0, 0, 0, time.UTC)
	n := 0
	add := func(a netip.Addr) {
		n++
		f.add(&hit{Record: Record{At: at, Client: a, Message: "x"}, d: &nginx, said: s, key: sum{1}}, n)
	}
	for i := range 5000 {
		add(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}))
		if i%10 == 0 {
			add(addr("203.0.113.7"))
		}
	}
	e := f.result()[0]
	total := e.Others
	for _, c := range e.Sources {
		total += c.Count
	}
	if len(e.Sources) > fact.MaxSources || e.Sources[0].Addr != addr("203.0.113.7") || e.Sources[0].Count != 500 || total != n || e.Seen.Count != n {
		t.Errorf("%d sources, first %+v, %d of %d events", len(e.Sources), e.Sources[0], total, n)
	}
}

// TestEventsAreBounded: a log in which everything differs costs memory for so much of it only, and no line is lost.
func TestEventsAreBounded(t *testing.T) {
	var b strings.Builder
	const lines = maxEvents + 2*maxCoarse + 500
	for i := range lines {
		fmt.Fprintf(&b, "2024/10/21 08:%02d:45 [info] 165#165: *1 peer closed connection in SSL handshake while SSL handshaking to upstream, client: 10.%d.%d.7, server: a%d, upstream: \"https://h%d.example.com/\"\n", i%60, i>>8&255, i&255, i, i/2)
	}
	r := read(t, b.String())
	// The last one is about many upstreams.
	if want := maxEvents + maxCoarse + 1; len(r.Events) != want || r.About != lines || !strings.Contains(fmt.Sprint(r.Gaps), fmt.Sprintf(" %d lines", lines-maxEvents)) {
		t.Errorf("%d events, want %d, of %d lines, gaps %v", len(r.Events), want, r.About, r.Gaps)
	}
	cells, sources, count := 0, 0, 0
	for i, e := range r.Events {
		cells += len(e.Seen.PerMinute)
		sources += len(e.Sources)
		count += e.Seen.Count
		if server, upstream := i < maxEvents, i < maxEvents+maxCoarse; (e.Server != "") != server || (e.Upstream != "") != upstream {
			t.Fatalf("event %d: server %q, upstream %q", i, e.Server, e.Upstream)
		}
	}
	if cells > maxCells || sources > maxSources || count != lines {
		t.Errorf("%d cells, %d sources, %d lines", cells, sources, count)
	}
}

func TestTextIsCut(t *testing.T) {
	long := "tls: " + strings.Repeat("é", maxText)
	got := limited(long, maxText)
	if len(got) > maxText || !strings.HasSuffix(got, "é…") {
		t.Errorf("%d bytes, ends in %q", len(got), got[len(got)-6:])
	}
}

// TestMentions: a path is no complaint.
func TestMentions(t *testing.T) {
	m := newMemo(newSeeds())
	for text, want := range map[string]bool{
		`open() "/etc/ssl/x.php" failed (2: No such file or directory)`: false, "GET https://tls.example.com/ssl failed": false, "the TLS blorb frobs": true,
		`/etc/ssl/a.pem: no certificate`: true, "over SSL/TLS now": true, "": false, "nothing": false,
	} {
		if got := m.mentions(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestSuccesses: what worked is folded by server and upstream, and is no complaint of the client's.
func TestSuccesses(t *testing.T) {
	f, m := newFolder("x", newSeeds()), newMemo(newSeeds())
	b := &batch{}
	w := worker{o: &Options{}, memo: m}
	for i, r := range []Record{
		{Success: true, Upstream: "https://10.0.0.1:443/a", Message: "200 tls handshake failed", Client: addr("10.0.0.7")},
		{Success: true, Upstream: "https://10.0.0.1:443/b", Message: "200 /b", Client: addr("10.0.0.7")},
		{Success: true, Upstream: "https://10.0.0.2:443/b", Message: "200 /b", Client: addr("10.0.0.7")},
		{Upstream: "https://10.0.0.1:443/b", Message: "peer closed connection in SSL handshake", Client: addr("10.0.0.7")},
	} {
		b.lines = i
		w.take(b, &found{Record: r, d: &nginx})
	}
	for i := range b.hits {
		f.add(&b.hits[i], b.hits[i].line+1)
	}
	events := f.result()
	if len(events) != 3 || !events[0].Success || events[0].Seen.Count != 2 || len(events[0].Symptoms) > 0 || events[2].Success || events[2].Sources[0].Kinds != 1 {
		t.Errorf("%+v", events)
	}
}

// TestNamesAreApart: one upstream under two names is two complaints, and under one name is one, whatever its clients asked for.
func TestNamesAreApart(t *testing.T) {
	line := func(name string) string {
		return `2024/10/21 08:41:45 [error] 165#165: *1 upstream SSL certificate does not match "` + name +
			`" while SSL handshaking to upstream, client: 127.0.0.1, server: a, request: "GET / HTTP/1.1", upstream: "https://10.2.2.3:443/", host: "www.example.test"` + "\n"
	}
	r, err := Read(t.Context(), strings.NewReader(line("a.example.test")+line("b.example.test")+line("a.example.test")), Options{Name: "n.log", Now: now})
	if err != nil || len(r.Events) != 2 || r.Events[0].Seen.Count != 2 || r.Events[0].Name != "a.example.test" || r.Events[1].Name != "b.example.test" {
		t.Errorf("%v: %+v", err, r.Events)
	}
}

// TestMariaDBHour: MariaDB pads the hour with a blank.
func TestMariaDBHour(t *testing.T) {
	for line, want := range map[string]int{
		"2026-11-22  3:51:09 1 [Warning] Access denied for user 'u'@'10.0.0.7' (using password: NO)": 3,
		"2026-11-22 13:51:09 1 [Warning] Access denied for user 'u'@'10.0.0.7' (using password: NO)": 13,
	} {
		if r, ok := parseMySQL([]byte(line), &Options{Now: now}); !ok || r.At.Hour() != want || r.Client != addr("10.0.0.7") || r.Product != "mariadb" {
			t.Errorf("%s: %+v", line, r)
		}
	}
	if _, ok := parseMySQL([]byte("2026-11-22   :51:09 1 [Warning] Access denied"), &Options{Now: now}); ok {
		t.Error("no hour is none")
	}
}
