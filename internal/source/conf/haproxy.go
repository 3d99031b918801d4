package conf

import (
	"path"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// haproxy is haproxy.cfg. The options of bind, server and default-server lines are settings of their own, within the scope
// "server NAME", "bind ADDRESS" or "default-server" of their section.
var haproxy = dialect{ID: "haproxy", sniff: sniffHAProxy, read: readHAProxy}

var (
	haproxySections = strings.Fields("global defaults frontend backend listen userlist peers resolvers mailers ring cache http-errors program fcgi-app crt-store log-forward log-profile traces acme")
	haproxyKeep     = strings.Fields("mode use_backend default_backend balance")
	haproxyCommon   = strings.Fields("bind server mode timeout option balance maxconn log default_backend use_backend acl http-request default-server stats")
)

func sniffHAProxy(name string, head []byte) int {
	sections, lines, other := 0, 0, 0
	for line := range strings.Lines(string(head)) {
		w := strings.Fields(line)
		switch {
		case len(w) == 0 || w[0][0] == '#':
		case slices.Contains(haproxySections, w[0]) && len(w) <= 4 && !strings.ContainsAny(line, "={;"):
			sections++
		case slices.Contains(haproxyCommon, w[0]) && len(w) > 1 && !strings.ContainsAny(line, ";") && w[1] != "=":
			lines++
		default:
			other++
		}
	}
	switch {
	case sections > 0 && lines > 0:
		return 85
	case path.Base(name) == "haproxy.cfg" || lines > other:
		return 60
	}
	return 0
}

// A haproxyWriter reads the lines of one file.
type haproxyWriter struct {
	r      *reader
	f      file
	labels labels
	scope  []string
}

func readHAProxy(r *reader, f file) {
	w := &haproxyWriter{r: r, f: f, labels: labels{}}
	n := 0
	for line := range strings.Lines(f.text) {
		n++
		words, open := haproxyWords(line)
		if open {
			r.gap(f, n, "the end of the line", "a quotation mark that opens there is never closed")
		}
		if len(words) > 0 && words[0][0] != '.' { // .if and its like
			w.line(n, words)
		}
	}
}

func (w *haproxyWriter) line(n int, words []string) {
	name, args := words[0], words[1:]
	switch {
	case slices.Contains(haproxySections, name):
		w.section(n, name, args)
	case name == "server" && len(args) > 1:
		w.options(n, name, "server "+args[0], args[:2], args[2:], haproxyServer)
	case name == "server-template" && len(args) > 2:
		w.options(n, name, "server "+args[0], args[:3], args[3:], haproxyServer)
	case name == "default-server":
		w.options(n, "", name, nil, args, haproxyServer)
	case name == "bind" && len(args) > 0:
		w.options(n, name, "bind "+args[0], args[:1], args[1:], haproxyBind)
	case name == "ssl-default-bind-options":
		w.options(n, "", name, nil, args, haproxyBind)
	case name == "ssl-default-server-options":
		w.options(n, "", name, nil, args, haproxyServer)
	default:
		w.other(n, name, args)
	}
}

func (w *haproxyWriter) section(n int, name string, args []string) {
	label, from := name, ""
	for i, a := range args {
		if a == "from" && i+1 < len(args) {
			from = args[i+1]
			break
		}
		label += " " + a
	}
	w.scope = w.labels.under(nil, label)
	if from != "" {
		w.r.add(w.f, n, w.scope, "from", from)
	}
}

// options keeps a line, where it has a name, and each of its options about TLS.
func (w *haproxyWriter) options(n int, name, label string, args, options, known []string) {
	if name != "" {
		w.r.add(w.f, n, w.scope, name, args...)
	}
	scope := append(w.scope[:len(w.scope):len(w.scope)], label)
	for i := 0; i < len(options); i++ {
		o := options[i]
		values, ok := haproxyOption(known, o)
		s := fact.Setting{Scope: scope, Name: o}
		if !ok {
			s.Unknown, s.Near = haproxyNear(known, o)
			values, _ = haproxyOption(known, s.Near)
		}
		end := min(i+1+values, len(options))
		s.Args = options[i+1 : end : end]
		if s.Unknown || haproxyTLS(o) || slices.Contains([]string{"check", "port", "addr", "disabled", "backup"}, o) {
			w.r.set(w.f, n, s)
		}
		i = end - 1
	}
}

// other keeps the remaining lines that matter.
func (w *haproxyWriter) other(n int, name string, args []string) {
	check := name == "option" && len(args) > 0 && (strings.HasSuffix(args[0], "-chk") || strings.HasSuffix(args[0], "-check") || args[0] == "httpchk")
	s := fact.Setting{Scope: w.scope, Name: name, Args: args}
	if haproxyTLS(name) && !slices.Contains(haproxyGlobal, name) {
		near, far := closest(name, haproxyGlobal)
		s.Unknown = true
		if far <= 3 {
			s.Near = near
		}
	}
	if check || haproxyTLS(name) || slices.Contains(haproxyKeep, name) {
		w.r.set(w.f, n, s)
	}
}

// haproxyWords divides a line: spaces divide, a backslash or quotation marks keep them, # begins a comment (parse_line in
// src/tools.c). open: a quotation mark is not closed.
func haproxyWords(line string) (words []string, open bool) {
	var b strings.Builder
	var quote byte
	in := false
	end := func() {
		if in {
			words = append(words, b.String())
			b.Reset()
			in = false
		}
	}
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(line) && line[i+1] != '\n':
			i++
			b.WriteByte(line[i])
			in = true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, in = c, true
		case quote == 0 && c == '#':
			end()
			return nonEmpty(words), false
		case quote == 0 && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			end()
		case c != '\n':
			b.WriteByte(c)
			in = true
		}
	}
	end()
	return nonEmpty(words), quote != 0
}

// nonEmpty is words unless the first is empty: a line that begins with "" says nothing.
func nonEmpty(words []string) []string {
	if len(words) > 0 && words[0] == "" {
		return nil
	}
	return words
}
