package live

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// dial opens one TCP connection; a segment above 0 asks for TCP segments of at most so many bytes both ways
// (TCP_MAXSEG, tcp(7)).
func dial(ctx context.Context, addr netip.AddrPort, segment int) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1}
	if segment > 0 {
		d.Control = func(_, _ string, c syscall.RawConn) error { return limitSegments(c, segment) }
	}
	return d.DialContext(ctx, "tcp", addr.String())
}

// dialEnd says how a connection that never came to be ended.
func dialEnd(err error, took time.Duration) fact.End {
	end := fact.End{By: wire.Nobody, After: "tcp", Detail: plain(err), Silent: took}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		end.How, end.By = fact.EndRefused, wire.ServerSide
	case errors.Is(err, syscall.ECONNRESET):
		end.How, end.By = fact.EndReset, wire.ServerSide
	case timedOut(err):
		end.How = fact.EndTimeout
	default:
		end.How = fact.EndUnreachable
	}
	return end
}

// readEnd says how a read that brought nothing more ended the connection. An error that is none of a socket is the
// complaint of a protocol that carries TLS in its packets: something else came.
func readEnd(err error, silent time.Duration) fact.End {
	end := fact.End{By: wire.ServerSide, Detail: plain(err), Silent: silent}
	var socket *net.OpError
	switch {
	case timedOut(err):
		end.By, end.How = wire.Nobody, fact.EndTimeout
	case errors.Is(err, errFull):
		end.By, end.How, end.Reason = wire.ClientSide, fact.EndLocal, wire.ReasonEndless
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		end.How = fact.EndReset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &socket):
		end.How = fact.EndClosed
	default:
		end.How = fact.EndNotTLS
	}
	return end
}

func timedOut(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ETIMEDOUT)
}

// plain is the innermost word of an operating system's error: "connection refused".
func plain(err error) string {
	var no syscall.Errno
	if errors.As(err, &no) {
		return no.Error()
	}
	if err == nil {
		return ""
	}
	return err.Error()
}
