package client

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// zeroUpdates are the cumulative updates of Windows 10 1607 and Server 2016 that hold the repair of KB4537806, oldest first
// ("Windows Server release information", table of OS build 14393, up to May 2026). A machine lists the newest of them as
// long as it is the newest; one that is younger than this table is not known here.
var zeroUpdates = []int{
	4537806, 4540670, 4541329, 4550929, 4550947, 4556813, 4561616, 4567517, 4565511, 4571694, 4577015, 4580346, 4586830, 4594441, 4593226, 4598243,
	4601318, 5000803, 5001633, 5001347, 5003197, 5003638, 5004948, 5004238, 5005393, 5005043, 5005573, 5006669, 5007192, 5008601, 5008207, 5010195,
	5009546, 5010790, 5010359, 5011495, 5012596, 5013952, 5015019, 5014702, 5015808, 5016622, 5017305, 5018411, 5020439, 5019964, 5021654, 5021235,
	5022289, 5022838, 5023697, 5025228, 5026363, 5027219, 5028623, 5028169, 5029242, 5030213, 5031362, 5032197, 5033373, 5034119, 5034767, 5035855,
	5037423, 5036899, 5037763, 5039214, 5040434, 5041773, 5043051, 5044293, 5046612, 5048671, 5049993, 5052006, 5053594, 5055521, 5058921, 5058383,
	5061010, 5062560, 5063871, 5065427, 5066836, 5070882, 5068864, 5071543, 5074974, 5073722, 5075999, 5078938, 5082198, 5091572, 5087537,
}

// repair fills in whether a machine leaves out leading zeros, and what tells so: its build where that is enough, else the
// updates that it lists.
func repair(m *fact.Machine) {
	build, server := m.Build, m.Server == fact.Yes
	m.Repaired, m.By = LeadingZeroFixed(build, server), fact.ByRelease
	if m.Server == fact.Unknown && LeadingZeroFixed(build, true) != m.Repaired {
		m.Repaired = fact.Unknown // of 14393 the desktop was right from the start, the server not
	}
	v, _ := buildNumbers(build)
	const server2016 = 14393
	switch {
	case m.Repaired == fact.Unknown && v[2] == server2016 && m.Server != fact.No:
		m.Repaired, m.By, m.Update = repairedBy(m.Updates)
	case m.Repaired == fact.Unknown:
		m.By = fact.ByNothing
	case v[2] == server2016 && v[3] != 0 && m.Server != fact.No:
		m.By = fact.ByRevision
	}
}

// repairedBy tells from a list of updates. All those that hold the repair have higher numbers than those before it, so that
// a list of nothing but lower ones shows that it is missing. A list that was cut shows less.
func repairedBy(updates []string) (fact.Tri, fact.RepairBy, string) {
	older, whole := 0, true
	for _, u := range updates {
		n, err := strconv.Atoi(strings.TrimPrefix(u, "KB"))
		switch {
		case err != nil:
			whole = false
		case slices.Contains(zeroUpdates, n):
			return fact.Yes, fact.ByUpdate, u
		case n < zeroUpdates[0]:
			older++
		}
	}
	if whole && older > 0 && older == len(updates) {
		return fact.No, fact.ByUpdates, ""
	}
	return fact.Unknown, fact.ByNothing, ""
}
