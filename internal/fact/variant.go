package fact

import "net/netip"

// A VariantKind is one thing that an experiment changes.
type VariantKind string

// The things that can be changed, one at a time. Value says to what.
const (
	Baseline   VariantKind = ""           // nothing changed
	Repeat     VariantKind = "repeat"     // nothing changed, again; Value: its number
	Address    VariantKind = "address"    // another address of the same name
	ServerName VariantKind = "sni"        // "none" or the name to send
	Name       VariantKind = "name"       // the name used: sent as SNI and verified
	Version    VariantKind = "version"    // "TLS1.2": this version alone
	Versions   VariantKind = "versions"   // "old": TLS 1.0 and 1.1 added · "new": TLS 1.2 and 1.3 added · "TLS1.2": this one added
	Wide       VariantKind = "wide"       // "all": every version, suite, group and signature algorithm we know
	Suites     VariantKind = "suites"     // "all": every suite we know added, or the one to add
	Groups     VariantKind = "groups"     // "all": every group we know added, or the one to add
	Signatures VariantKind = "signatures" // "all": every signature algorithm, SHA-1 among them, added, or the one to add
	HelloShape VariantKind = "hello"      // "small": under 256 bytes · "one-segment": no post-quantum share · "unpadded", "plain": no optional extension · "padded": 512 bytes or more
	ALPN       VariantKind = "alpn"       // "none", or the protocol to offer
	EMS        VariantKind = "ems"        // "on": extended master secret offered · "optional": a server without it accepted
	Preamble   VariantKind = "preamble"   // another way to begin: "tls", "mysql", "postgres", "postgres-direct", "mssql", "mssql-strict", "proxy-header"
	Segment    VariantKind = "mss"        // "536": TCP segments of at most so many bytes, both ways
	Silence    VariantKind = "silence"    // "300ms": connect and say nothing
	Own        VariantKind = "own"        // "none": no client certificate
	Accept     VariantKind = "accept"     // a refusal of the client taken back: "dh=1024", "legacy-renegotiation", "security-level=1"
)

// A Variant is what an experiment changed from the baseline.
type Variant struct {
	Kind  VariantKind `json:",omitempty"`
	Value string      `json:",omitempty"`
}

// String gives "baseline", or "sni none".
func (v Variant) String() string {
	if v.Kind == Baseline {
		return "baseline"
	}
	if v.Value == "" {
		return string(v.Kind)
	}
	return string(v.Kind) + " " + v.Value
}

// An Ask is an experiment that some open cause wants.
type Ask struct {
	Variant Variant
	Weight  int // how much it would decide for the one who asks; 1 to 10
}

// Progress is how far a handshake came; larger is further.
type Progress int

// The rungs of the ladder.
const (
	AtDNS Progress = iota
	AtTCP
	AtPreamble    // connected, the protocol's own preamble is on
	AtHello       // the ClientHello is out, nothing of TLS has come back
	AtServerHello // a ServerHello or HelloRetryRequest came
	AtCertificate // the server's certificate came
	AtKeyExchange // ServerHelloDone, or in TLS 1.3 the server's Finished, came
	AtFinished    // both Finished
	AtDone        // nobody refused afterwards
)

// Progress tells how far h came.
func (h *Handshake) Progress() Progress {
	switch {
	case h.Finished == Yes && h.End.How == EndCompleted:
		return AtDone
	case h.Finished == Yes:
		return AtFinished
	case h.End.After == "ServerHelloDone" || h.End.After == "server Finished" || h.End.After == "client Finished":
		return AtKeyExchange
	case h.Chain != nil && len(h.Chain.Certificates) > 0:
		return AtCertificate
	case h.Server != nil || h.Retry != nil:
		return AtServerHello
	case h.Client != nil:
		return AtHello
	case h.End.After == "dns":
		return AtDNS
	case h.End.After == "tcp":
		return AtTCP
	}
	return AtPreamble
}

// First returns the baseline handshake, or nil.
func (c *Case) First() *Handshake {
	for i := range c.Handshakes {
		if c.Handshakes[i].Variant.Kind == Baseline {
			return &c.Handshakes[i]
		}
	}
	return nil
}

// Tried returns the handshake of a variant, or nil when it was not tried.
func (c *Case) Tried(v Variant) *Handshake {
	for i := range c.Handshakes {
		if c.Handshakes[i].Variant == v {
			return &c.Handshakes[i]
		}
	}
	return nil
}

// Host returns what was learnt about a name, or nil.
func (c *Case) Host(name string) *Host {
	for i := range c.Hosts {
		if c.Hosts[i].Name == name {
			return &c.Hosts[i]
		}
	}
	return nil
}

// Unchanged reports whether h was made, or seen, just as the client would make it.
func (h *Handshake) Unchanged() bool {
	k := h.Variant.Kind
	return k == Baseline || k == Repeat || k == Address
}

// Base is the handshake to explain: the first unchanged one that failed, or the baseline when none did. An address
// that takes no connection is passed over when another one does: clients go on to the next (RFC 8305).
func (c *Case) Base() *Handshake {
	var unreached *Handshake
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		switch {
		case !h.Unchanged() || h.Completed():
		case h.Progress() > AtTCP:
			return h
		case unreached == nil:
			unreached = h
		}
	}
	if first := c.First(); unreached == nil || first != nil && first.Progress() > AtTCP {
		return first
	}
	return unreached
}

// Mixed reports whether unchanged handshakes with one and the same address both failed and succeeded:
// then a changed one that succeeds proves nothing.
func (c *Case) Mixed() bool {
	base := c.Base()
	if base == nil || base.Completed() {
		return false
	}
	for i := range c.Handshakes {
		if h := &c.Handshakes[i]; h.Unchanged() && h.Completed() && h.ServerAddr() == base.ServerAddr() {
			return true
		}
	}
	return false
}

// ServerAddr is the far end of the path, or the zero value.
func (h *Handshake) ServerAddr() netip.AddrPort {
	if len(h.Path) == 0 {
		return netip.AddrPort{}
	}
	return h.Path[len(h.Path)-1]
}
