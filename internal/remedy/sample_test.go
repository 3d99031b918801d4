package remedy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"strconv"
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// kinds reads the vocabulary out of package change's source, so that a new kind is noticed here.
func kinds(t *testing.T) []change.Kind {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../change/change.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var list []change.Kind
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Kind" {
			word, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, change.Kind(word))
		}
		return false
	})
	if len(list) < 40 {
		t.Fatalf("%d kinds read from package change: the reader is broken", len(list))
	}
	return list
}

var sides = []change.Side{change.Server, change.Client, change.Network, change.Owner}

// weakening are the kinds that cost security.
var weakening = []change.Kind{change.TrustAnything, change.LowerSecurityLevel, change.AllowSHA1, change.AllowOldVersion,
	change.AllowLegacyRenegotiation, change.AllowSmallDH, change.SkipNameCheck, change.TurnTLSOff, change.IgnoreMissingClose}

// sampleArgs are arguments as causes give them; those of a kind replace the common ones.
func sampleArgs(kind change.Kind) []map[string]string {
	common := map[string]string{"name": "db7.example.net", "issuer": "CN=Example Issuing CA,O=Example", "address": "192.0.2.7", "port": "8443",
		"version": "TLS1.2", "suite": "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "openssl": "ECDHE-RSA-AES128-SHA", "group": "P-384",
		"scheme": "rsa_pkcs1_sha512", "protocol": "h2", "subject": "CN=db7.example.net", "need": "SHA-256", "usage": "clientAuth", "why": "revoked",
		"keytype": "ECDSA", "bits": "1024", "instance": "PROD", "what": "the firewall of site B", "level": "1", "option": "sslmod"}
	vary := map[change.Kind][]map[string]string{
		change.OfferVersion:       {{}, {"version": "TLS1.3"}},
		change.OfferSuite:         {{}, {"suite": "TLS_AES_128_CCM_SHA256", "openssl": ""}},
		change.OfferGroup:         {{}, {"group": "X25519MLKEM768"}, {"group": "X25519"}},
		change.AllowOldVersion:    {{"version": "TLS1.0"}, {"version": "TLS1.1"}},
		change.UsePort:            {{"scheme": "https"}, {"scheme": ""}},
		change.UseScheme:          {{"scheme": "https"}, {"scheme": "http"}, {"scheme": "postgres"}, {"scheme": "postgres-direct"}, {"scheme": "mssql-strict"}, {"scheme": "mssql"}},
		change.GrowDH:             {{"bits": "2048"}, {"bits": "3072"}, {"bits": "8192"}},
		change.UseOtherKeyType:    {{}, {"keytype": "RSA"}},
		change.DropDHE:            {{"suite": "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "openssl": ""}, {"suite": "", "openssl": ""}, {"suite": "", "openssl": "", "windows": "registry"}},
		change.TrustCA:            {{}, {"file": "/etc/ssl/our ca.pem"}, {"issuer": ""}},
		change.FixKeyFile:         {{"file": "/etc/ssl/private/key.pem"}, {}},
		change.FixCertificateFile: {{"file": "/etc/ssl/cert.pem"}, {}},
		change.UpdatePin:          {{"file": "server.pem"}, {}},
		change.TrustClientCA:      {{}, {"issuer": ""}},
		change.UseName:            {{}, {"port": ""}, {"port": "", "instance": ""}},
		change.CorrectOption: {{}, {"wrong": "unread-place", "place": "the command line"}, {"wrong": "unread-place", "initial": "openssl_init"}, {"wrong": "overridden"},
			{"wrong": "bad-value", "near": "sslmode=require"}, {"wrong": "bad-value"}, {"wrong": "unknown-name"}},
		change.FixDNS: {{}, {"address": "2001:db8::7"}, {"address": ""}},
	}
	all := vary[kind]
	if all == nil {
		all = []map[string]string{{}}
	}
	for i, special := range all {
		args := maps.Clone(common)
		maps.Copy(args, special)
		all[i] = args
	}
	return append(all, map[string]string{})
}

// sampleCases are questions under which the platforms have all their words.
func sampleCases() []*fact.Case {
	ask := func(protocol, as, host string, said fact.Said) *fact.Case {
		return &fact.Case{
			Question: fact.Question{Target: protocol + "://" + host, As: as, Protocol: protocol, Host: host, Port: 4433},
			Handshakes: []fact.Handshake{{Protocol: protocol, Said: &said, Chain: &fact.Chain{Certificates: []fact.Certificate{{
				Issuer: "CN=R11,O=Let's Encrypt", DNSNames: []string{"db1.example.net", "*.db.example.net"}, IPs: []string{"192.0.2.1"},
				AIA: []string{"http://r11.example.org/"},
			}}}}},
		}
	}
	private := ask("https", "modern", "www.example.net", fact.Said{})
	private.Handshakes[0].Chain.Certificates[0].Issuer = "CN=Example Issuing CA"
	busy := ask("https", "nginx", "192.0.2.9", fact.Said{})
	busy.Handshakes = nil
	withoutPort := ask("mssql", "sqlclient", "www.example.net", fact.Said{})
	withoutPort.Question.Port = 0
	cases := []*fact.Case{{}, private, withoutPort, busy, ask("https", "nginx 1.22", "www.example.net", fact.Said{}),
		ask("mysql", "mysql 8.4", "www.example.net", fact.Said{Product: "MySQL", Version: "8.4.0"}),
		ask("mysql", "mariadb 10.11", "www.example.net", fact.Said{Product: "MariaDB", Version: "10.11.19"}),
		ask("postgres", "libpq", "127.0.0.1", fact.Said{}), ask("postgres", "libpq", "www.example.net", fact.Said{})}
	for _, as := range []string{"odbc 18", "jdbc 12", "go-mssqldb"} {
		named := ask("mssql", as, "www.example.net", fact.Said{})
		named.Question.Port = 0
		cases = append(cases, named)
	}
	for _, as := range []string{"sqlclient 5", "odbc 18", "jdbc 12", "go-mssqldb"} {
		cases = append(cases, ask("mssql", as, "www.example.net", fact.Said{}))
	}
	return cases
}

// sampled is a step that a platform wrote for a sample.
type sampled struct {
	Step
	change change.Change
	c      *fact.Case
}

// samples writes every kind for a platform under every case, each different step once.
func samples(t *testing.T, p Platform) []sampled {
	t.Helper()
	var list []sampled
	seen := map[string]bool{}
	for _, kind := range kinds(t) {
		for _, args := range sampleArgs(kind) {
			for _, side := range p.Sides {
				for _, c := range sampleCases() {
					ch := change.Change{Kind: kind, Side: side, Args: args, Advised: true}
					steps, _ := p.Steps(ch, c)
					for _, s := range steps {
						if key := s.ID + s.What + s.Snippet + s.Apply; !seen[key] {
							seen[key] = true
							list = append(list, sampled{s, ch, c})
						}
					}
				}
			}
		}
	}
	return list
}
