package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var dheLeadingZero = Cause{
	ID: "TW4002", Slug: "dhe-leading-zero", Since: "0.1",
	Phase: KeyExchange, Level: Breaks,
	Title: "one side {may} the secret of {suite} wrongly when it starts with zeros{rate}",
	Plain: "one side computes the secret of a TLS_DHE suite wrongly when it starts with zeros: about 1 in 256 connections fails",
	Why: "With a TLS_DHE suite both sides compute a large number and make their keys of it. About once in 256 times that number begins with zeros, and the standard says " +
		"that they are left out. Windows versions that were never patched for this handle them otherwise: the keys then differ, and the connection breaks right " +
		"after the client's last message, on Windows with error 10054. The next try works again, because the number is another one.",
	Check: "tlswhy diagnose TARGET --deep proves or excludes it in at most eight connections; Get-TlsCipherSuite -Name TLS_DHE on both machines; Windows Server 2016 needs build 14393.3542 or later, 2012 R2 and older were never repaired; " +
		"Schannel event 36888 on the server at the time of a failure",
	Cites: []string{
		"Microsoft KB4557473 (fixed by KB4537806, KB4540670)", "RFC 5246 §8.1.2 (leading zeros are stripped)", "RFC 8446 §7.4.1 (they are kept)",
		"CVE-2020-1968 (Raccoon: the stripping leaks)",
	},
	Signs: []Sign{
		{Of: fact.EOFInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 3},
		{Of: fact.ResetInHandshake, In: []fact.Context{fact.ByClient, fact.MSSQL}, Weight: 5},
		{Of: fact.ForciblyClosed, Weight: 7},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InLogin}, Weight: 8},
		{Of: fact.ForciblyClosed, In: []fact.Context{fact.MSSQL, fact.InPrelogin}, Weight: 7},
		{Of: fact.ForciblyClosed, In: []fact.Context{"odbc-unix"}, Weight: 3},
		{Of: fact.ForciblyClosed, In: []fact.Context{"native-client"}, Weight: 4},
		{Of: fact.BadRecordMAC, Weight: 6},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.BadRecordMAC, In: []fact.Context{fact.MSSQL}, Weight: 8},
		{Of: fact.BadFinished, Weight: 5},
		{Of: fact.PeerAlert(20), Weight: 6},
		{Of: fact.PeerAlert(51), Weight: 4},
		{Of: fact.OwnAlert(51), Weight: 4},
		{Of: fact.OwnAlert(20), Weight: 8},
	},
	Hides: []string{"keys-disagree", "closed-after-hello"},
	Advice: []change.Change{
		change.New(change.UpgradeClient, change.Client, "why", "Windows without KB4537806 or later computes DHE keys wrongly; both sides must be patched"),
		change.New(change.DropDHE, change.Server),
	},
	Match:   leadingZeros,
	Written: writtenZeros,
	Crowd:   crowdLeadingZero,
}

// leadingZeros is what experiments measured, in place of what mere handshakes hint at.
func leadingZeros(c *fact.Case) []Match {
	views := viewsDHE(c)
	var list []Match
	known := len(views) > 0
	for _, v := range views {
		list, known = append(list, measuredZeros(c, v)...), known && v.Is != Inconclusive
	}
	if known || len(list) > 0 {
		return list
	}
	return matchLeadingZero(c)
}

func matchLeadingZero(c *fact.Case) []Match {
	h := c.Base()
	switch {
	case h == nil:
		return examinedLeadingZero(c)
	case h.Server == nil && suiteNotPrinted(h):
		return []Match{unknownSuite(c, h)}
	case h.Server == nil:
		return nil
	case h.Passive != nil && dheBroke(h):
		return []Match{brokenOnce(c, h)}
	case suspectZeros(c, h):
		return []Match{repeatedZeros(c, h)}
	case paddedGenerator(h.Key):
		return []Match{latentDHE(c, h)}
	}
	return nil
}

// latentDHE is the warning about a server that writes its numbers as Schannel does.
func latentDHE(c *fact.Case, h *fact.Handshake) Match {
	says := "the server sends the generator " + h.Key.G.String() + " in " + itoa(h.Key.GLen) + " bytes, as long as the prime: Schannel does so"
	m := located(c, h, Match{Sure: Possible, Level: Weak, Proof: []Proof{{Ref: h.Ref, Says: says}}},
		"suite", names.SuiteName(h.Server.Suite), "may", "may compute", "rate", ": about 1 in 256 handshakes would fail")
	m.Against = []Proof{{Ref: h.Ref, Says: "this is a warning: the server looks like Windows, and neither side was measured; tlswhy diagnose --deep does that"}}
	m.Changes = dropDHE()
	return m
}

// brokenOnce is one watched handshake that ended as the fault makes it end.
func brokenOnce(c *fact.Case, h *fact.Handshake) Match {
	proof := []Proof{
		{Ref: stepRef(h, "ServerHello"), Says: "the server chooses " + names.SuiteName(h.Server.Suite) + hexSuite(h.Server.Suite)},
		{Ref: endRef(h), Says: ending(h) + ", and no client certificate was asked for"},
	}
	m := located(c, h, Match{Sure: Likely, Proof: proof}, "suite", names.SuiteName(h.Server.Suite), "may", "seems to compute", "rate", "")
	m.Against = []Proof{{Ref: h.Ref, Says: "one trace cannot prove it: that takes about " + itoa(oftenEnough) + " handshakes to see, or tlswhy diagnose --deep, which measures the server"}}
	m.Changes = dropDHE()
	return m
}

// suiteNotPrinted: a trace in text form shows that the server sent ephemeral parameters, and that it ended the
// connection right after the client's Finished, but not which suite it chose.
func suiteNotPrinted(h *fact.Handshake) bool {
	return h.Passive != nil && h.Told() == fact.No && h.Request == nil && h.End.After == "client Finished" && cut(h) &&
		stepRef(h, "ServerKeyExchange") != h.Ref
}

func unknownSuite(c *fact.Case, h *fact.Handshake) Match {
	m := located(c, h, Match{Sure: Possible, Proof: []Proof{
		{Ref: stepRef(h, "ServerKeyExchange"), Says: "the server sends key-exchange parameters: the suite is a DHE or an ECDHE one"},
		{Ref: endRef(h), Says: ending(h) + ", and no client certificate was asked for"},
	}}, "suite", "a suite that the trace does not print", "may", "may compute", "rate", "")
	m.Against = []Proof{{Ref: h.Ref, Says: "it needs a TLS_DHE suite: print the frame of the Server Hello expanded, its TLSCipherSuite line decides"}}
	m.Changes = dropDHE()
	return m
}

func dropDHE() []change.Change {
	return []change.Change{
		change.New(change.UpgradeClient, change.Client, "why", "Windows without KB4537806 or later computes DHE keys wrongly; both sides must be patched"),
		change.New(change.DropDHE, change.Server),
	}
}

// dheBroke: a TLS_DHE handshake of TLS 1.2 or older that the server ended right after the client's Finished, without a
// reason or with one that says that the keys differ. A server that had asked for a certificate may mean that instead.
func dheBroke(h *fact.Handshake) bool {
	return dhe(h) && h.Told() == fact.No && h.Request == nil && h.End.After == "client Finished" && !shortPublic(h) &&
		(cut(h) || alerted(h, wire.AlertBadRecordMAC, wire.AlertDecryptError, 21))
}

// dhe reports an ephemeral Diffie-Hellman suite before TLS 1.3.
func dhe(h *fact.Handshake) bool {
	if h.Server == nil || h.Server.Version >= wire.TLS13 {
		return false
	}
	s, ok := names.SuiteByID(h.Server.Suite)
	return ok && s.Kex == "DHE"
}

// paddedGenerator reports a generator that is a small number written at the length of the prime. Groups whose
// generator is large by nature (RFC 5114) are no sign.
func paddedGenerator(k *wire.ServerKeyExchange) bool {
	return k != nil && k.Kind == "DHE" && k.G != nil && k.PLen > 1 && k.GLen == k.PLen && k.G.BitLen() <= 8
}

// A tally counts the watched handshakes of a server whose end can be told.
type tally struct{ broke, all int }

// enough is from how many DHE handshakes on a rate says more than a single failure.
const enough = 20

// crowdLeadingZero holds the failures of DHE against those of the other suites of the same server, and against the
// 1 in 256 that the fault makes (Fisher's exact test, binomial test).
func crowdLeadingZero(c *fact.Case) []Match {
	var with, without tally
	var first *fact.Handshake
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if h.Server == nil || h.Told() == fact.Unknown {
			continue
		}
		n := max(h.Seen.Count, 1)
		t := &without
		if dhe(h) {
			t = &with
		}
		t.all += n
		if dheBroke(h) || !dhe(h) && keysFailed(h) {
			t.broke += n
			if first == nil && dhe(h) {
				first = h
			}
		}
	}
	if first == nil || with.all < enough || atLeast(with.broke, with.all, 2*leadingZero) < 1e-4 {
		return nil // none, too few for a rate, or far too many for this fault
	}
	return []Match{manyBroken(c, first, with, without)}
}

func manyBroken(c *fact.Case, h *fact.Handshake, with, without tally) Match {
	m := brokenOnce(c, h)
	m.Count = with.broke
	p := fisher(with.broke, with.all, without.broke, without.all)
	m.Proof = append(m.Proof,
		Proof{Ref: h.Ref, Says: itoa(with.broke) + " of " + itoa(with.all) + " TLS_DHE handshakes break there (" + percentOf(with.broke, with.all) + "; 1 in 256 is 0.39 %)"},
		Proof{Ref: h.Ref, Says: itoa(without.broke) + " of " + itoa(without.all) + " handshakes with other suites do; by chance: " + chance(p)})
	m.Args["rate"] = ": " + itoa(with.broke) + " of " + itoa(with.all) + " handshakes"
	m.Against = nil
	m.Proof = append(m.Proof, Proof{Ref: h.Ref, Says: itoa(with.all) + " such handshakes were seen; " + itoa(oftenEnough) + " show the fault at least once 95 times in 100"})
	if without.broke > 0 && p > 0.05 {
		m.Sure = Possible
		m.Against = []Proof{{Ref: h.Ref, Says: "other suites fail as well, so that chance would do"}}
	}
	return m
}
