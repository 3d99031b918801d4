package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// Media types of Network Monitor frames above those of NDIS. Wireshark's wiretap/netmon.c lists them; Network
// Monitor's own help ("Capture File Format") names only the first.
const (
	mediaConverted = 0xe000 // and a LINKTYPE: the file was pcap once
	mediaWiFi      = 0xe080 // 0xe080 to 0xe08a: what Message Analyzer exports
	mediaLast      = 0xe08a
	mediaEvent     = 0xffe0 // an ETW event, as read from an .etl file
	mediaPayload   = 0xfffc // these three are notes of Network Monitor, no frames
	mediaInfo      = 0xfffd
	mediaDNS       = 0xfffe
)

// netmonReader reads Network Monitor's .cap files, versions 1.x and 2.x: always little-endian. The frames are found
// by the table at the end of the file, as they may stand in any order and with holes between them; where the input
// can be read only once they are taken as they come.
type netmonReader struct {
	w            *window
	start        time.Time
	major, minor uint8
	media        uint16
	number       int
	table        int64 // offset of the frame table
	entries      int64
	entry        int64
	offsets      []byte // the part of the table that was read last
	stop         int64  // sequential reading ends here: the first table behind the frames
	packer       ndisPacker
}

func openNetmon(w *window) (*netmonReader, error) {
	h := w.peek(128)
	if len(h) < 72 {
		return nil, fmt.Errorf("netmon: the file ends in its header")
	}
	le := binary.LittleEndian
	n := &netmonReader{w: w, minor: h[4], major: h[5], media: le.Uint16(h[6:]), start: systemTime(h[8:24])}
	if n.major != 1 && n.major != 2 {
		return nil, fmt.Errorf("netmon: version %d.%d; versions 1 and 2 are read", n.major, n.minor)
	}
	n.table, n.entries = int64(le.Uint32(h[24:])), int64(le.Uint32(h[28:])/4)
	n.stop = n.tablesStart(h)
	if w.at != nil && n.entries > 0 && n.tableReadable() {
		return n, nil
	}
	n.entries = 0
	w.seek(128)
	return n, nil
}

// tablesStart is the offset of the first table: the frames stand before it. The fields behind the frame table's are
// valid from version 2.2 on only.
func (n *netmonReader) tablesStart(h []byte) int64 {
	stop := int64(1) << 32
	fields := []int{24}
	if n.major == 2 && n.minor >= 2 && len(h) >= 72 {
		fields = []int{24, 40, 48, 56}
	}
	for _, at := range fields {
		if v := int64(binary.LittleEndian.Uint32(h[at:])); v >= 128 {
			stop = min(stop, v)
		}
	}
	return stop
}

// tableReadable reports whether the table is there to its end; a file that was cut off has none.
func (n *netmonReader) tableReadable() bool {
	var last [4]byte
	got, _ := n.w.at.ReadAt(last[:], n.table+4*n.entries-4)
	return got == len(last)
}

// systemTime reads a SYSTEMTIME. It is the local time of the machine that captured, which the file does not tell more
// of; it is taken for UTC. From version 2.3 on each frame has its own in UTC.
func systemTime(b []byte) time.Time {
	f := func(i int) int { return int(binary.LittleEndian.Uint16(b[2*i:])) }
	if f(0) < 1970 || f(0) > 9998 {
		return time.Time{}
	}
	return writable(time.Date(f(0), time.Month(f(1)), f(3), f(4), f(5), f(6), f(7)*1e6, time.UTC))
}

// Next returns the next frame.
func (n *netmonReader) Next() (Frame, error) {
	for {
		if err := n.toNext(); err != nil {
			return Frame{}, err
		}
		f, media, err := n.record()
		if err != nil {
			return f, err
		}
		if media == mediaPayload || media == mediaInfo || media == mediaDNS {
			continue
		}
		n.number++
		f.Number = n.number
		n.open(&f, media)
		return f, nil
	}
}

// toNext goes to the next frame.
func (n *netmonReader) toNext() error {
	if n.entries == 0 {
		if n.w.offset() >= n.stop {
			return io.EOF
		}
		return nil
	}
	if n.entry == n.entries {
		return io.EOF
	}
	if n.w.at.n.Load() > n.readLimit() {
		n.entry = n.entries
		return &damage{Offset: n.table, What: "the frame table jumps to and fro; the rest of it is left out"}
	}
	if len(n.offsets) == 0 {
		n.offsets = make([]byte, 4*min(n.entries-n.entry, 4096))
		if got, err := n.w.at.ReadAt(n.offsets, n.table+4*n.entry); got < len(n.offsets) {
			n.entry = n.entries
			return fmt.Errorf("netmon: reading the frame table: %v", err)
		}
	}
	n.w.seek(int64(binary.LittleEndian.Uint32(n.offsets)))
	n.offsets = n.offsets[4:]
	n.entry++
	return nil
}

// readLimit bounds what is read for a table that names the same frames again and again: the file 16 times.
func (n *netmonReader) readLimit() int64 { return 16*(n.table+4*n.entries) + 16<<20 }

// record reads one frame and its media type.
func (n *netmonReader) record() (f Frame, media uint16, err error) {
	le := binary.LittleEndian
	head := 8
	if n.major == 2 {
		head = 16
	}
	h := n.w.peek(head)
	if len(h) < head {
		return f, 0, n.broken("a frame header")
	}
	var length, full uint32
	if n.major == 1 { // milliseconds
		f.At = writable(n.start.Add(time.Duration(le.Uint32(h)) * time.Millisecond))
		full, length = uint32(le.Uint16(h[4:])), uint32(le.Uint16(h[6:]))
	} else { // microseconds; times before the start are negative once they are counted in tenths
		f.At = writable(n.start.Add(time.Duration(int64(le.Uint64(h)*10)) * 100))
		full, length = le.Uint32(h[8:]), le.Uint32(h[12:])
	}
	tail := n.tailLength()
	if length > maxFrame {
		return f, 0, n.lost(fmt.Sprintf("a frame claims %d bytes", length))
	}
	all := n.w.peek(head + int(length) + tail)
	if len(all) < head+int(length)+tail {
		return f, 0, n.broken("a frame")
	}
	n.w.take(len(all))
	media = n.media
	if rest := all[head+int(length):]; len(rest) >= 2 {
		media = le.Uint16(rest)
		if len(rest) >= 14 {
			f.At = fileTime(int64(le.Uint64(rest[6:])))
		}
	}
	f.Data, f.Len = all[head:head+int(length)], int(max(length, min(full, maxLength)))
	return f, media, nil
}

// tailLength is the length of what stands behind a frame: its media type from version 2.1 on, a process from 2.2 on,
// time and time zone from 2.3 on.
func (n *netmonReader) tailLength() int {
	if n.major == 1 {
		return 0
	}
	return []int{0, 2, 6, 15}[min(n.minor, 3)]
}

// broken tells of a frame that the file does not hold to its end. By the table, the next one may still be good.
func (n *netmonReader) broken(part string) error {
	if n.entries == 0 {
		return n.w.end(part)
	}
	return &damage{Offset: n.w.offset(), What: "the file ends in the middle of " + part}
}

// lost tells of a frame that cannot be believed. Without the table, no other can be found behind it.
func (n *netmonReader) lost(what string) error {
	if n.entries == 0 {
		n.stop = 0
		what += "; all behind it is lost"
	}
	return &damage{Offset: n.w.offset(), What: what}
}

// open turns a media type into a LINKTYPE, and takes off what Network Monitor puts before a packet.
func (n *netmonReader) open(f *Frame, media uint16) {
	f.Link = linkUnknown
	switch {
	case media <= 1: // 0: some VPN captures
		f.Link = linkEthernet
	case media == 2:
		f.Link = linkTokenRing
	case media == 6:
		openNetmonWiFi(f)
	case media >= 7 && media <= 9: // tunnel, wireless WAN, raw
		f.Link = linkRaw
	case media == mediaWiFi:
		f.Link = linkWiFi
	case media > mediaWiFi && media <= mediaLast:
	case media&0xf000 == mediaConverted:
		f.Link = uint32(media & 0xfff)
	case media == mediaEvent:
		n.openEvent(f)
	}
}

// openNetmonWiFi takes the radio's data off: one byte version, two bytes length of it.
func openNetmonWiFi(f *Frame) {
	if len(f.Data) < 3 {
		return
	}
	n := int(binary.LittleEndian.Uint16(f.Data[1:]))
	if n < 3 || n > len(f.Data) {
		return
	}
	f.Link, f.Data, f.Len = linkWiFi, f.Data[n:], f.Len-n
}

// openEvent opens an event that Network Monitor copied from an .etl file. Behind the event header stand four bytes of
// buffer context, the number of extended items, the length of the payload and a flag, without padding between.
func (n *netmonReader) openEvent(f *Frame) {
	le := binary.LittleEndian
	const head = eventHeader + 9
	if len(f.Data) < head {
		return
	}
	items, data := int(le.Uint16(f.Data[eventHeader+4:])), f.Data[head:]
	for range items {
		if len(data) < 8 || len(data) < 8+int(le.Uint16(data[6:])) {
			return
		}
		data = data[8+le.Uint16(data[6:]):]
	}
	if p, ok := n.packer.add(parseEvent(f.Data, data)); ok {
		f.Link, f.Data, f.Len = p.link, p.data, p.full
	}
}
