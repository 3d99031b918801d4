package lab

import (
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
)

// An Env is what all faults of one run share: the CA in memory and a folder for files.
type Env struct {
	CA  *Authority
	Dir string // files handed over to the user: ca.pem, client certificates
	// Listen is the address endpoints bind to; a port of 0 is chosen freely.
	Listen net.IP

	port, dnsPort int // 0: any
	files         *atomic.Int32
}

// OnPort is the same environment for an endpoint on a given port; a resolver that it needs listens on dns. 0 stands
// for any free port.
func (e *Env) OnPort(port, dns int) *Env {
	fixed := *e
	fixed.port, fixed.dnsPort = port, dns
	return &fixed
}

// Reach is the address under which this machine meets what listens.
func (e *Env) Reach() net.IP {
	switch {
	case e.Listen.Equal(net.IPv4zero):
		return net.IPv4(127, 0, 0, 1)
	case e.Listen.IsUnspecified():
		return net.IPv6loopback
	}
	return e.Listen
}

// ToReach puts Reach in place of the address that something listens on.
func (e *Env) ToReach(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil || !e.Listen.IsUnspecified() {
		return address
	}
	return net.JoinHostPort(e.Reach().String(), port)
}

// NewEnv makes a CA and writes its root into dir, which must exist and which the caller removes.
func NewEnv(dir string) (*Env, error) {
	ca, err := newAuthority("Shop Test")
	if err != nil {
		return nil, err
	}
	e := &Env{CA: ca, Dir: dir, Listen: net.IPv4(127, 0, 0, 1), files: new(atomic.Int32)}
	if err := os.WriteFile(e.CAFile(), pemOf(ca.Root.DER), 0o600); err != nil {
		return nil, fmt.Errorf("writing the lab's CA: %w", err)
	}
	return e, nil
}

// Close forgets the CA. Endpoints are closed one by one by whoever started them.
func (e *Env) Close() { e.CA = nil }

// CAFile is where the root is handed over.
func (e *Env) CAFile() string { return filepath.Join(e.Dir, "ca.pem") }

// write hands a file over under a numbered name, which tells nothing, and returns its path.
func (e *Env) write(kind string, data []byte) (string, error) {
	path := filepath.Join(e.Dir, kind+strconv.Itoa(int(e.files.Add(1)))+".pem")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", fmt.Errorf("handing over a file: %w", err)
	}
	return path, nil
}

// pemOf writes certificates as one PEM file.
func pemOf(ders ...[]byte) []byte {
	var out []byte
	for _, der := range ders {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return out
}
