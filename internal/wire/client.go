package wire

import (
	"crypto"
	"io"
	"math/big"
	"slices"
	"time"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Steps at which ClientConfig.Refuse is asked.
const (
	StepServerHello       = "ServerHello"
	StepCertificate       = "Certificate"
	StepServerKeyExchange = "ServerKeyExchange"
)

// A ClientConfig says how a client behaves. The zero value of every field but Hello is useful.
type ClientConfig struct {
	Hello       Hello
	Rand        io.Reader // nil: the system's
	Certificate *ClientCertificate
	// Resume is a session to offer; ResumeAge is for how long it is known, which TLS 1.3 tells the server. A server
	// may decline it and handshake anew: Client.Resumed tells.
	Resume    *Session
	ResumeAge time.Duration
	// Refuse is called after ServerHello, Certificate and ServerKeyExchange, with what was said so far; when it
	// returns something, the client sends that alert and stops. This is where a caller's policy lives: the engine
	// itself judges neither certificates nor key sizes.
	Refuse func(step string, f *Flight) *Refusal
	// Exponent chooses the client's Diffie-Hellman exponent in TLS 1.2 and older, once the server's parameters are
	// known. nil, or a nil result: random.
	Exponent func(ske *ServerKeyExchange) *big.Int
	// PublicValue writes the client's Diffie-Hellman value. nil: padded to the length of p.
	PublicValue func(ske *ServerKeyExchange, yc *big.Int) []byte
	// Suits judges, before TLS 1.3, what a key exchange of kind "ECDHE" or "RSA" came to: the secret and what is sent
	// for it, our point or the encrypted secret. While it says no, a fresh key is drawn, maxDraws times at most. For
	// DHE there is Exponent.
	Suits func(kind string, secret, sent []byte) bool
	// Premaster makes the premaster secret (before TLS 1.3) or the shared secret that enters the key schedule
	// (TLS 1.3) of the secret agreed on. kind is "DHE", "ECDHE" or "RSA"; the secret of a DHE comes padded to the
	// length of p; ske is nil in TLS 1.3 and for RSA. nil: what the RFCs say, which is to strip the leading zeros of
	// a DHE secret before TLS 1.3 (RFC 5246 §8.1.2) and of no other.
	Premaster func(kind string, secret []byte, ske *ServerKeyExchange) []byte
}

// A ClientCertificate is what a client shows when it is asked. Chain is in DER, the client's own first.
type ClientCertificate struct {
	Chain [][]byte
	Key   crypto.Signer
}

// A Client is the client's side of one connection. It does no I/O: what Start, Feed, Seal and Close return is to
// be sent, what arrives is to be fed.
type Client struct {
	engine
	config    ClientConfig
	built     *Built
	secrets13 clientSecrets13
	newTicket *sessionTicket // of TLS 1.2 and older, before the server's Finished
	session   *Session       // the newest one given
	resumed   bool           // the server took up config.Resume
	// unable is why the handshake cannot be completed although nothing is wrong; it is told after the server's
	// flight was read.
	unable error
}

// NewClient prepares a client; the error is that of Hello.Build.
func NewClient(config ClientConfig) (*Client, error) {
	config.Rand = systemRandom(config.Rand)
	if err := config.offerSession(); err != nil {
		return nil, err
	}
	built, err := config.Hello.Build(config.Rand)
	if err != nil {
		return nil, err
	}
	c := &Client{config: config, built: built}
	c.engine = engine{
		side: ClientSide, rand: config.Rand,
		in: &halfConn{}, out: &halfConn{},
		recordVersion: config.Hello.recordVersion(),
		transcript:    built.Message,
	}
	c.flight.Client = built.Hello
	c.next = c.takeServerHello
	c.onTicket = c.keepSession13
	return c, nil
}

// Start gives the records of the ClientHello.
func (c *Client) Start() []byte { return c.built.Records }

// agreed tells whether the hello held an extension and the server answered it. The hello is asked as it was sent, since
// a caller may have put the extension among Hello.Extra.
func (c *Client) agreed(typ uint16) bool {
	_, offered := findExtension(c.flight.Client.Extensions, typ)
	_, answered := findExtension(c.flight.Server.Extensions, typ)
	return offered && answered
}

// clientRandom is the random of the first hello, which a second one repeats.
func (c *Client) clientRandom() []byte { return c.built.Random }

// refuse asks the caller whether to go on.
func (c *Client) refuse(step string) error {
	if c.config.Refuse == nil {
		return nil
	}
	if r := c.config.Refuse(step, &c.flight); r != nil {
		return refused(r)
	}
	return nil
}

// takeServerHello handles ServerHello and HelloRetryRequest.
func (c *Client) takeServerHello(m incoming) error {
	if err := expect(m, TypeServerHello); err != nil {
		return err
	}
	hello, err := ParseServerHello(m.Raw)
	if hello != nil && hello.Retry {
		return c.takeRetry(m, hello, err)
	}
	c.flight.Server = hello
	if err != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, err)
	}
	if err := c.checkChoice(hello); err != nil {
		return err
	}
	c.version, c.flight.ALPN = hello.Version, hello.ALPN
	if hello.Version > TLS13 {
		return cannotComplete("version %s", names.Version(hello.Version))
	}
	if c.version == TLS13 {
		return c.enter13(hello)
	}
	if err := c.refuse(StepServerHello); err != nil {
		return err
	}
	return c.enter12(hello)
}

// checkChoice holds the server to what was offered (RFC 8446 §4.1.3, RFC 5246 §7.4.1.3).
func (c *Client) checkChoice(hello *ServerHello) error {
	if !slices.Contains(c.config.Hello.Versions, hello.Version) {
		return giveUp(AlertProtocolVersion, ReasonUnofferedVersion, "%s", names.Version(hello.Version))
	}
	if err := c.checkDowngrade(hello); err != nil {
		return err
	}
	if hello.Compression != 0 {
		return giveUp(AlertIllegalParameter, ReasonCompression, "method %d", hello.Compression)
	}
	suite, known := names.SuiteByID(hello.Suite)
	if !known {
		suite.ID = hello.Suite
	}
	c.suite = suite
	return c.checkSuite(hello)
}

func (c *Client) checkSuite(hello *ServerHello) error {
	name := names.SuiteName(hello.Suite)
	if !slices.Contains(c.config.Hello.Suites, hello.Suite) {
		return giveUp(AlertIllegalParameter, ReasonUnofferedSuite, "%s", name)
	}
	if (hello.Version >= TLS13) != (c.suite.Kex == "any") {
		return giveUp(AlertIllegalParameter, ReasonUnofferedSuite, "%s with %s", name, names.Version(hello.Version))
	}
	if retry := c.flight.Retry; retry != nil && (retry.Suite != hello.Suite || retry.Version != hello.Version) {
		return giveUp(AlertIllegalParameter, ReasonUnofferedSuite, "%s after a retry request with %s", name, names.SuiteName(retry.Suite))
	}
	return nil
}

// checkDowngrade looks for the server's note that it would have done better (RFC 8446 §4.1.3).
func (c *Client) checkDowngrade(hello *ServerHello) error {
	highest := slices.Max(c.config.Hello.Versions)
	bad := hello.Downgrade != "" && hello.Version < TLS12 && highest >= TLS12 ||
		hello.Downgrade == "TLS1.2" && hello.Version == TLS12 && highest >= TLS13
	if !bad {
		return nil
	}
	return giveUp(AlertIllegalParameter, ReasonDowngrade, "the server chose %s and marks that as a downgrade", names.Version(hello.Version))
}

// takeRetry answers a HelloRetryRequest with a second hello (RFC 8446 §4.1.4).
func (c *Client) takeRetry(m incoming, retry *ServerHello, parseErr error) error {
	if c.flight.Retry != nil {
		return giveUp(AlertUnexpectedMessage, ReasonSecondRetry, "")
	}
	c.flight.Retry = retry
	if parseErr != nil {
		return giveUpOn(AlertDecodeError, ReasonDecode, parseErr)
	}
	if err := c.checkChoice(retry); err != nil {
		return err
	}
	if err := c.checkRetryGroup(retry); err != nil {
		return err
	}
	second, err := c.config.Hello.Rebuild(c.built, retry)
	if err != nil {
		return retryError(err)
	}
	if err := c.atKeyChange(); err != nil {
		return err
	}
	c.built, c.flight.SecondClient = second, second.Hello
	c.transcript = join(retryTranscript(suiteHash(c.suite), c.flight.Client.Raw), m.Raw, second.Message)
	c.sendCompatibilityChange()
	c.outgoing = append(c.outgoing, second.Records...)
	return nil
}

// checkRetryGroup: the group must be one we offered without a share.
func (c *Client) checkRetryGroup(retry *ServerHello) error {
	switch {
	case retry.Version < TLS13:
		return giveUp(AlertIllegalParameter, ReasonUnofferedVersion, "%s in a retry request", names.Version(retry.Version))
	case retry.Share == nil && retry.Cookie == nil:
		return giveUp(AlertIllegalParameter, ReasonRetryNoChange, "")
	case retry.Share == nil:
		return nil
	case !slices.Contains(c.flight.Client.Groups, retry.Share.Group):
		return giveUp(AlertIllegalParameter, ReasonRetryUnoffered, "%s", names.Group(retry.Share.Group))
	case slices.Contains(c.built.Shares.Groups(), retry.Share.Group):
		return giveUp(AlertIllegalParameter, ReasonRetrySameGroup, "%s", names.Group(retry.Share.Group))
	}
	return nil
}

// sendCompatibilityChange sends the ChangeCipherSpec that makes TLS 1.3 look like a resumption to boxes on the way
// (RFC 8446 appendix D.4): once, and only when a session ID was sent.
func (c *Client) sendCompatibilityChange() {
	if len(c.flight.Client.SessionID) == 0 || c.secrets13.changeSent {
		return
	}
	c.secrets13.changeSent = true
	c.outgoing = append(c.outgoing, compatibilityChange()...)
}

// compatibilityChange is that record.
func compatibilityChange() []byte {
	return append(appendRecordHeader(nil, RecordChangeCipherSpec, TLS12, 1), 1)
}
