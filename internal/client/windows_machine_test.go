package client_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/source/conf"
)

// machine is the computer that texts describe, as typed or pasted.
func machine(t *testing.T, texts ...string) fact.Machine {
	t.Helper()
	var settings []fact.Setting
	for _, text := range texts {
		res, ok := conf.Windows("text 1", text)
		if !ok {
			var err error
			if res, err = conf.Read(context.Background(), "evidence", strings.NewReader(text), conf.Options{}); err != nil {
				t.Fatalf("%q: %v", text, err)
			}
		}
		settings = append(settings, res.Settings...)
	}
	m, ok := client.WindowsMachine(settings)
	if !ok {
		t.Fatalf("%q describes no machine", texts)
	}
	return m
}

// TestRepairTable: each row of KB4557473's two lists, and beside it the build or the edition that is just on the other side of it.
// The revisions around the repair are those of the release history of 14393: 3504 (11 February 2020), 3542 (25 February),
// 3564 (10 March).
func TestRepairTable(t *testing.T) {
	for _, c := range []struct {
		text     string
		repaired fact.Tri
		by       fact.RepairBy
	}{
		// with the repair
		{"Windows Server 2016 14393.3542", fact.Yes, fact.ByRevision},
		{"Windows Server 2016 14393.3541", fact.No, fact.ByRevision},
		{"Windows Server 2016 14393.3504", fact.No, fact.ByRevision},
		{"Windows Server 2016 14393.3564", fact.Yes, fact.ByRevision},
		{"Windows Server 2016 14393.8066", fact.Yes, fact.ByRevision}, // an update that replaces them
		{"Windows Server 2016 14393.0", fact.Unknown, fact.ByNothing}, // 0 stands for a revision that was not looked up
		{"Windows Server 2019", fact.Yes, fact.ByRelease},
		{"Windows Server 2019 17763.1", fact.Yes, fact.ByRelease},
		{"Windows Server 2022 20348.169", fact.Yes, fact.ByRelease},
		{"Windows Server 2025", fact.Yes, fact.ByRelease},
		{"Windows 10 1511", fact.Yes, fact.ByRelease},
		{"Windows 10 1607", fact.Yes, fact.ByRelease}, // the desktop of 14393 has had it from the start
		{"Windows 10 14393.0", fact.Yes, fact.ByRelease},
		{"Windows 10 1607 14393.3300", fact.Yes, fact.ByRelease},
		{"Windows 10 22H2", fact.Yes, fact.ByRelease},
		{"Windows 11", fact.Yes, fact.ByRelease},
		{"Windows 11 24H2", fact.Yes, fact.ByRelease},
		// without
		{"Windows 10 1507", fact.No, fact.ByRelease},
		{"Windows 10 10240.20766", fact.No, fact.ByRelease},
		{"Windows 10 10586.0", fact.Yes, fact.ByRelease},
		{"Windows 8.1", fact.No, fact.ByRelease},
		{"Windows 8", fact.No, fact.ByRelease},
		{"Windows 7", fact.No, fact.ByRelease},
		{"Windows 7 SP1 7601", fact.No, fact.ByRelease},
		{"Windows Server 2012 R2", fact.No, fact.ByRelease},
		{"Windows Server 2012", fact.No, fact.ByRelease},
		{"Windows Server 2008 R2", fact.No, fact.ByRelease},
		{"Windows Server 2008", fact.No, fact.ByRelease},
		{"6.3.9600.21620", fact.No, fact.ByRelease},
		// not told
		{"Windows Server 2016", fact.Unknown, fact.ByNothing},
		{"Windows Server 2016 Standard 1607", fact.Unknown, fact.ByNothing},
		{"Windows 10", fact.Unknown, fact.ByNothing},
		{"10.0.14393", fact.Unknown, fact.ByNothing},
		{"10.0.14393.3300", fact.Unknown, fact.ByNothing}, // Windows 10 is, Server 2016 is not
		{"10.0.14393.3542", fact.Yes, fact.ByRevision},    // both are
		{"10.0.14393.3541", fact.Unknown, fact.ByNothing},
		{"Microsoft Windows NT 10.0.14393.0", fact.Unknown, fact.ByNothing},
		{"10.0.10240", fact.No, fact.ByRelease},
		{"10.0.10586", fact.Yes, fact.ByRelease},
		{"Microsoft Windows [Version 10.0.17763.5329]", fact.Yes, fact.ByRelease},
	} {
		m := machine(t, c.text)
		if m.Repaired != c.repaired || m.By != c.by {
			t.Errorf("%s: %v by %q, want %v by %q (%s %s, server %v)", c.text, m.Repaired, m.By, c.repaired, c.by, m.Product, m.Build, m.Server)
		}
	}
}

// TestRepairUpdates: systeminfo tells no revision; the updates it lists decide where they can. KB4537806 and KB4540670 are of the
// KB's table, KB5034119 replaced them in January 2024, KB4537764 is the last cumulative update before them.
func TestRepairUpdates(t *testing.T) {
	const head = "Host Name:                 DB1\nOS Name:                   Microsoft Windows %s\nOS Version:                10.0.14393 N/A Build 14393\nHotfix(s):  \n"
	const server = "Server 2016 Standard"
	for _, c := range []struct {
		edition  string
		updates  []string
		repaired fact.Tri
		by       fact.RepairBy
		update   string
	}{
		{server, []string{"KB3199986", "KB4537806"}, fact.Yes, fact.ByUpdate, "KB4537806"},
		{server, []string{"KB4540670"}, fact.Yes, fact.ByUpdate, "KB4540670"},
		{server, []string{"KB4049065", "KB5034119"}, fact.Yes, fact.ByUpdate, "KB5034119"},
		{server, []string{"KB3199986", "KB4520724", "KB4537764"}, fact.No, fact.ByUpdates, ""},
		{server, []string{"KB4537805"}, fact.No, fact.ByUpdates, ""},
		{server, []string{"KB3199986", "KB5032391"}, fact.Unknown, fact.ByNothing, ""}, // a servicing stack: it tells nothing
		{server, nil, fact.Unknown, fact.ByNothing, ""},
		{"10 Pro", nil, fact.Yes, fact.ByRelease, ""}, // of the desktop no update is needed
	} {
		text := strings.Replace(head, "%s", c.edition, 1)
		for i, u := range c.updates {
			text += "                           [0" + string(rune('1'+i)) + "]: " + u + "\n"
		}
		m := machine(t, text)
		if m.Repaired != c.repaired || m.By != c.by || m.Update != c.update || m.Name != "DB1" {
			t.Errorf("%s %v: %v by %q %s (%+v)", c.edition, c.updates, m.Repaired, m.By, m.Update, m)
		}
	}
	cut := machine(t, "WindowsProductName : Windows Server 2016 Standard\nOsVersion : 10.0.14393\nOsHotFixes : {KB3192137, KB4049065, KB4103720, ...}\n")
	if cut.Repaired != fact.Unknown {
		t.Errorf("a list that was cut decides: %+v", cut)
	}
}

// TestRepairTools: one computer as each of its tools tells it; German and Japanese labels are those of real machines.
func TestRepairTools(t *testing.T) {
	const export = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\r\n" +
		"\"ProductName\"=\"Windows Server 2016 Standard\"\r\n\"ReleaseId\"=\"1607\"\r\n\"CurrentBuild\"=\"14393\"\r\n\"UBR\"=dword:00000%s\r\n"
	for name, c := range map[string]struct {
		text, build, product string
		repaired             fact.Tri
	}{
		"export before": {strings.Replace(export, "%s", "dd5", 1), "10.0.14393.3541", "Windows Server 2016 Standard", fact.No},
		"export at":     {strings.Replace(export, "%s", "dd6", 1), "10.0.14393.3542", "Windows Server 2016 Standard", fact.Yes},
		"Windows 11's registry": {"\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\n    CurrentBuild    REG_SZ    22631\n    ProductName    REG_SZ    Windows 10 Pro\n",
			"10.0.22631", "Windows 11 Pro", fact.Yes},
		"winver":         {"Microsoft Windows Server\nVersion 1607 (OS Build 14393.3300)\n© 2016 Microsoft Corporation. All rights reserved.", "10.0.14393.3300", "Windows Server 2016", fact.No},
		"winver desktop": {"Microsoft Windows\nVersion 22H2 (OS Build 19045.3930)", "10.0.19045.3930", "Windows 10 22H2", fact.Yes},
		"winver, Japanese": {"Microsoft Windows Server\nバージョン 1607 (OS ビルド 14393.3542)\n© 2016 Microsoft Corporation. All rights reserved.",
			"10.0.14393.3542", "Windows Server 2016", fact.Yes},
		"ver": {"Microsoft Windows [Version 6.3.9600]", "6.3.9600", "Windows 8.1 or Server 2012 R2", fact.No},
		"systeminfo, Japanese": {"ホスト名:               DBSV01\nOS 名:                  Microsoft Windows Server 2012 R2 Standard\nOS バージョン:          6.3.9600 N/A ビルド 9600\n",
			"6.3.9600", "Windows Server 2012 R2 Standard", fact.No},
		"systeminfo, German": {"Hostname:                                      DB1\nBetriebssystemname:                            Microsoft Windows 10 Pro\n" +
			"Betriebssystemversion:                         10.0.19042 Nicht zutreffend Build 19042\n", "10.0.19042", "Windows 10 Pro", fact.Yes},
		"Get-ComputerInfo": {"WindowsBuildLabEx : 14393.3686.amd64fre.rs1_release.200504-1524\nWindowsProductName : Windows Server 2016 Standard\nOsVersion : 10.0.14393\n",
			"10.0.14393.3686", "Windows Server 2016 Standard", fact.Yes}, // its kernel is of May 2020
		"Get-ComputerInfo, old kernel": {"WindowsBuildLabEx : 14393.3297.amd64fre.rs1_release.191001-1045\nWindowsProductName : Windows Server 2016 Standard\nOsVersion : 10.0.14393\n",
			"10.0.14393", "Windows Server 2016 Standard", fact.Unknown}, // updates need not touch the kernel
	} {
		m := machine(t, c.text)
		if m.Build != c.build || m.Product != c.product || m.Repaired != c.repaired {
			t.Errorf("%s: %s, %s, %v; want %s, %s, %v", name, m.Product, m.Build, m.Repaired, c.product, c.build, c.repaired)
		}
	}
}

// TestContradictions: a name and numbers of different releases are told as such and judged by neither. Which build is which release is
// that of Microsoft's release information; a desktop of build 22000 and later is called Windows 10 by its own registry, XP of 64 bits is
// 5.2.3790, and LTSB and LTSC have a year.
func TestContradictions(t *testing.T) {
	for _, c := range []struct {
		text string
		says string // "": none
	}{
		{"Windows Server 2019 14393.3300", "10.0.14393 is Windows 10 1607 or Server 2016"},
		{"Windows Server 2022 14393", "10.0.14393 is"},
		{"Windows Server 2016 17763.1", "10.0.17763 is Windows 10 1809 or Server 2019"},
		{"Windows 10 20348", "10.0.20348 is Windows Server 2022"},
		{"Windows 11 19045", "10.0.19045 is Windows 10 22H2"},
		{"Windows Server 2012 9600", "6.3.9600 is Windows 8.1 or Server 2012 R2"},
		{"Windows Server 2012 R2 9200", "6.2.9200 is Windows 8 or Server 2012"},
		{"Windows Server 2019 1607", "there is no version 1607"},
		{"Windows 10 1607 17763", "version 1607 is another release"},
		{"Windows Server 2016 10.0.14393 build 17763", "the builds 17763 and 14393"},
		{"Windows Server 2016 14393.3300 14393.3542", "the revisions 3300 and 3542"},
		{"Windows Server 2016 2019", "the names 2016 and 2019"},
		{"Windows Server 2019 17763.5329", ""},
		{"Windows Server 2016 14393.3300", ""},
		{"Windows Server 2016 14393.3300 build 14393", ""},
		{"Windows Server 2019 1809", ""},
		{"Windows Server 2022 21H2 20348.169", ""},
		{"Windows Server 2022 25398", ""}, // the yearly channel between two releases
		{"Windows Server 2012 R2 9600.20000", ""},
		{"Windows Server 2008 R2 7601", ""},
		{"Windows Server 2008 6003", ""},
		{"Windows 10 22631", ""},
		{"Windows 10 Enterprise 14393.3300", ""},
		{"OS Name:  Microsoft Windows 10 Enterprise 2016 LTSB\nOS Version:  10.0.14393 N/A Build 14393\n", ""},
		{"OS Name:  Microsoft Windows 10 Enterprise LTSC 2019\nOS Version:  10.0.17763 N/A Build 17763\n", ""},
		{"OS Name:  Microsoft Windows XP Professional\nOS Version:  5.2.3790 Service Pack 2 Build 3790\n", ""},
		{"OS Name:  Microsoft Hyper-V Server 2016\nOS Version:  10.0.14393 N/A Build 14393\n", ""},
		{"OS Name:  Microsoft Windows Small Business Server 2011 Standard\nOS Version:  6.1.7601 Service Pack 1 Build 7601\n", ""},
		{"10.0.99999", ""}, // newer than what is known here
	} {
		m := machine(t, c.text)
		if (m.Contradiction == "") != (c.says == "") || !strings.Contains(m.Contradiction, c.says) {
			t.Errorf("%s: %q, want %q", c.text, m.Contradiction, c.says)
		}
		if c.says != "" && (m.Repaired != fact.Unknown || m.By != fact.ByNothing || m.Order.From != "") {
			t.Errorf("%s is judged: %+v", c.text, m)
		}
	}
}

// TestTypedUpdates: an update that is named decides where it holds the repair, and none that is older does, as more may be installed.
func TestTypedUpdates(t *testing.T) {
	for text, want := range map[string]fact.Tri{
		"Windows Server 2016 with KB4537806": fact.Yes, "Windows Server 2016 with KB5034119": fact.Yes, "Windows Server 2016 with KB4537764": fact.Unknown,
		"Windows Server 2016 14393.3300 with KB4537806": fact.No, // the build is what runs
		"Windows Server 2012 R2 9600.20000":             fact.No, "Microsoft Windows Server 2016 Datacenter 10.0.14393 N/A Build 14393": fact.Unknown,
	} {
		if m := machine(t, text); m.Repaired != want {
			t.Errorf("%s: %v by %q, want %v", text, m.Repaired, m.By, want)
		}
	}
}
