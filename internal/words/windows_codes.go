package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// secUntrustedRoot is SEC_E_UNTRUSTED_ROOT.
const secUntrustedRoot = 0x80090325

// windowsCodes decodes this family's numbers: HRESULTs, NTSTATUS and SSPI codes in hex, signed and unsigned, their
// names, Winsock and WinHTTP numbers where words show that they are errors, and Schannel's events.
func windowsCodes(clean string, r *Reading) {
	for at := 0; at < len(clean); {
		if !alphanumeric(clean[at]) {
			at++
			continue
		}
		end := at
		for end < len(clean) && alphanumeric(clean[end]) {
			end++
		}
		windowsCode(clean, at, end, r)
		at = end
	}
	schannelEvents(clean, r)
}

func alphanumeric(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

// windowsCode decodes the word at clean[at:end], when it is a code.
func windowsCode(clean string, at, end int, r *Reading) {
	written := clean[at:end]
	code, ok := hexCode(written)
	if !ok {
		code, written, ok = decimalCode(clean, at, end)
	}
	var found names.WindowsCode
	if ok {
		found, ok = names.Windows(code)
	} else if strings.Contains(written, "_") || strings.HasPrefix(written, "WSA") {
		found, ok = names.WindowsByName(written)
	}
	if !ok {
		return
	}
	r.Code(written, fmt.Sprintf("Windows: %s, %s", found.Name, found.Means))
	if found.Code == secUntrustedRoot && written[0] == '-' && managedSNI(clean) {
		return
	}
	r.Say(windowsSymptom(found.Code))
}

// managedSNI: the text comes from SqlClient without Windows's SNI, which gives every AuthenticationException the number
// of SEC_E_UNTRUSTED_ROOT (SniTcpHandle.netcore.cs of dotnet/SqlClient).
func managedSNI(clean string) bool {
	return slices.ContainsFunc([]string{"AuthenticationException", "error: 31", "error: 35", "OpenSsl", "SNITCPHandle", "SniTcpHandle",
		"ManagedSni", "TdsParserStateObjectManaged", "SqlClient.SNI."}, func(s string) bool { return strings.Contains(clean, s) })
}

// hexCode reads 0x80090325, 0x2746, and 80090325 by itself. Small numbers in hex are left alone: they are mostly
// something else's.
func hexCode(word string) (uint32, bool) {
	if len(word) < 3 || len(word) > 10 || word[0] != '0' && len(word) != 8 {
		return 0, false
	}
	digits, marked := strings.CutPrefix(strings.ToLower(word), "0x")
	if len(digits) > 8 || !marked && (len(digits) != 8 || digits[0] != '8' && digits[0] != 'c') {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	return uint32(n), err == nil && n > 10000
}

// decimalCode reads 2148074277, -2146893019 and, after a word for error or in parentheses, 10054. The written form has
// the sign.
func decimalCode(clean string, at, end int) (code uint32, written string, ok bool) {
	written = clean[at:end]
	if written[0] < '0' || written[0] > '9' {
		return 0, written, false
	}
	if len(written) != 5 && len(written) != 10 && !afterException(clean[:at]) {
		return 0, written, false
	}
	n, err := strconv.ParseUint(written, 10, 32)
	if err != nil {
		return 0, written, false
	}
	switch {
	case len(written) == 10 && n>>31 == 1:
		return uint32(n), written, true
	case len(written) == 10 && n>>24 == 0x7f && negative(clean[:at]):
		return uint32(-int64(n)), "-" + written, true
	case len(written) == 5 && saysError(clean[:at], clean[end:]), len(written) < 5:
		return uint32(n), written, true
	}
	return 0, written, false
}

func negative(before string) bool {
	return strings.HasSuffix(before, "-") || strings.HasSuffix(before, "\u2212")
}

// afterException: .NET's "Win32Exception (258): …".
func afterException(before string) bool { return strings.HasSuffix(before, "Win32Exception (") }

// errorWords stand before an error number of Winsock, WinHTTP or Schannel.
var errorWords = [...]string{"error", "errno", "err", "code", "winerror", "lasterror", "socketerror", "wsagetlasterror", "getlasterror", "wsaerror",
	"exception", "nativeerror", "state", "エラー", "コード", "状態は", "fehler", "fehlercode", "erreur", "erro", "errore", "código", "codice",
	"ошибка", "ошибки", "错误", "错误代码", "錯誤", "오류", "오류코드", "hresult"}

// saysError: the words around a number of five digits show that it is an error's.
func saysError(before, after string) bool {
	if strings.HasSuffix(before, "(") && strings.HasPrefix(after, ")") || strings.HasSuffix(before, "/") && strings.HasPrefix(after, ")") {
		return true
	}
	if strings.HasSuffix(before, " [") && strings.HasPrefix(after, "]") {
		return true
	}
	before = strings.ToLower(strings.TrimRight(before[max(0, len(before)-40):], " :=#([-<'\""))
	before = strings.TrimSuffix(before, " is")
	for _, w := range errorWords {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// windowsSymptom is what a code of Windows says about a connection.
func windowsSymptom(code uint32) fact.Symptom {
	for _, s := range windowsSymptoms {
		if s.code == code {
			return s.is
		}
	}
	return ""
}

// windowsSymptoms: what Schannel makes of a received alert is in "Schannel Error Codes for TLS and SSL Alerts"; the rest is
// winerror.h's own word.
var windowsSymptoms = [...]struct {
	code uint32
	is   fact.Symptom
}{
	{0x520, fact.KeyUnreadable}, {0x80070520, fact.KeyUnreadable}, // IIS: the private key of the binding's certificate is not there
	{0x80090302, fact.VersionRefused}, {0x80090303, fact.SPNProblem}, {0x80090304, fact.InternalError}, {0x80090308, fact.NotTLS},
	{0x8009030c, fact.LoginFailed}, {0x8009030d, fact.KeyUnreadable}, {0x8009030e, fact.KeyUnreadable}, {0x8009030f, fact.BadRecordMAC},
	{0x80090310, fact.UnexpectedMessage}, {0x80090311, fact.SPNProblem}, {0x80090318, fact.DecodeError},
	{0x80090320, fact.ClientCertDemanded}, {0x00090320, fact.ClientCertDemanded}, {0x80090321, fact.InternalError}, {0x80090322, fact.CertName},
	{0x80090324, fact.CertDate}, {secUntrustedRoot, fact.IssuerUnknown}, {0x80090326, fact.HandshakeFailed}, {0x80090327, fact.VerifyFailed},
	{0x80090328, fact.CertExpired}, {0x80090329, fact.InternalError}, {0x80090330, fact.BadRecordMAC}, {0x80090331, fact.NoVersionLeft},
	{0x80090346, fact.OtherFault}, {0x80090349, fact.CertWrongPurpose}, {0x80090351, fact.CertRevoked}, {0x80090352, fact.IssuerUnknown},
	{0x80090353, fact.RevocationUnknown}, {0x80090355, fact.CertExpired}, {0x80090357, fact.FIPSRefused}, {0x80090367, fact.NoSharedALPN},
	{0x80090006, fact.BadSignature}, {0x80090003, fact.KeyUnreadable}, {0x8009000d, fact.KeyUnreadable}, {0x80090010, fact.KeyUnreadable},
	{0x80090011, fact.KeyUnreadable}, {0x80090016, fact.KeyUnreadable}, {0x80090008, fact.FIPSRefused}, {0x80090022, fact.KeyUnreadable},
	{0x800b0101, fact.CertDate}, {0x800b0102, fact.CertDate}, {0x800b0103, fact.InvalidCA}, {0x800b0104, fact.ChainTooLong},
	{0x800b0105, fact.CertUnacceptable}, {0x800b0106, fact.CertWrongPurpose}, {0x800b0107, fact.IssuerUnknown}, {0x800b0108, fact.CertMalformed},
	{0x800b0109, fact.SelfSignedRoot}, {0x800b010a, fact.IssuerUnknown}, {0x800b010b, fact.VerifyFailed}, {0x800b010c, fact.CertRevoked},
	{0x800b010d, fact.SelfSignedRoot}, {0x800b010e, fact.RevocationUnknown}, {0x800b010f, fact.CertName}, {0x800b0110, fact.CertWrongPurpose},
	{0x800b0111, fact.VerifyFailed}, {0x800b0112, fact.IssuerUnknown}, {0x800b0113, fact.CertUnacceptable}, {0x800b0114, fact.CertUnacceptable},
	{0x80096004, fact.VerifyFailed}, {0x80096019, fact.InvalidCA},
	{0x80092002, fact.FileBad}, {0x80092003, fact.FileBad}, {0x80092004, fact.ThumbprintNotFound}, {0x80092007, fact.CertSelfSigned},
	{0x80092009, fact.ThumbprintNotFound}, {0x8009200b, fact.KeyUnreadable}, {0x80092010, fact.CertRevoked}, {0x80092011, fact.RevocationUnknown},
	{0x80092012, fact.RevocationUnknown}, {0x80092013, fact.RevocationUnknown}, {0x80092014, fact.RevocationUnknown},
	{0x80093102, fact.CertMalformed}, {0x8009310b, fact.CertMalformed},
	{10048, fact.AddressInUse}, {10051, fact.NoRoute}, {10052, fact.Reset}, {10053, fact.Closed}, {10054, fact.ForciblyClosed},
	{10057, fact.Closed}, {10058, fact.Closed}, {10060, fact.ConnectTimeout}, {10061, fact.ConnectionRefused}, {10064, fact.NoRoute},
	{10065, fact.NoRoute}, {10101, fact.Closed}, {11001, fact.NameNotFound}, {11002, fact.ResolverFailed}, {11003, fact.ResolverFailed},
	{11004, fact.NameNotFound}, {53, fact.CannotConnect}, {64, fact.Closed}, {109, fact.Closed}, {121, fact.TimedOut}, {233, fact.Closed},
	{258, fact.TimedOut}, {1225, fact.ConnectionRefused}, {1231, fact.NoRoute}, {1232, fact.NoRoute}, {1236, fact.Closed},
	{12002, fact.TimedOut}, {12007, fact.NameNotFound}, {12029, fact.CannotConnect}, {12030, fact.BrokeInHandshake},
	{12037, fact.CertDate}, {12038, fact.CertName}, {12044, fact.ClientCertDemanded}, {12045, fact.IssuerUnknown}, {12057, fact.RevocationUnknown},
	{12152, fact.NotThisProtocol}, {12157, fact.HandshakeFailed}, {12169, fact.VerifyFailed}, {12170, fact.CertRevoked},
	{12175, fact.HandshakeFailed}, {12179, fact.CertWrongPurpose},
	{0x80072ee2, fact.TimedOut}, {0x80072ee7, fact.NameNotFound}, {0x80072efd, fact.CannotConnect}, {0x80072efe, fact.BrokeInHandshake},
	{0x80072eff, fact.Reset}, {0x80072f05, fact.CertDate}, {0x80072f06, fact.CertName}, {0x80072f0c, fact.ClientCertDemanded},
	{0x80072f0d, fact.IssuerUnknown}, {0x80072f17, fact.VerifyFailed}, {0x80072f19, fact.RevocationUnknown}, {0x80072f7d, fact.HandshakeFailed},
	{0x80072f89, fact.VerifyFailed}, {0x80072f8a, fact.CertRevoked}, {0x80072f8f, fact.HandshakeFailed},
	{0xc000020d, fact.Reset}, {0xc0000236, fact.ConnectionRefused}, {0xc00000b5, fact.TimedOut},
}
