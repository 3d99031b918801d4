package conf

import (
	"strconv"
	"strings"
)

// A node is one directive of a file of nested blocks.
type node struct {
	file  string
	line  int
	name  string
	args  []string
	kids  []node // of a block
	block bool
}

// labels names blocks so that two with the same words beside each other differ: the second is "server a.test #2".
type labels map[string]int

// under is the scope of a block within outer.
func (l labels) under(outer []string, label string) []string {
	key := strings.Join(outer, "\x00") + "\x00" + label
	l[key]++
	if n := l[key]; n > 1 {
		label += " #" + strconv.Itoa(n)
	}
	return append(outer[:len(outer):len(outer)], label)
}
