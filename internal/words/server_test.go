package words

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestUnseenForms: wrapped, quoted, escaped and cut as people bring them, messages still say the same.
func TestUnseenForms(t *testing.T) {
	for text, want := range map[string]fact.Symptom{
		"status=deferred (TLS is required, but was not\noffered by host mx.example[192.0.2.7])":       fact.ServerWithoutTLS,
		"&quot;Cannot start TLS: handshake failure&quot;":                                             fact.HandshakeFailed,
		`{"log":"TLS Error: TLS key negotiation failed to occur within 90 seconds\n","stream":"out"}`: fact.SilentInHandshake,
		"\x1b[31mVERIFY X509NAME ERROR: CN=x, must be y\x1b[0m":                                       fact.CertName,
		"ＴＬＳ： hostname does not match CN in peer certificate":                                         fact.CertName,
		"> ORA‑29024: Échec de validation du certificat":                                              fact.VerifyFailed,
		"ORA-29024: 証明書の検証に失敗しました":                                                                    fact.VerifyFailed,
		"AMQ9637E: Le canal 'X' ne possède pas de certificat.":                                        fact.NoPeerCert,
		"Protocol error, got “\\x15” as reply type byte":                                              fact.StrictTLSNeeded,
		"530 5.7.0 must issue a starttls command first":                                               fact.StartTLSNeeded,
	} {
		if symptoms, _ := rowsSay(text); !slices.Equal(symptoms, []fact.Symptom{want}) {
			t.Errorf("%q: %v, want %s", text, symptoms, want)
		}
	}
}

// TestAlertDirections: FreeRADIUS and wpa_supplicant say who sent the alert; the two must not be mixed up.
func TestAlertDirections(t *testing.T) {
	for text, want := range map[string]fact.Symptom{
		"eap_tls: ERROR: TLS Alert read:fatal:unknown CA":                                 fact.PeerAlert(48),
		"eap_tls: ERROR: TLS Alert write:fatal:unknown CA":                                fact.OwnAlert(48),
		"SSL: SSL3 alert: read (remote end reported an error):fatal:protocol version":     fact.PeerAlert(70),
		"SSL: SSL3 alert: write (local SSL3 detected an error):fatal:certificate expired": fact.OwnAlert(45),
	} {
		if r := Read(text); !slices.Contains(r.Symptoms, want) {
			t.Errorf("%q: %v, want %s", text, r.Symptoms, want)
		}
	}
}
