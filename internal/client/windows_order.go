package client

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// orderOf is the order of suites that a machine's settings configure, or else the default of its release. What
// Get-TlsCipherSuite lists is in force; a group policy goes before the list of the machine itself ("Prioritizing Schannel
// Cipher Suites").
func orderOf(settings []fact.Setting, release string) fact.SuiteOrder {
	o := fact.SuiteOrder{Release: release}
	if i := slices.IndexFunc(schannelReleases(), func(r schannelRelease) bool { return r.id == release && release != "" }); i >= 0 {
		r := schannelReleases()[i]
		o.From, o.Suites, o.Client, o.Server = "default", slices.Clone(r.suites), slices.Clone(r.versions), slices.Clone(r.versions)
	}
	for _, place := range suitePlaces {
		if list := place.all(settings); len(list) > 0 {
			o = configured(o, place.from, list)
			break
		}
	}
	for i := range settings {
		o = switched(o, &settings[i])
	}
	if o.NoDHE {
		o.Suites = withoutDHE(o.Suites)
	}
	return o
}

// A suitePlace is where an order of suites can be configured, the one that wins first.
type suitePlace struct{ from, scope, name string }

var suitePlaces = []suitePlace{
	{"Get-TlsCipherSuite", "", "CipherSuite"}, {"group policy", "Cipher order, policy", "Functions"}, {"registry", "Cipher order, local", "Functions"},
}

func (p suitePlace) all(settings []fact.Setting) (list []fact.Setting) {
	for _, s := range settings {
		scope := ""
		if len(s.Scope) > 0 {
			scope = s.Scope[0]
		}
		if s.Name == p.name && scope == p.scope && !s.Unknown && s.Value() != "" && s.Value() != "(deleted)" {
			list = append(list, s)
		}
	}
	return list
}

// configured is an order with the suites that are written: many settings of one suite each, or one with all.
func configured(o fact.SuiteOrder, from string, list []fact.Setting) fact.SuiteOrder {
	o.From, o.Ref, o.Suites, o.Names = from, list[0].Ref, nil, nil
	for i := range list {
		words := list[i].Args
		if from == "Get-TlsCipherSuite" {
			words = words[:1] // the versions are behind it
		}
		for _, name := range words {
			s, ok := names.SuiteByName(name)
			o.Names = append(o.Names, name)
			if ok && !slices.Contains(o.Suites, s.ID) {
				o.Suites = append(o.Suites, s.ID)
			}
		}
	}
	if o.Client == nil { // of a machine whose version is not told
		o.Client = []uint16{wire.TLS12, wire.TLS11, wire.TLS10}
		if slices.ContainsFunc(o.Suites, of13) {
			o.Client = append([]uint16{wire.TLS13}, o.Client...)
		}
		o.Server = slices.Clone(o.Client)
	}
	return o
}

func of13(suite uint16) bool { return suite>>8 == 0x13 }

// switched is an order after one switch of SCHANNEL: a version that is on or off for one side, Diffie-Hellman off as a whole
// ("TLS registry settings"; KeyExchangeAlgorithms is of KB245030).
func switched(o fact.SuiteOrder, s *fact.Setting) fact.SuiteOrder {
	if len(s.Scope) < 3 || s.Scope[0] != "SCHANNEL" || s.Unknown {
		return o
	}
	off := s.Name == "Enabled" && s.Value() == "0" || s.Name == "DisabledByDefault" && s.Value() != "0" && s.Value() != "(deleted)"
	switch {
	case strings.EqualFold(s.Scope[1], "KeyExchangeAlgorithms") && strings.EqualFold(s.Scope[2], "Diffie-Hellman"):
		o.NoDHE = o.NoDHE || off
	case strings.EqualFold(s.Scope[1], "Protocols") && len(s.Scope) == 4:
		v, ok := names.ParseVersion(strings.TrimPrefix(strings.ToUpper(s.Scope[2]), "TLS "))
		if !ok {
			return o
		}
		if strings.EqualFold(s.Scope[3], "Client") {
			o.Client = withVersion(o.Client, v, !off)
		} else {
			o.Server = withVersion(o.Server, v, !off)
		}
	}
	return o
}

// withVersion adds a version or takes it away. TLS 1.3 cannot be switched on where Windows does not have it.
func withVersion(list []uint16, v uint16, on bool) []uint16 {
	list = slices.DeleteFunc(list, func(w uint16) bool { return w == v && !on })
	if on && !slices.Contains(list, v) && v <= wire.TLS12 && len(list) > 0 {
		list = append(list, v)
		slices.SortFunc(list, func(a, b uint16) int { return int(b) - int(a) })
	}
	return list
}

func withoutDHE(suites []uint16) []uint16 {
	return slices.DeleteFunc(slices.Clone(suites), isDHE)
}

func isDHE(suite uint16) bool {
	s, ok := names.SuiteByID(suite)
	return ok && s.Kex == "DHE"
}

// Meet is what a client of one machine and a server of another agree on: the highest version that both have enabled, and of the
// client's suites the first in the server's order, as Schannel chooses. The server's certificate is taken to be RSA, as
// SQL Server's own is. False: the suites of one of them are not known.
func Meet(client, server fact.Machine) (m fact.Meeting, ok bool) {
	if client.Order.From == "" || server.Order.From == "" {
		return m, false
	}
	for _, v := range server.Order.Server {
		if slices.Contains(client.Order.Client, v) {
			m.Version = v
			m.Suite = firstCommon(server.Order.Suites, client.Order.Suites, v)
			m.After = firstCommon(withoutDHE(server.Order.Suites), client.Order.Suites, v)
			break
		}
	}
	return m, true
}

func firstCommon(server, client []uint16, version uint16) uint16 {
	for _, id := range server {
		if slices.Contains(client, id) && usableWithRSA(id, version) {
			return id
		}
	}
	return 0
}

// usableWithRSA: the suite belongs to the version (RFC 5246 §1.2: GCM and the SHA-2 codes came with TLS 1.2; RFC 8446 §B.4) and
// is signed with, or encrypts to, an RSA key.
func usableWithRSA(id, version uint16) bool {
	s, ok := names.SuiteByID(id)
	switch {
	case !ok || of13(id) != (version == wire.TLS13):
		return false
	case of13(id):
		return true
	case version < wire.TLS12 && s.MAC != "SHA" && s.MAC != "MD5":
		return false
	}
	return s.Auth == "RSA" && s.Cipher != "NULL"
}
