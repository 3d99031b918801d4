package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// redis reads the log of Redis, Valkey and Sentinel: "1:M 07 Jul 2020 08:43:57.517 # text", the process, its role and a
// sign for the level (src/server.c, serverLogRaw); before version 3 "[1] 07 Jul 08:43:57.517 # text".
var redis = Dialect{
	ID: "redis",
	Anchors: []string{
		"Error accepting", "TLS", "SSL", "tls", "Error condition on socket", "ertificate", "Protocol error", "Failed to configure",
	},
	Parse: parseRedis,
}

func parseRedis(line []byte, o *Options) (Record, bool) {
	r := Record{Product: "redis", Contexts: []fact.Context{fact.Database}}
	pid, rest := firstWord(line)
	number, role, ok := bytes.Cut(pid, []byte(":"))
	if inner, old := bytes.CutPrefix(pid, []byte("[")); old {
		number, role, ok = bytes.TrimSuffix(inner, []byte("]")), []byte("M"), true
	}
	if !ok || !allDigits(string(number)) || len(role) != 1 || !oneOf(role[0], "MSCX") {
		return r, false
	}
	if r.At, rest, ok = anyClock(rest, o, dayFirstClock, redisClock); !ok || len(rest) < 3 || rest[1] != ' ' {
		return r, false
	}
	if r.Level, ok = map[byte]string{'.': "debug", '-': "verbose", '*': "notice", '#': "warning"}[rest[0]]; !ok {
		return r, false
	}
	r.Message = string(rest[2:])
	switch {
	case strings.HasPrefix(r.Message, "Error accepting a client connection"):
		r.Contexts = append(r.Contexts, fact.ByServer)
		if a, ok := between(r.Message, "addr=", " "); ok {
			r.Client = addressOf(a)
		}
	case strings.HasPrefix(r.Message, "Error condition on socket for SYNC"), strings.HasPrefix(r.Message, "Unable to connect to"):
		r.Contexts = append(r.Contexts, fact.ByClient)
	case strings.HasPrefix(r.Message, "Failed to configure TLS"), strings.HasPrefix(r.Message, "Failed to load"):
		r.Contexts = append(r.Contexts, fact.ByServer, fact.AtStart)
	}
	return r, true
}
