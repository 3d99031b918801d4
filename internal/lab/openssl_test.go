package lab

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// program skips a test that needs a program which is not here, unless the environment says that all must be.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("TLSWHY_REQUIRE_REAL") == "1":
		t.Fatalf("%s is missing", name)
	}
	t.Skipf("%s is missing", name)
	return ""
}

// run runs a program that must end by itself, and returns all it printed.
func run(t *testing.T, input, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(input)
	out, _ := cmd.CombinedOutput() // how it ends is part of what is printed
	if ctx.Err() != nil {
		t.Errorf("%s did not end:\n%s", name, out)
	}
	return string(out)
}

// sClient meets an endpoint with openssl s_client, its flags taken over.
func sClient(t *testing.T, v *visitor, more ...string) string {
	t.Helper()
	args := []string{"s_client", "-connect", v.end.Addr, "-verify_return_error", "-CAfile", v.flag("--ca")}
	if net.ParseIP(v.end.Host) == nil {
		args = append(args, "-servername", v.end.Host, "-verify_hostname", v.end.Host)
	}
	if p := v.proto.ID; p == "mysql" || p == "postgres" {
		args = append(args, "-starttls", p)
	}
	if cert := v.flag("--cert"); cert != "" {
		args = append(args, "-cert", cert, "-key", v.flag("--key"))
	}
	return run(t, "", program(t, "openssl"), append(args, more...)...)
}

// TestOpenSSL: what OpenSSL, another implementation than that of the lab, says about endpoints; with the options
// in flip it says "Verify return code: 0 (ok)".
func TestOpenSSL(t *testing.T) {
	openssl := program(t, "openssl")
	old := strings.HasPrefix(run(t, "", openssl, "version"), "OpenSSL 1")
	e := newTestEnv(t)
	for _, c := range []struct {
		proto, slug, want string
		flip              []string
	}{
		{"https", Healthy, "", []string{}},
		{"mysql", Healthy, "", []string{}},
		{"postgres", Healthy, "", []string{}},
		{"https", "certificate-expired", "certificate has expired", nil},
		{"postgres", "certificate-not-yet-valid", "certificate is not yet valid", nil},
		{"https", "self-signed-certificate", "self-signed certificate", nil},
		{"mysql", "ca-not-trusted", "self-signed certificate in certificate chain", nil},
		{"https", "missing-intermediate", "unable to get local issuer certificate", nil},
		{"https", "intermediate-expired", "certificate has expired", nil},
		{"https", "certificate-wrong-purpose", "unsuitable certificate purpose", nil},
		{"postgres", "hostname-mismatch", "hostname mismatch", nil},
		{"https", "certificate-key-too-small", "EE certificate key too weak", []string{"-cipher", "DEFAULT@SECLEVEL=1"}},
		{"https", "openssl-security-level", "EE certificate key too weak", []string{"-cipher", "DEFAULT@SECLEVEL=1"}},
		{"https", "certificate-digest-too-weak", "signature digest algorithm too weak|CA signature digest", []string{"-cipher", "DEFAULT@SECLEVEL=0"}},
		{"https", "chain-order-wrong", "", []string{}},
		{"https", "chain-too-deep", "", []string{"-verify_depth", "12"}},
		{"https", "expired-root-in-path", "", []string{}},
		{"https", "certificate-without-san", "", []string{}}, // OpenSSL falls back to the common name

		{"https", "dh-group-too-small", "dh key too small", []string{"-cipher", "DEFAULT@SECLEVEL=1"}},
		{"mysql", "server-key-exchange-signature", "bad signature", nil},
		{"https", "no-shared-signature-algorithm", "handshake failure", []string{"-cipher", "DEFAULT@SECLEVEL=0", "-sigalgs", "RSA+SHA1"}},
		{"postgres", "legacy-renegotiation-peer", "unsafe legacy renegotiation disabled", []string{"-legacy_server_connect"}},
		{"https", "no-shared-cipher", "", []string{"-cipher", "AES256-SHA"}},
		{"https", "peer-implementation-bug", "wrong cipher returned|unknown cipher returned", nil},
		{"https", "keys-disagree", "bad record mac", nil},
		{"https", "client-key-does-not-match", "key values mismatch|private key", nil},
	} {
		t.Run(c.slug+" "+c.proto, func(t *testing.T) {
			if old {
				t.Skip("OpenSSL 3 or later is wanted")
			}
			end, p := start(t, e, c.proto, c.slug)
			v := newVisitor(t, e, end, p)
			if c.want != "" && !containsOne(sClient(t, v), c.want) {
				t.Errorf("OpenSSL does not say %q but\n%s", c.want, sClient(t, v))
			}
			if c.flip == nil {
				return
			}
			if said := sClient(t, v, c.flip...); !strings.Contains(said, "Verify return code: 0 (ok)") {
				t.Errorf("with %q OpenSSL says\n%s", c.flip, said)
			}
		})
	}
}

// TestChainIsDeep: a verifier that allows nine certificates between is not content.
func TestChainIsDeep(t *testing.T) {
	e := newTestEnv(t)
	end, p := start(t, e, "https", "chain-too-deep")
	if said := sClient(t, newVisitor(t, e, end, p), "-verify_depth", "9"); !containsOne(said, "certificate chain too long") {
		t.Errorf("OpenSSL says\n%s", said)
	}
}

// containsOne tells whether text has one of the alternatives, in any case of letters.
func containsOne(text, alternatives string) bool {
	text = strings.ToLower(text)
	for _, a := range strings.Split(strings.ToLower(alternatives), "|") {
		if strings.Contains(text, a) {
			return true
		}
	}
	return false
}
