package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// opensslClient is openssl s_client. Without -verify_return_error it reports what it thinks of the chain and goes on.
func opensslClient() Product {
	level := func(n int) Behaviour {
		return Behaviour{Profile: opensslLevel(n), TLS: TLSRequire, Roots: RootsSystem, Text: func(f Failure) string { return sclientText(f, false) }}
	}
	verify := Behaviour{Profile: openssl3(), TLS: TLSRequire, Chain: true, Name: true, Roots: RootsGiven,
		Text: func(f Failure) string { return sclientText(f, true) }}
	return Product{
		ID: "openssl", Says: "openssl s_client 3.0", Protocols: []string{"tls", "https"},
		Modes: []Mode{
			{ID: "SECLEVEL=2", Says: "no verification, Debian's security level", Does: level(2)},
			{ID: "SECLEVEL=1", Says: "no verification, security level 1", Does: level(1)},
			{ID: "SECLEVEL=0", Says: "no verification, security level 0 and TLS 1.0", Does: level(0)},
			{ID: "-verify_return_error", Says: "-CAfile -verify_return_error -verify_hostname", Does: verify},
		},
		Aliases: []string{"s_client", "openssl s_client"},
	}
}

// sclientText is what s_client writes about how it went: errors first, then its report.
func sclientText(f Failure, verifies bool) string {
	switch f.How {
	case fact.EndRefused:
		return "error:8000006F:system library:BIO_connect:Connection refused:../crypto/bio/bio_sock2.c:117:calling connect()\n" +
			"error:10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:119:\nconnect:errno=111"
	case fact.EndTimeout:
		return ""
	}
	codes := sclientCodes(f, verifies)
	var lines []string
	for _, c := range codes {
		lines = append(lines, fmt.Sprintf("verify error:num=%d:%s", c, x509Text(c)))
	}
	if e, ok := opensslFailure(f); ok {
		lines = append(lines, e.long("../"))
	} else if f.How == fact.EndReset {
		lines = append(lines, "write:errno=104")
	}
	return strings.Join(append(lines, sclientReport(f, codes)...), "\n")
}

// sclientCodes are the verification errors it prints: the one that ends the handshake, or all of a chain judged without
// any CA file.
func sclientCodes(f Failure, verifies bool) []uint {
	switch {
	case verifies && f.Verdict.OK():
		return nil
	case verifies:
		return []uint{x509First(f)}
	case f.Handshake == nil || f.Handshake.Chain.Leaf() == nil:
		return nil
	}
	chain := f.Handshake.Chain
	switch {
	case chain.Leaf().SelfSigned:
		return []uint{x509SelfSigned}
	case rootSent(chain):
		return []uint{x509SelfInChain}
	case len(chain.Certificates) > 1:
		return []uint{x509NoLocalIssuer}
	}
	return []uint{x509NoLocalIssuer, x509LeafUnproven}
}

// sclientReport is its report on standard output, as far as it tells of errors.
func sclientReport(f Failure, codes []uint) []string {
	lines := []string{"CONNECTED(00000003)"}
	h := f.Handshake
	refused := f.Reason == "chain" || f.Reason == "name"
	if h == nil || h.Chain.Leaf() == nil || refused {
		lines = append(lines, "no peer certificate available")
	}
	code, text := uint(0), "ok"
	if len(codes) > 0 {
		code = codes[len(codes)-1]
		text = x509Text(code)
		lines = append(lines, "Verification error: "+text)
	}
	agreed, modern := sclientAgreed(f)
	indent := ""
	if h != nil && h.Server != nil && !modern {
		indent = "    " // within the report on the session, which TLS 1.3 has no longer
	}
	return append(lines, agreed, fmt.Sprintf("%sVerify return code: %d (%s)", indent, code, text))
}

// sclientAgreed is the line on the agreed version and suite, and whether that is TLS 1.3 or nothing.
func sclientAgreed(f Failure) (line string, modern bool) {
	h := f.Handshake
	none := "New, (NONE), Cipher is (NONE)"
	if h == nil || h.Server == nil {
		return none, true
	}
	s := h.Server
	modern = s.Version >= 0x0304
	begun := f.Step == StepFinished || f.Step == StepDone || modern && h.Chain.Leaf() != nil
	if !begun {
		return none, modern
	}
	return fmt.Sprintf("New, %s, Cipher is %s", opensslVersion(s.Version), opensslSuite(s.Suite)), modern
}

// opensslVersion is OpenSSL's name of a version: "TLSv1.3", "TLSv1".
func opensslVersion(v uint16) string {
	return strings.Replace(strings.TrimSuffix(names.Version(v), ".0"), "TLS", "TLSv", 1)
}

// opensslSuite is OpenSSL's name of a suite.
func opensslSuite(id uint16) string {
	if s, ok := names.SuiteByID(id); ok && s.OpenSSL != "" {
		return s.OpenSSL
	}
	return names.SuiteName(id)
}
