package lab

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// A zone is what a resolver of the lab knows. Names end without a dot.
type zone struct {
	Addrs   map[string][]net.IP
	Aliases map[string]string // CNAME
	// Rcode answers every question with this code when it is not 0.
	Rcode int
	// Silent answers nothing at all.
	Silent bool
	port   int // to listen on; 0: a free one
}

// A resolver answers from one zone, over UDP and TCP on the same port.
type resolver struct {
	address string
	close   func()
}

// openResolver starts a resolver on ip.
func openResolver(ctx context.Context, ip net.IP, z zone) (*resolver, error) {
	packets, listener, err := pairOfPorts(ctx, ip, z.port)
	if err != nil {
		return nil, fmt.Errorf("opening a resolver: %w", err)
	}
	handler := dns.HandlerFunc(z.answer)
	servers := []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: listener, Handler: handler}}
	var busy sync.WaitGroup
	for _, s := range servers {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		busy.Go(func() { s.ActivateAndServe() })
		<-started
	}
	stop := sync.OnceFunc(func() {
		for _, s := range servers {
			s.Shutdown()
		}
		busy.Wait()
	})
	end := context.AfterFunc(ctx, stop)
	return &resolver{address: packets.LocalAddr().String(), close: func() { end(); stop() }}, nil
}

// pairOfPorts binds UDP and TCP to one port, 0 for any; then a few tries, as the kernel chooses the first without regard
// to the other.
func pairOfPorts(ctx context.Context, ip net.IP, port int) (net.PacketConn, net.Listener, error) {
	var config net.ListenConfig
	var err error
	for range 8 {
		var packets net.PacketConn
		if packets, err = config.ListenPacket(ctx, "udp", onPort(ip, port)); err != nil {
			return nil, nil, err
		}
		var listener net.Listener
		if listener, err = config.Listen(ctx, "tcp", packets.LocalAddr().String()); err == nil {
			return packets, listener, nil
		}
		packets.Close()
	}
	return nil, nil, err
}

// answer answers one question.
func (z zone) answer(w dns.ResponseWriter, ask *dns.Msg) {
	if z.Silent {
		return
	}
	m := new(dns.Msg).SetReply(ask)
	m.RecursionAvailable = true
	if z.Rcode != dns.RcodeSuccess || len(ask.Question) != 1 {
		m.Rcode = max(z.Rcode, dns.RcodeServerFailure)
		w.WriteMsg(m)
		return
	}
	known := z.fill(m, ask.Question[0])
	if !known {
		m.Rcode = dns.RcodeNameError
	}
	w.WriteMsg(m)
}

// fill follows the aliases of a name and adds its addresses; it tells whether the name exists.
func (z zone) fill(m *dns.Msg, q dns.Question) bool {
	name := strings.ToLower(strings.TrimSuffix(q.Name, "."))
	known := false
	for range 8 { // a loop of aliases ends
		target, ok := z.Aliases[name]
		if !ok {
			break
		}
		m.Answer = append(m.Answer, &dns.CNAME{Hdr: header(name, dns.TypeCNAME), Target: dns.Fqdn(target)})
		name, known = target, true
	}
	addrs, ok := z.Addrs[name]
	for _, ip := range addrs {
		if rr := record(name, q.Qtype, ip); rr != nil {
			m.Answer = append(m.Answer, rr)
		}
	}
	return known || ok
}

// record is the A or AAAA record of ip, or nil when the question was for the other kind.
func record(name string, kind uint16, ip net.IP) dns.RR {
	v4 := ip.To4()
	switch {
	case kind == dns.TypeA && v4 != nil:
		return &dns.A{Hdr: header(name, dns.TypeA), A: v4}
	case kind == dns.TypeAAAA && v4 == nil:
		return &dns.AAAA{Hdr: header(name, dns.TypeAAAA), AAAA: ip}
	}
	return nil
}

func header(name string, kind uint16) dns.RR_Header {
	return dns.RR_Header{Name: dns.Fqdn(name), Rrtype: kind, Class: dns.ClassINET, Ttl: 30}
}
