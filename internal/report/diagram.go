package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// maxSteps is how many rows a diagram has before its middle is left out.
const maxSteps = 24

// diagram draws who said what, in which packet, and how it ended.
func (t *textWriter) diagram(h *fact.Handshake) {
	client := "client"
	if len(h.Path) > 1 && h.Path[0].IsValid() {
		client += " " + where(h.Path[0])
	}
	right := "server " + where(h.ServerAddr())
	pad := max(2, 46-columns(client))
	t.line("    "+client+strings.Repeat(" ", pad)+right, "")
	for i, s := range h.Steps {
		if i == maxSteps {
			t.line(fmt.Sprintf("    … %d more steps", len(h.Steps)-i), "")
			break
		}
		t.arrow("   ", s.From, stepWords(h, s), packetAt(s.Packet, s.At))
	}
	if h.Passive != nil && h.Passive.Progress != "" {
		defer t.line("    login progress  "+h.Passive.Progress, "")
	}
	if end := endWords(h); end != "" {
		t.arrow("  ✗", h.End.By, end, closeAt(h))
	}
}

// arrow is one row: the words, an arrow in the speaker's direction, where it stands.
func (t *textWriter) arrow(mark string, from wire.Side, words, at string) {
	const width = 40
	words = Safe(words)
	if n := columns(words); n > width-4 {
		words = string([]rune(words)[:width-5]) + "…"
	}
	line := strings.Repeat("─", max(2, width-columns(words)-2))
	row := mark + " " + words + " " + line + "▶"
	if from == wire.ServerSide {
		row = mark + " ◀" + line + " " + words
	}
	t.line(row, at)
}

func packetAt(packet int, at time.Duration) string {
	if packet == 0 {
		return ms(at)
	}
	if at == 0 {
		return fmt.Sprintf("packet %d", packet)
	}
	return fmt.Sprintf("%s  packet %d", ms(at), packet)
}

// stepWords is a step with what matters of it.
func stepWords(h *fact.Handshake, s fact.Step) string {
	switch {
	case s.Note != "":
		return s.Name + " " + s.Note
	case s.Name == "ClientHello" && h.Client != nil && h.Client.ServerName != "":
		return s.Name + " " + h.Client.ServerName
	case s.Name == "ServerHello" && h.Server != nil:
		return s.Name + " " + names.Version(h.Server.Version) + " " + fmt.Sprintf("0x%04X", h.Server.Suite)
	}
	return s.Name
}

// endWords is the end of a handshake that did not complete and that no step tells.
func endWords(h *fact.Handshake) string {
	if h.Told() != fact.No {
		return ""
	}
	switch h.End.How {
	case fact.EndClosed, fact.EndReset:
		words := string(h.End.How)
		if p := h.Passive; p != nil && h.End.How == fact.EndReset && p.ResetTTL != 0 && p.ServerTTL != 0 && p.ResetTTL != p.ServerTTL && h.End.By == wire.ServerSide {
			words += fmt.Sprintf(" (TTL %d, the server's own %d)", p.ResetTTL, p.ServerTTL)
		}
		return words
	case fact.EndTimeout:
		return "silence"
	}
	return ""
}

func closeAt(h *fact.Handshake) string {
	if h.Passive == nil {
		return ""
	}
	for _, c := range h.Passive.Closes {
		if c.By == h.End.By {
			return packetAt(c.Packet, c.At)
		}
	}
	return ""
}
