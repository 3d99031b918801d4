package words

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// camel writes "handshake_failure" as "HandshakeFailure", as .NET and rustls do.
func camel(name string) string {
	var b strings.Builder
	for _, w := range strings.Split(name, "_") {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// Every alert of the registry is read in the spellings of the libraries, with its direction.
func TestAlertsInEverySpelling(t *testing.T) {
	for code := 1; code < 256; code++ {
		name := names.Alert(uint8(code))
		if strings.HasPrefix(name, "alert_") || code == 1 { // 1 is also the level of a warning
			continue
		}
		plain := strings.ReplaceAll(name, "_", " ")
		for _, text := range []string{
			fmt.Sprintf("SSL alert number %d", code), "received fatal alert: " + name, "received fatal alert: " + camel(name), "SSL alert (read): fatal: " + plain,
			"SSL3 alert read:fatal:" + plain, "<<< TLS 1.3, Alert [length 0002], fatal " + name, fmt.Sprintf("* TLSv1.3 (IN), TLS alert, %s (%d):", plain, 512+code),
			"remote party sent a TLS alert: '" + camel(name) + "'", fmt.Sprintf("*** Received alert [%d]: text", code),
		} {
			wantAlert(t, text, fact.PeerAlert(uint8(code)))
		}
		for _, text := range []string{
			"SSL alert (write): fatal: " + plain, "SSL3 alert write:fatal:" + plain, ">>> TLS 1.3, Alert [length 0002], fatal " + name,
			fmt.Sprintf("* TLSv1.3 (OUT), TLS alert, %s (%d):", plain, 512+code), "sending fatal alert " + name, "SEND TLSv1.2 ALERT:  fatal, description = " + name,
		} {
			wantAlert(t, text, fact.OwnAlert(uint8(code)))
		}
	}
}

func wantAlert(t *testing.T, text string, want fact.Symptom) {
	t.Helper()
	var r Reading
	alertCodes(Clean(text), &r)
	if !slices.Equal(r.Symptoms, []fact.Symptom{want}) {
		t.Errorf("%q says %v, want %s", text, r.Symptoms, want)
	}
	code, _, _ := want.Alert()
	if c := fmt.Sprintf("alert %d", code); len(r.Codes) != 1 || r.Codes[0].Code != c || r.Codes[0].Means != "TLS alert "+names.Alert(code) {
		t.Errorf("%q decodes %v, want %s", text, r.Codes, c)
	}
}

func TestNoAlert(t *testing.T) {
	for _, text := range []string{
		"alert", "alerts", "Alertmanager sent 40 alerts", "an alert was raised; 40 hosts are down", "alert level 2", "SSL alert (write): warning: close notify", "Received alert [0]: Close notify",
		"alert [length 0002]", "alert 7", "alert 999", "be alert. 40 people", "2024/01/01 00:00:00 [alert] 48#48: worker process exited", "[ALERT] 120/101112 (40) : config", "[core:alert] [pid 40]", "<auth.alert> 40", "* TLSv1.2 (IN), TLS alert, close notify (256):", strings.Repeat("alert ", 5000),
	} {
		var r Reading
		alertCodes(Clean(text), &r)
		if len(r.Symptoms) != 0 || len(r.Codes) != 0 {
			t.Errorf("%.60q says %v %v", text, r.Symptoms, r.Codes)
		}
	}
}

func TestDovecotAlert(t *testing.T) {
	wantAlert(t, "SSL alert: where=0x4004, ret=560: fatal unknown CA", fact.PeerAlert(48))
	wantAlert(t, "SSL alert: where=0x4008, ret=552: fatal handshake failure", fact.OwnAlert(40))
}
