package lab

import (
	"context"
	"io"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

const (
	// maxGuests bounds the connections served at a time; further ones wait in the listener's backlog.
	maxGuests = 64
	// visit bounds one connection, silent ones included.
	visit = 30 * time.Second
	// farewell is how long a peer may take to read the last words and close.
	farewell = 2 * time.Second
	// maxUnread bounds what a peer may still send meanwhile.
	maxUnread = 1 << 20
)

// A guest is one connection of a client. Reading and writing go to where TLS is spoken: TCP itself, or what the
// preamble put around it.
type guest struct {
	net.Conn
	tcp  *net.TCPConn
	said fact.Said
}

// A door is a listener with everything that came in through it.
type door struct {
	listener net.Listener
	cancel   context.CancelFunc
	busy     sync.WaitGroup
}

// openDoor listens on an address and lets handle talk with every client. It stays open until close or the end of
// ctx. An error of handle is no news: how connections end here is the peers' business.
func openDoor(ctx context.Context, address string, handle func(context.Context, *guest) error) (*door, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	d := &door{listener: l, cancel: cancel}
	d.busy.Go(func() { d.run(ctx, handle) })
	return d, nil
}

func (d *door) run(ctx context.Context, handle func(context.Context, *guest) error) {
	defer context.AfterFunc(ctx, func() { d.listener.Close() })()
	places := make(chan struct{}, maxGuests)
	for {
		c, err := d.listener.Accept()
		if ctx.Err() != nil {
			if err == nil {
				c.Close()
			}
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond) // out of file descriptors, most likely: others will end
			continue
		}
		places <- struct{}{}
		d.busy.Go(func() {
			defer func() { <-places }()
			welcome(ctx, c, handle)
		})
	}
}

// welcome serves one connection, which ends at the latest with ctx.
func welcome(ctx context.Context, c net.Conn, handle func(context.Context, *guest) error) {
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, visit)
	defer cancel()
	defer context.AfterFunc(ctx, func() { c.Close() })()
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	handle(ctx, &guest{Conn: c, tcp: tcp})
}

// address is where it listens, "127.0.0.1:34567".
func (d *door) address() string { return d.listener.Addr().String() }

// port is the port of address.
func (d *door) port() string {
	_, port, _ := net.SplitHostPort(d.address())
	return port
}

// close ends all connections and waits for them. It may be called again.
func (d *door) close() {
	d.cancel()
	d.listener.Close()
	d.busy.Wait()
}

// leave ends the connection so that the last words reach the peer: data that is still unread when a socket is
// closed turns into a RST, which would overtake an alert.
func (g *guest) leave() {
	g.tcp.SetDeadline(time.Now().Add(farewell))
	if g.tcp.CloseWrite() == nil {
		io.CopyN(io.Discard, g.tcp, maxUnread)
	}
	g.tcp.Close()
}

// reset ends the connection with RST.
func (g *guest) reset() {
	g.tcp.SetLinger(0)
	g.tcp.Close()
}

// keepSilent reads and discards until the peer gives up.
func (g *guest) keepSilent() {
	io.CopyN(io.Discard, g.tcp, maxUnread)
	g.tcp.Close()
}

// onPort puts another address in front of a port.
func onPort(ip net.IP, port int) string { return net.JoinHostPort(ip.String(), strconv.Itoa(port)) }
