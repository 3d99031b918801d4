package preamble

import (
	"fmt"
	"sort"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// steps lists the preamble's messages and TLS's in the order of time. Runs of like records are folded into one
// step, so that a long conversation does not count.
func steps(t *wire.Transcript, marks []Mark, messages []wire.Message) []fact.Step {
	var list []fact.Step
	for _, m := range marks {
		at, packet := timeOf(t, m.From, m.End)
		list = append(list, fact.Step{From: m.From, At: at, Packet: packet, Name: m.Name, Note: m.Note})
	}
	for i := 0; i < len(messages); {
		n := run(messages[i:])
		list = append(list, messageStep(messages[i:i+n]))
		i += n
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].At < list[j].At })
	return list
}

// run counts the messages at the start that make one step: records of application data of one side.
func run(messages []wire.Message) int {
	n := 1
	for n < len(messages) && messages[0].Record == wire.RecordApplicationData &&
		messages[n].Record == messages[0].Record && messages[n].Name == messages[0].Name && messages[n].From == messages[0].From {
		n++
	}
	return n
}

// messageStep is one TLS message, or a run of like ones.
func messageStep(messages []wire.Message) fact.Step {
	m := messages[0]
	s := fact.Step{From: m.From, At: m.At, Packet: m.Packet, Name: m.Name}
	bytes := 0
	for _, one := range messages {
		bytes += one.Len
	}
	switch {
	case m.Alert != nil:
		s.Note = alertNote(*m.Alert)
	case len(messages) > 1:
		s.Note = fmt.Sprintf("%d records, %d bytes", len(messages), bytes)
	case m.Encrypted && !m.Opened:
		s.Note = fmt.Sprintf("%d bytes", bytes)
	}
	return s
}

// alertNote is an alert as a step's note: "fatal handshake_failure (40)".
func alertNote(a wire.Alert) string {
	level := fmt.Sprintf("level %d", a.Level)
	switch a.Level {
	case 1:
		level = "warning"
	case 2:
		level = "fatal"
	}
	return fmt.Sprintf("%s %s (%d)", level, names.Alert(a.Code), a.Code)
}
