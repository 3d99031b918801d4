package cause

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// stepRef is where a step stands: its packet in a capture, else the handshake's own place.
func stepRef(h *fact.Handshake, name string) fact.Ref {
	for _, s := range h.Steps {
		if s.Name == name && s.Packet > 0 {
			return packetRef(h, s.Packet)
		}
	}
	return h.Ref
}

// endRef is where the end stands: the packet of the first FIN or RST, or of the last step.
func endRef(h *fact.Handshake) fact.Ref {
	if h.Passive == nil {
		return h.Ref
	}
	for _, c := range h.Passive.Closes {
		if c.By == h.End.By && c.Packet > 0 {
			return packetRef(h, c.Packet)
		}
	}
	for i := len(h.Steps) - 1; i >= 0; i-- {
		if h.Steps[i].Packet > 0 {
			return packetRef(h, h.Steps[i].Packet)
		}
	}
	return h.Ref
}

func packetRef(h *fact.Handshake, packet int) fact.Ref {
	r := h.Ref
	r.At = fmt.Sprintf("packet %d", packet)
	return r
}

func hexSuite(id uint16) string { return fmt.Sprintf(" (0x%04X)", id) }
