package words

import "github.com/tlswhy/tlswhy/internal/fact"

// rustAlerts are the names that rustls gives to the alerts (rustls/src/enums.rs, AlertDescription).
var rustAlerts = []struct {
	code uint8
	name string
}{
	{10, "UnexpectedMessage"}, {20, "BadRecordMac"}, {22, "RecordOverflow"}, {40, "HandshakeFailure"}, {42, "BadCertificate"},
	{43, "UnsupportedCertificate"}, {44, "CertificateRevoked"}, {45, "CertificateExpired"}, {46, "CertificateUnknown"},
	{47, "IllegalParameter"}, {48, "UnknownCA"}, {49, "AccessDenied"}, {50, "DecodeError"}, {51, "DecryptError"},
	{70, "ProtocolVersion"}, {71, "InsufficientSecurity"}, {80, "InternalError"}, {86, "InappropriateFallback"},
	{90, "UserCanceled"}, {100, "NoRenegotiation"}, {109, "MissingExtension"}, {110, "UnsupportedExtension"},
	{112, "UnrecognisedName"}, {115, "UnknownPSKIdentity"}, {116, "CertificateRequired"}, {120, "NoApplicationProtocol"},
}

// rustAlertRows are the phrases of a received alert, as Display and as Debug print it.
func rustAlertRows() []row {
	in := []fact.Context{"rust"}
	var rows []row
	for _, a := range rustAlerts {
		rows = append(rows,
			row{say: "received fatal alert: " + a.name, is: fact.PeerAlert(a.code), in: in},
			row{say: "AlertReceived(" + a.name, is: fact.PeerAlert(a.code), in: in})
	}
	return rows
}
