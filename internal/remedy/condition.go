package remedy

import "slices"

// has holds where a value is known.
func has(name string) func(values) bool {
	return func(v values) bool { return v.get(name) != "" }
}

// is holds where a value is this word.
func is(name, word string) func(values) bool { return oneOf(name, word) }

// oneOf holds where a value is one of these words.
func oneOf(name string, words ...string) func(values) bool {
	return func(v values) bool { return slices.Contains(words, v.get(name)) }
}

// not holds where another condition does not.
func not(cond func(values) bool) func(values) bool {
	return func(v values) bool { return !cond(v) }
}
