package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// curl reads "curl -v" (and --trace's text), a record for each address that is tried: from "*   Trying" to the next one. A
// progress meter may stand before the first line.
var curl = Dialect{
	ID:      "curl",
	Anchors: []string{"* TLSv1", "* SSL", "* OpenSSL", "* ALPN", "* schannel", "* gnutls", "* NSS", "curl: (", "*   Trying", "* Trying", "failed: Connection"},
	Parse: func(line []byte, _ *Options) (Record, bool) {
		i := bytes.Index(line[:min(len(line), 200)], []byte("* "))
		if i < 0 || !curlMeter(line[:i]) {
			return Record{}, false
		}
		text := bytes.TrimLeft(line[i+2:], " ")
		if !bytes.HasPrefix(text, []byte("Trying ")) && !bytes.HasPrefix(text, []byte("About to connect() to ")) {
			return Record{}, false
		}
		return Record{Product: "curl", Contexts: []fact.Context{fact.ByClient}, Message: string(line[i:])}, true
	},
	Continues: continuesCurl,
}

// curlMeter: what stands before is nothing, or a progress meter, which has no line break of its own.
func curlMeter(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) && !oneOf(c, " -:.%kMG\r") {
			return false
		}
	}
	return true
}

// curlLines begin the lines that follow (src/tool_cb_dbg.c, src/tool_main.c, src/tool_help.c).
var curlLines = []string{
	"* ", "> ", "< ", "{ ", "} ", "curl: (", "More details here:", "curl failed to verify", "establish a secure connection", "how to fix it", "curl performs SSL certificate",
	"of Certificate Authority", "HTTPS-proxy has similar", "If this HTTPS server", "If you'd like to turn off", "not match the domain name", "the bundle, the certificate", "problem with the certificate",
	"option.", "  % Total", "To learn more about this situation", " using the --cacert option.", " the -k (or --insecure) option.", "bundle file isn't adequate", "file using the --cacert",
}

func continuesCurl(line []byte) bool {
	if len(line) == 0 || len(line) == 1 && oneOf(line[0], "<>") || bytes.Contains(line[:min(len(line), 100)], []byte("--:--:--")) || curlMeter(line) {
		return true
	}
	for _, s := range curlLines {
		if bytes.HasPrefix(line, []byte(s)) {
			return true
		}
	}
	return false
}

// curlEnd tells whom it spoke to, and whether the handshake passed curl's checks.
func curlEnd(r *Record) {
	if peer, ok := between(r.Message, "* Connected to ", " port "); ok {
		r.Host, _, _ = strings.Cut(peer, " (")
	}
	if i := strings.Index(r.Message, "curl: ("); i >= 0 || strings.Contains(r.Message, "SSL certificate problem") || strings.Contains(r.Message, " failed: ") {
		return
	}
	r.Success = strings.Contains(r.Message, "* SSL connection using ") || strings.Contains(r.Message, "SSL connection renegotiated")
}
