package report

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// starttls names openssl s_client's upgrade for a protocol.
var starttls = map[string]string{"mysql": " -starttls mysql", "postgres": " -starttls postgres"}

// ByHand is the command that repeats a handshake by hand; what it holds of a peer is quoted for the shell.
func ByHand(c *fact.Case, h *fact.Handshake) string {
	addr := h.ServerAddr()
	if h.Variant.Kind == fact.Silence {
		return fmt.Sprintf("nc -v -w 1 %s %d < /dev/null", addr.Addr(), addr.Port())
	}
	if h.Protocol == "mssql" {
		return fmt.Sprintf("sqlcmd -S tcp:%s,%d -N -l 5   (openssl has no TDS mode)", quote(c.Question.Host), addr.Port())
	}
	cmd := "openssl s_client -connect " + quote(connectArg(addr)) + starttls[h.Protocol]
	if h.Client != nil {
		cmd += helloArgs(c, h)
	}
	return cmd + " < /dev/null"
}

func connectArg(a netip.AddrPort) string { return a.String() }

// helloArgs repeats a hello's offer as far as s_client can. Where the client is OpenSSL itself, its defaults do.
func helloArgs(c *fact.Case, h *fact.Handshake) string {
	hello, openssl := h.Client, c.Question.As == "openssl3"
	args := nameArg(hello) + versionArg(hello, openssl && !widened(h.Variant)) + cipherArg(h) + groupsArg(hello)
	if h.Variant.Kind == fact.Signatures || h.Variant.Kind == fact.Wide {
		args += " -sigalgs RSA-PSS+SHA256:ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:RSA+SHA256:RSA+SHA1:ECDSA+SHA1"
	}
	if borne(h, openssl) {
		args += " -legacy_server_connect"
	}
	if len(hello.ALPN) > 0 {
		args += " -alpn " + quote(strings.Join(hello.ALPN, ","))
	}
	if c.Question.OwnCert != nil && h.Variant.Kind != fact.Own {
		args += " -cert client.crt -key client.key"
	}
	return args
}

// borne reports whether the client went on with a server without secure renegotiation, which OpenSSL 3 refuses by itself.
func borne(h *fact.Handshake, openssl bool) bool {
	if openssl {
		return h.Variant.Kind == fact.Accept && h.Variant.Value == "legacy-renegotiation"
	}
	return h.Server != nil && h.Server.Version < wire.TLS13 && !h.Server.Renegotiation
}

func nameArg(h *wire.ClientHello) string {
	if h.ServerName == "" {
		return " -noservername"
	}
	return " -servername " + quote(h.ServerName)
}

// versionArg is empty for what s_client offers anyhow.
func versionArg(h *wire.ClientHello, usual bool) string {
	switch v := h.Versions; {
	case len(v) == 0 && h.LegacyVersion == wire.TLS12:
		return " -no_tls1_3"
	case len(v) == 0:
		return map[uint16]string{wire.TLS11: " -tls1_1", wire.TLS10: " -tls1"}[h.LegacyVersion]
	case lowestOf(v) < wire.TLS12 && !usual:
		return " -min_protocol TLSv1"
	case len(v) == 1 && v[0] == wire.TLS13:
		return " -tls1_3"
	}
	return ""
}

// widened reports whether an experiment offered more than the client does.
func widened(v fact.Variant) bool {
	return slices.Contains([]fact.VariantKind{fact.Wide, fact.Suites, fact.Signatures, fact.Versions}, v.Kind)
}

// cipherArg limits s_client to what was offered, or takes its own limits back where an experiment, or a version before
// TLS 1.2, needs that.
func cipherArg(h *fact.Handshake) string {
	old := h.Client.LegacyVersion < wire.TLS12 && len(h.Client.Versions) == 0
	switch {
	case old || widened(h.Variant) && !(h.Variant.Kind == fact.Versions && h.Variant.Value == "new"):
		return " -cipher ALL:@SECLEVEL=0"
	case h.Variant.Kind == fact.Accept && h.Variant.Value != "legacy-renegotiation":
		return " -cipher DEFAULT:@SECLEVEL=0"
	case below13(h.Client) && !slices.ContainsFunc(h.Client.Suites, notECDHE):
		return " -cipher ECDHE"
	}
	return ""
}

// below13 reports whether a hello offers a version before TLS 1.3.
func below13(h *wire.ClientHello) bool {
	return len(h.Versions) == 0 || lowestOf(h.Versions) < wire.TLS13
}

func notECDHE(id uint16) bool {
	s, ok := names.SuiteByID(id)
	return ok && id>>8 != 0x13 && s.Kex != "ECDHE"
}

// opensslGroups are the curves that OpenSSL 1.1.1 and later offer by default.
var opensslGroups = []uint16{names.X25519, names.P256, names.X448, names.P521, names.P384}

// groupsArg lists the groups where s_client would offer others; post-quantum ones it knows from 3.5 on only.
func groupsArg(h *wire.ClientHello) string {
	var known []string
	for _, g := range h.Groups {
		if slices.Contains(opensslGroups, g) {
			known = append(known, names.Group(g))
		}
	}
	if len(known) == 0 || len(known) == len(opensslGroups) {
		return ""
	}
	return " -groups " + strings.Join(known, ":")
}

func lowestOf(list []uint16) uint16 {
	low := uint16(0xffff)
	for _, v := range list {
		if !names.GREASE(v) {
			low = min(low, v)
		}
	}
	return low
}
