package remedy

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// certificate is what the leaf that was sent says: the names a new one must keep ("sans") and where its issuer's
// certificate can be fetched ("aia").
func (v values) certificate(kind change.Kind, side change.Side, c *fact.Case) {
	leaf := leafOf(c)
	v.safe["who"] = "server"
	if side == change.Client {
		v.safe["who"] = "client"
	}
	v.safe["cn"] = commonName(v.args["certname"])
	v.safe["sans"], v.safe["domains"] = sans(v.args["name"], leaf), domains(v.args["name"], leaf)
	if leaf == nil {
		return
	}
	if kind == change.SendChain {
		set(v.args, "issuer", leaf.Issuer)
	}
	for _, u := range leaf.AIA {
		if strings.HasPrefix(strings.ToLower(u), "http://") {
			set(v.args, "aia", u)
		}
	}
	if strings.Contains(leaf.Issuer, "Let's Encrypt") {
		v.safe["acme"] = "yes"
	}
}

func leafOf(c *fact.Case) *fact.Certificate {
	if h := c.First(); h != nil {
		return h.Chain.Leaf()
	}
	return nil
}

// sans is a subjectAltName value for openssl: the name asked for and those the leaf has, at most fifty. What has
// not the form of a name or address is left out.
func sans(name string, leaf *fact.Certificate) string {
	const most = 50
	var list []string
	add := func(s string) {
		if entry, ok := generalName(s); ok && len(list) < most && !slices.Contains(list, entry) {
			list = append(list, entry)
		}
	}
	add(name)
	if leaf != nil {
		for _, s := range slices.Concat(leaf.DNSNames, leaf.IPs) {
			add(s)
		}
	}
	return strings.Join(list, ",")
}

// commonName is the subject of a request: SQL Server wants the host's name there, X.509 at most 64 characters.
func commonName(name string) string {
	if hostName(name) && !isIP(name) && len(name) <= 64 && !strings.Contains(name, "*") {
		return name
	}
	return "server"
}

// domains is the list of names for certbot; it has no addresses and no wildcards, which need another challenge.
func domains(name string, leaf *fact.Certificate) string {
	var list []string
	for entry := range strings.SplitSeq(sans(name, leaf), ",") {
		if d, ok := strings.CutPrefix(entry, "DNS:"); ok && !strings.Contains(d, "*") {
			list = append(list, d)
		}
	}
	return strings.Join(list, ",")
}

// generalName writes a name or address as openssl's subjectAltName takes it (x509v3_config(5)).
func generalName(s string) (string, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return "IP:" + a.WithZone("").String(), true
	}
	return "DNS:" + s, hostName(s)
}
