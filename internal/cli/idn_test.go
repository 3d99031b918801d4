package cli

import "testing"

// TestASCIIName: rows of RFC 3492 §7.1 that are valid names, and names as people type them.
func TestASCIIName(t *testing.T) {
	for in, want := range map[string]string{
		"他们为什么不说中文":             "xn--ihqwcrb4cv8a8dqg056pqjye",
		"3年b組金八先生":              "xn--3b-ww4c5e180e575a65lsy2b",
		"bücher.example":        "xn--bcher-kva.example",
		"BÜCHER.example":        "xn--bcher-kva.example",
		"faß.de":                "xn--fa-hia.de",
		"例え.テスト":                "xn--r8jz45g.xn--zckzah",
		"db.example.test":       "db.example.test",
		"xn--bcher-kva.example": "xn--bcher-kva.example",
		"10.0.0.1":              "10.0.0.1",
		"2001:db8::1":           "2001:db8::1",
		"db_1.example.test":     "db_1.example.test",
	} {
		if got := asciiName(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
