//go:build !linux

package capture

import (
	"errors"
	"io"
)

// OpenInterface captures from a network interface; only Linux offers that without a library.
func OpenInterface(string) (Input, io.Closer, error) {
	return Input{}, nil, errors.New("capturing works on Linux; record with tcpdump -w out.pcap (Windows: pktmon start --capture) and give the file")
}
