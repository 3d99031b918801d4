package conf

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestJava(t *testing.T) {
	res := tree{
		"/j/java.security": `# jdk.tls.disabledAlgorithms=none
jdk.tls.disabledAlgorithms=SSLv3, TLSv1, \
    # no comment here
jdk.tls.disabledAlgorithms : SSLv3, RC4,\
    DH  keySize < 1024
! jdk.tls.legacyAlgorithms=
jdk.certpath.disabledAlgorithm=MD2
jdk.tls.client.protocols=TLSv1.2
javax.net.ssl.trustStorePassword=hunter2
ssl.TrustManagerFactory.algorithm PKIX
keystore.type=\u0050KCS12
policy.provider=x
include extra.security
`,
		"/j/extra.security": "ocsp.enable=true",
	}.read(t, "/j/java.security")
	wantSettings(t, res, `
/j/java.security:2  jdk.tls.disabledAlgorithms SSLv3 TLSv1 # no comment here
/j/java.security:4  jdk.tls.disabledAlgorithms SSLv3 RC4 DH keySize < 1024
/j/java.security:7  jdk.certpath.disabledAlgorithm MD2  ? jdk.certpath.disabledAlgorithms
/j/java.security:8  unread > jdk.tls.client.protocols TLSv1.2
/j/java.security:10  ssl.TrustManagerFactory.algorithm PKIX
/j/java.security:11  keystore.type PKCS12
/j/extra.security:1  ocsp.enable true`)
}

// javaNew finds a Java that prints its security properties (-XshowSettings:security:properties, since JDK 20).
func javaNew(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/jvm/*/bin/java")
	for _, program := range found {
		if out, _ := exec.Command(program, "-XshowSettings:security:properties", "-version").CombinedOutput(); strings.Contains(string(out), "jdk.tls.disabledAlgorithms=") {
			return program
		}
	}
	if os.Getenv("TLSWHY_REQUIRE_REAL") == "1" {
		t.Fatal("no Java of version 20 or later is installed")
	}
	t.Skip("no Java of version 20 or later is installed")
	return ""
}

// TestJavaAgrees: the properties in force in a real Java are the last ones that we read.
func TestJavaAgrees(t *testing.T) {
	program := javaNew(t)
	text := "jdk.tls.disabledAlgorithms = first\n  jdk.tls.legacyAlgorithms:NULL,\\\n   \\u0052C4\njdk.tls.disabledAlgorithms SSL\\u0076\\\n3, a\\ b # c\nkeystore.type=\\=x\\:y\\\\z\nssl.KeyManagerFactory.algorithm\n"
	name := filepath.Join(t.TempDir(), "extra.security")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-Djava.security.properties="+name, "-XshowSettings:security:properties", "-version").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ours := map[string]string{}
	for _, s := range (tree{"java.security": text}).read(t, "java.security").Settings {
		ours[s.Name] = strings.Join(s.Args, ",")
	}
	for _, name := range []string{"jdk.tls.disabledAlgorithms", "jdk.tls.legacyAlgorithms", "keystore.type", "ssl.KeyManagerFactory.algorithm"} {
		_, rest, ok := strings.Cut(string(out), "    "+name+"=")
		value, _, _ := strings.Cut(rest, "\n")
		if theirs := strings.ReplaceAll(strings.TrimSpace(value), ", ", ","); !ok || theirs != ours[name] {
			t.Errorf("%s: we read %q, Java %q", name, ours[name], theirs)
		}
	}
}
