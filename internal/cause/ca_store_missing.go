package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var caStoreMissing = Cause{
	ID: "TW5002", Slug: "ca-store-missing", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the client has no list of trusted CAs at all",
	Why: "To check a certificate, a client needs the certificates of the authorities it trusts. This one has none: the file is missing or " +
		"empty, or the container image came without one. Every server would be refused, however good its certificate.",
	Check: "ls -l /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; openssl version -d shows where OpenSSL looks; " +
		"with a file of your own: grep -c BEGIN FILE",
	Cites: []string{
		"RFC 5280 §6.1.1 (d) (trust anchor information is an input of path validation)",
		"SSL_CTX_set_default_verify_paths(3): a missing store is no error",
		"Debian package ca-certificates, left out of minimal images",
	},
	Decide: "the roots of this machine",
	Signs: []Sign{
		{Of: fact.TLSInitFailed, In: []fact.Context{fact.ByClient}, Weight: 6},
		{Of: fact.VerifyFailed, In: []fact.Context{"python"}, Weight: 3},
		{Of: fact.IssuerUnknown, In: []fact.Context{"peer-famous"}, Weight: 5},
		{Of: fact.VerifyFailed, In: []fact.Context{"peer-famous"}, Weight: 6},
		{Of: fact.NoTrustAnchors, Weight: 10},
		{Of: fact.CAFileMissing, Weight: 9},
		{Of: fact.CAFileMissing, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.FileMissing, Weight: 2},
	},
	Hides: []string{"ca-not-trusted", "missing-intermediate", "ca-store-outdated"},
	Variants: map[string]Variant{rootsFile: {
		Title: "the file with the CAs that the client trusts is not there",
		Why: "To check a certificate, a client needs the certificates of the authorities it trusts. It is told to read them from a file that is not there or " +
			"that it may not read: the path is misspelt, starts from another folder, or was never brought to this machine. Programs that have to verify stop here.",
		Check: "ls -l {file}, as the user who runs the client and from the folder where it is started",
	}},
	Written: writtenRootsMissing,
	Advice: []change.Change{
		change.New(change.TrustCA, change.Client),
		change.NotAdvised(change.TrustAnything, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.NoAnchors)
		if !ok {
			return nil
		}
		m := f.match(c, "with a list of CAs that holds its issuer")
		m.Proof = append(m.Proof, f.seen("the verifier has 0 trusted CAs; the chain leads to "+top(f.h.Chain).Issuer))
		m.Changes = []change.Change{
			change.New(change.TrustCA, change.Client, "issuer", top(f.h.Chain).Issuer),
			change.NotAdvised(change.TrustAnything, change.Client),
		}
		return []Match{m}
	},
}
