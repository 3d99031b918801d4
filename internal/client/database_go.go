package client

import (
	"crypto/tls"
	"fmt"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// driverGo is the error that Go's net and crypto/tls give a driver. Local ports are not known and written as 0.
func driverGo(f Failure) string {
	if f.Step == StepTCP {
		return goDial(f)
	}
	switch f.How {
	case fact.EndAlert:
		return "remote error: " + tls.AlertError(f.Alert).Error()
	case fact.EndClosed:
		return "EOF"
	case fact.EndReset:
		return goRead(f, "read: connection reset by peer")
	case fact.EndTimeout:
		return goRead(f, "i/o timeout")
	case fact.EndNotTLS:
		return "tls: first record does not look like a TLS handshake"
	case fact.EndLocal:
		return driverGoRefusal(f)
	}
	return string(f.How)
}

func goDial(f Failure) string {
	what := "connect: " + strings.ToLower(errnoText(f.How))
	if f.How == fact.EndTimeout {
		what = "i/o timeout"
	}
	return "dial tcp " + f.server() + ":" + f.port() + ": " + what
}

func goRead(f Failure, what string) string {
	return "read tcp 127.0.0.1:0->" + f.server() + ":" + f.port() + ": " + what
}

// driverGoRefusal is what crypto/tls of Go 1.26 says when it is the client that gives up.
func driverGoRefusal(f Failure) string {
	var version, suite uint16
	if h := f.Handshake; h != nil && h.Server != nil {
		version, suite = h.Server.Version, h.Server.Suite
	}
	switch f.Reason {
	case "chain", "name":
		return "tls: failed to verify certificate: " + goVerifyError(f.Verdict)
	case "version-too-low", wire.ReasonUnofferedVersion:
		return fmt.Sprintf("tls: server selected unsupported protocol version %x", version)
	case wire.ReasonUnofferedSuite:
		return fmt.Sprintf("tls: server chose an unconfigured cipher suite %x", suite)
	case wire.ReasonUnofferedGroup, wire.ReasonRetryUnoffered:
		return "tls: server selected unsupported group"
	case wire.ReasonRetrySameGroup:
		return "tls: server sent an unnecessary HelloRetryRequest key_share"
	case wire.ReasonBadKeyShare:
		return "tls: invalid server key share"
	case "weak-signature", wire.ReasonUnofferedScheme:
		return "tls: peer doesn't support any of the certificate's signature algorithms"
	}
	return "tls: " + strings.ReplaceAll(f.Reason, "-", " ")
}

// goVerifyError is the error of x509.Certificate.Verify, which looks at the leaf's dates, then at the name, then for a chain
// (crypto/x509/verify.go).
func goVerifyError(v *fact.Verdict) string {
	for _, kind := range []fact.ProblemKind{fact.LeafExpired, fact.LeafNotYetValid, fact.NameIsIP, fact.NameOnlyInCN, fact.NameMismatch} {
		if p := v.Find(kind); p != nil && p.Fatal {
			return goProblem(v, p)
		}
	}
	for _, p := range v.Problems {
		if p.Fatal {
			return goProblem(v, &p)
		}
	}
	return "x509: certificate signed by unknown authority"
}

func goProblem(v *fact.Verdict, p *fact.Problem) string {
	switch p.Kind {
	case fact.LeafExpired, fact.CAExpired:
		return goDates(v.At, "after", p.Time)
	case fact.LeafNotYetValid, fact.CANotYetValid:
		return goDates(v.At, "before", p.Time)
	case fact.NameIsIP:
		return goAddress(v, p)
	case fact.NameOnlyInCN:
		return "x509: certificate relies on legacy Common Name field, use SANs instead"
	case fact.NameMismatch:
		return goName(v, p)
	case fact.WrongPurpose:
		return "x509: certificate specifies an incompatible key usage"
	}
	return "x509: certificate signed by unknown authority"
}

func goDates(now time.Time, side string, limit time.Time) string {
	return fmt.Sprintf("x509: certificate has expired or is not yet valid: current time %s is %s %s",
		now.UTC().Format(time.RFC3339), side, limit.UTC().Format(time.RFC3339))
}

func goName(v *fact.Verdict, p *fact.Problem) string {
	if p.Detail == "common name" || len(p.Names) == 0 {
		return "x509: certificate is not valid for any names, but wanted to match " + v.Name
	}
	return "x509: certificate is valid for " + strings.Join(p.Names, ", ") + ", not " + v.Name
}

func goAddress(v *fact.Verdict, p *fact.Problem) string {
	for _, n := range p.Names {
		if isAddress(n) {
			return goName(v, p)
		}
	}
	return "x509: cannot validate certificate for " + v.Name + " because it doesn't contain any IP SANs"
}
