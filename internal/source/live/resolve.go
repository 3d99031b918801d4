package live

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Resolver looks names up: addresses through the system (hosts file included) or from the server given alone, the
// CNAME chain always by asking a DNS server.
type Resolver struct {
	Server string // "127.0.0.1:5353"; empty: the system's
	// Config is the system's resolver file, "/etc/resolv.conf" when empty.
	Config string
}

// Lookup resolves a name to addresses. Of a server given the aliases come along; through the system they arrive on
// the channel, which is nil where there can be none. Names that never leave the machine are asked of nobody.
func (r Resolver) Lookup(ctx context.Context, name string) (fact.Host, <-chan aliasAnswer) {
	h := fact.Host{Name: name}
	if a, err := netip.ParseAddr(name); err == nil {
		h.Addrs = []netip.Addr{a.Unmap()}
		return h, nil
	}
	begun := time.Now()
	var aliases chan aliasAnswer
	switch {
	case local(name):
		h.Addrs = loopback(ctx)
	case r.Server != "":
		askServer(ctx, r.Server, &h)
	default:
		aliases = make(chan aliasAnswer, 1)
		go func() { aliases <- r.aliases(context.WithoutCancel(ctx), name) }()
		h.Addrs, h.Error, h.Detail = system(ctx, name)
	}
	h.Took = time.Since(begun)
	return h, aliases
}

// local tells names that never leave the machine (RFC 6761 §6.3).
func local(name string) bool {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}

// loopback is what the hosts file says of localhost, and 127.0.0.1 where it says nothing. The names below localhost
// are the same as it, without a question to DNS (RFC 6761 §6.3).
func loopback(ctx context.Context) []netip.Addr {
	hosts := net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("localhost is not asked of DNS")
	}}
	addrs, err := hosts.LookupNetIP(ctx, "ip", "localhost")
	if err != nil || len(addrs) == 0 {
		return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	}
	return distinct(addrs)
}

// system asks for A and AAAA as the programs of this host do.
func system(ctx context.Context, name string) ([]netip.Addr, string, string) {
	res := net.Resolver{PreferGo: true}
	addrs, err := res.LookupNetIP(ctx, "ip", name)
	if err != nil {
		kind, detail := lookupError(err)
		return nil, kind, detail
	}
	return distinct(addrs), "", ""
}

// distinct unmaps addresses and drops those that came before, in the order given.
func distinct(addrs []netip.Addr) []netip.Addr {
	var out []netip.Addr
	for _, a := range addrs {
		if a = a.Unmap(); !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// lookupError tells a name that is not there from a resolver that does not answer.
func lookupError(err error) (kind, detail string) {
	var d *net.DNSError
	if errors.As(err, &d) && d.IsNotFound {
		return "not-found", d.Err
	}
	if errors.As(err, &d) {
		return "unavailable", d.Err
	}
	return "unavailable", err.Error()
}
