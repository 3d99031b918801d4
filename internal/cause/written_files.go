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
		m := written(f.Setting.Ref, line(&f.Setting)+": "+says, sure, level, atSideOf(c, f, advice), "file", f.Path)
		if f.Without != "" {
			m.Level = Weak
			m.Proof[0].Says += "; " + f.Without
		}
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

// noRoots: the file that holds what a client trusts cannot be read. A client that may not read it has none either.
func noRoots(c *fact.Case, f *fact.File) bool {
	return f.Holds == "roots" && (f.Error == "missing" || f.Error == "unreadable") && seatOf(c, &f.Setting) == change.Client
}

// rootsFile is the variant of ca-store-missing for a file that is named and not there.
const rootsFile = "roots-file"

// writtenRootsMissing: a client verifies against a list that is not there, or is given none.
func writtenRootsMissing(c *fact.Case) []Match {
	pick := func(f *fact.File) (string, bool) { return f.Detail, noRoots(c, f) }
	list := files(c, pick, Proven, Breaks, []change.Change{change.New(change.TrustCA, change.Client)})
	for i := range list {
		list[i].Variant = rootsFile
	}
	return append(list, writtenNoRoots(c)...)
}

func writtenFileMissing(c *fact.Case) []Match {
	pick := func(f *fact.File) (string, bool) {
		return f.Detail, (f.Error == "missing" || f.Error == "unreadable" && f.Holds == "roots") && !noRoots(c, f)
	}
	return files(c, pick, Proven, Breaks, []change.Change{change.New(change.FixCertificateFile, change.Server, "file", "{file}")})
}

// writtenFileUnreadable: the user who asks is the one who runs a command; a service's files that this user may not read are gaps.
func writtenFileUnreadable(c *fact.Case) []Match {
	pick := func(f *fact.File) (string, bool) { return f.Detail, f.Error == "unreadable" && f.Holds != "roots" }
	return files(c, pick, Proven, Breaks, []change.Change{change.New(change.FixKeyFile, change.Server, "file", "{file}")})
}

func writtenFileBad(c *fact.Case) []Match {
	return files(c, withError("bad"), Proven, Breaks, []change.Change{change.New(change.FixCertificateFile, change.Server, "file", "{file}")})
}

// otherKey: the key beside a certificate belongs to another one.
func otherKey(f *fact.File) (string, bool) {
	if f.KeyFits != fact.No || f.Key == nil {
		return "", false
	}
	return "its key is not the one in " + f.Key.Value(), true
}

func writtenKeyMismatch(c *fact.Case) []Match {
	return files(c, ofSide(c, change.Server, otherKey), Proven, Breaks, []change.Change{change.New(change.MatchKey, change.Server)})
}

func writtenClientKeyMismatch(c *fact.Case) []Match {
	return files(c, ofSide(c, change.Client, otherKey), Proven, Breaks, []change.Change{change.New(change.MatchKey, change.Client)})
}

func problem(f *fact.File, kind fact.ProblemKind) *fact.Problem {
	if f.Verdict == nil {
		return nil
	}
	return f.Verdict.Find(kind)
}

func expired(f *fact.File) (string, bool) {
	p := problem(f, fact.LeafExpired)
	if p == nil {
		return "", false
	}
	return "expired at " + day(p.Time), true
}

func writtenExpired(c *fact.Case) []Match {
	return files(c, ofSide(c, change.Server, expired), Proven, Breaks, []change.Change{change.New(change.RenewCertificate, change.Owner, "subject", "{subject}")})
}

func writtenClientExpired(c *fact.Case) []Match {
	return files(c, ofSide(c, change.Client, expired), Proven, Breaks, []change.Change{change.New(change.RenewCertificate, change.Client, "subject", "{subject}")})
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
	return files(c, ofSide(c, change.Server, func(f *fact.File) (string, bool) {
		p := problem(f, fact.IssuerMissing)
		if p == nil || f.Chain.Leaf() == nil || len(f.Chain.Certificates) != 1 || f.Chain.Leaf().SelfSigned || len(p.Names) == 0 {
			return "", false
		}
		return "holds the certificate alone; its issuer " + f.Chain.Leaf().Issuer + " is not in it", true
	}), Likely, Breaks, []change.Change{change.New(change.SendChain, change.Server, "issuer", "{name}")})
}
