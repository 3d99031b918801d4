package capture

import (
	"encoding/binary"
	"hash/maphash"
	"sync"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A shape is a number that is equal for two connections that tell the same: the same addresses, messages, offers,
// choices, certificates and end, whatever their random numbers, keys, signatures and ports. Decoding is needed for the
// first of a shape alone; the rest is counted. What cannot be followed from record to record has no shape.
type shape uint64

const noShape shape = 0

// A shaper computes shapes, with memory that it keeps. Not safe for concurrent use.
type shaper struct {
	seed    maphash.Seed
	out     []byte
	streams [2][]byte // joined bytes of the two sides that are no whole record yet
	joined  [2][]byte // … of handshake messages that are not whole yet
	taken   [2]int    // bytes of streams that are read
	sealed  [2]bool   // ChangeCipherSpec was sent
	client  int
	version uint16
	suite   uint16
	echo    []byte // the session ID that the client offered
	lastTag byte
}

// of computes a flow's shape. Flows with losses, clear text before TLS or an open end have none.
func (s *shaper) of(f *flow) shape {
	if !regular(f) {
		return noShape
	}
	s.client, s.version, s.suite, s.echo, s.lastTag = int(f.client), 0, 0, s.echo[:0], 0
	s.out = s.out[:0]
	for i := range 2 {
		s.streams[i], s.joined[i], s.taken[i], s.sealed[i] = s.streams[i][:0], s.joined[i][:0], 0, false
	}
	s.frame(f)
	before := int64(0)
	for _, p := range f.tape.parts {
		if p.at < before {
			return noShape
		}
		before = p.at
		s.streams[p.side] = append(s.streams[p.side], f.tape.data[p.from:p.to]...)
		if !s.records(int(p.side)) {
			return noShape
		}
	}
	for i := range 2 {
		if s.taken[i] < len(s.streams[i]) || len(s.joined[i]) > 0 {
			return noShape
		}
	}
	return max(1, shape(maphash.Bytes(s.seed, s.out)))
}

// regular tells whether a flow can have a shape.
func regular(f *flow) bool {
	a, b := &f.half[0], &f.half[1]
	return f.syn && f.synack && f.tape != nil && len(f.closes) > 0 && f.lost == 0 && !f.holed && !f.snapped &&
		a.scan.mode == inRecords && b.scan.mode == inRecords && a.scan.began == 0 && b.scan.began == 0 &&
		behindEnd(a, b) == 0 && behindEnd(b, a) == 0
}

// frame takes what stands around the bytes.
func (s *shaper) frame(f *flow) {
	client, server := f.addr[f.client], f.addr[1-f.client]
	c, v := client.Addr().As16(), server.Addr().As16()
	s.out = append(append(s.out, c[:]...), v[:]...)
	s.out = binary.BigEndian.AppendUint16(s.out, server.Port())
	s.out = append(s.out, f.half[1-f.client].rstTTL, f.half[f.client].rstTTL, byte(f.client))
	s.out = append(s.out, byte(flags(f.dropped, f.over, f.half[0].scan.dropped > 0, f.half[1].scan.dropped > 0,
		f.retransmits > 0, unacked(&f.half[f.client], &f.half[1-f.client]) > 0)), byte(len(f.closes)))
	for _, c := range f.closes {
		s.out = append(s.out, byte(c.side), c.how[0], byte(flags(c.at >= f.spoke)))
	}
}

// records takes the whole records of one side; false when they cannot be followed.
func (s *shaper) records(i int) bool {
	for {
		b := s.streams[i][s.taken[i]:]
		if len(b) < recordHeader {
			return true
		}
		n := int(b[3])<<8 | int(b[4])
		if !plausible(b) {
			return false
		}
		if len(b) < recordHeader+n {
			return true
		}
		s.taken[i] += recordHeader + n
		if !s.record(i, b[0], b[2], b[recordHeader:recordHeader+n]) {
			return false
		}
	}
}

// tag appends what kind of thing a side sent.
func (s *shaper) tag(i int, kind byte, detail ...byte) {
	s.out = append(append(s.out, byte(i), kind), detail...)
	s.lastTag = kind
}

// record takes one record.
func (s *shaper) record(i int, typ, minor byte, body []byte) bool {
	switch {
	case typ == typeHandshake && (!s.sealed[i] || isHello(body, int32(len(body)))):
		s.joined[i] = append(s.joined[i], body...)
		s.tag(i, typ, minor)
		return s.messages(i)
	case typ == typeAlert && len(body) == 2:
		s.tag(i, typ, body...)
	case typ == typeData:
		s.data(i, len(body))
	case typ == typeChange:
		s.sealed[i] = true
		s.tag(i, typ)
	default:
		s.tag(i, typ, 0)
	}
	return len(s.joined[i]) == 0
}

// data takes a record of application data: by its length where that tells what it is in TLS 1.3. More of the same is
// not counted.
func (s *shaper) data(i, n int) {
	kind := byte(0x80)
	switch n {
	case 2 + 17:
		kind = 0x81
	case 4 + 32 + 17:
		kind = 0x82
	case 4 + 48 + 17:
		kind = 0x83
	}
	kind |= byte(i) << 3
	if kind != s.lastTag {
		s.tag(i, kind)
	}
}

// messages takes the whole handshake messages of one side.
func (s *shaper) messages(i int) bool {
	b := s.joined[i]
	for len(b) >= 4 {
		n := int(b[1])<<16 | int(b[2])<<8 | int(b[3])
		if len(b) < 4+n {
			break
		}
		if !s.message(i, b[0], b[4:4+n]) {
			return false
		}
		b = b[4+n:]
	}
	s.joined[i] = s.joined[i][:copy(s.joined[i], b)]
	return true
}

// message takes one handshake message in clear.
func (s *shaper) message(i int, typ byte, b []byte) bool {
	s.tag(i, typ)
	switch typ {
	case wire.TypeClientHello:
		return i == s.client && s.clientHello(b)
	case wire.TypeServerHello:
		return i != s.client && s.serverHello(b)
	case wire.TypeServerKeyExchange:
		return s.keyExchange(b)
	case wire.TypeClientKeyExchange:
		s.number(len(b))
	case wire.TypeNewSessionTicket, wire.TypeCertificateVerify:
	default:
		s.text(b)
	}
	return true
}

func (s *shaper) number(n int) { s.out = binary.BigEndian.AppendUint32(s.out, uint32(n)) }

func (s *shaper) text(b []byte) {
	s.number(len(b))
	s.out = append(s.out, b...)
}

// clientHello takes all but the random, the session ID and the keys (RFC 8446 §4.1.2).
func (s *shaper) clientHello(b []byte) bool {
	if len(b) < 35 {
		return false
	}
	s.out = append(s.out, b[:2]...)
	n := int(b[34])
	if len(b) < 35+n+2 {
		return false
	}
	s.echo = append(s.echo[:0], b[35:35+n]...)
	s.number(n)
	b = b[35+n:]
	n = int(b[0])<<8 | int(b[1])
	if len(b) < 2+n+1 || len(b) < 2+n+1+int(b[2+n]) {
		return false
	}
	s.list(b[:2+n])
	b = b[2+n:]
	n = 1 + int(b[0])
	s.text(b[:n])
	return s.extensions(b[n:], true)
}

// serverHello takes all but the random, of which only its special values count (RFC 8446 §4.1.3), and the keys.
func (s *shaper) serverHello(b []byte) bool {
	if len(b) < 35 {
		return false
	}
	n := int(b[34])
	if len(b) < 38+n {
		return false
	}
	id := b[35 : 35+n]
	s.out = append(s.out, b[:2]...)
	random := b[2:34]
	retry := string(random[:8]) == "\xcf\x21\xad\x74\xe5\x9a\x61\x11" // SHA-256 of "HelloRetryRequest"
	s.number(flags(retry, string(random[24:31]) == "DOWNGRD", random[31] == 1, n > 0 && string(id) == string(s.echo)))
	if string(random[24:31]) != "DOWNGRD" {
		s.out[len(s.out)-1] &^= 4
	}
	s.number(n)
	s.out = append(s.out, b[35+n:38+n]...)
	s.version, s.suite = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[35+n:])
	return s.extensions(b[38+n:], false)
}

// isGREASE tells the values that a client sprinkles at random (RFC 8701).
func isGREASE(high, low byte) bool { return high == low && low&0x0f == 0x0a }

// list takes a list of 16 bit numbers, whatever GREASE is in it. A length of one or two bytes may come first.
func (s *shaper) list(b []byte) {
	s.number(len(b))
	if len(b)%2 == 1 {
		b = b[1:]
	}
	for ; len(b) >= 2; b = b[2:] {
		if isGREASE(b[0], b[1]) {
			s.out = append(s.out, 0x0a, 0x0a)
		} else {
			s.out = append(s.out, b[0], b[1])
		}
	}
}

// extensions takes a list of extensions without keys, tickets and binders. Their order does not count: browsers
// shuffle them.
func (s *shaper) extensions(b []byte, client bool) bool {
	if len(b) == 0 {
		return true
	}
	if len(b) < 2 || int(b[0])<<8|int(b[1]) != len(b)-2 {
		return false
	}
	from, all := len(s.out), uint64(0)
	for b = b[2:]; len(b) > 0; {
		if len(b) < 4 {
			return false
		}
		n := int(b[2])<<8 | int(b[3])
		if len(b) < 4+n || !s.extension(binary.BigEndian.Uint16(b), b[4:4+n], client) {
			return false
		}
		all += maphash.Bytes(s.seed, s.out[from:])
		s.out = s.out[:from]
		b = b[4+n:]
	}
	s.out = binary.BigEndian.AppendUint64(s.out, all)
	return true
}

// extEncryptedHello is encrypted_client_hello (RFC 9849), which changes with each hello.
const extEncryptedHello = 0xfe0d

func (s *shaper) extension(typ uint16, b []byte, client bool) bool {
	if isGREASE(byte(typ>>8), byte(typ)) {
		typ = 0x0a0a
	}
	s.out = binary.BigEndian.AppendUint16(s.out, typ)
	switch typ {
	case wire.ExtKeyShare:
		if client {
			return s.shares(b)
		}
		s.text(b[:min(2, len(b))]) // the group; its key follows in a ServerHello only
	case wire.ExtSupportedGroups, wire.ExtSupportedVersions, wire.ExtSignatureAlgorithms:
		s.list(b)
	case wire.ExtSessionTicket, wire.ExtPreSharedKey, wire.ExtCookie, extEncryptedHello, 0x0a0a:
	default:
		s.text(b)
	}
	return true
}

// shares takes the groups of a client's keys.
func (s *shaper) shares(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	for b = b[2:]; len(b) > 0; {
		if len(b) < 4 {
			return false
		}
		n := int(b[2])<<8 | int(b[3])
		if len(b) < 4+n {
			return false
		}
		s.list(b[:2])
		b = b[4+n:]
	}
	return true
}

// keyExchange takes the parameters of a ServerKeyExchange (RFC 5246 §7.4.3, RFC 8422 §5.4). How many bytes a
// Diffie-Hellman value has counts: Schannel and others write them shorter when they begin with zeros.
func (s *shaper) keyExchange(b []byte) bool {
	suite, _ := names.SuiteByID(s.suite)
	rest := b
	switch {
	case suite.Kex == "ECDHE" && len(b) > 4 && b[0] == 3:
		s.out = append(s.out, b[:4]...)
		rest = b[4+min(int(b[3]), len(b)-4):]
	case suite.Kex == "DHE":
		for k := range 3 {
			n, ok := length16(rest)
			if !ok {
				return false
			}
			if s.number(n); k < 2 {
				s.out = append(s.out, rest[2:2+n]...)
			}
			rest = rest[2+n:]
		}
	default:
		s.text(b)
		return true
	}
	if s.version >= wire.TLS12 && len(rest) > 2 {
		s.out = append(s.out, rest[:2]...) // the signature's scheme
	}
	return true
}

func length16(b []byte) (n int, ok bool) {
	if len(b) < 2 {
		return 0, false
	}
	n = int(b[0])<<8 | int(b[1])
	return n, len(b) >= 2+n
}

// maxShapes bounds the shapes remembered.
const maxShapes = 1 << 17

// A shapeTable remembers which folded handshake a shape belongs to. Safe for concurrent use.
type shapeTable struct {
	mu   sync.RWMutex
	list map[shape]int32
}

// place is the place of the folded handshake of a shape; ok is false for a new one.
func (t *shapeTable) place(s shape) (at int32, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	at, ok = t.list[s]
	return at, ok
}

// learn notes where handshakes of a shape are counted.
func (t *shapeTable) learn(s shape, at int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.list) < maxShapes && s != noShape {
		t.list[s] = int32(at)
	}
}
