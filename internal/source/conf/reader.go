package conf

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/words"
)

// Limits of one Read where Options names none.
const (
	defaultFiles    = 10_000
	defaultFile     = 16 << 20
	defaultBytes    = 64 << 20
	maxDepth        = 40      // of includes within includes
	maxSettings     = 200_000 // about 40 MB
	maxGaps         = 100
	tooManyFilesGap = "more files than are read of one configuration"
)

// A file is one configuration file's text.
type file struct {
	name string
	text string // UTF-8, without byte order mark
}

// A reader collects what the files of one configuration say.
type reader struct {
	ctx   context.Context
	o     Options
	main  string // name of the first file, as typed
	res   Result
	bytes int64
	stack []string // the files being read, outermost first
	full  bool     // maxSettings was reached, and said so
}

func newReader(ctx context.Context, name string, o Options) *reader {
	if o.MaxFiles <= 0 {
		o.MaxFiles = defaultFiles
	}
	if o.MaxFile <= 0 {
		o.MaxFile = defaultFile
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultBytes
	}
	return &reader{ctx: ctx, o: o, main: name}
}

// add keeps one setting as it stands in line of f. Its secrets are cut.
func (r *reader) add(f file, line int, scope []string, name string, args ...string) {
	r.set(f, line, fact.Setting{Scope: scope, Name: name, Args: args})
}

// set is add for a setting that is more than a name and words. Ref and, where it has none, Dialect are filled in; its Args may
// be written to.
func (r *reader) set(f file, line int, s fact.Setting) {
	if len(r.res.Settings) >= maxSettings {
		if !r.full {
			r.full = true
			r.gapAt(f.name, line, "the settings from here on", "there are more than are kept")
		}
		return
	}
	s.Ref = fact.Ref{Kind: "conf", At: at(f.name, line)}
	if s.Dialect == "" {
		s.Dialect = r.res.Dialect
	}
	cutSecrets(s.Name+" "+s.Near, s.Args)
	judgeVersions(&s)
	r.res.Settings = append(r.res.Settings, s)
}

// gap notes what could not be read in line of f.
func (r *reader) gap(f file, line int, what, why string) { r.gapAt(f.name, line, what, why) }

func (r *reader) gapAt(name string, line int, what, why string) {
	if len(r.res.Gaps) >= maxGaps {
		return
	}
	g := fact.Gap{What: at(name, line) + ": " + words.Redact(what), Why: words.Redact(why)}
	if !slices.Contains(r.res.Gaps, g) {
		r.res.Gaps = append(r.res.Gaps, g)
	}
}

// at is the place of a line for people; line 0 is the whole file.
func at(name string, line int) string {
	if line <= 0 {
		return name
	}
	return name + ":" + strconv.Itoa(line)
}

// slurp reads one file up to the limits. whole is false when there was more.
func (r *reader) slurp(src io.Reader) (text []byte, whole bool, err error) {
	if err := r.ctx.Err(); err != nil {
		return nil, false, err
	}
	limit := min(r.o.MaxFile, r.o.MaxBytes-r.bytes)
	if limit <= 0 {
		return nil, false, errors.New("the files together are larger than what is read of one configuration")
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(src, limit+1))
	if err != nil && n == 0 {
		return nil, false, err
	}
	r.bytes += min(n, limit)
	text = b.Bytes()
	return text[:min(n, limit)], n <= limit && err == nil, nil
}

// decode turns a file's bytes into UTF-8: Windows tools write UTF-16 with a byte order mark.
func decode(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return string(b[3:])
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return wide(b[2:], func(lo, hi byte) uint16 { return uint16(lo) | uint16(hi)<<8 })
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return wide(b[2:], func(hi, lo byte) uint16 { return uint16(lo) | uint16(hi)<<8 })
	}
	return string(b)
}

func wide(b []byte, join func(a, b byte) uint16) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = join(b[2*i], b[2*i+1])
	}
	return string(utf16.Decode(u))
}

// secretWords are parts of option names whose value is a credential.
var secretWords = []string{"password", "passwd", "pwd", "secret", "passphrase", "authorization", "cookie", "token", "api-key", "apikey", "api_key", "credential",
	"sign-pass", "keypass", "storepass", "enginectrl"}

// plainWords are parts of names that look like a credential's and hold none: a file's name, a method, a switch.
var plainWords = []string{"file", "server_tokens", "servertokens", "encryption", "_command"}

// secretName reports whether the option of that name holds a credential.
func secretName(name string) bool {
	if !anyFold(name, secretWords) {
		return false
	}
	return !anyFold(name, plainWords)
}

func anyFold(s string, parts []string) bool {
	for _, p := range parts {
		if len(s) >= len(p) && strings.Contains(strings.ToLower(s), p) {
			return true
		}
	}
	return false
}

// cutSecrets cuts the credentials out of a setting's words, in place.
func cutSecrets(name string, args []string) {
	all, next := secretName(name), false
	for i, a := range args {
		switch {
		case all || next && !comparison(a):
			args[i], next = "***", false
		case next: // the value stands behind the sign
		case secretName(a) && !strings.ContainsAny(a, "=/"), a == "auth" || a == "psk":
			next = true
		default:
			args[i] = words.Redact(a)
		}
	}
}

func comparison(s string) bool { return s == "=" || s == "==" || s == "!=" || s == "~" || s == "~*" }
