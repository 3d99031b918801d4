package logs

import "strings"

// routine: a record that nothing is known of is no complaint. At the levels of debugging nothing is one by itself; at
// those of ordinary operation only what says that something went wrong is, and in records without a level all but what
// is known to be said of good connections.
func routine(r *Record) bool {
	switch strings.ToLower(r.Level) {
	case "debug", "trace", "fine", "finer", "finest", "verbose", "debug1", "debug2", "debug3", "debug4", "debug5":
		return true
	case "info", "information", "notice", "note", "log", "hint", "detail", "statement", "config":
		return !saysFailure(r.Message)
	case "":
		return saysOrdinary(r.Message)
	}
	return false
}

// failing are words that a sentence about something that went wrong can hardly do without, in small letters.
var failing = []string{
	"fail", "error", "could not", "couldn't", "cannot", "can't", "can not", "unable", "invalid", "refused", "reject", "denied", "abort", "mismatch", "not match", "expired",
	"unknown", "unsupported", "not supported", "unexpected", "exception", "fatal", "broken", "bad ", "missing", "no such", "not found", "not trusted", "untrusted", "timed out", "timeout",
	"失敗", "エラー", "できません", "失败", "错误",
}

func saysFailure(message string) bool {
	lower := strings.ToLower(message)
	for _, f := range failing {
		if strings.Contains(lower, f) {
			return true
		}
	}
	return false
}

// ordinary begin lines that programs without levels write when all is well, or beside an error that stands in a line of
// its own (apps/lib/s_cb.c, apps/s_client.c; OpenVPN ssl.c).
var ordinary = []string{
	"Can't use SSL_get_servername", "depth=", "verify return:", "VERIFY OK", "VERIFY KU OK", "VERIFY EKU OK", "VERIFY X509NAME OK", "Validating certificate ", "Control Channel: TLS",
	"TLS: Initial packet from", "TLS: soft reset", "TLS: tls_process", "OpenSSL ", "library versions:",
}

func saysOrdinary(message string) bool {
	for _, o := range ordinary {
		if strings.HasPrefix(message, o) {
			return true
		}
	}
	return strings.TrimSpace(message) == "" || certificateLoaded(message)
}

// certificateLoaded: SQL Server has the certificate it was told to take, or made one for itself (messages 26013 and 26018).
func certificateLoaded(message string) bool {
	return strings.HasSuffix(strings.TrimRight(message, ". "), " was successfully loaded for encryption") ||
		strings.Contains(message, "証明書") && strings.Contains(message, "暗号化") && strings.Contains(message, "正常に読み込まれました")
}
