package names

import (
	"sort"
	"strings"
)

// reason is one reason of a library's error table; key is library<<16 | reason.
type reason struct {
	key  uint32
	text string
}

// verifyError is one result of OpenSSL's chain verification.
type verifyError struct {
	number      uint16
	name        string // "X509_V_ERR_CERT_HAS_EXPIRED"
	text, older string // the sentence of OpenSSL 3, and that of 1.1 where it differs
}

func reasonOf(table []reason, library, number uint) (string, bool) {
	if library > 0x7fff || number > 0xffff {
		return "", false
	}
	key := uint32(library<<16 | number)
	i := sort.Search(len(table), func(i int) bool { return table[i].key >= key })
	if i < len(table) && table[i].key == key {
		return table[i].text, true
	}
	return "", false
}

// OpenSSLReason says what OpenSSL (1.0.2, 1.1, 3) calls a library number and a reason number of it:
// 20, 108 is "SSL routines", "bad key share". Flags of OpenSSL 3 (bits 18 and above of the reason) must be cut
// off first. Reasons that all libraries share, such as "internal error", are found in every known library; those of
// OpenSSL 1 have numbers below 100, those of OpenSSL 3 begin at 256 and are given only with fatal or common set:
// see OpenSSLCommon. Either string is "" when the number is unknown.
func OpenSSLReason(library, reason uint) (libraryName, text string) {
	libraryName, _ = reasonOf(opensslLibraries[:], library, 0)
	text, ok := reasonOf(opensslReasons[:], library, reason)
	if !ok && reason < 100 && libraryName != "" {
		text = OpenSSLCommon(reason)
	}
	return libraryName, text
}

// OpenSSLCommon is the text of a reason that is common to all libraries (ERR_R_…): 259 is "internal error". It is
// "" when the number is unknown.
func OpenSSLCommon(reason uint) string {
	text, _ := reasonOf(opensslCommon[:], 0, reason)
	return text
}

// BoringSSLReason says what BoringSSL and AWS-LC call a reason of their SSL library (number 16): 247 is
// "wrong version number". It is "" when the number is unknown.
func BoringSSLReason(reason uint) string {
	text, _ := reasonOf(boringsslReasons[:], 16, reason)
	return text
}

// X509Verify is the name and the sentence of a result of OpenSSL's chain verification (X509_V_…): 10 is
// "X509_V_ERR_CERT_HAS_EXPIRED", "certificate has expired". Both are "" when the number is unknown.
func X509Verify(n uint) (id, text string) {
	if v := verifyRow(n); v != nil {
		return v.name, v.text
	}
	return "", ""
}

// X509VerifyOlder is the sentence of OpenSSL 1.1 and before, which for some numbers is another one: 18 is
// "self signed certificate". It is "" when the number is unknown.
func X509VerifyOlder(n uint) string {
	v := verifyRow(n)
	switch {
	case v == nil:
		return ""
	case v.older == "":
		return v.text
	}
	return v.older
}

func verifyRow(n uint) *verifyError {
	i := sort.Search(len(verifyErrors), func(i int) bool { return uint(verifyErrors[i].number) >= n })
	if i < len(verifyErrors) && uint(verifyErrors[i].number) == n {
		return &verifyErrors[i]
	}
	return nil
}

// X509VerifyByName finds a verification result by its name, with or without X509_V_ERR_, or by Node's, which is the
// same name cut: "CERT_HAS_EXPIRED" is 10. Letter case does not matter.
func X509VerifyByName(name string) (uint, bool) {
	name = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(name)), "X509_V_ERR_")
	for i := range verifyErrors {
		if strings.TrimPrefix(verifyErrors[i].name, "X509_V_ERR_") == name {
			return uint(verifyErrors[i].number), true
		}
	}
	return 0, false
}
