package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// freetds reads freetds.conf (src/tds/config.c): the scope is the server's section, [global] for all. Blanks within a
// name count once, case does not, and an option that FreeTDS does not know is passed over without a word.
var freetds = dialect{ID: "freetds.conf", sniff: sniffFreeTDS, read: readFreeTDS}

var freetdsOptions = newVocabulary("freetds.conf", `
encryption = off request require strict
ca file
crl file
check certificate hostname
certificate host name
openssl ciphers
enable tls v1
enable tls v1.1
tds version
host
port
instance
database
database filename
asa database
initial block size
client charset
server charset
text size
timeout
query timeout
connect timeout
language
app name
dump file
dump file append
debug flags
debug level
emulate little endian
swap broken dates
swap broken money
try server login
try domain login
cross domain login
use ntlmv2
use lanman
use utf-16
enable gssapi delegation
mutual authentication
realm
spn
read-only intent
master database
`)

func sniffFreeTDS(name string, head []byte) int {
	if base := baseName(name); base == "freetds.conf" || base == ".freetds.conf" {
		return 90
	}
	for l := range iniLines(string(head), "#;") {
		if oneBlank(l.key) == "tds version" {
			return 85
		}
	}
	return 0
}

// oneBlank is a name as FreeTDS compares it.
func oneBlank(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func readFreeTDS(r *reader, f file) {
	for l := range iniLines(f.text, "#;") {
		if r.full {
			return
		}
		s := fact.Setting{Scope: within(l.section), Name: oneBlank(l.key), Args: []string{oneSpace(l.value)}}
		w, known := freetdsOptions.find(s.Name)
		switch {
		case !known || w.name != s.Name: // "ca_file" is not "ca file"
			s.Unknown, s.Near = true, freetdsOptions.meant(s.Name)
		case w.refuses(s.Value()):
			s.Unknown, s.BadValue, s.Near = true, true, w.name+"="+nearest(s.Value(), w.values)
		}
		r.set(f, l.number, s)
	}
}

func oneSpace(value string) string { return strings.Join(strings.Fields(value), " ") }
