package preamble

import (
	"errors"
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// maxChain bounds the certificates kept of one handshake.
const maxChain = 100

// Read tells what a recorded connection of protocol p says: the one decoder for our own probes and for captures.
// Certificates hold their DER alone; trust.Parse fills in the rest. End holds what the bytes say; how the socket
// ended, the caller knows and adds where End.How is still empty. Finished is Yes or Unknown; the caller says No
// when the connection ended before. The Handshake shares memory with t.
func Read(p *Protocol, t *wire.Transcript) fact.Handshake {
	client, server := t.Stream(wire.ClientSide), t.Stream(wire.ServerSide)
	told, spans, err := parseBehindHeader(p.Parse, client, server)
	flight := wire.Decode(onlyTLS(t, spans))
	h := fact.Handshake{Protocol: p.ID}
	fillFlight(&h, flight)
	if n := flight.NotTLS; n != nil && n.From == wire.ServerSide {
		h.NotTLS = n.Data
		if told.Speaks == "" {
			noteOther(&told, n.Data)
		}
	}
	if told.TLS != fact.Unknown || told.Product != "" || told.First != nil || told.ErrorText != "" {
		h.Said = &told
	}
	h.Steps = steps(t, spans.Marks, flight.Messages)
	readAlerts(&h, flight)
	h.End = end(&h, flight, err, len(client)+len(server))
	if n := len(t.Chunks); n > 0 {
		h.Took = t.Chunks[n-1].At
	}
	return h
}

// fillFlight takes over what the TLS part says.
func fillFlight(h *fact.Handshake, f *wire.Flight) {
	h.Client, h.Retry, h.Server = f.Client, f.Retry, f.Server
	h.Key, h.Request, h.ALPN, h.OCSP, h.Ticket = f.KeyExchange, f.Request, f.ALPN, f.OCSP, f.Ticket
	if f.KeyExchange != nil && f.KeyExchange.Kind == "DHE" {
		h.Public = f.ClientYc
	}
	if f.Certificates != nil {
		h.Chain = chain(f.Certificates.Chain)
	}
	if f.Finished[wire.ClientSide] && f.Finished[wire.ServerSide] {
		h.Finished = fact.Yes
	}
}

// chain keeps the certificates as sent.
func chain(der [][]byte) *fact.Chain {
	c := &fact.Chain{}
	for i, d := range der {
		if i == maxChain {
			c.Cut = fmt.Sprintf("%d certificates kept of %d", maxChain, len(der))
			break
		}
		c.Certificates = append(c.Certificates, fact.Certificate{DER: d})
	}
	return c
}

// rung is the name by which End.After and Alert.After know a message; "" when it does not count as progress. Of a
// client's messages only its hello and its Finished do: what lies between travels with the latter.
func rung(m wire.Message, f *wire.Flight, finished *[3]bool) string {
	if m.Record != wire.RecordHandshake && m.Name != "encrypted handshake" {
		return ""
	}
	switch {
	case m.Name == "Finished", m.Name == "encrypted handshake" && f.Finished[m.From] && !finished[m.From]:
		finished[m.From] = true
		return m.From.String() + " Finished"
	case m.Name == "ClientHello" && finished[wire.ClientSide]:
		return "" // a renegotiation
	case m.Name == "ClientHello":
		return m.Name
	case m.From == wire.ServerSide && m.Name != "NewSessionTicket" && m.Name != "HelloRequest" && m.Name != "encrypted handshake":
		return m.Name
	}
	return ""
}

// readAlerts lists the alerts that could be read, each with the message before it, and finds the last message
// of all.
func readAlerts(h *fact.Handshake, f *wire.Flight) {
	var finished [3]bool
	last := "preamble"
	for _, m := range f.Messages {
		if m.Alert != nil {
			h.Alerts = append(h.Alerts, fact.Alert{From: m.From, Level: m.Alert.Level, Code: m.Alert.Code, After: last})
		}
		if name := rung(m, f, &finished); name != "" {
			last = name
		}
	}
	h.End.After = last
}

// end tells what the bytes say about the connection's end: a fatal alert, words that are no TLS, a refusal of the
// preamble. Otherwise it holds the last message only.
func end(h *fact.Handshake, f *wire.Flight, err error, size int) fact.End {
	e := h.End
	for _, a := range h.Alerts {
		if a.Level == 2 {
			return fact.End{By: a.From, How: fact.EndAlert, After: a.After, Alert: a.Code}
		}
	}
	switch {
	case f.NotTLS != nil:
		e.By, e.How = f.NotTLS.From, fact.EndNotTLS
	case errors.Is(err, ErrDeclined):
		e.By, e.How = wire.ServerSide, fact.EndDeclined
	case errors.Is(err, ErrReply):
		e.By, e.How = wire.ServerSide, fact.EndError
	case errors.Is(err, ErrNoTLS):
		e.By, e.How, e.Reason = wire.ClientSide, fact.EndLocal, "no-tls"
	case errors.Is(err, ErrOther) && len(f.Messages) == 0:
		e.By, e.How = wire.ServerSide, fact.EndNotTLS
	case size == 0:
		e.After = "tcp"
	case len(f.Errors) > 0:
		e.Detail = f.Errors[0]
	}
	return e
}
