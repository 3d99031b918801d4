// Package names says what the numbers of TLS and X.509 are called: protocol versions, cipher suites, groups,
// signature schemes, alerts, extensions and object identifiers. The tables stand in data/*.csv, from which
// tables_gen.go is generated; all look-ups are binary searches over constant tables, so that nothing is built
// when a program starts.
package names

//go:generate go run ./gen
