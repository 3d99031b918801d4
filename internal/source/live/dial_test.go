package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// socketError is what package net makes of a system call's error.
func socketError(op string, err error) error {
	return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, err)}
}

func TestDialEnd(t *testing.T) {
	for _, test := range []struct {
		err    error
		how    fact.How
		by     wire.Side
		detail string
	}{
		{socketError("connect", syscall.ECONNREFUSED), fact.EndRefused, wire.ServerSide, "connection refused"},
		{socketError("connect", syscall.ECONNRESET), fact.EndReset, wire.ServerSide, "connection reset by peer"},
		{socketError("connect", syscall.EHOSTUNREACH), fact.EndUnreachable, wire.Nobody, "no route to host"},
		{socketError("connect", syscall.ENETUNREACH), fact.EndUnreachable, wire.Nobody, "network is unreachable"},
		{socketError("connect", syscall.EADDRNOTAVAIL), fact.EndUnreachable, wire.Nobody, "cannot assign requested address"},
		{socketError("connect", syscall.ETIMEDOUT), fact.EndTimeout, wire.Nobody, "connection timed out"},
		{&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, fact.EndTimeout, wire.Nobody, "dial: i/o timeout"},
		{context.DeadlineExceeded, fact.EndTimeout, wire.Nobody, "context deadline exceeded"},
	} {
		e := dialEnd(test.err, time.Second)
		if e.How != test.how || e.By != test.by || e.Detail != test.detail || e.After != "tcp" || e.Silent != time.Second {
			t.Errorf("%v: %+v", test.err, e)
		}
	}
}

func TestReadEnd(t *testing.T) {
	for _, test := range []struct {
		err error
		how fact.How
		by  wire.Side
	}{
		{io.EOF, fact.EndClosed, wire.ServerSide},
		{fmt.Errorf("reading the greeting: %w", io.ErrUnexpectedEOF), fact.EndClosed, wire.ServerSide},
		{socketError("read", syscall.ECONNRESET), fact.EndReset, wire.ServerSide},
		{socketError("write", syscall.EPIPE), fact.EndReset, wire.ServerSide},
		{socketError("read", syscall.ECONNABORTED), fact.EndReset, wire.ServerSide},
		{socketError("read", syscall.EIO), fact.EndClosed, wire.ServerSide},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, fact.EndTimeout, wire.Nobody},
		{socketError("read", syscall.ETIMEDOUT), fact.EndTimeout, wire.Nobody},
		{errFull, fact.EndLocal, wire.ClientSide},
		{errors.New("no TDS packet where TLS was due"), fact.EndNotTLS, wire.ServerSide},
	} {
		if e := readEnd(test.err, time.Second); e.How != test.how || e.By != test.by || e.Silent != time.Second || e.Detail == "" {
			t.Errorf("%v: %+v", test.err, e)
		}
	}
}

// TestNobodyListens: the connection that never came to be is told, and no bytes with it.
func TestNobodyListens(t *testing.T) {
	p := planFor(t, closedPort(t, "127.0.0.1"), "mysql")
	c, prober := p.begin(t)
	h := only(t, c)
	if h.End.How != fact.EndRefused || h.End.After != "tcp" || h.Progress() != fact.AtTCP || len(h.Steps) > 0 || len(h.Path) != 1 {
		t.Errorf("%+v", h)
	}
	if tape := prober.Tapes()[0]; len(tape.Transcript.Chunks) > 0 || tape.Done || len(tape.Path) != 1 {
		t.Errorf("%+v", tape)
	}
}

// TestOverIPv6: both ends of the path are told.
func TestOverIPv6(t *testing.T) {
	if l, err := net.Listen("tcp", "[::1]:0"); err != nil {
		t.Skipf("left out: %v", err)
	} else {
		l.Close()
	}
	c, _ := planFor(t, startPeerAt(t, "[::1]:0", healthy(t)).addr, "tls").begin(t)
	h := only(t, c)
	if !h.Completed() || len(h.Path) != 2 || !h.Path[0].Addr().Is6() || !h.Path[1].Addr().Is6() {
		t.Errorf("%v %+v", h.Path, h.End)
	}
}
