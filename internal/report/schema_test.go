package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

var update = flag.Bool("update", false, "write the schema from the types")

var schemaFile = filepath.Join("..", "..", "schema", "report.v1.json")

// TestSchemaEqualsTypes keeps the published schemas equal to the types.
func TestSchemaEqualsTypes(t *testing.T) {
	for _, c := range []struct {
		file, title string
		of          any
	}{
		{schemaFile, "tlswhy report v1", &Report{}},
		{filepath.Join("..", "..", "schema", "matrix.v1.json"), "tlswhy matrix v1", &Matrix{}},
		{filepath.Join("..", "..", "schema", "examined.v1.json"), "tlswhy examined v1", &Examined{}},
	} {
		r := jsonschema.Reflector{Anonymous: true, AllowAdditionalProperties: true}
		s := r.Reflect(c.of)
		s.Title = c.title
		s.Version = "https://json-schema.org/draft/2020-12/schema"
		got, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, '\n')
		if *update {
			if err := os.WriteFile(c.file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s differs from the types (go test ./internal/report -update):\n%s", c.file, d)
		}
	}
}

// conforms checks a report against the published schema.
func conforms(t *testing.T, r Report) {
	t.Helper()
	var out bytes.Buffer
	if err := JSON(&out, []Report{r}); err != nil {
		t.Fatal(err)
	}
	conformsTo(t, schemaFile, &out)
}

// conformsTo checks JSON against a published schema.
func conformsTo(t *testing.T, file string, written io.Reader) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := validator.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := validator.UnmarshalJSON(written)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(value); err != nil {
		t.Error(err)
	}
}
