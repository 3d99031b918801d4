package cli

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/preamble"
	"github.com/tlswhy/tlswhy/internal/report"
)

// maxNamed is how many peers of texts and logs --live connects to.
const maxNamed = 3

// answerNamed diagnoses the peers that texts and logs name, as the program that wrote them would connect. One that cannot
// be tried is a gap of the report.
func (w *world) answerNamed(ctx context.Context, o options, r result) []result {
	var list []result
	var tried []string
	for i := range r.Case.Events {
		e := &r.Case.Events[i]
		if e.Success || len(e.Symptoms) == 0 || len(list) == maxNamed {
			continue
		}
		t, as, ok := peerOf(e, o)
		if !ok || slices.Contains(tried, t.String()+as.sni) {
			continue
		}
		tried = append(tried, t.String()+as.sni)
		fmt.Fprintf(w.stderr, "tlswhy: --live: connecting to %s\n", report.Safe(t.String()))
		answer, err := w.answerTarget(ctx, as, t)
		if err != nil {
			r.Case.Gaps = append(r.Case.Gaps, fact.Gap{What: t.String(), Why: err.Error()})
			continue
		}
		if as.use != o.use {
			r.Case.Gaps = append(r.Case.Gaps, fact.Gap{What: "the name in the certificate of " + e.Upstream, Why: "the line does not tell which name the proxy expects there: none was checked"})
		}
		list = append(list, answer)
	}
	if len(tried) == 0 {
		fmt.Fprintln(w.stderr, "tlswhy: --live: the texts name no server to connect to; give it as a further argument")
	}
	return list
}

// peerOf is the server that an event is about, and the options under which its writer would connect to it.
func peerOf(e *fact.Event, o options) (target, options, bool) {
	if e.Served() {
		return target{}, o, false // the other side is a client
	}
	p, ok := endpoint(e)
	if !ok || !isHost(p.Host) {
		return target{}, o, false
	}
	t := target{protocol: p.Protocol, host: asciiName(p.Host), port: p.Port}
	if t.protocol == "" {
		t.protocol = protocolNamed(e, p.Port)
	}
	if proto := preamble.ByID(t.protocol); proto != nil && t.port == 0 && len(proto.Ports) > 0 {
		t.port = proto.Ports[0]
	}
	if e.In(fact.ToUpstream) && o.as == client.Default {
		o.as = "openssl3" // what a proxy built on OpenSSL offers
		if e.In("nginx") && o.sni == "" && !e.In(fact.Context("proxy-ssl-name")) {
			o.sni = "none" // proxy_ssl_server_name is off by default
		}
	}
	if e.In(fact.ToUpstream) {
		t, o = upstreamOf(e, p, t, o)
	}
	return t, o, true
}

// upstreamOf asks a proxy's upstream, of which the log has the address, for the name that the proxy expects. Where the line
// does not tell that name, none is checked, for nearly every name would be wrong; whether a server name helps is tried with the
// one that the proxy's client asked for, the only one that is told.
func upstreamOf(e *fact.Event, p fact.Endpoint, t target, o options) (target, options) {
	name := e.Asked()
	if name == "" {
		name = e.Host
		if profile, ok := client.ByID(o.as); ok && o.use == nil {
			o.use = &client.Use{Behaviour: client.Behaviour{Profile: profile, Chain: true, Roots: client.RootsSystem}}
		}
	}
	if isHost(name) && name != p.Host && o.connect == "" {
		t.host, o.connect = asciiName(name), p.Host
	}
	return t, o
}

// endpoint is the upstream of a proxy's line, or the peer that the text names.
func endpoint(e *fact.Event) (fact.Endpoint, bool) {
	if e.Upstream != "" {
		if scheme, rest, ok := strings.Cut(e.Upstream, "://"); ok {
			authority, _, _ := strings.Cut(rest, "/")
			host, port, err := net.SplitHostPort(authority)
			if err != nil {
				host, port = authority, "443"
			}
			n, err := strconv.ParseUint(port, 10, 16)
			return fact.Endpoint{Protocol: strings.Replace(scheme, "grpcs", "https", 1), Host: strings.Trim(host, "[]"), Port: uint16(n)}, err == nil && preamble.ByScheme(scheme) != nil
		}
	}
	return e.Peer()
}

// protocolNamed is what the writer speaks; "" lets the port be asked.
func protocolNamed(e *fact.Event, port uint16) string {
	for _, p := range []string{"mssql", "postgres", "mysql"} {
		if e.In(fact.Context(p)) {
			return p
		}
	}
	if port == 0 {
		return "https"
	}
	return ""
}

// unknownText: nothing but texts and logs, and nobody knows what they say. That is no failure.
func (r *result) unknownText() bool {
	return r.heard != nil && r.traffic == nil && len(r.diagnosis.Findings) == 0
}
