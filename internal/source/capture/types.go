package capture

import (
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// An Input is one capture to be read: a file, a pipe or standard input. Reading is sequential; where R is also an
// io.ReaderAt the reader may use that (Network Monitor's frame table stands at the end of the file).
type Input struct {
	Name string // as the user knows it; used in references and gaps
	R    io.Reader

	live frameReader // instead of R: a network interface
}

// A Frame is one captured packet with its link header.
type Frame struct {
	Number int // from 1, as Wireshark counts over this file
	At     time.Time
	Link   uint32 // LINKTYPE_ value of the pcap family; linkUnknown where the format knows none
	Data   []byte // as captured; valid until the next call of Next
	Len    int    // length on the wire, at least len(Data)
}

// A frameReader hands out frames in the order of the file.
type frameReader interface {
	// Next returns the next frame; io.EOF at the end. A *damage error tells of a place that could not be read: all
	// frames before it have been handed out, and Next may be called again for those behind it, if any can be found
	// (else it returns io.EOF). Any other error comes from the input itself and is final.
	Next() (Frame, error)
}

// A secretTaker is a frameReader whose format can carry TLS secrets (pcapng).
type secretTaker interface {
	// takeSecrets returns the secrets met since the last call. By draft-ietf-opsawg-pcapng a secrets block stands
	// before the packets it serves; files exist in which it stands behind them.
	takeSecrets() []wire.Secret
}

// A damage is a place in a capture that could not be read. It becomes a Gap.
type damage struct {
	Offset int64  // bytes from the start of the capture, after decompression
	What   string // in words, lower-case
}

// Error says where and what.
func (d *damage) Error() string { return fmt.Sprintf("%s at offset %d", d.What, d.Offset) }

// A segment is one TCP segment as the decoder hands it out. Payload points into the frame's data or into the buffer of
// a reassembled datagram; it is valid until the next call of the decoder.
type segment struct {
	Src, Dst netip.AddrPort
	Seq, Ack uint32
	Flags    uint8 // RFC 9293 §3.1: flagFIN … flagCWR
	Window   uint16
	TTL      uint8  // or hop limit, of the header nearest to TCP
	MSS      uint16 // maximum segment size option of a SYN; 0 without one
	Payload  []byte
	Cut      int    // payload bytes that were on the wire and not captured (snap length)
	Through  string // encapsulation: "vlan 12", "vxlan 7", "gre"; "" without any
}

// Flags of a TCP header (RFC 9293 §3.1).
const (
	flagFIN = 1 << iota
	flagSYN
	flagRST
	flagPSH
	flagACK
	flagURG
	flagECE
	flagCWR
)
