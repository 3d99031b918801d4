package conf

import (
	"iter"
	"path"
	"strings"
)

// numbered gives the lines of a text without their ends, counted from 1.
func numbered(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		n := 0
		for line := range strings.Lines(text) {
			n++
			if !yield(n, strings.TrimRight(line, "\r\n")) {
				return
			}
		}
	}
}

// joined is numbered for formats in which a backslash at the end of a line takes the next one in; the number is that of
// the first. An even number of backslashes is text.
func joined(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		var whole strings.Builder
		first := 0
		for n, line := range numbered(text) {
			if first == 0 {
				first = n
			}
			slashes := len(line) - len(strings.TrimRight(line, `\`))
			if slashes%2 == 1 {
				whole.WriteString(line[:len(line)-1])
				continue
			}
			whole.WriteString(line)
			if !yield(first, whole.String()) {
				return
			}
			whole.Reset()
			first = 0
		}
		if first != 0 {
			yield(first, whole.String())
		}
	}
}

// An iniLine is one "key = value" of a file with sections in brackets.
type iniLine struct {
	number              int
	section, key, value string
	bare                bool // there was no "="
}

// iniLines gives the assignments of a text. comments are the letters that begin one at the start of a line.
func iniLines(text, comments string) iter.Seq[iniLine] {
	return func(yield func(iniLine) bool) {
		section := ""
		for n, line := range numbered(text) {
			line = strings.TrimSpace(line)
			switch {
			case line == "" || strings.IndexByte(comments, line[0]) >= 0:
			case line[0] == '[':
				section, _, _ = strings.Cut(line[1:], "]")
				section = strings.TrimSpace(section)
			default:
				key, value, ok := strings.Cut(line, "=")
				if !yield(iniLine{n, section, strings.TrimSpace(key), strings.TrimSpace(value), !ok}) {
					return
				}
			}
		}
	}
}

// baseName is the last part of a path of any system, lower-case.
func baseName(name string) string {
	return strings.ToLower(path.Base(strings.ReplaceAll(name, `\`, "/")))
}

// within is the scope of a section, none for what stands before the first.
func within(section string) []string {
	if section == "" {
		return nil
	}
	return []string{section}
}

// hasSection reports whether a text has a section of one of these names (lower-case), a comment never counting.
func hasSection(head []byte, names ...string) bool {
	for line := range strings.Lines(string(head)) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "[")
		name, _, closed := strings.Cut(rest, "]")
		if ok && closed && containsFolded(names, strings.TrimSpace(name)) {
			return true
		}
	}
	return false
}

// refuses reports whether an option takes a few words only and value is none of them.
func (w *keyword) refuses(value string) bool { return len(w.values) > 0 && !w.takes(value) }

// folder is the folder that path means in the file called from, without a slash behind it.
func folder(from, path string) string { return clean(beside(from, path)) }

// meant is the documented name that key was meant for: the only one that begins with it ("ssl_ca" is "ssl_ca_file"), else
// the closest by spelling; "" when there is none. Words of another length are not even compared: a file may have a million
// lines.
func (v *vocabulary) meant(key string) string {
	if len(key) < 3 || len(key) > 64 {
		return ""
	}
	if whole := v.begins(key); whole != "" {
		return whole
	}
	var alike []string
	for _, w := range v.all() {
		if d := len(w.name) - len(key); d <= len(key)/3 && -d <= len(key)/3 {
			alike = append(alike, w.name)
		}
	}
	return nearest(key, alike)
}

// begins is the only word that begins with key, "" when there are several or none.
func (v *vocabulary) begins(key string) string {
	found := ""
	for _, w := range v.all() {
		if !strings.HasPrefix(w.name, key) {
			continue
		}
		if found != "" {
			return ""
		}
		found = w.name
	}
	return found
}

// completed is the one of an option's words that value spells or begins, in the way MySQL and MariaDB take them
// (find_type of mysys/typelib.c); "" when there is none, or several.
func (w *keyword) completed(value string) string {
	found := ""
	for _, x := range w.values {
		switch {
		case strings.EqualFold(x, value):
			return x
		case value != "" && len(value) < len(x) && strings.EqualFold(x[:len(value)], value):
			if found != "" {
				return ""
			}
			found = x
		}
	}
	return found
}
