package live

import (
	"context"
	"slices"
	"sync"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
)

// Gather learns of the target what predictions need: what each shape of hello meets, one connection each, the first of the list
// first, and how a login in plain text is answered. User logs in without password, "" is a name that nobody has. A server that takes no
// connection, or ends every preamble in the same way, is asked once. Shapes that the connections left do not cover, and names
// that cannot be resolved, become gaps of c; the handshakes are added to c.
func (p *Prober) Gather(ctx context.Context, c *fact.Case, shapes []client.Behaviour, user string) *client.Server {
	g := &gathering{Prober: p, user: user, server: &client.Server{Hello: map[string]*fact.Handshake{}}}
	if g.user == "" {
		g.user = knocker
	}
	p.resolve(ctx, c)
	if len(p.addrs) == 0 || p.question.Instance != "" && p.addrs[0].Port() == 0 && !p.browse(ctx, c) {
		return g.server
	}
	if len(shapes) > 0 {
		g.hellos(ctx, c, shapes[:1])
		g.early(ctx, last(c))
	}
	switch first := last(c); {
	case first != nil && first.End.After == "tcp":
		g.server.Plain = &client.Login{End: first.End}
		g.likewise(shapes, first, func(client.Behaviour) bool { return true })
		g.settle(ctx, c)
		return g.server
	case first != nil && first.End.After == "preamble":
		g.likewise(shapes, first, func(b client.Behaviour) bool { return b.TLS != client.TLSDirect })
	}
	g.knock(ctx)
	g.hellos(ctx, c, g.untried(shapes))
	g.weigh(c)
	g.settle(ctx, c)
	g.aliasesOf(ctx, c)
	return g.server
}

// aliasesOf waits for the CNAME chain where a certificate is for another name.
func (g *gathering) aliasesOf(ctx context.Context, c *fact.Case) {
	base := slices.IndexFunc(c.Handshakes, func(h fact.Handshake) bool { return h.Verdict.Find(fact.NameMismatch) != nil })
	if len(c.Handshakes) == 0 {
		return
	}
	h := c.Handshakes[max(base, 0)]
	h.Variant = fact.Variant{}
	told := fact.Case{Hosts: c.Hosts, Handshakes: []fact.Handshake{h}, Gaps: c.Gaps}
	g.learnAliases(ctx, &told)
	c.Hosts, c.Gaps = told.Hosts, told.Gaps
}

// gathering is one run of Gather.
type gathering struct {
	*Prober
	user       string
	mu         sync.Mutex // of server.Sealed and server.Uncertified
	server     *client.Server
	unprovoked *fact.End // how the server ends connections on which nothing was said; nil: not looked, or it does not
}

// likewise takes one end for every shape that would have met the same.
func (g *gathering) likewise(shapes []client.Behaviour, h *fact.Handshake, same func(client.Behaviour) bool) {
	for _, b := range shapes {
		if g.server.Hello[b.Shape()] == nil && same(b) {
			g.server.Hello[b.Shape()] = h
		}
	}
}

func (g *gathering) untried(shapes []client.Behaviour) []client.Behaviour {
	var out []client.Behaviour
	for _, b := range shapes {
		if g.server.Hello[b.Shape()] == nil {
			out = append(out, b)
		}
	}
	return out
}

// hellos makes the handshakes side by side, as many as are left.
func (g *gathering) hellos(ctx context.Context, c *fact.Case, shapes []client.Behaviour) {
	first, n := g.take(len(shapes))
	if n < len(shapes) {
		c.Gaps = append(c.Gaps, fact.Gap{What: "the hello " + shapes[n].Shape() + " and those after it", Why: "no connection was left for them"})
	}
	out := make([]fact.Handshake, n)
	slots := make(chan struct{}, 8)
	var wg sync.WaitGroup
	for i, b := range shapes[:n] {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			g.tell(fact.Variant{Kind: fact.HelloShape, Value: b.Shape()})
			out[i] = g.perform(ctx, g.trialOf(b), first+i)
		})
	}
	wg.Wait()
	for i := range out {
		h := out[i]
		c.Handshakes = append(c.Handshakes, h)
		g.server.Hello[shapes[i].Shape()] = &h
	}
}

// trialOf is the handshake of one behaviour, made without its limits: what it would refuse is judged afterwards.
func (g *gathering) trialOf(b client.Behaviour) *trial {
	t := &trial{variant: fact.Variant{Kind: fact.HelloShape, Value: b.Shape()}, addr: g.addrs[0], protocol: g.Protocol, name: g.question.Host,
		own: g.Own, options: preamble.Options{Host: g.question.Host, Instance: g.question.Instance}}
	if other := preamble.ByID(g.begins(b)); other != nil {
		t.protocol = *other
	}
	target := client.Target{Name: b.ServerName(g.named()), ALPN: t.protocol.ALPN}
	if len(b.ALPN) > 0 {
		target.ALPN = b.ALPN
	}
	if len(b.ALPN) == 1 && b.ALPN[0] == "none" {
		target.ALPN = nil
	}
	t.hello = b.Profile.Hello(target)
	if g.knocks() {
		t.also = g.askSealed
	}
	return t
}

// begins names the protocol in which a behaviour begins where that is not the target's: TLS from the first byte, or PRELOGIN before it at a
// server that wants TDS 8.0; "" or an unknown ID: the target's own.
func (g *gathering) begins(b client.Behaviour) string {
	switch id := g.Protocol.ID; {
	case id == "mssql" && b.TLS == client.TLSDirect:
		return "mssql-strict"
	case id == "mssql-strict" && b.TLS != client.TLSDirect:
		return "mssql"
	case b.TLS == client.TLSDirect:
		return id + "-direct"
	}
	return ""
}

// named is the server name to send, by the question.
func (g *gathering) named() string {
	switch g.question.SNI {
	case "":
		return g.question.Host
	case "none":
		return ""
	}
	return g.question.SNI
}

// last is the handshake made last, or nil.
func last(c *fact.Case) *fact.Handshake {
	if len(c.Handshakes) == 0 {
		return nil
	}
	return &c.Handshakes[len(c.Handshakes)-1]
}
