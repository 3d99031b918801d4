// Package names says what the numbers of TLS and X.509 are called: protocol versions, cipher suites, groups,
// signature schemes, alerts, extensions, object identifiers and the errors of OpenSSL. The tables stand in data/*.csv, from which
// the *_gen.go files are generated; all look-ups are binary searches over constant tables, so that nothing is built
// when a program starts.
package names

//go:generate go run ./gen
