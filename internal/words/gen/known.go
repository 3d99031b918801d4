package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
)

// knownRows reads the phrases that package words has in its other files, by their keys, with Go's name of the symptom.
func knownRows(dir string) (map[string]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	known := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_gen.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok {
				if say, symptom := rowOf(lit); say != "" {
					known[key(say)] = symptom
				}
			}
			return true
		})
	}
	return known, nil
}

// rowOf reads a row: {say: "…", is: fact.X} or {"…", fact.X, …}.
func rowOf(lit *ast.CompositeLit) (say, symptom string) {
	for i, e := range lit.Elts {
		place := i
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			place = map[string]int{"say": 0, "is": 1}[nameOf(kv.Key)]
			if nameOf(kv.Key) == "in" {
				continue
			}
			e = kv.Value
		}
		switch place {
		case 0:
			if b, ok := e.(*ast.BasicLit); ok && b.Kind == token.STRING {
				say, _ = strconv.Unquote(b.Value)
			}
		case 1:
			symptom = nameOf(e)
		}
	}
	return say, symptom
}

// nameOf is a name without its package, with its argument: "CertName", "PeerAlert(112)".
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			return nameOf(e.Fun) + "(" + nameOf(e.Args[0]) + ")"
		}
	case *ast.BasicLit:
		return e.Value
	}
	return ""
}
