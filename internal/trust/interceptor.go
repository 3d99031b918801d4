package trust

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// Kinds of interception products.
const (
	KindProxy     = "proxy"     // a gateway, firewall or debugging proxy between client and server
	KindAntivirus = "antivirus" // a program on the client's own machine
)

// interceptor is a product that re-signs TLS with its own CA, and a part of that CA's name in lower case.
type interceptor struct {
	mark    string
	product string
	kind    string
}

// Interceptor names the product whose CA issued a certificate of the chain. It goes by names alone, which anybody may
// choose; a product whose owner set up a CA with a name of their own is not recognised.
func Interceptor(chain *fact.Chain) (product, kind string, ok bool) {
	if chain == nil {
		return "", "", false
	}
	for i := range chain.Certificates {
		issuer := strings.ToLower(chain.Certificates[i].Issuer)
		for _, p := range interceptors {
			if startsWord(issuer, p.mark) {
				return p.product, p.kind, true
			}
		}
	}
	return "", "", false
}

// startsWord reports whether mark stands in s at the start of a word: "g data" is not in "big data".
func startsWord(s, mark string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], mark)
		if i < 0 {
			return false
		}
		if i += from; i == 0 || !isLetter(s[i-1]) {
			return true
		}
		from = i + 1
	}
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 0x80 }
