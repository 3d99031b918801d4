package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// An opensslError is an entry of OpenSSL 3.0's error queue: the reason of its SSL library and where it was raised. All
// clients that use OpenSSL print some part of it.
type opensslError struct {
	reason uint   // 1000 and the alert's number when the peer sent it (ssl/record/rec_layer_s3.c)
	at     string // function
	place  string // file:line of 3.0.22; Node's own copy, 3.0.19, differs in some lines
	alert  uint8  // received
}

// Reasons of OpenSSL's SSL library (include/openssl/sslerr.h).
const (
	sslNoSuitableKeyShare = 101
	sslBadKeyShare        = 108
	sslBadProtocolVersion = 116
	sslVerifyFailed       = 134
	sslUnsolicited        = 217
	sslUnexpectedMessage  = 244
	sslUnknownCipher      = 248
	sslUnsupportedVersion = 258
	sslWrongVersion       = 267
	sslUnexpectedEOF      = 294
	sslBadPoint           = 306
	sslLegacySigalg       = 333
	sslUnsafeLegacy       = 338
	sslWrongSignatureType = 370
	sslFallback           = 373
	sslDHTooSmall         = 394
)

// opensslLocal is what OpenSSL raises where our engine or Limits give up.
var opensslLocal = map[string]opensslError{
	"weak-signature":            {reason: sslLegacySigalg, at: "tls_process_key_exchange", place: "ssl/statem/statem_clnt.c:2254"},
	"dh-too-small":              {reason: sslDHTooSmall, at: "tls_process_ske_dhe", place: "ssl/statem/statem_clnt.c:2092"},
	"no-secure-renegotiation":   {reason: sslUnsafeLegacy, at: "final_renegotiate", place: "ssl/statem/extensions.c:844"},
	wire.ReasonBadKeyShare:      {reason: sslBadPoint, at: "tls_parse_stoc_key_share", place: "ssl/statem/extensions_clnt.c:1870"},
	wire.ReasonUnofferedGroup:   {reason: sslBadKeyShare, at: "tls_parse_stoc_key_share", place: "ssl/statem/extensions_clnt.c:1821"},
	wire.ReasonRetrySameGroup:   {reason: sslBadKeyShare, at: "tls_parse_stoc_key_share", place: "ssl/statem/extensions_clnt.c:1792"},
	wire.ReasonRetryUnoffered:   {reason: sslBadKeyShare, at: "tls_parse_stoc_key_share", place: "ssl/statem/extensions_clnt.c:1806"},
	wire.ReasonSecondRetry:      {reason: sslUnexpectedMessage, at: "tls_process_server_hello", place: "ssl/statem/statem_clnt.c:1398"},
	wire.ReasonUnofferedSuite:   {reason: sslUnknownCipher, at: "set_client_ciphersuite", place: "ssl/statem/statem_clnt.c:1310"},
	wire.ReasonDowngrade:        {reason: sslFallback, at: "ssl_choose_client_version", place: "ssl/statem/statem_lib.c:2014"},
	wire.ReasonUnofferedScheme:  {reason: sslWrongSignatureType, at: "tls12_check_peer_sigalg", place: "ssl/t1_lib.c:1567"},
	wire.ReasonUnofferedVersion: {reason: sslUnsupportedVersion, at: "ssl_choose_client_version", place: "ssl/statem/statem_lib.c:1980"},
	"version-too-low":           {reason: sslUnsupportedVersion, at: "ssl_choose_client_version", place: "ssl/statem/statem_lib.c:1980"},
	"chain":                     {reason: sslVerifyFailed, at: "tls_post_process_server_certificate", place: "ssl/statem/statem_clnt.c:1889"},
	"name":                      {reason: sslVerifyFailed, at: "tls_post_process_server_certificate", place: "ssl/statem/statem_clnt.c:1889"},
}

// opensslFailure is the error that OpenSSL queues for a failure within TLS; false: there is none, the socket says it.
func opensslFailure(f Failure) (opensslError, bool) {
	switch f.How {
	case fact.EndAlert:
		return opensslAlert(f.Alert), true
	case fact.EndNotTLS:
		return opensslError{reason: sslWrongVersion, at: "ssl3_get_record", place: "ssl/record/ssl3_record.c:350"}, true
	case fact.EndClosed:
		return opensslError{reason: sslUnexpectedEOF, at: "ssl3_read_n", place: "ssl/record/rec_layer_s3.c:318"}, true
	case fact.EndLocal:
		return opensslRefusal(f)
	}
	return opensslError{}, false
}

func opensslAlert(code uint8) opensslError {
	return opensslError{reason: 1000 + uint(code), at: "ssl3_read_bytes", place: "ssl/record/rec_layer_s3.c:1602", alert: code}
}

func opensslRefusal(f Failure) (opensslError, bool) {
	if strings.HasPrefix(f.Reason, "alert-") { // what the peer would have said to a hello that offers less
		var code uint8
		if _, err := fmt.Sscanf(f.Reason, "alert-%d", &code); err == nil {
			return opensslAlert(code), true
		}
	}
	if e, odd := opensslOddHello(f); odd {
		return e, true
	}
	e, ok := opensslLocal[f.Reason]
	return e, ok
}

// opensslOddHello is what OpenSSL finds in a ServerHello before it compares the choice with its offer: an extension
// that it did not ask for (tls_collect_extensions), a supported_versions that names no TLS 1.3, a missing key share.
func opensslOddHello(f Failure) (opensslError, bool) {
	h := f.Handshake
	if h == nil || h.Client == nil {
		return opensslError{}, false
	}
	hello := h.Server
	if hello == nil {
		hello = h.Retry
	}
	switch {
	case hello == nil:
	case !selectsVersion(hello):
	case !offers(h.Client, wire.TLS13):
		return opensslError{reason: sslUnsolicited, at: "tls_collect_extensions", place: "ssl/statem/extensions.c:628"}, true
	case hello.Version != wire.TLS13:
		return opensslError{reason: sslBadProtocolVersion, at: "tls_parse_stoc_supported_versions", place: "ssl/statem/extensions_clnt.c:1743"}, true
	case f.Reason == wire.ReasonBadKeyShare && hello.Share == nil:
		return opensslError{reason: sslNoSuitableKeyShare, at: "final_key_share", place: "ssl/statem/extensions.c:1267"}, true
	}
	return opensslError{}, false
}

// selectsVersion: the ServerHello has a supported_versions extension.
func selectsVersion(h *wire.ServerHello) bool {
	for _, e := range h.Extensions {
		if e.Type == wire.ExtSupportedVersions {
			return true
		}
	}
	return false
}

func offers(h *wire.ClientHello, version uint16) bool {
	for _, v := range h.Versions {
		if v == version {
			return true
		}
	}
	return false
}

// text is the reason in words: "bad key share".
func (e opensslError) text() string {
	_, text := names.OpenSSLReason(20, e.reason)
	return text
}

// code is the number printed: library 20, reason.
func (e opensslError) code() string { return fmt.Sprintf("0A%06X", e.reason) }

// short is the entry as ERR_error_string prints it: "error:0A00006C:SSL routines::bad key share".
func (e opensslError) short() string {
	return "error:" + e.code() + ":SSL routines::" + e.text()
}

// long is the entry as ERR_print_errors prints it with its place below root, without the thread's number before it.
func (e opensslError) long(root string) string {
	s := "error:" + e.code() + ":SSL routines:" + e.at + ":" + e.text() + ":" + root + e.place + ":"
	if e.alert != 0 {
		s += fmt.Sprintf("SSL alert number %d", e.alert)
	}
	return s
}
