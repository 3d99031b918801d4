package capture

import (
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A telling is a handshake as it is being told from a talk's frames.
type telling struct {
	t         *textTalk
	h         *fact.Handshake
	changed   [3]bool // ChangeCipherSpec was sent, by side
	done      [3]bool // Finished was sent
	data      [3]int  // records of application data
	last      string  // as fact.End.After names it
	lastAt    time.Duration
	spoken    bool // something of TLS or a preamble was said
	marked    bool // the tool says TLS 1.3
	preLogins int
}

// handshake tells a talk as evidence; ok is false when it has nothing to do with TLS.
func (t *textTalk) handshake(name string, index int) (fact.Handshake, bool) {
	first, last := t.frames[0], t.frames[len(t.frames)-1]
	wall, _ := t.start()
	ref := fact.Ref{Kind: "capture", At: frameName(name, first), Name: name}
	h := &fact.Handshake{Ref: ref, Path: t.ends(), Protocol: t.protocol(), Seen: fact.Seen{Count: 1, First: wall, Last: wall, Refs: []fact.Ref{ref}}}
	h.Passive = &fact.Passive{File: name, Index: index, Start: wall, First: first.number, Last: last.number, SYN: fact.Is(t.syn)}
	x := &telling{t: t, h: h, last: "preamble"}
	for _, f := range t.frames {
		x.frame(f)
	}
	if !x.spoken {
		return fact.Handshake{}, false
	}
	x.finish()
	h.Took = t.at(last)
	x.describe()
	return *h, true
}

// frame takes one frame: what it says, then how it closes.
func (x *telling) frame(f *textFrame) {
	from, at := x.t.sideOf(f), x.t.at(f)
	p := x.h.Passive
	x.marked = x.marked || f.modern
	if f.repeated {
		p.Retransmits++
	}
	if from == wire.ServerSide && f.ttl != 0 && f.flags&flagRST == 0 {
		p.ServerTTL = f.ttl
	}
	if !f.repeated {
		for _, m := range f.messages {
			x.message(f, m, from, at)
		}
	}
	for _, c := range []struct {
		flag uint8
		how  fact.How
	}{{flagFIN, fact.EndClosed}, {flagRST, fact.EndReset}} {
		if f.flags&c.flag == 0 || slices.ContainsFunc(p.Closes, func(o fact.Close) bool { return o.By == from && o.How == c.how }) {
			continue
		}
		p.Closes = append(p.Closes, fact.Close{By: from, How: c.how, Packet: f.number, At: at, TTL: f.ttl})
		if c.flag == flagRST {
			p.ResetTTL = f.ttl
		}
	}
}

// shortestFinished is the length of a TLS 1.3 record with a Finished of SHA-256: header, hash, type and tag (RFC 8446 §4.4.4,
// §5.2). What is shorter where a Finished is due is an alert.
const shortestFinished = 4 + 32 + 1 + 16

// message takes one message of a frame.
func (x *telling) message(f *textFrame, m textMessage, from wire.Side, at time.Duration) {
	if m.name == "PRELOGIN" || m.name == "TDS Response" {
		m.name = x.preLogin(m.name, from)
	}
	if x.modern() && m.name == "application data" && m.length > 0 && m.length < shortestFinished && !x.done[from] {
		m.name = "encrypted alert"
	}
	x.spoken = x.spoken || !strings.HasPrefix(m.name, "TDS ")
	x.lastAt = at
	x.keep(m, from)
	if m.alert != nil {
		x.h.Alerts = append(x.h.Alerts, fact.Alert{From: from, Level: m.alert.Level, Code: m.alert.Code, After: x.last})
	}
	if name := x.rung(m, from); name != "" {
		x.last = name
	}
	x.step(fact.Step{From: from, At: at, Packet: f.number, Name: m.name, Note: m.note})
}

// preLogin counts the two PRELOGINs: the server's is printed as a Response like any other.
func (x *telling) preLogin(name string, from wire.Side) string {
	if name == "PRELOGIN" && from == wire.ClientSide {
		x.preLogins = 1
	}
	if from == wire.ServerSide && x.preLogins == 1 {
		x.preLogins = 2
		return "PRELOGIN"
	}
	return name
}

// step appends a step; application data without end is one.
func (x *telling) step(s fact.Step) {
	n := len(x.h.Steps)
	if n > 0 && s.Name == "application data" && x.h.Steps[n-1].Name == s.Name && x.h.Steps[n-1].From == s.From || n == maxTextSteps {
		return
	}
	x.h.Steps = append(x.h.Steps, s)
}

// keep takes over what a message tells in detail. The first of a kind stays.
func (x *telling) keep(m textMessage, from wire.Side) {
	switch {
	case m.client != nil && (x.h.Client == nil || x.h.Retry != nil && x.h.Server == nil):
		x.h.Client = m.client
		x.h.Passive.JA3 = m.ja3
		if !m.partial {
			x.h.Passive.JA4 = JA4(m.client)
			x.h.Passive.Likely = Likely(m.client)
		}
	case m.server != nil && m.server.Retry:
		x.h.Retry = m.server
	case m.server != nil && x.h.Server == nil:
		x.h.Server, x.h.ALPN = m.server, m.server.ALPN
	case m.key != nil && x.h.Key == nil:
		x.h.Key = m.key
	case m.name == "CertificateRequest" && x.h.Request == nil:
		x.h.Request = &wire.CertificateRequest{}
	}
	switch m.name {
	case "ChangeCipherSpec":
		x.changed[from] = true
	case "application data":
		x.data[from]++
	}
}

// modern reports TLS 1.3, by the ServerHello where it was told, else by the tool's word.
func (x *telling) modern() bool {
	if x.h.Server != nil {
		return x.h.Server.Version >= wire.TLS13
	}
	return x.h.Retry != nil || x.marked
}

// rung is the name by which End.After knows a message, "" when it does not count as progress; the same rules as for
// bytes. In TLS 1.3 a Finished is application data to an onlooker.
func (x *telling) rung(m textMessage, from wire.Side) string {
	finishes := m.name == "Finished" || m.name == "encrypted handshake" && x.changed[from] ||
		x.modern() && m.name == "application data" && (from == wire.ServerSide || x.data[wire.ServerSide] > 0)
	if finishes && !x.done[from] {
		x.done[from] = true
		return from.String() + " Finished"
	}
	switch m.name {
	case "ClientHello":
		if !x.done[wire.ClientSide] {
			return m.name
		}
	case "ServerHello", "HelloRetryRequest", "Certificate", "CompressedCertificate", "ServerKeyExchange", "CertificateRequest", "ServerHelloDone", "CertificateStatus",
		"EncryptedExtensions", "CertificateVerify":
		if from == wire.ServerSide {
			return m.name
		}
	}
	return ""
}

// finish settles whether the handshake was finished and how the connection ended.
func (x *telling) finish() {
	h := x.h
	h.End.After = x.last
	h.Passive.Resumed = resumed(h)
	done := x.done[wire.ClientSide] && x.done[wire.ServerSide]
	switch {
	case done && !(x.modern() && x.data[wire.ClientSide] < 2 && x.refusedLate()):
		h.Finished = fact.Yes
	case !done && x.data[wire.ClientSide] > 0 && x.data[wire.ServerSide] > 0:
		h.Finished = fact.Yes // both sides went on: the trace leaves frames out
	}
	for _, a := range h.Alerts {
		if a.Level == 2 {
			h.End = fact.End{By: a.From, How: fact.EndAlert, After: a.After, Alert: a.Code}
			if h.Finished != fact.Yes {
				h.Finished = fact.No
			}
			return
		}
	}
	x.close()
}

// refusedLate reports that the server closed on what may have been the client's Finished, or its refusal.
func (x *telling) refusedLate() bool {
	closes := x.h.Passive.Closes
	return len(closes) > 0 && closes[0].By == wire.ServerSide
}

// close tells who ended the connection.
func (x *telling) close() {
	h := x.h
	var first *fact.Close
	for i := range h.Passive.Closes {
		if c := &h.Passive.Closes[i]; first == nil || first.At < x.lastAt && c.At >= x.lastAt {
			first = c
		}
	}
	switch {
	case h.Finished == fact.Yes:
		h.End.How = fact.EndCompleted
		if first != nil {
			h.End.By = h.Passive.Closes[0].By
		}
	case first != nil:
		h.Finished = fact.No
		h.End.By, h.End.How, h.End.Silent = first.By, first.How, max(0, first.At-x.lastAt)
	default:
		h.Passive.Cut = "capture ends"
	}
}

// describe adds what only whole messages tell.
func (x *telling) describe() {
	h := x.h
	h.Passive.Progress = Progress(h)
	if h.Protocol == "mssql" && x.preLogins > 0 {
		h.Said = &fact.Said{Product: "SQL Server", Wrapped: true, Encryption: x.wishes()}
		if x.preLogins == 2 && h.End.After != "preamble" {
			h.Said.TLS = fact.Yes
		}
	}
}

// wishes are the ENCRYPTION values of the PRELOGINs that were printed expanded: "ON → REQ".
func (x *telling) wishes() string {
	var list []string
	for _, s := range x.h.Steps {
		if s.Name == "PRELOGIN" && strings.HasPrefix(s.Note, "ENCRYPT_") {
			list = append(list, strings.TrimPrefix(s.Note, "ENCRYPT_"))
		}
	}
	if len(list) != 2 {
		return ""
	}
	return strings.Join(list, " → ")
}
