package trust

import (
	"time"

	"golang.org/x/crypto/cryptobyte/asn1"
)

// readTime reads the two time types of RFC 5280 §4.1.2.5. Other forms that ASN.1 allows and the profile forbids
// (no seconds, a zone offset, fractions) are understood and complained about.
func readTime(tag asn1.Tag, s string) (t time.Time, complaint string) {
	switch tag {
	case asn1.UTCTime:
		return readUTCTime(s)
	case asn1.GeneralizedTime:
		return readGeneralizedTime(s)
	}
	return time.Time{}, "neither UTCTime nor GeneralizedTime"
}

func readUTCTime(s string) (time.Time, string) {
	for i, layout := range [...]string{"060102150405Z", "0601021504Z", "060102150405Z0700", "0601021504Z0700"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if year := t.Year(); year >= 2050 { // RFC 5280 §4.1.2.5.1: two digits from 50 up are of the 20th century
			t = t.AddDate(-100, 0, 0)
		}
		if i > 0 {
			return t.UTC(), "UTCTime not of the form YYMMDDHHMMSSZ"
		}
		return t.UTC(), ""
	}
	return time.Time{}, "not a time"
}

func readGeneralizedTime(s string) (time.Time, string) {
	for i, layout := range [...]string{"20060102150405Z", "20060102150405Z0700", "20060102150405", "200601021504Z"} {
		t, err := time.Parse(layout, s)
		switch {
		case err != nil:
			continue
		case i > 0 || t.Nanosecond() != 0:
			return t.UTC(), "GeneralizedTime not of the form YYYYMMDDHHMMSSZ"
		case t.Year() < 2050:
			return t.UTC(), "GeneralizedTime before 2050"
		}
		return t.UTC(), ""
	}
	return time.Time{}, "not a time"
}
