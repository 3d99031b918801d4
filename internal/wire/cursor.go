package wire

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
)

// A cursor reads a message from front to back and remembers the first thing that did not fit. A vector whose
// declared length runs past the end gives what is left: a tolerant reader shows what it has beside the error.
type cursor struct {
	total int
	rest  cryptobyte.String
	err   error
}

func newCursor(b []byte) *cursor {
	return &cursor{total: len(b), rest: cryptobyte.String(b)}
}

func (c *cursor) pos() int    { return c.total - len(c.rest) }
func (c *cursor) empty() bool { return len(c.rest) == 0 }

func (c *cursor) fail(what string) {
	if c.err == nil {
		c.err = fmt.Errorf("%s cut short at byte %d of %d", what, c.pos(), c.total)
	}
	c.rest = nil
}

func (c *cursor) u8(what string) uint8 {
	var v uint8
	if !c.rest.ReadUint8(&v) {
		c.fail(what)
	}
	return v
}

func (c *cursor) u16(what string) uint16 {
	var v uint16
	if !c.rest.ReadUint16(&v) {
		c.fail(what)
	}
	return v
}

func (c *cursor) u24(what string) uint32 {
	var v uint32
	if !c.rest.ReadUint24(&v) {
		c.fail(what)
	}
	return v
}

// bytes takes the next n bytes, or what is left of them.
func (c *cursor) bytes(n int, what string) []byte {
	var v []byte
	if c.rest.ReadBytes(&v, n) {
		return v
	}
	v = c.rest
	c.fail(what)
	return v
}

func (c *cursor) vec8(what string) []byte  { return c.bytes(int(c.u8(what)), what) }
func (c *cursor) vec16(what string) []byte { return c.bytes(int(c.u16(what)), what) }
func (c *cursor) vec24(what string) []byte { return c.bytes(int(c.u24(what)), what) }

// remainder takes everything up to the end.
func (c *cursor) remainder() []byte {
	v := c.rest
	c.rest = nil
	return v
}

// trailing notes bytes that follow a complete message: they are shown, never skipped in silence.
func (c *cursor) trailing(what string) {
	if c.err == nil && !c.empty() {
		c.err = fmt.Errorf("%d bytes after the end of %s", len(c.rest), what)
	}
}

// uint16s reads a list of numbers; an odd last byte is dropped.
func uint16s(b []byte) []uint16 {
	if len(b) < 2 {
		return nil
	}
	list := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		list = append(list, uint16(b[0])<<8|uint16(b[1]))
	}
	return list
}
