package capture

import "github.com/tlswhy/tlswhy/internal/fact"

// describe adds what the client's hello and the login's messages are known by.
func describe(h *fact.Handshake) {
	if h.Client != nil {
		h.Passive.JA3, h.Passive.JA4, h.Passive.Likely = JA3(h.Client), JA4(h.Client), Likely(h.Client)
	}
	h.Passive.Progress = Progress(h)
}
