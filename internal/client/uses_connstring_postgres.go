package client

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// modeLibpq composes the mode of what matters together: "sslmode=verify-full sslnegotiation=direct sslrootcert".
func modeLibpq(c *connection, u *Use) {
	mode := c.value("sslmode", "SSLmode", "PGSSLMODE")
	root := c.value("sslrootcert", "PGSSLROOTCERT")
	if mode == "" && (c.value("requiressl", "PGREQUIRESSL") == "1" || c.has("ssl") && c.value("ssl") != "false") {
		mode = "require"
	}
	u.Mode = sslMode(u.Client, mode, root)
	if c.value("sslnegotiation", "sslNegotiation", "PGSSLNEGOTIATION") == "direct" {
		u.Mode += " sslnegotiation=direct"
		u.Target.Protocol = "postgres-direct"
	}
	u.Mode += rootCert(u.Client, mode, root)
	if c.value("channel_binding", "channelBinding", "PGCHANNELBINDING") == "require" {
		u.Mode += " channel_binding=require"
	}
	if c.yes("uselibpqcompat") {
		u.Mode += " uselibpqcompat"
	}
	if c.value("sslsni", "PGSSLSNI") == "0" {
		u.SNI = "none"
	}
	if address := c.value("hostaddr", "PGHOSTADDR"); address != "" {
		u.address(c, address)
	}
}

// sslMode is the first word of the mode.
func sslMode(client, mode, root string) string {
	switch {
	case mode == "" && root == "system": // which makes verify-full the default (libpq 16)
		return "sslrootcert=system"
	case mode == "":
		return "sslmode=prefer"
	case mode == "disable" && client == "node-pg":
		return "ssl undefined"
	case strings.HasPrefix(mode, "verify-") && root == "" && client == "node-pg": // to which they are all the same
		return "sslmode=require"
	}
	return "sslmode=" + mode
}

// rootCert is what a root certificate adds to the mode: libpq verifies with it even where the mode does not ask for that.
func rootCert(client, mode, root string) string {
	switch {
	case root == "system" && mode != "":
		return " sslrootcert=system"
	case root == "" || root == "system":
		return ""
	case strings.HasPrefix(mode, "verify-"), client == "psql" && oneOf(mode, "", "prefer", "require"):
		return " sslrootcert"
	}
	return ""
}

// address is connected to while the host's name stays the one that is verified.
func (u *Use) address(c *connection, address string) {
	u.Name = c.value("host", "PGHOST")
	var settings []fact.Setting
	for _, s := range c.settings {
		if s.Name != "host" && s.Name != "PGHOST" {
			settings = append(settings, s)
		}
	}
	first := c.settings[0]
	first.Name, first.Args = "host", []string{address}
	c.settings = append(settings, first)
}

func modeNpgsql(c *connection, u *Use) {
	mode := strings.ReplaceAll(c.value("SSL Mode"), "-", "")
	if mode == "" {
		mode = "Prefer"
	}
	u.Mode = "SSL Mode=" + mode
	if u.CA != "" && strings.HasPrefix(strings.ToLower(mode), "verify") {
		u.Mode += ";Root Certificate"
	}
	if strings.EqualFold(c.value("SSL Negotiation"), "direct") {
		u.Target.Protocol = "postgres-direct"
	}
}
