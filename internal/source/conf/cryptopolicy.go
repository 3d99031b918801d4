package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// cryptopolicy reads the system-wide crypto policies of Fedora and RHEL (update-crypto-policies(8), crypto-policies(7)):
// /etc/crypto-policies/config and state/current hold the policy's name with its subpolicies ("DEFAULT:SHA1"), *.pol and
// *.pmod what they are made of.
var cryptopolicy = dialect{ID: "crypto-policies", sniff: sniffPolicy, read: readPolicy}

// policyNames are the policies and subpolicies that the distributions ship; an administrator may add others.
var policyNames = []string{"DEFAULT", "LEGACY", "FUTURE", "FIPS", "EMPTY", "NEXT", "BSI", "TEST-FEDORA39", "FEDORA43", "CNSA",
	"SHA1", "NO-SHA1", "AD-SUPPORT", "AD-SUPPORT-LEGACY", "ECDHE-ONLY", "OSPP", "STIG", "FEDORA32", "NO-CAMELLIA", "NO-ENFORCE-EMS", "GOST", "GOST-ONLY", "PQ", "NO-PQ", "TEST-PQ"}

// policyKeys are what a policy's definition sets (crypto-policies(7), "Crypto policy definition format").
var policyKeys = newVocabulary("crypto-policies", `
mac
group
hash
sign
cipher
key_exchange
protocol
min_tls_version
min_dtls_version
min_dh_size
min_dsa_size
min_rsa_size
min_ec_size
sha1_in_certs
arbitrary_dh_groups
ssh_certs
ssh_etm
etm
__ems
__openssl_block_sha1_signatures
`)

func sniffPolicy(name string, head []byte) int {
	base, path := baseName(name), strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	switch {
	case strings.HasSuffix(base, ".pol") || strings.HasSuffix(base, ".pmod"):
		return 80
	case strings.HasSuffix(path, "crypto-policies/config") || strings.HasSuffix(path, "crypto-policies/state/current"):
		return 95
	}
	line, more := "", 0
	for _, l := range numbered(string(head)) {
		if l = uncommentPolicy(l); l != "" {
			line, more = l, more+1
		}
	}
	policy, _, _ := strings.Cut(line, ":")
	if more == 1 && containsExactly(policyNames[:8], policy) {
		return 70
	}
	return 0
}

func containsExactly(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func uncommentPolicy(line string) string {
	line, _, _ = strings.Cut(line, "#")
	return strings.TrimSpace(line)
}

func readPolicy(r *reader, f file) {
	for n, line := range joined(f.text) {
		line = uncommentPolicy(line)
		key, value, isRule := strings.Cut(line, "=")
		switch {
		case line == "":
		case isRule:
			r.set(f, n, policyRule(strings.TrimSpace(key), strings.Fields(value)))
		default:
			for i, name := range strings.Split(line, ":") {
				r.set(f, n, policyName(i, name))
			}
		}
	}
}

// policyName is the setting "policy" or "subpolicy" of a name. The names are written in capitals; another spelling of a
// known one names no file.
func policyName(i int, name string) fact.Setting {
	s := fact.Setting{Name: "policy", Args: []string{name}}
	if i > 0 {
		s.Name = "subpolicy"
	}
	if containsExactly(policyNames, name) {
		return s
	}
	if near := nearest(name, policyNames); near != "" && edits(fold(name), fold(near)) <= 2 {
		s.Unknown, s.BadValue, s.Near = true, true, near
	}
	return s
}

// policyRule is a line of a definition: "cipher@TLS = -AES-128-CBC" has the scope "TLS".
func policyRule(key string, values []string) fact.Setting {
	name, scope, scoped := strings.Cut(key, "@")
	s := fact.Setting{Name: name, Args: values}
	if scoped {
		s.Scope = []string{strings.Trim(scope, "{}")}
	}
	if _, known := policyKeys.find(name); !known {
		s.Unknown, s.Near = true, policyKeys.meant(name)
	}
	return s
}
