package logs

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mongodb reads MongoDB's log: since 4.4 a JSON object with "t", "s", "c", "id", "ctx", "msg" and "attr" (docs: reference/log-messages),
// before "2022-07-27T09:25:44.993+0000 E  NETWORK  [conn25854] text", which the old shell prints, too.
var mongodb = Dialect{
	ID:      "mongodb",
	Anchors: []string{"SSL", "TLS", "ssl", "tls", "ertificate", "andshake", "Error receiving request", "HostUnreachable", "Error sending response"},
	Parse: func(line []byte, o *Options) (Record, bool) {
		if len(line) > 0 && line[0] == '{' {
			return mongoJSON(line, o)
		}
		return mongoText(line, o)
	},
}

func mongoJSON(line []byte, o *Options) (Record, bool) {
	if !bytes.HasPrefix(bytes.ReplaceAll(line[:min(len(line), 40)], []byte(" "), nil), []byte(`{"t":{"$date":`)) {
		return Record{}, false
	}
	var v struct {
		T struct {
			Date string `json:"$date"`
		}
		S, C, Msg, Ctx string
		Attr           map[string]any
	}
	if json.Unmarshal(line, &v) != nil || v.Msg == "" {
		return Record{}, false
	}
	at, _, ok := isoClock([]byte(v.T.Date), o)
	attr := jsonFields(v.Attr)
	r := Record{At: at, Level: mongoLevel(v.S), Product: "mongodb", Contexts: []fact.Context{fact.Database}, Message: v.Msg}
	for _, name := range []string{"error", "reason", "error.errmsg", "error.codeName", "error.reason", "status.errmsg"} {
		if s := attr.get(name); s != "" {
			r.Message = joinFault(r.Message, s)
		}
	}
	peer := attr.first([]string{"remote", "client", "hostAndPort", "host", "target"})
	if strings.HasPrefix(v.Ctx, "conn") || v.Ctx == "listener" {
		r.Contexts = append(r.Contexts, fact.ByServer)
		r.Client = addressOf(peer)
	} else if peer != "" {
		r.Contexts = append(r.Contexts, fact.ByClient)
		r.Upstream = peer
	}
	return r, ok
}

// mongoLevel spells out the letter of a level.
func mongoLevel(s string) string {
	if name, ok := map[string]string{"F": "fatal", "E": "error", "W": "warning", "I": "info"}[s]; ok {
		return name
	}
	return "debug"
}

func mongoText(line []byte, o *Options) (Record, bool) {
	if len(line) < 40 || line[10] != 'T' {
		return Record{}, false
	}
	at, rest, ok := isoClock(line, o)
	level, rest := firstWord(rest)
	part, rest := firstWord(rest)
	context, rest, ok2 := inBrackets(rest)
	if !ok || !ok2 || len(level) != 1 && !(len(level) == 2 && level[0] == 'D') || !oneOf(level[0], "FEWID") || string(part) != "-" && !fieldName(part) {
		return Record{}, false
	}
	r := Record{At: at, Level: mongoLevel(string(level)), Product: "mongodb", Contexts: []fact.Context{fact.Database}, Message: string(rest)}
	if bytes.HasPrefix(context, []byte("conn")) || string(context) == "listener" {
		r.Contexts = append(r.Contexts, fact.ByServer)
		if peer, ok := between(r.Message, "Ending connection from ", " "); ok {
			r.Client = addressOf(peer)
		}
	} else if string(context) == "js" || string(context) == "thread1" {
		r.Contexts = append(r.Contexts, fact.ByClient)
	}
	return r, true
}
