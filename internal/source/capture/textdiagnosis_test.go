package capture_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/source/capture"
)

// articles are texts that hold the trace of KB 4557473: one made after it, and Microsoft's own where it is at hand.
func articles(t *testing.T) map[string]string {
	t.Helper()
	list := map[string]string{}
	made, err := os.ReadFile(filepath.Join("testdata", "netmon-dhe.txt"))
	if err != nil {
		t.Fatal(err)
	}
	list["made"] = string(made)
	dir := os.Getenv("TLSWHY_SEEDS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "seeds")
	}
	if b, err := os.ReadFile(filepath.Join(dir, "000_34181469e4867b29.txt")); err == nil {
		list["Microsoft's"] = string(b)
	}
	return list
}

// traceOnly drops the prose around a trace.
func traceOnly(text string, claimed [][2]int) string {
	var kept []string
	lines := strings.Split(text, "\n")
	for _, c := range claimed {
		kept = append(kept, append(lines[c[0]:c[1]:c[1]], "")...)
	}
	return strings.Join(kept, "\n")
}

// TestTheArticleIsDiagnosed: the text of the article, whole and without its prose, is the leading zero.
func TestTheArticleIsDiagnosed(t *testing.T) {
	for name, text := range articles(t) {
		_, _, claimed := capture.ReadText("article.txt", []byte(text))
		for part, text := range map[string]string{"whole": text, "trace alone": traceOnly(text, claimed), "carriage returns": strings.ReplaceAll(text, "\n", "\r\n")} {
			if !capture.LooksLikeTrace([]byte(text)) {
				t.Errorf("%s, %s: is no trace", name, part)
			}
			hs, gaps, _ := capture.ReadText("article.txt", []byte(text))
			d := diagnose.Watch(&fact.Case{Handshakes: hs, Gaps: gaps}, cause.All())
			if len(d.Findings) == 0 || d.Findings[0].Cause.Slug != "dhe-leading-zero" {
				t.Errorf("%s, %s: %d handshakes, findings %+v", name, part, len(hs), d.Findings)
			}
		}
	}
}
