package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func deframe(t *testing.T, stream []byte, step int) (records []Record, err error) {
	t.Helper()
	var d Deframer
	for len(stream) > 0 {
		n := min(step, len(stream))
		d.Push(stream[:n])
		stream = stream[n:]
		for {
			r, ok, err := d.Next()
			if err != nil {
				return records, err
			}
			if !ok {
				break
			}
			records = append(records, r)
		}
	}
	return records, nil
}

func TestDeframerWhateverTheChunks(t *testing.T) {
	stream := unhex(t, "160301000401000000"+"1403030001"+"01"+"1703030000"+"15030300020228")
	for _, step := range []int{1, 2, 3, 5, 7, 100} {
		records, err := deframe(t, stream, step)
		if err != nil || len(records) != 4 {
			t.Fatalf("chunks of %d: %d records, %v", step, len(records), err)
		}
		if r := records[0]; r.Type != RecordHandshake || r.Version != TLS10 || !bytes.Equal(r.Body, []byte{1, 0, 0, 0}) {
			t.Errorf("chunks of %d: first record %+v", step, r)
		}
		if r := records[3]; r.Off != 20 || !bytes.Equal(r.Body, []byte{2, 40}) {
			t.Errorf("chunks of %d: last record %+v", step, r)
		}
	}
}

func TestDeframerNotTLS(t *testing.T) {
	for _, first := range []string{
		"HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail ready\r\n", "E", "\x00",
		"\x16\x01\x00\x00\x00",                 // major version 1
		"\x80\x2e\x04\x00\x00\x00\x02",         // SERVER-HELLO of SSLv2
		"J\x00\x00\x00\x0a5.5.5-10.11.6-Maria", // MySQL greeting
	} {
		_, err := deframe(t, []byte(first), 4)
		var other *NotTLSError
		if !errors.As(err, &other) || other.Off != 0 || !strings.HasPrefix(first, string(other.Data)) {
			t.Errorf("%q: got %v", first, err)
		}
	}
}

func TestDeframerLosesBorders(t *testing.T) {
	stream := append(unhex(t, "15030300020228"), "GET / HTTP"...)
	records, err := deframe(t, stream, 3)
	var other *NotTLSError
	if len(records) != 1 || !errors.As(err, &other) || other.Off != 7 {
		t.Fatalf("%d records, %v", len(records), err)
	}
	var d Deframer
	d.Push([]byte("x"))
	d.Next()
	d.Push(unhex(t, "15030300020228"))
	if _, ok, err := d.Next(); ok || err == nil {
		t.Error("a record was read after the borders were lost")
	}
}

func TestDeframerBound(t *testing.T) {
	_, err := deframe(t, unhex(t, "1603034801"), 5) // 2^14+2049
	if err == nil || !strings.Contains(err.Error(), "18433") {
		t.Errorf("too long a record: %v", err)
	}
	if records, err := deframe(t, append(unhex(t, "1603034800"), make([]byte, 18432)...), 4096); err != nil || len(records) != 1 {
		t.Errorf("the longest record of RFC 5246 §6.2.3: %v", err)
	}
}

func TestDeframerKeepsRecordsIntact(t *testing.T) {
	var d Deframer
	d.Push(unhex(t, "150303000201001503"))
	first, _, _ := d.Next()
	d.Push(unhex(t, "0300020228"))
	second, ok, err := d.Next()
	if !ok || err != nil || !bytes.Equal(first.Body, []byte{1, 0}) || !bytes.Equal(second.Body, []byte{2, 40}) {
		t.Errorf("%v %v: %x %x", ok, err, first.Body, second.Body)
	}
}

func TestWriteRecords(t *testing.T) {
	payload := bytes.Repeat([]byte{7}, 20000)
	for _, c := range []struct{ limit, records, last int }{
		{0, 2, 20000 - 16384}, {1 << 20, 2, 20000 - 16384}, {20000, 2, 20000 - 16384}, {64, 313, 32}, {10000, 2, 10000},
	} {
		records, err := deframe(t, WriteRecords(RecordHandshake, TLS12, payload, c.limit), 1000)
		if err != nil || len(records) != c.records || len(records[len(records)-1].Body) != c.last {
			t.Errorf("limit %d: %d records, %v", c.limit, len(records), err)
		}
		if n := countRecords(len(payload), c.limit); n != c.records {
			t.Errorf("limit %d: counted %d", c.limit, n)
		}
	}
	if got := WriteRecords(RecordApplicationData, TLS12, nil, 0); !bytes.Equal(got, unhex(t, "1703030000")) {
		t.Errorf("empty payload: %x", got)
	}
}

func TestJoiner(t *testing.T) {
	stream := append(Handshake(TypeClientHello, bytes.Repeat([]byte{1}, 300)), Handshake(TypeServerHelloDone, nil)...)
	stream = append(stream, Handshake(TypeFinished, []byte("abc"))...)
	for _, step := range []int{1, 64, 150, 304, 1000} {
		var j Joiner
		var got []HandshakeMessage
		for rest := stream; len(rest) > 0; {
			n := min(step, len(rest))
			j.Push(rest[:n])
			rest = rest[n:]
			for m, ok, _ := j.Next(); ok; m, ok, _ = j.Next() {
				got = append(got, m)
			}
		}
		if len(got) != 3 || !bytes.Equal(got[2].Body(), []byte("abc")) || len(got[0].Raw) != 304 {
			t.Fatalf("records of %d bytes: %+v", step, got)
		}
		if want := (304 + step - 1) / step; got[0].Records != want {
			t.Errorf("records of %d bytes: %d records counted, want %d", step, got[0].Records, want)
		}
	}
}

func TestJoinerBound(t *testing.T) {
	var j Joiner
	j.Push([]byte{TypeCertificate, 0xff, 0xff, 0xff})
	if _, ok, err := j.Next(); ok || err == nil || err.Error() != "handshake message of 16777215 bytes" {
		t.Errorf("got %v", err)
	}
	j.Push(make([]byte, 1<<16))
	if len(j.Pending()) != 0 {
		t.Error("bytes are kept for a message that will not be read")
	}
}
