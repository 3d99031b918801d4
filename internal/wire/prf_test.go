package wire

import (
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// The SHA-256 row circulated on the IETF TLS working group's list; all rows agree with what
// "openssl kdf -kdfopt digest:D -kdfopt hexsecret:S -kdfopt hexseed:7465…198c TLS1-PRF" prints.
func TestPRF(t *testing.T) {
	const secret, seed = "9bbe436ba940f017b17652849a71db35", "a0ba9f936cda311827a6f796ffd5198c"
	for _, c := range []struct {
		name    string
		version uint16
		prf     string
		secret  string
		want    string
	}{
		{"TLS 1.2 SHA-256", TLS12, "SHA256", secret, "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66"},
		{"TLS 1.2 SHA-384", TLS12, "SHA384", secret, "dd88775cd827187b67a3f7652b5c13f715791cc46e0274a6d3fb16651103defc544cd8afb68369a219bb918b8b21ddb1764af0a70339e6dec085e574"},
		{"TLS 1.0", TLS10, "SHA256", secret, "661740e6f98bc901efd2738502a71c03f76dd2f86298549b1148eff06714cf0f6b7c532cd8c69f1530e0bb680eec34c495fa75a8bfcc9c335484c0d3"},
		{"TLS 1.1, secret of odd length", TLS11, "SHA256", secret + "77", "cb7f75c039ab638d4e7c416ef44e49c4008679a42f2918e36348c9b27d40e05659b67c4237121f3d1ea735ed6ee0fad0c6b5146f2a54b0d69154b87d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := prf(c.version, names.Suite{PRF: c.prf}, unhex(t, c.secret), "test label", unhex(t, seed), len(c.want)/2)
			wantHex(t, "output", got, c.want)
		})
	}
}

// Before TLS 1.2 a suite's hash plays no part, even when its name carries one.
func TestPRFIgnoresSuiteHashBeforeTLS12(t *testing.T) {
	a := prf(TLS10, names.Suite{PRF: "SHA256"}, []byte("secret"), "label", nil, 20)
	b := prf(TLS10, names.Suite{PRF: "SHA384"}, []byte("secret"), "label", nil, 20)
	if string(a) != string(b) {
		t.Error("the suite's hash changed the output of TLS 1.0")
	}
}
