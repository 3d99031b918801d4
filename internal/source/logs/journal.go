package logs

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// journalJSON is an entry of "journalctl -o json" (systemd's JOURNAL_EXPORT_FORMATS): every field a string, or the bytes of one
// that is no UTF-8 as numbers.
var journalJSON = Envelope{ID: "journal-json", Open: func(line []byte, o *Options) ([]byte, Record, bool) {
	if len(line) < 2 || line[0] != '{' || !bytes.Contains(line, []byte(`"MESSAGE"`)) {
		return nil, Record{}, false
	}
	var f map[string]json.RawMessage
	if json.Unmarshal(line, &f) != nil {
		return nil, Record{}, false
	}
	message := journalField(f["MESSAGE"])
	if message == "" {
		return nil, Record{}, false
	}
	get := func(name string) string { return journalField(f[name]) }
	return []byte(message), journalRecord(get), true
}}

func journalField(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var numbers []uint8
	var wide []int
	if json.Unmarshal(raw, &wide) != nil {
		return ""
	}
	for _, n := range wide {
		numbers = append(numbers, uint8(n))
	}
	return string(numbers)
}

// journalRecord takes over what the journal knows of an entry (systemd.journal-fields(7)).
func journalRecord(get func(name string) string) Record {
	r := Record{Product: get("SYSLOG_IDENTIFIER"), Server: get("_HOSTNAME")}
	if r.Product == "" {
		r.Product = get("_COMM")
	}
	r.Product, _, _ = strings.Cut(r.Product, "/") // "postfix/smtpd"
	if n, err := strconv.Atoi(get("PRIORITY")); err == nil && n >= 0 && n < len(severities) {
		r.Level = severities[n]
	}
	stamp := get("_SOURCE_REALTIME_TIMESTAMP")
	if stamp == "" {
		stamp = get("__REALTIME_TIMESTAMP")
	}
	if micro, err := strconv.ParseInt(stamp, 10, 64); err == nil && micro > 0 {
		r.At = time.UnixMicro(micro).UTC()
	}
	return r
}

// journalShort is a line of "journalctl -o short-full", "with-unit" ("Sat 2026-11-21 23:57:28 JST host program[1]: text") and
// "short-unix" ("1795305448.349892 host program[1]: text"). The other short forms look like syslog's files.
var journalShort = Envelope{ID: "journal-short", Open: func(line []byte, o *Options) ([]byte, Record, bool) {
	if len(line) < 24 {
		return nil, Record{}, false
	}
	if _, ok := digitsAt(line, "dddddddddd.dddddd "); ok {
		return openTag(line[len("1795305448.349892 "):], Record{At: jsonTime(string(line[:17]), o)})
	}
	if line[3] != ' ' || !strings.Contains("SunMonTueWedThuFriSat", string(line[:3])) {
		return nil, Record{}, false
	}
	at, rest, ok := isoClock(line[4:], o)
	if !ok {
		return nil, Record{}, false
	}
	return openTag(rest, Record{At: at})
}}

// journalExport reads "journalctl -o export": an entry is a paragraph of FIELD=value lines that begins with its cursor. A value
// with line breaks stands as FIELD, its length in eight bytes, and the bytes.
var journalExport = Dialect{
	ID:      "journal-export",
	Anchors: []string{"MESSAGE="},
	Parse: func(line []byte, _ *Options) (Record, bool) {
		if !bytes.HasPrefix(line, []byte("__CURSOR=")) {
			return Record{}, false
		}
		return Record{Message: string(line)}, true
	},
	Continues: func(line []byte) bool {
		if len(line) > 8 && line[6] == 0 && line[7] == 0 { // a value after its length
			return true
		}
		name, _, ok := bytes.Cut(line, []byte("="))
		if !ok {
			name = line
		}
		return len(name) > 0 && len(name) <= 64 && fieldName(name) && !bytes.Equal(name, []byte("__CURSOR"))
	},
}

// fieldName: capitals, digits and '_'; the journal allows nothing else.
func fieldName(b []byte) bool {
	for _, c := range b {
		if !isUpper(c) && !isDigit(c) && c != '_' {
			return false
		}
	}
	return true
}

// journalEntry reads a whole entry; the line that the program wrote is read as in its own log.
func journalEntry(r *Record, o *Options) {
	text := r.Message
	get := func(name string) string {
		if v, ok := between("\n"+text, "\n"+name+"=", "\n"); ok {
			return v
		}
		_, after, ok := strings.Cut(text, "\n"+name+"\n")
		if !ok || len(after) < 8 {
			return ""
		}
		size := binary.LittleEndian.Uint64([]byte(after[:8]))
		return after[8 : 8+min(size, uint64(len(after)-8))]
	}
	entry := journalRecord(get)
	message := get("MESSAGE")
	if message == "" {
		return
	}
	*r = entry
	r.Message = message
	for _, d := range dialects {
		if inner, ok := d.Parse([]byte(message), o); ok && d.ID != "journal-export" {
			*r = filled(inner, entry)
			return
		}
	}
}
