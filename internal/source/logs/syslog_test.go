package logs

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Lines of RFC 3164 §5.4 and RFC 5424 §6.5, of rsyslog's file formats and of daemons.
func TestSyslog(t *testing.T) {
	utc := func(y int, mo time.Month, d, h, mi, s, ms int) time.Time {
		return time.Date(y, mo, d, h, mi, s, ms*1e6, time.UTC)
	}
	local := func(y int, mo time.Month, d, h, mi, s int) time.Time {
		return time.Date(y, mo, d, h, mi, s, 0, now.Location())
	}
	for _, c := range []struct {
		line, inner string
		want        Record
	}{
		{"<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8", "'su root' failed for lonvick on /dev/pts/8",
			Record{At: local(2024, 10, 11, 22, 14, 15), Level: "crit", Server: "mymachine", Product: "su"}},
		{"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xef\xbb\xbf'su root' failed", "'su root' failed",
			Record{At: utc(2003, 10, 11, 22, 14, 15, 3), Level: "crit", Server: "mymachine.example.com", Product: "su"}},
		{`<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Appl\"ic]ation"][x@1 a="b"] An event`, "An event",
			Record{At: utc(2003, 10, 11, 22, 14, 15, 3), Level: "notice", Server: "h", Product: "evntslog"}},
		{"<190>1 - - - - - - hello", "hello", Record{Level: "info"}},
		{"Nov  5 08:41:45 mail postfix/smtpd[4711]: SSL_accept error from unknown[203.0.113.7]: lost connection", "SSL_accept error from unknown[203.0.113.7]: lost connection",
			Record{At: local(2023, 11, 5, 8, 41, 45), Server: "mail", Product: "postfix"}}, // later than now: of last year
		{"Oct 22 08:41:45 h dovecot: imap-login: x", "imap-login: x", Record{At: local(2024, 10, 22, 8, 41, 45), Server: "h", Product: "dovecot"}}, // within a day
		{"2024-10-21T08:41:45.123456+02:00 web1 haproxy[99]: 203.0.113.7:4711 x", "203.0.113.7:4711 x",
			Record{At: time.Date(2024, 10, 21, 6, 41, 45, 123456000, time.UTC), Server: "web1", Product: "haproxy"}},
		{"<11>Oct 21 08:41:45 nginx: 2024/10/21 x", "2024/10/21 x", Record{At: local(2024, 10, 21, 8, 41, 45), Level: "err", Product: "nginx"}},
		{"Feb 29 08:41:45 h x: y", "y", Record{At: local(2024, 2, 29, 8, 41, 45), Server: "h", Product: "x"}},
	} {
		inner, got, ok := openSyslog([]byte(c.line), &Options{Now: now})
		if !ok || string(inner) != c.inner {
			t.Errorf("%s: %v, %q", c.line, ok, inner)
		}
		if d := cmp.Diff(c.want, got, cmp.Comparer(func(a, b addrType) bool { return a == b }), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); d != "" {
			t.Errorf("%s\n%s", c.line, d)
		}
	}
	for _, line := range []string{"", "<", "<999>Oct 11 22:14:15 a b: c", "<34>1 2003-10-11T22:14:15.003Z", "Oct 11 22:14:15", "Oct 11 22:14:15 a b c", "Oct 40 22:14:15 a b: c",
		"2024-10-21 08:41:45 a b: c", "2024/10/21 08:41:45 [error] 1#1: x", "<34>1 x y z - - - q", `<34>1 - - - - - [a b="c`} {
		if inner, r, ok := openSyslog([]byte(line), &Options{Now: now}); ok {
			t.Errorf("%q was opened: %q %+v", line, inner, r)
		}
	}
}

// TestSyslogAroundNginx: what the header tells fills what the line itself does not.
func TestSyslogAroundNginx(t *testing.T) {
	r := read(t, "<187>Oct 21 08:41:46 web1 nginx: "+closedLine)
	if r.Dialect != "nginx" || len(r.Events) != 1 || r.Events[0].Server != "0.0.0.0:443" || r.Events[0].Level != "info" || r.Events[0].Seen.First.Second() != 45 {
		t.Errorf("%+v", r)
	}
	r = read(t, "<187>Oct 21 08:41:46 web1 frobd[7]: tls: client didn't provide a certificate\n")
	if len(r.Events) != 1 || r.Events[0].Server != "web1" || !r.Events[0].In("frobd") || r.Events[0].Level != "err" {
		t.Errorf("%+v", r)
	}
}

func TestStamps(t *testing.T) {
	for text, want := range map[string]string{
		"2024-10-21T08:41:45Z":             "2024-10-21T08:41:45Z",
		"2024-10-21 08:41:45.5 UTC x":      "2024-10-21T08:41:45.5Z",
		"2024/10/21 08:41:45":              "2024-10-21T08:41:45+02:00",
		"2024-10-21T08:41:45,123-0730 x":   "2024-10-21T08:41:45.123-07:30",
		"2024-10-21 08:41:45 +05:30 x":     "2024-10-21T08:41:45+05:30",
		"[21/Oct/2024:08:41:45 +0000] x":   "2024-10-21T08:41:45Z",
		"2024-10-21T08:41:45.1234567890Z ": "2024-10-21T08:41:45.123456789Z",
		"2024-13-21T08:41:45Z x":           "0001-01-01T00:00:00Z",
		"2024-10-21":                       "0001-01-01T00:00:00Z",
	} {
		got, _ := leadingStamp([]byte(text+" x"), &Options{Now: now})
		if got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %s, want %s", text, got.Format(time.RFC3339Nano), want)
		}
	}
}
