//go:build !unix

package live

import (
	"errors"
	"syscall"
)

// limitSegments fails: only Unix sockets know TCP_MAXSEG.
func limitSegments(syscall.RawConn, int) error { return errors.ErrUnsupported }
