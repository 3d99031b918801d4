package conf

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// opensslChain leads to [sys] as Fedora, RHEL and Ubuntu ship it, by other names.
const opensslChain = "openssl_conf = init\n[init]\nssl_conf = ssls\n[ssls]\nsystem_default = sys\n"

var opensslSamples = []struct {
	name, text, want string
	ciphers          string // in force for every program; "" the default
	min              string // MinProtocol in force
}{
	{"read", opensslChain + "[sys]\nMinProtocol = TLSv1.3\nCipherString = DEFAULT@SECLEVEL=1\n", `
f.cnf:1  chain > default > openssl_conf init
f.cnf:3  chain > init > ssl_conf ssls
f.cnf:5  chain > ssls > system_default sys
f.cnf:7  system default > sys > MinProtocol TLSv1.3
f.cnf:8  system default > sys > CipherString DEFAULT@SECLEVEL=1
f.cnf:8  system default > sys > @SECLEVEL 1`, "DEFAULT@SECLEVEL=1", "TLSv1.3"},
	{"no chain: the edit after an article, in Debian 12's file", "openssl_conf = openssl_init\n[openssl_init]\nproviders = p\n[system_default_sect]\nMinProtocol = TLSv1.3\nCipherString = AES128-SHA\n", `
f.cnf:1  chain > default > openssl_conf openssl_init
f.cnf:3  chain > openssl_init > providers p
f.cnf:5  unread > system_default_sect > MinProtocol TLSv1.3
f.cnf:6  unread > system_default_sect > CipherString AES128-SHA`, "", ""},
	{"openssl_conf within a section leads nowhere", "[top]\n" + opensslChain + "[sys]\nCipherString = AES128-SHA\n", `
f.cnf:8  unread > sys > CipherString AES128-SHA`, "", ""},
	{"the later of two lines, and of two sections of one name", opensslChain + "[sys]\nCipherString = AES128-SHA\n[x]\na=b\n[sys]\nCipherString = AES256-SHA\n", `
f.cnf:1  chain > default > openssl_conf init
f.cnf:3  chain > init > ssl_conf ssls
f.cnf:5  chain > ssls > system_default sys
f.cnf:7  overridden > sys > CipherString AES128-SHA
f.cnf:11  system default > sys > CipherString AES256-SHA`, "AES256-SHA", ""},
	{"another application's section", opensslChain + "web = web_sect\n[web_sect]\nCipherString = AES256-SHA\n[sys]\nMinProtocol=TLSv1.2\n", `
f.cnf:1  chain > default > openssl_conf init
f.cnf:3  chain > init > ssl_conf ssls
f.cnf:5  chain > ssls > system_default sys
f.cnf:6  chain > ssls > web web_sect
f.cnf:8  application web > web_sect > CipherString AES256-SHA
f.cnf:10  system default > sys > MinProtocol TLSv1.2`, "", "TLSv1.2"},
	{"variables, quotation, continuation, a name with a number, another section's assignment",
		"suite = AES128-SHA\nopenssl_conf=i\n[i]\nssl_conf=s\n[s]\nsystem_default=d\n[d]\n1.ciphersTring = \"AES256-SHA256\"\\\n:${default::suite}:AES256-SH\\A # why\n[z]\nd::MinProtocol = 'TLSv1.3'\n", `
f.cnf:2  chain > default > openssl_conf i
f.cnf:4  chain > i > ssl_conf s
f.cnf:6  chain > s > system_default d
f.cnf:8  system default > d > CipherString AES256-SHA256:AES128-SHA:AES256-SHA
f.cnf:11  system default > d > MinProtocol TLSv1.3`, "AES256-SHA256:AES128-SHA:AES256-SHA", "TLSv1.3"},
	{"blanks, comments, a value of two quoted parts, a line that goes on at the end of the file", opensslChain + " [ sys ] # x\n\t CipherString =  \"AES128-SHA\"':AES256-SHA' # y\n MinProtocol=\\\n TLSv1.3\\", `
f.cnf:1  chain > default > openssl_conf init
f.cnf:3  chain > init > ssl_conf ssls
f.cnf:5  chain > ssls > system_default sys
f.cnf:7  system default > sys > CipherString AES128-SHA:AES256-SHA
f.cnf:8  system default > sys > MinProtocol TLSv1.3`, "AES128-SHA:AES256-SHA", "TLSv1.3"},
	{"a pragma, and variables of another section", opensslChain + ".pragma = dollarid:on\n[vars]\nsuite = AES128-SHA\na$b = AES256-SHA\n[sys]\nCipherString = ${vars::suite}:$(vars::a$b)\n", `
f.cnf:1  chain > default > openssl_conf init
f.cnf:3  chain > init > ssl_conf ssls
f.cnf:5  chain > ssls > system_default sys
f.cnf:11  system default > sys > CipherString AES128-SHA:AES256-SHA`, "AES128-SHA:AES256-SHA", ""},
	{"a command that libssl does not know, before others", opensslChain + "[sys]\nMinProtokol = TLSv1\nCipherString = AES128-SHA\n", `
f.cnf:1  chain > default > openssl_conf init
f.cnf:3  chain > init > ssl_conf ssls
f.cnf:5  chain > ssls > system_default sys
f.cnf:7  system default > sys > MinProtokol TLSv1  ? MinProtocol
f.cnf:8  system default > sys > CipherString AES128-SHA`, "AES128-SHA", ""},
}

func TestOpenSSL(t *testing.T) {
	for _, c := range opensslSamples {
		t.Run(c.name, func(t *testing.T) {
			res := tree{"f.cnf": c.text}.read(t, "f.cnf")
			if res.Dialect != "openssl.cnf" {
				t.Fatalf("dialect %q", res.Dialect)
			}
			wantSettings(t, res, c.want)
			wantGaps(t, res)
			if got := effective(res, "CipherString"); got != c.ciphers {
				t.Errorf("CipherString in force is %q, want %q", got, c.ciphers)
			}
			if got := effective(res, "MinProtocol"); got != c.min {
				t.Errorf("MinProtocol in force is %q, want %q", got, c.min)
			}
		})
	}
}

// effective is the value of a command in the section that all programs read.
func effective(res Result, name string) string {
	value := ""
	for _, s := range res.Settings {
		if s.Name == name && s.Scope[0] == scopeSystemDefault {
			value = s.Value()
		}
	}
	return value
}

// opensslSuites lists what OpenSSL offers with a configuration file.
func opensslSuites(t *testing.T, program, conf string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, append([]string{"ciphers", "-s"}, args...)...)
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+conf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl ciphers %v with %s: %v", args, conf, err)
	}
	return strings.TrimSpace(string(out))
}

// TestOpenSSLAgrees: what OpenSSL offers with a file is what it offers without one, told the cipher string that we say is
// in force.
func TestOpenSSLAgrees(t *testing.T) {
	program := needProgram(t, "openssl")
	for _, c := range opensslSamples {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "openssl.cnf")
			if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			res := tree{"openssl.cnf": c.text}.read(t, "openssl.cnf")
			var args []string
			if s := effective(res, "CipherString"); s != "" {
				args = append(args, s)
			}
			want := opensslSuites(t, program, os.DevNull, args...)
			if got := opensslSuites(t, program, name); got != want {
				t.Errorf("openssl offers\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// opensslOffers is the lowest version that "openssl s_client" offers with a configuration file.
func opensslOffers(t *testing.T, program, conf string) uint16 {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cmd := exec.Command(program, "s_client", "-connect", l.Addr().String())
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	lowest := uint16(0)
	refused := errors.New("seen enough")
	server := tls.Server(conn, &tls.Config{GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		lowest = slices.Min(h.SupportedVersions)
		return nil, refused
	}})
	if err := server.Handshake(); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	return lowest
}

// TestOpenSSLMinimum: the lowest version that OpenSSL offers is the MinProtocol that we say is in force.
func TestOpenSSLMinimum(t *testing.T) {
	program := needProgram(t, "openssl")
	usual := opensslOffers(t, program, os.DevNull)
	for _, c := range opensslSamples {
		name := filepath.Join(t.TempDir(), "openssl.cnf")
		if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		res := tree{"openssl.cnf": c.text}.read(t, "openssl.cnf")
		want := usual
		if v, ok := map[string]uint16{"TLSv1.3": tls.VersionTLS13, "TLSv1.2": tls.VersionTLS12}[effective(res, "MinProtocol")]; ok {
			want = v
		}
		if got := opensslOffers(t, program, name); got != want {
			t.Errorf("%s: openssl offers %s and later, want %s", c.name, tls.VersionName(got), tls.VersionName(want))
		}
	}
}

// TestOpenSSLDebian reads the file that the distribution installs.
func TestOpenSSLDebian(t *testing.T) {
	text, err := os.ReadFile("/etc/ssl/openssl.cnf")
	if err != nil {
		t.Skipf("no openssl.cnf here: %v", err)
	}
	res := tree{"openssl.cnf": string(text)}.read(t, "openssl.cnf")
	wantGaps(t, res)
	edited := tree{"openssl.cnf": string(text) + "\n[system_default_sect]\nMinProtocol = TLSv1\n"}.read(t, "openssl.cnf")
	if n := len(edited.Settings) - len(res.Settings); n != 1 {
		t.Fatalf("one line more gives %d settings more", n)
	}
	if !strings.Contains(string(text), "\nssl_conf") && edited.Settings[len(edited.Settings)-1].Scope[0] != scopeUnread {
		t.Errorf("the edit counts as read: %+v", edited.Settings[len(edited.Settings)-1])
	}
}

func TestOpenSSLIncludes(t *testing.T) {
	files := tree{
		"/etc/ssl/openssl.cnf":                             opensslChain + "[sys]\n.include = /etc/crypto-policies/back-ends/opensslcnf.config\n.include conf.d/\nOptions = UnsafeLegacyRenegotiation\n",
		"/etc/crypto-policies/back-ends/opensslcnf.config": "CipherString = @SECLEVEL=2:kEECDH:-SHA1\nTLS.MinProtocol = TLSv1.2\n",
		"/etc/ssl/conf.d/10.cnf":                           "MinProtokol = TLSv1.1\n",
		"/etc/ssl/conf.d/README":                           "[sys\n",
	}
	res := files.read(t, "/etc/ssl/openssl.cnf")
	wantGaps(t, res)
	res.Settings = res.Settings[3:] // the chain
	wantSettings(t, res, `
/etc/crypto-policies/back-ends/opensslcnf.config:1  system default > sys > CipherString @SECLEVEL=2:kEECDH:-SHA1
/etc/crypto-policies/back-ends/opensslcnf.config:1  system default > sys > @SECLEVEL 2
/etc/crypto-policies/back-ends/opensslcnf.config:2  system default > sys > MinProtocol TLSv1.2
/etc/ssl/conf.d/10.cnf:1  system default > sys > MinProtokol TLSv1.1  ? MinProtocol
/etc/ssl/openssl.cnf:9  system default > sys > Options UnsafeLegacyRenegotiation`)
}

// TestOpenSSLDangling: one name that leads nowhere takes the effect from all the others.
func TestOpenSSLDangling(t *testing.T) {
	text := opensslChain + "web = forgotten\n[sys]\nCipherString = AES128-SHA\n"
	res := tree{"openssl.cnf": text}.read(t, "openssl.cnf")
	wantGaps(t, res, "openssl.cnf:6: [ssls]: the section forgotten is missing or empty: OpenSSL drops everything that ssl_conf leads to")
	if got := effective(res, "CipherString"); got != "" {
		t.Errorf("CipherString %q counts as read", got)
	}
	program, name := needProgram(t, "openssl"), filepath.Join(t.TempDir(), "openssl.cnf")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, want := opensslSuites(t, program, name), opensslSuites(t, program, os.DevNull); got != want {
		t.Errorf("openssl offers %s: the file has an effect", got)
	}
}

func TestOpenSSLNode(t *testing.T) {
	wantSettings(t, tree{"openssl.cnf": "nodejs_conf = n\n[n]\nssl_conf = s\n[s]\nsystem_default = d\n[d]\nMinProtocol = TLSv1\n"}.read(t, "openssl.cnf"), `
openssl.cnf:1  chain > default > nodejs_conf n
openssl.cnf:3  chain > n > ssl_conf s
openssl.cnf:5  chain > s > system_default d
openssl.cnf:7  node > d > MinProtocol TLSv1`)
}

func TestOpenSSLBroken(t *testing.T) {
	res := tree{"openssl.cnf": "[sys\nopenssl_conf = x\nnonsense\n"}.read(t, "openssl.cnf")
	wantSettings(t, res, "openssl.cnf:2  chain > default > openssl_conf x")
	wantGaps(t, res, "openssl.cnf:1: a section: its name lacks the closing bracket: OpenSSL refuses the file",
		"openssl.cnf:3: a line: it is neither a section nor an assignment: OpenSSL refuses the file")
}

// TestOpenSSLGrowth: a value that doubles itself in each line stays bounded.
func TestOpenSSLGrowth(t *testing.T) {
	text := "openssl_conf = i\na0 = " + strings.Repeat("x", 1000) + "\n" + strings.Repeat("a0 = $a0$a0\n", 5000)
	var stats = testing.AllocsPerRun(1, func() {
		res := tree{"openssl.cnf": text}.read(t, "openssl.cnf")
		if len(res.Gaps) != 1 {
			t.Errorf("gaps: %v", res.Gaps[:min(len(res.Gaps), 3)])
		}
	})
	if stats > 1e6 {
		t.Errorf("%.0f allocations", stats)
	}
}

func TestSecurityLevel(t *testing.T) {
	for in, want := range map[string]string{"DEFAULT@SECLEVEL=2": "2", "@SECLEVEL=1:ALL:@SECLEVEL=0": "0", "@SECLEVEL=": "", "@SECLEVEL=7": "", "HIGH": ""} {
		if got, ok := securityLevel(in); got != want || ok != (want != "") {
			t.Errorf("securityLevel(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

// TestOpenSSLMissingLine: sections that only openssl_conf is missing to say so (config(5): it stands in the default section); one
// that no system_default leads to, or a file that starts elsewhere, has more wrong with it.
func TestOpenSSLMissingLine(t *testing.T) {
	const sections = "[init]\nssl_conf = tls\n[tls]\nsystem_default = sys\n[sys]\nMinProtocol = TLSv1.2\n"
	for text, want := range map[string]string{
		sections: "openssl_conf = init",
		"[req]\nopenssl_conf = init\n" + sections:                "openssl_conf = init", // not in the default section
		"openssl_conf = other\n" + sections:                      "",
		"[init]\nssl_conf = tls\n[sys]\nMinProtocol = TLSv1.2\n": "",
	} {
		res := tree{"openssl.cnf": text}.read(t, "openssl.cnf")
		i := slices.IndexFunc(res.Settings, func(s fact.Setting) bool { return s.Name == "MinProtocol" })
		if i < 0 || res.Settings[i].Scope[0] != scopeUnread || res.Settings[i].Near != want {
			t.Errorf("%q: %+v, want %q", text, res.Settings, want)
		}
	}
}
