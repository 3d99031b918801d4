package client

import (
	"fmt"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// Brief is why a connection failed in a word or two, for a table.
func (f Failure) Brief() string {
	switch {
	case f.Step == StepTCP:
		return "no connection"
	case f.How == fact.EndAlert:
		return fmt.Sprintf("alert %d", f.Alert)
	case f.How == fact.EndLocal && (f.Reason == "chain" || f.Reason == "name"):
		return f.refused()
	case f.How == fact.EndLocal:
		return f.Reason
	case f.How == fact.EndDeclined:
		return "no TLS"
	case f.Step == StepPlain && f.How == fact.EndError:
		return f.plainRefused()
	case f.Step == StepDone && f.How == fact.EndError:
		return "login refused"
	case f.Step == StepPreamble && f.How == fact.EndNotTLS:
		return "other protocol"
	}
	return ended[f.How]
}

// ended names the ways in which a connection ends of itself.
var ended = map[fact.How]string{
	fact.EndClosed: "closed", fact.EndReset: "reset", fact.EndTimeout: "silence", fact.EndNotTLS: "no TLS came",
	fact.EndError: "error reply", fact.EndRefused: "no connection", fact.EndUnreachable: "no connection",
}

func (f Failure) plainRefused() string {
	switch {
	case f.Said == nil:
		return "login refused"
	case f.Said.ErrorCode != 0:
		return fmt.Sprintf("TLS required (%d)", f.Said.ErrorCode)
	}
	return fmt.Sprintf("TLS required (%s)", f.Said.ErrorState)
}

// refusals names what is wrong with a chain, the most telling first.
var refusals = []struct {
	kind fact.ProblemKind
	word string
}{
	{fact.SelfSignedLeaf, "self-signed"}, {fact.NoAnchors, "no CA"}, {fact.AnchorRotated, "CA renewed"}, {fact.RootUnknown, "CA unknown"},
	{fact.IssuerMissing, "issuer missing"}, {fact.LeafExpired, "expired"}, {fact.LeafNotYetValid, "not yet valid"}, {fact.CAExpired, "CA expired"},
	{fact.CANotYetValid, "CA not yet valid"}, {fact.WrongPurpose, "wrong purpose"}, {fact.LeafKeySmall, "key too small"}, {fact.CAKeySmall, "CA key too small"},
	{fact.DigestWeak, "digest too weak"}, {fact.TooDeep, "chain too long"}, {fact.Malformed, "malformed"}, {fact.Revoked, "revoked"},
	{fact.StapleMissing, "staple missing"}, {fact.StapleBad, "staple bad"}, {fact.NameMismatch, "name"}, {fact.NameOnlyInCN, "name only in CN"},
	{fact.NameIsIP, "address, not name"},
}

func (f Failure) refused() string {
	for _, r := range refusals {
		if p := f.Verdict.Find(r.kind); p != nil && p.Fatal {
			return r.word
		}
	}
	return f.Reason
}
