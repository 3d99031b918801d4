package wire

import (
	"bytes"
	"errors"
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
)

// clientSecrets13 is what a TLS 1.3 client keeps between its steps.
type clientSecrets13 struct {
	schedule       *schedule13
	client, server []byte // handshake traffic secrets
	changeSent     bool
	resumption     []byte // resumption master secret
}

// typeCompressedCertificate is what a server may send to a hello whose Extra holds compress_certificate (RFC 8879).
const typeCompressedCertificate uint8 = 25

// retryError sorts the errors of Hello.Rebuild.
func retryError(err error) error {
	if errors.Is(err, ErrGroupUnsupported) {
		return cannotComplete("%v", err)
	}
	return giveUpOn(AlertIllegalParameter, ReasonRetryNoChange, err)
}

// enter13 agrees on the handshake keys.
func (c *Client) enter13(hello *ServerHello) error {
	if err := c.atKeyChange(); err != nil {
		return err
	}
	if !bytes.Equal(hello.SessionID, c.flight.Client.SessionID) {
		return giveUp(AlertIllegalParameter, ReasonDecode, "the session ID is not echoed")
	}
	if !c.suite.Completable {
		return c.refuseOr(cannotComplete("suite %s", names.SuiteName(hello.Suite)))
	}
	secret, err := c.sharedSecret(hello)
	if err != nil {
		return err
	}
	if c.secrets13.schedule, err = c.schedule13For(hello); err != nil {
		return err
	}
	c.secrets13.schedule.mix(c.premaster(groupKind(hello.Share.Group), secret, nil))
	if err := c.useHandshakeKeys(); err != nil {
		return err
	}
	c.next = c.takeEncryptedExtensions
	return c.refuse(StepServerHello)
}

// refuseOr gives the caller's refusal the first word.
func (c *Client) refuseOr(err error) error {
	if refusal := c.refuse(StepServerHello); refusal != nil {
		return refusal
	}
	return err
}

// sharedSecret agrees with the server's share, which must be in the group we sent one for.
func (c *Client) sharedSecret(hello *ServerHello) ([]byte, error) {
	if hello.Share == nil {
		return nil, giveUp(AlertMissingExtension, ReasonBadKeyShare, "no key share")
	}
	group := hello.Share.Group
	if !slices.Contains(c.built.Shares.Groups(), group) {
		return nil, giveUp(AlertIllegalParameter, ReasonUnofferedGroup, "%s", names.Group(group))
	}
	secret, err := c.built.Shares.Shared(group, hello.Share.Data)
	if err != nil {
		return nil, giveUpOn(AlertIllegalParameter, ReasonBadKeyShare, err)
	}
	return secret, nil
}

// useHandshakeKeys switches both directions.
func (c *Client) useHandshakeKeys() error {
	s := &c.secrets13
	s.client, s.server = s.schedule.handshake(c.transcript)
	c.keep(LabelClientHandshake, c.clientRandom(), s.client)
	c.keep(LabelServerHandshake, c.clientRandom(), s.server)
	return c.setKeys13(s.server, s.client)
}

// setKeys13 switches to the keys of two traffic secrets.
func (e *engine) setKeys13(in, out []byte) (err error) {
	if e.in, err = keysFromTraffic(e.suite, in); err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	if e.out, err = keysFromTraffic(e.suite, out); err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	return nil
}

func (c *Client) takeEncryptedExtensions(m incoming) error {
	if err := expect(m, TypeEncryptedExtensions); err != nil {
		return err
	}
	answer, alpn, err := ParseEncryptedExtensions(m.Body())
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	c.flight.ALPN = alpn
	if err := c.agreeLimits(answer); err != nil {
		return err
	}
	c.next = c.takeRequestOrCertificate
	if c.resumed { // the session stands for the certificate (RFC 8446 §2.2)
		c.next = c.takeFinished13
	}
	return nil
}

func (c *Client) takeRequestOrCertificate(m incoming) error {
	if m.Type == typeCompressedCertificate {
		return cannotComplete("the server compresses its certificate")
	}
	if m.Type != TypeCertificateRequest {
		return c.takeCertificate13(m)
	}
	request, err := ParseCertificateRequest(c.version, m.Body())
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	if len(request.Context) > 0 { // only after the handshake may it hold something (RFC 8446 §4.3.2)
		return giveUp(AlertIllegalParameter, ReasonDecode, "a context of %d bytes", len(request.Context))
	}
	c.flight.Request = request
	c.next = c.takeCertificate13
	return nil
}

func (c *Client) takeCertificate13(m incoming) error {
	if err := c.takeCertificate(m); err != nil {
		return err
	}
	c.next = c.takeCertificateVerify13
	return c.refuse(StepCertificate)
}

// takeCertificate reads the server's chain, of any version.
func (c *Client) takeCertificate(m incoming) error {
	if err := expect(m, TypeCertificate); err != nil {
		return err
	}
	certificates, err := ParseCertificates(c.version, m.Body())
	c.flight.Certificates = certificates
	if errors.Is(err, errTooManyCertificates) {
		return giveUpOn(AlertDecodeError, ReasonTooLarge, err)
	}
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	if len(certificates.Chain) == 0 {
		return giveUp(AlertDecodeError, ReasonDecode, "an empty chain")
	}
	c.flight.OCSP = certificates.OCSP
	return nil
}

// takeCertificateVerify13: the scheme must be one we listed, and one for TLS 1.3 (RFC 8446 §4.4.3).
func (c *Client) takeCertificateVerify13(m incoming) error {
	if err := expect(m, TypeCertificateVerify); err != nil {
		return err
	}
	verify, err := ParseCertificateVerify(c.version, m.Body())
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	c.flight.Verify = verify
	if err := c.checkScheme(verify.Scheme); err != nil {
		return err
	}
	signed := signedContent13(c.secrets13.schedule.newHash, ServerSide, m.before)
	if err := c.checkSignature(verify.Scheme, signed, verify.Signature); err != nil {
		return err
	}
	c.next = c.takeFinished13
	return nil
}

// checkScheme: the server may sign with what we listed only.
func (c *Client) checkScheme(scheme uint16) error {
	alg, known := schemeAlgorithm(scheme)
	if !slices.Contains(c.flight.Client.Signatures, scheme) || c.version >= TLS13 && known && !alg.usable13() {
		return giveUp(AlertIllegalParameter, ReasonUnofferedScheme, "%s", names.Scheme(scheme))
	}
	return nil
}

// checkSignature verifies under the key of the server's certificate. What cannot be verified here is noted: it ends
// the handshake as "cannot complete" once the server's flight is read.
func (c *Client) checkSignature(scheme uint16, signed, signature []byte) error {
	err := VerifySignature(c.version, scheme, c.flight.Certificates.Chain[0], signed, signature)
	if err == nil {
		return nil
	}
	var sigErr *SignatureError
	if errors.As(err, &sigErr) && sigErr.Unverifiable {
		c.unable = cannotComplete("%v", err)
		return nil
	}
	return giveUpOn(AlertDecryptError, ReasonBadSignature, err)
}

// takeFinished13 checks the server's Finished, answers with our flight and switches to the traffic keys.
func (c *Client) takeFinished13(m incoming) error {
	if err := expect(m, TypeFinished); err != nil {
		return err
	}
	s := &c.secrets13
	if !bytes.Equal(m.Body(), finished13(s.schedule.newHash, s.server, m.before)) {
		return giveUp(AlertDecryptError, ReasonBadFinished, "")
	}
	if err := c.atKeyChange(); err != nil {
		return err
	}
	c.flight.Finished[ServerSide] = true
	if c.unable != nil {
		return c.unable
	}
	s.schedule.mix(nil)
	client, server, exporter := s.schedule.application(c.transcript)
	c.keep(LabelClientTraffic, c.clientRandom(), client)
	c.keep(LabelServerTraffic, c.clientRandom(), server)
	c.keep(LabelExporter, c.clientRandom(), exporter)
	if err := c.sendFlight13(); err != nil {
		return err
	}
	s.resumption = s.schedule.derive("res master", c.transcript)
	c.done = true
	return c.setKeys13(server, client)
}

// sendFlight13 sends the client's certificate if asked for, and its Finished.
func (c *Client) sendFlight13() error {
	c.sendCompatibilityChange()
	if c.flight.Request != nil {
		if err := c.sendCertificate13(); err != nil {
			return err
		}
	}
	s := &c.secrets13
	verify := finished13(s.schedule.newHash, s.client, c.transcript)
	if err := c.sendMessage(TypeFinished, raw(verify)); err != nil {
		return err
	}
	c.flight.Finished[ClientSide] = true
	return nil
}

// sendCertificate13 sends a chain and its proof, or an empty chain when there is nothing that suits.
func (c *Client) sendCertificate13() error {
	scheme, ok := c.clientScheme()
	var chain [][]byte
	if ok {
		chain = c.config.Certificate.Chain
	}
	message, err := MarshalCertificates(c.version, &Certificates{Chain: chain})
	if err != nil {
		return giveUpOn(AlertInternalError, ReasonInternal, err)
	}
	c.flight.ClientChain = chain
	if err := c.sendRaw(message); err != nil || !ok {
		return err
	}
	signed := signedContent13(c.secrets13.schedule.newHash, ClientSide, c.transcript)
	return c.sendCertificateVerify(c.config.Certificate.Key, scheme, signed)
}
