package words

import "github.com/tlswhy/tlswhy/internal/fact"

//go:generate sh -c "go run ./gen $TLSWHY_CATALOGUES"

// catalogueRows are what the message catalogues of PostgreSQL, MariaDB, pgjdbc, GnuTLS, glibc, wget and others say in other
// languages. The table is made from the catalogues themselves: TLSWHY_CATALOGUES names their files when it is made anew.
func catalogueRows() []row { return cataloguedRows(catalogueTexts, catalogueMeanings) }

// A catalogued phrase is a translation, with the number of what it says.
type catalogued struct {
	say   string
	means uint16
}

// A complaint is what a message says in any language.
type complaint struct {
	is fact.Symptom
	in []fact.Context
}

func cataloguedRows(texts []catalogued, meanings []complaint) []row {
	rows := make([]row, len(texts))
	for i, t := range texts {
		m := meanings[t.means]
		rows[i] = row{say: t.say, is: m.is, in: m.in}
	}
	return rows
}
