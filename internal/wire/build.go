package wire

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/crypto/cryptobyte"
)

// A Built hello is ready to send. Shares and the parts for a second hello after a retry stay with it.
type Built struct {
	Message []byte       // the handshake message with its four byte header
	Records []byte       // the message in its records, split as asked
	Shares  *ShareKeys   // private halves of the key shares
	Random  []byte       // client random, 32 bytes
	Hello   *ClientHello // the message, read back

	parts  helloParts
	random io.Reader
	psk    *pskOffer // offered in this hello
	before []byte    // the transcript that precedes this hello, for the psk's binder
}

// helloParts are the fields of a ClientHello; padding is not among extensions, since it depends on the rest.
type helloParts struct {
	version, recordVersion uint16
	random, sessionID      []byte
	suites                 []uint16
	extensions             []Extension
}

// Build makes the hello; a nil random means the system's. It fails when a list does not fit its length field,
// when no version or no suite is offered, or when a key share is asked for in a group without any
// (ErrGroupUnsupported).
func (h Hello) Build(random io.Reader) (*Built, error) {
	random = systemRandom(random)
	parts, g, err := h.fixedParts(random)
	if err != nil {
		return nil, err
	}
	keys, err := generateShares(h.sharedGroups(), random)
	if err != nil {
		return nil, err
	}
	if parts.extensions, err = h.extensions(keys.entries(), g); err != nil {
		return nil, fmt.Errorf("building hello: %v", err)
	}
	return h.finish(&Built{Shares: keys, parts: parts, random: random, psk: h.psk})
}

// fixedParts draws everything random but the shares, and checks what a hello cannot do without.
func (h Hello) fixedParts(random io.Reader) (helloParts, grease, error) {
	if len(h.Versions) == 0 && h.ForceVersion == 0 {
		return helloParts{}, grease{}, errors.New("hello offers no version")
	}
	b, err := randomBytes(random, 32+32+5)
	if err != nil {
		return helloParts{}, grease{}, err
	}
	g := newGREASE(b[64:])
	p := helloParts{
		version:       h.legacyVersion(),
		recordVersion: h.recordVersion(),
		random:        b[:32:32],
		sessionID:     h.sessionID(b[32:64:64]),
		suites:        h.suites(g.suite),
	}
	if len(p.suites) == 0 {
		return p, g, errors.New("hello offers no cipher suite")
	}
	return p, g, nil
}

// sharedGroups: key shares are a matter of TLS 1.3 only.
func (h Hello) sharedGroups() []uint16 {
	if !h.offers13() {
		return nil
	}
	return h.Shares
}

// legacyVersion names TLS 1.2 at most; what lies above is offered in supported_versions (RFC 8446 §4.1.2).
func (h Hello) legacyVersion() uint16 {
	if h.ForceVersion != 0 {
		return h.ForceVersion
	}
	if h.offers13() {
		return TLS12
	}
	return slices.Max(h.Versions)
}

// recordVersion is TLS 1.0's for the first hello, as RFC 8446 §5.1 and RFC 5246 appendix E.1 advise.
func (h Hello) recordVersion() uint16 {
	switch {
	case h.RecordVersion != 0:
		return h.RecordVersion
	case h.legacyVersion() <= SSLv3:
		return SSLv3
	}
	return TLS10
}

func (h Hello) sessionID(fresh []byte) []byte {
	switch {
	case h.NoSessionID:
		return nil
	case h.SessionID == nil && h.offers13():
		return fresh
	}
	return h.SessionID
}

// suites adds the signalling values at the end, where OpenSSL has them.
func (h Hello) suites(greaseValue uint16) []uint16 {
	list := slices.Clone(h.greased(greaseValue, h.Suites))
	if h.SCSV {
		list = append(list, SuiteRenegotiationSCSV)
	}
	if h.Fallback {
		list = append(list, SuiteFallbackSCSV)
	}
	return list
}

// finish writes the message from its parts, pads it and puts it into records.
func (h Hello) finish(b *Built) (*Built, error) {
	message, err := b.parts.marshal(h.PadTo)
	if err != nil {
		return nil, fmt.Errorf("building hello: %v", err)
	}
	if b.psk != nil {
		b.psk.bind(message, b.before)
	}
	b.Message, b.Random = message, b.parts.random
	b.Records = WriteRecords(RecordHandshake, b.parts.recordVersion, message, h.SplitRecords)
	b.Hello, _ = ParseClientHello(message) // Extra may hold a fault on purpose: that is no error here
	b.Hello.RecordVersion = b.parts.recordVersion
	b.Hello.RecordsOfHello = countRecords(len(message), h.SplitRecords)
	return b, nil
}

func (p helloParts) marshal(padTo int) ([]byte, error) {
	message, err := p.write(p.extensions)
	if err != nil || len(message) >= padTo {
		return message, err
	}
	room := padTo - len(message) - 4
	if len(p.extensions) == 0 {
		room -= 2
	}
	// At least one byte: some servers refuse a hello whose last extension is empty (OpenSSL's
	// tls_construct_ctos_padding), so the result may exceed padTo by up to six bytes.
	padding := Extension{Type: ExtPadding, Data: make([]byte, max(room, 1))}
	return p.write(insertExtension(p.extensions, padding))
}

// insertExtension puts e at the end, but before pre_shared_key, which must be last (RFC 8446 §4.2.11).
func insertExtension(list []Extension, e Extension) []Extension {
	at := len(list)
	if at > 0 && list[at-1].Type == ExtPreSharedKey {
		at--
	}
	return slices.Insert(slices.Clone(list), at, e)
}

// write leaves the extension block out when there is nothing in it, as an SSLv3 hello must.
func (p helloParts) write(extensions []Extension) ([]byte, error) {
	return handshakeMessage(TypeClientHello, func(b *cryptobyte.Builder) {
		b.AddUint16(p.version)
		b.AddBytes(p.random)
		b.AddUint8LengthPrefixed(raw(p.sessionID))
		uint16List(p.suites)(b)
		b.AddBytes([]byte{1, 0}) // null compression only
		if len(extensions) > 0 {
			addExtensions(b, extensions)
		}
	})
}

// handshakeMessage puts the four byte header before what body writes.
func handshakeMessage(typ uint8, body func(*cryptobyte.Builder)) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddUint8(typ)
	b.AddUint24LengthPrefixed(body)
	return b.Bytes()
}
