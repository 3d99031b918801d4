// Package fact is the vocabulary of evidence: what was seen, where, and what could not be seen.
// It judges nothing. A Case holds all of it about one question and can be saved and read back.
package fact

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// A Case is all the evidence about one question. It only grows.
type Case struct {
	Question   Question
	Handshakes []Handshake `json:",omitempty"` // probed, in the order tried
	Events     []Event     `json:",omitempty"` // log lines, error texts, event records
	Settings   []Setting   `json:",omitempty"` // configuration as written
	Uses       []Use       `json:",omitempty"` // the connections that it describes
	Files      []File      `json:",omitempty"` // the certificate and key files that it names
	Machines   []Machine   `json:",omitempty"` // computers that were described, not met
	Meetings   []Meeting   `json:",omitempty"` // what two of them would agree on
	Hosts      []Host      `json:",omitempty"` // names, aliases and addresses learnt
	Gaps       []Gap       `json:",omitempty"` // evidence that could not be had, and why
	Same       []Variant   `json:",omitempty"` // experiments not made because they would change nothing for this client
	Repeats    *Repeats    `json:",omitempty"` // what --repeat counted; nil without it
}

// A Question is what was asked: would this client, in this mode, connect to this target?
type Question struct {
	Target   string // as typed, credentials cut
	As       string // client profile
	Protocol string // preamble ID
	Host     string // name or address typed
	Port     uint16 `json:",omitempty"`
	Instance string `json:",omitempty"` // SQL Server named instance
	SNI      string `json:",omitempty"` // "": as the profile does, "none", or a name
	Connect  string `json:",omitempty"` // address used instead of the name's own
	OwnRoots bool   `json:",omitempty"` // --ca was given
	OwnCert  *Chain `json:",omitempty"` // our client certificate
	OwnKeyOK Tri    `json:",omitempty"` // whether our key belongs to it
	Repeat   int    `json:",omitempty"`
	// Configured is the dialect of the configuration, connection string or command that describes the client, "" for a profile
	Configured string    `json:",omitempty"`
	Unlike     []string  `json:",omitempty"` // options of the client that were read and not imitated
	Peer       string    `json:",omitempty"` // how much the client knows of its peer once it is connected: "verified", "unverified"
	Now        time.Time `json:",omitzero"`  // the verifier's clock when the case began
}

// Tri is a three-valued fact: not looked is not no.
type Tri uint8

// The three values.
const (
	Unknown Tri = iota
	No
	Yes
)

// Is turns what was looked at into Yes or No.
func Is(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// A Ref says where a claim can be checked.
type Ref struct {
	Kind string // live, capture, log, text, conf, computed
	At   string // "experiment 3", "packet 17", "error.log:204"
	Name string `json:",omitempty"` // the experiment's name
}

// A Gap is evidence that could not be had.
type Gap struct {
	What string // what was looked for
	Why  string // why it is not here
}

// A Host is what was learnt about a name.
type Host struct {
	Name      string
	Addrs     []netip.Addr  `json:",omitempty"`
	Aliases   []string      `json:",omitempty"` // the CNAME chain behind the name, in order, canonical name last
	Error     string        `json:",omitempty"` // "not-found", "unavailable", or ""
	Detail    string        `json:",omitempty"` // the resolver's words
	Took      time.Duration `json:",omitempty"`
	Instances []Instance    `json:",omitempty"` // what SQL Browser answered
	Browser   Tri           `json:",omitempty"` // SQL Browser answered at all
}

// An Instance is one SQL Server instance as SQL Browser lists it.
type Instance struct {
	Name, Version string
	Port          uint16
}

// A Handshake is one connection up to where TLS succeeded or failed, told the same way whether it was
// probed by us or captured between others.
type Handshake struct {
	Ref      Ref
	Path     []netip.AddrPort         `json:",omitempty"` // client, any proxies, server
	Protocol string                   `json:",omitempty"` // preamble ID: "mssql"
	Variant  Variant                  // what was changed from the baseline
	Said     *Said                    `json:",omitempty"` // what the preamble told
	Client   *wire.ClientHello        `json:",omitempty"`
	Retry    *wire.ServerHello        `json:",omitempty"` // HelloRetryRequest
	Server   *wire.ServerHello        `json:",omitempty"`
	Chain    *Chain                   `json:",omitempty"`
	OCSP     []byte                   `json:",omitempty"`
	Key      *wire.ServerKeyExchange  `json:",omitempty"`
	Public   []byte                   `json:",omitempty"` // the client's Diffie-Hellman value of TLS 1.2 and older, as sent
	Request  *wire.CertificateRequest `json:",omitempty"`
	ALPN     string                   `json:",omitempty"`
	NotTLS   []byte                   `json:",omitempty"` // what came where TLS was due, its start
	Verdict  *Verdict                 `json:",omitempty"` // how this client judges the chain
	Alerts   []Alert                  `json:",omitempty"`
	Steps    []Step                   `json:",omitempty"` // every message both ways with its time
	Finished Tri                      // both Finished messages were exchanged
	End      End
	Took     time.Duration `json:",omitempty"`
	Ticket   []byte        `json:",omitempty"` // the start of the session ticket that came: it may name the key of the server
	Seen     Seen          `json:",omitzero"`
	Again    *Again        `json:",omitempty"` // of handshakes of --repeat: what the like ones, folded into this one, have of their own
	Passive  *Passive      `json:",omitempty"` // what only an onlooker learns; nil for our own probes
}

// Passive is what a capture of others' traffic tells beside the bytes. Numbers of packets count from 1 over the file
// that Ref names.
type Passive struct {
	File           string
	Index          int       // number of the conversation in the case, from 1
	Start          time.Time // of its first packet
	First, Last    int       // packets
	SYN            Tri       // the connection's beginning was seen; No: the capture begins in the middle
	Cut            string    `json:",omitempty"` // why the bytes are not complete: "snap length", "12 bytes lost", "one side only", "capture ends"
	Closes         []Close   `json:",omitempty"` // every FIN and RST, in order, the first of each side
	JA3, JA4       string    `json:",omitempty"`
	Likely         string    `json:",omitempty"` // the client that such a hello is known of
	Progress       string    `json:",omitempty"` // SQLNA's login progress flags: "S PL PR CH SH KE CE AD"
	Resumed        Tri       // the server accepted a session that the client offered
	ServerTTL      uint8     `json:",omitempty"` // of the server's ordinary packets
	ResetTTL       uint8     `json:",omitempty"` // of the RST, 0 without one
	Retransmits    int       `json:",omitempty"`
	Lost           int       `json:",omitempty"` // bytes acknowledged and not in the capture
	ClientMSS      int       `json:",omitempty"`
	ServerMSS      int       `json:",omitempty"`
	LargestUnacked int       `json:",omitempty"` // size of the largest server segment sent again and again and never acknowledged
	Through        string    `json:",omitempty"` // encapsulation: "vlan 12", "vxlan 7", "gre"
}

// A Close is one FIN or RST.
type Close struct {
	By     wire.Side
	How    How // FIN or RST
	Packet int
	At     time.Duration
	TTL    uint8 `json:",omitempty"`
}

// Completed reports whether this client would have had its connection: the messages ran to both Finished,
// nobody refused afterwards and the client accepts the certificate.
func (h *Handshake) Completed() bool {
	if h.Passive != nil {
		return h.Finished == Yes && !h.refusedAfterwards() && h.Verdict.OK()
	}
	return h.Finished == Yes && h.End.How == EndCompleted && h.Verdict.OK()
}

// refusedAfterwards: a fatal alert followed the Finished messages at once, as TLS 1.3 servers refuse a client's
// certificate.
func (h *Handshake) refusedAfterwards() bool {
	return h.End.How == EndAlert && h.End.Alert != 0 && (h.End.After == "client Finished" || h.End.After == "server Finished")
}

// Told is whether the handshake completed, as far as it can be told: a capture may begin late, end early or hold
// one side only.
func (h *Handshake) Told() Tri {
	if h.Passive != nil && (h.Finished == Unknown || !h.begun() && !h.turnedAway() && !h.WantsTLS() && !h.TunnelRefused()) {
		return Unknown
	}
	return Is(h.Completed())
}

// WantsTLS: the server answered a login in clear text with its own error for want of encryption. PostgreSQL says "no
// encryption", before version 14 "SSL off" (src/backend/libpq/auth.c); MySQL has a number for it.
func (h *Handshake) WantsTLS() bool {
	s := h.Said
	if s == nil || h.End.How != EndError {
		return false
	}
	return s.ErrorCode == 3159 || s.ErrorState == "28000" && (strings.Contains(s.ErrorText, "no encryption") || strings.Contains(s.ErrorText, "SSL off"))
}

// TunnelRefused: a proxy answered the request for a tunnel with a refusal. What a server behind it declines is its own.
func (h *Handshake) TunnelRefused() bool {
	return (h.Protocol == "http-connect" || h.Protocol == "socks") && h.End.How == EndError
}

// begun: TLS was spoken, although a printed trace may show no more of a hello than its name and a capture may have
// lost it; or the connection to speak it on never came to be.
func (h *Handshake) begun() bool {
	return h.Client != nil || h.Server != nil || h.Finished == Yes || h.End.After == "tcp" || slices.ContainsFunc(h.Steps, func(s Step) bool { return s.Name == "ClientHello" })
}

// turnedAway: a watched client asked for TLS, was declined, and left without another word. One that goes on in clear
// text has no handshake that could fail.
func (h *Handshake) turnedAway() bool {
	insists := h.Protocol == "postgres" || h.Said != nil && (strings.HasPrefix(h.Said.Encryption, "ON") || strings.HasPrefix(h.Said.Encryption, "REQ"))
	return insists && h.End.How == EndDeclined && len(h.Steps) > 0 && h.Steps[len(h.Steps)-1].From == wire.ServerSide
}

// An Alert is one alert with its sender.
type Alert struct {
	From  wire.Side
	Level uint8
	Code  uint8
	After string `json:",omitempty"` // the last message before it
}

// A Step is one thing that happened: a message, a preamble exchange, a socket event.
type Step struct {
	From   wire.Side
	At     time.Duration
	Name   string
	Note   string `json:",omitempty"`
	Packet int    `json:",omitempty"` // number of the packet, in a capture
}

// How a connection ended.
type How string

// The ways. Those up to EndReset come from the socket, the others from what was said.
const (
	EndCompleted   How = "completed"   // the client closed after a finished handshake
	EndRefused     How = "refused"     // RST to SYN
	EndUnreachable How = "unreachable" // ICMP unreachable or no route
	EndTimeout     How = "timeout"     // nothing came for as long as we wait
	EndClosed      How = "FIN"
	EndReset       How = "RST"
	EndAlert       How = "alert"
	EndNotTLS      How = "not-tls"     // clear bytes where TLS was due
	EndDeclined    How = "declined"    // the server offers no TLS in its preamble
	EndError       How = "error-reply" // the protocol's own error instead of TLS
	EndLocal       How = "client"      // the client's side refused or broke off: Reason says why
)

// End is who ended a connection, how, and after which step.
type End struct {
	By     wire.Side
	How    How
	After  string        // "dns", "tcp", "preamble", or the last message: "ClientHello", "ServerHello", "Certificate" …
	Alert  uint8         `json:",omitempty"` // when How is alert
	Reason string        `json:",omitempty"` // a short ID when the client ended it: "dh-too-small", "unoffered-group" …
	Detail string        `json:",omitempty"` // in words, as the socket or the engine said it
	Silent time.Duration `json:",omitempty"` // how long nothing came before the end
}

// Said is what was said before the ClientHello.
type Said struct {
	Product    string `json:",omitempty"` // "MariaDB", "MySQL", "PostgreSQL", "SQL Server", as far as told
	Version    string `json:",omitempty"` // its version as told: "10.11.19", "16.0.1000"
	TLS        Tri    // the server offers TLS
	Encryption string `json:",omitempty"` // TDS: "ON → REQ", client's value and server's reply
	LoginOnly  bool   `json:",omitempty"` // TDS: only the login packet would be encrypted
	Wrapped    bool   `json:",omitempty"` // TLS travels inside the protocol's packets
	ErrorCode  int    `json:",omitempty"` // the protocol's own error reply
	ErrorState string `json:",omitempty"`
	ErrorText  string `json:",omitempty"`
	Speaks     string `json:",omitempty"` // another protocol, told by its first bytes: "http", "ssh", "smtp", "mysql", "tls" …
	First      []byte `json:",omitempty"` // those bytes, at most 256
	Upgrades   bool   `json:",omitempty"` // the protocol spoken can be upgraded to TLS by a command
}

// Seen folds equal handshakes or events.
type Seen struct {
	Count       int
	First, Last time.Time
	Refs        []Ref    `json:",omitempty"` // the first five
	PerMinute   []uint32 `json:",omitempty"` // from First's minute on, at most a week
}
