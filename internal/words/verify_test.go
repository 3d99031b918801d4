package words

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// Every written form of a result says what its number says.
func TestVerifyForms(t *testing.T) {
	for _, form := range []string{
		"verify error:num=%d:", "Verify return code: %d (text)", "verify error: (%d:text)", "error %d at 0 depth lookup", "X509_V_ERR %d",
		"SSL verify result: %d",
	} {
		for n, want := range map[uint]fact.Symptom{
			9: fact.CertNotYetValid, 10: fact.CertExpired, 18: fact.CertSelfSigned, 19: fact.SelfSignedRoot, 20: fact.IssuerUnknown, 21: fact.LeafUnverified,
			22: fact.ChainTooLong, 23: fact.CertRevoked, 24: fact.InvalidCA, 26: fact.CertWrongPurpose, 3: fact.RevocationUnknown, 62: fact.CertName,
			64: fact.IPMismatch, 66: fact.KeyTooSmall, 68: fact.DigestTooWeak,
		} {
			text := fmt.Sprintf(form, n)
			if r := Read(text); !slices.Equal(r.Symptoms, []fact.Symptom{want}) || len(r.Codes) != 1 {
				t.Errorf("%q says %v %v, want %s", text, r.Symptoms, r.Codes, want)
			}
		}
	}
}

func TestVerifyOK(t *testing.T) {
	for _, text := range []string{"Verify return code: 0 (ok)", "verify return:1", "Verification: OK", "SSL verify result: 0", "verify error:num=", "X509_V_OK", "error 4711 at 0 depth lookup"} {
		if r := Read(text); len(r.Symptoms) != 0 || len(r.Codes) != 0 {
			t.Errorf("%q says %v %v", text, r.Symptoms, r.Codes)
		}
	}
}

// Every number has a name, a sentence and a symptom that agree.
func TestVerifyNamesAndSentences(t *testing.T) {
	for n := uint(2); n < 95; n++ {
		id, text := names.X509Verify(n)
		want := verifySymptom(n)
		if want == "" {
			t.Errorf("%d (%s) says nothing", n, id)
		}
		if r := Read(id); !slices.Equal(r.Symptoms, []fact.Symptom{want}) {
			t.Errorf("%q says %v, want %s", id, r.Symptoms, want)
		}
		if n == 17 || n == 50 || n == 69 {
			continue // of the caller
		}
		if r := Read("certificate verification: " + text); !slices.Contains(r.Symptoms, want) {
			t.Errorf("%q says %v, want %s", text, r.Symptoms, want)
		}
	}
}

func TestRevokedIsNoAlert(t *testing.T) {
	for _, text := range []string{"received fatal alert: certificate_revoked", "tlsv1 alert certificate revoked", "SSL alert (read): fatal: certificate revoked"} {
		if r := Read(text); !slices.Equal(r.Symptoms, []fact.Symptom{fact.PeerAlert(44)}) {
			t.Errorf("%q says %v", text, r.Symptoms)
		}
	}
	if r := Read("error=certificate revoked"); !slices.Contains(r.Symptoms, fact.CertRevoked) {
		t.Errorf("says %v", r.Symptoms)
	}
}
