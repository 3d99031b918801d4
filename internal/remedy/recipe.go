package remedy

import (
	"maps"
	"slices"
	"sync"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// A recipe writes one kind of change. Its texts hold placeholders (see expand.go); a recipe one of whose
// placeholders has no value, or a value that cannot be quoted, does not apply.
type recipe struct {
	kind    change.Kind
	variant string      // tells recipes of one kind apart, in the message ID
	side    change.Side // "": every side of the platform
	what    string
	file    string
	snippet string
	apply   string
	undo    string
	risk    string
	instead bool                // only where no earlier recipe of the kind applied
	when    func(v values) bool // nil: always
}

// A book is a platform's recipes with what they share.
type book struct {
	id                string
	file, apply, undo string // for recipes that name none
	recipes           []recipe
}

// lazily makes a platform's Steps, which writes its book only when it is asked for the first time.
func lazily(write func() book) func(change.Change, *fact.Case) ([]Step, bool) {
	made := sync.OnceValue(write)
	return func(ch change.Change, c *fact.Case) ([]Step, bool) { return made().steps(ch, c) }
}

func (b book) steps(ch change.Change, c *fact.Case) ([]Step, bool) {
	if c == nil {
		c = &fact.Case{}
	}
	v := valuesOf(ch, c)
	var steps []Step
	for _, r := range b.recipes {
		if r.kind != ch.Kind || r.side != "" && r.side != ch.Side || r.instead && len(steps) > 0 || r.when != nil && !r.when(v) {
			continue
		}
		if s, ok := b.write(r, v); ok {
			steps = append(steps, s)
		}
	}
	return steps, len(steps) > 0
}

func (b book) write(r recipe, v values) (Step, bool) {
	r = b.complete(r)
	s := Step{ID: b.message(r), Args: map[string]string{}}
	var ok [6]bool
	s.What, ok[0] = v.text(r.what, s.Args)
	s.Risk, ok[1] = v.text(r.risk, s.Args)
	s.File, ok[2] = v.code(r.file)
	s.Snippet, ok[3] = v.code(r.snippet)
	s.Apply, ok[4] = v.code(r.apply)
	s.Undo, ok[5] = v.code(r.undo)
	return s, !slices.Contains(ok[:], false)
}

// complete gives a recipe what its book says for all. A file is shared only with recipes that have lines for it.
func (b book) complete(r recipe) recipe {
	if r.file == "" && r.snippet != "" {
		r.file = b.file
	}
	if r.apply == "" {
		r.apply = b.apply
	}
	if r.undo == "" {
		r.undo = b.undo
	}
	return r
}

func (b book) message(r recipe) string {
	id := "remedy." + b.id + "." + string(r.kind)
	if r.variant != "" {
		id += "." + r.variant
	}
	return id
}

// command is the file of a recipe whose snippet is run, not put into a file.
const command = "{}"

// alike gives one recipe to several kinds of change.
func alike(r recipe, kinds ...change.Kind) []recipe {
	list := make([]recipe, len(kinds))
	for i, k := range kinds {
		list[i] = r
		list[i].kind = k
	}
	return list
}

// newCertificate are the changes that end with another certificate in the server's files.
func newCertificate() []change.Kind {
	return []change.Kind{change.RenewCertificate, change.AddNameToCertificate, change.ReissueStronger, change.ReissueForPurpose,
		change.ReplaceCertificate}
}

// Messages returns every sentence of every platform by its ID, with its placeholders in braces: What under the
// step's ID, Risk under that with ".risk".
func Messages() map[string]string {
	all := map[string]string{}
	for _, b := range books() {
		maps.Copy(all, b.messages())
	}
	return all
}

func (b book) messages() map[string]string {
	m := make(map[string]string, len(b.recipes))
	for _, r := range b.recipes {
		m[b.message(r)] = r.what
		if r.risk != "" {
			m[b.message(r)+".risk"] = r.risk
		}
	}
	return m
}

func books() []book {
	return []book{
		nginxServerBook(), nginxUpstreamBook(), mysqlServerBook(), mysqlClientBook(), postgresServerBook(), libpqBook(),
		schannelBook(), sqlServerBook(), sqlClientBook(),
		haproxyBook(), apacheBook(), javaBook(), nodeBook(), pythonBook(), golangBook(), curlBook(), certificatesBook(), networkBook(), openSSLBook(), generalBook(),
	}
}
