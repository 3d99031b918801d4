package words

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A placeName is one way in which texts name an endpoint: an expression whose groups "host" and "port" are the endpoint, the
// protocol that it tells, and whether it is the client of the program that wrote the text.
type placeName struct {
	hints    []string // one of these stands in every text that it fits, in small letters: a cheap look before the expression
	at       func() *regexp.Regexp
	protocol string
	client   bool
}

// hostPart is a name or an address, in brackets where it is of IPv6.
const hostPart = `(?P<host>\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?)`

const portPart = `(?P<port>[0-9]{1,5})`

// placeNames are tried in this order: what names the peer most surely comes first.
var placeNames = []placeName{
	{hints: []string{`upstream: "https://`}, at: Pattern(`upstream: "https://` + hostPart + `(?::` + portPart + `)?`), protocol: "https"},
	{hints: []string{`jdbc:sqlserver://`}, at: Pattern(`(?i)\bjdbc:sqlserver://` + hostPart + `(?:\\[A-Za-z0-9_$]+)?(?::` + portPart + `)?`), protocol: "mssql"},
	{hints: []string{`sqlserver://`, `mssql://`}, at: Pattern(`(?i)\b(?:jdbc:)?(?:sqlserver|mssql)://(?:[^\s/@"]{0,200}@)?` + hostPart + `(?::` + portPart + `)?`), protocol: "mssql"},
	{hints: []string{`postgres`}, at: Pattern(`(?i)\b(?:jdbc:)?postgres(?:ql)?://(?:[^\s/@"]{0,200}@)?` + hostPart + `(?::` + portPart + `)?`), protocol: "postgres"},
	{hints: []string{`mysql://`, `mariadb://`}, at: Pattern(`(?i)\b(?:jdbc:)?(?:mysql|mariadb)://(?:[^\s/@"]{0,200}@)?` + hostPart + `(?::` + portPart + `)?`), protocol: "mysql"},
	{hints: []string{`connection to server at "`}, at: Pattern(`(?i)connection to server at "` + hostPart + `"(?: \([0-9a-fA-F:.]+\))?, port ` + portPart), protocol: "postgres"},
	{hints: []string{`and accepting tcp/ip`}, at: Pattern(`(?i)host "` + hostPart + `"(?: \([0-9a-fA-F:.]+\))? and accepting TCP/IP connections on port ` + portPart), protocol: "postgres"},
	{hints: []string{`mysql server `}, at: Pattern(`(?i)MySQL server (?:on|at) '` + hostPart + `(?::` + portPart + `)?'`), protocol: "mysql"},
	{hints: []string{`https://`}, at: Pattern(`(?i)\bhttps://(?:[^\s/@"]{0,200}@)?` + hostPart + `(?::` + portPart + `)?`), protocol: "https"},
	{hints: []string{`tls handshake error from`}, at: Pattern(`(?i)TLS handshake error from ` + hostPart + `:` + portPart), client: true},
	{hints: []string{`client`}, at: Pattern(`(?i)\bclient[ =:]{1,2}'?` + hostPart + `(?::` + portPart + `)?\b`), client: true},
	{hints: []string{`from `, `peer`, `rip=`, `client ('`}, at: Pattern(`(?i)\b(?:connect(?:ion)? (?:rejected )?from|error from|lost connection after \S+ from|peer|rip=|Client \(')[ "\[(]{0,3}(?:unknown\[|\S{1,80}\[)?` + hostPart + `\]?(?::` + portPart + `)?`), client: true},
	{hints: []string{`pg_hba.conf`}, at: Pattern(`(?i)\bpg_hba\.conf .{1,60}\bhost "` + hostPart + `"`), client: true},
	{hints: []string{`aborted connection`}, at: Pattern(`(?i)\bAborted connection .{1,400}\bhost: '` + hostPart + `'`), client: true},
	{hints: []string{`host '`}, at: Pattern(`(?i)\bHost '` + hostPart + `' is (?:not allowed to connect|blocked)`), client: true},
	{hints: []string{`dial tcp`, `dial udp`}, at: Pattern(`(?i)\bdial (?:tcp|udp)[46]? ` + hostPart + `:` + portPart)},
	{hints: []string{`in connection to `}, at: Pattern(`(?i)\bin connection to ` + hostPart + `:` + portPart), protocol: "https"},
	{hints: []string{`failed to connect to `}, at: Pattern(`(?i)\bfailed to connect to ` + hostPart + ` port ` + portPart)},
	{hints: []string{`connect`, `peeraddr=`}, at: Pattern(`(?i)\b(?:failed to connect to|could not connect to|connecting to|connect to|peeraddr=|connect E[A-Z]+) '?` + hostPart + `:` + portPart)},
	{hints: []string{`-connect `}, at: Pattern(`(?i)-connect ` + hostPart + `:` + portPart)},
	{hints: []string{`host`}, at: Pattern(`(?i)\bhost(?:name)?['"]?[ =:]{1,3}['"]` + hostPart + `['"]`)},
}

// maxPeers bounds how many endpoints of one text are kept.
const maxPeers = 4

// peers are the endpoints that a text names and talks to, the surest first. Clients of a server are not among them.
func peers(clean string) []fact.Endpoint {
	var list []fact.Endpoint
	small := strings.ToLower(clean)
	for _, p := range placeNames {
		if p.client || !slices.ContainsFunc(p.hints, func(h string) bool { return strings.Contains(small, h) }) {
			continue
		}
		e, ok := p.find(clean)
		known := func(have fact.Endpoint) bool { return have.Host == e.Host && (e.Port == 0 || have.Port == e.Port) }
		if ok && e.Port == 0 && p.protocol == "" { // "host" may as well be said of the client: by databases that refuse it
			c, named := clientOf(clean)
			ok = !named || c.Host != e.Host
		}
		if ok && len(list) < maxPeers && !slices.ContainsFunc(list, known) {
			list = append(list, e)
		}
	}
	return list
}

// clientOf is the first client that a server's text names.
func clientOf(clean string) (fact.Endpoint, bool) {
	small := strings.ToLower(clean)
	for _, p := range placeNames {
		if !p.client || !slices.ContainsFunc(p.hints, func(h string) bool { return strings.Contains(small, h) }) {
			continue
		}
		if e, ok := p.find(clean); ok {
			return e, true
		}
	}
	return fact.Endpoint{}, false
}

func (p *placeName) find(clean string) (fact.Endpoint, bool) {
	m := p.at().FindStringSubmatch(clean)
	if m == nil {
		return fact.Endpoint{}, false
	}
	e := fact.Endpoint{Protocol: p.protocol, Host: strings.Trim(m[p.at().SubexpIndex("host")], "[]")}
	if i := p.at().SubexpIndex("port"); i >= 0 && m[i] != "" {
		n, err := strconv.ParseUint(m[i], 10, 16)
		if err != nil {
			return fact.Endpoint{}, false
		}
		e.Port = uint16(n)
	}
	return e, true
}

// Vicinity tells from where an address is seen.
func Vicinity(a netip.Addr) fact.Context {
	switch a = a.Unmap(); {
	case !a.IsValid() || a.IsUnspecified():
		return ""
	case a.IsLoopback():
		return fact.PeerLoopback
	case a.IsPrivate() || a.IsLinkLocalUnicast() || sharedSpace.Contains(a):
		return fact.PeerPrivate
	}
	return fact.PeerPublic
}

// sharedSpace is what carriers use behind their own translation (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// upgradePort: the peer's port is one whose protocol begins in clear text and is upgraded to TLS.
const upgradePort fact.Context = "upgrade-port"

// upgradePorts are those of FTP, SMTP, POP3, IMAP, LDAP, submission, MySQL, PostgreSQL and XMPP (IANA).
var upgradePorts = []uint16{21, 25, 110, 143, 389, 587, 3306, 5222, 5432}

// peerIsAddress: the text says that an address, not a name, was verified.
const peerIsAddress fact.Context = "peer-is-address"

// place tells where the other side is, as far as the text names it: the client of a server's text, the server of a
// client's.
func (r *Reading) place(clean string) {
	if r.in(fact.ByServer) {
		if e, ok := clientOf(clean); ok {
			r.near(e.Host)
		}
		return
	}
	if len(r.Peers) == 0 {
		return
	}
	if slices.Contains(upgradePorts, r.Peers[0].Port) && !r.in(fact.Database) {
		r.Contexts = append(r.Contexts, upgradePort)
	}
	if slices.ContainsFunc(r.Peers, func(p fact.Endpoint) bool { return isFamous(p.Host) }) && !r.in(fact.Database) {
		r.Contexts = append(r.Contexts, peerFamous)
	}
	if _, err := netip.ParseAddr(r.Peers[0].Host); err == nil && !r.in(fact.ToUpstream) {
		r.Contexts = append(r.Contexts, peerIsAddress)
	}
}

func (r *Reading) near(host string) {
	if a, err := netip.ParseAddr(host); err == nil {
		if v := Vicinity(a); v != "" {
			r.Contexts = append(r.Contexts, v)
		}
	}
}

func (r *Reading) in(c fact.Context) bool { return slices.Contains(r.Contexts, c) }
