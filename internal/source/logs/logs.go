// Package logs reads the logs of servers, proxies and drivers, and every other text that consists of lines: it finds
// the dialect by content, undoes what carried the lines (syslog, the journal, container runtimes), cuts credentials,
// and tells what the lines about TLS say as folded events. What they mean is judged elsewhere.
package logs

import (
	"net/netip"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// Options say how a log is read.
type Options struct {
	Name   string    // of the file, for references: "error.log"
	Format string    // forces a dialect by its ID; "" finds it by content
	Since  time.Time // records before it are left out; zero for none
	Now    time.Time // for time stamps that lack a year
}

// A Result is what one log tells.
type Result struct {
	Dialect     string // ID of the dialect that most lines are in; "" when the lines have none
	Lines       int    // lines read
	About       int    // lines about TLS
	First, Last time.Time
	Events      []fact.Event // folded, in the order of their first line
	Gaps        []fact.Gap   // with line numbers
}

// A Record is one line (with the lines that continue it) as its dialect reads it.
type Record struct {
	At       time.Time // zero when the line has none
	Level    string
	Product  string         // "nginx", "postgres"; also a context of the event
	Contexts []fact.Context // seat and phase that the dialect knows of
	Client   netip.Addr
	Server   string // the writer's own name or address
	Upstream string
	Host     string
	Name     string // as in fact.Event
	Message  string // what was said, without time stamp and peers
	Success  bool   // a connection or request that worked
}

// A Dialect is one way to write a log line.
type Dialect struct {
	ID      string
	Anchors []string // one of these stands in every line about TLS, as written; none: every line is parsed
	// Parse reads one line. ok is false for a line of another dialect or one that only continues a record.
	Parse func(line []byte, o *Options) (r Record, ok bool)
	// Continues reports whether a line that Parse refuses belongs to the record before it.
	Continues func(line []byte) bool
}
