package conf

import (
	"context"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/words"
)

// windows reads what Windows tells about itself: systeminfo in any language (its labels are translated, the form of its values
// is not), Get-ComputerInfo, Get-CimInstance Win32_OperatingSystem, and "reg query" or Get-ItemProperty of the key that holds
// the version. The settings have the names of that key: ProductName, CurrentBuild, UBR, ReleaseId; Version is all parts that
// were told, HotFix one update, ComputerName the computer's own name.
var windows = dialect{ID: "Windows", sniff: sniffWindows, read: readWindows}

// windowsNames are the names of the tools for what the registry calls otherwise.
var windowsNames = map[string]string{
	"ProductName": "ProductName", "WindowsProductName": "WindowsProductName", "OsName": "ProductName", "Caption": "ProductName",
	"CurrentBuild": "CurrentBuild", "CurrentBuildNumber": "CurrentBuild", "OsBuildNumber": "CurrentBuild", "BuildNumber": "CurrentBuild",
	"OsVersion": "Version", "Version": "Version", "UBR": "UBR", "WindowsUBR": "UBR", "BuildLabEx": "BuildLabEx", "WindowsBuildLabEx": "BuildLabEx",
	"ReleaseId": "ReleaseId", "WindowsVersion": "ReleaseId", "DisplayVersion": "ReleaseId", "OSDisplayVersion": "ReleaseId",
	"InstallationType": "InstallationType", "WindowsInstallationType": "InstallationType", "OsProductType": "InstallationType",
	"OsHotFixes": "HotFix", "CsName": "ComputerName", "CSName": "ComputerName", "CsDNSHostName": "ComputerName",
}

var (
	// "10.0.14393 N/A Build 14393", "6.3.9600 Nicht zutreffend Build 9600", "6.1.7601 Service Pack 1 Build 7601": the version, words
	// of the system's language in the code page of its console, and the build again.
	systeminfoVersion = words.Pattern(`\b(\d{1,2}\.\d\.(\d{4,5}))\s+[^",]{1,40}?\s(\d{4,5})\b`)
	systeminfoProduct = words.Pattern(`(?::\s*|")(Microsoft\S*\s+(?:Windows|Hyper-V)[^",]*)`)
	systeminfoUpdate  = words.Pattern(`\[\d{1,4}\]:\s*(KB\d{5,8})\b`)
	windowsUpdate     = words.Pattern(`\bKB\d{5,8}\b`)
	regQueryLine      = words.Pattern(`^\s+(\w+)\s+REG_(SZ|EXPAND_SZ|DWORD)\s+(\S.*)$`)
	windowsKeyed      = words.Pattern(`^\s*([A-Za-z]\w{2,40})\s*[:=]\s*(\S.*)$`)
)

// windowsBuild is a version of Windows: 10.0 with five digits behind, 6.0 to 6.3 and 5.x with four.
var windowsBuild = words.Pattern(`^(?:10\.0\.\d{5}|6\.[0-3]\.\d{4}|5\.[0-2]\.\d{4})(?:\.\d{1,6})?$`)

// maxWindowsUpdates is how many updates are kept of one machine.
const maxWindowsUpdates = 1000

// windowsPairs are the names and values that one line tells.
func windowsPairs(text string) (out [][2]string) {
	if m := systeminfoVersion().FindStringSubmatch(text); m != nil && m[2] == m[3] {
		out = append(out, [2]string{"Version", m[1]})
	}
	for _, m := range systeminfoUpdate().FindAllStringSubmatch(text, maxWindowsUpdates) {
		out = append(out, [2]string{"HotFix", m[1]})
	}
	if m := regQueryLine().FindStringSubmatch(text); m != nil && windowsNames[m[1]] != "" {
		return append(out, [2]string{windowsNames[m[1]], regQueryValue(m[2], m[3])})
	}
	if m := windowsKeyed().FindStringSubmatch(text); m != nil && windowsNames[m[1]] != "" && len(out) == 0 {
		return windowsProperty(windowsNames[m[1]], strings.TrimSpace(m[2]))
	}
	if m := systeminfoProduct().FindStringSubmatch(text); m != nil {
		out = append(out, [2]string{"ProductName", strings.TrimSpace(m[1])})
	}
	return out
}

// windowsProperty is one property of an object as PowerShell prints it. A list that it cuts has "..." as its last.
func windowsProperty(name, value string) (out [][2]string) {
	switch {
	case name == "Version" && !windowsBuild().MatchString(value):
		return nil
	case name != "HotFix":
		return [][2]string{{name, value}}
	}
	for _, update := range windowsUpdate().FindAllString(value, maxWindowsUpdates) {
		out = append(out, [2]string{name, update})
	}
	if strings.Contains(value, "...") || strings.Contains(value, "…") {
		out = append(out, [2]string{name, "..."})
	}
	return out
}

func regQueryValue(kind, value string) string {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseUint(strings.TrimPrefix(value, "0x"), 16, 32); kind == "DWORD" && err == nil {
		return strconv.FormatUint(n, 10)
	}
	return value
}

// sniffWindows: nearly all lines are a label with a value, or go on with one, and they tell a version and something else.
func sniffWindows(_ string, head []byte) int {
	text := decode(head)
	if _, ok := windowsVersion(text); ok {
		return 90
	}
	told, lines, formed := map[string]bool{}, 0, 0
	for _, line := range numbered(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		lines++
		if strings.ContainsAny(line, ":=") || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "HKEY_") || strings.HasPrefix(line, `"`) {
			formed++
		}
		for _, pair := range windowsPairs(line) {
			told[pair[0]] = true
		}
	}
	version := told["Version"] || told["CurrentBuild"] || told["BuildLabEx"]
	if !version || formed*10 < lines*8 || len(told) == 1 && lines > 1 {
		return 0
	}
	return 95
}

func readWindows(r *reader, f file) {
	if list, ok := windowsVersion(f.text); ok {
		for _, pair := range list {
			r.add(f, 0, nil, pair[0], pair[1])
		}
		return
	}
	before, updates := "", 0
	for n, text := range numbered(f.text) {
		for _, pair := range windowsPairs(text) {
			if pair[0] == "HotFix" {
				updates++
			}
			if updates > maxWindowsUpdates {
				continue
			}
			if name := hostLine(before); pair[0] == "ProductName" && name != "" {
				r.add(f, n-1, nil, "ComputerName", name)
			}
			r.add(f, n, nil, pair[0], pair[1])
		}
		before = text
	}
}

// hostLine is the computer's name where the line is that of systeminfo which tells it: the one above the product's.
func hostLine(text string) string {
	_, value, _ := strings.Cut(text, ":")
	if value = strings.TrimSpace(value); len(value) <= 15 && !strings.ContainsAny(value, " \t:") && windowsPairs(text) == nil {
		return value
	}
	return ""
}

// Windows reads what somebody typed or pasted about a Windows computer: a version ("Windows Server 2016 14393.3300",
// "10.0.14393.3542", what ver and winver print), or what one of its tools printed. at is how the place is called. False: the
// text is about something else.
func Windows(at, text string) (Result, bool) {
	if len(text) > defaultFile || sniffWindows("", []byte(text)) == 0 {
		return Result{}, false
	}
	r := newReader(context.Background(), at, Options{})
	r.res.Dialect, r.res.Files = windows.ID, 0
	windows.read(r, file{name: at, text: decode([]byte(text))})
	return r.res, len(r.res.Settings) > 0
}
