package words

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

func TestVendorNumbers(t *testing.T) {
	for text, want := range map[string][]string{
		"[ssl:error] [pid 7] AH02032: Hostname a provided via SNI": {"AH02032"},
		"ORA-29273: HTTP request failed ORA-29024: x":              {"ORA-29273", "ORA-29024"},
		"AMQ9637E: Channel is lacking a certificate.":              {"AMQ9637E"},
		"AH99999 AHA ORA-1 AMQ":                                    nil,
		"XAH02032 AH020321":                                        nil,
		"":                                                         nil,
	} {
		var r Reading
		vendorNumbers(text, &r)
		var got []string
		for _, c := range r.Codes {
			got = append(got, c.Code)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestVendorCodesSorted(t *testing.T) {
	for i, c := range vendorCodes {
		if i > 0 && vendorCodes[i-1].code >= c.code {
			t.Errorf("%s stands behind %s", c.code, vendorCodes[i-1].code)
		}
		if len(c.code) > vendorCodeLen || vendorMeans(c.code) != c.means {
			t.Errorf("%s is not found", c.code)
		}
	}
}

// Lines of HAProxy's HTTP log format: states from the examples of the configuration manual, section 8.5.
func TestHAProxyState(t *testing.T) {
	const head = `haproxy[674]: 127.0.0.1:33319 [15/Oct/2003:08:31:57.130] relais-http Srv1 9/0/7/14/30 503 212 - - `
	for state, want := range map[string]struct {
		is fact.Symptom
		in fact.Context
	}{
		"SC-- ": {fact.CannotConnect, fact.ToUpstream},
		"sC-- ": {fact.ConnectTimeout, fact.ToUpstream},
		"SH-- ": {fact.Closed, fact.ToUpstream},
		"sHVN ": {fact.TimedOut, fact.ToUpstream},
		"cD-- ": {fact.TimedOut, fact.ByServer},
		"PR-- ": {fact.NotThisProtocol, fact.ByServer},
		"---- ": {},
		"SC is": {},
		"SC--":  {},
	} {
		var r Reading
		haproxyState(head+state+`1/0/0/0/0 0/0 "GET / HTTP/1.0"`, &r)
		if len(r.Symptoms) != 0 && r.Symptoms[0] != want.is || len(r.Symptoms) == 0 && want.is != "" {
			t.Errorf("%q: %v, want %s", state, r.Symptoms, want.is)
		}
		if want.in != "" && !slices.Contains(r.Contexts, want.in) {
			t.Errorf("%q: %v lacks %s", state, r.Contexts, want.in)
		}
	}
}

func TestNginxSeat(t *testing.T) {
	for text, server := range map[string]bool{
		"SSL_do_handshake() failed while SSL handshaking":                                 true,
		"SSL_do_handshake() failed while SSL handshaking, client: 192.0.2.1":              true,
		"SSL_do_handshake() failed while SSL handshaking to upstream":                     false,
		"x while SSL handshaking to upstream, y while SSL handshaking, client: 192.0.2.1": true,
		"nothing": false,
	} {
		var r Reading
		nginxSeat(text, &r)
		if slices.Contains(r.Contexts, fact.ByServer) != server {
			t.Errorf("%q: %v", text, r.Contexts)
		}
	}
}

// Seats of real lines: Apache httpd 2.4.71 and HAProxy 2.6 on loopback.
func TestSeats(t *testing.T) {
	for text, want := range map[string]fact.Context{
		"[ssl:info] [pid 7:tid 8] [client 127.0.0.1:54926] AH02008: SSL library error 1 in handshake": fact.ByServer,
		"[ssl:info] [pid 7:tid 8] [remote 127.0.0.1:19101] AH02276: Certificate Verification: Error":  fact.ToUpstream,
		"[proxy:error] [client 127.0.0.1:43840] AH01084: pass request body failed":                    "",
		"127.0.0.1:38734 [22/Nov/2026:00:23:30.938] f/1: SSL handshake failure":                       fact.ByServer,
		"127.0.0.1:38958 [22/Nov/2026:00:23:34.075] f/1: Connection closed during SSL handshake":      fact.ByServer,
		"Server b/ca is DOWN, reason: Layer6 invalid response, info: \"SSL handshake failure\"":       "",
		"SSL handshake failure": "",
	} {
		var r Reading
		apacheSeat(text, &r)
		haproxySeat(text, &r)
		if got := slices.Contains(r.Contexts, want); got != (want != "") || want == "" && len(r.Contexts) > 0 {
			t.Errorf("%q: %v, want %s", text, r.Contexts, want)
		}
	}
}

// FuzzProxyCodes: no text makes the decoders panic.
func FuzzProxyCodes(f *testing.F) {
	f.Add("[ssl:info] [client 127.0.0.1:1] AH02008: x - - SC-- f/1: SSL handshake failure while SSL handshaking")
	f.Fuzz(func(t *testing.T, text string) {
		var r Reading
		proxyCodes(text, &r)
		if len(r.Codes) > len(text) {
			t.Errorf("more codes than text")
		}
	})
}
