package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/tlswhy/tlswhy/internal/source/capture"
	"github.com/tlswhy/tlswhy/internal/source/conf"
	"github.com/tlswhy/tlswhy/internal/words"
)

// Evidence is the arguments of diagnose by what they are.
type evidence struct {
	files   []string // captures, logs and other texts; globs opened, "-"
	configs []string // configuration files
	texts   []string // error texts
	targets []string
	strings []string // connection strings
	command []string // a command line, read and never run

	machines []description // Windows computers
}

// sorted tells the arguments apart, by the first of the design's rules that fits. With text, every argument is a text.
func sorted(args []string, text bool) (evidence, error) {
	if text {
		return evidence{texts: args}, nil
	}
	names, rest, err := files(args)
	if err != nil {
		return evidence{}, err
	}
	var e evidence
	for _, name := range names {
		if isConfiguration(name) {
			e.configs = append(e.configs, name)
		} else {
			e.files = append(e.files, name)
		}
	}
	for _, arg := range rest {
		if _, ok := conf.String(arg); ok && !strings.HasPrefix(arg, "lab:") {
			e.strings = append(e.strings, arg)
		} else if isText(arg) {
			e.texts = append(e.texts, arg)
		} else {
			e.targets = append(e.targets, arg)
		}
	}
	return e, nil
}

// isConfiguration: a file whose name and first bytes are those of a product's configuration.
func isConfiguration(name string) bool {
	if name == "-" {
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 8<<10)
	n, _ := io.ReadFull(f, head)
	return capture.Sniff(head[:n]) == "" && conf.Sniff(name, head[:n]) != ""
}

// isText: neither a target nor a file, but words. A single word is a text when it is known as one ("CERTIFICATE_VERIFY_FAILED",
// "javax.net.ssl.SSLHandshakeException"), or when it can name no host that somebody would type.
func isText(arg string) bool {
	switch {
	case strings.HasPrefix(arg, "lab:") || isURL(arg):
		return false
	case strings.ContainsFunc(strings.TrimSpace(arg), unicode.IsSpace):
		return true
	case !hostShaped(arg):
		return true
	case camel(arg) || !strings.ContainsAny(arg, ".:") || strings.Contains(arg, "::"):
		return arg != "localhost" && (!strings.ContainsAny(arg, ".:[") || len(words.Read(arg).Symptoms) > 0)
	}
	return false
}

// isURL: a scheme and what may be a host, no sentence that holds a URL.
func isURL(arg string) bool {
	scheme, rest, ok := strings.Cut(arg, "://")
	return ok && scheme != "" && !strings.ContainsFunc(scheme, func(r rune) bool { return !isSchemeRune(r) }) && !strings.ContainsAny(rest, "\n\t")
}

func isSchemeRune(r rune) bool {
	return r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("+-.:", r))
}

// hostShaped: what parseTarget takes, with or without a port, user or instance.
func hostShaped(arg string) bool {
	_, err := parseTarget(arg)
	return err == nil || !strings.ContainsAny(arg, ".:@")
}

// camel: a capital letter after a small one, as class names have it and host names do not.
func camel(arg string) bool {
	small := false
	for _, r := range arg {
		if small && unicode.IsUpper(r) {
			return true
		}
		small = unicode.IsLower(r)
	}
	return false
}

// check refuses targets that are none, before any is connected to.
func (e evidence) check(o *options) error {
	if len(e.files)+len(e.texts)+len(e.targets)+len(e.configs)+len(e.strings)+len(e.command)+len(e.machines) == 0 && o.iface == "" {
		return usagef("nothing to diagnose; run: tlswhy diagnose TARGET, FILE or 'ERROR TEXT'")
	}
	for _, arg := range e.targets {
		if err := o.fits(arg); err != nil {
			return err
		}
	}
	if i := slices.IndexFunc(e.texts, knownDeep); o.deep != "" && i >= 0 { // pflag takes no optional value behind a blank
		return usagef("write --deep=%s, with the sign =", e.texts[i])
	}
	if o.deep != "" && len(e.targets)+len(e.configs)+len(e.strings)+len(e.command) == 0 && !o.live {
		return usagef("--deep makes connections; give a target, or --live with texts and logs")
	}
	if o.follow && (len(e.files) != 1 || e.files[0] == "-") {
		return usagef("--follow takes one log file; give its name, or leave --follow out")
	}
	return nil
}

// named says what a case is called that was made of files and texts.
func (e evidence) named(iface string) string {
	parts := append([]string{}, e.files...)
	if iface != "" {
		parts = append(parts, iface)
	}
	switch len(e.texts) {
	case 0:
	case 1:
		parts = append(parts, "a text")
	default:
		parts = append(parts, fmt.Sprintf("%d texts", len(e.texts)))
	}
	return strings.Join(parts, " ")
}
