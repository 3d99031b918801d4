package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// pghba reads pg_hba.conf (hba.c): the name of a setting is the kind of connection, its words are database, user,
// address, mask where there is one, method and options.
var pghba = dialect{ID: "pg_hba.conf", sniff: sniffHBA, read: readHBA}

var (
	hbaKinds   = []string{"local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"}
	hbaMethods = []string{"trust", "reject", "scram-sha-256", "md5", "password", "gss", "sspi", "ident", "peer", "ldap", "radius", "cert", "pam", "bsd", "oauth", "krb5", "crypt"}
	hbaOptions = newVocabulary("pg_hba.conf", `
clientcert = verify-ca verify-full 0 1 no-verify
clientname = cn dn
map
include_realm
krb_realm
compat_realm
upn_username
pamservice
pam_use_hostname
ldapurl
ldaptls
ldapscheme
ldapserver
ldapport
ldapbinddn
ldapbindpasswd !
ldapsearchattribute
ldapsearchfilter
ldapbasedn
ldapprefix
ldapsuffix
radiusservers|radiusserver
radiusports|radiusport
radiussecrets|radiussecret !
radiusidentifiers|radiusidentifier
issuer
scope
validator
delegate_ident_mapping
`)
)

func sniffHBA(name string, head []byte) int {
	if base := baseName(name); strings.HasPrefix(base, "pg_hba") {
		return 90
	}
	found := 0
	for _, line := range joined(string(head)) {
		w := hbaWords(line)
		if len(w) >= 4 && containsFolded(hbaKinds, w[0]) && hbaMethodAt(w) > 0 {
			found++
		}
	}
	return min(found*60, 85)
}

func readHBA(r *reader, f file) {
	for n, line := range joined(f.text) {
		w := hbaWords(line)
		switch {
		case len(w) == 0:
		case w[0] == "include" && len(w) == 2:
			r.include(f, n, beside(f.name, w[1]), func(f file) { readHBA(r, f) })
		case w[0] == "include_if_exists" && len(w) == 2:
			r.includeIfThere(f, n, beside(f.name, w[1]), func(f file) { readHBA(r, f) })
		case w[0] == "include_dir" && len(w) == 2:
			r.includeAll(f, n, folder(f.name, w[1])+"/[^.]*.conf", func(f file) { readHBA(r, f) })
		default:
			r.set(f, n, hbaRule(w))
		}
	}
}

// hbaWords splits a line: words between blanks, those in quotation marks whole, a comment dropped.
func hbaWords(line string) []string {
	var out []string
	var word strings.Builder
	quoted, inside := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '"':
			quoted, inside = !quoted, true
		case !quoted && c == '#':
			i = len(line)
		case !quoted && (c == ' ' || c == '\t'):
			if inside {
				out = append(out, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteByte(c)
			inside = true
		}
	}
	if inside {
		out = append(out, word.String())
	}
	return out
}

// hbaMethodAt is the index of the method among the words of a rule, 0 when there is none.
func hbaMethodAt(w []string) int {
	from := 4
	if w[0] == "local" {
		from = 3
	}
	for i := from; i < len(w) && i <= from+1; i++ { // an address may be followed by its mask
		for _, m := range hbaMethods {
			if w[i] == m {
				return i
			}
		}
	}
	return 0
}

// hbaRule is the setting of one rule. A kind, an option or an option's value that the server does not know makes it
// refuse the whole file.
func hbaRule(w []string) fact.Setting {
	s := fact.Setting{Dialect: "pg_hba.conf", Name: w[0], Args: w[1:]}
	if !containsFolded(hbaKinds, w[0]) {
		s.Unknown, s.Near = true, nearest(w[0], hbaKinds)
		return s
	}
	method := hbaMethodAt(w)
	if method == 0 {
		return s
	}
	for i := method + 1; i < len(w); i++ {
		key, value, _ := strings.Cut(w[i], "=")
		word, known := hbaOptions.find(key)
		switch {
		case !known:
			s.Unknown, s.Near = true, hbaOptions.meant(key)
		case word.secret:
			w[i] = key + "=***"
		case word.refuses(value):
			s.Unknown, s.BadValue, s.Near = true, true, key+"="+nearest(value, word.values)
		}
	}
	return s
}
