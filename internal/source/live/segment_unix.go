//go:build unix

package live

import (
	"errors"
	"syscall"
)

// limitSegments holds a socket to TCP segments of at most so many bytes.
func limitSegments(c syscall.RawConn, size int) error {
	var err error
	ctlErr := c.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, size)
	})
	return errors.Join(ctlErr, err)
}
