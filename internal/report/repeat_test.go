package report

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// repeatedHandshake stands for n of --repeat with an address, of which all completed or all were reset after the hello.
func repeatedHandshake(n int, addr string, completed bool) fact.Handshake {
	h := fact.Handshake{Ref: fact.Ref{Kind: "live", At: "experiment " + addr}, Protocol: "tls", Variant: fact.Variant{Kind: fact.Repeat, Value: "2"},
		Path: []netip.AddrPort{{}, netip.MustParseAddrPort(addr)}, Client: &wire.ClientHello{Raw: make([]byte, 300)},
		End: fact.End{By: wire.ServerSide, How: fact.EndReset, After: "ClientHello"}, Seen: fact.Seen{Count: n}, Again: &fact.Again{}}
	if completed {
		h.Server = &wire.ServerHello{Version: wire.TLS13, Suite: 0x1301, Share: &wire.KeyShare{Group: 29}}
		h.Finished, h.End = fact.Yes, fact.End{By: wire.ClientSide, How: fact.EndCompleted, After: "client Finished"}
	}
	for i := range n {
		h.Again.Tenths[i%fact.Tenths]++
		h.Again.Connect.Add(time.Millisecond)
		h.Again.TLS.Add(5 * time.Millisecond)
	}
	return h
}

func reported(t *testing.T, c *fact.Case) (Report, string) {
	t.Helper()
	r := Build(c, diagnose.Run(c, cause.All()), 400)
	conforms(t, r)
	var out bytes.Buffer
	if err := Text(&out, r, Style{}); err != nil {
		t.Fatal(err)
	}
	return r, strings.Join(strings.Fields(out.String()), " ")
}

// TestRepeatIsReported: the rate with its interval, what failures go with, what could not be compared and how many
// handshakes it takes, in the text and in the JSON.
func TestRepeatIsReported(t *testing.T) {
	const one, two = "192.0.2.1:443", "192.0.2.2:443"
	first := repeatedHandshake(200, one, true)
	first.Variant = fact.Variant{}
	c := &fact.Case{Question: fact.Question{Host: "db.example.test", Port: 443, Protocol: "tls"}, Repeats: &fact.Repeats{Wanted: 400, Made: 400, Failed: 12, FirstFailed: 31, Parallel: 4},
		Handshakes: []fact.Handshake{first, repeatedHandshake(188, two, true), repeatedHandshake(12, two, false)}}
	r, text := reported(t, c)
	for _, want := range []string{
		"repeat 12 of 400 fail (3.0 %, 95 %: 1.7 to 5.2 %)",
		"address 192.0.2.2:443: 12 of 200 fail; others: 0 of 200 (by chance: p = ",
		"not compared, being the same each time or not seen where it fails: suite, group, server's extensions, size of our hello",
		"the first failure was number 31; 99 handshakes show one at least 95 times in 100", // 0.97^98 > 0.05 > 0.97^99
		"answers by address: 192.0.2.1:443 200×, 6.0 ms · 192.0.2.2:443 200×, 12 fail, 6.0 ms",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	sides := "not all servers behind db.example.test are alike: 192.0.2.2:443: 12 of 200 fail (the connection is reset after ClientHello); 192.0.2.1:443: 0 of 200"
	if f := r.Findings[0]; f.Cause != "one-backend-differs" || f.Title != sides {
		t.Errorf("%s: %s", f.Cause, f.Title)
	}
	x := r.Repeat
	if x == nil || x.Handshakes != 400 || x.Failed != 12 || x.Share != 0.03 || x.FirstFailed != 31 || x.Enough != 99 || x.Parallel != 4 || len(x.Links) != 1 {
		t.Fatalf("%+v", x)
	}
	if l := x.Links[0]; l.What != "address" || l.Value != two || l.Failed != 12 || l.Handshakes != 200 || l.OthersFailed != 0 || l.Others != 200 || l.Chance > 0.01 {
		t.Errorf("%+v", l)
	}
	if !slices.Equal(x.Tested, []string{"address", "time"}) || !slices.Contains(x.Untested, "size of our hello") {
		t.Errorf("compared %q, not %q", x.Tested, x.Untested)
	}
}

// TestRepeatWithoutFailure: how seldom failures may be, and nothing about what they go with.
func TestRepeatWithoutFailure(t *testing.T) {
	h := repeatedHandshake(100, "192.0.2.1:443", true)
	h.Variant = fact.Variant{}
	c := &fact.Case{Question: fact.Question{Host: "db.example.test", Port: 443, Protocol: "tls"}, Repeats: &fact.Repeats{Wanted: 100, Made: 100, Parallel: 4},
		Handshakes: []fact.Handshake{h}}
	r, text := reported(t, c)
	if r.Outcome != "ok" || !strings.Contains(text, "repeat 0 of 100 fail (95 %: below 1 in 33) median times") || r.Repeat.Enough != 0 || len(r.Repeat.Links) > 0 {
		t.Errorf("%+v\n%s", r.Repeat, text)
	}
	c.Handshakes[0].Seen.Count, c.Handshakes[0].Again, c.Repeats = 1, nil, nil
	if r, text := reported(t, c); r.Repeat != nil || strings.Contains(text, "repeat") {
		t.Errorf("of one handshake: %+v\n%s", r.Repeat, text)
	}
}
