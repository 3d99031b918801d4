package lab

import (
	"crypto/tls"
	"net"
)

// nameFaults are certificates that are sound but do not fit the name, or not everywhere.
func nameFaults() []Fault {
	return []Fault{
		of("hostname-mismatch", "the certificate is for another name", anyProto, serving(certifiedFor("intranet.shop.test"))),
		of("hostname-is-alias", "the name is a CNAME for the name in the certificate", anyProto, serving(behindAlias)),
		of("hostname-is-ip-address", "the target is an address, the certificate has names only", anyProto, serving(byAddress)),
		of("certificate-without-san", "the certificate has its name in the common name only", anyProto, serving(commonNameOnly)),
		of("sni-selects-other-certificate", "the name sent as SNI belongs to another host of the same server", upTo13, serving(twoHosts)),
		of("one-backend-differs", "two addresses behind the name, one with an expired certificate", anyProto, serving(twoBackends)),
	}
}

// certifiedFor gives the certificate another name.
func certifiedFor(name string) func(*site) error {
	return func(s *site) error {
		s.leaf.Names, s.leaf.CN = []string{name}, name
		return nil
	}
}

func behindAlias(s *site) error {
	canonical := "db7.region.shop.test"
	s.zone = &zone{
		Aliases: map[string]string{s.host: canonical},
		Addrs:   map[string][]net.IP{canonical: {s.env.Reach()}},
	}
	return certifiedFor(canonical)(s)
}

func byAddress(s *site) error {
	s.host = s.env.Reach().String()
	return nil
}

func commonNameOnly(s *site) error {
	s.leaf.Names = nil
	return nil
}

// twoHosts serves a certificate of its own for each of two names.
func twoHosts(s *site) error {
	other := s.leaf
	other.Names, other.CN = []string{"other.shop.test"}, "other.shop.test"
	cert, err := s.env.CA.issue(other, s.env.CA.Issuing, s.env.CA.Issuing.DER)
	if err != nil {
		return err
	}
	s.tls.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if hello.ServerName == "other.shop.test" {
			return &cert, nil
		}
		return nil, nil // the site's own
	}
	s.flags = []string{"--sni", "other.shop.test"}
	return nil
}

func twoBackends(s *site) error {
	s.twin = newSite(s.env, s.proto)
	s.twin.leaf.From, s.twin.leaf.To = s.env.CA.days(-93), s.env.CA.days(-3)
	s.zone = &zone{Addrs: map[string][]net.IP{s.host: {s.env.Listen, nextAddress(s.env.Listen)}}}
	return nil
}
