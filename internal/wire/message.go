package wire

import "math/big"

// Protocol versions as they stand on the wire (RFC 8446 §4.2.1, RFC 6101 §5.2).
const (
	SSLv2 uint16 = 0x0002
	SSLv3 uint16 = 0x0300
	TLS10 uint16 = 0x0301
	TLS11 uint16 = 0x0302
	TLS12 uint16 = 0x0303
	TLS13 uint16 = 0x0304
)

// Content types of the record layer (RFC 8446 §5.1).
const (
	RecordChangeCipherSpec uint8 = 20
	RecordAlert            uint8 = 21
	RecordHandshake        uint8 = 22
	RecordApplicationData  uint8 = 23
	RecordHeartbeat        uint8 = 24
)

// Handshake message types (RFC 8446 §4, RFC 5246 §7.4).
const (
	TypeHelloRequest        uint8 = 0
	TypeClientHello         uint8 = 1
	TypeServerHello         uint8 = 2
	TypeNewSessionTicket    uint8 = 4
	TypeEncryptedExtensions uint8 = 8
	TypeCertificate         uint8 = 11
	TypeServerKeyExchange   uint8 = 12
	TypeCertificateRequest  uint8 = 13
	TypeServerHelloDone     uint8 = 14
	TypeCertificateVerify   uint8 = 15
	TypeClientKeyExchange   uint8 = 16
	TypeFinished            uint8 = 20
	TypeCertificateStatus   uint8 = 22
	TypeKeyUpdate           uint8 = 24
)

// Extension numbers that the engine itself reads or writes (IANA TLS ExtensionType values).
const (
	ExtServerName           uint16 = 0
	ExtMaxFragmentLength    uint16 = 1
	ExtStatusRequest        uint16 = 5
	ExtSupportedGroups      uint16 = 10
	ExtECPointFormats       uint16 = 11
	ExtSignatureAlgorithms  uint16 = 13
	ExtALPN                 uint16 = 16
	ExtSCT                  uint16 = 18
	ExtPadding              uint16 = 21
	ExtEncryptThenMAC       uint16 = 22
	ExtExtendedMasterSecret uint16 = 23
	ExtSessionTicket        uint16 = 35
	ExtPreSharedKey         uint16 = 41
	ExtEarlyData            uint16 = 42
	ExtSupportedVersions    uint16 = 43
	ExtCookie               uint16 = 44
	ExtPSKModes             uint16 = 45
	ExtSignatureAlgsCert    uint16 = 50
	ExtKeyShare             uint16 = 51
	ExtRenegotiationInfo    uint16 = 0xff01
)

// Signalling cipher suite values (RFC 5746 §3.3, RFC 7507 §2).
const (
	SuiteRenegotiationSCSV uint16 = 0x00ff
	SuiteFallbackSCSV      uint16 = 0x5600
)

// An Extension is one extension as it stands in a hello.
type Extension struct {
	Type uint16
	Data []byte
}

// A KeyShare is one entry of the key_share extension (RFC 8446 §4.2.8).
type KeyShare struct {
	Group uint16
	Data  []byte
}

// A ClientHello is what a client offered, decoded; Raw is the handshake message with its four byte header.
type ClientHello struct {
	Raw            []byte `json:",omitempty"`
	LegacyVersion  uint16
	Random         []byte      `json:",omitempty"`
	SessionID      []byte      `json:",omitempty"`
	Suites         []uint16    `json:",omitempty"`
	Compressions   []byte      `json:",omitempty"`
	Extensions     []Extension `json:",omitempty"`
	ServerName     string      `json:",omitempty"`
	Versions       []uint16    `json:",omitempty"` // supported_versions, or nil when the extension is absent
	Groups         []uint16    `json:",omitempty"`
	Shares         []KeyShare  `json:",omitempty"`
	Signatures     []uint16    `json:",omitempty"`
	ALPN           []string    `json:",omitempty"`
	EMS            bool        `json:",omitempty"`
	Renegotiation  bool        `json:",omitempty"` // renegotiation_info or its signalling suite
	Ticket         bool        `json:",omitempty"`
	StatusRequest  bool        `json:",omitempty"`
	SSLv2Framing   bool        `json:",omitempty"` // the hello came in SSLv2 framing (RFC 5246 appendix E.2)
	RecordVersion  uint16      `json:",omitempty"`
	RecordsOfHello int         `json:",omitempty"`
}

// A ServerHello is the server's choice; a HelloRetryRequest has the same shape with Retry set (RFC 8446 §4.1.3, §4.1.4).
type ServerHello struct {
	Raw           []byte `json:",omitempty"`
	LegacyVersion uint16
	Version       uint16      // chosen version: supported_versions when present, else LegacyVersion
	Random        []byte      `json:",omitempty"`
	SessionID     []byte      `json:",omitempty"`
	Suite         uint16      `json:",omitempty"`
	Compression   uint8       `json:",omitempty"`
	Extensions    []Extension `json:",omitempty"`
	Share         *KeyShare   `json:",omitempty"` // for a retry only Group is set
	Cookie        []byte      `json:",omitempty"`
	ALPN          string      `json:",omitempty"`
	EMS           bool        `json:",omitempty"`
	Renegotiation bool        `json:",omitempty"`
	Ticket        bool        `json:",omitempty"`
	Retry         bool        `json:",omitempty"`
	Downgrade     string      `json:",omitempty"` // the version named by the downgrade sentinel of RFC 8446 §4.1.3: "TLS1.2" or "TLS1.1"
}

// A ServerKeyExchange holds the ephemeral parameters of TLS 1.2 and older (RFC 5246 §7.4.3, RFC 8422 §5.4).
type ServerKeyExchange struct {
	Raw        []byte   `json:",omitempty"`
	Kind       string   // "DHE", "ECDHE", "RSA" (export) or "" when it cannot be told
	P, G, Ys   *big.Int `json:",omitempty"`
	PLen, GLen int      `json:",omitempty"` // bytes each took on the wire
	YsLen      int      `json:",omitempty"`
	Group      uint16   `json:",omitempty"`
	Point      []byte   `json:",omitempty"`
	Params     []byte   `json:",omitempty"` // the signed bytes without the two randoms
	Scheme     uint16   `json:",omitempty"` // signature scheme; 0 before TLS 1.2
	Signature  []byte   `json:",omitempty"`
}

// A CertificateRequest is the server's wish for a client certificate.
type CertificateRequest struct {
	Types       []byte   `json:",omitempty"`
	Signatures  []uint16 `json:",omitempty"`
	Authorities [][]byte `json:",omitempty"` // distinguished names, DER
	Context     []byte   `json:",omitempty"`
}

// An Alert is one alert message (RFC 8446 §6); Level 1 warns, 2 is fatal.
type Alert struct {
	Level, Code uint8
}

// A Certificates message: the chain in the order sent, DER, and what came stapled to its first entry.
type Certificates struct {
	Raw   []byte   `json:",omitempty"`
	Chain [][]byte `json:",omitempty"`
	OCSP  []byte   `json:",omitempty"` // stapled OCSP response of the leaf, TLS 1.3
	SCTs  [][]byte `json:",omitempty"`
}

// A Signature is a CertificateVerify message; Scheme is 0 before TLS 1.2.
type Signature struct {
	Scheme    uint16
	Signature []byte
}
