package client

import (
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Use is one client as somebody configured it: who connects, how, to whom.
type Use struct {
	Client        string        // product ID: "nginx", "psql", "sqlclient"
	Version       string        // its release, where the configuration tells; ""
	Mode          string        // the product's own word: "VERIFY_IDENTITY", "Mandatory", "proxy_ssl_verify on"
	Target        fact.Endpoint // Protocol, Host, Port as configured; Host "?" where a variable decides it
	Instance      string        // SQL Server's named instance
	Name          string        // the name verified and, where SNI is on, sent; "": Target.Host
	SNI           string        // "" as the product does by default, "none", or a name
	CA, Cert, Key string        // files
	Overlay       Overlay       // what single options change of it
	Behaviour     Behaviour     // what this mode does; set by whoever joins uses and products
	From          []fact.Setting
	Scope         []string // the blocks around it, outermost first
}

// Refusal is why this client refuses its options and begins no handshake; "": it does not.
func (u *Use) Refusal() string {
	if u.Behaviour.TLS == TLSNever {
		return ""
	}
	return u.Overlay.refusal(u.Behaviour)
}

// usesOf lists the functions that turn the settings of a dialect into uses.
func usesOf(dialect string) func([]fact.Setting) []Use {
	switch dialect {
	case "nginx":
		return usesNginx
	case "haproxy":
		return usesHAProxy
	case "apache":
		return usesApache
	case "stunnel":
		return usesStunnel
	case "envoy":
		return usesEnvoy
	}
	return connectionUses(dialect)
}

// Uses lists the connections that one configuration describes, in its order, MaxUses at most. The settings are those of one configuration, of one
// connection string or of one command line: blocks of the same name are told apart within it only.
func Uses(settings []fact.Setting) []Use {
	var uses []Use
	for start := 0; start < len(settings); {
		end := start + 1
		for end < len(settings) && settings[end].Dialect == settings[start].Dialect {
			end++
		}
		if f := usesOf(settings[start].Dialect); f != nil {
			uses = append(uses, f(settings[start:end])...)
		}
		start = end
	}
	return uses[:min(len(uses), MaxUses)]
}
