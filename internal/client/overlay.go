package client

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// An Overlay is what single options change of a client's mode: which versions, suites and groups are left of its hello, which
// key it must see, which address it connects to. The zero value changes nothing.
type Overlay struct {
	Min, Max   uint16            // TLS versions; 0: the client's own
	Without    []uint16          // versions switched off one by one
	Versions   []uint16          // just these; nil: the client's own
	Ciphers    []string          // OpenSSL cipher strings, one after the other
	Suites     []uint16          // just these of TLS 1.2 and older; nil: the client's own
	Suites13   []uint16          // just these of TLS 1.3
	Groups     []uint16          // in this order
	Signatures []uint16          // in this order
	Pins       []string          // public keys or certificates, one of which must come: "sha256//BASE64", "cert:HEX"
	Legacy     *bool             // servers without RFC 5746 are taken
	ALPN       *[]string         // what is offered instead of the usual
	Drop       func(uint16) bool // suites taken away; may be nil
	Connect    string            // address:port dialled instead of the target's
	Family     int               // 4 or 6: addresses of this kind alone
	Says       []string          // the options imitated, as given
	Unlike     []string          // the options read and not imitated, as given
	Refused    string            // why the client itself refuses its options; "": it does not
}

// apply narrows a behaviour. A behaviour that nothing narrows comes back as it is.
func (o *Overlay) apply(b Behaviour) Behaviour {
	if len(o.Says) == 0 {
		return b
	}
	p := &b.Profile
	base := *p
	p.ID += " " + strings.Join(o.Says, " ")
	p.Pins = o.Pins
	if level := o.level(); level >= 0 && p.OpenSSL >= 0 {
		b = nginxLevel(b, level)
	}
	if o.Legacy != nil {
		p.Limits.RequireRenegotiation = !*o.Legacy
	}
	p.Hello = changed(base.Hello, func(h *wire.Hello) { o.narrow(h, base.OpenSSL >= 0) })
	h := p.Hello(Target{Name: "name.test"})
	if len(h.Versions) > 0 && o.versioned() {
		p.Limits.MinVersion = slices.Min(h.Versions)
	}
	return b
}

// refusal is why a client does not begin with its options: no version or no suite is left.
func (o *Overlay) refusal(b Behaviour) string {
	switch {
	case o.Refused != "":
		return o.Refused
	case len(o.Says) == 0 || b.Profile.Hello == nil:
		return ""
	}
	h := b.Profile.Hello(Target{Name: "name.test"})
	switch {
	case len(h.Versions) == 0:
		return "no TLS version is left"
	case len(h.Suites) == 0:
		return "no cipher suite is left"
	case o.Ciphers != nil && b.Profile.OpenSSL >= 0 && len(cipherString(strings.Join(o.Ciphers, ":"), opensslTLS)) == 3:
		return "the cipher list names no suite that there is (OpenSSL: no cipher match)"
	}
	return ""
}

func (o *Overlay) versioned() bool {
	return o.Min != 0 || o.Max != 0 || o.Versions != nil || o.Without != nil
}

// level is OpenSSL's security level by the cipher string, -1 without.
func (o *Overlay) level() int {
	level := -1
	for _, list := range o.Ciphers {
		if n := readCiphers(list, nil).level; n >= 0 {
			level = n
		}
	}
	return level
}

// narrow leaves of a hello what the options leave.
func (o *Overlay) narrow(h *wire.Hello, openssl bool) {
	if o.Versions != nil {
		h.Versions = slices.Clone(o.Versions)
	}
	h.Versions = slices.DeleteFunc(slices.Clone(h.Versions), func(v uint16) bool {
		return v < o.Min || o.Max != 0 && v > o.Max || slices.Contains(o.Without, v)
	})
	if o.Min != 0 && o.Versions == nil { // a lowest version below the usual one widens
		for _, v := range []uint16{wire.TLS13, wire.TLS12, wire.TLS11, wire.TLS10} {
			if v >= o.Min && (o.Max == 0 || v <= o.Max) && !slices.Contains(h.Versions, v) && !slices.Contains(o.Without, v) {
				h.Versions = append(h.Versions, v)
			}
		}
	}
	slices.Sort(h.Versions)
	if openssl {
		h.Versions = lowestBlock(h.Versions)
	}
	slices.Reverse(h.Versions)
	o.narrowSuites(h)
	o.narrowRest(h, openssl)
}

// lowestBlock: OpenSSL offers no versions with a hole between them, and keeps the lower ones (ssl_get_min_max_version).
func lowestBlock(rising []uint16) []uint16 {
	for i := 1; i < len(rising); i++ {
		if rising[i] != rising[i-1]+1 {
			return rising[:i]
		}
	}
	return rising
}

func (o *Overlay) narrowSuites(h *wire.Hello) {
	modern := slices.DeleteFunc(slices.Clone(h.Suites), func(s uint16) bool { return !is13(s) })
	older := slices.DeleteFunc(slices.Clone(h.Suites), is13)
	if o.Ciphers != nil {
		older = cipherString(strings.Join(o.Ciphers, ":"), older)
	}
	if o.Suites != nil {
		older = slices.Clone(o.Suites)
	}
	if o.Suites13 != nil {
		modern = slices.Clone(o.Suites13)
	}
	h.Suites = slices.DeleteFunc(slices.Concat(modern, older), func(id uint16) bool {
		s, _ := names.SuiteByID(id)
		needs := wire.TLS10
		switch {
		case is13(id):
			return !slices.Contains(h.Versions, wire.TLS13) || o.Drop != nil && o.Drop(id)
		case needs12(s):
			needs = wire.TLS12
		}
		fits := slices.ContainsFunc(h.Versions, func(v uint16) bool { return v >= needs && v < wire.TLS13 })
		return !fits || o.Drop != nil && o.Drop(id)
	})
}

// narrowRest drops what belongs to no version that is left, as the hellos recorded show it.
func (o *Overlay) narrowRest(h *wire.Hello, openssl bool) {
	shared := len(h.Shares)
	if o.Groups != nil {
		h.Groups, h.Shares = slices.Clone(o.Groups), o.Groups[:1:1]
		if !openssl {
			h.Shares = slices.Clone(o.Groups[:min(max(shared, 1), len(o.Groups))])
		}
	}
	if o.Signatures != nil {
		h.Signatures = slices.Clone(o.Signatures)
	}
	if o.ALPN != nil {
		h.ALPN = *o.ALPN
	}
	if len(h.Versions) == 0 || !o.versioned() {
		return
	}
	newest, oldest := h.Versions[0], h.Versions[len(h.Versions)-1]
	if newest < wire.TLS13 {
		h.Shares = nil
		if openssl {
			h.Groups = slices.DeleteFunc(slices.Clone(h.Groups), func(g uint16) bool { return g>>8 == 1 })
		}
	} else if len(h.Shares) == 0 && len(h.Groups) > 0 {
		h.Shares = h.Groups[:1:1]
	}
	if newest < wire.TLS12 {
		h.Signatures = nil // an extension of TLS 1.2 (RFC 5246 §7.4.1.4.1)
	}
	if oldest == wire.TLS13 && openssl && o.Signatures == nil {
		h.Signatures = slices.Clone(opensslSigs13)
	}
}

// Pinned reports whether a certificate is one of those that a client demands: by the digest of its public key as curl and wget
// write it (RFC 7469 §2.4), or by a digest of the certificate. It tells the key's own digest beside.
func (p Profile) Pinned(der []byte) (fits bool, digest string) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return false, ""
	}
	key := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	digest = "sha256//" + base64.StdEncoding.EncodeToString(key[:])
	long, short := sha256.Sum256(der), sha1.Sum(der)
	all := []string{digest, "cert:" + hex.EncodeToString(long[:]), "cert:" + hex.EncodeToString(short[:])}
	return slices.ContainsFunc(p.Pins, func(pin string) bool { return slices.Contains(all, pin) }), digest
}

// String is the options imitated, as they were given.
func (o *Overlay) String() string { return strings.Join(o.Says, " ") }

// versionsNamed reads a list of versions in any product's spelling; false where one is none.
func versionsNamed(list string, marks string) ([]uint16, bool) {
	var out []uint16
	for _, w := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(marks+" []()'\"", r) }) {
		v, ok := names.ParseVersion(w)
		if !ok {
			return nil, false
		}
		out = append(out, v)
	}
	return out, len(out) > 0
}

// suitesNamed reads a list of suites by IANA's or OpenSSL's names, those of TLS 1.3 apart.
func suitesNamed(list string) (modern, older []uint16, err error) {
	for _, w := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(":, []'\"", r) }) {
		s, ok := names.SuiteByName(w)
		switch {
		case !ok:
			err = fmt.Errorf("no cipher suite %s", w)
		case is13(s.ID):
			modern = append(modern, s.ID)
		default:
			older = append(older, s.ID)
		}
	}
	return modern, older, err
}
