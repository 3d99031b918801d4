package logs

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/words"
)

// maxMemo bounds how many different messages a worker remembers the meaning of.
const maxMemo = 4096

// said is what a message says, from the seat and in the product that its dialect tells. It is shared and never changed.
type said struct {
	symptoms []fact.Symptom
	contexts []fact.Context // sorted, without the kind of the peer's address
	peers    peerKinds
	codes    []fact.Code
	kind     uint64 // of the symptoms alone
	about    bool   // about TLS, though nothing may be known of it
}

// A sum is a 128-bit hash: keys of events and messages, without keeping them.
type sum [2]uint64

// seeds make sums of one Read comparable with one another only; nobody can prepare messages that collide.
type seeds [2]maphash.Seed

func newSeeds() seeds { return seeds{maphash.MakeSeed(), maphash.MakeSeed()} }

func (s seeds) sum(b []byte) sum { return sum{maphash.Bytes(s[0], b), maphash.Bytes(s[1], b)} }

// A memo remembers what messages say, so that the ten thousandth line of one kind costs no reading.
type memo struct {
	seeds seeds
	known map[sum]*said
	buf   []byte
	weak  *automaton // the words that make a line one about TLS
}

func newMemo(s seeds) *memo {
	return &memo{seeds: s, known: map[sum]*said{}, weak: tellingWords()}
}

// read says what a record's message says.
func (m *memo) read(d *Dialect, r *Record) *said {
	m.buf = append(append(m.buf[:0], d.ID...), 0)
	m.buf = append(append(m.buf, r.Product...), 0)
	for _, c := range r.Contexts {
		m.buf = append(append(m.buf, c...), 0)
	}
	m.buf = mask(append(m.buf, 0), r.Message)
	k := m.seeds.sum(m.buf)
	if s, ok := m.known[k]; ok {
		return s
	}
	s := m.say(r)
	if len(m.known) >= maxMemo {
		clear(m.known)
	}
	m.known[k] = s
	return s
}

func (m *memo) say(r *Record) *said {
	w := words.Read(r.Message)
	s := &said{symptoms: w.Symptoms, codes: w.Codes}
	s.about = len(w.Symptoms) > 0 || m.mentions(r.Message) && !routine(r)
	all := append(slices.Clone(r.Contexts), w.Contexts...)
	if r.Product != "" {
		all = append(all, fact.Context(r.Product))
	}
	for _, c := range all {
		if k := peerKind(c); k != 0 {
			s.peers |= k
			continue
		}
		s.contexts = append(s.contexts, c)
	}
	slices.Sort(s.contexts)
	s.contexts = slices.Compact(s.contexts)
	s.kind = maphash.String(m.seeds[0], joined(s.symptoms))
	return s
}

// mentions: the message has a word that only texts about TLS have, and not in a file name alone.
func (m *memo) mentions(message string) bool {
	b := []byte(message)
	for at := 0; ; {
		hit := m.weak.find(b, at)
		if hit == len(b) {
			return false
		}
		if !inPath(b, hit) {
			return true
		}
		at = hit + 1
	}
}

// inPath: the word that a place is in is a file or an address; "SSL/TLS" is neither.
func inPath(b []byte, at int) bool {
	start := bytes.LastIndexAny(b[:at], " \t\n\"'=(<[") + 1
	end := bytes.IndexAny(b[at:], " \t\n\"'>)],;")
	if end < 0 {
		end = len(b) - at
	}
	word := b[start : at+end]
	return word[0] == '/' || bytes.Count(word, []byte{'/'}) > 1
}

func joined[T ~string](list []T) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(string(x))
		b.WriteByte(0)
	}
	return b.String()
}

// key is what makes two records one event.
func (m *memo) key(d *Dialect, r *Record, s *said) (k sum) {
	k, m.buf = m.seeds.event(m.buf, d, r, s)
	return k
}

// event is the sum of what makes two records one event. buf is room for it.
func (x seeds) event(buf []byte, d *Dialect, r *Record, s *said) (sum, []byte) {
	b := append(buf[:0], d.ID...)
	for _, part := range []string{r.Product, r.Server, r.Upstream, r.Host, r.Name} {
		b = append(append(b, 0), part...)
	}
	switch {
	case r.Success:
		b = append(b, 1)
	case len(s.symptoms) == 0:
		b = normal(append(b[:0], 2), r.Message)
	default:
		b = append(append(b, 3), joined(s.symptoms)...)
		b = append(append(b, 3), joined(s.contexts)...)
	}
	return x.sum(b), b
}
