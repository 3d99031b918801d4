package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var keyUnreadable = Cause{
	ID: "TW9102", Slug: "key-unreadable", Since: "0.1",
	Phase: ServerSetup, Level: Breaks,
	Title: "the program may not read its private key, or cannot open it",
	Why: "A server proves who it is with a private key, which only it may read. Here it cannot: the file or the key in the Windows store belongs to another " +
		"user, is readable by too many (which careful programs refuse), is locked by a passphrase that nobody gave, or the certificate was brought without its " +
		"key.",
	Check: "sudo -u SERVICE-USER openssl pkey -in KEY -noout prints no error and asks for no passphrase; ls -l KEY and each directory above it; Windows: certutil " +
		"-store My, then certlm.msc, the certificate, All Tasks, Manage Private Keys",
	Cites: []string{
		"PostgreSQL src/backend/libpq/be-secure-common.c check_ssl_key_file_permissions",
		"Schannel event 36870; SEC_E_NO_CREDENTIALS (0x8009030E)",
		"OpenSSL: PEM_R_BAD_PASSWORD_READ, bad decrypt",
		"Microsoft, Certificate requirements for SQL Server: the service account must read the key",
	},
	Signs: []Sign{
		{Of: fact.TLSInitFailed, Weight: 4},
		{Of: fact.TLSInitFailed, In: []fact.Context{fact.MSSQL}, Weight: 4},
		{Of: fact.CredentialFailed, Weight: 2},
		{Of: fact.CredentialFailed, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.OwnAlert(80), Weight: 5},
		{Of: fact.TLSInitFailed, In: []fact.Context{"java"}, Weight: 7},
		{Of: fact.TLSInitFailed, In: []fact.Context{"kafka"}, Weight: 7},
		{Of: fact.KeyUnreadable, Weight: 10},
		{Of: fact.FileMissing, Weight: 3},
		{Of: fact.FileBad, Weight: 2},
	},
	Hides:   []string{"server-tls-init-failed"},
	Written: writtenFileUnreadable,
	Advice: []change.Change{
		change.New(change.FixKeyFile, change.Server),
	},
}
