// Package change is the closed vocabulary of what must become true for a handshake to work. It says what, never
// how: each platform in package remedy writes it in its own configuration language.
package change

// A Kind is one thing that must become true.
type Kind string

// The vocabulary. The comment names the arguments a change of the kind carries.
const (
	OfferVersion             Kind = "offer-version"              // version: enable this TLS version
	OfferSuite               Kind = "offer-suite"                // suite (IANA name), openssl: enable this cipher suite
	OfferGroup               Kind = "offer-group"                // group: enable this key-exchange group
	OfferSignature           Kind = "offer-signature"            // scheme: enable this signature algorithm
	OfferALPN                Kind = "offer-alpn"                 // protocol
	OfferEMS                 Kind = "offer-ems"                  // support extended master secret
	SecureRenegotiation      Kind = "secure-renegotiation"       // support RFC 5746
	SendServerName           Kind = "send-server-name"           // name: send it as SNI
	ServeName                Kind = "serve-name"                 // name: configure a host (certificate) for this SNI
	UseName                  Kind = "use-name"                   // name: connect to this name
	AddNameToCertificate     Kind = "add-name"                   // name: reissue with it as subject alternative name
	SendChain                Kind = "send-chain"                 // issuer: send the intermediate certificates, in order
	TrustCA                  Kind = "trust-ca"                   // issuer: give the client this CA, file
	UpdateCA                 Kind = "update-ca"                  // issuer: replace the client's old copy
	RenewCertificate         Kind = "renew-certificate"          // subject: reissue, reload
	ReissueStronger          Kind = "reissue-stronger"           // need: "RSA 2048 bits or ECDSA P-256", "SHA-256"
	ReissueForPurpose        Kind = "reissue-for-purpose"        // usage: serverAuth, clientAuth
	ReplaceCertificate       Kind = "replace-certificate"        // why: "it is revoked"
	MatchKey                 Kind = "match-key"                  // install the key that belongs to the certificate
	UseOtherKeyType          Kind = "use-other-key-type"         // keytype: give the server a certificate with this key type
	GrowDH                   Kind = "grow-dh"                    // bits: larger Diffie-Hellman group
	DropDHE                  Kind = "drop-dhe"                   // take TLS_DHE suites away
	PresentCertificate       Kind = "present-certificate"        // give the client a certificate and key
	TrustClientCA            Kind = "trust-client-ca"            // issuer: give the server the client certificate's CA
	Staple                   Kind = "staple"                     // serve a fresh OCSP answer
	SetClock                 Kind = "set-clock"                  // side's clock by NTP
	UsePort                  Kind = "use-port"                   // port, scheme: connect to the port of this protocol
	UseScheme                Kind = "use-scheme"                 // scheme: speak this protocol on the port
	UseStrict                Kind = "use-strict"                 // TDS 8.0: Encrypt=Strict
	EnableTLS                Kind = "enable-tls"                 // switch TLS on
	UseTLS                   Kind = "use-tls"                    // let the client use TLS
	SendProxyHeader          Kind = "send-proxy-header"          // or stop expecting it
	StartServer              Kind = "start-server"               // port: let it listen
	OpenFirewall             Kind = "open-firewall"              // port, address
	FixDNS                   Kind = "fix-dns"                    // name
	FixRoute                 Kind = "fix-route"                  // address
	FixBackend               Kind = "fix-backend"                // address: repair or take out the address that differs
	UpgradeServer            Kind = "upgrade-server"             // why
	UpgradeClient            Kind = "upgrade-client"             // why
	FixMiddlebox             Kind = "fix-middlebox"              // what: device on the way
	LowerMTU                 Kind = "lower-mtu"                  // clamp MSS or let ICMP through
	SmallHello               Kind = "small-hello"                // keep the client's hello in one segment
	NameInstance             Kind = "name-instance"              // instance, port: use host,port or start SQL Browser
	AskOwner                 Kind = "ask-owner"                  // what: ask whoever runs it for …
	FixKeyFile               Kind = "fix-key-file"               // file: let the program read its private key
	FixCertificateFile       Kind = "fix-certificate-file"       // file: a readable certificate where the configuration names it
	VerifyServer             Kind = "verify-server"              // let the client verify the chain and the name
	CorrectOption            Kind = "correct-option"             // option: as this product spells it
	UpdatePin                Kind = "update-pin"                 // file: expect the certificate or key of today
	UseHTTPProxy             Kind = "use-http-proxy"             // speak plain HTTP to the proxy, which tunnels TLS
	AlignHosts               Kind = "align-hosts"                // names of one address and certificate: the same TLS settings
	ConnectPerProcess        Kind = "connect-per-process"        // no connection from before a fork
	KeepAlive                Kind = "keep-alive"                 // probe idle connections, drop them before others do
	CloseProperly            Kind = "close-properly"             // end TLS with close_notify
	ShrinkPackets            Kind = "shrink-packets"             // TDS packets under 16 KiB
	SeedRandom               Kind = "seed-random"                // a source of random numbers for the machine
	SpreadLoad               Kind = "spread-load"                // fewer new connections at a time
	ProbeWithTLS             Kind = "probe-with-tls"             // let the health check speak TLS
	LeaveAlone               Kind = "leave-alone"                // nothing has to change
	TrustAnything            Kind = "trust-anything"             // weakening: verify nothing
	LowerSecurityLevel       Kind = "lower-security-level"       // weakening: level, OpenSSL
	AllowSHA1                Kind = "allow-sha1"                 // weakening
	AllowOldVersion          Kind = "allow-old-version"          // weakening: version
	AllowLegacyRenegotiation Kind = "allow-legacy-renegotiation" // weakening
	AllowSmallDH             Kind = "allow-small-dh"             // weakening: bits
	SkipNameCheck            Kind = "skip-name-check"            // weakening: verify the chain only
	TurnTLSOff               Kind = "turn-tls-off"               // weakening: plaintext
	IgnoreMissingClose       Kind = "ignore-missing-close"       // weakening: take a connection that was cut for one that ended
)

// A Side is whose configuration a change touches.
type Side string

// The sides.
const (
	Server  Side = "server"
	Client  Side = "client"
	Network Side = "network"
	Owner   Side = "owner" // who runs the certificate or the name: no configuration of ours
)

// A Change is one thing that must become true, at one side. Weakening ones are listed, and not advised.
type Change struct {
	Kind    Kind
	Side    Side
	Args    map[string]string
	Advised bool
	// Product, where it is known, is whose configuration has to change: the dialect of the setting that is wrong ("my.cnf"), or
	// the product that wrote the log ("mysql"). What is written for another product does not apply.
	Product string
	// Tried is the experiment that made the handshake as this change would have it: "experiment 5"; "" when none did. Still is
	// what keeps it from succeeding even so.
	Tried, Still string
}

// New is an advised change; args are pairs of name and value.
func New(kind Kind, side Side, args ...string) Change {
	return Change{Kind: kind, Side: side, Args: pairs(args), Advised: true}
}

// NotAdvised is a change that would work and costs security; it is shown with its risk.
func NotAdvised(kind Kind, side Side, args ...string) Change {
	return Change{Kind: kind, Side: side, Args: pairs(args)}
}

func pairs(args []string) map[string]string {
	m := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return m
}

// Aimed gives the changes on one side the product whose configuration they belong to, where they have none.
func Aimed(list []Change, side Side, product string) []Change {
	out := make([]Change, len(list))
	for i, c := range list {
		if c.Side == side && c.Product == "" {
			c.Product = product
		}
		out[i] = c
	}
	return out
}
