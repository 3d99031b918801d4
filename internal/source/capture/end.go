package capture

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Silence is a sign once it lasts longer than anybody thinks about an answer; sooner when TCP already repeats itself.
const (
	silentAfter        = 10 * time.Second
	silentAfterResends = 3 * time.Second
)

// finish tells whether the handshake was finished and how the connection ended, from the messages and from TCP.
func finish(h *fact.Handshake, f *flow, client int) {
	c, s := &f.half[client], &f.half[1-client]
	if f.dropped && f.over && h.Server != nil && h.Finished == fact.Unknown {
		h.Finished = fact.Yes // data was exchanged after the handshake, only it was not kept
	}
	if h.Client == nil && h.Server == nil && !f.syn && f.half[0].scan.sent > 0 && f.half[1].scan.sent > 0 {
		h.Finished = fact.Yes // a capture that begins in the middle: data both ways
	}
	h.Passive.Resumed = resumed(h)
	leftOut(h, f, client)
	if h.Finished == fact.Yes {
		finished(h, f)
		return
	}
	h.Passive.Cut = unseen(h, f, c, s)
	ended(h, f, client)
	switch {
	case h.Passive.Cut != "":
	case h.End.How != "":
		h.Finished = fact.No
	default:
		h.Passive.Cut = "capture ends"
	}
}

// unseen tells why a handshake may have gone on unseen.
func unseen(h *fact.Handshake, f *flow, c, s *half) string {
	switch {
	case alone(c, s) || alone(s, c):
		return "one side only"
	case h.Client == nil && h.Server == nil && !f.syn && !f.synack:
		return "capture begins in the middle"
	case f.snapped && f.holed:
		return "snap length"
	case h.Protocol == "unknown" && h.End.Detail != "":
		h.Chain, h.Key, h.OCSP = nil, nil, nil // that protocol's own bytes may stand within
		return "inside an unknown protocol"
	case f.holed || h.Passive.Lost > 0:
		return fmt.Sprintf("%d bytes lost", h.Passive.Lost)
	}
	return ""
}

// alone reports whether h talks and nothing of its peer was captured although it must have spoken: h sends data on a
// connection it could not have opened alone, or acknowledges data.
func alone(h, peer *half) bool {
	if h.bytes == 0 || peer.bytes > 0 {
		return false
	}
	if peer.ttl == 0 && peer.rstTTL == 0 {
		return true
	}
	return h.hasAcked && peer.based && distance(peer.next, h.acked) > 1
}

// finished is the end of a connection that got through its handshake.
func finished(h *fact.Handshake, f *flow) {
	if h.Passive.Lost > 0 && f.holed {
		h.Passive.Cut = fmt.Sprintf("%d bytes lost", h.Passive.Lost)
	} else if f.snapped && f.holed {
		h.Passive.Cut = "snap length"
	}
	if h.End.How == fact.EndAlert && h.End.Alert != wire.AlertCloseNotify {
		return
	}
	h.End = fact.End{How: fact.EndCompleted, After: h.End.After}
	if len(h.Passive.Closes) == 0 {
		return
	}
	first := h.Passive.Closes[0]
	h.End.By = first.By
	if first.By == wire.ServerSide && lastWord(h) {
		h.End.How = first.How
		h.End.Silent = max(0, first.At-time.Duration(f.spoke-f.start))
	}
}

// lastWord reports whether the server ended the connection instead of taking it up: behind the client's Finished it
// said nothing while the client said no more either, or nothing but what is as long as an alert.
func lastWord(h *fact.Handshake) bool {
	if h.End.After != "client Finished" {
		return false
	}
	talks, refused := false, false // the client, the server
	for _, s := range slices.Backward(h.Steps) {
		switch {
		case s.From == wire.ServerSide:
			if refused || !sealedAlert(h, s) {
				return false
			}
			refused = true
		case s.Name == "Finished" || s.Name == "encrypted handshake":
			return refused || !talks
		default:
			talks = true
		}
	}
	return false
}

// sealedAlert tells a record of TLS 1.3 that is as long as an alert and its seal: 2 bytes, the type, 16 of tag (RFC 8446
// §5.2). So a server refuses a client's certificate.
func sealedAlert(h *fact.Handshake, s fact.Step) bool {
	return h.Server != nil && h.Server.Version >= wire.TLS13 && s.Name == "application data" && s.Note == "19 bytes"
}

// ended adds how TCP ended to what the messages tell.
func ended(h *fact.Handshake, f *flow, client int) {
	if h.End.How != "" {
		return
	}
	if x, ok := closing(h, f); ok {
		h.End.By, h.End.How = x.By, x.How
		h.End.Silent = max(0, x.At-time.Duration(f.spoke-f.start))
		return
	}
	silent := time.Duration(f.until - f.spoke)
	if h.Passive.Cut != "" {
		return // the silence may be the capture's
	}
	if silent >= silentAfter && heard(f) || silent >= silentAfterResends && f.retransmits > 0 {
		h.End.How, h.End.By, h.End.Silent = fact.EndTimeout, silentSide(h), silent
	}
}

// heard reports whether the last data was acknowledged. A segment
// that is neither acknowledged nor sent again means that the capture left this connection, not that its peers are
// silent.
func heard(f *flow) bool {
	h, peer := &f.half[f.speaker], &f.half[1-f.speaker]
	return (f.syn || f.synack) && peer.hasAcked && distance(h.next, peer.acked) >= 0
}

// closing is the first FIN or RST after the last data; where data came after all of them, the first.
func closing(h *fact.Handshake, f *flow) (fact.Close, bool) {
	for _, c := range h.Passive.Closes {
		if c.At >= time.Duration(f.spoke-f.start) {
			return c, true
		}
	}
	if len(h.Passive.Closes) > 0 {
		return h.Passive.Closes[0], true
	}
	return fact.Close{}, false
}

// silentSide is who owes the next word: the peer of who spoke last.
func silentSide(h *fact.Handshake) wire.Side {
	if len(h.Steps) == 0 {
		return wire.ServerSide
	}
	return h.Steps[len(h.Steps)-1].From.Other()
}

// resumed tells whether the server took up a session: with a pre-shared key in TLS 1.3 (RFC 8446 §2.2), before by
// going on to ChangeCipherSpec without a ServerHelloDone (RFC 5246 §7.3).
func resumed(h *fact.Handshake) fact.Tri {
	if h.Server == nil {
		return fact.Unknown
	}
	for _, x := range h.Server.Extensions {
		if x.Type == wire.ExtPreSharedKey {
			return fact.Yes
		}
	}
	if h.Server.Version >= wire.TLS13 || h.Chain.Leaf() != nil {
		return fact.No
	}
	for _, s := range h.Steps {
		if s.From == wire.ServerSide && s.Name == "ServerHelloDone" {
			return fact.No
		}
		if s.From == wire.ServerSide && s.Name == "ChangeCipherSpec" {
			return fact.Yes
		}
	}
	return fact.Unknown
}

// leftOut adds a step for the application data that was not kept.
func leftOut(h *fact.Handshake, f *flow, client int) {
	for i := range f.half {
		s := &f.half[i].scan
		if s.dropped == 0 {
			continue
		}
		step := fact.Step{From: sideOf(int8(i), client), At: time.Duration(s.dropAt - f.start), Packet: int(s.dropIn),
			Name: "application data", Note: fmt.Sprintf("%d bytes", s.dropped)}
		at := len(h.Steps)
		for at > 0 && (h.Steps[at-1].At > step.At || h.Steps[at-1].At == step.At && strings.HasSuffix(strings.ToLower(h.Steps[at-1].Name), "alert")) {
			at--
		}
		h.Steps = slices.Insert(h.Steps, at, step)
	}
}
