package cli

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A fileOption is an option that names a file of certificates or a key.
type fileOption struct {
	holds string // as fact.File.Holds
	key   string // beside a certificate: the option that names its key
	any   bool   // other forms than PEM are read too: whether the file is there is all that can be told
}

// fileOptions are the options of all products that name such files, as their manuals spell them.
var fileOptions = newFileOptions()

func newFileOptions() map[string]fileOption {
	m := map[string]fileOption{}
	for _, pair := range strings.Fields(`ssl_certificate=ssl_certificate_key proxy_ssl_certificate=proxy_ssl_certificate_key
		grpc_ssl_certificate=grpc_ssl_certificate_key uwsgi_ssl_certificate=uwsgi_ssl_certificate_key
		SSLCertificateFile=SSLCertificateKeyFile SSLProxyMachineCertificateFile= crt= ssl_cert_file=ssl_key_file ssl-cert=ssl-key
		network.tlscert=network.tlskey cert=key Certificate=PrivateKey --cert=--key -cert=-key --x509certfile=--x509keyfile
		--certificate=--private-key sslcert=sslkey PGSSLCERT=PGSSLKEY ssl_cert=ssl_key ssl.cert=ssl.key SSLCERT=SSLKEY`) {
		certificate, key, _ := strings.Cut(pair, "=")
		m[certificate] = fileOption{key: key}
		if key != "" {
			m[key] = fileOption{holds: "key"}
		}
	}
	m["SSL Certificate"], m["SSL Cert"] = fileOption{key: "SSL Key"}, fileOption{key: "SSL Key"}
	m["SSL Key"] = fileOption{holds: "key"}
	for _, name := range append(strings.Fields(`ssl_client_certificate ssl_trusted_certificate proxy_ssl_trusted_certificate grpc_ssl_trusted_certificate
		uwsgi_ssl_trusted_certificate SSLCACertificateFile SSLProxyCACertificateFile ca-file ssl_ca_file ssl-ca ssl_ca ssl.ca SSLCA CAfile
		CAFile VerifyCAFile --cacert -CAfile --x509cafile --ca-certificate -J sslrootcert PGSSLROOTCERT CURL_CA_BUNDLE`),
		"Root Certificate", "CA Certificate File", "ca file") {
		m[name] = fileOption{holds: "roots"}
	}
	for _, name := range strings.Fields("trustStore trustCertificateKeyStoreUrl ServerCertificate serverCertificate serverSslCert network.trustedcacert") {
		m[name] = fileOption{holds: "roots", any: true}
	}
	for _, name := range []string{"clientCertificate", "Certificate File"} {
		m[name] = fileOption{any: true}
	}
	return m
}

// inFile reports whether a setting was read from a file: what was typed has another place.
func inFile(s *fact.Setting) bool {
	_, ok := fileOf(s)
	return ok
}

// fileOf is the file that a setting was read from.
func fileOf(s *fact.Setting) (string, bool) {
	i := strings.LastIndexByte(s.Ref.At, ':')
	if i <= 0 || strings.Trim(s.Ref.At[i+1:], "0123456789") != "" {
		return "", false
	}
	return s.Ref.At[:i], true
}

// filePath is the file that an option means on this machine; false where it means none: nothing, a variable, a word of the
// product, a certificate written in place, a key in a store, a path of another system, or one that starts from a folder which
// is not told.
func filePath(c *fact.Case, s *fact.Setting, o fileOption) (string, bool) {
	path := s.Value()
	if rest, ok := strings.CutPrefix(path, "file:"); ok {
		path = rest
		if strings.HasPrefix(path, "//") {
			path = strings.TrimPrefix(path, "//")
		}
	}
	drive := len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') || strings.HasPrefix(path, `\\`)
	switch {
	case path == "" || path == "system" || strings.ContainsAny(path, "$%*?{\n") || strings.HasPrefix(path, "-----") || path[0] == '@':
		return "", false
	case drive:
		return path, runtime.GOOS == "windows"
	case s.Name == "--cert": // "file:password"; other words before a colon name a store: "pkcs11:"
		if before, _, ok := strings.Cut(path, ":"); ok && strings.ContainsAny(before, "./") {
			path = before
		}
	}
	if before, _, ok := strings.Cut(path, ":"); ok && !strings.ContainsAny(before, "/.") {
		return "", false
	}
	if filepath.IsAbs(path) || !inFile(s) {
		return path, true // a command and a string are tried where they are typed
	}
	return fromFolder(c, s, path, o)
}

// fromFolder resolves a relative path as the product does: nginx from the folder of nginx.conf, HAProxy from ca-base or crt-base,
// PostgreSQL from its data directory. Others resolve from wherever they are started, which no file tells: then a file that is
// beside the configuration is taken for the one meant, and where there is none, nothing is claimed.
func fromFolder(c *fact.Case, s *fact.Setting, path string, o fileOption) (string, bool) {
	file, _ := fileOf(s)
	dir := filepath.Dir(file)
	switch s.Dialect {
	case "nginx":
		return filepath.Join(nginxFolder(c.Question.Target), path), true
	case "haproxy":
		base := "crt-base"
		if o.holds == "roots" {
			base = "ca-base"
		}
		if i := slices.IndexFunc(c.Settings, func(b fact.Setting) bool { return b.Name == base && b.Value() != "" }); i >= 0 {
			return filepath.Join(c.Settings[i].Value(), path), true
		}
	case "postgresql.conf":
		if _, err := os.Stat(filepath.Join(dir, "PG_VERSION")); err == nil {
			return filepath.Join(dir, path), true
		}
	}
	if _, err := os.Stat(filepath.Join(dir, path)); err == nil {
		return filepath.Join(dir, path), true
	}
	gap := fact.Gap{What: s.Name + " " + path, Why: s.Ref.At + " does not tell which folder this path starts from"}
	if !slices.Contains(c.Gaps, gap) {
		c.Gaps = append(c.Gaps, gap)
	}
	return "", false
}

// nginxFolder is the folder of nginx.conf, from which names in it and in what it includes are resolved (ngx_conf_full_name), for
// the file that was named: one of a site stands in a folder below.
func nginxFolder(file string) string {
	dir := filepath.Dir(file)
	if slices.Contains([]string{"conf.d", "sites-available", "sites-enabled", "snippets", "http.d", "stream.d", "vhosts.d", "default.d", "streams-enabled"}, filepath.Base(dir)) {
		return filepath.Dir(dir)
	}
	return dir
}
