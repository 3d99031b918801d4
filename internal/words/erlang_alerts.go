package words

import "github.com/tlswhy/tlswhy/internal/fact"

// erlangAlerts are the names that OTP gives to the alerts (lib/ssl/src/ssl_alert.erl, description_txt).
var erlangAlerts = []struct {
	code uint8
	name string
}{
	{10, "Unexpected Message"}, {20, "Bad Record MAC"}, {22, "Record Overflow"}, {40, "Handshake Failure"},
	{42, "Bad Certificate"}, {43, "Unsupported Certificate"}, {44, "Certificate Revoked"}, {45, "Certificate Expired"},
	{46, "Certificate Unknown"}, {47, "Illegal Parameter"}, {48, "Unknown CA"}, {49, "Access Denied"}, {50, "Decode Error"},
	{51, "Decrypt Error"}, {70, "Protocol Version"}, {71, "Insufficient Security"}, {80, "Internal Error"},
	{86, "Inappropriate Fallback"}, {90, "User Canceled"}, {100, "No Renegotiation"}, {109, "Missing Extension"},
	{110, "Unsupported Extension"}, {112, "Unrecognised Name"}, {115, "Unknown Psk Identity"}, {116, "Certificate Required"},
	{120, "No Application Protocol"},
}

// erlangAlertRows are the phrases of an alert. The side is the alert's sender: what is "generated" is the writer's own,
// and what is not is the peer's, so that a line cut before "received" still reads right.
func erlangAlertRows() []row {
	in := []fact.Context{"erlang"}
	var rows []row
	for _, a := range erlangAlerts {
		for _, side := range []string{"CLIENT", "SERVER"} {
			phrase := side + " ALERT: Fatal - " + a.name
			rows = append(rows,
				row{say: phrase, is: fact.PeerAlert(a.code), in: in},
				row{say: "generated " + phrase, is: fact.OwnAlert(a.code), in: in})
		}
	}
	return rows
}
