package live

import (
	"context"
	"net"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// What Deep examines.
const (
	DeepLeadingZero = "leading-zero" // the rules of TLS_DHE
	DeepAll         = "all"          // what else is rare, or depends on sizes
)

// DeepCost is how many connections Deep makes at most.
func DeepCost(what string) int {
	if what == DeepAll {
		return dheCost + deepAllCost
	}
	return dheCost
}

// DeepUsual is how many connections Deep makes with a right server at one address.
func DeepUsual(what string) int {
	if what == DeepAll {
		return 40
	}
	return 4
}

// DeepTime is how long Deep may take where steps are silent for the time given: a device that swallows messages has each
// round of experiments wait.
func DeepTime(what string, timeout time.Duration) time.Duration {
	if what == DeepAll {
		return (2+maxSingle)*timeout + 20*min(silenced, timeout)
	}
	return 2 * timeout
}

// Deep makes the experiments that bring about at once what chance brings about once in many connections, and adds them
// to the case. It runs whatever the baseline came to; only where that met no TLS at all is there nothing to examine. Its
// connections are its own: Settings.Deep says how many, beside Max.
func (p *Prober) Deep(ctx context.Context, c *fact.Case, what string) {
	why := noTLS(c)
	if why != "" {
		c.Gaps = append(c.Gaps, fact.Gap{What: "what --deep examines", Why: why})
	}
	limit := p.grant()
	p.deepDHE(ctx, c)
	if what == DeepAll && why == "" {
		p.deepAll(ctx, c)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Max = limit + p.used
}

// grant lets no more than Deep's connections be made from now on. What it gives back, with the connections then used
// added, is the limit again as it was.
func (p *Prober) grant() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.Max - p.used
	p.Max = p.used + p.Settings.Deep + p.Settings.DeepEach*max(len(p.addrs)-1, 0)
	return left
}

// noTLS says why no handshake can be made with the server, "" when one can.
func noTLS(c *fact.Case) string {
	if h := c.Base(); h != nil {
		return lacksTLS(h)
	}
	return "there is no address to connect to"
}

// lacksTLS says why a handshake did not come to TLS, "" when it did.
func lacksTLS(h *fact.Handshake) string {
	switch {
	case h.Progress() <= fact.AtTCP:
		return "the address takes no connection"
	case h.End.How == fact.EndDeclined:
		return "the server declines TLS"
	case h.Progress() == fact.AtPreamble:
		return "the connection ends before TLS begins"
	}
	return ""
}

// forcedTrial is an experiment that offers everything we know, for others to narrow down. It bears what a client of
// today refuses: what is examined does not depend on that.
func (p *Prober) forcedTrial(c *fact.Case, f fact.Forcing) *trial {
	t := &trial{variant: f.Variant(), addr: p.subject(c), protocol: p.Protocol, name: p.question.Host, own: p.Own,
		options: preamble.Options{Host: p.question.Host, Instance: p.question.Instance}, also: askNothing}
	t.hello, _, _ = client.Vary(p.Profile, p.target(t), fact.Variant{Kind: fact.Wide, Value: "all"})
	return t
}

// askNothing: once TLS stands, the experiment is over.
func askNothing(context.Context, *exchange, net.Conn) (fact.End, bool) { return fact.End{}, false }

// refusal ends a handshake whose numbers cannot be chosen.
func refusal(reason, detail string) *wire.Refusal {
	return &wire.Refusal{Alert: wire.AlertUserCanceled, Reason: reason, Detail: detail}
}
