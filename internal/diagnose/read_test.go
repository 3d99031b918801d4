package diagnose

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// cards is a small catalogue: the rules of ranking do not depend on which causes there are.
func cards() []cause.Cause {
	return []cause.Cause{
		{ID: "TW1", Slug: "name", Phase: cause.Hello, Level: cause.Breaks, Title: "name", Signs: []cause.Sign{
			{Of: fact.PeerAlert(40), Weight: 3}, {Of: fact.PeerAlert(40), In: []fact.Context{fact.ToUpstream}, Weight: 9}, {Of: fact.PeerAlert(112), Weight: 10}}},
		{ID: "TW2", Slug: "cipher", Phase: cause.Hello, Level: cause.Breaks, Title: "cipher", Signs: []cause.Sign{{Of: fact.PeerAlert(40), Weight: 8}, {Of: fact.NoSharedCipher, Weight: 9}}},
		{ID: "TW3", Slug: "benign-scanner", Phase: cause.Benign, Level: cause.Note, Title: "scanner", Signs: []cause.Sign{{Of: fact.NoSharedCipher, Weight: 7}}},
		{ID: "TW4", Slug: "benign-healthcheck", Phase: cause.Benign, Level: cause.Note, Title: "health check", Signs: []cause.Sign{{Of: fact.EOFInHandshake, Weight: 8}}},
	}
}

func text(symptoms ...fact.Symptom) fact.Event {
	return fact.Event{Ref: fact.Ref{Kind: "text", At: "text 1"}, Text: "…", Symptoms: symptoms, Seen: fact.Seen{Count: 1}}
}

func slugs(list []Finding) (out []string) {
	for _, f := range list {
		out = append(out, f.Cause.Slug+" "+string(f.Sure))
	}
	return out
}

func TestReadRanks(t *testing.T) {
	upstream := text(fact.PeerAlert(40))
	upstream.Contexts = []fact.Context{fact.ToUpstream}
	for name, c := range map[string]struct {
		event   fact.Event
		want    []string
		outcome Outcome
	}{
		"several causes":     {text(fact.PeerAlert(40)), []string{"cipher possible", "name possible"}, Fails},
		"the text decides":   {text(fact.PeerAlert(112)), []string{"name likely"}, Fails},
		"the circumstances":  {upstream, []string{"name likely"}, Fails},
		"nobody knows it":    {text(fact.Symptom("never-heard-of")), nil, Unknown},
		"two symptoms agree": {text(fact.PeerAlert(40), fact.PeerAlert(112)), []string{"name possible", "cipher possible"}, Fails},
	} {
		d := Read(&fact.Case{Events: []fact.Event{c.event}}, cards())
		if got := slugs(d.Findings); !slices.Equal(got, c.want) || d.Outcome != c.outcome {
			t.Errorf("%s: %v %s, want %v %s", name, got, d.Outcome, c.want, c.outcome)
		}
	}
}

func source(addr string, count int, every time.Duration, jitter float64, kinds int) fact.Source {
	return fact.Source{Addr: netip.MustParseAddr(addr), Count: count, Every: every, Jitter: jitter, Kinds: kinds}
}

// TestReadSeparatesNoise: one server's log in which a scanner, a health check, a passer-by and a client in trouble complain
// alike.
func TestReadSeparatesNoise(t *testing.T) {
	e := text(fact.NoSharedCipher)
	e.Dialect, e.Contexts = "nginx", []fact.Context{fact.ByServer}
	e.Sources = []fact.Source{
		source("203.0.113.9", 400, time.Second, 2, 1), // comes again and again: in trouble
		source("198.51.100.7", 2, 0, 0, 5),            // five kinds of complaints: a scanner
		source("198.51.100.8", 1, 0, 0, 1),            // once, from outside
		source("10.0.0.4", 3, 90*time.Second, 0.9, 1), // a machine of ours, now and then
	}
	e.Seen.Count = 406
	probe := text(fact.EOFInHandshake)
	probe.Ref.At, probe.Dialect, probe.Contexts = "text 2", "nginx", e.Contexts
	probe.Sources = []fact.Source{source("10.0.0.2", 1000, 5*time.Second, 0.01, 1)}
	probe.Seen.Count = 1000
	d := Read(&fact.Case{Events: []fact.Event{e, probe}}, cards())
	counts := map[string]int{}
	for _, f := range d.Findings {
		counts[f.Cause.Slug] += f.Count
	}
	if counts["cipher"] != 403 || counts["benign-scanner"] != 3 || counts["benign-healthcheck"] != 1000 {
		t.Errorf("%v: want the 400 of one client and the 3 of our machine as a fault, 3 as scanners, 1000 as a health check", counts)
	}
	if d.Findings[0].Cause.Slug != "cipher" || d.Outcome != Fails {
		t.Errorf("the operator's fault comes first: %v, %s", slugs(d.Findings), d.Outcome)
	}
}

// TestNoiseIsWhatItLooksLike: a health check says nothing or asks for a probe's path; only the internet has scanners; who asks in
// clear from inside is a client in trouble, however regular.
func TestNoiseIsWhatItLooksLike(t *testing.T) {
	for name, test := range map[string]struct {
		symptom fact.Symptom
		in      []fact.Context
		from    fact.Source
		want    string
	}{
		"a regular request":             {fact.HTTPRequestHere, nil, source("10.0.3.7", 9, time.Minute, 0, 1), "client-speaks-plaintext likely"},
		"a regular request of a probe":  {fact.HTTPRequestHere, []fact.Context{fact.HealthCheck}, source("10.0.3.7", 9, time.Minute, 0, 1), "benign-healthcheck likely"},
		"regular, and nothing said":     {fact.EOFInHandshake, nil, source("10.0.3.7", 9, time.Minute, 0, 1), "benign-healthcheck likely"},
		"nothing asked for, two probes": {fact.AcceptThenClosed, nil, source("10.0.3.7", 90, time.Minute, 0.7, 1), "benign-healthcheck likely"},
		"many complaints from here":     {fact.HTTPRequestHere, nil, source("127.0.0.1", 4, time.Second, 2, 6), "client-speaks-plaintext likely"},
		"many complaints mapped":        {fact.HTTPRequestHere, nil, source("::ffff:127.0.0.1", 4, time.Second, 2, 6), "client-speaks-plaintext likely"},
		"many complaints, RFC 6598":     {fact.HTTPRequestHere, nil, source("100.64.1.1", 4, time.Second, 2, 6), "client-speaks-plaintext likely"},
		"many complaints from outside":  {fact.HTTPRequestHere, nil, source("198.51.100.7", 4, time.Second, 2, 6), "benign-scanner likely"},
	} {
		e := text(test.symptom)
		e.Dialect, e.Sources, e.Seen.Count = "nginx", []fact.Source{test.from}, test.from.Count
		where := fact.PeerPrivate
		if test.from.Addr.Unmap().IsLoopback() {
			where = fact.PeerLoopback
		}
		e.Contexts = append(test.in, fact.ByServer, fact.Web, where)
		d := Read(&fact.Case{Events: []fact.Event{e}}, cause.All())
		if got := slugs(d.Findings); len(got) == 0 || got[0] != test.want {
			t.Errorf("%s: %v, want %s", name, got, test.want)
		}
		if strings.HasPrefix(test.want, "client") && strings.Contains(fmt.Sprint(slugs(d.Findings)), "scanner") {
			t.Errorf("%s: a scanner of the internet is at %s", name, test.from.Addr)
		}
	}
}

func TestReadSuccessesMakeItIntermittent(t *testing.T) {
	bad := text(fact.PeerAlert(112))
	bad.Upstream = "https://10.0.0.1"
	good := fact.Event{Upstream: "https://10.0.0.1", Success: true, Seen: fact.Seen{Count: 90}}
	if d := Read(&fact.Case{Events: []fact.Event{bad, good}}, cards()); d.Outcome != Intermittent {
		t.Errorf("%s", d.Outcome)
	}
	good.Upstream = "https://10.0.0.2"
	if d := Read(&fact.Case{Events: []fact.Event{bad, good}}, cards()); d.Outcome != Fails {
		t.Errorf("another upstream's successes: %s", d.Outcome)
	}
}
