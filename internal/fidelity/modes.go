package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tlswhy/tlswhy/internal/client"
)

// A meaning is what the words of a row's mode stand for.
type meaning struct {
	does client.Behaviour
	// ca is a file in the laboratory's ca directory used instead of ca.pem; name is verified and sent instead of the host;
	// cert is the client certificate there, with its key.
	ca, name, cert string
}

// modes holds the meanings by client and mode; several where the version decides.
type modes map[[2]string][]mode

type mode struct {
	version string // how the row's version begins, "" for any
	meaning
}

// find gives the meaning of a row's mode: that of its version before one for all.
func (m modes) find(r row) (meaning, bool) {
	var found meaning
	ok := false
	for _, c := range m[[2]string{r.Client, r.Mode}] {
		if strings.HasPrefix(r.Version, c.version) && (!ok || c.version != "") {
			found, ok = c.meaning, true
		}
	}
	return found, ok
}

// readModes reads tables of five columns between tabs: client and mode as the rows have them, product and mode as package client
// has them, and options in key=value form, which may be left out: version (how the row's version begins), release (of the product, for
// modes that changed with it), ca, name, cert. Lines that begin with # are comments.
func readModes(pattern string) (modes, error) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%s: no such file", pattern)
	}
	out := modes{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for i, line := range strings.Split(string(data), "\n") {
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if err := out.add(line); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
		}
	}
	return out, nil
}

func (m modes) add(line string) error {
	f := strings.Split(line, "\t")
	if len(f) < 4 {
		return fmt.Errorf("%d columns of 4", len(f))
	}
	if f[0] == "client" && f[2] == "product" {
		return nil // column names
	}
	c, release, err := readOptions(strings.Join(f[4:], " "))
	if err != nil {
		return err
	}
	if c.does, err = behaviour(f[2], f[3], release); err != nil {
		return err
	}
	key := [2]string{f[0], f[1]}
	m[key] = append(m[key], c)
	return nil
}

func readOptions(text string) (m mode, release string, err error) {
	for _, word := range strings.Fields(text) {
		k, v, _ := strings.Cut(word, "=")
		switch k {
		case "version":
			m.version = v
		case "release":
			release = v
		case "ca":
			m.ca = v
		case "name":
			m.name = v
		case "cert":
			m.cert = v
		default:
			return m, "", fmt.Errorf("unknown option %q", k)
		}
	}
	return m, release, nil
}

func behaviour(product, word, release string) (client.Behaviour, error) {
	for _, p := range client.Products() {
		if p.ID != product {
			continue
		}
		if m, ok := p.Mode(word, release); ok {
			return m.Does, nil
		}
		return client.Behaviour{}, fmt.Errorf("%s has no mode %q", product, word)
	}
	return client.Behaviour{}, fmt.Errorf("no product %q", product)
}
