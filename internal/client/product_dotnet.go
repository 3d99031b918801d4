package client

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// dotnet is SslStream and HttpClient of .NET: over OpenSSL on Linux, over Schannel on Windows. Read in its source
// (System.Net.Security, System.Net.Http), not measured.
func dotnet() Product {
	does := func(p Profile, verify bool, text func(Failure) string) Behaviour {
		return Behaviour{Profile: p, TLS: TLSRequire, Chain: verify, Name: verify, ChainLate: true, NameLate: true, Roots: RootsSystem, Text: text}
	}
	linux := dotnetLinuxProfile()
	modes := []Mode{
		{ID: "linux", Says: "on Linux, chain and name verified", Does: does(linux, true, dotnetLinux)},
		{ID: "linux callback", Says: "on Linux, a validation callback that takes everything", Does: does(linux, false, dotnetLinux)},
	}
	for _, r := range schannelReleases() {
		modes = append(modes, Mode{ID: "windows " + r.id, Says: "on " + r.says + ", chain and name verified", Does: does(r.profile(), true, dotnetWindows)})
	}
	return Product{ID: "dotnet", Says: ".NET HttpClient and SslStream (not measured)", Protocols: []string{"tls", "https"},
		Modes: modes, Aliases: []string{".net", "httpclient", "sslstream"}}
}

// dotnetLinuxProfile: without a cipher list in openssl.cnf .NET 5 and newer offer TLS 1.2 and 1.3 and eight ECDHE suites
// (src/native/libs/System.Security.Cryptography.Native/pal_ssl.c).
func dotnetLinuxProfile() Profile {
	p := openssl3Min12()
	p.ID, p.Says = "dotnet-linux", ".NET 5 and newer on Linux: TLS 1.2 and 1.3, ECDHE with AES"
	p.Hello = changed(p.Hello, func(h *wire.Hello) {
		h.Suites = []uint16{0x1302, 0x1303, 0x1301, 0xc02c, 0xc02b, 0xc030, 0xc02f, 0xc024, 0xc023, 0xc028, 0xc027}
	})
	p.Trust.PartialWildcard = false
	return p
}

const (
	dotnetOuter = "System.Net.Http.HttpRequestException: The SSL connection could not be established, see inner exception.\n ---> "
	dotnetAuth  = "System.Security.Authentication.AuthenticationException: "
)

// dotnetLinux is the exception with those inside it.
func dotnetLinux(f Failure) string {
	if text, ok := dotnetCommon(f); ok {
		return text
	}
	e, ok := opensslFailure(f)
	if !ok {
		return ""
	}
	return dotnetOuter + dotnetAuth + "Authentication failed, see inner exception.\n" +
		" ---> Interop+OpenSsl+SslException: SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL.\n" +
		" ---> Interop+Crypto+OpenSslCryptographicException: " + e.short()
}

// dotnetWindows is the same over Schannel, which says no more than its status (winerror.h).
func dotnetWindows(f Failure) string {
	if text, ok := dotnetCommon(f); ok {
		return text
	}
	status := "(0x80090326): The message received was unexpected or badly formatted." // SEC_E_ILLEGAL_MESSAGE: any alert but a few
	switch {
	case f.Alert == 70 || f.Reason == wire.ReasonUnofferedVersion || f.Reason == "version-too-low":
		status = "(0x80090331): The client and server cannot communicate, because they do not possess a common algorithm."
	case f.Alert == wire.AlertInternalError:
		status = "(0x80090304): The Local Security Authority cannot be contacted"
	}
	return dotnetOuter + dotnetAuth + "Authentication failed, see inner exception.\n ---> System.ComponentModel.Win32Exception " + status
}

// dotnetCommon are the failures that .NET words itself on every system.
func dotnetCommon(f Failure) (string, bool) {
	switch {
	case f.How == fact.EndRefused:
		return "System.Net.Http.HttpRequestException: Connection refused (" + f.Host + ":" + f.port() + ")", true
	case f.How == fact.EndTimeout:
		return "System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.", true
	case f.How == fact.EndClosed:
		return dotnetOuter + "System.IO.IOException: Received an unexpected EOF or 0 bytes from the transport stream.", true
	case f.How == fact.EndReset:
		return dotnetOuter + "System.IO.IOException: Unable to read data from the transport connection: Connection reset by peer.", true
	case f.How == fact.EndNotTLS:
		return dotnetOuter + dotnetAuth + "Cannot determine the frame size or a corrupted frame was received.", true
	case f.Reason == "name":
		return dotnetOuter + dotnetAuth + "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch", true
	case f.Reason == "chain":
		return dotnetOuter + dotnetAuth + dotnetChain(f), true
	}
	return "", false
}

// dotnetChain names the flags of the chain's state, and the name's when that is wrong too.
func dotnetChain(f Failure) string {
	if nameProblem(f.Verdict) != nil {
		return "The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch, RemoteCertificateChainErrors"
	}
	return "The remote certificate is invalid because of errors in the certificate chain: " + strings.Join(chainStatus(f.Verdict), ", ")
}

// chainStatus are the X509ChainStatusFlags that the verdict amounts to.
func chainStatus(v *fact.Verdict) []string {
	var out []string
	add := func(flag string, kinds ...fact.ProblemKind) {
		if fatal(v, kinds...) != nil {
			out = append(out, flag)
		}
	}
	add("NotTimeValid", fact.LeafExpired, fact.LeafNotYetValid, fact.CAExpired, fact.CANotYetValid)
	add("Revoked", fact.Revoked)
	add("NotSignatureValid", fact.DigestWeak, fact.LeafKeySmall, fact.CAKeySmall)
	add("NotValidForUsage", fact.WrongPurpose)
	add("UntrustedRoot", fact.SelfSignedLeaf, fact.RootUnknown)
	add("PartialChain", fact.IssuerMissing, fact.NoAnchors, fact.AnchorRotated)
	return out
}
