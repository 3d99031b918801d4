package client

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// situations are the ways to fail that texts were measured for, at the servers of a protocol.
func situations(t *testing.T, protocol string) (map[string]*fact.Handshake, Place) {
	t.Helper()
	servers, at := databaseServers(t, protocol == "mysql")
	out := map[string]*fact.Handshake{
		"good": servers[0], "declined": servers[1], "other": servers[2], "expired": servers[3], "unknown": servers[4],
		"alert40": ending("ClientHello", fact.EndAlert, 40), "alert70": ending("ClientHello", fact.EndAlert, 70),
		"close": ending("ClientHello", fact.EndClosed, 0), "reset": ending("ClientHello", fact.EndReset, 0),
		"junk": ending("ClientHello", fact.EndNotTLS, 0), "dead": ending("tcp", fact.EndRefused, 0),
	}
	for _, h := range out {
		if h.Said == nil && h.End.After == "ClientHello" {
			h.Said = &fact.Said{TLS: fact.Yes}
		}
	}
	return out, at
}

var (
	threadNumber = regexp.MustCompile(`[0-9A-F]{8,16}:error`) // of the running process, in Node's OpenSSL errors
	anyNumber    = regexp.MustCompile(`\d+`)
)

// masked leaves out what differs from one run of a client to the next.
func masked(text string) string {
	text = strings.ReplaceAll(text, "127.0.0.1", serverName)
	return anyNumber.ReplaceAllString(threadNumber.ReplaceAllString(text, "error"), "0")
}

// within: a text is the whole of what was printed, or whole lines of it, others being a logger's.
func within(text, printed string) bool {
	return text != "" && strings.Contains("\n"+printed+"\n", "\n"+text+"\n")
}

// A saying is a line of testdata/texts_db.tsv.
type saying struct{ product, mode, situation, text string }

func readSayings(t *testing.T) []saying {
	t.Helper()
	data, err := os.ReadFile("testdata/texts_db.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []saying
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			continue // the heading
		}
		s := saying{product: f[0], mode: f[1], situation: f[2]}
		if err := json.Unmarshal([]byte(f[3]), &s.text); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func TestDatabaseClientsSayWhatWasMeasured(t *testing.T) {
	mysql, atMySQL := situations(t, "mysql")
	postgres, atPostgres := situations(t, "postgres")
	all := readSayings(t)
	if len(all) < 150 {
		t.Errorf("%d texts", len(all))
	}
	for _, s := range all {
		b := databaseMode(t, s.product, s.mode)
		name, _, _ := strings.Cut(s.product, "@")
		p, _ := findProduct(name)
		h, at := postgres[s.situation], atPostgres
		if p.Protocols[0] == "mysql" {
			h, at = mysql[s.situation], atMySQL
		}
		plain := login(fact.EndCompleted)
		if s.situation == "dead" {
			plain = &Login{End: fact.End{How: fact.EndRefused, After: "tcp"}}
		}
		got := Predict(b, serverOf(b, h, plain), at)
		if !within(masked(got.Text), masked(s.text)) {
			t.Errorf("%s %s, %s:\n got %s\nwant %s", s.product, s.mode, s.situation, masked(got.Text), masked(s.text))
		}
	}
}
