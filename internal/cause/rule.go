package cause

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// failing is the handshake to explain when it died on one of the given rungs, else nil.
func failing(c *fact.Case, at ...fact.Progress) *fact.Handshake {
	h := c.Base()
	if h == nil || h.Completed() {
		return nil
	}
	for _, p := range at {
		if h.Progress() == p {
			return h
		}
	}
	return nil
}

// helloRefused is the handshake to explain when the server answered the ClientHello with anything but TLS going
// on: an alert, a close, a reset or silence.
func helloRefused(c *fact.Case) *fact.Handshake {
	h := failing(c, fact.AtHello)
	if h == nil || len(h.NotTLS) > 0 || h.End.How == fact.EndLocal {
		return nil
	}
	return h
}

// alerted reports whether h ended with one of these alerts from the server; none given: any.
func alerted(h *fact.Handshake, codes ...uint8) bool {
	if h.End.How != fact.EndAlert || h.End.By != wire.ServerSide {
		return false
	}
	for _, c := range codes {
		if h.End.Alert == c {
			return true
		}
	}
	return len(codes) == 0
}

// cut reports whether the server ended h without a word.
func cut(h *fact.Handshake) bool {
	return h.End.By != wire.ClientSide && (h.End.How == fact.EndClosed || h.End.How == fact.EndReset)
}

// silent reports whether h ended because nothing came.
func silent(h *fact.Handshake) bool { return h.End.How == fact.EndTimeout }

// flips tells whether an experiment got past the step where the handshake to explain died.
// Unknown: it was not made. Beside unchanged successes nothing flips: chance would do.
func flips(c *fact.Case, v fact.Variant) fact.Tri {
	base, h := c.Base(), c.Tried(v)
	if slices.Contains(c.Same, v) {
		return fact.No // the same bytes would end the same way
	}
	if base == nil || h == nil {
		return fact.Unknown
	}
	return fact.Is(!c.Mixed() && h.Progress() > base.Progress())
}

// An experiment is the one-change test of a cause.
type experiment struct {
	variant fact.Variant
	weight  int    // of the ask, 1 to 10
	flipped string // what a flip says, in words
}

// try applies one experiment: proven when it flips, out when it does not, possible with an ask when it was not made.
func (e experiment) try(c *fact.Case) (Match, bool) {
	base := c.Base()
	switch flips(c, e.variant) {
	case fact.Yes:
		h := c.Tried(e.variant)
		m := Match{Sure: Proven, Proof: []Proof{
			{Ref: h.Ref, Says: e.flipped},
			{Ref: base.Ref, Says: "unchanged it fails: " + ending(base)},
		}}
		if fickle(base) {
			m.Asks = []fact.Ask{{Variant: onceMore, Weight: 10}}
		}
		return m, true
	case fact.No:
		return Match{}, false
	}
	if c.Mixed() {
		return Match{}, false
	}
	return Match{Sure: Possible, Asks: []fact.Ask{{Variant: e.variant, Weight: e.weight}},
		Proof: []Proof{{Ref: base.Ref, Says: ending(base)}}}, true
}

// onceMore is the unchanged handshake again. Where it succeeds, what passed with one thing changed passed by chance.
var onceMore = fact.Variant{Kind: fact.Repeat, Value: "2"}

// fickle reports whether h ended in a way that a fault with no cause in the hello has, too: an overloaded server, a
// lost packet, one bad machine behind a balancer. An alert other than internal_error is the server's judgement.
func fickle(h *fact.Handshake) bool {
	return cut(h) || silent(h) || alerted(h, wire.AlertInternalError)
}

// wide is the experiment that offers everything at once. It splits the causes that lack something in common from
// all others: when even that fails, none of them holds; when it passes, the server's choice names the dimension.
var wide = fact.Variant{Kind: fact.Wide, Value: "all"}

// ending says in words how a handshake ended.
func ending(h *fact.Handshake) string {
	after := ""
	if h.End.After != "" && h.End.After != "tcp" && h.End.After != "dns" {
		after = " after " + h.End.After
		if h.End.After == "preamble" {
			after = " before TLS began"
		}
	}
	switch h.End.How {
	case fact.EndAlert:
		return h.End.By.String() + " sends alert " + alertName(h.End.Alert) + after
	case fact.EndClosed:
		return "the server closes the connection without a word" + after
	case fact.EndReset:
		return "the connection is reset" + after
	case fact.EndTimeout:
		return "nothing more comes" + after
	case fact.EndRefused:
		return "the connection is refused"
	case fact.EndUnreachable:
		return "there is no way to the address: " + h.End.Detail
	case fact.EndNotTLS:
		return "the answer is not TLS: " + printable(answerBytes(h))
	case fact.EndDeclined:
		return "the server declines TLS"
	case fact.EndError:
		return "the server answers: " + saidError(h)
	case fact.EndLocal:
		return "the client breaks off" + after + ": " + h.End.Reason
	}
	if !h.Verdict.OK() {
		return "the client refuses the certificate"
	}
	return "it completes"
}

func answerBytes(h *fact.Handshake) []byte {
	if len(h.NotTLS) > 0 || h.Said == nil {
		return h.NotTLS
	}
	return h.Said.First
}

func saidError(h *fact.Handshake) string {
	if h.Said == nil || h.Said.ErrorText == "" {
		return h.End.Detail // an HTTP server's words after the handshake
	}
	return strings.TrimSpace(h.Said.ErrorState + " " + h.Said.ErrorText)
}

func alertName(code uint8) string { return itoa(int(code)) + " " + names.Alert(code) }

// about is the subject of a finding on a handshake.
func about(c *fact.Case, h *fact.Handshake) About {
	a := About{}
	if h == nil {
		a.Server = c.Question.Host
		return a
	}
	if n := len(h.Path); n > 0 {
		a.Server = h.Path[n-1].String()
		if n > 1 && h.Path[0].IsValid() {
			a.Client = h.Path[0].Addr().String()
		}
	}
	if h.Client != nil {
		a.SNI = h.Client.ServerName
	}
	return a
}

// isAddress reports whether a name is an IP literal.
func isAddress(name string) bool {
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return err == nil
}

// again is the proof that the recorded flight, judged without one problem, passes or has one fault fewer.
func again(h *fact.Handshake, changed string) Proof {
	return Proof{Ref: fact.Ref{Kind: "computed", At: h.Ref.At, Name: "judged again"}, Says: changed}
}
