package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// erlangRows are the phrases of this family.
var erlangRows = slices.Concat(erlangTextRows, erlangAlertRows())

// The circumstances that this family's phrases tell.
var (
	inErlang               = []fact.Context{"erlang"}
	inErlangAtStart        = []fact.Context{"erlang", fact.AtStart}
	inErlangClient         = []fact.Context{"erlang", fact.ByClient}
	inErlangClientDatabase = []fact.Context{"erlang", fact.ByClient, fact.Database}
	inErlangEmqxServer     = []fact.Context{"erlang", "emqx", fact.ByServer}
	inErlangRabbitmqClient = []fact.Context{"erlang", "rabbitmq", fact.ByClient}
	inErlangRabbitmqServer = []fact.Context{"erlang", "rabbitmq", fact.ByServer}
	inErlangServer         = []fact.Context{"erlang", fact.ByServer}
	inErlangServerAtStart  = []fact.Context{"erlang", fact.ByServer, fact.AtStart}
)

// erlangTextRows are the reasons of OTP's ssl and public_key, as tuples and in words.
var erlangTextRows = []row{
	{say: "TLS server: In state", in: inErlangServer},
	{say: "TLS client: In state", in: inErlangClient},
	{say: "{tls_alert", in: inErlang},
	// A path that does not hold: public_key's pubkey_cert.erl, ssl_certificate.erl.
	{say: "{bad_cert,hostname_check_failed*", is: fact.CertName, in: inErlangClient},
	{say: "{bad_cert,{hostname_check_failed*", is: fact.CertName, in: inErlangClient},
	{say: "bad_cert, :hostname_check_failed*", is: fact.CertName, in: inErlangClient},
	{say: "bad_cert, {:hostname_check_failed*", is: fact.CertName, in: inErlangClient},
	{say: "{bad_cert,unknown_ca*", is: fact.IssuerUnknown, in: inErlang},
	{say: "{bad_cert,selfsigned_peer*", is: fact.CertSelfSigned, in: inErlang},
	{say: "{bad_cert,cert_expired*", is: fact.CertExpired, in: inErlang},
	{say: "{bad_cert,invalid_issuer*", is: fact.IssuerUnknown, in: inErlang},
	{say: "{bad_cert,invalid_signature*", is: fact.IssuerUnknown, in: inErlang},
	{say: "{bad_cert,max_path_length_reached*", is: fact.ChainTooLong, in: inErlang},
	{say: "{bad_cert,missing_basic_constraint*", is: fact.InvalidCA, in: inErlang},
	{say: "{bad_cert,invalid_key_usage*", is: fact.CertWrongPurpose, in: inErlang},
	{say: "{bad_cert,invalid_ext_key_usage*", is: fact.CertWrongPurpose, in: inErlang},
	{say: "{bad_cert,name_not_permitted*", is: fact.CertUnacceptable, in: inErlang},
	{say: "{bad_cert,revocation_undetermined*", is: fact.RevocationUnknown, in: inErlang},
	{say: "{bad_cert,{revocation_undetermined*", is: fact.RevocationUnknown, in: inErlang},
	{say: "{bad_cert,{revoked*", is: fact.CertRevoked, in: inErlang},
	{say: "key_usage_mismatch", is: fact.CertWrongPurpose, in: inErlang},
	// Before OTP 22 the alert came without saying who sent it; what a client meets most is taken.
	{say: "tls_alert, … 'unknown ca'", is: fact.IssuerUnknown, in: inErlang},
	{say: "tls_alert, … 'handshake failure'", is: fact.PeerAlert(40), in: inErlang},
	{say: "tls_alert, … 'bad certificate'", is: fact.VerifyFailed, in: inErlang},
	{say: "tls_alert, … 'certificate expired'", is: fact.CertExpired, in: inErlang},
	{say: "tls_alert, … 'certificate unknown'", is: fact.PeerAlert(46), in: inErlang},
	{say: "tls_alert, … 'protocol version'", is: fact.PeerAlert(70), in: inErlang},
	{say: "tls_alert, … 'insufficient security'", is: fact.PeerAlert(71), in: inErlang},
	{say: "tls_alert, … 'unexpected message'", is: fact.UnexpectedMessage, in: inErlang},
	{say: "tls_alert, … 'record overflow'", is: fact.NotTLS, in: inErlang},
	{say: "tls_alert, … 'internal error'", is: fact.PeerAlert(80), in: inErlang},
	{say: "tls_alert, … 'unrecognised name'", is: fact.PeerAlert(112), in: inErlang},
	{say: "Fatal error: unknown ca", is: fact.OwnAlert(48), in: inErlang},
	{say: "Fatal error: handshake failure", is: fact.OwnAlert(40), in: inErlang},
	{say: "Fatal error: bad certificate", is: fact.OwnAlert(42), in: inErlang},
	{say: "Fatal error: certificate expired", is: fact.OwnAlert(45), in: inErlang},
	{say: "Fatal error: insufficient security", is: fact.OwnAlert(71), in: inErlang},
	{say: "Fatal error: protocol version", is: fact.OwnAlert(70), in: inErlang},
	{say: "Fatal error: unexpected message", is: fact.UnexpectedMessage, in: inErlang},
	// Reasons behind a generated alert.
	{say: "malformed_handshake_data", is: fact.DecodeError, in: inErlang},
	{say: "unsupported_record_type", is: fact.NotTLS, in: inErlang},
	{say: "unsupported_record_type,71", is: fact.HTTPRequestHere, in: inErlangServer},
	{say: "unsupported_version", is: fact.VersionRefused, in: inErlang},
	{say: "no_suitable_ciphers", is: fact.NoSharedCipher, in: inErlang},
	{say: "no_suitable_key_share*", is: fact.NoSharedGroup, in: inErlang},
	{say: "no_suitable_signature_algorithm*", is: fact.NoSharedSignature, in: inErlang},
	{say: "no_client_certificate_provided", is: fact.NoPeerCert, in: inErlangServer},
	{say: "illegal_parameter_in_compatibility_mode*", is: fact.BadExtension, in: inErlang},
	// Options: ssl.erl, ssl_config.erl.
	{say: "options … cacertfile … enoent", is: fact.CAFileMissing, in: inErlangAtStart},
	{say: "options … {certfile … enoent", is: fact.FileMissing, in: inErlangAtStart},
	{say: "options … {keyfile … enoent", is: fact.FileMissing, in: inErlangAtStart},
	{say: "options … enoent", is: fact.FileMissing, in: inErlangAtStart},
	{say: "options … eacces", is: fact.KeyUnreadable, in: inErlangAtStart},
	{say: "verify_peer … cacerts … undefined", is: fact.NoTrustAnchors, in: inErlangClient},
	{say: "{:options, :incompatible", is: fact.OptionsClash, in: inErlang},
	{say: "{options,incompatible", is: fact.OptionsClash, in: inErlang},
	{say: "options … no_supported_algorithms", is: fact.NoVersionLeft, in: inErlang},
	{say: "certificate path validation is not enabled", is: fact.VerificationOff, in: inErlangClient},
	{say: "Authenticity is not established by certificate path validation", is: fact.VerificationOff, in: inErlangClient},
	// How a connection ended.
	{say: "{error,closed}", is: fact.Closed, in: inErlang},
	{say: "{error, :closed}", is: fact.Closed, in: inErlang},
	{say: "{error,timeout}", is: fact.TimedOut, in: inErlang},
	{say: "{error, :timeout}", is: fact.TimedOut, in: inErlang},
	{say: "nxdomain", is: fact.NameNotFound, in: inErlangClient},
	{say: "failed_connect … timeout", is: fact.ConnectTimeout, in: inErlangClient},
	{say: "failed_connect … closed", is: fact.EOFInHandshake, in: inErlangClient},
	// RabbitMQ, EMQX, Ecto.
	{say: "ssl_upgrade_error", in: inErlangRabbitmqServer},
	{say: "ssl_upgrade_error … closed", is: fact.EOFInHandshake, in: inErlangRabbitmqServer},
	{say: "ssl_upgrade_error … timeout", is: fact.SilentInHandshake, in: inErlangRabbitmqServer},
	{say: "closing AMQP connection", in: inErlangRabbitmqServer},
	{say: "error on AMQP connection", in: inErlangRabbitmqServer},
	{say: "bad_header,<<22,3*", is: fact.TLSToPlainPort, in: inErlangRabbitmqServer},
	{say: "bad_header,<<'GET *", is: fact.NotThisProtocol, in: inErlangRabbitmqServer},
	{say: "{handshake_timeout", is: fact.SilentInHandshake, in: inErlangServer},
	{say: "expecting,'connection.start'", in: inErlangRabbitmqClient},
	{say: "esockd", in: inErlangEmqxServer},
	{say: "ssl_error,closed", is: fact.EOFInHandshake, in: inErlang},
	{say: "ssl_failure", in: inErlangServer},
	{say: "listen_error … no_cert", is: fact.NoServerCredential, in: inErlangServerAtStart},
	{say: "bad_alpn_protocol", is: fact.NoSharedALPN, in: inErlangClient},
	{say: "ssl not available", is: fact.ServerWithoutTLS, in: inErlangClientDatabase},
}
