package client

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// WindowsMachine is the computer that settings describe, all of one computer: its version by whatever told it, the order of
// its suites by default or as it is configured. False: the settings tell neither a version nor an order.
func WindowsMachine(settings []fact.Setting) (fact.Machine, bool) {
	t := toldOf(settings)
	m := fact.Machine{Ref: t.ref, Name: t.last("ComputerName"), Server: serverEdition(t.product(), t.last("InstallationType")), Updates: t.all["HotFix"]}
	m.Build = t.build()
	m.Product = t.product()
	if r, ok := releaseNamed(m.Product, t.last("ReleaseId"), m.Server == fact.Yes); ok && m.Build == "" {
		m.Build = r.version
	}
	r, known := releaseOfBuild(m.Build)
	if m.Contradiction = t.contradiction(m, r); m.Contradiction != "" {
		m.Order = orderOf(settings, "")
		return m, true
	}
	if known {
		m.Product = r.product(m.Product, m.Server)
		m.Server = r.edition(m.Server)
	}
	repair(&m)
	if m.Build == "" && m.Server == fact.No && windowsName(m.Product, false) == "11" { // all of them are alike
		m.Repaired, m.By = fact.Yes, fact.ByRelease
		r, _ = releaseNamed(m.Product, "21H2", false)
	}
	m.Order = orderOf(settings, r.suites)
	described := m.Build != "" || m.Product != ""
	return m, described || m.Order.From != ""
}

// edition is the server's or the desktop's where the build was released for one of them only.
func (r windowsRelease) edition(told fact.Tri) fact.Tri {
	switch {
	case told != fact.Unknown:
		return told
	case r.desktop == "" && r.server != "":
		return fact.Yes
	case r.server == "" && r.desktop != "":
		return fact.No
	}
	return fact.Unknown
}

// product is the name as it was told, or that of the release. Windows 11 calls itself Windows 10 in its registry.
func (r windowsRelease) product(told string, server fact.Tri) string {
	if r.desktop == "11" && server != fact.Yes {
		told = strings.Replace(told, "Windows 10", "Windows 11", 1)
	}
	switch {
	case r.id != "" && (told == "Windows 10" || told == "Windows 11" || told == "Windows Server" && r.server == ""):
		return told + " " + r.id
	case told != "" && told != "Windows Server" && told != "Windows":
		return told
	case server == fact.Yes && r.server != "":
		return "Windows Server " + r.server
	case server == fact.No && r.desktop != "":
		return strings.TrimSpace("Windows " + r.desktop + " " + r.id)
	case r.desktop != "" && r.server != "":
		return strings.TrimSpace("Windows "+r.desktop+" "+r.id) + " or Server " + r.server
	case r.server != "":
		return "Windows Server " + r.server
	case r.desktop != "":
		return strings.TrimSpace("Windows " + r.desktop + " " + r.id)
	}
	return cmp.Or(told, "Windows Server "+r.id)
}

// told is what settings tell of a machine's version, by name.
type told struct {
	all map[string][]string
	ref fact.Ref
}

// windowsTold are the names of settings that tell a version (see conf's reader of Windows).
var windowsTold = []string{"ProductName", "WindowsProductName", "Version", "CurrentBuild", "CurrentBuildNumber", "UBR", "BuildLabEx", "ReleaseId", "DisplayVersion",
	"InstallationType", "HotFix", "ComputerName"}

func toldOf(settings []fact.Setting) told {
	t := told{all: map[string][]string{}}
	for i := range settings {
		s := &settings[i]
		if !slices.Contains(windowsTold, s.Name) || s.Dialect != "Windows" && !slices.Equal(s.Scope, []string{"Windows NT"}) || s.Value() == "" {
			continue
		}
		if t.ref == (fact.Ref{}) {
			t.ref = s.Ref
		}
		t.all[s.Name] = append(t.all[s.Name], s.Value())
	}
	if t.ref == (fact.Ref{}) && len(settings) > 0 {
		t.ref = settings[0].Ref
	}
	return t
}

// last is the last value of the first of these names that has one.
func (t told) last(names ...string) string {
	for _, name := range names {
		if list := t.all[name]; len(list) > 0 {
			return list[len(list)-1]
		}
	}
	return ""
}

// product is the product's name without marks and maker.
func (t told) product() string {
	name := strings.NewReplacer("®", "", "™", "", "(R)", "", "(TM)", "", "Microsoft", "", "\ufffd", "").Replace(t.last("ProductName", "WindowsProductName"))
	name = strings.Join(strings.Fields(name), " ")
	return strings.ToValidUTF8(name[:min(len(name), maxProduct)], "")
}

// maxProduct is how much of a product's name is kept, in bytes.
const maxProduct = 80

// build puts the version together: "10.0.14393.3300", without the last part where the revision is not told. BuildLabEx is that
// of the kernel, which updates need not touch: its number is one that the revision is not below.
func (t told) build() string {
	version := t.last("Version")
	number := t.last("CurrentBuild", "CurrentBuildNumber")
	lab := strings.Split(t.last("BuildLabEx"), ".")
	if version == "" {
		version = versionOfBuild(cmp.Or(number, lab[0]))
	}
	v, ok := buildNumbers(version)
	if !ok || strings.Count(version, ".") < 2 {
		return ""
	}
	if strings.Count(version, ".") > 2 {
		return strings.TrimSuffix(version, ".0") // .NET's OSVersion has 0 for a revision that it does not know
	}
	if revision := t.last("UBR"); decimal(revision) {
		return version + "." + revision
	}
	first, _ := buildNumbers(zeroFixes[0].build)
	if len(lab) > 1 && decimal(lab[1]) {
		if w, ok := buildNumbers(version + "." + lab[1]); ok && w[2] == first[2] && v[2] == w[2] && w[3] >= first[3] {
			return version + "." + lab[1]
		}
	}
	return version
}

// versionOfBuild completes a build's number: 14393 is 10.0.14393, 9600 is 6.3.9600.
func versionOfBuild(number string) string {
	for _, r := range windowsReleases {
		if number != "" && strings.HasSuffix(r.version, "."+number) {
			return r.version
		}
	}
	if len(number) == 5 && decimal(number) {
		return "10.0." + number
	}
	return ""
}

func decimal(s string) bool {
	return s != "" && len(s) < 8 && strings.Trim(s, "0123456789") == ""
}
