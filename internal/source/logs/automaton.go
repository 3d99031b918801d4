package logs

import "bytes"

// An automaton finds any of many strings in one pass (Aho and Corasick, 1975). It only tells where one ends.
type automaton struct {
	classes [256]uint8 // bytes that no string holds are class 0
	width   int
	next    []uint32 // next state by state + class; a state's number is a multiple of width; those from found on have found a string
	found   uint32
	then    *automaton // another one beside it
}

// maxStates keeps the states within what next can hold.
const maxStates = 1<<16 - 1

// newAutomaton makes an automaton; with fold, ASCII letters match in either case. Strings beyond maxStates are left out.
func newAutomaton(list []string, fold bool) *automaton {
	b := trie{next: [][256]uint16{{}}, ends: []bool{false}}
	for _, s := range list {
		if s == "" || len(b.next)+len(s) > maxStates {
			continue
		}
		text := []byte(s)
		if fold {
			text = bytes.ToLower(text)
		}
		b.insert(text)
	}
	b.link()
	return b.compact(fold)
}

// A trie is the strings as paths of states.
type trie struct {
	next [][256]uint16
	ends []bool
}

func (t *trie) insert(text []byte) {
	state := uint16(0)
	for _, c := range text {
		if t.next[state][c] == 0 {
			t.next[state][c] = uint16(len(t.next))
			t.next, t.ends = append(t.next, [256]uint16{}), append(t.ends, false)
		}
		state = t.next[state][c]
	}
	t.ends[state] = true
}

// link lets a path that ends go on with its longest suffix that is a path.
func (t *trie) link() {
	fail := make([]uint16, len(t.next))
	queue := []uint16{}
	for _, to := range t.next[0] {
		if to != 0 {
			queue = append(queue, to)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		t.ends[s] = t.ends[s] || t.ends[fail[s]]
		for c := range 256 {
			switch to := t.next[s][c]; to {
			case 0:
				t.next[s][c] = t.next[fail[s]][c]
			default:
				fail[to] = t.next[fail[s]][c]
				queue = append(queue, to)
			}
		}
	}
}

// compact puts bytes that always lead to the same state into one class, and the states that end a string last.
func (t *trie) compact(fold bool) *automaton {
	a := &automaton{}
	number := t.renumber(a)
	kinds := map[string]uint8{}
	var column []byte
	for c := range 256 {
		column = column[:0]
		for s := range t.next {
			to := t.next[s][c]
			column = append(column, byte(to), byte(to>>8))
		}
		if _, ok := kinds[string(column)]; !ok {
			kinds[string(column)] = uint8(len(kinds))
		}
		a.classes[c] = kinds[string(column)]
	}
	a.width = len(kinds)
	a.found *= uint32(a.width)
	a.next = make([]uint32, len(t.next)*a.width)
	for s := range t.next {
		for c := range 256 {
			a.next[int(number[s])*a.width+int(a.classes[c])] = uint32(number[t.next[s][c]]) * uint32(a.width)
		}
	}
	for c := byte('A'); fold && c <= 'Z'; c++ {
		a.classes[c] = a.classes[c+'a'-'A']
	}
	return a
}

func (t *trie) renumber(a *automaton) []uint16 {
	number := make([]uint16, len(t.next))
	n := uint16(0)
	for _, ends := range []bool{false, true} {
		if ends {
			a.found = uint32(n)
		}
		for s := range t.next {
			if t.ends[s] == ends {
				number[s] = n
				n++
			}
		}
	}
	return number
}

// find is the place of the last byte of the first string from at on, len(data) when there is none.
func (a *automaton) find(data []byte, at int) int {
	state := uint32(0)
	for i := at; i < len(data); i++ {
		state = a.next[state+uint32(a.classes[data[i]])]
		if state >= a.found {
			return i
		}
	}
	return len(data)
}
