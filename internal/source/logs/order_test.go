package logs

import (
	"slices"
	"strings"
	"testing"
)

// The names are those that logrotate(8) makes with and without dateext and extension, and those of log4j and nginx
// documentation.
func TestOrder(t *testing.T) {
	for _, want := range []string{
		"error.log.10.gz error.log.2.gz error.log.1 error.log",
		"/var/log/nginx/error.log-20241019.gz /var/log/nginx/error.log-20241020.gz /var/log/nginx/error.log-20241021 /var/log/nginx/error.log",
		"error.2.log.gz error.1.log error.log",
		"app-2024-10-09.log app-2024-10-10.log app-2024-11-01.log app.log",
		"ERRORLOG.6 ERRORLOG.2 ERRORLOG.1 ERRORLOG",
		"b.log.1 b.log",
		"error.log-2024102107.gz error.log-2024102108.gz error.log",
		"a.log-20240101 a.log.1 a.log",
		"10.0.0.1.log",
		"mail.log.1.zst mail.log",
	} {
		names := strings.Fields(want)
		shuffled := slices.Clone(names)
		slices.Reverse(shuffled)
		if got := Order(shuffled); !slices.Equal(got, names) {
			t.Errorf("got %v\nwant %v", got, names)
		}
		if !slices.IsSortedFunc(shuffled, func(a, b string) int { return slices.Index(names, b) - slices.Index(names, a) }) {
			t.Error("the names given were changed")
		}
	}
}

func TestOrderKeepsSetsTogether(t *testing.T) {
	got := Order([]string{"error.log", "access.log.1", "error.log.1", "access.log"})
	if want := []string{"error.log.1", "error.log", "access.log.1", "access.log"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
