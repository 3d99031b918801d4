// Package lab serves endpoints that are wrong on purpose, in process and on loopback, over each preamble where
// the fault makes sense. Each fault also says what a user must type to meet it, and nothing of that, nor any name,
// certificate or banner, tells the fault.
package lab

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/tlswhy/tlswhy/internal/preamble"
)

// A Fault is one way for an endpoint to be wrong. Its Slug is the cause that a diagnosis must name; the slug
// Healthy is no cause.
type Fault struct {
	Slug   string
	Kind   string   // tells faults of one cause apart; empty for the usual one
	Says   string   // what is wrong with the endpoint, for the catalogue of the lab
	Protos []string // preamble IDs it can be served over, the usual one first
	// Needs are flags of a diagnosis without which it does not meet the fault; the endpoint hands them over as well.
	Needs []string
	// ByHand: no diagnosis of the endpoint meets the fault, but another client does, see Endpoint.Hand.
	ByHand bool
	// Start serves it until the endpoint is closed or ctx ends. The error tells what of this machine is in the way.
	Start starter
}

// A starter serves a fault over a protocol.
type starter func(ctx context.Context, e *Env, p preamble.Protocol) (*Endpoint, error)

// Name is what the fault is asked for by: its cause, and behind a dot its kind.
func (f Fault) Name() string {
	if f.Kind == "" {
		return f.Slug
	}
	return f.Slug + "." + f.Kind
}

// of is a fault that any diagnosis of the endpoint meets.
func of(slug, says string, protos []string, start starter) Fault {
	return Fault{Slug: slug, Says: says, Protos: protos, Start: start}
}

// Healthy is the slug of the endpoint without a fault.
const Healthy = "healthy"

// An Endpoint is a running fault and what a user types to meet it.
type Endpoint struct {
	Target string   // "mysql://db.shop.test:34567"
	Flags  []string // "--ca", "…/ca.pem", "--dns", "127.0.0.1:5353", "--connect", "127.0.0.1", "--sni", "none" …
	Addr   string   // "127.0.0.1:34567", where it listens; empty when nothing does
	Host   string   // the name in Target
	Files  []string // handed over beside those that Flags name
	// Hand is what another client types to meet the fault; empty but for faults met by hand.
	Hand string
	// Close ends it and waits for all it started. It may be called more than once.
	Close func()
}

// Faults lists everything the lab can serve, sorted by name.
func Faults() []Fault {
	all := slices.Concat(healthyOnes(), reachFaults(), preambleFaults(), helloFaults(), oldFaults(), rareFaults(), formFaults(), middleboxFaults(),
		nameFaults(), certificateFaults(), chainFaults(), clientFaults(), keyFaults(), sessionFaults(), proxyFaults())
	sort.Slice(all, func(i, j int) bool { return all[i].Name() < all[j].Name() })
	return all
}

// Find looks a fault up by its name and the protocol to serve it over: a preamble ID or URL scheme, or "" for the
// usual one. The error names what exists.
func Find(proto, name string) (Fault, preamble.Protocol, error) {
	all := Faults()
	at := slices.IndexFunc(all, func(f Fault) bool { return f.Name() == name })
	if at < 0 {
		return Fault{}, preamble.Protocol{}, fmt.Errorf("the lab has no fault %q, but these: %s", name, namesOf(all))
	}
	f := all[at]
	if proto == "" {
		proto = f.Protos[0]
	}
	p := protocol(proto)
	if p == nil || !slices.Contains(f.Protos, p.ID) {
		return Fault{}, preamble.Protocol{}, fmt.Errorf("the lab cannot serve %s over %q, but over: %s", name, proto, strings.Join(f.Protos, ", "))
	}
	return f, *p, nil
}

func protocol(name string) *preamble.Protocol {
	if p := preamble.ByID(name); p != nil {
		return p
	}
	return preamble.ByScheme(name)
}

func namesOf(all []Fault) string {
	var list []string
	for _, f := range all {
		list = append(list, f.Name())
	}
	return strings.Join(list, ", ")
}
