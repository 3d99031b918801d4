// Command gen writes the *_gen.go files of package names from data/*.csv. It runs in the directory of that package.
package main

import (
	"fmt"
	"os"

	"github.com/tlswhy/tlswhy/internal/names/gen/tables"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run() error {
	for _, out := range []struct {
		file   string
		source func(dir string) ([]byte, error)
	}{
		{"tables_gen.go", tables.Source},
		{"openssl_gen.go", tables.OpenSSL},
		{"windows_gen.go", tables.Windows},
	} {
		src, err := out.source("data")
		if err != nil {
			return err
		}
		if err := os.WriteFile(out.file, src, 0o644); err != nil {
			return err
		}
	}
	return nil
}
