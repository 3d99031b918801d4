package wire

import "time"

// A Side is one end of a connection.
type Side uint8

// The two ends. The zero Side means nobody, or not known.
const (
	Nobody Side = iota
	ClientSide
	ServerSide
)

// String gives "client", "server" or "".
func (s Side) String() string {
	switch s {
	case ClientSide:
		return "client"
	case ServerSide:
		return "server"
	}
	return ""
}

// Other is the opposite end.
func (s Side) Other() Side {
	switch s {
	case ClientSide:
		return ServerSide
	case ServerSide:
		return ClientSide
	}
	return Nobody
}

// A Chunk is what one read or write moved: At counts from the start of the transcript.
type Chunk struct {
	From   Side
	At     time.Duration
	Data   []byte
	Packet int `json:",omitempty"` // number of the packet that brought it, in a capture; 0: none
}

// A Transcript is one connection as it crossed the wire, in order, with the secrets
// that open its encrypted part where they are known.
type Transcript struct {
	Start   time.Time
	Chunks  []Chunk
	Secrets []Secret `json:",omitempty"`
}

// A Secret is one line of an NSS key log: label, client random, secret.
type Secret struct {
	Label        string
	ClientRandom []byte
	Value        []byte
}

// Stream joins the bytes of one side.
func (t *Transcript) Stream(from Side) []byte {
	size := 0
	for _, c := range t.Chunks {
		if c.From == from {
			size += len(c.Data)
		}
	}
	b := make([]byte, 0, size)
	for _, c := range t.Chunks {
		if c.From == from {
			b = append(b, c.Data...)
		}
	}
	return b
}

// A Message is one step of a handshake as the decoder read it.
type Message struct {
	From      Side
	At        time.Duration
	Packet    int    // number of the packet that completed it, in a capture
	Record    uint8  // content type of its record (inner type where decrypted)
	Type      uint8  // handshake type, when Record is RecordHandshake
	Name      string // "ClientHello", "Alert", "ChangeCipherSpec", "encrypted handshake", "application data" …
	Len       int    // bytes of the message without record headers
	Encrypted bool   // it was sent under keys
	Opened    bool   // … and could be decrypted
	Alert     *Alert
}

// A Flight is everything one connection's TLS part says, both ways, in order.
// What is absent stays nil: not seen is not the same as not sent when Gap says why.
type Flight struct {
	Messages     []Message
	Client       *ClientHello
	SecondClient *ClientHello // after a HelloRetryRequest
	Retry        *ServerHello
	Server       *ServerHello
	Certificates *Certificates
	OCSP         []byte // stapled answer, TLS 1.2 CertificateStatus or TLS 1.3 extension
	KeyExchange  *ServerKeyExchange
	Request      *CertificateRequest
	ALPN         string     // chosen protocol, ServerHello or EncryptedExtensions
	Verify       *Signature // the server's CertificateVerify
	ClientYc     []byte     // the client's Diffie-Hellman public value of TLS 1.2 and older, as sent
	ClientChain  [][]byte
	Ticket       []byte // the start of the first session ticket, which may name its key: TicketKeyName
	// Finished, indexed by Side: its Finished was sent. It was read, or seen encrypted after ChangeCipherSpec, or,
	// with TLS 1.3 and no secrets, concluded from the lengths of the client's first records.
	Finished [3]bool
	NotTLS   *NotTLS
	Errors   []string // what could not be decoded, in order
}

// NotTLS is what one side said where a TLS record was due.
type NotTLS struct {
	From Side
	At   time.Duration
	Data []byte // at most the first 512 bytes
}
