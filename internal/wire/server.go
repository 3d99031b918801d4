package wire

import (
	"crypto"
	"io"
	"math/big"
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Values of ServerConfig.EMS.
const (
	EMSAnswer   = ""         // answer extended_master_secret where it is offered
	EMSOff      = "off"      // never
	EMSRequired = "required" // refuse clients before TLS 1.3 that do not offer it
)

// Values of ServerConfig.ClientAuth.
const (
	ClientAuthNone    = ""
	ClientAuthRequest = "request" // ask, and go on without
	ClientAuthRequire = "require" // ask, and refuse who has none
)

// Which rule made the premaster secret that the client uses too; see ServerConfig.Alternative.
const (
	RuleUnknown     = ""
	RuleMain        = "main"
	RuleAlternative = "alternative"
)

// A ServerConfig says how a server behaves, faults included. Chain and Key are needed; the zero value of every other
// field is useful.
type ServerConfig struct {
	Chain                  [][]byte // DER, the server's own first
	Key                    crypto.Signer
	Rand                   io.Reader // nil: the system's
	MinVersion, MaxVersion uint16    // 0: TLS 1.2, or MaxVersion when that is lower; TLS 1.3
	Suites                 []uint16  // in order of preference; nil: every one that can be completed, but RC4, 3DES and SSLv3's
	// Groups, in order of preference, are for TLS 1.3 and ECDHE. The first that the client lists wins, by a retry
	// request if it sent no share of it.
	Groups        []uint16
	DH            *DHGroup // for DHE before TLS 1.3; nil: ffdhe2048
	Schemes       []uint16 // signature schemes in order of preference; nil: the usual ones
	ALPN          []string // in order of preference; nil: the extension is not answered
	OCSP          []byte   // stapled answer
	EMS           string
	Renegotiation bool // answer renegotiation_info; clients of today refuse servers that do not (RFC 5746)
	ClientAuth    string
	Authorities   [][]byte // distinguished names, DER, in the CertificateRequest
	BadSignature  bool     // spoil ServerKeyExchange's or CertificateVerify's signature
	BadFinished   bool     // spoil Finished
	// Choose is called with the hello before anything is chosen; it may change config, which is this connection's
	// own, or refuse.
	Choose func(hello *ClientHello, config *ServerConfig) *Refusal
	// Exponent chooses the server's Diffie-Hellman exponent. In TLS 1.3 the client's value yc is known already; before,
	// yc is nil. ske holds P and G. nil, or a nil result: random.
	Exponent func(ske *ServerKeyExchange, yc *big.Int) *big.Int
	// PublicLen is the length in bytes of the Diffie-Hellman value in ServerKeyExchange; 0: padded to the length of p;
	// negative: as short as it can be.
	PublicLen int
	// GeneratorLen is the least length in bytes of g in ServerKeyExchange; Schannel pads g to the length of p.
	GeneratorLen int
	// Premaster is as in ClientConfig; ske is nil in TLS 1.3 and for RSA.
	Premaster func(kind string, secret []byte, ske *ServerKeyExchange) []byte
	// Alternative is a second rule. When the client's first protected record does not open under the first, it is
	// tried under this one; before TLS 1.3 the handshake goes on with the rule that fits. Server.Rule tells which.
	Alternative func(kind string, secret []byte, ske *ServerKeyExchange) []byte
	// Extra are sent as they are, in ServerHello or, with TLS 1.3, in EncryptedExtensions.
	Extra []Extension
}

// A Server is the server's side of one connection, without I/O: what Feed, Seal and Close return is to be sent.
type Server struct {
	engine
	config ServerConfig
	hello  *ClientHello
	ske    *ServerKeyExchange
	scheme uint16

	share    *Share // ECDHE before TLS 1.3
	dh       *dhKey
	rule     string
	second   *secondRule
	keys13   serverSecrets13
	gotProof bool // the client showed a certificate, its CertificateVerify is due
}

// NewServer prepares a server.
func NewServer(config ServerConfig) *Server {
	config.Rand = systemRandom(config.Rand)
	s := &Server{config: config.withDefaults()}
	s.engine = engine{
		side: ServerSide, rand: config.Rand,
		in: &halfConn{}, out: &halfConn{},
		recordVersion: TLS10,
	}
	s.next = s.takeClientHello
	s.onSSLv2 = s.takeSSLv2Hello
	return s
}

// Rule tells which of two rules the client's keys came from: RuleMain, RuleAlternative, or RuleUnknown while nothing
// was opened yet or when both rules give the same.
func (s *Server) Rule() string { return s.rule }

func (c ServerConfig) withDefaults() ServerConfig {
	if c.MaxVersion == 0 {
		c.MaxVersion = TLS13
	}
	if c.MinVersion == 0 {
		c.MinVersion = min(TLS12, c.MaxVersion)
	}
	if c.Suites == nil {
		c.Suites = defaultSuites()
	}
	if c.Groups == nil {
		c.Groups = []uint16{
			names.X25519MLKEM768, names.X25519, names.P256, names.P384, names.P521,
			names.FFDHE2048, names.FFDHE3072, names.FFDHE4096, names.FFDHE6144, names.FFDHE8192,
		}
	}
	if c.Schemes == nil {
		c.Schemes = []uint16{
			names.Ed25519, names.ECDSAP256SHA256, names.ECDSAP384SHA384, names.ECDSAP521SHA512,
			names.RSAPSSRSAESHA256, names.RSAPSSRSAESHA384, names.RSAPSSRSAESHA512,
			names.RSAPKCS1SHA256, names.RSAPKCS1SHA384, names.RSAPKCS1SHA512, names.RSAPKCS1SHA1, names.ECDSASHA1,
		}
	}
	if c.DH == nil {
		c.DH = &DHGroup{P: FFDHEPrime(names.FFDHE2048), G: big.NewInt(2)}
	}
	return c
}

// defaultSuites are those a careful server has, best first: TLS 1.3, then ephemeral ones, then the rest.
func defaultSuites() []uint16 {
	rank := func(s names.Suite) int {
		order := []string{"any", kindECDHE, kindDHE, kindRSA}
		place := 2 * slices.Index(order, s.Kex)
		if s.MAC != "AEAD" {
			place++
		}
		return place
	}
	var list []names.Suite
	for _, s := range names.AllSuites() {
		if s.Completable && s.Cipher != "RC4_128" && s.Cipher != "3DES_EDE_CBC" {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b names.Suite) int { return rank(a) - rank(b) })
	ids := make([]uint16, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	return ids
}

// takeSSLv2Hello: only the message without its two length bytes counts for the transcript (RFC 5246 appendix E.2).
func (s *Server) takeSSLv2Hello(body []byte) error {
	hello, err := ParseSSLv2ClientHello(body)
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	s.transcript = body
	return s.begin(hello)
}

func (s *Server) takeClientHello(m incoming) error {
	if err := expect(m, TypeClientHello); err != nil {
		return err
	}
	hello, err := ParseClientHello(m.Raw)
	hello.RecordsOfHello = m.Records
	s.flight.Client = hello
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	return s.begin(hello)
}

// begin negotiates and sends the server's first flight.
func (s *Server) begin(hello *ClientHello) error {
	s.onSSLv2 = nil
	s.hello, s.flight.Client = hello, hello
	if s.config.Choose != nil {
		if r := s.config.Choose(hello, &s.config); r != nil {
			return refused(r)
		}
		s.config = s.config.withDefaults()
	}
	if err := s.chooseVersion(); err != nil {
		return err
	}
	if err := s.chooseALPN(); err != nil {
		return err
	}
	if s.version >= TLS13 {
		return s.begin13()
	}
	return s.begin12()
}
