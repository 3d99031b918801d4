package diagnose

import (
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var (
	client  = netip.MustParseAddrPort("192.0.2.9:50000")
	serverA = netip.MustParseAddrPort("192.0.2.1:443")
	serverB = netip.MustParseAddrPort("192.0.2.2:443")
)

// seen is a watched handshake, folded n times.
func seen(server netip.AddrPort, n int, finished fact.Tri, end fact.End) fact.Handshake {
	return fact.Handshake{Ref: fact.Ref{Kind: "capture", At: "packet 4"}, Path: []netip.AddrPort{client, server}, Protocol: "https",
		Client:  &wire.ClientHello{LegacyVersion: wire.TLS12, Versions: []uint16{wire.TLS13, wire.TLS12}, ServerName: "www.example.test"},
		Passive: &fact.Passive{}, Finished: finished, End: end, Seen: fact.Seen{Count: n, First: time.Unix(1700000000, 0)}}
}

func alert(by wire.Side, code uint8, after string) fact.End {
	return fact.End{By: by, How: fact.EndAlert, Alert: code, After: after}
}

func TestWatch(t *testing.T) {
	good := func(s netip.AddrPort, n int) fact.Handshake {
		h := seen(s, n, fact.Yes, fact.End{By: wire.ClientSide, How: fact.EndClosed, After: "server Finished"})
		h.Server = &wire.ServerHello{Version: wire.TLS13, Suite: 0x1301, Renegotiation: true, EMS: true}
		return h
	}
	unknownName := seen(serverA, 7, fact.No, alert(wire.ServerSide, 112, "ClientHello"))
	tests := []struct {
		name    string
		hs      []fact.Handshake
		outcome Outcome
		first   string
		count   int
	}{
		{"all well", []fact.Handshake{good(serverA, 5)}, OK, "", 0},
		{"one server fails always", []fact.Handshake{unknownName, good(serverB, 5)}, Fails, "sni-unknown", 7},
		{"it fails sometimes", []fact.Handshake{unknownName, good(serverA, 5)}, Intermittent, "sni-unknown", 7},
		{"like failures add up", []fact.Handshake{unknownName, seen(serverA, 3, fact.No, alert(wire.ServerSide, 112, "ClientHello"))}, Fails, "sni-unknown", 10},
		{"the server closes after the hello", []fact.Handshake{seen(serverA, 2, fact.No, fact.End{By: wire.ServerSide, How: fact.EndClosed, After: "ClientHello"})}, Fails, "closed-after-hello", 2},
		{"the client leaves", []fact.Handshake{seen(serverA, 1, fact.No, fact.End{By: wire.ClientSide, How: fact.EndReset, After: "ClientHello"})}, OK, "benign-client-abort", 1},
		{"the capture ends", []fact.Handshake{seen(serverA, 1, fact.Unknown, fact.End{After: "ClientHello"})}, OK, "", 0},
	}
	for _, test := range tests {
		d := Watch(&fact.Case{Handshakes: test.hs}, cause.All())
		if d.Outcome != test.outcome {
			t.Errorf("%s: %s, want %s (%v)", test.name, d.Outcome, test.outcome, slugsOf(d.Findings))
		}
		if test.first == "" {
			if len(d.Findings) > 0 {
				t.Errorf("%s: %v", test.name, slugsOf(d.Findings))
			}
			continue
		}
		if len(d.Findings) == 0 || d.Findings[0].Cause.Slug != test.first || d.Findings[0].Count != test.count {
			t.Errorf("%s: %v", test.name, d.Findings)
		}
	}
}

// TestClientAlertsAreReadAsRefusals: what a watched client objects to is told by what it had been shown.
func TestClientAlertsAreReadAsRefusals(t *testing.T) {
	h := seen(serverA, 1, fact.No, alert(wire.ClientSide, 70, "ServerHello"))
	h.Server = &wire.ServerHello{Version: wire.TLS10, Suite: 0xc013}
	d := Watch(&fact.Case{Handshakes: []fact.Handshake{h}}, cause.All())
	if !slices.Contains(slugsOf(d.Findings), "server-too-old") {
		t.Errorf("protocol_version against a TLS 1.0 ServerHello: %v", slugsOf(d.Findings))
	}
}
