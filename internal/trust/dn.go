package trust

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlswhy/tlswhy/internal/names"
)

// name is a distinguished name, read.
type name struct {
	text   string // RFC 4514: the most specific part first
	key    string // for comparing, see attribute.key
	common string // the last common name
	broken bool
}

type attribute struct {
	oid   string
	value string // decoded; empty when raw is of no string type
	raw   []byte // the value with its header
	plain bool   // value holds the text
}

const oidCommonName = "2.5.4.3"

// readName reads a Name (RFC 5280 §4.1.2.4), as far as it can be read.
func readName(element cryptobyte.String) name {
	var n name
	var rdns cryptobyte.String
	if !element.ReadASN1(&rdns, asn1.SEQUENCE) {
		return name{broken: true}
	}
	var texts, keys []string
	for !rdns.Empty() {
		var set cryptobyte.String
		if !rdns.ReadASN1(&set, asn1.SET) {
			n.broken = true
			break
		}
		text, key, common, ok := readRDN(set)
		n.broken = n.broken || !ok
		if common != "" {
			n.common = common
		}
		texts, keys = append(texts, text), append(keys, key)
	}
	slices.Reverse(texts)
	n.text, n.key = strings.Join(texts, ","), strings.Join(keys, ",")
	return n
}

func readRDN(set cryptobyte.String) (text, key, common string, ok bool) {
	var texts, keys []string
	for !set.Empty() {
		a, good := readAttribute(&set)
		if !good {
			return strings.Join(texts, "+"), strings.Join(keys, "+"), common, false
		}
		texts, keys = append(texts, a.text()), append(keys, a.key())
		if a.oid == oidCommonName {
			common = a.value
		}
	}
	slices.Sort(keys)
	slices.Reverse(texts) // as OpenSSL writes them; RFC 4514 §2.2 leaves the order open
	return strings.Join(texts, "+"), strings.Join(keys, "+"), common, true
}

func readAttribute(set *cryptobyte.String) (attribute, bool) {
	var seq, value cryptobyte.String
	var tag asn1.Tag
	var a attribute
	if !set.ReadASN1(&seq, asn1.SEQUENCE) {
		return a, false
	}
	var ok bool
	if a.oid, ok = readOID(&seq); !ok || !seq.ReadAnyASN1Element(&value, &tag) {
		return a, false
	}
	a.raw = value
	var body cryptobyte.String
	if !value.ReadAnyASN1(&body, &tag) {
		return a, false
	}
	a.value, a.plain = decodeString(tag, body)
	return a, true
}

// The string types that cryptobyte has no name for (X.680 §8.6).
const (
	tagVisibleString   = asn1.Tag(26)
	tagNumericString   = asn1.Tag(18)
	tagUniversalString = asn1.Tag(28)
	tagBMPString       = asn1.Tag(30)
)

// decodeString gives the text of the string types of DirectoryString and their relatives. Bytes that are no text
// in their type come out as U+FFFD.
func decodeString(tag asn1.Tag, b []byte) (string, bool) {
	switch tag {
	case asn1.UTF8String, asn1.PrintableString, asn1.IA5String, tagVisibleString, tagNumericString:
		return strings.ToValidUTF8(string(b), "\uFFFD"), true
	case asn1.T61String: // in practice always written as Latin-1
		r := make([]rune, len(b))
		for i, c := range b {
			r[i] = rune(c)
		}
		return string(r), true
	case tagBMPString:
		return decodeBMP(b), true
	case tagUniversalString:
		return decodeUniversal(b), true
	}
	return "", false
}

func decodeBMP(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units))
}

func decodeUniversal(b []byte) string {
	r := make([]rune, len(b)/4)
	for i := range r {
		r[i] = rune(b[4*i])<<24 | rune(b[4*i+1])<<16 | rune(b[4*i+2])<<8 | rune(b[4*i+3])
	}
	return string(r)
}

// text is the attribute as RFC 4514 §2.3 and §2.4 write it.
func (a attribute) text() string {
	if !a.plain {
		return names.OID(a.oid) + "=#" + hex.EncodeToString(a.raw)
	}
	return names.OID(a.oid) + "=" + escapeValue(a.value)
}

func escapeValue(s string) string {
	var b strings.Builder
	for i, r := range s {
		first, last := i == 0, i+len(string(r)) >= len(s)
		if strings.ContainsRune(`,+"\<>;`, r) || first && r == '#' || (first || last) && r == ' ' {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// key is for comparing names as RFC 5280 §7.1 wants it: letter case and repeated space do not count, nor does the
// string type.
func (a attribute) key() string {
	if !a.plain {
		return a.oid + "=#" + hex.EncodeToString(a.raw)
	}
	return a.oid + "=" + strings.ToLower(strings.Join(strings.Fields(a.value), " "))
}

// readOID reads an object identifier in dotted form.
func readOID(in *cryptobyte.String) (string, bool) {
	var body cryptobyte.String
	if !in.ReadASN1(&body, asn1.OBJECT_IDENTIFIER) {
		return "", false
	}
	return dotted(body)
}
