package client

import (
	"fmt"
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// nginxUpstream is nginx as a client of its upstreams. Since 1.23.4 proxy_ssl_protocols has TLS 1.2 and 1.3 (before: 1.0 to
// 1.2, without 1.3), and errors that a peer can cause are logged as errors rather than crit.
func nginxUpstream() Product {
	var modes []Mode
	for _, old := range []bool{true, false} {
		modes = append(modes, nginxModes(old)...)
	}
	return Product{
		ID: "nginx", Says: "nginx proxying to a TLS upstream (1.22, 1.31)", Protocols: []string{"tls", "https"},
		Modes: modes, Aliases: []string{"nginx upstream", "openresty"},
	}
}

// nginxModes are the settings of one generation.
func nginxModes(old bool) []Mode {
	plain := nginxBehaviour(old)
	named := plain
	named.SNI = SNIName
	verify := plain
	verify.Chain, verify.Name = true, true
	both := named
	both.Chain, both.Name = true, true
	list := []Mode{
		{ID: "defaults", Says: "proxy_ssl_verify off, proxy_ssl_server_name off", Does: plain},
		{ID: "proxy_ssl_server_name on", Says: "the name is sent, nothing verified", Does: named},
		{ID: "proxy_ssl_verify on", Says: "chain and name verified, the name not sent", Does: verify},
		{ID: "proxy_ssl_verify on + proxy_ssl_server_name on", Says: "chain and name verified, the name sent", Does: both},
		{ID: "proxy_ssl_verify on + proxy_ssl_verify_depth 0", Says: "no intermediate may stand between", Does: nginxDepth(verify, -1)},
		{ID: "proxy_ssl_verify on + SECLEVEL=1", Says: "proxy_ssl_ciphers DEFAULT@SECLEVEL=1", Does: nginxLevel(verify, 1)},
		{ID: "proxy_ssl_verify on + SECLEVEL=0", Says: "proxy_ssl_ciphers DEFAULT@SECLEVEL=0", Does: nginxLevel(verify, 0)},
		{ID: "proxy_ssl_ciphers DEFAULT@SECLEVEL=1", Says: "keys of 1024 bits are taken", Does: nginxLevel(plain, 1)},
		{ID: "proxy_ssl_ciphers ECDHE", Says: "no RSA key exchange, no DHE", Does: nginxOnly(plain, "", refuseSuites)},
		{ID: "proxy_ssl_protocols TLSv1.2", Says: "TLS 1.2 alone", Does: nginxProtocol(openssl3Max12(), old, wire.TLS12)},
		{ID: "proxy_ssl_protocols TLSv1.3", Says: "TLS 1.3 alone", Does: nginxProtocol(openssl3Min12(), old, wire.TLS13)},
		{ID: "proxy_ssl_protocols TLSv1", Says: "TLS 1.0 alone, which security level 2 then refuses", Does: nginxProtocol(openssl3(), old, wire.TLS10)},
		{ID: "proxy_ssl_protocols TLSv1 + SECLEVEL=0", Says: "TLS 1.0 alone, SHA-1 taken", Does: nginxProtocol(opensslLevel(0), old, wire.TLS10)},
		{ID: "Groups P-256", Says: "proxy_ssl_conf_command Groups P-256", Does: nginxOnly(plain, "", refuseGroups(0x17))},
		{ID: "Groups X25519", Says: "proxy_ssl_conf_command Groups X25519", Does: nginxOnly(plain, "", refuseGroups(0x1d))},
		{ID: "Groups X25519:P-521", Says: "proxy_ssl_conf_command Groups X25519:P-521", Does: nginxOnly(plain, "", refuseGroups(0x1d, 0x19))},
		{ID: "Options UnsafeLegacyServerConnect", Says: "servers without RFC 5746 are taken", Does: nginxLegacy(plain)},
	}
	if !old {
		for i := range list {
			list[i].Versions = "1.23.4"
		}
	}
	return list
}

// nginxBehaviour is nginx with its defaults. Chain and name are looked at when the handshake stands; the name by
// X509_check_host alone, which knows no address (ngx_ssl_check_host).
func nginxBehaviour(old bool) Behaviour {
	p := openssl3Min12()
	if old {
		p = openssl3Max12()
	}
	p.Trust.IgnoreIPSAN, p.Trust.CNForIP, p.Trust.MaxDepth = true, true, 1
	return Behaviour{Profile: p, TLS: TLSRequire, SNI: SNINever, Roots: RootsGiven, ChainLate: true, NameLate: true,
		Text: func(f Failure) string { return nginxText(f, old) }}
}

func nginxDepth(b Behaviour, depth int) Behaviour {
	b.Profile.Trust.MaxDepth = depth
	return b
}

// nginxLevel sets the security level by the cipher string; the hello stays as it is but for SHA-1 at level 0.
func nginxLevel(b Behaviour, level int) Behaviour {
	l := opensslLevel(level)
	b.Profile.OpenSSL = level
	b.Profile.Limits.MinDHBits, b.Profile.Limits.RefuseSHA1Signature = l.Limits.MinDHBits, l.Limits.RefuseSHA1Signature
	b.Profile.Trust.MinRSABits, b.Profile.Trust.MinECBits, b.Profile.Trust.AllowSHA1 = l.Trust.MinRSABits, l.Trust.MinECBits, l.Trust.AllowSHA1
	return b
}

func nginxLegacy(b Behaviour) Behaviour {
	b.Profile.Limits.RequireRenegotiation = false
	return b
}

// nginxProtocol is one version alone, told from what a wider hello met: a server that chose another has this one not, and
// would have said so with an alert.
func nginxProtocol(p Profile, old bool, version uint16) Behaviour {
	b := nginxBehaviour(old)
	p.Limits.MinVersion = wire.TLS10
	b.Profile = p
	return nginxOnly(b, "alert-70", func(h *fact.Handshake) bool { return h.Server != nil && h.Server.Version != version })
}

// nginxOnly is a behaviour that offers less than its hello does: where the choice falls on the rest, the server would have
// refused, with handshake_failure unless another alert is given.
func nginxOnly(b Behaviour, alert string, other func(*fact.Handshake) bool) Behaviour {
	if alert == "" {
		alert = "alert-40"
	}
	b.Refuse = func(step string, h *fact.Handshake) string {
		if step == StepServerHello && h != nil && other(h) {
			return alert
		}
		return ""
	}
	return b
}

// refuseSuites: the server chose a suite without ECDHE.
func refuseSuites(h *fact.Handshake) bool {
	return h.Server != nil && h.Server.Version < wire.TLS13 && h.Key == nil
}

// refuseGroups: the server chose, or asked for, a group other than these.
func refuseGroups(groups ...uint16) func(*fact.Handshake) bool {
	return func(h *fact.Handshake) bool {
		for _, s := range []*wire.ServerHello{h.Server, h.Retry} {
			if s != nil && s.Share != nil && !slices.Contains(groups, s.Share.Group) {
				return true
			}
		}
		return false
	}
}

// nginxText is the line of error.log from its level on, without the request it belongs to. The caller gets 502, or 504 when
// the upstream kept silent.
func nginxText(f Failure, old bool) string {
	const shaking = " while SSL handshaking to upstream"
	switch f.How {
	case fact.EndRefused:
		return "[error] connect() failed (111: Connection refused) while connecting to upstream"
	case fact.EndTimeout:
		return "[error] upstream timed out (110: Connection timed out)" + shaking
	case fact.EndClosed:
		return "[error] peer closed connection in SSL handshake" + shaking
	case fact.EndReset:
		return "[error] peer closed connection in SSL handshake (104: Connection reset by peer)" + shaking
	}
	switch f.Reason {
	case "chain":
		code := nginxVerify(f)
		return fmt.Sprintf("[error] upstream SSL certificate verify error: (%d:%s)%s", code, x509Text(code), shaking)
	case "name":
		return fmt.Sprintf("[error] upstream SSL certificate does not match %q%s", verifiedName(f), shaking)
	}
	e, ok := opensslFailure(f)
	if !ok {
		return ""
	}
	what, doing := "SSL_do_handshake()", shaking
	if f.Step == StepDone {
		what, doing = "SSL_read()", " while reading response header from upstream"
	}
	says := e.short()
	if e.alert != 0 {
		says += fmt.Sprintf(":SSL alert number %d", e.alert)
	}
	return fmt.Sprintf("[%s] %s failed (SSL: %s)%s", nginxSeverity(e, old), what, says, doing)
}

// nginxVerify is the verification result that nginx finds; beyond proxy_ssl_verify_depth an issuer counts as not found.
func nginxVerify(f Failure) uint {
	if code := x509Last(f); code != x509TooLong {
		return code
	}
	return x509NoLocalIssuer
}

// nginxSeverity is the level: crit for what is not in nginx's list of errors that peers cause (ngx_ssl_connection_error),
// which 1.23.4 and 1.31 made longer.
func nginxSeverity(e opensslError, old bool) string {
	switch e.reason {
	case sslLegacySigalg, sslDHTooSmall, sslBadProtocolVersion, sslUnsolicited, sslUnknownCipher, sslWrongSignatureType:
		return "crit"
	case sslBadKeyShare, sslNoSuitableKeyShare, sslBadPoint, 1086, 1112, 1116, 1120:
		if old {
			return "crit"
		}
	}
	return "error"
}
