package capture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// From linux/if_packet.h; the syscall package lacks them.
const (
	packetAuxdata     = 8 // PACKET_AUXDATA
	packetPromiscuous = 1 // PACKET_MR_PROMISC
	statusVLAN        = 0x10
	statusVLANType    = 0x40
	receiveBuffer     = 16 << 20
)

// OpenInterface captures from a network interface of this machine ("any": from all) without cgo. It needs root or the
// capability CAP_NET_RAW. Reading ends when the closer is closed, from any goroutine.
func OpenInterface(name string) (Input, io.Closer, error) {
	s, err := openSocket(name)
	if err != nil {
		return Input{}, nil, err
	}
	return Input{Name: name, live: s}, s, nil
}

// A socket is an AF_PACKET socket (packet(7)) as a frameReader.
type socket struct {
	file    *os.File
	conn    syscall.RawConn
	buf     []byte // four bytes for a VLAN tag, then a frame
	oob     []byte
	number  int
	dropped atomic.Int64 // by the kernel, known at the end
	told    bool
	closed  atomic.Bool
}

func openSocket(name string) (*socket, error) {
	index, err := interfaceIndex(name)
	if err != nil {
		return nil, err
	}
	const protocol = syscall.ETH_P_ALL>>8 | syscall.ETH_P_ALL<<8&0xff00 // in network order
	// Without a protocol nothing is delivered until the socket is bound to its interface.
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if errors.Is(err, syscall.EPERM) {
		return nil, fmt.Errorf("capturing needs root or the capability CAP_NET_RAW: run it with sudo, or record with tcpdump -i %s -w out.pcap", name)
	}
	if err != nil {
		return nil, fmt.Errorf("opening a packet socket: %v", err)
	}
	setOptions(fd, index)
	if err := syscall.Bind(fd, &syscall.SockaddrLinklayer{Protocol: protocol, Ifindex: index}); err != nil {
		syscall.Close(fd)
		return nil, fmt.Errorf("capturing on %s: %v", name, err)
	}
	s := &socket{file: os.NewFile(uintptr(fd), "interface "+name), buf: make([]byte, 4+maxFrame), oob: make([]byte, 256)}
	if s.conn, err = s.file.SyscallConn(); err != nil {
		s.file.Close()
		return nil, fmt.Errorf("capturing on %s: %v", name, err)
	}
	return s, nil
}

// interfaceIndex is the number of an interface, 0 for all.
func interfaceIndex(name string) (int, error) {
	if name == "any" {
		return 0, nil
	}
	i, err := net.InterfaceByName(name)
	if err == nil {
		return i.Index, nil
	}
	list, _ := net.Interfaces()
	var names []string
	for _, i := range list {
		names = append(names, i.Name)
	}
	return 0, fmt.Errorf("no interface %q; there are: %s, any", name, strings.Join(names, ", "))
}

// setOptions asks for what helps; where the kernel refuses, capturing works without.
func setOptions(fd, index int) {
	const on = 1
	syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, on)
	syscall.SetsockoptInt(fd, syscall.SOL_PACKET, packetAuxdata, on)
	if syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, receiveBuffer) != nil {
		syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUF, receiveBuffer)
	}
	if index > 0 { // struct packet_mreq
		m := binary.NativeEndian.AppendUint32(nil, uint32(index))
		m = binary.NativeEndian.AppendUint16(m, packetPromiscuous)
		syscall.SetsockoptString(fd, syscall.SOL_PACKET, syscall.PACKET_ADD_MEMBERSHIP, string(append(m, make([]byte, 10)...)))
	}
}

// Close ends the capture; a Next that waits returns.
func (s *socket) Close() error {
	s.conn.Control(func(fd uintptr) {
		// struct tpacket_stats is two numbers of four bytes, as is this one.
		if v, err := syscall.GetsockoptIPMreq(int(fd), syscall.SOL_PACKET, syscall.PACKET_STATISTICS); err == nil {
			s.dropped.Store(int64(binary.NativeEndian.Uint32(v.Interface[:])))
		}
	})
	s.closed.Store(true)
	return s.file.Close()
}

// Next waits for the next frame.
func (s *socket) Next() (Frame, error) {
	for {
		f, ok, err := s.receive()
		if err != nil && s.closed.Load() { // RawConn's own error for it is not os.ErrClosed
			return Frame{}, s.ended()
		}
		if err != nil {
			return Frame{}, fmt.Errorf("capturing on the %s: %v", s.file.Name(), err)
		}
		if ok {
			s.number++
			f.Number = s.number
			return f, nil
		}
	}
}

// ended tells what the kernel dropped, then the end.
func (s *socket) ended() error {
	if n := s.dropped.Load(); n > 0 && !s.told {
		s.told = true
		return &damage{What: fmt.Sprintf("the kernel dropped %d packets that came too fast", n)}
	}
	return io.EOF
}

// receive reads one frame; false for one that will come again, or has come: loopback shows each twice.
func (s *socket) receive() (f Frame, ok bool, err error) {
	var n, oobn int
	var from syscall.Sockaddr
	data := s.buf[4:]
	wait := s.conn.Read(func(fd uintptr) bool {
		n, oobn, _, from, err = syscall.Recvmsg(int(fd), data, s.oob, syscall.MSG_TRUNC)
		return err != syscall.EAGAIN
	})
	if wait != nil {
		return f, false, wait
	}
	if err == syscall.EINTR {
		return f, false, nil
	}
	addr, isLink := from.(*syscall.SockaddrLinklayer)
	if err != nil || !isLink {
		return f, false, err
	}
	if addr.Hatype == syscall.ARPHRD_LOOPBACK && addr.Pkttype == syscall.PACKET_OUTGOING {
		return f, false, nil
	}
	f = Frame{At: time.Now().UTC(), Link: hardwareLink(addr.Hatype), Data: data[:min(n, len(data))], Len: n}
	s.ancillary(&f, s.oob[:oobn])
	return f, true, nil
}

// hardwareLink is the link type of an interface; tunnels and modems deliver IP without a header.
func hardwareLink(kind uint16) uint32 {
	switch kind {
	case syscall.ARPHRD_ETHER, syscall.ARPHRD_LOOPBACK:
		return linkEthernet
	case 0xffff, syscall.ARPHRD_PPP, syscall.ARPHRD_TUNNEL, syscall.ARPHRD_TUNNEL6, syscall.ARPHRD_SIT, syscall.ARPHRD_IPGRE, 0xfffe:
		return linkRaw
	}
	return linkUnknown
}

// ancillary reads the time of arrival, and the VLAN tag that the kernel took off (struct tpacket_auxdata).
func (s *socket) ancillary(f *Frame, oob []byte) {
	list, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return
	}
	ne := binary.NativeEndian
	for _, m := range list {
		switch {
		case m.Header.Level == syscall.SOL_SOCKET && m.Header.Type == syscall.SO_TIMESTAMPNS && len(m.Data) >= 16:
			f.At = timeAt(int64(ne.Uint64(m.Data)), int64(ne.Uint64(m.Data[8:])))
		case m.Header.Level == syscall.SOL_PACKET && m.Header.Type == packetAuxdata && len(m.Data) >= 20:
			if status := ne.Uint32(m.Data); status&statusVLAN != 0 && f.Link == linkEthernet && len(f.Data) >= 12 {
				kind := uint16(etherVLAN)
				if status&statusVLANType != 0 {
					kind = ne.Uint16(m.Data[18:])
				}
				s.putTag(f, kind, ne.Uint16(m.Data[16:]))
			}
		}
	}
}

// putTag puts a VLAN tag back where it was on the wire.
func (s *socket) putTag(f *Frame, kind, tag uint16) {
	n := len(f.Data) + 4
	copy(s.buf, f.Data[:12])
	binary.BigEndian.PutUint16(s.buf[12:], kind)
	binary.BigEndian.PutUint16(s.buf[14:], tag)
	f.Data, f.Len = s.buf[:n], f.Len+4
}
