package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/capture"
	"github.com/tlswhy/tlswhy/internal/source/conf"
	"github.com/tlswhy/tlswhy/internal/source/logs"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// An unreadable error is evidence that cannot be read: exit 3.
type unreadable struct{ text string }

func (e unreadable) Error() string { return e.text }

// endings are file names that cannot be meant as a host: a missing one is an error, not a look-up.
var endings = []string{".pcap", ".pcapng", ".cap", ".etl", ".snoop", ".trc", ".txt", ".log", ".json", ".gz", ".zst", ".conf", ".cnf"}

// files sorts the arguments: those that name files, globs or standard input, and the rest.
func files(args []string) (names, rest []string, err error) {
	for _, arg := range args {
		found, isFile := filesOf(arg)
		switch {
		case len(found) > 0:
			names = append(names, found...)
		case isFile && !isString(arg):
			return nil, nil, unreadable{fmt.Sprintf("%s: no such file", shown(arg))}
		default:
			rest = append(rest, arg)
		}
	}
	return names, rest, nil
}

// filesOf is what an argument names: files, or nothing; isFile says that it can be meant as nothing else.
func filesOf(arg string) (found []string, isFile bool) {
	if arg == "-" {
		return []string{"-"}, true
	}
	if strings.HasPrefix(arg, "lab:") || strings.Contains(arg, "://") {
		return nil, false
	}
	if st, err := os.Stat(arg); err == nil && !st.IsDir() {
		return []string{arg}, true
	}
	if list, err := filepath.Glob(arg); err == nil && len(list) > 0 && strings.ContainsAny(arg, "*?[") && !strings.HasPrefix(arg, "[") {
		return slices.DeleteFunc(list, isFolder), true
	}
	known := slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(strings.ToLower(arg), e) })
	return nil, !strings.Contains(arg, " ") && (known || strings.Contains(arg, "/"))
}

// isString: a driver would take it for a connection string; those of Go's hold slashes and end in any name.
func isString(arg string) bool {
	_, ok := conf.String(arg)
	return ok
}

func isFolder(name string) bool {
	st, err := os.Stat(name)
	return err != nil || st.IsDir()
}

// maxTrace bounds a text that holds a printed trace; traceHead is how far one is looked for.
const (
	maxTrace  = 256 << 20
	traceHead = 256 << 10
)

// answerFiles reads all files and texts as one case: rotated captures, both sides of a link, a printed trace, logs.
func (w *world) answerFiles(ctx context.Context, o options, ev evidence) (result, error) {
	c := &fact.Case{Question: fact.Question{Target: ev.named(o.iface), As: "what was recorded"}}
	traffic := report.Traffic{Names: slices.Clone(ev.files)}
	h := report.Heard{}
	secrets, err := keyLog(o.keylog)
	if err != nil {
		return result{}, err
	}
	inputs, closeAll, err := w.open(ctx, o, c, &h, logs.Order(ev.files))
	defer closeAll()
	if err != nil {
		return result{}, err
	}
	if o.iface != "" {
		in, stop, err := listen(ctx, o)
		if err != nil {
			return result{}, unreadable{err.Error()}
		}
		defer stop()
		inputs, traffic.Names = append(inputs, in), append(traffic.Names, "interface "+o.iface)
		ctx = context.WithoutCancel(ctx) // an interrupt ends the capture, and what was seen is told
	}
	if len(inputs) > 0 {
		if err := w.readCaptures(ctx, o, c, &traffic, inputs, secrets); err != nil {
			return result{}, err
		}
	}
	for i, text := range ev.texts {
		c.Events = append(c.Events, hearText(ctx, text, i+1, time.Now()))
	}
	if len(c.Handshakes)+len(c.Events)+len(ev.texts) == 0 && traffic.Packets+h.Lines == 0 && len(c.Gaps) > 0 {
		return result{}, unreadable{c.Gaps[0].What + ": " + c.Gaps[0].Why}
	}
	return judged(o, c, traffic, h, len(inputs) > 0)
}

// judged diagnoses what was read: handshakes that were watched, and what texts and logs say.
func judged(o options, c *fact.Case, traffic report.Traffic, h report.Heard, captures bool) (result, error) {
	anchors, err := roots(o.ca)
	if err != nil {
		return result{}, err
	}
	capture.Judge(c.Handshakes, anchors)
	r := result{Case: c}
	if captures || len(c.Handshakes) > 0 {
		c.Question.As = "the watched clients"
		r.traffic = &traffic
	}
	if len(c.Events) > 0 || r.traffic == nil {
		r.heard = &h
	}
	r.judge()
	return r, nil
}

// judge makes diagnosis and report of what the result holds.
func (r *result) judge() {
	switch {
	case r.heard == nil:
		r.diagnosis = diagnose.Watch(r.Case, cause.All())
	case r.traffic == nil:
		r.diagnosis = diagnose.Read(r.Case, cause.All())
	default:
		r.diagnosis = diagnose.Both(diagnose.Watch(r.Case, cause.All()), diagnose.Read(r.Case, cause.All()))
	}
	r.write()
}

// write makes the report of the diagnosis.
func (r *result) write() {
	switch {
	case r.configured:
		r.Report = report.BuildConfigured(r.Case, r.diagnosis)
	case r.heard == nil:
		r.Report = report.BuildWatched(r.Case, r.diagnosis, *r.traffic)
	case r.traffic == nil:
		r.Report = report.BuildHeard(r.Case, r.diagnosis, *r.heard)
	default:
		r.Report = report.BuildBoth(r.Case, r.diagnosis, *r.traffic, *r.heard)
	}
}

// join lets the targets of the same call speak about what captures, texts and logs show.
func join(results []result) {
	if len(results) < 2 || results[0].traffic == nil && results[0].heard == nil {
		return
	}
	recorded := &results[0]
	for _, r := range results[1:] {
		recorded.diagnosis = diagnose.Join(recorded.diagnosis, r.Case, r.diagnosis)
	}
	recorded.write()
}

// listen captures from an interface until the time is over or the user interrupts.
func listen(ctx context.Context, o options) (capture.Input, func(), error) {
	in, closer, err := capture.OpenInterface(o.iface)
	if err != nil {
		return capture.Input{}, nil, err
	}
	var cancel context.CancelFunc
	if o.span > 0 {
		ctx, cancel = context.WithTimeout(ctx, o.span)
	} else {
		ctx, cancel = context.WithCancel(ctx)
	}
	done := context.AfterFunc(ctx, func() { closer.Close() })
	return in, func() { done(); cancel(); closer.Close() }, nil
}

func keyLog(name string) ([]wire.Secret, error) {
	if name == "" {
		return nil, nil
	}
	data, err := readFile(name)
	if err != nil {
		return nil, usagef("--keylog: %v", err)
	}
	return wire.ParseKeyLog(data), nil
}

// open opens the files; texts and logs are read at once, captures are handed on.
func (w *world) open(ctx context.Context, o options, c *fact.Case, h *report.Heard, names []string) (inputs []capture.Input, closeAll func(), err error) {
	var open []io.Closer
	closeAll = func() {
		for _, f := range open {
			f.Close()
		}
	}
	for _, name := range names {
		var f io.Reader = w.stdin
		if name != "-" {
			file, err := os.Open(name)
			if err != nil {
				return nil, closeAll, unreadable{err.Error()}
			}
			open = append(open, file)
			f = file
		}
		in, isCapture, err := sniff(name, f)
		switch {
		case err != nil:
			c.Gaps = append(c.Gaps, fact.Gap{What: name, Why: err.Error()})
		case isCapture:
			inputs = append(inputs, in)
		default:
			if err := readText(ctx, o, c, h, in); err != nil {
				return nil, closeAll, err
			}
		}
	}
	return inputs, closeAll, nil
}

// sniff tells a capture from text.
func sniff(name string, f io.Reader) (in capture.Input, isCapture bool, err error) {
	head := bufio.NewReaderSize(f, traceHead)
	start, err := head.Peek(4096)
	if len(start) == 0 {
		if err == nil || errors.Is(err, io.EOF) {
			err = errors.New("it is empty")
		}
		return capture.Input{}, false, err
	}
	if capture.Sniff(start) == "" {
		return capture.Input{Name: name, R: head}, false, nil
	}
	if s, ok := f.(io.Seeker); ok {
		if _, err := s.Seek(0, io.SeekStart); err == nil {
			return capture.Input{Name: name, R: f}, true, nil
		}
	}
	return capture.Input{Name: name, R: head}, true, nil
}

// readText reads lines: what a trace prints, and then what the other lines say. Neither owns the file.
func readText(ctx context.Context, o options, c *fact.Case, h *report.Heard, in capture.Input) error {
	lo, err := logOptions(o, filepath.Base(in.Name), time.Now())
	if err != nil {
		return err
	}
	if in.Name == "-" {
		lo.Name = "standard input"
	}
	h.Names = append(h.Names, in.Name)
	head := in.R.(*bufio.Reader)
	start, _ := head.Peek(traceHead)
	if !readable(start) || namedCapture(in.Name) && !capture.LooksLikeTrace(start) {
		c.Gaps = append(c.Gaps, fact.Gap{What: in.Name, Why: "neither a packet capture nor text; pcap, pcapng, Network Monitor, snoop and etl files are read, logs and texts, and gzip, zstd and bzip2 around them"})
		return nil
	}
	if o.logFormat != "" || !capture.LooksLikeTrace(start) {
		return hear(ctx, c, h, head, lo)
	}
	text, err := io.ReadAll(io.LimitReader(head, maxTrace))
	if err != nil {
		c.Gaps = append(c.Gaps, fact.Gap{What: in.Name, Why: err.Error()})
	}
	list, gaps, claimed := capture.ReadText(in.Name, text)
	for i := range list { // numbers count over the whole case
		if list[i].Passive != nil {
			list[i].Passive.Index = len(c.Handshakes) + i + 1
		}
	}
	c.Handshakes = append(c.Handshakes, list...)
	c.Gaps = append(c.Gaps, gaps...)
	return hear(ctx, c, h, bytes.NewReader(unclaimed(text, claimed)), lo)
}

// namedCapture: by its name the file should be a capture.
func namedCapture(name string) bool {
	return slices.Contains([]string{".pcap", ".pcapng", ".cap", ".etl", ".snoop"}, strings.ToLower(filepath.Ext(name)))
}

// readable: text, in UTF-8, UTF-16 or an old 8-bit encoding, or packed. Programs and pictures are mostly control characters
// and broken UTF-8; a log with a few such bytes is still a log.
func readable(start []byte) bool {
	for _, magic := range []string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "BZh", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(start, []byte(magic)) {
			return true
		}
	}
	odd, valid := 0, utf8.Valid(start)
	for _, b := range start {
		if b < 0x20 && b != '\n' && b != '\r' && b != '\t' && b != 0x1b && b != 0 || b == 0x7f || b >= 0x80 && !valid {
			odd++
		}
	}
	return odd*3 < len(start)
}

// logMemory is what the program may hold while it reads a log, in bytes: the collector works harder instead of letting a
// hostile log double it.
const logMemory = 40 << 20

// hear reads a log; one that cannot be read is a gap of the case.
func hear(ctx context.Context, c *fact.Case, h *report.Heard, r io.Reader, lo logs.Options) error {
	debug.SetMemoryLimit(logMemory)
	if lo.Format != "" && !slices.Contains(logs.Formats(), lo.Format) {
		return usagef("unknown log format %q; use one of %s", lo.Format, strings.Join(logs.Formats(), ", "))
	}
	if err := hearLog(ctx, c, h, r, lo); err != nil {
		c.Gaps = append(c.Gaps, fact.Gap{What: lo.Name, Why: err.Error()})
	}
	return nil
}

func (w *world) readCaptures(ctx context.Context, o options, c *fact.Case, t *report.Traffic, inputs []capture.Input, secrets []wire.Secret) error {
	res, err := capture.Read(ctx, inputs, capture.Options{Secrets: secrets, Packets: o.packets, Conversations: o.conversations || o.conversation > 0, Progress: w.readProgress()})
	if err != nil {
		return unreadable{err.Error()}
	}
	c.Handshakes = append(c.Handshakes, res.Handshakes...)
	c.Gaps = append(c.Gaps, res.Gaps...)
	t.Packets, t.First, t.Last = res.Packets, res.First, res.Last
	return nil
}

// drawConversation draws one conversation of the captures read.
func (w *world) drawConversation(n int, results []result) error {
	for _, r := range results {
		for i := range r.Case.Handshakes {
			if h := &r.Case.Handshakes[i]; h.Passive != nil && h.Passive.Index == n {
				return report.WriteConversation(w.stdout, h, style(w.stdout, w.getenv))
			}
		}
	}
	return usagef("there is no conversation %d; --conversations --format json lists them", n)
}

// readProgress tells on a terminal how far a long read has come.
func (w *world) readProgress() func(done int64) {
	if !isTerminal(w.stderr) {
		return nil
	}
	last := int64(-1)
	return func(done int64) {
		if step := done / (64 << 20); step != last {
			last = step
			fmt.Fprintf(w.stderr, "\rtlswhy: reading: %d MB", done>>20)
		}
	}
}
