package live

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
)

// maxAddresses is how many addresses of one name are tried.
const maxAddresses = 4

// Begin gathers the first evidence: addresses and aliases of the name, the instance's port, and one unchanged
// handshake with each address. Everything it learns or misses goes into the case, which holds none yet.
func (p *Prober) Begin(ctx context.Context, c *fact.Case) {
	p.resolve(ctx, c)
	if len(p.addrs) == 0 {
		return
	}
	if p.question.Instance != "" && p.addrs[0].Port() == 0 && !p.browse(ctx, c) {
		return
	}
	var todo []*trial
	for i, addr := range p.addrs {
		v := fact.Variant{}
		if i > 0 {
			v = fact.Variant{Kind: fact.Address, Value: addr.String()}
		}
		if t, ok := p.trial(addr, v); ok {
			todo = append(todo, t)
		}
	}
	p.run(ctx, c, todo)
	p.promote(c)
	p.learnAliases(ctx, c)
}

// learnAliases takes the CNAME chain that was asked for beside the handshakes. It is waited for only when the
// certificate carries another name: nobody should wait for a slow resolver without need.
func (p *Prober) learnAliases(ctx context.Context, c *fact.Case) {
	if p.aliases == nil || len(c.Hosts) == 0 {
		return
	}
	host := &c.Hosts[0]
	wait := time.Millisecond
	if base := c.Base(); base != nil && base.Verdict.Find(fact.NameMismatch) != nil {
		wait = min(silenced, p.Timeout)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	select {
	case a := <-p.aliases:
		host.Aliases = a.chain
		if a.err != nil {
			c.Gaps = append(c.Gaps, fact.Gap{What: "the alias (CNAME) chain of " + host.Name, Why: a.err.Error()})
		}
	case <-ctx.Done():
		c.Gaps = append(c.Gaps, fact.Gap{What: "the alias (CNAME) chain of " + host.Name, Why: "no DNS answer in time"})
	}
	p.aliases = nil
}

// resolve fills p.addrs.
func (p *Prober) resolve(ctx context.Context, c *fact.Case) {
	name, port := p.question.Host, p.question.Port
	if p.Connect != "" {
		name = p.Connect
		if h, s, err := net.SplitHostPort(p.Connect); err == nil {
			n, err := strconv.ParseUint(s, 10, 16)
			if err == nil {
				name, port = h, uint16(n)
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, min(p.Timeout, 5*time.Second))
	defer cancel()
	host, aliases := p.Resolver.Lookup(ctx, name)
	p.aliases = aliases
	p.choose(c, &host, port)
	c.Hosts = append(c.Hosts, host)
}

// choose takes the addresses of the family asked for, as many as are tried.
func (p *Prober) choose(c *fact.Case, host *fact.Host, port uint16) {
	left := 0
	for _, a := range host.Addrs {
		switch {
		case p.Family == 4 && !a.Is4() || p.Family == 6 && !a.Is6():
		case len(p.addrs) == maxAddresses:
			left++
		default:
			p.addrs = append(p.addrs, netip.AddrPortFrom(a, port))
		}
	}
	if left > 0 {
		c.Gaps = append(c.Gaps, fact.Gap{What: fmt.Sprintf("%d more addresses of %s", left, host.Name),
			Why: fmt.Sprintf("only %d are tried", maxAddresses)})
	}
	if len(host.Addrs) > 0 && len(p.addrs) == 0 {
		c.Gaps = append(c.Gaps, fact.Gap{What: fmt.Sprintf("an IPv%d address of %s", p.Family, host.Name), Why: "the name has none"})
		host.Error, host.Detail = "not-found", fmt.Sprintf("no IPv%d address", p.Family)
	}
}

// browse asks SQL Browser for the instance's port.
func (p *Prober) browse(ctx context.Context, c *fact.Case) bool {
	host := &c.Hosts[len(c.Hosts)-1]
	ctx, cancel := context.WithTimeout(ctx, min(silenced, p.Timeout))
	defer cancel()
	server := netip.AddrPortFrom(p.addrs[0].Addr(), preamble.BrowserPort).String()
	list, err := preamble.AskBrowser(ctx, server, p.question.Instance)
	host.Instances, host.Browser = list, fact.Is(err == nil)
	if err != nil {
		host.Detail = plain(err)
	}
	for _, in := range list {
		if strings.EqualFold(in.Name, p.question.Instance) && in.Port != 0 {
			for i := range p.addrs {
				p.addrs[i] = netip.AddrPortFrom(p.addrs[i].Addr(), in.Port)
			}
			return true
		}
	}
	return false
}

// promote makes the first address that accepted a connection the baseline: clients go on to the next address when
// one does not answer (RFC 8305), so that is the one a user meets.
func (p *Prober) promote(c *fact.Case) {
	n := len(c.Handshakes)
	for i := range c.Handshakes {
		if c.Handshakes[i].Progress() > fact.AtTCP {
			n = i
			break
		}
	}
	if n == 0 || n == len(c.Handshakes) {
		return
	}
	p.rename(c, 0, fact.Variant{Kind: fact.Address, Value: c.Handshakes[0].ServerAddr().String()})
	p.rename(c, n, fact.Variant{})
}

// rename gives another variant to one of the first handshakes, and to its recording.
func (p *Prober) rename(c *fact.Case, i int, v fact.Variant) {
	c.Handshakes[i].Variant, c.Handshakes[i].Ref.Name = v, v.String()
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tapes[i+1]
	t.Variant = v
	p.tapes[i+1] = t
}
