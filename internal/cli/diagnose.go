package cli

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/live"
	"github.com/tlswhy/tlswhy/internal/source/logs"
)

// options are the flags of diagnose.
type options struct {
	as, sni, connect, dns string
	ca, cert, key         string
	repeat, max, parallel int
	deep                  string
	timeout               time.Duration
	four, six             bool
	format, lang, save    string
	transcript            bool
	keylog                string
	conversations         bool
	conversation          int
	iface                 string
	packets               int
	span                  time.Duration
	text, live, follow    bool
	logFormat, since      string
	mode                  string
	use                   *client.Use // the client that a configuration describes
}

// connections is how many experiments a diagnosis may make without being told otherwise.
const connections = 12

// mysqlConnections is where probing one MySQL server stops: connections dropped before login count against its
// max_connect_errors (100), and then error 1129 blocks the whole host.
const mysqlConnections = 20

func (w *world) diagnose() *cobra.Command {
	o := new(options)
	cmd := &cobra.Command{
		Use:   "diagnose TARGET|FILE|TEXT|CONNECTION STRING|WINDOWS VERSION... [-- COMMAND...]",
		Short: "why does this handshake fail, and what exactly must change",
		Long: "diagnose connects to each target as the client of --as would, changes one thing at a time where that fails,\n" +
			"and names the cause, its proof and the change.\n\n" +
			"TARGET is scheme://host[:port] (" + strings.Join(schemes(), ", ") + "proto/slug),\n" +
			"host:port (the port is asked what it speaks), or a name (https).\n\n" +
			"FILE is a packet capture (pcap, pcapng, Network Monitor .cap, snoop, etl; gzip and zstd around them), the text that\n" +
			"Network Monitor or tshark prints, a log (found by content; rotated and compressed ones too), or - for standard input.\n" +
			"TEXT is an error message as some program prints it, in whatever form it reached you. Files and texts are one case;\n" +
			"a target of the same call, or --live with the peer that they name, proves or disproves what they say.\n\n" +
			"A connection string, or the failing command behind --, is read and the connection made as that client would make it; the\n" +
			"command is never run. A configuration file (nginx, HAProxy, Apache, Envoy, stunnel, OpenSSL, databases, ODBC, Java, .reg) is\n" +
			"read with what it includes; with --live every connection that it describes is made. Several targets, or several\n" +
			"configurations, are compared.\n\n" +
			"A WINDOWS VERSION ('Windows Server 2016 14393.3300', what systeminfo, Get-ComputerInfo or winver print, an export of the\n" +
			"registry) is looked up: was TLS_DHE repaired on it. Of two, the client first or client=… and server=…, it is told what\n" +
			"they would agree on; what Get-TlsCipherSuite prints takes the place of the default order.",
		Example: "  tlswhy diagnose mysql://db.example.com --ca ca.pem\n" +
			"  tlswhy diagnose db.example.com:1433 --as openssl3\n" +
			"  tlswhy diagnose lab:mysql/hostname-is-alias\n" +
			"  tlswhy diagnose monday.pcapng tuesday.pcapng.gz --keylog keys.txt\n" +
			"  tlswhy diagnose /var/log/nginx/error.log --since 2h\n" +
			"  journalctl -u nginx -o json | tlswhy diagnose -\n" +
			"  tlswhy diagnose /etc/nginx/nginx.conf --live\n" +
			"  tlswhy diagnose 'Server=db;Encrypt=True;TrustServerCertificate=False'\n" +
			"  tlswhy diagnose -- psql 'host=db sslmode=verify-full'\n" +
			"  tlswhy diagnose 'Windows Server 2012 R2' 'Windows Server 2016 14393.3300'\n" +
			"  tlswhy diagnose mssql://db --as sqlclient@6/debian12 --mode Mandatory\n" +
			"  tlswhy diagnose 'curl: (60) SSL certificate problem: unable to get local issuer certificate'",
		RunE: func(cmd *cobra.Command, args []string) error { return w.runDiagnose(cmd, o, args) },
	}
	f := cmd.Flags()
	f.StringVar(&o.as, "as", client.Default, "client to be: "+strings.Join(profileIDs(), ", ")+", or a product with its release and mode: psql, mysql@8.4, sqlclient@6/debian12")
	f.StringVar(&o.mode, "mode", "", "its mode, in the product's own word: VERIFY_IDENTITY, sslmode=verify-full, Mandatory")
	f.StringVar(&o.sni, "sni", "", "server name to send: a name, or none (default: the target's)")
	f.StringVar(&o.connect, "connect", "", "address, or address:port, to connect to instead of the target's")
	f.StringVar(&o.dns, "dns", "", "DNS server to ask instead of the system's")
	f.StringVar(&o.ca, "ca", "", "trusted roots (PEM) instead of the system's")
	f.StringVar(&o.cert, "cert", "", "client certificate with its chain (PEM)")
	f.StringVar(&o.key, "key", "", "its private key (PEM)")
	f.IntVar(&o.repeat, "repeat", 1, "make the unchanged handshake this often, in turn with each address, and tell how often it fails and what that goes with")
	f.IntVar(&o.parallel, "parallel", 4, "how many of --repeat at the same time, at most 32")
	f.IntVar(&o.max, "max-connections", 0, "connections to make at most, with those of --repeat and --deep (default: 12 and theirs; MySQL 20 in all)")
	deepFlag(cmd, &o.deep)
	f.DurationVar(&o.timeout, "timeout", 10*time.Second, "how long a silent step may take")
	f.BoolVarP(&o.four, "ipv4", "4", false, "IPv4 addresses only")
	f.BoolVarP(&o.six, "ipv6", "6", false, "IPv6 addresses only")
	f.StringVar(&o.format, "format", "text", "text or json")
	f.StringVar(&o.lang, "lang", "en", "language of the text: en")
	f.StringVar(&o.save, "save", "", "keep the run: FILE.pcapng (every connection; of --repeat the first of each kind) or FILE.json (case and diagnosis)")
	f.BoolVar(&o.transcript, "transcript", false, "show every step with the command that repeats it by hand")
	f.StringVar(&o.keylog, "keylog", "", "TLS secrets of a capture (NSS key log)")
	f.BoolVar(&o.conversations, "conversations", false, "one row for each conversation of a capture, like ones not folded")
	f.IntVar(&o.conversation, "conversation", 0, "draw this conversation of a capture, by its number")
	f.StringVar(&o.iface, "interface", "", "capture from this network interface (any: all), until --packets, --for or Ctrl-C")
	f.IntVar(&o.packets, "packets", 0, "stop reading captures after so many packets")
	f.DurationVar(&o.span, "for", 0, "stop capturing from --interface after this long")
	f.BoolVar(&o.text, "text", false, "take every argument as a text")
	f.BoolVar(&o.live, "live", false, "connect to the peers that texts and logs name, and prove one cause")
	f.StringVar(&o.logFormat, "log-format", "", "read logs as this dialect: "+strings.Join(logs.Formats(), ", "))
	f.StringVar(&o.since, "since", "", "of logs, only what is younger: a length of time (2h) or a time (2006-01-02 15:04)")
	f.BoolVar(&o.follow, "follow", false, "keep reading a growing log and tell each new failure, until Ctrl-C")
	return cmd
}

func profileIDs() []string {
	var ids []string
	for _, p := range client.All() {
		ids = append(ids, p.ID)
	}
	return ids
}

// a result is one question answered.
type result struct {
	Case       *fact.Case
	Report     report.Report
	tapes      []live.Tape
	diagnosis  diagnose.Diagnosis
	traffic    *report.Traffic // of captures; nil without one
	heard      *report.Heard   // of texts and logs; nil without one
	configured bool            // of configuration
	machines   bool            // of computers that were described
}

func (w *world) runDiagnose(cmd *cobra.Command, o *options, args []string) error {
	if err := o.check(); err != nil {
		return err
	}
	var command []string
	if dash := cmd.ArgsLenAtDash(); dash >= 0 && !o.text {
		args, command = args[:dash], args[dash:]
	}
	var machines []description
	if !o.text {
		machines, args = w.descriptions(cmd.Context(), args)
	}
	ev, err := sorted(args, o.text)
	if err != nil {
		return err
	}
	ev.command, ev.machines = command, machines
	if err := ev.check(o); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if o.follow {
		return w.followLog(ctx, *o, ev.files[0])
	}
	var results []result
	if len(ev.files)+len(ev.texts) > 0 || o.iface != "" {
		r, err := w.answerFiles(ctx, *o, ev)
		if err != nil {
			return err
		}
		results = append(results, r)
		if o.live {
			results = append(results, w.answerNamed(ctx, *o, r)...)
		}
	}
	if len(ev.machines) > 0 {
		r, err := w.answerMachines(ev.machines)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	described, err := w.answerDescribed(ctx, *o, ev)
	if err != nil {
		return err
	}
	results = append(results, described...)
	for _, arg := range ev.targets {
		r, err := w.answer(ctx, cmd, *o, arg)
		if err != nil {
			return err
		}
		results = append(results, r)
	}
	join(results)
	w.results = results
	return w.show(o, results)
}

// check refuses what cannot be meant before anything is connected.
func (o *options) check() error {
	switch {
	case o.format != "text" && o.format != "json":
		return usagef("unknown format %q; use text or json", o.format)
	case o.lang != "en":
		return usagef("unknown language %q; use en", o.lang)
	case o.save != "" && !strings.HasSuffix(o.save, ".pcapng") && !strings.HasSuffix(o.save, ".json"):
		return usagef("--save %s: the name must end in .pcapng (every connection) or .json (case and diagnosis)", o.save)
	case o.four && o.six:
		return usagef("-4 and -6 exclude each other; give one, or neither to try all addresses")
	case o.timeout <= 0 || o.timeout > 5*time.Minute:
		return usagef("--timeout must lie between 1ms and 5m")
	case o.repeat < 1 || o.repeat > 100000:
		return usagef("--repeat must lie between 1 and 100000")
	case o.parallel < 1 && o.repeat > 1 || o.parallel < 0 || o.parallel > 32:
		return usagef("--parallel must lie between 1 and 32")
	case o.packets < 0 || o.span < 0 || o.conversation < 0:
		return usagef("--packets, --for and --conversation must not be negative")
	case !knownDeep(o.deep):
		return usagef("unknown --deep=%s; use leading-zero or all", o.deep)
	case o.max < 0:
		return usagef("--max-connections must not be negative")
	case (o.cert == "") != (o.key == ""):
		return usagef("--cert and --key belong together; give both")
	}
	if err := o.checkNames(); err != nil {
		return err
	}
	_, err := profileOf(*o)
	return err
}

// checkNames refuses names and addresses that cannot be ones.
func (o *options) checkNames() error {
	connect, port := o.connect, "1"
	if h, p, err := net.SplitHostPort(o.connect); err == nil {
		connect, port = h, p
	}
	n, err := strconv.ParseUint(port, 10, 16)
	switch {
	case o.sni != "" && !isHost(o.sni):
		return usagef("--sni: that is no host name; give a name, or none")
	case o.connect != "" && (!isHost(strings.Trim(connect, "[]")) || err != nil || n == 0):
		return usagef("--connect: that is no address; give an address, or address:port")
	case o.dns != "" && !isServer(dnsServer(o.dns)):
		return usagef("--dns: that is no address; give the address of a DNS server, or address:port")
	}
	return nil
}

func isServer(s string) bool {
	a, err := netip.ParseAddrPort(s)
	return err == nil && a.Port() != 0
}

// fits refuses a target that is none, or that -4 or -6 rules out, before any is connected to.
func (o *options) fits(arg string) error {
	if strings.HasPrefix(arg, "lab:") {
		return nil
	}
	t, err := parseTarget(arg)
	if err != nil {
		return err
	}
	host := t.host
	if o.connect != "" {
		host = o.connect
		if h, _, err := net.SplitHostPort(o.connect); err == nil {
			host = h
		}
	}
	switch a, err := netip.ParseAddr(strings.Trim(host, "[]")); {
	case err != nil:
		return nil
	case o.six && a.Unmap().Is4():
		return usagef("%s is an IPv4 address; leave out -6, or give an IPv6 address or a name", a)
	case o.four && !a.Unmap().Is4():
		return usagef("%s is an IPv6 address; leave out -4, or give an IPv4 address or a name", a)
	}
	return nil
}

// show writes the results, saves them, and sets the exit code.
func (w *world) show(o *options, results []result) error {
	var reports []report.Report
	for _, r := range results {
		reports = append(reports, r.Report)
		if r.diagnosis.Outcome != diagnose.OK && !r.unknownText() {
			w.code = exitFound
		}
	}
	if err := w.print(o, reports, results); err != nil {
		return err
	}
	if o.save == "" {
		return nil
	}
	if err := saveRun(o.save, results); err != nil {
		w.code = exitUnreadable
		return fmt.Errorf("saving %s: %v", o.save, err)
	}
	return nil
}

// print writes the reports, and the transcripts where they are wanted.
func (w *world) print(o *options, reports []report.Report, results []result) error {
	if o.format == "json" {
		if err := report.JSON(w.stdout, reports, differences(results)...); err != nil {
			return err
		}
		return w.transcripts(o, w.stderr, results)
	}
	if o.conversation > 0 {
		return w.drawConversation(o.conversation, results)
	}
	for i, r := range reports {
		if i > 0 {
			fmt.Fprintln(w.stdout)
		}
		if err := report.Text(w.stdout, r, style(w.stdout, w.getenv)); err != nil {
			return err
		}
	}
	if several(results) {
		if err := report.WriteDifferences(w.stdout, differences(results), style(w.stdout, w.getenv)); err != nil {
			return err
		}
	}
	return w.transcripts(o, w.stdout, results)
}

// several: at least two questions of the same kind were asked side by side.
func several(results []result) bool {
	live, written := 0, 0
	for _, r := range results {
		switch {
		case r.machines:
		case r.configured:
			written++
		case r.traffic == nil && r.heard == nil:
			live++
		}
	}
	return live > 1 && written == 0 || written > 1
}

// differences are what is not alike between the targets, or the configurations, of one call.
func differences(results []result) []report.Difference {
	if !several(results) {
		return nil
	}
	cases := make([]*fact.Case, len(results))
	for i, r := range results {
		cases[i] = r.Case
	}
	return report.Compare(cases)
}
