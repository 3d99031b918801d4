package preamble

import (
	"bytes"
	"testing"

	"github.com/tlswhy/tlswhy/internal/wire"
)

// checkParse holds what every Parse owes for any input: spans in order and in bounds, little kept, and a recording
// that ends earlier is no crash.
func checkParse(t *testing.T, p Protocol, client, server []byte) {
	told, spans, err := p.Parse(client, server)
	checkInBounds(t, spans.Client, len(client))
	checkInBounds(t, spans.Server, len(server))
	for _, m := range spans.Marks {
		most := len(client)
		if m.From == wire.ServerSide {
			most = len(server)
		}
		if m.End < 0 || m.End > most || m.From == wire.Nobody || m.Name == "" {
			t.Errorf("mark %+v of %d bytes", m, most)
		}
	}
	if len(told.First) > firstBytes || len(told.ErrorText) > 2*(len(client)+len(server))+100 {
		t.Errorf("too much kept: %+v", told)
	}
	_, again, errAgain := p.Parse(client, server)
	if len(again.Client) != len(spans.Client) || (err == nil) != (errAgain == nil) {
		t.Error("the same bytes read in two ways")
	}
	p.Parse(client[:len(client)/2], server[:len(server)/2])
}

func checkInBounds(t *testing.T, spans []Span, size int) {
	at := 0
	for _, s := range spans {
		if s.From < at || s.To <= s.From || s.To > size {
			t.Errorf("span %v after %d of %d bytes", s, at, size)
		}
		at = s.To
	}
}

// fuzzParse runs one protocol's Parse; the seeds stand in testdata/fuzz.
func fuzzParse(f *testing.F, p Protocol) {
	f.Fuzz(func(t *testing.T, client, server []byte) { checkParse(t, p, client, server) })
}

func FuzzMySQL(f *testing.F)    { fuzzParse(f, mysql()) }
func FuzzPostgres(f *testing.F) { fuzzParse(f, postgres()) }
func FuzzTDS(f *testing.F)      { fuzzParse(f, mssql()) }

// FuzzRecorded reads any two streams as each of the protocols that are only read, and as what Guess takes them for.
func FuzzRecorded(f *testing.F) {
	f.Fuzz(func(t *testing.T, client, server []byte) {
		for _, p := range Recorded() {
			checkParse(t, p, client, server)
		}
		if p := Guess(client, server, 443); p != nil {
			checkParse(t, *p, client, server)
		}
	})
}

func FuzzDirect(f *testing.F) { fuzzParse(f, WithProxyHeader(https())) }

// FuzzRead reads any two streams as every protocol.
func FuzzRead(f *testing.F) {
	f.Fuzz(func(t *testing.T, client, server []byte) {
		tr := &wire.Transcript{Chunks: []wire.Chunk{{From: wire.ServerSide, Data: server}, {From: wire.ClientSide, At: 1, Data: client}}}
		for _, p := range append(All(), Recorded()...) {
			h := Read(&p, tr)
			if len(h.Steps) > len(client)+len(server)+8 {
				t.Errorf("%s: %d steps of %d bytes", p.ID, len(h.Steps), len(client)+len(server))
			}
			if h.End.After == "" {
				t.Errorf("%s: End says not after what", p.ID)
			}
		}
	})
}

// FuzzFirstBytes: what else reads bytes of strangers.
func FuzzFirstBytes(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		if speaks, upgrades := Sniff(b); speaks == "" && upgrades {
			t.Error("nothing known can be upgraded")
		}
		if list, err := readBrowserAnswer(b); err == nil && (len(list) == 0 || len(list) > maxInstances) {
			t.Errorf("%d instances", len(list))
		}
		if size, source := cutProxyHeader(b); size > len(b) || size == 0 && source.IsValid() {
			t.Errorf("header of %d bytes from %v", size, source)
		}
		if p, err := readPrelogin(b); err == nil {
			if again, err := readPrelogin(p.bytes()); err != nil || !bytes.Equal(again.get(optVersion), p.get(optVersion)) {
				t.Errorf("%v becomes %v, %v", p, again, err)
			}
		}
		readPGError(b)
		readTDSError(b)
	})
}
