package conf

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/names"
)

// ciphersuites reads what PowerShell's Get-TlsCipherSuite prints: as a list of properties, as a table, or as bare names.
// Each suite is a setting "CipherSuite" with its name and the versions that may use it, in the order of preference.
var ciphersuites = dialect{ID: "Get-TlsCipherSuite", sniff: sniffSuites, read: readSuites}

func sniffSuites(_ string, head []byte) int {
	bare, other := 0, 0
	for _, line := range numbered(string(head)) {
		key, value, isProperty := strings.Cut(line, ":")
		key = strings.TrimSpace(key)
		first, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case isProperty && (key == "BaseCipherSuite" || key == "MaximumExchangeLength"):
			return 95
		case isProperty && key == "Name" && windowsSuite(strings.TrimSpace(value)):
			return 90
		case windowsSuite(first):
			bare++
		case first != "" && first != "Name" && strings.Trim(first, "-") != "":
			other++
		}
	}
	if bare > 1 && other <= bare/4 {
		return 85
	}
	return 0
}

// windowsSuite reports whether a word is a suite's name as Schannel writes it, a curve behind it or not.
func windowsSuite(word string) bool {
	if !strings.HasPrefix(word, "TLS_") && !strings.HasPrefix(word, "SSL_") {
		return false
	}
	for _, curve := range []string{"_P256", "_P384", "_P521"} { // Windows 8.1 and older
		word = strings.TrimSuffix(word, curve)
	}
	_, ok := names.SuiteByName(word)
	return ok || strings.Count(word, "_") > 2
}

func readSuites(r *reader, f file) {
	line, name := 0, ""
	flush := func(versions ...string) {
		if name != "" {
			r.add(f, line, nil, "CipherSuite", append([]string{name}, versions...)...)
		}
		name = ""
	}
	for n, text := range numbered(f.text) {
		text = strings.TrimSpace(text)
		key, value, isProperty := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		switch key = strings.TrimSpace(key); {
		case isProperty && key == "Name":
			flush()
			line, name = n, value
		case isProperty && key == "Protocols":
			flush(suiteVersions(value)...)
		case !isProperty:
			first, rest, _ := strings.Cut(text, " ")
			if windowsSuite(first) {
				flush()
				line, name = n, first
				flush(suiteVersions(tableVersions(rest))...)
			}
		}
	}
	flush()
}

// tableVersions is the column of a table's row that is a list in braces.
func tableVersions(row string) string {
	_, rest, ok := strings.Cut(row, "{")
	list, _, closed := strings.Cut(rest, "}")
	if !ok || !closed {
		return ""
	}
	return list
}

// suiteVersions names the versions of "{771, 65277}": wire numbers in decimal.
func suiteVersions(list string) []string {
	var out []string
	for item := range strings.SplitSeq(strings.Trim(list, "{}"), ",") {
		if n, err := strconv.ParseUint(strings.TrimSpace(item), 10, 16); err == nil {
			out = append(out, names.Version(uint16(n)))
		}
	}
	return out
}
