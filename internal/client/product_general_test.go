package client

import (
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Texts below are what the real programs printed (curl 7.88.1, OpenSSL 3.0.22, GnuTLS 3.7.9, Python 3.11.2, Node 20.20.2, OpenJDK 17.0.15,
// Go 1.26.8, nginx 1.22.1 and 1.31.5), the thread's number of OpenSSL and source ports apart.

// met is a handshake as far as texts look at it.
func met(server *wire.ServerHello, certificates ...fact.Certificate) *fact.Handshake {
	h := &fact.Handshake{Client: &wire.ClientHello{Versions: []uint16{wire.TLS13, wire.TLS12}}, Server: server}
	if len(certificates) > 0 {
		h.Chain = &fact.Chain{Certificates: certificates}
	}
	return h
}

func refusedFor(kind fact.ProblemKind, detail string, names ...string) *fact.Verdict {
	p := fact.Problem{Kind: kind, Fatal: true, Detail: detail, Names: names, Time: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}
	v := &fact.Verdict{Name: "db.example.test", At: time.Date(2026, 11, 21, 19, 44, 11, 0, time.UTC), Problems: []fact.Problem{p}, Path: []string{"leaf", "Lab Root CA"}}
	switch kind {
	case fact.SelfSignedLeaf, fact.RootUnknown, fact.IssuerMissing:
		v.Path = v.Path[:1]
	default:
		v.Trusted = true
	}
	return v
}

func alertAt(step string, code uint8) Failure {
	return Failure{Step: step, How: fact.EndAlert, Alert: code}
}

func local(reason string, h *fact.Handshake) Failure {
	return Failure{Step: StepServerHello, How: fact.EndLocal, Reason: reason, Handshake: h}
}

func badChain(v *fact.Verdict) Failure {
	server := &wire.ServerHello{Version: wire.TLS13, Suite: 0x1302, Extensions: []wire.Extension{{Type: wire.ExtSupportedVersions}}}
	leaf := fact.Certificate{CommonName: "real.cluster.example.test", DNSNames: []string{"real.cluster.example.test"}}
	reason := "chain"
	if nameProblem(v) != nil {
		reason = "name"
	}
	return Failure{Step: StepCertificate, How: fact.EndLocal, Reason: reason, Verdict: v, Handshake: met(server, leaf)}
}

var (
	lapsed    = badChain(refusedFor(fact.LeafExpired, ""))
	self      = badChain(refusedFor(fact.SelfSignedLeaf, ""))
	noIssuer  = badChain(refusedFor(fact.IssuerMissing, ""))
	weak      = badChain(refusedFor(fact.DigestWeak, "sha1WithRSAEncryption"))
	otherName = badChain(refusedFor(fact.NameMismatch, "subject alternative names", "real.cluster.example.test"))
	ssl3      = local(wire.ReasonUnofferedVersion, met(&wire.ServerHello{Version: 0x300}))
	draft     = local(wire.ReasonUnofferedVersion, met(&wire.ServerHello{Version: 0x7f1c, Extensions: []wire.Extension{{Type: wire.ExtSupportedVersions}}}))
	noShare   = local(wire.ReasonBadKeyShare, met(&wire.ServerHello{Version: wire.TLS13, Extensions: []wire.Extension{{Type: wire.ExtSupportedVersions}}}))
)

var generalTexts = []struct {
	product, mode, release string
	failure                Failure
	want                   string
}{
	{"curl", "--cacert", "", lapsed, "curl: (60) SSL certificate problem: certificate has expired"},
	{"curl", "--cacert", "", self, "curl: (60) SSL certificate problem: self-signed certificate"},
	{"curl", "--cacert", "", noIssuer, "curl: (60) SSL certificate problem: unable to get local issuer certificate"},
	{"curl", "--cacert", "", weak, "curl: (60) SSL certificate problem: CA signature digest algorithm too weak"},
	{"curl", "--cacert", "", otherName, "curl: (60) SSL: no alternative certificate subject name matches target host name 'db.example.test'"},
	{"curl", "-k", "", alertAt(StepHello, 112), "curl: (35) OpenSSL/3.0.22: error:0A000458:SSL routines::tlsv1 unrecognized name"},
	{"curl", "-k", "", alertAt(StepDone, 116), "curl: (56) OpenSSL SSL_read: OpenSSL/3.0.22: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0"},
	{"curl", "-k", "", alertAt(StepHello, 116), "curl: (98) OpenSSL/3.0.22: error:0A00045C:SSL routines::tlsv13 alert certificate required"},
	{"curl", "-k", "", Failure{How: fact.EndNotTLS}, "curl: (35) OpenSSL/3.0.22: error:0A00010B:SSL routines::wrong version number"},
	{"curl", "-k", "", Failure{How: fact.EndClosed, Host: "db.example.test", Port: 8564}, "curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to db.example.test:8564"},
	{"curl", "-k", "", local("dh-too-small", nil), "curl: (35) OpenSSL/3.0.22: error:0A00018A:SSL routines::dh key too small"},
	{"curl", "-k", "", local("no-secure-renegotiation", nil), "curl: (35) OpenSSL/3.0.22: error:0A000152:SSL routines::unsafe legacy renegotiation disabled"},
	{"curl", "-k", "", noShare, "curl: (35) OpenSSL/3.0.22: error:0A000065:SSL routines::no suitable key share"},
	{"curl", "-k", "", draft, "curl: (35) OpenSSL/3.0.22: error:0A000074:SSL routines::bad protocol version number"},
	{"openssl", "SECLEVEL=2", "", alertAt(StepHello, 40), "error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../ssl/record/rec_layer_s3.c:1602:SSL alert number 40\n" +
		"CONNECTED(00000003)\nno peer certificate available\nNew, (NONE), Cipher is (NONE)\nVerify return code: 0 (ok)"},
	{"openssl", "-verify_return_error", "", lapsed, "verify error:num=10:certificate has expired\n" +
		"error:0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1889:\n" +
		"CONNECTED(00000003)\nno peer certificate available\nVerification error: certificate has expired\nNew, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384\n" +
		"Verify return code: 10 (certificate has expired)"},
	{"gnutls", "--x509cafile", "", weak, "- Status: The certificate is NOT trusted. The certificate chain uses insecure algorithm. \n" +
		"*** PKI verification of server certificate failed...\n*** Fatal error: Error in the certificate."},
	{"gnutls", "--x509cafile", "", otherName, "- Status: The certificate is NOT trusted. The name in the certificate does not match the expected. \n" +
		"*** PKI verification of server certificate failed...\n*** Fatal error: Error in the certificate."},
	{"gnutls", "--insecure", "", alertAt(StepHello, 112), "*** Received alert [112]: The server name sent was not recognized\n*** Fatal error: A TLS fatal alert has been received."},
	{"gnutls", "--insecure", "", noShare, "*** Fatal error: An illegal parameter was found."},
	{"python", "CERT_NONE", "", alertAt(StepHello, 120), "ssl.SSLError: [SSL] tlsv1 alert no application protocol (_ssl.c:992)"},
	{"python", "CERT_NONE", "3.11.2", Failure{How: fact.EndClosed}, "ssl.SSLZeroReturnError: TLS/SSL connection has been closed (EOF) (_ssl.c:992)"},
	{"python", "CERT_NONE", "", ssl3, "ssl.SSLError: [SSL: UNSUPPORTED_PROTOCOL] unsupported protocol (_ssl.c:992)"},
	{"python", "create_default_context(cafile)", "", otherName, "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'db.example.test'. (_ssl.c:992)"},
	{"node", "rejectUnauthorized:true ca", "", noIssuer, "code=UNABLE_TO_VERIFY_LEAF_SIGNATURE reason=undefined message=unable to verify the first certificate"},
	{"node", "rejectUnauthorized:true ca", "", weak, "code=UNSPECIFIED reason=undefined message=CA signature digest algorithm too weak"},
	{"node", "rejectUnauthorized:true ca", "", otherName, "code=ERR_TLS_CERT_ALTNAME_INVALID reason=Host: db.example.test. is not in the cert's altnames: DNS:real.cluster.example.test " +
		"message=Hostname/IP does not match certificate's altnames: Host: db.example.test. is not in the cert's altnames: DNS:real.cluster.example.test"},
	{"java", "truststore", "", lapsed, "javax.net.ssl.SSLHandshakeException: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed" +
		" / Caused by: sun.security.validator.ValidatorException: PKIX path validation failed: java.security.cert.CertPathValidatorException: validity check failed" +
		" / Caused by: java.security.cert.CertPathValidatorException: validity check failed" +
		" / Caused by: java.security.cert.CertificateExpiredException: NotAfter: Wed Jan 01 00:00:00 UTC 2025"},
	{"java", "trust-all", "", alertAt(StepHello, 80), "javax.net.ssl.SSLException: Received fatal alert: internal_error"},
	{"java", "trust-all", "", ssl3, "javax.net.ssl.SSLHandshakeException: The server selected protocol version SSL30 is not accepted by client preferences [TLS13, TLS12]"},
	{"java", "trust-all", "", local(wire.ReasonUnofferedGroup, met(&wire.ServerHello{Version: wire.TLS13, Share: &wire.KeyShare{Group: 0x2fff}})),
		"javax.net.ssl.SSLProtocolException: Unsupported named group: UNDEFINED-NAMED-GROUP(12287)"},
	{"go", "RootCAs", "", lapsed, "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-21T19:44:11Z is after 2025-01-01T00:00:00Z"},
	{"go", "RootCAs", "", weak, "tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of \"x509: cannot verify signature: " +
		"insecure algorithm SHA1-RSA\" while trying to verify candidate authority certificate \"Lab Root CA\")"},
	{"go", "InsecureSkipVerify", "", noShare, "tls: server did not send a key share"},
	{"go", "InsecureSkipVerify", "", draft, "tls: server selected unsupported protocol version 7f1c"},
	{"nginx", "proxy_ssl_verify on", "1.22.1", noIssuer, "[error] upstream SSL certificate verify error: (21:unable to verify the first certificate) while SSL handshaking to upstream"},
	{"nginx", "proxy_ssl_verify on", "1.22.1", otherName, "[error] upstream SSL certificate does not match \"db.example.test\" while SSL handshaking to upstream"},
	{"nginx", "defaults", "1.22.1", alertAt(StepHello, 112), "[crit] SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream"},
	{"nginx", "defaults", "1.31.5", alertAt(StepHello, 112), "[error] SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream"},
	{"nginx", "defaults", "1.31.5", alertAt(StepDone, 116), "[error] SSL_read() failed (SSL: error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116) while reading response header from upstream"},
	{"nginx", "defaults", "1.31.5", Failure{How: fact.EndTimeout}, "[error] upstream timed out (110: Connection timed out) while SSL handshaking to upstream"},
}

func TestTextsAreThePrograms(t *testing.T) {
	for _, test := range generalTexts {
		p, ok := product(test.product)
		m, found := p.Mode(test.mode, test.release)
		if !ok || !found {
			t.Errorf("no %s %s", test.product, test.mode)
			continue
		}
		if got := m.Does.Text(test.failure); got != test.want {
			t.Errorf("%s %s:\n got %q\nwant %q", test.product, test.mode, got, test.want)
		}
	}
}

// TestNoFailureIsMute: every client has something to say of every way to fail, but for those that are silent when time is up.
func TestNoFailureIsMute(t *testing.T) {
	silent := map[string]bool{"openssl": true, "gnutls": true, "redis-cli": true}
	for _, p := range generals() {
		for _, m := range p.Modes {
			for _, how := range []fact.How{fact.EndRefused, fact.EndTimeout, fact.EndClosed, fact.EndReset, fact.EndAlert, fact.EndNotTLS} {
				text := m.Does.Text(Failure{Step: StepHello, How: how, Alert: 40, Host: "db.example.test", Port: 443})
				if text == "" && !(silent[p.ID] && how == fact.EndTimeout) {
					t.Errorf("%s %s says nothing of %s", p.ID, m.ID, how)
				}
			}
		}
	}
}

// TestNginxRefusesWhatItsSettingsLeaveOut: modes told from a wider hello.
func TestNginxRefusesWhatItsSettingsLeaveOut(t *testing.T) {
	p521 := &fact.Handshake{Server: &wire.ServerHello{Version: wire.TLS13, Share: &wire.KeyShare{Group: 0x19}}}
	rsa := &fact.Handshake{Server: &wire.ServerHello{Version: wire.TLS12, Suite: 0x009d}}
	for _, test := range []struct {
		mode string
		h    *fact.Handshake
		want string
	}{
		{"Groups X25519", p521, "alert-40"}, {"Groups X25519:P-521", p521, ""}, {"proxy_ssl_ciphers ECDHE", rsa, "alert-40"},
		{"proxy_ssl_protocols TLSv1.2", rsa, ""}, {"proxy_ssl_protocols TLSv1.3", rsa, "alert-70"},
	} {
		m, ok := nginxUpstream().Mode(test.mode, "1.31")
		if got := m.Does.Refuse(StepServerHello, test.h); !ok || got != test.want {
			t.Errorf("%s: %q, want %q", test.mode, got, test.want)
		}
	}
}

func TestX509Order(t *testing.T) {
	v := &fact.Verdict{Path: []string{"leaf"}, Problems: []fact.Problem{{Kind: fact.LeafExpired, Fatal: true}, {Kind: fact.NameMismatch, Fatal: true}, {Kind: fact.IssuerMissing, Fatal: true}}}
	f := Failure{Verdict: v}
	if first, last := x509First(f), x509Last(f); first != x509NoLocalIssuer || last != x509Expired {
		t.Errorf("first %d, last %d", first, last)
	}
	v.Path, v.Trusted = []string{"leaf", "root"}, true
	v.Problems = v.Problems[:2]
	if first := x509First(f); first != x509Host {
		t.Errorf("the name comes before the dates, not %d", first)
	}
}
