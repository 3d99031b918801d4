package remedy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// version writes a TLS version as products do. "ver" and "num" stand for TLS 1.2 and 1.3 alone, so that
// an old version is enabled only by a change that says so; "oldver" and "oldv" stand for TLS 1.0 and 1.1.
func (v values) version(s string) {
	id, ok := names.ParseVersion(s)
	if !ok {
		return
	}
	num := strings.TrimPrefix(names.Version(id), "TLS")
	switch names.Version(id) {
	case "TLS1.2", "TLS1.3":
		v.safe["num"], v.safe["ver"] = num, "TLS "+num
	case "TLS1.0":
		v.safe["oldv"], v.safe["oldver"] = "TLSv1", "TLS 1.0"
		v.safe["fromold"], v.safe["mariaold"] = "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", "TLSv1.0,TLSv1.1,TLSv1.2,TLSv1.3"
		v.safe["oldnums"], v.safe["haver"] = "1.2,1.1,1.0", "TLSv1.0"
	case "TLS1.1":
		v.safe["oldv"], v.safe["oldver"] = "TLSv1.1", "TLS 1.1"
		v.safe["fromold"], v.safe["mariaold"] = "TLSv1.1 TLSv1.2 TLSv1.3", "TLSv1.1,TLSv1.2,TLSv1.3"
		v.safe["oldnums"], v.safe["haver"] = "1.2,1.1", "TLSv1.1"
	}
}

// suite looks the suite up and names it for OpenSSL ("ossl", TLS 1.2 and older), for TLS 1.3 ("suite13", and
// "suites13" with OpenSSL's own three) and for Windows ("iana";
// "dhe" where it is a TLS_DHE suite).
func (v values) suite() {
	s, ok := names.SuiteByName(v.args["suite"])
	if !ok {
		s, ok = names.SuiteByName(v.args["openssl"])
	}
	if !ok {
		return
	}
	v.safe["iana"] = s.Name
	if s.Kex == "DHE" {
		v.safe["dhe"] = s.Name
	}
	if s.Kex == "any" {
		v.safe["suite13"] = s.Name
		v.safe["suites13"] = with("TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256", s.Name)
		return
	}
	v.safe["ossl"] = s.OpenSSL
}

// with adds one to a colon-separated list that does not hold it.
func with(list, one string) string {
	if slices.Contains(strings.Split(list, ":"), one) {
		return list
	}
	return list + ":" + one
}

// group names a key-exchange group for OpenSSL ("curve", and "groups" with the usual three), for Windows
// ("wincurve") and for PostgreSQL before 18, which takes one NIST curve ("nist").
func (v values) group(s string) {
	id, ok := names.GroupByName(s)
	if !ok {
		return
	}
	curve := names.Group(id)
	switch id {
	case names.P256:
		curve, v.safe["wincurve"], v.safe["nist"] = "prime256v1", "NistP256", "prime256v1"
	case names.P384:
		curve, v.safe["wincurve"], v.safe["nist"] = "secp384r1", "NistP384", "secp384r1"
	case names.P521:
		curve, v.safe["wincurve"], v.safe["nist"] = "secp521r1", "NistP521", "secp521r1"
	case names.X25519:
		v.safe["wincurve"] = "curve25519"
	}
	if !only(curve, "") {
		return
	}
	v.safe["curve"], v.safe["groups"] = curve, with("X25519:prime256v1:secp384r1", curve)
	if strings.Contains(curve, "MLKEM") {
		v.safe["groups"] = curve + ":X25519:prime256v1:secp384r1"
	}
}

// scheme adds a signature algorithm to a list of those in use; SHA-1 and MD5 are left to changes that say so.
func (v values) scheme(s string) {
	if id, ok := names.SchemeByName(s); ok && !strings.Contains(s, "sha1") && !strings.Contains(s, "md5") && only(s, "_") {
		v.safe["sigalgs"] = with("ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ed25519:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:"+
			"rsa_pss_rsae_sha512:rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512", names.Scheme(id))
	}
}

// urlScheme is what stands before "://" in nginx: https, unless the change or the question says http.
func (v values) urlScheme(s string, c *fact.Case) {
	if s == "" {
		s = family(c)
	}
	if s == "http" || s == "https" {
		v.safe["urlscheme"] = s
	}
}

// dh picks the group of RFC 7919 that is large enough, and the OpenSSL security level that lets bits through:
// level 1 wants 80 bits of security, a 1024-bit group (SSL_CTX_set_security_level(3)).
func (v values) dh() {
	n, err := strconv.Atoi(v.safe["bits"])
	if err != nil {
		n = 2048
	}
	v.safe["dhlevel"] = "1"
	if n < 1024 {
		v.safe["dhlevel"] = "0"
	}
	switch {
	case n <= 2048:
		v.safe["ffdhe"], v.safe["dhbits"] = "ffdhe2048", "2048"
	case n <= 3072:
		v.safe["ffdhe"], v.safe["dhbits"] = "ffdhe3072", "3072"
	default:
		v.safe["ffdhe"], v.safe["dhbits"] = "ffdhe4096", "4096"
	}
}

// key says how openssl req makes a key of a type.
func (v values) key(keytype string) {
	switch {
	case strings.Contains(strings.ToUpper(keytype), "ECDSA"):
		v.safe["alg"], v.safe["newkey"] = "ecdsa", "ec -pkeyopt ec_paramgen_curve:P-256"
	case strings.Contains(strings.ToUpper(keytype), "RSA"):
		v.safe["alg"], v.safe["newkey"] = "rsa", "rsa:3072"
	}
}
