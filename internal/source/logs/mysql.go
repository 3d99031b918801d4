package logs

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mysql reads the error logs of MySQL and MariaDB: "2024-01-10T08:41:45.123456Z 12 [Warning] [MY-013360] [Server] text" (8.0),
// the same without code (5.7), "2026-11-21 23:58:37 10 [Warning] text" (MariaDB), "160501 12:00:00 [Warning] text" (before
// 5.7 and 10.1).
var mysql = Dialect{
	ID: "mysql",
	Anchors: []string{
		"SSL", "TLS", "ssl", "ertificate", "Aborted connection", "Access denied", "ecure transport", "secure_transport", "is blocked", "Got an error",
		"out of order", "andshake", "rivate key", "Got timeout", "CA ", "packet:", "Unencrypted",
	},
	Parse: parseMySQL,
}

func parseMySQL(line []byte, o *Options) (Record, bool) {
	maria := false
	if len(line) > 19 && line[10] == ' ' && line[11] == ' ' { // MariaDB pads the hour with a blank (sql/log.cc, print_buffer_to_file)
		line = slices.Concat(line[:11], []byte("0"), line[12:])
	}
	at, rest, ok := isoClock(line, o)
	if ok {
		maria = line[10] == ' '
	} else if at, rest, ok = shortClock(line, o); !ok {
		return Record{}, false
	}
	if thread, after := firstWord(rest); allDigits(string(thread)) {
		rest = after
	}
	level, rest, ok := inBrackets(rest)
	if !ok || !mysqlLevel(string(level)) {
		return Record{}, false
	}
	code, after, coded := inBrackets(rest)
	if coded && bytes.HasPrefix(code, []byte("MY-")) {
		maria = false
		if _, deeper, ok := inBrackets(after); ok { // the subsystem: [Server], [InnoDB]
			after = deeper
		}
		rest = append(append([]byte("["), code...), append([]byte("] "), after...)...)
	}
	r := Record{At: at, Level: string(level), Product: "mysql", Contexts: []fact.Context{fact.ByServer, fact.Database}, Message: string(rest)}
	if maria {
		r.Product = "mariadb"
		r.Contexts = append(r.Contexts, "mysql")
	}
	if namesClient(r.Message) {
		r.Message = ""
	} else if host, ok := between(r.Message, "host: '", "'"); ok {
		r.Client = addressOf(host)
	} else if account, ok := between(r.Message, "for user '", " ("); ok {
		if _, host, ok := strings.Cut(account, "'@'"); ok {
			r.Client = addressOf(strings.TrimSuffix(host, "'"))
		}
	}
	return r, true
}

// namesClient: the server looks for the name of a client's address, to find accounts by it (sql/hostname.cc). Without a name, or
// where name and address disagree, it goes on by the address, so that nothing fails by this.
func namesClient(message string) bool {
	return strings.Contains(message, "Host name '") && strings.Contains(message, "' could not be resolved: ")
}

// mysqlLevel: as written there; nginx and others write theirs in lower case.
func mysqlLevel(s string) bool {
	return s == "Note" || s == "Warning" || s == "ERROR" || s == "System" || s == "Error" || s == "Information"
}

// shortClock reads "160501 12:00:00", the hour perhaps with a blank before it.
func shortClock(line []byte, o *Options) (t time.Time, rest []byte, ok bool) {
	v, ok := digitsAt(line, "dddddd ")
	if !ok || len(line) < 15 {
		return t, line, false
	}
	hour := [8]byte([]byte(line[7:15]))
	if hour[0] == ' ' {
		hour[0] = '0'
	}
	clock, _, _, ok := dayTime(hour[:])
	if !ok {
		return t, line, false
	}
	t, ok = moment(2000+v[0]/10000, time.Month(v[0]/100%100), v[0]%100, clock, 0, o.location())
	return t, trimBlank(line[15:]), ok
}
