package live

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A trial is one experiment made ready: everything a connection needs, with one thing changed.
type trial struct {
	variant  fact.Variant
	addr     netip.AddrPort
	protocol preamble.Protocol
	options  preamble.Options
	hello    wire.Hello
	limits   client.Limits
	name     string // verified against the certificate
	own      *wire.ClientCertificate
	segment  int
	silence  time.Duration
	patience time.Duration                                               // how long it may take; 0: as long as any
	deal     dealing                                                     // how the hello is written
	ticket   bool                                                        // read on for the session ticket
	force    func(*wire.ClientConfig)                                    // chooses numbers that are otherwise left to chance; may be nil
	also     func(context.Context, *exchange, net.Conn) (fact.End, bool) // asked once TLS stands, instead of ask; true: the server refuses
}

// trial applies a variant; false means it would change nothing.
func (p *Prober) trial(addr netip.AddrPort, v fact.Variant) (*trial, bool) {
	t := &trial{variant: v, addr: addr, protocol: p.Protocol, name: p.question.Host, own: p.Own,
		options: preamble.Options{Host: p.question.Host, Instance: p.question.Instance}}
	t.ticket = p.question.Repeat > 1 && (v.Kind == fact.Baseline || v.Kind == fact.Address || v.Kind == fact.Repeat)
	changed := t.arrange(v)
	hello, limits, varied := client.Vary(p.Profile, p.target(t), v)
	t.hello, t.limits = hello, limits
	if v.Kind == fact.Own {
		changed, t.own = p.Own != nil, nil
	}
	return t, changed && varied
}

// arrange applies the part of a variant that is not about the hello.
func (t *trial) arrange(v fact.Variant) bool {
	switch v.Kind {
	case fact.Address:
		a, err := netip.ParseAddrPort(v.Value)
		t.addr = a
		return err == nil
	case fact.Name:
		same := t.name == v.Value
		t.name, t.options.Host = v.Value, v.Value
		return !same
	case fact.Preamble:
		return t.begin(v.Value)
	case fact.Segment:
		n, err := strconv.Atoi(v.Value)
		t.segment = n
		return err == nil
	case fact.Silence:
		d, err := time.ParseDuration(v.Value)
		t.silence = d
		return err == nil
	}
	return true
}

// begin changes the protocol spoken before TLS.
func (t *trial) begin(how string) bool {
	if how == "proxy-header" {
		t.protocol = preamble.WithProxyHeader(t.protocol)
		return true
	}
	proto := preamble.ByID(how)
	if proto == nil || proto.ID == t.protocol.ID {
		return false
	}
	t.protocol = *proto
	return true
}

// target is what the profile's hello depends on.
func (p *Prober) target(t *trial) client.Target {
	name := t.name
	switch {
	case p.question.SNI == "none" && t.variant.Kind != fact.Name:
		name = ""
	case p.question.SNI != "" && t.variant.Kind != fact.Name:
		name = p.question.SNI
	}
	if _, err := netip.ParseAddr(name); err == nil {
		name = "" // RFC 6066 §3: literal addresses are not permitted
	}
	return client.Target{Name: name, ALPN: t.protocol.ALPN}
}
