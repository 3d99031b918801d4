package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// phpLog reads PHP's error_log: "[21-Nov-2026 23:57:28 Europe/Berlin] PHP Warning:  text" (main/main.c, php_log_err). The zone is one of
// the tz database, which is taken for the local one but for UTC.
func phpLog(line []byte, o *Options) (Record, bool) {
	head, rest, ok := inBrackets(line)
	if !ok || !bytes.HasPrefix(rest, []byte("PHP ")) {
		return Record{}, false
	}
	at, zone, ok := appDayClock(head, o)
	level, text, ok2 := strings.Cut(string(rest[len("PHP "):]), ":")
	if !ok || !ok2 || len(level) > 24 {
		return Record{}, false
	}
	if string(zone) == "UTC" {
		at, _, _ = appDayClock(head, &Options{Now: o.Now.UTC()})
	}
	return Record{At: at, Level: level, Product: "php", Message: strings.TrimSpace(text)}, true
}

// dotnetConsole reads the first line of ASP.NET Core's console logger, "fail: Microsoft.AspNetCore.Server.Kestrel[0]"; the text is
// indented in the lines after it (Microsoft.Extensions.Logging.Console, SimpleConsoleFormatter).
func dotnetConsole(line []byte, _ *Options) (Record, bool) {
	level, rest, ok := bytes.Cut(line[:min(len(line), 200)], []byte(": "))
	if !ok {
		return Record{}, false
	}
	switch string(level) {
	case "trce", "dbug", "info", "warn", "fail", "crit":
	default:
		return Record{}, false
	}
	name, event, ok := bytes.Cut(rest, []byte("["))
	if !ok || !bytes.HasSuffix(event, []byte("]")) || !allDigits(string(event[:len(event)-1])) || bytes.IndexByte(name, '.') < 0 {
		return Record{}, false
	}
	r := Record{Level: string(level), Product: "dotnet", Message: string(rest)}
	if bytes.Contains(name, []byte(".Kestrel")) {
		r.Contexts = []fact.Context{fact.ByServer, fact.Web}
	}
	return r, true
}
