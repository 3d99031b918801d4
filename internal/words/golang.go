package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// goRows are the phrases of this family.
var goRows = slices.Concat(goAlertRows, goTLSRows, goX509Rows, goNetRows, goProductRows)

// The circumstances that this family's phrases tell.
var (
	inClientRust                = []fact.Context{fact.ByClient, "rust"}
	inGo                        = []fact.Context{"go"}
	inGoAtStart                 = []fact.Context{"go", fact.AtStart}
	inGoClient                  = []fact.Context{"go", fact.ByClient}
	inGoClientGrpc              = []fact.Context{"go", fact.ByClient, "grpc"}
	inGoClientToUpstreamWeb     = []fact.Context{"go", fact.ByClient, fact.ToUpstream, fact.Web}
	inGoClientWeb               = []fact.Context{"go", fact.ByClient, fact.Web}
	inGoDocker                  = []fact.Context{"go", "docker"}
	inGoDockerClient            = []fact.Context{"go", "docker", fact.ByClient}
	inGoEtcdServer              = []fact.Context{"go", "etcd", fact.ByServer}
	inGoKubernetes              = []fact.Context{"go", "kubernetes"}
	inGoKubernetesClient        = []fact.Context{"go", "kubernetes", fact.ByClient}
	inGoKubernetesServer        = []fact.Context{"go", "kubernetes", fact.ByServer}
	inGoMailClient              = []fact.Context{"go", fact.Mail, fact.ByClient}
	inGoPrometheusClientAtStart = []fact.Context{"go", "prometheus", fact.ByClient, fact.AtStart}
	inGoPrometheusClientWeb     = []fact.Context{"go", "prometheus", fact.ByClient, fact.Web}
	inGoServer                  = []fact.Context{"go", fact.ByServer}
	inGoServerAtStart           = []fact.Context{"go", fact.ByServer, fact.AtStart}
	inGoServerGrpc              = []fact.Context{"go", fact.ByServer, "grpc"}
	inGoServerWeb               = []fact.Context{"go", fact.ByServer, fact.Web}
	inGoServerWebCaddy          = []fact.Context{"go", fact.ByServer, fact.Web, "caddy"}
	inGoServerWebTraefik        = []fact.Context{"go", fact.ByServer, fact.Web, "traefik"}
	inGoVaultServerAtStart      = []fact.Context{"go", "vault", fact.ByServer, fact.AtStart}
	inGoWeb                     = []fact.Context{"go", fact.Web}
)

// goAlertRows are the alerts of crypto/tls/alert.go, as received.
var goAlertRows = []row{
	// What the peer sent comes as "remote error". Before Go 1.6 the "tls: " was missing.
	{say: "remote error: tls: unexpected message", is: fact.PeerAlert(10), in: inGo},
	{say: "remote error: tls: bad record MAC", is: fact.PeerAlert(20), in: inGo},
	{say: "remote error: tls: decryption failed", is: fact.PeerAlert(21), in: inGo},
	{say: "remote error: tls: record overflow", is: fact.PeerAlert(22), in: inGo},
	{say: "remote error: tls: decompression failure", is: fact.PeerAlert(30), in: inGo},
	{say: "remote error: tls: handshake failure", is: fact.PeerAlert(40), in: inGo},
	{say: "remote error: tls: bad certificate", is: fact.PeerAlert(42), in: inGo},
	{say: "remote error: tls: unsupported certificate", is: fact.PeerAlert(43), in: inGo},
	{say: "remote error: tls: revoked certificate", is: fact.PeerAlert(44), in: inGo},
	{say: "remote error: tls: expired certificate", is: fact.PeerAlert(45), in: inGo},
	{say: "remote error: tls: unknown certificate", is: fact.PeerAlert(46), in: inGo},
	{say: "remote error: tls: illegal parameter", is: fact.PeerAlert(47), in: inGo},
	{say: "remote error: tls: unknown certificate authority", is: fact.PeerAlert(48), in: inGo},
	{say: "remote error: tls: access denied", is: fact.PeerAlert(49), in: inGo},
	{say: "remote error: tls: error decoding message", is: fact.PeerAlert(50), in: inGo},
	{say: "remote error: tls: error decrypting message", is: fact.PeerAlert(51), in: inGo},
	{say: "remote error: tls: export restriction", is: fact.PeerAlert(60), in: inGo},
	{say: "remote error: tls: protocol version not supported", is: fact.PeerAlert(70), in: inGo},
	{say: "remote error: tls: insufficient security level", is: fact.PeerAlert(71), in: inGo},
	{say: "remote error: tls: internal error", is: fact.PeerAlert(80), in: inGo},
	{say: "remote error: tls: inappropriate fallback", is: fact.PeerAlert(86), in: inGo},
	{say: "remote error: tls: user canceled", is: fact.PeerAlert(90), in: inGo},
	{say: "remote error: tls: no renegotiation", is: fact.PeerAlert(100), in: inGo},
	{say: "remote error: tls: missing extension", is: fact.PeerAlert(109), in: inGo},
	{say: "remote error: tls: unsupported extension", is: fact.PeerAlert(110), in: inGo},
	{say: "remote error: tls: certificate unobtainable", is: fact.PeerAlert(111), in: inGo},
	{say: "remote error: tls: unrecognized name", is: fact.PeerAlert(112), in: inGo},
	{say: "remote error: tls: bad certificate status response", is: fact.PeerAlert(113), in: inGo},
	{say: "remote error: tls: unknown PSK identity", is: fact.PeerAlert(115), in: inGo},
	{say: "remote error: tls: certificate required", is: fact.PeerAlert(116), in: inGo},
	{say: "remote error: tls: no application protocol", is: fact.PeerAlert(120), in: inGo},
	{say: "remote error: tls: encrypted client hello required", is: fact.PeerAlert(121), in: inGo},
	{say: "remote error: handshake failure", is: fact.PeerAlert(40), in: inGo},
	{say: "remote error: bad certificate", is: fact.PeerAlert(42), in: inGo},
	{say: "remote error: unknown certificate authority", is: fact.PeerAlert(48), in: inGo},
	{say: "remote error: protocol version not supported", is: fact.PeerAlert(70), in: inGo},
	{say: "remote error: internal error", is: fact.PeerAlert(80), in: inGo},
	{say: "remote error: unrecognized name", is: fact.PeerAlert(112), in: inGo},
	{say: "tls: handshake failure", is: fact.PeerAlert(40), in: inGo},
	{say: "tls: bad certificate", is: fact.PeerAlert(42), in: inGo},
	{say: "tls: unknown certificate authority", is: fact.PeerAlert(48), in: inGo},
	{say: "tls: protocol version not supported", is: fact.PeerAlert(70), in: inGo},
	{say: "tls: unrecognized name", is: fact.PeerAlert(112), in: inGo},
	{say: "tls: bad record MAC", is: fact.BadRecordMAC, in: inGo},
	// QUIC carries the alert in a CONNECTION_CLOSE (RFC 9001 §4.8); quic-go says which side sent it.
	{say: "(remote): tls: handshake failure", is: fact.PeerAlert(40), in: inGo},
	{say: "(remote): tls: bad certificate", is: fact.PeerAlert(42), in: inGo},
	{say: "(remote): tls: unknown certificate", is: fact.PeerAlert(46), in: inGo},
	{say: "(remote): tls: unknown certificate authority", is: fact.PeerAlert(48), in: inGo},
	{say: "(remote): tls: internal error", is: fact.PeerAlert(80), in: inGo},
	{say: "(remote): tls: unrecognized name", is: fact.PeerAlert(112), in: inGo},
	{say: "(remote): tls: no application protocol", is: fact.PeerAlert(120), in: inGo},
	// What it sent itself without another reason comes as "local error".
	{say: "local error: tls: unexpected message", is: fact.UnexpectedMessage, in: inGo},
	{say: "local error: tls: bad record MAC", is: fact.BadRecordMAC, in: inGo},
	{say: "local error: tls: record overflow", is: fact.DecodeError, in: inGo},
	{say: "local error: tls: error decoding message", is: fact.DecodeError, in: inGo},
	{say: "local error: tls: no renegotiation", is: fact.OwnAlert(100), in: inGo},
	{say: "local error: tls: internal error", is: fact.InternalError, in: inGo},
	{say: "local error: tls: handshake failure", is: fact.OwnAlert(40), in: inGo},
	{say: "local error: tls: protocol version not supported", is: fact.VersionRefused, in: inGo},
	{say: "local error: tls: no application protocol", is: fact.NoSharedALPN, in: inGo},
	{say: "local error: tls: unknown certificate authority", is: fact.IssuerUnknown, in: inGo},
	{say: "local error: tls: bad certificate", is: fact.OwnAlert(42), in: inGo},
}
