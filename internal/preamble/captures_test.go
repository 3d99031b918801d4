package preamble

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// captures is the directory of recordings by others, which are not part of the project.
func captures(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TLSWHY_CAPTURES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "captures")
	}
	if _, err := os.Stat(filepath.Join(dir, "files")); err != nil {
		t.Skipf("no recordings of others in %s; TLSWHY_CAPTURES names another directory", dir)
	}
	return dir
}

// A packetSource is what both readers of pcapgo have.
type packetSource interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
	LinkType() layers.LinkType
}

func openCapture(t *testing.T, path string) packetSource {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	r := bufio.NewReader(f)
	magic, _ := r.Peek(4)
	if string(magic) == "\x0a\x0d\x0d\x0a" {
		ng, err := pcapgo.NewNgReader(r, pcapgo.DefaultNgReaderOptions)
		if err != nil {
			t.Fatal(err)
		}
		return ng
	}
	p, err := pcapgo.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A side is one direction of a connection, put together in order.
type side struct {
	next  uint32
	begun bool
	data  []byte
}

func (s *side) add(seq uint32, data []byte) {
	if !s.begun {
		s.begun, s.next = true, seq
	}
	if seq != s.next || len(data) == 0 {
		return
	}
	s.next, s.data = seq+uint32(len(data)), append(s.data, data...)
}

// conversations puts together what each pair says to the other, keyed by sender and receiver.
func conversations(t *testing.T, path string) map[[2]netip.AddrPort]*side {
	t.Helper()
	sides := map[[2]netip.AddrPort]*side{}
	src := openCapture(t, path)
	for {
		data, _, err := src.ReadPacketData()
		if err == io.EOF || err != nil {
			return sides
		}
		p := gopacket.NewPacket(data, src.LinkType(), gopacket.DecodeOptions{Lazy: true, NoCopy: true})
		tcp, ok := p.Layer(layers.LayerTypeTCP).(*layers.TCP)
		if !ok {
			continue
		}
		from, _ := netip.AddrFromSlice(p.NetworkLayer().NetworkFlow().Src().Raw())
		to, _ := netip.AddrFromSlice(p.NetworkLayer().NetworkFlow().Dst().Raw())
		key := [2]netip.AddrPort{netip.AddrPortFrom(from, uint16(tcp.SrcPort)), netip.AddrPortFrom(to, uint16(tcp.DstPort))}
		if sides[key] == nil {
			sides[key] = &side{}
		}
		seq := tcp.Seq
		if tcp.SYN {
			seq++
			sides[key].begun, sides[key].next = true, seq
		}
		sides[key].add(seq, tcp.Payload)
	}
}

// truth is what tshark says of one conversation.
type truth struct {
	Client string `json:"client"`
	Server string `json:"server"`
	HasTLS bool   `json:"has_tls"`
	Hello  *struct {
		SNI *string `json:"sni"`
	} `json:"client_hello"`
	Answer *struct {
		Suite string `json:"suite"`
	} `json:"server_hello"`
}

// TestRecordingsOfOthers: the upgrades in real recordings, on whatever port, are found, and the TLS behind them is
// what tshark reads.
func TestRecordingsOfOthers(t *testing.T) {
	dir := captures(t)
	for file, id := range map[string]string{
		"arkime__smtp-starttls.pcap": "smtp", "ndpi__smtp-starttls.pcap": "smtp", "ndpi__ftp-start-tls.pcap": "ftp", "ndpi__pop3_stls.pcap": "pop3",
		"arkime__ldap-ssl.pcap": "ldap", "zeek__ldap-ldap-starttls.pcap": "ldap", "ws-notes__tls-ldap-ssl.pcapng": "ldap",
		"ndpi__rdp.pcap": "rdp", "ndpi__rdp_over_tls.pcap": "rdp", "zeek__rdp-rdp-no-cookie-mstshash.pcap": "rdp",
		"arkime__https-connect.pcap": "http-connect", "zeek__http-connect-with-header.pcap": "http-connect", "suricata-verify__backwards.pcap": "http-connect",
		"arkime__socks-https-example.pcap": "socks", "zeek__socks-with-ssl.pcap": "socks",
		"zeek__tls-irc-starttls.pcap": "irc", "zeek__tls-xmpp-starttls.pcap": "xmpp", "ndpi__imaps.pcapng": "tls",
		"zeek__postgresql-psql-aws-ssl-require-15432.pcap": "postgres", "ws-notes__tls-mysql-ssl-larger.pcapng": "mysql",
	} {
		var told struct {
			Conversations []truth `json:"conversations"`
		}
		b, err := os.ReadFile(filepath.Join(dir, "truth", file+".json"))
		if err != nil || json.Unmarshal(b, &told) != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		sides := conversations(t, filepath.Join(dir, "files", file))
		for _, c := range told.Conversations {
			if c.HasTLS && c.Hello != nil {
				checkTruth(t, file, id, c, sides)
			}
		}
	}
}

func checkTruth(t *testing.T, file, id string, c truth, sides map[[2]netip.AddrPort]*side) {
	t.Helper()
	from, to := netip.MustParseAddrPort(address(c.Client)), netip.MustParseAddrPort(address(c.Server))
	client, server := sides[[2]netip.AddrPort{from, to}], sides[[2]netip.AddrPort{to, from}]
	if client == nil || server == nil {
		t.Errorf("%s: nothing of %s", file, c.Client)
		return
	}
	p := Guess(client.data, server.data, to.Port())
	if p == nil || p.ID != id {
		t.Errorf("%s %s: guessed %v, want %s", file, c.Client, p, id)
		return
	}
	h := Read(p, &wire.Transcript{Chunks: []wire.Chunk{{From: wire.ServerSide, Data: server.data}, {From: wire.ClientSide, At: 1, Data: client.data}}})
	sni, suite := "", ""
	if c.Hello.SNI != nil {
		sni = *c.Hello.SNI
	}
	if c.Answer != nil {
		suite = c.Answer.Suite
	}
	if h.Client == nil || h.Client.ServerName != sni {
		t.Errorf("%s %s: hello %+v, want one for %q", file, c.Client, h.Client, sni)
	}
	if got := suiteOf(h.Server); got != suite {
		t.Errorf("%s %s: suite %s, want %s", file, c.Client, got, suite)
	}
}

func suiteOf(s *wire.ServerHello) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("0x%04x", s.Suite)
}

// address puts IPv6 in brackets, which the truth leaves out.
func address(s string) string {
	i := strings.LastIndexByte(s, ':')
	return net.JoinHostPort(s[:i], s[i+1:])
}
