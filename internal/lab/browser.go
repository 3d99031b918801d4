package lab

import (
	"context"
	"fmt"
	"net"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
)

// otherInstances is a SQL Browser that knows only other instances than the one in the target. Clients ask port
// 1434 of the address they connect to, so a loopback address is taken where that port is free.
func otherInstances(s *site) error {
	ip := net.IPv4(127, 0, 0, 2)
	var packets net.PacketConn
	var err error
	for range 32 {
		if packets, err = net.ListenPacket("udp", onPort(ip, 1434)); err == nil {
			break
		}
		ip = nextAddress(ip)
	}
	if err != nil {
		return fmt.Errorf("finding a loopback address with UDP port 1434 free: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	known := []fact.Instance{
		{Name: "MSSQLSERVER", Version: "16.0.1000.6", Port: 1433},
		{Name: "REPORTING", Version: "16.0.1000.6", Port: 49733},
	}
	go func() {
		defer close(done)
		preamble.ServeBrowser(ctx, packets, known)
	}()
	s.around = append(s.around, func() { cancel(); packets.Close(); <-done })
	s.instance = `\ORDERS`
	s.flags = []string{"--connect", ip.String(), "--timeout", "2s"}
	return nil
}
