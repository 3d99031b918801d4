package logs

import (
	"bytes"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// openvpn reads OpenVPN's log: "2026-11-21 23:59:27 text" (since 2.5), "Sat Nov 21 23:57:43 2026 10.0.0.7:1194 text", the same without a
// time through syslog. There is no level; what it says begins with one of a few words.
var openvpn = Dialect{
	ID:      "openvpn",
	Anchors: []string{"TLS", "VERIFY", "OpenSSL", "Peer Connection Initiated", "CRL", "ertificate", "SSL", "key usage"},
	Parse:   parseOpenVPN,
}

// openvpnTexts begin its messages (src/openvpn/ssl.c, ssl_verify.c, socket.c, init.c, sig.c).
var openvpnTexts = []string{
	"TLS: ", "TLS Error", "TLS_ERROR", "TLS Auth", "TLS-", "TLS key", "TLS handshake", "VERIFY ", "OpenSSL: ", "Control Channel", "Data Channel", "Outgoing Data", "Incoming Data", "Outgoing Control",
	"Incoming Control", "SIGUSR1[", "SIGTERM[hard", "SIGTERM[soft", "SIGHUP[hard", "TCP: ", "TCP/UDP", "TCPv4", "TCPv6", "UDPv4", "UDPv6", "UDP link", "WARNING: No server certificate", "WARNING: file '", "WARNING: INSECURE cipher",
	"WARNING: Bad encapsulated", "WARNING: Your certificate", "WARNING: this configuration", "WARNING: --", "WARNING: '", "Note: --", "Note: dev-type", "Note: Kernel", "NOTE: --", "Options error: ", "Socket Buffers",
	"Attempting to establish TCP", "Restart pause", "Initialization Sequence", "[", "MULTI", "library versions", "OpenVPN ", "AUTH: ", "Authenticate/Decrypt", "Peer Connection Initiated", "DCO version",
	"Diffie-Hellman", "peer info: ", "Fatal TLS error", "Listening for incoming", "Connection reset, restarting", "Re-using SSL/TLS", "Exiting due to fatal error", "Cannot load certificate file", "Cannot load private key file",
	"Cannot load CA certificate", "Error: private key password", "PUSH: ", "IFCONFIG POOL", "Cipher negotiation", "Expected Remote", "Local Options", "CRL: ", "TUN/TAP", "Initial packet", "DEPRECATED", "Sent fatal SSL alert", "Received fatal SSL alert",
	"TCP connection established", "Closing TUN/TAP", "P2P mode", "Bad LZO", "Bad encapsulated packet", "Non-OpenVPN client protocol", "Received control message", "Validating ", "++ Certificate",
}

// openvpnRoutine: a step that goes well, which would otherwise look like an unknown complaint about TLS.
func openvpnRoutine(text []byte) bool {
	for _, s := range []string{"TLS: ", "Control Channel: TLS", "VERIFY OK", "VERIFY KU OK", "VERIFY EKU OK", "P2P mode", "Validating ", "++ Certificate", "OpenVPN ", "library versions", "peer info: "} {
		if bytes.HasPrefix(text, []byte(s)) {
			return true
		}
	}
	return false
}

func parseOpenVPN(line []byte, o *Options) (Record, bool) {
	at, rest, ok := anyClock(line, o, isoClock, ctimeClock)
	if !ok || len(line) > 10 && line[10] == 'T' {
		return Record{}, false
	}
	r := Record{At: at, Product: "openvpn"}
	if us, after := firstWord(rest); bytes.HasPrefix(us, []byte("us=")) {
		rest = after
	}
	if peer, after := firstWord(rest); len(peer) > 0 {
		address := peer[bytes.LastIndexByte(peer, '/')+1:] // of a known client: "name/10.0.0.7:1194"
		if a := addressOf(string(address)); a.IsValid() {
			r.Client, rest = a, after
			r.Contexts = []fact.Context{fact.ByServer}
		}
	}
	for _, t := range openvpnTexts {
		if bytes.HasPrefix(rest, []byte(t)) && (t != "[" || bytes.Contains(rest, []byte("] Peer Connection"))) {
			if !openvpnRoutine(rest) {
				r.Message = string(rest)
			}
			r.Success = bytes.Contains(rest, []byte("Peer Connection Initiated with"))
			return r, true
		}
	}
	return r, false
}
