package logs

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/words"
)

// What one log may hold in memory, whatever its size.
const (
	maxEvents    = 500 // told apart by all that they name
	maxCoarse    = 250 // further ones, put together: so many without server and name, and so many without upstream
	maxUnknown   = 50  // different texts about TLS that nobody knows
	maxRefs      = 5
	maxName      = 255
	maxText      = 1 << 10
	maxGaps      = 20
	timeGoesBack = time.Minute // workers of one server write out of order, by less
)

// A hit is one record about TLS.
type hit struct {
	line int // within its chunk, from 0
	Record
	d    *Dialect
	said *said
	key  sum
}

// A folder makes events of hits, which it gets in the order of the log.
type folder struct {
	name    string
	seeds   seeds
	buf     []byte
	events  map[sum]*folding
	order   []*folding
	about   int
	unknown int
	coarse  int // records that were put together with others, for want of room
	lost    int // records for which there was no room at all
	strange int // records beyond maxUnknown
	last    time.Time
	back    *fact.Gap
	sources int // clients of all events
	minutes int // entries of all events
	untimed int // events whose minutes are not told
	kinds   map[netip.Addr]*complaints
}

// folding is an event that still grows.
type folding struct {
	fact.Event
	peers   peerKinds
	clients clients
	minute  minutes
}

func newFolder(name string, s seeds) *folder {
	return &folder{name: name, seeds: s, events: map[sum]*folding{}, kinds: map[netip.Addr]*complaints{}}
}

func (f *folder) ref(line int) fact.Ref {
	return fact.Ref{Kind: "log", At: f.name + ":" + strconv.Itoa(line)}
}

// add takes a record in; line is its number in the file, from 1.
func (f *folder) add(h *hit, line int) {
	f.about++
	f.watchClock(h, line)
	e := f.event(h, line)
	if e == nil {
		return
	}
	e.Seen.Count++
	if len(e.Seen.Refs) < maxRefs {
		e.Seen.Refs = append(e.Seen.Refs, f.ref(line))
	}
	if !h.At.IsZero() {
		if e.Seen.First.IsZero() || h.At.Before(e.Seen.First) {
			e.Seen.First = h.At
		}
		if h.At.After(e.Seen.Last) {
			e.Seen.Last = h.At
		}
		e.minute.add(h.At, &f.minutes)
	}
	if !h.Success {
		e.peers |= h.peer()
	}
	if h.Client.IsValid() {
		f.source(e, h)
	}
}

// event is the one that a record belongs to, nil when there are too many. A log in which everything differs fills the
// room; what comes then is put together by less: without the server and the name that was asked for, then without the
// upstream. So each complaint is still counted, and its first line told.
func (f *folder) event(h *hit, line int) *folding {
	e := f.events[h.key]
	if e == nil && len(f.events) < maxEvents || !h.Success && len(h.said.symptoms) == 0 {
		return f.begin(e, h, line)
	}
	for level := 1; e == nil && level <= 2; level++ {
		h.Server, h.Host, h.Name = "", "", ""
		if level == 2 {
			h.Upstream = ""
		}
		h.key, f.buf = f.seeds.event(f.buf, h.d, &h.Record, h.said)
		e = f.events[h.key]
		if e == nil && len(f.events) < maxEvents+level*maxCoarse {
			e = f.begin(nil, h, line)
		}
		if e != nil {
			f.coarse++
		}
	}
	if e == nil {
		f.lost++
	}
	return e
}

// watchClock notes the first time stamp that jumps back.
func (f *folder) watchClock(h *hit, line int) {
	if h.At.IsZero() {
		return
	}
	if f.back == nil && h.At.Before(f.last.Add(-timeGoesBack)) {
		f.back = &fact.Gap{What: f.ref(line).At, Why: fmt.Sprintf("the time goes back here, from %s to %s: what is said of times is the least and the greatest found",
			f.last.Format(time.RFC3339), h.At.Format(time.RFC3339))}
	}
	f.last = h.At
}

// peer is the kind of the address of whom the record is about.
func (h *hit) peer() peerKinds {
	if h.Upstream != "" {
		return kindOf(upstreamAddr(h.Upstream))
	}
	if h.Client.IsValid() {
		return kindOf(h.Client)
	}
	return h.said.peers
}

// begin makes a new event where there is none yet; nil when it is one too many of those that nobody knows.
func (f *folder) begin(e *folding, h *hit, line int) *folding {
	known := h.Success || len(h.said.symptoms) > 0
	switch {
	case e != nil:
		return e
	case !known && f.unknown >= maxUnknown:
		f.strange++
		return nil
	case !known:
		f.unknown++
	}
	e = &folding{Event: fact.Event{Ref: f.ref(line), Dialect: h.d.ID, Level: limited(h.Level, 32), Text: shownText(h.Message, maxText),
		Symptoms: h.said.symptoms, Contexts: h.said.contexts, Codes: h.said.codes, Success: h.Success,
		Server: limited(h.Server, maxName), Upstream: limited(words.Redact(h.Upstream), maxName), Host: limited(h.Host, maxName), Name: limited(h.Name, maxName)}}
	if len(h.said.symptoms) > 0 {
		e.Peers = peersOf(h)
	}
	f.events[h.key] = e
	f.order = append(f.order, e)
	return e
}

// shownText is the beginning of a message without credentials. What is cut off near the end of what is looked through
// may be the half of a credential, so that this end is not shown.
func shownText(message string, most int) string {
	const half = 512
	if len(message) <= 4*most+half {
		return limited(OneLine(words.Redact(message)), most)
	}
	s := OneLine(words.Redact(message[:4*most+half]))
	return limited(limited(s, max(len(s)-half, 8)), most)
}

// OneLine puts a blank for each line end and for what indents the next line, so that a record of several lines is shown as one.
func OneLine(s string) string {
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	lines := strings.FieldsFunc(s, func(c rune) bool { return c == '\r' || c == '\n' })
	for i := range lines {
		lines[i] = strings.TrimSpace(strings.TrimPrefix(lines[i], "#011")) // syslog's form of a tab
	}
	return strings.TrimSpace(strings.Join(lines, " "))
}

// peersOf names whom an event is about: the upstream, and whom the text names. The text is read again, for what is
// remembered of its like may name another.
func peersOf(h *hit) []fact.Endpoint {
	var list []fact.Endpoint
	if p, ok := upstreamPeer(h.Upstream); ok {
		list = append(list, p)
	}
	for _, p := range words.Read(h.Message).Peers {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// limited cuts a text to a length in bytes, at a character.
func limited(s string, most int) string {
	if len(s) <= most {
		return strings.Clone(s)
	}
	return strings.ToValidUTF8(s[:most-len("…")], "") + "…"
}

// result is all events in the order of their first line.
func (f *folder) result() []fact.Event {
	events := make([]fact.Event, len(f.order))
	f.tellMinutes()
	for i, e := range f.order {
		e.finish(f.kinds)
		events[i] = e.Event
	}
	return events
}

// finish sums an event up.
func (e *folding) finish(kinds map[netip.Addr]*complaints) {
	if c := e.peers.context(); c != "" {
		e.Contexts = append(slices.Clone(e.Contexts), c)
		slices.Sort(e.Contexts)
	}
	for i := range e.clients.list {
		c := &e.clients.list[i]
		e.Sources = append(e.Sources, c.fact(c.addr, kinds[c.addr]))
	}
	slices.SortFunc(e.Sources, func(a, b fact.Source) int {
		return cmp.Or(b.Count-a.Count, a.First.Compare(b.First), a.Addr.Compare(b.Addr))
	})
	if len(e.Sources) > fact.MaxSources {
		for _, s := range e.Sources[fact.MaxSources:] {
			e.Others += s.Count
		}
		e.Sources = e.Sources[:fact.MaxSources]
	}
}

// gaps tells what was left out.
func (f *folder) gaps() []fact.Gap {
	var list []fact.Gap
	if f.back != nil {
		list = append(list, *f.back)
	}
	if f.untimed > 0 {
		list = append(list, fact.Gap{What: f.name, Why: fmt.Sprintf("the minutes of %d rarer complaints were not kept", f.untimed)})
	}
	if f.coarse > 0 {
		list = append(list, fact.Gap{What: f.name, Why: fmt.Sprintf("more than %d different complaints: %d lines of further ones were put together, whatever server, name or upstream they are about", maxEvents, f.coarse)})
	}
	if f.lost > 0 {
		list = append(list, fact.Gap{What: f.name, Why: fmt.Sprintf("more than %d different complaints: %d lines of further ones were counted only", maxEvents+2*maxCoarse, f.lost)})
	}
	if f.strange > 0 {
		list = append(list, fact.Gap{What: f.name, Why: fmt.Sprintf("more than %d different texts about TLS that are not known: %d lines of further ones were counted only", maxUnknown, f.strange)})
	}
	return list
}
