package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A rung is one step of the connection in the text: a name, what was seen, when, and whether it broke there.
type rung struct {
	name, says, note string
	broken           bool
}

// ladder tells the handshake to explain, step by step, up to where it broke.
func ladder(c *fact.Case) []rung {
	h := c.Base()
	rungs := dnsRung(c)
	if h == nil {
		return rungs
	}
	rungs = append(rungs, tcpRung(h))
	if h.Progress() > fact.AtTCP {
		rungs = append(rungs, preambleRung(h)...)
	}
	if h.Client != nil {
		rungs = append(rungs, helloRung(h))
	}
	if h.Verdict != nil {
		rungs = append(rungs, chainRungs(h)...)
	}
	return append(append(rungs, endRung(h)...), repeatRungs(c)...)
}

func dnsRung(c *fact.Case) []rung {
	if len(c.Hosts) == 0 {
		return nil
	}
	host := c.Hosts[0]
	if len(host.Addrs) == 1 && host.Addrs[0].String() == host.Name && host.Error == "" {
		return nil
	}
	r := rung{name: "dns", says: host.Name, note: ms(host.Took), broken: host.Error != ""}
	for _, a := range host.Aliases {
		r.says += " → " + a
	}
	if len(host.Addrs) > 0 {
		list := make([]string, len(host.Addrs))
		for i, a := range host.Addrs {
			list[i] = a.String()
		}
		r.says += " → " + strings.Join(list, ", ")
	}
	if r.broken {
		r.says += ": " + host.Detail
	}
	return []rung{r}
}

func tcpRung(h *fact.Handshake) rung {
	r := rung{name: "tcp", says: h.ServerAddr().String(), note: ms(at(h, "connected"))}
	if h.Progress() == fact.AtTCP {
		r.broken, r.note = true, ms(h.Took)
		r.says += ": " + h.End.Detail
	}
	return r
}

// titles are the protocols' names in the ladder.
var titles = map[string]string{"mssql": "tds", "mssql-strict": "tds 8", "postgres": "postgres", "mysql": "mysql"}

func preambleRung(h *fact.Handshake) []rung {
	name, ok := titles[h.Protocol]
	if !ok && h.Progress() > fact.AtPreamble {
		return nil
	}
	if !ok {
		name = "hello"
	}
	r := rung{name: name, broken: h.Progress() == fact.AtPreamble}
	if s := h.Said; s != nil {
		r.says = strings.TrimSpace(s.Product + " " + s.Version)
		if s.TLS == fact.Yes {
			r.says = strings.TrimSpace(r.says + " offers TLS")
		}
		if s.Encryption != "" {
			r.says += " · encryption " + s.Encryption
		}
	}
	if r.broken {
		r.says = strings.TrimSpace(r.says + " " + broke(h))
	}
	if r.says == "" {
		r.says = "ready for TLS"
	}
	return []rung{r}
}

func helloRung(h *fact.Handshake) rung {
	if h.Server == nil {
		return rung{name: "hello", says: offered(h) + " · " + broke(h), note: ms(h.Took), broken: true}
	}
	parts := []string{names.Version(h.Server.Version), names.SuiteName(h.Server.Suite)}
	if g := group(h); g != "" {
		parts = append(parts, g)
	}
	if h.ALPN != "" {
		parts = append(parts, "ALPN "+h.ALPN)
	}
	return rung{name: "hello", says: strings.Join(parts, " · "), note: ms(at(h, "ServerHello"))}
}

func offered(h *fact.Handshake) string {
	v := h.Client.Versions
	if len(v) == 0 {
		v = []uint16{h.Client.LegacyVersion}
	}
	var list []string
	for _, x := range v {
		if !names.GREASE(x) {
			list = append(list, names.Version(x))
		}
	}
	sni := "no server name"
	if h.Client.ServerName != "" {
		sni = "server name " + h.Client.ServerName
	}
	return "offered " + strings.Join(list, ", ") + " · " + sni
}

// trustProblems are those that keep a chain from being trusted, and not the name.
var nameProblems = map[fact.ProblemKind]bool{fact.NameMismatch: true, fact.NameIsIP: true, fact.NameOnlyInCN: true}

func chainRungs(h *fact.Handshake) []rung {
	v := h.Verdict
	says := strings.Join(shortened(v.Path), " ← ")
	if says == "" {
		says = sentChain(h.Chain)
	}
	chain := rung{name: "chain", says: says, note: "trusted"}
	name := rung{name: "name", says: v.Name}
	for _, p := range v.Problems {
		if !p.Fatal {
			continue
		}
		if nameProblems[p.Kind] {
			name.broken = true
			name.says = v.Name + " is not among: " + strings.Join(p.Names, ", ")
		} else {
			chain.broken, chain.note = true, strings.ReplaceAll(string(p.Kind), "-", " ")
		}
	}
	if v.Name == "" {
		return []rung{chain}
	}
	return []rung{chain, name}
}

// shortened leaves out the middle of a long chain.
func shortened(path []string) []string {
	const ends = 4
	if len(path) <= 2*ends {
		return path
	}
	return slices.Concat(path[:ends], []string{fmt.Sprintf("%d more", len(path)-ends-2)}, path[len(path)-2:])
}

func sentChain(c *fact.Chain) string {
	var list []string
	for i, cert := range c.Certificates {
		if i == 4 {
			list = append(list, fmt.Sprintf("%d more", len(c.Certificates)-4))
			break
		}
		list = append(list, shortName(cert))
	}
	return strings.Join(list, " ← ")
}

func shortName(c fact.Certificate) string {
	if c.CommonName != "" {
		return c.CommonName
	}
	if len(c.DNSNames) > 0 {
		return c.DNSNames[0]
	}
	return c.Subject
}

// endRung shows a death after the certificate.
func endRung(h *fact.Handshake) []rung {
	if h.End.How == fact.EndCompleted || h.Server == nil {
		return nil
	}
	return []rung{{name: "end", says: broke(h), note: ms(h.Took), broken: true}}
}

// broke says how a handshake ended, shortly.
func broke(h *fact.Handshake) string {
	who := h.End.By.String()
	switch h.End.How {
	case fact.EndAlert:
		return fmt.Sprintf("%s sends alert %d %s after %s", who, h.End.Alert, names.Alert(h.End.Alert), h.End.After)
	case fact.EndClosed, fact.EndReset:
		return fmt.Sprintf("%s closes (%s) after %s", who, h.End.How, h.End.After)
	case fact.EndTimeout:
		return fmt.Sprintf("silence after %s, for %s", h.End.After, ms(silence(h)))
	case fact.EndDeclined:
		return "the server declines TLS"
	case fact.EndError:
		return "the server answers: " + errorText(h)
	case fact.EndNotTLS:
		return "the answer is not TLS"
	case fact.EndLocal:
		if h.End.Detail == "" {
			return "the client breaks off: " + h.End.Reason
		}
		return "the client breaks off: " + h.End.Detail
	}
	return string(h.End.How)
}

// silence is how long nothing came: of our own connection its whole time, of a watched one what the capture shows.
func silence(h *fact.Handshake) time.Duration {
	if h.Passive != nil {
		return h.End.Silent
	}
	return h.Took
}

// errorText is the protocol's own error, or what an HTTP server said in its place.
func errorText(h *fact.Handshake) string {
	if h.Said != nil && h.Said.ErrorText != "" {
		return strings.TrimSpace(h.Said.ErrorState + " " + h.Said.ErrorText)
	}
	return h.End.Detail
}

// at is the time of the first step of a name.
func at(h *fact.Handshake, name string) time.Duration {
	for _, s := range h.Steps {
		if s.Name == name {
			return s.At
		}
	}
	return h.Took
}

func ms(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < time.Millisecond:
		return "<1 ms"
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%d s", int(d.Seconds()))
}
