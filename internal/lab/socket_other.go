//go:build !unix

package lab

import (
	"errors"
	"net"
)

var errSockets = errors.New("this fault needs socket options that this system does not have")

func shrinkBacklog(net.Listener) error { return errSockets }

func segmentSize(*net.TCPConn) (int, error) { return 0, errSockets }
