// Package words reads error texts: what libraries, drivers and servers print when TLS fails, in whatever form
// people meet it. It says what a text complains of (symptoms) and in which circumstances (contexts), decodes its
// numbers, and judges nothing: which cause is behind a symptom is the catalogue's business.
//
// Each family of products has a file of rows. A row is a phrase of a real message and what it says; a message that
// was never seen still explains itself where it carries a code that the family's decoder knows.
package words

import (
	"slices"
	"strings"
	"sync"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A Reading is what a text says.
type Reading struct {
	Symptoms []fact.Symptom // each once, in the order of the text
	Contexts []fact.Context // sorted, each once
	Codes    []fact.Code    // decoded numbers, in the order of the text
	Peers    []fact.Endpoint
}

// MaxText is how much of a text is read, in bytes: what lies beyond is the caller's to cut or to tell.
const MaxText = 64 << 10

// Read says what a text complains of. Bytes that are no UTF-8 are skipped; a text longer than MaxText is read up to
// there.
func Read(text string) Reading {
	if len(text) > MaxText {
		text = text[:MaxText]
	}
	var r Reading
	clean := withoutLookups(Clean(text))
	for _, decode := range decoders {
		decode(clean, &r)
	}
	folded := fold(clean)
	for _, row := range phrases().find(folded) {
		r.add(row)
	}
	principalName(folded, &r)
	if len(r.Symptoms) == 0 {
		r.general(clean, folded)
	}
	if unbroken := strings.ReplaceAll(text, "\n", ""); len(r.Symptoms) == 0 && len(unbroken) < len(text) {
		if other := Read(unbroken); len(other.Symptoms) > 0 {
			return other // a terminal broke the lines in the middle of words
		}
	}
	r.Peers = peers(clean)
	r.place(clean)
	slices.Sort(r.Contexts)
	r.Contexts = slices.Compact(r.Contexts)
	return r
}

// general hears sentences that only count where nothing more particular is said: those that announce another one, and
// what the Japanese wordings of a complaint, and Windows's in all languages, have in common.
func (r *Reading) general(clean, folded string) {
	for _, row := range commonPhrases().find(folded) {
		r.add(row)
	}
	if len(r.Symptoms) == 0 {
		wrapped(clean, r)
	}
}

// A row is one phrase of a real message. The parts of a phrase divided by " … " must follow one another, at most
// gapLimit bytes apart; divided by " ‥ ", within one sentence. Upper and lower case, '_' and '-' between letters,
// quotation marks, full-width forms and line breaks make no difference. A phrase fits whole words only; a '*' at its end or beginning lifts that.
type row struct {
	say string
	is  fact.Symptom   // "" for a phrase that only tells circumstances
	in  []fact.Context // circumstances that the phrase tells
}

// families are all rows but those of catalogues, a family's file each.
var families = [][]row{
	opensslRows, curlRows, scriptRows,
	gnutlsRows, nssRows, smallRows, goRows, javaRows, erlangRows,
	dotnetRows, windowsRows, sqlclientRows, mssqlRows,
	mysqlRows, postgresRows,
	proxyRows, serverRows, scannerRows,
}

// decoders read codes out of a cleaned text, each its family's.
var decoders = []func(clean string, r *Reading){
	opensslCodes, verifyCodes, exitCodes, alertCodes, windowsCodes, sqlclientCodes, databaseCodes, proxyCodes, libraryCodes, sqlServerStart,
}

// add takes over what one row says.
func (r *Reading) add(w *row) {
	r.Say(w.is)
	r.Contexts = append(r.Contexts, w.in...)
}

// Say adds a symptom once.
func (r *Reading) Say(s fact.Symptom) {
	if s != "" && !slices.Contains(r.Symptoms, s) {
		r.Symptoms = append(r.Symptoms, s)
	}
}

// Code adds a decoded number once.
func (r *Reading) Code(code, means string) {
	c := fact.Code{Code: code, Means: means}
	if !slices.Contains(r.Codes, c) {
		r.Codes = append(r.Codes, c)
	}
}

// phrases is the automaton over all families, built once.
var phrases = sync.OnceValue(func() *matcher { return newMatcher(append(slices.Clone(families), catalogueRows())) })

// commonPhrases is the automaton over what is only heard where nothing else is, built once.
var commonPhrases = sync.OnceValue(func() *matcher { return newMatcher(append(slices.Clone(windowsTerms), japaneseRows)) })
