package fact

import (
	"net/netip"
	"testing"

	"github.com/tlswhy/tlswhy/internal/wire"
)

var (
	one = []netip.AddrPort{netip.MustParseAddrPort("192.0.2.9:50000"), netip.MustParseAddrPort("192.0.2.1:443")}
	two = []netip.AddrPort{netip.MustParseAddrPort("192.0.2.9:50001"), netip.MustParseAddrPort("192.0.2.2:443")}
)

func good(v Variant, path []netip.AddrPort) Handshake {
	return Handshake{Variant: v, Path: path, Client: &wire.ClientHello{}, Server: &wire.ServerHello{}, Finished: Yes, End: End{How: EndCompleted}}
}

func bad(v Variant, path []netip.AddrPort) Handshake {
	return Handshake{Variant: v, Path: path, Client: &wire.ClientHello{}, Finished: No, End: End{How: EndClosed, After: "ClientHello"}}
}

func unreached(v Variant, path []netip.AddrPort) Handshake {
	return Handshake{Variant: v, Path: path[1:], Finished: No, End: End{How: EndRefused, After: "tcp"}}
}

func TestProgress(t *testing.T) {
	tests := []struct {
		name string
		h    Handshake
		want Progress
	}{
		{"no address", Handshake{End: End{After: "dns"}}, AtDNS},
		{"refused", Handshake{End: End{After: "tcp"}}, AtTCP},
		{"declined", Handshake{End: End{After: "preamble"}}, AtPreamble},
		{"hello sent", Handshake{Client: &wire.ClientHello{}}, AtHello},
		{"asked again", Handshake{Client: &wire.ClientHello{}, Retry: &wire.ServerHello{}}, AtServerHello},
		{"certificate came", Handshake{Client: &wire.ClientHello{}, Server: &wire.ServerHello{}, Chain: &Chain{Certificates: make([]Certificate, 1)}}, AtCertificate},
		{"server done", Handshake{Client: &wire.ClientHello{}, End: End{After: "ServerHelloDone"}}, AtKeyExchange},
		{"refused afterwards", Handshake{Finished: Yes, End: End{How: EndAlert}}, AtFinished},
		{"done", Handshake{Finished: Yes, End: End{How: EndCompleted}}, AtDone},
	}
	last := Progress(-1)
	for _, test := range tests {
		got := test.h.Progress()
		if got != test.want || got <= last {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
		last = got
	}
}

func TestBase(t *testing.T) {
	again, other := Variant{Kind: Repeat, Value: "2"}, Variant{Kind: Address, Value: "192.0.2.2:443"}
	tests := []struct {
		name  string
		hs    []Handshake
		want  int // index
		mixed bool
	}{
		{"all well", []Handshake{good(Variant{}, one), good(other, two)}, 0, false},
		{"the first fails", []Handshake{bad(Variant{}, one)}, 0, false},
		{"a repeat fails", []Handshake{good(Variant{}, one), bad(again, one)}, 1, true},
		{"another address fails", []Handshake{good(Variant{}, one), bad(other, two)}, 1, false},
		{"an address takes no connection, the other works", []Handshake{unreached(other, two), good(Variant{}, one)}, 1, false},
		{"an address takes no connection, the other fails", []Handshake{unreached(other, two), bad(Variant{}, one)}, 1, false},
		{"none takes a connection", []Handshake{unreached(Variant{}, one), unreached(other, two)}, 0, false},
		{"an experiment is not to be explained", []Handshake{good(Variant{}, one), bad(Variant{Kind: Wide}, one)}, 0, false},
	}
	for _, test := range tests {
		c := &Case{Handshakes: test.hs}
		if got := c.Base(); got != &c.Handshakes[test.want] {
			t.Errorf("%s: %+v", test.name, got)
		}
		if c.Mixed() != test.mixed {
			t.Errorf("%s: mixed %v", test.name, c.Mixed())
		}
	}
	if (&Case{}).Base() != nil {
		t.Error("an empty case has nothing to explain")
	}
}

func TestTold(t *testing.T) {
	watched := func(f Tri, how How, after string, alert uint8) Handshake {
		return Handshake{Client: &wire.ClientHello{}, Passive: &Passive{}, Finished: f, End: End{How: how, After: after, Alert: alert}}
	}
	tests := []struct {
		name string
		h    Handshake
		want Tri
	}{
		{"our own that worked", good(Variant{}, one), Yes},
		{"our own that failed", bad(Variant{}, one), No},
		{"watched to the end", watched(Yes, EndClosed, "server Finished", 0), Yes},
		{"refused for want of a certificate", watched(Yes, EndAlert, "client Finished", 116), No},
		{"a polite good-bye", watched(Yes, EndAlert, "client Finished", 0), Yes},
		{"broken off", watched(No, EndReset, "ClientHello", 0), No},
		{"the capture ends", watched(Unknown, "", "ServerHello", 0), Unknown},
	}
	for _, test := range tests {
		if got := test.h.Told(); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestVerdictWithout(t *testing.T) {
	v := &Verdict{Problems: []Problem{{Kind: NameMismatch, Fatal: true}, {Kind: LeafExpired, Fatal: true}, {Kind: OrderWrong}}}
	if v.OK() || v.Without(NameMismatch) || !v.Without(NameMismatch, LeafExpired) {
		t.Error("two fatal problems: neither alone is enough, both are")
	}
	var none *Verdict
	if !none.OK() || none.Find(NameMismatch) != nil {
		t.Error("no verdict refuses nothing")
	}
}
