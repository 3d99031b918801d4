package fact

import (
	"cmp"
	"net/netip"
	"time"
)

// An Event is one text about a connection or a set-up: an error message, a log line, an event record. Like lines
// of a log are one Event with a count.
type Event struct {
	Ref      Ref        // where it first stands: log "error.log:204", text "text 1"
	Dialect  string     `json:",omitempty"` // of the log: "nginx"; empty for a text by itself
	Level    string     `json:",omitempty"` // as the log says: "crit"
	Text     string     // the first such text, credentials cut, at most 1 KiB
	Symptoms []Symptom  `json:",omitempty"` // what it says, most telling first
	Contexts []Context  `json:",omitempty"` // sorted
	Codes    []Code     `json:",omitempty"` // the numbers in it, decoded
	Peers    []Endpoint `json:",omitempty"` // whom the text names, the peer first
	Server   string     `json:",omitempty"` // the writer's own name or address, where it is the server: nginx "server:"
	Upstream string     `json:",omitempty"` // the proxy's upstream as written: "https://10.1.2.3:8443/"
	Host     string     `json:",omitempty"` // the name that was asked for: nginx "host:", SNI; in a proxy's log that its own client asked for
	Name     string     `json:",omitempty"` // the name that the writer expects in the other side's certificate
	Success  bool       `json:",omitempty"` // not a failure: a connection or request that worked
	Seen     Seen       `json:",omitzero"`
	Sources  []Source   `json:",omitempty"` // the clients of a server's log, busiest first, at most MaxSources
	Others   int        `json:",omitempty"` // events of clients beyond those
}

// MaxSources bounds how many clients one Event keeps apart.
const MaxSources = 1000

// Has reports whether the text says s.
func (e *Event) Has(s Symptom) bool {
	for _, have := range e.Symptoms {
		if have == s {
			return true
		}
	}
	return false
}

// In reports whether the circumstance holds.
func (e *Event) In(c Context) bool {
	for _, have := range e.Contexts {
		if have == c {
			return true
		}
	}
	return false
}

// Served: the writer is the server of the connection that the text is about. Whomever it names is its client.
func (e *Event) Served() bool { return e.In(ByServer) && !e.In(ToUpstream) }

// Peer is the server that the text is about, which may be connected to; a server's clients are none.
func (e *Event) Peer() (p Endpoint, ok bool) {
	if e.Served() || len(e.Peers) == 0 {
		return Endpoint{}, false
	}
	return e.Peers[0], true
}

// Asked is the name by which the writer asks for the other side and expects it in the certificate; "" where the text does not tell.
// What a proxy's client asks for is not what the proxy expects of its upstream: that is what it was configured with.
func (e *Event) Asked() string {
	if e.Name != "" || !e.In(ToUpstream) {
		return cmp.Or(e.Name, e.Host)
	}
	p, _ := e.Peer()
	if _, err := netip.ParseAddr(p.Host); err == nil {
		return ""
	}
	return p.Host
}

// A Code is a number or name of a text in words.
type Code struct {
	Code  string // as written: "0A00006C", "-2146893019", "36888", "alert 40"
	Means string // "OpenSSL 3: SSL library, bad key share"
}

// An Endpoint is a peer that a text names.
type Endpoint struct {
	Protocol string // preamble ID: "https", "postgres" …; "" when the text does not tell
	Host     string // name or address
	Port     uint16 `json:",omitempty"`
}

// A Source is one client in a server's log.
type Source struct {
	Addr        netip.Addr
	Count       int
	First, Last time.Time     `json:",omitzero"`
	Every       time.Duration `json:",omitempty"` // mean distance of its events
	Jitter      float64       `json:",omitempty"` // standard deviation of that distance, divided by the mean
	Kinds       int           `json:",omitempty"` // how many different complaints this client caused in the log
}
