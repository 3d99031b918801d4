package wire

import (
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// Handshake puts the four byte header before a body, which must be shorter than 16 MiB.
func Handshake(typ uint8, body []byte) []byte {
	out := make([]byte, 0, handshakeHeaderLen+len(body))
	out = append(out, typ, byte(len(body)>>16), byte(len(body)>>8), byte(len(body)))
	return append(out, body...)
}

// Marshal writes the message with its header. Extensions are written as listed; when there are none, those that
// the other fields call for (ExtensionList). A Retry gets the random that marks it. The error says that a part
// is too long for its length field.
func (h *ServerHello) Marshal() ([]byte, error) {
	extensions := h.Extensions
	if extensions == nil {
		var err error
		if extensions, err = h.ExtensionList(); err != nil {
			return nil, err
		}
	}
	random := h.Random
	if h.Retry {
		random = retryRandom()
	}
	return handshakeMessage(TypeServerHello, func(b *cryptobyte.Builder) {
		b.AddUint16(h.LegacyVersion)
		b.AddBytes(random)
		b.AddUint8LengthPrefixed(raw(h.SessionID))
		b.AddUint16(h.Suite)
		b.AddUint8(h.Compression)
		if len(extensions) > 0 {
			addExtensions(b, extensions)
		}
	})
}

// ExtensionList are the extensions that the fields of h call for.
func (h *ServerHello) ExtensionList() ([]Extension, error) {
	var e extensionList
	e.addIf(h.Renegotiation, ExtRenegotiationInfo, raw([]byte{0}))
	e.addIf(is13(h.Version), ExtSupportedVersions, func(b *cryptobyte.Builder) { b.AddUint16(h.Version) })
	e.addIf(h.Share != nil, ExtKeyShare, h.addShare)
	e.addIf(h.Cookie != nil, ExtCookie, func(b *cryptobyte.Builder) { b.AddUint16LengthPrefixed(raw(h.Cookie)) })
	e.addIf(h.Ticket, ExtSessionTicket, nil)
	e.addIf(h.ALPN != "", ExtALPN, alpnData([]string{h.ALPN}))
	e.addIf(h.EMS, ExtExtendedMasterSecret, nil)
	return e.list, e.err
}

// addShare writes the group alone into a retry request (RFC 8446 §4.2.8).
func (h *ServerHello) addShare(b *cryptobyte.Builder) {
	if h.Retry {
		b.AddUint16(h.Share.Group)
		return
	}
	addKeyShare(b, *h.Share)
}

// MarshalEncryptedExtensions writes the message with its header; an empty alpn means no protocol was chosen.
func MarshalEncryptedExtensions(extensions []Extension, alpn string) ([]byte, error) {
	var e extensionList
	e.addIf(alpn != "", ExtALPN, alpnData([]string{alpn}))
	if e.err != nil {
		return nil, e.err
	}
	list := slices.Concat(e.list, extensions)
	return handshakeMessage(TypeEncryptedExtensions, func(b *cryptobyte.Builder) { addExtensions(b, list) })
}

// MarshalCertificates writes the message with its header. What is stapled is written with TLS 1.3 only, where
// it belongs to the first certificate.
func MarshalCertificates(version uint16, m *Certificates) ([]byte, error) {
	stapled, err := m.stapled()
	if err != nil {
		return nil, err
	}
	return handshakeMessage(TypeCertificate, func(b *cryptobyte.Builder) {
		if is13(version) {
			b.AddUint8(0) // no request context
		}
		b.AddUint24LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, der := range m.Chain {
				b.AddUint24LengthPrefixed(raw(der))
				if is13(version) {
					addExtensions(b, stapled)
				}
				stapled = nil // the first one's only
			}
		})
	})
}

func (m *Certificates) stapled() ([]Extension, error) {
	var e extensionList
	e.addIf(m.OCSP != nil, ExtStatusRequest, ocspStatus(m.OCSP))
	e.addIf(len(m.SCTs) > 0, ExtSCT, func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addVectors(b, m.SCTs) })
	})
	return e.list, e.err
}

// ocspStatus is a CertificateStatus structure (RFC 6066 §8).
func ocspStatus(response []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddUint8(1)
		b.AddUint24LengthPrefixed(raw(response))
	}
}

// MarshalCertificateStatus writes the message with its header (TLS 1.2 and older).
func MarshalCertificateStatus(response []byte) ([]byte, error) {
	return handshakeMessage(TypeCertificateStatus, ocspStatus(response))
}

// addVectors writes items with two byte lengths.
func addVectors(b *cryptobyte.Builder, items [][]byte) {
	for _, item := range items {
		b.AddUint16LengthPrefixed(raw(item))
	}
}

// MarshalServerKeyExchange writes the message with its header: Params, or what MarshalParams makes, then the
// signature; without a signature, as an anonymous exchange has it, Params alone.
func MarshalServerKeyExchange(version uint16, k *ServerKeyExchange) ([]byte, error) {
	params := k.Params
	if params == nil {
		var err error
		if params, err = k.MarshalParams(); err != nil {
			return nil, err
		}
	}
	return handshakeMessage(TypeServerKeyExchange, func(b *cryptobyte.Builder) {
		b.AddBytes(params)
		if k.Signature == nil {
			return
		}
		if version == TLS12 {
			b.AddUint16(k.Scheme)
		}
		b.AddUint16LengthPrefixed(raw(k.Signature))
	})
}

// MarshalParams writes the signed part, without the randoms. PLen, GLen and YsLen greater than a number needs
// make its encoding that long, with leading zeros; 0 means as short as it can be.
func (k *ServerKeyExchange) MarshalParams() ([]byte, error) {
	var b cryptobyte.Builder
	switch k.Kind {
	case kindECDHE:
		b.AddUint8(curveNamed)
		b.AddUint16(k.Group)
		b.AddUint8LengthPrefixed(raw(k.Point))
	case kindDHE:
		b.AddUint16LengthPrefixed(raw(padded(k.P, k.PLen)))
		b.AddUint16LengthPrefixed(raw(padded(k.G, k.GLen)))
		b.AddUint16LengthPrefixed(raw(padded(k.Ys, k.YsLen)))
	}
	return b.Bytes()
}

// padded gives a number at least n bytes; a missing number has none of its own.
func padded(v *big.Int, n int) []byte {
	if v == nil {
		return make([]byte, n)
	}
	return v.FillBytes(make([]byte, max(n, (v.BitLen()+7)/8)))
}

// MarshalCertificateRequest writes the message with its header.
func MarshalCertificateRequest(version uint16, r *CertificateRequest) ([]byte, error) {
	if is13(version) {
		return r.marshal13()
	}
	return handshakeMessage(TypeCertificateRequest, func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(raw(r.Types))
		if version == TLS12 {
			uint16List(r.Signatures)(b)
		}
		r.addAuthorities(b)
	})
}

func (r *CertificateRequest) marshal13() ([]byte, error) {
	var e extensionList
	e.add(ExtSignatureAlgorithms, uint16List(r.Signatures))
	e.addIf(len(r.Authorities) > 0, extAuthorities, r.addAuthorities)
	if e.err != nil {
		return nil, e.err
	}
	return handshakeMessage(TypeCertificateRequest, func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(raw(r.Context))
		addExtensions(b, e.list)
	})
}

func (r *CertificateRequest) addAuthorities(b *cryptobyte.Builder) {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addVectors(b, r.Authorities) })
}

// MarshalCertificateVerify writes the message with its header.
func MarshalCertificateVerify(version uint16, s *Signature) ([]byte, error) {
	return handshakeMessage(TypeCertificateVerify, func(b *cryptobyte.Builder) {
		if is13(version) || version == TLS12 {
			b.AddUint16(s.Scheme)
		}
		b.AddUint16LengthPrefixed(raw(s.Signature))
	})
}

// MarshalClientKeyExchange writes the message with its header; kex as in names.Suite.Kex.
func MarshalClientKeyExchange(version uint16, kex string, k *ClientKeyExchange) ([]byte, error) {
	return handshakeMessage(TypeClientKeyExchange, func(b *cryptobyte.Builder) {
		switch kind := exchangeKind(kex); {
		case kind == kindECDHE:
			b.AddUint8LengthPrefixed(raw(k.Public))
		case kind == kindDHE:
			b.AddUint16LengthPrefixed(raw(k.Public))
		case version <= SSLv3:
			b.AddBytes(k.Encrypted)
		default:
			b.AddUint16LengthPrefixed(raw(k.Encrypted))
		}
	})
}
