package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Imitations are the experiments that make the handshake as a client changed in this way would, the closest first; none where
// that cannot be done from here: at another machine's files, or with a CA that nobody gave.
func Imitations(ch change.Change) []fact.Variant {
	if ch.Side != change.Client || !ch.Advised {
		return nil
	}
	of := func(kind fact.VariantKind, value string) []fact.Variant {
		if value == "" || strings.ContainsAny(value, " {*") {
			return nil // words for a value that nobody knows, or a pattern
		}
		return []fact.Variant{{Kind: kind, Value: value}}
	}
	switch ch.Kind {
	case change.OfferVersion:
		if ch.Args["version"] == names.Version(wire.TLS13) { // it is written with TLS 1.2 beside it
			return []fact.Variant{newerVersions}
		}
		return of(fact.Versions, ch.Args["version"])
	case change.OfferSuite:
		return of(fact.Suites, ch.Args["suite"])
	case change.OfferGroup:
		return of(fact.Groups, ch.Args["group"])
	case change.OfferSignature:
		return of(fact.Signatures, ch.Args["scheme"])
	case change.OfferEMS:
		return []fact.Variant{withEMS}
	case change.OfferALPN:
		return of(fact.ALPN, ch.Args["protocol"])
	case change.SmallHello:
		return []fact.Variant{oneSegment}
	case change.UseName:
		return of(fact.Name, ch.Args["name"])
	case change.SendServerName:
		return of(fact.ServerName, ch.Args["name"])
	}
	return nil
}

// Attempted marks the changes that an experiment has imitated, and leaves out those that did not help, as long as another one
// is advised.
func Attempted(c *fact.Case, list []change.Change) []change.Change {
	base := c.Base()
	if base == nil || base.Completed() || c.Mixed() {
		return list
	}
	hopeless := func(ch change.Change) bool {
		t := imitated(c, ch)
		return t != nil && !t.Completed() && !closer(t, base)
	}
	others := slices.ContainsFunc(list, func(ch change.Change) bool { return ch.Advised && !hopeless(ch) })
	var out []change.Change
	for _, ch := range list {
		t := imitated(c, ch)
		switch {
		case t == nil:
		case t.Completed():
			ch.Tried, ch.Still = t.Ref.At, ""
		case !hopeless(ch):
			ch.Tried, ch.Still = t.Ref.At, "the handshake gets further, and then "+stillWrong(t)
		case others:
			continue
		default:
			ch.Tried, ch.Still = t.Ref.At, "the handshake fails all the same: "+ending(t)
		}
		out = append(out, ch)
	}
	return out
}

// imitated is the handshake that was made as a change would have it, or nil.
func imitated(c *fact.Case, ch change.Change) *fact.Handshake {
	for _, v := range Imitations(ch) {
		if t := c.Tried(v); t != nil {
			return t
		}
	}
	return nil
}

// closer: a handshake got further than another, or the certificate that it got has fewer faults.
func closer(t, base *fact.Handshake) bool {
	if t.Progress() != base.Progress() || t.Verdict == nil || base.Verdict == nil {
		return t.Progress() > base.Progress()
	}
	return len(left(t.Verdict)) < len(left(base.Verdict))
}

// stillWrong is what keeps a handshake that got further from succeeding.
func stillWrong(t *fact.Handshake) string {
	if t.Verdict != nil && len(left(t.Verdict)) > 0 {
		return "the certificate has other faults: " + list(left(t.Verdict))
	}
	return ending(t)
}
