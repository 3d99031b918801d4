package capture

import "bytes"

// A scan follows the record borders of one direction (RFC 8446 §5.1), by headers alone: it tells when the handshake
// is over and what of the rest is worth keeping.
type scan struct {
	mode    scanMode
	keep    bool // the record being read is kept
	changed bool // ChangeCipherSpec was sent
	sealed  bool // … and a handshake record after it: Finished, before TLS 1.3
	n       uint8
	head    [recordHeader]byte // n bytes of the next record's header
	need    int32              // bytes of the record still to come
	kept    int32              // bytes kept
	late    int32              // … of application data after the handshake
	sent    int32              // records of application data
	stored  int32              // bytes on the tape
	began   int32              // … before TLS
	dropped int64              // bytes of records that were not kept
	dropAt  int64              // when the last of those began
	dropIn  int32              // … and in which packet
}

type scanMode uint8

const (
	inClear   scanMode = iota // no TLS so far
	inRecords                 // record borders are known
	astray                    // a hole took them; a segment that begins with a record brings them back
	foreign                   // what came where a record was due is none
)

const (
	recordHeader = 5
	maxRecord    = 1<<14 + 2048 // RFC 5246 §6.2.3, the largest of all versions
	maxKept      = 256 << 10    // bytes of one direction
	maxClear     = 16 << 10     // bytes of what is not TLS
	maxWeb       = 2 << 10      // … and is HTTP
	smallRecord  = 64           // bytes; alerts and tickets' like, kept when data is not
	// After the handshake a server's tickets and alerts are worth keeping; a client with a certificate may still be
	// sending it when the record headers say that the handshake is over.
	lateClient, lateServer = 8 << 10, 2 << 10
	lateWithSecrets        = 64 << 10
)

const (
	typeChange    = 20
	typeAlert     = 21
	typeHandshake = 22
	typeData      = 23
	typeHeartbeat = 24
)

// scan takes the next bytes of side i.
func (a *assembly) scan(f *flow, i int, data []byte, at place) {
	if len(data) == 0 {
		return
	}
	s := &f.half[i].scan
	switch s.mode {
	case inClear:
		if !a.begins(f, i, data) {
			a.keepClear(f, i, data, at)
			return
		}
		s.mode, s.began = inRecords, s.stored
	case astray:
		if !plausible(data) {
			return
		}
		s.mode, s.n, s.need = inRecords, 0, 0
	case foreign:
		a.keepClear(f, i, data, at)
		return
	}
	a.records(f, i, data, at)
}

// begins tells whether TLS begins with these bytes: a hello, or in a connection whose beginning was not captured any
// record. An SSLv2 hello (RFC 5246 appendix E.2) is taken as one record of its length.
func (a *assembly) begins(f *flow, i int, b []byte) bool {
	s := &f.half[i].scan
	if s.kept == 0 && isSSLv2Hello(b) {
		s.need, s.keep = int32(b[0]&0x7f)<<8+int32(b[1])+2, true
		return true
	}
	switch {
	case !plausible(b):
		return false
	case !f.syn && !f.synack:
		return len(b) > 2
	case len(b) <= recordHeader:
		return s.kept == 0
	case b[0] == typeHandshake:
		return b[5] == 1 || b[5] == 2
	case b[0] == typeAlert:
		return b[3] == 0 && b[4] == 2
	}
	return s.kept == 0 // the hello was lost
}

// plausible tells whether bytes could begin a record.
func plausible(b []byte) bool {
	switch {
	case b[0] < typeChange || b[0] > typeHeartbeat:
		return false
	case len(b) > 1 && b[1] != 3, len(b) > 2 && b[2] > 4:
		return false
	}
	return len(b) < recordHeader || int(b[3])<<8+int(b[4]) <= maxRecord
}

func isSSLv2Hello(b []byte) bool {
	return len(b) > 4 && b[0]&0x80 != 0 && b[2] == 1 && (b[3] == 3 || b[3] == 0 && b[4] == 2)
}

// keepClear keeps what is said before TLS, or instead of it.
func (a *assembly) keepClear(f *flow, i int, data []byte, at place) {
	s := &f.half[i].scan
	if s.kept == 0 && i == int(f.client) {
		f.web = isWeb(data)
	}
	limit := maxClear
	if f.web {
		limit = maxWeb
	}
	n := min(len(data), limit-int(s.kept))
	if n > 0 {
		a.store(f, i, data[:n], at)
	}
}

// isWeb tells a request of HTTP in clear, which nothing but a CONNECT leads out of.
func isWeb(b []byte) bool {
	return bytes.HasPrefix(b, []byte("GET ")) || bytes.HasPrefix(b, []byte("POST ")) || bytes.HasPrefix(b, []byte("HEAD "))
}

// records walks along the records in data.
func (a *assembly) records(f *flow, i int, data []byte, at place) {
	s := &f.half[i].scan
	for len(data) > 0 {
		if s.need > 0 {
			n := min(len(data), int(s.need))
			if s.keep {
				a.store(f, i, data[:n], at)
			}
			s.need -= int32(n)
			data = data[n:]
			continue
		}
		n := copy(s.head[s.n:], data)
		s.n += uint8(n)
		data = data[n:]
		if !plausible(s.head[:s.n]) {
			a.strange(f, i, data, at)
			return
		}
		if s.n == recordHeader {
			a.header(f, i, data, at)
		}
	}
}

// strange keeps the start of what is no record.
func (a *assembly) strange(f *flow, i int, rest []byte, at place) {
	s := &f.half[i].scan
	s.mode = foreign
	if f.over {
		s.kept = maxClear
		return
	}
	s.kept = max(0, min(s.kept, maxClear-1024))
	a.store(f, i, s.head[:s.n], at)
	a.keepClear(f, i, rest, at)
}

// header takes a whole record header; body is what follows it at once.
func (a *assembly) header(f *flow, i int, body []byte, at place) {
	s := &f.half[i].scan
	typ, size := s.head[0], int32(s.head[3])<<8+int32(s.head[4])
	progress(f, i, typ, size, body)
	s.n, s.need = 0, size
	if s.keep = a.wanted(f, i, typ, size); s.keep {
		a.store(f, i, s.head[:], at)
		return
	}
	s.dropped += int64(size)
	s.dropAt, s.dropIn = at.at, f.number(at)
}

// progress notes what a record's header tells of the handshake.
func progress(f *flow, i int, typ uint8, size int32, body []byte) {
	s, other := &f.half[i].scan, &f.half[1-i].scan
	if f.answered {
		f.over = true // somebody goes on after the client's first sealed record of TLS 1.3
	}
	switch typ {
	case typeChange:
		s.changed = true
	case typeHandshake:
		s.sealed = s.sealed || s.changed && !isHello(body, size)
		f.over = f.over || s.sealed && other.sealed
	case typeData:
		s.sent++
		if other.sent > 0 && (f.client < 0 || int(f.client) == i) {
			f.answered = true
			f.over = f.over || size == 4+32+17 || size == 4+48+17 // Finished, as long as the suite's hash, sealed (RFC 8446 §5.2)
		}
	}
}

// isHello tells a hello in clear after a ChangeCipherSpec, as a HelloRetryRequest brings it (RFC 8446 appendix D.4).
func isHello(b []byte, size int32) bool {
	return len(b) >= 4 && (b[0] == 1 || b[0] == 2) && int32(b[1])<<16+int32(b[2])<<8+int32(b[3]) == size-4
}

// wanted decides whether a record is kept.
func (a *assembly) wanted(f *flow, i int, typ uint8, size int32) bool {
	s := &f.half[i].scan
	if s.kept+size > maxKept {
		f.dropped = f.dropped || f.over
		return false
	}
	if !f.over || typ != typeData {
		return true
	}
	limit := int32(lateServer)
	switch {
	case a.secrets:
		limit = lateWithSecrets
	case f.client < 0 || int(f.client) == i:
		limit = lateClient
	}
	if size > smallRecord && s.late+size > limit || s.late > lateWithSecrets {
		f.dropped = true
		return false
	}
	s.late += size
	return true
}

// hole passes over n bytes that are not in the capture. Zeros take the place of those within a record, so that the
// border behind it is still found.
func (a *assembly) hole(f *flow, i int, n int, at place) {
	s := &f.half[i].scan
	f.holed = f.holed || !f.over
	switch s.mode {
	case inClear:
		a.zeros(f, i, min(n, maxClear-int(s.kept)), at)
	case inRecords:
		in := min(n, int(s.need))
		if s.keep {
			a.zeros(f, i, in, at)
		}
		if s.need -= int32(in); in < n {
			s.mode = astray
		}
	}
}

func (a *assembly) zeros(f *flow, i int, n int, at place) {
	var none [512]byte
	for ; n > 0; n -= len(none) {
		a.store(f, i, none[:min(n, len(none))], at)
	}
}

// store keeps bytes of side i on the flow's tape.
func (a *assembly) store(f *flow, i int, b []byte, at place) {
	if f.tape == nil {
		f.tape = a.tapes.Get().(*tape)
		a.held += cap(f.tape.data)
	}
	before := cap(f.tape.data)
	f.tape.store(int8(i), b, at.at, f.number(at))
	a.held += cap(f.tape.data) - before
	s := &f.half[i].scan
	s.kept += int32(len(b))
	s.stored += int32(len(b))
}
