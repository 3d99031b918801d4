package wire

import (
	"bytes"
	"math/big"
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
)

// enter12 waits for the rest of the server's flight. A suite that cannot be completed is decoded to its end.
func (c *Client) enter12(hello *ServerHello) error {
	if err := c.agreeLimits(hello.Extensions); err != nil {
		return err
	}
	if c.takesUp12(hello) {
		return c.resume12(hello)
	}
	if !c.suite.Completable || !suiteFits(c.suite, c.version) {
		c.unable = cannotComplete("suite %s with %s", names.SuiteName(hello.Suite), names.Version(c.version))
	}
	if c.suite.Auth == "anon" || c.suite.Auth == "PSK" && c.suite.Kex != "RSA_PSK" {
		c.next = c.takeAfterCertificate
		return nil
	}
	c.next = c.takeFirst12
	return nil
}

// takeFirst12 handles the message after the ServerHello: a Certificate, but for suites without.
func (c *Client) takeFirst12(m incoming) error {
	if c.unable != nil && m.Type != TypeCertificate {
		return c.takeAfterCertificate(m)
	}
	if err := c.takeCertificate(m); err != nil {
		return err
	}
	c.next = c.takeAfterCertificate
	return c.refuse(StepCertificate)
}

// takeAfterCertificate handles what follows in any order that servers use: CertificateStatus, ServerKeyExchange,
// CertificateRequest, ServerHelloDone, each at most once.
func (c *Client) takeAfterCertificate(m incoming) error {
	switch {
	case m.Type == TypeCertificateStatus && c.flight.OCSP == nil && c.flight.KeyExchange == nil:
		return c.takeStatus(m)
	case m.Type == TypeServerKeyExchange && c.flight.KeyExchange == nil:
		return c.takeKeyExchange(m)
	case m.Type == TypeCertificateRequest && c.flight.Request == nil:
		return c.takeRequest12(m)
	case m.Type == TypeServerHelloDone:
		return c.takeHelloDone(m)
	}
	return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "%s in the server's flight", handshakeName(m.Type))
}

func (c *Client) takeStatus(m incoming) error {
	response, err := ParseCertificateStatus(m.Body())
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	c.flight.OCSP = response
	return nil
}

func (c *Client) takeRequest12(m incoming) error {
	request, err := ParseCertificateRequest(c.version, m.Body())
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	c.flight.Request = request
	return nil
}

// takeKeyExchange checks the server's ephemeral parameters and their signature.
func (c *Client) takeKeyExchange(m incoming) error {
	ske, err := ParseServerKeyExchange(c.version, c.suite.Kex, m.Body())
	c.flight.KeyExchange = ske
	if c.unable != nil {
		return c.refuse(StepServerKeyExchange) // Camellia, PSK, explicit curves: whatever it is, only note it
	}
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	if ske.Kind != c.suite.Kex || ske.Kind == kindRSA {
		return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "for suite %s", c.suite.Name)
	}
	if err := c.refuse(StepServerKeyExchange); err != nil {
		return err
	}
	if err := c.checkExchange(ske); err != nil {
		return err
	}
	signed := join(c.clientRandom(), c.flight.Server.Random, ske.Params)
	return c.checkSignature(ske.Scheme, signed, ske.Signature)
}

// checkExchange holds the server to the groups and schemes offered, where any were.
func (c *Client) checkExchange(ske *ServerKeyExchange) error {
	hello := c.flight.Client
	if ske.Kind == kindECDHE && !slices.Contains(hello.Groups, ske.Group) && len(hello.Groups) > 0 {
		return giveUp(AlertIllegalParameter, ReasonUnofferedGroup, "%s", names.Group(ske.Group))
	}
	if ske.Scheme != 0 && len(hello.Signatures) > 0 {
		return c.checkScheme(ske.Scheme)
	}
	return nil
}

// takeHelloDone ends the server's flight; ours follows.
func (c *Client) takeHelloDone(m incoming) error {
	if len(m.Body()) != 0 {
		return giveUp(AlertDecodeError, ReasonDecode, "%d bytes", len(m.Body()))
	}
	if c.unable != nil {
		return c.unable
	}
	if c.suite.Kex != kindRSA && c.flight.KeyExchange == nil {
		return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "no ServerKeyExchange for suite %s", c.suite.Name)
	}
	premaster, exchange, err := c.exchangeKeys()
	if err != nil {
		return err
	}
	return c.sendFlight12(premaster, exchange)
}

// exchangeKeys makes the premaster secret and the message that lets the server make it.
func (c *Client) exchangeKeys() (premaster []byte, message *ClientKeyExchange, err error) {
	switch c.suite.Kex {
	case kindRSA:
		return c.exchangeRSA()
	case kindDHE:
		return c.exchangeDHE(c.flight.KeyExchange)
	}
	ske := c.flight.KeyExchange
	secret, point, err := c.draw(func() ([]byte, []byte, error) {
		point, secret, err := Respond(ske.Group, ske.Point, c.rand)
		if err != nil {
			return nil, nil, shareError(err)
		}
		return secret, point, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return c.premaster(kindECDHE, secret, ske), &ClientKeyExchange{Public: point}, nil
}

// exchangeRSA encrypts a random secret that starts with the version offered (RFC 5246 §7.4.7.1).
func (c *Client) exchangeRSA() ([]byte, *ClientKeyExchange, error) {
	key, err := certificateKey(c.flight.Certificates.Chain[0])
	if err != nil || key.rsa == nil {
		return nil, nil, cannotComplete("the certificate has no RSA key that can be used")
	}
	secret, err := randomBytes(c.rand, masterSecretLen)
	if err != nil {
		return nil, nil, giveUpOn(AlertInternalError, ReasonRandomSourceEmpty, err)
	}
	offered := c.flight.Client.LegacyVersion
	secret[0], secret[1] = byte(offered>>8), byte(offered)
	if c.config.Suits != nil && !key.rsa.cheap() {
		return nil, nil, cannotComplete("an RSA key of %d bits costs too much to encrypt under again and again", key.rsa.n.BitLen())
	}
	_, encrypted, err := c.draw(func() ([]byte, []byte, error) {
		encrypted, err := encryptPKCS1(c.rand, key.rsa, secret)
		if err != nil {
			return nil, nil, giveUpOn(AlertInternalError, ReasonInternal, err)
		}
		return secret, encrypted, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return c.premaster(kindRSA, secret, nil), &ClientKeyExchange{Encrypted: encrypted}, nil
}

// exchangeDHE picks the exponent and agrees with the server's value.
func (c *Client) exchangeDHE(ske *ServerKeyExchange) ([]byte, *ClientKeyExchange, error) {
	var x *big.Int
	if c.config.Exponent != nil {
		x = c.config.Exponent(ske)
	}
	key, err := newDHKey(ske.P, ske.G, x, c.rand)
	if err != nil {
		return nil, nil, err
	}
	secret, err := key.shared(ske.Ys)
	if err != nil {
		return nil, nil, err
	}
	public := key.encode(key.y)
	if c.config.PublicValue != nil {
		public = c.config.PublicValue(ske, new(big.Int).Set(key.y))
	}
	c.flight.ClientYc = public
	return c.premaster(kindDHE, secret, ske), &ClientKeyExchange{Public: public}, nil
}

// premaster applies the caller's rule, or that of the RFCs.
func (c *Client) premaster(kind string, secret []byte, ske *ServerKeyExchange) []byte {
	if c.config.Premaster != nil {
		return c.config.Premaster(kind, secret, ske)
	}
	return premasterRule(c.version, kind, secret)
}

// sendFlight12 sends everything up to our Finished.
func (c *Client) sendFlight12(premaster []byte, exchange *ClientKeyExchange) error {
	withCertificate := false
	if c.flight.Request != nil {
		var err error
		if withCertificate, err = c.sendCertificate12(); err != nil {
			return err
		}
	}
	message, err := MarshalClientKeyExchange(c.version, c.suite.Kex, exchange)
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	if err := c.sendRaw(message); err != nil {
		return err
	}
	c.deriveMaster(premaster, c.agreed(ExtExtendedMasterSecret), c.clientRandom(), c.flight.Server.Random)
	if withCertificate {
		if err := c.sendProof12(); err != nil {
			return err
		}
	}
	return c.changeAndFinish()
}

// sendCertificate12 answers a CertificateRequest; it tells whether a proof must follow. SSLv3 has an alert for
// "none" (RFC 6101 §5.6.6); its proof is of a form that is not worth having, so SSLv3 always says none.
func (c *Client) sendCertificate12() (bool, error) {
	if c.version == SSLv3 {
		return false, c.sendAlert(levelWarning, AlertNoCertificate)
	}
	_, ok := c.clientScheme()
	list := &Certificates{}
	if ok {
		list.Chain = c.config.Certificate.Chain
	}
	c.flight.ClientChain = list.Chain
	message, err := MarshalCertificates(c.version, list)
	if err != nil {
		return false, giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	return ok, c.sendRaw(message)
}

// sendProof12 signs the handshake so far (RFC 5246 §7.4.8).
func (c *Client) sendProof12() error {
	scheme, _ := c.clientScheme()
	return c.sendCertificateVerify(c.config.Certificate.Key, scheme, c.transcript)
}

// clientScheme picks how to sign with the client's certificate; false when there is none or it fits no scheme.
func (c *Client) clientScheme() (uint16, bool) {
	if c.config.Certificate == nil || len(c.config.Certificate.Chain) == 0 {
		return 0, false
	}
	return pickScheme(c.version, c.config.Certificate.Key.Public(), c.flight.Request.Signatures)
}

// changeAndFinish switches our direction to the new keys and sends Finished; the server's is then due.
func (c *Client) changeAndFinish() error {
	write, read, err := c.directions12()
	if err != nil {
		return err
	}
	if err := c.changeAndSend(write); err != nil {
		return err
	}
	c.next = c.takeTicket
	c.onChange = func() error {
		c.in = read
		c.next = c.takeFinished12
		return nil
	}
	return nil
}

// changeAndSend is our ChangeCipherSpec and Finished.
func (c *Client) changeAndSend(write *halfConn) error {
	if err := c.send(RecordChangeCipherSpec, []byte{1}); err != nil {
		return err
	}
	c.out = write
	if err := c.sendMessage(TypeFinished, raw(finished(c.version, c.suite, c.master, ClientSide, c.transcript))); err != nil {
		return err
	}
	c.flight.Finished[ClientSide] = true
	return nil
}

// takeTicket: a NewSessionTicket may come before the server changes keys (RFC 5077 §3.3), once.
func (c *Client) takeTicket(m incoming) error {
	if m.Type == TypeNewSessionTicket && c.newTicket == nil {
		return c.keepTicket12(m.Body())
	}
	return giveUp(AlertUnexpectedMessage, ReasonUnexpected, "%s before ChangeCipherSpec", handshakeName(m.Type))
}

// takeFinished12 checks the server's Finished.
func (c *Client) takeFinished12(m incoming) error {
	if err := expect(m, TypeFinished); err != nil {
		return err
	}
	if !bytes.Equal(m.Body(), finished(c.version, c.suite, c.master, ServerSide, m.before)) {
		return giveUp(AlertDecryptError, ReasonBadFinished, "")
	}
	c.flight.Finished[ServerSide] = true
	c.done = true
	c.keepSession12()
	return nil
}
