package words

import (
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestWindowsCodesForms: one code in the forms people meet it in.
func TestWindowsCodesForms(t *testing.T) {
	for _, text := range []string{"0x80090322", "80090322", "error 0X80090322.", "2148074274", "-2146893022", "−2146893022", "SEC_E_WRONG_PRINCIPAL",
		"(0x80090322)", "Number=-2146893022;", "sec_e_wrong_principal"} {
		var r Reading
		windowsCodes(Clean(text), &r)
		if len(r.Symptoms) != 1 || r.Symptoms[0] != fact.CertName || len(r.Codes) != 1 {
			t.Errorf("%q says %v with %v", text, r.Symptoms, r.Codes)
		}
	}
}

// TestWindowsCodesOthers: numbers that are something else's.
func TestWindowsCodesOthers(t *testing.T) {
	for _, text := range []string{"10054", "port 10054", "10.0.0.1:10054", "nginx[10061]: x", "#10060: *10061", "12007 requests", "0x1F", "2147483648", "2146893022",
		"x80090322", "80090322x", "8009032", "CERT_HAS_EXPIRED", "0x800903221", "-1", "error 99999"} {
		var r Reading
		windowsCodes(Clean(text), &r)
		if len(r.Symptoms) != 0 || len(r.Codes) != 0 {
			t.Errorf("%q says %v with %v", text, r.Symptoms, r.Codes)
		}
	}
}

// TestManagedSNI: fact 5 of the SQL Server notes. The number alone proves an untrusted root on Windows only.
func TestManagedSNI(t *testing.T) {
	for text, want := range map[string]bool{
		"Error Number:-2146893019,State:0,Class:20":                                                                        true,
		"(Microsoft SQL Server, Error: -2146893019)":                                                                       true,
		"AuthenticationException: x\nError Number:-2146893019,State:0,Class:20":                                            false,
		"(provider: TCP Provider, error: 35 - An internal exception was caught) Error Number:-2146893019,State:0":          false,
		"at Microsoft.Data.SqlClient.SNI.SNITCPHandle.EnableSsl(UInt32 options) Error Number:-2146893019,State:0,Class:20": false,
	} {
		got := false
		for _, s := range Read(text).Symptoms {
			got = got || s == fact.IssuerUnknown
		}
		if got != want {
			t.Errorf("%q: untrusted root is %v, want %v", text, got, want)
		}
	}
}

// TestWindowsSymptomsAreKnown: a symptom for a number that names cannot decode would never be said.
func TestWindowsSymptomsAreKnown(t *testing.T) {
	seen := map[uint32]bool{}
	for _, s := range windowsSymptoms {
		if seen[s.code] {
			t.Errorf("%#x stands twice", s.code)
		}
		seen[s.code] = true
		if windowsSymptom(s.code) != s.is || s.is == "" {
			t.Errorf("%#x says %q", s.code, windowsSymptom(s.code))
		}
	}
}

func TestWindowsCodesHostile(t *testing.T) {
	for _, text := range []string{strings.Repeat("0", 1<<16), strings.Repeat("(", 1<<16), strings.Repeat("36888 ", 1<<13), strings.Repeat("0x80090322 ", 6000),
		"fatal alert", "fatal alert " + strings.Repeat("9", 400), "AlertDesc", "AlertDesc>>>>", "(provider:,error:", "Error Number:", "[", " Provider: [", "(Microsoft SQL Server, "} {
		r := Read(text)
		if len(r.Codes) > 100 || len(r.Symptoms) > 20 {
			t.Errorf("%.20q…: %d codes, %d symptoms", text, len(r.Codes), len(r.Symptoms))
		}
	}
}
