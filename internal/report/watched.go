package report

import (
	"cmp"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// Traffic is what was read beside the handshakes.
type Traffic struct {
	Names       []string // of the files, as the user knows them
	Packets     int
	First, Last time.Time
}

// watched is the part of a report of captures that only the text shows.
type watched struct {
	traffic    Traffic
	servers    []server
	handshakes []fact.Handshake
}

// A server with the handshakes seen with it, and the clients it was seen with.
type server struct {
	addr        netip.AddrPort
	name        string // product or protocol
	seen        counts
	clients     []peer
	first, last time.Time // of its failures
}

type counts struct{ all, failed, unknown int }

// A peer is one client of a server, with how its failures ended.
type peer struct {
	addr    netip.Addr
	seen    counts
	endings map[string]int
}

// BuildWatched makes the report of captures.
func BuildWatched(c *fact.Case, d diagnose.Diagnosis, t Traffic) Report {
	r := Build(c, d, 0)
	r.ladder, r.took = nil, ""
	r.watched = &watched{traffic: t, servers: serversOf(c), handshakes: c.Handshakes}
	r.Clean = []Clean{}
	if r.Outcome == string(diagnose.Unknown) {
		r.Open = []Open{{Ask: "why these handshakes end", How: "tlswhy diagnose PROTOCOL://SERVER makes the handshake itself and changes one thing at a time"}}
	}
	return r
}

// serversOf counts the handshakes by server and client, servers with most failures first.
func serversOf(c *fact.Case) []server {
	at := map[netip.AddrPort]*server{}
	var order []netip.AddrPort
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		s := at[h.ServerAddr()]
		if s == nil {
			s = &server{addr: h.ServerAddr(), name: productOf(h)}
			at[s.addr] = s
			order = append(order, s.addr)
		}
		s.add(h)
	}
	list := make([]server, len(order))
	for i, a := range order {
		list[i] = *at[a]
		slices.SortStableFunc(list[i].clients, func(a, b peer) int { return b.seen.failed - a.seen.failed })
	}
	slices.SortStableFunc(list, func(a, b server) int { return b.seen.failed - a.seen.failed })
	return list
}

func (s *server) add(h *fact.Handshake) {
	n := max(h.Seen.Count, 1)
	s.seen.add(h, n)
	if h.Told() == fact.No && !h.Seen.First.IsZero() {
		if s.first.IsZero() || h.Seen.First.Before(s.first) {
			s.first = h.Seen.First
		}
		if h.Seen.Last.After(s.last) {
			s.last = h.Seen.Last
		}
	}
	client := clientOf(h)
	i := slices.IndexFunc(s.clients, func(p peer) bool { return p.addr == client })
	if i < 0 {
		i = len(s.clients)
		s.clients = append(s.clients, peer{addr: client, endings: map[string]int{}})
	}
	s.clients[i].seen.add(h, n)
	if h.Told() == fact.No {
		s.clients[i].endings[broke(h)] += n
	}
}

func (c *counts) add(h *fact.Handshake, n int) {
	c.all += n
	switch h.Told() {
	case fact.No:
		c.failed += n
	case fact.Unknown:
		c.unknown += n
	}
}

func clientOf(h *fact.Handshake) netip.Addr {
	if len(h.Path) > 1 {
		return h.Path[0].Addr()
	}
	return netip.Addr{}
}

func productOf(h *fact.Handshake) string {
	if h.Said != nil && h.Said.Product != "" {
		return strings.TrimSpace(h.Said.Product + " " + h.Said.Version)
	}
	return cmp.Or(titles[h.Protocol], h.Protocol)
}

// watchedHead writes what was read and what came of it.
func (t *textWriter) watchedHead(r Report) {
	w := r.watched
	var all counts
	bad := 0
	for _, s := range w.servers {
		all.all += s.seen.all
		all.failed += s.seen.failed
		if s.seen.failed > 0 {
			bad++
		}
	}
	var parts []string
	if d := w.traffic.Last.Sub(w.traffic.First); d > 0 {
		parts = append(parts, long(d))
	}
	if w.traffic.Packets > 0 {
		parts = append(parts, plural(w.traffic.Packets, "packet"))
	}
	parts = append(parts, plural(all.all, "handshake")+" with "+plural(len(w.servers), "server"))
	verdict := "none fails"
	mark := t.style.Good
	if bad > 0 {
		verdict, mark = plural(bad, "server")+" with failures", t.style.Bad
	}
	t.row("", strings.Join(w.traffic.Names, " ")+"  "+strings.Join(parts, ", "), verdict, t.style.Strong, mark)
}

// watchedBody writes servers worst first, each with its clients and its findings.
func (t *textWriter) watchedBody(r Report) {
	if len(r.watched.servers) == 0 {
		t.b.WriteByte('\n')
		t.line("no TLS handshake was found in it", "")
	}
	quiet := 0
	for _, s := range r.watched.servers {
		found := findingsOf(r, s.addr)
		if s.seen.failed == 0 && len(found) == 0 {
			quiet++
			continue
		}
		t.b.WriteByte('\n')
		t.row("", where(s.addr)+"  "+s.name, s.seen.String(), t.style.Strong, nil)
		t.clients(s)
		if !s.first.IsZero() {
			const layout = "2006-01-02 15:04:05"
			t.line("  failures from "+s.first.UTC().Format(layout)+" to "+s.last.UTC().Format(layout)+" UTC", "")
		}
		if l := timeline(r.watched.handshakes, where(s.addr)); l != "" {
			t.line("  "+l, "")
		}
		for _, f := range found {
			t.watchedFinding(r, f)
		}
	}
	if quiet > 0 {
		t.b.WriteByte('\n')
		t.line(plural(quiet, "server")+" without a failure", "")
	}
}

func (c counts) String() string {
	s := fmt.Sprintf("%s, %d failed (%s %%)", plural(c.all, "handshake"), c.failed, percent(float64(c.failed)/float64(max(c.all, 1))))
	if c.unknown > 0 {
		s += fmt.Sprintf(", %d cannot be told", c.unknown)
	}
	return s
}

// maxClients is how many clients of a server are listed.
const maxClients = 5

func (t *textWriter) clients(s server) {
	for i, p := range s.clients {
		if i == maxClients {
			t.line(fmt.Sprintf("  and %s more", plural(len(s.clients)-i, "client")), "")
			break
		}
		var ends []string
		for _, e := range byCount(p.endings) {
			ends = append(ends, fmt.Sprintf("%d× %s", p.endings[e], e))
		}
		t.row(fmt.Sprintf("  from %-15s ", whose(p.addr)), strings.Join(append([]string{p.seen.String()}, ends...), "; "), "", nil, nil)
	}
}

func byCount(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(m[b]-m[a], strings.Compare(a, b)) })
	return keys[:min(len(keys), 4)]
}

func findingsOf(r Report, addr netip.AddrPort) []Finding {
	var list []Finding
	for _, f := range r.Findings {
		if f.About.Server == addr.String() {
			list = append(list, f)
		}
	}
	return list
}

func (t *textWriter) watchedFinding(r Report, f Finding) {
	if f.Level != "breaks" {
		t.row("  note      ", fmt.Sprintf("%s (%d×)", f.Title, f.Count), f.Sure, nil, t.style.Dim)
		return
	}
	t.b.WriteByte('\n')
	t.row("  ", fmt.Sprintf("%s (%d×)", upper(f.Title), f.Count), f.Sure, t.style.Strong, t.style.Good)
	t.wrap("  ", f.Why)
	h := exampleOf(r.watched.handshakes, f)
	if h != nil {
		t.b.WriteByte('\n')
		t.looks(h)
		t.diagram(h)
	}
	t.b.WriteByte('\n')
	for i, p := range f.Proof {
		label := "proof"
		if f.Sure != "proven" {
			label = "seen"
		}
		if i > 0 {
			label = ""
		}
		t.row(fmt.Sprintf("  %-9s ", label), p.Says, p.At, nil, t.style.Dim)
	}
	for _, p := range f.Against {
		t.row("  against   ", p.Says, p.At, nil, t.style.Dim)
	}
	if f.Sure != "proven" {
		t.indented("decide", f.Check)
	}
	t.b.WriteByte('\n')
	t.changes(f.Changes)
	if h != nil {
		t.show(h)
		t.showPackets(f)
	}
}

// packetNumber is the place of a proof in a capture.
var packetNumber = regexp.MustCompile(`packet (\d+)$`)

// showPackets writes the proof's packets as a display filter.
func (t *textWriter) showPackets(f Finding) {
	var list []string
	for _, p := range f.Proof {
		if m := packetNumber.FindStringSubmatch(p.At); m != nil && !slices.Contains(list, m[1]) {
			list = append(list, m[1])
		}
	}
	if len(list) > 0 {
		t.line(fmt.Sprintf("  %-9s wireshark        frame.number in {%s}", "", strings.Join(list, ", ")), "")
	}
}

// exampleOf is the handshake that a finding's first proof stands in.
func exampleOf(list []fact.Handshake, f Finding) *fact.Handshake {
	for i := range list {
		h := &list[i]
		if h.Passive == nil || h.ServerAddr().String() != f.About.Server || h.Told() != fact.No {
			continue
		}
		for _, p := range f.Proof {
			if refersTo(h, p.At) {
				return h
			}
		}
	}
	return nil
}

func refersTo(h *fact.Handshake, at string) bool {
	if h.Ref.At == at {
		return true
	}
	for _, s := range h.Steps {
		if at == fmt.Sprintf("packet %d", s.Packet) {
			return true
		}
	}
	for _, c := range h.Passive.Closes {
		if at == fmt.Sprintf("packet %d", c.Packet) {
			return true
		}
	}
	return false
}

// show writes display filters that find the conversation again.
func (t *textWriter) show(h *fact.Handshake) {
	if len(h.Path) < 2 || !h.Path[0].IsValid() {
		return
	}
	c, s := h.Path[0], h.ServerAddr()
	ip := "ip"
	if c.Addr().Is6() && whose(c.Addr()) == c.Addr().String() {
		ip = "ipv6"
	}
	t.b.WriteByte('\n')
	t.line(fmt.Sprintf("  %-9s wireshark        %s.addr == %s && tcp.port == %d && tcp.port == %d", "show", ip, whose(c.Addr()), c.Port(), s.Port()), "")
	t.line(fmt.Sprintf("  %-9s network monitor  %s.Address == %s && tcp.port == %d && tcp.port == %d", "", strings.Replace(ip, "ip", "IPv", 1)[:3]+map[bool]string{true: "6", false: "4"}[ip == "ipv6"], whose(c.Addr()), c.Port(), s.Port()), "")
}

// WriteConversation writes the sequence of one conversation of a capture.
func WriteConversation(w io.Writer, h *fact.Handshake, s Style) error {
	t := &textWriter{style: s}
	t.row("", fmt.Sprintf("conversation %d", h.Passive.Index), h.Passive.File, t.style.Strong, nil)
	t.looks(h)
	t.diagram(h)
	t.show(h)
	_, err := io.WriteString(w, t.b.String())
	return err
}

// looks says which client a hello is known of.
func (t *textWriter) looks(h *fact.Handshake) {
	if h.Passive != nil && h.Passive.Likely != "" {
		t.line("    the hello is that of "+h.Passive.Likely+"  JA4 "+h.Passive.JA4, "")
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return thousands(n) + " " + what + "s"
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func long(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	case d >= 2*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d >= time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return ms(d)
}

// where writes an address. A printed trace may have a word in place of one, as articles do ("<Server IP>"); it stands
// as the zone of the unspecified address then.
func where(a netip.AddrPort) string {
	if w := whose(a.Addr()); w != a.Addr().String() {
		return w + ":" + strconv.Itoa(int(a.Port()))
	}
	return a.String()
}

// whose is the address of where without its port.
func whose(a netip.Addr) string {
	if a.Zone() != "" && a.WithZone("").IsUnspecified() {
		return a.Zone()
	}
	return a.String()
}
