package report

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// heardCase is a proxy's log: an upstream that wants a name, and two scanners.
func heardCase() *fact.Case {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return &fact.Case{Question: fact.Question{Target: "error.log"}, Events: []fact.Event{
		{Ref: fact.Ref{Kind: "log", At: "error.log:7"}, Dialect: "nginx", Level: "error", Text: "SSL_do_handshake() failed \x1b[31m(red)",
			Symptoms: []fact.Symptom{fact.PeerAlert(112)}, Contexts: []fact.Context{fact.ByClient, "nginx", fact.ToUpstream, fact.Web},
			Codes: []fact.Code{{Code: "0A000458", Means: "unrecognized name"}}, Upstream: "https://10.1.2.3:8443", Host: "www.example.test", Name: "api.example.test",
			Peers: []fact.Endpoint{{Protocol: "https", Host: "10.1.2.3", Port: 8443}},
			Seen:  fact.Seen{Count: 412, First: at, Last: at.Add(3 * time.Minute), PerMinute: []uint32{1, 10, 200, 201}}},
		{Ref: fact.Ref{Kind: "log", At: "error.log:9"}, Dialect: "nginx", Text: "no shared cipher", Symptoms: []fact.Symptom{fact.NoSharedCipher},
			Contexts: []fact.Context{fact.ByServer, "nginx", fact.Web}, Seen: fact.Seen{Count: 2, First: at, Last: at},
			Sources: []fact.Source{{Addr: netip.MustParseAddr("203.0.113.5"), Count: 1, Kinds: 4}, {Addr: netip.MustParseAddr("203.0.113.6"), Count: 1, Kinds: 1}}},
		{Ref: fact.Ref{Kind: "log", At: "error.log:11"}, Dialect: "nginx", Success: true, Upstream: "https://10.1.2.3:8443", Seen: fact.Seen{Count: 588}},
	}}
}

func heardReport(c *fact.Case) Report {
	return BuildHeard(c, diagnose.Read(c, cause.All()), Heard{Names: []string{"error.log"}, Dialects: []string{"nginx"}, Lines: 5000, About: 414,
		First: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), Last: time.Date(2026, 1, 2, 3, 7, 5, 0, time.UTC)})
}

// TestHeardText: the upstream's fault with its line, when, how often and how to mend it; the noise in one paragraph.
func TestHeardText(t *testing.T) {
	var b bytes.Buffer
	if err := Text(&b, heardReport(heardCase()), Style{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"error.log  nginx, 3.1 h, 5,000 lines, 414 about TLS", "intermittent", "to upstream https://10.1.2.3:8443   412 failures since 2026-01-02 03:04:05",
		"41.2 % of", "▂▂▇█", "still going", "error.log:7", "the upstream server refused the proxy", "proxy_ssl_server_name on", "2 lines of noise", "from 2 addresses"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if strings.ContainsRune(text, 0x1b) {
		t.Errorf("a log's escape sequence reaches the terminal:\n%q", text)
	}
}

// TestHeardJSON: the report keeps to the contract, names the texts and their codes, and how to decide.
func TestHeardJSON(t *testing.T) {
	r := heardReport(heardCase())
	conforms(t, r)
	if len(r.Findings) < 2 || r.Findings[0].Cause != "sni-missing" || r.Findings[0].About.Upstream != "https://10.1.2.3:8443" || r.Findings[0].Count != 412 {
		t.Fatalf("%+v", r.Findings)
	}
	if e := r.Events[0]; e.Count != 412 || len(e.PerMinute) != 4 || e.Codes[0].Code != "0A000458" || e.First != "2026-01-02T03:04:05Z" || e.Refused == "" {
		t.Errorf("%+v", e)
	}
	if !slices.ContainsFunc(r.Open, func(o Open) bool {
		return strings.Contains(o.How, "tlswhy diagnose https://api.example.test:8443 --as openssl3 --sni none --connect 10.1.2.3 makes")
	}) {
		t.Errorf("how to decide is not told: %+v", r.Open)
	}
}

// TestClientsHostIsNoUpstream: what a proxy's client asked for is no name of the upstream: it is left open, and the address stays
// what one connects to.
func TestClientsHostIsNoUpstream(t *testing.T) {
	c := heardCase()
	c.Events[0].Name = ""
	r := heardReport(c)
	first := r.Findings[0]
	if first.Cause != "sni-missing" || !strings.Contains(first.Check, "-connect 10.1.2.3:8443") || !strings.Contains(first.Check, "-servername NAME") {
		t.Errorf("%s: %q", first.Cause, first.Check)
	}
	if !strings.Contains(r.Open[0].How, "tlswhy diagnose https://NAME:8443 --as openssl3 --sni none --connect 10.1.2.3 ") {
		t.Errorf("%q", r.Open[0].How)
	}
	for _, ch := range first.Changes {
		if text := fmt.Sprintf("%+v", ch); strings.Contains(text, "example.test") {
			t.Errorf("a name of the client is advised: %s", text)
		}
	}
}

// TestNeverAtAClient: an address that a server's log names is its client's, and no command connects there.
func TestNeverAtAClient(t *testing.T) {
	for symptom, contexts := range map[fact.Symptom][]fact.Context{
		fact.TLSDemanded:      {fact.ByServer, fact.Database, "postgres"},
		fact.AcceptThenClosed: {fact.ByServer, fact.Database, "mysql"},
		fact.NoSharedCipher:   {fact.ByServer, "nginx", fact.Web},
	} {
		e := fact.Event{Ref: fact.Ref{Kind: "log", At: "a.log:1"}, Dialect: string(contexts[1]), Text: "…", Symptoms: []fact.Symptom{symptom}, Contexts: contexts,
			Peers: []fact.Endpoint{{Host: "192.0.2.77"}}, Seen: fact.Seen{Count: 1}}
		r := heardReport(&fact.Case{Events: []fact.Event{e}})
		if text := fmt.Sprintf("%+v %+v", r.Findings, r.Open); len(r.Findings) == 0 || strings.Contains(text, "192.0.2.77") {
			t.Errorf("%s: %s", symptom, text)
		}
	}
}

// TestManySubjects: a log of many upstreams does not fill the terminal, and none is lost without a word.
func TestManySubjects(t *testing.T) {
	c := heardCase()
	for i := range 30 {
		e := c.Events[0]
		e.Ref.At, e.Upstream = fmt.Sprintf("error.log:%d", 100+i), fmt.Sprintf("https://10.9.0.%d:443", i)
		c.Events = append(c.Events, e)
	}
	var b bytes.Buffer
	if err := Text(&b, heardReport(c), Style{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "to upstream "); n != maxSubjects {
		t.Errorf("%d upstreams are told by themselves", n)
	}
	if !strings.Contains(b.String(), "and 23 more with 9,476 failures: 9,476× sni-missing") {
		t.Errorf("the others are lost:\n%s", b.String())
	}
}

// TestEveryPage: each card has a page whose places are all filled, with something to do and a source.
func TestEveryPage(t *testing.T) {
	all := cause.All()
	for i := range all {
		p := PageOf(&all[i])
		if len(p.Changes) == 0 || len(p.Sources) == 0 || strings.Contains(p.Title, "{") || strings.Contains(p.Why, "{") {
			t.Errorf("%s: %+v", p.Cause, p)
		}
		var b bytes.Buffer
		if err := WritePage(&b, p, Style{}); err != nil || b.Len() < 300 {
			t.Errorf("%s: %v %q", p.Cause, err, b.String())
		}
	}
}
