package conf

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A program is one whose command line is understood.
type program struct {
	names []string // as called, without folder and ".exe"
	need  string   // the first argument that it must have: "s_client"
	v     *vocabulary
	style argStyle
	// place tells what the n-th argument without a dash is: an option's name and what of it is kept; "" keeps nothing. nil: nothing.
	place func(n int, word string) []pair
}

// An argStyle is how a program's options are written.
type argStyle uint8

const (
	gnuStyle    argStyle = iota // --long=value, --long value, -xVALUE, -abc
	singleStyle                 // -long value, as OpenSSL has it
	tdsStyle                    // -X value and -XVALUE, and the long ones of go-sqlcmd
)

// Command reads the words of a command line, the program first, and runs nothing. What calls the program is passed over:
// assignments of environment variables, which are read too, sudo, env, docker exec, kubectl exec and their like, and a shell's
// -c. It answers false for a program that is not known. Result.Dialect names the program.
func Command(args []string) (Result, bool) {
	if len(args) == 1 {
		args = splitShell(args[0])
	}
	if len(args) > 2000 {
		return Result{}, false
	}
	env, p, rest := findProgram(args)
	if p == nil {
		return Result{}, false
	}
	out := environmentSettings(p.v.dialect, env)
	out = append(out, p.read(rest)...)
	return Result{Dialect: p.v.dialect, Settings: out, Gaps: elsewhere(out), Elsewhere: runsElsewhere(args)}, true
}

// runsElsewhere reports whether what calls the program runs it where this machine's files are not.
func runsElsewhere(words []string) bool {
	for i, w := range words {
		name := programName(w)
		switch {
		case name == "ssh" || strings.Contains(containers, " "+name+" "):
			return true
		case programNamed(name, words[i+1:]) != nil:
			return false
		}
	}
	return false
}

// callers are programs that call another one, named in their arguments.
const callers = " sudo doas env time nohup nice timeout exec command docker podman nerdctl kubectl oc docker-compose compose exec stdbuf strace ssh winpty watch proxychains chroot runuser su sh bash zsh dash "

// containers are callers whose arguments name a container before the program.
const containers = " docker podman nerdctl kubectl oc docker-compose "

// findProgram passes over what stands before the program, and keeps the assignments there.
func findProgram(words []string) (env []pair, p *program, args []string) {
	called, contained, shell := false, false, false
	for i, w := range words {
		name := programName(w)
		if key, value, ok := strings.Cut(w, "="); ok && plausibleKey(key) && !strings.HasPrefix(w, "-") {
			env = append(env, pair{key, value})
			continue
		}
		if shell && (name == "-c" || name == "-lc") && i+1 < len(words) {
			inner, p, args := findProgram(splitShell(words[i+1]))
			return append(env, inner...), p, args
		}
		if contained && w == "--" {
			more, p, args := findProgram(words[i+1:])
			return append(env, more...), p, args
		}
		if q := programNamed(name, words[i+1:]); q != nil && !(contained && namesContainer(words[i+1:])) {
			return env, q, words[i+1:]
		}
		if strings.Contains(callers, " "+name+" ") {
			called = true
			contained = contained || strings.Contains(containers, " "+name+" ")
			shell = shell || strings.HasSuffix(name, "sh") || name == "su"
		} else if !called {
			return nil, nil, nil
		}
	}
	return nil, nil, nil
}

// namesContainer: the word before these is a container called like a program, as it is followed by the program or by "--".
func namesContainer(rest []string) bool {
	for _, w := range rest {
		if w == "--" {
			return true
		}
	}
	return len(rest) > 0 && (programNamed(programName(rest[0]), rest[1:]) != nil || strings.Contains(callers, " "+programName(rest[0])+" "))
}

func programNamed(name string, rest []string) *program {
	for _, p := range programs() {
		for _, n := range p.names {
			if n == name && (p.need == "" || len(rest) > 0 && rest[0] == p.need) {
				return &p
			}
		}
	}
	return nil
}

// programName is a program's name without its folder and Windows' ending.
func programName(w string) string {
	if i := strings.LastIndexAny(w, `/\`); i >= 0 {
		w = w[i+1:]
	}
	return strings.TrimSuffix(w, ".exe")
}

// A cursor walks over the arguments of one command.
type cursor struct {
	p      *program
	args   []string
	next   int
	placed int
	out    []fact.Setting
}

func (p *program) read(args []string) []fact.Setting {
	c := cursor{p: p, args: args}
	if p.need != "" {
		c.next = 1
	}
	for c.next < len(args) {
		i, w := c.next, args[c.next]
		c.next++
		switch {
		case w == "--":
			for ; c.next < len(args); c.next++ {
				c.position(args[c.next], c.next)
			}
		case len(w) < 2 || w[0] != '-':
			c.position(w, i)
		case strings.HasPrefix(w, "--"):
			c.long(w[2:], i)
		case p.style == singleStyle:
			c.long(w[1:], i)
		default:
			c.short(w[1:], i)
		}
	}
	return c.out
}

// add makes settings of what the i-th argument gave.
func (c *cursor) add(key, value string, i int) {
	if pairs := databasePairs(value); key == "dbname" && c.p.place != nil && (len(pairs) > 1 || pairs[0].value != value) {
		for _, p := range pairs { // libpq takes a connection string for a database's name (conninfo_array_parse, expand_dbname)
			c.put(p.key, p.value, i)
		}
		return
	}
	c.put(key, value, i)
}

func (c *cursor) put(key, value string, i int) {
	s, ok := c.p.v.setting(key, value, "argument "+strconv.Itoa(i+1))
	if !ok {
		return
	}
	if w, known := c.p.v.find(key); known && value == "" && (w.flag || w.optional) {
		s.Args = nil
	}
	c.out = append(c.out, s)
}

// position reads an argument without a dash.
func (c *cursor) position(word string, i int) {
	if c.p.place == nil {
		return
	}
	for _, p := range c.p.place(c.placed, word) {
		c.put(p.key, p.value, i)
	}
	c.placed++
}

// long reads "name=value", "name value" and "name".
func (c *cursor) long(word string, i int) {
	key, value, attached := strings.Cut(word, "=")
	w, ok := c.p.v.find(c.p.longName(key))
	switch {
	case !ok:
		c.unknown(word, i)
	case w.flag || attached || w.optional && !c.modeFollows(w):
		c.add(w.name, value, i)
	default:
		c.add(w.name, c.take(), i)
	}
}

// unknown reads an option that the program does not know. Where it is a misspelt one that takes a value, the next word is that
// value and nothing else.
func (c *cursor) unknown(word string, i int) {
	key, value, attached := strings.Cut(word, "=")
	if w, ok := c.p.v.find(c.p.v.near(key)); ok && !attached && !w.flag && !w.optional {
		value = c.take()
	}
	if words := c.p.v.all(); len(words) > 0 && strings.HasPrefix(words[len(words)-1].name, "-") { // named with their dashes
		key = c.args[i][:len(c.args[i])-len(word)] + key
	}
	c.add(key, value, i)
}

// longName is the option that a long name means: underscores are dashes to MySQL's programs, and they and GNU's take the
// beginning of a name for the whole where it is the only one.
func (p *program) longName(key string) string {
	if _, ok := p.v.find(key); ok || p.style != gnuStyle {
		return key
	}
	key = strings.ReplaceAll(key, "_", "-")
	found := ""
	for _, w := range p.v.all() {
		for _, n := range append([]string{w.name}, w.also...) {
			n = strings.TrimLeft(n, "-")
			if n == key {
				return w.name
			}
			if len(key) > 3 && strings.HasPrefix(n, key) && found != w.name {
				if found != "" {
					return key
				}
				found = w.name
			}
		}
	}
	if found != "" {
		return found
	}
	return key
}

// short reads "xVALUE", "x VALUE" and "abc".
func (c *cursor) short(word string, i int) {
	for n := 0; n < len(word); n++ {
		w, ok := c.p.v.find(word[n : n+1])
		if !ok {
			return // what follows may be anything, a password too
		}
		rest := word[n+1:]
		switch {
		case w.flag:
			c.add(w.name, "", i)
			continue
		case rest != "":
			c.add(w.name, rest, i)
		case w.optional && !c.modeFollows(w):
			c.add(w.name, "", i)
		default:
			c.add(w.name, c.take(), i)
		}
		return
	}
}

// modeFollows: an option whose value may be left out is followed by a word that can only be that value.
func (c *cursor) modeFollows(w *keyword) bool {
	return c.p.style == tdsStyle && c.next < len(c.args) && w.values != nil && c.p.v.takes(w, c.args[c.next])
}

// take is the next argument.
func (c *cursor) take() string {
	if c.next >= len(c.args) {
		return ""
	}
	c.next++
	return c.args[c.next-1]
}

// splitShell cuts a line into words as a POSIX shell would, without expanding anything (POSIX.1 §2.2 and §2.3).
func splitShell(line string) []string {
	var out []string
	var word strings.Builder
	open := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			i++
			if line[i] != '\n' {
				word.WriteByte(line[i])
				open = true
			}
		case c == '\'' || c == '"':
			i = quoted(line, i, &word)
			open = true
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			if open {
				out = append(out, word.String())
				word.Reset()
				open = false
			}
		case c == '|' || c == ';' || c == '&' || c == '<' || c == '>': // the command ends here
			i = len(line)
		default:
			word.WriteByte(c)
			open = true
		}
	}
	if open {
		out = append(out, word.String())
	}
	return out
}

// quoted appends what the quotation mark at i holds, and answers where it is closed.
func quoted(line string, i int, word *strings.Builder) int {
	mark := line[i]
	for i++; i < len(line) && line[i] != mark; i++ {
		if mark == '"' && line[i] == '\\' && i+1 < len(line) && strings.IndexByte("\"\\$`", line[i+1]) >= 0 {
			i++
		}
		word.WriteByte(line[i])
	}
	return i
}
