package cause

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// written makes the match of a setting, with the cause's general advice.
func written(ref fact.Ref, says string, sure Sure, level Level, advice []change.Change, args ...string) Match {
	m := Match{Sure: sure, Level: level, Args: map[string]string{}, Proof: []Proof{{Ref: ref, Says: says}}, Changes: advice}
	for i := 0; i+1 < len(args); i += 2 {
		m.Args[args[i]] = args[i+1]
	}
	return m
}

// line is a setting as it stands, for proofs.
func line(s *fact.Setting) string {
	return strings.TrimSpace(s.Name + " " + strings.Join(s.Args, " "))
}

// ignoring are the dialects whose readers pass over a name that they do not know.
var ignoring = []string{"jdbc", "node", "python", "odbc", "openssl", "freetds", "environment", "reg", "mssql.conf", "crypto-policies", "java.security"}

func orName(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// useSays is a use in words.
func useSays(u *fact.Use, what string) string {
	to := u.Target.Host
	if u.Target.Port != 0 {
		to += ":" + itoa(int(u.Target.Port))
	}
	return u.Client + ", " + u.Mode + ", to " + to + ": " + what
}

// uses makes a match for each use that the test picks.
func uses(c *fact.Case, pick func(*fact.Use) bool, says string, sure Sure, level Level, advice []change.Change) []Match {
	var list []Match
	for i := range c.Uses {
		if u := &c.Uses[i]; pick(u) {
			m := written(u.Ref(), useSays(u, says), sure, level, advice, "host", u.Target.Host, "name", orName(u.Name, u.Target.Host))
			m.About = About{Client: u.Client, Upstream: u.Target.Host}
			list = append(list, m)
		}
	}
	return list
}

func writtenVerificationOff(c *fact.Case) []Match {
	return uses(c, func(u *fact.Use) bool { return u.TLS == fact.Yes && u.Chain == fact.No }, "any certificate is accepted", Proven, Weak,
		[]change.Change{change.New(change.VerifyServer, change.Client), change.New(change.TrustCA, change.Client)})
}

func writtenPlain(c *fact.Case) []Match {
	return uses(c, func(u *fact.Use) bool { return u.Plain == fact.Yes }, "goes on without encryption when TLS is not to be had", Proven, Weak,
		[]change.Change{change.New(change.UseTLS, change.Client)})
}

func writtenHalf(c *fact.Case) []Match {
	return uses(c, func(u *fact.Use) bool { return u.TLS == fact.Yes && u.Chain == fact.Yes && u.NameChecked == fact.No }, "the chain is verified, the name is not", Proven, Weak,
		[]change.Change{change.New(change.VerifyServer, change.Client)})
}

func writtenNoRoots(c *fact.Case) []Match {
	return uses(c, func(u *fact.Use) bool { return u.TLS == fact.Yes && u.Chain == fact.Yes && u.Roots == "none" }, "verification is on and no trusted roots are given", Proven, Breaks,
		[]change.Change{change.New(change.TrustCA, change.Client)})
}

// writtenNoName: a proxy names its upstream and does not send the name. Whether that breaks is the upstream's decision.
func writtenNoName(c *fact.Case) []Match {
	named := func(u *fact.Use) bool {
		_, err := netip.ParseAddr(u.Target.Host)
		return u.TLS == fact.Yes && u.SNI == fact.No && err != nil && u.Target.Host != "" && !strings.ContainsAny(u.Target.Host, "$%?") &&
			slices.Contains([]string{"nginx", "haproxy", "apache", "envoy"}, u.Client)
	}
	return uses(c, named, "no server name is sent; an upstream that serves several names cannot tell which is meant", Possible, Weak,
		[]change.Change{change.New(change.SendServerName, change.Client, "name", "{name}")})
}

// plainPorts and tlsPorts are those whose protocol decides whether TLS is spoken (IANA).
var (
	plainPorts = []uint16{80, 8080, 3000}
	tlsPorts   = []string{":443", ":8443"}
)

// hostAndPort are the arguments "host" and "port" of a URL.
func hostAndPort(url string) []string {
	_, rest, _ := strings.Cut(url, "://")
	authority, _, _ := strings.Cut(rest, "/")
	i := strings.LastIndexByte(authority, ':')
	if i < 0 {
		return []string{"host", authority}
	}
	return []string{"host", authority[:i], "port", authority[i+1:]}
}
