package capture

import (
	"encoding/binary"
	"time"
)

const (
	eventHeader = 80  // EVENT_HEADER
	packetCost  = 128 // bytes that a queued packet takes beside its data
)

// A providerID is a GUID as it stands in memory.
type providerID [16]byte

// The providers of packets: Microsoft-Windows-NDIS-PacketCapture {2ed6006e-4729-4609-b423-3ee7bcd678ef} and
// Microsoft-Windows-PktMon {4d4f80d9-c8bd-4d73-bb5b-19c90402c5ac}.
var (
	providerNDIS   = providerID{0x6e, 0x00, 0xd6, 0x2e, 0x29, 0x47, 0x09, 0x46, 0xb4, 0x23, 0x3e, 0xe7, 0xbc, 0xd6, 0x78, 0xef}
	providerPktMon = providerID{0xd9, 0x80, 0x4f, 0x4d, 0xbd, 0xc8, 0x73, 0x4d, 0xbb, 0x5b, 0x19, 0xc9, 0x04, 0x02, 0xc5, 0xac}
)

// Keywords of the NDIS provider, from its manifest (microsoft/etl2pcapng, src/main.c).
const (
	keywordWAN   = 0x200
	keywordWiFi  = 0x10000
	keywordStart = 0x40000000
	keywordEnd   = 0x80000000
)

// An etwEvent is the part of an event that packets need.
type etwEvent struct {
	thread, process uint32
	stamp           int64
	provider        providerID
	id              uint16
	keyword         uint64
	data            []byte
}

// parseEvent reads an EVENT_HEADER of 80 bytes; data is the event's payload.
func parseEvent(head, data []byte) etwEvent {
	le := binary.LittleEndian
	return etwEvent{
		thread: le.Uint32(head[8:]), process: le.Uint32(head[12:]), stamp: int64(le.Uint64(head[16:])),
		provider: providerID(head[24:40]), id: le.Uint16(head[40:]), keyword: le.Uint64(head[48:]), data: data,
	}
}

// Header types of events whose header begins with a version; the others begin with their size. The type is the third
// byte, behind it flags of which the highest is always set (Geoff Chappell, "Trace Headers").
const (
	headerSystem32, headerSystem64, headerCompact32, headerCompact64 = 1, 2, 3, 4
	headerPerf32, headerPerf64                                       = 0x10, 0x11
	headerEvent32, headerEvent64                                     = 0x12, 0x13
)

// cutEvent takes the next event off a buffer. Events are aligned to 8 bytes.
func cutEvent(buffer *[]byte) (data []byte, isEvent, ok bool) {
	b := *buffer
	if len(b) < 8 {
		*buffer = nil
		return nil, false, true
	}
	le := binary.LittleEndian
	const always, classic = 0x80, 0x40 // without the second it is a message of the preprocessor WPP
	size, kind, flags := int(le.Uint16(b)), b[2], b[3]
	if flags&always == 0 {
		return nil, false, false
	}
	if flags&classic != 0 {
		switch kind {
		case headerSystem32, headerSystem64, headerCompact32, headerCompact64, headerPerf32, headerPerf64:
			size = int(le.Uint16(b[4:]))
		case headerEvent32, headerEvent64:
			isEvent = true
		}
	}
	if size < 8 || size > len(b) {
		return nil, false, false
	}
	*buffer = b[min(len(b), (size+7)&^7):]
	return b[:size], isEvent && size >= eventHeader, true
}

// eventBody is the payload of an event behind its header and extended items (EVENT_HEADER_EXTENDED_DATA_ITEM, whose
// bit "linkage" tells of another one).
func eventBody(event []byte) ([]byte, bool) {
	le := binary.LittleEndian
	data := event[eventHeader:]
	const extended = 1
	for more := le.Uint16(event[4:])&extended != 0; more; {
		if len(data) < 8 {
			return nil, false
		}
		n := (8 + int(le.Uint16(data[6:])) + 7) &^ 7
		more = le.Uint16(data[4:])&1 != 0
		if n > len(data) {
			return nil, false
		}
		data = data[n:]
	}
	return data, true
}

// An ndisPacket is a packet out of one or more events.
type ndisPacket struct {
	link uint32
	data []byte // valid until the next event
	full int
}

// ndisPacker joins the fragments of packets that Windows 7 spreads over several events.
type ndisPacker struct {
	parts         []byte
	thread, owner uint32
	seen          map[pktmonID]bool // the last few packets of pktmon
	order         [4096]pktmonID    // of seen, as a ring
	next          int
}

// A pktmonID is what all appearances of a packet have in common.
type pktmonID struct {
	group  uint64
	number uint16
}

// add takes an event and returns the packet that it completes.
func (n *ndisPacker) add(e etwEvent) (ndisPacket, bool) {
	switch {
	case e.provider == providerNDIS && e.id == 1001 && len(e.data) >= 12:
		return n.fragment(e, e.data[8:])
	case e.provider == providerNDIS && e.id == 1003:
		if rest, ok := skipSwitchNames(e.data); ok {
			return n.fragment(e, rest)
		}
	case e.provider == providerPktMon && (e.id == 160 || e.id == 170):
		return n.pktmon(e.data)
	}
	return ndisPacket{}, false
}

// fragment reads the size and bytes of a fragment.
func (n *ndisPacker) fragment(e etwEvent, b []byte) (ndisPacket, bool) {
	if len(b) < 4 {
		return ndisPacket{}, false
	}
	size := int(binary.LittleEndian.Uint32(b))
	if size < 0 || size > len(b)-4 {
		return ndisPacket{}, false
	}
	data := b[4 : 4+size]
	starts, ends := e.keyword&keywordStart != 0, e.keyword&keywordEnd != 0
	if starts || e.thread != n.thread || e.process != n.owner {
		n.parts = n.parts[:0]
	}
	if !starts || !ends {
		if len(n.parts)+size > maxFrame || !starts && len(n.parts) == 0 {
			return ndisPacket{}, false
		}
		n.parts = append(n.parts, data...)
		n.thread, n.owner = e.thread, e.process
		data = n.parts
	}
	return ndisPacket{link: ndisLink(e.keyword), data: data, full: len(data)}, ends
}

func ndisLink(keyword uint64) uint32 {
	switch {
	case keyword&keywordWiFi != 0:
		return linkWiFi
	case keyword&keywordWAN != 0:
		return linkRaw
	}
	return linkEthernet
}

// skipSwitchNames passes over what event 1003 tells of a virtual switch before the fragment: two interfaces, a port,
// three names in UTF-16 ended by zero, and the destinations, of which only events with none can be passed over.
func skipSwitchNames(b []byte) ([]byte, bool) {
	if len(b) < 12 {
		return nil, false
	}
	b = b[12:]
	for range 3 {
		end := 0
		for end+2 <= len(b) && (b[end] != 0 || b[end+1] != 0) {
			end += 2
		}
		if end+2 > len(b) {
			return nil, false
		}
		b = b[end+2:]
	}
	if len(b) < 4 || binary.LittleEndian.Uint32(b) != 0 {
		return nil, false
	}
	return b[4:], true
}

// pktmon reads the events 160 (flow) and 170 (drop). A packet appears at each component of the stack that it passes;
// the first appearance counts.
func (n *ndisPacker) pktmon(b []byte) (ndisPacket, bool) {
	const head = 34
	if len(b) < head {
		return ndisPacket{}, false
	}
	le := binary.LittleEndian
	full, length := int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	if length > len(b)-head || !n.first(pktmonID{le.Uint64(b), le.Uint16(b[8:])}) {
		return ndisPacket{}, false
	}
	p := ndisPacket{link: linkUnknown, data: b[head : head+length], full: max(full, length)}
	switch le.Uint16(b[14:]) { // PKTMON_PACKET_TYPE
	case 1:
		p.link = linkEthernet
	case 2:
		p.link = linkWiFi
	case 3:
		p.link = linkRaw
	}
	return p, true
}

// first reports whether a packet appears for the first time.
func (n *ndisPacker) first(id pktmonID) bool {
	if n.seen[id] {
		return false
	}
	if n.seen == nil {
		n.seen = make(map[pktmonID]bool)
	}
	if len(n.seen) == len(n.order) {
		delete(n.seen, n.order[n.next])
	}
	n.seen[id] = true
	n.order[n.next] = id
	n.next = (n.next + 1) % len(n.order)
	return true
}

// A queuedPacket waits to be put in order.
type queuedPacket struct {
	ndisPacket
	at    time.Time
	order int // in the file
}

// packetQueue is a heap by time, then by the order in the file.
type packetQueue []*queuedPacket

func (q packetQueue) Len() int { return len(q) }

func (q packetQueue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].order < q[j].order
}

func (q packetQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push adds a packet, for container/heap.
func (q *packetQueue) Push(p any) { *q = append(*q, p.(*queuedPacket)) }

// Pop takes the last packet off, for container/heap.
func (q *packetQueue) Pop() any {
	last := len(*q) - 1
	p := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return p
}
