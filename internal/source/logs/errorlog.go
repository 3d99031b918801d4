package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// errorlog reads SQL Server's ERRORLOG: "2018-10-16 09:06:42.54 spid19s     text". A failed login or handshake takes two
// lines with the source Logon: number, severity and state, then the sentence; they are one record.
var errorlog = Dialect{
	ID: "errorlog",
	Anchors: []string{
		"Logon ", "SSL", "TLS", "ertificate", "ncrypt", "TDSSNIClient", "SSPI", "証明書", "暗号化",
	},
	Parse: func(line []byte, o *Options) (Record, bool) {
		r, source, text, ok := errorlogLine(line, o)
		if !ok || source == "Logon" && !logonBegins(text) {
			return r, false
		}
		if n := errorNumbers(text); len(n) == 3 { // the same in all languages
			r.Message = "Error: " + n[0] + ", Severity: " + n[1] + ", State: " + n[2] + "."
		}
		return r.errorlogClient(), true
	},
	Continues: func(line []byte) bool {
		_, source, text, ok := errorlogLine(line, nil)
		return ok && source == "Logon" && !logonBegins(text)
	},
}

// errorlogLine splits a line. The time has hundredths of a second.
func errorlogLine(line []byte, o *Options) (r Record, source, text string, ok bool) {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	if len(line) < 24 || line[10] != ' ' || line[19] != '.' || !isDigit(line[21]) || line[22] != ' ' {
		return r, "", "", false
	}
	at, rest, ok := isoClock(line, o)
	name, rest := firstWord(rest)
	if !ok || !errorlogSource(string(name)) || len(rest) == 0 {
		return r, "", "", false
	}
	r = Record{At: at, Product: "mssql", Contexts: []fact.Context{fact.ByServer, fact.Database, fact.MSSQL}, Message: string(rest)}
	return r, string(name), r.Message, true
}

// errorlogSource: "spid19s", "Logon", "Server", "Backup", "Service Broker" …
func errorlogSource(s string) bool {
	if n, ok := strings.CutPrefix(s, "spid"); ok {
		return allDigits(strings.TrimSuffix(n, "s"))
	}
	return s == "Logon" || s == "Server" || s == "Backup" || s == "System"
}

// logonBegins: the line has the number of an error ("Error: 17836, Severity: 20, State: 17.", in any language), or tells of a
// login that worked.
func logonBegins(text string) bool {
	if strings.HasPrefix(text, "Login succeeded") {
		return true
	}
	return len(errorNumbers(text)) == 3
}

// errorNumbers are number, severity and state, where a text consists of little else.
func errorNumbers(text string) []string {
	n := strings.FieldsFunc(text[:min(len(text), 120)], func(c rune) bool { return c < '0' || c > '9' })
	if len(text) > 90 || len(n) != 3 || len(n[0]) < 3 || len(n[0]) > 5 || len(n[1]) > 2 || len(n[2]) > 4 || !strings.Contains(text, n[0]+",") && !strings.Contains(text, n[0]+"、") {
		return nil
	}
	return n
}

// errorlogClient takes "[CLIENT: 10.0.0.7]" out of the message.
func (r Record) errorlogClient() Record {
	before, after, ok := cutLast(r.Message, "[")
	inner, _, closed := strings.Cut(after, "]")
	if !ok || !closed {
		return r
	}
	_, peer, ok := cutLast(inner, ": ")
	if a := addressOf(peer); ok && a.IsValid() {
		r.Client, r.Message = a, strings.TrimSpace(before)
	}
	return r
}
