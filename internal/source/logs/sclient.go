package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// sClient reads what "openssl s_client" prints, from CONNECTED on, as one record. What it prints to standard error comes
// before that in a file, and is read as lines by themselves.
var sClient = Dialect{
	ID:      "s_client",
	Anchors: []string{"CONNECTED(", "Verify return code:", "Verification", "no peer certificate available", ":error:", "verify error:", "errno="},
	Parse: func(line []byte, _ *Options) (Record, bool) {
		if !bytes.HasPrefix(line, []byte("CONNECTED(")) {
			return Record{}, false
		}
		return Record{Product: "openssl", Contexts: []fact.Context{fact.ByClient}, Message: string(line)}, true
	},
	Continues: continuesSClient,
}

// sClientLines begin the lines of s_client (apps/s_client.c, print_stuff; apps/lib/s_cb.c).
var sClientLines = []string{
	"---", "depth=", "verify error:", "verify return:", "Certificate chain", " 0 s:", " 1 s:", "   i:", "   a:", "   v:", "-----", "subject=", "issuer=", "Server certificate",
	"no peer certificate available", "No client certificate CA names sent", "Acceptable client certificate CA names", "Client Certificate Types:", "Requested ",
	"Shared ", "Peer sign", "Server Temp Key", "Peer Temp Key", "Negotiated TLS1.3 group", "SSL handshake has read", "Verification", "New, ", "Reused, ", "Server public key is",
	"Secure Renegotiation", "This TLS version", "Compression:", "Expansion:", "No ALPN negotiated", "ALPN protocol:", "Early data", "Verify return code:", "SSL-Session:", "    ",
	"DONE", "Can't use SSL_get_servername", "write:errno=", "read:errno=", "closed", "read R BLOCK", "Post-Handshake", "DTLS", "Protocol:", "notBefore=", "notAfter=", "didn't found",
	"TLS SUCCESS", "Didn't find STARTTLS", "Extended master secret", "OCSP response:",
}

func continuesSClient(line []byte) bool {
	if len(line) == 0 || opensslError(line) || base64Line(line) {
		return true
	}
	for _, s := range sClientLines {
		if bytes.HasPrefix(line, []byte(s)) {
			return true
		}
	}
	return len(line) > 5 && line[0] == ' ' && isDigit(line[1])
}

// opensslError: "4067975E477F0000:error:0A00010B:SSL routines:…", the thread in decimal before 3.0.
func opensslError(line []byte) bool {
	i := bytes.Index(line[:min(len(line), 40)], []byte(":error:"))
	if i < 1 {
		return false
	}
	for _, c := range line[:i] {
		if !hexDigit(c) {
			return false
		}
	}
	return true
}

// base64Line: a line of a certificate in PEM (RFC 7468 §2): 64 characters, the last line fewer.
func base64Line(line []byte) bool {
	if len(line) < 4 || len(line) > 76 || len(line)%4 != 0 || bytes.IndexByte(line, ' ') >= 0 {
		return false
	}
	for _, c := range line {
		if !isWordByte(c) && !oneOf(c, "+/=") || c == '_' {
			return false
		}
	}
	return len(line) == 64 || line[len(line)-1] == '=' || bytes.IndexAny(line, "+/") >= 0
}

// sClientEnd: a suite was agreed on, and nothing failed on the way. PEM blocks say nothing that the lines around do not.
func sClientEnd(r *Record) {
	r.Message = withoutPEM(r.Message)
	failed := strings.Contains(r.Message, ":error:") || strings.Contains(r.Message, "errno=") || strings.Contains(r.Message, "verify error:") ||
		strings.Contains(r.Message, "Verification error:")
	agreed := strings.Contains(r.Message, "Cipher is ") && !strings.Contains(r.Message, "Cipher is (NONE)")
	r.Success = agreed && !failed
}

// withoutPEM drops the encoded certificates.
func withoutPEM(text string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(text, "-----BEGIN ")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, after, ok = strings.Cut(after, "\n-----END ")
		if !ok {
			return b.String()
		}
		_, text, _ = strings.Cut(after, "\n")
	}
}
