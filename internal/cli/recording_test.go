package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/live"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Recordings of real servers, as readable hex with the commands that made them, are the tests that need nothing
// installed. TLSWHY_RECORD=1 go test ./internal/cli -run TestReal writes them anew.
var recordings = filepath.Join("..", "..", "testdata", "cases")

// folders are the test's own, different each time.
var folders = regexp.MustCompile(regexp.QuoteMeta(os.TempDir()) + `/tlswhy-real-\d+`)

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

func recordingName(t *testing.T) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(strings.TrimPrefix(t.Name(), "TestReal")), "-"), "-") + ".txtar"
}

// record keeps a run: the question, the CA, every connection, and what the test wants of it (filled in by expect).
func record(t *testing.T, args []string, r result) {
	t.Helper()
	parent, _, _ := strings.Cut(t.Name(), "/") // one nginx serves all its tests
	about := fmt.Sprintf("%s\nserver: %s\nclient: tlswhy diagnose %s\n", t.Name(), cmp.Or(served[t.Name()], served[parent]), strings.Join(args, " "))
	a := &txtar.Archive{Comment: folders.ReplaceAll([]byte(about), []byte("DIR"))}
	add := func(name string, data []byte) { a.Files = append(a.Files, txtar.File{Name: name, Data: data}) }
	question, err := json.MarshalIndent(struct {
		Question fact.Question
		Hosts    []fact.Host
		Same     []fact.Variant
	}{r.Case.Question, r.Case.Hosts, r.Case.Same}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	add("case.json", append(question, '\n'))
	if i := slices.Index(args, "--ca"); i >= 0 {
		ca, err := os.ReadFile(args[i+1])
		if err != nil {
			t.Fatal(err)
		}
		add("ca.pem", ca)
	}
	for i, tape := range r.tapes {
		add(fmt.Sprintf("connection %d", i+1), formatTape(t, tape))
	}
	t.Cleanup(func() {
		if w, ok := wanted[t.Name()]; ok && !t.Failed() {
			add("want", []byte(w+"\n"))
			if err := os.WriteFile(filepath.Join(recordings, recordingName(t)), txtar.Format(a), 0o644); err != nil {
				t.Error(err)
			}
		}
	})
}

// formatTape writes one connection: what is known about it as JSON, then the bytes of each side as a hex dump.
func formatTape(t *testing.T, tape live.Tape) []byte {
	t.Helper()
	chunks := tape.Transcript.Chunks
	tape.Transcript.Chunks = nil
	head, err := json.Marshal(tape)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n", head)
	for _, c := range chunks {
		fmt.Fprintf(&b, ">>> %s %d\n%s", c.From, c.At, hex.Dump(c.Data))
	}
	return b.Bytes()
}

func parseTape(t *testing.T, data []byte) live.Tape {
	t.Helper()
	var tape live.Tape
	head, rest, _ := bytes.Cut(data, []byte("\n"))
	if err := json.Unmarshal(head, &tape); err != nil {
		t.Fatal(err)
	}
	for s := bufio.NewScanner(bytes.NewReader(rest)); s.Scan(); {
		line := s.Text()
		if strings.HasPrefix(line, ">>> ") {
			c := wire.Chunk{From: wire.ServerSide}
			var side string
			var at int64
			if _, err := fmt.Sscanf(line, ">>> %s %d", &side, &at); err != nil {
				t.Fatal(err)
			}
			if side == "client" {
				c.From = wire.ClientSide
			}
			c.At = time.Duration(at)
			tape.Transcript.Chunks = append(tape.Transcript.Chunks, c)
			continue
		}
		cols, _, _ := strings.Cut(line[10:], "|")
		raw, err := hex.DecodeString(strings.ReplaceAll(cols, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		last := &tape.Transcript.Chunks[len(tape.Transcript.Chunks)-1]
		last.Data = append(last.Data, raw...)
	}
	return tape
}

// A player answers experiments from a recording.
type player struct {
	tapes    []live.Tape
	settings live.Settings
	played   int
}

func (p *player) AskAll(_ context.Context, c *fact.Case, variants []fact.Variant) int {
	n := 0
	for _, v := range variants {
		i := slices.IndexFunc(p.tapes, func(t live.Tape) bool { return t.Variant == v })
		if i < 0 {
			c.Same = append(c.Same, v)
			continue
		}
		p.played++
		n++
		c.Handshakes = append(c.Handshakes, live.Read(p.tapes[i], p.played, p.settings))
	}
	return n
}
func (p *player) Left() int   { return connections - p.played }
func (p *player) Quiet() bool { return false }

// TestRecordings plays each recording to the same loop that asked the real server.
func TestRecordings(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(recordings, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			play(t, a)
		})
	}
}

func play(t *testing.T, a *txtar.Archive) {
	t.Helper()
	c, want := new(fact.Case), ""
	p := &player{}
	var ca []byte
	for _, f := range a.Files {
		switch {
		case f.Name == "case.json":
			if err := json.Unmarshal(f.Data, c); err != nil {
				t.Fatal(err)
			}
		case f.Name == "ca.pem":
			ca = f.Data
		case f.Name == "want":
			want = strings.TrimSpace(string(f.Data))
		default:
			p.tapes = append(p.tapes, parseTape(t, f.Data))
		}
	}
	roots, err := trust.RootsFromPEM(ca)
	if err != nil {
		t.Fatal(err)
	}
	profile, _ := client.ByID(c.Question.As)
	p.settings = live.Settings{Profile: profile, Roots: func() trust.Roots { return roots }}
	c.Same = nil
	p.AskAll(context.Background(), c, []fact.Variant{{}})
	d := diagnose.Loop(context.Background(), c, cause.All(), p)
	slug, sure, _ := strings.Cut(want, " ")
	if want == "ok" {
		slug = ""
	}
	expect(t, report.Build(c, d, p.played), slug, sure)
}
