package remedy

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// family is the protocol of a case without its way of beginning TLS: "mssql" for "mssql-strict" too.
func family(c *fact.Case) string {
	p := c.Question.Protocol
	if h := c.First(); p == "" && h != nil {
		p = h.Protocol
	}
	p, _, _ = strings.Cut(p, "-")
	if p == "tls" || p == "" {
		return "https"
	}
	return p
}

// said is what the server told of itself before TLS, or nothing.
func said(c *fact.Case) fact.Said {
	for i := range c.Handshakes {
		if s := c.Handshakes[i].Said; s != nil && (s.Product != "" || s.Version != "") {
			return *s
		}
	}
	return fact.Said{}
}

// banner reports whether the server's clear bytes name a product.
func banner(c *fact.Case, product string) bool {
	low := []byte(strings.ToLower(product))
	for i := range c.Handshakes {
		h := &c.Handshakes[i]
		if bytes.Contains(bytes.ToLower(h.NotTLS), low) {
			return true
		}
		if h.Said != nil && (bytes.Contains(bytes.ToLower(h.Said.First), low) || strings.EqualFold(h.Said.Product, product)) {
			return true
		}
	}
	return false
}

// isMariaDB reports whether the case is about MariaDB rather than MySQL: by the server's greeting.
func isMariaDB(c *fact.Case) bool {
	s := said(c)
	return strings.Contains(strings.ToLower(s.Product+s.Version), "mariadb")
}

// client is the first word of the client profile, in lower case: "mysql" of "mysql 8.4".
func client(c *fact.Case) string {
	word, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(c.Question.As)), " ")
	return strings.TrimRight(word, ",")
}

// anyClient reports whether the profile says what a client can do and not which product it is.
func anyClient(c *fact.Case) bool {
	return slices.Contains([]string{"", "modern", "tls1.2", "tls1.3", "legacy", "fips"}, client(c))
}

// isClient reports whether the profile is one of these products, whatever its version.
func isClient(c *fact.Case, products ...string) bool {
	return slices.Contains(products, client(c))
}

// writes reports whether a product is known to run on this side: the client profile names it, or it wrote one of the
// texts from that seat.
func writes(c *fact.Case, side change.Side, product string) bool {
	if side == change.Client && isClient(c, product) {
		return true
	}
	return slices.ContainsFunc(c.Events, func(e fact.Event) bool {
		return e.In(fact.Context(product)) && e.In(fact.ByServer) == (side == change.Server)
	})
}

// scored is the score of a client's platform: sure for its own products, a guess where the profile names no
// product and the platform's client is the protocol's usual one.
func scored(c *fact.Case, protocol string, products ...string) int {
	switch {
	case isClient(c, products...):
		return 90
	case anyClient(c) && family(c) == protocol:
		return 40
	}
	return 0
}
