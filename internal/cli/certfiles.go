package cli

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/source/machine"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// certificateOptions are settings that name a server's own certificate file, and beside each the one that names its key.
var certificateOptions = map[string]string{
	"ssl_certificate": "ssl_certificate_key", "SSLCertificateFile": "SSLCertificateKeyFile", "ssl_cert_file": "ssl_key_file",
	"ssl-cert": "ssl-key", "ssl_cert": "ssl_key", "network.tlscert": "network.tlskey", "cert": "key",
	"proxy_ssl_certificate": "proxy_ssl_certificate_key", "crt": "",
}

// certificateFiles reads the certificate and key files that the settings of a case name.
func certificateFiles(c *fact.Case) {
	for i := range c.Settings {
		s := &c.Settings[i]
		keyName, ok := certificateOptions[s.Name]
		path := s.Value()
		if !ok || path == "" || strings.ContainsAny(path, "$%*") || !strings.HasPrefix(path, "/") {
			continue
		}
		f := certificateFile(*s, path)
		if key := beside(c.Settings, i, keyName); key != nil && f.Chain.Leaf() != nil {
			f.Key = key
			f.KeyFits = keyFits(path, key.Value())
			if bad := statusOf(*key, key.Value()); bad.Error != "" {
				c.Files = append(c.Files, bad)
			}
		}
		c.Files = append(c.Files, f)
	}
}

// beside finds the key's setting: in the same blocks, nearest to the certificate's.
func beside(settings []fact.Setting, at int, name string) *fact.Setting {
	var best *fact.Setting
	for i := range settings {
		s := &settings[i]
		if s.Name == name && slices.Equal(s.Scope, settings[at].Scope) && s.Ref.Name == settings[at].Ref.Name && (best == nil || i <= at+1) {
			best = s
		}
	}
	return best
}

// maxCertificateFile bounds a certificate or key file.
const maxCertificateFile = 1 << 20

// bounded reads a regular file up to a limit.
func bounded(path string) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxCertificateFile))
}

// statusOf tells whether a file can be read at all.
func statusOf(s fact.Setting, path string) fact.File {
	f := fact.File{Setting: s, Path: path}
	_, err := bounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Error, f.Detail = "missing", "there is no such file"
	case errors.Is(err, fs.ErrPermission):
		f.Error, f.Detail = "unreadable", "this user may not read it"
	case err != nil:
		f.Error, f.Detail = "bad", err.Error()
	}
	return f
}

func certificateFile(s fact.Setting, path string) fact.File {
	f := statusOf(s, path)
	if f.Error != "" {
		return f
	}
	data, _ := bounded(path)
	var ders [][]byte
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" || block.Type == "TRUSTED CERTIFICATE" {
			ders = append(ders, block.Bytes)
		}
	}
	if len(ders) == 0 {
		f.Error, f.Detail = "bad", "there is no PEM certificate in it"
		return f
	}
	f.Chain = trust.Parse(ders)
	v := trust.Judge(f.Chain, nil, trust.Policy{Time: time.Now(), Roots: machine.Roots(), AllowSHA1: true})
	f.Verdict = &v
	return f
}

// keyFits reports whether a key file holds the key of the first certificate of the other; Unknown when that cannot be told,
// as for a key with a passphrase.
func keyFits(cert, key string) fact.Tri {
	c, err := bounded(cert)
	if err != nil {
		return fact.Unknown
	}
	k, err := bounded(key)
	if err != nil {
		return fact.Unknown
	}
	_, err = tls.X509KeyPair(c, k)
	switch {
	case err == nil:
		return fact.Yes
	case strings.Contains(err.Error(), "does not match"):
		return fact.No
	}
	return fact.Unknown
}
