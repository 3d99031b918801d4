package client

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// gnutlsClient is gnutls-cli.
func gnutlsClient() Product {
	does := func(verify bool, roots RootsUse) Behaviour {
		return Behaviour{Profile: gnutls37(), TLS: TLSRequire, Chain: verify, Name: verify, Roots: roots, Text: gnutlsText}
	}
	return Product{
		ID: "gnutls", Says: "gnutls-cli 3.7", Protocols: []string{"tls", "https"},
		Modes: []Mode{
			{ID: "system trust", Says: "no option: the system's store", Does: does(true, RootsSystem)},
			{ID: "--x509cafile", Says: "a CA file", Does: does(true, RootsGiven)},
			{ID: "--insecure", Says: "nothing is verified", Does: does(false, RootsGiven)},
		},
		Aliases: []string{"gnutls-cli"},
	}
}

const gnutlsIllegal = "An illegal parameter has been received."

// gnutlsLocal is what GnuTLS says when it gives up itself (lib/errors.c).
var gnutlsLocal = map[string]string{
	wire.ReasonUnofferedGroup:   gnutlsIllegal,
	wire.ReasonRetryUnoffered:   gnutlsIllegal,
	wire.ReasonBadKeyShare:      gnutlsIllegal,
	wire.ReasonDowngrade:        gnutlsIllegal,
	wire.ReasonRetrySameGroup:   "Error in the pull function.", // it says its hello again, and such a server hangs up
	wire.ReasonSecondRetry:      "An unexpected TLS packet was received.",
	wire.ReasonUnofferedSuite:   "Could not negotiate a supported cipher suite.",
	wire.ReasonUnofferedVersion: "A packet with illegal or unsupported version was received.",
	"version-too-low":           "A packet with illegal or unsupported version was received.",
	"dh-too-small":              "The Diffie-Hellman prime sent by the server is not acceptable (not long enough).",
	"chain":                     "Error in the certificate.",
	"name":                      "Error in the certificate.",
}

// gnutlsText is what gnutls-cli prints of errors, the state of the certificate before it.
func gnutlsText(f Failure) string {
	switch f.How {
	case fact.EndRefused:
		return fmt.Sprintf("Could not connect to %s:%d: Connection refused", f.server(), f.Port)
	case fact.EndTimeout:
		return ""
	}
	lines := gnutlsStatus(f)
	switch f.How {
	case fact.EndAlert:
		lines = append(lines, gnutlsAlert(2, f.Alert)...)
		if f.Step == StepDone {
			lines = append(lines, "*** Server has terminated the connection abnormally.")
		}
		return strings.Join(lines, "\n")
	case fact.EndReset:
		return strings.Join(append(lines, "*** Fatal error: Error in the pull function."), "\n")
	case fact.EndClosed:
		return strings.Join(append(lines, "*** Fatal error: The TLS connection was non-properly terminated."), "\n")
	case fact.EndNotTLS:
		return strings.Join(append(lines, "*** Fatal error: An unexpected TLS packet was received."), "\n")
	}
	says := gnutlsLocal[f.Reason]
	if f.Reason == wire.ReasonBadKeyShare && shareMissing(f.Handshake) {
		says = "An illegal parameter was found."
	}
	return strings.Join(append(lines, "*** Fatal error: "+says), "\n")
}

// gnutlsStatus are the lines before the error: the judgement of a chain that came, warnings, what was agreed.
func gnutlsStatus(f Failure) []string {
	var lines []string
	h := f.Handshake
	if h == nil {
		return nil
	}
	if h.Chain.Leaf() != nil {
		lines = append(lines, "- Status: The certificate is "+gnutlsVerdict(f.Verdict))
		if !f.Verdict.OK() {
			lines = append(lines, "*** PKI verification of server certificate failed...")
		}
	}
	if f.Step == StepDone && h.Server != nil {
		lines = append(lines, "- Description: "+gnutlsDescription(h.Server), "- Handshake was completed")
	}
	for _, a := range h.Alerts {
		if a.Level == 1 && a.From == wire.ServerSide && a.Code != wire.AlertCloseNotify && f.How != fact.EndAlert {
			lines = append(lines, gnutlsAlert(1, a.Code)...)
		}
	}
	return lines
}

func gnutlsAlert(level, code uint8) []string {
	text := gnutlsAlerts[code]
	if text == "" {
		text = "(null)"
	}
	what := "*** Fatal error: A TLS fatal alert has been received."
	if level == 1 {
		what = "*** Non fatal error: A TLS warning alert has been received."
	}
	return []string{fmt.Sprintf("*** Received alert [%d]: %s", code, text), what}
}

// gnutlsVerdict words a verification result in the order of certificate_verification_status_print.
func gnutlsVerdict(v *fact.Verdict) string {
	if v.OK() {
		return "trusted. "
	}
	var b strings.Builder
	b.WriteString("NOT trusted. ")
	say := func(sentence string, kinds ...fact.ProblemKind) {
		if slices.ContainsFunc(kinds, func(k fact.ProblemKind) bool { p := v.Find(k); return p != nil && p.Fatal }) {
			b.WriteString(sentence + " ")
		}
	}
	say("The certificate issuer is unknown.", fact.SelfSignedLeaf, fact.RootUnknown, fact.IssuerMissing, fact.NoAnchors, fact.AnchorRotated)
	say("The certificate chain uses insecure algorithm.", fact.DigestWeak, fact.LeafKeySmall, fact.CAKeySmall)
	if v.Trusted { // dates are looked at on the way to an anchor only
		say("The certificate chain uses not yet valid certificate.", fact.LeafNotYetValid, fact.CANotYetValid)
		say("The certificate chain uses expired certificate.", fact.LeafExpired, fact.CAExpired)
	}
	say("The name in the certificate does not match the expected.", fact.NameMismatch, fact.NameIsIP, fact.NameOnlyInCN)
	say("The certificate chain does not match the intended purpose.", fact.WrongPurpose)
	return b.String()
}

// gnutlsDescription names what was agreed (gnutls_session_get_desc), for an RSA key.
func gnutlsDescription(s *wire.ServerHello) string {
	group := ""
	if s.Share != nil {
		group = strings.ToUpper(map[uint16]string{names.P256: "secp256r1", names.P384: "secp384r1", names.P521: "secp521r1"}[s.Share.Group])
		if group == "" {
			group = strings.ToUpper(names.Group(s.Share.Group))
		}
	}
	suite, _ := names.SuiteByID(s.Suite)
	return fmt.Sprintf("(TLS1.3-X.509)-(ECDHE-%s)-(RSA-PSS-RSAE-SHA256)-(%s)", group, strings.ReplaceAll(suite.Cipher, "_", "-"))
}

// gnutlsAlerts is gnutls_alert_get_name (lib/alert.c).
var gnutlsAlerts = map[uint8]string{
	0: "Close notify", 10: "Unexpected message", 20: "Bad record MAC", 21: "Decryption failed", 22: "Record overflow",
	30: "Decompression failed", 40: "Handshake failed", 42: "Certificate is bad", 43: "Certificate is not supported",
	44: "Certificate was revoked", 45: "Certificate is expired", 46: "Unknown certificate", 47: "Illegal parameter", 48: "CA is unknown",
	49: "Access was denied", 50: "Decode error", 51: "Decrypt error", 60: "Export restriction", 70: "Error in protocol version",
	71: "Insufficient security", 80: "Internal error", 86: "Inappropriate fallback", 90: "User canceled",
	100: "No renegotiation is allowed", 109: "An extension was expected but was not seen", 110: "An unsupported extension was sent",
	112: "The server name sent was not recognized", 115: "The SRP/PSK username is missing or not known", 116: "Certificate is required",
	120: "No supported application protocol could be negotiated",
}
