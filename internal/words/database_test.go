package words

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// TestMySQLNumbers: the ways in which clients, drivers and logs write MySQL's error numbers.
func TestMySQLNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"ERROR 2026 (HY000): SSL connection error: x":                        "2026",
		"#1045 - Access denied for user":                                     "1045",
		"error: 2013: Lost connection to MySQL server":                       "2013",
		"(3159, 'Connections using insecure transport are prohibited')":      "3159",
		"1045 (28000): Access denied for user":                               "1045",
		"SQLSTATE[HY000] [2002] Connection refused":                          "2002",
		"mysqli_connect(): (HY000/2006): MySQL server has gone away":         "2006",
		"[ERROR] [MY-010584] error connecting, Error_code: MY-002003 mysql":  "2003",
		"Error number: 1129 mysql":                                           "1129",
		"errno=1040, sqlState=08004":                                         "1040",
		"mysql: 3159: Connections using insecure transport":                  "3159",
		"Last_IO_Errno: 2026 of a MySQL replica":                             "2026",
		"Error Code: 2013. Lost connection to MySQL server during query":     "2013",
		"cannot be verified: 1130 - Host is not allowed to connect to MySQL": "1130",
		// Not MySQL's numbers:
		"Error: 1045, Severity: 16, State: 1.":     "",
		"HTTP error 2003 while reading the page":   "",
		"mysql listens on port 3306, not on 2026":  "",
		"mysql at 2026/11/21 19:49:21 was started": "",
		"mysql error 20261 is none":                "",
	} {
		var got []string
		for _, c := range Read(text).Codes {
			if _, ok := mysqlErrors[c.Code]; ok {
				got = append(got, c.Code)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q decodes %v, want %q", text, got, want)
		}
	}
}

// TestMySQLErrnos: errno(3) of Linux and macOS, WSAGetLastError of Windows.
func TestMySQLErrnos(t *testing.T) {
	for text, want := range map[string]fact.Symptom{
		"Can't connect to MySQL server on 'db' (111)":                                                      fact.ConnectionRefused,
		"Can't connect to MySQL server on 'db:3306' (61)":                                                  fact.ConnectionRefused,
		"Can't connect to MySQL server on 'db' (10061)":                                                    fact.ConnectionRefused,
		"Can't connect to MySQL server on 'db' (110)":                                                      fact.ConnectTimeout,
		"Can't connect to MySQL server on 'db' (60)":                                                       fact.ConnectTimeout,
		"Can't connect to MySQL server on 'db' (timed out)":                                                fact.ConnectTimeout,
		"Can't connect to MySQL server on 'db' (101)":                                                      fact.NoRoute,
		"Can't connect to MySQL server on 'db' (13)":                                                       fact.CannotConnect,
		"Can't connect to MySQL server on 'db'":                                                            fact.CannotConnect,
		"Lost connection to MySQL server at 'reading initial communication packet', system error: 0":       fact.AcceptThenClosed,
		"Lost connection to MySQL server at 'reading initial communication packet', system error: 104":     fact.AcceptThenClosed,
		"Lost connection to MySQL server at 'reading initial communication packet', system error: 60":      fact.TimedOut,
		"Lost connection to MySQL server at 'sending authentication information', system error: 32":        fact.Closed,
		"Lost connection to MySQL server at 'reading final connect information', system error: 0":          fact.Closed,
		"2055: Lost connection to MySQL server at 'db:3306', system error: 10053":                          fact.EOFEstablished,
		"Lost connection to server at 'handshake: reading initial communication packet', system error: 11": fact.AcceptThenClosed,
		"Unknown MySQL server host 'db' (-3)":                                                              fact.ResolverFailed,
	} {
		if r := Read(text); !slices.Contains(r.Symptoms, want) {
			t.Errorf("%q says %v, not %s", text, r.Symptoms, want)
		}
	}
	inner := Read("(2003, \"Can't connect to MySQL server on 'db' ([SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:992))\")")
	if slices.Contains(inner.Symptoms, fact.CannotConnect) {
		t.Errorf("the reason stands in parentheses, yet: %v", inner.Symptoms)
	}
}

// TestBareFailures: where the sentence stops before its reason, that it failed is all there is; where the reason follows,
// it alone counts.
func TestBareFailures(t *testing.T) {
	for text, want := range map[string]bool{
		"ERROR 2026 (HY000): SSL connection error":                          true,
		"(2026, 'SSL connection error')":                                    true,
		"SSL connection error: unknown":                                     true,
		"SSL connection error: (null)":                                      true,
		"ERROR 2026 (HY000): SSL connection error: certificate has expired": false,
	} {
		if r := Read(text); slices.Contains(r.Symptoms, fact.HandshakeFailed) != want {
			t.Errorf("%q says %v", text, r.Symptoms)
		}
	}
	for text, want := range map[string]bool{
		"Communications link failure": true,
		"Communications link failure\nCaused by: javax.net.ssl.SSLHandshakeException: PKIX path building failed": false,
	} {
		if r := Read(text); slices.Contains(r.Symptoms, fact.CannotConnect) != want {
			t.Errorf("%q says %v", text, r.Symptoms)
		}
	}
}

func TestSQLStates(t *testing.T) {
	for text, want := range map[string]string{
		"(SQLSTATE 28P01)":                          "28P01",
		"[SQLState=08006 errno=0]":                  "08006",
		"SQLSTATE: 53300":                           "53300",
		"SQLSTATE[08001]":                           "08001",
		"code=28000 error: x":                       "28000",
		"code: '28000'":                             "28000",
		"28000: no pg_hba.conf entry":               "28000",
		"ERROR 1045 (28000): Access denied":         "28000",
		"the sum is 28000 and 53300 of them failed": "",
		"code=12345":                                "",
	} {
		var got []string
		for _, c := range Read(text).Codes {
			if _, ok := sqlState[c.Code]; ok {
				got = append(got, c.Code)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q decodes %v, want %q", text, got, want)
		}
	}
}

// TestNumbersAreBounded: a text full of numbers is read in bounded work and memory.
func TestNumbersAreBounded(t *testing.T) {
	r := Read(strings.Repeat("mysql error 1045, pg_hba.conf no encryption, SQLSTATE 28000 ", 1000))
	if len(r.Codes) > 2*maxNumbers {
		t.Errorf("%d codes", len(r.Codes))
	}
	if !slices.Contains(r.Symptoms, fact.TLSDemanded) || !slices.Contains(r.Symptoms, fact.AccessDenied) {
		t.Errorf("says %v", r.Symptoms)
	}
}
