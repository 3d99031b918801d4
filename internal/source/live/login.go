package live

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
)

// knocks: the protocol has a login whose answer needs no secret.
func (g *gathering) knocks() bool { return g.Protocol.ID == "postgres" || g.Protocol.ID == "mysql" }

// askSealed knocks on a finished handshake.
func (g *gathering) askSealed(ctx context.Context, x *exchange, conn net.Conn) (fact.End, bool) {
	conn.SetDeadline(x.within(3 * linger))
	said, err := g.login(ctx, &sealed{Conn: conn, x: x}, true)
	end := g.loginEnd(said, err)
	if x.client.Requested() && end.How == fact.EndError && demandsCertificate(said) {
		end.After, end.Detail = "client Finished", said.ErrorText
		g.keep(&g.server.Uncertified, end, said)
		return end, true
	}
	g.keep(&g.server.Sealed, end, said)
	return fact.End{}, false
}

// keep notes the first answer of its kind.
func (g *gathering) keep(where **client.Login, end fact.End, said fact.Said) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if *where == nil {
		*where = &client.Login{End: end, Said: &said}
	}
}

func (g *gathering) login(ctx context.Context, c net.Conn, onTLS bool) (fact.Said, error) {
	if g.Protocol.ID == "mysql" {
		return preamble.KnockMySQL(ctx, c, g.user, onTLS)
	}
	return preamble.Knock(ctx, c, g.user)
}

// knock logs in in plain text, on a connection of its own.
func (g *gathering) knock(ctx context.Context) {
	if !g.knocks() && !g.speaksTDS() {
		return
	}
	if _, n := g.take(1); n == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, g.timeout())
	defer cancel()
	g.server.Plain = g.knockAt(ctx, g.addrs[0])
}

func (g *gathering) knockAt(ctx context.Context, addr netip.AddrPort) *client.Login {
	begun := time.Now()
	conn, err := dial(ctx, addr, 0)
	if err != nil {
		return &client.Login{End: dialEnd(err, time.Since(begun))}
	}
	defer conn.Close()
	if end, ok := ctx.Deadline(); ok {
		conn.SetDeadline(end)
	}
	if g.speaksTDS() {
		return g.askTDS(ctx, conn)
	}
	said, err := g.login(ctx, conn, false)
	return &client.Login{End: g.loginEnd(said, err), Said: &said}
}

func (g *gathering) speaksTDS() bool {
	return g.Protocol.ID == "mssql" || g.Protocol.ID == "mssql-strict"
}

// askTDS says in PRELOGIN that this client has no TLS: a server that forces encryption answers REQ and would close (MS-TDS 2.2.6.5). No
// login follows.
func (g *gathering) askTDS(ctx context.Context, conn net.Conn) *client.Login {
	options := preamble.Options{Host: g.question.Host, Instance: g.question.Instance, Encryption: "none"}
	_, said, err := preamble.ByID("mssql").Dial(ctx, conn, options)
	end := fact.End{How: fact.EndCompleted, After: "login"}
	switch {
	case errors.Is(err, preamble.ErrDeclined) && said.TLS == fact.Yes:
		end.How = fact.EndDeclined
	case err != nil && !errors.Is(err, preamble.ErrDeclined):
		end = g.loginEnd(said, err)
		end.After = "preamble"
	}
	return &client.Login{End: end, Said: &said}
}

// loginEnd says how a login without password was answered.
func (g *gathering) loginEnd(said fact.Said, err error) fact.End {
	end := fact.End{How: fact.EndCompleted}
	switch {
	case err == nil, g.Protocol.ID == "postgres" && errors.Is(err, preamble.ErrReply) && aboutAccount(said):
	case errors.Is(err, preamble.ErrReply):
		end = fact.End{How: fact.EndError, Detail: said.ErrorText}
	case errors.Is(err, preamble.ErrOther):
		end = fact.End{How: fact.EndNotTLS}
	default:
		end = readEnd(err, 0)
	}
	if end.After = "login"; g.Protocol.ID == "mysql" && said.Product == "" {
		end.After = "preamble" // the greeting did not come
	}
	return end
}

// aboutAccount: PostgreSQL refuses this name, or its database or password, and not the way it came: pg_hba.conf is named, whatever
// the language, where that is refused (src/backend/libpq/auth.c, src/backend/utils/init/miscinit.c).
func aboutAccount(s fact.Said) bool {
	switch s.ErrorState {
	case "28P01", "3D000":
		return true
	case "28000":
		return !strings.Contains(s.ErrorText, "pg_hba.conf") && !demandsCertificate(s)
	}
	return false
}

// weigh takes back a refusal that is about the account: MySQL's 1045 to somebody without a password says nothing about TLS unless
// the same name is let in, or asked, on TLS.
func (g *gathering) weigh(c *fact.Case) {
	const accessDenied = 1045
	denied := func(l *client.Login) bool {
		return l != nil && l.End.How == fact.EndError && l.Said != nil && l.Said.ErrorCode == accessDenied
	}
	plain, onTLS := g.server.Plain, g.server.Sealed
	if denied(plain) && (onTLS == nil || denied(onTLS)) {
		plain.End = fact.End{How: fact.EndCompleted, After: "login"}
		c.Gaps = append(c.Gaps, fact.Gap{What: "whether the server insists on TLS",
			Why: "it refused a name that nobody has (1045), as MariaDB does in both cases; plain text is taken to be accepted"})
	}
	if denied(onTLS) {
		onTLS.End = fact.End{How: fact.EndCompleted, After: "login"}
	}
}
