package cause

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestEverySymptomHasWords reads the vocabulary: each symptom has a sentence, and some cause listens to it.
func TestEverySymptomHasWords(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "../fact/symptom.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	heard := map[fact.Symptom]bool{}
	for _, c := range All() {
		for _, s := range c.Signs {
			heard[s.Of] = true
		}
	}
	count := 0
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		if id, ok := v.Type.(*ast.Ident); !ok || id.Name != "Symptom" {
			return true
		}
		s := fact.Symptom(v.Values[0].(*ast.BasicLit).Value)
		s = s[1 : len(s)-1]
		count++
		if Says(s) == string(s) {
			t.Errorf("%s has no words", s)
		}
		if !heard[s] {
			t.Errorf("%s: no cause listens to it", s)
		}
		return true
	})
	if count < 100 {
		t.Errorf("only %d symptoms were read", count)
	}
}
