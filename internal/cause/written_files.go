package cause

import (
	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// files makes a match for each certificate or key file that the test picks.
func files(c *fact.Case, pick func(*fact.File) (string, bool), sure Sure, level Level, advice []change.Change) []Match {
	var list []Match
	for i := range c.Files {
		f := &c.Files[i]
		says, ok := pick(f)
		if !ok {
			continue
		}
		m := written(f.Setting.Ref, line(&f.Setting)+": "+says, sure, level, advice, "file", f.Path)
		if leaf := f.Chain.Leaf(); leaf != nil {
			m.Args["subject"], m.Args["name"] = leaf.Subject, leaf.CommonName
		}
		list = append(list, m)
	}
	return list
}

func withError(kind string) func(*fact.File) (string, bool) {
	return func(f *fact.File) (string, bool) { return f.Detail, f.Error == kind }
}

func writtenFileMissing(c *fact.Case) []Match {
	return files(c, withError("missing"), Proven, Breaks, []change.Change{change.New(change.FixCertificateFile, change.Server, "file", "{file}")})
}

func writtenFileUnreadable(c *fact.Case) []Match {
	return files(c, withError("unreadable"), Likely, Breaks, []change.Change{change.New(change.FixKeyFile, change.Server, "file", "{file}")})
}

func writtenFileBad(c *fact.Case) []Match {
	return files(c, withError("bad"), Proven, Breaks, []change.Change{change.New(change.FixCertificateFile, change.Server, "file", "{file}")})
}

func writtenKeyMismatch(c *fact.Case) []Match {
	return files(c, func(f *fact.File) (string, bool) {
		if f.KeyFits != fact.No || f.Key == nil {
			return "", false
		}
		return "its key is not the one in " + f.Key.Value(), true
	}, Proven, Breaks, []change.Change{change.New(change.MatchKey, change.Server)})
}

func problem(f *fact.File, kind fact.ProblemKind) *fact.Problem {
	if f.Verdict == nil {
		return nil
	}
	return f.Verdict.Find(kind)
}

func writtenExpired(c *fact.Case) []Match {
	return files(c, func(f *fact.File) (string, bool) {
		p := problem(f, fact.LeafExpired)
		if p == nil {
			return "", false
		}
		return "expired at " + day(p.Time), true
	}, Proven, Breaks, []change.Change{change.New(change.RenewCertificate, change.Owner, "subject", "{subject}")})
}

func writtenExpiresSoon(c *fact.Case) []Match {
	return files(c, func(f *fact.File) (string, bool) {
		leaf := f.Chain.Leaf()
		if leaf == nil || f.Verdict == nil || !renewalDue(leaf, f.Verdict.At) {
			return "", false
		}
		return "expires in " + span(leaf.NotAfter.Sub(f.Verdict.At)), true
	}, Proven, WillBreak, []change.Change{change.New(change.RenewCertificate, change.Owner, "subject", "{subject}")})
}

// writtenIntermediate: the file a server sends ends at a certificate whose issuer is neither in it nor a root of its own.
func writtenIntermediate(c *fact.Case) []Match {
	return files(c, func(f *fact.File) (string, bool) {
		p := problem(f, fact.IssuerMissing)
		if p == nil || f.Chain.Leaf() == nil || len(f.Chain.Certificates) != 1 || f.Chain.Leaf().SelfSigned || len(p.Names) == 0 {
			return "", false
		}
		return "holds the certificate alone; its issuer " + f.Chain.Leaf().Issuer + " is not in it", true
	}, Likely, Breaks, []change.Change{change.New(change.SendChain, change.Server, "issuer", "{name}")})
}
