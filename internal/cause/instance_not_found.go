package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var instanceNotFound = Cause{
	ID: "TW1008", Slug: "instance-not-found", Since: "0.1",
	Phase: Reach, Level: Breaks,
	Title: "the port of SQL Server instance {instance} cannot be found out: {reason}",
	Plain: "the port of the SQL Server instance cannot be found out",
	Why: "A named instance of SQL Server listens on a port that may change at every start. Clients ask the service SQL Browser on the same " +
		"machine, by UDP on port 1434, which port that is. Without its answer there is nothing to connect to, and TLS never begins.",
	Check:  "on the server: Get-Service SQLBrowser; SQL Server Configuration Manager, Protocols, TCP/IP shows the instance's port; then connect with host,port",
	Cites:  []string{"[MC-SQLR] CLNT_UCAST_INST and SVR_RESP (SQL Server Resolution Protocol)", "Microsoft: SQL Server Browser service"},
	Decide: "what SQL Browser answers",
	Signs: []Sign{
		{Of: fact.ConnectionRefused, Weight: 1},
		{Of: fact.InstanceNotFound, Weight: 10},
		{Of: fact.CannotConnect, In: []fact.Context{fact.MSSQL}, Weight: 4},
	},
	Advice: []change.Change{
		change.New(change.NameInstance, change.Client),
		change.New(change.StartServer, change.Server, "port", "1434 (UDP), the service SQL Browser"),
		change.New(change.OpenFirewall, change.Network, "port", "1434 (UDP)"),
	},
	Match: func(c *fact.Case) []Match {
		host, reason := instanceSought(c)
		if reason == "" {
			return nil
		}
		proof := Proof{Ref: fact.Ref{Kind: "live", At: "question to SQL Browser at " + host.Name, Name: "SQL Browser"}, Says: reason}
		m := located(c, nil, Match{Sure: Proven, Proof: []Proof{proof}}, "instance", c.Question.Instance, "reason", reason)
		m.Changes = []change.Change{
			change.New(change.NameInstance, change.Client, "instance", c.Question.Instance, "port", "the one the instance listens on"),
			change.New(change.OpenFirewall, change.Network, "port", "1434 (UDP)", "address", host.Name),
			change.New(change.StartServer, change.Server, "port", "1434 (UDP), the service SQL Browser"),
		}
		return []Match{m}
	},
}

// instanceSought tells why the instance asked for has no port, or "".
func instanceSought(c *fact.Case) (*fact.Host, string) {
	if c.Question.Instance == "" || c.Question.Port != 0 || c.Base() != nil {
		return nil, ""
	}
	for i := range c.Hosts {
		h := &c.Hosts[i]
		switch h.Browser {
		case fact.No:
			return h, "SQL Browser gives no answer (it is stopped, UDP is blocked, or it knows no such instance)"
		case fact.Yes:
			return h, browserSays(h, c.Question.Instance)
		}
	}
	return nil, ""
}

func browserSays(h *fact.Host, instance string) string {
	var others []string
	for _, in := range h.Instances {
		if !strings.EqualFold(in.Name, instance) {
			others = append(others, in.Name)
			continue
		}
		if in.Port == 0 {
			return "SQL Browser knows it, without a TCP port: TCP/IP is off for this instance"
		}
		return ""
	}
	if len(others) == 0 {
		return "SQL Browser does not know it"
	}
	return "SQL Browser knows only " + list(others)
}
