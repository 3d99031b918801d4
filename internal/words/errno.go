package words

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// An osError is an error of the operating system as programs name it: number (Linux, then BSD and macOS), constant, and
// sentence of the C library, folded.
type osError struct {
	linux, bsd uint
	constant   string
	text       string
	is         fact.Symptom // where the moment makes no difference
}

// osErrors are those that a connection or a file can have. Windows has its own numbers and sentences.
var osErrors = []osError{
	{2, 2, "enoent", "no such file or directory", fact.FileMissing},
	{13, 13, "eacces", "permission denied", fact.KeyUnreadable},
	{32, 32, "epipe", "broken pipe", fact.Closed},
	{101, 51, "enetunreach", "network is unreachable", fact.NoRoute},
	{103, 53, "econnaborted", "software caused connection abort", fact.Closed},
	{104, 54, "econnreset", "connection reset by peer", fact.Reset},
	{110, 60, "etimedout", "connection timed out", fact.TimedOut},
	{111, 61, "econnrefused", "connection refused", fact.ConnectionRefused},
	{112, 64, "ehostdown", "host is down", fact.NoRoute},
	{113, 65, "ehostunreach", "no route to host", fact.NoRoute},
	{noNumber, noNumber, "wsaeconnreset", "connection was reset", fact.Reset},
	{noNumber, noNumber, "wsaeconnaborted", "connection was aborted", fact.Closed},
	{98, 48, "eaddrinuse", "address already in use", fact.AddressInUse},
}

// Windows' numbers are read with its other codes; here stand the words that curl has for them.
const (
	wsaReset = 10054
	noNumber = 1 << 20
)

func errnoText(n uint) string {
	for _, e := range osErrors {
		if e.linux == n {
			return e.text
		}
	}
	return ""
}

// errnoSymptom is what a system error behind an OpenSSL code means: it is of a file or of the connection.
func errnoSymptom(n uint, clean, rest string) fact.Symptom {
	for _, e := range osErrors {
		if e.linux != n {
			continue
		}
		if e.linux == 13 && strings.Contains(fold(rest), "connect") {
			return fact.CannotConnect
		}
		return e.moment(fold(clean))
	}
	return ""
}

// moment refines an error by when it happened, as far as the folded text tells.
func (e *osError) moment(folded string) fact.Symptom {
	switch {
	case e.is == fact.Reset && inHandshake(folded):
		return fact.ResetInHandshake
	case e.is == fact.Closed && inHandshake(folded):
		return fact.BrokeInHandshake
	case e.is != fact.TimedOut:
	case inHandshake(folded):
		return fact.SilentInHandshake
	case connecting(folded):
		return fact.ConnectTimeout
	}
	return e.is
}

// inHandshake: the text speaks of a TLS handshake that is going on or failed.
func inHandshake(folded string) bool {
	for _, s := range []string{"ssl connect", "ssl accept", "tls accept", "curl: (35)", "curl error 35", "ssl protocol error", "tls connect error", "establish secure connection", "secure tls connection was established", "wrap socket", "no peer certificate available", "ssl handshake has read 0 bytes"} {
		if strings.Contains(folded, s) {
			return true
		}
	}
	// The transcript of s_client counts the bytes of a handshake whether it failed or not.
	return strings.Contains(strings.ReplaceAll(folded, "ssl handshake has read", ""), "handshak")
}

// connecting: the text speaks of a TCP connection that is being made.
func connecting(folded string) bool {
	for _, s := range []string{"connect to", "connect etimedout", "connecting to", "connect()", "connect:", "dial tcp", "errno 110", "errno 60", "failed to connect", "open connection", "connect error", "connect failed", "psql: ", "tcp connect"} {
		if strings.Contains(folded, s) {
			return true
		}
	}
	return false
}

// errnoCodes finds system errors by sentence, constant or number: "[Errno 104]", "errno=104", "errno 104".
func errnoCodes(folded string, r *Reading) {
	numbers := errnos(folded)
	for i := range osErrors {
		e := &osErrors[i]
		if !e.ofConnection() || e.is == fact.Reset && nodeEnd(folded) {
			continue
		}
		if containsWord(folded, e.constant) || containsWord(folded, e.text) || e.among(numbers) {
			r.Say(e.moment(folded))
		}
	}
	for _, a := range abroadErrors() {
		if strings.Contains(folded, a.text) {
			r.Say(a.moment(folded))
			r.Contexts = append(r.Contexts, fact.Localized)
		}
	}
}

// abroadErrors are the sentences in other languages, folded.
var abroadErrors = sync.OnceValue(func() []osError {
	var list []osError
	for _, s := range resetAbroad {
		list = append(list, osError{text: fold(s), is: fact.Reset})
	}
	for _, s := range timeoutAbroad {
		list = append(list, osError{text: fold(s), is: fact.TimedOut})
	}
	return list
})

// nodeEnd: Node gives a regular FIN the code ECONNRESET as well; its sentence tells (lib/_tls_wrap.js, lib/_http_client.js).
func nodeEnd(folded string) bool {
	return strings.Contains(folded, "before secure tls connection was established") || strings.Contains(folded, "socket hang up")
}

// ofConnection: errors of files are said by too many programs of too many files to mean a certificate's.
func (e *osError) ofConnection() bool {
	return e.is != fact.FileMissing && e.is != fact.KeyUnreadable && e.is != fact.AddressInUse
}

// errnos are the numbers that stand behind the word "errno". BSD's and macOS's, which are other errors on Linux, are
// translated where the text says that it comes from there.
func errnos(folded string) []uint {
	var list []uint
	for at := 0; ; {
		i := strings.Index(folded[at:], "errno")
		if i < 0 {
			return list
		}
		at += i + len("errno")
		if n, ok := uintAt(strings.TrimLeft(folded[at:min(at+24, len(folded))], " =:(")); ok {
			list = append(list, n)
			if macOS(folded) {
				list = append(list, fromBSD(n)...)
			}
		}
	}
}

func fromBSD(n uint) []uint {
	for _, e := range osErrors {
		if e.bsd == n {
			return []uint{e.linux}
		}
	}
	return nil
}

// among: the error is one of these numbers.
func (e *osError) among(numbers []uint) bool { return slices.Contains(numbers, e.linux) }

func macOS(folded string) bool {
	return strings.Contains(folded, "darwin") || strings.Contains(folded, "macos") || strings.Contains(folded, "freebsd")
}

func uintAt(s string) (uint, bool) {
	end := 0
	for end < len(s) && end < 10 && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(s[:end], 10, 32)
	return uint(n), err == nil
}

// containsWord reports whether a folded text has the word or phrase s, not as a part of a longer word.
func containsWord(folded, s string) bool {
	for at := 0; ; {
		i := strings.Index(folded[at:], s)
		if i < 0 {
			return false
		}
		i += at
		if edge(folded, i) && edge(folded, i+len(s)) {
			return true
		}
		at = i + 1
	}
}
