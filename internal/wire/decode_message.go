package wire

import (
	"errors"
	"fmt"
)

// handshakeName is what a handshake type is called (IANA TLS HandshakeType).
func handshakeName(typ uint8) string {
	known := [...]string{
		TypeHelloRequest: "HelloRequest", TypeClientHello: "ClientHello", TypeServerHello: "ServerHello",
		3: "HelloVerifyRequest", TypeNewSessionTicket: "NewSessionTicket", 5: "EndOfEarlyData",
		typeOldRetry: "HelloRetryRequest", TypeEncryptedExtensions: "EncryptedExtensions",
		TypeCertificate: "Certificate", TypeServerKeyExchange: "ServerKeyExchange",
		TypeCertificateRequest: "CertificateRequest", TypeServerHelloDone: "ServerHelloDone",
		TypeCertificateVerify: "CertificateVerify", TypeClientKeyExchange: "ClientKeyExchange",
		TypeFinished: "Finished", 21: "CertificateURL", TypeCertificateStatus: "CertificateStatus",
		23: "SupplementalData", TypeKeyUpdate: "KeyUpdate", 25: "CompressedCertificate", 67: "NextProtocol",
	}
	if int(typ) < len(known) && known[typ] != "" {
		return known[typ]
	}
	return fmt.Sprintf("handshake type %d", typ)
}

// messageName tells a HelloRetryRequest, which is a ServerHello by type, from a real one.
func messageName(m HandshakeMessage) string {
	if m.Type == TypeServerHello {
		if h, _ := ParseServerHello(m.Raw); h.Retry {
			return handshakeName(typeOldRetry)
		}
	}
	return handshakeName(m.Type)
}

// keep takes from a message what the Flight shows. The first of a kind stays: later ones belong to a
// renegotiation or to a peer that breaks the rules, and are listed only.
func (d *decoder) keep(s *stream, m HandshakeMessage) error {
	if s.side == ServerSide {
		return d.keepServer(s, m)
	}
	return d.keepClient(s, m)
}

func (d *decoder) keepClient(s *stream, m HandshakeMessage) error {
	switch m.Type {
	case TypeClientHello:
		hello, err := ParseClientHello(m.Raw)
		hello.RecordVersion, hello.RecordsOfHello = s.helloVersion, m.Records
		d.keepClientHello(hello)
		return err
	case TypeCertificate:
		chain, err := ParseCertificates(d.version(s), m.Body())
		if d.flight.ClientChain == nil {
			d.flight.ClientChain = chain.Chain
		}
		return err
	case TypeClientKeyExchange:
		exchange, err := ParseClientKeyExchange(d.version(s), d.suite.Kex, m.Body())
		if d.flight.ClientYc == nil {
			d.flight.ClientYc = exchange.Public
		}
		return err
	case TypeCertificateVerify:
		_, err := ParseCertificateVerify(d.version(s), m.Body())
		return err
	case TypeServerHello, TypeServerKeyExchange, TypeServerHelloDone, TypeEncryptedExtensions:
		return errors.New("sent by the client")
	}
	return d.keepEither(s, m)
}

// keepClientHello knows the first hello, the one after a retry request, and those of renegotiations.
func (d *decoder) keepClientHello(hello *ClientHello) {
	d.client = hello
	switch {
	case d.flight.Client == nil:
		d.flight.Client = hello
	case d.flight.Retry != nil && d.flight.SecondClient == nil && d.flight.Server == nil:
		d.flight.SecondClient = hello
	}
}

func (d *decoder) keepServer(s *stream, m HandshakeMessage) error {
	switch m.Type {
	case TypeServerHello, typeOldRetry:
		return d.keepServerHello(m)
	case TypeEncryptedExtensions:
		_, alpn, err := ParseEncryptedExtensions(m.Body())
		d.flight.ALPN = alpn
		return err
	case TypeCertificate:
		return d.keepCertificates(s, m)
	case TypeCertificateStatus:
		response, err := ParseCertificateStatus(m.Body())
		d.flight.OCSP = response
		return err
	case TypeServerKeyExchange:
		return d.keepKeyExchange(s, m)
	case TypeCertificateRequest:
		request, err := ParseCertificateRequest(d.version(s), m.Body())
		if d.flight.Request == nil {
			d.flight.Request = request
		}
		return err
	case TypeCertificateVerify:
		verify, err := ParseCertificateVerify(d.version(s), m.Body())
		d.flight.Verify = verify
		return err
	case TypeNewSessionTicket:
		name, err := TicketKeyName(d.version(s), m.Body())
		if d.flight.Ticket == nil {
			d.flight.Ticket = name
		}
		return err
	case TypeClientHello, TypeClientKeyExchange:
		return errors.New("sent by the server")
	}
	return d.keepEither(s, m)
}

// keepEither handles what both sides send.
func (d *decoder) keepEither(s *stream, m HandshakeMessage) error {
	switch m.Type {
	case TypeFinished:
		d.flight.Finished[s.side] = true
	case TypeKeyUpdate:
		return s.updateKeys()
	case 25:
		return errors.New("compressed certificates (RFC 8879) are not read")
	}
	return nil
}

// updateKeys follows a KeyUpdate (RFC 8446 §7.2).
func (s *stream) updateKeys() error {
	if s.keys == nil {
		return nil
	}
	keys, err := s.keys.next()
	if err == nil {
		s.keys = keys
	}
	return err
}

func (d *decoder) keepKeyExchange(s *stream, m HandshakeMessage) error {
	exchange, err := ParseServerKeyExchange(d.version(s), d.suite.Kex, m.Body())
	if d.flight.KeyExchange == nil {
		d.flight.KeyExchange = exchange
	}
	return err
}

func (d *decoder) keepCertificates(s *stream, m HandshakeMessage) error {
	certificates, err := ParseCertificates(d.version(s), m.Body())
	if d.flight.Certificates == nil {
		d.flight.Certificates = certificates
		if certificates.OCSP != nil {
			d.flight.OCSP = certificates.OCSP
		}
	}
	return err
}
