package logs

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// tokyo is where the reader of the samples sits: a time without a zone is local there.
var tokyo = time.FixedZone("JST", 9*3600)

func testOptions() *Options {
	return &Options{Now: time.Date(2026, 11, 22, 21, 0, 0, 0, tokyo)}
}

// show writes a record down as the tables below expect it: what is empty is left out, the message stands last.
func show(r Record) string {
	var b strings.Builder
	if !r.At.IsZero() {
		fmt.Fprintf(&b, "%s ", r.At.Format("2006-01-02T15:04:05.999999Z07:00"))
	}
	for _, f := range [][2]string{{"", r.Level}, {"product=", r.Product}, {"server=", r.Server}, {"upstream=", r.Upstream}, {"host=", r.Host}} {
		if f[1] != "" {
			fmt.Fprintf(&b, "%s%s ", f[0], f[1])
		}
	}
	if r.Client.IsValid() {
		fmt.Fprintf(&b, "client=%s ", r.Client)
	}
	for _, c := range r.Contexts {
		fmt.Fprintf(&b, "+%s ", c)
	}
	if r.Success {
		b.WriteString("works ")
	}
	return b.String() + ": " + r.Message
}

// A read record is a record and the dialect that opened it.
type readRecord struct {
	Record
	id string
}

// records reads lines as the framework's contract has it: a line that no dialect takes goes on with the record before
// it where that record's dialect says so. The other lines are strange.
func records(t *testing.T, lines []string) (list []readRecord, strange []string) {
	t.Helper()
	o := testOptions()
	var last *Dialect
	end := func() {
		if last != nil {
			whole(last, &list[len(list)-1].Record, o)
		}
	}
	for _, line := range lines {
		x := open([]byte(line), envelopes, o)
		d, r, ok := x.parse(dialects, o)
		switch {
		case ok:
			end()
			last = d
			list = append(list, readRecord{r, d.ID})
		case last != nil && last.Continues != nil && last.Continues(x.inner()):
			list[len(list)-1].Message += "\n" + string(x.inner())
		default:
			end()
			last = nil
			strange = append(strange, line)
		}
	}
	end()
	return list, strange
}

func sampleLines(t *testing.T, name string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(string(data), "\n"), "\n")
}

// TestMeasured reads what real products wrote. Each expectation was written from the line itself.
func TestMeasured(t *testing.T) {
	for _, m := range measured {
		t.Run(m.file, func(t *testing.T) {
			list, strange := records(t, sampleLines(t, m.file))
			if len(list) != m.records || len(strange) != m.strange {
				t.Errorf("%d records and %d strange lines, want %d and %d: %q", len(list), len(strange), m.records, m.strange, strange)
			}
			var shown []string
			for _, r := range list {
				shown = append(shown, show(r.Record))
			}
			for _, want := range m.want {
				if !slices.Contains(shown, want) {
					t.Errorf("no record is\n     %s\nnearest: %s", want, nearest(shown, want))
				}
			}
		})
	}
}

// nearest is the record with the longest common beginning.
func nearest(shown []string, want string) string {
	best, most := "", -1
	for _, s := range shown {
		n := 0
		for n < len(s) && n < len(want) && s[n] == want[n] {
			n++
		}
		if n > most {
			best, most = s, n
		}
	}
	return best
}

// TestOwnDialect: every record of a sample is claimed by its own dialect.
func TestOwnDialect(t *testing.T) {
	for _, m := range measured {
		list, _ := records(t, sampleLines(t, m.file))
		for _, r := range list {
			if r.id != m.dialect {
				t.Errorf("%s: %s takes %q", m.file, r.id, r.Message)
			}
		}
	}
}

// TestAnchors: a line that says something about TLS is found by an anchor of its dialect, or by the framework's walk
// back from a line that goes on with it.
func TestAnchors(t *testing.T) {
	for _, m := range measured {
		i := slices.IndexFunc(dialects, func(d *Dialect) bool { return d.ID == m.dialect })
		if i < 0 {
			t.Fatalf("no dialect %s", m.dialect)
		}
		text := strings.Join(sampleLines(t, m.file), "\n")
		for _, must := range m.found {
			found := false
			for _, line := range strings.Split(text, "\n") {
				if !strings.Contains(line, must) {
					continue
				}
				found = true
				if !slices.ContainsFunc(dialects[i].Anchors, func(a string) bool { return strings.Contains(line, a) }) {
					t.Errorf("%s: no anchor in %q", m.file, line)
				}
			}
			if !found {
				t.Errorf("%s: no line has %q", m.file, must)
			}
		}
	}
}

// TestLines reads lines as documentation and reports of users show them.
func TestLines(t *testing.T) {
	for _, l := range lines {
		list, strange := records(t, strings.Split(l.text, "\n"))
		if len(list) != 1 || len(strange) > 0 {
			t.Errorf("%q: %d records, strange %q", l.text, len(list), strange)
			continue
		}
		if got := list[0].id + " " + show(list[0].Record); got != l.want {
			t.Errorf("%q\n got %s\nwant %s", l.text, got, l.want)
		}
	}
}

// TestNotALine: texts of no dialect are left alone.
func TestNotALine(t *testing.T) {
	for _, text := range []string{
		"", " ", "SSL_do_handshake() failed", "ERROR 2026 (HY000): TLS/SSL error: self-signed certificate in certificate chain",
		"curl: (60) SSL certificate problem: unable to get local issuer certificate", "log: ssl is broken", "The connection is closed: why?",
		`{"a":1}`, `{"message":"x"}`, "{", "[", "[]", "<6>", "2026-13-45 99:99:99 ERROR x", "2026-11-21", "Error: something, Severity: high",
		"[2026-11-21 23:57:28] [", "<Event", "a|b", "|", "----", "* a list", "12:30 ERROR", "10.0.0.7 - - [x] \"GET /\" 200",
	} {
		x := open([]byte(text), envelopes, testOptions())
		if d, r, ok := x.parse(dialects, testOptions()); ok {
			t.Errorf("%s takes %q as %s", d.ID, text, show(r))
		}
	}
}

// FuzzParse: no line makes a dialect or an envelope panic, and none lets a record grow beyond a small multiple of it.
func FuzzParse(f *testing.F) {
	for _, m := range measured {
		data, err := os.ReadFile("testdata/" + m.file)
		if err != nil {
			f.Fatal(err)
		}
		for i, line := range bytes.Split(data, []byte("\n")) {
			if i%7 == 0 {
				f.Add(line)
			}
		}
	}
	for _, l := range lines {
		f.Add([]byte(l.text))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		before := bytes.Clone(line)
		for _, o := range []*Options{testOptions(), {}} {
			x := open(line, envelopes, o)
			for _, d := range dialects {
				for _, layer := range x.layers[:x.n] {
					if d.Continues != nil {
						d.Continues(layer)
					}
					r, ok := d.Parse(layer, o)
					if !ok {
						continue
					}
					whole(d, &r, o)
					if len(r.Message) > 8*len(line)+200 || len(r.Upstream)+len(r.Host)+len(r.Server) > 4*len(line)+100 {
						t.Errorf("%s: %d bytes give %d", d.ID, len(line), len(r.Message))
					}
				}
			}
		}
		if !bytes.Equal(before, line) {
			t.Error("the line was changed")
		}
	})
}
