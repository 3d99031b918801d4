package client

import (
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Behaviour is what one client does in one of its modes: what it offers, when it asks for TLS and when it goes on
// without, and what it verifies. Its functions are pure.
type Behaviour struct {
	// Profile is the hello, the refusals during the handshake and the rules for chain and name. Behaviours that send
	// the same hello share Profile.ID, whatever their Limits and Trust: a server is asked once for each.
	Profile Profile
	TLS     TLSUse
	PlainOn Fallback // what makes it go on in plain text
	SNI     SNIUse
	Roots   RootsUse
	Chain   bool // the chain is verified; without it Profile.Trust is not asked
	Name    bool // … and the name, by the rules of Profile.Trust
	// ChainLate and NameLate: that look happens once the handshake stands (Node, GnuTLS, nginx look at both then; libpq and curl
	// at the name), so that a handshake which breaks for another reason breaks first.
	ChainLate, NameLate bool
	// ALPN replaces what the protocol offers by default; ["none"] offers nothing.
	ALPN []string
	// Forced is what the client does instead where the server refuses plain text, for clients that verify only then; nil: the same.
	Forced *Behaviour
	// Refuse is what this client refuses of its own accord beyond Limits and Trust, asked before each of the steps
	// StepStart, StepPreamble, StepHello, StepServerHello, StepCertificate, StepDone and StepPlain with what is known by then
	// (h is nil at StepStart and StepPlain). It answers the reason as a short ID, or "" to go on. It may be nil.
	Refuse func(step string, h *fact.Handshake) string
	// Text is what the client prints for a failure, without the program's own prefix where it varies. It may be nil.
	Text func(Failure) string
}

// TLSUse is when a client asks for TLS.
type TLSUse uint8

// The uses.
const (
	TLSNever   TLSUse = iota // plain text
	TLSPrefer                // asks for TLS; Behaviour.PlainOn says what it puts up with
	TLSRequire               // asks for TLS, and does not go on without
	TLSAllow                 // plain text first; TLS when the server refuses that (libpq's sslmode=allow)
	TLSDirect                // TLS from the first byte where the protocol has a request for it (sslnegotiation=direct)
)

// Fallback is what makes a client go on, or begin again, in plain text.
type Fallback uint8

// The occasions.
const (
	OnDecline Fallback = 1 << iota // the server says in its preamble that it has no TLS
	OnFailure                      // the handshake failed, whoever ended it, or the certificate was refused
	OnReject                       // TLS stands and the server refuses the login on it (pg_hba.conf's hostnossl)
	OnError                        // the server answers the request for TLS with an error of its protocol
	OnOther                        // … with something of another protocol
	OnSilence                      // … by closing or resetting the connection
)

// SNIUse is whether the client sends the server's name.
type SNIUse uint8

// The uses.
const (
	SNIName  SNIUse = iota // the name connected to; never an address (RFC 6066 §3)
	SNINever               // none
)

// RootsUse is where a client's trust anchors come from.
type RootsUse uint8

// The sources.
const (
	RootsGiven   RootsUse = iota // the CA file of its configuration
	RootsSystem                  // the operating system's store
	RootsBundled                 // a list of its own: Node, Java
	RootsNone                    // none at all: everything is refused where the chain is verified
)

// Steps at which a connection can fail, in their order. A step names what was reached last.
const (
	StepStart       = "start"       // before any connection: the client refuses its own options
	StepTCP         = "tcp"         // no connection
	StepPreamble    = "preamble"    // connected; the protocol's own words came to nothing, or TLS was declined
	StepHello       = "ClientHello" // the hello is out; nothing of TLS but perhaps an alert came back
	StepServerHello = "ServerHello" // a ServerHello or HelloRetryRequest came
	StepCertificate = "Certificate" // the server's certificate came
	StepKeyExchange = "ServerKeyExchange"
	StepFinished    = "client Finished" // the client has said all it has to; the server refuses
	StepDone        = "done"            // TLS stands: the server refuses the login, or the client refuses what came of it
	StepPlain       = "plain"           // the login in plain text
)

// A Failure is how a predicted connection ends, told for the text that the client prints.
type Failure struct {
	Step   string
	How    fact.How // FIN, RST, alert, timeout, not-tls, refused, declined, error-reply; client: the client itself refuses
	Alert  uint8    // received from the server; 0 when the client refuses
	Reason string   // when How is client: of Limits and wire ("version-too-low", "dh-too-small", "unoffered-group" …), "chain", "name", or of Behaviour.Refuse
	// Verdict is the client's judgement of the chain; set when a chain came and it is verified.
	Verdict   *fact.Verdict
	Handshake *fact.Handshake // what the hello met; nil when no connection for TLS was made
	Said      *fact.Said      // what the protocol's own messages told: ErrorText of a refused login, First of foreign bytes
	Host      string
	Port      uint16
	// First is an earlier failure that made the client try again in another way, which ended with this one.
	First *Failure
}

// A Product is one client program or driver.
type Product struct {
	ID        string   // "psql", "sqlclient"
	Says      string   // its name for people, with the versions measured
	Protocols []string // preamble IDs that it speaks: "mysql"
	Modes     []Mode   // the default first
	Aliases   []string // other spellings that mean it, lower-case
}

// A Mode is one setting of a product that decides how it uses TLS, in the product's own word.
type Mode struct {
	ID       string // "VERIFY_IDENTITY", "sslmode=verify-full"
	Says     string
	Versions string // the release from which on it behaves so ("18"), "" for every one
	Does     Behaviour
}

// Shape names what of a behaviour a server can notice before the login: two behaviours of the same shape meet the same
// handshake.
func (b Behaviour) Shape() string {
	s := b.Profile.ID
	if b.SNI == SNINever {
		s += "/no-sni"
	}
	if b.TLS == TLSDirect {
		s += "/direct"
	}
	for _, a := range b.ALPN {
		s += "/alpn=" + a
	}
	return s
}

// Verifies reports whether b proves that the peer is who it should be.
func (b Behaviour) Verifies() bool { return b.Chain && b.Name && b.TLS != TLSNever }
