package client

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// schannelProfile is Schannel of one release: "2019", "server2012r2", "11" … False: no such release.
func schannelProfile(release string) (Profile, bool) {
	release = strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(release), "windows"), "server")
	if same, ok := schannelAlso[release]; ok {
		release = same
	}
	for _, r := range schannelReleases() {
		if strings.EqualFold(r.id, release) {
			return r.profile(), true
		}
	}
	return Profile{}, false
}

// schannelAlso names the releases that behave as another does: a desktop as the server of the same code, and the newest for all.
var schannelAlso = map[string]string{
	"": "2022", "7": "2008r2", "8": "2012r2", "2012": "2012r2", "8.1": "2012r2", "10": "2019", "10-1607": "2016", "10-1809": "2019", "11": "2022", "11-24h2": "2025",
}

// zeroFixes are the updates that repaired TLS_DHE's leading zeros on Windows 10 1607 and Server 2016 (KB4557473): the first build of each.
var zeroFixes = []struct{ build, kb string }{
	{"10.0.14393.3542", "KB4537806"}, {"10.0.14393.3564", "KB4540670"},
}

// LeadingZeroFixed tells whether a Windows build ("10.0.14393.3542") computes TLS_DHE keys right when the shared secret begins with a zero
// byte: from Windows 10 1511 (10586) and Server 2019 on, Server 2016 with KB4537806, never before (KB4557473). Server says that it is a
// Windows Server. Unknown: the revision decides and is missing, or build is no build.
func LeadingZeroFixed(build string, server bool) fact.Tri {
	v, ok := buildNumbers(build)
	const release1511, release1607 = 10586, 14393
	switch {
	case !ok:
		return fact.Unknown
	case v[0] < 10 || v[2] != 0 && v[2] < release1511:
		return fact.No
	case v[2] == 0:
		return fact.Unknown
	case server && v[2] <= release1607:
		return serverFixed(v)
	}
	return fact.Yes
}

// serverFixed: of the servers before 2019 only 2016 was repaired.
func serverFixed(v [4]int) fact.Tri {
	first, _ := buildNumbers(zeroFixes[0].build)
	switch {
	case v[2] < first[2]:
		return fact.No
	case v[3] == 0:
		return fact.Unknown
	}
	return fact.Is(v[3] >= first[3])
}

// buildNumbers reads up to four numbers with points between.
func buildNumbers(s string) (v [4]int, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) > len(v) {
		return v, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return v, false
		}
		v[i] = int(n)
	}
	return v, true
}
