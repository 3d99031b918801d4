package conf

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// javasecurity reads java.security and files for -Djava.security.properties: Java properties (java.util.Properties,
// load). Lists are given as one word for each item. Of several lines with one name the last counts.
var javasecurity = dialect{ID: "java.security", sniff: sniffJava, read: readJava}

// javaProperties are the security properties that have to do with TLS (JSSE and PKI guides of the JDK).
var javaProperties = newVocabulary("java.security", `
jdk.tls.disabledAlgorithms
jdk.tls.legacyAlgorithms
jdk.certpath.disabledAlgorithms
jdk.security.legacyAlgorithms
jdk.security.caDistrustPolicies
jdk.disabled.namedCurves
jdk.tls.keyLimits
jdk.tls.alpnCharset
ssl.KeyManagerFactory.algorithm
ssl.TrustManagerFactory.algorithm
ssl.SocketFactory.provider
ssl.ServerSocketFactory.provider
ocsp.enable
ocsp.responderURL
ocsp.responderCertSubjectName
ocsp.responderCertIssuerName
ocsp.responderCertSerialNumber
keystore.type
keystore.type.compat
crypto.policy
cert.provider.x509v1
security.overridePropertiesFile
security.useSystemPropertiesFile
`)

// javaSystem are system properties: they work behind -D and do nothing in this file.
var javaSystem = []string{"jdk.tls.client.protocols", "jdk.tls.server.protocols", "jdk.tls.client.cipherSuites", "jdk.tls.server.cipherSuites", "jdk.tls.namedGroups",
	"jdk.tls.ephemeralDHKeySize", "jdk.tls.rejectClientInitiatedRenegotiation", "jdk.tls.allowUnsafeServerCertChange", "jdk.tls.maxCertificateChainLength",
	"jdk.tls.client.SignatureSchemes", "jdk.tls.server.SignatureSchemes", "jdk.tls.useExtendedMasterSecret", "jdk.tls.allowLegacyMasterSecret",
	"jdk.tls.allowLegacyResumption", "jdk.tls.acknowledgeCloseNotify", "jdk.tls.trustNameService", "jsse.enableSNIExtension", "https.protocols", "https.cipherSuites",
	"sun.security.ssl.allowUnsafeRenegotiation", "sun.security.ssl.allowLegacyHelloMessages", "com.sun.net.ssl.checkRevocation",
	"javax.net.ssl.trustStore", "javax.net.ssl.trustStoreType", "javax.net.ssl.keyStore", "javax.net.ssl.keyStoreType", "javax.net.debug"}

func sniffJava(name string, head []byte) int {
	base := baseName(name)
	if base == "java.security" {
		return 95
	}
	for _, text := range joined(string(head)) {
		key, _ := javaProperty(strings.TrimLeft(text, " \t\f"))
		if strings.HasPrefix(key, "jdk.tls.") || strings.HasPrefix(key, "jdk.certpath.") || strings.HasPrefix(key, "security.provider.") {
			return 85
		}
	}
	return 0
}

func readJava(r *reader, f file) {
	for n, text := range javaLines(f.text) {
		key, value := javaProperty(text)
		if key == "include" { // since JDK 24
			r.include(f, n, beside(f.name, value), func(f file) { readJava(r, f) })
			continue
		}
		if s, ok := javaSetting(key, value); ok {
			r.set(f, n, s)
		}
	}
}

// javaLines is joined without comments: within a property's continuation a "#" is text.
func javaLines(text string) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		whole, first := []byte(nil), 0
		for n, line := range numbered(text) {
			line = strings.TrimLeft(line, " \t\f")
			if first == 0 {
				if line == "" || line[0] == '#' || line[0] == '!' {
					continue
				}
				first = n
			}
			if slashes := len(line) - len(strings.TrimRight(line, `\`)); slashes%2 == 1 {
				whole = append(whole, line[:len(line)-1]...)
				continue
			}
			if !yield(first, string(append(whole, line...))) {
				return
			}
			whole, first = whole[:0], 0
		}
		if first != 0 {
			yield(first, string(whole))
		}
	}
}

// javaProperty splits at the first "=", ":" or blank that no backslash protects.
func javaProperty(line string) (key, value string) {
	i := 0
	for i < len(line) && !strings.ContainsRune("=: \t\f", rune(line[i])) {
		if line[i] == '\\' {
			i++
		}
		i++
	}
	i = min(i, len(line))
	rest := strings.TrimLeft(line[i:], " \t\f")
	if rest != "" && (rest[0] == '=' || rest[0] == ':') {
		rest = strings.TrimLeft(rest[1:], " \t\f")
	}
	return javaUnescape(line[:i]), strings.TrimSpace(javaUnescape(rest))
}

func javaUnescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			out.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == 'u' && i+4 < len(s) {
			if code, err := strconv.ParseUint(s[i+1:i+5], 16, 16); err == nil {
				out.WriteRune(rune(code))
				i += 4
				continue
			}
		}
		out.WriteByte(escapedLetter(s[i]))
	}
	return out.String()
}

// javaSetting keeps a property that has to do with TLS; one that only works as a system property has the scope
// "unread".
func javaSetting(key, value string) (fact.Setting, bool) {
	s := fact.Setting{Name: key, Args: javaItems(key, value)}
	if strings.HasPrefix(key, "security.provider.") {
		return s, true
	}
	for _, w := range javaProperties.all() {
		if w.name == key {
			return s, true
		}
	}
	for _, name := range javaSystem {
		if name == key {
			s.Scope = []string{scopeUnread}
			return s, true
		}
	}
	if !strings.HasPrefix(key, "jdk.tls.") && !strings.HasPrefix(key, "jdk.certpath.") && !strings.HasPrefix(key, "ssl.") {
		if !containsAny(key, "tls", "ssl", "certpath", "Algorithms") {
			return s, false
		}
		near := javaProperties.meant(key)
		if near == "" || edits(key, near) > 2 {
			return s, false
		}
	}
	s.Unknown, s.Near = true, javaProperties.meant(key)
	return s, true
}

// javaItems are the items of a property that holds a list.
func javaItems(key, value string) []string {
	if !strings.HasSuffix(key, "Algorithms") && !strings.HasSuffix(key, "Policies") && !strings.HasSuffix(key, "namedCurves") && !strings.HasSuffix(key, "keyLimits") {
		return []string{value}
	}
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.Join(strings.Fields(item), " "); item != "" {
			items = append(items, item)
		}
	}
	return items
}
