package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The options of libpq (fe-connect.c, PQconninfoOptions, release 18) and what node-postgres adds in its addresses.
var (
	libpq  = vocabulary{dialect: "libpq", exact: true, strict: true, values: true, words: keywords(libpqWords)}
	nodePG = vocabulary{dialect: "node-pg", exact: true, words: keywords(nodePGWords + libpqWords)}
)

const libpqWords = `
host
hostaddr
port
dbname
user
password !
passfile
service
servicefile
sslmode = disable allow prefer require verify-ca verify-full
requiressl
sslnegotiation = postgres direct
sslrootcert
sslcert
sslkey
sslkeylogfile
sslpassword !
sslcertmode = disable allow require
sslcrl
sslcrldir
sslsni
sslcompression
ssl_min_protocol_version = TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
ssl_max_protocol_version = TLSv1 TLSv1.1 TLSv1.2 TLSv1.3
channel_binding = disable prefer require
gssencmode = disable prefer require
requirepeer
require_auth
connect_timeout
client_encoding
options
application_name
fallback_application_name
keepalives
keepalives_idle
keepalives_interval
keepalives_count
tcp_user_timeout
replication
krbsrvname
gsslib
gssdelegation
min_protocol_version
max_protocol_version
scram_client_key !
scram_server_key !
oauth_issuer
oauth_client_id
oauth_client_secret !
oauth_scope
target_session_attrs
load_balance_hosts
`

const nodePGWords = `
sslmode = disable prefer require verify-ca verify-full no-verify
uselibpqcompat = true false
ssl
connectionString
`

// readLibpqURI reads postgres:// addresses with parameters; without any they are targets like others.
func readLibpqURI(text string) []fact.Setting {
	if strings.HasPrefix(text, "postgres") {
		return postgresURI(text, 1)
	}
	return nil
}

// postgresURI reads an address that has at least so many known parameters.
func postgresURI(text string, parameters int) []fact.Setting {
	l, ok := parseLink(text)
	if !ok || l.scheme != "postgres" && l.scheme != "postgresql" {
		return nil
	}
	v := &libpq
	for i, p := range l.query {
		if p.key == "uselibpqcompat" || p.key == "sslmode" && p.value == "no-verify" {
			v = &nodePG
		}
		if p.key == "ssl" && p.value == "true" { // for JDBC's sake (conninfo_uri_parse_params)
			l.query[i] = pair{"sslmode", "require"}
		}
	}
	if v.known(l.query) < parameters {
		return nil
	}
	return v.settings(append(l.authority("host", "port", "user", "password", "dbname"), l.query...), inString)
}

// readConninfo reads libpq's "host=db sslmode=require".
func readConninfo(text string) []fact.Setting {
	pairs, ok := splitConninfo(text)
	if !ok || !libpq.sure(pairs) {
		return nil
	}
	return libpq.settings(pairs, inString)
}

// splitConninfo cuts "key=value key = 'quoted \' value'" (fe-connect.c, conninfo_parse).
func splitConninfo(text string) ([]pair, bool) {
	var out []pair
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if text == "" {
			return out, len(out) > 0
		}
		key, rest, ok := strings.Cut(text, "=")
		key = strings.TrimRight(key, " \t\r\n")
		if !ok || strings.ContainsAny(key, " \t\r\n") || !plausibleKey(key) || len(out) > 200 {
			return nil, false
		}
		value, rest, ok := conninfoValue(strings.TrimLeft(rest, " \t\r\n"))
		if !ok {
			return nil, false
		}
		out = append(out, pair{key, value})
		text = rest
	}
}

// conninfoValue takes one value, quoted or up to the next blank; a backslash takes the next character as it is.
func conninfoValue(s string) (value, rest string, ok bool) {
	quoted := strings.HasPrefix(s, "'")
	if quoted {
		s = s[1:]
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if i++; i < len(s) {
				b.WriteByte(s[i])
			}
		case quoted && c == '\'':
			return b.String(), s[i+1:], true
		case !quoted && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			return b.String(), s[i:], true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", !quoted
}
