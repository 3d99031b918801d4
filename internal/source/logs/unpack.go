package logs

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxZstdWindow bounds what a zstd frame may ask for: RFC 8878 §3.1.1.1.2 recommends 8 MiB as what every decoder bears,
// and all levels of the command below --ultra stay within it. Log rotation uses none of those.
const maxZstdWindow = 8 << 20

// maxNesting is how many layers of compression are taken off.
const maxNesting = 2

// unpacked takes compression and UTF-16 off a stream. What must be called at the end is never nil.
func unpacked(r io.Reader) (io.Reader, func(), error) {
	b := bufio.NewReaderSize(r, 64<<10)
	release := func() {}
	for range maxNesting {
		inner, done, err := unpackOne(b)
		if err != nil {
			return nil, release, err
		}
		if inner == nil {
			break
		}
		before := release
		release = func() { done(); before() }
		b = bufio.NewReaderSize(inner, 64<<10)
	}
	return decoded(b), release, nil
}

// unpackOne takes one layer off; nil when there is none.
func unpackOne(b *bufio.Reader) (io.Reader, func(), error) {
	none := func() {}
	head, _ := b.Peek(10)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b, 8}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, none, fmt.Errorf("the gzip header is damaged: %v", err)
		}
		return &damaged{r: z, format: "gzip"}, none, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b, zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderLowmem(true), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, none, fmt.Errorf("the zstd header is damaged: %v", err)
		}
		return &damaged{r: z, format: "zstd"}, z.Close, nil
	case bytes.HasPrefix(head, []byte("BZh")) && len(head) == 10 && (bytes.Equal(head[4:], []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}) || bytes.Equal(head[4:], []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90})):
		return &damaged{r: bzip2.NewReader(b), format: "bzip2"}, none, nil
	case bytes.HasPrefix(head, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return nil, none, errors.New("the file is compressed with xz: unpack it first with xz -dk, or read it through xz -dc FILE | tlswhy diagnose -")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, none, errors.New("the file is a zip archive: unpack it first")
	}
	return nil, none, nil
}

// A damaged stream tells a decompressor's complaint in words; what came before it is good.
type damaged struct {
	r      io.Reader
	format string
}

func (d *damaged) Read(b []byte) (int, error) {
	n, err := d.r.Read(b)
	switch {
	case err == nil || err == io.EOF:
		return n, err
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return n, fmt.Errorf("zstd with a window over %d MiB: unpack it first with zstd -d --long=31", maxZstdWindow>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, errors.New("the " + d.format + " stream is cut off")
	}
	return n, fmt.Errorf("the %s stream is damaged: %v", d.format, err)
}

// decoded takes a byte order mark off, and makes UTF-8 of UTF-16, in which Windows tools and SQL Server write.
func decoded(b *bufio.Reader) io.Reader {
	head, _ := b.Peek(8)
	switch {
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		b.Discard(3)
		return b
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), everySecondZero(head, 1):
		return transform.NewReader(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}), everySecondZero(head, 0):
		return transform.NewReader(b, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	}
	return b
}

// everySecondZero: the first eight bytes are Latin letters in UTF-16 without a byte order mark.
func everySecondZero(head []byte, zero int) bool {
	if len(head) < 8 {
		return false
	}
	for i, c := range head {
		if (c == 0) != (i%2 == zero) {
			return false
		}
	}
	return true
}
