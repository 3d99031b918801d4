package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var tcpRefused = Cause{
	ID: "TW1003", Slug: "tcp-refused", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "nothing listens on {address}",
	Plain: "nothing listens on this address and port",
	Why: "The machine answered at once that no program is waiting on this port. The server is stopped, listens on another " +
		"port or only on another address, or a firewall refuses in its place. TLS has not begun.",
	Check:  "nc -vz {host} {port} prints \"Connection refused\"; on the server, ss -ltn shows what listens",
	Cites:  []string{"RFC 9293 §3.5.2 (a reset answers a segment for a connection that does not exist)", "connect(2): ECONNREFUSED"},
	Decide: "a TCP connection to the port",
	Signs: []Sign{
		{Of: fact.ConnectionRefused, Weight: 10},
		{Of: fact.ConnectionRefused, In: []fact.Context{fact.ToUpstream}, Weight: 10},
		{Of: fact.CannotConnect, Weight: 6},
		{Of: fact.CannotConnect, In: []fact.Context{fact.MSSQL}, Weight: 6},
		{Of: fact.CannotConnect, In: []fact.Context{"ldap"}, Weight: 5},
		{Of: fact.CannotConnect, In: []fact.Context{"freetds"}, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.StartServer, change.Server),
		change.New(change.UsePort, change.Client),
		change.New(change.OpenFirewall, change.Network),
	},
	Match: func(c *fact.Case) []Match {
		h := unreached(c, fact.EndRefused)
		if h == nil {
			return nil
		}
		return []Match{{
			About: about(c, h), Sure: Proven,
			Args:  map[string]string{"address": h.ServerAddr().String(), "host": c.Question.Host, "port": itoa(int(h.ServerAddr().Port()))},
			Proof: []Proof{{Ref: h.Ref, Says: "the connection attempt is answered with a reset (RST to SYN)"}},
			Changes: []change.Change{
				change.New(change.StartServer, change.Server, "port", itoa(int(h.ServerAddr().Port()))),
				change.New(change.UsePort, change.Client, "port", "the one the server listens on"),
			},
		}}
	},
}
