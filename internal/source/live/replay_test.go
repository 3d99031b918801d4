package live

import (
	"bytes"
	"encoding/json"
	"net"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A recorded case: what tells it, and by which experiment.
type scene struct {
	name, protocol string
	serve          func(net.Conn)
	variant        fact.Variant
}

func scenes(t *testing.T) []scene {
	ok := healthy(t)
	return []scene{
		{name: "healthy", protocol: "tls", serve: ok},
		{name: "mysql", protocol: "mysql", serve: afterPreamble(t, "mysql", ok)},
		{name: "postgres", protocol: "postgres", serve: afterPreamble(t, "postgres", ok)},
		{name: "mssql", protocol: "mssql", serve: wrapped(t)},
		{name: "TLS 1.2", protocol: "tls", serve: ok, variant: fact.Variant{Kind: fact.Version, Value: "TLS1.2"}},
		{name: "other name", protocol: "tls", serve: ok, variant: fact.Variant{Kind: fact.Name, Value: "other.test"}},
		{name: "proxy header", protocol: "tls", variant: fact.Variant{Kind: fact.Preamble, Value: "proxy-header"},
			serve: func(c net.Conn) {
				if _, err := preamble.ReadProxyHeader(t.Context(), c); err == nil {
					ok(c)
				}
			}},
		{name: "client certificate wanted", protocol: "tls", serve: mutual(t, wire.TLS13, 2, hold)},
		{name: "alert", protocol: "tls", serve: refusing},
		{name: "HTTP", protocol: "tls", serve: saying("HTTP/1.1 400 Bad Request\r\n\r\n", fin)},
		{name: "declined", protocol: "postgres", serve: saying("N", fin)},
		{name: "RST", protocol: "tls", serve: afterHello(rst)},
		{name: "silence", protocol: "tls", serve: hold, variant: fact.Variant{Kind: fact.Silence, Value: "50ms"}},
	}
}

// wrapped is a SQL Server's side with TLS of version 1.2 inside TDS packets.
func wrapped(t *testing.T) func(net.Conn) {
	return func(c net.Conn) {
		inner, _, err := preamble.ByID("mssql").Accept(t.Context(), c, preamble.Options{})
		if err != nil {
			t.Errorf("the peer's preamble: %v", err)
			return
		}
		s := engine(t, wire.TLS12, nil)
		for b := make([]byte, 1<<14); !s.Done(); {
			n, err := inner.Read(b)
			if err != nil {
				return
			}
			out, _ := s.Feed(b[:n])
			inner.Write(out)
		}
		hold(c)
	}
}

// recordScene makes the one connection of a scene.
func recordScene(t *testing.T, s scene) (plan, *fact.Handshake, Tape) {
	t.Helper()
	p := planFor(t, startPeer(t, "127.0.0.1", s.serve).addr, s.protocol)
	c := &fact.Case{Question: p.question}
	prober := New(p.question, p.Settings)
	prober.resolve(t.Context(), c)
	finish(t, func() { prober.AskAll(t.Context(), c, []fact.Variant{s.variant}) })
	return p, only(t, c), prober.Tapes()[0]
}

// asJSON is a value as it is saved.
func asJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestReplayEqualsLive: a recording, saved and read back, tells the same handshake, whenever it is read.
func TestReplayEqualsLive(t *testing.T) {
	for _, s := range scenes(t) {
		t.Run(s.name, func(t *testing.T) {
			p, live, tape := recordScene(t, s)
			var again Tape
			if err := json.Unmarshal(asJSON(t, tape), &again); err != nil {
				t.Fatal(err)
			}
			p.Now = func() time.Time { return time.Now().AddDate(5, 0, 0) } // the recording's own clock counts
			got, want := asJSON(t, Read(again, 1, p.Settings)), asJSON(t, live)
			if !bytes.Equal(got, want) {
				t.Errorf("replayed\n%s\nlive\n%s", got, want)
			}
			if again.Done != (live.Finished == fact.Yes) || len(live.Steps) == 0 {
				t.Errorf("done %v, %d steps", again.Done, len(live.Steps))
			}
		})
	}
}

// TestReplayOfASavedHandshake: a handshake that is saved and read back says the same.
func TestReplayOfASavedHandshake(t *testing.T) {
	_, live, _ := recordScene(t, scenes(t)[0])
	var again fact.Handshake
	if err := json.Unmarshal(asJSON(t, live), &again); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(asJSON(t, again), asJSON(t, live)) || again.Completed() != live.Completed() || again.Progress() != live.Progress() {
		t.Error("the saved handshake differs")
	}
}

// TestReadOfStrangeTapes: a file may hold anything.
func TestReadOfStrangeTapes(t *testing.T) {
	p := planFor(t, closedPort(t, "127.0.0.1"), "tls")
	for _, tape := range []Tape{
		{},
		{Protocol: "gopher"},
		{Protocol: "mssql", Variant: fact.Variant{Kind: fact.Preamble, Value: "proxy-header"}},
		{Protocol: "tls", End: fact.End{After: "tcp"}},
		{Protocol: "tls", Transcript: wire.Transcript{Chunks: []wire.Chunk{{From: 9, Data: []byte("x")}, {From: wire.ServerSide}}}},
		{Protocol: "mysql", Done: true, Transcript: wire.Transcript{Chunks: []wire.Chunk{{From: wire.ServerSide, At: -1, Data: []byte{0xff}}}}},
	} {
		if h := Read(tape, 1, p.Settings); h.Completed() {
			t.Errorf("%+v: completed", tape)
		}
	}
}

// FuzzRead tells recordings of any bytes, cut into chunks anywhere, without a panic and without inventing success.
func FuzzRead(f *testing.F) {
	id := self(f)
	hello := []byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00")
	f.Add("tls", hello, record(22, 2, 0, 0, 0), uint8(3))
	f.Add("tls", hello, record(22, append([]byte{11, 0, 0, byte(len(id.ca))}, id.ca...)...), uint8(50))
	f.Add("mysql", hello, []byte("\x0b\x00\x00\x00\xff\x69\x04#HY000no"), uint8(1))
	f.Add("postgres", []byte("\x00\x00\x00\x08\x04\xd2\x16\x2f"), []byte("S"), uint8(0))
	f.Add("mssql", []byte(tds(0x12, 1, 14, "\xff\x00\x00\x00\x00\x00")), []byte(tds(4, 1, 9, "\xff")), uint8(9))
	p := planFor(f, closedPort(f, "127.0.0.1"), "tls")
	f.Fuzz(func(t *testing.T, protocol string, client, server []byte, size uint8) {
		tape := Tape{Protocol: protocol, Verified: host, Transcript: wire.Transcript{Start: p.question.Now}}
		for at := 0; at < max(len(client), len(server)); at += int(size) + 1 {
			to := at + int(size) + 1
			for i, b := range [][]byte{client, server} {
				if at < len(b) {
					chunk := wire.Chunk{From: wire.ClientSide + wire.Side(i), At: time.Duration(at), Data: b[at:min(to, len(b))]}
					tape.Transcript.Chunks = append(tape.Transcript.Chunks, chunk)
				}
			}
		}
		h := Read(tape, 1, p.Settings)
		if h.Finished == fact.Yes || h.Completed() {
			t.Error("a recording without a finished handshake counts as completed")
		}
		asJSON(t, h)
	})
}
