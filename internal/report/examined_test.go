package report

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// keepingClient is the case of a client that keeps the zeros of TLS 1.2.
func keepingClient() *fact.Case {
	f := fact.Forcing{What: fact.ClientDHE, Zero: "secret", Rule: fact.RuleKept, Extra: "over2049"}
	hello := &wire.ClientHello{Raw: make([]byte, 200), LegacyVersion: wire.TLS12, ServerName: "db.shop.test", ALPN: []string{"\x1b[2J"},
		Suites: []uint16{names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, 0x1234}}
	return &fact.Case{Question: fact.Question{Target: "127.0.0.1", Protocol: "mysql", Host: "db.shop.test"}, Handshakes: []fact.Handshake{{
		Variant: f.Variant(), Client: hello, Finished: fact.Yes, Server: &wire.ServerHello{Version: wire.TLS12, Suite: names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256},
		End: fact.End{By: wire.ClientSide, How: fact.EndCompleted}, Seen: fact.Seen{Count: 1}, Ref: fact.Ref{Kind: "live", At: "connection 1"},
	}}}
}

// TestExaminedPage: one connection is enough for a verdict, what was not asked is called so, and nothing that the client sent
// reaches the terminal as it is.
func TestExaminedPage(t *testing.T) {
	c := keepingClient()
	e := Examine(c, diagnose.Run(c, cause.All()), 1, 1, false, Fingerprint{JA4: "t12", LooksLike: "OpenSSL 3"})
	said := page(t, e)
	for _, want := range []string{
		"client 127.0.0.1 over mysql, 1 connection", "more connections tell more", "likely OpenSSL 3; JA4 t12", "200 bytes, 2 suites, 1 of them TLS_DHE",
		"KEEPS the leading zeros of a TLS_DHE secret", "(over2049; connection 1)", "not asked yet, sent short and padded",
		"TLS 1.3 not exposed: the client does not offer ffdhe", "verifies not asked yet", "versions TLS1.2 only", "✗ one side computes the secret", "proven",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "\x1b") {
		t.Error("an escape sequence of the client's is on the page")
	}
	conformsExamined(t, e)
}

// TestExaminedWithoutHello: how such connections ended, and no verdict.
func TestExaminedWithoutHello(t *testing.T) {
	c := keepingClient()
	h := &c.Handshakes[0]
	*h = fact.Handshake{Variant: fact.Forcing{What: fact.ClientPlain}.Variant(), Finished: fact.No, Seen: fact.Seen{Count: 3}, Ref: h.Ref,
		End: fact.End{By: wire.ClientSide, How: fact.EndDeclined}}
	e := Examine(c, diagnose.Run(c, cause.All()), 1, 3, true, Fingerprint{})
	if said := page(t, e); !strings.Contains(said, "hello none came the client goes on without TLS, 3 times") || strings.Contains(said, "TLS 1.2") {
		t.Errorf("the page says\n%s", said)
	}
	conformsExamined(t, e)
}

// page is a client's page with its line breaks gone.
func page(t *testing.T, e Examined) string {
	t.Helper()
	var out bytes.Buffer
	if err := ExaminedText(&out, e, Style{}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// conformsExamined checks what is written against the published schema.
func conformsExamined(t *testing.T, e Examined) {
	t.Helper()
	var out bytes.Buffer
	if err := ExaminedJSON(&out, e); err != nil {
		t.Fatal(err)
	}
	conformsTo(t, filepath.Join("..", "..", "schema", "examined.v1.json"), &out)
}

// TestExaminedUntold: what could not be asked is not told as refused, and answers that contradict each other are told so.
func TestExaminedUntold(t *testing.T) {
	e := Examined{Hello: Hello{Bytes: 100}, Versions: VersionRange{Floor: "TLS1.2", Ceiling: "TLS1.2", NotTold: []string{"TLS1.1: no-shared-suite"}},
		Certificates: []Shown{{"right", cause.NotAsked, "no-shared-suite"}}}
	if said := page(t, e); !strings.Contains(said, "verifies not told: no-shared-suite") || strings.Contains(said, "refuse") || !strings.Contains(said, "not told: TLS1.1 (no-shared-suite)") {
		t.Errorf("the page says\n%s", said)
	}
	e.Certificates = []Shown{{"right", cause.Refuses, "alert 48"}}
	if said := page(t, e); !strings.Contains(said, "refuses even the right certificate") {
		t.Errorf("the page says\n%s", said)
	}
	e.Certificates, e.Several = []Shown{{"right", cause.Takes, ""}, {"unknown-ca", cause.Differs, "x"}, {"expired", cause.Inconclusive, "lost"}}, true
	e.Findings = []Finding{{Title: "t", Sure: "likely", Against: []Proof{{Says: "several", At: "connection 7"}}}}
	said := page(t, e)
	for _, want := range []string{"differs unknown-ca", "not told expired (lost)", "several clients have the same hello", "against several (connection 7)"} {
		if !strings.Contains(said, want) {
			t.Errorf("the page does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "accepts") || strings.Contains(said, "man in the middle") {
		t.Errorf("the page says\n%s", said)
	}
}
