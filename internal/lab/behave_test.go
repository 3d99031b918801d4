package lab

import (
	"cmp"
	"crypto/tls"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestHealthy: the standard library's client connects over every protocol with nothing but the flags.
func TestHealthy(t *testing.T) {
	e := newTestEnv(t)
	for _, proto := range anyProto {
		end, p := start(t, e, proto, Healthy)
		if err := newVisitor(t, e, end, p).enter(t); err != nil {
			t.Errorf("%s: %v", proto, err)
		}
	}
}

// A meeting is what the standard library's client says about a fault, and what it must do differently to get
// through: nil where no client can.
type meeting struct {
	slug string
	want string // part of the error, or several ones by the version in use; "" when this client is content, see TestSeenInCertificates
	flip func(v *visitor)
}

func trustIssuing(v *visitor)              { v.config.RootCAs.AddCert(v.env.CA.Issuing.Cert) }
func verifying(name string) func(*visitor) { return func(v *visitor) { v.config.ServerName = name } }
func at(d time.Duration) func(*visitor) {
	return func(v *visitor) { v.config.Time = func() time.Time { return time.Now().Add(d) } }
}
func from(version uint16) func(*visitor)  { return func(v *visitor) { v.config.MinVersion = version } }
func upto(version uint16) func(*visitor)  { return func(v *visitor) { v.config.MaxVersion = version } }
func suites(ids ...uint16) func(*visitor) { return func(v *visitor) { v.config.CipherSuites = ids } }
func trustAnything(v *visitor)            { v.config.InsecureSkipVerify = true }
func withoutALPN(v *visitor)              { v.config.NextProtos = nil }

func offering(list ...tls.CurveID) func(*visitor) {
	return func(v *visitor) { v.config.CurvePreferences = list }
}

// silent is what a client says that had no answer.
const silent = "deadline exceeded"

// saying sends another SNI than the name verified; "" is that name.
func saying(name string) func(*visitor) {
	return func(v *visitor) { v.sayName(cmp.Or(name, v.end.Host)) }
}

var meetings = []meeting{
	{"hostname-mismatch", "valid for intranet.shop.test, not", verifying("intranet.shop.test")},
	{"hostname-is-alias", "valid for db7.region.shop.test, not", verifying("db7.region.shop.test")},
	{"hostname-is-ip-address", "cannot validate certificate for 127.0.0.1", trustAnything},
	{"certificate-without-san", "relies on legacy Common Name field", trustAnything},
	{"sni-selects-other-certificate", "valid for other.shop.test, not", saying("")},
	{"one-backend-differs", "", nil},

	{"certificate-expired", "certificate has expired", trustAnything},
	{"certificate-expires-soon", "", nil},
	{"certificate-not-yet-valid", "certificate has expired or is not yet valid", trustAnything},
	{"client-clock-wrong", "certificate has expired or is not yet valid", at(8 * time.Hour)},
	{"certificate-wrong-purpose", "incompatible key usage", trustAnything},
	{"certificate-malformed", "negative serial number", nil},
	{"certificate-digest-too-weak", "insecure algorithm SHA1-RSA", trustAnything},
	{"certificate-key-too-small", "", nil},
	{"openssl-security-level", "", nil},
	{"certificate-revoked", "", nil},
	{"revocation-unavailable", "", nil},

	{"self-signed-certificate", "unknown authority", trustAnything},
	{"ca-not-trusted", "unknown authority", trustAnything},
	{"intercepted-by-proxy", "unknown authority", trustAnything},
	{"intercepted-by-antivirus", "unknown authority", trustAnything},
	{"ca-store-missing", "unknown authority", trustAnything},
	{"ca-store-outdated", "unknown authority", trustIssuing},
	{"missing-intermediate", "unknown authority", trustIssuing},
	{"chain-order-wrong", "", nil},
	{"chain-too-deep", "", nil},
	{"expired-root-in-path", "", nil},
	{"intermediate-expired", "certificate has expired", trustAnything},

	{"client-certificate-missing", "certificate required|handshake failure", nil},
	{"client-certificate-untrusted", "unknown certificate authority", nil},
	{"client-certificate-expired", "expired certificate", nil},
	{"client-certificate-wrong-purpose", "bad certificate", nil},
	{"client-key-does-not-match", "error decrypting message", nil},

	{"server-too-old", "protocol version not supported", from(tls.VersionTLS10)},
	{"client-too-old", "protocol version not supported", upto(tls.VersionTLS13)},
	{"no-shared-cipher", "handshake failure", suites(tls.TLS_RSA_WITH_AES_256_CBC_SHA)},
	{"no-shared-group", "handshake failure", offering(tls.CurveP521)},
	{"no-shared-alpn", "no application protocol", withoutALPN},
	{"sni-missing", "unrecognized name", saying("")},
	{"sni-unknown", "unrecognized name", saying("none")},

	{"cipher-needs-other-certificate", "handshake failure", suites(tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)},
	{"crypto-policy", "handshake failure", offering(tls.X25519)},

	{"version-intolerant-server", "EOF", upto(tls.VersionTLS12)},
	{"large-hello-dropped", silent, offering(tls.X25519)},
	{"path-mtu-blackhole", silent, smallSegments},
	{"silent-after-hello", silent, nil},
	{"closed-after-hello", "EOF", nil},
	{"firewall-resets-handshake", "connection reset", saying("elsewhere.shop.test")},

	{"key-does-not-match-certificate", "ECDSA verification failure", nil},
	{"keys-disagree", "bad record MAC", nil},
	{"peer-implementation-bug", "unconfigured cipher suite", nil},
	{"closed-on-accept", "EOF|reset by peer|broken pipe", nil},
}

// clients are what a meeting's visitor must be to meet the fault, where the endpoint says so by --as.
var clients = map[string]func(*visitor){
	"tls1.2": upto(tls.VersionTLS12), "openssl3": func(*visitor) {}, "fips": offering(tls.CurveP256),
	"legacy": func(v *visitor) {
		v.config.MaxVersion = tls.VersionTLS12
		v.config.CipherSuites = []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}
	},
}

func TestMeetings(t *testing.T) {
	e := newTestEnv(t)
	for _, m := range meetings {
		t.Run(m.slug, func(t *testing.T) {
			t.Parallel()
			f, _, err := Find("", m.slug)
			if err != nil {
				t.Fatal(err)
			}
			for _, proto := range f.Protos[:some(m, f)] {
				meet(t, e, m, proto)
			}
		})
	}
}

// some is over how many protocols a fault is met: one, where time must pass for it.
func some(m meeting, f Fault) int {
	if m.want == silent {
		return 1
	}
	return len(f.Protos)
}

func meet(t *testing.T, e *Env, m meeting, proto string) {
	t.Helper()
	end, p := start(t, e, proto, m.slug)
	v := newVisitor(t, e, end, p)
	if as := v.flag("--as"); as != "" {
		clients[as](v)
	}
	if m.want == silent {
		v.waits = 700 * time.Millisecond
	}
	checkError(t, proto, v.enter(t), m.want)
	v.waits = 10 * time.Second
	if m.flip != nil {
		m.flip(v)
		checkError(t, proto+", flipped", v.enter(t), "")
	}
}

func checkError(t *testing.T, who string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v, want it to connect", who, err)
	case want != "" && (err == nil || !slices.ContainsFunc(strings.Split(want, "|"), func(w string) bool { return strings.Contains(err.Error(), w) })):
		t.Errorf("%s: %v, want %q", who, err, want)
	}
}
