package words

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// rowsSay is what the rows of proxies and servers alone say of a text, decoders and other families left out.
func rowsSay(text string) (symptoms []fact.Symptom, contexts []fact.Context) {
	m := newMatcher([][]row{proxyRows, serverRows})
	for _, r := range m.find(fold(Clean(text))) {
		if r.is != "" && !slices.Contains(symptoms, r.is) {
			symptoms = append(symptoms, r.is)
		}
		contexts = append(contexts, r.in...)
	}
	return symptoms, contexts
}

// TestSeatsOfUpstream: the same alert is another matter on each side of a proxy; the phrase of the phase decides.
func TestSeatsOfUpstream(t *testing.T) {
	for text, seat := range map[string]fact.Context{
		"SSL_do_handshake() failed (SSL: …) while SSL handshaking to upstream, client: 192.0.2.1": fact.ToUpstream,
		"SSL_do_handshake() failed (SSL: …) while SSL handshaking, client: 192.0.2.1":             fact.ByServer,
		"recv() failed (104: x) while sending request to upstream, client: 192.0.2.1":             fact.ToUpstream,
		"Server b/x is DOWN, reason: Layer6 invalid response, code: 0":                            fact.ToUpstream,
		"STARTTLS=server, relay=a [192.0.2.1]":                                                    fact.ByServer,
		"STARTTLS=client, relay=a [192.0.2.1]":                                                    fact.ByClient,
	} {
		_, contexts := rowsSay(text)
		for _, c := range []fact.Context{fact.ToUpstream, fact.ByServer} {
			if slices.Contains(contexts, c) != (c == seat) {
				t.Errorf("%q: %v, want the seat %s", text, contexts, seat)
			}
		}
		if !slices.Contains(contexts, seat) {
			t.Errorf("%q: %v lacks %s", text, contexts, seat)
		}
	}
}

// TestProseIsQuiet: lines of the same products about something else, and plain prose, say nothing about TLS.
func TestProseIsQuiet(t *testing.T) {
	for _, text := range []string{
		`192.0.2.4 - - [10/Oct/2023:13:55:36 +0000] "GET /certificates HTTP/1.1" 200 2326`,
		`[notice] 7#7: signal process started`,
		`[error] 9#9: *2 open() "/var/www/favicon.ico" failed (2: No such file or directory), client: 192.0.2.1`,
		`postfix/qmgr[81]: 4F2: from=<a@example>, size=512, nrcpt=1 (queue active)`,
		`dovecot: lmtp(81): Connect from local`,
		`1:M 07 Jul 2020 08:43:57.517 * Ready to accept connections`,
		`AH00558: apache2: Could not reliably determine the server's fully qualified domain name`,
		`AH00094: Command line: '/usr/sbin/apache2'`,
		`The committee could not agree on the certificate of merit, and the handshake was warm.`,
		`please restart the server after the upgrade; the connection will be closed for a minute`,
		`slapd[9]: conn=1003 op=1 BIND dn="cn=admin" method=128`,
		`ORA-00942: table or view does not exist`,
	} {
		if symptoms, _ := rowsSay(text); len(symptoms) > 0 {
			t.Errorf("%q: %v", text, symptoms)
		}
	}
}

// TestGapsAreBounded: two halves of a phrase that stand in different messages far apart are no phrase.
func TestGapsAreBounded(t *testing.T) {
	text := "broken header" + strings.Repeat(" x", gapLimit) + " while reading PROXY protocol"
	if symptoms, _ := rowsSay(text); slices.Contains(symptoms, fact.ProxyHeaderBroken) {
		t.Errorf("a gap of %d bytes was bridged", len(text))
	}
}
