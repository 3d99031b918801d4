package logs

import (
	"bytes"
	"fmt"
	"io"
)

const (
	chunkSize = 320 << 10 // what one worker reads at a time: it fits a core's cache beside the tables, and is read past a buffer of 256 KiB
	longLine  = 64 << 10  // beyond it a line is read by its beginning and its end
	lineHead  = 32 << 10
	lineTail  = 16 << 10
)

// A chunker cuts a stream into chunks at line ends. Where it cuts depends on the bytes alone, not on how they come.
type chunker struct {
	r     io.Reader
	rest  []byte // the beginning of the next chunk
	ended bool
	err   error            // what ended reading, if not the end
	cut   func([]byte) int // where to cut whole lines, so that a record stays together; nil: at the last line's end
	long  func(length int) // told of a line that did not fit, the last one of the chunk
}

// next fills buf, which has room for chunkSize bytes, and gives the chunk; nil at the end.
func (c *chunker) next(buf []byte) []byte {
	data := append(buf[:0], c.rest...)
	c.rest = c.rest[:0]
	data = c.fill(data)
	if c.ended {
		return data // without line end, perhaps
	}
	end := bytes.LastIndexByte(data, '\n') + 1
	if end == 0 {
		return c.squeeze(data)
	}
	if c.cut != nil {
		if n := c.cut(data[:end]); n > 0 {
			end = n
		}
	}
	c.rest = append(c.rest, data[end:]...)
	return data[:end]
}

// shorten cuts a chunk that was read before it was known where to cut.
func (c *chunker) shorten(data []byte) []byte {
	if c.ended || len(data) == 0 {
		return data
	}
	n := c.cut(data)
	if n <= 0 || n >= len(data) {
		return data
	}
	c.rest = append(bytes.Clone(data[n:]), c.rest...)
	return data[:n]
}

// fill reads until there are chunkSize bytes or no more come.
func (c *chunker) fill(data []byte) []byte {
	if c.ended || len(data) >= chunkSize {
		return data
	}
	n, err := io.ReadFull(c.r, data[len(data):chunkSize])
	if err != nil {
		c.ended = true
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			c.err = err
		}
	}
	return data[:len(data)+n]
}

// squeeze reads on to the end of a line that fills the chunk, and keeps its beginning and its end.
func (c *chunker) squeeze(data []byte) []byte {
	tail := append([]byte(nil), data[lineHead:]...)
	length := len(data)
	data = data[:lineHead]
	block := make([]byte, longLine)
	for !c.ended {
		block = c.block(block)
		end := bytes.IndexByte(block, '\n')
		if end >= 0 {
			c.rest = append(c.rest, block[end+1:]...)
			block = block[:end+1]
		}
		length += len(block)
		tail = append(tail, block...)
		if over := len(tail) - lineTail - 1; over > 0 {
			tail = tail[:copy(tail, tail[over:])]
		}
		if end >= 0 {
			break
		}
	}
	c.long(length)
	return append(append(data, cutMark...), tail...)
}

// cutMark stands where the middle of a long line was.
const cutMark = " … "

func (c *chunker) block(block []byte) []byte {
	n, err := io.ReadFull(c.r, block[:cap(block)])
	if err != nil {
		c.ended = true
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			c.err = err
		}
	}
	return block[:n]
}

// shortened is a line of bearable length. It is the line itself, or a copy without its middle.
func shortened(line []byte) ([]byte, bool) {
	if len(line) <= longLine {
		return line, false
	}
	short := make([]byte, 0, lineHead+len(cutMark)+lineTail)
	short = append(append(short, line[:lineHead]...), cutMark...)
	return append(short, line[len(line)-lineTail:]...), true
}

// cutText says what was left out of a long line.
func cutText(length int) string {
	return fmt.Sprintf("the line has %d bytes: its first %d KiB and its last %d KiB were read", length, lineHead>>10, lineTail>>10)
}
