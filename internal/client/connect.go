package client

// AsProfile is the behaviour as a client to connect with: what it offers and refuses, and what it looks at.
func (b Behaviour) AsProfile() Profile {
	p := b.Profile
	p.Unverified, p.AnyName = !b.Chain, !b.Name
	return p
}
