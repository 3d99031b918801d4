package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// ExaminedSchema names the version of what is said about a client under test.
const ExaminedSchema = "tlswhy/examined/v1"

// An Examined is what one client under test showed: the contract of tlswhy lab examine --format json, what
// schema/examined.v1.json describes.
type Examined struct {
	Schema       string       `json:"schema"`
	Number       int          `json:"number"` // clients count from 1
	Address      string       `json:"address"`
	Protocol     string       `json:"protocol"`
	Complete     bool         `json:"complete"` // nothing is left to ask
	Only         string       `json:"only"`     // "leading-zero": nothing else is asked; "": all
	Replaces     bool         `json:"replaces"` // the one before of the same number: it showed more since
	Connections  int          `json:"connections"`
	Hello        Hello        `json:"hello"`
	DHE          ZeroRule     `json:"dhe"`         // TLS 1.2 and older: right is to strip leading zeros
	FFDHE        ZeroRule     `json:"tls13_ffdhe"` // TLS 1.3: right is to keep them
	PublicValue  PublicValue  `json:"public_value"`
	Certificates []Shown      `json:"certificates"`
	AcceptsAny   bool         `json:"accepts_any_certificate"`
	Several      bool         `json:"several_clients"` // its answers contradict each other: several clients send this hello
	Versions     VersionRange `json:"versions"`
	Findings     []Finding    `json:"findings"`
	Handshakes   []Handshake  `json:"handshakes"`
}

// A Hello is the shape of a client's hello.
type Hello struct {
	SNI        string   `json:"sni"`
	LooksLike  string   `json:"looks_like"` // the product that such a hello is known of
	JA3        string   `json:"ja3"`
	JA4        string   `json:"ja4"`
	Bytes      int      `json:"bytes"`
	Suites     []string `json:"suites"`
	DHESuites  int      `json:"dhe_suites"`
	Groups     []string `json:"groups"`
	Signatures []string `json:"signatures"`
	Extensions []string `json:"extensions"` // in the order sent
	ALPN       []string `json:"alpn"`
	EMS        bool     `json:"extended_master_secret"`
}

// A ZeroRule is what a client does with the leading zeros of a secret.
type ZeroRule struct {
	Is          string   `json:"is"` // strips, keeps, neither, not-exposed, inconclusive, not-asked
	Right       *bool    `json:"right" jsonschema:"oneof_type=boolean;null"`
	Why         string   `json:"why"`
	Group       string   `json:"group"`
	Connections int      `json:"connections"`
	At          []string `json:"at"`
}

// A PublicValue is what a client does with public values that start with a zero byte.
type PublicValue struct {
	Short  string `json:"short"`  // takes, refuses, …: ours without its leading zeros
	Padded string `json:"padded"` // … with them
	Own    string `json:"own"`    // how it sends its own: padded, short, not-asked: none was seen
	Unsafe bool   `json:"unsafe"` // its own value was 0, 1 or p-1
}

// A Shown is one certificate and what the client did.
type Shown struct {
	Certificate string `json:"certificate"`
	Is          string `json:"is"` // takes, refuses, refuses-after-the-handshake, differs, inconclusive, not-asked
	How         string `json:"how"`
}

// A VersionRange is what a client speaks: what its hello lists, and of the old ones what it took alone.
type VersionRange struct {
	Listed  []string `json:"listed"`
	Taken   []string `json:"taken"`
	Refused []string `json:"refused"`
	NotTold []string `json:"not_told"` // tried alone, without an answer
	Floor   string   `json:"floor"`
	Ceiling string   `json:"ceiling"`
}

// A Fingerprint is what the hello is known by; only the program that read it can tell.
type Fingerprint struct{ JA3, JA4, LooksLike string }

// Examine makes the report of a client under test.
func Examine(c *fact.Case, d diagnose.Diagnosis, number, made int, complete bool, f Fingerprint) Examined {
	p := cause.PictureOf(c)
	e := Examined{Schema: ExaminedSchema, Number: number, Address: c.Question.Target, Protocol: c.Question.Protocol, Complete: complete,
		Connections: made, Hello: helloOf(c.Hello(), f), DHE: zeroRule(p.Rule, cause.Strips), FFDHE: zeroRule(p.Rule13, cause.Keeps),
		PublicValue: PublicValue{Short: p.Short.Is, Padded: p.Padded.Is, Own: p.Own.Is, Unsafe: p.Odd.Is != ""},
		AcceptsAny:  p.Anyone, Several: p.Several, Versions: versionRange(c.Hello(), p.Old),
		Certificates: []Shown{}, Findings: []Finding{}, Handshakes: fold(c.Handshakes)}
	for _, j := range p.Certs {
		e.Certificates = append(e.Certificates, Shown{j.Form, j.Is, j.Why})
	}
	for _, finding := range Build(c, d, made).Findings {
		e.Findings = append(e.Findings, finding)
	}
	return e
}

func helloOf(h *wire.ClientHello, f Fingerprint) Hello {
	out := Hello{LooksLike: f.LooksLike, JA3: f.JA3, JA4: f.JA4, Suites: []string{}, Groups: []string{}, Signatures: []string{}, Extensions: []string{}, ALPN: []string{}}
	if h == nil {
		return out
	}
	out.SNI, out.Bytes, out.EMS, out.ALPN = h.ServerName, len(h.Raw), h.EMS, append(out.ALPN, h.ALPN...)
	for _, id := range h.Suites {
		out.Suites = append(out.Suites, names.SuiteName(id))
		if s, ok := names.SuiteByID(id); ok && s.Kex == "DHE" {
			out.DHESuites++
		}
	}
	for _, id := range h.Groups {
		out.Groups = append(out.Groups, names.Group(id))
	}
	for _, id := range h.Signatures {
		out.Signatures = append(out.Signatures, names.Scheme(id))
	}
	for _, x := range h.Extensions {
		out.Extensions = append(out.Extensions, names.Extension(x.Type))
	}
	return out
}

func zeroRule(a cause.Answer, right string) ZeroRule {
	z := ZeroRule{Is: a.Is, Why: a.Why, Group: a.With, Connections: a.Made, At: []string{}}
	for _, r := range a.Refs {
		z.At = append(z.At, r.At)
	}
	if a.Is == cause.Strips || a.Is == cause.Keeps || a.Is == cause.NeitherRule {
		ok := a.Is == right
		z.Right = &ok
	}
	return z
}

// versionRange: a hello without supported_versions names its highest alone, and what it takes below must be tried.
func versionRange(h *wire.ClientHello, old []cause.Answer) VersionRange {
	v := VersionRange{Listed: []string{}, Taken: []string{}, Refused: []string{}, NotTold: []string{}}
	if h == nil {
		return v
	}
	listed := slices.DeleteFunc(slices.Clone(h.Versions), names.GREASE)
	if len(listed) == 0 {
		listed = []uint16{h.LegacyVersion}
	}
	for _, id := range listed {
		v.Listed = append(v.Listed, names.Version(id))
	}
	v.Ceiling, v.Floor = names.Version(slices.Max(listed)), ""
	floor := slices.Max(listed)
	for _, id := range listed {
		if id >= wire.TLS12 { // older ones are tried
			floor = min(floor, id)
		}
	}
	v.Floor = names.Version(floor)
	for _, a := range old {
		switch a.Is {
		case cause.Takes, cause.Differs:
			v.Taken, v.Floor = append(v.Taken, a.With), a.With // from TLS 1.1 downwards
		case cause.Refuses:
			v.Refused = append(v.Refused, a.With)
		default:
			v.NotTold = append(v.NotTold, a.With+": "+a.Why)
		}
	}
	return v
}

// ExaminedJSON writes one client as one JSON value on a line of its own.
func ExaminedJSON(w io.Writer, e Examined) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(e)
}

// ExaminedText writes a client's page.
func ExaminedText(w io.Writer, e Examined, s Style) error {
	t := &textWriter{style: s}
	state := "more connections tell more"
	if e.Complete {
		state = "complete"
	}
	if e.Replaces {
		state += ", in place of the page above"
	}
	t.row("", fmt.Sprintf("client %s  over %s, %s", e.Address, e.Protocol, plural(e.Connections, "connection")), state, t.style.Strong, t.style.Dim)
	if e.Hello.Bytes == 0 {
		t.examinedNothing(e.Handshakes)
	} else {
		t.examinedHello(e.Hello)
		t.examinedRules(e)
		t.examinedCertificates(e)
		t.examinedVersions(e.Versions)
	}
	for _, f := range e.Findings {
		t.b.WriteByte('\n')
		t.row("  ✗ ", f.Title, f.Sure, t.style.Bad, t.style.Dim)
		for _, p := range f.Proof[:min(len(f.Proof), 3)] {
			t.indented("proof", p.Says+"  ("+p.At+")")
		}
		for _, p := range f.Against {
			t.indented("against", p.Says+"  ("+p.At+")")
		}
		t.changes(f.Changes)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}
