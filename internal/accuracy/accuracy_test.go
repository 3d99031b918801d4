package main

import (
	"path/filepath"
	"testing"
)

// TestOwnCollections holds the reading of texts to the labels: a change that makes it worse is seen. The collections were
// gathered from public threads and documents by people who had not looked at the rules; about one label in twenty is
// debatable, so the floors lie below what a perfect reader would reach.
func TestOwnCollections(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl")
	if err != nil || len(files) < 3 {
		t.Fatalf("collections: %v %v", files, err)
	}
	rows, err := read(files)
	if err != nil {
		t.Fatal(err)
	}
	var total score
	calm := 0
	for i := range rows {
		rows[i].found = causes(rows[i].Text)
		total.add(&rows[i])
		if rows[i].calm() {
			calm++
		}
	}
	if first, three := percent(total.first, total.rows), percent(total.three, total.rows); first < 90 || three < 93 || calm > 2 {
		t.Errorf("top-1 %.1f %%, top-3 %.1f %%, %d faults called noise", first, three, calm)
	}
}

func TestScores(t *testing.T) {
	r := row{Text: "x", Accept: []string{"a", "b"}, found: []string{"c", "b", "a"}}
	if r.place() != 1 || !r.short() || r.noise() || r.calm() {
		t.Errorf("%d %v %v %v", r.place(), r.short(), r.noise(), r.calm())
	}
	r = row{Accept: []string{"a"}, found: []string{"benign-scanner", "a"}}
	if !r.calm() || cost(&r) != 3 {
		t.Error("a fault called noise is the worst miss")
	}
	var s score
	s.add(&r)
	if s.first != 0 || s.three != 1 {
		t.Errorf("%+v", s)
	}
}
