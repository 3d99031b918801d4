package cause

import (
	"time"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

var clientClockWrong = Cause{
	ID: "TW5304", Slug: "client-clock-wrong", Since: "0.1",
	Phase: ServerAuth, Level: Breaks,
	Title: "the client's clock is wrong: it says {now}, another clock said {other}",
	Plain: "the clock of the machine that checks the certificate is wrong",
	Why: "Whether a certificate is in date is judged by the clock of the machine that checks it. What the server sent carries the time of " +
		"another, independent clock, and the two contradict each other. By that other clock the certificate is in date.",
	Check:  "date -u on the client, beside any clock you trust; timedatectl (Linux) or w32tm /query /status (Windows) tells whether it is kept right",
	Cites:  []string{"RFC 6960 §4.2.2.1 (thisUpdate, producedAt)", "RFC 6962 §3.2 (timestamps of certificate transparency logs)", "RFC 5280 §4.1.2.5"},
	Decide: "this machine's clock beside the certificate's dates",
	Signs: []Sign{
		{Of: fact.CertExpired, In: []fact.Context{"peer-famous"}, Weight: 7},
		{Of: fact.CertExpired, Weight: 4},
		{Of: fact.CertExpired, In: []fact.Context{"above-leaf"}, Weight: 3},
		{Of: fact.CertExpired, In: []fact.Context{"openssl"}, Weight: 3},
		{Of: fact.CertNotYetValid, Weight: 9},
		{Of: fact.CertNotYetValid, In: []fact.Context{fact.ByServer}, Weight: 6},
		{Of: fact.CertDate, Weight: 7},
		{Of: fact.CertDate, In: []fact.Context{fact.Browser}, Weight: 8},
		{Of: fact.CertDate, In: []fact.Context{fact.ByServer}, Weight: 4},
		{Of: fact.PeerAlert(45), Weight: 4},
		{Of: fact.PeerAlert(45), In: []fact.Context{fact.ByServer}, Weight: 5},
		{Of: fact.PeerAlert(45), In: []fact.Context{fact.ByClient}, Weight: 3},
		{Of: fact.OwnAlert(45), Weight: 5},
	},
	Hides: []string{"certificate-expired", "certificate-not-yet-valid", "intermediate-expired", "revocation-unavailable", "certificate-expires-soon"},
	Advice: []change.Change{
		change.New(change.SetClock, change.Client),
	},
	Match: func(c *fact.Case) []Match {
		f, ok := faultOf(c, fact.ClockContradicts)
		if !ok {
			return nil
		}
		refused, explained := explainedBy(f.h.Verdict, f.p.Time)
		if !explained {
			return nil
		}
		m := f.match(c, "at "+day(f.p.Time), "now", day(f.h.Verdict.At), "other", day(f.p.Time))
		m.Proof = []Proof{
			f.seen(orElse(f.p.Detail, "another clock contradicts") + ": " + day(f.p.Time) + ", " + span(f.p.Time.Sub(f.h.Verdict.At)) + " apart"),
			again(f.h, "the same chain judged at "+day(f.p.Time)+" is in date"),
		}
		if refused {
			m.Level = ""
		}
		if f.p.Time.Before(f.h.Verdict.At) {
			m.Sure = Likely // an answer out of date may as well be an old one that the server kept
		}
		m.Changes = []change.Change{change.New(change.SetClock, change.Client)}
		return []Match{m}
	},
}

// explainedBy tells whether the client refuses something for its time, and whether all of that would be in date at
// another time.
func explainedBy(v *fact.Verdict, other time.Time) (refused, explained bool) {
	explained = true
	for _, p := range v.Problems {
		if !p.Fatal {
			continue
		}
		switch p.Kind {
		case fact.LeafExpired, fact.CAExpired:
			refused = true
			explained = explained && other.Before(p.Time)
		case fact.LeafNotYetValid, fact.CANotYetValid:
			refused = true
			explained = explained && !other.Before(p.Time)
		case fact.StapleBad:
			refused = true
		}
	}
	return refused, explained
}
