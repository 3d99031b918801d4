package cause

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// writtenZeros judges computers that were described by the table of KB4557473: a pair that would meet on TLS_DHE with two
// rules breaks about once in 256; a machine that was not repaired does so with any partner that was.
func writtenZeros(c *fact.Case) []Match {
	var list []Match
	told := map[int]bool{}
	for _, m := range c.Meetings {
		if !meetsOnDHE(m) || c.Unequal(m) == fact.No {
			continue
		}
		list = append(list, unequalPair(c, m))
		told[m.Client], told[m.Server] = true, true
	}
	for i := range c.Machines {
		if m := &c.Machines[i]; !told[i] && m.Product != "" && m.Repaired != fact.Yes {
			list = append(list, unrepaired(c, m))
		}
	}
	return list
}

func meetsOnDHE(m fact.Meeting) bool {
	s, ok := names.SuiteByID(m.Suite)
	return ok && s.Kex == "DHE" && m.Version < wire.TLS13
}

// MachineName is how a machine is called in sentences.
func MachineName(m *fact.Machine) string {
	name := m.Product
	if name == "" {
		at := m.Ref.At
		if i := strings.LastIndexByte(at, ':'); i > 0 {
			at = at[:i] // without the line
		}
		name = "the machine of " + at
	}
	if build := strings.TrimPrefix(m.Build, "10.0."); build != "" {
		name += " (" + build + ")"
	}
	if m.Name != "" {
		name = m.Name + ", " + name
	}
	return name
}

// fromDocuments stands against each of these findings: nothing was measured.
func fromDocuments(m *fact.Machine) Proof {
	return Proof{Ref: m.Ref, Says: "read from Microsoft's documents, not measured: tlswhy diagnose mssql://SERVER --deep measures a server, tlswhy lab examine a client"}
}

// unequalPair is a client and a server that would use TLS_DHE and of which one computes otherwise than the other, or may.
func unequalPair(c *fact.Case, m fact.Meeting) Match {
	from, to := &c.Machines[m.Client], &c.Machines[m.Server]
	suite := names.SuiteName(m.Suite)
	out := Match{Sure: Likely, Level: Breaks, Rare: true, About: About{Client: MachineName(from), Server: MachineName(to)},
		Args: map[string]string{"suite": suite, "may": "computes", "rate": ": about 1 in 256 connections from " + MachineName(from) + " to " + MachineName(to) + " breaks"}}
	if c.Unequal(m) == fact.Unknown {
		out.Sure, out.Level, out.Rare, out.Args["may"] = Possible, WillBreak, false, "may compute"
		out.Args["rate"] = ": then about 1 in 256 connections from " + MachineName(from) + " to " + MachineName(to) + " breaks"
	}
	if m.Reverse {
		out.Level, out.Rare = WillBreak, false
		out.Args["rate"] += ", the other way round than was asked"
	}
	out.Proof = []Proof{
		{Ref: from.Ref, Says: "client: " + MachineName(from) + ": " + RepairSays(from)},
		{Ref: to.Ref, Says: "server: " + MachineName(to) + ": " + RepairSays(to)},
		{Ref: to.Ref, Says: "they agree on " + suite + " (" + names.Version(m.Version) + "): " + orderSays("the client", from) + ", " + orderSays("the server", to) + ", which chooses the first of its own that the client offers, with an RSA certificate"},
		{Ref: to.Ref, Says: afterwards(m)},
	}
	out.Against = []Proof{fromDocuments(to)}
	out.Changes = append(repairChange(from, change.Client), repairChange(to, change.Server)...)
	if m.After == 0 {
		suite := common(m, from, to)
		out.Changes = append(out.Changes, enable(suite, to, change.Server)...)
		out.Changes = append(out.Changes, enable(suite, from, change.Client)...)
	}
	out.Changes = append(out.Changes, dropOn(to, change.Server), dropOn(from, change.Client))
	return out
}

// common is the suite to enable where the two have nothing but TLS_DHE: one that every Windows since Server 2008 R2 has and that
// an RSA certificate serves, if possible one that a side has enabled.
func common(m fact.Meeting, from, to *fact.Machine) uint16 {
	list := []uint16{0xc028, 0xc027, 0xc014, 0xc013} // TLS_ECDHE_RSA_WITH_AES_*_CBC_*
	if m.Version < wire.TLS12 {
		list = list[2:] // RFC 5289 §5: those with SHA-2 are for TLS 1.2
	}
	for _, id := range list {
		if slices.Contains(from.Order.Suites, id) || slices.Contains(to.Order.Suites, id) {
			return id
		}
	}
	return list[0]
}

// enable is for a machine that lacks the suite.
func enable(suite uint16, on *fact.Machine, side change.Side) []change.Change {
	if slices.Contains(on.Order.Suites, suite) {
		return nil
	}
	return []change.Change{change.New(change.OfferSuite, side, "suite", names.SuiteName(suite), "machine", MachineName(on))}
}

func afterwards(m fact.Meeting) string {
	if m.After == 0 {
		return "without TLS_DHE they would have no suite in common: another one must be enabled before it is taken away"
	}
	return "with TLS_DHE taken away on one side they agree on " + names.SuiteName(m.After) + " (" + names.Version(m.Version) + ")"
}

func orderSays(who string, m *fact.Machine) string {
	switch m.Order.From {
	case "default":
		return who + " by the default order of its release"
	case "group policy", "registry":
		return who + " by the order in its " + m.Order.From
	}
	return who + " by what " + m.Order.From + " lists"
}

// RepairSays is what tells whether a machine was repaired.
func RepairSays(m *fact.Machine) string {
	switch {
	case m.Contradiction != "":
		return "not told whether it is repaired: " + m.Contradiction
	case m.Repaired == fact.Yes && m.By == fact.ByUpdate && m.Update == "KB4537806":
		return "repaired, by " + m.Update
	case m.Repaired == fact.Yes && m.By == fact.ByUpdate:
		return "repaired, " + m.Update + " holds what KB4537806 brought"
	case m.Repaired == fact.Yes && m.By == fact.ByRevision:
		return "repaired, since 14393.3542 (KB4537806)"
	case m.Repaired == fact.Yes && openOn1607(m):
		return "repaired in all builds of its release by the table of KB4557473; its text asks for 14393.3542 (KB4537806) on version 1607 too"
	case m.Repaired == fact.Yes:
		return "repaired in all builds of its release"
	case m.Repaired == fact.No && m.By == fact.ByRevision:
		return "not repaired, that came with 14393.3542 (KB4537806 of February 2020)"
	case m.Repaired == fact.No && m.By == fact.ByUpdates:
		return "not repaired, every update that it lists is older than KB4537806 of February 2020"
	case m.Repaired == fact.No:
		return "not repaired, no update ever brought that to its release"
	}
	return "not told whether it is repaired: " + untold(m)
}

// openOn1607: a desktop of the same code as Server 2016, not known to have the update. KB4557473 says two things of it: its list has
// Windows 10 from version 1511 on, the paragraph on the cause wants the update of February 2020 on 1607.
func openOn1607(m *fact.Machine) bool {
	revision, ok := strings.CutPrefix(m.Build, "10.0.14393.")
	n, err := strconv.Atoi(revision)
	return m.By == fact.ByRelease && (m.Build == "10.0.14393" || ok && err == nil && n < 3542)
}

// untold is what must be known to tell, and where it is to be seen.
func untold(m *fact.Machine) string {
	const server2016, revision = "10.0.14393", "winver shows the revision, or (Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion').UBR"
	switch {
	case strings.HasPrefix(m.Build, server2016+".") && m.Server == fact.Unknown:
		return "Windows 10 of this build is, Server 2016 is not; the edition decides"
	case strings.HasPrefix(m.Build, server2016):
		return "Server 2016 is from 14393.3542 on; " + revision
	case strings.HasPrefix(m.Product, "Windows 10"):
		return "version 1507 is not, 1511 and later are; winver shows the version"
	}
	return "winver shows the version and the build"
}

// unrepaired is one machine by itself.
func unrepaired(c *fact.Case, m *fact.Machine) Match {
	out := Match{Sure: Likely, Level: WillBreak, About: About{Client: MachineName(m)},
		Args: map[string]string{"suite": "a TLS_DHE suite", "may": "computes", "rate": ": " + MachineName(m) + " was not repaired"}}
	if m.Repaired == fact.Unknown {
		out.Sure, out.Args["may"], out.Args["rate"] = Possible, "may compute", ": whether "+MachineName(m)+" was repaired is not told"
	}
	out.Proof = []Proof{{Ref: m.Ref, Says: MachineName(m) + ": " + RepairSays(m)}}
	side := sideOf(c, m)
	switch {
	case m.Order.From != "" && !slices.ContainsFunc(m.Order.Suites, isDHESuite):
		out.Level = Note
		out.Proof = append(out.Proof, Proof{Ref: orderRef(m), Says: "no TLS_DHE suite is enabled on it (" + orderSays("this machine", m) + "): it cannot happen"})
		out.Changes = []change.Change{change.New(change.LeaveAlone, side)}
		return out
	case len(c.Meetings) > 0:
		out.Level = Weak
		out.Proof = append(out.Proof, Proof{Ref: m.Ref, Says: elsewhere(c)})
	default:
		out.Proof = append(out.Proof, Proof{Ref: m.Ref, Says: "with a machine that computes right, about 1 in 256 of its TLS_DHE connections breaks"})
	}
	out.Against = []Proof{fromDocuments(m)}
	out.Changes = append(repairChange(m, side), dropOn(m, side))
	return out
}

// elsewhere is why a pair with such a machine is not hurt.
func elsewhere(c *fact.Case) string {
	for _, m := range c.Meetings {
		if meetsOnDHE(m) {
			return "both machines are alike in this, so that it does not break between them; with others it does, about once in 256 connections that use a TLS_DHE suite"
		}
	}
	return "the two machines do not agree on a TLS_DHE suite, so that it does not break between them; with others it may"
}

func orderRef(m *fact.Machine) fact.Ref {
	if m.Order.Ref != (fact.Ref{}) {
		return m.Order.Ref
	}
	return m.Ref
}

func isDHESuite(id uint16) bool {
	s, ok := names.SuiteByID(id)
	return ok && s.Kex == "DHE"
}

// sideOf is the side of a machine that stands alone: as it was told, else a server's edition is a server.
func sideOf(c *fact.Case, m *fact.Machine) change.Side {
	if len(c.Meetings) > 0 && m == &c.Machines[0] || m.Role == "client" || m.Role == "" && m.Server == fact.No {
		return change.Client
	}
	return change.Server
}

// repairChange is the update for a machine that lacks it and can have it: of all releases Server 2016 alone.
func repairChange(m *fact.Machine, side change.Side) []change.Change {
	if m.Contradiction != "" || m.Repaired != fact.No && (m.Repaired == fact.Yes || !strings.HasPrefix(m.Build, "10.0.14393")) || m.By == fact.ByRelease {
		return nil
	}
	kind := change.UpgradeServer
	if side == change.Client {
		kind = change.UpgradeClient
	}
	return []change.Change{change.New(kind, side, "why", "on "+MachineName(m)+" the newest cumulative update; KB4537806 (14393.3542) and all later ones compute TLS_DHE keys right")}
}

// dropOn takes TLS_DHE away on one machine: with the cmdlets of Windows 10 and Server 2016; by the group policy where there
// are none and where one is in force; by the registry before there was the policy (XP and Server 2003).
func dropOn(m *fact.Machine, side change.Side) change.Change {
	args := []string{"machine", MachineName(m)}
	switch {
	case m.Contradiction != "": // which tools it has is not known
	case m.Order.From == "group policy":
		args = append(args, "windows", "policy", "suites", listWithoutDHE(m.Order.Names))
	case strings.HasPrefix(m.Build, "10."), m.Order.From == "Get-TlsCipherSuite", strings.HasPrefix(m.Product, "Windows 1"): // 10 or 11
		args = append(args, "windows", "cmdlets")
	case strings.HasPrefix(m.Build, "5."):
		args = append(args, "windows", "registry")
	case m.Build != "":
		args = append(args, "windows", "policy")
		if m.Order.From == "registry" {
			args = append(args, "suites", listWithoutDHE(m.Order.Names))
		}
	}
	return change.New(change.DropDHE, side, args...)
}

// listWithoutDHE is an order as it is written, without the suites whose names say TLS_DHE.
func listWithoutDHE(written []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(written), func(s string) bool { return strings.HasPrefix(strings.ToUpper(s), "TLS_DHE") }), ",")
}
