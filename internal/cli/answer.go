package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/live"
	"github.com/tlswhy/tlswhy/internal/source/machine"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// answer takes one argument to its result. A lab endpoint lives as long as its question.
func (w *world) answer(ctx context.Context, cmd *cobra.Command, o options, arg string) (result, error) {
	if strings.HasPrefix(arg, "lab:") {
		return w.answerLab(ctx, cmd, o, arg)
	}
	t, err := parseTarget(arg)
	if err != nil {
		return result{}, err
	}
	return w.answerTarget(ctx, o, t)
}

// answerTarget asks the port what it speaks where that is not told, and runs the diagnosis.
func (w *world) answerTarget(ctx context.Context, o options, t target) (result, error) {
	profile, err := profileOf(o)
	if err != nil {
		return result{}, err
	}
	asked := o.product(t)
	if asked != nil && asked.Behaviour.SNI == client.SNINever && o.sni == "" {
		o.sni = "none"
	}
	settings := live.Settings{Profile: profile, Resolver: live.Resolver{Server: dnsServer(o.dns)}, Connect: asciiName(o.connect),
		Timeout: o.timeout, Now: time.Now, Tell: w.progress(), Parallel: o.parallel}
	settings.Family = family(o)
	if settings.Roots, err = rootsOf(o); err != nil {
		return result{}, err
	}
	c := &fact.Case{Question: fact.Question{As: o.client(), Unlike: o.unlike(), Peer: peerKnown(profile), Host: t.host, Port: t.port, Instance: t.instance, SNI: asciiName(o.sni), Connect: asciiName(o.connect),
		OwnRoots: o.ca != "", Repeat: o.repeat, Configured: o.dialect(), Now: time.Now()}}
	if err := ownCertificate(o, c, &settings); err != nil {
		return result{}, err
	}
	whole := ctx // until it is interrupted: any number of repeats has its time
	ctx, cancel := context.WithTimeout(whole, 2*o.timeout)
	defer cancel()
	spent, begun := 0, time.Now()
	if t.protocol == "" {
		t.protocol, spent = identify(ctx, settings, t)
	}
	c.Question.Target, c.Question.Protocol = t.String(), t.protocol
	settings.Protocol = *preamble.ByID(t.protocol)
	settings.Max = w.budget(o, t) - spent
	w.deepBudget(o, t, spent, &settings)
	p := live.New(c.Question, settings)
	p.Begin(ctx, c)
	if o.repeat > 1 {
		p.Repeat(whole, c)
	}
	if o.deep != "" {
		ctx, cancel = context.WithTimeout(whole, live.DeepTime(o.deep, o.timeout))
		defer cancel()
		p.Deep(ctx, c, o.deep)
	}
	if o.repeat > 1 || o.deep != "" { // these have had their own time
		ctx, cancel = context.WithTimeout(whole, 2*o.timeout)
		defer cancel()
	}
	d := diagnose.Loop(ctx, c, cause.All(), p)
	r := report.Build(c, d, p.Connections()+spent)
	r.Lasted(time.Since(begun))
	res := result{Case: c, diagnosis: d, Report: r, tapes: p.Tapes()}
	if asked != nil {
		written := &fact.Case{Question: c.Question, Uses: []fact.Use{factUse(*asked)}}
		return withWritten(res, result{Case: written, diagnosis: diagnose.Configured(written, cause.All())}), nil
	}
	return res, nil
}

// client is the client to be, with its mode, as the reports name it.
func (o *options) client() string {
	if o.use != nil {
		return o.as
	}
	return strings.TrimSpace(o.as + " " + o.mode)
}

// unlike are the options of a client that was described which its imitation leaves out.
func (o *options) unlike() []string {
	if o.use == nil {
		return nil
	}
	return o.use.Overlay.Unlike
}

// dialect is the one that the client to be is described in, "" for one that is not.
func (o *options) dialect() string {
	if o.use == nil {
		return ""
	}
	if len(o.use.From) == 0 {
		return o.use.Client
	}
	return o.use.From[0].Dialect
}

// peerKnown is how much a client knows of its peer once it is connected, in the matrix's words.
func peerKnown(p client.Profile) string {
	if p.Unverified || p.AnyName {
		return string(client.Unverified)
	}
	return string(client.Verified)
}

// product is the use that --as and --mode describe; nil for a plain profile, and for a client that was described otherwise.
func (o *options) product(t target) *client.Use {
	if o.use != nil {
		return nil
	}
	if _, plain := client.ByID(o.as); plain && o.mode == "" {
		return nil
	}
	p, m, ok := client.Find(o.client())
	if !ok {
		return nil
	}
	u := client.Use{Client: p.ID, Mode: m.ID, Behaviour: m.Does, Target: fact.Endpoint{Protocol: t.protocol, Host: t.host, Port: t.port},
		From: []fact.Setting{{Ref: fact.Ref{Kind: "conf", At: "--as " + o.client()}, Name: "--as", Args: []string{p.ID, m.ID}}}}
	if u.Behaviour.Roots == client.RootsNone && o.ca != "" {
		u.Behaviour.Roots = client.RootsGiven
	}
	return &u
}

// budget is how many connections this diagnosis may make.
func (w *world) budget(o options, t target) int {
	if o.max > 0 {
		return o.max
	}
	n := connections + o.repeat - 1
	if t.protocol == "mysql" && n > mysqlConnections {
		fmt.Fprintf(w.stderr, "tlswhy: stopping at %d connections: MySQL counts each against max_connect_errors and may block this host (error 1129); --max-connections allows more\n", mysqlConnections)
		return mysqlConnections
	}
	return n
}

func family(o options) int {
	switch {
	case o.four:
		return 4
	case o.six:
		return 6
	}
	return 0
}

// dnsServer completes an address with DNS's port.
func dnsServer(s string) string {
	if s == "" {
		return ""
	}
	if _, _, err := net.SplitHostPort(s); err == nil {
		return s
	}
	return net.JoinHostPort(strings.Trim(s, "[]"), "53")
}

// roots gives the anchors: those of the file, or the system's, read only once a chain is to be judged.
func roots(file string) (func() trust.Roots, error) {
	if file == "" {
		return sync.OnceValue(machine.Roots), nil
	}
	pem, err := readFile(file)
	if err != nil {
		return nil, usagef("--ca: %v", err)
	}
	r, err := trust.RootsFromPEM(pem)
	if err != nil && len(pem) > 0 {
		return nil, usagef("--ca %s: %v; give certificates in PEM form", file, err)
	}
	return func() trust.Roots { return r }, nil
}

// maxFile bounds certificate and key files.
const maxFile = 16 << 20

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		var pe *os.PathError
		if errors.As(err, &pe) {
			return nil, fmt.Errorf("%s: %v", name, pe.Err)
		}
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// ownCertificate reads --cert and --key. A key that does not belong to its certificate is evidence, not an error.
func ownCertificate(o options, c *fact.Case, s *live.Settings) error {
	if o.cert == "" {
		return nil
	}
	certPEM, err := readFile(o.cert)
	if err != nil {
		return usagef("--cert: %v", err)
	}
	keyPEM, err := readFile(o.key)
	if err != nil {
		return usagef("--key: %v", err)
	}
	chain := pemCertificates(certPEM)
	if len(chain) == 0 {
		return usagef("--cert %s holds no certificate in PEM form", o.cert)
	}
	key, err := privateKey(keyPEM)
	if err != nil {
		return usagef("--key %s: %v", o.key, err)
	}
	c.Question.OwnCert = trust.Parse(chain)
	_, pairErr := tls.X509KeyPair(certPEM, keyPEM)
	c.Question.OwnKeyOK = fact.Is(pairErr == nil)
	s.Own = &wire.ClientCertificate{Chain: chain, Key: key}
	return nil
}

// identify asks a port what it speaks; a port that does not tell is taken for TLS.
func identify(ctx context.Context, s live.Settings, t target) (protocol string, connections int) {
	host := t.host
	port := t.port
	if s.Connect != "" {
		host = s.Connect
		if h, p, err := net.SplitHostPort(s.Connect); err == nil {
			if n, err := strconv.ParseUint(p, 10, 16); err == nil {
				host, port = h, uint16(n)
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout/2) // a mute port must not cost the diagnosis its time
	defer cancel()
	info, _ := s.Resolver.Lookup(ctx, host)
	addrs := slices.DeleteFunc(info.Addrs, func(a netip.Addr) bool {
		return s.Family == 4 && !a.Unmap().Is4() || s.Family == 6 && a.Unmap().Is4()
	})
	if len(addrs) == 0 {
		return "tls", 0
	}
	addr := netip.AddrPortFrom(addrs[0], port).String()
	dial := func(ctx context.Context) (net.Conn, error) {
		d := net.Dialer{Timeout: 3 * time.Second}
		return d.DialContext(ctx, "tcp", addr)
	}
	id, _, n, err := preamble.Identify(ctx, dial)
	if err != nil || preamble.ByID(id) == nil {
		return "tls", n
	}
	return id, n
}
