package capture

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// TestUnanswered: connections that die before their first byte are told where they matter.
func TestUnanswered(t *testing.T) {
	client, server := goConfigs(t, tls.VersionTLS12)
	spoke := whole(40000, goTLS(t, client, server, 10), 1400)
	late := whole(40001, nil, 1400)
	for i := range late.pkts {
		late.pkts[i].at += 30 * time.Second
	}
	for name, c := range map[string]struct {
		port uint16
		play func(s *session)
		want string
	}{
		"refused":               {443, func(s *session) { s.add(wire.ClientSide, flagSYN, nil); s.add(wire.ServerSide, flagRST|flagACK, nil) }, "https server refused tcp"},
		"refused, nobody known": {444, func(s *session) { s.add(wire.ClientSide, flagSYN, nil); s.add(wire.ServerSide, flagRST|flagACK, nil) }, ""},
		"refused, a database":   {1433, func(s *session) { s.add(wire.ClientSide, flagSYN, nil); s.add(wire.ServerSide, flagRST|flagACK, nil) }, "mssql server refused tcp"},
		"silent": {443, func(s *session) {
			for range 3 {
				s.next[wire.ClientSide] = isnClient
				s.add(wire.ClientSide, flagSYN, nil)
			}
		}, "https server timeout tcp"},
		"one SYN":            {443, func(s *session) { s.add(wire.ClientSide, flagSYN, nil) }, ""},
		"closed at once":     {443, func(s *session) { s.open(); s.close(wire.ServerSide) }, "https server FIN tcp"},
		"client looked only": {443, func(s *session) { s.open(); s.close(wire.ClientSide) }, ""},
	} {
		s := newSession(40002)
		if c.port != 443 {
			s.server = netip.AddrPortFrom(serverAddr, c.port)
		}
		c.play(s)
		res := readOne(t, pcap(noSnap, spoke, s, late), Options{Conversations: true})
		got := ""
		for _, h := range res.Handshakes {
			if h.Path[0].Port() == 40002 {
				got = fmt.Sprint(h.Protocol, " ", h.End.By, " ", h.End.How, " ", h.End.After)
				if h.Finished != fact.No || len(h.Steps) != 0 {
					t.Errorf("%s: %+v", name, h)
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
