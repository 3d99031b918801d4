package fact

import (
	"strconv"

	"github.com/tlswhy/tlswhy/internal/wire"
)

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

// insufficientSecurity is the alert of a server that wants stronger suites than those offered (RFC 5246 §7.2.2).
const insufficientSecurity = 71

// RefusesDHE reports whether the server said that it will not use the TLS_DHE suites offered: an alert of that meaning in
// place of its ServerHello (RFC 5246 §7.2.2), or a suite of its own choice. That the connection was cut says nothing.
func (h *Handshake) RefusesDHE() bool {
	if h.End.How == EndLocal {
		return h.End.Reason == wire.ReasonUnofferedSuite
	}
	return h.End.How == EndAlert && h.End.By == wire.ServerSide && h.Progress() == AtHello &&
		(h.End.Alert == wire.AlertHandshakeFailure || h.End.Alert == insufficientSecurity || h.End.Alert == wire.AlertProtocolVersion)
}

// Lost reports an experiment of which neither side said why it ended: the network may have cut it off.
func (h *Handshake) Lost() bool {
	return h.KeysAgree() == Unknown && h.End.How != EndLocal && h.End.How != EndAlert
}

// Machine tells machines behind one address apart, by what each has of its own: certificate and Diffie-Hellman
// parameters, and how it writes them. It is empty where the server did not come so far.
func (h *Handshake) Machine() string {
	if !h.SpeaksDHE() {
		return ""
	}
	name := h.Key.P.Text(62) + " " + strconv.Itoa(h.Key.GLen)
	if h.Key.G != nil {
		name += " " + h.Key.G.Text(62)
	}
	if h.Chain != nil && len(h.Chain.Certificates) > 0 {
		name += " " + h.Chain.Certificates[0].SHA256
	}
	return h.ServerAddr().String() + " " + name
}
