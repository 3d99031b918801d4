package logs

import (
	"bytes"
	"time"
)

// isoStamp reads date and time with the year first from the beginning of a text, and the zone that stands directly after
// it; n is how long they are, 0 for none.
func isoStamp(b []byte, local *time.Location) (t time.Time, n int) {
	date, ok := digitsAt(b, "dddd?dd?dd")
	if !ok || b[4] != b[7] || !oneOf(b[4], "-/.") || len(b) < 19 || !oneOf(b[10], " T") {
		return t, 0
	}
	clock, n, nano, ok := dayTime(b[11:])
	if !ok {
		return t, 0
	}
	n += 11
	zone := local
	switch {
	case n < len(b) && b[n] == 'Z':
		zone = time.UTC
		n++
	case n < len(b) && oneOf(b[n], "+-"):
		if offset, rest, ok := offsetAt(b[n:]); ok {
			zone, n = offset, len(b)-len(rest)
		}
	}
	if t, ok = moment(date[0], time.Month(date[1]), date[2], clock, nano, zone); !ok {
		return t, 0
	}
	return t, n
}

// endsInZone: a stamp was read up to its zone.
func endsInZone(stamp []byte) bool {
	tail := stamp[min(len(stamp), 19):]
	return bytes.IndexAny(tail, "Z+-") >= 0
}

// clfStamp reads the time of an access log, "21/Oct/2024:08:41:45 +0000"; n is how long it is, 0 for none.
func clfStamp(b []byte, local *time.Location) (t time.Time, n int) {
	return length(b, clfClock, local)
}

// bsdStamp reads the time of RFC 3164, "Nov 22 00:00:45", the journal's with microseconds; n is how long it is, 0 for none.
func bsdStamp(b []byte, o *Options) (t time.Time, n int) {
	t, rest, ok := yearlessClock(b, o)
	if !ok {
		return t, 0
	}
	return t, len(bytes.TrimRight(b[:len(b)-len(rest)], " \t"))
}

func length(b []byte, read clock, local *time.Location) (time.Time, int) {
	t, rest, ok := read(b, &Options{Now: time.Unix(0, 0).In(local)})
	if !ok {
		return time.Time{}, 0
	}
	return t, len(bytes.TrimRight(b[:len(b)-len(rest)], " \t"))
}

// leadingStamp takes the time off the beginning of a text, in any of the forms that logs use; zero when there is none.
func leadingStamp(text []byte, o *Options) (time.Time, []byte) {
	inner := bytes.TrimLeft(text, "[(<")
	t, rest, ok := anyClock(inner, o, isoClock, clfClock, ctimeClock, dayFirstClock, yearlessClock)
	if !ok {
		return time.Time{}, text
	}
	return t, bytes.TrimLeft(rest, "])> -|:\t")
}

// zone is the zone of times that name none.
func (o *Options) zone() *time.Location { return o.location() }

// number reads decimal digits; -1 for anything else.
func number(b []byte) int {
	if len(b) == 0 || len(b) > 9 {
		return -1
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}
