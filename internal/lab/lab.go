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
	Says   string   // what is wrong with the endpoint, for the catalogue of the lab
	Protos []string // preamble IDs it can be served over, the usual one first
	// Start serves it until the endpoint is closed or ctx ends. The error tells what of this machine is in the way.
	Start func(ctx context.Context, e *Env, p preamble.Protocol) (*Endpoint, error)
}

// Healthy is the slug of the endpoint without a fault.
const Healthy = "healthy"

// An Endpoint is a running fault and what a user types to meet it.
type Endpoint struct {
	Target string   // "mysql://db.shop.test:34567"
	Flags  []string // "--ca", "…/ca.pem", "--dns", "127.0.0.1:5353", "--connect", "127.0.0.1", "--sni", "none" …
	Addr   string   // "127.0.0.1:34567", where it listens; empty when nothing does
	Host   string   // the name in Target
	// Close ends it and waits for all it started. It may be called more than once.
	Close func()
}

// Faults lists everything the lab can serve, sorted by slug.
func Faults() []Fault {
	all := slices.Concat(healthyOnes(), reachFaults(), preambleFaults(), helloFaults(), oldFaults(), middleboxFaults(), nameFaults(),
		certificateFaults(), chainFaults(), clientFaults(), keyFaults())
	sort.Slice(all, func(i, j int) bool { return all[i].Slug < all[j].Slug })
	return all
}

// Find looks a fault up by its slug and the protocol to serve it over: a preamble ID or URL scheme, or "" for the
// usual one. The error names what exists.
func Find(proto, slug string) (Fault, preamble.Protocol, error) {
	all := Faults()
	at := slices.IndexFunc(all, func(f Fault) bool { return f.Slug == slug })
	if at < 0 {
		return Fault{}, preamble.Protocol{}, fmt.Errorf("the lab has no fault %q, but these: %s", slug, slugs(all))
	}
	f := all[at]
	if proto == "" {
		proto = f.Protos[0]
	}
	p := protocol(proto)
	if p == nil || !slices.Contains(f.Protos, p.ID) {
		return Fault{}, preamble.Protocol{}, fmt.Errorf("the lab cannot serve %s over %q, but over: %s", slug, proto, strings.Join(f.Protos, ", "))
	}
	return f, *p, nil
}

func protocol(name string) *preamble.Protocol {
	if p := preamble.ByID(name); p != nil {
		return p
	}
	return preamble.ByScheme(name)
}

func slugs(all []Fault) string {
	var list []string
	for _, f := range all {
		list = append(list, f.Slug)
	}
	return strings.Join(list, ", ")
}
