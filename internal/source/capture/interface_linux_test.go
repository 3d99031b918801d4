package capture

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"
)

// captured opens an interface, or leaves the test out where that is not allowed.
func captured(t *testing.T, name string) (Input, io.Closer) {
	t.Helper()
	in, stop, err := OpenInterface(name)
	if err != nil && strings.Contains(err.Error(), "CAP_NET_RAW") {
		missing(t, "capturing is not allowed here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return in, stop
}

// TestInterface captures one connection over loopback: each of its packets is seen, and once.
func TestInterface(t *testing.T) {
	for _, name := range []string{"lo", "any"} {
		in, stop := captured(t, name)
		port := oneConnection(t, "hello over loopback")
		time.AfterFunc(200*time.Millisecond, func() { stop.Close() })
		c, err := openContainer(in)
		if err != nil {
			t.Fatal(err)
		}
		frames, _ := drain(t, c)
		d := newDecoder()
		syns, payload := 0, ""
		for _, f := range frames {
			var s segment
			if !d.decode(&f, &s) || s.Dst.Port() != port {
				continue
			}
			if s.Flags&flagSYN != 0 {
				syns++
			}
			payload += string(s.Payload)
			if age := time.Since(f.At); age < 0 || age > time.Minute {
				t.Errorf("%s: a packet came at %v", name, f.At)
			}
		}
		if syns != 1 || payload != "hello over loopback" {
			t.Errorf("%s: %d SYNs, payload %q in %d frames", name, syns, payload, len(frames))
		}
	}
}

// oneConnection sends text over loopback and returns the server's port.
func oneConnection(t *testing.T, text string) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			return
		}
		io.WriteString(c, text)
		c.Close()
	}()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.ReadAll(c); err != nil {
		t.Fatal(err)
	}
	return netip.MustParseAddrPort(l.Addr().String()).Port()
}

// TestInterfaceStops: closing ends a Next that waits, and telling so does not fail.
func TestInterfaceStops(t *testing.T) {
	in, stop := captured(t, "lo")
	ended := make(chan error)
	go func() {
		for {
			if _, err := in.live.Next(); err != nil {
				ended <- err
				return
			}
		}
	}()
	if err := stop.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != io.EOF {
		t.Error(err)
	}
	if err := stop.Close(); err != nil && !errors.Is(err, net.ErrClosed) && !strings.Contains(err.Error(), "closed") {
		t.Error(err)
	}
}

func TestInterfaceUnknown(t *testing.T) {
	if _, _, err := OpenInterface("nosuch0"); err == nil || !strings.Contains(err.Error(), "there are: ") {
		t.Errorf("%v", err)
	}
}

// TestInterfaceVLAN: the tag that the kernel took off stands again where it was.
func TestInterfaceVLAN(t *testing.T) {
	s := &socket{buf: make([]byte, 4+maxFrame)}
	n := copy(s.buf[4:], helloFrame)
	f := Frame{Link: linkEthernet, Data: s.buf[4 : 4+n], Len: n}
	ne := binary.NativeEndian
	aux := ne.AppendUint32(nil, statusVLAN|statusVLANType)
	aux = append(aux, make([]byte, 12)...)
	aux = ne.AppendUint16(ne.AppendUint16(aux, 12), etherQinQ)
	s.ancillary(&f, controlMessage(syscall.SOL_PACKET, packetAuxdata, aux))
	var seg segment
	if !newDecoder().decode(&f, &seg) || seg.Through != "vlan 12" || string(seg.Payload) != "hello" || f.Len != n+4 {
		t.Errorf("%+v of %x", seg, f.Data)
	}
	if kind := binary.BigEndian.Uint16(f.Data[12:]); kind != etherQinQ {
		t.Errorf("the tag is of type %#x", kind)
	}
}

// controlMessage is a struct cmsghdr with data.
func controlMessage(level, kind int32, data []byte) []byte {
	b := make([]byte, syscall.CmsgSpace(len(data)))
	ne := binary.NativeEndian
	at := syscall.CmsgLen(0)
	if at == 16 { // 64 bits
		ne.PutUint64(b, uint64(syscall.CmsgLen(len(data))))
	} else {
		ne.PutUint32(b, uint32(syscall.CmsgLen(len(data))))
	}
	ne.PutUint32(b[at-8:], uint32(level))
	ne.PutUint32(b[at-4:], uint32(kind))
	copy(b[at:], data)
	return b
}

// TestHardwareLink: what each kind of interface delivers (linux/if_arp.h).
func TestHardwareLink(t *testing.T) {
	for kind, want := range map[uint16]uint32{1: linkEthernet, 772: linkEthernet, 0xfffe: linkRaw, 512: linkRaw, 768: linkRaw, 24: linkUnknown} {
		if got := hardwareLink(kind); got != want {
			t.Errorf("%d: %d, want %d", kind, got, want)
		}
	}
}
