package client

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// server is the address that the client reached, for the texts that print it beside the name; the name itself where no
// connection tells the address.
func (f Failure) server() string {
	for e := &f; e != nil; e = e.First {
		if e.Handshake != nil && len(e.Handshake.Path) > 0 {
			return e.Handshake.Path[len(e.Handshake.Path)-1].Addr().String()
		}
	}
	return f.Host
}

// port is Port in decimal.
func (f Failure) port() string { return strconv.Itoa(int(f.Port)) }

// first are the bytes that came where the protocol's own words were due.
func (f Failure) first() []byte {
	if f.Said == nil {
		return nil
	}
	return f.Said.First
}

// serverError is the server's own error, when it answered with one: its number, SQLSTATE and text.
func (f Failure) serverError() (code int, state, text string, ok bool) {
	if f.How != fact.EndError || f.Said == nil {
		return 0, "", "", false
	}
	return f.Said.ErrorCode, f.Said.ErrorState, f.Said.ErrorText, true
}

// postgresError is PostgreSQL's own error without its severity, which every client writes in its own way. The state is empty where
// what came was an error of the protocol before 7.4, which had none.
func (f Failure) postgresError() (state, text string, ok bool) {
	_, state, text, ok = f.serverError()
	if state == "" && text != "" && !strings.HasPrefix(text, "FATAL:  ") {
		state = "28000" // invalid_authorization_specification: all that a server says of TLS (src/backend/libpq/auth.c)
	}
	return state, strings.TrimPrefix(text, "FATAL: "), ok
}

// plainly marks an attempt without TLS as such: what PostgreSQL's clients say of an answer to their StartupMessage is not what they say
// of one to SSLRequest.
func (f Failure) plainly() Failure {
	if f.Step == StepPreamble && f.Handshake == nil {
		f.Step = StepPlain
	}
	if f.First != nil {
		first := f.First.plainly()
		f.First = &first
	}
	return f
}

// leaf is the server's certificate, nil where none came.
func (f Failure) leaf() *fact.Certificate {
	if f.Handshake == nil {
		return nil
	}
	return f.Handshake.Chain.Leaf()
}

// certified are the names that the server's certificate lists; without any of them its common name.
func (f Failure) certified() []string {
	leaf := f.leaf()
	switch {
	case leaf == nil:
		return nil
	case len(leaf.DNSNames)+len(leaf.IPs) == 0 && leaf.CommonName != "":
		return []string{leaf.CommonName}
	}
	return slices.Concat(leaf.DNSNames, leaf.IPs)
}

// withinTLS: the failure happened once TLS had begun, the hello being out.
func (f Failure) withinTLS() bool {
	switch f.Step {
	case StepHello, StepServerHello, StepCertificate, StepKeyExchange, StepFinished:
		return true
	}
	return f.Step == StepDone && f.How == fact.EndAlert
}

// withoutCA refuses for want of a CA file once the server has agreed to TLS, as clients do that read the file only then.
func withoutCA(step string, h *fact.Handshake) string {
	if step == StepPreamble && h != nil && h.Said != nil && h.Said.TLS == fact.Yes {
		return reasonNoCA
	}
	return ""
}

// Reasons of Behaviour.Refuse that clients of databases have.
const (
	reasonNoCA    = "ca-file-missing"       // verification is asked for and there is no CA file
	reasonOptions = "options-contradict"    // two options exclude each other
	reasonNoALPN  = "alpn-not-negotiated"   // TLS stands without the protocol agreed on
	reasonNoTLS   = "channel-binding-plain" // channel binding is demanded of a connection without TLS
)
