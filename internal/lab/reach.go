package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/miekg/dns"

	"github.com/tlswhy/tlswhy/internal/preamble"
)

// reachFaults are endpoints to which no connection comes about.
func reachFaults() []Fault {
	return []Fault{
		of("dns-name-not-found", "the resolver says that the name does not exist", anyProto, serving(knownTo(zone{}))),
		of("dns-unavailable", "the resolver never answers (https), refuses or fails", anyProto, serving(withoutResolver)),
		of("tcp-refused", "nothing listens on the port", anyProto, refusing),
		of("tcp-filtered", "SYN is never answered", anyProto, filtering),
		of("host-unreachable", "there is no route to the address", anyProto, serving(nowhere)),
		of("closed-on-accept", "the peer closes as soon as it has accepted", anyProto, serving(closedAtOnce)),
		of("instance-not-found", "SQL Browser does not know the named instance", []string{"mssql"}, serving(otherInstances)),
	}
}

// knownTo has the names resolved from a zone.
func knownTo(z zone) func(*site) error {
	return func(s *site) error {
		s.zone = &z
		return nil
	}
}

// withoutResolver is a resolver that is of no use, each protocol in another way.
func withoutResolver(s *site) error {
	switch s.proto.ID {
	case "mysql":
		s.zone = &zone{Rcode: dns.RcodeServerFailure}
	case "postgres":
		s.zone = &zone{Rcode: dns.RcodeRefused}
	default:
		s.zone = &zone{Silent: true}
		s.flags = []string{"--timeout", "2s"}
	}
	return nil
}

// nowhere sends the user to a multicast address, to which TCP cannot be spoken: the kernel says so without
// sending anything (RFC 1122 §4.2.3.10).
func nowhere(s *site) error {
	s.flags = []string{"--connect", "224.0.0.1"}
	return nil
}

func closedAtOnce(s *site) error {
	s.greet = func(_ context.Context, g *guest) bool { return false }
	return nil
}

// refusing is a port on which nothing listens. The port stays ours: it is the client's end of a connection
// between two sockets of this process.
func refusing(ctx context.Context, e *Env, p preamble.Protocol) (*Endpoint, error) {
	hold, err := openDoor(ctx, onPort(e.Listen, 0), func(ctx context.Context, _ *guest) error {
		<-ctx.Done()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("finding a port: %w", err)
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: e.Reach(), Port: e.port}}
	c, err := dialer.DialContext(ctx, "tcp", e.ToReach(hold.address()))
	if err != nil {
		hold.close()
		return nil, fmt.Errorf("finding a port: %w", err)
	}
	s := newSite(e, p)
	s.around = append(s.around, hold.close, func() {
		c.(*net.TCPConn).SetLinger(0) // without TIME_WAIT, so that the port can be had again at once
		c.Close()
	})
	return s.endpoint(ctx, c.LocalAddr().String())
}

// filtering is a listener whose backlog is full, so that the kernel drops further SYNs.
func filtering(ctx context.Context, e *Env, p preamble.Protocol) (*Endpoint, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", onPort(e.Listen, e.port))
	if err != nil {
		return nil, fmt.Errorf("opening an endpoint: %w", err)
	}
	s := newSite(e, p)
	s.flags = []string{"--timeout", "2s"}
	s.around = append(s.around, func() { l.Close() })
	if err := s.fill(ctx, l); err != nil {
		return nil, errors.Join(err, s.closeAround())
	}
	return s.endpoint(ctx, l.Addr().String())
}

// fill leaves no room in the backlog: it connects until a connection does not come about.
func (s *site) fill(ctx context.Context, l net.Listener) error {
	if err := shrinkBacklog(l); err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: 300 * time.Millisecond}
	for range 16 {
		c, err := dialer.DialContext(ctx, "tcp", s.env.ToReach(l.Addr().String()))
		if err != nil {
			return ctx.Err()
		}
		s.around = append(s.around, func() { c.Close() })
	}
	return errors.New("this system does not drop SYNs when a backlog is full")
}
