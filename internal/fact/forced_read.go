package fact

import (
	"bytes"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// ShortOf reports whether h ended at an earlier step than a control that differs from it in one thing.
func (h *Handshake) ShortOf(control *Handshake) bool {
	return control != nil && h.Progress() < control.Progress()
}

// Resumed tells whether the server took up the session that the client offered: in TLS 1.3 it says so (RFC 8446
// §4.2.11), before it repeats the session ID and sends no certificate (RFC 5246 §7.3).
func (h *Handshake) Resumed() Tri {
	s, c := h.Server, h.Client
	if s == nil || c == nil {
		return Unknown
	}
	if s.Version >= wire.TLS13 {
		for _, e := range s.Extensions {
			if e.Type == wire.ExtPreSharedKey {
				return Yes
			}
		}
		return No
	}
	same := len(c.SessionID) > 0 && bytes.Equal(c.SessionID, s.SessionID)
	return Is(same && (h.Chain == nil || len(h.Chain.Certificates) == 0))
}
