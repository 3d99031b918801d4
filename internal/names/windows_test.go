package names

import "testing"

// The numbers are winerror.h's and those of SQL Server's and .NET's documentation.
func TestWindows(t *testing.T) {
	for code, want := range map[uint32]string{
		0x80090325: "SEC_E_UNTRUSTED_ROOT", 0x80090331: "SEC_E_ALGORITHM_MISMATCH", 0x80090308: "SEC_E_INVALID_TOKEN",
		0x800b0109: "CERT_E_UNTRUSTEDROOT", 0x80092013: "CRYPT_E_REVOCATION_OFFLINE", 10054: "WSAECONNRESET",
		0x80072746: "WSAECONNRESET", 0x80072f8f: "WININET_E_DECODING_FAILED", 12175: "ERROR_WINHTTP_SECURE_FAILURE",
		233: "ERROR_PIPE_NOT_CONNECTED", 258: "WAIT_TIMEOUT", 0x80131904: "COR_E_SQLEXCEPTION",
	} {
		got, ok := Windows(code)
		if !ok || got.Name != want || got.Text == "" || got.Means == "" {
			t.Errorf("%#x is %+v, want %s", code, got, want)
		}
	}
	for _, code := range []uint32{0, 1 << 31, 0x80079999, 0xffffffff} {
		if got, ok := Windows(code); ok {
			t.Errorf("%#x is %+v", code, got)
		}
	}
}

func TestWindowsByName(t *testing.T) {
	for i := range windowsCodes {
		want := windowsCodes[i]
		if got, ok := WindowsByName(want.Name); !ok || got != want {
			t.Errorf("%s leads to %+v", want.Name, got)
		}
	}
	if got, ok := WindowsByName("sec_e_wrong_principal"); !ok || got.Code != 0x80090322 {
		t.Errorf("lower case: %+v", got)
	}
	for _, name := range []string{"", "SEC_E_NONE", "zzz"} {
		if got, ok := WindowsByName(name); ok {
			t.Errorf("%q leads to %+v", name, got)
		}
	}
}
