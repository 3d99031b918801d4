package wire

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// writeCapture makes a capture file (raw IPv4, link type 101) of connections; each has a client port of its own,
// 10000 and up, and the server's is 443.
func writeCapture(t *testing.T, path string, connections []*Transcript) {
	t.Helper()
	out := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	out = append(out, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 101, 0, 0, 0)
	clock := uint32(0)
	for i, c := range connections {
		next := [3]uint32{0, 1000, 5000} // sequence numbers
		for _, chunk := range c.Chunks {
			for data := range slices.Chunk(chunk.Data, 1400) {
				packet := packetOf(uint16(10000+i), chunk.From, next[chunk.From], next[chunk.From.Other()], data)
				clock++
				for _, v := range []uint32{clock, 0, uint32(len(packet)), uint32(len(packet))} {
					out = binary.LittleEndian.AppendUint32(out, v)
				}
				out = append(out, packet...)
				next[chunk.From] += uint32(len(data))
			}
		}
	}
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
}

// packetOf makes an IPv4 and a TCP header before data; checksums are not looked at.
func packetOf(clientPort uint16, from Side, seq, ack uint32, data []byte) []byte {
	ports, addresses := []uint16{clientPort, 443}, []byte{10, 0, 0, 1, 10, 0, 0, 2}
	if from == ServerSide {
		ports, addresses = []uint16{443, clientPort}, []byte{10, 0, 0, 2, 10, 0, 0, 1}
	}
	b := []byte{0x45, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(40+len(data)))
	b = append(append(b, 0, 1, 0x40, 0, 64, 6, 0, 0), addresses...)
	b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, ports[0]), ports[1])
	b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, seq), ack)
	return append(append(b, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0), data...)
}

// A reading is what one direction of a connection says: handshake types and alerts, and of hellos their lists.
type reading struct {
	types, alerts, suites, extensions, groups, schemes []int
	names                                              []string
}

// readByTshark gives a reading for each connection and side.
func readByTshark(t *testing.T, capture, keyLog string) map[string]*reading {
	t.Helper()
	fields := []string{"tcp.srcport", "tcp.dstport", "tls.handshake.type", "tls.alert_message.desc", "tls.handshake.ciphersuite",
		"tls.handshake.extension.type", "tls.handshake.extensions_supported_group", "tls.handshake.sig_hash_alg",
		"tls.handshake.extensions_server_name"}
	arguments := []string{"-n", "-r", capture, "-o", "tls.keylog_file:" + keyLog, "-Y", "tls", "-T", "fields"}
	for _, f := range fields {
		arguments = append(arguments, "-e", f)
	}
	output, err := exec.Command(needProgram(t, "tshark"), arguments...).Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*reading{}
	for line := range strings.Lines(string(output)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		key := readingKey(ServerSide, f[1])
		if f[1] == "443" {
			key = readingKey(ClientSide, f[0])
		}
		if all[key] == nil {
			all[key] = &reading{}
		}
		r := all[key]
		for i, list := range []*[]int{&r.types, &r.alerts, &r.suites, &r.extensions, &r.groups, &r.schemes} {
			*list = append(*list, numbersOf(t, f[i+2])...)
		}
		if f[8] != "" {
			r.names = append(r.names, strings.Split(f[8], ",")...)
		}
	}
	return all
}

func readingKey(side Side, clientPort string) string { return side.String() + " " + clientPort }

func numbersOf(t *testing.T, list string) []int {
	t.Helper()
	var all []int
	for _, s := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		n, err := strconv.ParseUint(s, 0, 32)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, int(n))
	}
	return all
}

func ints(list []uint16) []int {
	var all []int
	for _, v := range list {
		all = append(all, int(v))
	}
	return all
}

// readByUs puts a flight into the same form.
func readByUs(f *Flight, side Side) *reading {
	r := &reading{}
	for _, m := range f.Messages {
		switch {
		case m.From != side:
		case m.Alert != nil:
			r.alerts = append(r.alerts, int(m.Alert.Code))
		case m.Record == RecordHandshake && (m.Opened || !m.Encrypted):
			r.types = append(r.types, int(m.Type))
		}
	}
	if side == ClientSide {
		for _, h := range []*ClientHello{f.Client, f.SecondClient} {
			if h != nil {
				r.addHello(h)
			}
		}
	}
	return r
}

func (r *reading) addHello(h *ClientHello) {
	r.suites = append(r.suites, ints(h.Suites)...)
	r.extensions = append(r.extensions, ints(extensionTypes(h.Extensions))...)
	r.groups = append(r.groups, ints(h.Groups)...)
	r.schemes = append(r.schemes, ints(h.Signatures)...)
	if forCertificates, found := findExtension(h.Extensions, ExtSignatureAlgsCert); found { // tshark does not tell them apart
		r.schemes = append(r.schemes, ints(uint16s(forCertificates[2:]))...)
	}
	r.names = append(r.names, h.ServerName)
}

// tsharkCases are connections that differ in what they make a decoder do.
func tsharkCases(t *testing.T) []*Transcript {
	server := goServerConfig(t)
	server.ClientAuth = tls.RequestClientCert
	old := goClientConfig(TLS10)
	ecb := goClientConfig(TLS12)
	ecb.CipherSuites = []uint16{names.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA}
	refusing := goClientConfig(TLS13)
	refusing.RootCAs = emptyRoots()
	retried := server.Clone()
	retried.CurvePreferences = []tls.CurveID{tls.CurveP384}
	return []*Transcript{
		goConnection(t, goClientConfig(TLS12), server), goConnection(t, goClientConfig(TLS13), server),
		goConnection(t, old, server), goConnection(t, ecb, server), goConnection(t, refusing, server),
		goConnection(t, goClientConfig(TLS13), retried),
	}
}

// Wireshark's dissector and this decoder, with the same bytes and the same secrets, read the same.
func TestDecodeAsTshark(t *testing.T) {
	needProgram(t, "tshark")
	cases := tsharkCases(t)
	dir := t.TempDir()
	capture, keyLog := filepath.Join(dir, "c.pcap"), filepath.Join(dir, "keys.log")
	writeCapture(t, capture, cases)
	var secrets []Secret
	for _, c := range cases {
		secrets = append(secrets, c.Secrets...)
	}
	if err := os.WriteFile(keyLog, FormatKeyLog(secrets), 0o600); err != nil {
		t.Fatal(err)
	}
	theirs := readByTshark(t, capture, keyLog)
	for i, c := range cases {
		c.Secrets = secrets // other connections' secrets among them
		f := Decode(c)
		for _, side := range []Side{ClientSide, ServerSide} {
			want, got := theirs[readingKey(side, fmt.Sprint(10000+i))], readByUs(f, side)
			if want == nil {
				t.Fatalf("connection %d: tshark read nothing of the %s", i, side)
			}
			compareReadings(t, fmt.Sprintf("connection %d, %s", i, side), side, got, want)
		}
	}
}

func compareReadings(t *testing.T, what string, side Side, got, want *reading) {
	t.Helper()
	if !slices.Equal(got.types, want.types) || !slices.Equal(got.alerts, want.alerts) {
		t.Errorf("%s: messages %v, alerts %v; tshark's %v, %v", what, got.types, got.alerts, want.types, want.alerts)
	}
	if side != ClientSide {
		return // the server's extensions and suites are tested elsewhere
	}
	if !slices.Equal(got.suites, want.suites) || !slices.Equal(got.extensions, want.extensions) || !slices.Equal(got.names, want.names) {
		t.Errorf("%s: hello %+v; tshark's %+v", what, got, want)
	}
	if !slices.Equal(got.groups, want.groups) || !slices.Equal(got.schemes, want.schemes) {
		t.Errorf("%s: groups %v, schemes %v; tshark's %v, %v", what, got.groups, got.schemes, want.groups, want.schemes)
	}
}
