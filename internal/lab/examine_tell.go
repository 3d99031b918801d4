package lab

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// tell notes a connection as evidence.
func (s *session) tell(took time.Duration) {
	if s.turnedAway {
		return
	}
	if s.interview == nil {
		v, err := s.x.begin(addressOf(s.guest.tcp), nil)
		if err != nil {
			return
		}
		s.interview = v
	}
	h := fact.Handshake{Protocol: s.x.config.Protocol.ID, Took: took, Said: said(s.guest.said), Finished: fact.No}
	h.Path = []netip.AddrPort{addrPort(s.guest.tcp.RemoteAddr()), addrPort(s.guest.tcp.LocalAddr())}
	if s.server != nil {
		s.tellTLS(&h)
	}
	h.End = s.howItEnded(&h)
	f := s.interview.asked
	if s.server != nil {
		f.Rule = ruleShown(f, s.server)
	}
	h.Variant = f.Variant()
	s.x.end(s.interview, h)
}

// said is what the preamble told, without the first bytes of who spoke something else.
func said(s fact.Said) *fact.Said {
	s.First = nil
	return &s
}

// tellTLS copies what was said; the hello's bytes are kept with the client, not with every connection.
func (s *session) tellTLS(h *fact.Handshake) {
	f := s.server.Flight()
	h.Client, h.Retry, h.Server, h.Key, h.Public, h.ALPN = s.interview.book.hello, f.Retry, f.Server, f.KeyExchange, f.ClientYc, f.ALPN
	step := func(from wire.Side, present bool, name string) {
		if present {
			h.Steps = append(h.Steps, fact.Step{From: from, Name: name})
		}
	}
	step(wire.ClientSide, f.Client != nil, "ClientHello")
	step(wire.ServerSide, f.Retry != nil, "HelloRetryRequest")
	step(wire.ClientSide, f.SecondClient != nil, "ClientHello")
	step(wire.ServerSide, f.Server != nil, "ServerHello")
	step(wire.ServerSide, f.Certificates != nil, "Certificate")
	step(wire.ServerSide, f.KeyExchange != nil, "ServerKeyExchange")
	step(wire.ClientSide, f.ClientYc != nil, "ClientKeyExchange")
	step(wire.ClientSide, f.Finished[wire.ClientSide], "client Finished")
	step(wire.ClientSide, s.heard > 0, "application data")
	if s.server.Done() {
		h.Finished = fact.Yes
	}
	var alert *wire.PeerAlert
	if errors.As(s.err, &alert) {
		h.Alerts = []fact.Alert{{From: wire.ClientSide, Level: alert.Alert.Level, Code: alert.Alert.Code}}
	}
}

// ruleShown is the rule of the keys under which the client's message opened.
func ruleShown(f fact.Forcing, server *wire.Server) string {
	first, second := fact.RuleStripped, fact.RuleKept
	if f.What == fact.ClientFFDHE && f.Form != fact.RuleStripped {
		first, second = second, first
	}
	if f.What != fact.ClientDHE && f.What != fact.ClientFFDHE {
		return ""
	}
	switch server.Rule() {
	case wire.RuleMain:
		return first
	case wire.RuleAlternative:
		return second
	}
	return ""
}

// howItEnded: a client that finished and left, or how it left before.
func (s *session) howItEnded(h *fact.Handshake) fact.End {
	end := fact.End{By: wire.ClientSide, How: fact.EndCompleted}
	if n := len(h.Steps); n > 0 {
		end.After = h.Steps[n-1].Name
	}
	if s.server == nil {
		end.After = "preamble"
	}
	var alert *wire.PeerAlert
	var local *wire.LocalError
	var other *wire.NotTLSError
	var slow net.Error
	switch {
	case errors.As(s.err, &alert) && alert.Alert.Code != wire.AlertCloseNotify:
		end.How, end.Alert = fact.EndAlert, alert.Alert.Code
	case h.Finished == fact.Yes:
	case errors.As(s.err, &local):
		end.By, end.How, end.Reason, end.Detail = wire.ServerSide, fact.EndLocal, local.Reason, local.Error()
	case errors.As(s.err, &other), errors.Is(s.err, preamble.ErrOther):
		end.How = fact.EndNotTLS
	case errors.Is(s.err, preamble.ErrNoTLS):
		end.How = fact.EndDeclined
	case errors.Is(s.err, syscall.ECONNRESET), errors.Is(s.err, syscall.EPIPE):
		end.How = fact.EndReset
	case errors.Is(s.err, os.ErrDeadlineExceeded), errors.As(s.err, &slow) && slow.Timeout(), errors.Is(s.err, net.ErrClosed):
		end.How = fact.EndTimeout
	default:
		end.How = fact.EndClosed
	}
	end.Detail = strings.ToValidUTF8(end.Detail, "?")
	return end
}

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		p := t.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	return netip.AddrPort{}
}
