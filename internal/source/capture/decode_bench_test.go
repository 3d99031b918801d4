package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"testing"
)

// trafficBytes makes a pcap file of n packets such as an HTTPS server sees them: of eight, three carry no payload.
func trafficBytes(n int) []byte {
	sizes := []int{0, 0, 517, 1448, 1448, 0, 300, 90}
	var b bytes.Buffer
	b.Write(pcapHead(binary.LittleEndian, pcapMicro, linkEthernet))
	payload := make([]byte, 1448)
	for i := range n {
		frame := ethernetFrame(etherIPv4, ipv4Packet(protoTCP, tcpSegment(uint32(i), payload[:sizes[i%len(sizes)]])))
		b.Write(pcapRecord(binary.LittleEndian, uint32(i/1000), uint32(i%1000), frame, len(frame)))
	}
	return b.Bytes()
}

// BenchmarkFrames reads frames and finds their segments: the cost of everything before streams are put together.
func BenchmarkFrames(b *testing.B) {
	const packets = 100_000
	file := trafficBytes(packets)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		c, err := openContainer(Input{R: onlyReader{bytes.NewReader(file)}})
		if err != nil {
			b.Fatal(err)
		}
		if n := countSegments(b, c); n != packets {
			b.Fatalf("%d segments of %d", n, packets)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/packets, "ns/packet")
}

// BenchmarkFile does the same with the file named in TLSWHY_BENCH_CAPTURE, from the disk or its cache.
func BenchmarkFile(b *testing.B) {
	name := os.Getenv("TLSWHY_BENCH_CAPTURE")
	if name == "" {
		b.Skip("left out: TLSWHY_BENCH_CAPTURE names no file")
	}
	for b.Loop() {
		file, err := os.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		c, err := openContainer(Input{Name: name, R: file})
		if err != nil {
			b.Fatal(err)
		}
		n := countSegments(b, c)
		b.SetBytes(c.bytesRead())
		b.ReportMetric(float64(n), "segments")
		file.Close()
	}
}

func countSegments(tb testing.TB, r frameReader) int {
	d, n := newDecoder(), 0
	var s segment
	for {
		f, err := r.Next()
		if err == io.EOF {
			return n
		}
		if err != nil {
			tb.Fatal(err)
		}
		if d.decode(&f, &s) {
			n++
		}
	}
}

// TestNoAllocation: reading packets costs no memory for each of them.
func TestNoAllocation(t *testing.T) {
	files := map[int][]byte{2000: trafficBytes(2000), 20000: trafficBytes(20000)}
	allocs := map[int]float64{}
	for n, file := range files {
		allocs[n] = testing.AllocsPerRun(3, func() {
			c, err := openContainer(Input{R: onlyReader{bytes.NewReader(file)}})
			if err != nil {
				t.Fatal(err)
			}
			countSegments(t, c)
		})
	}
	if allocs[20000] > allocs[2000]+10 {
		t.Errorf("%v allocations for 20000 packets, %v for 2000", allocs[20000], allocs[2000])
	}
}
