package report

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

func TestSpark(t *testing.T) {
	if got := spark([]uint32{0, 1, 50, 100}); got != "▁▂▄█" {
		t.Error(got)
	}
}

// failure is a watched handshake that its server refused.
func failure(server string, at time.Time, perMinute ...uint32) fact.Handshake {
	n := 0
	for _, m := range perMinute {
		n += int(m)
	}
	return fact.Handshake{Ref: fact.Ref{Kind: "capture", At: "packet 4", Name: "a.pcap"}, Protocol: "https",
		Path:     []netip.AddrPort{netip.MustParseAddrPort("192.0.2.9:50000"), netip.MustParseAddrPort(server)},
		Client:   &wire.ClientHello{LegacyVersion: wire.TLS12, Versions: []uint16{wire.TLS13, wire.TLS12}, ServerName: "www.example.test", Signatures: []uint16{0x0804}},
		Alerts:   []fact.Alert{{From: wire.ServerSide, Level: 2, Code: 112, After: "ClientHello"}},
		Steps:    []fact.Step{{From: wire.ClientSide, Name: "ClientHello", Packet: 4, At: time.Millisecond}},
		Passive:  &fact.Passive{Index: 1, First: 1, Last: 9, Start: at, JA4: "t13d", Resumed: fact.No, Closes: []fact.Close{{By: wire.ServerSide, How: fact.EndClosed, Packet: 6}}},
		Finished: fact.No, End: fact.End{By: wire.ServerSide, How: fact.EndAlert, Alert: 112, After: "ClientHello"},
		Seen: fact.Seen{Count: n, First: at, Last: at.Add(time.Minute), PerMinute: perMinute}}
}

func TestTimeline(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 12, 30, 0, time.UTC)
	list := []fact.Handshake{failure("192.0.2.1:443", at, 1, 0, 4), failure("192.0.2.1:443", at.Add(time.Minute), 2), failure("192.0.2.2:443", at, 9)}
	got := timeline(list, "192.0.2.1:443")
	if !strings.HasSuffix(got, "failures per minute from 2026-11-21 09:12 UTC") || !strings.HasPrefix(got, "▂▄█ ") {
		t.Error(got)
	}
	if got := timeline(list, "192.0.2.2:443"); got != "" {
		t.Errorf("a single minute needs no line: %q", got)
	}
}

// TestWatchedReport: worst server first, counts by client, JSON that fits the schema, words in place of addresses.
func TestWatchedReport(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 12, 30, 0, time.UTC)
	named := failure("192.0.2.1:443", at, 1, 2)
	named.Path = []netip.AddrPort{netip.AddrPortFrom(netip.IPv6Unspecified().WithZone("<Application IP>"), 62702), netip.AddrPortFrom(netip.IPv6Unspecified().WithZone("<Server IP>"), 1433)}
	c := &fact.Case{Question: fact.Question{Target: "a.pcap"}, Handshakes: []fact.Handshake{failure("192.0.2.2:443", at, 1), named}}
	r := BuildWatched(c, diagnose.Watch(c, cause.All()), Traffic{Names: []string{"a.pcap"}, Packets: 1234567})
	conforms(t, r)
	if d := r.Handshakes[0].Details; d == nil || d.VersionsOffered[0] != "TLS1.3" || d.Resumed != "no" || d.Closes[0].Packet != 6 {
		t.Errorf("details %+v", d)
	}
	var out bytes.Buffer
	if err := Text(&out, r, Style{}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, part := range []string{"1,234,567 packets", "2 servers with failures", "<Server IP>:1433", "from <Application IP>", "failures per minute", "failures from 2026-11-21 09:12:30", "frame.number in {"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
	if strings.Index(text, "<Server IP>:1433") > strings.Index(text, "192.0.2.2:443") {
		t.Errorf("the server with more failures comes first:\n%s", text)
	}
}
