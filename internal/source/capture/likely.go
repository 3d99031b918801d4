package capture

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// traits are what a ClientHello betrays about the library that built it.
type traits struct {
	hello   *wire.ClientHello
	grease  bool     // RFC 8701 values
	suites  []uint16 // without GREASE, TLS 1.3 suites and signalling values
	first13 []uint16 // the TLS 1.3 suites
	last13  bool     // they stand behind all others
	scsv    bool     // TLS_EMPTY_RENEGOTIATION_INFO_SCSV
	types   []uint16 // extensions without GREASE
}

// traitsOf sorts a hello's parts; the slices live in room.
func traitsOf(h *wire.ClientHello, room []uint16) traits {
	t := traits{hello: h}
	at := func(keep func(uint16) bool, list []uint16) []uint16 {
		from := len(room)
		for _, v := range list {
			if keep(v) {
				room = append(room, v)
			}
		}
		return room[from:len(room):len(room)]
	}
	plain := func(v uint16) bool {
		return v != wire.SuiteRenegotiationSCSV && v != wire.SuiteFallbackSCSV && v>>8 != 0x13 && !names.GREASE(v)
	}
	t.suites = at(plain, h.Suites)
	t.first13 = at(func(v uint16) bool { return v>>8 == 0x13 }, h.Suites)
	if n := len(h.Suites); n > 0 {
		t.last13 = h.Suites[n-1]>>8 == 0x13
	}
	for _, v := range h.Suites {
		t.scsv = t.scsv || v == wire.SuiteRenegotiationSCSV
		t.grease = t.grease || names.GREASE(v)
	}
	from := len(room)
	for _, e := range h.Extensions {
		if !names.GREASE(e.Type) {
			room = append(room, e.Type)
		}
	}
	t.types = room[from:]
	return t
}

// begins reports whether the suites before TLS 1.3 begin with these.
func (t *traits) begins(suites ...uint16) bool {
	if len(t.suites) < len(suites) {
		return false
	}
	for i, s := range suites {
		if t.suites[i] != s {
			return false
		}
	}
	return true
}

// order reports whether the extensions stand in this order, others in between or not.
func (t *traits) order(types ...uint16) bool {
	for _, typ := range t.types {
		if len(types) > 0 && typ == types[0] {
			types = types[1:]
		}
	}
	return len(types) == 0
}

// has reports whether an extension is there.
func (t *traits) has(typ uint16) bool { return t.order(typ) }

// offers reports whether the first protocol name is p.
func (t *traits) offers(p string) bool { return len(t.hello.ALPN) > 0 && t.hello.ALPN[0] == p }

// group reports whether a group is offered.
func (t *traits) group(g uint16) bool {
	for _, v := range t.hello.Groups {
		if v == g {
			return true
		}
	}
	return false
}

// A clientRule knows one library, or one program on it, by what its hellos share whatever they are configured to.
type clientRule struct {
	name string
	fits func(t *traits) bool
}

// Extensions that one library sends and others do not.
const (
	extStatusRequestV2 uint16 = 17
	extHeartbeat       uint16 = 15
	extDelegated       uint16 = 34
	extPostHandshake   uint16 = 49
	extALPS            uint16 = 17513 // application settings of Chromium; 17613 since version 133
	extALPSNew         uint16 = 17613
)

// clientRules are tried in order, a program before its library. They come from hellos recorded of each client, and of
// Windows from Microsoft's lists of default suites.
func clientRules() []clientRule {
	return []clientRule{
		{"Apple (Safari, URLSession)", func(t *traits) bool { return t.grease && t.begins(0xc02c, 0xc02b, 0xcca9, 0xc030, 0xc02f, 0xcca8) }},
		{"Chromium (Chrome, Edge, Electron)", func(t *traits) bool { return t.grease && (t.has(extALPS) || t.has(extALPSNew)) }},
		{"BoringSSL (Chromium, Android)", func(t *traits) bool { return t.grease }},
		{"Go crypto/tls", isGo},
		{"Java (JSSE)", func(t *traits) bool {
			return t.order(wire.ExtSupportedGroups, wire.ExtECPointFormats, extStatusRequestV2, 43)
		}},
		{"Node.js (OpenSSL)", func(t *traits) bool { return isOpenSSL(t) && t.begins(0xc02f, 0xc02b, 0xc030, 0xc02c, 0x009e, 0xc027) }},
		{"curl (OpenSSL)", func(t *traits) bool {
			return isOpenSSL(t) && t.has(extPostHandshake) && (t.offers("h2") || t.offers("http/1.1"))
		}},
		{"libpq (OpenSSL)", func(t *traits) bool { return isOpenSSL(t) && t.offers("postgresql") }},
		{"OpenSSL 3", func(t *traits) bool { return isOpenSSL(t) && t.has(wire.ExtKeyShare) && t.group(names.FFDHE2048) }},
		{"OpenSSL 1.1.1", func(t *traits) bool { return isOpenSSL(t) && t.has(wire.ExtKeyShare) }},
		{"OpenSSL 1.1 or later, without TLS 1.3", func(t *traits) bool {
			return isOpenSSL(t) && t.order(wire.ExtEncryptThenMAC, wire.ExtExtendedMasterSecret)
		}},
		{"OpenSSL 1.0.1 or 1.0.2", func(t *traits) bool { return isOpenSSL(t) && t.has(extHeartbeat) }},
		{"OpenSSL 1.0 or a library made of it", isOpenSSL},
		{"Firefox (NSS)", func(t *traits) bool { return isNSS(t) && t.has(extDelegated) }},
		{"NSS (Firefox, Thunderbird)", isNSS},
		{"Botan", func(t *traits) bool { // it keeps its extensions in a map, so that they come sorted
			return !t.scsv && t.has(wire.ExtEncryptThenMAC) && t.has(wire.ExtRenegotiationInfo) && slices.IsSorted(t.types)
		}},
		{"GnuTLS", func(t *traits) bool {
			return !t.scsv && t.has(wire.ExtRenegotiationInfo) && (t.has(wire.ExtEncryptThenMAC) || t.begins(0xc02c, 0xcca9, 0xc0ad))
		}},
		{"wolfSSL", func(t *traits) bool {
			return t.has(wire.ExtEncryptThenMAC) && t.order(wire.ExtKeyShare, 43, 13, wire.ExtECPointFormats, wire.ExtSupportedGroups)
		}},
		{"Mbed TLS", func(t *traits) bool { return t.scsv && t.begins(0xcca8, 0xcca9, 0xccaa) }},
		{"Erlang/OTP ssl", func(t *traits) bool { return t.hello.Suites[0] == wire.SuiteRenegotiationSCSV && len(t.first13) > 0 }},
		{"Apple (Secure Transport)", isSecureTransport},
		{"Schannel (Windows 11, Server 2022 or later)", func(t *traits) bool { return isSchannel(t) && len(t.first13) > 0 }},
		{"Schannel (Windows 10, Server 2016 or 2019)", func(t *traits) bool { return isSchannel(t) && t.begins(0xc02c, 0xc02b, 0xc030, 0xc02f) }},
		{"Schannel (Windows 8.1, Server 2012 R2 or older)", func(t *traits) bool { return isSchannel(t) && t.begins(0xc028, 0xc027, 0xc014, 0xc013) }},
		{"Schannel (Windows 7, Server 2008 R2 or older)", func(t *traits) bool { return isSchannel(t) && t.begins(0x002f, 0x0035) }},
		{"Schannel (Windows)", isSchannel},
		{"Conscrypt (Android)", func(t *traits) bool {
			return t.has(wire.ExtRenegotiationInfo) && t.begins(0xc02b, 0xc02c, 0xcca9, 0xc02f, 0xc030, 0xcca8)
		}},
	}
}

// isGo: its TLS 1.3 suites stand last; without them its order of extensions tells, that of before Go 1.21 or today's.
func isGo(t *traits) bool {
	if t.scsv {
		return false
	}
	return t.last13 && len(t.first13) == 3 && len(t.suites) > 0 ||
		t.order(5, 10, 11, 13, 0xff01, 18) || t.order(11, 0xff01, 23, 18, 5, 10, 13)
}

// isOpenSSL: point formats come before groups, and it signals renegotiation by a suite. Hellos for which the user left
// few suites keep both.
func isOpenSSL(t *traits) bool {
	return t.scsv && !t.has(wire.ExtRenegotiationInfo) && t.hello.Suites[0] != wire.SuiteRenegotiationSCSV &&
		t.order(wire.ExtECPointFormats, wire.ExtSupportedGroups)
}

// isNSS: ECDSA with AES-128 first and this order of extensions. BoringSSL without GREASE shares the order, not the suites.
func isNSS(t *traits) bool {
	return t.order(wire.ExtRenegotiationInfo, wire.ExtSupportedGroups, wire.ExtECPointFormats) &&
		(t.begins(0xc02b, 0xc02f, 0xcca9, 0xcca8) || t.begins(0xc02b, 0xc02f, 0xc00a, 0xc009))
}

// isSecureTransport: ECDSA with AES-256, GCM before CBC, in a row.
func isSecureTransport(t *traits) bool {
	return t.begins(0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009) || t.begins(0xc024, 0xc023, 0xc00a, 0xc009, 0xc008)
}

// isSchannel: extended_master_secret and renegotiation_info end the list, as far as they are there, or post_handshake_auth
// stands before them.
func isSchannel(t *traits) bool {
	switch {
	case t.scsv:
		return false
	case len(t.first13) > 0:
		return t.order(wire.ExtKeyShare, extPostHandshake, wire.ExtExtendedMasterSecret, wire.ExtRenegotiationInfo)
	case t.begins(0x002f, 0x0035):
		return t.order(wire.ExtRenegotiationInfo, 5, wire.ExtSupportedGroups, wire.ExtECPointFormats)
	}
	n := len(t.types)
	return n >= 4 && t.types[n-1] == wire.ExtRenegotiationInfo && t.types[n-2] == wire.ExtExtendedMasterSecret && t.order(wire.ExtSupportedGroups, wire.ExtECPointFormats)
}

// Likely names the client, or the library it is built on, that sends hellos like this one; "" when none is known to. It
// is a guess by habit: any client can imitate another.
func Likely(h *wire.ClientHello) string {
	if h == nil || len(h.Suites) == 0 {
		return ""
	}
	var room [256]uint16
	t := traitsOf(h, room[:0])
	for _, r := range clientRules() {
		if r.fits(&t) {
			return r.name
		}
	}
	return ""
}
