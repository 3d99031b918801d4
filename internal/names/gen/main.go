// Command gen writes tables_gen.go of package names from data/*.csv. It runs in the directory of that package.
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
	src, err := tables.Source("data")
	if err != nil {
		return err
	}
	return os.WriteFile("tables_gen.go", src, 0o644)
}
