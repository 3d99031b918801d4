package live

import (
	"io"
	"net"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestGatherTellsWhoHangsUpUnprovoked: our own words provoke a reset where a server closes on whoever comes; a client that is
// slower to speak sees the end of file, and one that is reset before it speaks has no connection at all.
func TestGatherTellsWhoHangsUpUnprovoked(t *testing.T) {
	for _, test := range []struct {
		name  string
		serve func(net.Conn)
		how   fact.How
	}{
		{"closes", func(c net.Conn) { c.Close() }, fact.EndClosed},
		{"resets", rst, fact.EndReset},
	} {
		p := planFor(t, startPeer(t, "127.0.0.1", test.serve).addr, "tls")
		s, _, prober := p.gather(t, shapesOf("modern", "go"))
		for id, h := range s.Hello {
			if h.End.How != test.how || test.how == fact.EndReset && h.End.After != "tcp" {
				t.Errorf("%s: %s ends with %s after %s", test.name, id, h.End.How, h.End.After)
			}
		}
		if len(s.Hello) != 2 || prober.Connections() > 3 {
			t.Errorf("%s: %d shapes in %d connections", test.name, len(s.Hello), prober.Connections())
		}
	}
}

// TestGatherHearsOneByte: a PostgreSQL server's S to a login is no message, and nothing more need be waited for.
func TestGatherHearsOneByte(t *testing.T) {
	p := planFor(t, startPeer(t, "127.0.0.1", func(c net.Conn) { io.WriteString(c, "S"); hold(c) }).addr, "postgres")
	s, _, _ := p.gather(t, shapesOf("modern"))
	if s.Plain == nil || s.Plain.End.How != fact.EndNotTLS || string(s.Plain.Said.First) != "S" {
		t.Errorf("%+v", s.Plain)
	}
}

// TestRefusalsOfTheAccount say nothing about the way one came.
func TestRefusalsOfTheAccount(t *testing.T) {
	for text, want := range map[string]bool{
		`28P01 FATAL: password authentication failed for user "tlswhy"`:                                                 true,
		`28000 FATAL: role "tlswhy" does not exist`:                                                                     true,
		`3D000 FATAL: database "postgres" does not exist`:                                                               true,
		`28000 FATAL: no pg_hba.conf entry for host "10.0.0.1", user "x", database "y", no encryption`:                  false,
		`28000 FATAL: kein pg_hba.conf-Eintrag für Host »10.0.0.1«, Benutzer »x«, Datenbank »y«, keine Verschlüsselung`: false,
		`28000 FATAL: connection requires a valid client certificate`:                                                   false,
		`53300 FATAL: sorry, too many clients already`:                                                                  false,
	} {
		if got := aboutAccount(fact.Said{ErrorState: text[:5], ErrorText: text[6:]}); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
