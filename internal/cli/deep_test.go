package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/tlswhy/tlswhy/internal/report"
)

// spoken is what the program writes while a server reads it.
type spoken struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// TestDeepAnnouncesItself: before the first connection it is said what the server will meet, and how many connections.
func TestDeepAnnouncesItself(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var errs spoken
	heard := make(chan string, 100)
	go func() {
		defer close(heard)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			heard <- errs.String()
			c.Close()
		}
	}()
	Main([]string{"diagnose", "tls://" + l.Addr().String(), "--deep"}, nil, &bytes.Buffer{}, &errs, func(string) string { return "" })
	l.Close()
	said, met := <-heard
	if !met || !strings.Contains(said, "--deep makes up to 12 more connections (about 4 where nothing is wrong) to tls://"+l.Addr().String()+": TLS handshakes with TLS_DHE suites") {
		t.Errorf("when the first connection came (%v) it had said %q", met, said)
	}
}

// TestDeepMySQL: the connections of --deep and of the diagnosis together stay below what MySQL is given, and it is said
// what that server counts.
func TestDeepMySQL(t *testing.T) {
	var out, errs bytes.Buffer
	Main([]string{"diagnose", "lab:mysql/dhe-leading-zero", "--format", "json"}, nil, &out, &errs, func(string) string { return "" })
	var r report.Report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	if deepVerdict(r) != "keeps" || r.Connections > 8 || !strings.Contains(errs.String(), "max_connect_errors") {
		t.Errorf("%s with %d connections; it said %s", deepVerdict(r), r.Connections, errs.String())
	}
}

// TestDeepShares: a number of connections is that of the diagnosis and of --deep together, and none of them gets nothing
// where there are some for both.
func TestDeepShares(t *testing.T) {
	for _, test := range []struct{ total, cost, diagnosis, deep int }{
		{20, 8, 12, 8}, {20, 170, 5, 15}, {5, 170, 2, 3}, {3, 8, 1, 2}, {1, 8, 1, 0}, {0, 8, 0, 0}, {100, 8, 92, 8}, {80, 170, 12, 68},
	} {
		if diagnosis, deep := deepShares(test.total, test.cost, connections); diagnosis != test.diagnosis || deep != test.deep {
			t.Errorf("%d, of which %d at most: %d and %d, want %d and %d", test.total, test.cost, diagnosis, deep, test.diagnosis, test.deep)
		}
	}
}

// TestDeepKeepsToTheTotal: whatever the protocol and what is examined, no more connections are made than were allowed.
func TestDeepKeepsToTheTotal(t *testing.T) {
	for _, proto := range []string{"mysql", "https"} {
		for _, what := range []string{"leading-zero", "all"} {
			for _, most := range []string{"1", "3", "5", "9"} {
				r := diagnosed(t, "lab:"+proto+"/dhe-leading-zero", "--deep="+what, "--max-connections", most)
				if fmt.Sprint(r.Connections) > most {
					t.Errorf("%s, --deep=%s: %d connections, %s were allowed", proto, what, r.Connections, most)
				}
			}
		}
	}
}

// TestDeepUsage: what --deep cannot do is refused before anything is connected.
func TestDeepUsage(t *testing.T) {
	for _, args := range [][]string{{"tls://127.0.0.1:1", "--deep=everything"}, {"tls://127.0.0.1:1", "--deep", "all"}, {"tls://127.0.0.1:1", "--deep="}, {"--deep", "--text", "error:0A000086:SSL routines::certificate verify failed"}} {
		var errs bytes.Buffer
		code := Main(append([]string{"diagnose"}, args...), nil, &bytes.Buffer{}, &errs, func(string) string { return "" })
		if code != exitUsage || !strings.Contains(errs.String(), "--deep") {
			t.Errorf("%v: exit %d, %s", args, code, errs.String())
		}
	}
}

// TestDeepSaysMeasured: no text about a measured rule claims that a product was tested.
func TestDeepSaysMeasured(t *testing.T) {
	for _, fault := range []string{"dhe-leading-zero", "dhe-public-value-short"} {
		var out bytes.Buffer
		Main([]string{"diagnose", "lab:mssql/" + fault}, nil, &out, &bytes.Buffer{}, func(string) string { return "" })
		text := strings.Join(strings.Fields(out.String()), " ")
		if !strings.Contains(text, "measured") || strings.Contains(text, "tested on Windows") || strings.Contains(text, "the server is Windows") {
			t.Errorf("%s: %s", fault, text)
		}
	}
}

// TestDeepJSON: what was measured stands in fields of its own, not only in sentences; without --deep there are none.
func TestDeepJSON(t *testing.T) {
	run := func(args ...string) report.Report {
		var out, errs bytes.Buffer
		Main(append([]string{"diagnose", "--format", "json"}, args...), nil, &out, &errs, func(string) string { return "" })
		var r report.Report
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			t.Fatalf("%v: %s", err, errs.String())
		}
		return r
	}
	for fault, want := range map[string][2]string{"dhe-leading-zero": {"keeps", "takes"}, "dhe-public-value-short": {"strips", "refuses"}} {
		r := run("lab:https/" + fault)
		if r.Deep == nil || len(r.Deep.DHE) != 1 {
			t.Errorf("%s: %+v", fault, r.Deep)
			continue
		}
		d := r.Deep.DHE[0]
		if d.Is != want[0] || d.Short != want[1] || d.Padded != "takes" || d.PrimeBits != 2048 || d.GeneratorBytes == 0 || len(d.EMS) != 2 ||
			!strings.HasPrefix(d.Afterwards, "TLS_ECDHE_") || d.Right == nil || *d.Right != (want[0] == "strips") || len(d.Certificate) != 64 {
			t.Errorf("%s: %+v", fault, d)
		}
	}
	if r := run("lab:tls/healthy"); r.Deep != nil {
		t.Errorf("not asked for: %+v", r.Deep)
	}
}
