package main

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/source/live"
	"github.com/tlswhy/tlswhy/internal/source/machine"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// host is what the real clients were told to connect to.
const host = "db.example.test"

// perServer is how many connections one server is given.
const perServer = 12

// users are names that the laboratory's servers let in without a password.
var users = map[string]string{"mysql": "root", "postgres": "postgres"}

// A laboratory is a set of servers on loopback.
type laboratory struct {
	dir     string
	scripts string // down.sh is there; empty: it was running before, and is left so
	servers map[site]uint16
	system  func() trust.Roots
}

// openLab takes the laboratory at dir, or starts one with the scripts.
func openLab(ctx context.Context, dir, scripts string) (*laboratory, error) {
	l := &laboratory{dir: dir, system: sync.OnceValue(machine.Roots)}
	if dir == "" {
		tmp, err := os.MkdirTemp("", "fidelity")
		if err != nil {
			return nil, err
		}
		l.dir, l.scripts = tmp, scripts
		up := exec.CommandContext(ctx, "bash", filepath.Join(scripts, "up.sh"), tmp)
		up.Stderr = os.Stderr
		if err := up.Run(); err != nil {
			l.close()
			return nil, fmt.Errorf("up.sh: %w", err)
		}
	}
	var err error
	if l.servers, err = readServers(filepath.Join(l.dir, "servers.tsv")); err != nil {
		l.close()
		return nil, err
	}
	if err := l.answers(ctx); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// answers makes sure that the servers are those of this laboratory: its ports are fixed, and another one may be running on them.
func (l *laboratory) answers(ctx context.Context) error {
	good, ok := l.servers[site{"good", "tls"}]
	if !ok {
		return nil
	}
	pem, err := os.ReadFile(filepath.Join(l.dir, "ca", "ca.pem"))
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem)
	d := tls.Dialer{Config: &tls.Config{RootCAs: pool, ServerName: host}}
	c, err := d.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", good))
	if err != nil {
		return fmt.Errorf("port %d is not served by the laboratory in %s (%w); is another one running? then stop it, or give its directory", good, l.dir, err)
	}
	return c.Close()
}

// close stops what openLab started.
func (l *laboratory) close() {
	if l.scripts == "" {
		return
	}
	down := exec.Command("bash", filepath.Join(l.scripts, "down.sh"), l.dir)
	down.Stderr = os.Stderr
	if err := down.Run(); err == nil {
		os.RemoveAll(l.dir)
	}
}

// readServers reads fault, protocol and port.
func readServers(name string) (map[site]uint16, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	out := map[site]uint16{}
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("%s:%d: %d columns of 3", name, i+1, len(f))
		}
		port, err := strconv.ParseUint(f[2], 10, 16)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
		}
		out[site{f[0], f[1]}] = uint16(port)
	}
	return out, nil
}

// predict gathers each server once and predicts its rows. It tells how many connections were made, and how many to one server at most.
func (l *laboratory) predict(ctx context.Context, tries []*try) (connections, most int, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan struct{}, 6)
	for _, group := range bySite(tries) {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			n, failed := l.predictSite(ctx, group)
			mu.Lock()
			defer mu.Unlock()
			if failed != nil {
				err = failed
			}
			connections, most = connections+n, max(most, n)
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return connections, most, err
}

// a seat is what rows share that are answered by the same connections.
type seat struct{ name, cert string }

// predictSite gathers one server: first as most rows see it, then, where it could matter, for the other names and the client
// certificates that some rows use.
func (l *laboratory) predictSite(ctx context.Context, group []*try) (connections int, err error) {
	seats := map[seat][]*try{{}: nil}
	order := []seat{{}}
	for _, t := range group {
		s := seat{t.meaning.name, t.meaning.cert}
		if _, ok := seats[s]; !ok {
			order = append(order, s)
		}
		seats[s] = append(seats[s], t)
	}
	var first *client.Server
	for i, s := range order {
		if len(seats[s]) == 0 {
			continue
		}
		left := perServer - connections
		if others := len(order) - 1 - i; s == (seat{}) {
			left -= others // one for each of them
		} else {
			left = max(1, left-others)
		}
		server, n, err := l.gather(ctx, s, seats[s], first, min(left, perServer-connections))
		if err != nil {
			return connections, err
		}
		if connections += n; s == (seat{}) {
			first = server
		}
		if err := l.predictSeat(s, seats[s], server); err != nil {
			return connections, err
		}
	}
	return connections, nil
}

// gather learns of a server what the rows of one seat need, beside what the first seat has learnt already.
func (l *laboratory) gather(ctx context.Context, s seat, group []*try, first *client.Server, left int) (*client.Server, int, error) {
	var all []client.Behaviour
	for _, t := range group {
		all = append(all, t.meaning.does)
	}
	shapes, known := client.Shapes(all), map[string]*fact.Handshake{}
	if first != nil {
		shapes = slices.DeleteFunc(shapes, func(b client.Behaviour) bool {
			h := first.Met(b)
			if h == nil || s.name != "" && b.SNI != client.SNINever || s.cert != "" && h.Request != nil {
				return false
			}
			known[b.Shape()] = h // neither the name nor the certificate would have been seen
			return true
		})
	}
	proto := group[0].Proto
	q := fact.Question{Host: s.host(), Port: group[0].port, Protocol: proto}
	settings := live.Settings{Profile: all[0].Profile, Protocol: *preamble.ByID(proto), Roots: func() trust.Roots { return trust.Roots{} },
		Connect: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), q.Port).String(), Timeout: 3 * time.Second, Max: left, Now: time.Now}
	if s.cert != "" {
		var err error
		if settings.Own, err = l.certificate(s.cert); err != nil {
			return nil, 0, err
		}
	}
	if len(shapes) == 0 && first != nil {
		return &client.Server{Hello: known, Plain: first.Plain, Sealed: first.Sealed}, 0, nil
	}
	p := live.New(q, settings)
	server := p.Gather(ctx, new(fact.Case), shapes, users[proto])
	maps.Copy(server.Hello, known)
	return server, p.Connections(), nil
}

func (s seat) host() string {
	if s.name != "" {
		return s.name
	}
	return host
}

// predictSeat predicts the rows of one seat.
func (l *laboratory) predictSeat(s seat, group []*try, server *client.Server) error {
	for _, t := range group {
		roots, err := l.roots(t.meaning.ca)
		if err != nil {
			return err
		}
		t.got = client.Predict(t.meaning.does, server, client.Place{Host: s.host(), Port: t.port, Roots: roots, Now: time.Now()})
	}
	return nil
}

// roots are the anchors as the rows' clients had them: a CA file of the laboratory, or several joined by "+", and this system's.
func (l *laboratory) roots(file string) (func(client.RootsUse) trust.Roots, error) {
	if file == "" {
		file = "ca.pem"
	}
	var pem []byte
	for _, name := range strings.Split(file, "+") {
		data, err := os.ReadFile(filepath.Join(l.dir, "ca", name))
		if err != nil {
			return nil, err
		}
		pem = append(pem, data...)
	}
	given, err := trust.RootsFromPEM(pem)
	return func(use client.RootsUse) trust.Roots {
		switch use {
		case client.RootsGiven:
			return given
		case client.RootsNone:
			return trust.Roots{}
		}
		return l.system()
	}, err
}

// certificate reads a client certificate of the laboratory with its key.
func (l *laboratory) certificate(name string) (*wire.ClientCertificate, error) {
	base := filepath.Join(l.dir, "ca", strings.TrimSuffix(name, ".pem"))
	pair, err := tls.LoadX509KeyPair(base+".pem", base+".key")
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s.key: cannot sign", base)
	}
	return &wire.ClientCertificate{Chain: pair.Certificate, Key: key}, nil
}
