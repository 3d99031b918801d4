package capture

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A loginFlag is one of the letters by which Microsoft's SQL Network Analyzer shows how far a login to SQL Server came
// (CSS_SQL_Networking_Tools, SQLNA/ConversationData.cs, loginFlags).
type loginFlag struct {
	flag string
	from wire.Side // Nobody: either
	step string    // name of the step that sets it
}

// loginFlags in the order in which the analyzer prints them. Its NC, NR and SS lie inside TLS and are never seen here.
func loginFlags() []loginFlag {
	return []loginFlag{
		{"PL", wire.ClientSide, "PRELOGIN"},
		{"PR", wire.ServerSide, "PRELOGIN"},
		{"CH", wire.ClientSide, "ClientHello"},
		{"SH", wire.ServerSide, "ServerHello"},
		{"KE", wire.ClientSide, "ClientKeyExchange"},
		{"CE", wire.Nobody, "ChangeCipherSpec"},
		{"AD", wire.Nobody, "application data"},
		{"ER", wire.ServerSide, "ERROR"},
	}
}

// Progress tells how far a login to SQL Server came, in the flags of Microsoft's SQL Network Analyzer: S the SYN was
// seen, PL and PR both PRELOGINs, CH and SH the hellos, KE the client's key exchange, CE ChangeCipherSpec, AD encrypted
// data, ER an error in the clear. It is "" for other protocols.
func Progress(h *fact.Handshake) string {
	if h.Protocol != "mssql" && h.Protocol != "mssql-strict" {
		return ""
	}
	var flags []string
	if h.Passive != nil && h.Passive.SYN == fact.Yes {
		flags = append(flags, "S")
	}
	for _, f := range loginFlags() {
		if f.seen(h.Steps) {
			flags = append(flags, f.flag)
		}
	}
	return strings.Join(flags, " ")
}

// seen reports whether a step sets the flag. The analyzer looks at the first record of a packet alone: a client's
// ChangeCipherSpec behind its key exchange is not seen, so that CE means the server's as a rule.
func (f loginFlag) seen(steps []fact.Step) bool {
	for i, s := range steps {
		if s.Name != f.step || f.from != wire.Nobody && f.from != s.From {
			continue
		}
		hidden := s.Name == "ChangeCipherSpec" && s.From == wire.ClientSide && i > 0 && steps[i-1].From == s.From && steps[i-1].Packet == s.Packet
		if !hidden {
			return true
		}
	}
	return false
}
