package client

import (
	"maps"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Met finds what a behaviour's hello met. Where it was not made, what another one met tells as much as can be told: one that
// differs in the name alone, or one whose server chose nothing but what this hello offers too; nil: none such.
func (s *Server) Met(b Behaviour) *fact.Handshake {
	if h := s.Hello[b.Shape()]; h != nil {
		return h
	}
	if h := s.Hello[b.otherwiseNamed().Shape()]; h != nil {
		return h
	}
	if b.Profile.Hello == nil {
		return nil
	}
	mine := b.Profile.Hello(Target{Name: "name.test", ALPN: b.ALPN})
	var other *fact.Handshake
	for _, shape := range slices.Sorted(maps.Keys(s.Hello)) {
		h := s.Hello[shape]
		if strings.Contains(shape, "/direct") != (b.TLS == TLSDirect) || !wouldMeet(mine, h) {
			continue
		}
		if strings.Contains(shape, "/no-sni") == (b.SNI == SNINever) {
			return h
		}
		other = h
	}
	return other
}

// wouldMeet reports whether a hello would have met what another one met: everything that the server chose is offered, and no newer
// version is offered than the server was offered then.
func wouldMeet(mine wire.Hello, h *fact.Handshake) bool {
	s := h.Server
	if s == nil || h.Client == nil || !slices.Contains(mine.Versions, s.Version) || !slices.Contains(mine.Suites, s.Suite) || s.EMS && !mine.EMS {
		return false
	}
	if highest := slices.Max(mine.Versions); s.Version != highest && highest > slices.Max(append(slices.Clone(h.Client.Versions), h.Client.LegacyVersion)) {
		return false
	}
	if s.Share != nil && !slices.Contains(mine.Groups, s.Share.Group) {
		return false
	}
	if leaf := h.Chain.Leaf(); s.Version >= wire.TLS13 && leaf != nil && leaf.KeyType == "RSA" && !slices.ContainsFunc(mine.Signatures, isPSS) {
		return false
	}
	k := h.Key
	return k == nil || (k.Group == 0 || slices.Contains(mine.Groups, k.Group)) && (k.Scheme == 0 || slices.Contains(mine.Signatures, k.Scheme))
}
