package capture

import (
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// login is the steps of a login as a capture shows them, packet by packet.
func login() []fact.Step {
	c, s := wire.ClientSide, wire.ServerSide
	return []fact.Step{
		{From: c, Name: "PRELOGIN", Packet: 4}, {From: s, Name: "PRELOGIN", Packet: 5}, {From: c, Name: "ClientHello", Packet: 6},
		{From: s, Name: "ServerHello", Packet: 7}, {From: s, Name: "Certificate", Packet: 7}, {From: s, Name: "ServerHelloDone", Packet: 7},
		{From: c, Name: "ClientKeyExchange", Packet: 8}, {From: c, Name: "ChangeCipherSpec", Packet: 8}, {From: c, Name: "encrypted handshake", Packet: 8},
		{From: s, Name: "ChangeCipherSpec", Packet: 9}, {From: s, Name: "encrypted handshake", Packet: 9},
		{From: c, Name: "application data", Packet: 10}, {From: s, Name: "ERROR", Packet: 11},
	}
}

// TestProgress: a login cut off after each of its steps, with the flags that SQLNA prints of such traces.
func TestProgress(t *testing.T) {
	syn := &fact.Passive{SYN: fact.Yes}
	for n, want := range map[int]string{
		0: "S", 1: "S PL", 2: "S PL PR", 3: "S PL PR CH", 4: "S PL PR CH SH", 6: "S PL PR CH SH", 7: "S PL PR CH SH KE",
		9: "S PL PR CH SH KE", 10: "S PL PR CH SH KE CE", 12: "S PL PR CH SH KE CE AD", 13: "S PL PR CH SH KE CE AD ER",
	} {
		h := &fact.Handshake{Protocol: "mssql", Passive: syn, Steps: login()[:n]}
		if got := Progress(h); got != want {
			t.Errorf("%d steps: %q, want %q", n, got, want)
		}
	}
	alone := &fact.Handshake{Protocol: "mssql-strict", Steps: []fact.Step{{From: wire.ClientSide, Name: "ClientHello", Packet: 4},
		{From: wire.ServerSide, Name: "ServerHello", Packet: 5}, {From: wire.ClientSide, Name: "ChangeCipherSpec", Packet: 6}}}
	if got := Progress(alone); got != "CH SH CE" {
		t.Errorf("TDS 8.0: %q", got)
	}
	if got := Progress(&fact.Handshake{Protocol: "https", Passive: syn, Steps: login()}); got != "" {
		t.Errorf("HTTPS: %q", got)
	}
}
