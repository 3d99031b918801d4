package trust

import (
	"net/netip"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// constraints are the name constraints of a CA on host names and addresses (RFC 5280 §4.2.1.10).
type constraints struct {
	permitted, excluded subtrees
}

type subtrees struct {
	dns  []string
	nets []netip.Prefix
}

func readConstraints(c *certificate, v cryptobyte.String) bool {
	var seq, permitted, excluded cryptobyte.String
	var hasPermitted, hasExcluded bool
	return v.ReadASN1(&seq, asn1.SEQUENCE) &&
		seq.ReadOptionalASN1(&permitted, &hasPermitted, asn1.Tag(0).Constructed().ContextSpecific()) &&
		seq.ReadOptionalASN1(&excluded, &hasExcluded, asn1.Tag(1).Constructed().ContextSpecific()) &&
		c.limits.permitted.read(permitted) && c.limits.excluded.read(excluded)
}

func (s *subtrees) read(list cryptobyte.String) bool {
	for !list.Empty() {
		var tree, body cryptobyte.String
		var tag asn1.Tag
		if !list.ReadASN1(&tree, asn1.SEQUENCE) || !tree.ReadAnyASN1(&body, &tag) {
			return false
		}
		switch tag {
		case tagDNS:
			s.dns = append(s.dns, strings.ToLower(string(body)))
		case tagIP:
			net, ok := readNet(body)
			if !ok {
				return false
			}
			s.nets = append(s.nets, net)
		}
	}
	return true
}

// readNet reads an address followed by its mask.
func readNet(b []byte) (netip.Prefix, bool) {
	half := len(b) / 2
	a, ok := netip.AddrFromSlice(b[:half])
	if !ok || len(b)%2 != 0 {
		return netip.Prefix{}, false
	}
	bits, ended := 0, false
	for _, m := range b[half:] {
		for i := 7; i >= 0; i-- {
			one := m>>i&1 == 1
			if one && ended {
				return netip.Prefix{}, false
			}
			if one {
				bits++
			}
			ended = !one
		}
	}
	return netip.PrefixFrom(a, bits), true
}

// forbids names the first host name or address of the leaf that these constraints do not allow, or gives "".
func (n *constraints) forbids(leaf *certificate) string {
	for _, d := range leaf.DNSNames {
		if n.excluded.holdsDNS(d) || len(n.permitted.dns) > 0 && !n.permitted.holdsDNS(d) {
			return d
		}
	}
	for _, s := range leaf.IPs {
		a, err := netip.ParseAddr(s)
		if err == nil && (n.excluded.holdsIP(a) || len(n.permitted.nets) > 0 && !n.permitted.holdsIP(a)) {
			return s
		}
	}
	return ""
}

func (s *subtrees) holdsDNS(host string) bool {
	host = strings.ToLower(host)
	for _, d := range s.dns {
		if d == "" || host == d || strings.HasSuffix(host, "."+strings.TrimPrefix(d, ".")) {
			return true
		}
	}
	return false
}

func (s *subtrees) holdsIP(a netip.Addr) bool {
	for _, p := range s.nets {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
