package cause

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"maps"
	"net"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

const host = "db.shop.test"

// TestRealChains puts real certificates before the whole catalogue: exactly these causes may speak.
func TestRealChains(t *testing.T) {
	root := issue(t, nil, nil, "Shop Root", authority)
	sub := issue(t, root, nil, "Shop Issuing", authority)
	leaf := issue(t, sub, nil, host)
	with := func(as ...changed) []*made { return []*made{issue(t, sub, nil, host, as...), sub} }
	anchors := []*made{root}
	noName := func(c *x509.Certificate) { c.DNSNames = nil }
	forClients := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	aia := func(c *x509.Certificate) { c.IssuingCertificateURL = []string{"http://pki.shop.test/sub.crt"} }
	for name, row := range map[string]struct {
		m    meeting
		want map[string]string
	}{
		"sound":        {meeting{sent: []*made{leaf, sub}}, nil},
		"root sent":    {meeting{sent: []*made{leaf, sub, root}}, nil},
		"by address":   {meeting{host: "127.0.0.1", sent: []*made{leaf, sub}}, map[string]string{"hostname-is-ip-address": "proven"}},
		"address fits": {meeting{host: "127.0.0.1", sent: with(func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })}, nil},
		"other name": {meeting{sent: with(func(c *x509.Certificate) { c.DNSNames = []string{"intranet.shop.test"} })},
			map[string]string{"hostname-mismatch": "possible, ask sni none 3", "sni-selects-other-certificate": "possible, ask sni none 8"}},
		"other name without SNI": {meeting{noSNI: true, sent: with(func(c *x509.Certificate) { c.DNSNames = []string{"intranet.shop.test"} })},
			map[string]string{"hostname-mismatch": "possible, ask sni db.shop.test 3", "sni-missing": "possible, ask sni db.shop.test 9"}},
		"common name":       {meeting{sent: with(noName)}, map[string]string{"certificate-without-san": "proven"}},
		"common name borne": {meeting{sent: with(noName), policy: &trust.Policy{CNFallback: true}}, map[string]string{"certificate-without-san": "proven weak"}},
		"self-signed":       {meeting{sent: []*made{issue(t, nil, nil, host)}}, map[string]string{"self-signed-certificate": "proven"}},
		"no anchors":        {meeting{sent: []*made{leaf, sub}, roots: []*made{}}, map[string]string{"ca-store-missing": "proven"}},
		"rotated": {meeting{sent: []*made{leaf, sub}, roots: []*made{issue(t, nil, nil, "Shop Root", authority)}},
			map[string]string{"ca-store-outdated": "proven"}},
		"other root": {meeting{sent: []*made{leaf, sub, root}, roots: []*made{issue(t, nil, nil, "Warehouse Root", authority)}},
			map[string]string{"ca-not-trusted": "proven"}},
		"leaf alone, AIA":  {meeting{sent: with(aia)[:1]}, map[string]string{"missing-intermediate": "possible", "ca-not-trusted": "possible"}},
		"leaf alone, --ca": {meeting{sent: []*made{leaf}, ownRoot: true}, map[string]string{"missing-intermediate": "possible", "ca-not-trusted": "possible"}},
		"leaf alone":       {meeting{sent: []*made{leaf}}, map[string]string{"ca-not-trusted": "proven"}},
		"leaf alone, stored": {meeting{sent: []*made{leaf}, roots: []*made{root, sub}, policy: &trust.Policy{SelfSignedAnchors: true}},
			map[string]string{"missing-intermediate": "proven weak"}},
		"expired":     {meeting{sent: with(lasting(-93, -3))}, map[string]string{"certificate-expired": "proven"}},
		"early":       {meeting{sent: with(lasting(10, 100))}, map[string]string{"certificate-not-yet-valid": "proven"}},
		"soon":        {meeting{sent: with(lasting(-88, 2))}, map[string]string{"certificate-expires-soon": "proven"}},
		"for clients": {meeting{sent: with(forClients)}, map[string]string{"certificate-wrong-purpose": "proven"}},
		"expired and for clients": {meeting{sent: with(lasting(-93, -3), forClients)},
			map[string]string{"certificate-expired": "proven", "certificate-wrong-purpose": "proven"}},
	} {
		t.Run(name, func(t *testing.T) {
			if row.m.host == "" {
				row.m.host = host
			}
			if row.m.roots == nil {
				row.m.roots = anchors
			}
			if got := fired(row.m.asCase()); !maps.Equal(got, row.want) {
				t.Errorf("got %v\nwant %v", got, row.want)
			}
		})
	}
}

// TestRealWeakness: keys, digests and depth.
func TestRealWeakness(t *testing.T) {
	root := issue(t, nil, rsaKey(t, 2048), "Shop Root", authority)
	small := issue(t, root, rsaKey(t, 1024), host)
	sha1 := issue(t, root, nil, host, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA1WithRSA })
	expect := func(m meeting, want map[string]string) {
		t.Helper()
		m.host, m.roots = host, []*made{root}
		if got := fired(m.asCase()); !maps.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
	}
	expect(meeting{sent: []*made{small}}, map[string]string{"certificate-key-too-small": "proven"})
	expect(meeting{sent: []*made{small}, as: "openssl3"},
		map[string]string{"certificate-key-too-small": "proven", "openssl-security-level": "proven"})
	expect(meeting{sent: []*made{small}, policy: &trust.Policy{}}, map[string]string{"certificate-key-too-small": "proven weak"})
	expect(meeting{sent: []*made{sha1}}, map[string]string{"certificate-digest-too-weak": "proven"})
	expect(meeting{sent: []*made{sha1}, policy: &trust.Policy{AllowSHA1: true}}, map[string]string{"certificate-digest-too-weak": "proven weak"})
}

// TestRealOrder: intermediates in the wrong order, too many of them, and an expired one.
func TestRealOrder(t *testing.T) {
	root := issue(t, nil, nil, "Shop Root", authority)
	policy := issue(t, root, nil, "Shop Policy", authority)
	issuing := issue(t, policy, nil, "Shop Issuing", authority)
	leaf := issue(t, issuing, nil, host)
	old := issue(t, root, nil, "Shop Issuing", authority, lasting(-400, -2))
	for name, row := range map[string]struct {
		sent  []*made
		depth int
		want  map[string]string
	}{
		"in order":  {[]*made{leaf, issuing, policy}, 10, nil},
		"swapped":   {[]*made{leaf, policy, issuing}, 10, map[string]string{"chain-order-wrong": "proven weak"}},
		"too deep":  {[]*made{leaf, issuing, policy}, 1, map[string]string{"chain-too-deep": "proven"}},
		"expired":   {[]*made{issue(t, old, nil, host), old}, 10, map[string]string{"intermediate-expired": "proven"}},
		"ends soon": {chainEndingSoon(t, root), 10, map[string]string{"certificate-expires-soon": "proven"}},
	} {
		p := careful()
		p.MaxDepth = row.depth
		if got := fired(meeting{host: host, sent: row.sent, roots: []*made{root}, policy: &p}.asCase()); !maps.Equal(got, row.want) {
			t.Errorf("%s: got %v\nwant %v", name, got, row.want)
		}
	}
}

func chainEndingSoon(t *testing.T, root *made) []*made {
	sub := issue(t, root, nil, "Shop Issuing", authority, lasting(-400, 12))
	return []*made{issue(t, sub, nil, host, lasting(-2, 12)), sub}
}

// TestRealInterceptors: the names that FortiGate and Kaspersky give their CAs.
func TestRealInterceptors(t *testing.T) {
	root := issue(t, nil, nil, "Shop Root", authority)
	named := func(n pkix.Name) changed { return func(c *x509.Certificate) { c.Subject = n } }
	forti := issue(t, nil, nil, "", authority, named(pkix.Name{CommonName: "FGT60FTK20012345", Organization: []string{"Fortinet"}}))
	kaspersky := issue(t, nil, nil, "", authority, named(pkix.Name{CommonName: "Kaspersky Anti-Virus Personal Root Certificate"}))
	for by, slug := range map[*made]string{forti: "intercepted-by-proxy", kaspersky: "intercepted-by-antivirus"} {
		c := meeting{host: host, sent: []*made{issue(t, by, nil, host), by}, roots: []*made{root}}.asCase()
		if got, want := fired(c), map[string]string{slug: "proven", "ca-not-trusted": "proven"}; !maps.Equal(got, want) {
			t.Errorf("got %v\nwant %v", got, want)
		}
		if card := bySlug(t, slug); !slices.Contains(card.Hides, "ca-not-trusted") {
			t.Errorf("%s leaves ca-not-trusted beside it", slug)
		}
	}
}

// TestRealStaples: OCSP answers made by golang.org/x/crypto/ocsp.
func TestRealStaples(t *testing.T) {
	root := issue(t, nil, nil, "Shop Root", authority)
	must := func(c *x509.Certificate) { // RFC 7633: status_request
		c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 3, 6, 1, 5, 5, 7, 1, 24}, Value: []byte{0x30, 3, 2, 1, 5}}}
	}
	answer := func(leaf *made, status int, at time.Time) []byte {
		der, err := ocsp.CreateResponse(root.cert, root.cert, ocsp.Response{Status: status, SerialNumber: leaf.cert.SerialNumber,
			ThisUpdate: at, NextUpdate: at.Add(72 * time.Hour), RevokedAt: at.Add(-time.Hour)}, root.key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	good, demanding, early := issue(t, root, nil, host), issue(t, root, nil, host, must), issue(t, root, nil, host, lasting(1, 90))
	for name, row := range map[string]struct {
		leaf   *made
		staple []byte
		want   map[string]string
	}{
		"good":     {good, answer(good, ocsp.Good, today.Add(-time.Hour)), nil},
		"revoked":  {good, answer(good, ocsp.Revoked, today.Add(-time.Hour)), map[string]string{"certificate-revoked": "proven"}},
		"stale":    {good, answer(good, ocsp.Good, today.AddDate(0, 0, -9)), map[string]string{"revocation-unavailable": "proven weak"}},
		"demanded": {demanding, nil, map[string]string{"revocation-unavailable": "proven"}},
		"clock behind": {early, answer(early, ocsp.Good, today.AddDate(0, 0, 2)),
			map[string]string{"client-clock-wrong": "proven", "certificate-not-yet-valid": "proven", "revocation-unavailable": "proven weak"}},
	} {
		c := meeting{host: host, sent: []*made{row.leaf}, staple: row.staple, roots: []*made{root}}.asCase()
		if got := fired(c); !maps.Equal(got, row.want) {
			t.Errorf("%s: got %v\nwant %v", name, got, row.want)
		}
	}
}

// TestListedIssuers compares the names in a CertificateRequest with a real certificate's issuer.
func TestListedIssuers(t *testing.T) {
	ours, theirs := issue(t, nil, nil, "Client CA", authority), issue(t, nil, nil, "Other CA", authority)
	own := trust.Parse([][]byte{issue(t, ours, nil, "orders").der})
	request := func(list ...*made) *wire.CertificateRequest {
		r := &wire.CertificateRequest{}
		for _, m := range list {
			r.Authorities = append(r.Authorities, m.cert.RawSubject)
		}
		return r
	}
	for want, r := range map[fact.Tri]*wire.CertificateRequest{fact.Yes: request(theirs, ours), fact.No: request(theirs), fact.Unknown: request()} {
		if got := listed(r, own); got != want {
			t.Errorf("%d issuers: got %v, want %v", len(r.Authorities), got, want)
		}
	}
	if got := acceptable(request(theirs, ours)); !slices.Equal(got, []string{"CN=Other CA", "CN=Client CA"}) {
		t.Errorf("got %q", got)
	}
	if got := acceptable(&wire.CertificateRequest{Authorities: [][]byte{{0x30, 9}}}); len(got) != 1 || listed(request(theirs), &fact.Chain{}) != fact.Unknown {
		t.Errorf("broken names: %q", got)
	}
}

// TestMargin follows the advice of ACME: a third of the lifetime, half of a short one, a month of a long one.
func TestMargin(t *testing.T) {
	const day = 24 * time.Hour
	for lifetime, want := range map[time.Duration]time.Duration{6 * day: 3 * day, 45 * day: 15 * day, 90 * day: 30 * day, 398 * day: 30 * day} {
		if got := margin(lifetime); got != want {
			t.Errorf("%v: got %v, want %v", lifetime, got, want)
		}
	}
}
