package capture

import (
	"encoding/binary"
	"io"
	"net/netip"
)

// This file builds files and packets byte by byte, as the documents of their formats say, for the tests.

// onlyReader hides every other method of a reader: it is a pipe.
type onlyReader struct{ r io.Reader }

func (o onlyReader) Read(b []byte) (int, error) { return o.r.Read(b) }

// order is a byte order to build with.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

var (
	clientAddr  = netip.MustParseAddr("192.0.2.1")
	serverAddr  = netip.MustParseAddr("198.51.100.2")
	clientAddr6 = netip.MustParseAddr("2001:db8::1")
	serverAddr6 = netip.MustParseAddr("2001:db8::2")
	clientPort  = netip.AddrPortFrom(clientAddr, 40001)
	serverPort  = netip.AddrPortFrom(serverAddr, 443)
)

// join puts parts together: numbers are big-endian, in as many bytes as their type has.
func join(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case []byte:
			b = append(b, p...)
		case string:
			b = append(b, p...)
		case uint8:
			b = append(b, p)
		case uint16:
			b = binary.BigEndian.AppendUint16(b, p)
		case uint32:
			b = binary.BigEndian.AppendUint32(b, p)
		default:
			panic("join: a number without a size")
		}
	}
	return b
}

// pcapHead is the header of a pcap file (draft-ietf-opsawg-pcap §4): magic, version 2.4, two zeros, snap length, link.
func pcapHead(o order, magic, link uint32) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(o.AppendUint16(b, 2), 4)
	for _, v := range []uint32{0, 0, 262144, link} {
		b = o.AppendUint32(b, v)
	}
	return b
}

// pcapRecord is a record: seconds, fraction, captured and original length (§5).
func pcapRecord(o order, sec, fraction uint32, data []byte, full int) []byte {
	var b []byte
	for _, v := range []uint32{sec, fraction, uint32(len(data)), uint32(full)} {
		b = o.AppendUint32(b, v)
	}
	return append(b, data...)
}

func ethernetFrame(kind uint16, payload []byte) []byte {
	return join(make([]byte, 12), kind, payload)
}

// ipv4Packet has no options, and a checksum of zero: nobody checks it.
func ipv4Packet(proto uint8, payload []byte) []byte {
	return ipv4Fragment(proto, payload, 7, 0x4000)
}

func ipv4Fragment(proto uint8, payload []byte, id, field uint16) []byte {
	return join(uint8(0x45), uint8(0), uint16(20+len(payload)), id, field, uint8(64), proto, uint16(0),
		clientAddr.AsSlice(), serverAddr.AsSlice(), payload)
}

func ipv6Packet(proto uint8, payload []byte) []byte {
	return join(uint32(0x60000000), uint16(len(payload)), proto, uint8(58), clientAddr6.AsSlice(), serverAddr6.AsSlice(), payload)
}

func udpDatagram(port uint16, payload []byte) []byte {
	return join(uint16(40000), port, uint16(8+len(payload)), uint16(0), payload)
}

// tcpSegment goes from port 40001 to 443 with PSH and ACK, no options.
func tcpSegment(seq uint32, payload []byte) []byte {
	return join(uint16(40001), uint16(443), seq, uint32(99), uint8(0x50), uint8(flagPSH|flagACK), uint16(1024), uint32(0), payload)
}

// ngBlock is a pcapng block: type, length, body padded to four bytes, length again (draft-ietf-opsawg-pcapng §3.1).
func ngBlock(o order, kind uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	n := uint32(12 + len(body))
	return o.AppendUint32(append(o.AppendUint32(o.AppendUint32(nil, kind), n), body...), n)
}

// ngSection is a section header block (§4.1) of unknown length.
func ngSection(o order) []byte {
	b := o.AppendUint16(o.AppendUint16(o.AppendUint32(nil, 0x1a2b3c4d), 1), 0)
	return ngBlock(o, 0x0a0d0d0a, o.AppendUint64(b, 1<<64-1))
}

// ngOption is an option (§3.5).
func ngOption(o order, code uint16, value []byte) []byte {
	b := append(o.AppendUint16(o.AppendUint16(nil, code), uint16(len(value))), value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// ngInterfaceBlock is an interface description block (§4.2).
func ngInterfaceBlock(o order, link uint16, snap uint32, options ...[]byte) []byte {
	b := o.AppendUint32(o.AppendUint16(o.AppendUint16(nil, link), 0), snap)
	for _, v := range options {
		b = append(b, v...)
	}
	if len(options) > 0 {
		b = o.AppendUint32(b, 0) // end of options
	}
	return ngBlock(o, 1, b)
}

// ngPacket is an enhanced packet block (§4.3).
func ngPacket(o order, iface uint32, at uint64, data []byte, full int) []byte {
	var b []byte
	for _, v := range []uint32{iface, uint32(at >> 32), uint32(at), uint32(len(data)), uint32(full)} {
		b = o.AppendUint32(b, v)
	}
	return ngBlock(o, 6, append(b, data...))
}

// ngSimple is a simple packet block (§4.4).
func ngSimple(o order, data []byte, full int) []byte {
	return ngBlock(o, 3, append(o.AppendUint32(nil, uint32(full)), data...))
}

// ngOldPacket is an obsolete packet block (appendix A).
func ngOldPacket(o order, iface uint16, at uint64, data []byte, full int) []byte {
	b := o.AppendUint16(o.AppendUint16(nil, iface), 0xffff)
	for _, v := range []uint32{uint32(at >> 32), uint32(at), uint32(len(data)), uint32(full)} {
		b = o.AppendUint32(b, v)
	}
	return ngBlock(o, 2, append(b, data...))
}

// ngSecrets is a decryption secrets block with a key log (§4.7).
func ngSecrets(o order, log string) []byte {
	b := o.AppendUint32(o.AppendUint32(nil, 0x544c534b), uint32(len(log)))
	return ngBlock(o, 10, append(b, log...))
}

// snoopFile is an RFC 1761 file with padding of pad bytes behind each record.
func snoopFile(link uint32, pad int, frames ...[]byte) []byte {
	b := join("snoop\x00\x00\x00", uint32(2), link)
	for i, f := range frames {
		b = join(b, uint32(len(f)), uint32(len(f)), uint32(24+len(f)+pad), uint32(0), uint32(1700000000), uint32(i), f, make([]byte, pad))
	}
	return b
}

// netmonFrame is one frame of a Network Monitor file that is being built.
type netmonFrame struct {
	micros uint64 // since the start
	data   []byte
	full   int
	media  uint16
	utc    uint64 // FILETIME, version 2.3
}

// netmonFile builds a file of version major.minor. The frames stand in the file in the order of layout, with hole
// bytes of rubbish before each; the frame table names them in the order given.
func netmonFile(major, minor uint8, hole int, layout []int, frames ...netmonFrame) []byte {
	le := binary.LittleEndian
	b := make([]byte, 128)
	copy(b, "GMBU")
	if major == 1 {
		copy(b, "RTSS")
	}
	b[4], b[5] = minor, major
	le.PutUint16(b[6:], 1)
	for i, v := range []uint16{2023, 11, 2, 14, 22, 13, 20, 500} { // 14 November 2023, 22:13:20.5, a Tuesday
		le.PutUint16(b[8+2*i:], v)
	}
	table := make([]byte, 4*len(frames))
	for _, i := range layout {
		b = append(b, make([]byte, hole)...)
		le.PutUint32(table[4*i:], uint32(len(b)))
		b = append(b, netmonRecord(major, minor, frames[i])...)
	}
	le.PutUint32(b[24:], uint32(len(b)))
	le.PutUint32(b[28:], uint32(len(table)))
	return append(b, table...)
}

func netmonRecord(major, minor uint8, f netmonFrame) []byte {
	le := binary.LittleEndian
	var b []byte
	if major == 1 {
		b = le.AppendUint32(b, uint32(f.micros/1000))
		b = le.AppendUint16(le.AppendUint16(b, uint16(f.full)), uint16(len(f.data)))
	} else {
		b = le.AppendUint64(b, f.micros)
		b = le.AppendUint32(le.AppendUint32(b, uint32(f.full)), uint32(len(f.data)))
	}
	b = append(b, f.data...)
	if major == 2 && minor >= 1 {
		b = le.AppendUint16(b, f.media)
	}
	if major == 2 && minor >= 2 {
		b = le.AppendUint32(b, 0xffffffff) // no process
	}
	if major == 2 && minor >= 3 {
		b = append(le.AppendUint64(b, f.utc), 0)
	}
	return b
}

// utcStart is 2023-11-14 22:13:20 UTC as a FILETIME.
const utcStart = (1700000000 + 11644473600) * 10_000_000

// An etlBuilder builds an event trace log: a header buffer, then buffers with events.
type etlBuilder struct {
	b     []byte
	freq  uint64
	clock uint32 // 1: performance counter, 2: system time
}

const etlBufferSize = 1024

// buffer appends a buffer with these events (WMI_BUFFER_HEADER: size at 0 and 0x30 the end of the data).
func (e *etlBuilder) buffer(flags uint16, events ...[]byte) {
	le := binary.LittleEndian
	b := make([]byte, bufferHeader)
	for _, v := range events {
		b = append(b, v...)
		for len(b)%8 != 0 {
			b = append(b, 0)
		}
	}
	saved := len(b)
	b = append(b, make([]byte, etlBufferSize-saved)...)
	le.PutUint32(b, etlBufferSize)
	le.PutUint32(b[4:], uint32(saved))
	le.PutUint32(b[8:], uint32(saved))
	le.PutUint32(b[0x30:], uint32(saved))
	le.PutUint16(b[0x34:], flags)
	e.b = append(e.b, b...)
}

// start appends the header buffer: the event of TRACE_LOGFILE_HEADER in its 64-bit form, or the 32-bit one.
func (e *etlBuilder) start(bits int, stamp uint64) {
	le := binary.LittleEndian
	body, at := make([]byte, 0x118), 0xf8
	kind := uint8(headerSystem64)
	if bits == 32 {
		body, at, kind = make([]byte, 0x110), 0xf0, headerSystem32
	}
	le.PutUint32(body, etlBufferSize)
	le.PutUint64(body[at+8:], e.freq)
	le.PutUint64(body[at+16:], utcStart)
	le.PutUint32(body[at+24:], e.clock)
	event := append(make([]byte, traceHeader), body...)
	le.PutUint16(event, 2)
	event[2], event[3] = kind, 0xc0
	le.PutUint16(event[4:], uint16(len(event)))
	le.PutUint64(event[16:], stamp)
	e.buffer(0, event)
}

// eventHead is an EVENT_HEADER.
func eventHead(provider providerID, id uint16, keyword, stamp uint64, thread uint32, size int, flags uint16) []byte {
	le := binary.LittleEndian
	h := make([]byte, 0, eventHeader)
	h = le.AppendUint16(h, uint16(size))
	h = append(h, headerEvent64, 0xc0)
	h = le.AppendUint16(le.AppendUint16(h, flags), 0)
	h = le.AppendUint32(le.AppendUint32(h, thread), 4)
	h = le.AppendUint64(h, stamp)
	h = append(h, provider[:]...)
	h = le.AppendUint16(h, id)
	h = append(h, 0, 0, 4, 0, 0, 0)
	h = le.AppendUint64(h, keyword)
	return append(h, make([]byte, 24)...)
}

func ndisEvent(stamp uint64, thread uint32, keyword uint64, data []byte) []byte {
	body := ndisFragment(data)
	return append(eventHead(providerNDIS, 1001, keyword, stamp, thread, eventHeader+len(body), 0), body...)
}

// ndisFragment is the payload of event 1001: two interfaces, the size, the bytes.
func ndisFragment(data []byte) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(le.AppendUint32(nil, 5), 5)
	return append(le.AppendUint32(b, uint32(len(data))), data...)
}

// pktmonEvent is event 160, with an extended item before the payload.
func pktmonEvent(stamp, group uint64, kind uint16, data []byte, full int) []byte {
	le := binary.LittleEndian
	item := append(le.AppendUint16([]byte{0, 0, 11, 0, 0, 0}, 8), make([]byte, 8)...)
	b := le.AppendUint64(nil, group)
	for _, v := range []uint16{1, 1, 1, kind, 7, 1, 0} {
		b = le.AppendUint16(b, v)
	}
	b = le.AppendUint64(b, 0)
	b = append(le.AppendUint16(le.AppendUint16(b, uint16(full)), uint16(len(data))), data...)
	return append(append(eventHead(providerPktMon, 160, 0x10, stamp, 9, eventHeader+len(item)+len(b), 1), item...), b...)
}
