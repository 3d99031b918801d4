package words

import (
	"slices"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestSNIError: provider and number tell in any language; names are SNI_PN0 … SNI_PN11 of dotnet/SqlClient's resources.
func TestSNIError(t *testing.T) {
	for text, want := range map[string]fact.Context{
		"provider: SSL Provider, error: 31 - x)":                       "provider-ssl",
		"provider: TCP プロバイダー, error: 31 - x)":                         "provider-tcp",
		"プロバイダー: SSL プロバイダー、エラー: 31 - x)":                              "provider-ssl",
		"provider: 共有メモリ プロバイダー, error: 31 - x)":                       "provider-sm",
		"provider: 명명된 파이프 공급자, error: 31 - x)":                        "provider-np",
		"provider: 命名管道提供程序, error: 31 - x)":                           "provider-np",
		"fournisseur : Fournisseur de canaux nommés, erreur : 31 - x)": "provider-np",
		"Anbieter: SSL-Anbieter, Fehler: 31 – x)":                      "provider-ssl",
		"поставщик: поставщик TCP, ошибка: 31 — x)":                    "provider-tcp",
		"provider: Сетевые интерфейсы SQL, error: 31 - x)":             "provider-sql",
		"provider: SMux Provider, error: 31 - x)":                      "provider-smux",
		"provider: Session Provider, error: 31 - x)":                   "provider-other",
	} {
		var r Reading
		sniError(text, &r)
		if !slices.Contains(r.Contexts, want) || !slices.Equal(r.Symptoms, []fact.Symptom{fact.HandshakeFailed}) {
			t.Errorf("%q: %v in %v, want %s", text, r.Symptoms, r.Contexts, want)
		}
	}
}

func TestSNIErrorOthers(t *testing.T) {
	for _, text := range []string{"", "provider", "provider:", "provider: x", "provider: TCP Provider, error", "provider: TCP Provider, error: x",
		"client: 10.0.0.1, server: 31)", "level: TCP, error: 31)", "provider: " + string(make([]byte, 300)) + ", error: 31)"} {
		var r Reading
		sniError(text, &r)
		if len(r.Symptoms)+len(r.Contexts)+len(r.Codes) > 0 {
			t.Errorf("%q says %v in %v", text, r.Symptoms, r.Contexts)
		}
	}
}

// TestSQLErrors are numbers beside sentences in no known language.
func TestSQLErrors(t *testing.T) {
	for text, want := range map[string][]fact.Symptom{
		"(Microsoft SQL Server, Error: 53)":     {fact.CannotConnect},
		"(Microsoft SQL Server, エラー: 233)":      {fact.Closed},
		"(Microsoft SQL Server, Fehler: -2)":    {fact.TimedOut},
		"Error Number:18456,State:1,Class:14":   {fact.LoginFailed},
		"Error Number: 20、State: 0、Class: 20":   {fact.ServerWithoutTLS},
		"Error Number:207,State:1,Class:16":     nil,
		"[x]Named Pipes Provider: x [53].":      {fact.CannotConnect},
		"[x]TCP Provider: Timeout error [258].": {fact.TimedOut},
		"[x]TCP Provider: Error code 0x6f":      {fact.ConnectionRefused},
		"[x]TCP Provider: Error code 0x6f7":     nil,
		"[x]SSL Provider: [error:0A000000:x]":   nil,
	} {
		var r Reading
		sqlclientCodes(text, &r)
		r.Symptoms = slices.DeleteFunc(r.Symptoms, func(s fact.Symptom) bool { return s == fact.HandshakeFailed })
		if !slices.Equal(r.Symptoms, want) {
			t.Errorf("%q says %v, want %v", text, r.Symptoms, want)
		}
	}
}

// TestWrapped: a sentence that announces another one speaks only when nobody else does.
func TestWrapped(t *testing.T) {
	for text, want := range map[string][]fact.Symptom{
		"Authentication failed, see inner exception.":                                              {fact.HandshakeFailed},
		"Authentication failed, see inner exception. ---> The received certificate has expired":    {fact.CertExpired},
		"error occurred during the pre-login handshake. (provider: SSL Provider, error: 0 - ????)": {fact.HandshakeFailed},
		"nothing of the kind": nil,
	} {
		if got := Read(text).Symptoms; !slices.Equal(got, want) {
			t.Errorf("%q says %v, want %v", text, got, want)
		}
	}
}

func TestSignedNumber(t *testing.T) {
	for text, want := range map[string]int64{"40": 40, " -2 ": -2, "0 - x": 0, "31)": 31, "7.": 7, "7. And": 7} {
		if got, ok := signedNumber(text); !ok || got != want {
			t.Errorf("%q: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "-", "x", "1.2", "4a", "99999999999999999999"} {
		if got, ok := signedNumber(text); ok {
			t.Errorf("%q: %d", text, got)
		}
	}
}
