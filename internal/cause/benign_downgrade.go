package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// The file lacks the slug's last word: Go would take benign_downgrade_test.go for a test.
var benignDowngradeTest = Cause{
	ID: "TW0105", Slug: "benign-downgrade-test", Since: "0.1",
	Phase: Benign, Level: Note,
	Title: "a scanner tested the protection against downgrading, and it held",
	Why: "Somebody connected with an old version and the mark that browsers set when they try again with less (TLS_FALLBACK_SCSV). The server knows a newer " +
		"version and therefore refused. Test programs do this to see whether the protection works. Current browsers no longer retry like that.",
	Check: "openssl s_client -connect {host}:{port} -tls1_2 -fallback_scsv makes the same line in the server's log, where it knows TLS 1.3",
	Cites: []string{
		"RFC 7507 §3 (TLS_FALLBACK_SCSV)",
		"OpenSSL: SSL_R_INAPPROPRIATE_FALLBACK (0A000175)",
		"testssl.sh and Qualys SSL Labs: test of TLS_FALLBACK_SCSV",
	},
	Signs: []Sign{
		{Of: fact.InappropriateFallback, Weight: 6},
		{Of: fact.InappropriateFallback, In: []fact.Context{fact.ByServer}, Weight: 9},
		{Of: fact.PeerAlert(86), Weight: 5},
		{Of: fact.OwnAlert(86), Weight: 8},
	},
	Advice: []change.Change{
		change.New(change.LeaveAlone, change.Server),
	},
}
