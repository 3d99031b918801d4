package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
)

// A site is an endpoint in the making: what newSite fills in is healthy, and a fault changes what it is about.
type site struct {
	env      *Env
	proto    preamble.Protocol // of the target that the user types
	speaks   preamble.Protocol // of the server; another one only where that is the fault
	options  preamble.Options
	instance string // behind the port of the target, with its separator; then the port is left out
	host     string // name in the target; an address literal is possible
	leaf     leaf
	// certify makes the server's certificate; nil issues leaf under the environment's intermediate.
	certify func(*site) (tls.Certificate, error)
	tls     *tls.Config
	// greet happens before the preamble; false ends the connection there.
	greet func(context.Context, *guest) bool
	// talk happens where TLS begins; nil is a TLS server with the configuration above.
	talk  talk
	ca    string   // path for --ca; "" hands over the environment's root
	flags []string // more flags than --ca and --connect or --dns
	files []string // handed over beside those of flags
	hand  string   // see Endpoint.Hand, with {names} for what is not known yet
	zone  *zone    // names come from a resolver of our own when set
	twin  *site    // serves the same port on the next address
	// around closes what a fault needs besides, when the endpoint is closed.
	around []func()
}

// A talk serves one connection from the first TLS byte on.
type talk func(ctx context.Context, s *site, g *guest) error

// serving starts a healthy site with changes made to it.
func serving(changes ...func(*site) error) starter {
	return func(ctx context.Context, e *Env, p preamble.Protocol) (*Endpoint, error) {
		s := newSite(e, p)
		for _, change := range changes {
			if err := change(s); err != nil {
				return nil, errors.Join(err, s.closeAround())
			}
		}
		return s.open(ctx)
	}
}

// newSite is a healthy site. SQL Server has RSA certificates as a rule, and no TLS 1.3 before TDS 8.0.
func newSite(e *Env, p preamble.Protocol) *site {
	host := "db.shop.test"
	if p.ID == "https" || p.ID == "tls" {
		host = "www.shop.test"
	}
	s := &site{env: e, proto: p, speaks: p, host: host, leaf: e.CA.serverLeaf(host)}
	s.tls = &tls.Config{MinVersion: tls.VersionTLS12, SessionTicketsDisabled: true, NextProtos: served(p)}
	switch p.ID {
	case "mssql":
		s.leaf.Key, s.tls.MaxVersion = keyRSA, tls.VersionTLS12
	case "mssql-strict":
		s.leaf.Key = keyRSA
	}
	return s
}

// served is what the server takes of a protocol's ALPN: HTTP/2 is offered by clients and not spoken here.
func served(p preamble.Protocol) []string {
	return slices.DeleteFunc(slices.Clone(p.ALPN), func(name string) bool { return name == "h2" })
}

// open starts to serve.
func (s *site) open(ctx context.Context) (*Endpoint, error) {
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.closeAround())
	}
	d, err := openDoor(ctx, onPort(s.env.Listen, s.env.port), s.serve)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening an endpoint: %w", err), s.closeAround())
	}
	s.around = append(s.around, d.close)
	if s.twin != nil {
		if err := s.openTwin(ctx, d); err != nil {
			return nil, errors.Join(err, s.closeAround())
		}
	}
	return s.endpoint(ctx, d.address())
}

// prepare makes the certificate.
func (s *site) prepare() error {
	if s.certify == nil {
		s.certify = func(s *site) (tls.Certificate, error) {
			return s.env.CA.issue(s.leaf, s.env.CA.Issuing, s.env.CA.Issuing.DER)
		}
	}
	cert, err := s.certify(s)
	if err != nil {
		return err
	}
	s.tls.Certificates = []tls.Certificate{cert}
	if s.twin != nil {
		return s.twin.prepare()
	}
	return nil
}

// openTwin serves the twin on the next address, same port.
func (s *site) openTwin(ctx context.Context, first *door) error {
	address := net.JoinHostPort(nextAddress(s.env.Listen).String(), first.port())
	d, err := openDoor(ctx, address, s.twin.serve)
	if err != nil {
		return fmt.Errorf("opening a second address (it needs one beside %s): %w", s.env.Listen, err)
	}
	s.around = append(s.around, d.close)
	return nil
}

// nextAddress is the address after ip.
func nextAddress(ip net.IP) net.IP {
	if v4 := ip.To4(); v4 != nil {
		ip = v4
	}
	next := slices.Clone(ip)
	next[len(next)-1]++
	return next
}

// endpoint says what to type, and starts the resolver when the names need one.
func (s *site) endpoint(ctx context.Context, address string) (*Endpoint, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errors.Join(err, s.closeAround())
	}
	flags := []string{"--ca", s.ca}
	if s.ca == "" {
		flags[1] = s.env.CAFile()
	}
	switch {
	case s.zone != nil:
		s.zone.port = s.env.dnsPort
		r, err := openResolver(ctx, s.env.Listen, *s.zone)
		if err != nil {
			return nil, errors.Join(err, s.closeAround())
		}
		s.around = append(s.around, r.close)
		flags = append(flags, "--dns", s.env.ToReach(r.address))
	case net.ParseIP(s.host) == nil && !slices.Contains(s.flags, "--connect"):
		flags = append(flags, "--connect", s.env.Reach().String())
	}
	target := net.JoinHostPort(s.host, port)
	if s.instance != "" {
		target = s.host + s.instance
	}
	e := &Endpoint{
		Target: s.proto.Schemes[0] + "://" + target, Flags: append(flags, s.flags...), Files: s.files,
		Addr: s.env.ToReach(address), Host: s.host, Close: sync.OnceFunc(func() { s.closeAround() }),
	}
	e.Hand = e.filled(s.hand)
	return e, nil
}

// filled puts what is known now into a command to type.
func (e *Endpoint) filled(command string) string {
	ip, port, _ := net.SplitHostPort(e.Addr)
	return strings.NewReplacer("{addr}", e.Addr, "{ip}", ip, "{port}", port, "{host}", e.Host, "{ca}", e.Flags[1],
		"{file}", strings.Join(e.Files, " ")).Replace(command)
}

// closeAround closes what was opened, last first.
func (s *site) closeAround() error {
	for _, f := range slices.Backward(s.around) {
		f()
	}
	s.around = nil
	return nil
}

// serve talks with one client.
func (s *site) serve(ctx context.Context, g *guest) error {
	if s.greet != nil && !s.greet(ctx, g) {
		return nil
	}
	inner, said, err := s.speaks.Accept(ctx, g.Conn, s.options)
	if inner != nil {
		g.Conn = inner
	}
	g.said = said
	switch {
	case inClearAgreed(err, said):
		defer g.leave()
		return s.speaks.Deny(ctx, g.Conn, s.options)
	case err != nil:
		g.leave()
		return err
	case s.talk != nil:
		return s.talk(ctx, s, g)
	}
	return s.shake(ctx, g, s.tls)
}

// inClearAgreed: one side has no TLS, the other does not insist, and no error was said yet.
func inClearAgreed(err error, said fact.Said) bool {
	return (errors.Is(err, preamble.ErrDeclined) || errors.Is(err, preamble.ErrNoTLS)) && said.ErrorText == ""
}

// shake is a TLS server by the standard library.
func (s *site) shake(ctx context.Context, g *guest, config *tls.Config) error {
	c := tls.Server(g.Conn, config)
	defer g.leave()
	if err := c.HandshakeContext(ctx); err != nil {
		return err
	}
	unwrap(g.Conn)
	err := s.speaks.Deny(ctx, c, s.options)
	if !g.said.LoginOnly { // then TLS has ended with the login
		c.CloseWrite()
	}
	return err
}

// unwrap ends the wrapping of TLS in the preamble's packets, where there is any.
func unwrap(c net.Conn) {
	if u, ok := c.(preamble.Unwrapper); ok {
		u.Unwrap()
	}
}
