package conf

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// helpLine finds an option at the beginning of a line of a program's help, and what follows it up to the description.
var helpLine = regexp.MustCompile(`(?m)^ *(?:-\w, +)?(--?[\w.-]+)([ =][^ \n]+)?`)

// TestTablesAgreeWithHelp: what a program's own help says of its options, whether they take a value above all: a wrong answer would
// take the next word for something that it is not.
func TestTablesAgreeWithHelp(t *testing.T) {
	for _, test := range []struct {
		v    *vocabulary
		args []string
		// newer are options of other releases than the one that is installed
		newer []string
	}{
		{&curlCommand, []string{"curl", "--help", "all"}, []string{"--no-alpn", "--no-npn", "--no-buffer", "--ca-native"}},
		{&wgetCommand, []string{"wget", "--help"}, nil},
		{&opensslCommand, []string{"openssl", "s_client", "-help"}, nil},
	} {
		program := needProgram(t, test.args[0])
		out, _ := exec.Command(program, test.args[1:]...).CombinedOutput() // OpenSSL ends some helps with an error
		takes := map[string]bool{}
		for _, m := range helpLine.FindAllStringSubmatch(string(out), -1) {
			value := strings.TrimSpace(m[2])
			takes[m[1]] = strings.HasPrefix(value, "<") || strings.HasPrefix(value, "=") || strings.Contains(value, "[") || strings.Contains(value, "|") || oneOfTypes(value)
		}
		compared := 0
		for _, w := range test.v.all() {
			if !strings.HasPrefix(w.name, "-") || slices.Contains(test.newer, w.name) {
				continue
			}
			value, ok := takes[w.name]
			if !ok {
				t.Logf("%s: its help has no %s", test.args[0], w.name)
				continue
			}
			compared++
			if value == w.flag {
				t.Errorf("%s %s takes a value: %v", test.args[0], w.name, value)
			}
		}
		for name, value := range takes {
			if _, ok := test.v.find(strings.TrimLeft(name, "-")); value && !ok {
				t.Errorf("%s %s is not known: the word after it would be taken for a target", test.args[0], name)
			}
		}
		if compared < 50 {
			t.Errorf("%s: only %d options compared", test.args[0], compared)
		}
	}
}

// oneOfTypes: how OpenSSL's help calls the values of options.
func oneOfTypes(word string) bool {
	return slices.Contains([]string{"val", "infile", "outfile", "dir", "uri", "int", "+int", "ulong", "intmax", "PEM|DER", "format"}, word)
}
