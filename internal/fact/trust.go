package fact

import "time"

// A Chain is a list of certificates in the order in which they were sent or configured, leaf first as a rule.
type Chain struct {
	Certificates []Certificate
	Cut          string `json:",omitempty"` // why the list was cut short ("100 certificates kept of 300")
}

// Leaf is the first certificate, or nil.
func (c *Chain) Leaf() *Certificate {
	if c == nil || len(c.Certificates) == 0 {
		return nil
	}
	return &c.Certificates[0]
}

// A Certificate is what one X.509 certificate says, read tolerantly: what the standard
// library refuses is a fact here (Malformed), not an error.
type Certificate struct {
	DER        []byte `json:",omitempty"`
	Subject    string // RFC 4514 style, for people
	Issuer     string
	CommonName string `json:",omitempty"`
	Serial     string `json:",omitempty"` // hexadecimal, with a leading "-" when negative
	NotBefore  time.Time
	NotAfter   time.Time
	DNSNames   []string `json:",omitempty"`
	IPs        []string `json:",omitempty"`
	KeyType    string   // "RSA", "ECDSA", "Ed25519", "DSA" or an OID
	KeyBits    int
	Signature  string   // "sha256WithRSAEncryption", or an OID
	CA         bool     `json:",omitempty"`
	KeyUsage   []string `json:",omitempty"` // "digitalSignature", "keyEncipherment", "keyCertSign" …
	ExtUsage   []string `json:",omitempty"` // "serverAuth", "clientAuth" …; empty: any
	AIA        []string `json:",omitempty"` // caIssuers URLs
	OCSPURLs   []string `json:",omitempty"`
	CRLURLs    []string `json:",omitempty"`
	MustStaple bool     `json:",omitempty"`
	SelfIssued bool     `json:",omitempty"` // subject equals issuer
	SelfSigned bool     `json:",omitempty"` // … and its own key verifies its signature
	SHA256     string   `json:",omitempty"` // fingerprint, hexadecimal
	Malformed  []string `json:",omitempty"` // broken encoding or profile rules, in words
}

// A ProblemKind names one independent reason to refuse, or to worry about, a chain.
type ProblemKind string

// The reasons. Each stands alone: the chain "judged again with this one thing changed"
// is the verdict without that one problem.
const (
	NameMismatch     ProblemKind = "name-mismatch"      // Names: what the leaf lists
	NameOnlyInCN     ProblemKind = "name-only-in-cn"    // no SAN of the kind, the common name fits
	NameIsIP         ProblemKind = "name-is-ip"         // an address was used and the leaf does not list it
	LeafExpired      ProblemKind = "leaf-expired"       // Time: notAfter
	LeafNotYetValid  ProblemKind = "leaf-not-yet-valid" // Time: notBefore
	CAExpired        ProblemKind = "ca-expired"         // At: which; Time: notAfter
	CANotYetValid    ProblemKind = "ca-not-yet-valid"
	SelfSignedLeaf   ProblemKind = "self-signed-leaf"
	RootUnknown      ProblemKind = "root-unknown"   // the path ends at a self-signed root that is no anchor
	IssuerMissing    ProblemKind = "issuer-missing" // the path ends at a certificate whose issuer is neither sent nor an anchor; Names: its AIA URLs
	NoAnchors        ProblemKind = "no-anchors"     // the verifier has no anchor at all
	AnchorRotated    ProblemKind = "anchor-rotated" // an anchor has the same name and another key (or is out of date)
	OrderWrong       ProblemKind = "order-wrong"
	Unrelated        ProblemKind = "unrelated-sent"
	TooDeep          ProblemKind = "too-deep"
	ExpiredRootSent  ProblemKind = "expired-root-sent" // a path that works exists, another one sent runs through an expired certificate
	WrongPurpose     ProblemKind = "wrong-purpose"     // Detail: which usage forbids it
	LeafKeySmall     ProblemKind = "leaf-key-small"    // Detail: "RSA 1024"
	CAKeySmall       ProblemKind = "ca-key-small"
	DigestWeak       ProblemKind = "digest-weak" // Detail: "sha1WithRSAEncryption"
	Malformed        ProblemKind = "malformed"   // Detail: what is broken
	StapleMissing    ProblemKind = "staple-missing"
	StapleBad        ProblemKind = "staple-bad"        // expired, unparsable or not successful; Detail says which
	Revoked          ProblemKind = "revoked"           // Time: when
	KeyNotPinned     ProblemKind = "key-not-pinned"    // Detail: the key's digest; Names: those that the client demands
	ClockContradicts ProblemKind = "clock-contradicts" // another clock (OCSP answer, SCT) disagrees with the verifier's; Detail says which; Time: what that clock says
)

// A Problem is one reason, about the certificate at place At of the chain (-1: about an anchor or the chain as a whole).
type Problem struct {
	Kind   ProblemKind
	At     int
	Fatal  bool      // this verifier refuses because of it
	Detail string    `json:",omitempty"`
	Names  []string  `json:",omitempty"`
	Time   time.Time `json:",omitzero"`
}

// A Verdict is how a verifier judges a chain: for which name, at which time, with which problems.
type Verdict struct {
	Name     string    // the name or address that was checked; empty: none
	At       time.Time // the clock used
	Trusted  bool      // a path to an anchor was found, whatever else is wrong
	Anchor   string    `json:",omitempty"` // subject of the anchor reached
	Path     []string  `json:",omitempty"` // common names leaf to anchor
	Halfway  bool      `json:",omitempty"` // the anchor reached is no root: an intermediate stands in the verifier's own store
	Anchors  int       // how many anchors the verifier has
	Problems []Problem `json:",omitempty"`
}

// OK reports whether the verifier accepts: no fatal problem.
func (v *Verdict) OK() bool {
	if v == nil {
		return true
	}
	for _, p := range v.Problems {
		if p.Fatal {
			return false
		}
	}
	return true
}

// Find returns the first problem of a kind, or nil.
func (v *Verdict) Find(kind ProblemKind) *Problem {
	if v == nil {
		return nil
	}
	for i := range v.Problems {
		if v.Problems[i].Kind == kind {
			return &v.Problems[i]
		}
	}
	return nil
}

// Without reports whether the verdict would accept if the problems of these kinds were not there:
// the flight judged again with one thing changed.
func (v *Verdict) Without(kinds ...ProblemKind) bool {
	if v == nil {
		return true
	}
	for _, p := range v.Problems {
		if p.Fatal && !oneOf(p.Kind, kinds) {
			return false
		}
	}
	return true
}

func oneOf(k ProblemKind, kinds []ProblemKind) bool {
	for _, o := range kinds {
		if o == k {
			return true
		}
	}
	return false
}
