package conf

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const apacheSample = `ServerRoot "/srv/httpd"
Define upstream app.example.test
Listen 18443 # comments behind a directive are none
<IfModule ssl_module>
  SSLSessionCache none
</IfModule>
<VirtualHost *:443>
  servername shop.example.test
  SSLEngine on
  sslcertificatefile "conf/a cert.pem"
  SSLProxyEngine On
  <Location "/api">
    SSLProxyVerify require
    SSLProxyCACertificateFile \
      conf/ca.pem
    ProxyPass https://${upstream}:8443/api retry=0
  </Location>
  ProxyPass "/x" "http://plain.example.test/"
  RewriteRule ^/old/(.*)$ https://old.example.test/$1 [L,P]
  IncludeOptional missing/*.conf
  Include conf/extra.conf
</VirtualHost>
<VirtualHost *:443>
  SSLProtocol -all +TLSv1.2
</VirtualHost>
`

func TestApache(t *testing.T) {
	files := tree{"/srv/httpd/conf/httpd.conf": apacheSample, "/srv/httpd/conf/extra.conf": "SSLProxyCheckPeerName off\n"}
	res := files.read(t, "/srv/httpd/conf/httpd.conf")
	want := strings.ReplaceAll(`
C:3  Listen 18443 # comments behind a directive are none
C:5  SSLSessionCache none
C:8  VirtualHost *:443 > ServerName shop.example.test
C:9  VirtualHost *:443 > SSLEngine on
C:10  VirtualHost *:443 > SSLCertificateFile conf/a cert.pem
C:11  VirtualHost *:443 > SSLProxyEngine On
C:13  VirtualHost *:443 > Location /api > SSLProxyVerify require
C:14  VirtualHost *:443 > Location /api > SSLProxyCACertificateFile conf/ca.pem
C:16  VirtualHost *:443 > Location /api > ProxyPass https://app.example.test:8443/api retry=0
C:18  VirtualHost *:443 > ProxyPass /x http://plain.example.test/
C:19  VirtualHost *:443 > RewriteRule ^/old/(.*)$ https://old.example.test/$1 [L,P]
/srv/httpd/conf/extra.conf:1  VirtualHost *:443 > SSLProxyCheckPeerName off
C:24  VirtualHost *:443 #2 > SSLProtocol -all +TLSv1.2`, "C:", "/srv/httpd/conf/httpd.conf:")
	wantSettings(t, res, want)
	wantGaps(t, res)
}

func TestApacheBroken(t *testing.T) {
	res := tree{"httpd.conf": "<VirtualHost *:443>\nSSLEngine on\n</Location>\n</VirtualHost>\n<VirtualHost *:80>\nSSLEngine \"off\n"}.read(t, "httpd.conf")
	wantSettings(t, res, "httpd.conf:2  VirtualHost *:443 > SSLEngine on\nhttpd.conf:6  VirtualHost *:80 > SSLEngine off")
	wantGaps(t, res, "httpd.conf:3: </Location>: no such section is open here", "httpd.conf:5: the section <VirtualHost>: its end is missing")
}

// TestApacheIncludedSection: a section that an included file leaves open ends with that file.
func TestApacheIncludedSection(t *testing.T) {
	files := tree{"/e/httpd.conf": "Listen 1\nInclude a.conf\nSSLEngine on\n", "/e/a.conf": "<VirtualHost *:443>\nSSLEngine off\n"}
	res := files.read(t, "/e/httpd.conf")
	wantSettings(t, res, "/e/httpd.conf:1  Listen 1\n/e/a.conf:2  VirtualHost *:443 > SSLEngine off\n/e/httpd.conf:3  SSLEngine on")
	wantGaps(t, res, "/e/a.conf:1: the section <VirtualHost>: its end is missing")
}

func TestApacheMisspelt(t *testing.T) {
	for line, want := range map[string]string{
		"SSLProxyVerfy require":    "SSLProxyVerify",
		"SSLCertificateFiel x":     "SSLCertificateFile",
		"SLLEngine on":             "SSLEngine",
		"SSLProxyCAFile x":         "SSLProxyCACertificateFile",
		"SSLProtocols all":         "SSLProtocol",
		"SSLSomethingElseAltogeth": "",
	} {
		res := tree{"httpd.conf": "ServerName a\nListen 1\n" + line + "\n"}.read(t, "httpd.conf")
		last := res.Settings[len(res.Settings)-1]
		if !last.Unknown || last.Near != want {
			t.Errorf("%s: unknown %v, near %q; want %q", line, last.Unknown, last.Near, want)
		}
	}
	for _, line := range []string{"TLSEngine 443", "MDCertificateProtocol ACME", "SessionCookieName x", "ssltrust x"} {
		for _, s := range (tree{"httpd.conf": "ServerName a\nListen 1\n" + line + "\n"}).read(t, "httpd.conf").Settings {
			if s.Unknown && line != "ssltrust x" {
				t.Errorf("%s is held for a mistake", line)
			}
		}
	}
}

// TestApacheAccepts has the real server accept the directives of the table's client side.
func TestApacheAccepts(t *testing.T) {
	program := needProgram(t, "apache2")
	name := filepath.Join(t.TempDir(), "httpd.conf")
	modules := ""
	for _, m := range []string{"mpm_event", "authz_core", "socache_shmcb", "ssl", "proxy", "proxy_http", "rewrite"} {
		so := "/usr/lib/apache2/modules/mod_" + m + ".so"
		if _, err := os.Stat(so); err != nil {
			t.Skipf("%s is not installed", so)
		}
		modules += "LoadModule " + m + "_module " + so + "\n"
	}
	text := modules + "ErrorLog /dev/stderr\nListen 127.0.0.1:18443\n<VirtualHost *:18443>\nServerName a.example.test\nSSLProxyEngine on\nSSLProxyVerify none\n" +
		"SSLProxyCheckPeerName off\nSSLProxyProtocol +TLSv1.2\nProxyPass / https://b.example.test/\nProxyPreserveHost on\n</VirtualHost>\n"
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-t", "-f", name).CombinedOutput(); err != nil {
		t.Errorf("apache2 -t: %v\n%s", err, out)
	}
	wantUses(t, "httpd.conf", text, "https://b.example.test:443 name=a.example.test sni=a.example.test [SSLProxyVerify none + SSLProxyCheckPeerName off + SSLProxyProtocol +TLSv1.2]")
}

func TestApacheUses(t *testing.T) {
	wantUses(t, "httpd.conf", apacheSample, `
https://app.example.test:8443 name=app.example.test sni=app.example.test [SSLProxyVerify require]
https://old.example.test:443 name=old.example.test sni=old.example.test [SSLProxyVerify none]`)
	wantUses(t, "httpd.conf", "ServerName a\n<Proxy balancer://c>\nBalancerMember https://10.0.0.1:444\nBalancerMember http://10.0.0.2\n</Proxy>\nProxyPass / balancer://c/\n",
		"https://10.0.0.1:444 name=10.0.0.1 sni=none [SSLProxyEngine off]")
}
