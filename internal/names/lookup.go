package names

import (
	"fmt"
	"sort"
	"strings"
)

// entry is one row of a table ordered by number.
type entry struct {
	id   uint16
	name string
}

// key leads from a name, in lower case, to a number; tables of keys are ordered by name.
type key struct {
	name string
	id   uint16
}

// oidName is one row of the table of object identifiers, ordered as strings.
type oidName struct{ oid, name string }

func nameOf(table []entry, id uint16) (string, bool) {
	i := sort.Search(len(table), func(i int) bool { return table[i].id >= id })
	if i < len(table) && table[i].id == id {
		return table[i].name, true
	}
	return "", false
}

func idOf(table []key, name string) (uint16, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	i := sort.Search(len(table), func(i int) bool { return table[i].name >= name })
	if i < len(table) && table[i].name == name {
		return table[i].id, true
	}
	return 0, false
}

// orNumber is the name of a two byte number, "GREASE" for a reserved one, else the number as "0x1234".
func orNumber(table []entry, id uint16) string {
	if name, ok := nameOf(table, id); ok {
		return name
	}
	if GREASE(id) {
		return "GREASE"
	}
	return fmt.Sprintf("0x%04x", id)
}

// GREASE reports whether v is one of the sixteen values reserved by RFC 8701 §2 (0x0a0a, 0x1a1a … 0xfafa) that
// clients send so that servers keep ignoring what they do not know.
func GREASE(v uint16) bool {
	return v>>8 == v&0xff && v&0x0f == 0x0a
}

// Version is the name of a protocol version as reports show it: "SSLv3", "TLS1.2", "TLS1.3-draft28"; a number
// nobody assigned comes as "0x7f00".
func Version(v uint16) string { return orNumber(versions[:], v) }

// ParseVersion reads a version the way products write it: "TLS1.2", "TLSv1.2", "tlsv1_2", "1.2", "SSLv3". Letter
// case and surrounding space do not matter.
func ParseVersion(s string) (uint16, bool) { return idOf(versionKeys[:], s) }

// Group is the name of a named group (curve, finite field or hybrid): "X25519", "P-256", "ffdhe2048"; an unknown
// one comes as "0x1234".
func Group(id uint16) string { return orNumber(groups[:], id) }

// GroupByName finds a group by the name of this package, of IANA, or of OpenSSL ("P-256", "secp256r1",
// "prime256v1"). Letter case does not matter.
func GroupByName(s string) (uint16, bool) { return idOf(groupKeys[:], s) }

// Scheme is the name of a signature scheme: "rsa_pss_rsae_sha256", "ecdsa_sha1"; an unknown one comes as "0x1234".
func Scheme(id uint16) string { return orNumber(schemes[:], id) }

// SchemeByName finds a signature scheme by its name in RFC 8446 §4.2.3, or as OpenSSL writes it ("RSA+SHA256").
func SchemeByName(s string) (uint16, bool) { return idOf(schemeKeys[:], s) }

// Extension is the name of a hello extension: "server_name", "key_share"; an unknown one comes as "0x1234".
func Extension(id uint16) string { return orNumber(extensions[:], id) }

// Alert is the name of an alert description: "handshake_failure"; an unknown one comes as "alert_200".
func Alert(code uint8) string {
	if name, ok := nameOf(alerts[:], uint16(code)); ok {
		return name
	}
	return fmt.Sprintf("alert_%d", code)
}

// AlertByName finds an alert description by its name in RFC 8446 §6: "unknown_ca" is 48.
func AlertByName(s string) (uint8, bool) {
	id, ok := idOf(alertKeys[:], s)
	return uint8(id), ok
}

// OID is the common name of an object identifier in dotted form: "2.5.4.3" is "CN", "1.3.6.1.5.5.7.3.1" is
// "serverAuth"; an unknown one comes back as it is.
func OID(dotted string) string {
	i := sort.Search(len(oids), func(i int) bool { return oids[i].oid >= dotted })
	if i < len(oids) && oids[i].oid == dotted {
		return oids[i].name
	}
	return dotted
}
