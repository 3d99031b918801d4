package cause

import "testing"

// A sureness is what a case of a card's file must come to, as brief writes it.
type sureness struct{ slug, file, want string }

// checkSure: the wire and flips prove, what is open asks, what only names the place is likely.
func checkSure(t *testing.T, rows []sureness) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.slug+"/"+row.file, func(t *testing.T) {
			fires, _ := readCases(t, row.slug)
			c := fires[row.file+".json"]
			if c == nil {
				t.Fatal("no such case")
			}
			ms := bySlug(t, row.slug).Match(c)
			if len(ms) != 1 || brief(ms[0]) != row.want {
				t.Errorf("got %s, want %s", briefs(ms), row.want)
			}
		})
	}
}

// TestHowSureReachAndPreamble: nothing was reached, or the port speaks otherwise.
func TestHowSureReachAndPreamble(t *testing.T) {
	checkSure(t, []sureness{
		{"dns-name-not-found", "fires", "proven"},
		{"dns-unavailable", "fires", "proven"},
		{"tcp-filtered", "fires", "proven"},
		{"host-unreachable", "fires", "proven"},
		{"closed-on-accept", "fires-asks", "possible, ask silence 300ms 6"},
		{"closed-on-accept", "fires-mysql", "likely"},
		{"closed-on-accept", "fires-sometimes", "likely"},
		{"closed-on-accept", "fires", "likely"},
		{"instance-not-found", "fires-no-browser", "proven"},
		{"instance-not-found", "fires-no-tcp", "proven"},
		{"instance-not-found", "fires", "proven"},
		{"proxy-header-mismatch", "fires-mysql", "proven, ask repeat 2 10"},
		{"proxy-header-mismatch", "fires", "proven, ask repeat 2 10"},
		{"server-speaks-plaintext", "fires-database", "proven, ask preamble tls 5"},
		{"server-speaks-plaintext", "fires-database-tried", "proven"},
		{"server-speaks-plaintext", "fires-ssh", "proven"},
		{"server-speaks-plaintext", "fires", "proven"},
		{"starttls-required", "fires-asks", "possible, ask preamble postgres 6, ask preamble mssql 3"},
		{"starttls-required", "fires-direct", "proven"},
		{"starttls-required", "fires-mysql", "proven"},
		{"starttls-required", "fires-strict", "proven"},
		{"starttls-required", "fires", "proven"},
		{"implicit-tls-required", "fires-alert", "proven"},
		{"implicit-tls-required", "fires-asks", "possible, ask preamble mssql-strict 6"},
		{"implicit-tls-required", "fires", "proven"},
		{"not-this-protocol", "fires-web-in-clear", "proven"},
		{"not-this-protocol", "fires-asks", "possible, ask preamble tls 3, ask preamble postgres 3, ask preamble mssql 3"},
		{"not-this-protocol", "fires-mail", "proven"},
		{"not-this-protocol", "fires-mysql-web", "proven"},
		{"not-this-protocol", "fires-postgres", "proven"},
		{"not-this-protocol", "fires-unknown", "likely"},
		{"not-this-protocol", "fires-web", "proven"},
		{"not-this-protocol", "fires", "proven"},
		{"not-a-tls-problem", "fires-other", "likely"},
		{"not-a-tls-problem", "fires-postgres", "proven"},
		{"not-a-tls-problem", "fires", "proven"},
	})
}

// TestHowSureAgreement: what the two sides have in common.
func TestHowSureAgreement(t *testing.T) {
	checkSure(t, []sureness{
		{"server-too-old", "fires-chosen", "proven"},
		{"server-too-old", "fires-later", "proven will-break"},
		{"server-too-old", "fires-only13", "proven"},
		{"server-too-old", "fires-only13-suites-too", "proven"},
		{"server-too-old", "fires-signature", "proven"},
		{"server-too-old", "fires-suites-too", "proven"},
		{"server-too-old", "fires-wide", "possible, ask versions old 9"},
		{"server-too-old", "fires", "proven"},
		{"client-too-old", "fires-asks", "possible, ask versions new 9"},
		{"client-too-old", "fires-closed", "proven, ask repeat 2 10"},
		{"client-too-old", "fires-groups-too", "proven"},
		{"client-too-old", "fires", "proven"},
		{"version-intolerant-server", "fires-alert", "proven"},
		{"version-intolerant-server", "fires-large", "proven, ask repeat 2 10"},
		{"version-intolerant-server", "fires", "proven, ask repeat 2 10"},
		{"fallback-refused", "fires", "proven"},
		{"no-shared-cipher", "fires-asks", "possible, ask wide all 4"},
		{"no-shared-cipher", "fires-narrowed", "possible, ask suites all 9"},
		{"no-shared-cipher", "fires-together", "likely"},
		{"no-shared-cipher", "fires", "proven"},
		{"cipher-needs-other-certificate", "fires-server", "likely"},
		{"cipher-needs-other-certificate", "fires", "proven"},
		{"no-shared-group", "fires-12", "possible, ask groups all 8"},
		{"no-shared-group", "fires", "proven"},
		{"no-shared-signature-algorithm", "fires-13", "possible, ask signatures all 6"},
		{"no-shared-signature-algorithm", "fires-unlisted", "proven"},
		{"no-shared-signature-algorithm", "fires", "proven"},
	})
}

// TestHowSureFormOfHello: names, extensions and the form of the hello.
func TestHowSureFormOfHello(t *testing.T) {
	checkSure(t, []sureness{
		{"no-shared-alpn", "fires-none", "proven"},
		{"no-shared-alpn", "fires-vague", "proven, ask repeat 2 10"},
		{"no-shared-alpn", "fires", "proven"},
		{"extended-master-secret-required", "fires-note", "proven note"},
		{"extended-master-secret-required", "fires-server", "proven"},
		{"extended-master-secret-required", "fires", "proven"},
		{"legacy-renegotiation-peer", "fires-weak", "proven weak"},
		{"legacy-renegotiation-peer", "fires-dies-later", "likely"},
		{"legacy-renegotiation-peer", "fires", "proven"},
		{"large-hello-dropped", "fires-asks", "possible, ask hello one-segment 9"},
		{"large-hello-dropped", "fires", "proven, ask repeat 2 10"},
		{"hello-length-intolerance", "fires-asks", "possible, ask hello padded 8"},
		{"hello-length-intolerance", "fires-plain", "proven, ask repeat 2 10"},
		{"hello-length-intolerance", "fires-small", "proven, ask repeat 2 10"},
		{"hello-length-intolerance", "fires", "proven, ask repeat 2 10"},
		{"sni-unknown", "fires-vague", "proven, ask repeat 2 10"},
		{"sni-unknown", "fires-warned", "proven, ask repeat 2 10"},
		{"sni-unknown", "fires", "proven"},
		{"silent-after-hello", "fires-sometimes", "likely"},
		{"silent-after-hello", "fires", "likely"},
		{"closed-after-hello", "fires-sometimes", "likely"},
		{"closed-after-hello", "fires", "likely"},
		{"firewall-resets-handshake", "fires-asks", "possible, ask sni none 6"},
		{"firewall-resets-handshake", "fires-strict-server", "likely"},
		{"firewall-resets-handshake", "fires", "proven, ask repeat 2 10"},
		{"path-mtu-blackhole", "fires-midway", "proven, ask repeat 2 10"},
		{"path-mtu-blackhole", "fires", "proven, ask repeat 2 10"},
	})
}

// TestHowSureKeysAndBackends: after the hello.
func TestHowSureKeysAndBackends(t *testing.T) {
	checkSure(t, []sureness{
		{"crypto-policy", "fires", "proven"},
		{"dh-group-too-small", "fires-twice-wrong", "likely"},
		{"dh-group-too-small", "fires-weak", "proven weak"},
		{"dh-group-too-small", "fires", "proven"},
		{"dhe-leading-zero", "fires", "possible weak"},
		{"server-key-exchange-signature", "fires-damaged", "likely"},
		{"server-key-exchange-signature", "fires", "proven"},
		{"keys-disagree", "fires-client", "likely"},
		{"keys-disagree", "fires-closed", "likely"},
		{"keys-disagree", "fires", "likely"},
		{"one-backend-differs", "fires-alert", "likely breaks"},
		{"one-backend-differs", "fires-balancer", "proven breaks"},
		{"one-backend-differs", "fires-unreached", "proven weak"},
		{"one-backend-differs", "fires", "proven breaks"},
		{"peer-implementation-bug", "fires-alert", "possible"},
		{"peer-implementation-bug", "fires-clear", "likely"},
		{"peer-implementation-bug", "fires-midway", "possible"},
		{"peer-implementation-bug", "fires-retry", "likely"},
		{"peer-implementation-bug", "fires", "likely"},
	})
}
