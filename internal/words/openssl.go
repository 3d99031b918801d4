package words

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// opensslCodes finds the packed error codes of OpenSSL, LibreSSL, BoringSSL and AWS-LC in every form that programs
// print, and reasons that stand by their names alone ("[SSL: WRONG_VERSION_NUMBER]", "ERR_SSL_…").
func opensslCodes(clean string, r *Reading) {
	for i := 0; i < len(clean); {
		if !isHex(clean[i]) || i > 0 && isAlnum(clean[i-1]) && !hexPrefix(clean[:i]) {
			i++
			continue
		}
		end := i
		for end < len(clean) && isHex(clean[end]) {
			end++
		}
		if end == len(clean) || !isAlnum(clean[end]) {
			packedCode(clean, i, end, r)
		}
		i = end
	}
	namedReasons(clean, r)
	if at := strings.Index(fold(clean), "unexpected eof while reading"); at >= 0 {
		r.Say(unexpectedEOF(clean))
	}
}

// packedCode decodes the token clean[from:to] where it is such a code.
func packedCode(clean string, from, to int, r *Reading) {
	token, rest := clean[from:to], clean[to:min(to+120, len(clean))]
	before := strings.ToLower(clean[max(0, from-8):from])
	introduced := strings.HasSuffix(before, "error:") || strings.HasSuffix(before, "error: ") || namesLibrary(rest)
	v, ok := packedValue(token, introduced, decimalPrinter(before, rest))
	if !ok {
		return
	}
	e := unpack(v, strings.Contains(rest, "OPENSSL_internal") || strings.Contains(rest, "BORINGSSL"))
	hexed := introduced || strings.HasSuffix(before, "0x")
	if e.library == "" || !hexed && (strings.HasSuffix(before, "-") || strings.HasPrefix(rest, "-") || !e.standsAlone(token, clean)) {
		return
	}
	if said := quotedReason(rest); said != "" && e.library != "" && e.number == libSSL && e.reason < 1000 {
		e.text = said // a few reasons changed their numbers between versions
	}
	r.Code(token, e.String())
	r.Contexts = append(r.Contexts, e.context())
	r.Say(e.symptom(clean, rest))
}

// decimalPrinter: Envoy prints codes of BoringSSL in decimal ("TLS error: 33554536:system library:OPENSSL_internal"),
// ERR_error_string in hexadecimal right behind "error:".
func decimalPrinter(before, rest string) bool {
	return !strings.HasSuffix(before, "error:") && strings.Contains(rest, "OPENSSL_internal")
}

// packedValue reads eight hexadecimal digits, or up to ten decimal ones.
func packedValue(token string, introduced, decimal bool) (uint32, bool) {
	base := 16
	switch {
	case decimal:
		base = 10
	case len(token) == 8, len(token) == 7 && introduced:
	case len(token) == 9 || len(token) == 10:
		base = 10
	default:
		return 0, false
	}
	v, err := strconv.ParseUint(token, base, 32)
	if err != nil || base == 10 && !introduced && !decimalBoring(uint32(v)) {
		return 0, false
	}
	return uint32(v), true
}

// decimalBoring: a reason of BoringSSL's SSL library. No other decimal number is known by itself.
func decimalBoring(v uint32) bool {
	return v>>12 == 16<<12 && names.BoringSSLReason(uint(v&0xfff)) != ""
}

// A packed is an unpacked error code.
type packed struct {
	dialect string // "OpenSSL 3", "OpenSSL 1", "BoringSSL"
	library string
	number  uint // of the library
	reason  uint // without flags
	errno   bool // the reason is a number of the operating system
	text    string
}

func (e packed) String() string {
	text := e.text
	if text == "" {
		text = fmt.Sprintf("reason %d", e.reason)
	}
	return e.dialect + ", " + e.library + ": " + text
}

func (e packed) context() fact.Context {
	if e.dialect == "BoringSSL" {
		return "boringssl"
	}
	return "openssl"
}

// Numbers of libraries (openssl/err.h); BoringSSL's differ from 16 on (openssl/base.h there).
const (
	libSystem     = 2
	libRSA        = 4
	libEVP        = 6
	libPEM        = 9
	libX509       = 11
	libASN1       = 13
	libSSL        = 20
	libBIO        = 32
	libX509V3     = 34
	libDecoder    = 60
	boringLibSSL  = 16
	boringLibASN1 = 12
)

// unpack tells the three layouts apart. OpenSSL 3: bit 31 for a system error, else the library in bits 23 to 30,
// flags in 18 to 22, a reason below 4096. OpenSSL 1 and LibreSSL: eight bits of library, twelve of function, twelve of
// reason; a function of 0 does not occur. BoringSSL: eight bits of library, twelve of reason.
func unpack(v uint32, boring bool) packed {
	reason := uint(v & 0x3ffff)
	library := uint(v >> 23)
	switch {
	case v>>31 == 1 && v&0x7fffffff < 4096:
		return systemError("OpenSSL 3", uint(v&0x7fffffff))
	case boring || decimalBoring(v) && !bioReason(v):
		return unpackBoring(v)
	case reason < 4096 && v&(0x1f<<18)&^uint32(3<<18) == 0 && v>>31 == 0:
		e := packed{dialect: "OpenSSL 3", number: library, reason: reason}
		e.library, e.text = names.OpenSSLReason(library, reason)
		if v&(3<<18) != 0 {
			e.text = names.OpenSSLCommon(reason)
		}
		if e.library != "" {
			return e
		}
	}
	library, reason = uint(v>>24), uint(v&0xfff)
	if library == libSystem {
		return systemError("OpenSSL 1", reason)
	}
	e := packed{dialect: "OpenSSL 1", number: library, reason: reason}
	e.library, e.text = names.OpenSSLReason(library, reason)
	return e
}

// bioReason: the value is also an error of OpenSSL 3's BIO library, which has BoringSSL's numbers for SSL.
func bioReason(v uint32) bool {
	_, text := names.OpenSSLReason(libBIO, uint(v&0xfff))
	return text != "" && v&0xfff < 150
}

func unpackBoring(v uint32) packed {
	library, reason := uint(v>>24), uint(v&0xfff)
	switch library {
	case boringLibSSL:
		return packed{dialect: "BoringSSL", library: "SSL routines", number: libSSL, reason: reason, text: names.BoringSSLReason(reason)}
	case libSystem:
		return systemError("BoringSSL", reason)
	}
	name := "library " + strconv.Itoa(int(library))
	if library < boringLibASN1 {
		name, _ = names.OpenSSLReason(library, 0)
	}
	return packed{dialect: "BoringSSL", library: name, number: library, reason: reason}
}

func systemError(dialect string, errno uint) packed {
	return packed{dialect: dialect, library: "system library", number: libSystem, reason: errno, errno: true, text: errnoText(errno)}
}

// standsAlone: the code is one even where nothing introduces it. Dates and counters are eight digits, too, so that
// a code without a letter must be all or nearly all of the text.
func (e packed) standsAlone(token, clean string) bool {
	switch e.number {
	case libSSL, libX509, libPEM, libASN1, libEVP, libRSA, libX509V3, libDecoder:
	default:
		return false
	}
	return e.text != "" && (strings.ContainsAny(token, "abcdefABCDEF") || len(clean) < 40 || len(token) > 8)
}

// symptom is what the error complains of. Some depend on the sentence around.
func (e packed) symptom(clean, rest string) fact.Symptom {
	switch {
	case e.errno:
		return errnoSymptom(e.reason, clean, rest)
	case e.number == libSSL && e.reason >= 1000 && e.reason < 1256:
		return peerAlert(uint8(e.reason - 1000))
	case e.number == libSSL && e.text == "unexpected eof while reading":
		return unexpectedEOF(clean)
	case e.text == "unsupported" && (e.number == libEVP || e.number == libDecoder):
		return unsupportedAlgorithm(e.number, clean)
	case e.text == "invalid key" && strings.Contains(strings.ToLower(rest), "fips"):
		return fact.FIPSRefused // OpenSSL 1.0 with the FIPS module numbered "disabled for fips" 163
	}
	return meaningOf(e.text)
}

// unsupportedAlgorithm: the decoder of OpenSSL 3 says so of a key that it cannot read, EVP of an algorithm that the
// default provider left out: old PKCS#12 ciphers, or digests that have nothing to do with TLS.
func unsupportedAlgorithm(library uint, clean string) fact.Symptom {
	folded := fold(clean)
	if library == libDecoder || strings.Contains(folded, "rc2") || strings.Contains(folded, "pkcs12") || strings.Contains(folded, "pfx") {
		return fact.FileBad
	}
	return fact.OtherFault
}

// unexpectedEOF: OpenSSL 3 says the same of a connection that ends in the handshake and of one that ends later
// without close_notify; only the words around tell.
func unexpectedEOF(clean string) fact.Symptom {
	folded := fold(clean)
	if strings.Contains(folded, "violation of protocol") || strings.Contains(folded, "no peer certificate available") || inHandshake(folded) {
		return fact.EOFInHandshake
	}
	return fact.NoCloseNotify
}

// namesLibrary: the name of a library follows, as in "268435703:SSL routines:" or "14094410:lib(20):".
func namesLibrary(rest string) bool {
	rest, ok := strings.CutPrefix(rest, ":")
	if !ok {
		return false
	}
	name, _, _ := strings.Cut(rest, ":")
	name = strings.ToLower(name)
	return strings.HasSuffix(name, " routines") || strings.HasSuffix(name, " library") || strings.HasPrefix(name, "lib(")
}

// quotedReason is the reason that the program itself printed behind the code, of those that mean something here:
// library, function, reason.
func quotedReason(rest string) string {
	f := strings.Split(rest, ":")
	if len(f) < 4 {
		return ""
	}
	if i := longestMeaning(fold(strings.TrimSpace(f[3]))); i >= 0 {
		return meanings[i].reason
	}
	return ""
}

// reasonMarks stand before a reason that is given without its code, folded: Python, Node, Ruby, programs that print only
// the text of the error.
var reasonMarks = []string{"[ssl: ", "[x509: ", "[pem: ", "err ssl ", "err ossl ", "state=error: ", "routines::", "routines: : ", "ssl internal:", "openssl internal:"}

// namedReasons reads what stands behind those marks.
func namedReasons(clean string, r *Reading) {
	folded := fold(clean)
	for _, mark := range reasonMarks {
		for at := 0; ; {
			i := strings.Index(folded[at:], mark)
			if i < 0 {
				break
			}
			at += i + len(mark)
			r.Say(meaningAt(folded[at:]))
		}
	}
	for at := 0; ; {
		i := strings.Index(folded[at:], " routines:")
		if i < 0 {
			return
		}
		at += i + len(" routines:")
		if f := strings.SplitN(folded[at:min(at+160, len(folded))], ":", 3); len(f) > 1 {
			r.Say(meaningAt(f[1]))
		}
	}
}

func isHex(b byte) bool { return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' }

func isAlnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// hexPrefix: "0x" ends the text before a number.
func hexPrefix(before string) bool {
	return strings.HasSuffix(before, "0x") || strings.HasSuffix(before, "0X")
}
