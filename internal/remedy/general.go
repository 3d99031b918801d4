package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

const generalID = "general"

// general says every change in a sentence, for products that no platform covers.
func general() Platform {
	return Platform{
		ID: generalID, Title: "any product", Sides: []change.Side{change.Server, change.Client, change.Network, change.Owner},
		Owns:  func(*fact.Case, change.Side) int { return 1 },
		Steps: lazily(generalBook),
	}
}

func generalBook() book {
	return book{
		id:    generalID,
		apply: "reload or restart what was changed, then run tlswhy diagnose again",
		undo:  "put the former setting back",
		recipes: slices.Concat(generalVersions(), generalSuites(), generalHello(), generalNames(), generalChain(), generalRenewal(),
			generalKeys(), generalClientAuth(), generalReach(), generalStart(), generalPeople(), generalUpgrade(), generalSetup(),
			generalSessions(), generalCalm(), generalWeak(), generalUnverified()),
	}
}

// sayAt writes one kind for the server, for the client and, where the side or the value is not known, for anybody.
func sayAt(kind change.Kind, server, client, otherwise string) []recipe {
	return []recipe{
		{kind: kind, variant: "server", side: change.Server, what: server},
		{kind: kind, variant: "client", side: change.Client, what: client},
		{kind: kind, instead: true, what: otherwise},
	}
}

// sayAll writes one kind with the values it carries, and without them where they are not known.
func sayAll(kind change.Kind, full, bare string) []recipe {
	return []recipe{{kind: kind, what: full}, {kind: kind, variant: "any", instead: true, what: bare}}
}

func generalVersions() []recipe {
	return sayAt(change.OfferVersion, "enable {ver} on the server", "let the client offer {ver}", "enable TLS 1.2 and TLS 1.3 on both sides")
}

func generalSuites() []recipe {
	return slices.Concat(
		sayAt(change.OfferSuite, "enable the cipher suite {suite} on the server", "let the client offer the cipher suite {suite}",
			"enable a cipher suite that the other side has too, for instance TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
		sayAt(change.OfferGroup, "enable the key-exchange group {group} on the server", "let the client offer the key-exchange group {group}",
			"enable a key-exchange group that the other side has too, for instance P-256"),
		sayAt(change.OfferSignature, "let the server sign with {scheme}", "let the client offer the signature algorithm {scheme}",
			"enable a signature algorithm that the other side has too, for instance rsa_pkcs1_sha256"),
	)
}

func generalHello() []recipe {
	return slices.Concat(
		sayAt(change.OfferALPN, "enable the protocol {protocol} (ALPN) on the server", "let the client offer the protocol {protocol} (ALPN)",
			"let both sides name a common protocol (ALPN)"),
		sayAt(change.OfferEMS, "let the server support the extended master secret (RFC 7627), by an update if it has no setting",
			"let the client support the extended master secret (RFC 7627), by an update if it has no setting",
			"let both sides support the extended master secret (RFC 7627)"),
		sayAt(change.SecureRenegotiation, "update the server to a version that supports secure renegotiation (RFC 5746)",
			"update the client to a version that supports secure renegotiation (RFC 5746)",
			"update the older side to a version that supports secure renegotiation (RFC 5746)"),
		[]recipe{
			{kind: change.DropDHE, what: "take the cipher suites that begin with TLS_DHE away, on one side"},
			{kind: change.GrowDH, what: "give the server a Diffie-Hellman group of {dhbits} bits or more, or take the TLS_DHE suites away"},
			{kind: change.SmallHello, what: "keep the client's hello in one packet: switch the post-quantum key share off (X25519MLKEM768)"},
		},
	)
}

func generalNames() []recipe {
	return slices.Concat(
		sayAll(change.SendServerName, "let the client send the server name {name} (SNI)", "let the client send a server name (SNI)"),
		sayAll(change.ServeName, "configure a host with a certificate for {name} on the server", "configure a host with a certificate for this name on the server"),
		sayAll(change.UseName, "connect to {name}, the name that the certificate carries", "connect to the name that the certificate carries"),
		sayAll(change.AddNameToCertificate, "have the certificate reissued with {name} among its subject alternative names",
			"have the certificate reissued with the name that is used among its subject alternative names"),
		sayAll(change.FixDNS, "correct what DNS answers for {name}", "correct what DNS answers for this name"),
		sayAll(change.NameInstance, "name the port instead of the instance {instance}, or start SQL Server Browser and open UDP port 1434",
			"name the port instead of the instance, or start SQL Server Browser and open UDP port 1434"),
	)
}

func generalChain() []recipe {
	return slices.Concat(
		sayAll(change.SendChain, "let the server send the intermediate certificate {issuer} after its own", "let the server send its intermediate certificates after its own, in order"),
		sayAll(change.TrustCA, "give the client the certificate of the CA {issuer} as trusted", "give the client the certificate of the server's CA as trusted"),
		sayAll(change.UpdateCA, "replace the client's old copy of the CA {issuer}", "replace the client's old copy of the CA certificates"),
		[]recipe{{kind: change.Staple, what: "let the server send a fresh OCSP answer with its certificate"}},
	)
}

func generalRenewal() []recipe {
	return slices.Concat(
		[]recipe{
			{kind: change.RenewCertificate, variant: "client", side: change.Client, what: "renew the client's certificate {subject} and give it to the client"},
			{kind: change.RenewCertificate, instead: true, what: "renew the certificate {subject}, install it and reload the server"},
			{kind: change.RenewCertificate, variant: "any", instead: true, what: "renew the certificate and install it where it is used"},
		},
		sayAll(change.ReissueStronger, "have the certificate reissued with {need}", "have the certificate reissued with an RSA key of 2048 bits or more and SHA-256"),
		sayAll(change.ReissueForPurpose, "have the certificate reissued for the purpose {usage} (extended key usage)", "have the certificate reissued for this purpose (extended key usage)"),
		sayAll(change.ReplaceCertificate, "have the certificate reissued and install the new one: {why}", "have the certificate reissued and install the new one"),
	)
}

func generalKeys() []recipe {
	return append(
		sayAll(change.UseOtherKeyType, "give the server a certificate with a key of type {keytype}", "give the server a certificate with another type of key"),
		recipe{kind: change.MatchKey, what: "install the private key that belongs to the certificate"},
	)
}

func generalClientAuth() []recipe {
	return append(
		sayAll(change.TrustClientCA, "let the server trust the client certificate's CA, {issuer}", "let the server trust the client certificate's CA"),
		recipe{kind: change.PresentCertificate, what: "give the client a certificate of a CA that the server trusts, and its key"},
	)
}

func generalReach() []recipe {
	return slices.Concat(
		[]recipe{{kind: change.UsePort, what: "connect to port {port}, where {scheme} is spoken"}},
		[]recipe{{kind: change.UsePort, variant: "port", instead: true, what: "connect to port {port}"}},
		[]recipe{{kind: change.UsePort, variant: "any", instead: true, what: "connect to the port on which this protocol is spoken"}},
		sayAll(change.UseScheme, "speak {scheme} on this port", "speak the protocol of this port"),
		sayAll(change.OpenFirewall, "let the firewall pass TCP port {port}", "let the firewall pass this connection"),
		sayAll(change.FixRoute, "repair the route to {address}", "repair the route to the server's address"),
		sayAll(change.FixBackend, "repair {address}, which differs from the others, or take it out of service", "repair the address that differs from the others, or take it out of service"),
		sayAll(change.FixMiddlebox, "repair or bypass the device on the way: {what}", "repair or bypass the device on the way that disturbs TLS"),
		[]recipe{{kind: change.LowerMTU, what: "let ICMP through, or clamp the MSS on the router, so that large packets of the handshake arrive"}},
	)
}

func generalStart() []recipe {
	return slices.Concat(
		sayAll(change.StartServer, "start the server, so that it listens on port {port}", "start the server"),
		[]recipe{
			{kind: change.EnableTLS, what: "switch TLS on at the server: give it a certificate and a key"},
			{kind: change.UseTLS, what: "let the client use TLS"},
			{kind: change.UseStrict, what: "let the client use TDS 8.0, where TLS comes first: Encrypt=Strict"},
			{kind: change.SendProxyHeader, what: "let the balancer send the PROXY protocol header where the server expects it, or let the server not expect it"},
		},
	)
}

func generalPeople() []recipe {
	return slices.Concat(
		[]recipe{
			{kind: change.SetClock, variant: "server", side: change.Server, what: "set the server's clock by NTP", file: command,
				snippet: "timedatectl set-ntp true", apply: "timedatectl status    # must say: System clock synchronized: yes", undo: "timedatectl set-ntp false"},
			{kind: change.SetClock, variant: "client", side: change.Client, what: "set the client's clock by NTP", file: command,
				snippet: "timedatectl set-ntp true", apply: "timedatectl status    # must say: System clock synchronized: yes", undo: "timedatectl set-ntp false"},
			{kind: change.SetClock, instead: true, what: "set the clock by NTP"},
		},
		sayAll(change.AskOwner, "ask whoever runs it: {what}", "ask whoever runs the server"),
	)
}

func generalUpgrade() []recipe {
	return slices.Concat(
		sayAll(change.UpgradeServer, "update the server: {why}", "update the server's TLS software"),
		sayAll(change.UpgradeClient, "update the client: {why}", "update the client's TLS software"),
	)
}

func generalWeak() []recipe {
	const levels = "every other limit on keys and digests falls too"
	recipes := []recipe{
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level to {level}", risk: "keys and digests that can be broken are accepted"},
		{kind: change.LowerSecurityLevel, variant: "any", instead: true, what: "lower OpenSSL's security level", risk: "keys and digests that can be broken are accepted"},
		{kind: change.AllowSHA1, what: "allow SHA-1 signatures", risk: "SHA-1 signatures can be forged; " + levels},
		{kind: change.AllowOldVersion, what: "allow {oldver}", risk: "{oldver} is broken; " + levels},
		{kind: change.AllowOldVersion, variant: "any", instead: true, what: "allow TLS versions older than 1.2", risk: "those versions are broken; " + levels},
		{kind: change.AllowLegacyRenegotiation, what: "connect to a peer without secure renegotiation (RFC 5746)",
			risk: "somebody on the way can put a request of their own before yours (CVE-2009-3555)"},
		{kind: change.AllowSmallDH, what: "accept a Diffie-Hellman group of {bits} bits", risk: "a group of 1024 bits can be broken by those who can pay for it, a smaller one by anybody"},
		{kind: change.AllowSmallDH, variant: "any", instead: true, what: "accept a small Diffie-Hellman group", risk: "a group of 1024 bits can be broken by those who can pay for it, a smaller one by anybody"},
	}
	return recipes
}

func generalUnverified() []recipe {
	return []recipe{
		{kind: change.TrustAnything, what: "verify nothing", risk: "anybody on the way can be the other side, read everything and change it"},
		{kind: change.SkipNameCheck, what: "verify the CA and not the name", risk: "any certificate of a trusted CA would be accepted, a public CA's among them"},
		{kind: change.TurnTLSOff, what: "do without TLS", risk: "everything travels readable and can be changed on the way"},
	}
}
