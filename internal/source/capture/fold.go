package capture

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

const (
	maxDistinct = 20_000
	maxRefs     = 5
	maxMinutes  = 7 * 24 * 60
)

// A folder counts like handshakes as one.
type folder struct {
	keepAll bool
	limit   int
	at      map[string]int // place in list by key
	list    []fact.Handshake
	left    int // handshakes not listed: too many distinct ones
	count   int // handshakes in all
}

func newFolder(keepAll bool) *folder {
	return &folder{keepAll: keepAll, limit: maxDistinct, at: map[string]int{}}
}

// add takes one handshake and returns its place in the list, -1 when there is no room for it.
func (d *folder) add(h *fact.Handshake) int {
	d.count++
	if d.keepAll {
		detach(h)
		d.list = append(d.list, *h)
		return -1
	}
	key := foldKey(h)
	if i, ok := d.at[key]; ok {
		merge(&d.list[i].Seen, h.Seen.First, func() fact.Ref { return h.Ref })
		return i
	}
	if len(d.list) >= d.limit {
		d.left++
		return -1
	}
	d.at[key] = len(d.list)
	detach(h)
	h.Seen.PerMinute = []uint32{1}
	d.list = append(d.list, *h)
	return len(d.list) - 1
}

// again counts one more handshake like the one at a place in the list.
func (d *folder) again(i int, at time.Time, ref func() fact.Ref) {
	d.count++
	merge(&d.list[i].Seen, at, ref)
}

// merge counts one more. They come nearly in the order of their beginnings.
func merge(s *fact.Seen, at time.Time, ref func() fact.Ref) {
	s.Count++
	if len(s.Refs) < maxRefs {
		s.Refs = append(s.Refs, ref())
	}
	if at.After(s.Last) {
		s.Last = at
	}
	if at.Before(s.First) {
		shiftMinutes(s, at)
		s.First = at
	}
	countMinute(s, at)
}

func minute(t time.Time) int64 { return t.Unix() / 60 }

func countMinute(s *fact.Seen, at time.Time) {
	i := minute(at) - minute(s.First)
	if i < 0 || i >= maxMinutes {
		return
	}
	for int64(len(s.PerMinute)) <= i {
		s.PerMinute = append(s.PerMinute, 0)
	}
	s.PerMinute[i]++
}

// shiftMinutes makes room before the first minute.
func shiftMinutes(s *fact.Seen, at time.Time) {
	n := minute(s.First) - minute(at)
	if n <= 0 {
		return
	}
	if n+int64(len(s.PerMinute)) > maxMinutes {
		s.PerMinute = nil
		return
	}
	s.PerMinute = append(make([]uint32, n), s.PerMinute...)
}

// foldKey is equal for handshakes that tell the same.
func foldKey(h *fact.Handshake) string {
	k := make([]byte, 0, 256)
	word := func(v int) { k = binary.AppendVarint(k, int64(v)) }
	text := func(s string) { word(len(s)); k = append(k, s...) }
	text(string(h.Path[0].Addr().AsSlice()))
	text(string(h.Path[1].Addr().AsSlice()))
	word(int(h.Path[1].Port()))
	text(h.Protocol)
	if c := h.Client; c != nil {
		text(c.ServerName)
		text(h.Passive.JA4)
		text(h.Passive.Likely)
		word(int(c.LegacyVersion))
	}
	keyServer(h, word, text)
	word(len(h.Alerts))
	for _, a := range h.Alerts {
		word(int(a.From)<<16 | int(a.Level)<<8 | int(a.Code))
	}
	e := &h.End
	if e.How != fact.EndCompleted {
		word(int(e.By))
	}
	text(string(e.How))
	text(e.After)
	word(int(e.Alert))
	text(e.Reason)
	word(int(h.Finished))
	p := h.Passive
	text(p.Progress)
	word(int(p.Resumed))
	word(int(p.ResetTTL))
	word(flags(p.Cut != "", p.LargestUnacked > 0, p.Retransmits > 0 && h.Finished != fact.Yes, p.SYN == fact.Yes, h.Request != nil, h.NotTLS != nil))
	return string(k)
}

// keyServer is the server's part of the key.
func keyServer(h *fact.Handshake, word func(int), text func(string)) {
	if s := h.Server; s != nil {
		word(int(s.Version)<<16 | int(s.Suite))
		if s.Share != nil {
			word(int(s.Share.Group))
		}
	}
	if h.Retry != nil && h.Retry.Share != nil {
		word(int(h.Retry.Share.Group))
	}
	if x := h.Key; x != nil {
		text(x.Kind)
		word(int(x.Group))
		word(x.PLen<<16 | x.GLen)
		word(flags(x.YsLen < x.PLen, len(h.Public) > 0 && len(h.Public) < x.PLen))
	}
	if h.Chain != nil {
		for i := range h.Chain.Certificates {
			text(h.Chain.Certificates[i].SHA256)
		}
	}
	if s := h.Said; s != nil {
		text(s.Product)
		text(s.Version)
		text(s.Encryption)
		text(s.Speaks)
		text(fmt.Sprint(s.TLS, s.ErrorCode, s.ErrorState))
	}
}

func flags(list ...bool) int {
	n := 0
	for i, b := range list {
		if b {
			n |= 1 << i
		}
	}
	return n
}

// detach copies what a kept handshake needs out of the memory that held the whole connection.
func detach(h *fact.Handshake) {
	if c := h.Client; c != nil && !c.SSLv2Framing {
		if again, err := wire.ParseClientHello(slices.Clone(c.Raw)); err == nil {
			again.RecordVersion, again.RecordsOfHello = c.RecordVersion, c.RecordsOfHello
			h.Client = again
		}
	}
	for _, s := range []**wire.ServerHello{&h.Server, &h.Retry} {
		if *s == nil {
			continue
		}
		if again, err := wire.ParseServerHello(slices.Clone((*s).Raw)); err == nil {
			*s = again
		}
	}
	if k := h.Key; k != nil {
		k.Raw, k.Point, k.Params, k.Signature = slices.Clone(k.Raw), slices.Clone(k.Point), slices.Clone(k.Params), slices.Clone(k.Signature)
	}
	if q := h.Request; q != nil {
		q.Types, q.Context = slices.Clone(q.Types), slices.Clone(q.Context)
		for i, name := range q.Authorities {
			q.Authorities[i] = slices.Clone(name)
		}
	}
	if h.Said != nil {
		h.Said.First = slices.Clone(h.Said.First)
	}
	h.OCSP, h.Public = slices.Clone(h.OCSP), slices.Clone(h.Public)
}

// results are the handshakes in the order of their first packets.
func (d *folder) results() []fact.Handshake {
	slices.SortStableFunc(d.list, func(a, b fact.Handshake) int { return a.Passive.Index - b.Passive.Index })
	return d.list
}
