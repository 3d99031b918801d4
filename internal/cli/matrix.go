package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/lang"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/live"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// matrix predicts every mode of every client against one server.
func (w *world) matrix() *cobra.Command {
	o := new(options)
	var verify bool
	cmd := &cobra.Command{
		Use:   "matrix TARGET",
		Short: "every mode of every client against this server: which connect, which fail, why",
		Long: "matrix connects at most 12 times, predicts from that what each client known for the target's protocol comes to in each\n" +
			"of its modes, and prints the table. No password is sent; MySQL and PostgreSQL are asked, by a name that nobody has,\n" +
			"whether they take a login in plain text.\n\n" +
			"--verify makes the handshakes of the table as far as this program's own TLS can imitate them, in more connections.",
		Example: "  tlswhy matrix mysql://shop.example.com --ca ca.pem\n  tlswhy matrix postgres://db.example.com --format json",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("one target, please: tlswhy matrix TARGET")
			}
			return w.runMatrix(*o, args[0], verify)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.connect, "connect", "", "address, or address:port, to connect to instead of the target's")
	f.StringVar(&o.dns, "dns", "", "DNS server to ask instead of the system's")
	f.StringVar(&o.ca, "ca", "", "the CA file that the clients are given (PEM); without it, the system's roots")
	f.StringVar(&o.cert, "cert", "", "client certificate with its chain (PEM)")
	f.StringVar(&o.key, "key", "", "its private key (PEM)")
	f.DurationVar(&o.timeout, "timeout", 5*time.Second, "how long a silent step may take")
	f.StringVar(&o.format, "format", "text", "text or json")
	f.BoolVar(&verify, "verify", false, "make the handshakes of the table, one for each kind")
	return cmd
}

func (w *world) runMatrix(o options, arg string, verify bool) error {
	o.as, o.lang, o.repeat = client.Default, "en", 1
	if err := o.check(); err != nil {
		return err
	}
	t, err := parseTarget(arg)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	g, err := w.newGrid(ctx, o, t)
	if err != nil {
		return err
	}
	products := speaking(g.question.Protocol)
	if len(products) == 0 {
		return usagef("no client that speaks %s is known; see tlswhy diagnose", g.question.Protocol)
	}
	g.gather(ctx, products)
	m := g.fill(ctx, products, verify)
	if o.format == "json" {
		err = report.MatrixJSON(w.stdout, m)
	} else {
		err = report.MatrixText(w.stdout, m, style(w.stdout, w.getenv))
	}
	if !g.reached() {
		w.code = exitFound
	}
	return err
}

// speaking lists the products for a protocol; whoever speaks TLS at all speaks to an HTTPS server.
func speaking(protocol string) []client.Product {
	return slices.DeleteFunc(client.Products(), func(p client.Product) bool {
		return !slices.ContainsFunc(p.Protocols, func(s string) bool {
			return s == protocol || protocol == "https" && s == "tls" || protocol == "tls" && s == "https"
		})
	})
}

// A grid is a matrix in the making.
type grid struct {
	question fact.Question
	settings live.Settings
	given    func() trust.Roots
	system   func() trust.Roots
	facts    fact.Case
	server   *client.Server
	spent    int // connections made
	dialled  map[string]string
}

func (w *world) newGrid(ctx context.Context, o options, t target) (*grid, error) {
	given, err := roots(o.ca)
	if err != nil {
		return nil, err
	}
	system, err := roots("")
	if err != nil {
		return nil, err
	}
	g := &grid{given: given, system: system, dialled: map[string]string{}}
	g.settings = live.Settings{Resolver: live.Resolver{Server: dnsServer(o.dns)}, Connect: asciiName(o.connect), Roots: given,
		Timeout: o.timeout, Now: time.Now, Tell: w.progress()}
	g.question = fact.Question{Host: t.host, Port: t.port, Instance: t.instance, Connect: asciiName(o.connect), OwnRoots: o.ca != "", Now: time.Now()}
	if err := ownCertificate(o, &fact.Case{Question: g.question}, &g.settings); err != nil {
		return nil, err
	}
	if t.protocol == "" {
		t.protocol, g.spent = identify(ctx, g.settings, t)
	}
	g.question.Target, g.question.Protocol = t.String(), t.protocol
	g.settings.Protocol = *preamble.ByID(t.protocol)
	return g, nil
}

// gather learns of the server what all modes need.
func (g *grid) gather(ctx context.Context, products []client.Product) {
	var all []client.Behaviour
	for _, p := range products {
		for _, m := range p.Modes {
			all = append(all, m.Does)
		}
	}
	g.settings.Max = connections - g.spent
	p := live.New(g.question, g.settings)
	g.server = p.Gather(ctx, &g.facts, client.Shapes(all), "")
	g.spent += p.Connections()
}

// reached: some connection came to be.
func (g *grid) reached() bool {
	return slices.ContainsFunc(g.facts.Handshakes, func(h fact.Handshake) bool { return h.Progress() > fact.AtTCP })
}

// roots are the anchors of each kind; what a product bundles is taken for the system's.
func (g *grid) roots(use client.RootsUse) trust.Roots {
	switch use {
	case client.RootsGiven:
		return g.given()
	case client.RootsNone:
		return trust.Roots{}
	}
	return g.system()
}

func (g *grid) place() client.Place {
	return client.Place{Host: g.question.Host, Port: g.question.Port, Roots: g.roots, Now: g.question.Now}
}

// fill predicts every cell.
func (g *grid) fill(ctx context.Context, products []client.Product, verify bool) report.Matrix {
	m := report.Matrix{Schema: report.MatrixSchema, Target: g.question.Target, Certificate: g.certificate(), Clients: []report.MatrixRow{}, Gaps: []report.Gap{}}
	for _, p := range products {
		row := report.MatrixRow{Client: p.ID, Says: p.Says}
		for i, mode := range p.Modes {
			predicted := client.Predict(mode.Does, g.server, g.place())
			cell := g.cell(mode, predicted)
			cell.Mode = modeTitle(mode, changedIn(p.Modes[i+1:], mode.ID))
			if verify && imitable(mode.Does, predicted) {
				cell.Dialled = g.dial(ctx, mode.Does, cell.Outcome)
			}
			row.Modes = append(row.Modes, cell)
		}
		m.Clients = append(m.Clients, row)
	}
	for _, gap := range g.facts.Gaps {
		m.Gaps = append(m.Gaps, report.Gap(gap))
	}
	m.Connections = g.spent
	return m
}

// certificate names the leaf and where its chain leads.
func (g *grid) certificate() string {
	for i := range g.facts.Handshakes {
		leaf := g.facts.Handshakes[i].Chain.Leaf()
		if leaf == nil {
			continue
		}
		names := slices.Concat(leaf.DNSNames, leaf.IPs)
		if len(names) == 0 {
			names = []string{leaf.CommonName}
		}
		if len(names) > 3 {
			names = append(names[:3:3], fmt.Sprintf("and %d more", len(names)-3))
		}
		return strings.Join(names, ", ") + "; issuer " + leaf.Issuer
	}
	return ""
}

// modeTitle is a mode's word with the releases that it holds for, where it means something else in others.
func modeTitle(mode client.Mode, later string) string {
	switch {
	case mode.Versions == "" && later == "":
		return mode.ID
	case mode.Versions == "":
		return mode.ID + " (before " + later + ")"
	case later == "":
		return mode.ID + " (" + mode.Versions + "+)"
	}
	return mode.ID + " (" + mode.Versions + " to " + later + ")"
}

// changedIn is the release from which one of the modes stands for the word, or "".
func changedIn(later []client.Mode, word string) string {
	i := slices.IndexFunc(later, func(m client.Mode) bool { return m.ID == word })
	if i < 0 {
		return ""
	}
	return later[i].Versions
}

func (g *grid) cell(mode client.Mode, p client.Prediction) report.MatrixCell {
	cell := report.MatrixCell{Mode: mode.ID}
	cell.Outcome, cell.Text, cell.Chain = string(p.Outcome), p.Text, mode.Does.Chain
	if p.Fell != nil {
		cell.Fell = p.Fell.Brief()
	}
	if p.Failure == nil {
		return cell
	}
	cell.Why = p.Failure.Brief()
	if p.Handshake != nil {
		cell.Cause, cell.Title = g.cause(mode, p.Handshake)
	}
	return cell
}

// cause gives a simulated handshake to the catalogue.
func (g *grid) cause(mode client.Mode, h *fact.Handshake) (slug, title string) {
	c := &fact.Case{Question: g.question, Hosts: g.facts.Hosts, Handshakes: []fact.Handshake{*h}}
	c.Question.As = mode.Does.Profile.ID
	d := diagnose.Run(c, cause.All())
	list := slices.Concat(d.Findings, d.Open)
	i := slices.IndexFunc(list, func(f diagnose.Finding) bool { return f.Level == cause.Breaks })
	if i < 0 {
		return "", ""
	}
	return list[i].Cause.Slug, lang.Fill(list[i].Cause.Title, list[i].Args)
}

// imitable: this program's own TLS can do what the prediction is about: it speaks TLS, as the protocol begins it, and no product's own
// whim decided.
func imitable(b client.Behaviour, p client.Prediction) bool {
	if b.TLS == client.TLSNever || b.TLS == client.TLSDirect || p.Outcome == client.Plaintext || p.Outcome == client.NotKnown {
		return false
	}
	f := p.Failure
	return f == nil || f.Step != client.StepPlain && f.First == nil &&
		(b.Refuse == nil || f.How != fact.EndLocal || f.Reason == "chain" || f.Reason == "name")
}

// dial makes the handshake of a behaviour, once for each kind, and compares: "confirmed", what came of it instead, or "" where none
// could be made.
func (g *grid) dial(ctx context.Context, b client.Behaviour, outcome string) string {
	if g.question.Protocol == "mysql" && g.spent >= mysqlConnections {
		return "" // each counts against max_connect_errors
	}
	key := fmt.Sprintf("%s %v %d %v %v", b.Shape(), b.Profile.Limits, b.Roots, b.Chain, b.Name)
	came, ok := g.dialled[key]
	if !ok {
		came = g.dialOnce(ctx, b)
		g.dialled[key] = came
	}
	if came != "" && (came == "fails") == (outcome == string(client.Fails)) {
		return "confirmed"
	}
	return came
}

// dialOnce is one handshake with the client's hello, limits and trust: "fails", "connects", or "" when none was made.
func (g *grid) dialOnce(ctx context.Context, b client.Behaviour) string {
	q, s := g.question, g.settings
	if b.SNI == client.SNINever {
		q.SNI = "none"
	}
	s.Profile, s.Max = b.Profile, 1
	s.Roots = func() trust.Roots { return g.roots(b.Roots) }
	c := new(fact.Case)
	p := live.New(q, s)
	p.Begin(ctx, c)
	g.spent += p.Connections()
	h := c.First()
	switch {
	case h == nil:
		return ""
	case h.Finished != fact.Yes || h.End.How != fact.EndCompleted, b.Chain && !h.Verdict.Without(forgiven(b)...):
		return "fails"
	}
	return "connects"
}

// forgiven are the problems that a client does not look at.
func forgiven(b client.Behaviour) []fact.ProblemKind {
	if b.Name {
		return nil
	}
	return []fact.ProblemKind{fact.NameMismatch, fact.NameIsIP, fact.NameOnlyInCN}
}
