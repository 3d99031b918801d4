package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// pgconf reads postgresql.conf, the files that it includes and the pg_hba.conf that it names (guc-file.l; "Setting
// Parameters" of the manual). Of several lines with one parameter the last counts.
var pgconf = dialect{ID: "postgresql.conf", sniff: sniffPostgres, read: readPostgres}

var pgParameters = newVocabulary("postgresql.conf", `
ssl
ssl_ca_file
ssl_cert_file
ssl_key_file
ssl_crl_file
ssl_crl_dir
ssl_ciphers
ssl_tls13_ciphers
ssl_prefer_server_ciphers
ssl_ecdh_curve
ssl_groups
ssl_min_protocol_version = TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
ssl_max_protocol_version = TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
ssl_dh_params_file
ssl_passphrase_command !
ssl_passphrase_command_supports_reload
ssl_renegotiation_limit
ssl_library
listen_addresses
port
password_encryption
hba_file
primary_conninfo
`)

func sniffPostgres(name string, head []byte) int {
	base := baseName(name)
	if base == "postgresql.conf" || base == "postgresql.auto.conf" || base == "postgresql.conf.sample" {
		return 90
	}
	found := 0
	for _, line := range numbered(string(head)) {
		key, _ := pgParameter(strings.TrimSpace(strings.TrimPrefix(line, "#")))
		switch key {
		case "ssl_cert_file", "ssl_key_file", "ssl_ca_file", "ssl_min_protocol_version", "ssl_prefer_server_ciphers", "listen_addresses", "shared_buffers", "wal_level", "hba_file":
			found++
		}
	}
	return min(found*40, 80)
}

func readPostgres(r *reader, f file) {
	for n, line := range numbered(f.text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value := pgParameter(line)
		switch name {
		case "":
			r.gap(f, n, "a line", "it is no parameter: the server refuses the file")
		case "include":
			r.include(f, n, beside(f.name, value), func(f file) { readPostgres(r, f) })
		case "include_if_exists":
			r.includeIfThere(f, n, beside(f.name, value), func(f file) { readPostgres(r, f) })
		case "include_dir":
			r.includeAll(f, n, folder(f.name, value)+"/[^.]*.conf", func(f file) { readPostgres(r, f) })
		default:
			pgSetting(r, f, n, name, value)
		}
	}
}

// includeIfThere is include for a file whose absence is no trouble.
func (r *reader) includeIfThere(f file, line int, name string, read func(file)) {
	if names, err := r.glob(name); err != nil || len(names) > 0 {
		r.include(f, line, name, read)
	}
}

// pgParameter splits "name = 'value' # comment"; the equals sign may be missing.
func pgParameter(line string) (name, value string) {
	end := 0
	for end < len(line) && (isWord(line[end]) || line[end] == '.' || line[end] == '$') {
		end++
	}
	rest := strings.TrimLeft(line[end:], " \t")
	if cut, ok := strings.CutPrefix(rest, "="); ok {
		rest = strings.TrimLeft(cut, " \t")
	}
	return strings.ToLower(line[:end]), pgValue(rest)
}

// pgValue undoes the quotation of a value and drops a comment behind it (DeescapeQuotedString).
func pgValue(text string) string {
	if text == "" || text[0] != '\'' {
		if end := strings.IndexAny(text, " \t#"); end >= 0 {
			return text[:end]
		}
		return text
	}
	var out strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i = pgEscape(&out, text, i+1)
		case c == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
			out.WriteByte('\'')
		case c == '\'':
			return out.String()
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// pgEscape copies the letter that an escape at text[i] stands for, up to three octal digits among them, and returns its
// last index.
func pgEscape(out *strings.Builder, text string, i int) int {
	code, digits := 0, 0
	for digits < 3 && i+digits < len(text) && text[i+digits] >= '0' && text[i+digits] <= '7' {
		code = code<<3 | int(text[i+digits]-'0')
		digits++
	}
	switch {
	case digits > 0:
		out.WriteByte(byte(code))
		return i + digits - 1
	case text[i] == 'f':
		out.WriteByte('\f')
	default:
		out.WriteByte(escapedLetter(text[i]))
	}
	return i
}

// pgSetting keeps a parameter that has to do with connections. One with a dot belongs to an extension.
func pgSetting(r *reader, f file, n int, name, value string) {
	s := fact.Setting{Name: name, Args: []string{value}}
	word, known := pgParameters.find(name)
	switch {
	case known && word.secret:
		s.Args = nil // a command may hold the passphrase
	case known:
		if word.refuses(value) {
			s.Unknown, s.BadValue = true, true
			if near := nearest(value, word.values); near != "" {
				s.Near = name + "=" + near
			}
		}
	case !strings.HasPrefix(name, "ssl") || strings.Contains(name, "."):
		return
	default:
		s.Unknown, s.Near = true, pgParameters.meant(name)
		if soundsSecret(name) && !strings.HasSuffix(name, "file") {
			s.Args = nil
		}
	}
	r.set(f, n, s)
	if name == "hba_file" && value != "" {
		r.include(f, n, beside(f.name, value), func(f file) { readHBA(r, f) })
	}
}
