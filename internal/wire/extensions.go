package wire

import (
	"net/netip"
	"strings"

	"golang.org/x/crypto/cryptobyte"
)

// An extensionList collects extensions; the first thing too long for its length field stays as err.
type extensionList struct {
	list []Extension
	err  error
}

// add appends an extension whose data body writes; a nil body means empty data.
func (e *extensionList) add(typ uint16, body func(*cryptobyte.Builder)) {
	var b cryptobyte.Builder
	if body != nil {
		body(&b)
	}
	data, err := b.Bytes()
	if err != nil && e.err == nil {
		e.err = err
	}
	e.list = append(e.list, Extension{Type: typ, Data: data})
}

func (e *extensionList) addIf(wanted bool, typ uint16, body func(*cryptobyte.Builder)) {
	if wanted {
		e.add(typ, body)
	}
}

// extensions lists what the hello says beside suites and version, in OpenSSL's order (ext_defs of
// ssl/statem/extensions.c): a few old peers depend on it, and no peer is known to dislike it.
func (h Hello) extensions(shares []KeyShare, g grease) ([]Extension, error) {
	var e extensionList
	name := sniName(h.ServerName)
	e.addIf(h.GREASE, g.first, nil)
	e.addIf(h.Renegotiation, ExtRenegotiationInfo, raw([]byte{0}))
	e.addIf(name != "", ExtServerName, serverNameData(name))
	e.addIf(h.wantsPointFormats(), ExtECPointFormats, raw([]byte{1, 0}))
	e.addIf(len(h.Groups) > 0, ExtSupportedGroups, uint16List(h.greased(g.group, h.Groups)))
	e.addIf(h.Ticket, ExtSessionTicket, raw(h.ticketData))
	e.addIf(h.Status, ExtStatusRequest, raw([]byte{1, 0, 0, 0, 0})) // ocsp, no responders, no extensions (RFC 6066 §8)
	e.addIf(len(h.ALPN) > 0, ExtALPN, alpnData(h.ALPN))
	e.addIf(h.SCT, ExtSCT, nil)
	e.addIf(h.EMS, ExtExtendedMasterSecret, nil)
	e.addIf(len(h.Signatures) > 0, ExtSignatureAlgorithms, uint16List(h.Signatures))
	if h.offers13() {
		e.add(ExtSupportedVersions, versionList(h.greased(g.version, h.Versions)))
		e.add(ExtPSKModes, raw([]byte{1, 1})) // psk_dhe_ke; without it a server may not send tickets (RFC 8446 §4.2.9)
		e.add(ExtKeyShare, keyShareList(h.greasedShares(g.group, shares)))
	}
	e.list = append(e.list, h.Extra...)
	e.addIf(h.GREASE, g.last, raw([]byte{0}))
	if h.psk != nil && e.err == nil { // it must be the last one (RFC 8446 §4.2.11)
		extension, err := h.psk.extension()
		return append(e.list, extension), err
	}
	return e.list, e.err
}

// offers13 reports whether a version is offered that is chosen by supported_versions alone: TLS 1.3, its
// drafts, or one to come.
func (h Hello) offers13() bool {
	for _, v := range h.Versions {
		if is13(v) {
			return true
		}
	}
	return false
}

// is13 takes the drafts of TLS 1.3 (0x7f00 and up) and the experiments of Google (0x7e) and Facebook (0xfb) as
// TLS 1.3: captures of those years hold them.
func is13(version uint16) bool {
	switch version >> 8 {
	case 3:
		return version >= TLS13
	case 0x7e, 0x7f, 0xfb:
		return true
	}
	return false
}

// wantsPointFormats tells whether elliptic curves may be used by TLS 1.2 or older, which have point formats
// (RFC 8422 §5.1.2); RFC 7919 groups stand at 256 to 511 of the same list.
func (h Hello) wantsPointFormats() bool {
	older := false
	for _, v := range h.Versions {
		older = older || !is13(v)
	}
	for _, g := range h.Groups {
		if older && g>>8 != 1 {
			return true
		}
	}
	return false
}

// sniName is the name to send: none for an address, and without a final dot (RFC 6066 §3).
func sniName(name string) string {
	name = strings.TrimSuffix(name, ".")
	bare := strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if _, err := netip.ParseAddr(bare); err == nil {
		return ""
	}
	return name
}

// greased puts a GREASE value before the list, where it is asked for.
func (h Hello) greased(value uint16, list []uint16) []uint16 {
	if !h.GREASE {
		return list
	}
	return append([]uint16{value}, list...)
}

// greasedShares puts a share of one byte in the GREASE group before the real ones (RFC 8701 §3.1).
func (h Hello) greasedShares(group uint16, shares []KeyShare) []KeyShare {
	if !h.GREASE || len(h.Groups) == 0 {
		return shares
	}
	return append([]KeyShare{{Group: group, Data: []byte{0}}}, shares...)
}

// grease holds the reserved values of one hello; first and last differ, since no extension may come twice.
type grease struct {
	suite, group, version, first, last uint16
}

// newGREASE picks among the sixteen values of RFC 8701 §2 by five random bytes.
func newGREASE(random []byte) grease {
	value := func(b byte) uint16 { return 0x0a0a + 0x1010*uint16(b&15) }
	g := grease{value(random[0]), value(random[1]), value(random[2]), value(random[3]), value(random[4])}
	if g.first == g.last {
		g.last = value(random[4] + 1)
	}
	return g
}

func raw(data []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddBytes(data) }
}

func serverNameData(name string) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			b.AddUint8(0) // host_name
			b.AddUint16LengthPrefixed(raw([]byte(name)))
		})
	}
}

func alpnData(protocols []string) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, p := range protocols {
				b.AddUint8LengthPrefixed(raw([]byte(p)))
			}
		})
	}
}

func addUint16s(b *cryptobyte.Builder, list []uint16) {
	for _, v := range list {
		b.AddUint16(v)
	}
}

func uint16List(list []uint16) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, list) })
	}
}

// versionList has a one byte length (RFC 8446 §4.2.1).
func versionList(list []uint16) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddUint8LengthPrefixed(func(b *cryptobyte.Builder) { addUint16s(b, list) })
	}
}

func addKeyShare(b *cryptobyte.Builder, s KeyShare) {
	b.AddUint16(s.Group)
	b.AddUint16LengthPrefixed(raw(s.Data))
}

func keyShareList(shares []KeyShare) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) {
		b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
			for _, s := range shares {
				addKeyShare(b, s)
			}
		})
	}
}

// addExtensions writes an extension block with its length.
func addExtensions(b *cryptobyte.Builder, list []Extension) {
	b.AddUint16LengthPrefixed(func(b *cryptobyte.Builder) {
		for _, e := range list {
			b.AddUint16(e.Type)
			b.AddUint16LengthPrefixed(raw(e.Data))
		}
	})
}

// findExtension gives the data of the first extension of that type.
func findExtension(list []Extension, typ uint16) ([]byte, bool) {
	for _, e := range list {
		if e.Type == typ {
			return e.Data, true
		}
	}
	return nil, false
}
