package wire

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/names"
)

// Alert codes that the engine sends or tells apart (RFC 8446 §6, RFC 5246 §7.2, RFC 7507 §3).
const (
	AlertCloseNotify           uint8 = 0
	AlertUnexpectedMessage     uint8 = 10
	AlertBadRecordMAC          uint8 = 20
	AlertRecordOverflow        uint8 = 22
	AlertHandshakeFailure      uint8 = 40
	AlertNoCertificate         uint8 = 41 // SSLv3 only
	AlertIllegalParameter      uint8 = 47
	AlertDecodeError           uint8 = 50
	AlertDecryptError          uint8 = 51
	AlertProtocolVersion       uint8 = 70
	AlertInternalError         uint8 = 80
	AlertInappropriateFallback uint8 = 86
	AlertUserCanceled          uint8 = 90
	AlertNoRenegotiation       uint8 = 100
	AlertMissingExtension      uint8 = 109
	AlertUnrecognizedName      uint8 = 112
	AlertCertificateRequired   uint8 = 116
	AlertNoApplicationProtocol uint8 = 120
)

// Levels of an alert; since TLS 1.3 they mean nothing (RFC 8446 §6).
const (
	levelWarning uint8 = 1
	levelFatal   uint8 = 2
)

// Reasons of a LocalError. A Refusal brings its own.
const (
	ReasonDecode            = "decode"
	ReasonUnexpected        = "unexpected-message"
	ReasonTooLarge          = "message-too-large"
	ReasonEndless           = "endless"
	ReasonBadRecord         = "bad-record-mac"
	ReasonBadFinished       = "bad-finished"
	ReasonBadSignature      = "bad-server-signature"
	ReasonBadClientSig      = "bad-client-signature"
	ReasonUnofferedVersion  = "unoffered-version"
	ReasonUnofferedSuite    = "unoffered-suite"
	ReasonUnofferedGroup    = "unoffered-group"
	ReasonUnofferedScheme   = "unoffered-signature-scheme"
	ReasonCompression       = "unoffered-compression"
	ReasonDowngrade         = "downgrade-sentinel"
	ReasonBadKeyShare       = "bad-key-share"
	ReasonRetrySameGroup    = "hrr-same-group"
	ReasonRetryUnoffered    = "hrr-unoffered-group"
	ReasonRetryNoChange     = "hrr-no-change"
	ReasonSecondRetry       = "second-hrr"
	ReasonCannotComplete    = "cannot-complete"
	ReasonRefused           = "refused"
	ReasonInternal          = "internal"
	ReasonNoSharedVersion   = "no-shared-version"
	ReasonNoSharedSuite     = "no-shared-suite"
	ReasonNoSharedGroup     = "no-shared-group"
	ReasonNoSharedScheme    = "no-shared-signature-scheme"
	ReasonNoSharedALPN      = "no-shared-alpn"
	ReasonFallback          = "inappropriate-fallback"
	ReasonNoEMS             = "extended-master-secret-missing"
	ReasonNoCertificate     = "client-certificate-missing"
	ReasonBadDHGroup        = "bad-dh-group"
	ReasonTooMuchAppData    = "application-data-too-large"
	ReasonRandomSourceEmpty = "random-source"
	ReasonBadResumption     = "bad-resumption"
	ReasonOverLimit         = "record-over-limit"
)

// A PeerAlert says that the peer sent an alert that ends the handshake or the connection; close_notify is one too.
type PeerAlert struct {
	Alert Alert
}

// Error names the alert.
func (e *PeerAlert) Error() string {
	return "peer sent alert " + names.Alert(e.Alert.Code)
}

// A LocalError says that our side gave up, and which alert it sent. ReasonCannotComplete is no fault of the peer:
// what it chose was offered, but the engine cannot go on with it.
type LocalError struct {
	Alert  uint8
	Step   string // the message being handled: "ServerHello"
	Reason string // one of the Reason constants, or that of a Refusal
	Detail string // for people; may hold the peer's values, never its raw text
	Err    error  // what lies behind, or nil
}

// Error tells step, reason and detail.
func (e *LocalError) Error() string {
	text := e.Reason
	if e.Step != "" {
		text = e.Step + ": " + text
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the error behind.
func (e *LocalError) Unwrap() error { return e.Err }

// A Refusal stops the handshake from outside the engine: the alert to send and why.
type Refusal struct {
	Alert  uint8
	Reason string // short and stable, such as "dh-too-small"
	Detail string
}

// giveUp makes a LocalError without a cause behind it.
func giveUp(alert uint8, reason, format string, args ...any) *LocalError {
	return &LocalError{Alert: alert, Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// giveUpOn makes a LocalError of an error.
func giveUpOn(alert uint8, reason string, err error) *LocalError {
	return &LocalError{Alert: alert, Reason: reason, Err: err}
}

// refused turns a Refusal into the error to stop with; nil stays nil.
func refused(r *Refusal) error {
	if r == nil {
		return nil
	}
	reason := r.Reason
	if reason == "" {
		reason = ReasonRefused
	}
	return &LocalError{Alert: r.Alert, Reason: reason, Detail: r.Detail}
}

// cannotComplete stops where the engine's means end.
func cannotComplete(format string, args ...any) error {
	return giveUp(AlertUserCanceled, ReasonCannotComplete, format, args...)
}
