package logs

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// postgres reads the server log of PostgreSQL (src/backend/utils/error/elog.c): stderr with any log_line_prefix that has a
// time, csvlog, jsonlog; and PgBouncer's, which looks much the same. Two blanks follow the colon after the severity, in
// every language. DETAIL, HINT and STATEMENT stand in lines of their own with the same prefix.
var postgres = Dialect{
	ID: "postgres",
	Anchors: []string{
		"SSL", "ssl", "TLS", "pg_hba", "ertificate", "startup packet", "unsupported frontend protocol", "key file", "no encryption", "from client", "GSSAPI", "証明書",
	},
	Parse:     parsePostgres,
	Continues: continuesPostgres,
}

// postgresMore are the severities of lines that go on with a message, in the languages of its translations met in logs.
var postgresMore = []string{
	"DETAIL", "HINT", "STATEMENT", "CONTEXT", "QUERY", "LOCATION", "BACKTRACE", "詳細", "ヒント", "文", "ステートメント", "DÉTAIL", "ASTUCE", "INSTRUCTION", "TIPP", "ANWEISUNG",
	"HINWEIS", "DETALLE", "SUGERENCIA", "SENTENCIA", "ПОДРОБНОСТИ", "ПОДСКАЗКА", "ОПЕРАТОР", "描述", "提示", "语句", "상세정보", "힌트",
}

func parsePostgres(line []byte, o *Options) (Record, bool) {
	if len(line) > 0 && line[0] == '{' {
		return postgresJSON(line, o)
	}
	r, rest, ok := postgresHead(line, o)
	if !ok {
		return r, false
	}
	if len(rest) > 0 && rest[0] == ',' {
		return postgresCSV(r, string(rest))
	}
	prefix, severity, text, ok := postgresSeverity(rest)
	if ok && !isMore(severity) {
		r.Level, r.Message = severity, text
		return r.postgresDone(prefix), true
	}
	if !ok {
		return pgBouncer(r, rest)
	}
	return r, false
}

func continuesPostgres(line []byte) bool {
	if len(line) > 0 && line[0] == '\t' || bytes.HasPrefix(line, []byte("#011")) { // syslog's form of a tab
		return true
	}
	_, rest, ok := postgresHead(line, nil)
	if !ok {
		return false
	}
	_, severity, _, ok := postgresSeverity(rest)
	return ok && isMore(severity)
}

// postgresHead reads the time. Through syslog there is none, but a running number, "[5-1]", or at once the severity.
func postgresHead(line []byte, o *Options) (r Record, rest []byte, ok bool) {
	line = bytes.TrimPrefix(line, []byte("<"))
	r = Record{Product: "postgres", Contexts: []fact.Context{fact.ByServer, fact.Database}}
	if r.At, rest, ok = isoClock(line, o); ok {
		return r, rest, true
	}
	if number, after, ok := inBrackets(line); ok && allDigits(strings.Replace(string(number), "-", "", 1)) && bytes.IndexByte(number, '-') > 0 {
		return r, after, true
	}
	severity, _, ok := bytes.Cut(line[:min(len(line), 20)], []byte(":  "))
	switch string(severity) {
	case "LOG", "INFO", "NOTICE", "WARNING", "ERROR", "FATAL", "PANIC", "DETAIL", "HINT", "STATEMENT", "CONTEXT":
		return r, append([]byte(" "), line...), ok
	}
	return r, line, false
}

// postgresSeverity finds "LOG:  " behind the rest of the prefix.
func postgresSeverity(rest []byte) (prefix, severity, text string, ok bool) {
	head := rest[:min(len(rest), 300)]
	i := bytes.Index(head, []byte(":  "))
	if i <= 0 {
		return "", "", "", false
	}
	start := bytes.LastIndexAny(head[:i], " ]>:)") + 1
	severity = string(head[start:i])
	if severity == "" || len(severity) > 40 || strings.ContainsAny(severity, "=/.,;'\"") {
		return "", "", "", false
	}
	return string(head[:start]), severity, string(rest[i+3:]), true
}

func isMore(severity string) bool {
	for _, m := range postgresMore {
		if severity == m {
			return true
		}
	}
	return false
}

// postgresDone tells the client, where prefix or message name one, and whether the line is about a connection that works.
func (r Record) postgresDone(prefix string) Record {
	for _, w := range strings.FieldsFunc(prefix, func(c rune) bool { return c == ' ' || c == ',' || c == '[' || c == ']' || c == '@' }) {
		w = strings.TrimPrefix(strings.TrimPrefix(w, "client="), "host=")
		if i := strings.IndexByte(w, '('); i > 0 { // %r is "10.0.0.7(43210)"
			w = strings.TrimPrefix(w[:i], ":")
		}
		if a := addressOf(w); !r.Client.IsValid() && a.IsValid() {
			r.Client = a
		}
	}
	if host, ok := between(r.Message, `for host "`, `"`); ok {
		r.Client = addressOf(host)
	}
	r.Success = strings.HasPrefix(r.Message, "connection authorized:") && strings.Contains(r.Message, " SSL enabled (") ||
		strings.HasPrefix(r.Message, "replication connection authorized:") && strings.Contains(r.Message, " SSL enabled (")
	return r
}

// postgresCSV reads the columns of csvlog that follow the time (docs: runtime-config-logging).
func postgresCSV(r Record, rest string) (Record, bool) {
	const client, severity, message, detail, hint = 4, 11, 13, 14, 15
	f := csvFields(rest, hint+1)
	if len(f) <= message || f[severity] == "" || !allDigits(f[3]) {
		return r, false
	}
	r.Level, r.Message = f[severity], f[message]
	for _, more := range f[detail:min(len(f), hint+1)] {
		if more != "" {
			r.Message += "\n" + more
		}
	}
	r = r.postgresDone("")
	if a := addressOf(f[client]); a.IsValid() {
		r.Client = a
	}
	return r, true
}

// postgresJSON reads jsonlog, of version 15 on.
func postgresJSON(line []byte, o *Options) (Record, bool) {
	if !bytes.Contains(line, []byte(`"error_severity":`)) {
		return Record{}, false
	}
	var v struct {
		Timestamp, Message, Detail, Hint string
		Severity                         string `json:"error_severity"`
		Remote                           string `json:"remote_host"`
	}
	if json.Unmarshal(line, &v) != nil || v.Message == "" {
		return Record{}, false
	}
	r, _, ok := postgresHead([]byte(v.Timestamp), o)
	if !ok {
		return r, false
	}
	r.Level, r.Message = v.Severity, v.Message
	for _, more := range []string{v.Detail, v.Hint} {
		if more != "" {
			r.Message += "\n" + more
		}
	}
	r = r.postgresDone("")
	if a := addressOf(v.Remote); a.IsValid() {
		r.Client = a
	}
	return r, true
}

// pgBouncer reads what follows the time in PgBouncer's log: "[1] WARNING C-0x55d0: db/user@10.0.0.7:5432 TLS handshake
// error: …" (src/util.c). It is the server of those it calls clients (C-) and the client of servers (S-).
func pgBouncer(r Record, rest []byte) (Record, bool) {
	pid, rest, ok := inBrackets(rest)
	if !ok || !allDigits(string(pid)) {
		return r, false
	}
	level, rest := firstWord(rest)
	switch string(level) {
	case "LOG", "WARNING", "ERROR", "FATAL", "DEBUG", "NOISE", "INFO":
	default:
		return r, false
	}
	r.Level, r.Product, r.Contexts, r.Message = string(level), "pgbouncer", []fact.Context{fact.Database, "postgres"}, string(rest)
	who, text, ok := strings.Cut(r.Message, ": ")
	if !ok || !strings.HasPrefix(who, "C-0x") && !strings.HasPrefix(who, "S-0x") {
		return r, true
	}
	account, said, _ := strings.Cut(text, " ")
	_, peer, _ := cutLast(account, "@")
	r.Message = said
	if who[0] == 'C' {
		r.Contexts = append(r.Contexts, fact.ByServer)
		r.Client = addressOf(peer)
	} else {
		r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream)
		r.Upstream = peer
	}
	return r, true
}
