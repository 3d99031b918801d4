package capture_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/netip"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/source/capture"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var (
	client4, server4 = netip.MustParseAddrPort("127.0.0.1:40001"), netip.MustParseAddrPort("127.0.0.2:443")
	client6, server6 = netip.MustParseAddrPort("[::1]:40002"), netip.MustParseAddrPort("[fe80::1%lo]:41234")
	start            = time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC)
)

// handshake lets our own client and server talk, with application data and a close after it.
func handshake(t testing.TB, version uint16, data int) wire.Transcript {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "db.test"}, DNSNames: []string{"db.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := wire.NewClient(wire.ClientConfig{Hello: wire.Hello{
		Versions: []uint16{version}, ServerName: "db.test", EMS: true, Groups: []uint16{names.X25519}, Shares: shares(version),
		Suites: []uint16{names.TLS_AES_128_GCM_SHA256, names.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}, Signatures: []uint16{names.ECDSAP256SHA256},
	}})
	if err != nil {
		t.Fatal(err)
	}
	s := wire.NewServer(wire.ServerConfig{Chain: [][]byte{der}, Key: key, Renegotiation: true})
	tr := wire.Transcript{Start: start}
	say := func(from wire.Side, b []byte) {
		if len(b) > 0 {
			tr.Chunks = append(tr.Chunks, wire.Chunk{From: from, At: time.Duration(len(tr.Chunks)) * time.Millisecond, Data: b})
		}
	}
	for out := c.Start(); len(out) > 0; {
		say(wire.ClientSide, out)
		reply, err := s.Feed(out)
		if err != nil {
			t.Fatal(err)
		}
		say(wire.ServerSide, reply)
		if out, err = c.Feed(reply); err != nil {
			t.Fatal(err)
		}
	}
	if !c.Done() || !s.Done() {
		t.Fatal("the handshake is not done")
	}
	sealed, err := s.Seal(make([]byte, data))
	if err != nil {
		t.Fatal(err)
	}
	say(wire.ServerSide, sealed)
	say(wire.ClientSide, c.Close())
	tr.Secrets = c.Secrets()
	return tr
}

func shares(version uint16) []uint16 {
	if version < wire.TLS13 {
		return nil
	}
	return []uint16{names.X25519}
}

// A packet is what is read back of one.
type packet struct {
	at       time.Time
	src, dst netip.AddrPort
	tcp      *layers.TCP
}

// readBack reads a file with pcapgo's reader, an implementation that is not the writer's, and checks each packet's
// lengths and checksums.
func readBack(t testing.TB, file []byte) []packet {
	t.Helper()
	r, err := pcapgo.NewNgReader(bytes.NewReader(file), pcapgo.DefaultNgReaderOptions)
	if err != nil {
		t.Fatal(err)
	}
	var out []packet
	for {
		data, info, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		p := gopacket.NewPacket(data, r.LinkType(), gopacket.Default)
		if p.ErrorLayer() != nil || p.Metadata().Truncated {
			t.Fatalf("packet %d: %v", len(out)+1, p.ErrorLayer())
		}
		tcp := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		tcp.SetNetworkLayerForChecksum(p.NetworkLayer())
		if err, bad := p.VerifyChecksums(); err != nil || len(bad) > 0 {
			t.Errorf("packet %d: checksums %v, %v", len(out)+1, bad, err)
		}
		src, dst := p.NetworkLayer().NetworkFlow().Endpoints()
		out = append(out, packet{at: info.Timestamp, src: endpoint(src, tcp.SrcPort), dst: endpoint(dst, tcp.DstPort), tcp: tcp})
	}
}

func endpoint(e gopacket.Endpoint, port layers.TCPPort) netip.AddrPort {
	a, _ := netip.AddrFromSlice(e.Raw())
	return netip.AddrPortFrom(a, uint16(port))
}

// follow makes a recording of one connection's packets again, and checks that sequence numbers fit.
func follow(t testing.TB, packets []packet, client netip.AddrPort) *wire.Transcript {
	t.Helper()
	out := &wire.Transcript{}
	var next [3]uint32
	for i, p := range packets {
		side := wire.ServerSide
		if p.src == client {
			side = wire.ClientSide
		} else if p.dst != client {
			continue
		}
		if p.tcp.SYN {
			next[side] = p.tcp.Seq
		}
		if p.tcp.Seq != next[side] {
			t.Errorf("packet %d: sequence number %d, expected %d", i+1, p.tcp.Seq, next[side])
		}
		if p.tcp.ACK && p.tcp.Ack != next[side.Other()] {
			t.Errorf("packet %d acknowledges %d, expected %d", i+1, p.tcp.Ack, next[side.Other()])
		}
		next[side] += uint32(len(p.tcp.Payload))
		if p.tcp.SYN || p.tcp.FIN {
			next[side]++
		}
		if len(p.tcp.Payload) > 0 {
			out.Chunks = append(out.Chunks, wire.Chunk{From: side, At: p.at.Sub(start), Data: p.tcp.Payload})
		}
	}
	return out
}

// keyLogs are the NSS key logs in a file's decryption secrets blocks, which stand before the packets
// (draft-ietf-opsawg-pcapng §4.7).
func keyLogs(t testing.TB, file []byte) (secrets []wire.Secret, blocks int) {
	t.Helper()
	seen := false
	for len(file) >= 12 {
		kind, size := binary.LittleEndian.Uint32(file), int(binary.LittleEndian.Uint32(file[4:]))
		if size%4 != 0 || size > len(file) || binary.LittleEndian.Uint32(file[size-4:]) != uint32(size) {
			t.Fatalf("block of type %d: length %d", kind, size)
		}
		seen = seen || kind == 6
		if kind == 0x0a {
			if seen || string(file[8:12]) != "KSLT" {
				t.Errorf("secrets of type %q, behind packets: %v", file[8:12], seen)
			}
			secrets = append(secrets, wire.ParseKeyLog(file[16:16+binary.LittleEndian.Uint32(file[12:])])...)
			blocks++
		}
		file = file[size:]
	}
	return secrets, blocks
}

func write(t testing.TB, list ...capture.Connection) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := capture.Write(&b, list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// flightOf is what the decoder reads, as JSON.
func flightOf(t testing.TB, tr *wire.Transcript) []byte {
	t.Helper()
	b, err := json.Marshal(wire.Decode(tr))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestWhatIsWrittenIsWhatWasRecorded: several connections in one file, IPv4 and IPv6, TLS 1.2 and 1.3.
func TestWhatIsWrittenIsWhatWasRecorded(t *testing.T) {
	list := []capture.Connection{
		{Client: client4, Server: server4, Transcript: handshake(t, wire.TLS13, 100), By: wire.ClientSide},
		{Client: client6, Server: server6, Transcript: handshake(t, wire.TLS12, 100), By: wire.ServerSide},
		{Client: netip.MustParseAddrPort("127.0.0.1:40003"), Server: server4, Transcript: handshake(t, wire.TLS13, 40000)},
	}
	file := write(t, list...)
	packets := readBack(t, file)
	secrets, blocks := keyLogs(t, file)
	if blocks != len(list) {
		t.Errorf("%d blocks of secrets", blocks)
	}
	for i, c := range list {
		again := follow(t, packets, c.Client)
		for _, side := range []wire.Side{wire.ClientSide, wire.ServerSide} {
			if got, want := again.Stream(side), c.Transcript.Stream(side); !bytes.Equal(got, want) {
				t.Errorf("connection %d: %d bytes of the %s, recorded %d", i+1, len(got), side, len(want))
			}
		}
		again.Secrets = secrets
		got, want := flightOf(t, again), flightOf(t, &c.Transcript)
		if !bytes.Equal(got, want) {
			t.Errorf("connection %d decodes to\n%s\nrecorded\n%s", i+1, got, want)
		}
		if !bytes.Contains(want, []byte(`"Finished":[false,true,true]`)) || !bytes.Contains(want, []byte(`"Name":"Finished"`)) {
			t.Errorf("connection %d: the secrets open nothing: %s", i+1, want)
		}
	}
}

// TestPackets looks at one connection packet by packet.
func TestPackets(t *testing.T) {
	tr := wire.Transcript{Start: start, Chunks: []wire.Chunk{
		{From: wire.ClientSide, At: time.Millisecond, Data: []byte("hello")},
		{From: wire.ServerSide, At: 3*time.Millisecond + 7, Data: make([]byte, 3000)},
		{From: wire.Nobody, At: 4 * time.Millisecond, Data: []byte("nobody said this")},
		{From: 9, At: 4 * time.Millisecond, Data: []byte("nor this")},
	}}
	for _, test := range []struct {
		name  string
		by    wire.Side
		reset bool
		last  string
	}{
		{"closed by the client", wire.ClientSide, false, "client FIN"},
		{"closed by the server", wire.ServerSide, false, "server FIN"},
		{"reset by the server", wire.ServerSide, true, "server RST"},
		{"given up", wire.Nobody, false, "client FIN"},
		{"by whom is not known", 9, false, "client FIN"},
	} {
		packets := readBack(t, write(t, capture.Connection{Client: client4, Server: server4, Transcript: tr, By: test.by, Reset: test.reset}))
		var got []string
		for _, p := range packets {
			side := map[netip.AddrPort]string{client4: "client", server4: "server"}[p.src]
			got = append(got, fmt.Sprintf("%s %s%d %v", side, flags(p.tcp), len(p.tcp.Payload), p.at.Sub(start)))
		}
		want := []string{"client SYN 0 0s", "server SYN 0 0s", "client 0 0s", "client 5 1ms",
			"server 1400 3.000007ms", "server 1400 3.000007ms", "server 200 3.000007ms"}
		want = append(want, test.last+" 0 "+packets[len(packets)-1].at.Sub(start).String())
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s\ngot  %q\nwant %q", test.name, got, want)
		}
	}
}

// flags are those that begin or end a connection.
func flags(tcp *layers.TCP) string {
	switch {
	case tcp.SYN:
		return "SYN "
	case tcp.FIN:
		return "FIN "
	case tcp.RST:
		return "RST "
	}
	return ""
}

// TestMappedAddresses: IPv4 in an IPv6 form is IPv4 on the wire.
func TestMappedAddresses(t *testing.T) {
	c := capture.Connection{Client: netip.MustParseAddrPort("[::ffff:127.0.0.1]:40001"), Server: server4, Transcript: wire.Transcript{Start: start}}
	for _, p := range readBack(t, write(t, c)) {
		if !p.src.Addr().Is4() || !p.dst.Addr().Is4() {
			t.Errorf("%s to %s", p.src, p.dst)
		}
	}
}

// TestEmptyFile: without a connection the file is still one that can be opened.
func TestEmptyFile(t *testing.T) {
	if packets := readBack(t, write(t)); len(packets) != 0 {
		t.Errorf("%d packets", len(packets))
	}
	if _, blocks := keyLogs(t, write(t, capture.Connection{Client: client4, Server: server4})); blocks != 0 {
		t.Error("a block of secrets without secrets")
	}
}

// failing takes some bytes and no more.
type failing struct{ left int }

func (f *failing) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(b), nil
}

// TestErrors: an address that cannot be and a disk that is full are told.
func TestErrors(t *testing.T) {
	tr := wire.Transcript{Start: start, Chunks: []wire.Chunk{{From: wire.ClientSide, Data: []byte("hello")}}}
	for name, c := range map[string]capture.Connection{
		"no addresses": {Transcript: tr}, "no client": {Server: server4, Transcript: tr},
		"two families": {Client: client4, Server: server6, Transcript: tr},
	} {
		if err := capture.Write(io.Discard, []capture.Connection{c}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, room := range []int{0, 100} {
		if err := capture.Write(&failing{room}, []capture.Connection{{Client: client4, Server: server4, Transcript: tr}}); err == nil {
			t.Errorf("room for %d bytes: no error", room)
		}
	}
}
