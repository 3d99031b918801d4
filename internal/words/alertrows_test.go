package words

import (
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// TestAlertTables holds the names that OTP and rustls give to alerts against the registry: the code beside a name is
// that name's, however it is spelt.
func TestAlertTables(t *testing.T) {
	respelt := map[string]string{"unrecognisedname": "unrecognizedname"} // both write British English here
	check := func(who string, code uint8, name string) {
		got := letters(strings.ToLower(name))
		if american, ok := respelt[got]; ok {
			got = american
		}
		if want := letters(names.Alert(code)); got != want {
			t.Errorf("%s: %d is %q, not %q", who, code, want, name)
		}
	}
	for _, a := range erlangAlerts {
		check("OTP", a.code, a.name)
	}
	for _, a := range rustAlerts {
		check("rustls", a.code, a.name)
	}
}
