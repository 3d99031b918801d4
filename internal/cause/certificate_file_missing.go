package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateFileMissing = Cause{
	ID: "TW9103", Slug: "certificate-file-missing", Since: "0.1",
	Phase: ServerSetup, Level: Breaks,
	Title: "a certificate, key or CA file is not where the configuration says",
	Why: "The configuration names a file and the file is not there: the path is misspelt, or relative to another directory, the file was never put into the " +
		"container, a renewal program keeps it elsewhere, or a directory on the way is closed to this user. On Windows the same happens when no certificate was " +
		"chosen at all.",
	Check: "ls -l the path in the message, as the service's user and inside the container; the path in use: nginx -T | grep ssl_, SHOW VARIABLES LIKE 'ssl_%' " +
		"(MySQL), SHOW ssl_cert_file (PostgreSQL), postconf -n | grep tls",
	Cites: []string{
		"OpenSSL: BIO_R_NO_SUCH_FILE (10000080), system error 80000002",
		"nginx src/event/ngx_event_openssl.c: cannot load certificate",
		"PostgreSQL src/backend/libpq/be-secure-openssl.c: could not load server certificate file",
		"Schannel event 36886",
	},
	Signs: []Sign{
		{Of: fact.TLSInitFailed, Weight: 4},
		{Of: fact.TLSInitFailed, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.TLSInitFailed, In: []fact.Context{fact.ByClient}, Weight: 5},
		{Of: fact.NoTrustAnchors, Weight: 2},
		{Of: fact.CAFileMissing, Weight: 5},
		{Of: fact.CAFileMissing, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.CertNotAvailable, Weight: 8},
		{Of: fact.TLSInitFailed, In: []fact.Context{"java"}, Weight: 6},
		{Of: fact.TLSInitFailed, In: []fact.Context{"kafka"}, Weight: 6},
		{Of: fact.KeyUnreadable, Weight: 2},
		{Of: fact.FileMissing, Weight: 10},
		{Of: fact.FileBad, Weight: 4},
		{Of: fact.ThumbprintNotFound, Weight: 6},
		{Of: fact.NoServerCredential, Weight: 8},
	},
	Hides:   []string{"server-tls-init-failed"},
	Written: writtenFileMissing,
	Advice: []change.Change{
		change.New(change.FixCertificateFile, change.Server),
		change.New(change.EnableTLS, change.Server),
	},
}
