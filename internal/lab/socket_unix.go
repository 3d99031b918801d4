//go:build unix

package lab

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// shrinkBacklog lets l keep one connection waiting and no more. listen(2) on a socket that listens already
// changes its backlog.
func shrinkBacklog(l net.Listener) error {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return errors.New("not a TCP listener")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return fmt.Errorf("reaching the socket: %w", err)
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = syscall.Listen(int(fd), 0) }); err != nil {
		return fmt.Errorf("reaching the socket: %w", err)
	}
	return failed
}

// segmentSize is how many bytes one TCP segment of the connection holds, as far as both sides agreed.
func segmentSize(c *net.TCPConn) (int, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, fmt.Errorf("reaching the socket: %w", err)
	}
	var size int
	var failed error
	if err := raw.Control(func(fd uintptr) {
		size, failed = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG)
	}); err != nil {
		return 0, fmt.Errorf("reaching the socket: %w", err)
	}
	return size, failed
}
