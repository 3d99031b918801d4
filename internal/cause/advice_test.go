package cause

import (
	"net/netip"
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestKindOfAddress: a name with addresses of the other family only is not said to have none.
func TestKindOfAddress(t *testing.T) {
	for want, h := range map[string]fact.Host{
		"address":      {Name: "db.test", Error: "not-found", Detail: "no such host"},
		"IPv6 address": {Name: "db.test", Error: "not-found", Detail: "no IPv6 address", Addrs: []netip.Addr{netip.MustParseAddr("192.0.2.7")}},
	} {
		c := &fact.Case{Question: fact.Question{Host: "db.test"}, Hosts: []fact.Host{h}}
		ms := bySlug(t, "dns-name-not-found").Match(c)
		if len(ms) != 1 || ms[0].Args["kind"] != want {
			t.Errorf("%s: %+v", want, ms)
		}
	}
}

// TestTLS12IsNoWeakness: to let a side take TLS 1.2 is advice, to let it take TLS 1.0 is a warning (RFC 8996).
func TestTLS12IsNoWeakness(t *testing.T) {
	for version, want := range map[string]change.Kind{"TLS1.2": change.OfferVersion, "TLS1.3": change.OfferVersion, "TLS1.1": change.AllowOldVersion, "an older version": change.AllowOldVersion} {
		if got := takeVersion(change.Client, version); got.Kind != want || got.Advised != (want == change.OfferVersion) {
			t.Errorf("%s: %+v", version, got)
		}
	}
}
