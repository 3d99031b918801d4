package wire

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"math/big"
)

// begin12 sends the flight from ServerHello to ServerHelloDone.
func (s *Server) begin12() error {
	if err := s.chooseSuite(); err != nil {
		return err
	}
	if err := s.sendServerHello12(); err != nil {
		return err
	}
	if err := s.sendCertificate12(); err != nil {
		return err
	}
	if s.suite.Kex != kindRSA {
		if err := s.sendKeyExchange(); err != nil {
			return err
		}
	}
	if s.config.ClientAuth != ClientAuthNone {
		if err := s.sendRequest(); err != nil {
			return err
		}
	}
	s.next = s.takeClientExchange
	if s.config.ClientAuth != ClientAuthNone {
		s.next = s.takeClientCertificate
	}
	return s.sendMessage(TypeServerHelloDone, raw(nil))
}

// serverRandom draws the random, with the downgrade mark where it belongs (RFC 8446 §4.1.3).
func (s *Server) serverRandom() ([]byte, error) {
	random, err := randomBytes(s.rand, 32)
	if err != nil {
		return nil, giveUpOn(AlertInternalError, ReasonRandomSourceEmpty, err)
	}
	switch {
	case s.config.MaxVersion >= TLS13 && s.version == TLS12:
		copy(random[24:], "DOWNGRD\x01")
	case s.config.MaxVersion >= TLS12 && s.version < TLS12:
		copy(random[24:], "DOWNGRD\x00")
	}
	return random, nil
}

func (s *Server) sendServerHello12() error {
	random, err := s.serverRandom()
	if err != nil {
		return err
	}
	hello := &ServerHello{
		LegacyVersion: s.version, Version: s.version, Random: random, Suite: s.suite.ID,
		EMS:           s.hello.EMS && s.config.EMS != EMSOff && s.version > SSLv3,
		Renegotiation: s.hello.Renegotiation && s.config.Renegotiation,
		ALPN:          s.flight.ALPN,
	}
	if hello.Extensions, err = hello.ExtensionList(); err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	if _, offered := findExtension(s.hello.Extensions, ExtECPointFormats); offered && s.suite.Kex == kindECDHE {
		hello.Extensions = append(hello.Extensions, Extension{Type: ExtECPointFormats, Data: []byte{1, 0}})
	}
	if s.staples() {
		hello.Extensions = append(hello.Extensions, Extension{Type: ExtStatusRequest})
	}
	hello.Extensions = append(hello.Extensions, s.config.Extra...)
	return s.sendHello(hello)
}

// staples tells whether an OCSP answer is sent.
func (s *Server) staples() bool { return s.config.OCSP != nil && s.hello.StatusRequest }

func (s *Server) sendHello(hello *ServerHello) error {
	message, err := hello.Marshal()
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	hello.Raw = message
	if hello.Retry {
		s.flight.Retry = hello
	} else {
		s.flight.Server = hello
	}
	return s.sendRaw(message)
}

func (s *Server) sendCertificate12() error {
	s.flight.Certificates = &Certificates{Chain: s.config.Chain}
	message, err := MarshalCertificates(s.version, s.flight.Certificates)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	if err := s.sendRaw(message); err != nil || !s.staples() {
		return err
	}
	if message, err = MarshalCertificateStatus(s.config.OCSP); err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	return s.sendRaw(message)
}

// sendKeyExchange makes and signs the ephemeral parameters.
func (s *Server) sendKeyExchange() error {
	ske, err := s.ephemeral()
	if err != nil {
		return err
	}
	if ske.Params, err = ske.MarshalParams(); err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	ske.Scheme = s.scheme
	signed := join(s.hello.Random, s.flight.Server.Random, ske.Params)
	if ske.Signature, err = s.sign(signed); err != nil {
		return err
	}
	message, err := MarshalServerKeyExchange(s.version, ske)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	s.ske, s.flight.KeyExchange = ske, ske
	return s.sendRaw(message)
}

// ephemeral makes the server's half of DHE or ECDHE.
func (s *Server) ephemeral() (*ServerKeyExchange, error) {
	if s.suite.Kex == kindECDHE {
		share, err := GenerateShare(s.chooseCurve(), s.rand)
		if err != nil {
			return nil, giveUpOn(AlertInternalError, ReasonInternal, err)
		}
		s.share = share
		return &ServerKeyExchange{Kind: kindECDHE, Group: share.Group, Point: share.Public}, nil
	}
	ske := &ServerKeyExchange{Kind: kindDHE, P: s.config.DH.P, G: s.config.DH.G}
	key, err := newDHKey(ske.P, ske.G, s.exponent(ske, nil), s.rand)
	if err != nil {
		return nil, err
	}
	s.dh, ske.Ys = key, key.y
	ske.PLen, ske.GLen = (ske.P.BitLen()+7)/8, max(s.config.GeneratorLen, (ske.G.BitLen()+7)/8)
	ske.YsLen = max(s.config.PublicLen, (ske.Ys.BitLen()+7)/8)
	if s.config.PublicLen == 0 {
		ske.YsLen = ske.PLen
	}
	return ske, nil
}

func (s *Server) exponent(ske *ServerKeyExchange, yc *big.Int) *big.Int {
	if s.config.Exponent == nil {
		return nil
	}
	return s.config.Exponent(ske, yc)
}

// sign signs with the server's key, or wrongly when that is asked for.
func (s *Server) sign(content []byte) ([]byte, error) {
	signature, err := s.signWith(s.config.Key, s.scheme, content)
	if err != nil {
		return nil, giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	if s.config.BadSignature {
		signature[len(signature)-1] ^= 1
	}
	return signature, nil
}

// certificateTypes of a CertificateRequest: rsa_sign and ecdsa_sign (RFC 5246 §7.4.4, RFC 8422 §5.5).
func certificateTypes() []byte { return []byte{1, 64} }

func (s *Server) sendRequest() error {
	request := &CertificateRequest{Types: certificateTypes(), Signatures: s.config.Schemes, Authorities: s.config.Authorities}
	message, err := MarshalCertificateRequest(s.version, request)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	s.flight.Request = request
	return s.sendRaw(message)
}

// takeClientCertificate: an SSLv3 client without one sends a warning instead, which is passed over.
func (s *Server) takeClientCertificate(m incoming) error {
	if s.version == SSLv3 && m.Type == TypeClientKeyExchange {
		if err := s.checkClientChain(); err != nil {
			return err
		}
		return s.takeClientExchange(m)
	}
	if err := s.readClientChain(m); err != nil {
		return err
	}
	s.next = s.takeClientExchange
	return nil
}

// readClientChain reads the client's Certificate message, of any version.
func (s *Server) readClientChain(m incoming) error {
	if err := expect(m, TypeCertificate); err != nil {
		return err
	}
	list, err := ParseCertificates(s.version, m.Body())
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	s.flight.ClientChain = list.Chain
	return s.checkClientChain()
}

// checkClientChain enforces ClientAuthRequire.
func (s *Server) checkClientChain() error {
	s.gotProof = len(s.flight.ClientChain) > 0
	if s.gotProof || s.config.ClientAuth != ClientAuthRequire {
		return nil
	}
	alert := AlertHandshakeFailure // RFC 5246 §7.4.6
	if s.version >= TLS13 {
		alert = AlertCertificateRequired
	}
	return giveUp(alert, ReasonNoCertificate, "")
}

// takeClientExchange finishes the key exchange.
func (s *Server) takeClientExchange(m incoming) error {
	if err := expect(m, TypeClientKeyExchange); err != nil {
		return err
	}
	exchange, err := ParseClientKeyExchange(s.version, s.suite.Kex, m.Body())
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	secret, err := s.agree(exchange)
	if err != nil {
		return err
	}
	s.deriveMaster(s.premaster(s.suite.Kex, secret, s.ske), s.flight.Server.EMS, s.hello.Random, s.flight.Server.Random)
	s.prepareSecond12(secret)
	if s.gotProof {
		s.next = s.takeClientVerify12
		return nil
	}
	return s.awaitChange()
}

// agree gives the secret before any rule about leading zeros.
func (s *Server) agree(exchange *ClientKeyExchange) ([]byte, error) {
	switch s.suite.Kex {
	case kindRSA:
		return s.decryptPremaster(exchange.Encrypted)
	case kindDHE:
		s.flight.ClientYc = exchange.Public
		return s.dh.shared(new(big.Int).SetBytes(exchange.Public))
	}
	secret, err := s.share.Secret(exchange.Public)
	if err != nil {
		return nil, shareError(err)
	}
	return secret, nil
}

// decryptPremaster gives random bytes for a wrong ciphertext, so that a client cannot tell by our answer whether its
// padding was right (Bleichenbacher's attack, RFC 5246 §7.4.7.1); the handshake fails at Finished then.
func (s *Server) decryptPremaster(encrypted []byte) ([]byte, error) {
	secret, err := s.config.Key.(crypto.Decrypter).Decrypt(s.rand, encrypted, &rsa.PKCS1v15DecryptOptions{SessionKeyLen: masterSecretLen})
	if err != nil {
		return nil, giveUpOn(AlertDecryptError, ReasonBadKeyShare, err)
	}
	return secret, nil
}

// premaster applies the configured rule, or that of the RFCs.
func (s *Server) premaster(kind string, secret []byte, ske *ServerKeyExchange) []byte {
	if s.config.Premaster != nil {
		return s.config.Premaster(kind, secret, ske)
	}
	return premasterRule(s.version, kind, secret)
}

// takeClientVerify12 checks the proof over everything before it.
func (s *Server) takeClientVerify12(m incoming) error {
	if err := s.checkClientProof(m, m.before); err != nil {
		return err
	}
	return s.awaitChange()
}

// checkClientProof verifies the client's CertificateVerify over signed.
func (s *Server) checkClientProof(m incoming, signed []byte) error {
	if err := expect(m, TypeCertificateVerify); err != nil {
		return err
	}
	verify, err := ParseCertificateVerify(s.version, m.Body())
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	if err := VerifySignature(s.version, verify.Scheme, s.flight.ClientChain[0], signed, verify.Signature); err != nil {
		return giveUpOn(AlertDecryptError, ReasonBadClientSig, err)
	}
	return nil
}

// awaitChange waits for the client to use the new keys.
func (s *Server) awaitChange() error {
	read, write, err := keysFromMaster(s.version, s.suite, s.master, s.hello.Random, s.flight.Server.Random)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	s.next = func(m incoming) error {
		return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "%s before ChangeCipherSpec", handshakeName(m.Type))
	}
	s.onChange = func() error {
		s.in = read
		s.next = func(m incoming) error { return s.takeFinished12(m, write) }
		s.watchSecond()
		return nil
	}
	return nil
}

// takeFinished12 checks the client's Finished and sends ours under write, or under the second rule's keys.
func (s *Server) takeFinished12(m incoming, write *halfConn) error {
	if err := expect(m, TypeFinished); err != nil {
		return err
	}
	if !bytes.Equal(m.Body(), finished(s.version, s.suite, s.master, ClientSide, m.before)) {
		return giveUp(AlertDecryptError, ReasonBadFinished, "")
	}
	s.flight.Finished[ClientSide] = true
	if err := s.send(RecordChangeCipherSpec, []byte{1}); err != nil {
		return err
	}
	s.out = write
	if s.rule == RuleAlternative {
		s.out = s.second.write
	}
	verify := finished(s.version, s.suite, s.master, ServerSide, s.transcript)
	if err := s.sendMessage(TypeFinished, raw(s.spoil(verify))); err != nil {
		return err
	}
	s.flight.Finished[ServerSide] = true
	s.done = true
	return nil
}

// spoil changes verify_data when that is asked for.
func (s *Server) spoil(verify []byte) []byte {
	if s.config.BadFinished {
		verify[0] ^= 1
	}
	return verify
}
