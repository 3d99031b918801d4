package conf

import (
	"slices"
	"strings"
	"unicode"

	"github.com/tlswhy/tlswhy/internal/words"
)

// maxVersionText is how long a text can be that names a version and nothing else.
const maxVersionText = 600

// windowsVersion reads a text that is nothing but the name and the numbers of a Windows version: as people write it, as ver
// and winver print it, as .NET's OSVersion says it, with updates behind it or not. Every word must belong to such a name; a sentence is none.
func windowsVersion(text string) (list [][2]string, ok bool) {
	if len(text) > maxVersionText {
		return nil, false
	}
	var v versionWords
	for line := range strings.Lines(text) {
		if !versionNoise().MatchString(strings.TrimSpace(line)) && !v.take(line) {
			return nil, false
		}
	}
	return v.settings()
}

// versionNoise are the lines around a version: the copyright below it and the prompt with the command above it.
var versionNoise = words.Pattern(`^(?:(?:\(c\)|©|Copyright).{0,40}Microsoft.{0,200}|(?:PS )?[A-Za-z]:\\[^>]{0,200}>\s*(?:ver|winver|cmd(?:\.exe)?)?)$`)

// versionWords are the parts of a version's name as they come.
type versionWords struct {
	named     bool     // "Windows" was among them
	product   []string // the words that name the product
	release   string   // "1607", "22H2"
	build     string   // "10.0.14393.3300"
	short     []string // "14393.3300"
	updates   []string // "KB4537806"
	linked    bool     // a word that stands before or behind updates alone was among them: "with"
	afterName bool     // the word before was "Windows"
}

var (
	windowsYears    = []string{"2003", "2008", "2012", "2016", "2019", "2022", "2025"}
	windowsDesktops = []string{"XP", "Vista", "7", "8", "8.1", "10", "11"}
	windowsEditions = []string{"Server", "Standard", "Datacenter", "Enterprise", "Essentials", "Foundation", "Core", "Evaluation", "Home", "Pro", "Professional",
		"Ultimate", "Education", "Workstations", "LTSC", "LTSB", "Azure", "Edition", "R2", "SP1", "SP2", "N"}
	windowsFillers = []string{"microsoft", "nt", "version", "ver", "build", "os", "osbuild", "for", "x64", "x86", "64-bit", "32-bit", "service", "pack", "1", "2",
		"バージョン", "ビルド", "versión", "versione", "versão", "versie", "версия", "版本", "betriebssystembuild", "compilation", "rtm"}
	windowsLinks    = []string{"with", "and", "plus", "installed", "has", "update", "updates", "hotfix", "hotfixes", "patch", "mit", "und", "avec", "et"}
	windowsOld      = []string{"2600", "3790", "6002", "6003", "7600", "7601", "9200", "9600"} // builds of four digits, which could be years otherwise
	windowsReleases = words.Pattern(`^(?:1507|1511|1607|170[39]|180[39]|190[39]|2004|2[0-9]H[12])$`)
	windowsGlued    = words.Pattern(`(?i)\b(win(?:dows)?)(server)?(\d|\b)`)
	windowsVer      = words.Pattern(`\[\S{1,24}\s+(\d{1,2}\.\d\.\d{4,5}(?:\.\d{1,6})?)\]`) // as ver prints it, in the code page of its console
	windowsKnown    = words.Pattern(`^(?:10240|10586|14393|15063|16299|17134|17763|1836[23]|1904[1-5]|20348|22000|22621|22631|25398|26100|26200)\.`)
	windowsShort    = words.Pattern(`^\d{5}\.\d{1,6}$`)
	windowsShortOld = words.Pattern(`^(?:2600|3790|600[23]|760[01]|9[26]00)\.\d{1,6}$`)
	windowsPlain    = words.Pattern(`^\d{4,5}$`)
)

// take takes the words of one line; false at the first that is none of a version's.
func (v *versionWords) take(line string) bool {
	if m := systeminfoVersion().FindStringSubmatch(line); m != nil && m[2] == m[3] {
		line = strings.Replace(line, m[0], " "+m[1]+" ", 1) // without the words of the system's language in it
	}
	line = windowsGlued().ReplaceAllString(windowsVer().ReplaceAllString(line, " $1 "), "$1 $2 $3")
	words := strings.FieldsFunc(line, func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune("[](),;+:®™|", c) })
	for i, w := range words {
		if !v.word(w, slices.Contains(windowsFillers[:6], strings.ToLower(before(words, i)))) {
			return false
		}
	}
	return true
}

func before(words []string, i int) string {
	if i == 0 {
		return ""
	}
	return words[i-1]
}

// word takes one word; numbered says that a number is announced: "Build", "Version".
func (v *versionWords) word(w string, numbered bool) bool {
	after := v.afterName
	v.afterName = false
	low := strings.ToLower(w)
	switch {
	case low == "windows" || low == "win":
		v.named, v.afterName = true, true
	case windowsBuild().MatchString(w):
		v.build = w
	case windowsShort().MatchString(w), v.named && windowsShortOld().MatchString(w):
		v.short = append(v.short, w)
	case v.named && windowsUpdate().FindString(strings.ToUpper(w)) == strings.ToUpper(w):
		v.updates = append(v.updates, strings.ToUpper(w))
	case v.named && slices.Contains(windowsLinks, low):
		v.linked = true
	case after && foldIn(windowsDesktops, w) != "":
		v.product = append(v.product, foldIn(windowsDesktops, w))
	case v.named && slices.Contains(windowsYears, strings.TrimSuffix(low, "r2")):
		v.product = append(v.product, low[:4])
		if len(low) > 4 {
			v.product = append(v.product, "R2")
		}
	case v.named && windowsReleases().MatchString(strings.ToUpper(w)):
		v.release = strings.ToUpper(w)
	case v.named && foldIn(windowsEditions, w) != "":
		v.product = append(v.product, foldIn(windowsEditions, w))
		v.afterName = false
	case windowsPlain().MatchString(w) && v.named && (numbered || len(w) == 5 || slices.Contains(windowsOld, w)):
		v.short = append(v.short, w)
	default:
		return slices.Contains(windowsFillers, low)
	}
	return true
}

func foldIn(list []string, w string) string {
	i := slices.IndexFunc(list, func(s string) bool { return strings.EqualFold(s, w) })
	if i < 0 {
		return ""
	}
	return list[i]
}

// settings are the parts as settings; false when they tell neither a build nor a release.
func (v *versionWords) settings() (list [][2]string, ok bool) {
	told := slices.ContainsFunc(v.product, func(w string) bool { return slices.Contains(windowsYears, w) || slices.Contains(windowsDesktops, w) })
	switch {
	case v.linked && len(v.updates) == 0:
		return nil, false
	case v.build != "" || v.named && (told || v.release != "" || v.short != nil) || windowsKnown().MatchString(strings.Join(v.short, " ")):
	default:
		return nil, false
	}
	if v.named && len(v.product) > 0 {
		list = append(list, [2]string{"ProductName", "Windows " + strings.Join(v.product, " ")})
	}
	if v.release != "" {
		list = append(list, [2]string{"ReleaseId", v.release})
	}
	if v.build != "" {
		list = append(list, [2]string{"Version", v.build})
	}
	for _, short := range v.short {
		build, revision, _ := strings.Cut(short, ".")
		list = append(list, [2]string{"CurrentBuild", build})
		if revision != "" {
			list = append(list, [2]string{"UBR", revision})
		}
	}
	for _, update := range v.updates {
		list = append(list, [2]string{"HotFix", update})
	}
	if len(v.updates) > 0 {
		list = append(list, [2]string{"HotFix", "..."}) // who types some does not list them all
	}
	return list, true
}
