package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/lang"
)

// Heard is what was read in texts and logs beside the events.
type Heard struct {
	Names       []string // of the files; none for texts by themselves
	Dialects    []string
	Lines       int // read
	About       int // of them about TLS
	First, Last time.Time
}

// An Event is one text, or like lines of a log as one, with what it says.
type Event struct {
	At        string   `json:"at"`
	Dialect   string   `json:"dialect"`
	Text      string   `json:"text"`
	Symptoms  []string `json:"symptoms"`
	Contexts  []string `json:"contexts"`
	Codes     []Code   `json:"codes"`
	Refused   string   `json:"refused"` // who refused whom, in words
	Server    string   `json:"server"`
	Upstream  string   `json:"upstream"`
	Host      string   `json:"host"`
	Success   bool     `json:"success"`
	Count     int      `json:"count"`
	First     string   `json:"first"` // RFC 3339; empty when the text has no time
	Last      string   `json:"last"`
	PerMinute []uint32 `json:"per_minute"` // from first's minute on, at most a week; empty but for the most frequent
	Clients   int      `json:"clients"`    // addresses that caused it, in a server's log
}

// A Code is a number of a text in words.
type Code struct {
	Code  string `json:"code"`
	Means string `json:"means"`
}

// heard is the part of a report that only the text shows.
type heard struct {
	Heard
	events []fact.Event
}

// BuildHeard makes the report of texts and logs.
func BuildHeard(c *fact.Case, d diagnose.Diagnosis, h Heard) Report {
	r := Build(c, d, 0)
	r.ladder, r.took, r.Clean = nil, "", []Clean{}
	return r.hear(c, d, h)
}

// hear adds what texts and logs tell to a report.
func (r Report) hear(c *fact.Case, d diagnose.Diagnosis, h Heard) Report {
	r.heard = &heard{Heard: h, events: c.Events}
	r.Events = []Event{}
	curved := busy(c.Events)
	for i := range c.Events {
		e := event(&c.Events[i])
		if max(c.Events[i].Seen.Count, 1) < curved {
			e.PerMinute = []uint32{}
		}
		r.Events = append(r.Events, e)
	}
	r.Open = append(r.Open, experiments(c, d)...)
	return r
}

// curves is how many events are told minute by minute; the rarer ones would only swell the report.
const curves = 30

// busy is how often an event must have happened to be among those.
func busy(events []fact.Event) int {
	counts := make([]int, len(events))
	for i := range events {
		counts[i] = events[i].Seen.Count
	}
	slices.Sort(counts)
	if len(counts) <= curves {
		return 0
	}
	return counts[len(counts)-curves]
}

// BuildBoth makes the report of captures and of texts and logs that came with them.
func BuildBoth(c *fact.Case, d diagnose.Diagnosis, t Traffic, h Heard) Report {
	return BuildWatched(c, d, t).hear(c, d, h)
}

func event(e *fact.Event) Event {
	out := Event{At: e.Ref.At, Dialect: e.Dialect, Text: e.Text, Symptoms: []string{}, Contexts: []string{}, Codes: []Code{}, Refused: cause.WhoRefused(e),
		Server: e.Server, Upstream: e.Upstream, Host: e.Host, Success: e.Success, Count: max(e.Seen.Count, 1), First: rfc3339(e.Seen.First), Last: rfc3339(e.Seen.Last),
		PerMinute: e.Seen.PerMinute, Clients: len(e.Sources)}
	if out.PerMinute == nil {
		out.PerMinute = []uint32{}
	}
	for _, s := range e.Symptoms {
		out.Symptoms = append(out.Symptoms, string(s))
	}
	for _, k := range e.Contexts {
		out.Contexts = append(out.Contexts, string(k))
	}
	for _, k := range e.Codes {
		out.Codes = append(out.Codes, Code(k))
	}
	return out
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// heardFinding writes the texts of a card for a finding that is known from words alone: what they do not name stays a
// word in capitals.
func heardFinding(out Finding, c *fact.Case, f diagnose.Finding) Finding {
	args := withCapitals(f)
	plain := f.Cause.Plain
	words, _ := f.Cause.Words(f.Match)
	name, check := args["host"], words.Check
	if f.Heard != nil && f.Variant == "" {
		check = cmp.Or(f.Cause.Checks[protocolOf(f.Heard)], check)
	}
	if f.Heard != nil && f.Heard.In(fact.ToUpstream) {
		name, check = f.Args["name"], byName.Replace(check)
		args["name"] = cmp.Or(name, "NAME")
	}
	if len(c.Machines) > 0 && f.Written && full(f.Cause.Title, f.Args) {
		plain = ""
	}
	out.Title = lang.Fill(cmp.Or(plain, words.Title), args)
	out.Why, out.Check = lang.Fill(words.Why, args), lang.Fill(check, args)
	out.Phase = string(f.Cause.Phase)
	if plain != "" {
		out.TitleID = f.Cause.Slug + ".plain"
	}
	out.Changes = changes(caseOf(c, f, name), aimed(filled(f.Changes, args), f.Heard))
	return out
}

// byName divides, in commands, where one connects from the name that is asked for: towards a proxy's upstream they differ, and
// the cards have {host} for both.
var byName = strings.NewReplacer("-servername {host}", "-servername {name}", "dig {host}", "dig {name}", "getent hosts {host}", "getent hosts {name}",
	"Resolve-DnsName {host}", "Resolve-DnsName {name}")

// full reports whether each placeholder of a text has a value.
func full(text string, args map[string]string) bool {
	return !slices.ContainsFunc(lang.Placeholders(text), func(p string) bool { _, ok := args[p]; return !ok })
}

// caseOf is as much of a case as a text or a configuration tells, for the platforms to know whose words to use.
func caseOf(c *fact.Case, f diagnose.Finding, host string) *fact.Case {
	if f.Written {
		return &fact.Case{Question: fact.Question{As: f.About.Client, Host: host}, Machines: c.Machines}
	}
	e := f.Heard
	return &fact.Case{Question: fact.Question{Protocol: protocolOf(e), As: clientOfText(e), Host: host}, Events: []fact.Event{*e}}
}

// aimed gives what a log asks for to the product that wrote it: at the server's side a server's log, at the client's that of a
// proxy about its upstream.
func aimed(list []change.Change, e *fact.Event) []change.Change {
	switch {
	case e == nil:
		return list
	case e.In(fact.ByServer):
		return change.Aimed(list, change.Server, loggedBy(e))
	case e.In(fact.ToUpstream):
		return change.Aimed(list, change.Client, loggedBy(e))
	}
	return list
}

// servers are the products that have a log of their own, databases first: what the library under them prints may be what a web
// server prints as well. The last are known, and have no platform that writes their configuration.
var servers = []string{"mysql", "postgres", "errorlog", "mssql", "nginx", "haproxy", "apache", "envoy", "stunnel", "redis", "mongodb", "rabbitmq", "postfix",
	"dovecot", "openvpn"}

// loggedBy is the product whose log a text stands in: by its dialect or else by its words, "" where neither tells.
func loggedBy(e *fact.Event) string {
	if slices.Contains(servers, e.Dialect) {
		return e.Dialect
	}
	if i := slices.IndexFunc(servers, func(p string) bool { return e.In(fact.Context(p)) }); i >= 0 {
		return servers[i]
	}
	return ""
}

func withCapitals(f diagnose.Finding) map[string]string {
	args := map[string]string{}
	words, _ := f.Cause.Words(f.Match)
	texts := []string{f.Cause.Plain, words.Why, words.Check}
	if f.Cause.Plain == "" {
		texts = append(texts, words.Title)
	}
	for _, c := range f.Changes {
		for _, v := range c.Args {
			texts = append(texts, v)
		}
	}
	for _, t := range texts {
		for _, p := range lang.Placeholders(t) {
			args[p] = strings.ToUpper(p)
		}
	}
	for k, v := range f.Args {
		args[k] = v
	}
	return args
}

func filled(list []change.Change, args map[string]string) []change.Change {
	out := slices.Clone(list)
	for i := range out {
		m := map[string]string{}
		for k, v := range out[i].Args {
			m[k] = lang.Fill(v, args)
		}
		out[i].Args = m
	}
	return out
}

// protocolOf is the protocol that a text is about, as far as its writer tells.
func protocolOf(e *fact.Event) string {
	for _, p := range e.Peers {
		if p.Protocol != "" {
			return p.Protocol
		}
	}
	for _, p := range []string{"mssql", "postgres", "mysql"} {
		if e.In(fact.Context(p)) {
			return p
		}
	}
	return "https"
}

// writers are the products whose name a text tells and whose configuration can be written, as package remedy knows
// them.
var writers = []string{"nginx", "haproxy", "apache", "libpq", "odbc", "sqlclient", "jdbc", "go-mssqldb", "tedious", "freetds", "node", "python", "java", "go", "dotnet", "curl", "schannel", "openssl"}

func clientOfText(e *fact.Event) string {
	if e.In(fact.ByServer) {
		return ""
	}
	for _, w := range writers {
		if e.In(fact.Context(w)) {
			return w
		}
	}
	return ""
}

// experiments say how to decide between the causes that a text leaves open: one command for each peer.
func experiments(c *fact.Case, d diagnose.Diagnosis) []Open {
	var list []Open
	for _, f := range d.Findings {
		if f.Heard == nil || f.Sure == cause.Proven || f.Cause.Phase == cause.Benign || f.Cause.Decide == "" {
			continue
		}
		ask := "tlswhy diagnose " + target(f.Heard)
		i := slices.IndexFunc(list, func(o Open) bool { return strings.HasPrefix(o.How, ask+" ") })
		if i < 0 && len(list) < maxOpen {
			list = append(list, Open{Ask: "which of these it is", How: ask + " makes the handshake, then changes one thing at a time: " + decides(f)})
		} else if i >= 0 && !strings.Contains(list[i].How, f.Cause.Decide) {
			list[i].How += "; " + decides(f)
		}
	}
	return list
}

// decides is the experiment of a cause with its name.
func decides(f diagnose.Finding) string { return f.Cause.Decide + " (" + f.Cause.Slug + ")" }

// maxOpen is for how many peers a command is named.
const maxOpen = 3

// target is the peer of a text as an argument of diagnose, with the options that make us connect as the writer does.
func target(e *fact.Event) string {
	options := asProxy(e)
	p, ok := e.Peer()
	if !ok {
		p.Host = "HOST"
	} else if name := cmp.Or(e.Asked(), "NAME"); e.In(fact.ToUpstream) && name != p.Host {
		options += " --connect " + p.Host
		p.Host = name
	}
	host := p.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p.Port != 0 {
		host += fmt.Sprintf(":%d", p.Port)
	}
	return cmp.Or(p.Protocol, protocolOf(e)) + "://" + host + options
}

// asProxy is what makes our handshake like that of the proxy which wrote the text: OpenSSL's offer, and for nginx no server
// name unless it is told to send one.
func asProxy(e *fact.Event) string {
	if !e.In(fact.ToUpstream) {
		return ""
	}
	if e.In("nginx") {
		return " --as openssl3 --sni none"
	}
	return " --as openssl3"
}
