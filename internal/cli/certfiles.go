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

// certificateFiles reads the certificate, key and CA files that the settings of a case name, as far as the program that the
// settings are for would read them.
func certificateFiles(c *fact.Case) {
	for i := range c.Settings {
		s := &c.Settings[i]
		o, ok := fileOptions[s.Name]
		if !ok || s.Unknown {
			continue
		}
		path, ok := filePath(c, s, o)
		if !ok {
			continue
		}
		reads, without := readsFile(c, i, o)
		if !reads {
			continue
		}
		if st, err := os.Stat(path); err == nil && st.IsDir() && s.Dialect == "haproxy" {
			continue // crt and ca-file take folders (doc/configuration.txt 5.1)
		}
		f := o.read(*s, path)
		f.Without = without
		if key := beside(c.Settings, i, o.key); key != nil && f.Chain.Leaf() != nil {
			if keyPath, ok := filePath(c, key, fileOptions[key.Name]); ok {
				f.Key, f.KeyFits = key, keyFits(path, keyPath)
			}
		}
		c.Files = append(c.Files, notOurs(c, f)...)
	}
}

// notOurs keeps a file unless it is one that this user may not read and that a service reads as another user: then that it was
// not looked at is a gap.
func notOurs(c *fact.Case, f fact.File) []fact.File {
	if f.Error != "unreadable" || !inFile(&f.Setting) {
		return []fact.File{f}
	}
	c.Gaps = append(c.Gaps, fact.Gap{What: f.Path, Why: "this user may not read it; the service that " + f.Setting.Ref.At + " is for may"})
	return nil
}

// read reads the file of an option, as what the option expects.
func (o fileOption) read(s fact.Setting, path string) fact.File {
	f := statusOf(s, path)
	if f.Error == "" && o.holds == "" && !o.any {
		f = certificateFile(s, path)
	}
	f.Holds = o.holds
	if data, err := bounded(path); err == nil && o.holds == "roots" && !o.any && !holdsCertificates(data) {
		f.Error, f.Detail = "bad", "there is no certificate in it"
	}
	return f
}

// holdsCertificates: PEM with a certificate, or a binary form: DER and PKCS #12 begin with a SEQUENCE, Java's stores with their own number.
func holdsCertificates(data []byte) bool {
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, "CERTIFICATE") {
			return true
		}
	}
	return len(data) > 4 && (data[0] == 0x30 && data[1] >= 0x80 || data[0] == 0xfe && data[1] == 0xed || data[0] == 0xce && data[1] == 0xce)
}

// beside finds the key's setting: in the same blocks, nearest to the certificate's.
func beside(settings []fact.Setting, at int, name string) *fact.Setting {
	if name == "" {
		return nil
	}
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
