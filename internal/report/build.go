package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/lang"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/remedy"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Build makes the report of a diagnosed case; connections counts the TCP connects made for it.
func Build(c *fact.Case, d diagnose.Diagnosis, connections int) Report {
	r := Report{Schema: Schema, Question: Question{Target: c.Question.Target, As: c.Question.As}, Outcome: string(d.Outcome),
		Findings: []Finding{}, Hidden: []Finding{}, Open: []Open{}, Clean: clean(c), Handshakes: []Handshake{}, Gaps: []Gap{},
		Connections: connections}
	if h := c.First(); h != nil && h.Completed() {
		r.Question.Peer = c.Question.Peer
	}
	for _, f := range d.Findings {
		r.Findings = append(r.Findings, finding(c, f))
	}
	for _, f := range d.Hidden {
		r.Hidden = append(r.Hidden, finding(c, f))
	}
	for _, f := range d.Open {
		r.Open = append(r.Open, Open{Ask: lang.Fill(f.Cause.Title, f.Args), How: how(f)})
	}
	r.Open = append(r.Open, unknown(c, d)...)
	for _, q := range cause.Undecided(c) {
		r.Open = append(r.Open, Open(q))
	}
	for _, says := range cause.Checked(c) {
		r.Clean = append(r.Clean, Clean{Checked: says})
		r.tested = append(r.tested, says)
	}
	for _, g := range c.Gaps {
		r.Gaps = append(r.Gaps, Gap(g))
	}
	r.Handshakes = fold(c.Handshakes)
	r.Repeat = repeated(c)
	r.Deep = deepened(c)
	r.ladder = ladder(c)
	return r
}

func finding(c *fact.Case, f diagnose.Finding) Finding {
	words, ids := f.Cause.Words(f.Match)
	out := Finding{Cause: f.Cause.Slug, ID: f.Cause.ID, Sure: string(f.Sure), Phase: phase(c, f), Level: string(f.Level),
		Count: max(f.Count, 1), About: f.About, Args: f.Args, Sources: f.Cause.Cites,
		Title: lang.Fill(words.Title, f.Args), TitleID: f.Cause.Slug + ids.Title,
		Why: lang.Fill(words.Why, f.Args), WhyID: f.Cause.Slug + ids.Why,
		Check: lang.Fill(words.Check, f.Args), CheckID: f.Cause.Slug + ids.Check,
		Proof: proofs(f.Proof, f.Args), Against: proofs(f.Against, f.Args), Changes: changes(c, f.Changes)}
	out.measured = f.Measured
	if out.Args == nil {
		out.Args = map[string]string{}
	}
	if f.Heard != nil || f.Written {
		return heardFinding(out, c, f)
	}
	return out
}

func proofs(list []cause.Proof, args map[string]string) []Proof {
	out := []Proof{}
	for _, p := range list {
		out = append(out, Proof{Kind: p.Ref.Kind, Name: p.Ref.Name, At: p.Ref.At, Says: lang.Fill(p.Says, args)})
	}
	return out
}

// maxPlatforms is how many products' words a change is written in.
const maxPlatforms = 2

func changes(c *fact.Case, list []change.Change) []Change {
	out := []Change{}
	for _, ch := range list {
		for _, a := range remedy.For(c, ch, maxPlatforms) {
			args := a.Args
			if args == nil {
				args = map[string]string{}
			}
			if twice(out, a) {
				continue
			}
			out = append(out, Change{What: a.What, WhatID: a.ID, Args: args, Side: string(ch.Side), Platform: a.Platform, File: a.File,
				Snippet: a.Snippet, Apply: a.Apply, Undo: a.Undo, Advised: a.Advised, Risk: a.Risk,
				Tried: ch.Tried, Still: ch.Still})
		}
	}
	return out
}

// twice: the same lines, for the same place, are there already.
func twice(list []Change, a remedy.Advice) bool {
	return a.Snippet != "" && slices.ContainsFunc(list, func(c Change) bool {
		return c.Platform == a.Platform && c.File == a.File && c.Snippet == a.Snippet && c.Apply == a.Apply && c.Advised == a.Advised
	})
}

// phases names the rung on which a handshake died.
var phases = map[fact.Progress]cause.Phase{fact.AtDNS: cause.Reach, fact.AtTCP: cause.Reach, fact.AtPreamble: cause.Preamble,
	fact.AtHello: cause.Hello, fact.AtServerHello: cause.KeyExchange, fact.AtCertificate: cause.KeyExchange,
	fact.AtKeyExchange: cause.Finish, fact.AtFinished: cause.ClientAuth}

// phase is where the handshake died; for a finding on one that did not die, where the catalogue files it.
func phase(c *fact.Case, f diagnose.Finding) string {
	h := c.Base()
	if h == nil || f.Measured || f.Level != cause.Breaks || h.Progress() == fact.AtDone || f.Cause.Phase == cause.ClientAuth || f.Cause.Phase == cause.ServerAuth {
		return string(f.Cause.Phase)
	}
	if p, ok := phases[h.Progress()]; ok {
		return string(p)
	}
	return string(f.Cause.Phase)
}

func how(f diagnose.Finding) string {
	if len(f.Asks) == 0 {
		return f.Cause.Check
	}
	return fmt.Sprintf("one more connection, changed in one thing (%s), would decide; --max-connections allows more, a longer --timeout gives it time", f.Asks[0].Variant)
}

// unknown says what to collect next when no cause was found.
func unknown(c *fact.Case, d diagnose.Diagnosis) []Open {
	h := c.Base()
	if len(c.Question.Unlike) > 0 && h != nil && h.Completed() {
		return []Open{{Ask: "does it work with " + strings.Join(c.Question.Unlike, ", ") + " too: that was read and not imitated",
			How: "run the command itself; without it the handshake works"}}
	}
	if d.Outcome != diagnose.Unknown || h == nil {
		return nil
	}
	if h.End.How == fact.EndLocal && h.End.Reason == wire.ReasonCannotComplete {
		return []Open{{Ask: "does the client itself go on: the server chose what this program cannot compute", How: ByHand(c, h)}}
	}
	log := Open{Ask: "what does the server say itself", How: "its log at the time of these handshakes"}
	if h.End.How == fact.EndAlert || h.Server != nil || h.Retry != nil {
		return []Open{log} // it heard us, and answered
	}
	return []Open{
		{Ask: "does our hello arrive, and what does the server do with it",
			How: fmt.Sprintf("at the server: tcpdump -i any -s 0 -w hello.pcap port %d", h.ServerAddr().Port())},
		log,
	}
}

// fold makes the rows, like handshakes as one with their count.
func fold(list []fact.Handshake) []Handshake {
	rows := []Handshake{}
	at := map[string]int{}
	for i := range list {
		r := row(&list[i])
		key := fmt.Sprint(watchedKey(&list[i]), r.Server, r.SNI, r.Version, r.Suite, r.Group, completedWord(r), r.Alerts, r.ClosedBy, r.ClosedHow, r.After, r.Changed)
		if j, ok := at[key]; ok {
			rows[j].Count += r.Count
			continue
		}
		at[key] = len(rows)
		rows = append(rows, r)
	}
	return rows
}

func completedWord(r Handshake) string {
	if r.Completed == nil {
		return "unknown"
	}
	return fmt.Sprint(*r.Completed)
}

func row(h *fact.Handshake) Handshake {
	r := Handshake{Protocol: h.Protocol, Completed: told(h), Alerts: []Alert{}, ClosedBy: h.End.By.String(), ClosedHow: closedHow(h),
		After: h.End.After, First: h.Ref.At, Details: details(h), Count: max(h.Seen.Count, 1), Group: group(h)}
	if p := h.Passive; p != nil && h.End.How == fact.EndCompleted {
		r.ClosedBy, r.ClosedHow = "", "" // a capture shows how the connection itself ended, or does not
		if len(p.Closes) > 0 {
			r.ClosedBy, r.ClosedHow = p.Closes[0].By.String(), string(p.Closes[0].How)
		}
	}
	if n := len(h.Path); n > 0 {
		r.Server = where(h.Path[n-1])
		if n > 1 {
			r.Client = where(h.Path[0])
		}
	}
	if h.Client != nil {
		r.SNI = h.Client.ServerName
	}
	if h.Server != nil {
		r.Version, r.Suite, r.SuiteName = names.Version(h.Server.Version), fmt.Sprintf("0x%04x", h.Server.Suite), names.SuiteName(h.Server.Suite)
	}
	for _, a := range h.Alerts {
		r.Alerts = append(r.Alerts, Alert{From: a.From.String(), Level: alertLevel(a.Level), Code: a.Code, Name: names.Alert(a.Code)})
	}
	if h.Variant.Kind != fact.Baseline && h.Variant.Kind != fact.Repeat {
		r.Changed = h.Variant.String()
	}
	return r
}

// watchedKey keeps rows of captures apart that were kept apart when they were read.
func watchedKey(h *fact.Handshake) string {
	if h.Passive == nil {
		return ""
	}
	return h.Ref.At
}

// told is the answer of three: nil when it cannot be told.
func told(h *fact.Handshake) *bool {
	t := h.Told()
	if t == fact.Unknown {
		return nil
	}
	yes := t == fact.Yes
	return &yes
}

func closedHow(h *fact.Handshake) string {
	if h.End.How == fact.EndCompleted && !h.Verdict.OK() {
		return "certificate refused"
	}
	return string(h.End.How)
}

func alertLevel(l uint8) string {
	if l == 1 {
		return "warning"
	}
	return "fatal"
}

// group is the key-exchange group that was used, as far as it can be told.
func group(h *fact.Handshake) string {
	switch {
	case h.Server != nil && h.Server.Share != nil:
		return names.Group(h.Server.Share.Group)
	case h.Key != nil && h.Key.Kind == "ECDHE":
		return names.Group(h.Key.Group)
	case h.Key != nil && h.Key.Kind == "DHE" && h.Key.P != nil:
		return fmt.Sprintf("DH %d bits", h.Key.P.BitLen())
	}
	return ""
}

// clean lists what was looked at and found in order.
func clean(c *fact.Case) []Clean {
	out := []Clean{}
	h := c.First()
	if h == nil {
		return out
	}
	add := func(ok bool, text string) {
		if ok {
			out = append(out, Clean{Checked: text})
		}
	}
	add(h.Progress() > fact.AtTCP, "the address accepts connections")
	add(h.Server != nil && h.Server.Version >= wire.TLS12, "a current TLS version is agreed on")
	add(h.Finished == fact.Yes, "the key exchange and both Finished messages")
	if v := h.Verdict; v != nil {
		add(v.Trusted, "the certificate chain leads to a trusted root")
		add(v.Name != "" && v.Find(fact.NameMismatch) == nil && v.Find(fact.NameIsIP) == nil && v.Find(fact.NameOnlyInCN) == nil, "the certificate carries the name "+v.Name)
		add(v.Find(fact.LeafExpired) == nil && v.Find(fact.LeafNotYetValid) == nil, "the certificate is in date")
	}
	return out
}
