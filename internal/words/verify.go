package words

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// verifySymptom is what a result of OpenSSL's chain verification (X509_V_ERR_…) complains of. Those that only a
// library's caller can provoke say no more than that verification failed.
func verifySymptom(n uint) fact.Symptom {
	switch n {
	case 0:
		return ""
	case 2, 20, 27, 95:
		return fact.IssuerUnknown
	case 3, 11, 12, 5, 8, 15, 16, 33, 35, 36, 44, 54, 73, 74, 75:
		return fact.RevocationUnknown
	case 4, 6, 13, 14, 41, 42, 53, 76, 78, 93, 94:
		return fact.CertMalformed
	case 7:
		return fact.IssuerUnknown // another CA of the same name
	case 9:
		return fact.CertNotYetValid
	case 10:
		return fact.CertExpired
	case 18:
		return fact.CertSelfSigned
	case 19:
		return fact.SelfSignedRoot
	case 21:
		return fact.LeafUnverified
	case 22, 25, 38:
		return fact.ChainTooLong
	case 23:
		return fact.CertRevoked
	case 26, 28, 39:
		return fact.CertWrongPurpose
	case 62, 63:
		return fact.CertName
	case 64:
		return fact.IPMismatch
	case 66, 67:
		return fact.KeyTooSmall
	case 68:
		return fact.DigestTooWeak
	case 65:
		return fact.PinMismatch
	}
	return verifyProfile(n)
}

// verifyProfile are the results about rules of the profile (RFC 5280) and about who may be an issuer.
func verifyProfile(n uint) fact.Symptom {
	switch {
	case n == 24 || n == 32 || n == 37 || n == 79:
		return fact.InvalidCA
	case n == 29 || n == 30 || n == 31 || n == 77:
		return fact.IssuerUnknown
	case n == 34 || n == 40 || n >= 43 && n <= 61 || n == 71 || n == 72 || n >= 80 && n <= 92:
		return fact.CertUnacceptable
	}
	return fact.VerifyFailed
}

// verifyMarks stand before a number of a verification result, folded.
var verifyMarks = []string{
	"verify error:num=", "verify error: num=", "verify return code: ", "verification error: num=", "verify error: (", "verify error:(", "x509 v err ", "x509 v err=", "ssl certificate problem (",
	"error:num=", "verification failed with error ", "verify result: ", "verify result=", "verifyresult=", "ssl verify result: ", "certificate verification failed: error ", "verify(",
}

// verifyCodes finds results of OpenSSL's chain verification by number or by name.
func verifyCodes(clean string, r *Reading) {
	folded := fold(clean)
	for _, mark := range verifyMarks {
		for at := 0; ; {
			i := strings.Index(folded[at:], mark)
			if i < 0 {
				break
			}
			at += i + len(mark)
			if n, ok := uintAt(folded[at:]); ok {
				verifyResult(n, r)
			}
		}
	}
	depthLookup(folded, r)
	aboveLeaf(folded, r)
	verifyNames(clean, r)
	revoked(folded, r)
}

// revoked reads "certificate revoked", which is also how many programs write alert 44, certificate_revoked: there the peer
// refuses the writer's certificate.
func revoked(folded string, r *Reading) {
	const sentence = "certificate revoked"
	for at := 0; ; {
		i := strings.Index(folded[at:], sentence)
		if i < 0 {
			return
		}
		at += i
		if !strings.Contains(folded[max(0, at-24):at], "alert") && edge(folded, at) && edge(folded, at+len(sentence)) {
			r.Say(fact.CertRevoked)
		}
		at += len(sentence)
	}
}

// verifyResult says one result, decoded.
func verifyResult(n uint, r *Reading) {
	id, text := names.X509Verify(n)
	if id == "" || n == 0 {
		return
	}
	r.Code(strconv.FormatUint(uint64(n), 10), id+": "+text)
	r.Say(verifySymptom(n))
}

// depthLookup reads openssl verify's "error 20 at 0 depth lookup: …".
func depthLookup(folded string, r *Reading) {
	for at := 0; ; {
		i := strings.Index(folded[at:], " depth lookup")
		if i < 0 {
			return
		}
		at += i + len(" depth lookup")
		head := folded[:at]
		if e := strings.LastIndex(head, "error "); e >= 0 && len(head)-e < 40 {
			if n, ok := uintAt(head[e+len("error "):]); ok {
				verifyResult(n, r)
			}
		}
	}
}

// verifyNames finds constants: X509_V_ERR_CERT_HAS_EXPIRED, and Node's CERT_HAS_EXPIRED (src/crypto/crypto_common.cc).
func verifyNames(clean string, r *Reading) {
	for i := 0; i < len(clean); {
		if !upperName(clean[i]) {
			i++
			continue
		}
		end := i
		for end < len(clean) && upperName(clean[end]) {
			end++
		}
		verifyName(clean[i:end], r)
		i = end
	}
}

func verifyName(word string, r *Reading) {
	long := strings.HasPrefix(word, "X509_V_ERR_")
	if !long && (!strings.Contains(word, "_") || len(word) < 12) {
		return
	}
	n, ok := names.X509VerifyByName(word)
	if !ok || n == 0 {
		return
	}
	_, text := names.X509Verify(n)
	r.Code(word, "X509 verify error "+strconv.FormatUint(uint64(n), 10)+": "+text)
	r.Say(verifySymptom(n))
	if !long && nodeOnly(n) {
		r.Contexts = append(r.Contexts, "node")
	}
}

// nodeOnly: the short names of the most common results are Node's way to print them.
func nodeOnly(n uint) bool { return n == 10 || n >= 18 && n <= 21 }

func upperName(b byte) bool { return b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' }

// verifySentences are the results by their sentences, in older and newer wording (crypto/x509/x509_txt.c).
func verifySentences() []row {
	var rows []row
	for n := uint(2); n < 96; n++ {
		_, text := names.X509Verify(n)
		older := names.X509VerifyOlder(n)
		if n == 17 || n == 50 || n == 69 || n == 23 || text == "" {
			continue // of the caller, not of the certificate; 23 see revoked
		}
		rows = append(rows, row{say: text, is: verifySymptom(n)})
		if fold(older) != fold(text) && n != 24 { // whose older sentence is 79's today
			rows = append(rows, row{say: older, is: verifySymptom(n)})
		}
	}
	return rows
}

// aboveLeafContext: what is wrong is an issuer's certificate, not the one that the other side shows for itself.
const aboveLeafContext fact.Context = "above-leaf"

// aboveLeaf reads the depth at which a verification failed, in the forms of OpenSSL's tools and of OpenVPN: 0 is the leaf. What
// s_client prints for each certificate that it accepts ("depth=1 … verify return:1") does not count.
func aboveLeaf(folded string, r *Reading) {
	for _, mark := range []string{"verify error: depth=", "verification failed: depth=", "depth lookup", "failed at depth "} {
		i := strings.Index(folded, mark)
		if i < 0 {
			continue
		}
		digits := folded[i+len(mark):]
		if mark == "depth lookup" {
			digits = strings.TrimSpace(folded[max(0, i-3):i])
		}
		if n, ok := uintAt(strings.TrimLeft(digits, " at")); ok && n > 0 && n < 20 {
			r.Contexts = append(r.Contexts, aboveLeafContext)
		}
	}
}
