package client

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

const (
	javaHandshake = "javax.net.ssl.SSLHandshakeException: "
	javaPlainSSL  = "javax.net.ssl.SSLException: "
	javaProtocol  = "javax.net.ssl.SSLProtocolException: "
	javaValidator = "sun.security.validator.ValidatorException: "
	javaPath      = "java.security.cert.CertPathValidatorException: "
	javaCause     = " / Caused by: "
)

// javaText is the exception with its causes, joined as log lines are.
func javaText(f Failure) string {
	switch f.How {
	case fact.EndRefused:
		return "java.net.ConnectException: Connection refused"
	case fact.EndUnreachable:
		return "java.net.NoRouteToHostException: No route to host"
	case fact.EndTimeout:
		return "java.net.SocketTimeoutException: Read timed out"
	case fact.EndReset:
		return "java.net.SocketException: Connection reset"
	case fact.EndClosed:
		return javaHandshake + "Remote host terminated the handshake" + javaCause + "java.io.EOFException: SSL peer shut down incorrectly"
	case fact.EndNotTLS:
		return javaPlainSSL + "Unsupported or unrecognized SSL message"
	case fact.EndAlert:
		return javaAlert(f.Alert)
	}
	switch f.Reason {
	case "chain":
		return javaChain(f.Verdict)
	case "name":
		says := javaName(f.Verdict)
		return javaHandshake + says + javaCause + "java.security.cert.CertificateException: " + says
	}
	return javaRefusal(f)
}

// javaAlert: alerts that belong to the handshake alone are SSLHandshakeExceptions (sun.security.ssl.Alert).
func javaAlert(code uint8) string {
	says := "Received fatal alert: " + names.Alert(code)
	switch code {
	case wire.AlertUnexpectedMessage:
		return javaProtocol + says
	case 0, 20, 21, 22, 30, 80, 86, 90:
		return javaPlainSSL + says
	}
	return javaHandshake + says
}

// javaRefusal is what JSSE says when it gives up over a hello itself (sun.security.ssl.ServerHello, KeyShareExtension).
func javaRefusal(f Failure) string {
	group := javaGroup(f.Handshake)
	switch f.Reason {
	case javaWarned:
		return javaHandshake + "received handshake warning: unrecognized_name"
	case wire.ReasonUnofferedVersion, "version-too-low":
		return javaHandshake + "The server selected protocol version " + javaVersion(f) + " is not accepted by client preferences [TLS13, TLS12]"
	case wire.ReasonUnofferedGroup:
		if strings.HasPrefix(group, "UNDEFINED") {
			return javaProtocol + "Unsupported named group: " + group
		}
		return javaHandshake + "No sufficient ECDHE key agreement parameters negotiated"
	case wire.ReasonBadKeyShare:
		if shareMissing(f.Handshake) {
			return javaPlainSSL + "Not negotiated key shares"
		}
		return javaHandshake + "Remote host terminated the handshake" + javaCause + "java.io.EOFException: SSL peer shut down incorrectly"
	case wire.ReasonRetrySameGroup:
		return javaHandshake + "Illegal HelloRetryRequest selected group: " + group
	case wire.ReasonRetryUnoffered:
		return javaHandshake + "Unsupported HelloRetryRequest selected group: " + group
	case wire.ReasonDowngrade:
		return javaHandshake + "A potential protocol version downgrade attack"
	case wire.ReasonUnofferedSuite:
		return javaHandshake + "Server selected improper ciphersuite " + javaSuite(f.Handshake)
	case "dh-too-small":
		return javaHandshake + "DH ServerKeyExchange does not comply to algorithm constraints"
	}
	return javaHandshake + strings.ReplaceAll(f.Reason, "-", " ")
}

// javaSuite is Java's name of the suite chosen: those older than TLS begin with SSL_.
func javaSuite(h *fact.Handshake) string {
	if h == nil || h.Server == nil {
		return "null"
	}
	name := names.SuiteName(h.Server.Suite)
	if strings.Contains(name, "RC4") || strings.Contains(name, "DES") {
		return strings.Replace(name, "TLS_", "SSL_", 1)
	}
	return name
}

// javaVersion is ProtocolVersion's name: TLS10; null for a number it does not know.
func javaVersion(f Failure) string {
	if f.Handshake == nil || f.Handshake.Server == nil {
		return "null"
	}
	switch v := f.Handshake.Server.Version; v {
	case wire.SSLv3:
		return "SSL30"
	case wire.TLS10, wire.TLS11:
		return strings.ReplaceAll(names.Version(v), ".", "")
	}
	return "null"
}

// javaGroup is NamedGroup's name of the group that the server chose.
func javaGroup(h *fact.Handshake) string {
	var share *wire.KeyShare
	switch {
	case h == nil:
	case h.Server != nil:
		share = h.Server.Share
	case h.Retry != nil:
		share = h.Retry.Share
	}
	if share == nil {
		return "null"
	}
	known := map[uint16]string{names.X25519: "x25519", names.X448: "x448", names.P256: "secp256r1", names.P384: "secp384r1", names.P521: "secp521r1",
		0x100: "ffdhe2048", 0x101: "ffdhe3072", 0x102: "ffdhe4096", 0x103: "ffdhe6144", 0x104: "ffdhe8192"}
	if name := known[share.Group]; name != "" {
		return name
	}
	return "UNDEFINED-NAMED-GROUP(" + strconv.Itoa(int(share.Group)) + ")"
}

// javaChain is what PKIXValidator throws, with its causes: a path is sought first, then validated.
func javaChain(v *fact.Verdict) string {
	const builder = "sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target"
	if !v.Trusted {
		return javaWrapped("PKIX path building failed: "+builder, builder)
	}
	late, early := fatal(v, fact.CAExpired, fact.LeafExpired), fatal(v, fact.CANotYetValid, fact.LeafNotYetValid)
	why, root := "Algorithm constraints check failed on signature algorithm", ""
	switch {
	case late != nil:
		why, root = "validity check failed", "java.security.cert.CertificateExpiredException: NotAfter: "+javaDate(late)
	case early != nil:
		why, root = "validity check failed", "java.security.cert.CertificateNotYetValidException: NotBefore: "+javaDate(early)
	case fatal(v, fact.WrongPurpose) != nil:
		return javaWrapped("Extended key usage does not permit use for TLS server authentication")
	case fatal(v, fact.LeafKeySmall, fact.CAKeySmall) != nil:
		why = "Algorithm constraints check failed on keysize limits"
	}
	below := []string{javaPath + why}
	if root != "" {
		below = append(below, root)
	}
	return javaWrapped("PKIX path validation failed: "+javaPath+why, below...)
}

// javaWrapped is a message as the handshake's exception and the validator's both carry it, and what lies below.
func javaWrapped(says string, below ...string) string {
	return strings.Join(append([]string{javaHandshake + says, javaValidator + says}, below...), javaCause)
}

// fatal finds the first problem of these kinds for which the client refuses.
func fatal(v *fact.Verdict, kinds ...fact.ProblemKind) *fact.Problem {
	for _, k := range kinds {
		if p := v.Find(k); p != nil && p.Fatal {
			return p
		}
	}
	return nil
}

// javaDate is java.util.Date's text.
func javaDate(p *fact.Problem) string { return p.Time.UTC().Format("Mon Jan 02 15:04:05 UTC 2006") }

// javaName is what HostnameChecker says.
func javaName(v *fact.Verdict) string {
	p := nameProblem(v)
	switch {
	case p == nil:
		return "No name matching found"
	case p.Kind == fact.NameIsIP && len(p.Names) == 0:
		return "No subject alternative names present"
	case p.Kind == fact.NameIsIP:
		return "No subject alternative names matching IP address " + v.Name + " found"
	case p.Detail == "common name" || len(p.Names) == 0:
		return "No name matching " + v.Name + " found"
	}
	return "No subject alternative DNS name matching " + v.Name + " found."
}
