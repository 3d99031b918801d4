package conf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// clean is the name by which a file is recognised when it is included again.
func clean(name string) string { return filepath.Clean(name) }

// beside is the file that path means when it is written in the file called from: path itself when it is absolute, else relative
// to that file's folder.
func beside(from, path string) string {
	if filepath.IsAbs(path) || strings.HasPrefix(path, "/") {
		return path
	}
	return filepath.Join(filepath.Dir(from), path)
}

// include gives the file called name to read, as line of f asks for it. What keeps it from being read is a Gap.
func (r *reader) include(f file, line int, name string, read func(file)) {
	if err := r.mayInclude(name); err != nil {
		r.gap(f, line, name, err.Error())
		return
	}
	text, whole, err := r.load(name)
	if err != nil {
		r.gap(f, line, name, plainError(err))
		return
	}
	r.res.Files++
	in := file{name: name, text: decode(text)}
	if !whole {
		r.gap(in, 0, "the rest of the file", "it is larger than what is read")
	}
	r.stack = append(r.stack, clean(name))
	read(in)
	r.stack = r.stack[:len(r.stack)-1]
}

func (r *reader) mayInclude(name string) error {
	switch {
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case slices.Contains(r.stack, clean(name)):
		return errors.New("the file includes itself")
	case len(r.stack) >= maxDepth:
		return errors.New("includes within includes, deeper than is followed")
	case r.res.Files >= r.o.MaxFiles:
		return errors.New(tooManyFilesGap)
	}
	return nil
}

// load reads a file of the configuration.
func (r *reader) load(name string) ([]byte, bool, error) {
	open := r.o.Open
	if open == nil {
		open = func(name string) (io.ReadCloser, error) { return openRegular(name, r.o.MaxFile) }
	}
	src, err := open(name)
	if err != nil {
		return nil, false, err
	}
	defer src.Close()
	return r.slurp(src)
}

// includeAll is include for each file that matches pattern, in the order of their names. A pattern without wildcards must name a
// file; one with them may match none, as nginx, Apache and MySQL have it.
func (r *reader) includeAll(f file, line int, pattern string, read func(file)) {
	if !strings.ContainsAny(pattern, "*?[") {
		r.include(f, line, pattern, read)
		return
	}
	names, err := r.glob(pattern)
	if err != nil {
		r.gap(f, line, pattern, err.Error())
		return
	}
	for _, name := range names {
		if r.res.Files >= r.o.MaxFiles {
			r.gap(f, line, pattern, tooManyFilesGap)
			return
		}
		r.include(f, line, name, read)
	}
}

func (r *reader) glob(pattern string) ([]string, error) {
	if r.o.Glob != nil {
		return r.o.Glob(pattern)
	}
	if r.o.Open != nil {
		return nil, errors.New("the files that match cannot be listed here")
	}
	names, err := filepath.Glob(pattern)
	slices.Sort(names)
	return names, err
}

// openRegular opens a regular file of at most max bytes. It never waits: a pipe without a writer would hold an ordinary open for
// ever, and a device is never at its end.
func openRegular(name string, max int64) (io.ReadCloser, error) {
	if err := regular(os.Stat(name))(max); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if err := regular(f.Stat())(max); err != nil { // it may have been replaced in between
		f.Close()
		return nil, err
	}
	return f, nil
}

func regular(info fs.FileInfo, err error) func(max int64) error {
	return func(max int64) error {
		switch {
		case err != nil:
			return err
		case info.IsDir():
			return errors.New("it is a directory")
		case !info.Mode().IsRegular():
			return errors.New("it is no regular file")
		case info.Size() > max:
			return fmt.Errorf("it has %d bytes, more than are read of one file", info.Size())
		}
		return nil
	}
}

// plainError is an error without the operation and path before it.
func plainError(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
