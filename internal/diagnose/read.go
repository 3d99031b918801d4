package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// maxCandidates is how many causes of one text are named.
const maxCandidates = 5

// Read diagnoses what texts and logs say. A text alone proves nothing: its causes are ranked, at best likely. Where the case
// holds a single complaint, all causes that can print it are findings, most likely first; of many complaints, as a log
// holds them, each has its first cause as a finding, and the others are hidden. Same case, same diagnosis.
func Read(c *fact.Case, catalogue []cause.Cause) Diagnosis {
	var d Diagnosis
	failures := complaints(c)
	for _, e := range failures {
		for _, share := range cause.Shares(e) {
			list := readShare(e, share, catalogue)
			if len(failures) > 1 && len(list) > 1 {
				d.Hidden = append(d.Hidden, list[1:]...)
				list = list[:1]
			}
			d.Findings = gather(d.Findings, list)
		}
	}
	if len(failures) > 1 {
		slices.SortStableFunc(d.Findings, faultsFirst)
	}
	d.Outcome = readOutcome(c, d, failures)
	return d
}

// complaints are the events that say something is wrong.
func complaints(c *fact.Case) []*fact.Event {
	var list []*fact.Event
	for i := range c.Events {
		if e := &c.Events[i]; !e.Success && len(e.Symptoms) > 0 {
			list = append(list, e)
		}
	}
	return list
}

// readShare ranks the causes of one share of an event. What its clients' behaviour shows to be noise is that, and
// what it shows to be none is not called so.
func readShare(e *fact.Event, share cause.Share, catalogue []cause.Cause) []Finding {
	candidates := cause.Candidates(e, catalogue)
	if share.Slug != "" {
		i := slices.IndexFunc(catalogue, func(c cause.Cause) bool { return c.Slug == share.Slug })
		if i < 0 {
			return nil
		}
		return []Finding{heard(e, share, cause.Candidate{Cause: &catalogue[i], Score: 1}, cause.Likely)}
	}
	if len(share.Sources) > 0 && e.Dialect != "" {
		candidates = slices.DeleteFunc(candidates, func(k cause.Candidate) bool { return k.Cause.Phase == cause.Benign && share.Count >= cause.Wave })
	}
	if share.Local() && len(candidates) > 1 {
		candidates = slices.DeleteFunc(candidates, func(k cause.Candidate) bool { return k.Cause.Slug == "benign-scanner" })
	}
	candidates = worthNaming(candidates)
	var list []Finding
	for i, k := range candidates {
		sure := cause.Possible
		if i == 0 && decides(candidates) {
			sure = cause.Likely
		}
		list = append(list, heard(e, share, k, sure))
	}
	return list
}

// worthNaming drops what is far less likely than the first.
func worthNaming(list []cause.Candidate) []cause.Candidate {
	list = slices.DeleteFunc(list, func(k cause.Candidate) bool { return k.Score*12 < list[0].Score })
	return list[:min(len(list), maxCandidates)]
}

// decides: the text fits one cause far better than any other.
func decides(list []cause.Candidate) bool {
	return list[0].Sign.Weight >= 9 && (len(list) == 1 || list[0].Score*2 >= list[1].Score*5)
}

// heard makes the finding of a candidate.
func heard(e *fact.Event, share cause.Share, k cause.Candidate, sure cause.Sure) Finding {
	m := cause.Match{About: aboutOf(e, share), Sure: sure, Args: argsOf(e), Changes: k.Cause.Advice,
		Proof: []cause.Proof{{Ref: e.Ref, Says: saysOf(e, k)}}}
	if n := len(share.Sources); share.Slug != "" && n > 0 {
		m.Proof = append(m.Proof, cause.Proof{Ref: e.Ref, Says: beat(share)})
	}
	return Finding{Cause: k.Cause, Match: m, Level: k.Cause.Level, Count: max(share.Count, 1), Heard: e}
}

// saysOf is what the text says that speaks for a cause, and how much.
func saysOf(e *fact.Event, k cause.Candidate) string {
	symptom := k.Sign.Of
	if symptom == "" {
		symptom = e.Symptoms[0]
	}
	says := cause.Says(symptom)
	switch w := k.Sign.Weight; {
	case w >= 9:
		return says + ": as a rule this is why"
	case w >= 7:
		return says + ": often this is why"
	case w >= 4:
		return says + ": sometimes this is why"
	case w > 0:
		return says + ": this is rarely why"
	}
	return says
}

// beat tells how the clients of a share behave.
func beat(s cause.Share) string {
	first := s.Sources[0]
	switch {
	case s.Slug == "benign-healthcheck" && len(s.Sources) == 1:
		return fmt.Sprintf("%s comes every %s", first.Addr, first.Every.Round(1e9))
	case len(s.Sources) == 1:
		return fmt.Sprintf("from %s, %d in all", first.Addr, first.Count)
	}
	return fmt.Sprintf("from %d addresses", len(s.Sources))
}

func aboutOf(e *fact.Event, share cause.Share) cause.About {
	about := cause.About{Server: e.Server, Upstream: e.Upstream}
	if len(share.Sources) == 1 {
		about.Client = share.Sources[0].Addr.String()
	}
	if share.Slug != "" {
		about = cause.About{}
	}
	return about
}

// argsOf fills the places of the cards' texts with what the text names; what it does not name stays a word in capitals.
func argsOf(e *fact.Event) map[string]string {
	args := map[string]string{}
	p, ok := e.Peer()
	if ok {
		args["host"] = p.Host
		if p.Port != 0 {
			args["port"] = fmt.Sprint(p.Port)
		}
	}
	if name := e.Asked(); name != "" {
		args["name"] = name
		if !ok || !e.In(fact.ToUpstream) { // a proxy's log has the upstream's address: that is where one connects
			args["host"] = name
		}
	}
	return args
}

// gather adds findings; the same cause about the same subject is one with the larger count.
func gather(into, list []Finding) []Finding {
	for _, f := range list {
		i := slices.IndexFunc(into, func(g Finding) bool { return g.Cause == f.Cause && sameSubject(g, f) && g.Heard.Name == f.Heard.Name })
		if i < 0 {
			into = append(into, f)
			continue
		}
		g := &into[i]
		g.Count += f.Count
		if g.About.Client != f.About.Client {
			g.About.Client = ""
		}
		if len(g.Proof) < maxProofs {
			g.Proof = append(g.Proof, f.Proof...)
		}
		if slices.Index(sures, f.Sure) < slices.Index(sures, g.Sure) {
			g.Sure = f.Sure
		}
	}
	return into
}

// faultsFirst puts what breaks before noise. What fails towards an upstream comes before what single clients complain of:
// it fails for everybody, and is the operator's to mend; then what is seen most.
func faultsFirst(a, b Finding) int {
	return cmp.Or(slices.Index(levels, a.Level)-slices.Index(levels, b.Level), upstream(b)-upstream(a), b.Count-a.Count,
		slices.Index(sures, a.Sure)-slices.Index(sures, b.Sure), strings.Compare(a.Cause.ID, b.Cause.ID))
}

func upstream(f Finding) int {
	if f.Heard != nil && f.Heard.In(fact.ToUpstream) {
		return 1
	}
	return 0
}

// readOutcome follows the first finding: what breaks, beside successes of the same upstream, is intermittent. A text that
// nobody knows is unknown.
func readOutcome(c *fact.Case, d Diagnosis, failures []*fact.Event) Outcome {
	if len(d.Findings) == 0 {
		if len(c.Events) > 0 && len(failures) == 0 && slices.ContainsFunc(c.Events, func(e fact.Event) bool { return e.Success }) {
			return OK
		}
		return Unknown
	}
	switch d.Findings[0].Level {
	case cause.Breaks:
		if slices.ContainsFunc(c.Events, func(e fact.Event) bool { return e.Success && e.Upstream == d.Findings[0].About.Upstream }) {
			return Intermittent
		}
		return Fails
	case cause.WillBreak:
		return AtRisk
	}
	return OK
}

// Both puts together what captures show and what texts and logs of the same call say. A text that can mean what the
// packets show means that: its finding is theirs, with the evidence of both, and what else it could mean is hidden.
func Both(watched, read Diagnosis) Diagnosis {
	d := watched
	d.Findings, d.Hidden = slices.Clone(watched.Findings), slices.Clone(watched.Hidden)
	settled := map[*fact.Event]bool{}
	for _, f := range slices.Concat(read.Findings, read.Hidden) {
		i := slices.IndexFunc(watched.Findings, func(g Finding) bool { return g.Cause.Slug == f.Cause.Slug && g.Level == cause.Breaks })
		if i >= 0 && !settled[f.Heard] {
			settled[f.Heard] = true
			d.Findings[i].Proof = slices.Concat(d.Findings[i].Proof, f.Proof)
		}
	}
	for _, f := range read.Findings {
		if settled[f.Heard] {
			d.Hidden = append(d.Hidden, f)
		} else {
			d.Findings = append(d.Findings, f)
		}
	}
	d.Hidden = append(d.Hidden, read.Hidden...)
	if worse(read.Outcome, d.Outcome) && len(read.Findings) > 0 {
		d.Outcome = read.Outcome
	}
	return d
}

// worse orders the outcomes by how much they ask for.
func worse(a, b Outcome) bool {
	order := []Outcome{OK, Unknown, AtRisk, Intermittent, Fails}
	return slices.Index(order, a) > slices.Index(order, b)
}
