package preamble

// TDS's ENCRYPTION values (MS-TDS 2.2.6.5); a client that offers a certificate adds EncryptClientCert.
const (
	EncryptOff        byte = 0x00 // available, off: the login packet alone
	EncryptOn         byte = 0x01
	EncryptNotSup     byte = 0x02
	EncryptReq        byte = 0x03
	EncryptExt        byte = 0x20
	EncryptClientCert byte = 0x80
)

// An Outcome is what two ENCRYPTION values lead to.
type Outcome uint8

// The outcomes.
const (
	NoTLS      Outcome = iota // all in the clear
	LoginTLS                  // TLS for the login packet only
	FullTLS                   // TLS to the end
	Disconnect                // the values cannot agree: one side closes
)

// Negotiate is the server's table of MS-TDS 2.2.6.5: what a server set to EncryptOff (the default), EncryptOn
// (force encryption) or EncryptNotSup replies to a client's value, and what comes of it.
func Negotiate(client, server byte) (reply byte, outcome Outcome) {
	base, cert := client&^(EncryptClientCert|EncryptExt), client&EncryptClientCert != 0
	wants := base == EncryptOn || base == EncryptReq
	switch {
	case server == EncryptNotSup && (wants || cert):
		return EncryptNotSup, Disconnect
	case server == EncryptNotSup:
		return EncryptNotSup, NoTLS
	case wants:
		return EncryptOn, FullTLS
	case server == EncryptOn && base == EncryptNotSup:
		return EncryptReq, Disconnect
	case server == EncryptOn:
		return EncryptReq, FullTLS
	case base == EncryptNotSup:
		return EncryptNotSup, NoTLS
	}
	return EncryptOff, LoginTLS
}

// Agree is the client's side: what a reply means to a client that sent a value. A reply of OFF to a client that
// asked for ON breaks the protocol; SqlClient goes on with TLS all the same, go-mssqldb gives up.
func Agree(client, reply byte) Outcome {
	base := client &^ (EncryptClientCert | EncryptExt)
	wants := base == EncryptOn || base == EncryptReq
	switch reply &^ (EncryptClientCert | EncryptExt) {
	case EncryptOn, EncryptReq:
		if base == EncryptNotSup {
			return Disconnect
		}
		return FullTLS
	case EncryptOff:
		switch {
		case wants:
			return Disconnect
		case base == EncryptNotSup:
			return NoTLS
		}
		return LoginTLS
	}
	if wants {
		return Disconnect
	}
	return NoTLS
}

// encryptionName is a value in the words of MS-TDS.
func encryptionName(v byte) string {
	name := "?"
	switch v &^ (EncryptClientCert | EncryptExt) {
	case EncryptOff:
		name = "OFF"
	case EncryptOn:
		name = "ON"
	case EncryptNotSup:
		name = "NOT_SUP"
	case EncryptReq:
		name = "REQ"
	}
	if v&EncryptExt != 0 {
		name = "EXT|" + name
	}
	if v&EncryptClientCert != 0 {
		name = "CLIENT_CERT|" + name
	}
	return name
}

// encryptionValue reads Options.Encryption; unknown words count as otherwise.
func encryptionValue(word string, otherwise byte) byte {
	switch word {
	case "off":
		return EncryptOff
	case "on":
		return EncryptOn
	case "none":
		return EncryptNotSup
	case "req":
		return EncryptReq
	case "cert-off":
		return EncryptClientCert | EncryptOff
	case "cert-on":
		return EncryptClientCert | EncryptOn
	}
	return otherwise
}
