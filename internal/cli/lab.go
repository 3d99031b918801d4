package cli

import (
	"net"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/lab"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/report"
)

// labOptions are the flags of lab.
type labOptions struct {
	all, list            bool
	listen, page, format string
	port                 int
}

// lab serves faulty endpoints for other clients to meet.
func (w *world) lab() *cobra.Command {
	o := new(labOptions)
	cmd := &cobra.Command{
		Use:   "lab [PROTO/FAULT...]",
		Short: "serve faulty endpoints, to test clients with; without an argument, list what can be served",
		Long: "lab serves endpoints that are wrong on purpose until it is interrupted, and a page that lists them. For tests only.\n" +
			"It listens on loopback unless --listen says otherwise. Its CA lives in memory for a day, after which a new one takes\n" +
			"its place in ca.pem; logins are discarded unread.\n\n" +
			"FAULT alone is served over its usual protocol, PROTO/FAULT over that one, and all/FAULT over each.",
		Example: "  tlswhy lab\n  tlswhy lab mysql/certificate-expired\n  tlswhy lab all/dhe-leading-zero --listen 192.0.2.7\n" +
			"  tlswhy lab --all --port 20000 --page 127.0.0.1:8080",
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			plan, err := o.plan(args)
			switch {
			case err != nil:
				return err
			case o.list || len(args) == 0 && !o.all:
				return w.listLab(o, plan)
			}
			return w.serveLab(o, plan)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "serve every fault over every protocol")
	f.BoolVar(&o.list, "list", false, "list what would be served, and serve nothing")
	f.StringVar(&o.listen, "listen", "127.0.0.1", "address to listen on; one that other machines reach only where that is meant")
	f.IntVar(&o.port, "port", 0, "port of the first endpoint; the others follow, then resolvers (default: free ones)")
	f.StringVar(&o.page, "page", "", "address:port of the page that lists the endpoints, or off (default: a free port of --listen)")
	f.StringVar(&o.format, "format", "text", "text or json")
	cmd.AddCommand(w.examine())
	return cmd
}

// A place is a fault to be served over a protocol.
type place struct {
	fault lab.Fault
	proto preamble.Protocol
	port  int // 0: any
	dns   int // of the resolver that it may need
}

// plan is what is asked for, in that order, with ports.
func (o *labOptions) plan(args []string) ([]place, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	var plan []place
	for _, arg := range args {
		some, err := placesOf(arg)
		if err != nil {
			return nil, err
		}
		plan = append(plan, some...)
	}
	if o.all || len(args) == 0 {
		plan = everyPlace()
	}
	if o.port == 0 {
		return plan, nil
	}
	if last := o.port + 2*len(plan) - 1; last > 65535 {
		return nil, usagef("--port %d: %d endpoints and as many resolvers would end at port %d", o.port, len(plan), last)
	}
	for i := range plan {
		plan[i].port, plan[i].dns = o.port+i, o.port+len(plan)+i
	}
	return plan, nil
}

func (o *labOptions) check() error {
	ip := o.address()
	page := o.page == "" || o.page == "off"
	if host, _, err := net.SplitHostPort(o.page); err == nil {
		page = net.ParseIP(host) != nil || host == "localhost"
	}
	switch {
	case ip == nil:
		return usagef("--listen %q: an IP address, such as 127.0.0.1 or 0.0.0.0", o.listen)
	case o.port < 0 || o.port > 65535:
		return usagef("--port %d: a number up to 65535", o.port)
	case !page:
		return usagef("--page %q: an IP address with a port, such as 127.0.0.1:8080, or off", o.page)
	case o.format != "text" && o.format != "json":
		return usagef("unknown format %q; use text or json", o.format)
	}
	return nil
}

// address is where to listen; nil when it cannot be understood.
func (o *labOptions) address() net.IP {
	if o.listen == "localhost" {
		return net.IPv4(127, 0, 0, 1)
	}
	return net.ParseIP(strings.Trim(o.listen, "[]"))
}

// placesOf reads "fault", "proto/fault" or "all/fault".
func placesOf(arg string) ([]place, error) {
	proto, name, ok := strings.Cut(arg, "/")
	if !ok {
		proto, name = "", arg
	}
	every := proto == "all"
	if every {
		proto = ""
	}
	f, p, err := lab.Find(proto, name)
	if err != nil {
		return nil, usagef("%v", err)
	}
	if every {
		return eachProto(f), nil
	}
	return []place{{fault: f, proto: p}}, nil
}

func everyPlace() []place {
	var plan []place
	for _, f := range lab.Faults() {
		plan = append(plan, eachProto(f)...)
	}
	return plan
}

func eachProto(f lab.Fault) []place {
	var plan []place
	for _, id := range f.Protos {
		plan = append(plan, place{fault: f, proto: *preamble.ByID(id)})
	}
	return plan
}

func (w *world) listLab(o *labOptions, plan []place) error {
	l := labOf(plan)
	for _, a := range lab.Absences() {
		l.Absent = append(l.Absent, report.LabGap{Cause: a.Slug, Why: a.Why})
	}
	if o.format == "json" {
		return report.LabJSON(w.stdout, l)
	}
	return report.LabText(w.stdout, l, style(w.stdout, w.getenv))
}

// labOf lists the faults of a plan, sorted by name, without endpoints.
func labOf(plan []place) report.Lab {
	l := report.Lab{Schema: report.LabSchema, Purpose: report.ForTests, Faults: []report.LabFault{}, Absent: []report.LabGap{}}
	titles := map[string]string{lab.Healthy: "nothing: the client connects"}
	for _, c := range cause.All() {
		titles[c.Slug] = report.PageOf(&c).Title
	}
	for _, p := range plan {
		f := p.fault
		if slices.ContainsFunc(l.Faults, func(have report.LabFault) bool { return have.Name == f.Name() }) {
			continue
		}
		l.Faults = append(l.Faults, report.LabFault{Name: f.Name(), Cause: f.Slug, Says: f.Says, Title: titles[f.Slug], Protocols: f.Protos,
			Needs: append([]string{}, f.Needs...), ByHand: f.ByHand, Endpoints: []report.LabEndpoint{}})
	}
	slices.SortStableFunc(l.Faults, func(a, b report.LabFault) int { return strings.Compare(a.Name, b.Name) })
	return l
}
