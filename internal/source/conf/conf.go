// Package conf reads configuration: files of servers and clients, connection strings, command lines and environment variables.
// It gives each option as a fact.Setting with the file and line where it stands, and judges nothing. It is tolerant: of a broken
// file it gives what can be read, and a Gap with the line. It follows includes as the product does, reads regular files only, and
// runs nothing. Credentials are cut while reading.
//
// Each dialect is one file with one variable of type dialect, and one line in list.go. Its tokenizer is small and its own: the
// parsers at hand for these grammars stop at the first error or lose the line.
package conf

import (
	"context"
	"errors"
	"io"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// Options say how files are found and how much is read.
type Options struct {
	// Open opens an included file by name. nil opens regular files of this machine only: no devices, pipes or directories.
	Open func(name string) (io.ReadCloser, error)
	// Glob lists the files that match a pattern, sorted. nil asks this machine's file system; without Open only.
	Glob func(pattern string) ([]string, error)
	// MaxFiles, MaxFile and MaxBytes bound one call of Read: number of files, bytes of one file, bytes of all. 0: 10,000 files,
	// 16 MiB, 64 MiB.
	MaxFiles          int
	MaxFile, MaxBytes int64
}

// A Result is what one configuration says.
type Result struct {
	Dialect  string         // "nginx", "ado.net"; "" when none fits
	Settings []fact.Setting // in the order of reading, included files in place
	Gaps     []fact.Gap     // what could not be read, and why
	Files    int            // files read, the first included
	// Elsewhere: a command that is run in a container or on another machine; the files that it names are there.
	Elsewhere bool
}

// A dialect is one form of configuration file.
type dialect struct {
	ID string // "nginx"
	// sniff tells how sure the dialect is of a file: 0 not mine, 50 by the name alone, 80 by lines that only it has, 100 beyond doubt.
	// name is the file's name as typed (base names and folders are hints), head its first bytes, cut anywhere.
	sniff func(name string, head []byte) int
	// read reads one file, and gives its settings to r. For an included file it is up to the dialect what r.include calls.
	read func(r *reader, f file)
}

// errNoDialect: the file has no form that is known.
var errNoDialect = errors.New("no known form of configuration")

// headSize is how much of a file Sniff is given by Read.
const headSize = 8 << 10

// Sniff names the dialect of a file by its name and its first bytes, "" when it fits none.
func Sniff(name string, head []byte) string {
	if d := sniff(name, head); d != nil {
		return d.ID
	}
	return ""
}

func sniff(name string, head []byte) *dialect {
	var best *dialect
	most := 0
	for _, d := range dialects {
		if n := d.sniff(name, head); n > most {
			best, most = d, n
		}
	}
	return best
}

// Read reads the configuration in r, a file called name, and what it includes. Errors: r cannot be read, no dialect fits, ctx is
// done. All other trouble is a Gap of the result.
func Read(ctx context.Context, name string, r io.Reader, o Options) (Result, error) {
	rd := newReader(ctx, name, o)
	text, whole, err := rd.slurp(r)
	if err != nil {
		return Result{}, err
	}
	d := sniff(name, text[:min(len(text), headSize)])
	if d == nil {
		return Result{}, errNoDialect
	}
	rd.res.Dialect, rd.res.Files = d.ID, 1
	f := file{name: name, text: decode(text)}
	if !whole {
		rd.gapAt(f.name, 0, "the rest of the file", "it is larger than what is read of one file")
	}
	rd.stack = append(rd.stack, clean(name))
	d.read(rd, f)
	return rd.res, ctx.Err()
}
