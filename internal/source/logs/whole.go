package logs

import (
	"bytes"
	"strings"
)

// whole reads what only the whole of a record of several lines tells, once they are glued together: the time inside an
// event's XML, how a transcript ended, the client that stands in the second line. It is called with the dialect that
// opened the record.
func whole(d *Dialect, r *Record, o *Options) {
	switch d.ID {
	case "apache", "postgres", "rabbitmq":
		r.Message = withoutHeads(d, r.Message)
	case "errorlog":
		r.Message = withoutHeads(d, r.Message)
		*r = r.errorlogClient()
	case "java-debug":
		if chatty(r.Level) && !strings.Contains(r.Message, "lert") { // a step that went well says nothing
			r.Message = ""
		}
	case "journal-export":
		journalEntry(r, o)
	case "windows-xml":
		if strings.HasPrefix(r.Message, "<Event") {
			windowsEvent(r)
		}
	case "windows-text":
		windowsFields(r, o)
	case "s_client":
		sClientEnd(r)
	case "curl":
		curlEnd(r)
	}
}

// headless gives what a line that goes on with a record says, without the head that it repeats.
func headless(d *Dialect, line []byte) (text []byte, ok bool) {
	switch d.ID {
	case "apache":
		_, text, ok = apacheHead(line, nil)
	case "postgres":
		var prefix string
		if _, text, ok = postgresHead(line, nil); ok {
			prefix, _, _, ok = postgresSeverity(text)
			text = text[len(prefix):]
		}
	case "rabbitmq":
		_, text, ok = rabbitLine(line, nil)
		text = bytes.TrimSpace(text)
	case "errorlog":
		var said string
		_, _, said, ok = errorlogLine(line, nil)
		text = []byte(said)
	}
	return text, ok
}

// withoutHeads takes the heads off all lines but the first, whose head is already off.
func withoutHeads(d *Dialect, message string) string {
	if !strings.Contains(message, "\n") {
		return message
	}
	lines := strings.Split(message, "\n")
	for i := range lines[1:] {
		if t, ok := headless(d, []byte(lines[i+1])); ok {
			lines[i+1] = string(t)
		}
	}
	return strings.Join(lines, "\n")
}
