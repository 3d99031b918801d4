package capture

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// Block types of pcapng (draft-ietf-opsawg-pcapng §4 and §10.1).
const (
	blockInterface  = 1
	blockOldPacket  = 2 // obsolete packet block
	blockSimple     = 3
	blockNames      = 4
	blockStatistics = 5
	blockPacket     = 6 // enhanced packet block
	blockSecrets    = 10
	blockCustom     = 0xbad
	blockCustomKeep = 0x40000bad
	blockSection    = 0x0a0d0d0a // reads the same in both byte orders
)

const (
	maxInterfaces = 1 << 16
	maxSecrets    = 500_000    // five of 100,000 connections of TLS 1.3
	secretsTLS    = 0x544c534b // "TLSK": NSS key log (§4.7)
	maxBlock      = 256 << 20  // of one block, to tell a length from rubbish
)

// An ngInterface is what an interface description block tells.
type ngInterface struct {
	link   uint32
	snap   uint32 // 0: none
	binary bool   // the unit is a power of two, not of ten
	power  uint8
	offset int64 // seconds to be added
}

// pcapngReader reads pcapng files: any number of sections and interfaces, of both byte orders.
type pcapngReader struct {
	w          *window
	swapped    bool
	interfaces []ngInterface
	number     int
	last       time.Time
	secrets    []wire.Secret
	counted    int // of the secrets handed out and waiting
	spilled    bool
}

func openPcapng(w *window) *pcapngReader { return &pcapngReader{w: w} }

func (p *pcapngReader) u16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if p.swapped {
		return bits.ReverseBytes16(v)
	}
	return v
}

func (p *pcapngReader) u32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if p.swapped {
		return bits.ReverseBytes32(v)
	}
	return v
}

// takeSecrets returns the secrets met since the last call.
func (p *pcapngReader) takeSecrets() []wire.Secret {
	s := p.secrets
	p.secrets = nil
	return s
}

// Next returns the next frame.
func (p *pcapngReader) Next() (Frame, error) {
	for {
		h := p.w.peek(12)
		if len(h) < 12 {
			return Frame{}, p.w.end("a block header")
		}
		kind := p.u32(h)
		if kind == blockSection && !p.section(h) {
			return Frame{}, p.resync("a section has no byte order")
		}
		total := p.u32(h[4:])
		if total < 12 || total%4 != 0 || total > maxBlock {
			return Frame{}, p.resync(fmt.Sprintf("a block claims %d bytes", total))
		}
		f, ok, err := p.block(kind, int(total))
		if ok || err != nil {
			return f, err
		}
	}
}

// section begins a section: its byte order holds and the interfaces before it are gone (§4.1).
func (p *pcapngReader) section(h []byte) bool {
	switch binary.LittleEndian.Uint32(h[8:]) {
	case 0x1a2b3c4d:
		p.swapped = false
	case 0x4d3c2b1a:
		p.swapped = true
	default:
		return false
	}
	p.interfaces = p.interfaces[:0]
	return true
}

// block reads one block; ok when it held a frame.
func (p *pcapngReader) block(kind uint32, total int) (f Frame, ok bool, err error) {
	switch kind {
	case blockPacket, blockOldPacket, blockSimple:
		return p.packet(kind, total)
	case blockSecrets:
		return f, false, p.readSecrets(total)
	case blockInterface:
		return f, false, p.readInterface(total)
	}
	return f, false, p.pass(kind, total)
}

// pass passes over a block that holds nothing we read. One too long to be checked is believed if such a block can be
// long.
func (p *pcapngReader) pass(kind uint32, total int) error {
	if total <= fullWindow {
		b, err := p.whole(total)
		p.w.take(len(b))
		return err
	}
	switch kind {
	case blockNames, blockCustom, blockCustomKeep:
		return p.passLong(int64(total))
	}
	return p.resync(fmt.Sprintf("a block of unknown type %d claims %d bytes", kind, total))
}

func (p *pcapngReader) passLong(n int64) error {
	start := p.w.offset()
	if p.w.skip(n) < n {
		return &damage{Offset: start, What: "the file ends in the middle of a block"}
	}
	return nil
}

// whole returns a block with its header and checks the length at its end (§3.1).
func (p *pcapngReader) whole(total int) ([]byte, error) {
	b := p.w.peek(total)
	if len(b) < total {
		return nil, p.w.end("a block")
	}
	if p.u32(b[total-4:]) != uint32(total) {
		return nil, p.resync("the two lengths of a block differ")
	}
	return b, nil
}

// packet reads the blocks that hold a frame.
func (p *pcapngReader) packet(kind uint32, total int) (f Frame, ok bool, err error) {
	if total > maxFrame+64<<10 { // options are short
		return f, false, p.resync(fmt.Sprintf("a packet block claims %d bytes", total))
	}
	b, err := p.whole(total)
	if err != nil {
		return f, false, err
	}
	body := b[8 : total-4]
	f, good := p.frame(kind, body)
	if !good {
		return f, false, p.resync("a packet block is inconsistent")
	}
	p.w.take(total)
	p.number++
	p.last = f.At
	f.Number = p.number
	return f, true, nil
}

// frame takes a frame out of the body of a block (§4.3, §4.4, appendix A).
func (p *pcapngReader) frame(kind uint32, body []byte) (f Frame, ok bool) {
	var number, n, full uint32
	head := 20
	switch {
	case kind == blockSimple && len(body) >= 4:
		head, full = 4, p.u32(body)
		n = min(full, uint32(len(body)-4))
	case kind == blockSimple || len(body) < 20:
		return f, false
	default:
		number, n, full = p.u32(body), p.u32(body[12:]), p.u32(body[16:])
	}
	if kind == blockOldPacket {
		number = uint32(p.u16(body))
	}
	if uint64(number) >= uint64(len(p.interfaces)) || n > maxFrame || uint64(n) > uint64(len(body)-head) {
		return f, false
	}
	iface := &p.interfaces[number]
	if kind == blockSimple {
		if iface.snap > 0 {
			n = min(n, iface.snap)
		}
		f.At = p.last // it carries no time (§4.4)
	} else {
		f.At = iface.time(uint64(p.u32(body[4:]))<<32 | uint64(p.u32(body[8:])))
	}
	f.Link, f.Data, f.Len = iface.link, body[head:head+int(n)], int(max(n, min(full, maxLength)))
	return f, true
}

// time turns a count of the interface's units since 1970 into a moment.
func (i *ngInterface) time(t uint64) time.Time {
	var sec, nsec uint64
	if i.binary {
		sec = t >> i.power
		high, low := bits.Mul64(t-sec<<i.power, 1e9)
		nsec, _ = bits.Div64(high, low, 1<<i.power)
	} else {
		unit := tenTo(i.power)
		sec = t / unit
		nsec = t % unit
		if i.power <= 9 {
			nsec *= tenTo(9 - i.power)
		} else {
			nsec /= tenTo(i.power - 9)
		}
	}
	if sec > 1<<62 {
		return time.Time{}
	}
	return timeAt(int64(sec)+i.offset, int64(nsec))
}

func tenTo(n uint8) uint64 {
	v := uint64(1)
	for range n {
		v *= 10
	}
	return v
}

// readInterface reads an interface description block (§4.2).
func (p *pcapngReader) readInterface(total int) error {
	if total < 20 || total > 64<<10 {
		return p.resync(fmt.Sprintf("an interface block claims %d bytes", total))
	}
	b, err := p.whole(total)
	if err != nil {
		return err
	}
	if len(p.interfaces) == maxInterfaces {
		return p.resync(fmt.Sprintf("more than %d interfaces", maxInterfaces))
	}
	i := ngInterface{link: uint32(p.u16(b[8:])), snap: p.u32(b[12:]), power: 6}
	p.options(b[16:total-4], &i)
	p.interfaces = append(p.interfaces, i)
	p.w.take(total)
	return nil
}

// options reads those options of an interface that change the time: if_tsresol (9) and if_tsoffset (14).
func (p *pcapngReader) options(b []byte, i *ngInterface) {
	for len(b) >= 4 {
		code, n := p.u16(b), int(p.u16(b[2:]))
		b = b[4:]
		if code == 0 || n > len(b) {
			return
		}
		switch {
		case code == 9 && n == 1:
			i.binary, i.power = b[0]&0x80 != 0, b[0]&0x7f
			if i.power > 63 || !i.binary && i.power > 19 { // a 64-bit count has no such unit
				i.binary, i.power = false, 6
			}
		case code == 14 && n == 8:
			high, low := p.u32(b), p.u32(b[4:])
			if !p.swapped { // a 64-bit number, in the section's byte order
				high, low = low, high
			}
			i.offset = clampOffset(int64(uint64(high)<<32 | uint64(low)))
		}
		b = b[min(len(b), (n+3)&^3):]
	}
}

// clampOffset keeps an offset in the range where adding a time to it cannot overflow.
func clampOffset(sec int64) int64 { return max(-1<<61, min(sec, 1<<61)) }

// readSecrets reads a decryption secrets block (§4.7) line by line, however long it is.
func (p *pcapngReader) readSecrets(total int) error {
	h := p.w.peek(16)
	if total < 20 || len(h) < 16 {
		return p.resync("a secrets block is too short")
	}
	kind, length := p.u32(h[8:]), p.u32(h[12:])
	if uint64(length) > uint64(total-20) {
		return p.resync(fmt.Sprintf("a secrets block claims %d bytes of secrets", length))
	}
	left := int(length)
	rest := total - 16 - left
	p.w.take(16)
	for left > 0 && kind == secretsTLS {
		n := p.keyLogPart(left)
		if n == 0 {
			break
		}
		left -= n
	}
	if err := p.passLong(int64(left + rest)); err != nil {
		return err
	}
	if p.counted > maxSecrets && !p.spilled {
		p.spilled = true
		return &damage{Offset: p.w.offset(), What: fmt.Sprintf("more than %d secrets; the others are left out", maxSecrets)}
	}
	return nil
}

// keyLogPart reads whole lines out of a part of a key log and returns its length, 0 at the end of the input.
func (p *pcapngReader) keyLogPart(left int) int {
	b := p.w.peek(min(left, firstWindow))
	if len(b) < left {
		for i := len(b) - 1; i > 0; i-- {
			if b[i] == '\n' {
				b = b[:i+1]
				break
			}
		}
	}
	if p.counted <= maxSecrets {
		list := wire.ParseKeyLog(b)
		p.counted += len(list)
		p.secrets = append(p.secrets, list...)
	}
	p.w.take(len(b))
	return len(b)
}

// resync looks for the next block that can be believed: a known type, and two lengths that are equal.
func (p *pcapngReader) resync(what string) error {
	start := p.w.offset()
	for p.w.skip(1) == 1 {
		h := p.w.peek(12)
		if len(h) < 12 {
			p.w.take(len(h))
			break
		}
		if p.plausible(h) {
			break
		}
	}
	return &damage{Offset: start, What: fmt.Sprintf("%s; %d bytes passed over", what, p.w.offset()-start)}
}

func (p *pcapngReader) plausible(h []byte) bool {
	total := p.u32(h[4:])
	switch p.u32(h) {
	case blockSection:
		return p.u32(h[8:]) == 0x1a2b3c4d || p.u32(h[8:]) == 0x4d3c2b1a
	case blockInterface, blockOldPacket, blockSimple, blockNames, blockStatistics, blockPacket, blockSecrets, blockCustom, blockCustomKeep:
		if total < 12 || total%4 != 0 || total > maxFrame+64<<10 {
			return false
		}
	default:
		return false
	}
	b := p.w.peek(int(total))
	return len(b) == int(total) && p.u32(b[total-4:]) == total
}
