package conf

import (
	"path"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// nginx is nginx.conf, what it includes, and files of sites alone. Kept are the directives about TLS and those that say who
// talks to whom; each with the blocks around it. Inheritance is for those who use the settings: a directive of an outer block
// holds within unless an inner one has it too.
var nginx = dialect{ID: "nginx", sniff: sniffNginx, read: readNginx}

// nginxFolders are folders beside nginx.conf in which distributions keep parts of it; relative names start from nginx.conf.
var nginxFolders = []string{"conf.d", "sites-available", "sites-enabled", "snippets", "modules-enabled", "http.d", "stream.d", "vhosts.d", "default.d", "streams-enabled"}

// nginxKeep are the directives without TLS in their names that say who talks to whom.
var nginxKeep = strings.Fields("listen server_name server proxy_pass grpc_pass uwsgi_pass set resolver zone proxy_http_version http2 http3 quic proxy_protocol")

// nginxBlocks are the blocks that a configuration is made of.
var nginxBlocks = strings.Fields("http stream server location upstream events mail")

// nginxTables are blocks whose contents are no directives.
var nginxTables = strings.Fields("types map geo split_clients charset_map perl_set")

func sniffNginx(name string, head []byte) int {
	known, other := 0, 0
	words := newNginxVocabulary().known
	for line := range strings.Lines(string(head)) {
		n := nginxLine(line, words)
		known += max(n, 0)
		other -= min(n, 0)
	}
	switch {
	case known >= 2 && known > other:
		return 85
	case known > other:
		return 65
	case path.Base(name) == "nginx.conf":
		return 60
	}
	return 0
}

// nginxLine weighs one line: over 0 where it looks like nginx's, below where it does not, 0 where it could be.
func nginxLine(line string, words map[string]bool) int {
	line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
	line = strings.TrimRight(line, " \t")
	if line == "" || line[0] == '#' || line == "}" {
		return 0
	}
	first := strings.TrimRight(strings.Fields(line)[0], "{;")
	end := line[len(line)-1]
	closed := end == ';' || end == '{' || end == '}'
	switch {
	case closed && slices.Contains(nginxBlocks, first) && strings.Contains(line, "{"):
		return 3
	case closed && words[first]:
		return 1
	case end == ';' && strings.Trim(first, "abcdefghijklmnopqrstuvwxyz_0123456789") == "":
		return 0
	}
	return -1
}

func readNginx(r *reader, f file) {
	p := &nginxParser{r: r, words: newNginxVocabulary(), base: nginxBase(f.name)}
	out := &nginxWriter{r: r, words: p.words, labels: labels{}}
	out.walk(p.file(f), nil)
}

// nginxBase is the folder from which nginx resolves names of included files: that of nginx.conf.
func nginxBase(name string) string {
	dir := path.Dir(strings.ReplaceAll(name, `\`, "/"))
	if slices.Contains(nginxFolders, path.Base(dir)) {
		return path.Dir(dir)
	}
	return dir
}

// An nginxWriter gives the settings of a tree.
type nginxWriter struct {
	r      *reader
	words  *nginxVocabulary
	labels labels
}

func (w *nginxWriter) walk(nodes []node, scope []string) {
	for _, n := range nodes {
		switch {
		case n.block && slices.Contains(nginxTables, n.name):
		case n.block:
			w.unknownBlock(n, scope)
			w.walk(n.kids, w.labels.under(scope, nginxLabel(n)))
		default:
			w.statement(n, scope)
		}
	}
}

// statement keeps a directive that matters.
func (w *nginxWriter) statement(n node, scope []string) {
	s := fact.Setting{Scope: scope, Name: n.name, Args: n.args}
	s.Unknown, s.Near = w.words.judge(n.name)
	host := (n.name == "proxy_set_header" || n.name == "grpc_set_header") && len(n.args) > 0 && strings.EqualFold(n.args[0], "Host")
	if s.Unknown || host || aboutTLSDirective(n.name) || slices.Contains(nginxKeep, n.name) {
		w.r.set(file{name: n.file}, n.line, s)
	}
}

// unknownBlock notes a directive about TLS that stands before a brace by mistake.
func (w *nginxWriter) unknownBlock(n node, scope []string) {
	if aboutTLSDirective(n.name) && !strings.Contains(n.name, "_by_lua") {
		w.statement(n, scope)
	}
}

// nginxLabel is what people call a block.
func nginxLabel(n node) string {
	words := n.args
	if n.name == "server" {
		words = serverWords(n)
	}
	if len(words) == 0 {
		return n.name
	}
	return n.name + " " + strings.Join(words, " ")
}

// serverWords are the first name of a server block, else what it listens on.
func serverWords(n node) []string {
	for _, wanted := range []string{"server_name", "listen"} {
		for _, k := range n.kids {
			if k.name == wanted && len(k.args) > 0 && k.args[0] != "_" && k.args[0] != `""` {
				return k.args[:1]
			}
		}
	}
	return nil
}
