// Command tlswhy says why a TLS handshake fails, proves it, and names the exact change.
package main

import (
	"os"

	"github.com/tlswhy/tlswhy/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)) }
