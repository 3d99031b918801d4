// Package tlswhy holds the project's policy as tests: which package may import which, which modules are used and
// why, and the limits that keep the code readable.
package tlswhy

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/tlswhy/tlswhy"

// layers is the order of dependencies: a package may import those listed for it, and nothing else of ours. It is a
// statement of policy; it is not to be changed to make a build pass.
var layers = map[string][]string{
	"internal/names":            {},
	"internal/names/gen":        {"names/gen/tables"},
	"internal/names/gen/tables": {},
	"internal/lang":             {},
	"internal/wire":             {"names"},
	"internal/fact":             {"names", "wire"},
	"internal/words":            {"names", "wire", "fact"},
	"internal/words/gen":        {"words"},
	"internal/preamble":         {"names", "wire", "fact"},
	"internal/trust":            {"names", "wire", "fact"},
	"internal/client":           {"names", "wire", "fact", "preamble", "trust"},
	"internal/source/live":      {"names", "wire", "fact", "preamble", "trust", "client"},
	"internal/source/machine":   {"names", "wire", "fact", "preamble", "trust", "client"},
	"internal/source/capture":   {"names", "wire", "fact", "preamble", "trust", "client"},
	"internal/source/logs":      {"names", "wire", "fact", "words", "preamble", "trust", "client"},
	"internal/source/conf":      {"names", "fact", "words", "client"},
	"internal/fidelity":         {"*"},
	"internal/change":           {"names", "wire", "fact", "trust", "lang"},
	"internal/cause":            {"names", "wire", "fact", "trust", "lang", "change"},
	"internal/cause/gen":        {},
	"internal/diagnose":         {"names", "wire", "fact", "trust", "lang", "change", "cause", "client"},
	"internal/remedy":           {"names", "wire", "fact", "trust", "lang", "change"},
	"internal/report":           {"names", "wire", "fact", "trust", "lang", "change", "cause", "client", "diagnose", "remedy"},
	"internal/lab":              {"names", "wire", "fact", "preamble", "trust", "client"},
	"internal/cli":              {"*"},
	"internal/accuracy":         {"*"},
	"internal/bench":            {"*"},
	"cmd/tlswhy":                {"cli"},
}

// pure packages judge and present: they read no file, socket or clock.
var pure = []string{"internal/cause", "internal/change", "internal/diagnose", "internal/remedy", "internal/report", "internal/trust",
	"internal/wire", "internal/fact", "internal/words", "internal/client", "internal/lang", "internal/names"}

// impure lists what a pure package must not import.
var impure = []string{"net", "os", "net/http", "os/exec", "syscall", "io/ioutil"}

// modules is the budget of dependencies: each with the reason why it is there.
var modules = map[string]string{
	"charm.land/lipgloss/v2":                   "terminal style: NO_COLOR and colour profiles",
	"github.com/google/go-cmp":                 "tests: readable differences",
	"github.com/gopacket/gopacket":             "packets: pcapng and TCP/IP layers",
	"github.com/invopop/jsonschema":            "tests: the report's schema generated from its types",
	"github.com/microsoft/go-mssqldb":          "tests: a real client judges the lab's SQL Server side and our connection strings",
	"github.com/miekg/dns":                     "DNS: the CNAME chain, and the lab's resolver",
	"github.com/rogpeppe/go-internal":          "tests: txtar cases",
	"github.com/santhosh-tekuri/jsonschema/v6": "tests: reports checked against the schema",
	"github.com/spf13/cobra":                   "command line",
	"github.com/klauspost/compress":            "captures: zstd",
	"golang.org/x/crypto":                      "cryptobyte, chacha20poly1305, ocsp",
	"golang.org/x/net":                         "international names (idna)",
	"golang.org/x/text":                        "texts: full-width and accented forms made comparable (Unicode normalisation)",
	"github.com/go-sql-driver/mysql":           "tests: a real client judges the lab's MySQL side",
	"github.com/jackc/pgx/v5":                  "tests: a real client judges the lab's PostgreSQL side",
}

type pkg struct {
	ImportPath, Dir string
	Imports         []string
	GoFiles         []string
	CgoFiles        []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Imports,GoFiles,CgoFiles", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// TestDependencies holds every package to the table.
func TestDependencies(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		if name == p.ImportPath {
			continue // the root: tests only
		}
		allowed, ok := layers[name]
		if !ok {
			t.Errorf("%s is not in the table of layers", name)
			continue
		}
		for _, imp := range p.Imports {
			ours, yes := strings.CutPrefix(imp, module+"/internal/")
			if yes && !slices.Contains(allowed, ours) && !slices.Contains(allowed, "*") {
				t.Errorf("%s imports %s, which its layer does not allow", name, ours)
			}
			if slices.Contains(pure, name) && slices.Contains(impure, imp) {
				t.Errorf("%s is pure and imports %s", name, imp)
			}
		}
		if len(p.CgoFiles) > 0 {
			t.Errorf("%s uses cgo", name)
		}
	}
}

// TestModules wants a reason for each direct dependency, and no reason without one.
func TestModules(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{if not (or .Indirect .Main)}}{{.Path}}{{end}}", "all").Output()
	if err != nil {
		t.Fatal(err)
	}
	used := strings.Fields(string(out))
	for _, m := range used {
		if modules[m] == "" {
			t.Errorf("module %s has no reason in the list", m)
		}
	}
	for m := range modules {
		if !slices.Contains(used, m) {
			t.Errorf("module %s is listed and not used", m)
		}
	}
}

// TestTidy shows that a fresh machine's download would be complete.
func TestTidy(t *testing.T) {
	for _, args := range [][]string{{"mod", "tidy", "-diff"}, {"mod", "verify"}} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// sources parses every Go file of the project.
func sources(t *testing.T) (*token.FileSet, map[string]*ast.File) {
	t.Helper()
	fset := token.NewFileSet()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		files[path] = f
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fset, files
}

func generated(path string) bool { return strings.HasSuffix(path, "_gen.go") }

// TestPackageDocs wants exactly one doc comment for each package.
func TestPackageDocs(t *testing.T) {
	_, files := sources(t)
	docs := map[string]int{}
	for path, f := range files {
		dir := filepath.Dir(path)
		if strings.HasSuffix(path, "_test.go") && dir != "." {
			continue
		}
		docs[dir] += 0
		if f.Doc != nil {
			docs[dir]++
		}
	}
	for dir, n := range docs {
		if n != 1 {
			t.Errorf("%s has %d package comments", dir, n)
		}
	}
}

// TestLimits keeps functions under 80 lines and files under 500, nine functions in ten under 40.
func TestLimits(t *testing.T) {
	fset, files := sources(t)
	var lengths []int
	for path, f := range files {
		if generated(path) || strings.HasSuffix(path, "_test.go") {
			continue
		}
		if n := fset.Position(f.End()).Line; n > 500 {
			t.Errorf("%s has %d lines", path, n)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1
			lengths = append(lengths, n)
			if n > 80 {
				t.Errorf("%s: %s has %d lines", path, fn.Name.Name, n)
			}
		}
	}
	slices.Sort(lengths)
	if p90 := lengths[len(lengths)*9/10]; p90 > 40 {
		t.Errorf("one function in ten has more than %d lines; 40 is the limit", p90)
	}
	if median := lengths[len(lengths)/2]; median > 13 {
		t.Errorf("the median function has %d lines; 13 is the limit", median)
	}
}

// TestForbidden finds init functions, os.Exit outside main, and clocks in pure packages.
func TestForbidden(t *testing.T) {
	fset, files := sources(t)
	for path, f := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Name.Name == "init" && n.Recv == nil {
					t.Errorf("%s: init function", fset.Position(n.Pos()))
				}
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				if !ok {
					return true
				}
				call := x.Name + "." + n.Sel.Name
				if call == "os.Exit" && f.Name.Name != "main" {
					t.Errorf("%s: os.Exit outside main", fset.Position(n.Pos()))
				}
				if slices.Contains(pure, dir) && (call == "time.Now" || call == "time.Since") {
					t.Errorf("%s: a pure package reads the clock", fset.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

// TestExported wants a doc comment on everything exported.
func TestExported(t *testing.T) {
	fset, files := sources(t)
	for path, f := range files {
		if generated(path) || strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && (d.Recv == nil || exportedReceiver(d)) {
					t.Errorf("%s: %s has no doc comment", fset.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				checkGenDecl(t, fset, d)
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

func checkGenDecl(t *testing.T, fset *token.FileSet, d *ast.GenDecl) {
	t.Helper()
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			if s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
				t.Errorf("%s: %s has no doc comment", fset.Position(s.Pos()), s.Name.Name)
			}
		case *ast.ValueSpec:
			if s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
				t.Errorf("%s: %s has no doc comment", fset.Position(s.Pos()), s.Names[0].Name)
			}
		}
	}
}

// TestWords keeps names out of the tree that say nothing, and work that is not done.
func TestWords(t *testing.T) {
	unfinished := []string{"TO" + "DO", "FIX" + "ME", "not imple" + "mented"}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{"util", "utils", "common", "helpers", "helper", "misc"}, d.Name()) {
				t.Errorf("%s: a package is named for what it holds", path)
			}
			if d.Name() == ".git" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, w := range unfinished {
			if strings.Contains(string(text), w) {
				t.Errorf("%s: %q", path, w)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
