package wire

// A Hello says what a ClientHello offers. Its zero value offers nothing; every part is sent just as listed,
// in this order, so that a fault that depends on one of them can be provoked.
type Hello struct {
	Versions      []uint16 // highest first; a TLS 1.3 entry brings supported_versions, key_share and psk modes
	ForceVersion  uint16   // legacy_version when not 0; otherwise the highest version up to TLS 1.2
	RecordVersion uint16   // version of the record layer when not 0; otherwise 0x0301, SSLv3 alone: 0x0300
	Suites        []uint16
	Groups        []uint16 // supported_groups; none: the extension is absent
	Shares        []uint16 // groups to send a key share for
	Signatures    []uint16 // signature_algorithms; none: the extension is absent
	ServerName    string   // empty: no server_name extension
	ALPN          []string // empty: no extension
	EMS           bool     // extended_master_secret (RFC 7627)
	Renegotiation bool     // renegotiation_info (RFC 5746)
	SCSV          bool     // TLS_EMPTY_RENEGOTIATION_INFO_SCSV
	Fallback      bool     // TLS_FALLBACK_SCSV (RFC 7507)
	Ticket        bool     // session_ticket, empty
	Status        bool     // status_request (OCSP stapling)
	SCT           bool     // signed_certificate_timestamp
	GREASE        bool     // RFC 8701 values among suites, groups, versions and extensions
	SessionID     []byte   // nil with TLS 1.3: 32 random bytes (middlebox compatibility, RFC 8446 appendix D.4)
	NoSessionID   bool     // send an empty session ID even with TLS 1.3
	PadTo         int      // pad the handshake message to this many bytes with the padding extension (RFC 7685)
	SplitRecords  int      // at most this many bytes of the hello in one record; 0: as many as a record holds
	Extra         []Extension

	ticketData []byte    // content of session_ticket
	psk        *pskOffer // pre_shared_key, nil: none
}
