package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var benignHealthcheck = Cause{
	ID: "TW0103", Slug: "benign-healthcheck", Since: "0.1",
	Phase: Benign, Level: Note,
	Title: "a health check opens connections to the TLS port and closes them without speaking",
	Why: "Load balancers, clusters and monitoring look every few seconds whether somebody answers on a port. The simplest check opens a TCP connection and " +
		"closes it at once, without beginning TLS. The server notes a handshake that was never made. Nothing is wrong with it.",
	Check: "the lines come at even distances from the addresses of the load balancer, the cluster nodes or the monitoring; kubectl get pods -o yaml shows " +
		"tcpSocket probes, HAProxy's configuration check without check-ssl",
	Cites: []string{
		"Kubernetes documentation, Configure Liveness, Readiness and Startup Probes: tcpSocket",
		"HAProxy Configuration Manual: check, check-ssl, option dontlognull",
		"Go net/http server.go: http: TLS handshake error from …: EOF",
	},
	Signs: []Sign{
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPrivate}, Weight: 8},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPublic}, Weight: 4},
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByServer, fact.HealthCheck}, Weight: 9},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPrivate}, Weight: 7},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByServer, fact.PeerPublic}, Weight: 3},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.BrokeInHandshake, In: []fact.Context{fact.ByServer, "behind-proxy"}, Weight: 5},
		{Of: fact.SilentInHandshake, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.Reset, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.Closed, In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.NotTLS, In: []fact.Context{"schannel"}, Weight: 4},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web}, Weight: 4},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerPrivate}, Weight: 6},
		{Of: fact.NotTLS, In: []fact.Context{fact.ByServer, fact.Web, fact.PeerLoopback}, Weight: 6},
		{Of: fact.HTTPRequestHere, Weight: 4},
		{Of: fact.HTTPRequestHere, In: []fact.Context{fact.ByServer, fact.HealthCheck}, Weight: 9},
		{Of: fact.AcceptThenClosed, In: []fact.Context{fact.ByServer}, Weight: 8},
		{Of: fact.NotThisProtocol, In: []fact.Context{fact.ByServer, fact.Database}, Weight: 4},
		{Of: fact.HandshakeFailed, In: []fact.Context{fact.ByServer, "haproxy"}, Weight: 7},
	},
	Advice: []change.Change{
		change.New(change.ProbeWithTLS, change.Client),
		change.New(change.LeaveAlone, change.Server),
	},
}
