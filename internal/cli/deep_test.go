package cli

import (
	"bytes"
	"encoding/json"
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
	if !met || !strings.Contains(said, "--deep makes up to 8 more connections to tls://"+l.Addr().String()+": TLS handshakes with TLS_DHE suites") {
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

// TestDeepUsage: what --deep cannot do is refused before anything is connected.
func TestDeepUsage(t *testing.T) {
	for _, args := range [][]string{{"tls://127.0.0.1:1", "--deep=everything"}, {"tls://127.0.0.1:1", "--deep", "all"}, {"--deep", "--text", "error:0A000086:SSL routines::certificate verify failed"}} {
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
