package wire

import (
	"crypto"
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
)

// chooseVersion takes the highest version both sides have (RFC 8446 §4.2.1, RFC 5246 appendix E.1).
func (s *Server) chooseVersion() error {
	offered := s.hello.Versions
	if offered == nil {
		offered = versionsUpTo(min(s.hello.LegacyVersion, TLS12))
	}
	var best, highest uint16
	for _, v := range offered {
		if names.GREASE(v) || v > TLS13 {
			continue
		}
		highest = max(highest, v)
		if v >= s.config.MinVersion && v <= s.config.MaxVersion {
			best = max(best, v)
		}
	}
	if best == 0 {
		return giveUp(AlertProtocolVersion, ReasonNoSharedVersion, "the client offers %s at most", names.Version(highest))
	}
	s.version = best
	if slices.Contains(s.hello.Suites, SuiteFallbackSCSV) && s.config.MaxVersion > highest {
		return giveUp(AlertInappropriateFallback, ReasonFallback, "to %s", names.Version(highest))
	}
	return s.checkEMS()
}

func versionsUpTo(highest uint16) []uint16 {
	var list []uint16
	for v := SSLv3; v <= highest; v++ {
		list = append(list, v)
	}
	return list
}

// checkEMS enforces EMSRequired (RFC 7627 §5.3).
func (s *Server) checkEMS() error {
	if s.config.EMS == EMSRequired && s.version < TLS13 && !s.hello.EMS {
		return giveUp(AlertHandshakeFailure, ReasonNoEMS, "")
	}
	return nil
}

// chooseALPN takes our first protocol that the client lists (RFC 7301 §3.2).
func (s *Server) chooseALPN() error {
	if len(s.config.ALPN) == 0 || len(s.hello.ALPN) == 0 {
		return nil
	}
	for _, p := range s.config.ALPN {
		if slices.Contains(s.hello.ALPN, p) {
			s.flight.ALPN = p
			return nil
		}
	}
	return giveUp(AlertNoApplicationProtocol, ReasonNoSharedALPN, "the client lists %q", s.hello.ALPN)
}

// chooseSuite takes our first suite that the client lists and that works with version, key, groups and schemes.
// When a suite fails for its group or scheme alone, that is the reason given.
func (s *Server) chooseSuite() error {
	reason := ReasonNoSharedSuite
	for _, id := range s.config.Suites {
		suite, ok := names.SuiteByID(id)
		if !ok || !suite.Completable || !suiteFits(suite, s.version) || !slices.Contains(s.hello.Suites, id) || !s.keyFits(suite) {
			continue
		}
		lacks := s.lacks(suite)
		if lacks == "" {
			s.suite = suite
			return nil
		}
		reason = lacks
	}
	return giveUp(AlertHandshakeFailure, reason, "")
}

// keyFits compares the certificate's key with what the suite authenticates by.
func (s *Server) keyFits(suite names.Suite) bool {
	key := keyFor(s.config.Key.Public())
	switch {
	case key == nil:
		return false
	case suite.Kex == kindRSA:
		_, decrypts := s.config.Key.(crypto.Decrypter)
		return decrypts && key.rsa != nil
	case suite.Auth == "RSA":
		return key.rsa != nil
	case suite.Auth == "ECDSA":
		return key.rsa == nil // Ed25519 goes with the ECDSA suites (RFC 8422 §5.10)
	}
	return true
}

// lacks is the reason why a suite cannot be used, or "".
func (s *Server) lacks(suite names.Suite) string {
	if suite.Kex == kindECDHE && s.chooseCurve() == 0 {
		return ReasonNoSharedGroup
	}
	if suite.Kex == kindRSA {
		return ""
	}
	scheme, ok := pickScheme(s.version, s.config.Key.Public(), s.sharedSchemes())
	if !ok {
		return ReasonNoSharedScheme
	}
	s.scheme = scheme
	return ""
}

// sharedSchemes are the client's schemes in our order.
func (s *Server) sharedSchemes() []uint16 {
	offered := s.hello.Signatures
	if len(offered) == 0 && s.version == TLS12 {
		offered = []uint16{names.RSAPKCS1SHA1, names.ECDSASHA1}
	}
	shared := []uint16{0} // nothing accepts it: an empty list would mean SHA-1 to pickScheme
	for _, scheme := range s.config.Schemes {
		if slices.Contains(offered, scheme) {
			shared = append(shared, scheme)
		}
	}
	return shared
}

// chooseCurve is our first curve that the client lists; a client that lists none has P-256 (RFC 8422 §4 lets the
// server choose freely then). The hybrids are for TLS 1.3 only.
func (s *Server) chooseCurve() uint16 {
	for _, group := range s.config.Groups {
		if curveOf(group) != nil && (slices.Contains(s.hello.Groups, group) || len(s.hello.Groups) == 0 && group == names.P256) {
			return group
		}
	}
	return 0
}
