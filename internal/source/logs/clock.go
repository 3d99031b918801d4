package logs

import (
	"bytes"
	"strings"
	"time"
)

// A clock reads the front of a line as a point in time. It gives what follows, without the blank before it.
type clock func(line []byte, o *Options) (t time.Time, rest []byte, ok bool)

// isoClock reads date and time with the year first: "2026-11-21 23:58:31.696 UTC", "2026-11-21T23:57:28.349892+00:00",
// "2026/11/21 23:58:31", "2026.11.21 23:59:24", "2026-11-21 23:57:28,348". Without a zone the time is local.
func isoClock(line []byte, o *Options) (t time.Time, rest []byte, ok bool) {
	t, n := isoStamp(line, o.location())
	if n == 0 {
		return t, line, false
	}
	if n < len(line) && line[n] == ' ' && !endsInZone(line[:n]) {
		zone, rest := zoneAt(line[n:], o)
		if zone != t.Location() {
			t = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
		}
		return t, trimBlank(rest), true
	}
	return t, trimBlank(line[n:]), true
}

// dayTime reads "15:04:05" and a fraction after '.' or ','. Java's debug log counts the first hour of a day as 24
// (its pattern has "kk"), so 24 is 0.
func dayTime(line []byte) (clock [3]int, n, nano int, ok bool) {
	v, ok := digitsAt(line, "dd:dd:dd")
	if !ok || v[0] > 24 || v[1] > 59 || v[2] > 60 {
		return clock, 0, 0, false
	}
	copy(clock[:], v[:])
	clock[0] %= 24
	n = 8
	if n < len(line) && oneOf(line[n], ".,") {
		n, nano = fraction(line, n+1)
	}
	return clock, n, nano, true
}

// fraction reads digits from i on as a part of a second.
func fraction(line []byte, i int) (end, nano int) {
	unit := 100_000_000
	for i < len(line) && isDigit(line[i]) {
		nano += int(line[i]-'0') * unit
		unit /= 10
		i++
	}
	return i, nano
}

// moment checks the calendar: the 31st of February is no date.
func moment(year int, month time.Month, day int, clock [3]int, nano int, zone *time.Location) (time.Time, bool) {
	if year == 0 || month < 1 || month > 12 || day < 1 {
		return time.Time{}, false
	}
	t := time.Date(year, month, day, clock[0], clock[1], clock[2], nano, zone)
	if y, m, d := t.Date(); clock[2] < 60 && (y != year || m != month || d != day) {
		return time.Time{}, false
	}
	return t, true
}

// zoneNames are abbreviations that stand after a time. Several name more than one zone.
const zoneNames = " CET CEST WET WEST EET EEST MET MEST BST IST MSK EST EDT CST CDT MST MDT PST PDT AKST AKDT HST AST ADT NST NDT BRT BRST ART CLT CLST COT PET JST KST HKT SGT " +
	"WIB PHT PKT ICT AEST AEDT ACST ACDT AWST NZST NZDT SAST CAT EAT WAT GST TRT IRST UYT VET "

// zoneAt reads the zone that follows a time: "Z", "+09:00", "+0900", "-05", " UTC", " +0900", " CET". Letters other
// than UTC's name a zone ambiguously; they are taken for the local one.
func zoneAt(line []byte, o *Options) (*time.Location, []byte) {
	local := o.location()
	s := line
	if len(s) > 1 && s[0] == ' ' && (oneOf(s[1], "+-") || isUpper(s[1])) {
		s = s[1:]
	}
	if len(s) == 0 {
		return local, line
	}
	if oneOf(s[0], "+-") {
		if zone, rest, ok := offsetAt(s); ok {
			return zone, rest
		}
		return local, line
	}
	n := 0
	for n < len(s) && isUpper(s[n]) {
		n++
	}
	name := string(s[:n])
	switch {
	case name == "Z" || name == "UTC" || name == "GMT":
		return time.UTC, s[n:]
	case (n == len(s) || oneOf(s[n], " \t]>|:")) && strings.Contains(zoneNames, " "+name+" "):
		return local, s[n:]
	}
	return local, line
}

// offsetAt reads "+09:00", "+0900" or "+09".
func offsetAt(s []byte) (*time.Location, []byte, bool) {
	for _, shape := range []string{"?dd:dd", "?dddd", "?dd"} {
		v, ok := digitsAt(s, shape)
		if !ok || len(s) > len(shape) && isDigit(s[len(shape)]) {
			continue
		}
		hours, minutes := v[0], v[1]
		if shape == "?dddd" {
			hours, minutes = v[0]/100, v[0]%100
		}
		if hours > 14 || minutes > 59 {
			return nil, s, false
		}
		seconds := hours*3600 + minutes*60
		if s[0] == '-' {
			seconds = -seconds
		}
		if seconds == 0 {
			return time.UTC, s[len(shape):], true
		}
		return time.FixedZone("", seconds), s[len(shape):], true
	}
	return nil, s, false
}

// location is the zone of times that name none: that of the machine which reads.
func (o *Options) location() *time.Location {
	if o == nil || o.Now.IsZero() {
		return time.Local
	}
	return o.Now.Location()
}

// clfClock reads the time of access logs: "21/Nov/2026:23:57:44 +0000", HAProxy's "21/Nov/2026:23:57:28.348".
func clfClock(line []byte, o *Options) (t time.Time, rest []byte, ok bool) {
	v, ok := digitsAt(line, "dd??????????dd:dd:dd")
	if !ok || line[2] != '/' || line[6] != '/' || line[11] != ':' {
		return t, line, false
	}
	year, ok := digitsAt(line[7:], "dddd")
	month := monthAt(line[3:])
	clock, n, nano, timeOK := dayTime(line[12:])
	if !ok || month == 0 || !timeOK {
		return t, line, false
	}
	zone, rest := zoneAt(line[12+n:], o)
	t, ok = moment(year[0], month, v[0], clock, nano, zone)
	return t, trimBlank(rest), ok
}

// ctimeClock reads C's form: "Sat Nov 21 23:57:43.083410 2026", "Sat Nov 21 23:57:43 2026".
func ctimeClock(line []byte, o *Options) (t time.Time, rest []byte, ok bool) {
	if len(line) < 24 || line[3] != ' ' || line[7] != ' ' || !strings.Contains("SunMonTueWedThuFriSat", string(line[:3])) {
		return t, line, false
	}
	month := monthAt(line[4:])
	day, dayOK := smallNumber(line[8:10])
	clock, n, nano, ok := dayTime(line[11:])
	if month == 0 || !dayOK || !ok {
		return t, line, false
	}
	year, ok := digitsAt(line[11+n:], "?dddd")
	if !ok {
		return t, line, false
	}
	t, ok = moment(year[0], month, day, clock, nano, o.location())
	return t, trimBlank(line[11+n+5:]), ok
}

// dayFirstClock reads Redis' form: "21 Nov 2026 23:59:23.789".
func dayFirstClock(line []byte, o *Options) (t time.Time, rest []byte, ok bool) {
	if len(line) < 20 || line[2] != ' ' || line[6] != ' ' || line[11] != ' ' {
		return t, line, false
	}
	day, dayOK := smallNumber(line[:2])
	month := monthAt(line[3:])
	year, yearOK := digitsAt(line[7:], "dddd")
	clock, n, nano, ok := dayTime(line[12:])
	if !dayOK || month == 0 || !yearOK || !ok {
		return t, line, false
	}
	t, ok = moment(year[0], month, day, clock, nano, o.location())
	return t, trimBlank(line[12+n:]), ok
}

// yearlessClock reads "Nov 22 00:00:45", as the BSD syslog and Dovecot write it. The year is the one that puts the
// time nearest before now: a log is about the past. Where now is not known, neither is the time, and it stays zero.
func yearlessClock(line []byte, o *Options) (t time.Time, rest []byte, ok bool) {
	if len(line) < 15 || line[3] != ' ' || line[6] != ' ' {
		return t, line, false
	}
	month := monthAt(line)
	day, dayOK := smallNumber(line[4:6])
	clock, n, nano, ok := dayTime(line[7:])
	if month == 0 || !dayOK || !ok || day < 1 || day > 31 {
		return t, line, false
	}
	if o == nil || o.Now.IsZero() {
		return time.Time{}, trimBlank(line[7+n:]), true
	}
	for year := o.Now.Year() + 1; year > o.Now.Year()-9; year-- {
		t, ok = moment(year, month, day, clock, nano, o.location())
		if ok && !t.After(o.Now.Add(24*time.Hour)) {
			return t, trimBlank(line[7+n:]), true
		}
	}
	return time.Time{}, line, false
}

// anyClock tries clocks in turn.
func anyClock(line []byte, o *Options, list ...clock) (t time.Time, rest []byte, ok bool) {
	for _, c := range list {
		if t, rest, ok = c(line, o); ok {
			return t, rest, true
		}
	}
	return time.Time{}, line, false
}

// digitsAt fits the front of a line to a shape: 'd' is a digit, '?' any byte, anything else itself. It gives the first
// runs of digits as numbers.
func digitsAt(line []byte, shape string) (v [3]int, ok bool) {
	if len(line) < len(shape) {
		return v, false
	}
	k, in := 0, false
	for i := range len(shape) {
		c := line[i]
		switch {
		case shape[i] == 'd' && !isDigit(c), shape[i] != 'd' && shape[i] != '?' && shape[i] != c:
			return v, false
		case shape[i] != 'd':
			if in {
				k++
			}
			in = false
			continue
		}
		in = true
		if k < len(v) {
			v[k] = v[k]*10 + int(c-'0')
		}
	}
	return v, true
}

// smallNumber reads one or two digits, the first perhaps a blank.
func smallNumber(b []byte) (int, bool) {
	b = bytes.TrimLeft(b, " ")
	if len(b) == 0 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// monthAt reads the English short name of a month; 0 for anything else.
func monthAt(b []byte) time.Month {
	if len(b) < 3 {
		return 0
	}
	i := strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", string(b[:3]))
	if i < 0 || i%3 != 0 {
		return 0
	}
	return time.Month(i/3 + 1)
}

// redisClock reads "07 Jul 08:43:57.517", which lacks the year.
func redisClock(line []byte, o *Options) (t time.Time, rest []byte, ok bool) {
	if len(line) < 15 || line[2] != ' ' {
		return t, line, false
	}
	swapped := append(append(append([]byte{}, line[3:7]...), line[:3]...), line[7:]...)
	return yearlessClock(swapped, o)
}
