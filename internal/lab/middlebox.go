package lab

import (
	"crypto/tls"

	"github.com/tlswhy/tlswhy/internal/wire"
)

const (
	// oneSegment is what fits one Ethernet segment, roughly: 1500 bytes less the headers of IP and TCP.
	oneSegment = 1400
	// smallSegment is what passes a path whose ICMP messages are lost: tunnels take a few hundred bytes at most.
	smallSegment = 1000
)

// middleboxFaults are peers, and devices on the way, that break on a hello instead of answering it.
func middleboxFaults() []Fault {
	return []Fault{
		of("version-intolerant-server", "the peer closes when TLS 1.3 is offered", anyProto, serving(versions(tls.VersionTLS12, tls.VersionTLS12), judging(hates13))),
		of("large-hello-dropped", "hellos of more than one segment are lost", anyProto, serving(judging(dropsLarge), impatient)),
		of("hello-length-intolerance", "the peer hangs on hellos of 256 to 511 bytes", anyProto, serving(judging(hangsOnLength), impatient, as("openssl3"))),
		of("silent-after-hello", "the peer never answers a hello", anyProto, serving(judging(always(silence)), impatient)),
		of("closed-after-hello", "the peer closes after any hello", anyProto, serving(judging(always(closing)))),
		of("firewall-resets-handshake", "a hello with this name in it is answered by RST", anyProto, serving(judging(resetsName))),
		of("path-mtu-blackhole", "the server's large packets are lost on the way", anyProto, serving(judging(losesLarge), impatient)),
	}
}

func always(v verdict) func(*site, *guest, *wire.ClientHello) verdict {
	return func(*site, *guest, *wire.ClientHello) verdict { return v }
}

func hates13(_ *site, _ *guest, h *wire.ClientHello) verdict {
	if offers13(h) {
		return closing
	}
	return nil
}

func dropsLarge(_ *site, _ *guest, h *wire.ClientHello) verdict {
	if len(h.Raw) > oneSegment {
		return silence
	}
	return nil
}

// hangsOnLength is the fault for which RFC 7685 was written: a length whose high byte is 1 is taken for
// something else.
func hangsOnLength(_ *site, _ *guest, h *wire.ClientHello) verdict {
	if n := len(h.Raw); n >= 256 && n < 512 {
		return silence
	}
	return nil
}

func resetsName(s *site, _ *guest, h *wire.ClientHello) verdict {
	if h.ServerName == s.host {
		return resets
	}
	return nil
}

// losesLarge delivers nothing to a client whose segments may be large; on the wire the first full segment of
// the server's flight would be lost, over and over.
func losesLarge(_ *site, g *guest, _ *wire.ClientHello) verdict {
	if n, err := segmentSize(g.tcp); err != nil || n > smallSegment {
		return silence
	}
	return nil
}
