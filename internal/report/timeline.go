package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// bars are the heights of a spark line.
const bars = "▁▂▃▄▅▆▇█"

// maxBars is how many columns a timeline takes at most.
const maxBars = 40

// timeline draws the failures of a server over time: per minute, or per several when there are many.
func timeline(list []fact.Handshake, server string) string {
	start, counts := perMinute(list, server)
	if len(counts) < 2 {
		return ""
	}
	width := (len(counts) + maxBars - 1) / maxBars
	var columns []uint32
	for part := range slices.Chunk(counts, width) {
		var n uint32
		for _, c := range part {
			n += c
		}
		columns = append(columns, n)
	}
	unit := "minute"
	if width > 1 {
		unit = fmt.Sprintf("%d minutes", width)
	}
	return fmt.Sprintf("%s  failures per %s from %s", spark(columns), unit, start.UTC().Format("2006-01-02 15:04 UTC"))
}

// perMinute adds up the failures of a server by the minute.
func perMinute(list []fact.Handshake, server string) (start time.Time, counts []uint32) {
	for i := range list {
		if h := &list[i]; failedAt(h, server) && (start.IsZero() || h.Seen.First.Before(start)) {
			start = h.Seen.First
		}
	}
	start = start.Truncate(time.Minute)
	for i := range list {
		h := &list[i]
		if !failedAt(h, server) {
			continue
		}
		offset := int(h.Seen.First.Truncate(time.Minute).Sub(start) / time.Minute)
		minutes := h.Seen.PerMinute
		if len(minutes) == 0 {
			minutes = []uint32{uint32(max(h.Seen.Count, 1))}
		}
		for j, n := range minutes {
			if at := offset + j; at >= 0 && at < 7*24*60 {
				for len(counts) <= at {
					counts = append(counts, 0)
				}
				counts[at] += n
			}
		}
	}
	return start, counts
}

func failedAt(h *fact.Handshake, server string) bool {
	return h.Told() == fact.No && where(h.ServerAddr()) == server && !h.Seen.First.IsZero()
}

func spark(columns []uint32) string {
	most := slices.Max(columns)
	glyphs := []rune(bars)
	var b strings.Builder
	for _, n := range columns {
		i := 0
		if most > 0 && n > 0 {
			i = int(uint64(n) * uint64(len(glyphs)-1) / uint64(most))
			i = max(i, 1)
		}
		b.WriteRune(glyphs[i])
	}
	return b.String()
}
