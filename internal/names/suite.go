package names

import (
	"fmt"
	"sort"
	"strings"
)

// A Suite is what one cipher suite number stands for. Signalling values (RFC 5746, RFC 7507) have only ID and Name.
type Suite struct {
	ID      uint16
	Name    string // IANA: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
	OpenSSL string // ECDHE-RSA-AES128-GCM-SHA256; empty when OpenSSL never had it
	// Kex is RSA, DHE, ECDHE, DH or ECDH (static keys in the certificate), PSK, DHE_PSK, ECDHE_PSK, RSA_PSK, SRP,
	// KRB5, GOST, NULL or another rare one; "any" for TLS 1.3. DH_anon and ECDH_anon are DHE and ECDHE with
	// Auth "anon", since their keys are sent in ServerKeyExchange.
	Kex    string
	Auth   string // RSA, ECDSA, DSS, anon, PSK …; "any" for TLS 1.3
	Cipher string // AES_128_GCM, CHACHA20_POLY1305, AES_256_CBC, 3DES_EDE_CBC, RC4_128, NULL …
	MAC    string // AEAD, SHA, SHA256, SHA384, MD5 …
	PRF    string // hash of the TLS 1.2 PRF or of the TLS 1.3 key schedule: SHA256, SHA384 …
	KeyLen int    // bytes of cipher key taken from the key block; for EXPORT suites before they are expanded
	MACLen int    // bytes of MAC key and of MAC; 0 with AEAD
	IVLen  int    // bytes of IV: the block for CBC, the implicit part for GCM and CCM, 12 for TLS 1.3 and ChaCha20
	Export bool   // weakened for the export rules of the 1990s
	// Completable: the engine of this project can finish a handshake with it.
	Completable bool
}

// SuiteByID finds a cipher suite by its number.
func SuiteByID(id uint16) (Suite, bool) {
	i := sort.Search(len(suites), func(i int) bool { return suites[i].ID >= id })
	if i < len(suites) && suites[i].ID == id {
		return suites[i], true
	}
	return Suite{}, false
}

// SuiteName is the IANA name of a cipher suite, "GREASE" for a reserved value, else the number as "0x1234".
func SuiteName(id uint16) string {
	if s, ok := SuiteByID(id); ok {
		return s.Name
	}
	if GREASE(id) {
		return "GREASE"
	}
	return fmt.Sprintf("0x%04x", id)
}

// SuiteByName finds a cipher suite by its IANA or OpenSSL name, letter case aside. Names of older Java (SSL_RSA_…),
// older OpenSSL (EDH-RSA-DES-CBC3-SHA) and of Schannel before Windows 10 (…_SHA384_P256) are understood.
func SuiteByName(s string) (Suite, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, name := range [...]string{s, todaysName(s)} {
		if id, ok := idOf(suiteKeys[:], name); ok {
			return SuiteByID(id)
		}
	}
	return Suite{}, false
}

// todaysName turns a lower-case name that a product no longer uses into the one it uses now.
func todaysName(s string) string {
	for _, curve := range [...]string{"_p256", "_p384", "_p521"} {
		s = strings.TrimSuffix(s, curve)
	}
	if rest, ok := strings.CutPrefix(s, "ssl_"); ok {
		return "tls_" + rest
	}
	if rest, ok := strings.CutPrefix(s, "edh-"); ok {
		return "dhe-" + rest // OpenSSL 1.1.0 renamed the 3DES ones
	}
	if rest, ok := strings.CutPrefix(s, "dhe-"); ok {
		return "edh-" + rest
	}
	return s
}

// AllSuites is a copy of the whole table, ordered by number.
func AllSuites() []Suite {
	return append([]Suite(nil), suites[:]...)
}
