package live

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestOver: an experiment that ends with the run is no evidence of silence, even when its own timer was a little early.
func TestOver(t *testing.T) {
	for in, want := range map[time.Duration]bool{-time.Second: true, 5 * time.Millisecond: true, time.Minute: false} {
		ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(in))
		if got := over(ctx); got != want {
			t.Errorf("deadline in %s: %v", in, got)
		}
		cancel()
	}
	if over(context.Background()) {
		t.Error("a run without a deadline is over")
	}
}

// TestNotBegunIsNotCounted: what the run had no time for was no connection, leaves no tape and no evidence, but a gap.
func TestNotBegunIsNotCounted(t *testing.T) {
	p := New(fact.Question{Host: "db.test"}, Settings{Max: 100, Timeout: time.Second, Now: time.Now})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := &fact.Case{}
	todo := []*trial{{variant: fact.Variant{Kind: fact.Repeat, Value: "2"}, addr: netip.MustParseAddrPort("127.0.0.1:1")},
		{variant: fact.Variant{Kind: fact.Repeat, Value: "3"}, addr: netip.MustParseAddrPort("127.0.0.1:1")}}
	p.run(ctx, c, todo)
	if p.Connections() != 0 || len(p.Tapes()) != 0 || len(c.Handshakes) != 0 || len(c.Gaps) != 1 {
		t.Errorf("%d connections, %d tapes, %d handshakes, gaps %v", p.Connections(), len(p.Tapes()), len(c.Handshakes), c.Gaps)
	}
}
