package logs

import "testing"

// TestEnvelopes: the same line of nginx and of HAProxy in what runtimes, the journal and terminals put around it. The expectations
// are from the forms' documentation: Docker's json-file driver, Kubernetes' CRI, journalctl(1), docker compose.
func TestEnvelopes(t *testing.T) {
	const line = `203.0.113.7:48652 [21/Nov/2026:23:57:28.348] web/1: SSL handshake failure`
	const record = `2026-11-21T23:57:28.348+09:00 product=haproxy server=web client=203.0.113.7 +web +by-server : SSL handshake failure`
	for name, c := range map[string]struct{ text, want string }{
		"docker":                {`{"log":"` + line + `\n","stream":"stdout","time":"2026-11-21T14:57:28.350000001Z"}`, record},
		"cri":                   {`2026-11-21T14:57:28.350000001Z stdout F ` + line, record},
		"cri, another zone":     {`2026-11-21T23:57:28.350000001+09:00 stderr F ` + line, record},
		"kubectl --timestamps":  {`2026-11-21T14:57:28.350000001Z ` + line, record},
		"kubectl --prefix":      {`[pod/web-5d9c7/haproxy] ` + line, record},
		"compose":               {`proxy-1  | ` + line, record},
		"compose 1, in colours": {"\x1b[36mproxy_1  |\x1b[0m " + line, record},
		"service":               {`web_proxy.1.k2j3h4@node-1    | ` + line, record},
		"compose around docker": {`proxy-1  | 2026-11-21T14:57:28.350000001Z ` + line, record},
		"journal, full":         {`Sat 2026-11-21 23:57:28 JST lb1 haproxy[17553]: ` + line, record},
		"journal, unix":         {`1795305448.349892 lb1 haproxy[17553]: ` + line, record},
		"journal, precise":      {`Nov 21 23:57:28.349892 lb1 haproxy[17553]: ` + line, record},
		"journal, iso":          {`2026-11-21T23:57:28+0900 lb1 haproxy[17553]: ` + line, record},
		"journal": {`{"__REALTIME_TIMESTAMP":"1795305448349892","MESSAGE":"` + line + `","PRIORITY":"6","SYSLOG_IDENTIFIER":"haproxy","_HOSTNAME":"lb1"}`,
			`2026-11-21T23:57:28.348+09:00 info product=haproxy server=web client=203.0.113.7 +web +by-server : SSL handshake failure`},
	} {
		list, strange := records(t, []string{c.text})
		if len(list) != 1 || len(strange) > 0 {
			t.Errorf("%s: %d records, strange %q", name, len(list), strange)
			continue
		}
		if got := show(list[0].Record); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// TestEnvelopeTells: what the line itself leaves out comes from around it.
func TestEnvelopeTells(t *testing.T) {
	for _, c := range []struct{ text, inner, want string }{
		{`{"log":"x509: certificate has expired\n","stream":"stderr","time":"2026-11-21T14:57:28.35Z"}`, "x509: certificate has expired", "2026-11-21T14:57:28.35Z : "},
		{`{"MESSAGE":[98,97,100,32,99,101,114,116,255],"__REALTIME_TIMESTAMP":"1795305448349892","_COMM":"app","PRIORITY":"3"}`, "bad cert\xff", "2026-11-21T23:57:28.349892Z err product=app : "},
		{`{"MESSAGE":"x","SYSLOG_IDENTIFIER":"postfix/smtpd","_HOSTNAME":"mx"}`, "x", "product=postfix server=mx : "},
		{"2026-11-21T14:57:28.350000001Z stderr P half a li", "half a li", "2026-11-21T14:57:28.35Z : "},
	} {
		x := open([]byte(c.text), envelopes, testOptions())
		if got := show(x.around); string(x.inner()) != c.inner || got != c.want {
			t.Errorf("%s\n got %q in %s\nwant %q in %s", c.text, x.inner(), got, c.inner, c.want)
		}
	}
}

// TestNoEnvelope: lines that only look like one.
func TestNoEnvelope(t *testing.T) {
	for _, text := range []string{
		`{"log":"x"}`, `{"stream":"stdout"}`, `{"MESSAGE":""}`, `{"MESSAGE":{}}`, "a|b", "| 1 | 2 |", "no pipe here", "javax.net.ssl|ERROR|10|main|x|y|z", "two words  | x",
		"2026-11-21T14:57:28.350Z stdout F x", "2026-11-21T14:57:28.350000001Z", "[pod] x", "[pod/x] y", "", "|",
	} {
		if x := open([]byte(text), envelopes, testOptions()); x.n != 1 {
			t.Errorf("%q is opened: %q", text, x.inner())
		}
	}
}
