package wire

import "bytes"

// A secondRule holds the keys that the alternative premaster rule gives, until it is known which one the client uses.
type secondRule struct {
	read, write *halfConn
	master      []byte // before TLS 1.3
}

// prepareSecond12 derives the keys of the alternative rule; the transcript ends with the ClientKeyExchange.
func (s *Server) prepareSecond12(secret []byte) {
	other, differs := s.alternative(s.suite.Kex, secret, s.ske)
	if !differs {
		return
	}
	first, secrets := s.master, s.secrets
	s.deriveMaster(other, s.flight.Server.EMS, s.hello.Random, s.flight.Server.Random)
	rule := &secondRule{master: s.master}
	s.master, s.secrets = first, secrets
	read, write, err := keysFromMaster(s.version, s.suite, rule.master, s.hello.Random, s.flight.Server.Random)
	if err != nil {
		return // the first rule's keys, of the same suite, tell about it
	}
	rule.read, rule.write = read, write
	s.second = rule
}

// prepareSecond13 derives the alternative keys of the client's handshake records; the transcript ends with the
// ServerHello. The client cannot read our flight then, but its alert opens.
func (s *Server) prepareSecond13(kind string, secret []byte) {
	other, differs := s.alternative(kind, secret, nil)
	if !differs {
		return
	}
	schedule := newSchedule13(s.suite)
	schedule.mix(other)
	client, _ := schedule.handshake(s.transcript)
	if read, err := keysFromTraffic(s.suite, client); err == nil {
		s.second = &secondRule{read: read}
	}
}

// alternative is the second rule's secret, and whether it differs from the first one's.
func (s *Server) alternative(kind string, secret []byte, ske *ServerKeyExchange) ([]byte, bool) {
	if s.config.Alternative == nil {
		return nil, false
	}
	other := s.config.Alternative(kind, secret, ske)
	return other, !bytes.Equal(other, s.premaster(kind, secret, ske))
}

// watchSecond lets the next record decide between the rules.
func (s *Server) watchSecond() {
	if s.second == nil {
		return
	}
	s.decide = func(r Record) (uint8, []byte, error) {
		typ, plain, err := s.in.open(r.Type, r.Version, r.Body)
		if err == nil {
			s.rule = RuleMain
			return typ, plain, nil
		}
		typ, plain, err = s.second.read.open(r.Type, r.Version, r.Body)
		if err != nil {
			return typ, nil, err
		}
		s.rule, s.in = RuleAlternative, s.second.read
		if s.second.master != nil {
			s.master = s.second.master
			s.secrets = nil
			s.keep(LabelClientRandom, s.hello.Random, s.master)
		}
		return typ, plain, nil
	}
}
