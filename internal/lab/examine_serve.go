package lab

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// patience is how long a client may take for its next words after the handshake: what it does with a certificate that
// it checks late shows in them.
const patience = 3 * time.Second

// A session is one connection of a client under test.
type session struct {
	x         *Examination
	guest     *guest
	began     time.Time
	interview *interview // nil until a hello came
	server    *wire.Server
	heard     int // bytes of the client's own protocol after the handshake
	err       error
	// turnedAway: there are too many different clients already.
	turnedAway bool
}

// serve is one connection from the first byte to the last.
func (x *Examination) serve(ctx context.Context, g *guest) error {
	s := &session{x: x, guest: g, began: time.Now()}
	speaks := x.config.Protocol
	inner, said, err := speaks.Accept(ctx, g.Conn, preamble.Options{})
	g.said, s.err = said, err
	if inner != nil {
		g.Conn = inner
	}
	if inClearAgreed(err, said) {
		speaks.Deny(ctx, g.Conn, preamble.Options{})
	}
	var took time.Duration
	if err == nil {
		took = s.handshake(ctx)
	}
	if errors.Is(ctx.Err(), context.Canceled) && (s.server == nil || !s.server.Done()) {
		x.forget(s.interview) // it is this side that has left
	} else {
		s.tell(took) // before the client can see that it is over, and comes again
	}
	g.leave()
	return nil
}

// handshake runs TLS, and then the protocol behind it as far as the login, whose content is not kept.
func (s *session) handshake(ctx context.Context) (took time.Duration) {
	s.server = wire.NewServer(s.config())
	c := &engineConn{Conn: s.guest.Conn, server: s.server}
	for !s.server.Done() {
		if s.err = c.turn(); s.err != nil && len(c.ready) == 0 { // all of a short visit may come at once
			return time.Since(s.began)
		}
	}
	took = time.Since(s.began)
	unwrap(s.guest.Conn)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	listening := &listeningConn{c, &s.heard}
	if speaks := s.x.config.Protocol; speaks.ID == "tls" {
		defer context.AfterFunc(ctx, func() { s.guest.tcp.SetReadDeadline(time.Unix(1, 0)) })()
		_, s.err = listening.Read(make([]byte, 512))
	} else {
		s.err = speaks.Deny(ctx, listening, preamble.Options{})
	}
	if !s.guest.said.LoginOnly { // then TLS has ended with the login
		s.guest.Write(s.server.Close())
	}
	return took
}

// A listeningConn counts what the client says.
type listeningConn struct {
	*engineConn
	heard *int
}

func (c *listeningConn) Read(b []byte) (int, error) {
	n, err := c.engineConn.Read(b)
	*c.heard += n
	return n, err
}

// config is that of a healthy server, until the hello has come.
func (s *session) config() wire.ServerConfig {
	right := s.x.right
	return wire.ServerConfig{Chain: right.Certificate, Key: signer(right), Renegotiation: true, Choose: s.choose}
}

// choose meets the client and makes the server that its question needs.
func (s *session) choose(hello *wire.ClientHello, c *wire.ServerConfig) *wire.Refusal {
	if len(hello.Raw) > maxClientHello {
		return &wire.Refusal{Alert: wire.AlertIllegalParameter, Reason: wire.ReasonTooLarge, Detail: "a hello of more than 64 KiB"}
	}
	v, err := s.x.begin(addressOf(s.guest.tcp), hello)
	if err != nil {
		s.turnedAway = true
		return &wire.Refusal{Alert: wire.AlertInternalError, Reason: wire.ReasonRefused, Detail: err.Error()}
	}
	s.interview = v
	f := v.asked
	if s.x.config.Protocol.MaxVersion != 0 {
		c.MaxVersion = s.x.config.Protocol.MaxVersion
	}
	if own := served(s.x.config.Protocol); slices.ContainsFunc(own, func(p string) bool { return slices.Contains(hello.ALPN, p) }) {
		c.ALPN = own
	}
	form := "right"
	if f.What == fact.ClientCertificate {
		form = f.Form
	}
	cert, err := s.x.counter.certificate(form, hello.ServerName)
	if err != nil {
		return &wire.Refusal{Alert: wire.AlertInternalError, Reason: wire.ReasonInternal, Detail: err.Error()}
	}
	c.Chain, c.Key = cert.Certificate, signer(cert)
	c.Alternative = keepZeros
	force(f, c)
	return nil
}

// keepZeros is the rule of TLS 1.3, and the defect of TLS 1.2.
func keepZeros(_ string, secret []byte, _ *wire.ServerKeyExchange) []byte { return secret }

// stripZeros is the rule of TLS 1.2, and the defect of TLS 1.3. The secret of an elliptic curve is never stripped.
func stripZeros(kind string, secret []byte, _ *wire.ServerKeyExchange) []byte {
	if kind != "DHE" {
		return secret
	}
	for len(secret) > 0 && secret[0] == 0 {
		secret = secret[1:]
	}
	return secret
}

// force sets what a question needs.
func force(f fact.Forcing, c *wire.ServerConfig) {
	switch f.What {
	case fact.ClientDHE:
		c.MaxVersion, c.MinVersion, c.Suites = wire.TLS12, wire.SSLv3, dheSuites()
		group := groupNamed(f.Extra)
		c.DH = group.group()
		switch {
		case f.Zero != "secret":
			c.Exponent = publicWithZero(f.Zero == "public")
		case group.order > 0:
			c.Exponent = withinOrder(group.order)
		}
		if f.Form == "short" {
			c.PublicLen = -1
		}
	case fact.ClientFFDHE:
		c.MinVersion, c.Groups = wire.TLS13, []uint16{groupID(f.Extra)}
		c.Exponent, c.Alternative = secretWithZero(f.Zero == "secret"), stripZeros
		if f.Form == fact.RuleStripped {
			c.Premaster, c.Alternative = stripZeros, keepZeros
		}
	case fact.ClientVersion:
		for v := wire.SSLv3; v <= wire.TLS12; v++ {
			if names.Version(v) == f.Form {
				c.MinVersion, c.MaxVersion = v, v
			}
		}
	}
}

// groupID is a finite field group by its name.
func groupID(name string) uint16 {
	for _, id := range []uint16{names.FFDHE2048, names.FFDHE3072, names.FFDHE4096} {
		if names.Group(id) == name {
			return id
		}
	}
	return names.FFDHE2048
}

func addressOf(c net.Conn) netip.Addr {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
