package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var certificateNotFoundByThumbprint = Cause{
	ID: "TW9105", Slug: "certificate-not-found-by-thumbprint", Since: "0.1",
	Phase: ServerSetup, Level: Breaks,
	Title: "the certificate that is configured by its thumbprint is not in the machine's store",
	Why: "On Windows a service finds its certificate by a fingerprint that is written into its settings (thumbprint). No certificate in the machine's store has " +
		"this one: it was renewed and has a new thumbprint, was put into the store of a user and not of the computer, or an invisible character was copied " +
		"along with the number.",
	Check: "Get-ChildItem Cert:\\LocalMachine\\My | Format-List Subject,Thumbprint,HasPrivateKey in PowerShell, against the value Certificate of SQL Server's " +
		"SuperSocketNetLib key: 40 characters and no more; netsh http show sslcert for IIS",
	Cites: []string{
		"Microsoft KB2023869 (error 0xD: U+200E before the thumbprint)",
		"CRYPT_E_NOT_FOUND (0x80092004)",
		"Microsoft SQL Server errors 26014, 17182 (status 0x38)",
		"Schannel event 36886",
	},
	Signs: []Sign{
		{Of: fact.TLSInitFailed, Weight: 2},
		{Of: fact.TLSInitFailed, In: []fact.Context{fact.MSSQL}, Weight: 7},
		{Of: fact.CertNotAvailable, Weight: 3},
		{Of: fact.ThumbprintNotFound, Weight: 10},
		{Of: fact.NoServerCredential, Weight: 8},
	},
	Hides: []string{"server-tls-init-failed"},
	Advice: []change.Change{
		change.New(change.FixCertificateFile, change.Server),
	},
}
