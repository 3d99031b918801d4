package names

import (
	"bytes"
	"crypto/tls"
	"os"
	"sort"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names/gen/tables"
)

func TestGeneratedFileEqualsCSV(t *testing.T) {
	want, err := tables.Source("data")
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("tables_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("tables_gen.go is not what data/*.csv gives; run go generate ./internal/names")
	}
}

func TestTablesAreOrdered(t *testing.T) {
	for name, table := range map[string][]entry{"versions": versions[:], "groups": groups[:], "schemes": schemes[:],
		"alerts": alerts[:], "extensions": extensions[:]} {
		if !sort.SliceIsSorted(table, func(i, j int) bool { return table[i].id < table[j].id }) {
			t.Errorf("%s: not ordered by number", name)
		}
	}
	for name, table := range map[string][]key{"versions": versionKeys[:], "groups": groupKeys[:], "schemes": schemeKeys[:],
		"alerts": alertKeys[:], "suites": suiteKeys[:]} {
		if !sort.SliceIsSorted(table, func(i, j int) bool { return table[i].name < table[j].name }) {
			t.Errorf("%s: not ordered by name", name)
		}
	}
	if !sort.SliceIsSorted(oids[:], func(i, j int) bool { return oids[i].oid < oids[j].oid }) {
		t.Error("oids: not ordered")
	}
}

// Numbers and names as the RFCs print them.
func TestNumbersHaveTheNamesOfTheRFCs(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Version(0x0002), "SSLv2"}, {Version(0x0300), "SSLv3"}, {Version(0x0301), "TLS1.0"}, {Version(0x0304), "TLS1.3"},
		{Version(0x7f1c), "TLS1.3-draft28"}, {Version(0x7f00), "0x7f00"}, {Version(0x8a8a), "GREASE"}, {Version(0xfefd), "DTLS1.2"},
		{Group(29), "X25519"}, {Group(23), "P-256"}, {Group(24), "P-384"}, {Group(25), "P-521"}, {Group(30), "X448"},
		{Group(256), "ffdhe2048"}, {Group(260), "ffdhe8192"}, {Group(0x11ec), "X25519MLKEM768"}, {Group(0x11eb), "SecP256r1MLKEM768"},
		{Group(26), "brainpoolP256r1"}, {Group(1), "sect163k1"}, {Group(0x1234), "0x1234"}, {Group(0x0a0a), "GREASE"},
		{Scheme(0x0401), "rsa_pkcs1_sha256"}, {Scheme(0x0403), "ecdsa_secp256r1_sha256"}, {Scheme(0x0804), "rsa_pss_rsae_sha256"},
		{Scheme(0x080b), "rsa_pss_pss_sha512"}, {Scheme(0x0807), "ed25519"}, {Scheme(0x0201), "rsa_pkcs1_sha1"},
		{Scheme(0x0203), "ecdsa_sha1"}, {Scheme(0x0402), "dsa_sha256"}, {Scheme(0x0101), "rsa_pkcs1_md5"}, {Scheme(0xfe0b), "0xfe0b"},
		{Alert(0), "close_notify"}, {Alert(40), "handshake_failure"}, {Alert(41), "no_certificate"}, {Alert(48), "unknown_ca"},
		{Alert(60), "export_restriction"}, {Alert(86), "inappropriate_fallback"}, {Alert(109), "missing_extension"},
		{Alert(112), "unrecognized_name"}, {Alert(116), "certificate_required"}, {Alert(120), "no_application_protocol"},
		{Alert(121), "ech_required"}, {Alert(200), "alert_200"},
		{Extension(0), "server_name"}, {Extension(16), "application_layer_protocol_negotiation"}, {Extension(51), "key_share"},
		{Extension(0xff01), "renegotiation_info"}, {Extension(0xfe0d), "encrypted_client_hello"}, {Extension(0x5555), "0x5555"},
		{OID("2.5.4.3"), "CN"}, {OID("2.5.4.10"), "O"}, {OID("2.5.4.11"), "OU"}, {OID("1.3.6.1.5.5.7.3.1"), "serverAuth"},
		{OID("1.3.6.1.5.5.7.3.2"), "clientAuth"}, {OID("1.2.840.113549.1.1.5"), "sha1WithRSAEncryption"}, {OID("1.2.3"), "1.2.3"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestParseVersionReadsWhatProductsWrite(t *testing.T) {
	for s, want := range map[string]uint16{"TLS1.2": 0x0303, "tls1.2": 0x0303, "TLSv1.2": 0x0303, "1.2": 0x0303, "TLSv1_2": 0x0303,
		"SSLv3": 0x0300, "ssl3": 0x0300, "TLSv1": 0x0301, " TLSv1.3 ": 0x0304, "TLS1.3-draft28": 0x7f1c, "SSLv2": 0x0002} {
		if got, ok := ParseVersion(s); !ok || got != want {
			t.Errorf("ParseVersion(%q) = %#04x, %v; want %#04x", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "TLS", "1.4", "TLSv1.2x", "0x0303"} {
		if got, ok := ParseVersion(s); ok {
			t.Errorf("ParseVersion(%q) = %#04x, want none", s, got)
		}
	}
}

func TestByName(t *testing.T) {
	for s, want := range map[string]uint16{"X25519": X25519, "secp256r1": P256, "prime256v1": P256, "P-384": P384,
		"secp521r1": P521, "ffdhe3072": FFDHE3072, "x25519mlkem768": X25519MLKEM768} {
		if got, ok := GroupByName(s); !ok || got != want {
			t.Errorf("GroupByName(%q) = %d, %v; want %d", s, got, ok, want)
		}
	}
	for s, want := range map[string]uint16{"rsa_pkcs1_sha256": RSAPKCS1SHA256, "RSA+SHA256": RSAPKCS1SHA256, "ECDSA+SHA1": ECDSASHA1,
		"RSA-PSS+SHA512": RSAPSSRSAESHA512, "ed25519": Ed25519} {
		if got, ok := SchemeByName(s); !ok || got != want {
			t.Errorf("SchemeByName(%q) = %#04x, %v; want %#04x", s, got, ok, want)
		}
	}
	if code, ok := AlertByName("unknown_ca"); !ok || code != 48 {
		t.Errorf("AlertByName(unknown_ca) = %d, %v", code, ok)
	}
	if _, ok := GroupByName("P-999"); ok {
		t.Error("GroupByName(P-999) found something")
	}
}

// Go's own numbers for the groups and schemes that have constants here.
func TestConstantsEqualGo(t *testing.T) {
	for ours, theirs := range map[uint16]uint16{
		P256: uint16(tls.CurveP256), P384: uint16(tls.CurveP384), P521: uint16(tls.CurveP521), X25519: uint16(tls.X25519),
		X25519MLKEM768: uint16(tls.X25519MLKEM768), RSAPKCS1SHA1: uint16(tls.PKCS1WithSHA1), ECDSASHA1: uint16(tls.ECDSAWithSHA1),
		RSAPKCS1SHA256: uint16(tls.PKCS1WithSHA256), RSAPKCS1SHA384: uint16(tls.PKCS1WithSHA384), RSAPKCS1SHA512: uint16(tls.PKCS1WithSHA512),
		ECDSAP256SHA256: uint16(tls.ECDSAWithP256AndSHA256), ECDSAP384SHA384: uint16(tls.ECDSAWithP384AndSHA384),
		ECDSAP521SHA512: uint16(tls.ECDSAWithP521AndSHA512), RSAPSSRSAESHA256: uint16(tls.PSSWithSHA256),
		RSAPSSRSAESHA384: uint16(tls.PSSWithSHA384), RSAPSSRSAESHA512: uint16(tls.PSSWithSHA512), Ed25519: uint16(tls.Ed25519),
	} {
		if ours != theirs {
			t.Errorf("%#04x is not %#04x", ours, theirs)
		}
	}
}

func TestConstantsHaveTheirNames(t *testing.T) {
	for id, want := range map[uint16]string{Secp256k1: "secp256k1", BrainpoolP256r1: "brainpoolP256r1", BrainpoolP384r1: "brainpoolP384r1",
		BrainpoolP512r1: "brainpoolP512r1", X448: "X448", FFDHE2048: "ffdhe2048", FFDHE4096: "ffdhe4096", FFDHE6144: "ffdhe6144",
		FFDHE8192: "ffdhe8192", SecP256r1MLKEM768: "SecP256r1MLKEM768", SecP384r1MLKEM1024: "SecP384r1MLKEM1024"} {
		if got := Group(id); got != want {
			t.Errorf("group %d is %s, want %s", id, got, want)
		}
	}
	for id, want := range map[uint16]string{RSAPKCS1MD5: "rsa_pkcs1_md5", DSASHA1: "dsa_sha1", RSAPKCS1SHA224: "rsa_pkcs1_sha224",
		DSASHA224: "dsa_sha224", ECDSASHA224: "ecdsa_sha224", DSASHA256: "dsa_sha256", DSASHA384: "dsa_sha384", DSASHA512: "dsa_sha512",
		Ed448: "ed448", RSAPSSPSSSHA256: "rsa_pss_pss_sha256", RSAPSSPSSSHA384: "rsa_pss_pss_sha384", RSAPSSPSSSHA512: "rsa_pss_pss_sha512"} {
		if got := Scheme(id); got != want {
			t.Errorf("scheme %#04x is %s, want %s", id, got, want)
		}
	}
}

// RFC 8701 §2 lists sixteen values.
func TestGREASE(t *testing.T) {
	var n int
	for v := 0; v < 1<<16; v++ {
		if GREASE(uint16(v)) {
			n++
		}
	}
	if n != 16 || !GREASE(0x0a0a) || !GREASE(0xfafa) || GREASE(0x0a1a) || GREASE(0x0b0b) {
		t.Errorf("%d values are GREASE", n)
	}
	if got := SuiteName(0xbaba); got != "GREASE" {
		t.Errorf("SuiteName(0xbaba) = %q", got)
	}
}
