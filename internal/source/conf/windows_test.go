package conf

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"
)

// told is what a reader gives, one setting a word.
func told(res Result) string {
	var out []string
	for _, s := range res.Settings {
		out = append(out, s.Name+"="+s.Value())
	}
	return strings.Join(out, " ")
}

// TestWindowsVersions: versions as people write them, and as ver, winver and .NET print them.
func TestWindowsVersions(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Windows Server 2016 14393.3300", "ProductName=Windows Server 2016 CurrentBuild=14393 UBR=3300"},
		{"windows server 2016 standard", "ProductName=Windows Server 2016 Standard"},
		{"Windows 10 1607", "ProductName=Windows 10 ReleaseId=1607"},
		{"Windows10 22h2", "ProductName=Windows 10 ReleaseId=22H2"},
		{"WindowsServer2016", "ProductName=Windows Server 2016"},
		{"Windows 2012R2", "ProductName=Windows 2012 R2"},
		{"win7 sp1", "ProductName=Windows 7 SP1"},
		{"10.0.14393.3542", "Version=10.0.14393.3542"},
		{"6.3.9600", "Version=6.3.9600"},
		{"14393.3300", "CurrentBuild=14393 UBR=3300"},
		{"Microsoft Windows [Version 10.0.14393.3300]", "Version=10.0.14393.3300"},
		{"Microsoft Windows [バージョン 10.0.14393.3300]\n(c) 2016 Microsoft Corporation. All rights reserved.\n\nC:\\Users\\db>", "Version=10.0.14393.3300"},
		{"Microsoft Windows [\x83o\x81[\x83W\x83\x87\x83\x93 10.0.14393.3300]", "Version=10.0.14393.3300"}, // code page 932
		{"Microsoft Windows [版本 10.0.19045.3930]", "Version=10.0.19045.3930"},
		{"Microsoft Windows Server\nVersion 1607 (OS Build 14393.3300)\n© 2016 Microsoft Corporation. All rights reserved.", "ProductName=Windows Server ReleaseId=1607 CurrentBuild=14393 UBR=3300"},
		{"Windows Server 2016 Standard Version 1607 (OS ビルド 14393.3300)", "ProductName=Windows Server 2016 Standard ReleaseId=1607 CurrentBuild=14393 UBR=3300"},
		{"Microsoft Windows NT 10.0.14393.0", "Version=10.0.14393.0"},
		{"Windows 8.1 build 9600", "ProductName=Windows 8.1 CurrentBuild=9600"},
		{"Windows Server 2012 R2 9600.20000", "ProductName=Windows Server 2012 R2 CurrentBuild=9600 UBR=20000"},
		{"Windows 7 7601.24214", "ProductName=Windows 7 CurrentBuild=7601 UBR=24214"},
		// what is typed about updates is not the whole list of them
		{"Windows Server 2016 with KB4537806", "ProductName=Windows Server 2016 HotFix=KB4537806 HotFix=..."},
		{"Windows Server 2016 (kb4537764, KB4540670 installed)", "ProductName=Windows Server 2016 HotFix=KB4537764 HotFix=KB4540670 HotFix=..."},
		{"Windows Server 2016 + KB5034119", "ProductName=Windows Server 2016 HotFix=KB5034119 HotFix=..."},
		// the values of systeminfo's lines, put together
		{"Microsoft Windows Server 2016 Datacenter 10.0.14393 N/A Build 14393", "ProductName=Windows Server 2016 Datacenter Version=10.0.14393"},
		{"Microsoft Windows 10 Pro 10.0.19042 Nicht zutreffend Build 19042", "ProductName=Windows 10 Pro Version=10.0.19042"},
		{"Microsoft Windows Server 2012 R2 Standard 6.3.9600 N/A ビルド 9600", "ProductName=Windows Server 2012 R2 Standard Version=6.3.9600"},
	} {
		res, ok := Windows("text 1", c.text)
		if got := told(res); !ok || got != c.want {
			t.Errorf("%q: %v %s, want %s", c.text, ok, got, c.want)
		}
	}
}

// TestNoWindowsVersions: addresses, versions of other products and sentences are none.
func TestNoWindowsVersions(t *testing.T) {
	for _, text := range []string{"", "Windows", "Windows Server", "10.0.0.1", "10.0.143.33", "10.0.1600.22", "12345.678", "16.0.1000.6", "db.example.test", "2016",
		"Windows Server 2016 cannot connect to Windows Server 2019", "SQL Server 2016 13.0.5026", "An existing connection was forcibly closed by the remote host.",
		"curl 8.4.0 (Windows) libcurl/8.4.0 Schannel", "Microsoft Windows [Version 10.0.19045.3930]\nC:\\>sqlcmd -S db\nSqlcmd: Error: TCP Provider", "Server=db;Encrypt=True",
		"OS Version: 10.0.14393 N/A Build 17763\nHost: a", "KB4537806", "9600.20000", "with KB4537806", "Windows Server 2016 without KB4537806",
		"Windows Server 2016 with Windows Server 2019", "Windows Server 2016 and updates", "Windows Server 2016 fails with KB4537806",
		"Microsoft Windows Server 2016 10.0.14393 N/A Build 17763",
		"Product: shop\nVersion: 2.1.0\nBuild: 14393\n"} {
		if res, ok := Windows("text 1", text); ok {
			t.Errorf("%q: %s", text, told(res))
		}
	}
}

// systeminfo prints labels in the language of the system, and its values in one form. The labels are those of real machines.
const (
	systeminfoEnglish = "\r\nHost Name:                 SHIELD\r\nOS Name:                   Microsoft Windows Server 2016 Standard\r\nOS Version:                10.0.14393 N/A Build 14393\r\n" +
		"OS Manufacturer:           Microsoft Corporation\r\nOS Configuration:          Member Server\r\nProcessor(s):              1 Processor(s) Installed.\r\n" +
		"                           [01]: AMD64 Family 23 Model 1 Stepping 2 AuthenticAMD ~2000 Mhz\r\nBIOS Version:              VMware, Inc. VMW71.00V.13989454.B64.1906190538, 6/19/2019\r\n" +
		"Domain:                    MEGACORP.LOCAL\r\nHotfix(s):                 3 Hotfix(s) Installed.\r\n                           [01]: KB3199986\r\n                           [02]: KB4520724\r\n" +
		"                           [03]: KB4537764\r\nNetwork Card(s):           1 NIC(s) Installed.\r\n                           [01]: vmxnet3 Ethernet Adapter\r\n" +
		"                                 [01]: 10.10.10.29\r\n"
	systeminfoJapanese = "\nホスト名:               DBSV01\nOS 名:                  Microsoft Windows Server 2016 Standard\nOS バージョン:          10.0.14393 N/A ビルド 14393\n" +
		"OS 製造元:              Microsoft Corporation\nOS 構成:                スタンドアロン サーバー\nホットフィックス:       2 ホットフィックスがインストールされています。\n" +
		"                        [01]: KB4049065\n                        [02]: KB4540670\n"
	systeminfoGerman = "Hostname:                                      DB1\nBetriebssystemname:                            Microsoft Windows 10 Pro\n" +
		"Betriebssystemversion:                         10.0.19042 Nicht zutreffend Build 19042\nBetriebssystemhersteller:                      Microsoft Corporation\n"
	systeminfoFrench = "Nom de l’hôte:                              LAPTOP-6LNI85PH\nNom du système d’exploitation:              Microsoft Windows 10 Famille\n" +
		"Version du système:                         10.0.18363 N/A version 18363\nFabricant du système d’exploitation:        Microsoft Corporation\n"
	systeminfoOld = "Host Name:                 WEB\nOS Name:                   Microsoft Windows Server 2008 R2 Standard \nOS Version:                6.1.7601 Service Pack 1 Build 7601\n"
	systeminfoCSV = `"Host Name","OS Name","OS Version","Hotfix(s)"` + "\n" +
		`"DB","Microsoft Windows Server 2016 Standard","10.0.14393 N/A Build 14393","2 Hotfix(s) Installed.,[01]: KB4049065,[02]: KB4540670"` + "\n"
	computerInfo = "\nWindowsBuildLabEx                                       : 14393.3686.amd64fre.rs1_release.200504-1524\n" +
		"WindowsCurrentVersion                                   : 6.3\nWindowsInstallationType                                 : Server Core\n" +
		"WindowsProductName                                      : Windows Server 2016 Standard\nWindowsRegisteredOwner                                  : Windows User\n" +
		"OsVersion                                               : 10.0.14393\nOsHotFixes                                              : {KB3192137, KB4049065, KB4103720, ...}\n"
	regQuery = "\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\n    CurrentBuild    REG_SZ    14393\n    ProductName    REG_SZ    Windows Server 2016 Standard\n" +
		"    UBR    REG_DWORD    0xce4\n\n"
)

func TestWindowsTools(t *testing.T) {
	// what a Japanese console writes to a file: code page 932
	shiftJIS := "\x83z\x83X\x83g\x96\xbc:               DBSV01\r\nOS \x96\xbc:                  Microsoft Windows Server 2016 Standard\r\n" +
		"OS \x83o\x81[\x83W\x83\x87\x83\x93:          10.0.14393 N/A \x83r\x83\x8b\x83h 14393\r\n\x83z\x83b\x83g\x83t\x83B\x83b\x83N\x83X:       1\r\n                        [01]: KB4540670\r\n"
	for name, c := range map[string]struct{ text, want string }{
		"English":   {systeminfoEnglish, "ComputerName=SHIELD ProductName=Microsoft Windows Server 2016 Standard Version=10.0.14393 HotFix=KB3199986 HotFix=KB4520724 HotFix=KB4537764"},
		"Japanese":  {systeminfoJapanese, "ComputerName=DBSV01 ProductName=Microsoft Windows Server 2016 Standard Version=10.0.14393 HotFix=KB4049065 HotFix=KB4540670"},
		"UTF-16":    {wideText(systeminfoJapanese), "ComputerName=DBSV01 ProductName=Microsoft Windows Server 2016 Standard Version=10.0.14393 HotFix=KB4049065 HotFix=KB4540670"},
		"Shift_JIS": {shiftJIS, "ComputerName=DBSV01 ProductName=Microsoft Windows Server 2016 Standard Version=10.0.14393 HotFix=KB4540670"},
		"German":    {systeminfoGerman, "ComputerName=DB1 ProductName=Microsoft Windows 10 Pro Version=10.0.19042"},
		"French":    {systeminfoFrench, "ComputerName=LAPTOP-6LNI85PH ProductName=Microsoft Windows 10 Famille Version=10.0.18363"},
		"2008 R2":   {systeminfoOld, "ComputerName=WEB ProductName=Microsoft Windows Server 2008 R2 Standard Version=6.1.7601"},
		"CSV":       {systeminfoCSV, "Version=10.0.14393 HotFix=KB4049065 HotFix=KB4540670 ProductName=Microsoft Windows Server 2016 Standard"},
		"Get-ComputerInfo": {computerInfo, "BuildLabEx=14393.3686.amd64fre.rs1_release.200504-1524 InstallationType=Server Core WindowsProductName=Windows Server 2016 Standard " +
			"Version=10.0.14393 HotFix=KB3192137 HotFix=KB4049065 HotFix=KB4103720 HotFix=..."},
		"reg query":    {regQuery, "CurrentBuild=14393 ProductName=Windows Server 2016 Standard UBR=3300"},
		"findstr":      {"OS 名:                  Microsoft Windows 10 Pro\nOS バージョン:          10.0.19045 N/A ビルド 19045\n", "ProductName=Microsoft Windows 10 Pro Version=10.0.19045"},
		"CIM, as list": {"Caption     : Microsoft Windows Server 2016 Standard\nVersion     : 10.0.14393\nBuildNumber : 14393\n", "ProductName=Microsoft Windows Server 2016 Standard Version=10.0.14393 CurrentBuild=14393"},
		"wmic /value":  {"Caption=Microsoft Windows Server 2016 Standard\r\r\nVersion=10.0.14393\r\r\n", "ProductName=Microsoft Windows Server 2016 Standard Version=10.0.14393"},
	} {
		res, err := Read(context.Background(), "evidence", strings.NewReader(c.text), Options{})
		if got := told(res); err != nil || res.Dialect != "Windows" || got != c.want {
			t.Errorf("%s: %q %v\n%s, want\n%s", name, res.Dialect, err, got, c.want)
		}
		if typed, ok := Windows("text 1", c.text); !ok || told(typed) != c.want {
			t.Errorf("%s, typed: %s", name, told(typed))
		}
	}
}

// TestWindowsRegistry: the key of the version in an export, beside what decides about TLS; its many other values are none that
// are misspelt.
func TestWindowsRegistry(t *testing.T) {
	text := "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\r\n\"ProductName\"=\"Windows Server 2016 Standard\"\r\n" +
		"\"CurrentBuild\"=\"14393\"\r\n\"BuildLab\"=\"14393.rs1_release\"\r\n\"ProductId\"=\"00376-1\"\r\n\"CurrentType\"=\"Multiprocessor Free\"\r\n\"RegisteredOwner\"=\"somebody\"\r\n" +
		"\"UBR\"=dword:00000ce4\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon]\r\n\"Shell\"=\"explorer.exe\"\r\n"
	res, err := Read(context.Background(), "a.reg", strings.NewReader(text), Options{})
	if got := told(res); err != nil || res.Dialect != "reg" || got != "ProductName=Windows Server 2016 Standard CurrentBuild=14393 UBR=3300" {
		t.Errorf("%v %s", err, got)
	}
	for _, s := range res.Settings {
		if s.Unknown || s.Scope[0] != "Windows NT" {
			t.Errorf("%+v", s)
		}
	}
}

// FuzzWindows: any text ends, and gives no more than it was given.
func FuzzWindows(f *testing.F) {
	for _, seed := range []string{systeminfoEnglish, systeminfoJapanese, systeminfoCSV, computerInfo, regQuery, "Windows Server 2016 14393.3300", "Windows 10.0.14393.1 2 3",
		"[01]: KB1\n[01]: KB4540670" + strings.Repeat(" [01]: KB4540670", 50), ": Microsoft Windows", "UBR : \nUBR=\n", "\xff\xfeW\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		res, ok := Windows("text 1", text)
		if ok != (len(res.Settings) > 0) {
			t.Fatalf("%v, %d settings", ok, len(res.Settings))
		}
		bytes := 0
		for _, s := range res.Settings {
			bytes += len(s.Value())
			if s.Dialect != "Windows" || s.Unknown || s.Ref.At == "" || utf8.ValidString(text) && !utf8.ValidString(s.Value()) {
				t.Fatalf("%+v", s)
			}
		}
		if bytes > 3*len(text)+64 {
			t.Fatalf("%d bytes of values out of %d", bytes, len(text))
		}
	})
}

// TestWindowsBounds: what a machine lists without end is kept as far as it can matter.
func TestWindowsBounds(t *testing.T) {
	long := strings.TrimSuffix(systeminfoJapanese, "\n") + strings.Repeat("\n                        [01]: KB4540670", 50_000)
	res, err := Read(context.Background(), "systeminfo.txt", strings.NewReader(long), Options{})
	if n := len(res.Settings); err != nil || n != 3+maxWindowsUpdates {
		t.Errorf("%v, %d settings", err, n)
	}
	one := "OsVersion : 10.0.14393\nOsHotFixes : {" + strings.Repeat("KB4540670, ", 5000) + "...}\n"
	if res, ok := Windows("text 1", one); !ok || len(res.Settings) > 2+maxWindowsUpdates {
		t.Errorf("%v, %d settings", ok, len(res.Settings))
	}
	if _, ok := Windows("text 1", strings.Repeat("Windows Server 2016 ", 1000)); ok {
		t.Error("a version of 20,000 characters is taken for one")
	}
}
