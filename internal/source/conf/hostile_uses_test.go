package conf

import (
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
)

// TestHostileUses: configurations whose uses would multiply are told up to a bound. Without it each of these would take minutes
// or gigabytes.
func TestHostileUses(t *testing.T) {
	location := func(inside string) string { return "http { server { location / {\n" + inside + "\n} } " }
	for name, text := range map[string]string{
		"servers times locations": location(strings.Repeat("proxy_pass https://up;\n", 10_000)) + " upstream up { " + strings.Repeat("server 10.0.0.1:443;", 10_000) + "} }",
		"commands":                location(strings.Repeat("proxy_ssl_conf_command Options x;\n", 10_000)+strings.Repeat("proxy_pass https://a;\n", 10_000)) + "}",
		"sets":                    location(strings.Repeat("set $a b;\n", 10_000)+strings.Repeat("proxy_pass https://$a;\n", 10_000)) + "}",
	} {
		us := client.Uses(tree{"nginx.conf": text}.read(t, "nginx.conf").Settings)
		if len(us) == 0 || len(us) > client.MaxUses {
			t.Errorf("%s: %d uses", name, len(us))
		}
		for _, u := range us[:1] {
			if len(u.From) > 100 {
				t.Errorf("%s: a use comes from %d settings", name, len(u.From))
			}
		}
	}
}
