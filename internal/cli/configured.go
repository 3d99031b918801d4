package cli

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/conf"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/words"
)

// factUse is a use as the catalogue looks at it.
func factUse(u client.Use) fact.Use {
	b := u.Behaviour
	out := fact.Use{Client: u.Client, Mode: cmp.Or(u.Mode, "its default"), Target: u.Target, Name: cmp.Or(u.Name, u.Target.Host), From: u.From,
		TLS: fact.Is(b.TLS != client.TLSNever), Plain: fact.Is(b.TLS == client.TLSNever || b.TLS == client.TLSAllow || b.PlainOn != 0),
		Chain: fact.Is(b.Chain), NameChecked: fact.Is(b.Name), SNI: fact.Is(u.SNI != "none" && b.SNI == client.SNIName)}
	out.Roots = map[client.RootsUse]string{client.RootsGiven: "given", client.RootsSystem: "system", client.RootsBundled: "bundled", client.RootsNone: "none"}[b.Roots]
	if u.SNI != "" && u.SNI != "none" {
		out.SNI = fact.Yes
	}
	out.Mode, out.Refused = withOptions(out.Mode, u), u.Refusal()
	return out
}

// describe puts what a configuration says into a case: its settings and the connections that it describes.
func describe(c *fact.Case, res conf.Result) []client.Use {
	c.Settings = append(c.Settings, res.Settings...)
	c.Gaps = append(c.Gaps, res.Gaps...)
	var uses []client.Use
	for _, u := range client.Uses(res.Settings) {
		var known bool
		if u.Behaviour, known = u.Configured(); !known {
			c.Gaps = append(c.Gaps, fact.Gap{What: strings.TrimSpace("how " + u.Client + " " + u.Mode + " behaves"),
				Why: "this version does not know it; it is taken for a current client that needs TLS and verifies chain and name"})
			u.Behaviour = client.Cautious()
		}
		if u.CA == "system" { // libpq 16 and later: OpenSSL's own list
			u.CA, u.Behaviour.Roots = "", client.RootsSystem
		}
		c.Uses = append(c.Uses, factUse(u))
		for _, option := range u.Overlay.Unlike {
			c.Gaps = append(c.Gaps, fact.Gap{What: option, Why: "it was read and is not imitated: what is found holds for " + u.Client + " without it"})
		}
		uses = append(uses, u)
	}
	return uses
}

// answerConfigured diagnoses what was typed or read as configuration. A connection that was typed is made, as this client
// would; those of files are with --live.
func (w *world) answerConfigured(ctx context.Context, o options, name string, res conf.Result, connect bool) []result {
	c := &fact.Case{Question: fact.Question{Target: name, As: res.Dialect}}
	uses := describe(c, res)
	if res.Elsewhere {
		c.Gaps = append(c.Gaps, fact.Gap{What: "the files that the command names", Why: "it runs in a container or on another machine; this one's files are others"})
	} else {
		certificateFiles(c)
	}
	r := result{Case: c, diagnosis: diagnose.Configured(c, cause.All()), configured: true}
	if connect && res.Files == 0 && len(uses) == 0 && r.diagnosis.Outcome == diagnose.OK {
		c.Gaps = append(c.Gaps, fact.Gap{What: "the connection that " + res.Dialect + " would make", Why: "no host is named, or it is one by a protocol that is not imitated"})
		r.diagnosis.Outcome = diagnose.Unknown
	}
	r.write()
	if !connect {
		return []result{r}
	}
	var list []result
	for _, u := range reachable(uses) {
		if res.Elsewhere && o.ca != "" {
			u.CA = ""
		}
		stopped := stoppedBy(c, &u)
		if stopped != "" {
			c.Gaps = append(c.Gaps, fact.Gap{What: "the connection to " + u.Target.Host, Why: "it was not made: without " + stopped + " " + u.Client + " makes none"})
			continue
		}
		answer, err := w.answerUse(ctx, o, u, c)
		if err != nil {
			r.Case.Gaps = append(r.Case.Gaps, fact.Gap{What: u.Target.Host, Why: err.Error()})
			if r.diagnosis.Outcome == diagnose.OK {
				r.diagnosis.Outcome = diagnose.Unknown // what was not tried is not known to work
			}
			continue
		}
		list = append(list, answer)
	}
	r.write()
	if len(list) == 1 && len(uses) == 1 {
		return []result{withWritten(list[0], r)} // one connection: one report
	}
	return append([]result{r}, list...)
}

// answerDescribed diagnoses configuration files, connection strings and a command line.
func (w *world) answerDescribed(ctx context.Context, o options, ev evidence) ([]result, error) {
	var list []result
	for _, name := range ev.configs {
		f, err := os.Open(name)
		if err != nil {
			return nil, unreadable{err.Error()}
		}
		res, err := conf.Read(ctx, name, f, conf.Options{})
		f.Close()
		if err != nil {
			return nil, unreadable{name + ": " + err.Error()}
		}
		list = append(list, w.answerConfigured(ctx, o, name, res, o.live)...)
	}
	for _, text := range ev.strings {
		res, _ := conf.String(text)
		list = append(list, w.answerConfigured(ctx, o, "connection string", res, true)...)
	}
	if len(ev.command) > 0 {
		res, ok := conf.Command(ev.command)
		if !ok {
			return nil, usagef("after -- stands the failing command; %s is none that is known: mysql, mariadb, psql, sqlcmd, tsql, curl, openssl s_client, wget, redis-cli", firstWord(ev.command[0]))
		}
		list = append(list, w.answerConfigured(ctx, o, res.Dialect, res, true)...)
	}
	return list, nil
}

// maxUses is how many connections of one configuration are made.
const maxUses = 20

// reachable are the uses that name a host, each once.
func reachable(uses []client.Use) []client.Use {
	var list []client.Use
	for _, u := range uses {
		same := func(v client.Use) bool {
			return v.Target == u.Target && v.Mode == u.Mode && v.SNI == u.SNI && v.Name == u.Name && v.Overlay.Connect == u.Overlay.Connect
		}
		if u.Behaviour.TLS != client.TLSNever && u.Refusal() == "" && isHost(u.Target.Host) && u.Target.Host != "?" && len(list) < maxUses && !slices.ContainsFunc(list, same) {
			list = append(list, u)
		}
	}
	return list
}

// answerUse makes the connection that a configuration describes, as its client would, and diagnoses it.
func (w *world) answerUse(ctx context.Context, o options, u client.Use, c *fact.Case) (result, error) {
	t := target{protocol: u.Target.Protocol, host: asciiName(u.Target.Host), port: u.Target.Port, instance: u.Instance}
	if t.protocol == "" {
		t.protocol = "https"
	}
	t = t.completed()
	o.use = &u
	o.sni = cmp.Or(u.SNI, o.sni)
	if u.Behaviour.SNI == client.SNINever && o.sni == "" {
		o.sni = "none"
	}
	if u.Name != "" && u.Name != u.Target.Host {
		if o.connect == "" {
			o.connect = u.Target.Host
		}
		t.host = asciiName(u.Name) // the name verified is not the name dialled
	}
	o.ca, o.cert, o.key = cmp.Or(u.CA, o.ca), cmp.Or(u.Cert, o.cert), cmp.Or(u.Key, o.key) // what is configured is what would be used
	o.as = withOptions(strings.TrimSpace(u.Client+" "+u.Mode), u)
	if o.connect != "" {
		host := o.connect
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if _, err := netip.ParseAddr(host); err != nil && !isHost(host) {
			o.connect = ""
		}
	}
	if u.Overlay.Connect != "" {
		o.connect = u.Overlay.Connect
	}
	o.four, o.six = o.four || u.Overlay.Family == 4, o.six || u.Overlay.Family == 6
	fmt.Fprintf(w.stderr, "tlswhy: connecting to %s as %s\n", report.Safe(t.String()), report.Safe(o.as))
	return w.answerTarget(ctx, o, t)
}

// withOptions is a mode with the options that change it; the reports name both.
func withOptions(mode string, u client.Use) string {
	return strings.TrimSpace(mode + " " + words.Redact(u.Overlay.String()))
}

// profileOf is the client to be: that of a configuration, a product in one of its modes, or a plain profile.
func profileOf(o options) (client.Profile, error) {
	if o.use != nil {
		return o.use.Behaviour.AsProfile(), nil
	}
	if p, ok := client.ByID(o.as); ok && o.mode == "" {
		return p, nil
	}
	if _, m, ok := client.Find(strings.TrimSpace(o.as + " " + o.mode)); ok {
		if m.Does.TLS == client.TLSNever {
			return client.Profile{}, usagef("%s %s does not use TLS; there is no handshake to diagnose", o.as, o.mode)
		}
		return m.Does.AsProfile(), nil
	}
	return client.Profile{}, usagef("unknown client %q; tlswhy matrix lists the clients and their modes, or use one of %s", shown(strings.TrimSpace(o.as+" "+o.mode)), strings.Join(profileIDs(), ", "))
}

// rootsOf are the anchors of the client to be.
func rootsOf(o options) (func() trust.Roots, error) {
	if o.use != nil && o.use.Behaviour.Roots == client.RootsNone && o.ca == "" {
		return func() trust.Roots { return trust.Roots{} }, nil
	}
	return roots(o.ca)
}

// withWritten puts what the configuration itself shows behind what its connection came to.
func withWritten(r, written result) result {
	r.Case.Settings, r.Case.Uses, r.Case.Files = written.Case.Settings, written.Case.Uses, written.Case.Files
	for _, f := range written.diagnosis.Findings {
		if !slices.ContainsFunc(r.diagnosis.Findings, func(g diagnose.Finding) bool { return g.Cause.Slug == f.Cause.Slug }) {
			r.Report = report.AddWritten(r.Report, r.Case, f)
			r.diagnosis.Findings = append(r.diagnosis.Findings, f)
		}
	}
	return r
}
