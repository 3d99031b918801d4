package cli

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/source/conf"
)

// A description is one argument that tells of a Windows computer, by its version or by how it is configured.
type description struct {
	role    string // "client" or "server" where the argument begins so
	name    string // as typed
	res     conf.Result
	version bool // it tells a version; without one it belongs to the machine before it
}

// maxDescribed bounds how many bytes are read of a file that describes a machine.
const maxDescribed = 16 << 20

// descriptions takes the arguments out that describe Windows computers: versions as people write them, what systeminfo,
// Get-ComputerInfo, ver and winver print, exports of the registry, and orders of suites where a computer is described too.
func (w *world) descriptions(ctx context.Context, args []string) (list []description, rest []string) {
	for _, arg := range args {
		if d, ok := w.describedBy(ctx, arg, fmt.Sprintf("machine %d", len(list)+1)); ok {
			list = append(list, d)
		} else {
			rest = append(rest, arg)
		}
	}
	if !slices.ContainsFunc(list, func(d description) bool { return d.version || d.role != "" }) {
		return nil, args // nothing but configuration: no computer to judge
	}
	return list, rest
}

// describedBy reads one argument, "client=" or "server=" before it or not.
func (w *world) describedBy(ctx context.Context, arg, at string) (description, bool) {
	d := description{name: arg}
	for _, role := range []string{"client", "server"} {
		if rest, ok := cutFold(arg, role+"="); ok {
			d.role, d.name = role, strings.TrimSpace(rest)
		}
	}
	if text, isFile := w.describingFile(d.name); isFile {
		res, err := conf.Read(ctx, d.name, bytes.NewReader(text), conf.Options{})
		if err != nil || !slices.Contains(describing, res.Dialect) {
			return d, false
		}
		d.res = res
	} else if res, ok := conf.Windows(at, d.name); ok {
		d.res = res
	}
	m, ok := client.WindowsMachine(d.res.Settings)
	d.version = m.Build != "" || m.Product != ""
	return d, ok || d.res.Dialect == "reg" && len(d.res.Settings) > 0 // which versions are on is not the whole of a machine
}

func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// describing are the dialects of files that tell of a Windows computer.
var describing = []string{"Windows", "reg", "Get-TlsCipherSuite"}

// describingFile is the text of a file, or of standard input, that may describe a machine; nil for any other.
func (w *world) describingFile(name string) (text []byte, isFile bool) {
	f := w.stdin
	if name != "-" {
		st, err := os.Stat(name)
		if err != nil || !st.Mode().IsRegular() || st.Size() > maxDescribed {
			return nil, err == nil
		}
		file, err := os.Open(name)
		if err != nil {
			return nil, true
		}
		defer file.Close()
		f = file
	}
	if f == nil {
		return nil, true
	}
	buffered := bufio.NewReaderSize(f, sniffed)
	head, _ := buffered.Peek(sniffed)
	if name == "-" {
		w.stdin = buffered // whoever it is for reads it from its beginning
	}
	if !slices.Contains(describing, conf.Sniff(name, head)) {
		return nil, true
	}
	text, _ = io.ReadAll(io.LimitReader(buffered, maxDescribed))
	return text, true
}

// sniffed is how much of a file is looked at to tell what it is.
const sniffed = 4 << 10

// answerMachines judges the computers that were described: each by the table of builds, and what two of them would agree on,
// in both directions, the first as the client unless it is told otherwise.
func (w *world) answerMachines(list []description) (result, error) {
	c := &fact.Case{Question: fact.Question{As: "Microsoft's table of builds and lists of suites"}}
	groups, err := machineGroups(list)
	if err != nil {
		return result{}, err
	}
	var said []string
	for _, g := range groups {
		m, _ := client.WindowsMachine(g.settings)
		m.Role = g.role
		c.Machines, c.Settings, c.Gaps = append(c.Machines, m), append(c.Settings, g.settings...), append(c.Gaps, g.gaps...)
		said = append(said, cause.MachineName(&m))
		switch {
		case m.Contradiction != "":
			c.Gaps = append(c.Gaps, fact.Gap{What: "which release " + cause.MachineName(&m) + " is", Why: m.Contradiction})
		case m.Order.From == "" && len(groups) == 2:
			c.Gaps = append(c.Gaps, fact.Gap{What: "the suites of " + cause.MachineName(&m), Why: "the default order of its release is not known here; give what Get-TlsCipherSuite prints as a further argument"})
		}
	}
	if len(c.Machines) == 2 { // of more, each is judged by itself
		meetings(c)
	}
	c.Question.Target = strings.Join(said, " and ")
	r := result{Case: c, diagnosis: diagnose.Configured(c, cause.All()), configured: true, machines: true}
	r.write()
	return r, nil
}

// meetings are both directions of a pair, the client that was told first: of two without a role the first is the client.
func meetings(c *fact.Case) {
	a, b := 0, 1
	if c.Machines[0].Role == "server" || c.Machines[1].Role == "client" {
		a, b = b, a
	}
	if c.Machines[a].Role == "" {
		c.Machines[a].Role = "client"
	}
	if c.Machines[b].Role == "" {
		c.Machines[b].Role = "server"
	}
	for i, way := range [][2]int{{a, b}, {b, a}} {
		if m, ok := client.Meet(c.Machines[way[0]], c.Machines[way[1]]); ok {
			m.Client, m.Server, m.Reverse = way[0], way[1], i > 0
			c.Meetings = append(c.Meetings, m)
		}
	}
}

// A machineGroup is the evidence about one computer.
type machineGroup struct {
	role     string
	version  bool
	settings []fact.Setting
	gaps     []fact.Gap
}

// machineGroups puts together what belongs to one computer: what has the same role; and settings without a version belong to
// the computer before them, or to the first one.
func machineGroups(list []description) ([]machineGroup, error) {
	var groups []machineGroup
	var early []description
	for _, d := range list {
		i := slices.IndexFunc(groups, func(g machineGroup) bool { return d.role != "" && g.role == d.role })
		switch {
		case i < 0 && !d.version && d.role == "" && len(groups) == 0:
			early = append(early, d)
			continue
		case i < 0 && !d.version && d.role == "":
			i = len(groups) - 1
		case i < 0:
			groups = append(groups, machineGroup{role: d.role})
			i = len(groups) - 1
		case d.version && groups[i].version:
			return nil, usagef("two versions are given for the %s; give one", d.role)
		}
		groups[i].take(d)
	}
	for _, d := range early {
		groups[0].take(d)
	}
	return groups, nil
}

func (g *machineGroup) take(d description) {
	g.version = g.version || d.version
	g.settings, g.gaps = append(g.settings, d.res.Settings...), append(g.gaps, d.res.Gaps...)
}
