package live

import "github.com/tlswhy/tlswhy/internal/fact"

// fineParts is into how many parts a run of unknown length is cut at most; there are at least half as many.
const fineParts = 16 * fact.Tenths

// A timeline counts the handshakes of each kind by parts of the run, which become longer with it: whoever ends a run
// early has its tenths too.
type timeline struct {
	width int // of a part
	of    map[int]*[fineParts]uint32
}

// add counts the handshake with a number, from 0.
func (t *timeline) add(kind, number int) {
	for number/t.width >= fineParts {
		t.width *= 2
		for _, parts := range t.of {
			for i := range parts {
				if 2*i < fineParts {
					parts[i] = parts[2*i] + parts[2*i+1]
				} else {
					parts[i] = 0
				}
			}
		}
	}
	if t.of[kind] == nil {
		t.of[kind] = new([fineParts]uint32)
	}
	t.of[kind][number/t.width]++
}

// tenths are those of a run of so many.
func (t *timeline) tenths(kind, made int) (out [fact.Tenths]uint32) {
	used := (made-1)/t.width + 1
	for i, n := range t.of[kind][:used] {
		out[i*fact.Tenths/used] += n
	}
	return out
}
