package conf

import (
	"path"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// apache is httpd.conf, apache2.conf and files of sites: mod_ssl and mod_proxy. Sections that ask for a module, a version or a
// definition are read as if it were there; it is not known what is loaded.
var apache = dialect{ID: "apache", sniff: sniffApache, read: readApache}

func sniffApache(name string, head []byte) int {
	k := knownWords(apacheTLS, apacheKeep, apacheOther)
	mine, other := 0, 0
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		w := strings.Fields(line)
		switch {
		case len(w) == 0 || line[0] == '#' || line[0] == '<' && strings.HasPrefix(line, "</"):
		case line[0] == '<' && apacheSection(w[0]):
			mine += 3
		case len(w) > 1 && k[strings.ToLower(w[0])] != "" && !strings.HasSuffix(line, ";") && w[1] != "=":
			mine++
		default:
			other++
		}
	}
	switch base := path.Base(name); {
	case mine >= 2 && mine*2 > other:
		return 85
	case mine == 1 && other == 0:
		return 60
	case base == "httpd.conf" || base == "apache2.conf" || base == ".htaccess":
		return 60
	}
	return 0
}

func apacheSection(word string) bool {
	for _, s := range []string{"<virtualhost", "<ifmodule", "<directory", "<location", "<proxy", "<ifdefine", "<files", "<macro"} {
		if strings.EqualFold(strings.TrimRight(word, ">"), s) || strings.EqualFold(word, s+"match") {
			return true
		}
	}
	return false
}

// An apacheReader reads the files of one server in their order.
type apacheReader struct {
	r       *reader
	words   known
	labels  labels
	scope   []string
	root    string            // ServerRoot
	defines map[string]string // by Define
	open    []apacheOpen      // sections
}

type apacheOpen struct {
	name   string
	line   int
	passed bool // it is no block for inheritance
}

func readApache(r *reader, f file) {
	a := &apacheReader{r: r, words: knownWords(apacheTLS, apacheKeep), labels: labels{}, root: apacheRoot(f.name), defines: map[string]string{}}
	a.file(f)
}

// apacheRoot is the folder that relative names start from unless ServerRoot says otherwise.
func apacheRoot(name string) string {
	dir := path.Dir(strings.ReplaceAll(name, `\`, "/"))
	if slices.Contains([]string{"conf", "conf.d", "sites-enabled", "sites-available", "conf-enabled", "mods-enabled", "vhosts", "extra"}, path.Base(dir)) {
		return path.Dir(dir)
	}
	return dir
}

// file reads one file; sections end with it.
func (a *apacheReader) file(f file) {
	outer, depth := a.scope, len(a.open)
	n, start, text := 0, 0, ""
	for line := range strings.Lines(f.text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if start == 0 {
			start = n
		}
		if cut, more := strings.CutSuffix(line, `\`); more && len(text) < 1<<16 {
			text += cut
			continue
		}
		a.line(f, start, strings.TrimSpace(text+line))
		start, text = 0, ""
	}
	a.line(f, max(start, 1), strings.TrimSpace(text))
	for _, o := range a.open[depth:] {
		a.r.gap(f, o.line, "the section <"+o.name+">", "its end is missing")
	}
	a.scope, a.open = outer, a.open[:depth]
}

func (a *apacheReader) line(f file, n int, line string) {
	switch {
	case line == "" || line[0] == '#':
	case strings.HasPrefix(line, "</"):
		a.close(f, n, strings.TrimRight(line[2:], "> \t"))
	case line[0] == '<':
		a.begin(n, strings.TrimSuffix(line[1:], ">"))
	default:
		if w := a.split(line); len(w) > 0 {
			a.directive(f, n, w[0], w[1:])
		}
	}
}

func (a *apacheReader) begin(n int, text string) {
	w := a.split(text)
	if len(w) == 0 || len(a.open) > maxDepth {
		return
	}
	passed := strings.HasPrefix(strings.ToLower(w[0]), "if")
	a.open = append(a.open, apacheOpen{name: w[0], line: n, passed: passed})
	if !passed {
		a.scope = a.labels.under(a.scope, strings.Join(w, " "))
	}
}

func (a *apacheReader) close(f file, n int, name string) {
	last := len(a.open) - 1
	if last < 0 || !strings.EqualFold(a.open[last].name, name) {
		a.r.gap(f, n, "</"+name+">", "no such section is open here")
		return
	}
	if !a.open[last].passed && len(a.scope) > 0 {
		a.scope = a.scope[:len(a.scope)-1]
	}
	a.open = a.open[:last]
}

func (a *apacheReader) directive(f file, n int, name string, args []string) {
	switch strings.ToLower(name) {
	case "serverroot":
		if len(args) == 1 && path.IsAbs(args[0]) {
			a.root = args[0]
		}
	case "define":
		if len(args) == 2 && len(a.defines) < 1000 {
			a.defines[args[0]] = args[1]
		}
	case "include", "includeoptional":
		if len(args) == 1 {
			a.include(f, n, args[0], strings.EqualFold(name, "IncludeOptional"))
		}
	default:
		a.keep(f, n, name, args)
	}
}

func (a *apacheReader) include(f file, n int, pattern string, optional bool) {
	if !path.IsAbs(pattern) {
		pattern = path.Join(a.root, pattern)
	}
	if optional && !strings.ContainsAny(pattern, "*?[") {
		if found, err := a.r.glob(pattern); err == nil && len(found) == 0 {
			return
		}
	}
	a.r.includeAll(f, n, pattern, a.file)
}

func (a *apacheReader) keep(f file, n int, name string, args []string) {
	s := fact.Setting{Scope: a.scope, Args: args}
	s.Name, s.Unknown, s.Near = apacheJudge(a.words, name)
	proxied := strings.EqualFold(name, "RewriteRule") && len(args) == 3 && apacheProxied(args[2])
	if s.Unknown || proxied || a.words[strings.ToLower(name)] != "" {
		a.r.set(f, n, s)
	}
}

// apacheProxied reports whether a rewriting's flags hand the request to mod_proxy.
func apacheProxied(flags string) bool {
	for _, x := range strings.Split(strings.Trim(flags, "[]"), ",") {
		if x == "P" || strings.EqualFold(x, "proxy") {
			return true
		}
	}
	return false
}

// split divides a line into words: spaces divide, quotation marks keep them. What Define defined is put in.
func (a *apacheReader) split(line string) []string {
	var words []string
	for i := 0; i < len(line); {
		switch c := line[i]; c {
		case ' ', '\t':
			i++
		case '"', '\'':
			end := i + 1
			for end < len(line) && line[end] != c {
				if line[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end, len(line))
			words = append(words, a.defined(strings.ReplaceAll(line[i+1:end], `\`+string(c), string(c))))
			i = end + 1
		default:
			end := i
			for end < len(line) && line[end] != ' ' && line[end] != '\t' {
				end++
			}
			words = append(words, a.defined(line[i:end]))
			i = end
		}
	}
	return words
}

func (a *apacheReader) defined(word string) string {
	if !strings.Contains(word, "${") {
		return word
	}
	for name, value := range a.defines {
		if len(word)+len(value) < 1<<12 {
			word = strings.ReplaceAll(word, "${"+name+"}", value)
		}
	}
	return word
}
