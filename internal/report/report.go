// Package report presents a diagnosis: the JSON that other programs rely on, and the text that people read.
package report

import (
	"time"

	"github.com/tlswhy/tlswhy/internal/cause"
)

// Schema names the contract's version.
const Schema = "tlswhy/report/v1"

// A Report is the contract: what schema/report.v1.json describes.
type Report struct {
	Schema      string      `json:"schema"`
	Question    Question    `json:"question"`
	Outcome     string      `json:"outcome"`
	Findings    []Finding   `json:"findings"`
	Hidden      []Finding   `json:"hidden"`
	Open        []Open      `json:"open"`
	Clean       []Clean     `json:"clean"`
	Handshakes  []Handshake `json:"handshakes"`
	Events      []Event     `json:"events,omitempty"`   // of texts and logs
	Repeat      *Repeat     `json:"repeat,omitempty"`   // of unchanged handshakes made more than once
	Deep        *Deep       `json:"deep,omitempty"`     // of --deep
	Machines    []Machine   `json:"machines,omitempty"` // that were described
	Meetings    []Meeting   `json:"meetings,omitempty"` // what two of them would agree on
	Gaps        []Gap       `json:"gaps"`
	Connections int         `json:"connections"`

	ladder     []rung // for the text only
	took       string
	tested     []string    // what experiments that were asked for found in order
	watched    *watched    // of captures
	heard      *heard      // of texts and logs
	configured *configured // of configuration
}

// Lasted tells the text how long the diagnosis took; experiments made side by side count once.
func (r *Report) Lasted(d time.Duration) { r.took = ms(d) }

// A Question is what was asked.
type Question struct {
	Target string `json:"target"`
	As     string `json:"as"`
	// Peer is how much the client knows of its peer, once it is connected: verified, or unverified where it takes any certificate or name.
	Peer string `json:"peer,omitempty"`
}

// A Finding is one cause found.
type Finding struct {
	Cause   string            `json:"cause"`
	ID      string            `json:"id"`
	Sure    string            `json:"sure"`
	Phase   string            `json:"phase"` // where the handshake died
	Level   string            `json:"level"`
	Count   int               `json:"count"`
	Title   string            `json:"title"`
	TitleID string            `json:"title_id"`
	Why     string            `json:"why"`
	WhyID   string            `json:"why_id"`
	Check   string            `json:"check"`
	CheckID string            `json:"check_id"`
	About   cause.About       `json:"about"`
	Proof   []Proof           `json:"proof"`
	Against []Proof           `json:"against"`
	Args    map[string]string `json:"args"`
	Changes []Change          `json:"changes"`
	Sources []string          `json:"sources"`

	measured bool // experiments that were asked for brought it about
}

// A Proof is one piece of evidence and where it can be checked.
type Proof struct {
	Kind string `json:"kind"` // live, capture, log, text, conf, computed
	Name string `json:"name"`
	At   string `json:"at"`
	Says string `json:"says"`
}

// A Change is one thing to do, in the language of the product that must change.
type Change struct {
	What     string            `json:"what"`
	WhatID   string            `json:"what_id"`
	Args     map[string]string `json:"args"`
	Side     string            `json:"side"`
	Platform string            `json:"platform"`
	File     string            `json:"file"`
	Snippet  string            `json:"snippet"`
	Apply    string            `json:"apply"`
	Undo     string            `json:"undo"`
	Advised  bool              `json:"advised"`
	Risk     string            `json:"risk"`
	Tried    string            `json:"tried"` // the experiment that made the handshake as this change would: "experiment 5"; "" for none
	Still    string            `json:"still"` // what kept that from succeeding; "" when it succeeded
}

// Open is a question that this run could not decide, and how to.
type Open struct {
	Ask string `json:"ask"`
	How string `json:"how"`
}

// Clean is something that was checked and is in order.
type Clean struct {
	Checked string `json:"checked"`
}

// A Gap is evidence that could not be had.
type Gap struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// A Handshake is one row, folded with its count.
type Handshake struct {
	Client    string   `json:"client"`
	Server    string   `json:"server"`
	Protocol  string   `json:"protocol"`
	SNI       string   `json:"sni"`
	Version   string   `json:"version"`
	Suite     string   `json:"suite"`
	SuiteName string   `json:"suite_name"`
	Group     string   `json:"group"`
	Completed *bool    `json:"completed" jsonschema:"oneof_type=boolean;null"` // null: cannot be told
	Alerts    []Alert  `json:"alerts"`
	ClosedBy  string   `json:"closed_by"`
	ClosedHow string   `json:"closed_how"`
	After     string   `json:"after"`
	First     string   `json:"first"`
	Changed   string   `json:"changed"` // what the experiment changed; empty: nothing
	Count     int      `json:"count"`
	Details   *Details `json:"details,omitempty"` // of captures
}

// An Alert is one readable alert.
type Alert struct {
	From  string `json:"from"`
	Level string `json:"level"`
	Code  uint8  `json:"code"`
	Name  string `json:"name"`
}
