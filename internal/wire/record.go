package wire

import "fmt"

// RecordSSLv2 is the Type of a Record that holds a ClientHello in SSLv2 framing (RFC 5246 appendix E.2): its
// body is the message after the two length bytes. No content type of TLS has this number.
const RecordSSLv2 uint8 = 0x80

// A Record is one unit of the record layer as it stands on the wire. Body shares memory with the Deframer.
type Record struct {
	Type    uint8
	Version uint16
	Body    []byte
	Off     int // where its first header byte stands in the stream
}

// A NotTLSError says that a stream holds something else where a record is due.
type NotTLSError struct {
	Off  int    // bytes of records before
	Data []byte // what stands there, as far as it was received
}

// Error says where and how the bytes begin.
func (e *NotTLSError) Error() string {
	return fmt.Sprintf("no TLS record at byte %d: 0x%x", e.Off, e.Data[:min(len(e.Data), recordHeaderLen)])
}

// A Deframer cuts one direction of a connection into records. Push gives it bytes as they come, Next takes
// records out. After an error it gives that error for ever: record borders are lost then.
type Deframer struct {
	buf []byte // received and not yet taken
	off int    // where buf stands in the stream
	err error
}

// Push appends bytes of the stream. It writes only behind what is pending, so that records which were handed
// out, and alias the memory before it, stay as they are.
func (d *Deframer) Push(b []byte) { d.buf = append(d.buf, b...) }

// Pending are the bytes that are no whole record yet.
func (d *Deframer) Pending() []byte { return d.buf }

// Offset is where Pending begins in the stream.
func (d *Deframer) Offset() int { return d.off }

// Next takes the next whole record; ok is false when more bytes are needed. The error is a *NotTLSError, or
// tells of a record longer than any version allows (RFC 5246 §6.2.3).
func (d *Deframer) Next() (r Record, ok bool, err error) {
	if d.err != nil {
		return Record{}, false, d.err
	}
	if d.off == 0 && looksSSLv2(d.buf) {
		return d.nextSSLv2()
	}
	if !couldBeRecord(d.buf) {
		d.err = &NotTLSError{Off: d.off, Data: d.buf}
		return Record{}, false, d.err
	}
	if len(d.buf) < recordHeaderLen {
		return Record{}, false, nil
	}
	n := int(d.buf[3])<<8 | int(d.buf[4])
	if n > maxCiphertext {
		d.err = fmt.Errorf("record of %d bytes at byte %d, more than the %d allowed", n, d.off, maxCiphertext)
		return Record{}, false, d.err
	}
	version := uint16(d.buf[1])<<8 | uint16(d.buf[2])
	return d.take(Record{Type: d.buf[0], Version: version}, recordHeaderLen, n)
}

// take cuts header and body off, once they are complete.
func (d *Deframer) take(r Record, header, n int) (Record, bool, error) {
	if len(d.buf) < header+n {
		return Record{}, false, nil
	}
	r.Off, r.Body = d.off, d.buf[header:header+n:header+n]
	d.buf = d.buf[header+n:]
	d.off += header + n
	return r, true, nil
}

// couldBeRecord looks at as many of the first two header bytes as there are: a content type, major version 3.
func couldBeRecord(b []byte) bool {
	if len(b) > 0 && (b[0] < RecordChangeCipherSpec || b[0] > RecordHeartbeat) {
		return false
	}
	return len(b) < 2 || b[1] == 3
}

// looksSSLv2 tells a CLIENT-HELLO with a two byte header (the only form RFC 5246 appendix E.2 allows) by its
// message type and its version; while these are still to come it says yes.
func looksSSLv2(b []byte) bool {
	if len(b) == 0 || b[0]&0x80 == 0 {
		return false
	}
	if len(b) > 2 && b[2] != TypeClientHello {
		return false
	}
	return len(b) < 5 || b[3] == 3 || b[3] == 0 && b[4] == 2
}

func (d *Deframer) nextSSLv2() (Record, bool, error) {
	if len(d.buf) < 5 {
		return Record{}, false, nil
	}
	n := int(d.buf[0]&0x7f)<<8 | int(d.buf[1])
	version := uint16(d.buf[3])<<8 | uint16(d.buf[4])
	return d.take(Record{Type: RecordSSLv2, Version: version}, 2, n)
}

// WriteRecords puts payload into as many records as it takes, with at most limit bytes in each; a limit of 0, or
// more than a record holds, means 2^14. An empty payload makes one empty record.
func WriteRecords(typ uint8, version uint16, payload []byte, limit int) []byte {
	limit = recordLimit(limit)
	out := make([]byte, 0, len(payload)+recordHeaderLen*countRecords(len(payload), limit))
	for {
		n := min(len(payload), limit)
		out = append(appendRecordHeader(out, typ, version, n), payload[:n]...)
		payload = payload[n:]
		if len(payload) == 0 {
			return out
		}
	}
}

func recordLimit(limit int) int {
	if limit <= 0 || limit > maxPlaintext {
		return maxPlaintext
	}
	return limit
}

// countRecords is how many records WriteRecords makes of n bytes.
func countRecords(n, limit int) int {
	limit = recordLimit(limit)
	return max((n+limit-1)/limit, 1)
}
