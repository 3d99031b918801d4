package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestClosesUnderWay: connections that are in the middle of something do not keep an endpoint from closing.
func TestClosesUnderWay(t *testing.T) {
	e := newTestEnv(t)
	before := runtime.NumGoroutine()
	for _, slug := range []string{"silent-after-hello", Healthy, "proxy-header-mismatch"} {
		f, p, err := Find("https", slug)
		if err != nil {
			t.Fatal(err)
		}
		end, err := f.Start(t.Context(), e, p)
		if err != nil {
			t.Fatal(err)
		}
		var guests []net.Conn
		for i := range 3 {
			c, err := net.Dial("tcp", end.Addr)
			if err != nil {
				t.Fatal(err)
			}
			built, err := hello(t, "modern", end.Host, nil).Build(rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			c.Write(built.Records[:i*len(built.Records)/2]) // nothing, half of the hello, all of it
			guests = append(guests, c)
		}
		end.Close()
		for _, c := range guests {
			c.Close()
		}
		if c, err := net.Dial("tcp", end.Addr); err == nil {
			c.Close()
			t.Errorf("%s: still listening", slug)
		}
	}
	checkGoroutines(t, before)
}

// TestContextEnds: an endpoint whose context is over listens no more.
func TestContextEnds(t *testing.T) {
	e := newTestEnv(t)
	f, p, _ := Find("mysql", Healthy)
	ctx, cancel := context.WithCancel(t.Context())
	end, err := f.Start(ctx, e, p)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	end.Close()
	if c, err := net.Dial("tcp", end.Addr); err == nil {
		c.Close()
		t.Error("still listening")
	}
}

// TestHowConnectionsEnd: FIN and RST as meant, though bytes of the client are unread.
func TestHowConnectionsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(*guest)
		want error
	}{
		"leave": {(*guest).leave, io.EOF}, "reset": {(*guest).reset, syscall.ECONNRESET},
	} {
		came := make(chan struct{})
		d, err := openDoor(t.Context(), "127.0.0.1:0", func(_ context.Context, g *guest) error {
			<-came
			c.end(g)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		client, err := net.Dial("tcp", d.address())
		if err != nil {
			t.Fatal(err)
		}
		client.Write(make([]byte, 4096))
		close(came)
		client.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		client.Close()
		d.close()
	}
}

// TestGuestsAreBounded: more connections than there are places wait, and none is lost.
func TestGuestsAreBounded(t *testing.T) {
	release := make(chan struct{})
	entered := make(chan struct{}, 2*maxGuests)
	d, err := openDoor(t.Context(), "127.0.0.1:0", func(context.Context, *guest) error {
		entered <- struct{}{}
		<-release
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	for range maxGuests + 5 {
		c, err := net.Dial("tcp", d.address())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	for range maxGuests {
		<-entered
	}
	if n := len(entered); n != 0 {
		t.Errorf("%d more served than there are places", n)
	}
	close(release)
	for range 5 {
		<-entered
	}
}

func TestOnIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("IPv6 is missing: %v", err)
	}
	l.Close()
	e := newTestEnv(t)
	e.Listen = net.IPv6loopback
	for _, slug := range []string{Healthy, "hostname-is-alias", "tcp-refused"} {
		end, p := start(t, e, "https", slug)
		v := newVisitor(t, e, end, p)
		switch slug {
		case Healthy:
			checkError(t, slug, v.enter(t), "")
		case "tcp-refused":
			checkError(t, slug, v.enter(t), "refused")
		default:
			addrs, err := resolverOf(v).LookupNetIP(t.Context(), "ip6", end.Host+".")
			if err != nil || len(addrs) != 1 || addrs[0].String() != "::1" {
				t.Errorf("%s: %v, %v", slug, addrs, err)
			}
		}
	}
}

func TestNextAddress(t *testing.T) {
	if got := nextAddress(net.ParseIP("127.0.0.1")).String(); got != "127.0.0.2" {
		t.Errorf("127.0.0.1 is followed by %s", got)
	}
}

// TestManyAtOnce: probers try several things side by side.
func TestManyAtOnce(t *testing.T) {
	e := newTestEnv(t)
	for _, proto := range anyProto {
		end, p := start(t, e, proto, Healthy)
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				if err := newVisitor(t, e, end, p).enter(t); err != nil {
					t.Errorf("%s: %v", proto, err)
				}
			})
		}
		all.Wait()
	}
}
