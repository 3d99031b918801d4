package capture

import (
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// unanswered tells a connection that never came to its first byte although its client wanted one: refused, not
// answered, or closed by the server at once. Connections that the client gave up without a word say nothing.
func (r *reading) unanswered(f *flow) (h fact.Handshake, ok bool) {
	if !f.syn || f.half[0].bytes+f.half[1].bytes > 0 || len(f.closes) == 0 && f.retransmits == 0 {
		return h, false
	}
	client := int(f.client)
	h.End = fact.End{By: wire.ServerSide, After: "tcp"}
	switch silent := time.Duration(f.until - f.end); {
	case len(f.closes) > 0 && int(f.closes[0].side) == client:
		return h, false
	case len(f.closes) > 0:
		h.End.How = f.closes[0].how
		h.End.Silent = time.Duration(f.closes[0].at - f.spoke)
		if !f.synack && h.End.How == fact.EndReset {
			h.End.How = fact.EndRefused
		}
	case !f.synack && f.retransmits > 0 && silent >= silentAfter:
		h.End.How, h.End.Silent = fact.EndTimeout, time.Duration(f.until-f.start)
	default:
		return h, false
	}
	h.Protocol, h.Finished = r.ports[f.addr[1-client].Port()], fact.No
	r.frame(&h, f, client)
	return h, true
}

// An aside holds connections without a byte until it is known whether they matter: those to a server that spoke TLS
// in the same case do, and those to a port on which nothing but a database listens.
type aside struct{ fold *folder }

const maxAsides = 1000

func newAside(keepAll bool) *aside {
	d := newFolder(keepAll)
	d.limit = maxAsides
	return &aside{fold: d}
}

// join moves those that matter to the others.
func (a *aside) join(d *folder) {
	spoke := map[string]bool{}
	for i := range d.list {
		spoke[d.list[i].Path[1].String()] = true
	}
	for _, h := range a.fold.list {
		if spoke[h.Path[1].String()] || database(h.Protocol) {
			d.list = append(d.list, h)
			d.count += h.Seen.Count
		}
	}
}

func database(protocol string) bool {
	return protocol == "mssql" || protocol == "mysql" || protocol == "postgres"
}
