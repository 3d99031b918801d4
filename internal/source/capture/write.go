// Package capture holds packet captures: what a run recorded, written so that Wireshark and our own decoder
// read it.
package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// A Connection is one recorded connection to be written.
type Connection struct {
	Client, Server netip.AddrPort
	Transcript     wire.Transcript
	By             wire.Side // who ended it
	Reset          bool
}

// perPacket is how many bytes one written packet carries.
const perPacket = 1400

// Write writes a pcapng file (draft-ietf-opsawg-pcapng) with raw IP packets, TCP rebuilt around the recorded bytes,
// and the TLS secrets of each connection in a decryption secrets block.
func Write(w io.Writer, list []Connection) error {
	var head bytes.Buffer
	iface := pcapgo.NgInterface{Name: "tlswhy", LinkType: layers.LinkTypeRaw, SnapLength: 0, TimestampResolution: 9}
	ng, err := pcapgo.NewNgWriterInterface(&head, iface, pcapgo.NgWriterOptions{SectionInfo: pcapgo.NgSectionInfo{Application: "tlswhy"}})
	if err != nil {
		return err
	}
	if err := ng.Flush(); err != nil {
		return err
	}
	for _, c := range list {
		head.Write(secretsBlock(c.Transcript.Secrets))
	}
	for _, c := range list {
		if err := writeConnection(ng, c); err != nil {
			return fmt.Errorf("writing a connection: %v", err)
		}
	}
	if err := ng.Flush(); err != nil {
		return err
	}
	_, err = w.Write(head.Bytes())
	return err
}

// secretsBlock is a decryption secrets block (type 0x0A) with an NSS key log, or nothing.
func secretsBlock(secrets []wire.Secret) []byte {
	if len(secrets) == 0 {
		return nil
	}
	log := wire.FormatKeyLog(secrets)
	padded := (len(log) + 3) &^ 3
	total := 20 + padded
	b := make([]byte, total)
	le := binary.LittleEndian
	le.PutUint32(b, 0x0a)
	le.PutUint32(b[4:], uint32(total))
	le.PutUint32(b[8:], 0x544c534b) // "TLSK": TLS key log
	le.PutUint32(b[12:], uint32(len(log)))
	copy(b[16:], log)
	le.PutUint32(b[total-4:], uint32(total))
	return b
}

// A talk rebuilds TCP around recorded bytes.
type talk struct {
	ng   *pcapgo.NgWriter
	c    Connection
	next [3]uint32 // sequence numbers by side
}

func writeConnection(ng *pcapgo.NgWriter, c Connection) error {
	t := &talk{ng: ng, c: c}
	t.next[wire.ClientSide], t.next[wire.ServerSide] = 1000, 5000
	at := c.Transcript.Start
	if err := t.open(at); err != nil {
		return err
	}
	for _, chunk := range c.Transcript.Chunks {
		if chunk.From.Other() == wire.Nobody {
			continue // a recording from a file may say anything; this was said by neither
		}
		at = c.Transcript.Start.Add(chunk.At)
		for data := chunk.Data; len(data) > 0; {
			n := min(len(data), perPacket)
			if err := t.packet(at, chunk.From, layers.TCP{PSH: true, ACK: true}, data[:n]); err != nil {
				return err
			}
			data = data[n:]
		}
	}
	end := layers.TCP{FIN: true, ACK: true}
	if c.Reset {
		end = layers.TCP{RST: true, ACK: true}
	}
	from := c.By
	if from != wire.ServerSide {
		from = wire.ClientSide
	}
	return t.packet(at, from, end, nil)
}

func (t *talk) open(at time.Time) error {
	if err := t.packet(at, wire.ClientSide, layers.TCP{SYN: true}, nil); err != nil {
		return err
	}
	if err := t.packet(at, wire.ServerSide, layers.TCP{SYN: true, ACK: true}, nil); err != nil {
		return err
	}
	return t.packet(at, wire.ClientSide, layers.TCP{ACK: true}, nil)
}

// packet writes one segment of a side and moves its sequence number on.
func (t *talk) packet(at time.Time, from wire.Side, tcp layers.TCP, data []byte) error {
	src, dst := t.c.Client, t.c.Server
	if from == wire.ServerSide {
		src, dst = dst, src
	}
	tcp.SrcPort, tcp.DstPort = layers.TCPPort(src.Port()), layers.TCPPort(dst.Port())
	tcp.Seq, tcp.Window = t.next[from], 65535
	if tcp.ACK {
		tcp.Ack = t.next[from.Other()]
	}
	t.next[from] += uint32(len(data))
	if tcp.SYN || tcp.FIN {
		t.next[from]++
	}
	raw, err := serialize(src.Addr().Unmap(), dst.Addr().Unmap(), &tcp, data)
	if err != nil {
		return err
	}
	return t.ng.WritePacket(gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(raw), Length: len(raw)}, raw)
}

func serialize(src, dst netip.Addr, tcp *layers.TCP, data []byte) ([]byte, error) {
	if !src.IsValid() || !dst.IsValid() || src.Is4() != dst.Is4() {
		return nil, fmt.Errorf("no connection leads from %s to %s", src, dst)
	}
	var ip gopacket.NetworkLayer
	var layer gopacket.SerializableLayer
	if src.Is4() {
		v4 := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
		ip, layer = v4, v4
	} else {
		v6 := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: src.AsSlice(), DstIP: dst.AsSlice()}
		ip, layer = v6, v6
	}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		return nil, err
	}
	buf := gopacket.NewSerializeBuffer()
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, opts, layer, tcp, gopacket.Payload(data)); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
