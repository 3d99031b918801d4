package client

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/trust"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// Schannel's cipher suites in their default order (Microsoft's "TLS Cipher Suites in Windows …" pages); which versions are on by
// default: "Protocols in TLS/SSL (Schannel SSP)". Not recorded from Windows.

var (
	schannelOld = []uint16{ // 7 to 8.1, 2008 R2 to 2012 R2: no ECDHE_RSA with GCM, but DHE with it
		0xc028, 0xc027, 0xc014, 0xc013, 0x009f, 0x009e, 0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f,
		0xc02c, 0xc02b, 0xc024, 0xc023, 0xc00a, 0xc009, 0x000a, 0x0005, 0x0004}
	schannel2016 = []uint16{
		0xc02c, 0xc02b, 0xc030, 0xc02f, 0x009f, 0x009e, 0xc024, 0xc023, 0xc028, 0xc027, 0xc00a, 0xc009, 0xc014, 0xc013,
		0x0039, 0x0033, 0x009d, 0x009c, 0x003d, 0x003c, 0x0035, 0x002f, 0x000a}
	schannel2019 = slices.DeleteFunc(slices.Clone(schannel2016), func(s uint16) bool { return s == 0x0039 || s == 0x0033 || s == 0x000a })
	schannelSigs = []uint16{0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0201, 0x0403, 0x0503, 0x0203, 0x0202, 0x0601, 0x0603}
)

// A schannelRelease is what one Windows does by default.
type schannelRelease struct {
	id, says string
	versions []uint16
	suites   []uint16
	groups   []uint16
	sigs     []uint16
}

// schannelReleases lists Windows Server by age; the desktop of the same code behaves alike.
func schannelReleases() []schannelRelease {
	oldGroups := []uint16{names.P256, names.P384}
	newGroups := []uint16{names.X25519, names.P256, names.P384}
	old := []uint16{wire.TLS12, wire.TLS11, wire.TLS10}
	return []schannelRelease{
		{"2008R2", "Windows 7, Server 2008 R2", []uint16{wire.TLS10}, schannelOld, oldGroups, nil},
		{"2012R2", "Windows 8.1, Server 2012 and 2012 R2", old, schannelOld, oldGroups, legacySigs},
		{"2016", "Windows 10 1607, Server 2016", old, schannel2016, newGroups, schannelSigs},
		{"2019", "Windows 10 1809, Server 2019", old, schannel2019, newGroups, schannelSigs},
		{"2022", "Windows 11, Server 2022", append([]uint16{wire.TLS13}, old...), append([]uint16{0x1302, 0x1301}, schannel2019...), newGroups, schannelSigs},
		{"2025", "Windows 11 24H2, Server 2025", []uint16{wire.TLS13, wire.TLS12}, append([]uint16{0x1302, 0x1301}, schannel2019...), newGroups, schannelSigs},
	}
}

// profile is the release as a client: CN only where there is no name list, 1024 bits taken, SHA-1 under private roots.
func (r schannelRelease) profile() Profile {
	return Profile{
		ID: "schannel-" + r.id, Says: "Schannel of " + r.says,
		Hello: func(t Target) wire.Hello {
			h := base(t)
			h.Versions, h.Suites = slices.Clone(r.versions), slices.Clone(r.suites)
			h.Groups, h.Signatures = slices.Clone(r.groups), slices.Clone(r.sigs)
			if slices.Contains(r.versions, wire.TLS13) {
				h.Shares = []uint16{names.X25519}
			}
			h.Ticket = true
			return h
		},
		Limits: Limits{MinVersion: slices.Min(r.versions), MinDHBits: 1024},
		Trust: trust.Policy{MinRSABits: 1024, MinECBits: 160, AllowSHA1: true, CNFallback: true, MaxDepth: 100,
			RequireEKU: "serverAuth", RequireStaple: false, IgnoreStaple: true},
		OpenSSL: -1,
	}
}
