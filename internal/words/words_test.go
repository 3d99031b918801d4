package words

import "testing"

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"SSLV3_ALERT_BAD-CERTIFICATE":            "sslv3 alert bad certificate",
		"ｅｒｒｏｒ：　３１":                              "error: 31",
		"信頼されていない機関によっ\n て証 明書":                  "信頼されていない機関によって証明書",
		"Schlüssel «falsch»":                     "schlussel 'falsch'",
		"\x1b[31mbad\x1b[0m record":              "bad record",
		`{"msg":"tls: bad\ncertificate \u00e9"}`: "{'msg':'tls: bad certificate e'}",
		"&quot;upstream&#39;s&quot;":             "'upstream's'",
		"プロバイダー":                                 "プロバイダー",
	} {
		if got := fold(Clean(text)); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestMatcher(t *testing.T) {
	m := newMatcher([][]row{{
		{say: "wrong version number", is: "a"}, {say: "handshake … failed", is: "b"}, {say: "eof", is: "c"}, {say: "err_ssl_*", is: "d"},
		{say: "self-signed certificate", is: "e"}, {say: "self-signed certificate in certificate chain", is: "f"},
		{say: "unable to verify the first certificate", is: "g"},
	}})
	for text, want := range map[string]string{
		"ERR_SSL_WRONG_VERSION_NUMBER":                 "da",
		"handshake with 10.0.0.1 failed: EOF":          "bc",
		"failed handshake; beof":                       "",
		"self signed certificate":                      "e",
		"self-signed certificate in certificate chain": "f",
		"self-signed certificate in certificate chain, not just a self-signed certificate": "fe",
		"… and then: unable to verify the first certi":                                     "g",
		"… and then: self-signed certif":                                                   "",
		"typeof x":                                                                         "",
	} {
		got := ""
		for _, r := range m.find(fold(Clean(text))) {
			got += string(r.is)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
