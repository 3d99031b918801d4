package remedy

import (
	"context"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/source/conf"
)

// readers are the platforms whose configuration this project reads itself: the file's name, and what stands around a
// snippet there.
var readers = map[string]struct{ file, before, after string }{
	"nginx-server":   {"nginx.conf", "http {\nserver {\nlisten 443 ssl;\n", "\n}\n}\n"},
	"nginx-upstream": {"nginx.conf", "http {\nserver {\nlocation / {\n", "\n}\n}\n}\n"},
	"haproxy":        {"haproxy.cfg", "backend b\n", "\n"},
	"apache":         {"httpd.conf", "<VirtualHost *:443>\n", "\n</VirtualHost>\n"},
	"openssl":        {"openssl.cnf", "", "\n"},
	"mysql-server":   {"my.cnf", "", "\n"},
}

// TestReadBack: every snippet that is lines of a configuration file is read by our own reader as settings that the product
// knows, with nothing that cannot be read.
func TestReadBack(t *testing.T) {
	read := 0
	for _, p := range All() {
		where, ok := readers[p.ID]
		if !ok {
			continue
		}
		for _, s := range samples(t, p) {
			if s.Step.Snippet == "" || !lines(s.Step) {
				continue
			}
			read++
			text := where.before + s.Step.Snippet + where.after
			res, err := conf.Read(context.Background(), where.file, strings.NewReader(text), conf.Options{})
			if err != nil || len(res.Settings) == 0 {
				t.Errorf("%s %s: %v, %d settings from\n%s", p.ID, s.Step.ID, err, len(res.Settings), text)
			}
			for _, set := range res.Settings {
				if set.Unknown {
					t.Errorf("%s %s: our reader knows no %s\n%s", p.ID, s.Step.ID, set.Name, text)
				}
			}
			for _, g := range res.Gaps {
				t.Errorf("%s %s: %s: %s\n%s", p.ID, s.Step.ID, g.What, g.Why, text)
			}
		}
	}
	if read < 60 {
		t.Errorf("only %d snippets were read back", read)
	}
}

// lines: the snippet is lines of a file inside the block that the platform's own file is, no command and no whole block.
func lines(s Step) bool {
	if s.ID == "remedy.haproxy.leave-alone" {
		return false // about logging, which our reader passes over
	}
	return s.File != "" && !strings.Contains(s.Snippet, "server {") && !strings.Contains(s.File, "upstream {") && !strings.Contains(s.File, "stream {")
}
