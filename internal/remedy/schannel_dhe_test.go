package remedy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/source/conf"
)

// dropDHE is what is advised for a described machine.
func dropDHE(args ...string) []Advice {
	return For(nil, change.New(change.DropDHE, change.Server, append(args, "machine", "DB1, Windows Server 2016 (14393.3300)")...), 0)
}

// TestDropDHE: cmdlets or policy as the machine has them, with what undoes it, and nothing that weakens.
func TestDropDHE(t *testing.T) {
	long := strings.Repeat("TLS_RSA_WITH_AES_256_GCM_SHA384,", 33)
	for name, c := range map[string]struct {
		args []string
		ids  string
	}{
		"cmdlets":             {[]string{"windows", "cmdlets"}, "remedy.schannel.drop-dhe.all"},
		"policy":              {[]string{"windows", "policy"}, "remedy.schannel.drop-dhe.policy"},
		"policy with a list":  {[]string{"windows", "policy", "suites", "TLS_RSA_WITH_AES_256_GCM_SHA384"}, "remedy.schannel.drop-dhe.policy"},
		"a list of 1,024":     {[]string{"windows", "policy", "suites", long[:1024]}, "remedy.general.drop-dhe"},
		"a list with a quote": {[]string{"windows", "policy", "suites", `TLS_RSA"&calc`}, "remedy.general.drop-dhe"},
		"registry":            {[]string{"windows", "registry"}, "remedy.schannel.drop-dhe.registry"},
		"not known":           {nil, "remedy.schannel.drop-dhe.all remedy.schannel.drop-dhe.policy"},
	} {
		var ids []string
		for _, a := range dropDHE(c.args...) {
			ids = append(ids, a.ID)
			all := a.What + a.Snippet + a.Apply
			for _, never := range []string{"TLS 1.0", "TLS 1.1", "SSL 3.0", "Protocols", "SECLEVEL"} {
				if strings.Contains(all, never) {
					t.Errorf("%s: %q in %s", name, never, all)
				}
			}
			if a.Platform == "schannel" && (a.Undo == "" || !strings.Contains(a.Apply, "check: ") || !strings.Contains(a.What, "DB1, Windows Server 2016 (14393.3300)") || !a.Advised) {
				t.Errorf("%s: %+v", name, a)
			}
		}
		if got := strings.Join(ids, " "); got != c.ids {
			t.Errorf("%s: %s, want %s", name, got, c.ids)
		}
	}
}

// TestPolicyText: the text fits into the policy ("Manage Transport Layer Security (TLS)": 1,023 characters), and our own reader finds in
// the registry, where the policy ends up, suites that exist, each once, all of the default but TLS_DHE_* and the one that is named.
func TestPolicyText(t *testing.T) {
	text := dropDHE("windows", "policy")[0].Snippet
	if len(text) > 1023 || strings.ContainsAny(text, " \n\"") {
		t.Fatalf("%d characters:\n%s", len(text), text)
	}
	export := "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002]\r\n\"Functions\"=\"" + text + "\"\r\n"
	res, err := conf.Read(context.Background(), "policy.reg", strings.NewReader(export), conf.Options{})
	if err != nil || len(res.Settings) != 1 || res.Settings[0].Unknown || len(res.Gaps) > 0 {
		t.Fatalf("%v %+v", err, res)
	}
	var read []string
	for _, word := range res.Settings[0].Args {
		s, ok := names.SuiteByName(word)
		if !ok || s.Kex == "DHE" || strings.HasPrefix(word, "TLS_DHE") {
			t.Errorf("%s: %+v", word, s)
		}
		read = append(read, fmt.Sprintf("%04x", s.ID))
	}
	// "TLS Cipher Suites in Windows 8.1" without TLS_DHE_*, NULL and RC4_128_MD5; a suite with two curves is there twice
	const want = "c028 c027 c014 c013 009d 009c 003d 003c 0035 002f c02c c02b c024 c023 c00a c009 000a 0005"
	if got := strings.Join(slices.Compact(read), " "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if slices.Sort(res.Settings[0].Args); len(slices.Compact(res.Settings[0].Args)) != len(read) {
		t.Error("a suite is there twice")
	}
}

// TestPolicyOfMachine: a machine's own list is written as it is, without TLS_DHE_* and with nothing else left out.
func TestPolicyOfMachine(t *testing.T) {
	const own = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384_P384,TLS_RSA_WITH_AES_256_GCM_SHA384"
	if a := dropDHE("windows", "policy", "suites", own)[0]; a.Snippet != own || strings.Contains(a.What, "does not fit") {
		t.Errorf("%+v", a)
	}
}

// TestCmdletsRecord: what the commands record before they change anything is a list that our own reader takes for what the cmdlet
// prints, and the undo puts each of the suites taken away into its place.
func TestCmdletsRecord(t *testing.T) {
	a := dropDHE("windows", "cmdlets")[0]
	record, take := strings.Index(a.Snippet, "(Get-TlsCipherSuite).Name | Set-Content"), strings.Index(a.Snippet, "Disable-TlsCipherSuite")
	if record < 0 || take < record || !strings.Contains(a.Snippet, "if (-not (Test-Path") || !strings.Contains(a.Undo, "-Position $i") || !strings.Contains(a.Undo, "'TLS_DHE_*'") {
		t.Fatalf("%s\nundo:\n%s", a.Snippet, a.Undo)
	}
	before := []string{"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
		"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_256_GCM_SHA384"}
	after := slices.DeleteFunc(slices.Clone(before), func(s string) bool { return strings.Contains(s, "TLS_DHE") })
	for i, list := range [][]string{before, after} {
		res, err := conf.Read(context.Background(), "tls-cipher-suites.txt", strings.NewReader(strings.Join(list, "\r\n")+"\r\n"), conf.Options{})
		if err != nil || res.Dialect != "Get-TlsCipherSuite" || len(res.Settings) != len(list) {
			t.Errorf("%d: %v %q %d settings", i, err, res.Dialect, len(res.Settings))
		}
	}
	for i, name := range before { // what the loop of the undo does: insert at the place that it had
		if strings.HasPrefix(name, "TLS_DHE_") {
			after = slices.Insert(after, i, name)
		}
	}
	if !slices.Equal(after, before) {
		t.Errorf("put back: %v", after)
	}
}

// TestDescribedMachine: a change for a described machine is written for Windows, whatever the other evidence is about.
func TestDescribedMachine(t *testing.T) {
	c := &fact.Case{Question: fact.Question{Protocol: "https", As: "nginx"}}
	if list := For(c, change.New(change.DropDHE, change.Client, "windows", "cmdlets", "machine", "Windows 10 1607"), 2); len(list) != 1 || list[0].Platform != "schannel" {
		t.Errorf("%+v", list)
	}
	if list := For(c, change.New(change.DropDHE, change.Client), 2); slices.ContainsFunc(list, func(a Advice) bool { return a.Platform == "schannel" }) {
		t.Errorf("without one: %+v", list)
	}
}
