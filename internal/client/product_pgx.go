package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// pgx is github.com/jackc/pgx 5.12. It turns prefer and allow into two configurations tried one after the other, whatever
// ended the first (pgconn/config.go, configTLS).
func pgx() Product {
	mode := func(id, says string, b Behaviour) Mode {
		b.Profile = goTLS()
		twice := b.TLS == TLSPrefer || b.TLS == TLSAllow
		prefix := b.Chain && !b.Name // VerifyPeerCertificate of pgx's own: its error has no prefix of crypto/tls
		b.Text = func(f Failure) string { return pgxText(f, twice, prefix) }
		return Mode{ID: id, Says: says, Does: b}
	}
	ever := OnDecline | OnFailure | OnReject | OnError | OnOther | OnSilence
	prefer := Behaviour{TLS: TLSPrefer, PlainOn: ever}
	chain := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true}
	full := Behaviour{TLS: TLSRequire, Roots: RootsGiven, Chain: true, Name: true}
	system := func(b Behaviour) Behaviour { b.Roots = RootsSystem; return b }
	direct := full
	direct.TLS, direct.ALPN = TLSDirect, []string{"postgresql"}
	return Product{
		ID: "pgx", Says: "github.com/jackc/pgx 5.12, Go 1.26", Protocols: []string{"postgres"}, Aliases: []string{"jackc/pgx"},
		Modes: []Mode{
			mode("sslmode=prefer", "TLS with anybody; plain text after any failure", prefer),
			mode("sslmode=disable", "plain text", Behaviour{TLS: TLSNever}),
			mode("sslmode=allow", "plain text; TLS with anybody after any failure", Behaviour{TLS: TLSAllow, PlainOn: ever}),
			mode("sslmode=require", "TLS or nothing, with anybody", Behaviour{TLS: TLSRequire}),
			mode("sslmode=require sslrootcert", "TLS or nothing; the chain is verified, as with verify-ca", chain),
			mode("sslmode=verify-ca", "TLS or nothing; the chain is verified with the system's roots", system(chain)),
			mode("sslmode=verify-ca sslrootcert", "TLS or nothing; the chain is verified, the name is not", chain),
			mode("sslmode=verify-full", "TLS or nothing; chain and name verified with the system's roots", system(full)),
			mode("sslmode=verify-full sslrootcert", "TLS or nothing; chain and name verified", full),
			mode("sslmode=verify-full sslnegotiation=direct sslrootcert", "TLS from the first byte; chain and name verified", direct),
		},
	}
}

// pgxText is the error of pgconn.ConnectError: one attempt on the line, several on lines of their own.
func pgxText(f Failure, twice, bare bool) string {
	const head = "failed to connect to `user=postgres database=postgres`:"
	attempts := pgxAttempts(f, twice, bare)
	if len(attempts) == 1 {
		return head + " " + attempts[0]
	}
	return head + "\n\t" + strings.Join(attempts, "\n\t")
}

func pgxAttempts(f Failure, twice, bare bool) []string {
	f = f.plainly()
	where := fmt.Sprintf("%s:%d (%s): ", f.server(), f.Port, f.Host)
	last := where + pgxAttempt(f, bare)
	switch {
	case f.First != nil:
		return []string{where + pgxAttempt(*f.First, bare), last}
	case twice && f.Step == StepTCP:
		return []string{last, last}
	case twice && f.How == fact.EndTimeout: // the time for all attempts is spent
		return []string{last, where + "dial error: timeout: context deadline exceeded"}
	}
	return []string{last}
}

func pgxAttempt(f Failure, bare bool) string {
	if state, text, ok := f.postgresError(); ok && f.Step != StepPreamble {
		if state == "" {
			return pgxStrange(f)
		}
		return fmt.Sprintf("server error: FATAL: %s (SQLSTATE %s)", text, state)
	}
	switch f.Step {
	case StepTCP:
		return "dial error: " + goDial(f)
	case StepPreamble:
		return pgxPreamble(f)
	case StepPlain:
		return pgxPlain(f)
	}
	if f.How == fact.EndTimeout {
		return "failed to write startup message: timeout: context deadline exceeded"
	}
	text := driverGo(f)
	if bare {
		text = strings.TrimPrefix(text, "tls: failed to verify certificate: ")
	}
	return "failed to write startup message: write failed: " + text
}

// pgxPreamble: whatever is no S is a refusal; an S of somebody else's, SSH's say, is agreement.
func pgxPreamble(f Failure) string {
	switch {
	case answersS(f):
		return "failed to write startup message: write failed: tls: first record does not look like a TLS handshake"
	case f.How == fact.EndDeclined, f.How == fact.EndError, f.How == fact.EndNotTLS:
		return "tls error: server refused TLS connection"
	case f.How == fact.EndTimeout:
		return "tls error: timeout: context deadline exceeded"
	}
	return "tls error: " + driverGo(f)
}

func pgxPlain(f Failure) string {
	switch f.How {
	case fact.EndTimeout:
		return "failed to receive message: timeout: context deadline exceeded"
	case fact.EndClosed:
		return "failed to receive message: unexpected EOF"
	case fact.EndNotTLS:
		return pgxStrange(f)
	}
	return "failed to receive message: " + driverGo(f)
}

// pgxStrange is what pgproto3 says of bytes that are no message: it reads the length before the type.
func pgxStrange(f Failure) string {
	b := f.first()
	switch {
	case len(b) < 5:
		return "failed to receive message: " + goRead(f, "read: connection reset by peer")
	case b[1] != 0:
		n := uint32(b[1])<<24 | uint32(b[2])<<16 | uint32(b[3])<<8 | uint32(b[4])
		return fmt.Sprintf("failed to receive message: invalid body length: expected at most 1073741822, but got %d", n-4)
	case b[0] == 'd':
		return "received unexpected message: %!w(<nil>)"
	}
	return fmt.Sprintf("failed to receive message: unknown message type: %c", b[0])
}
