package words

import (
	"strconv"
	"strings"
	"sync"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A libraryCode is one error of a library: its number, its name in the headers, and what it says ("" for nothing).
type libraryCode struct {
	number int
	name   string
	is     fact.Symptom
}

// A codeTable is the errors of one library. A name is met by itself; a bare number means something only where the text
// names its library, which the cues tell (in lower case; one suffices).
type codeTable struct {
	library string // as Code.Means shows it
	cut     string // what all names begin with and a reader need not see
	in      []fact.Context
	codes   []libraryCode
	cues    []string
}

// codeTables are the libraries whose errors people meet as numbers or names.
var codeTables = []codeTable{
	{"GnuTLS", "GNUTLS_E_", []fact.Context{"gnutls"}, gnutlsCodes, []string{"gnutls"}},
	{"NSS", "", []fact.Context{"nss"}, nssCodes, []string{"nss", "ssl", "tls", "sec_", "ldap", "mozilla", "firefox", "thunderbird", "certificate"}},
	{"Chromium", "ERR_", []fact.Context{"browser", fact.ByClient}, chromiumCodes, []string{"net_error", "net error", "cronet", "webview"}},
	{"Secure Transport", "errSSL", []fact.Context{"apple"}, secureTransportCodes, []string{"ssl", "tls", "osstatus", "cfnetwork", "cfstream"}},
	{"Foundation", "NSURLError", []fact.Context{"apple", fact.ByClient}, urlErrorCodes, []string{"nsurlerror", "cfnetwork", "nserror"}},
	{"Apple CSSM", "CSSMERR_", []fact.Context{"apple"}, cssmCodes, nil},
	{"Mbed TLS", "MBEDTLS_ERR_", []fact.Context{"mbedtls"}, mbedtlsCodes, []string{"mbedtls", "polarssl", "esp-tls", "ssl_client", "ssl_tls", "x509_verify_cert", "ssl - ", "x509 - ", "net - "}},
	{"wolfSSL", "", []fact.Context{"wolfssl"}, wolfsslCodes, []string{"wolfssl", "cyassl"}},
}

// A foundCode is a code with the table that it stands in.
type foundCode struct {
	table *codeTable
	code  *libraryCode
}

// codeNames finds a code by its name in lower case.
var codeNames = sync.OnceValue(func() map[string]foundCode {
	names := map[string]foundCode{}
	for t := range codeTables {
		table := &codeTables[t]
		for i := range table.codes {
			c := &table.codes[i]
			if strings.Contains(c.name, "_") || strings.HasPrefix(c.name, "errSSL") || strings.HasPrefix(c.name, "NSURL") {
				names[strings.ToLower(c.name)] = foundCode{table, c}
			}
		}
	}
	return names
})

// libraryCodes decodes the names and numbers of the libraries in codeTables.
func libraryCodes(clean string, r *Reading) {
	lower := strings.ToLower(clean)
	codeWords(lower, r)
	if !strings.Contains(lower, "-") {
		return
	}
	for t := range codeTables {
		if table := &codeTables[t]; table.named(lower) {
			table.numbers(clean, r)
		}
	}
}

// codeWords reads the names.
func codeWords(lower string, r *Reading) {
	names := codeNames()
	for _, word := range strings.FieldsFunc(lower, func(b rune) bool { return !inName(b) }) {
		word = strings.Replace(word, "polarssl_err_", "mbedtls_err_", 1)
		if f, ok := names[word]; ok && len(word) > 8 && !generic(word, lower) {
			f.table.say(f.code, f.code.name, r)
		}
	}
}

// generic: a name of wolfSSL that other programs have, too, counts only in a text that names wolfSSL.
func generic(word, lower string) bool {
	f := codeNames()[word]
	return f.table.library == "wolfSSL" && !f.table.named(lower)
}

func inName(r rune) bool {
	return r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
}

// named reports whether the text names the table's library.
func (t *codeTable) named(lower string) bool {
	for _, cue := range t.cues {
		if strings.Contains(lower, cue) {
			return true
		}
	}
	return false
}

// numbers reads the negative numbers of a text as the library's.
func (t *codeTable) numbers(clean string, r *Reading) {
	for i := 0; i < len(clean); i++ {
		if clean[i] != '-' || i > 0 && wordByte(clean[i-1]) {
			continue
		}
		end := i + 1
		for end < len(clean) && end-i < 12 && wordByte(clean[end]) {
			end++
		}
		written := clean[i:end]
		n, err := strconv.ParseInt(written, 0, 32)
		if err != nil || n >= 0 {
			continue
		}
		for _, c := range t.find(int(n)) {
			t.say(c, written, r)
		}
	}
}

func wordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// find is the codes of a number. Mbed TLS adds two numbers, one of its upper module in steps of 128 and one of a lower
// module (include/mbedtls/error.h).
func (t *codeTable) find(n int) []*libraryCode {
	parts := []int{n}
	if t.library == "Mbed TLS" && -n > 0x7f {
		parts = []int{-(-n &^ 0x7f), -(-n & 0x7f)}
	}
	var found []*libraryCode
	for i := range t.codes {
		for _, part := range parts {
			if part != 0 && t.codes[i].number == part {
				found = append(found, &t.codes[i])
			}
		}
	}
	return found
}

// say takes over what a code says.
func (t *codeTable) say(c *libraryCode, written string, r *Reading) {
	r.Code(written, t.library+": "+spoken(strings.TrimPrefix(c.name, t.cut)))
	r.Say(c.is)
	r.Contexts = append(r.Contexts, t.in...)
}

// spoken is a name of a header in words: "CERT_DATE_INVALID" as "cert date invalid", "XCertChainInvalid" as
// "x cert chain invalid".
func spoken(name string) string {
	if strings.Contains(name, "_") || strings.ToUpper(name) == name {
		return strings.ToLower(strings.ReplaceAll(name, "_", " "))
	}
	var b strings.Builder
	for i, r := range name {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && (name[i-1] >= 'a' || i+1 < len(name) && name[i+1] >= 'a') {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
