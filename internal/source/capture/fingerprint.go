package capture

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// hashedHello is room for the text of which a fingerprint is the hash; a longer one moves to the heap.
const hashedHello = 2048

// JA3 is the MD5 of five lists of a ClientHello, in hexadecimal: version, suites, extensions, groups and point formats as
// decimal numbers in the order sent, without GREASE (Althouse, Atkinson, Atkins: "Open Sourcing JA3", 2017). A hello in
// SSLv2 framing has none.
func JA3(h *wire.ClientHello) string {
	if h == nil || h.SSLv2Framing {
		return ""
	}
	var room [hashedHello]byte
	sum := md5.Sum(appendJA3(room[:0], h))
	return hex.EncodeToString(sum[:])
}

func appendJA3(b []byte, h *wire.ClientHello) []byte {
	b = strconv.AppendUint(b, uint64(h.LegacyVersion), 10)
	b = appendDecimal(append(b, ','), h.Suites)
	b = append(b, ',')
	first := true
	for _, e := range h.Extensions {
		if names.GREASE(e.Type) {
			continue
		}
		if !first {
			b = append(b, '-')
		}
		first = false
		b = strconv.AppendUint(b, uint64(e.Type), 10)
	}
	b = appendDecimal(append(b, ','), h.Groups)
	b = append(b, ',')
	for i, f := range pointFormats(h) {
		if i > 0 {
			b = append(b, '-')
		}
		b = strconv.AppendUint(b, uint64(f), 10)
	}
	return b
}

// appendDecimal writes numbers with hyphens between them, GREASE left out.
func appendDecimal(b []byte, list []uint16) []byte {
	first := true
	for _, v := range list {
		if names.GREASE(v) {
			continue
		}
		if !first {
			b = append(b, '-')
		}
		first = false
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return b
}

// pointFormats is the list of the extension of that name (RFC 8422 §5.1.2).
func pointFormats(h *wire.ClientHello) []byte {
	for _, e := range h.Extensions {
		if e.Type == wire.ExtECPointFormats && len(e.Data) > 0 {
			return e.Data[1:min(len(e.Data), 1+int(e.Data[0]))]
		}
	}
	return nil
}

// JA4 is the fingerprint of FoxIO's specification of that name, for TLS over TCP: what the hello is about in plain letters,
// then the first twelve digits of two SHA-256, of the sorted suites, and of the sorted extensions with the signature
// algorithms in the order sent.
func JA4(h *wire.ClientHello) string {
	if h == nil {
		return ""
	}
	var room [hashedHello]byte
	var out [36]byte
	b := appendJA4Plain(out[:0], h)
	b = appendDigest(append(b, '_'), appendSorted(room[:0], h.Suites))
	b = appendDigest(append(b, '_'), appendJA4Extensions(room[:0], h))
	return string(b)
}

// appendJA4Plain writes the first part: "t13d1516h2".
func appendJA4Plain(b []byte, h *wire.ClientHello) []byte {
	b = append(b, 't')
	b = append(b, ja4Version(h)...)
	sni, extensions := byte('i'), 0
	for _, e := range h.Extensions {
		if e.Type == wire.ExtServerName {
			sni = 'd'
		}
		if !names.GREASE(e.Type) {
			extensions++
		}
	}
	suites := 0
	for _, s := range h.Suites {
		if !names.GREASE(s) {
			suites++
		}
	}
	b = appendCount(appendCount(append(b, sni), suites), extensions)
	return append(b, ja4ALPN(h.ALPN)...)
}

// ja4Version is the highest version offered.
func ja4Version(h *wire.ClientHello) string {
	highest := uint16(0)
	for _, v := range h.Versions {
		if !names.GREASE(v) {
			highest = max(highest, v)
		}
	}
	if len(h.Versions) == 0 {
		highest = h.LegacyVersion
	}
	switch highest {
	case wire.TLS13:
		return "13"
	case wire.TLS12:
		return "12"
	case wire.TLS11:
		return "11"
	case wire.TLS10:
		return "10"
	case wire.SSLv3:
		return "s3"
	case wire.SSLv2:
		return "s2"
	}
	return "00"
}

// appendCount writes a number in two digits, 99 at most.
func appendCount(b []byte, n int) []byte {
	n = min(n, 99)
	return append(b, byte('0'+n/10), byte('0'+n%10))
}

// ja4ALPN is the first and the last character of the first protocol name, or of its hexadecimal form when one of the two
// is neither a letter nor a digit.
func ja4ALPN(protocols []string) string {
	if len(protocols) == 0 || protocols[0] == "" {
		return "00"
	}
	first, last := protocols[0][0], protocols[0][len(protocols[0])-1]
	if !alphanumeric(first) || !alphanumeric(last) {
		const digits = "0123456789abcdef"
		first, last = digits[first>>4], digits[last&0xf]
	}
	return string([]byte{first, last})
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// appendSorted writes numbers in four hexadecimal digits, sorted, with commas between them, GREASE left out.
func appendSorted(b []byte, list []uint16) []byte {
	var room [128]uint16
	sorted := room[:0]
	for _, v := range list {
		if !names.GREASE(v) {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	return appendHex(b, sorted)
}

func appendHex(b []byte, list []uint16) []byte {
	const digits = "0123456789abcdef"
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, digits[v>>12], digits[v>>8&0xf], digits[v>>4&0xf], digits[v&0xf])
	}
	return b
}

// appendJA4Extensions writes the extensions but for server_name and ALPN, which the first part tells, and the signature
// algorithms.
func appendJA4Extensions(b []byte, h *wire.ClientHello) []byte {
	var room, schemes [128]uint16
	types, list := room[:0], schemes[:0]
	for _, e := range h.Extensions {
		if e.Type != wire.ExtServerName && e.Type != wire.ExtALPN {
			types = append(types, e.Type)
		}
	}
	if b = appendSorted(b, types); len(b) == 0 {
		return b
	}
	for _, s := range h.Signatures {
		if !names.GREASE(s) {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return b
	}
	return appendHex(append(b, '_'), list)
}

// appendDigest writes twelve digits of a SHA-256, zeros where there is nothing to hash.
func appendDigest(b, text []byte) []byte {
	if len(text) == 0 {
		return append(b, "000000000000"...)
	}
	sum := sha256.Sum256(text)
	return hex.AppendEncode(b, sum[:6])
}
