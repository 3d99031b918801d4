package preamble

// All lists the protocols; where ports or schemes overlap the usual one comes first.
func All() []Protocol {
	return []Protocol{https(), mysql(), postgres(), mssql(), mssqlStrict(), postgresDirect(), bareTLS()}
}

// Recorded lists the protocols that are only read where others spoke them: nothing here dials or accepts them, so that
// Dial, Accept and Deny are nil, and no scheme means them. Guess finds them; ByID and ByPort do not.
func Recorded() []Protocol { return recorded(maxTunnels - 1) }

// recorded is Recorded with as many tunnels inside each other as deep says.
func recorded(deep int) []Protocol {
	return []Protocol{smtp(), imap(), pop3(), ftp(), nntp(), ldap(), xmpp(), rdp(), managesieve(), irc(), httpConnect(deep), socks(deep), embedded()}
}

// ByID returns the protocol of an ID, or nil.
func ByID(id string) *Protocol {
	return first(func(p *Protocol) bool { return p.ID == id })
}

// ByScheme returns the protocol that a URL scheme, in lower case, means, or nil.
func ByScheme(scheme string) *Protocol {
	return first(func(p *Protocol) bool { return holds(p.Schemes, scheme) })
}

// ByPort returns the protocol that a port is usually for, or nil.
func ByPort(port uint16) *Protocol {
	return first(func(p *Protocol) bool { return holds(p.Ports, port) })
}

func first(fits func(*Protocol) bool) *Protocol {
	all := All()
	for i := range all {
		if fits(&all[i]) {
			return &all[i]
		}
	}
	return nil
}

func holds[T comparable](list []T, one T) bool {
	for _, v := range list {
		if v == one {
			return true
		}
	}
	return false
}
