package lab

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// What comes after a good hello in place of the client's answer: each ends the connection before much of it is read, with the
// fault named, and the next client is served as ever.
func TestExamineHostileFlights(t *testing.T) {
	record := func(kind byte, body []byte) []byte {
		return append([]byte{kind, 3, 3, byte(len(body) >> 8), byte(len(body))}, body...)
	}
	for name, c := range map[string]struct {
		flight  []byte
		reasons []string
	}{
		"a message of 16 MiB":    {record(22, append([]byte{16, 0xff, 0xff, 0xff}, make([]byte, 8<<10)...)), []string{wire.ReasonTooLarge}},
		"a record over 16 KiB":   {[]byte{22, 3, 3, 0xff, 0xff}, []string{wire.ReasonTooLarge, wire.ReasonOverLimit}},
		"an empty value":         {record(22, []byte{16, 0, 0, 2, 0, 0}), []string{wire.ReasonBadKeyShare, wire.ReasonDecode}},
		"a value cut short":      {record(22, []byte{16, 0, 0, 3, 1, 0, 7}), []string{wire.ReasonDecode}},
		"a value above p":        {record(22, append([]byte{16, 0, 4, 2, 4, 0}, bytes.Repeat([]byte{0xff}, 1024)...)), []string{wire.ReasonBadKeyShare, wire.ReasonDecode}},
		"a second hello":         {record(22, []byte{1, 0, 0, 0}), []string{wire.ReasonUnexpected, wire.ReasonDecode}},
		"Finished without keys":  {record(22, append([]byte{20, 0, 0, 12}, make([]byte, 12)...)), []string{wire.ReasonUnexpected}},
		"warnings without end":   {bytes.Repeat(record(21, []byte{1, 90}), 20_000), []string{wire.ReasonEndless}},
		"empty records, endless": {bytes.Repeat(record(22, nil), 20_000), []string{wire.ReasonEndless, wire.ReasonDecode, wire.ReasonUnexpected}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := examine(t, "https")
			tcp, client := greet(t, x)
			go tcp.Write(c.flight) // all of it may never be read
			io.Copy(io.Discard, tcp)
			tcp.Close()
			_, h := shownRule(answers(t, x, 1))
			named := false
			for _, reason := range c.reasons {
				named = named || h.End.Reason == reason
			}
			if h.End.How != fact.EndLocal || h.End.By != wire.ServerSide || !named || h.Finished == fact.Yes {
				t.Errorf("%+v, want one of %v", h.End, c.reasons)
			}
			err := connect(t, x, client)
			for range 2 { // the next question may be a group of 127 values: 1 is among them, which nobody takes
				if err != nil {
					err = connect(t, x, client)
				}
			}
			if err != nil {
				t.Errorf("the next connection: %v", err)
			}
		})
	}
}

// greet sends a hello and waits for the server's first bytes.
func greet(t *testing.T, x *Examination) (net.Conn, wire.ClientConfig) {
	t.Helper()
	config := ownClient(wire.TLS12)
	c, err := wire.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	tcp, err := net.Dial("tcp", x.Address())
	if err != nil {
		t.Fatal(err)
	}
	tcp.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := tcp.Write(c.Start()); err != nil {
		t.Fatal(err)
	}
	if _, err := tcp.Read(make([]byte, 16<<10)); err != nil {
		t.Fatal(err)
	}
	return tcp, config
}

// Clients that say nothing, or stop in the middle, keep nobody else out, and are not taken for clients that left when it is the
// examination that ends.
func TestExamineSilentClients(t *testing.T) {
	x := examine(t, "https")
	for range maxGuests / 2 {
		c, err := net.Dial("tcp", x.Address())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	stopped, config := greet(t, x)
	defer stopped.Close()
	if err := connect(t, x, config); err != nil {
		t.Fatal(err)
	}
	answers(t, x, 1)
	x.Close()
	list := x.Clients()
	if len(list) != 1 || len(list[0].Case.Handshakes) != 1 || list[0].Made != 1 {
		t.Errorf("%d clients: %+v", len(list), list)
	}
}

// A client that changes its hello with each connection is as many clients, up to the limit.
func TestExamineFloodOfHellos(t *testing.T) {
	x := examine(t, "https")
	for i := range maxClients + 3 {
		config := ownClient(wire.TLS12)
		config.Hello.Suites = append([]uint16{uint16(0x5600 + i)}, names.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256)
		config.Refuse = func(step string, _ *wire.Flight) *wire.Refusal { // no more work than the flood is worth
			return &wire.Refusal{Alert: wire.AlertInternalError, Reason: wire.ReasonRefused}
		}
		connect(t, x, config)
	}
	if n, kept := x.Refused(), len(x.Clients()); n != 3 || kept != maxClients {
		t.Errorf("%d turned away, %d kept", n, kept)
	}
}
