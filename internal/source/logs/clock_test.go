package logs

import (
	"testing"
	"time"
)

// TestClocks reads stamps as the products write them; the rest of the line stays.
func TestClocks(t *testing.T) {
	for _, c := range []struct {
		name       string
		read       clock
		text       string
		want, rest string
	}{
		{"iso", isoClock, "2026-11-21 23:58:31.696 UTC [1]", "2026-11-21T23:58:31.696Z", "[1]"},
		{"iso", isoClock, "2026-11-21T23:57:28.349892+00:00 x", "2026-11-21T23:57:28.349892Z", "x"},
		{"iso", isoClock, "2026-11-21T23:57:28Z", "2026-11-21T23:57:28Z", ""},
		{"iso", isoClock, "2026-11-21T23:57:28-0330 x", "2026-11-21T23:57:28-03:30", "x"},
		{"iso", isoClock, "2026-11-21 23:57:28,348 ERROR x", "2026-11-21T23:57:28.348+09:00", "ERROR x"},
		{"iso", isoClock, "2026/11/21 23:57:28 TLS x", "2026-11-21T23:57:28+09:00", "TLS x"},
		{"iso", isoClock, "2026-11-21 23:57:28 JST x", "2026-11-21T23:57:28+09:00", "x"},
		{"iso", isoClock, "2026-11-21 23:57:28 +0100 x", "2026-11-21T23:57:28+01:00", "x"},
		{"iso", isoClock, "2026.11.21 23:59:24 LOG3[1]: x", "2026-11-21T23:59:24+09:00", "LOG3[1]: x"},
		{"iso", isoClock, "2026-11-22 24:00:57.640 UTC", "2026-11-22T00:00:57.64Z", ""}, // Java
		{"clf", clfClock, "21/Nov/2026:23:57:44 +0000] x", "2026-11-21T23:57:44Z", "] x"},
		{"clf", clfClock, "21/Nov/2026:23:57:28.348] x", "2026-11-21T23:57:28.348+09:00", "] x"},
		{"ctime", ctimeClock, "Sat Nov 21 23:57:43.083410 2026", "2026-11-21T23:57:43.08341+09:00", ""},
		{"ctime", ctimeClock, "Sun Nov  1 23:57:43 2026 x", "2026-11-01T23:57:43+09:00", "x"},
		{"redis", dayFirstClock, "21 Nov 2026 23:59:23.789 # x", "2026-11-21T23:59:23.789+09:00", "# x"},
		{"bsd", yearlessClock, "Nov 22 00:00:45 x", "2026-11-22T00:00:45+09:00", "x"},
		{"bsd", yearlessClock, "Dec 31 00:00:45 x", "2025-12-31T00:00:45+09:00", "x"},
		{"bsd", yearlessClock, "Feb 29 00:00:45 x", "2024-02-29T00:00:45+09:00", "x"},
	} {
		at, rest, ok := c.read([]byte(c.text), testOptions())
		if got := at.Format("2006-01-02T15:04:05.999999Z07:00"); !ok || got != c.want || string(rest) != c.rest {
			t.Errorf("%s %q: %v %s, rest %q; want %s, %q", c.name, c.text, ok, got, rest, c.want, c.rest)
		}
	}
}

// TestNoYear: without a now the year is not known; the line is read all the same.
func TestNoYear(t *testing.T) {
	for _, o := range []*Options{nil, {}} {
		at, rest, ok := yearlessClock([]byte("Nov 22 00:00:45 mx x"), o)
		if !ok || !at.IsZero() || string(rest) != "mx x" {
			t.Errorf("%v %s %q", ok, at, rest)
		}
	}
}

func TestNoTime(t *testing.T) {
	for _, text := range []string{
		"", "2026", "2026-11-21", "2026-11-21 23:57", "2026-13-21 23:57:28", "2026-02-30 23:57:28", "2026-11-21 25:57:28", "2026-11-21 23:60:28", "2026/11-21 23:57:28",
		"0000-01-01 00:00:00", "xxxx-xx-xx xx:xx:xx", "99/Nov/2026:23:57:44 +0000", "21/Nix/2026:23:57:44", "Sat Nov 31 23:57:43 2026", "Xyz Nov 21 23:57:43 2026",
		"32 Nov 2026 23:59:23.789", "Nov 32 00:00:45", "Feb 30 00:00:45", "2026-11-21 23:57:2",
	} {
		if at, _, ok := anyClock([]byte(text), testOptions(), isoClock, clfClock, ctimeClock, dayFirstClock, yearlessClock); ok {
			t.Errorf("%q is read as %s", text, at)
		}
	}
}

// TestWindowsTime: the day stands first unless AM or PM tells that it is American.
func TestWindowsTime(t *testing.T) {
	for text, want := range map[string]string{
		"1/10/2026 8:41:45 AM": "2026-01-10T08:41:45+09:00", "1/10/2026 12:00:01 AM": "2026-01-10T00:00:01+09:00", "1/10/2026 12:00:01 PM": "2026-01-10T12:00:01+09:00",
		"10/01/2026 08:41:45": "2026-01-10T08:41:45+09:00", "2026/01/10 8:41:45": "2026-01-10T08:41:45+09:00", "10.01.2026 08:41:45": "2026-01-10T08:41:45+09:00",
		"2026-01-10T08:41:45Z": "2026-01-10T08:41:45Z", "1/10/2026": "", "x": "", "": "", "32/13/2026 00:00:00": "", "1/1/1 1": "", "-1/1/2026 0:0:0": "",
	} {
		got := ""
		if at := windowsTime(text, testOptions()); !at.IsZero() {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// TestJSONTime: seconds, milliseconds, microseconds and nanoseconds since 1970 are told apart by their size.
func TestJSONTime(t *testing.T) {
	for _, text := range []string{"1795305448", "1795305448000", "1795305448000000", "1795305448000000000", "1795305448.0", "2026-11-21T23:57:28Z"} {
		if got := jsonTime(text, testOptions()).UTC().Format(time.RFC3339); got != "2026-11-21T23:57:28Z" {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, text := range []string{"", "x", "12", "NaN", "-5", "1e300"} {
		if got := jsonTime(text, testOptions()); !got.IsZero() {
			t.Errorf("%s: %s", text, got)
		}
	}
}

func TestCSV(t *testing.T) {
	for text, want := range map[string][]string{
		"a,b":          {"a", "b"},
		`"a,""b""",c`:  {`a,"b"`, "c"},
		`"open, c`:     {"open, c"},
		"":             {""},
		"a,":           {"a", ""},
		`"a"x,b`:       {"a", "b"},
		"1,2,3,4,5,6":  {"1", "2", "3", "4"},
		`"日本","語"`:     {"日本", "語"},
		`"",""`:        {"", ""},
		"a,\"b\nc\",d": {"a", "b\nc", "d"},
	} {
		got := csvFields(text, 4)
		if len(got) != len(want) {
			t.Errorf("%q: %q, want %q", text, got, want)
			continue
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
}

func TestAddressOf(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.7:62702": "10.0.0.7", "10.0.0.7": "10.0.0.7", "[::1]:443": "::1", "[::1]": "::1", "::1": "::1", "::ffff:10.0.0.7": "10.0.0.7", "2001:db8::7:48652": "2001:db8::7:4865:2",
		"/10.0.0.7": "10.0.0.7", "fe80::1%eth0": "fe80::1", "localhost": "", "": "", "1.2.3": "", "10.0.0.7:x": "", "unix:": "",
	} {
		got := ""
		if a := addressOf(text); a.IsValid() {
			got = a.String()
		}
		if text == "2001:db8::7:48652" {
			want = "2001:db8::7" // five digits are no part of an address: a port without brackets
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
