package cause

import (
	"net/netip"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Share is the part of a server's log event that is noise of one kind, or that is none.
type Share struct {
	Slug    string // benign-… cause; "" for what is no noise
	Count   int
	Sources []fact.Source
}

// noisy are complaints of a server that any stranger can provoke. What a client says of our certificate is not among
// them: that is ours to mend.
var noisy = []fact.Symptom{
	fact.EOFInHandshake, fact.ResetInHandshake, fact.BrokeInHandshake, fact.SilentInHandshake, fact.Closed, fact.Reset, fact.TimedOut, fact.NoCloseNotify,
	fact.ForciblyClosed, fact.AcceptThenClosed, fact.NotTLS, fact.HTTPRequestHere, fact.NotThisProtocol, fact.ProxyHeaderBroken,
	fact.VersionRefused, fact.NoSharedCipher, fact.NoSharedGroup, fact.BadKeyShare, fact.NoSharedSignature, fact.NoSharedALPN, fact.InappropriateFallback,
	fact.UnrecognizedName, fact.NoNameSent, fact.BadExtension, fact.DecodeError, fact.UnexpectedMessage, fact.UnsafeRenegotiation, fact.HandshakeFailed, fact.KnownScanner,
	fact.OwnAlert(10), fact.OwnAlert(40), fact.OwnAlert(47), fact.OwnAlert(50), fact.OwnAlert(70), fact.OwnAlert(86), fact.OwnAlert(112), fact.OwnAlert(120),
	fact.PeerAlert(0), fact.PeerAlert(10), fact.PeerAlert(40), fact.PeerAlert(47), fact.PeerAlert(50), fact.PeerAlert(80), fact.PeerAlert(90),
}

// aborted are the complaints that a client leaves behind which merely goes away.
var aborted = []fact.Symptom{
	fact.EOFInHandshake, fact.ResetInHandshake, fact.BrokeInHandshake, fact.SilentInHandshake, fact.Closed, fact.Reset, fact.TimedOut, fact.NoCloseNotify,
	fact.ForciblyClosed, fact.AcceptThenClosed, fact.HandshakeFailed, fact.PeerAlert(0), fact.PeerAlert(90),
}

// unspoken: the client opened the connection and closed it, and nobody waited for it to say something.
var unspoken = []fact.Symptom{fact.AcceptThenClosed}

func within(e *fact.Event, set []fact.Symptom) bool {
	return len(e.Symptoms) > 0 && !slices.ContainsFunc(e.Symptoms, func(s fact.Symptom) bool { return !slices.Contains(set, s) })
}

// Shares splits an event of a server's log by what its clients look like: regular ones that say nothing, or ask for a
// probe's path, are health checks, ones from outside with many different complaints scanners, a few from outside passers-by. What one client causes again and again is its own
// trouble, and no noise. An event without addresses, or of another kind, is one share that is none.
func Shares(e *fact.Event) []Share {
	if !e.In(fact.ByServer) || len(e.Sources) == 0 || !within(e, noisy) {
		return []Share{{Count: max(e.Seen.Count, 1), Sources: e.Sources}}
	}
	var list []Share
	for _, s := range e.Sources {
		if slug := kindOf(e, s); slug == "" && s.Count >= Wave {
			list = append(list, Share{Count: s.Count, Sources: []fact.Source{s}}) // a client in trouble is told by itself
		} else {
			list = put(list, slug, s, s.Count)
		}
	}
	if e.Others > 0 { // more clients than were kept apart: the many are passers-by
		list = put(list, passerBy(e, fact.Source{Count: 1}), fact.Source{}, e.Others)
	}
	return list
}

func put(list []Share, slug string, s fact.Source, count int) []Share {
	i := slices.IndexFunc(list, func(h Share) bool {
		return h.Slug == slug && (slug != "" || len(h.Sources) == 0 || h.Sources[0].Count < Wave)
	})
	if i < 0 {
		i = len(list)
		list = append(list, Share{Slug: slug})
	}
	list[i].Count += count
	if s.Addr.IsValid() {
		list[i].Sources = append(list[i].Sources, s)
	}
	return list
}

// The measures of noise. A probe comes at a fixed beat of at most ten minutes; clients that retry after a failure come
// in bursts, and one that comes this often wants something.
const (
	regularCount  = 4
	regularJitter = 0.25
	regularBeat   = 10 * time.Minute
	scannerKinds  = 3
	Wave          = 20 // complaints of one client that make it a client in trouble
)

// kindOf says what one client of a server's log looks like.
func kindOf(e *fact.Event, s fact.Source) string {
	switch {
	case regular(s) && (within(e, aborted) || e.In(fact.HealthCheck)):
		return "benign-healthcheck"
	case s.Kinds >= scannerKinds && outside(s.Addr):
		return "benign-scanner"
	case within(e, unspoken) && !outside(s.Addr):
		return "benign-healthcheck" // several probes behind one address have no even beat, and nothing was asked for either
	case s.Count >= Wave:
		return ""
	case outside(s.Addr):
		return passerBy(e, s)
	case within(e, aborted) && s.Count <= 3:
		return "benign-client-abort"
	}
	return ""
}

// outside: the address is of the internet, not of a network of ours (RFC 1918, RFC 4193, RFC 3927, RFC 6598) or this machine.
func outside(a netip.Addr) bool {
	a = a.Unmap()
	return !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !a.IsUnspecified() && !shared.Contains(a)
}

// Local: all clients of a share are known, and none is of the internet.
func (s Share) Local() bool {
	return len(s.Sources) > 0 && !slices.ContainsFunc(s.Sources, func(f fact.Source) bool { return outside(f.Addr) })
}

// shared is what carriers and clouds use inside.
var shared = netip.MustParsePrefix("100.64.0.0/10")

func regular(s fact.Source) bool {
	return s.Count >= regularCount && s.Every > 0 && s.Every <= regularBeat && s.Jitter <= regularJitter
}

// passerBy names a client from outside that came a few times.
func passerBy(e *fact.Event, s fact.Source) string {
	switch {
	case e.Has(fact.InappropriateFallback) || e.Has(fact.OwnAlert(86)):
		return "benign-downgrade-test"
	case within(e, aborted):
		return "benign-client-abort"
	case (e.Has(fact.VersionRefused) || e.Has(fact.OwnAlert(70))) && s.Count > 1:
		return "benign-old-client"
	}
	return "benign-scanner"
}
