package conf

import "strings"

// opensslUncomment cuts a comment off a line: "#" outside quotation marks and not after a backslash (clear_comments of
// conf_def.c).
func opensslUncomment(line string) string {
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '#':
			return line[:i]
		}
	}
	return line
}

// value is what OpenSSL makes of the text behind "=" (str_copy of conf_def.c): quotation marks fall away, a backslash
// takes the next letter as it is (\n, \r, \t and \b apart), and names of variables give way to their values.
func (o *opensslFile) value(text string) string {
	var out strings.Builder
	for i := 0; i < len(text) && out.Len() < maxOpenSSLValue; {
		switch c := text[i]; {
		case c == '"' || c == '\'' || c == '`':
			i = unquoteOpenSSL(&out, text, i)
		case c == '\\' && i+1 < len(text):
			out.WriteByte(escapedLetter(text[i+1]))
			i += 2
		case c == '$' && (!o.dollar || i+1 < len(text) && (text[i+1] == '{' || text[i+1] == '(')):
			i = o.expand(&out, text, i)
		default:
			out.WriteByte(c)
			i++
		}
	}
	return out.String()
}

// unquoteOpenSSL copies what stands between quotation marks and returns where reading goes on. A doubled quotation
// mark of the '"' kind stands for one; backslashes count inside too.
func unquoteOpenSSL(out *strings.Builder, text string, i int) int {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == quote:
			return i + 1
		case text[i] == '\\' && i+1 < len(text):
			i++
			out.WriteByte(text[i])
		default:
			out.WriteByte(text[i])
		}
	}
	return i
}

func escapedLetter(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	}
	return c
}

// expand copies the value of the variable at text[i], which is a "$", and returns where reading goes on. One that is
// not set in the file (ENV::HOME) stays as it is written: the environment is somebody else's.
func (o *opensslFile) expand(out *strings.Builder, text string, i int) int {
	start := i
	i++
	closing := byte(0)
	if i < len(text) && (text[i] == '{' || text[i] == '(') {
		closing = text[i] + 2 // "}" is two behind "{"
		if text[i] == '(' {
			closing = ')'
		}
		i++
	}
	from := i
	for i < len(text) && (isWord(text[i]) || o.dollar && text[i] == '$' || text[i] == ':' && strings.HasPrefix(text[i:], "::") || text[i] == ':' && text[i-1] == ':') {
		i++
	}
	name := text[from:i]
	if closing != 0 && i < len(text) && text[i] == closing {
		i++
	}
	value, ok := o.variable(name)
	if !ok {
		value = text[start:i]
	}
	if out.Len()+len(value) <= maxOpenSSLValue {
		out.WriteString(value)
	}
	return i
}

// variable is the value of "name" or "section::name": of this section, else of the default one.
func (o *opensslFile) variable(name string) (string, bool) {
	section := o.section
	if before, after, ok := strings.Cut(name, "::"); ok {
		section, name = before, after
	}
	for _, s := range []string{section, "default"} {
		if i, ok := o.last[[2]string{s, name}]; ok {
			return o.lines[i].value, true
		}
	}
	return "", false
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
