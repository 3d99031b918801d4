package remedy

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// quote writes s, which printable has passed, as one value of a language; false when the language has no way
// to write it. Names and addresses come from peers and certificates, so each language is strict.
func quote(language, s string) (string, bool) {
	switch language {
	case "dns": // a host to connect to, by name or address
		return s, hostName(s) && !strings.Contains(s, "*") || isIP(s)
	case "fqdn": // the same without addresses
		return s, hostName(s) && !strings.Contains(s, "*") && !isIP(s)
	case "wild": // a name that a server answers to
		return s, hostName(s) && !isIP(s)
	case "ip":
		return s, isIP(s)
	case "authority":
		return authority(s)
	case "sh":
		return quoteShell(s)
	case "nginx":
		return quoteNginx(s)
	case "libpq":
		return quoteLibpq(s), true
	case "conn":
		return quoteADO(s), true
	}
	return "", false
}

// printable refuses what no configuration value needs and a terminal or an editor may act on: control
// characters, line and paragraph separators, bidirectional and zero-width marks, broken UTF-8, endless length.
func printable(s string) bool {
	if len(s) > 4096 || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// plain cleans a value for a sentence: what is not printable becomes U+FFFD, at most 200 characters stay.
func plain(s string) string {
	const most = 200
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > most {
			return b.String() + "…"
		}
		if !unicode.IsPrint(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hostName reports whether s has the form of a host name, with underscores and a wildcard label allowed.
func hostName(s string) bool {
	if s == "" || len(s) > 253 || !only(s, "._-*") {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(s, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

func isIP(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Zone() == ""
}

// authority is a host as it stands before ":port" in a URL (RFC 3986 section 3.2.2).
func authority(s string) (string, bool) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" && a.Is6() {
		return "[" + s + "]", true
	}
	return s, hostName(s) && !strings.Contains(s, "*") || isIP(s)
}

// only reports whether s holds nothing but letters and digits of ASCII and the extra characters.
func only(s, extra string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(extra, r) {
			return false
		}
	}
	return true
}

// quoteShell quotes for a POSIX shell. A value that begins with a dash is refused: it would become an option.
func quoteShell(s string) (string, bool) {
	if s[0] == '-' {
		return "", false
	}
	if only(s, "._:/@%+=,-") {
		return s, true
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'", true
}

// quoteNginx quotes a parameter (ngx_conf_read_token). A dollar sign would begin a variable and cannot be escaped.
func quoteNginx(s string) (string, bool) {
	if strings.Contains(s, "$") {
		return "", false
	}
	if only(s, "._:/*@%+=,-") {
		return s, true
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`, true
}

// quoteLibpq quotes a value of a keyword/value connection string (PostgreSQL manual, 34.1.1.1).
func quoteLibpq(s string) string {
	if only(s, "._:/*@%+,-") {
		return s
	}
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// quoteADO quotes a value of a .NET connection string: in double quotes, doubled inside (DbConnectionStringBuilder).
func quoteADO(s string) string {
	if only(s, `._:/*@%+,\-`) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}
