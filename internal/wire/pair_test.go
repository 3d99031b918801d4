package wire

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// A pair is a client and a server in memory; sent holds what each said, in order.
type pair struct {
	client *Client
	server *Server
	sent   []Chunk
	// clientErr and serverErr are how each ended; nil while all is well.
	clientErr, serverErr error
}

func newPair(t testing.TB, c ClientConfig, s ServerConfig) *pair {
	t.Helper()
	client, err := NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	return &pair{client: client, server: NewServer(s)}
}

// run carries bytes between the two until neither has anything to say.
func (p *pair) run() *pair {
	toServer := p.client.Start()
	for len(toServer) > 0 {
		var toClient []byte
		toClient, p.serverErr = p.server.Feed(p.note(ClientSide, toServer))
		toServer = nil
		if len(toClient) > 0 {
			toServer, p.clientErr = p.client.Feed(p.note(ServerSide, toClient))
		}
	}
	return p
}

func (p *pair) note(from Side, b []byte) []byte {
	p.sent = append(p.sent, Chunk{From: from, Data: b})
	return b
}

// wantDone checks that both sides finished, and sends a word each way.
func (p *pair) wantDone(t testing.TB) {
	t.Helper()
	if !p.client.Done() || !p.server.Done() || p.clientErr != nil || p.serverErr != nil {
		t.Fatalf("client %v, server %v", p.clientErr, p.serverErr)
	}
	for _, way := range []struct {
		from     Side
		say      string
		to, back endpoint
	}{{ClientSide, "question from the client", p.server, p.client}, {ServerSide, "answer of the server", p.client, p.server}} {
		record, err := way.back.Seal([]byte(way.say))
		if err != nil {
			t.Fatal(err)
		}
		_, err = way.to.Feed(p.note(way.from, record))
		if got := string(way.to.AppData()); err != nil || got != way.say {
			t.Fatalf("%q arrived as %q, %v", way.say, got, err)
		}
	}
}

// plainConfigs is a server of one version and suite with a matching hello.
func plainConfigs(t testing.TB, version, suite uint16) (ClientConfig, ServerConfig) {
	t.Helper()
	s, _ := names.SuiteByID(suite)
	config := serverConfig(testIdentity(t, authKind(s)))
	config.MinVersion, config.MaxVersion, config.Suites = version, version, []uint16{suite}
	return ClientConfig{Hello: helloFor(version, suite)}, config
}

// writeCapture writes the connection as a pcap file of raw IP packets, and its key log.
func (p *pair) writeCapture(t *testing.T) (capture, keyLog string) {
	t.Helper()
	dir := t.TempDir()
	capture, keyLog = filepath.Join(dir, "c.pcap"), filepath.Join(dir, "keys")
	file := pcapHeader()
	seq := map[Side]uint32{}
	for i, c := range p.sent {
		file = append(file, tcpPacket(uint32(i), c, seq[c.From], seq[c.From.Other()])...)
		seq[c.From] += uint32(len(c.Data))
	}
	var keys strings.Builder
	for _, s := range p.client.Secrets() {
		fmt.Fprintf(&keys, "%s %x %x\n", s.Label, s.ClientRandom, s.Value)
	}
	for name, data := range map[string][]byte{capture: file, keyLog: []byte(keys.String())} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return capture, keyLog
}

// pcapHeader starts a capture of link type 101, raw IP.
func pcapHeader() []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, 1<<18)
	return binary.LittleEndian.AppendUint32(b, 101)
}

// tcpPacket is one packet between ports 40000 and 443 of the loopback address, without checksums.
func tcpPacket(second uint32, c Chunk, seq, ack uint32) []byte {
	from, to := uint16(40000), uint16(443)
	if c.From == ServerSide {
		from, to = to, from
	}
	ip := []byte{0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1}
	binary.BigEndian.PutUint16(ip[2:], uint16(40+len(c.Data)))
	tcp := binary.BigEndian.AppendUint16(nil, from)
	tcp = binary.BigEndian.AppendUint16(tcp, to)
	tcp = binary.BigEndian.AppendUint32(tcp, 1000+seq)
	tcp = binary.BigEndian.AppendUint32(tcp, 1000+ack)
	tcp = append(tcp, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0)
	packet := join(ip, tcp, c.Data)
	b := binary.LittleEndian.AppendUint32(nil, second)
	b = append(b, 0, 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(packet)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(packet)))
	return append(b, packet...)
}

// tsharkReads decrypts a capture with tshark and gives the application data it finds, in hex.
func tsharkReads(t *testing.T, p *pair) string {
	t.Helper()
	capture, keyLog := p.writeCapture(t)
	cmd := exec.Command(needProgram(t, "tshark"), "-r", capture, "-o", "tls.keylog_file:"+keyLog, "-q", "-z", "follow,tls,raw,0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// SSLv3 has hardly any peer left; tshark, which has its own derivation and MAC of it, reads what our two ends say.
func TestSSLv3ReadByTshark(t *testing.T) {
	for _, suite := range []uint16{
		names.TLS_RSA_WITH_RC4_128_SHA, names.TLS_RSA_WITH_RC4_128_MD5, names.TLS_RSA_WITH_3DES_EDE_CBC_SHA,
		names.TLS_RSA_WITH_AES_128_CBC_SHA, names.TLS_DHE_RSA_WITH_AES_256_CBC_SHA,
	} {
		t.Run(names.SuiteName(suite), func(t *testing.T) {
			client, server := plainConfigs(t, SSLv3, suite)
			p := newPair(t, client, server).run()
			p.wantDone(t)
			if p.client.Flight().Server.Version != SSLv3 {
				t.Fatalf("version %s", names.Version(p.client.Flight().Server.Version))
			}
			read := tsharkReads(t, p)
			for _, said := range []string{"question from the client", "answer of the server"} {
				if !strings.Contains(read, hex.EncodeToString([]byte(said))) {
					t.Errorf("tshark does not find %q:\n%s", said, read)
				}
			}
		})
	}
}

// SSLv3 says "no certificate" by a warning (RFC 6101 §5.6.6).
func TestSSLv3WithoutCertificate(t *testing.T) {
	client, server := plainConfigs(t, SSLv3, names.TLS_RSA_WITH_AES_128_CBC_SHA)
	server.ClientAuth = ClientAuthRequest
	newPair(t, client, server).run().wantDone(t)

	server.ClientAuth = ClientAuthRequire
	p := newPair(t, client, server).run()
	wantLocal(t, p.serverErr, ReasonNoCertificate)
}
