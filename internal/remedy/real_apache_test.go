package remedy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestApacheReadsIt lets apache2 -t read every line for Apache.
func TestApacheReadsIt(t *testing.T) {
	apache := program(t, "apache2", "/usr/sbin/apache2", "httpd")
	modules := "/usr/lib/apache2/modules"
	if _, err := os.Stat(modules + "/mod_ssl.so"); err != nil {
		t.Skip("this Apache keeps its modules elsewhere, or has no mod_ssl")
	}
	dir := t.TempDir()
	pair(t, dir, "fullchain.pem", "privkey.pem", "client-ca.pem", "x", "upstream-ca.pem", "x")
	write(t, dir+"/client.pem", read(t, dir+"/fullchain.pem")+read(t, dir+"/privkey.pem"))
	check := func(lines string) (string, error) {
		conf := "ServerRoot " + dir + "\nPidFile " + dir + "/pid\nServerName localhost\nErrorLog /dev/stderr\nListen 127.0.0.1:1\n"
		for _, m := range []string{"mpm_event", "authz_core", "socache_shmcb", "ssl", "proxy", "proxy_http"} {
			conf += "LoadModule " + m + "_module " + modules + "/mod_" + m + ".so\n"
		}
		lines = strings.ReplaceAll(lines, "/etc/apache2/tls", dir)
		return run(t, nil, apache, "-t", "-f", write(t, filepath.Join(dir, "apache.conf"), conf+"<VirtualHost *:1>\n"+lines+"\n</VirtualHost>\n"))
	}
	checked, seen := 0, map[string]bool{}
	for _, s := range of(t, "apache") {
		if seen[s.Snippet] {
			continue
		}
		seen[s.Snippet] = true
		if out, err := check(s.Snippet); err != nil {
			t.Errorf("%s: %v\n%s\n%s", s.ID, err, out, s.Snippet)
		}
		checked++
	}
	if checked < 12 {
		t.Errorf("only %d snippets were read", checked)
	}
	if _, err := check("SSLProtocol nonesuch"); err == nil {
		t.Error("apache2 accepts a protocol that cannot be: this test proves nothing")
	}
}
