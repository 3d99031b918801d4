//go:build unix

package lab

import "syscall"

// smallSegments holds TCP segments to 536 bytes, as on a path with the smallest MTU.
func smallSegments(v *visitor) {
	v.dialer.Control = func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 536) })
	}
}
