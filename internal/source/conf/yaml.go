package conf

import (
	"strings"
)

// A yamlParser reads the part of YAML in which configurations are written: mappings and lists by indentation, {} and [] across
// lines, plain and quoted scalars. Block scalars (| and >) are passed; of anchors, aliases and tags only the word is kept. JSON is
// read too. A key is a node with its scalar in args or its contents in kids; an item of a list is a node called "-".
type yamlParser struct {
	r     *reader
	f     file
	lines []yamlLine
	pos   int
	nodes int
}

type yamlLine struct {
	indent, line int
	text         string
}

func parseYAML(r *reader, f file) []node {
	p := &yamlParser{r: r, f: f}
	n := 0
	for line := range strings.Lines(f.text) {
		n++
		text := strings.TrimLeft(line, " ")
		indent := len(line) - len(text)
		text = yamlComment(strings.TrimRight(text, " \t\r\n"))
		if text != "" && text != "---" && text != "..." && text[0] != '%' {
			p.lines = append(p.lines, yamlLine{indent: indent, line: n, text: text})
		}
	}
	var nodes []node
	for p.pos < len(p.lines) {
		before := p.pos
		nodes = append(nodes, p.block(p.lines[p.pos].indent, 0)...)
		if p.pos == before {
			p.skip("the line", "it fits nowhere by its indentation")
		}
	}
	return nodes
}

func (p *yamlParser) skip(what, why string) {
	p.r.gap(p.f, p.lines[p.pos].line, what, why)
	p.pos++
}

// yamlComment cuts a comment: # at the beginning or behind a space, outside quotation marks.
func yamlComment(s string) string {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && (i == 0 || strings.IndexByte(" {[,:", s[i-1]) >= 0):
			quote = c
		case c == '#' && (i == 0 || s[i-1] == ' ' || s[i-1] == '\t'):
			return strings.TrimRight(s[:i], " \t")
		}
	}
	return s
}

// block reads the lines of one mapping or list, all at the same indentation.
func (p *yamlParser) block(indent, depth int) []node {
	var nodes []node
	for p.pos < len(p.lines) && p.lines[p.pos].indent == indent && p.nodes < maxSettings && depth < maxDepth {
		l := &p.lines[p.pos]
		p.nodes++
		rest, item := strings.CutPrefix(l.text, "-")
		item = item && (rest == "" || rest[0] == ' ')
		key, value, mapping := yamlKey(l.text)
		switch {
		case len(nodes) > 0 && item != (nodes[0].name == "-"):
			return nodes // a list may stand as far in as the key that it belongs to
		case item:
			nodes = append(nodes, p.item(l, rest, depth))
		case l.text[0] == '{' || l.text[0] == '[':
			return append(nodes, p.flow(l.text, l.line).kids...)
		case mapping:
			nodes = append(nodes, p.value(node{file: p.f.name, line: l.line, name: key}, value, indent, depth))
		default:
			p.skip("the line", "it is neither a key with a value nor an item of a list")
		}
	}
	return nodes
}

// item reads an item of a list. What stands behind the dash is a block of its own, as far in as it stands.
func (p *yamlParser) item(l *yamlLine, rest string, depth int) node {
	n := node{file: p.f.name, line: l.line, name: "-", block: true}
	text := strings.TrimLeft(rest, " ")
	_, _, mapping := yamlKey(text)
	switch {
	case text == "":
		p.pos++
		if p.pos < len(p.lines) && p.lines[p.pos].indent > l.indent {
			n.kids = p.block(p.lines[p.pos].indent, depth+1)
		}
	case mapping || strings.HasPrefix(text, "- "):
		l.indent += 1 + len(rest) - len(text)
		l.text = text
		n.kids = p.block(l.indent, depth+1)
	default:
		n = p.value(n, text, l.indent, depth)
		n.name, n.block = "-", true
	}
	return n
}

// value reads what belongs to a key: a scalar, a flow, or the block below.
func (p *yamlParser) value(n node, value string, indent, depth int) node {
	switch {
	case value == "":
		p.pos++
		if p.pos < len(p.lines) && (p.lines[p.pos].indent > indent || p.lines[p.pos].indent == indent && strings.HasPrefix(p.lines[p.pos].text, "- ")) {
			n.block = true
			n.kids = p.block(p.lines[p.pos].indent, depth+1)
		}
	case value[0] == '{' || value[0] == '[':
		in := p.flow(value, n.line)
		n.block, n.kids = true, in.kids
	case value[0] == '|' || value[0] == '>':
		p.pos++
		p.deeper(indent)
		n.args = []string{"***"} // a certificate or key in place: what it holds is not kept
	default:
		p.pos++
		p.deeper(indent) // a scalar that goes on below
		n.args = []string{yamlScalar(value)}
	}
	return n
}

// deeper passes the lines that are further in.
func (p *yamlParser) deeper(indent int) {
	for p.pos < len(p.lines) && p.lines[p.pos].indent > indent {
		p.pos++
	}
}

// yamlKey divides "key: value".
func yamlKey(s string) (key, value string, ok bool) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		end := strings.IndexByte(s[1:], s[0])
		if end < 0 || !strings.HasPrefix(s[end+2:], ":") {
			return "", "", false
		}
		return s[1 : end+1], strings.TrimSpace(s[end+3:]), true
	}
	i := strings.Index(s+" ", ": ")
	if i <= 0 || s[0] == '{' || s[0] == '[' {
		return "", "", false
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:]), true
}

func yamlScalar(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1]
	}
	return s
}

// flow reads {…} or […] that begins in the line at hand, over as many lines as it takes.
func (p *yamlParser) flow(text string, line int) node {
	p.pos++
	s := &yamlFlow{p: p, text: text, line: line}
	n := s.value(0)
	if s.open {
		p.r.gap(p.f, line, "the { or [ that opens here", "its end is missing")
	}
	return n
}

// A yamlFlow reads flow style.
type yamlFlow struct {
	p    *yamlParser
	text string
	line int
	open bool
}

// peek is the next character that is no space, 0 at the end; it goes on to the next line where one ends.
func (s *yamlFlow) peek() byte {
	for {
		s.text = strings.TrimLeft(s.text, " \t")
		if s.text != "" {
			return s.text[0]
		}
		if s.p.pos >= len(s.p.lines) {
			s.open = true
			return 0
		}
		s.text, s.line = s.p.lines[s.p.pos].text, s.p.lines[s.p.pos].line
		s.p.pos++
	}
}

func (s *yamlFlow) value(depth int) node {
	n := node{file: s.p.f.name, line: s.line}
	c := s.peek()
	if c != '{' && c != '[' || depth > maxDepth {
		n.args = []string{s.word()}
		return n
	}
	n.block = true
	s.text = s.text[1:]
	for s.p.nodes < maxSettings {
		switch s.peek() {
		case 0:
			return n
		case '}', ']':
			s.text = s.text[1:]
			return n
		case ',':
			s.text = s.text[1:]
			continue
		}
		s.p.nodes++
		n.kids = append(n.kids, s.member(c, depth))
	}
	return n
}

// member reads "key: value" in braces, an item in brackets.
func (s *yamlFlow) member(in byte, depth int) node {
	if in == '[' {
		k := s.value(depth + 1)
		k.name = "-"
		return k
	}
	line, name := s.line, s.word()
	k := node{file: s.p.f.name, line: line}
	if s.peek() == ':' {
		s.text = s.text[1:]
		s.peek()
		k = s.value(depth + 1)
	}
	k.name, k.line = name, line
	return k
}

// word reads a scalar up to what ends it in flow style. It takes at least one character.
func (s *yamlFlow) word() string {
	if s.text == "" {
		return ""
	}
	if q := s.text[0]; q == '"' || q == '\'' {
		end := 1
		for end < len(s.text) && s.text[end] != q {
			if s.text[end] == '\\' && q == '"' {
				end++
			}
			end++
		}
		w := s.text[1:min(end, len(s.text))]
		s.text = s.text[min(end+1, len(s.text)):]
		return w
	}
	end := 1
	for end < len(s.text) && strings.IndexByte(",{}[]", s.text[end]) < 0 && !strings.HasPrefix(s.text[end:]+" ", ": ") {
		end++
	}
	w := s.text[:end]
	s.text = s.text[end:]
	return strings.TrimSpace(w)
}
