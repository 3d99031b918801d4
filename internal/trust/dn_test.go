package trust

import (
	"testing"

	"golang.org/x/crypto/cryptobyte"
)

// oneName is a Name with one common name of any string type.
func oneName(tag byte, value string) cryptobyte.String {
	attr := asn1Sequence(append([]byte{6, 3, 0x55, 4, 3, tag, byte(len(value))}, value...))
	return asn1Sequence(append([]byte{0x31, byte(len(attr))}, attr...))
}

// The string types of X.680 and X.520's DirectoryString.
func TestStringTypes(t *testing.T) {
	for _, c := range []struct {
		name  string
		tag   byte
		value string
		want  string
	}{
		{"UTF8String", 12, "dé", "dé"}, {"PrintableString", 19, "db", "db"}, {"IA5String", 22, "db", "db"}, {"VisibleString", 26, "db", "db"},
		{"NumericString", 18, "17", "17"}, {"T61String, Latin-1", 20, "d\xe9", "dé"}, {"BMPString", 30, "\x00d\x00\xe9\x30\xc7", "déデ"},
		{"BMPString, surrogates", 30, "\xd8\x3d\xde\x00", "😀"}, {"BMPString, odd", 30, "\x00d\x00", "d"},
		{"UniversalString", 28, "\x00\x00\x00d\x00\x01\xf6\x00", "d😀"}, {"UTF8String, broken", 12, "d\xff", "d\uFFFD"},
	} {
		n := readName(oneName(c.tag, c.value))
		if n.common != c.want || n.text != "CN="+c.want || n.broken {
			t.Errorf("%s: %+v, want %q", c.name, n, c.want)
		}
	}
	if n := readName(oneName(4, "ab")); n.text != "CN=#04026162" || n.common != "" { // RFC 4514 §2.4
		t.Errorf("OCTET STRING: %+v", n)
	}
}

// RFC 5280 §7.1: letter case, string type and repeated spaces do not make names differ; anything else does.
func TestNamesAreComparedLeniently(t *testing.T) {
	key := readName(oneName(12, "Example CA")).key
	for value, same := range map[string]bool{"EXAMPLE  ca": true, " example CA ": true, "ExampleCA": false, "Example CB": false, "": false} {
		if got := readName(oneName(19, value)).key == key; got != same {
			t.Errorf("%q equals %q: %v", value, "Example CA", got)
		}
	}
}

func TestBrokenNames(t *testing.T) {
	for name, der := range map[string]string{"no sequence": "\x31\x00", "no set": "\x30\x02\x30\x00", "no attribute": "\x30\x04\x31\x02\x05\x00",
		"no value": "\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03", "empty": ""} {
		if n := readName(cryptobyte.String(der)); !n.broken {
			t.Errorf("%s: %+v", name, n)
		}
	}
	if n := readName(cryptobyte.String("\x30\x00")); n.broken || n.text != "" || n.key != "" {
		t.Errorf("an empty name: %+v", n)
	}
}

// RFC 4514 §2.4 and the examples of its §4.
func TestEscapeValue(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "Sue, Grabbit and Runn": `Sue\, Grabbit and Runn`, "#1": `\#1`, "a#1": "a#1", " a b ": `\ a b\ `, " ": `\ `,
		`a"b\c`: `a\"b\\c`, "a<b>c;d+e=f": `a\<b\>c\;d\+e=f`,
	} {
		if got := escapeValue(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
