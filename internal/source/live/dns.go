package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"github.com/tlswhy/tlswhy/internal/fact"
)

const (
	// maxAliases bounds a CNAME chain (RFC 1034 asks for none at all; loops exist).
	maxAliases = 16
	// maxAnswers bounds the addresses kept of one answer.
	maxAnswers = 64
	// dnsPatience is how long one question waits for its answer, and dnsTries how often it is put: datagrams get lost.
	dnsPatience = 2 * time.Second
	dnsTries    = 2
)

type aliasAnswer struct {
	chain []string
	err   error
}

// aliases follows the CNAME records of a name. An answer that leaves them unknown is an error.
func (r Resolver) aliases(ctx context.Context, name string) aliasAnswer {
	server, err := r.server()
	if err != nil {
		return aliasAnswer{err: err}
	}
	answer, err := query(ctx, server, name, dns.TypeA)
	if err != nil {
		return aliasAnswer{err: errors.New("no DNS answer: " + plain(err))}
	}
	chain := aliasesOf(name, answer)
	if answer.Rcode != dns.RcodeSuccess && len(chain) == 0 {
		return aliasAnswer{err: fmt.Errorf("the DNS server answers %s", rcodeName(answer.Rcode))}
	}
	return aliasAnswer{chain: chain}
}

func rcodeName(code int) string {
	if name, ok := dns.RcodeToString[code]; ok {
		return name
	}
	return fmt.Sprintf("response code %d", code)
}

func (r Resolver) server() (string, error) {
	if r.Server != "" {
		return r.Server, nil
	}
	file := r.Config
	if file == "" {
		file = "/etc/resolv.conf"
	}
	cfg, err := dns.ClientConfigFromFile(file)
	if err != nil {
		return "", errors.New("the system's resolver file cannot be read")
	}
	if len(cfg.Servers) == 0 {
		return "", errors.New("the system names no DNS server")
	}
	return net.JoinHostPort(cfg.Servers[0], cfg.Port), nil
}

// A reply is a DNS server's answer to one question, or why there is none.
type reply struct {
	msg *dns.Msg
	err error
}

// askServer asks one DNS server for A and AAAA and fills in addresses and aliases, or the error. Neither hosts file
// nor search list play a part: the server was named to be asked for just this name.
func askServer(ctx context.Context, server string, h *fact.Host) {
	if _, ok := dns.IsDomainName(h.Name); !ok {
		h.Error, h.Detail = "not-found", "no DNS name can be like that"
		return
	}
	kinds := [2]uint16{dns.TypeAAAA, dns.TypeA}
	var replies [len(kinds)]reply
	var wg sync.WaitGroup
	for i, kind := range kinds {
		wg.Go(func() { replies[i].msg, replies[i].err = query(ctx, server, h.Name, kind) })
	}
	wg.Wait()
	var addrs []netip.Addr
	for _, r := range replies {
		if r.err != nil {
			continue
		}
		addrs = append(addrs, addresses(r.msg)...)
		if chain := aliasesOf(h.Name, r.msg); len(chain) > len(h.Aliases) {
			h.Aliases = chain
		}
	}
	if h.Addrs = usableFirst(distinct(addrs)); len(h.Addrs) == 0 {
		h.Error, h.Detail = nowhere(replies[:])
	}
}

// query puts one question over UDP, again when no answer comes, and over TCP when the answer was cut.
func query(ctx context.Context, server, name string, kind uint16) (*dns.Msg, error) {
	m := new(dns.Msg)
	m.SetQuestion(dns.Fqdn(name), kind)
	var answer *dns.Msg
	var err error
	for range dnsTries {
		c := dns.Client{Timeout: dnsPatience, UDPSize: dns.DefaultMsgSize} // some servers send more than was asked for
		answer, _, err = c.ExchangeContext(ctx, m, server)
		if err == nil || ctx.Err() != nil || !timedOut(err) {
			break
		}
	}
	if err != nil || !answer.Truncated {
		return answer, err
	}
	c := dns.Client{Timeout: dnsPatience, Net: "tcp"}
	if whole, _, tcpErr := c.ExchangeContext(ctx, m, server); tcpErr == nil {
		return whole, nil
	}
	return answer, nil
}

// addresses are those of an answer, at most maxAnswers.
func addresses(m *dns.Msg) []netip.Addr {
	var out []netip.Addr
	for _, rr := range m.Answer {
		var ip net.IP
		switch rr := rr.(type) {
		case *dns.A:
			ip = rr.A
		case *dns.AAAA:
			ip = rr.AAAA
		}
		if a, ok := netip.AddrFromSlice(ip); ok && len(out) < maxAnswers {
			out = append(out, a.Unmap())
		}
	}
	return out
}

// aliasesOf is the CNAME chain in an answer, without the name itself, the canonical name last. A chain that leads
// back to a name it has passed ends there.
func aliasesOf(name string, m *dns.Msg) []string {
	next := make(map[string]string)
	for _, rr := range m.Answer {
		if cn, ok := rr.(*dns.CNAME); ok {
			next[strings.ToLower(cn.Hdr.Name)] = cn.Target
		}
	}
	var chain []string
	for at := strings.ToLower(dns.Fqdn(name)); len(chain) < maxAliases; {
		target, ok := next[at]
		if !ok {
			break
		}
		delete(next, at)
		chain = append(chain, strings.TrimSuffix(target, "."))
		at = strings.ToLower(target)
	}
	return chain
}

// nowhere says why there is no address. Not found is said only when each answer says so: one that failed may have
// held an address.
func nowhere(replies []reply) (kind, detail string) {
	for _, r := range replies {
		switch {
		case timedOut(r.err):
			return "unavailable", "no answer in time"
		case r.err != nil:
			return "unavailable", plain(r.err)
		case r.msg.Rcode != dns.RcodeSuccess && r.msg.Rcode != dns.RcodeNameError:
			return "unavailable", "the server answers " + rcodeName(r.msg.Rcode)
		}
	}
	return "not-found", "no such host"
}

// usableFirst puts addresses first to which this host has a way, and IPv6 before IPv4 among them, as RFC 6724 §6
// rules 1 and 6 have it. Connecting a datagram socket sends nothing.
func usableFirst(addrs []netip.Addr) []netip.Addr {
	rank := func(a netip.Addr) int {
		c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(a, 9)))
		if err != nil {
			return 2
		}
		c.Close()
		if a.Is4() {
			return 1
		}
		return 0
	}
	ranks := make(map[netip.Addr]int, len(addrs))
	for _, a := range addrs {
		ranks[a] = rank(a)
	}
	slices.SortStableFunc(addrs, func(a, b netip.Addr) int { return ranks[a] - ranks[b] })
	return addrs
}
