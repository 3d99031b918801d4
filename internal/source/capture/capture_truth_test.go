package capture

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

var update = flag.Bool("update", false, "write docs/captures-differences.md")

// A truth is what tshark says of one TCP conversation.
type truth struct {
	Client, Server string
	FirstFrame     int                              `json:"first_frame"`
	LastFrame      int                              `json:"last_frame"`
	SynSeen        bool                             `json:"syn_seen"`
	HasTLS         bool                             `json:"has_tls"`
	ServerHello    *struct{ Version, Suite string } `json:"server_hello"`
	Hello          *struct{ SNI string }            `json:"client_hello"`
	Alerts         []struct {
		From, Level string
		Desc        int
	}
	Completed any
	Closes    []struct {
		Frame      int
		From, Kind string
		After      []any
	}
}

type truthFile struct {
	File          string
	Conversations []truth
}

// truthDir finds the captures with their truth, which are not part of the project.
func truthDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TLSWHY_CAPTURES")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "captures")
	}
	if _, err := os.Stat(filepath.Join(dir, "truth")); err != nil {
		t.Skipf("no captures with truth at %s; TLSWHY_CAPTURES may name another directory", dir)
	}
	return dir
}

// A score counts equal and different fields.
type score struct {
	same, all map[string]int
	lines     []string // differences
}

var truthFields = []string{"found", "client", "sni", "version", "suite", "alerts", "completed", "closed by", "closed after"}

func (s *score) compare(field, where, got, want string) {
	got, want = cmp.Or(got, "none"), cmp.Or(want, "none")
	s.all[field]++
	if got == want {
		s.same[field]++
		return
	}
	s.lines = append(s.lines, fmt.Sprintf("%s | %s | %s | %s", where, field, got, want))
}

// TestTruth compares what we read of real captures with what tshark reads.
func TestTruth(t *testing.T) {
	dir := truthDir(t)
	paths, err := filepath.Glob(filepath.Join(dir, "truth", "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%v, %d files", err, len(paths))
	}
	s := &score{same: map[string]int{}, all: map[string]int{}}
	for _, path := range paths {
		compareFile(t, s, dir, path)
	}
	same, all := 0, 0
	for _, f := range truthFields {
		t.Logf("%-14s %5d of %5d", f, s.same[f], s.all[f])
		same, all = same+s.same[f], all+s.all[f]
	}
	share := 100 * float64(same) / float64(all)
	t.Logf("%d of %d fields equal: %.2f %%", same, all, share)
	if share < 99 {
		t.Errorf("%.2f %% of the fields are equal; 99 are wanted", share)
	}
	checkDifferences(t, s)
}

func compareFile(t *testing.T, s *score, dir, path string) {
	t.Helper()
	var want truthFile
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(path), ".json")
	f, err := os.Open(filepath.Join(dir, "files", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	res, err := Read(context.Background(), []Input{{Name: name, R: f}}, Options{Conversations: true})
	if err != nil {
		t.Fatal(err)
	}
	left := onlyTLS(res.Handshakes)
	for _, c := range want.Conversations {
		i := match(left, &c)
		where := fmt.Sprintf("%s | %s → %s, frame %d", name, c.Client, c.Server, c.FirstFrame)
		s.compare("found", where, fmt.Sprint(i >= 0), fmt.Sprint(c.HasTLS))
		if i < 0 {
			continue
		}
		if c.HasTLS {
			compareOne(s, where, &left[i], &c)
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, h := range left {
		s.compare("found", fmt.Sprintf("%s | %v, frame %d", name, h.Path, h.Passive.First), "true", "false")
	}
}

// onlyTLS leaves out connections that only could have changed to TLS.
func onlyTLS(list []fact.Handshake) []fact.Handshake {
	return slices.DeleteFunc(slices.Clone(list), func(h fact.Handshake) bool {
		return h.Client == nil && h.Server == nil && !slices.ContainsFunc(h.Steps, func(s fact.Step) bool {
			return strings.HasPrefix(s.Name, "encrypted") || s.Name == "application data" || s.Name == "ChangeCipherSpec" || s.Name == "Alert" || s.Name == "Certificate"
		})
	})
}

// match finds the handshake of a conversation: the same two ends, within its frames.
func match(list []fact.Handshake, c *truth) int {
	return slices.IndexFunc(list, func(h fact.Handshake) bool {
		a, b := h.Path[0].String(), h.Path[1].String()
		ends := a == plain(c.Client) && b == plain(c.Server) || b == plain(c.Client) && a == plain(c.Server)
		if !ends && h.Passive.First == c.FirstFrame { // inside a tunnel: the truth has the outer addresses
			return h.Path[0].Port() == port(c.Client) && h.Path[1].Port() == port(c.Server)
		}
		return ends && h.Passive.First >= c.FirstFrame && h.Passive.First <= c.LastFrame
	})
}

func port(s string) uint16 {
	n, _ := strconv.Atoi(s[strings.LastIndex(s, ":")+1:])
	return uint16(n)
}

// plain writes an IPv6 address with its port as netip does.
func plain(s string) string {
	i := strings.LastIndex(s, ":")
	if strings.Count(s, ":") > 1 && s[0] != '[' {
		return "[" + s[:i] + "]" + s[i:]
	}
	return s
}

func compareOne(s *score, where string, h *fact.Handshake, c *truth) {
	s.compare("client", where, h.Path[0].String(), plain(c.Client))
	sni, version, suite := "", "", ""
	if h.Client != nil {
		sni = h.Client.ServerName
	}
	if h.Server != nil {
		version, suite = names.Version(h.Server.Version), fmt.Sprintf("0x%04x", h.Server.Suite)
	}
	wantSNI, wantVersion, wantSuite := "", "", ""
	if c.Hello != nil {
		wantSNI = c.Hello.SNI
	}
	if c.ServerHello != nil {
		wantVersion, wantSuite = c.ServerHello.Version, c.ServerHello.Suite
	}
	s.compare("sni", where, sni, wantSNI)
	s.compare("version", where, version, wantVersion)
	s.compare("suite", where, suite, wantSuite)
	s.compare("alerts", where, ourAlerts(h), theirAlerts(c))
	s.compare("completed", where, ourCompleted(h), strings.Fields(fmt.Sprint(c.Completed))[0])
	by, after := ourClose(h)
	wantBy, wantAfter := theirClose(c)
	s.compare("closed by", where, by, wantBy)
	s.compare("closed after", where, after, wantAfter)
}

// ourCompleted is Told, but for captures that begin after the hellos: data both ways shows that there was a handshake.
func ourCompleted(h *fact.Handshake) string {
	told := h.Told()
	if h.Client == nil && h.Finished == fact.Yes {
		told = fact.Yes
	}
	return map[fact.Tri]string{fact.Yes: "true", fact.No: "false", fact.Unknown: "unknown"}[told]
}

func ourAlerts(h *fact.Handshake) string {
	var list []string
	for _, a := range h.Alerts {
		list = append(list, fmt.Sprintf("%s %d %d", a.From, a.Level, a.Code))
	}
	return strings.Join(list, ", ")
}

func theirAlerts(c *truth) string {
	var list []string
	for _, a := range c.Alerts {
		level := map[string]int{"warning": 1, "fatal": 2}[a.Level]
		list = append(list, fmt.Sprintf("%s %d %d", a.From, level, a.Desc))
	}
	return strings.Join(list, ", ")
}

// ourClose tells the first FIN or RST and the message before it.
func ourClose(h *fact.Handshake) (by, after string) {
	if len(h.Passive.Closes) == 0 {
		return "nobody", "-"
	}
	c := h.Passive.Closes[0]
	after = "nothing"
	for _, s := range h.Steps {
		if s.Packet > 0 && s.Packet <= c.Packet && s.Name != "hole" {
			after = s.From.String() + " " + ourName(h, s.Name)
		}
	}
	return c.By.String() + " " + string(c.How), after
}

// ourName writes a message as the truth does: with TLS 1.3 tshark calls all sealed records application data.
func ourName(h *fact.Handshake, name string) string {
	sealed := strings.HasPrefix(name, "encrypted ")
	if sealed && h.Server != nil && h.Server.Version >= wire.TLS13 {
		return "ApplicationData"
	}
	if known, ok := map[string]string{"encrypted handshake": "EncryptedHandshake", "encrypted alert": "EncryptedAlert",
		"application data": "ApplicationData", "heartbeat": "Heartbeat", "encrypted record": "Heartbeat"}[name]; ok {
		return known
	}
	return name
}

func theirClose(c *truth) (by, after string) {
	if len(c.Closes) == 0 {
		return "nobody", "-"
	}
	first := c.Closes[0]
	after = "nothing"
	if len(first.After) == 3 {
		after = fmt.Sprintf("%v %v", first.After[1], first.After[2])
		if i := strings.Index(after, "alert:"); i >= 0 {
			after = after[:i] + "Alert"
		}
		after = strings.Replace(after, "SSLv2-", "", 1)
	}
	return first.From + " " + first.Kind, after
}

// differencesFile lists each field in which we and the truth differ, with who is right.
const differencesFile = "../../../docs/captures-differences.md"

// checkDifferences wants each difference listed, so that none comes unseen.
func checkDifferences(t *testing.T, s *score) {
	t.Helper()
	known := knownDifferences(t)
	if *update {
		writeDifferences(t, s, known)
		return
	}
	for _, line := range s.lines {
		if v := known[line]; v == "" || v == "not looked at" {
			t.Errorf("not judged in %s: %s", differencesFile, line)
		}
	}
}

// knownDifferences reads the list: verdicts by difference.
func knownDifferences(t *testing.T) map[string]string {
	t.Helper()
	known := map[string]string{}
	text, err := os.ReadFile(differencesFile)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) == 6 {
			known[strings.Join(cells[:5], " | ")] = cells[5]
		}
	}
	return known
}

const differencesHead = `# Where tlswhy and tshark differ

Real captures taken by others are read by tlswhy and compared, field by field, with what tshark 4.0.17 says of them.
The test TestTruth in internal/source/capture makes this list (go test -run TestTruth -update) and fails when a
difference is not in it. The last column tells what the packets show.

| file | connection | field | tlswhy | tshark | who is right |
|---|---|---|---|---|---|
`

func writeDifferences(t *testing.T, s *score, known map[string]string) {
	t.Helper()
	var b strings.Builder
	b.WriteString(differencesHead)
	for _, line := range s.lines {
		fmt.Fprintf(&b, "| %s | %s |\n", line, cmp.Or(known[line], "not looked at"))
	}
	if err := os.WriteFile(differencesFile, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
