package live

import (
	"context"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// early looks again, without a word, at a server that reset the first connection before it said anything: one that hangs up on
// whoever comes closes now, and what our words met was the reset that follows; one that resets whoever comes resets now.
func (g *gathering) early(ctx context.Context, first *fact.Handshake) {
	if first == nil || !mute(first) {
		return
	}
	number, n := g.take(1)
	if n == 0 {
		return
	}
	v := fact.Variant{Kind: fact.Silence, Value: "300ms"}
	t := &trial{variant: v, addr: g.addrs[0], protocol: g.Protocol, name: g.question.Host}
	t.arrange(v)
	h := g.perform(ctx, t, number)
	switch h.End.How {
	case fact.EndClosed:
		g.unprovoked = &fact.End{By: wire.ServerSide, How: fact.EndClosed}
	case fact.EndReset:
		g.unprovoked = &fact.End{By: wire.ServerSide, How: fact.EndReset, After: "tcp"}
	}
	g.amend(first)
}

// mute: the server reset the connection before a byte of its own.
func mute(h *fact.Handshake) bool {
	spoke := h.Said != nil && h.Said.TLS != fact.Unknown
	return h.End.How == fact.EndReset && !spoke && (h.End.After == "preamble" || h.End.After == "ClientHello" || h.End.After == "tcp")
}

// amend gives a handshake the end that the server has for whoever comes.
func (g *gathering) amend(h *fact.Handshake) {
	if g.unprovoked == nil || !mute(h) {
		return
	}
	h.End.How = g.unprovoked.How
	if g.unprovoked.After != "" {
		h.End.After = g.unprovoked.After
	}
}

// settle amends what was met after early had looked, or looks now where only a later handshake met a reset.
func (g *gathering) settle(ctx context.Context, c *fact.Case) {
	for i := range c.Handshakes {
		if g.unprovoked == nil && mute(&c.Handshakes[i]) {
			g.early(ctx, &c.Handshakes[i])
			break
		}
	}
	for _, h := range g.server.Hello {
		g.amend(h)
	}
	for i := range c.Handshakes {
		g.amend(&c.Handshakes[i])
	}
	if l := g.server.Plain; g.unprovoked != nil && l != nil && l.End.How == fact.EndReset {
		l.End.How = g.unprovoked.How
		if g.unprovoked.After != "" {
			l.End.After = g.unprovoked.After
		}
	}
}
