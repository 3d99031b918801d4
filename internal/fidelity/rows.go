package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/tlswhy/tlswhy/internal/client"
)

// A row is one real client's attempt at one server.
type row struct {
	Client  string `json:"client"`
	Version string `json:"version"`
	Mode    string `json:"mode"`
	Fault   string `json:"server_fault"`
	OK      bool   `json:"ok"`
	Text    string `json:"error_text"`
	Proto   string `json:"proto"`
}

// A site is one server: its fault and its protocol.
type site struct{ fault, proto string }

// A try is a row with its prediction.
type try struct {
	row
	site          site
	port          uint16
	served, known bool
	meaning       meaning
	got           client.Prediction
}

// The outcomes as the real clients show them.
const (
	overTLS = "TLS"
	inPlain = "plain text"
	refused = "refused"
)

// unencrypted is how the programs of the laboratory print a connection without TLS.
var unencrypted = regexp.MustCompile(`^OK (ssl=\s*false|tls=(false)?\s*$|cipher=\(none\)|plaintext)|^Ssl_version\s*$`)

// outcome is what the real client came to.
func (r row) outcome() string {
	first, _, _ := strings.Cut(r.Text, "\n")
	switch {
	case !r.OK:
		return refused
	case unencrypted.MatchString(first):
		return inPlain
	}
	return overTLS
}

// predicted is the same of the prediction.
func (t *try) predicted() string {
	switch t.got.Outcome {
	case client.Verified, client.Unverified:
		return overTLS
	case client.Plaintext:
		return inPlain
	case client.Fails:
		return refused
	}
	return "unknown"
}

// maxLine bounds one row: texts are cut at 1,500 characters.
const maxLine = 1 << 20

func readRows(name string) ([]row, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rows []row
	in := bufio.NewScanner(f)
	in.Buffer(nil, maxLine)
	for n := 1; in.Scan(); n++ {
		if len(strings.TrimSpace(in.Text())) == 0 {
			continue
		}
		var r row
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		rows = append(rows, r)
	}
	return rows, in.Err()
}
