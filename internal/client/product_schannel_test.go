package client

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// TestLeadingZeroFixed: the states that KB4557473 tells, with the first builds of KB4537806 and KB4540670.
func TestLeadingZeroFixed(t *testing.T) {
	for _, test := range []struct {
		build  string
		server bool
		want   fact.Tri
	}{
		{"6.1.7601", true, fact.No}, {"6.3.9600", true, fact.No}, {"6.3.9600.20000", false, fact.No},
		{"10.0.10240", false, fact.No}, {"10.0.10586", false, fact.Yes}, {"10.0.14393", false, fact.Yes},
		{"10.0.14393.3541", true, fact.No}, {"10.0.14393.3542", true, fact.Yes}, {"10.0.14393.3564", true, fact.Yes}, {"10.0.14393", true, fact.Unknown},
		{"10.0.17763.1", true, fact.Yes}, {"10.0.20348", true, fact.Yes}, {"10.0.26100", true, fact.Yes}, {"10", true, fact.Unknown},
		{"", true, fact.Unknown}, {"10.0.x", true, fact.Unknown}, {"1.2.3.4.5", true, fact.Unknown}, {"10.0.99999999999999999999", true, fact.Unknown},
	} {
		if got := LeadingZeroFixed(test.build, test.server); got != test.want {
			t.Errorf("%q, server %v: %v, want %v", test.build, test.server, got, test.want)
		}
	}
}

// serverChoice is the suite that a server of a release picks for a client of another: Schannel's servers follow their own order.
func serverChoice(t *testing.T, client, server string) uint16 {
	c, ok := schannelProfile(client)
	s, ok2 := schannelProfile(server)
	if !ok || !ok2 {
		t.Fatalf("no profile for %s or %s", client, server)
	}
	offered := c.Hello(Target{}).Suites
	for _, suite := range s.Hello(Target{}).Suites {
		if slices.Contains(offered, suite) && suite>>8 != 0x13 && suite != 0xc02c && suite != 0xc02b && suite != 0xc024 && suite != 0xc023 && suite != 0xc00a &&
			suite != 0xc009 { // the certificate is RSA
			return suite
		}
	}
	return 0
}

// TestSchannelPairs: which suite two releases agree on with an RSA certificate. That of a 2012 R2 client with a 2019 server is the DHE
// suite that KB4557473 shows; the other way round it is none.
func TestSchannelPairs(t *testing.T) {
	for _, test := range []struct {
		client, server string
		want           uint16
	}{
		{"windows2012r2", "windows2019", 0x009f}, {"windows7", "windows2016", 0x009f}, {"windows2019", "windows2012r2", 0xc028},
		{"windows2019", "windows2022", 0xc030}, {"windows2012", "windows2012r2", 0xc028},
	} {
		if got := serverChoice(t, test.client, test.server); got != test.want {
			t.Errorf("%s to %s: %04x, want %04x", test.client, test.server, got, test.want)
		}
	}
}

// TestSchannelVersions: what each release has on by default (Microsoft, "Protocols in TLS/SSL (Schannel SSP)").
func TestSchannelVersions(t *testing.T) {
	for release, want := range map[string][]uint16{
		"windows8.1": {wire.TLS12, wire.TLS11, wire.TLS10}, "windowsserver2016": {wire.TLS12, wire.TLS11, wire.TLS10},
		"windows11": {wire.TLS13, wire.TLS12, wire.TLS11, wire.TLS10}, "windows2025": {wire.TLS13, wire.TLS12},
	} {
		p, ok := schannelProfile(release)
		if h := p.Hello(Target{}); !ok || !slices.Equal(h.Versions, want) || p.Limits.MinVersion != slices.Min(want) {
			t.Errorf("%s: %x from %x", release, h.Versions, p.Limits.MinVersion)
		}
	}
	if _, ok := schannelProfile("windows95"); ok {
		t.Error("there is a profile of windows95")
	}
}
