package live

import (
	"net"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
)

// TestAskTDS: what a server answers to a client without TLS, and in which protocol a mode begins.
func TestAskTDS(t *testing.T) {
	for _, test := range []struct {
		options preamble.Options
		want    fact.How
	}{
		{preamble.Options{}, fact.EndCompleted}, {preamble.Options{NoTLS: true}, fact.EndCompleted}, {preamble.Options{NeedTLS: true}, fact.EndDeclined},
		{preamble.Options{Encryption: "strict"}, fact.EndClosed},
	} {
		here, there := net.Pipe()
		go func() {
			preamble.ByID("mssql").Accept(t.Context(), there, test.options)
			there.Close()
		}()
		g := &gathering{Prober: New(fact.Question{}, Settings{Protocol: *preamble.ByID("mssql"), Timeout: time.Second})}
		if l := g.askTDS(t.Context(), here); l.End.How != test.want {
			t.Errorf("%+v: %+v", test.options, l.End)
		}
		here.Close()
	}
}

func TestBegins(t *testing.T) {
	for _, test := range []struct {
		protocol string
		use      client.TLSUse
		want     string
	}{
		{"mssql", client.TLSDirect, "mssql-strict"}, {"mssql", client.TLSRequire, ""}, {"mssql-strict", client.TLSRequire, "mssql"},
		{"mssql-strict", client.TLSDirect, "mssql-strict-direct"}, {"postgres", client.TLSDirect, "postgres-direct"}, {"postgres", client.TLSPrefer, ""},
	} {
		g := &gathering{Prober: &Prober{Settings: Settings{Protocol: *preamble.ByID(test.protocol)}}}
		if got := g.begins(client.Behaviour{TLS: test.use}); got != test.want {
			t.Errorf("%s, TLS %d: %q, want %q", test.protocol, test.use, got, test.want)
		}
	}
}
