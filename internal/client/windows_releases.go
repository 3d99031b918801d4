package client

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A windowsRelease is one build of Windows as it was released, with the names that the desktop and the server of it have
// ("Windows 10 release information", "Windows Server release information"), and whose default suites it has.
type windowsRelease struct {
	version         string // "10.0.14393"
	desktop, server string // "10", "2016": as people call it; "" for none
	id              string // "1607", which several have had since Windows 10
	suites          string // a release of schannelReleases; "" where Microsoft's lists are not read yet
}

var windowsReleases = []windowsRelease{
	{"5.1.2600", "XP", "", "", ""}, {"5.2.3790", "XP", "2003", "", ""},
	{"6.0.6002", "Vista", "2008", "", ""}, {"6.0.6003", "", "2008", "", ""},
	{"6.1.7601", "7", "2008 R2", "", "2008R2"}, {"6.1.7600", "7", "2008 R2", "", "2008R2"},
	{"6.2.9200", "8", "2012", "", "2012R2"}, {"6.3.9600", "8.1", "2012 R2", "", "2012R2"},
	{"10.0.10240", "10", "", "1507", ""}, {"10.0.10586", "10", "", "1511", "2016"},
	{"10.0.14393", "10", "2016", "1607", "2016"}, {"10.0.15063", "10", "", "1703", ""},
	{"10.0.16299", "10", "", "1709", "2019"}, {"10.0.17134", "10", "", "1803", "2019"},
	{"10.0.17763", "10", "2019", "1809", "2019"}, {"10.0.18362", "10", "", "1903", "2019"}, {"10.0.18363", "10", "", "1909", "2019"},
	{"10.0.19041", "10", "", "2004", "2019"}, {"10.0.19042", "10", "", "20H2", "2019"}, {"10.0.19043", "10", "", "21H1", "2019"},
	{"10.0.19044", "10", "", "21H2", "2019"}, {"10.0.19045", "10", "", "22H2", "2019"},
	{"10.0.20348", "", "2022", "21H2", "2022"}, {"10.0.25398", "", "", "23H2", "2022"},
	{"10.0.22000", "11", "", "21H2", "2022"}, {"10.0.22621", "11", "", "22H2", "2022"}, {"10.0.22631", "11", "", "23H2", "2022"},
	{"10.0.26100", "11", "2025", "24H2", "2025"}, {"10.0.26200", "11", "", "25H2", "2025"},
}

// releaseOfBuild finds the release of a version with or without a revision.
func releaseOfBuild(build string) (windowsRelease, bool) {
	v, ok := buildNumbers(build)
	i := slices.IndexFunc(windowsReleases, func(r windowsRelease) bool {
		w, _ := buildNumbers(r.version)
		return w[0] == v[0] && w[1] == v[1] && w[2] == v[2]
	})
	if !ok || i < 0 {
		return windowsRelease{}, false
	}
	return windowsReleases[i], true
}

// releaseNamed finds the release of a product's name and, where several have that name, its release's own number.
func releaseNamed(product, id string, server bool) (windowsRelease, bool) {
	name := windowsName(product, server)
	fits := func(r windowsRelease) bool {
		own := r.desktop
		if server {
			own = r.server
		}
		switch {
		case id == "":
			return name != "" && own == name && (server || own != "10" && own != "11")
		case name == "":
			return r.id == id
		}
		return r.id == id && own == name
	}
	i := slices.IndexFunc(windowsReleases, fits)
	if i < 0 {
		return windowsRelease{}, false
	}
	return windowsReleases[i], true
}

// windowsName is the part of a product's name that tells the release: "2012 R2" of "Microsoft Windows Server 2012 R2 Standard".
func windowsName(product string, server bool) string {
	words := strings.Fields(product)
	for i, w := range words {
		known := slices.ContainsFunc(windowsReleases, func(r windowsRelease) bool {
			return w != "" && (server && strings.TrimSuffix(r.server, " R2") == w || !server && r.desktop == w)
		})
		if known && server && i+1 < len(words) && strings.EqualFold(words[i+1], "R2") {
			return w + " R2"
		}
		if known {
			return w
		}
	}
	return ""
}

// contradiction says how what was told of a machine belongs to different releases; "": it does not. r is the release of the build.
func (t told) contradiction(m fact.Machine, r windowsRelease) string {
	builds := slices.Concat(t.all["CurrentBuild"], t.all["CurrentBuildNumber"])
	if t.all["Version"] != nil && m.Build != "" {
		builds = append(builds, strings.Split(m.Build, ".")[2])
	}
	for _, b := range builds {
		if b != builds[0] {
			return "the builds " + builds[0] + " and " + b + " were told of it"
		}
	}
	for _, revision := range t.all["UBR"] {
		if revision != t.all["UBR"][0] {
			return "the revisions " + t.all["UBR"][0] + " and " + revision + " were told of it"
		}
	}
	server := m.Server == fact.Yes
	names := windowsNamesIn(m.Product, server)
	if len(names) > 1 {
		return "the names " + strings.Join(names, " and ") + " were told of it"
	}
	if r.version != "" && len(names) == 1 && !r.called(names[0], server) {
		return "its name is that of another release than its build: " + r.version + " is " + r.product("", fact.Unknown)
	}
	ids := slices.DeleteFunc(slices.Concat(t.all["ReleaseId"], t.all["DisplayVersion"]), func(id string) bool {
		return !slices.ContainsFunc(windowsReleases, func(o windowsRelease) bool { return o.id == id })
	})
	switch {
	case len(ids) == 0:
	case r.id != "" && !slices.Contains(ids, r.id):
		return "version " + ids[0] + " is another release than its build: " + r.version + " is " + r.product("", fact.Unknown)
	case m.Build == "" && len(names) == 1 && !slices.ContainsFunc(windowsReleases, func(o windowsRelease) bool {
		return slices.Contains(ids, o.id) && o.called(names[0], server)
	}):
		return "there is no version " + ids[0] + " of that name"
	}
	return ""
}

// windowsNamesIn are the different parts of a product's name that tell a release. Years are no names of the desktop: there is a
// Windows 10 Enterprise 2016 LTSB.
func windowsNamesIn(product string, server bool) (names []string) {
	words := strings.Fields(product)
	for i := range words {
		if name := windowsName(strings.Join(words[i:], " "), server); name != "" && (strings.HasPrefix(name, words[i])) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// called reports whether a release can have a name. Windows 11 calls itself Windows 10 in its registry; a server's release without
// a year of its own may have that of the one before.
func (r windowsRelease) called(name string, server bool) bool {
	switch {
	case !server:
		return r.desktop == name || r.desktop == "11" && name == "10"
	case r.server != "":
		return r.server == name
	}
	return name == r.yearBefore()
}

// yearBefore is the name of the newest server with a year that is not younger than a release.
func (r windowsRelease) yearBefore() string {
	own, _ := buildNumbers(r.version)
	best, name := 0, ""
	for _, o := range windowsReleases {
		if v, ok := buildNumbers(o.version); ok && o.server != "" && v[0] == own[0] && v[2] < own[2] && v[2] > best {
			best, name = v[2], o.server
		}
	}
	return name
}

// serverEdition: the product's name, or how Windows says it is installed, is that of a server.
func serverEdition(product, installation string) fact.Tri {
	product = strings.ToLower(product)
	switch {
	case strings.Contains(product, "server"), slices.Contains(strings.Fields(product), "hyper-v"):
		return fact.Yes
	case strings.HasPrefix(installation, "Server"), installation == "DomainController":
		return fact.Yes
	case installation == "Client", installation == "WorkStation":
		return fact.No
	}
	for w := range strings.FieldsSeq(product) {
		year, err := strconv.Atoi(w)
		switch {
		case err == nil && year >= 2003:
			return fact.Yes
		case slices.ContainsFunc(windowsReleases, func(r windowsRelease) bool { return strings.ToLower(r.desktop) == w }):
			return fact.No
		}
	}
	return fact.Unknown
}
