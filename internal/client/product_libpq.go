package client

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// psql is libpq and what is built on it: psql, psycopg, PHP's pgsql, Ruby's pg. Behaviour as of 15 with OpenSSL 3.0, and of 18 with OpenSSL
// 1.1.1, which sends ALPN on every connection (src/interfaces/libpq/fe-secure-openssl.c).
func psql() Product {
	modes := append(psqlModes(""), psqlModes("18")...)
	return Product{
		ID: "psql", Says: "psql and libpq 15 and 18", Protocols: []string{"postgres"}, Modes: append(modes, psqlModes18()...),
		Aliases: []string{"libpq", "psql/libpq", "psycopg", "psycopg2", "pg_dump"},
	}
}

// libpqMode completes a mode; version is "" or "18".
func libpqMode(id, says, version string, b Behaviour) Mode {
	b.Profile, b.NameLate = openssl3Min12(), true
	if version == "18" {
		b.Profile, b.ALPN = openssl111Min12(), []string{"postgresql"}
	}
	t := libpqTexts{mode: id, system: version == "18", noFile: b.Roots == RootsNone, retries: b.TLS == TLSPrefer}
	if b.Roots == RootsNone {
		b.Refuse = withoutCA
	}
	b.Text = t.text
	return Mode{ID: id, Says: says, Versions: version, Does: b}
}

// libpqPrefer is what prefer begins again for in plain text: all but silence and words that are neither S, N nor E.
const libpqPrefer = OnDecline | OnFailure | OnReject

// psqlModes are those that 15 and 18 share.
func psqlModes(v string) []Mode {
	chain := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}
	full := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}
	noFile := Behaviour{TLS: TLSRequire, Roots: RootsNone, Chain: true, Name: true}
	verifying := Behaviour{TLS: TLSPrefer, PlainOn: libpqPrefer, Roots: RootsGiven, Chain: true}
	return []Mode{
		libpqMode("sslmode=prefer", "TLS with anybody; plain text after any failure of it; the default", v, Behaviour{TLS: TLSPrefer, PlainOn: libpqPrefer}),
		libpqMode("sslmode=prefer sslrootcert", "the chain is verified, and plain text used when that fails", v, verifying),
		libpqMode("sslmode=disable", "plain text", v, Behaviour{TLS: TLSNever}),
		libpqMode("sslmode=allow", "plain text; TLS with anybody when the server refuses that", v, Behaviour{TLS: TLSAllow, PlainOn: OnError}),
		libpqMode("sslmode=require", "TLS or nothing, with anybody, unless ~/.postgresql/root.crt exists", v, Behaviour{TLS: TLSRequire}),
		libpqMode("sslmode=require sslrootcert", "TLS or nothing; the chain is verified, as with verify-ca", v, chain),
		libpqMode("sslmode=require channel_binding=require", "TLS or nothing, proven by SCRAM with the password", v, Behaviour{TLS: TLSRequire}),
		libpqMode("sslmode=verify-ca", "needs ~/.postgresql/root.crt", v, noFile),
		libpqMode("sslmode=verify-ca sslrootcert", "TLS or nothing; the chain is verified, the name is not", v, chain),
		libpqMode("sslmode=verify-full", "needs ~/.postgresql/root.crt", v, noFile),
		libpqMode("sslmode=verify-full sslrootcert", "TLS or nothing; chain and name verified", v, full),
	}
}

// psqlModes18 are those that came with 16 (system) and 17 (direct).
func psqlModes18() []Mode {
	system := Behaviour{TLS: TLSRequire, Roots: RootsSystem, Chain: true, Name: true}
	contradict := func(step string, _ *fact.Handshake) string {
		if step == StepStart {
			return reasonOptions
		}
		return ""
	}
	direct := Behaviour{TLS: TLSDirect, Refuse: withoutALPN}
	directFull := Behaviour{TLS: TLSDirect, Roots: RootsGiven, Chain: true, Name: true, Refuse: withoutALPN}
	unbound := Behaviour{TLS: TLSNever, Refuse: plainUnbound}
	return []Mode{
		libpqMode("sslrootcert=system", "TLS or nothing, chain and name verified with the system's roots", "18", system),
		libpqMode("sslmode=require sslrootcert=system", "refused: system implies verify-full", "18", Behaviour{TLS: TLSRequire, Refuse: contradict}),
		libpqMode("sslmode=require sslnegotiation=direct", "TLS from the first byte, with anybody; the server must be 17 or newer", "18", direct),
		libpqMode("sslmode=prefer sslnegotiation=direct", "refused: direct needs require or stronger", "18", Behaviour{TLS: TLSRequire, Refuse: contradict}),
		libpqMode("sslmode=verify-full sslnegotiation=direct sslrootcert", "TLS from the first byte; chain and name verified", "18", directFull),
		libpqMode("sslmode=disable channel_binding=require", "refused: there is no channel to bind", "18", unbound),
	}
}

// openssl111Min12 is OpenSSL 1.1.1 with libpq's lowest version, TLS 1.2.
func openssl111Min12() Profile {
	p := openssl111()
	return versioned(p, p.ID+"-min12", p.Says+", TLS 1.2 and 1.3", 0x0304, 0x0303)
}

// withoutALPN: a direct connection must have agreed on the protocol (fe-secure-openssl.c, open_client_SSL).
func withoutALPN(step string, h *fact.Handshake) string {
	if step == StepDone && h != nil && h.ALPN == "" {
		return reasonNoALPN
	}
	return ""
}

func plainUnbound(step string, _ *fact.Handshake) string {
	if step == StepPlain {
		return reasonNoTLS
	}
	return ""
}

// libpqTexts renders the failures of one mode.
type libpqTexts struct {
	mode    string
	system  bool // sslrootcert=system exists, and is recommended
	noFile  bool // there is no root certificate file
	retries bool // a failed handshake is followed by a login in plain text
}

// text is what psql prints: one part for each attempt.
func (t libpqTexts) text(f Failure) string {
	if f.Reason == reasonOptions {
		return "psql: error: " + t.contradiction()
	}
	f = f.plainly()
	if first := f.First; first != nil && first.Step == StepPlain {
		if state, _, ok := first.postgresError(); ok && state == "" { // allow begins again for a refusal, not for an old server
			f = *first
		}
	}
	var parts []string
	if f.First != nil {
		parts = append(parts, t.attempt(*f.First, f))
	}
	parts = append(parts, t.attempt(f, f))
	if t.retries && f.First == nil && answersS(f) { // the login in plain text meets the same banner
		plain := f
		plain.Step = StepPlain
		parts = append(parts, t.attempt(plain, f))
	}
	return "psql: error: " + strings.Join(parts, "\n")
}

func (t libpqTexts) contradiction() string {
	if strings.Contains(t.mode, "direct") {
		return `weak sslmode "prefer" may not be used with sslnegotiation=direct (use "require", "verify-ca", or "verify-full")`
	}
	return `weak sslmode "require" may not be used with sslrootcert=system (use "verify-full")`
}

// attempt is one part; whole tells the host, which an earlier attempt has not been told.
func (t libpqTexts) attempt(f, whole Failure) string {
	where := `connection to server at "` + whole.Host + `" (` + whole.server() + `), port ` + whole.port() + " failed: "
	if isAddress(whole.Host) {
		where = `connection to server at "` + whole.Host + `", port ` + whole.port() + " failed: "
	}
	return where + t.reason(f)
}

// answersS: foreign bytes that begin with an S are taken for agreement (finding of SSH's banner).
func answersS(f Failure) bool {
	return f.Step == StepPreamble && f.How == fact.EndNotTLS && len(f.first()) > 0 && f.first()[0] == 'S'
}

const (
	libpqClosed = "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\tbefore or while processing the request."
	libpqHint   = "\n\tIs the server running on that host and accepting TCP/IP connections?"
	libpqRange  = "\nThis may indicate that the server does not support any SSL protocol version between TLSv1.2 and TLSv1.3."
)

func (t libpqTexts) reason(f Failure) string {
	if state, text, ok := f.postgresError(); ok && f.Step != StepPreamble {
		if state == "" {
			return text
		}
		return "FATAL:  " + text
	}
	switch {
	case f.Step == StepPlain && len(f.first()) > 0:
		return "expected authentication request from server, but received " + string(f.first()[:1])
	case f.How == fact.EndTimeout:
		return "timeout expired"
	case f.Step == StepTCP:
		return errnoText(f.How) + libpqHint
	case f.Reason == reasonNoCA, answersS(f) && t.noFile:
		return t.missingFile()
	case f.Reason == reasonNoALPN:
		return "direct SSL connection was established without ALPN protocol negotiation extension"
	case f.Reason == reasonNoTLS:
		return "channel binding required, but SSL not in use"
	case f.Step == StepPreamble:
		return libpqPreamble(f)
	case f.Step == StepPlain:
		return libpqClosed
	}
	return libpqTLS(f)
}

func (t libpqTexts) missingFile() string {
	advice := "Either provide the file or change sslmode to disable server certificate verification."
	if t.system {
		advice = "Either provide the file, use the system's trusted roots with sslrootcert=system, or change sslmode to disable server certificate verification."
	}
	return `root certificate file "~/.postgresql/root.crt" does not exist` + "\n" + advice
}

func libpqPreamble(f Failure) string {
	switch {
	case f.How == fact.EndDeclined:
		return "server does not support SSL, but SSL was required"
	case f.How == fact.EndError:
		return "server sent an error response during SSL exchange"
	case answersS(f):
		return "SSL SYSCALL error: EOF detected"
	case f.How == fact.EndNotTLS && len(f.first()) > 0:
		return "received invalid response to SSL negotiation: " + string(f.first()[:1])
	}
	return libpqClosed
}

// libpqTLS is a failure within TLS; reasons that speak of versions get a hint (pgtls_open_client).
func libpqTLS(f Failure) string {
	switch {
	case f.Reason == "name":
		return libpqName(f)
	case f.How == fact.EndClosed:
		return "SSL SYSCALL error: EOF detected"
	case f.How == fact.EndReset:
		return "SSL SYSCALL error: Connection reset by peer"
	}
	e, ok := opensslFailure(f)
	if !ok {
		return libpqClosed
	}
	text := "SSL error: " + e.text()
	switch e.reason {
	case sslUnsupportedVersion, sslWrongVersion, sslBadProtocolVersion, 1070:
		text += libpqRange
	}
	return text
}

// libpqName names the first name of the certificate and counts the others (fe-secure-common.c).
func libpqName(f Failure) string {
	names := f.certified()
	first := "unknown"
	if len(names) > 0 {
		first = names[0]
	}
	text := `server certificate for "` + first + `"`
	switch {
	case len(names) == 2:
		text += " (and 1 other name)"
	case len(names) > 2:
		text += " (and " + strconv.Itoa(len(names)-1) + " other names)"
	}
	return text + ` does not match host name "` + f.Verdict.Name + `"`
}
