package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/capture"
)

// examineFlags are what a person may say about an examination.
type examineFlags struct {
	proto, listen, format, name, only string
	port, clients                     int
	lasts                             time.Duration
}

// examine is lab examine: a server that finds out what the clients that connect to it do.
func (w *world) examine() *cobra.Command {
	var f examineFlags
	cmd := &cobra.Command{
		Use:   "examine",
		Short: "serve an endpoint that finds out what a client does: leading zeros, certificates, versions",
		Long: "examine serves an endpoint for tests only and asks each client that connects one question a connection: which rule it\n" +
			"follows for leading zeros in Diffie-Hellman secrets (one handshake tells), which wrong certificates it accepts, which\n" +
			"versions it takes. A client that verifies fails at the wrong certificates; with --only leading-zero none is shown. Its page\n" +
			"comes when nothing is left to ask; what it shows after that is in one more, in place of the first. Logins are discarded\n" +
			"unread. Groups and certificates protect nothing: never send a real password.",
		Example: "  tlswhy lab examine --proto mssql\n  tlswhy lab examine --proto https --clients 1 --format json\n  tlswhy lab examine --proto postgres --only leading-zero",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return w.runExamine(f) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.proto, "proto", "https", "what is spoken before TLS: mssql, mysql, postgres, https …")
	fl.StringVar(&f.listen, "listen", "127.0.0.1", "address to listen on")
	fl.IntVar(&f.port, "port", 0, "port to listen on (default: a free one)")
	fl.IntVar(&f.clients, "clients", 0, "stop when so many clients are complete")
	fl.DurationVar(&f.lasts, "for", 0, "stop after this time")
	fl.StringVar(&f.only, "only", "", "leading-zero: ask about leading zeros alone, always with the right certificate")
	fl.StringVar(&f.format, "format", "text", "text or json")
	fl.StringVar(&f.name, "name", "db.shop.test", "name of the server, under .test")
	return cmd
}

// check turns flags into what the lab takes.
func (f examineFlags) check() (lab.ExamineConfig, error) {
	p := preamble.ByID(f.proto)
	if p == nil {
		p = preamble.ByScheme(f.proto)
	}
	ip := net.ParseIP(strings.Trim(f.listen, "[]"))
	switch {
	case p == nil || p.Accept == nil:
		return lab.ExamineConfig{}, usagef("--proto %q: mssql, mysql, postgres or https", f.proto)
	case ip == nil:
		return lab.ExamineConfig{}, usagef("--listen %q: an IP address, such as 127.0.0.1 or 0.0.0.0", f.listen)
	case f.port < 0 || f.port > 65535:
		return lab.ExamineConfig{}, usagef("--port %d: a number up to 65535", f.port)
	case f.only != "" && f.only != lab.OnlyLeadingZero:
		return lab.ExamineConfig{}, usagef("--only %q: leading-zero", f.only)
	case f.format != "text" && f.format != "json":
		return lab.ExamineConfig{}, usagef("--format %q: text or json", f.format)
	case f.clients < 0 || f.lasts < 0:
		return lab.ExamineConfig{}, usagef("--clients and --for take no negative value")
	}
	return lab.ExamineConfig{Protocol: *p, Listen: ip, Port: f.port, Name: f.name, Only: f.only}, nil
}

func (w *world) runExamine(f examineFlags) error {
	config, err := f.check()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if f.lasts > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.lasts)
		defer cancel()
	}
	b, err := newBench()
	if err != nil {
		return err
	}
	defer b.close()
	return w.serveExamine(ctx, b, config, f)
}

// serveExamine prints how to connect, each client's page when it is complete, and at the end those that are not, and those
// that showed more since.
func (w *world) serveExamine(ctx context.Context, b *bench, config lab.ExamineConfig, f examineFlags) error {
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	var mu sync.Mutex
	printed := map[int]report.Examined{}
	var failed error
	config.Complete = func(e lab.Examined) {
		mu.Lock()
		defer mu.Unlock()
		printed[e.Number] = examinedReport(e, f)
		failed = w.writeExamined(printed[e.Number], f.format)
		if len(printed) == f.clients || failed != nil {
			enough()
		}
	}
	config.Answered = func(e lab.Examined, h fact.Handshake) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(w.stderr, "  client %d, connection %d  %s\n", e.Number, e.Made, report.ExaminedAnswer(&h))
	}
	config.TurnedAway = func(limit, n int) {
		mu.Lock()
		defer mu.Unlock()
		if n == 1 { // all of them at the end
			fmt.Fprintf(w.stderr, "tlswhy: %d clients with different hellos have come; any further one is turned away: start again to examine it\n", limit)
		}
	}
	x, err := lab.Examine(ctx, b.env, config)
	if err != nil {
		return usagef("%v", err)
	}
	w.howToConnect(x, config)
	<-ctx.Done()
	x.Close()
	for _, e := range x.Clients() {
		r := examinedReport(e, f)
		before, again := printed[e.Number]
		if failed != nil || again && sameAnswers(before, r) {
			continue
		}
		r.Replaces = again
		failed = w.writeExamined(r, f.format)
	}
	if n := x.Refused(); n > 0 {
		fmt.Fprintf(w.stderr, "tlswhy: %d connections turned away: too many different clients\n", n)
	}
	return failed
}

// sameAnswers: connections that were asked nothing do not change what is known of a client.
func sameAnswers(a, b report.Examined) bool {
	a.Connections, a.Handshakes, b.Connections, b.Handshakes = 0, nil, 0, nil
	return reflect.DeepEqual(a, b)
}

// examinedReport is what is known of one client.
func examinedReport(e lab.Examined, f examineFlags) report.Examined {
	p := report.Fingerprint{}
	if e.Hello != nil {
		p = report.Fingerprint{JA3: capture.JA3(e.Hello), JA4: capture.JA4(e.Hello), LooksLike: capture.Likely(e.Hello)}
	}
	r := report.Examine(e.Case, diagnose.Run(e.Case, cause.All()), e.Number, e.Made, e.Complete, p)
	r.Only = f.only
	return r
}

// writeExamined writes one client.
func (w *world) writeExamined(r report.Examined, format string) error {
	if format == "json" {
		return report.ExaminedJSON(w.stdout, r)
	}
	if err := report.ExaminedText(w.stdout, r, style(w.stdout, w.getenv)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(w.stdout)
	return err
}

// howToConnect tells it on stderr: stdout is for the clients.
func (w *world) howToConnect(x *lab.Examination, config lab.ExamineConfig) {
	host, port, _ := net.SplitHostPort(x.Address())
	fmt.Fprintf(w.stderr, "tlswhy: examining clients of %s on %s, for tests only: its groups and certificates protect nothing\n", config.Protocol.ID, x.Address())
	fmt.Fprintf(w.stderr, "  let the client trust   %s\n", x.CAFile())
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "ADDRESS"
	}
	for _, line := range connectLines(config, host, port, x.CAFile()) {
		fmt.Fprintf(w.stderr, "  for example            %s\n", line)
	}
	fmt.Fprintln(w.stderr, "  connect again and again until it is complete: one connection answers one question, the first whether zeros are stripped")
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		fmt.Fprintln(w.stderr, "tlswhy: it listens beyond this machine; whoever reaches the port can talk to it")
	}
}

// connectLines are commands of well-known clients.
func connectLines(config lab.ExamineConfig, host, port, ca string) []string {
	name := config.Name
	switch config.Protocol.ID {
	case "mssql", "mssql-strict":
		return []string{fmt.Sprintf("sqlcmd -S tcp:%s,%s -U test -P test -N", host, port), fmt.Sprintf("tsql -H %s -p %s -U test -P test", host, port)}
	case "mysql":
		return []string{fmt.Sprintf("mysql -h %s -P %s -u test --ssl-ca=%s --ssl-verify-server-cert", host, port, shellWord(ca))}
	case "postgres", "postgres-direct":
		return []string{fmt.Sprintf("psql 'host=%s hostaddr=%s port=%s user=test sslmode=verify-full sslrootcert=%s'", name, host, port, ca)}
	case "https":
		return []string{fmt.Sprintf("curl --cacert %s --connect-to ::%s:%s https://%s/", shellWord(ca), host, port, name)}
	}
	n, _ := strconv.Atoi(port)
	return []string{fmt.Sprintf("openssl s_client -connect %s -servername %s -CAfile %s", net.JoinHostPort(host, strconv.Itoa(n)), name, shellWord(ca))}
}
