package words

import (
	"cmp"
	"slices"
	"strings"
)

// gapLimit is how far apart two parts of a phrase may stand, in bytes; nearLimit where the phrase says so.
const (
	gapLimit  = 400
	nearLimit = 60
)

// maxHits bounds how many places of one part are kept; further ones are dropped.
const maxHits = 16

// A matcher finds the phrases of all rows in one pass over a text (Aho and Corasick, 1975). The tree is kept with one
// knot per byte and its children as a list: some thousand phrases then take a few MB, where a table per state would take
// hundreds.
type matcher struct {
	root  [256]int32 // first step of each phrase; 0: none begins so
	nodes []knot     // 0 is the root
	parts []part
	rows  []compiled
	begin map[int32][]int32 // the rows that a part begins
	whole map[int32]bool    // parts that are a row's whole phrase and a symptom
}

// A knot is a state of the automaton.
type knot struct {
	child, sibling int32 // 0: none
	fail           int32 // the state of the longest suffix that is a path, too
	ends           int32 // the part that ends here, from 1; 0: none
	also           int32 // the next state along fail where a part ends; 0: none
	depth          int16 // bytes from the root
	step           byte  // the byte that leads here
}

// A part is a piece of a phrase that stands without a gap.
type part struct {
	text       string
	open, shut bool  // a word may go on before it, after it
	same       int32 // another part of the same text, from 1; 0: none
}

// A compiled row is its parts by number, in order.
type compiled struct {
	row   *row
	parts []int32
	gaps  []int // how far the next part may stand from the end of each, in bytes
}

// newMatcher builds the automaton. The rows outlive it and are not copied.
func newMatcher(families [][]row) *matcher {
	size := 1 // of all phrases: no more knots than bytes
	for _, family := range families {
		for i := range family {
			size += len(family[i].say)
		}
	}
	m := &matcher{nodes: make([]knot, 1, size), begin: map[int32][]int32{}, whole: map[int32]bool{}}
	known := map[part]int32{}
	for _, family := range families {
		for i := range family {
			c := m.compile(&family[i], known)
			m.begin[c.parts[0]] = append(m.begin[c.parts[0]], int32(len(m.rows)))
			m.rows = append(m.rows, c)
			if len(c.parts) == 1 && c.row.is != "" {
				m.whole[c.parts[0]] = true
			}
		}
	}
	m.link()
	return m
}

func (m *matcher) compile(w *row, known map[part]int32) compiled {
	c := compiled{row: w}
	for _, piece := range pieces(w.say) {
		if piece == " … " {
			c.gaps = append(c.gaps, gapLimit)
			continue
		}
		if piece == " ‥ " {
			c.gaps = append(c.gaps, nearLimit)
			continue
		}
		p := part{}
		piece, p.open = strings.CutPrefix(piece, "*")
		piece, p.shut = strings.CutSuffix(piece, "*")
		p.text = fold(piece)
		n, ok := known[p]
		if !ok {
			n = int32(len(m.parts))
			known[p] = n
			m.parts = append(m.parts, p)
			m.end(m.insert(p.text), n)
		}
		c.parts = append(c.parts, n)
	}
	return c
}

// insert adds a path of states for a text and gives its last.
func (m *matcher) insert(text string) int32 {
	state := int32(0)
	for i := range len(text) {
		to := m.step(state, text[i])
		if to == 0 {
			to = int32(len(m.nodes))
			m.nodes = append(m.nodes, knot{step: text[i], depth: int16(i + 1)})
			if state == 0 {
				m.root[text[i]] = to
			} else {
				m.nodes[to].sibling = m.nodes[state].child
				m.nodes[state].child = to
			}
		}
		state = to
	}
	return state
}

// pieces divides a phrase at its holes, which are pieces themselves.
func pieces(say string) []string {
	var list []string
	for {
		i := strings.IndexAny(say, "…‥")
		if i < 1 {
			return append(list, say)
		}
		const hole = len(" … ")
		list = append(list, say[:i-1], say[i-1:i-1+hole])
		say = say[i-1+hole:]
	}
}

// end says that a part ends in a state; parts of the same text are a list.
func (m *matcher) end(state, part int32) {
	m.parts[part].same = m.nodes[state].ends
	m.nodes[state].ends = part + 1
}

// step is the child of a state for a byte, 0 for none.
func (m *matcher) step(state int32, b byte) int32 {
	if state == 0 {
		return m.root[b]
	}
	c := m.nodes[state].child
	for c != 0 && m.nodes[c].step != b {
		c = m.nodes[c].sibling
	}
	return c
}

// next is where the automaton goes: along the path, or along the longest suffix that is one.
func (m *matcher) next(state int32, b byte) int32 {
	for {
		if to := m.step(state, b); to != 0 || state == 0 {
			return to
		}
		state = m.nodes[state].fail
	}
}

// link finds for each state, shorter paths first, the longest suffix that is a path.
func (m *matcher) link() {
	var queue []int32
	for _, to := range m.root {
		if to != 0 {
			queue = append(queue, to)
		}
	}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for c := m.nodes[s].child; c != 0; c = m.nodes[c].sibling {
			f := m.next(m.nodes[s].fail, m.nodes[c].step)
			m.nodes[c].fail, m.nodes[c].also = f, f
			if m.nodes[f].ends == 0 {
				m.nodes[c].also = m.nodes[f].also
			}
			queue = append(queue, c)
		}
	}
}

// covered drops the places of a part that lie within a longer phrase of its own: "self-signed certificate" says another
// thing than "self-signed certificate in certificate chain".
func (m *matcher) covered(starts map[int32][]int) {
	for n, list := range starts {
		size := len(m.parts[n].text)
		starts[n] = slices.DeleteFunc(list, func(at int) bool {
			for o, others := range starts {
				longer := len(m.parts[o].text)
				if longer <= size || !m.whole[o] {
					continue
				}
				if slices.ContainsFunc(others, func(s int) bool { return s <= at && at+size <= s+longer }) {
					return true
				}
			}
			return false
		})
	}
}

// find lists the rows whose phrase stands in a folded text, in the order of their first parts, the longest of those
// at one place first.
func (m *matcher) find(text string) []*row {
	starts, state := m.scan(text)
	m.cut(state, len(text), starts)
	m.covered(starts)
	type hit struct {
		row      int32
		at, size int
	}
	var hits []hit
	for n := range starts {
		for _, i := range m.begin[n] {
			if at, ok := m.fits(&m.rows[i], starts); ok {
				hits = append(hits, hit{i, at, len(m.rows[i].row.say)})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(a.at-b.at, b.size-a.size, int(a.row-b.row)) })
	rows := make([]*row, len(hits))
	for i, h := range hits {
		rows[i] = m.rows[h.row].row
	}
	return rows
}

// scan lists for each part where it begins in the text, and the state in which the text ends.
func (m *matcher) scan(text string) (map[int32][]int, int32) {
	starts := map[int32][]int{}
	state := int32(0)
	for i := range len(text) {
		state = m.next(state, text[i])
		for s := state; s != 0; s = m.nodes[s].also {
			m.ended(s, text, i+1, starts)
		}
	}
	return starts, state
}

// cutLength is how much of a phrase must stand at the end of a text that was cut off in the middle of it, in bytes.
const cutLength = 24

// cut finds the phrase in whose middle a text ends, where only one can be meant: texts are copied from narrow windows and
// from fields of limited length.
func (m *matcher) cut(state int32, end int, starts map[int32][]int) {
	at := end - int(m.nodes[state].depth)
	if m.nodes[state].depth < cutLength {
		return
	}
	for _, list := range starts {
		if slices.Contains(list, at) {
			return // a whole phrase begins here
		}
	}
	for m.nodes[state].ends == 0 {
		c := m.nodes[state].child
		if c == 0 || m.nodes[c].sibling != 0 {
			return
		}
		state = c
	}
	if n := m.nodes[state].ends - 1; len(starts[n]) == 0 && 2*(end-at) >= len(m.parts[n].text) {
		starts[n] = append(starts[n], at)
	}
}

// ended notes the parts that end in a state, where no word goes on across their edges.
func (m *matcher) ended(state int32, text string, end int, starts map[int32][]int) {
	for n := m.nodes[state].ends; n != 0; n = m.parts[n-1].same {
		p := &m.parts[n-1]
		at := end - len(p.text)
		if len(starts[n-1]) < maxHits && (p.open || edge(text, at)) && (p.shut || edge(text, end)) {
			starts[n-1] = append(starts[n-1], at)
		}
	}
}

// edge: no word goes across this place. Only ASCII letters and digits make words: Japanese is written without gaps.
func edge(text string, at int) bool {
	return at <= 0 || at >= len(text) || !inWord(text[at-1]) || !inWord(text[at])
}

func inWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= '0' && b <= '9'
}

// fits reports whether the parts of a row follow one another, and where the first begins.
func (m *matcher) fits(c *compiled, starts map[int32][]int) (at int, ok bool) {
	for _, first := range starts[c.parts[0]] {
		if m.follow(c, first, starts) {
			return first, true
		}
	}
	return 0, false
}

func (m *matcher) follow(c *compiled, at int, starts map[int32][]int) bool {
	end := at + len(m.parts[c.parts[0]].text)
	for k, n := range c.parts[1:] {
		i := slices.IndexFunc(starts[n], func(s int) bool { return s >= end && s <= end+c.gaps[k] })
		if i < 0 {
			return false
		}
		end = starts[n][i] + len(m.parts[n].text)
	}
	return true
}
