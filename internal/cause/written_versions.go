package cause

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A versionSet is which TLS versions a configuration leaves to one seat: whatever the dialect, its options come down to one.
type versionSet struct {
	at     *fact.Setting // the line that decides, for the proof
	says   string        // the settings that decide, as they stand
	left   versions
	policy string        // the cause that an operating system's or a runtime's own switch has; "" for a product's
	high   *fact.Setting // the upper end of a range, where it is written
}

type versions uint8

const (
	ssl3 versions = 1 << iota
	tls10
	tls11
	tls12
	tls13
	soundTLS = tls12 | tls13
	allTLS   = tls10 | tls11 | soundTLS
)

// versionWord is the version that a product calls so: TLSv1.2, TLSv1_2, "TLS 1.2", 1.2.
func versionWord(word string) versions {
	w := strings.NewReplacer("_", ".", " ", "", "-", "").Replace(strings.ToLower(word))
	switch strings.TrimPrefix(w, "tls") {
	case "sslv3", "ssl3", "ssl3.0":
		return ssl3
	case "v1", "v1.0", "1.0":
		return tls10
	case "v1.1", "1.1":
		return tls11
	case "v1.2", "1.2":
		return tls12
	case "v1.3", "1.3":
		return tls13
	}
	return 0
}

// from and upTo are a version with all that are newer or older; everything without one.
func (v versions) from() versions {
	if v == 0 {
		return allTLS
	}
	return (ssl3 | allTLS) &^ (v - 1)
}

func (v versions) upTo() versions {
	if v == 0 {
		return ssl3 | allTLS
	}
	return v | (v - 1)
}

// versionLists are the options whose value lists the versions that are left; those that end so belong to a module of nginx each.
var versionLists = []string{"SSLProtocol", "SSLProxyProtocol", "tls_version", "tls-version", "network.tlsprotocols", "sslVersion", "Protocol",
	"tlsVersions", "enabledTLSProtocols", "enabledSslProtocolSuites", "TLS Version"}

func isVersionList(name string) bool {
	return slices.Contains(versionLists, name) || strings.HasSuffix(name, "ssl_protocols")
}

// listedVersions is the set that a list leaves. Words with signs add and take away; the words of Apache's lists without a sign replace
// what stands before (ssl_cmd_protocol_parse), those of others add. known: at least one word is a version's.
func listedVersions(s *fact.Setting) (set versions, known bool) {
	for _, w := range strings.FieldsFunc(strings.Join(s.Args, ","), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		name := strings.TrimLeft(w, "+-")
		v := versionWord(name)
		if strings.EqualFold(name, "all") {
			v = allTLS
		}
		known = known || v != 0
		switch {
		case v == 0:
		case w[0] == '-':
			set &^= v
		case w[0] != '+' && s.Dialect == "apache":
			set = v
		default:
			set |= v
		}
	}
	return set, known
}

// versionRanges are the options that set an end of a range, in pairs, with the lower end where it is not set.
var versionRanges = []struct {
	low, high string
	usual     versions
}{
	{"ssl_min_protocol_version", "ssl_max_protocol_version", tls12}, // since PostgreSQL 12; libpq since 13
	{"PGSSLMINPROTOCOLVERSION", "PGSSLMAXPROTOCOLVERSION", tls12},
	{"MinProtocol", "MaxProtocol", 0},
	{"sslVersionMin", "sslVersionMax", 0},
	{"tls_minimum_protocol_version", "tls_maximum_protocol_version", 0},
}

// versionSets are the sets of versions that the settings of a case leave.
func versionSets(c *fact.Case) []versionSet {
	sets := append(rangeSets(c), haproxySets(c)...)
	sets = append(sets, schannelSets(c)...)
	for i := range c.Settings {
		s := &c.Settings[i]
		if s.Unknown || len(s.Args) == 0 || idle(s) {
			continue
		}
		switch set, known := listedVersions(s); {
		case s.Name == "jdk.tls.disabledAlgorithms":
			sets = append(sets, versionSet{at: s, says: line(s), left: allTLS &^ set, policy: "version-disabled-by-policy"})
		case isVersionList(s.Name) && known:
			sets = append(sets, versionSet{at: s, says: line(s), left: set, policy: systemPolicy(s)})
		}
	}
	return sets
}

// idle: a setting that stands where nothing reads it.
func idle(s *fact.Setting) bool { return wrongOption(s) != "" }

// systemPolicy: OpenSSL's own file speaks for the system.
func systemPolicy(s *fact.Setting) string {
	if s.Dialect == "openssl.cnf" || s.Dialect == "crypto-policies" {
		return "version-disabled-by-policy"
	}
	return ""
}

// rangeSets: of several settings of one end in one place the last counts.
func rangeSets(c *fact.Case) []versionSet {
	var sets []versionSet
	for _, r := range versionRanges {
		for i := range c.Settings {
			s := &c.Settings[i]
			end := isEnd(s.Name, r.low) || isEnd(s.Name, r.high)
			if !end || slices.ContainsFunc(c.Settings[i+1:], func(o fact.Setting) bool { // the last one speaks for all
				return (isEnd(o.Name, r.low) || isEnd(o.Name, r.high)) && sameRange(&o, s) && !idle(&o)
			}) || idle(s) {
				continue
			}
			low, high := lastVersion(c.Settings[:i+1], s, r.low), lastVersion(c.Settings[:i+1], s, r.high)
			minimum := low.v
			if low.s == nil {
				minimum = r.usual
			}
			sets = append(sets, versionSet{at: s, says: strings.Trim(low.says+", "+high.says, ", "), left: minimum.from() & high.v.upTo(), policy: systemPolicy(s), high: high.s})
		}
	}
	return sets
}

// isEnd: Envoy's fields are told with the path to them.
func isEnd(name, want string) bool {
	return name == want || strings.HasSuffix(name, "."+want)
}

func sameRange(a, b *fact.Setting) bool {
	return a.Dialect == b.Dialect && slices.Equal(a.Scope, b.Scope)
}

type versionAt struct {
	s    *fact.Setting
	says string
	v    versions
}

// lastVersion is the last setting of that name beside s.
func lastVersion(settings []fact.Setting, s *fact.Setting, name string) versionAt {
	for i := len(settings) - 1; i >= 0; i-- {
		if o := &settings[i]; isEnd(o.Name, name) && sameRange(o, s) && !idle(o) {
			return versionAt{o, line(o), versionWord(o.Value())}
		}
	}
	return versionAt{}
}

// schannelSets: Windows' switches of one seat. TLS 1.3 is there in Windows Server 2022, Windows 11 and newer only, so without a
// switch that turns it on it is not counted on ("TLS registry settings": Enabled and DisabledByDefault).
func schannelSets(c *fact.Case) []versionSet {
	bySeat := map[string]*versionSet{}
	var order []string
	for i := range c.Settings {
		s := &c.Settings[i]
		if s.Unknown || len(s.Scope) != 4 || s.Scope[0] != "SCHANNEL" || s.Scope[1] != "Protocols" || len(s.Args) != 1 {
			continue
		}
		v, zero := versionWord(s.Scope[2]), s.Value() == "0"
		seat := s.Scope[3]
		set := bySeat[seat]
		if set == nil {
			set = &versionSet{left: tls10 | tls11 | tls12, policy: "schannel-protocol-disabled"}
			bySeat[seat] = set
			order = append(order, seat)
		}
		switch {
		case s.Name == "Enabled" && zero, s.Name == "DisabledByDefault" && !zero:
			set.left &^= v
			if set.at == nil || v == tls12 && versionWord(set.at.Scope[2]) != tls12 {
				set.at, set.says = s, strings.Join(s.Scope[1:], `\`)+" "+line(s)
			}
		case s.Name == "Enabled":
			set.left |= v & tls13
		}
	}
	var sets []versionSet
	for _, seat := range order {
		if set := bySeat[seat]; set.at != nil {
			sets = append(sets, *set)
		}
	}
	return sets
}

// typed reports whether a setting is one of a connection that is made when it is asked about: then the handshake tells what a
// set that leaves something comes to.
func typed(s *fact.Setting) bool {
	return strings.HasPrefix(s.Ref.At, "argument ") || s.Ref.At == "connection string" || s.Ref.At == "environment"
}

// newestName is the newest version of a set, as it is called.
func (v versions) newestName() string {
	switch {
	case v&tls11 != 0:
		return "TLS 1.1"
	case v&tls10 != 0:
		return "TLS 1.0"
	}
	return "SSL 3.0"
}

// writtenSets makes a match of each set that leaves nothing, or nothing but withdrawn versions (RFC 8996, RFC 7568), and that
// belongs to the cause.
func writtenSets(slug string) func(*fact.Case) []Match {
	return func(c *fact.Case) []Match {
		var list []Match
		for _, set := range versionSets(c) {
			seat := seatOf(c, set.at)
			if set.left&soundTLS != 0 || set.left != 0 && typed(set.at) || set.cause(seat) != slug {
				continue
			}
			m := set.match(seat)
			if set.at.Dialect == "postgresql.conf" && !postgresTLS(c) {
				m.Level = WillBreak // nothing is looked at until ssl is on (be_tls_init)
			}
			list = append(list, m)
		}
		return list
	}
}

// postgresTLS: the last line with ssl turns it on; it is off without one.
func postgresTLS(c *fact.Case) bool {
	on := false
	for i := range c.Settings {
		if s := &c.Settings[i]; s.Name == "ssl" && s.Dialect == "postgresql.conf" {
			on = slices.Contains([]string{"on", "true", "yes", "1"}, strings.ToLower(s.Value()))
		}
	}
	return on
}

// noVersion is the variant of a cause for settings that together leave nothing.
const noVersion = "no-version"

// match says what a set comes to. Of a range that is empty the upper end is the one to raise.
func (s versionSet) match(seat change.Side) Match {
	advice := []change.Change{change.New(change.OfferVersion, seat, "version", "TLS1.2")}
	if s.left != 0 {
		return written(s.at.Ref, s.says+": nothing but withdrawn versions, "+s.left.newestName()+" at most", Likely, Breaks, advice, "server", "TLS 1.1", "client", "TLS 1.2")
	}
	if s.high != nil {
		newest := "TLSv1.3"
		if strings.HasPrefix(s.high.Value(), "TLSv1_") {
			newest = "TLSv1_3"
		}
		advice = []change.Change{change.New(change.CorrectOption, seat, "option", line(s.high), "wrong", badValue, "near", s.high.Name+" "+newest)}
	}
	m := written(s.at.Ref, s.says+": no version is left", Proven, Breaks, advice)
	m.Variant = noVersion
	return m
}

// noVersionWords are the texts of that variant.
var noVersionWords = Variant{
	Title: "the configuration leaves no TLS version to speak",
	Why: "Which TLS versions a program speaks is told by several settings: a lowest one, a highest one, some that are taken away. Together they leave none here. " +
		"Programs that notice refuse to start or to connect; with the others each handshake fails.",
	Check: "the program's own check names the line: haproxy -c -f FILE, apachectl configtest, a server's log at its start, psql's first words",
}

// cause is what a set comes to: the seat that is too old, a program that has nothing to speak with, or the policy itself.
func (s versionSet) cause(seat change.Side) string {
	switch {
	case s.policy != "":
		return s.policy
	case s.left == 0 && seat == change.Server:
		return "server-tls-init-failed" // HAProxy, PostgreSQL and MariaDB refuse to start
	case s.left == 0:
		return "version-disabled-by-policy"
	case seat == change.Server:
		return "server-too-old"
	}
	return "client-too-old"
}
