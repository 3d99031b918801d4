package fact

import "github.com/tlswhy/tlswhy/internal/wire"

// KeysAgree tells whether both sides of an experiment came to the same keys before TLS 1.3: Yes when both Finished
// messages could be opened and checked, No when the connection ended once ours was sent. Unknown: it did not come so far,
// or our own side gave up for another reason.
func (h *Handshake) KeysAgree() Tri {
	switch {
	case h.Finished == Yes:
		return Yes
	case h.End.How == EndLocal:
		if h.End.Reason == wire.ReasonBadRecord || h.End.Reason == wire.ReasonBadFinished {
			return No
		}
	case h.End.After == "client Finished", h.End.After == "server Finished":
		return No
	}
	return Unknown
}

// SpeaksDHE reports whether the server sent Diffie-Hellman parameters of its own making.
func (h *Handshake) SpeaksDHE() bool {
	return h.Key != nil && h.Key.Kind == "DHE" && h.Key.P != nil
}
