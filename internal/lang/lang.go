// Package lang fills the sentences that people read. English stands with the cause; every other language is an
// overlay file of the same keys.
package lang

import (
	"slices"
	"strings"
)

// Fill puts args into the {placeholders} of a sentence. An unknown placeholder stays, so that a test can see it.
func Fill(text string, args map[string]string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			break
		}
		j := strings.IndexByte(text[i:], '}')
		if j < 0 {
			break
		}
		b.WriteString(text[:i])
		key := text[i+1 : i+j]
		if v, ok := args[key]; ok {
			b.WriteString(v)
		} else {
			b.WriteString(text[i : i+j+1])
		}
		text = text[i+j+1:]
	}
	b.WriteString(text)
	return b.String()
}

// Placeholders lists the names in braces of a sentence, sorted, each once.
func Placeholders(text string) []string {
	var names []string
	for {
		i := strings.IndexByte(text, '{')
		if i < 0 {
			break
		}
		j := strings.IndexByte(text[i:], '}')
		if j < 0 {
			break
		}
		names = append(names, text[i+1:i+j])
		text = text[i+j+1:]
	}
	slices.Sort(names)
	return slices.Compact(names)
}
