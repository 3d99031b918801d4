package wire

import (
	"bytes"
	"math/big"
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
)

// serverSecrets13 is what a TLS 1.3 server keeps between its steps.
type serverSecrets13 struct {
	group          uint16
	schedule       *schedule13
	client, server []byte // handshake traffic secrets
	clientApp      []byte // the client's first traffic secret
}

// begin13 answers the first hello: with the whole flight, or with a retry request (RFC 8446 §4.1.4).
func (s *Server) begin13() error {
	if err := s.chooseSuite(); err != nil {
		return err
	}
	if !slices.Contains(s.hello.Compressions, 0) || len(s.hello.Compressions) != 1 {
		return giveUp(AlertIllegalParameter, ReasonCompression, "")
	}
	group, err := s.chooseGroup13()
	if err != nil {
		return err
	}
	s.keys13.group = group
	if s.shareOf(s.hello) != nil {
		return s.sendFlight13(s.hello)
	}
	return s.sendRetry()
}

// chooseGroup13 is our first group that the client lists.
func (s *Server) chooseGroup13() (uint16, error) {
	for _, group := range s.config.Groups {
		if slices.Contains(s.hello.Groups, group) && schemeOf(group) != nil {
			return group, nil
		}
	}
	return 0, giveUp(AlertHandshakeFailure, ReasonNoSharedGroup, "")
}

// shareOf is the client's share of the chosen group, or nil.
func (s *Server) shareOf(hello *ClientHello) []byte {
	for _, share := range hello.Shares {
		if share.Group == s.keys13.group {
			return share.Data
		}
	}
	return nil
}

func (s *Server) sendRetry() error {
	s.transcript = retryTranscript(suiteHash(s.suite), s.hello.Raw)
	retry := &ServerHello{
		LegacyVersion: TLS12, Version: s.version, SessionID: s.hello.SessionID, Suite: s.suite.ID,
		Share: &KeyShare{Group: s.keys13.group}, Retry: true,
	}
	if err := s.sendHello(retry); err != nil {
		return err
	}
	s.sendCompatibilityChange()
	s.next = s.takeSecondHello
	return nil
}

// sendCompatibilityChange goes with the first message (RFC 8446 appendix D.4).
func (s *Server) sendCompatibilityChange() {
	if len(s.hello.SessionID) > 0 {
		s.outgoing = append(s.outgoing, compatibilityChange()...)
	}
}

// takeSecondHello must bring exactly the share asked for (RFC 8446 §4.1.2).
func (s *Server) takeSecondHello(m incoming) error {
	if err := expect(m, TypeClientHello); err != nil {
		return err
	}
	hello, err := ParseClientHello(m.Raw)
	s.flight.SecondClient = hello
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	if s.shareOf(hello) == nil || len(hello.Shares) != 1 {
		return giveUp(AlertIllegalParameter, ReasonBadKeyShare, "the second hello does not bring a share of %s", names.Group(s.keys13.group))
	}
	return s.sendFlight13(hello)
}

// sendFlight13 sends everything from ServerHello to Finished.
func (s *Server) sendFlight13(hello *ClientHello) error {
	if err := s.atKeyChange(); err != nil {
		return err
	}
	share, secret, err := s.agree13(s.shareOf(hello))
	if err != nil {
		return err
	}
	if err := s.sendServerHello13(share); err != nil {
		return err
	}
	kind := groupKind(s.keys13.group)
	s.keys13.schedule = newSchedule13(s.suite)
	s.keys13.schedule.mix(s.premaster(kind, secret, nil))
	s.prepareSecond13(kind, secret)
	if err := s.useHandshakeKeys(); err != nil {
		return err
	}
	if err := s.sendEncrypted13(); err != nil {
		return err
	}
	return s.sendFinished13()
}

// agree13 makes our share and the secret; a chosen exponent works in the finite fields only.
func (s *Server) agree13(peer []byte) (share, secret []byte, err error) {
	p := FFDHEPrime(s.keys13.group)
	if p == nil || s.config.Exponent == nil {
		share, secret, err = Respond(s.keys13.group, peer, s.rand)
		if err != nil {
			return nil, nil, shareError(err)
		}
		return share, secret, nil
	}
	yc := new(big.Int).SetBytes(peer)
	ske := &ServerKeyExchange{Kind: kindDHE, P: p, G: big.NewInt(2), PLen: len(peer), GLen: 1}
	key, err := newDHKey(ske.P, ske.G, s.exponent(ske, yc), s.rand)
	if err != nil {
		return nil, nil, err
	}
	if secret, err = key.shared(yc); err != nil {
		return nil, nil, err
	}
	return key.encode(key.y), secret, nil
}

func (s *Server) sendServerHello13(share []byte) error {
	random, err := s.serverRandom()
	if err != nil {
		return err
	}
	hello := &ServerHello{
		LegacyVersion: TLS12, Version: s.version, Random: random, SessionID: s.hello.SessionID, Suite: s.suite.ID,
		Share: &KeyShare{Group: s.keys13.group, Data: share},
	}
	if err := s.sendHello(hello); err != nil {
		return err
	}
	if s.flight.Retry == nil {
		s.sendCompatibilityChange()
	}
	return nil
}

func (s *Server) useHandshakeKeys() error {
	s.keys13.client, s.keys13.server = s.keys13.schedule.handshake(s.transcript)
	s.keep(LabelClientHandshake, s.hello.Random, s.keys13.client)
	s.keep(LabelServerHandshake, s.hello.Random, s.keys13.server)
	if err := s.setKeys13(s.keys13.client, s.keys13.server); err != nil {
		return err
	}
	s.watchSecond()
	return nil
}

// sendEncrypted13 sends EncryptedExtensions to CertificateVerify.
func (s *Server) sendEncrypted13() error {
	message, err := MarshalEncryptedExtensions(s.config.Extra, s.flight.ALPN)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	if err := s.sendRaw(message); err != nil {
		return err
	}
	if s.config.ClientAuth != ClientAuthNone {
		if err := s.sendRequest(); err != nil {
			return err
		}
	}
	s.flight.Certificates = &Certificates{Chain: s.config.Chain}
	if s.staples() {
		s.flight.Certificates.OCSP = s.config.OCSP
	}
	if message, err = MarshalCertificates(s.version, s.flight.Certificates); err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	if err := s.sendRaw(message); err != nil {
		return err
	}
	return s.sendVerify13()
}

func (s *Server) sendVerify13() error {
	signature, err := s.sign(signedContent13(s.keys13.schedule.newHash, ServerSide, s.transcript))
	if err != nil {
		return err
	}
	s.flight.Verify = &Signature{Scheme: s.scheme, Signature: signature}
	message, err := MarshalCertificateVerify(s.version, s.flight.Verify)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	return s.sendRaw(message)
}

// sendFinished13 ends our flight and switches our direction to the traffic keys.
func (s *Server) sendFinished13() error {
	k := &s.keys13
	verify := finished13(k.schedule.newHash, k.server, s.transcript)
	if err := s.sendMessage(TypeFinished, raw(s.spoil(verify))); err != nil {
		return err
	}
	s.flight.Finished[ServerSide] = true
	k.schedule.mix(nil)
	client, server, exporter := k.schedule.application(s.transcript)
	k.clientApp = client
	s.keep(LabelClientTraffic, s.hello.Random, client)
	s.keep(LabelServerTraffic, s.hello.Random, server)
	s.keep(LabelExporter, s.hello.Random, exporter)
	out, err := keysFromTraffic(s.suite, server)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	s.out = out
	s.next = s.takeFinished13
	if s.config.ClientAuth != ClientAuthNone {
		s.next = s.takeClientCertificate13
	}
	return nil
}

func (s *Server) takeClientCertificate13(m incoming) error {
	if err := s.readClientChain(m); err != nil {
		return err
	}
	s.next = s.takeFinished13
	if s.gotProof {
		s.next = s.takeClientVerify13
	}
	return nil
}

func (s *Server) takeClientVerify13(m incoming) error {
	signed := signedContent13(s.keys13.schedule.newHash, ClientSide, m.before)
	if err := s.checkClientProof(m, signed); err != nil {
		return err
	}
	s.next = s.takeFinished13
	return nil
}

// takeFinished13 ends the handshake.
func (s *Server) takeFinished13(m incoming) error {
	if err := expect(m, TypeFinished); err != nil {
		return err
	}
	k := &s.keys13
	if !bytes.Equal(m.Body(), finished13(k.schedule.newHash, k.client, m.before)) {
		return giveUp(AlertDecryptError, ReasonBadFinished, "")
	}
	if err := s.atKeyChange(); err != nil {
		return err
	}
	in, err := keysFromTraffic(s.suite, k.clientApp)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	s.in = in
	s.flight.Finished[ClientSide] = true
	s.done = true
	return nil
}
