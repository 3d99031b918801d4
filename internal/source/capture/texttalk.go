package capture

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// maxTalks is how many connections are kept of one text, maxTextSteps how many steps of one.
const (
	maxTalks     = 20_000
	maxTextSteps = 400
)

// A textTalk is one connection put together from the frames of a printed trace.
type textTalk struct {
	client, server textEnd
	stream         string
	frames         []*textFrame
	syn            bool
	stage          int  // how far the messages came: see stageOf
	closed         bool // RST, or FIN both ways
	fin            [3]bool
}

// textTalks are the connections of a text.
type textTalks struct {
	list      []*textTalk
	byPair    map[string][]*textTalk // of two hosts, in order
	byPorts   map[string]*textTalk   // of two hosts and ports, the newest
	ambiguous int                    // frames without ports that fitted several connections
	dropped   int
}

// newTalks sorts frames into connections.
func newTalks(frames []*textFrame) *textTalks {
	all := &textTalks{byPair: map[string][]*textTalk{}, byPorts: map[string]*textTalk{}}
	if !slices.ContainsFunc(frames, func(f *textFrame) bool { return f.number == 0 }) {
		frames = slices.Clone(frames) // a frame may be printed expanded behind those that follow it
		slices.SortStableFunc(frames, func(a, b *textFrame) int { return cmp.Compare(a.number, b.number) })
	}
	for _, f := range frames {
		if f.src.host == "" || f.dst.host == "" {
			continue
		}
		if t := all.find(f); t != nil {
			t.add(f)
		}
	}
	return all
}

// pairOf is the same for both directions.
func pairOf(a, b string) string {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a > b {
		a, b = b, a
	}
	return a + " " + b
}

// maxRivals is among how many connections of two hosts the one is looked for that a frame without ports belongs to.
const maxRivals = 64

// find is the connection that a frame belongs to, a new one where none fits, nil when there are too many.
func (all *textTalks) find(f *textFrame) *textTalk {
	key := pairOf(f.src.host, f.dst.host)
	opens := f.flags&(flagSYN|flagACK) == flagSYN
	if f.src.port != 0 && f.dst.port != 0 {
		if t := all.byPorts[portsOf(key, f)]; t != nil && t.could(f) && !(opens && (t.stage > 0 || t.closed)) {
			return t
		}
	}
	best, fits := all.fitting(key, f, opens)
	if best == nil {
		if best = all.open(key, f); best == nil {
			return nil
		}
	}
	if fits > 1 && f.src.port == 0 && len(f.messages) > 0 {
		all.ambiguous++
	}
	if f.src.port != 0 && f.dst.port != 0 {
		all.byPorts[portsOf(key, f)] = best
	}
	return best
}

// fitting is the connection that a frame follows best, the newest among equals, and how many equals there are.
func (all *textTalks) fitting(key string, f *textFrame, opens bool) (best *textTalk, fits int) {
	list := all.byPair[key]
	for i := len(list) - 1; i >= max(0, len(list)-maxRivals); i-- {
		t := list[i]
		if !t.could(f) || opens && (t.stage > 0 || t.closed) {
			continue
		}
		switch better := cmp.Compare(t.fit(f), best.fit(f)); {
		case best == nil || better > 0:
			best, fits = t, 1
		case better == 0:
			fits++
		}
	}
	return best, fits
}

// portsOf names a connection by hosts and ports, the same for both directions.
func portsOf(key string, f *textFrame) string {
	return fmt.Sprint(key, " ", min(f.src.port, f.dst.port), " ", max(f.src.port, f.dst.port))
}

func (all *textTalks) open(key string, f *textFrame) *textTalk {
	if len(all.list) == maxTalks {
		all.dropped++
		return nil
	}
	t := &textTalk{client: f.src, server: f.dst, stream: f.stream}
	if fromServer(f) {
		t.client, t.server = f.dst, f.src
	}
	all.list = append(all.list, t)
	all.byPair[key] = append(all.byPair[key], t)
	return t
}

// fromServer guesses who sends the first frame seen of a connection: by its flags, its message, else by the ports.
func fromServer(f *textFrame) bool {
	if f.flags&flagSYN != 0 {
		return f.flags&flagACK != 0
	}
	for _, m := range f.messages {
		switch m.name {
		case "ClientHello", "ClientKeyExchange", "PRELOGIN":
			return false
		case "ServerHello", "HelloRetryRequest", "ServerHelloDone", "ServerKeyExchange", "TDS Response", "HelloRequest":
			return true
		}
	}
	return f.src.port != 0 && f.src.port < f.dst.port
}

// could reports whether a frame may belong to a connection by what is printed of its ends.
func (t *textTalk) could(f *textFrame) bool {
	if t.stream != "" && f.stream != "" && t.stream != f.stream {
		return false
	}
	return t.client.same(f.src) && t.server.same(f.dst) || t.client.same(f.dst) && t.server.same(f.src)
}

// fit tells how well a frame follows what was seen of a connection: frames of TLS are printed without ports. The zero
// talk fits nothing.
func (t *textTalk) fit(f *textFrame) int {
	if t == nil {
		return -1
	}
	n := 0
	if !t.closed {
		n += 4
	}
	if t.stream != "" && t.stream == f.stream {
		n += 8
	}
	for _, m := range f.messages {
		if s := stageOf(m.name, t.sideOf(f)); s > 0 {
			switch s - t.stage {
			case 1:
				n += 3
			case 0:
				n++
			}
			break
		}
	}
	return n
}

// stageOf is how far a message stands in a handshake, from 1, the ClientHello, to 5, data; 0 for what can stand anywhere.
func stageOf(name string, from wire.Side) int {
	switch name {
	case "ClientHello":
		return 1
	case "ServerHello", "ServerHelloDone", "ServerKeyExchange":
		return 2
	case "ClientKeyExchange":
		return 3
	case "ChangeCipherSpec":
		if from == wire.ServerSide {
			return 4
		}
		return 3
	case "application data":
		return 5
	}
	return 0
}

// sideOf tells who sent a frame.
func (t *textTalk) sideOf(f *textFrame) wire.Side {
	if t.client.same(f.src) && t.server.same(f.dst) {
		return wire.ClientSide
	}
	return wire.ServerSide
}

// add appends a frame and learns from it.
func (t *textTalk) add(f *textFrame) {
	from := t.sideOf(f)
	if from == wire.ClientSide {
		t.client, t.server = t.client.fuller(f.src), t.server.fuller(f.dst)
	} else {
		t.client, t.server = t.client.fuller(f.dst), t.server.fuller(f.src)
	}
	if t.stream == "" {
		t.stream = f.stream
	}
	t.frames = append(t.frames, f)
	t.syn = t.syn || f.flags&flagSYN != 0
	for _, m := range f.messages {
		t.stage = max(t.stage, stageOf(m.name, from))
	}
	t.fin[from] = t.fin[from] || f.flags&flagFIN != 0
	t.closed = t.closed || f.flags&flagRST != 0 || t.fin[wire.ClientSide] && t.fin[wire.ServerSide]
}

// start is the time of the first frame: a date, or an offset within the trace.
func (t *textTalk) start() (wall time.Time, offset time.Duration) {
	first := t.frames[0]
	return first.wall, first.at
}

// at is a frame's time since the connection's start.
func (t *textTalk) at(f *textFrame) time.Duration {
	wall, offset := t.start()
	if !wall.IsZero() && !f.wall.IsZero() {
		return max(0, f.wall.Sub(wall))
	}
	if f.timed {
		return max(0, f.at-offset)
	}
	return 0
}

// ends are the connection's addresses.
func (t *textTalk) ends() []netip.AddrPort {
	return []netip.AddrPort{t.client.addr(), t.server.addr()}
}

// addr is an end as an address. A trace may print a name or a placeholder such as "<Server IP>" instead: it becomes the
// zone of the unspecified address, "::%<Server IP>", so that two of them stay two.
func (e textEnd) addr() netip.AddrPort {
	a, err := netip.ParseAddr(e.host)
	if err != nil {
		zone := strings.Map(func(r rune) rune {
			if r < ' ' || strings.ContainsRune("[]%", r) {
				return -1
			}
			return r
		}, e.host)
		a = netip.IPv6Unspecified().WithZone(zone)
	}
	return netip.AddrPortFrom(a, e.port)
}

// protocol is what the connection speaks: what the tool found before TLS, else what is usual on the server's port.
func (t *textTalk) protocol() string {
	hello := false
	for _, f := range t.frames {
		if f.speaks != "" {
			return f.speaks
		}
		if hello = len(f.messages) > 0 && stageOf(f.messages[0].name, wire.Nobody) > 0; hello {
			break
		}
	}
	switch {
	case t.server.port == 1433:
		return "mssql" // TDS 8.0 would name itself by ALPN
	case !hello:
		return "tls"
	}
	return preamble.Guess([]byte{0x16, 3, 1}, nil, t.server.port).ID
}

// gaps tells what a connection's hellos lack.
func (t *textTalk) gaps(name string) []fact.Gap {
	var list []fact.Gap
	for _, f := range t.frames {
		for _, m := range f.messages {
			if m.name == "ServerHello" && m.server == nil {
				list = append(list, fact.Gap{What: fmt.Sprintf("the suite and version chosen in %s", frameName(name, f)),
					Why: "the trace has the frame's line alone; print it with the frame expanded"})
			}
		}
	}
	return list
}

// gaps tells what the text leaves open.
func (all *textTalks) gaps(name string) []fact.Gap {
	var list []fact.Gap
	if all.ambiguous > 0 {
		list = append(list, fact.Gap{What: fmt.Sprintf("to which connection %d frames of %s belong", all.ambiguous, name), Why: "several connections between the same hosts are open, and the trace prints no ports for TLS frames"})
	}
	if all.dropped > 0 {
		list = append(list, fact.Gap{What: fmt.Sprintf("%d frames of %s", all.dropped, name), Why: fmt.Sprintf("more than %d connections of a text are not read", maxTalks)})
	}
	return list
}

// frameName is how a frame is referred to.
func frameName(name string, f *textFrame) string {
	if f.number > 0 {
		return fmt.Sprintf("packet %d", f.number)
	}
	return fmt.Sprintf("%s:%d", name, f.line+1)
}
