package logs

import (
	"net/netip"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// peerKinds is a set of the kinds of address that peers had.
type peerKinds uint8

const (
	publicPeer peerKinds = 1 << iota
	privatePeer
	loopbackPeer
)

// peerKind is the kind that a context tells, 0 when it tells another thing.
func peerKind(c fact.Context) peerKinds {
	switch c {
	case fact.PeerPublic:
		return publicPeer
	case fact.PeerPrivate:
		return privatePeer
	case fact.PeerLoopback:
		return loopbackPeer
	}
	return 0
}

// kindOf is the kind of an address, 0 for none.
func kindOf(a netip.Addr) peerKinds {
	switch a = a.Unmap(); {
	case !a.IsValid() || a.IsUnspecified():
		return 0
	case a.IsLoopback():
		return loopbackPeer
	case a.IsPrivate(), a.IsLinkLocalUnicast(), shared.Contains(a):
		return privatePeer
	}
	return publicPeer
}

// context is the one kind that a set holds; "" when peers were of several kinds, or unknown.
func (k peerKinds) context() fact.Context {
	switch k {
	case publicPeer:
		return fact.PeerPublic
	case privatePeer:
		return fact.PeerPrivate
	case loopbackPeer:
		return fact.PeerLoopback
	}
	return ""
}
