package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateFileBad = Cause{
	ID: "TW9104", Slug: "certificate-file-bad", Since: "0.1",
	Phase: ServerSetup, Level: Breaks,
	Title: "a certificate, key or CA file is empty, damaged or of another format than the program reads",
	Why: "Programs read certificates and keys from files, most of them in a text form (PEM) that starts with dashes and BEGIN. This file holds something else: " +
		"the binary form (DER, PFX), a key where a certificate belongs, a web page that a download saved in its place, or nothing. Sometimes the path names a " +
		"directory.",
	Check: "head -c 30 FILE must show -----BEGIN; openssl x509 -in CERT -noout -subject and openssl pkey -in KEY -noout print no error; openssl x509 -inform der " +
		"-in FILE or openssl pkcs12 -in FILE reads the binary forms",
	Cites: []string{
		"RFC 7468 (textual encodings)",
		"OpenSSL: PEM_R_NO_START_LINE (0480006C, before 3.0 0906D06C), X509_R_NO_CERTIFICATE_OR_CRL_FOUND (05800088)",
		"nginx src/event/ngx_event_openssl.c: cannot load certificate, PEM_read_bio_X509 failed",
		"Go crypto/tls X509KeyPair: failed to find any PEM data in certificate input",
	},
	Signs: []Sign{
		{Of: fact.TLSInitFailed, Weight: 4},
		{Of: fact.TLSInitFailed, In: []fact.Context{fact.ByClient}, Weight: 5},
		{Of: fact.CAFileMissing, Weight: 3},
		{Of: fact.CertMalformed, Weight: 2},
		{Of: fact.TLSInitFailed, In: []fact.Context{"java"}, Weight: 7},
		{Of: fact.TLSInitFailed, In: []fact.Context{"kafka"}, Weight: 7},
		{Of: fact.FileBad, Weight: 10},
		{Of: fact.FileBad, In: []fact.Context{"mysql"}, Weight: 9},
	},
	Hides:   []string{"server-tls-init-failed"},
	Written: writtenFileBad,
	Advice: []change.Change{
		change.New(change.FixCertificateFile, change.Server),
		change.New(change.FixKeyFile, change.Server),
	},
}
