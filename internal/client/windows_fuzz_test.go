package client_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/source/conf"
)

// FuzzWindowsMachine: any description gives a machine of bounded size; what says that it is repaired, or is not, names why; and meeting
// itself it finds no suite that it does not have.
func FuzzWindowsMachine(f *testing.F) {
	for _, seed := range []string{"Windows Server 2016 14393.3300", "10.0.14393.3542", "Windows 7 SP1 7601", "ProductName : Windows 10\nCurrentBuild : 22631\nUBR : 1\n",
		"OS Name:  Microsoft Windows Server 2016\nOS Version: 10.0.14393 N/A Build 14393\n [01]: KB4537806\n", "Caption : \u00a0Windows\nVersion : 10.0.99999.999999\n",
		"UBR : 99999999999\nBuildLabEx : 14393.999999999.x\n", "OsHotFixes : {KB4537805, ...}\nOsVersion : 10.0.14393\nOsName : Microsoft Windows Server\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		res, _ := conf.Windows("text 1", text)
		m, ok := client.WindowsMachine(res.Settings)
		switch {
		case !ok && (m.Build != "" || m.Product != "" || m.Order.From != ""):
			t.Fatalf("none: %+v", m)
		case len(m.Product) > 120 || len(m.Build) > 40 || len(m.Updates) > 1000:
			t.Fatalf("too much: %+v", m)
		case (m.Repaired == fact.Unknown) != (m.By == fact.ByNothing):
			t.Fatalf("%v by %q", m.Repaired, m.By)
		case m.By == fact.ByUpdate && !strings.Contains(text, m.Update):
			t.Fatalf("%s is nowhere", m.Update)
		}
		if met, known := client.Meet(m, m); known && met.Suite != 0 && !slices.Contains(m.Order.Suites, met.Suite) {
			t.Fatalf("%04x of %04x", met.Suite, m.Order.Suites)
		}
	})
}
