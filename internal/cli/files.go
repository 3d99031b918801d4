package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/cause"
	"github.com/tlswhy/tlswhy/internal/diagnose"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/report"
	"github.com/tlswhy/tlswhy/internal/source/capture"
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
		case isFile:
			return nil, nil, unreadable{fmt.Sprintf("%s: no such file", arg)}
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

func isFolder(name string) bool {
	st, err := os.Stat(name)
	return err != nil || st.IsDir()
}

// maxText bounds a trace in text form.
const maxText = 256 << 20

// answerFiles reads all files as one case: rotated captures, both sides of a link, a printed trace.
func (w *world) answerFiles(ctx context.Context, o options, names []string) (result, error) {
	c := &fact.Case{Question: fact.Question{Target: strings.TrimSpace(strings.Join(names, " ") + " " + o.iface), As: "the watched clients"}}
	traffic := report.Traffic{Names: names}
	secrets, err := keyLog(o.keylog)
	if err != nil {
		return result{}, err
	}
	inputs, closeAll, err := w.open(c, names)
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
	if len(c.Handshakes) == 0 && traffic.Packets == 0 && len(c.Gaps) > 0 {
		return result{}, unreadable{c.Gaps[0].What + ": " + c.Gaps[0].Why}
	}
	anchors, err := roots(o.ca)
	if err != nil {
		return result{}, err
	}
	capture.Judge(c.Handshakes, anchors)
	d := diagnose.Watch(c, cause.All())
	return result{Case: c, diagnosis: d, traffic: &traffic, Report: report.BuildWatched(c, d, traffic)}, nil
}

// join lets the targets of the same call speak about the servers that captures show.
func join(results []result) {
	if len(results) < 2 || results[0].traffic == nil {
		return
	}
	watched := &results[0]
	for _, r := range results[1:] {
		watched.diagnosis = diagnose.Join(watched.diagnosis, r.Case, r.diagnosis)
	}
	watched.Report = report.BuildWatched(watched.Case, watched.diagnosis, *watched.traffic)
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

// open opens the files; traces in text form are read at once, captures are handed on.
func (w *world) open(c *fact.Case, names []string) (inputs []capture.Input, closeAll func(), err error) {
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
		in, text, err := sniff(name, f)
		switch {
		case err != nil:
			c.Gaps = append(c.Gaps, fact.Gap{What: name, Why: err.Error()})
		case text != nil:
			readText(c, name, text)
		default:
			inputs = append(inputs, in)
		}
	}
	return inputs, closeAll, nil
}

// sniff tells a capture from text.
func sniff(name string, f io.Reader) (capture.Input, []byte, error) {
	head := bufio.NewReaderSize(f, 4096)
	start, err := head.Peek(4096)
	if len(start) == 0 {
		if err == nil || errors.Is(err, io.EOF) {
			err = errors.New("it is empty")
		}
		return capture.Input{}, nil, err
	}
	if capture.Sniff(start) != "" {
		if s, ok := f.(io.Seeker); ok {
			if _, err := s.Seek(0, io.SeekStart); err == nil {
				return capture.Input{Name: name, R: f}, nil, nil
			}
		}
		return capture.Input{Name: name, R: head}, nil, nil
	}
	text, err := io.ReadAll(io.LimitReader(head, maxText))
	return capture.Input{}, text, err
}

func readText(c *fact.Case, name string, text []byte) {
	list, gaps, claimed := capture.ReadText(name, text)
	for i := range list { // numbers count over the whole case
		if list[i].Passive != nil {
			list[i].Passive.Index = len(c.Handshakes) + i + 1
		}
	}
	c.Handshakes = append(c.Handshakes, list...)
	c.Gaps = append(c.Gaps, gaps...)
	if len(claimed) == 0 {
		c.Gaps = append(c.Gaps, fact.Gap{What: name, Why: "neither a packet capture nor a printed trace; this version reads pcap, pcapng, Network Monitor, snoop and etl files and what Network Monitor and tshark print"})
	}
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
