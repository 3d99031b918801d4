package conf

import (
	"path"
	"strings"
)

// An nginxParser makes a tree of nginx's configuration, with the included files in place. The grammar is that of
// ngx_conf_read_token in src/core/ngx_conf_file.c.
type nginxParser struct {
	r     *reader
	words *nginxVocabulary
	base  string // folder that relative names start from
	nodes int
}

// A nginxScanner cuts one file into words.
type nginxScanner struct {
	text string
	pos  int
	line int
}

// A nginxToken is a word, or one of ; { } in punct; at the end of the file both are empty.
type nginxToken struct {
	word  string
	punct byte
	line  int
	first bool // nothing but space stands before it in its line
}

func (s *nginxScanner) next() nginxToken {
	first := s.skipSpace()
	t := nginxToken{line: s.line, first: first}
	if s.pos >= len(s.text) {
		return t
	}
	switch c := s.text[s.pos]; c {
	case ';', '{', '}':
		s.pos++
		t.punct = c
	case '"', '\'':
		t.word = s.quoted(c)
		if t.word == "" {
			t.word = `""`
		}
	default:
		t.word = s.plain()
	}
	return t
}

// skipSpace passes spaces and comments. It reports whether a line began there.
func (s *nginxScanner) skipSpace() bool {
	first := s.pos == 0
	for ; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\n':
			s.line++
			first = true
		case ' ', '\t', '\r':
		case '#':
			end := strings.IndexByte(s.text[s.pos:], '\n')
			if end < 0 {
				s.pos = len(s.text)
				return first
			}
			s.pos += end - 1
		default:
			return first
		}
	}
	return first
}

// quoted reads up to the closing quotation mark. A backslash keeps the next character from ending it.
func (s *nginxScanner) quoted(q byte) string {
	start := s.pos + 1
	for s.pos = start; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			if s.pos+1 < len(s.text) && s.text[s.pos+1] != '\n' {
				s.pos++
			}
		case '\n':
			s.line++
		case q:
			s.pos++
			return nginxUnescape(s.text[start : s.pos-1])
		}
	}
	return nginxUnescape(s.text[start:])
}

// plain reads a word up to a space, ; or {. The brace of ${name} belongs to the word.
func (s *nginxScanner) plain() string {
	start := s.pos
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '\\' && s.pos+1 < len(s.text) && s.text[s.pos+1] != '\n':
			s.pos++
		case c == '{' && s.pos > start && s.text[s.pos-1] == '$':
		case c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || c == '{':
			return nginxUnescape(s.text[start:s.pos])
		}
	}
	return nginxUnescape(s.text[start:])
}

// nginxUnescape takes the backslash off quotation marks and itself; before other characters it stays, for expressions.
func nginxUnescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`).Replace(s)
}

// block reads directives up to the end of the block or file.
func (p *nginxParser) block(f file, s *nginxScanner, depth, opened int) []node {
	var nodes []node
	for p.nodes < maxSettings {
		t := s.next()
		switch {
		case t.punct == '}' && depth > 0:
			return nodes
		case t.punct == '}':
			p.r.gap(f, t.line, "a block's end", "no block is open here: a } is too many")
		case t.punct != 0: // an empty directive, or a block without a name, which is read as if its braces were not there
			if t.punct == '{' {
				p.r.gap(f, t.line, "a block", "it has no name")
				nodes = append(nodes, p.block(f, s, depth+1, t.line)...)
			}
		case t.word == "":
			if depth > 0 {
				p.r.gap(f, opened, "the block that begins here", "its } is missing")
			}
			return nodes
		default:
			nodes = append(nodes, p.directive(f, s, t, depth)...)
		}
		if depth > maxDepth {
			p.r.gap(f, t.line, "the rest of the file", "blocks within blocks, deeper than is read")
			s.pos = len(s.text)
			return nodes
		}
	}
	return nodes
}

// directive reads one directive whose name is t. For an include it gives what the files hold.
func (p *nginxParser) directive(f file, s *nginxScanner, t nginxToken, depth int) []node {
	p.nodes++
	n := node{file: f.name, line: t.line, name: t.word}
	for {
		before := *s
		a := s.next()
		switch {
		case a.punct == '{' && strings.HasSuffix(n.name, "_by_lua_block"):
			s.skipCode()
			return nil
		case a.punct == '{':
			n.block = true
			n.kids = p.block(f, s, depth+1, t.line)
			return []node{n}
		case a.punct == ';':
			return p.statement(f, n)
		case a.punct == '}' || a.word == "" || p.begins(n, a):
			*s = before
			p.r.gap(f, t.line, n.name, "the ; that ends it is missing")
			return p.statement(f, n)
		case len(n.args) < 1000:
			n.args = append(n.args, a.word)
		}
	}
}

// begins reports whether the word a, within what looks like directive n, is the next directive: the semicolon of n was
// forgotten. nginx takes it for an argument, and complains about their number.
func (p *nginxParser) begins(n node, a nginxToken) bool {
	return a.first && strings.Contains(a.word, "_") && p.words.known[a.word] && p.words.known[n.name] && n.name != "log_format"
}

func (p *nginxParser) statement(f file, n node) []node {
	if n.name != "include" || len(n.args) == 0 {
		return []node{n}
	}
	pattern := n.args[0]
	if !path.IsAbs(pattern) {
		pattern = path.Join(p.base, pattern)
	}
	var nodes []node
	p.r.includeAll(f, n.line, pattern, func(in file) { nodes = append(nodes, p.file(in)...) })
	return nodes
}

// file reads one file. nginx wants every block to end in the file where it began.
func (p *nginxParser) file(f file) []node {
	return p.block(f, &nginxScanner{text: f.text, line: 1}, 0, 0)
}

// skipCode passes a block of Lua: braces within its strings and comments are no braces (ngx_http_lua_lexer).
func (s *nginxScanner) skipCode() {
	for depth := 1; s.pos < len(s.text) && depth > 0; s.pos++ {
		switch c := s.text[s.pos]; c {
		case '\n':
			s.line++
		case '{':
			depth++
		case '}':
			depth--
		case '"', '\'':
			s.skipString(c)
		case '-':
			if strings.HasPrefix(s.text[s.pos:], "--") {
				s.pos += max(strings.IndexByte(s.text[s.pos:]+"\n", '\n')-1, 0)
			}
		}
	}
}

// skipString leaves pos at the closing quotation mark, or at the end of the line.
func (s *nginxScanner) skipString(q byte) {
	for s.pos++; s.pos < len(s.text); s.pos++ {
		switch s.text[s.pos] {
		case '\\':
			s.pos++
		case q:
			return
		case '\n':
			s.pos--
			return
		}
	}
}
