package cause

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var notATLSProblem = Cause{
	ID: "TW0001", Slug: "not-a-tls-problem", Since: "0.1",
	Phase: "other", Level: Note,
	Title: "the server refuses for a reason that is not TLS: {error}",
	Plain: "the fault is not TLS: it is the login, the name, the number of connections or something else on the way",
	Why: "The other side, or the system, answered with an error of its own: about the login, the number of connections, a service name or an address. " +
		"Certificates, versions and ciphers have nothing to do with it, even if the client's message speaks of a lost connection or of TLS.",
	Check: "the server's own log and its count of connections at this time; the same error comes with TLS switched off",
	Cites: []string{
		"MySQL Server Error Reference: 1040, 1129, 1130, 1203", "PostgreSQL, Appendix A: SQLSTATE 53300, 57P03",
		"MySQL: max_connect_errors, Host is blocked (FLUSH HOSTS)",
	},
	Signs: []Sign{
		{Of: fact.CannotConnect, Weight: 3},
		{Of: fact.CannotConnect, In: []fact.Context{fact.MSSQL}, Weight: 3},
		{Of: fact.Reset, In: []fact.Context{fact.InUse}, Weight: 2},
		{Of: fact.EOFEstablished, Weight: 2},
		{Of: fact.AccessDenied, Weight: 6},
		{Of: fact.TLSInitFailed, In: []fact.Context{fact.MSSQL}, Weight: 2},
		{Of: fact.PeerAlert(80), In: []fact.Context{"mongodb"}, Weight: 5},
		{Of: fact.AccessDenied, In: []fact.Context{"postgres"}, Weight: 7},
		{Of: fact.LoginFailed, Weight: 10},
		{Of: fact.SPNProblem, Weight: 10},
		{Of: fact.TooManyClients, Weight: 9},
		{Of: fact.HostBlocked, Weight: 9},
		{Of: fact.AddressInUse, Weight: 10},
		{Of: fact.OtherFault, Weight: 10},
	},
	Advice: []change.Change{
		change.New(change.AskOwner, change.Server, "what", "its own log at this time: the account, the number of connections, the service name"),
	},
	Match: func(c *fact.Case) []Match {
		h := failing(c, fact.AtPreamble, fact.AtHello)
		if h == nil || h.Said == nil || h.End.How != fact.EndError || aboutTLS(h.Said) {
			return nil
		}
		meaning, do, known := ownError(h.Said)
		says := "the server answers: " + printable([]byte(saidError(h)))
		if known {
			says += " (" + meaning + ")"
		}
		m := located(c, h, stated(h, says), "error", errorWords(h.Said))
		if !known {
			m.Sure = Likely
		}
		m.Changes = []change.Change{change.New(change.AskOwner, change.Server, "what", do)}
		return []Match{m}
	},
}

// aboutTLS reports errors that say that TLS is wanted, or not known.
func aboutTLS(s *fact.Said) bool {
	switch {
	case s.ErrorCode == 3159: // require_secure_transport
		return true
	case s.ErrorState == "28000" && strings.Contains(s.ErrorText, "encryption"):
		return true
	case knowsNoSSLRequest(s):
		return true
	case s.ErrorState == "0A000" || s.ErrorState == "08P01": // a server that does not know SSLRequest
		return true
	}
	return false
}

// ownError says what a server's error means and what to ask for.
func ownError(s *fact.Said) (meaning, do string, known bool) {
	switch s.ErrorCode {
	case 1040:
		return "all its connections are taken", "why max_connections is reached, or a higher limit", true
	case 1129:
		return "this client's address is blocked after too many broken connections", "FLUSH HOSTS (or TRUNCATE performance_schema.host_cache) and the reason of the broken connections", true
	case 1130:
		return "it takes no connection from this client's address", "an account that may come from this address", true
	case 1203:
		return "this account has too many connections", "a higher max_user_connections, or fewer connections", true
	}
	switch s.ErrorState {
	case "53300":
		return "all its connections are taken", "why max_connections is reached, a higher limit, or a connection pool", true
	case "57P03":
		return "it is starting up, shutting down or recovering", "when it will be ready; its log says what it waits for", true
	}
	return "see its words", "what this error means", false
}

// errorWords is the error as one line.
func errorWords(s *fact.Said) string {
	words := strings.TrimSpace(s.ErrorState + " " + s.ErrorText)
	if s.ErrorCode != 0 {
		words = strings.TrimSpace(itoa(s.ErrorCode) + " " + s.ErrorText)
	}
	return printable([]byte(words))
}
