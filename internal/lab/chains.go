package lab

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"slices"
	"time"
)

// chainFaults are sound leaves whose path to a trusted root is not.
func chainFaults() []Fault {
	return []Fault{
		of("self-signed-certificate", "the certificate signed itself", anyProto, serving(selfSigned)),
		of("ca-not-trusted", "the chain ends at a root that --ca does not hold", anyProto, serving(otherRoot(named("Warehouse", "Root CA")))),
		of("intercepted-by-proxy", "a certificate as an inspecting firewall signs it on the way", anyProto, serving(otherRoot(firewallName()))),
		of("intercepted-by-antivirus", "a certificate as an antivirus product signs it on the client's machine", anyProto, serving(otherRoot(antivirusName()))),
		of("ca-store-missing", "the file for --ca is empty", anyProto, serving(handingOver(nil))),
		of("ca-store-outdated", "the file for --ca holds the root's predecessor: same name, other key", anyProto, serving(olderRoot)),
		of("missing-intermediate", "the server sends its certificate alone", anyProto, serving(leafAlone)),
		of("chain-order-wrong", "the intermediates are sent in the wrong order", anyProto, serving(chainOf(2, func(c [][]byte) { slices.Reverse(c) }))),
		of("chain-too-deep", "twelve intermediates stand between certificate and root", anyProto, serving(chainOf(12, nil))),
		of("expired-root-in-path", "an old cross-signed copy of the root is sent along, expired", anyProto, serving(crossSigned)),
		of("intermediate-expired", "the intermediate ran out two days ago", anyProto, serving(oldIntermediate)),
	}
}

func firewallName() pkix.Name {
	return pkix.Name{
		CommonName: "FGT60FTK20012345", OrganizationalUnit: []string{"Certificate Authority"}, Organization: []string{"Fortinet"},
		Locality: []string{"Sunnyvale"}, Province: []string{"California"}, Country: []string{"US"},
	}
}

func antivirusName() pkix.Name {
	return pkix.Name{CommonName: "Kaspersky Anti-Virus Personal Root Certificate", Organization: []string{"AO Kaspersky Lab"}}
}

func selfSigned(s *site) error {
	s.certify = func(s *site) (tls.Certificate, error) {
		key, err := s.env.CA.keys.get(s.leaf.Key)
		if err != nil {
			return tls.Certificate{}, err
		}
		template := s.leaf.template()
		return s.env.CA.issue(s.leaf, &Issuer{Cert: template, Key: key})
	}
	return nil
}

// otherRoot issues the leaf under a root of its own, which is sent along.
func otherRoot(name pkix.Name) func(*site) error {
	return func(s *site) error {
		s.certify = func(s *site) (tls.Certificate, error) {
			root, err := newRoot(name, s.env.CA.now)
			if err != nil {
				return tls.Certificate{}, err
			}
			return s.env.CA.issue(s.leaf, root, root.DER)
		}
		return nil
	}
}

// handingOver replaces the file for --ca.
func handingOver(pem []byte) func(*site) error {
	return func(s *site) (err error) {
		s.ca, err = s.env.write("ca", pem)
		return err
	}
}

func olderRoot(s *site) error {
	root, err := newRoot(named("Shop Test", "Root CA"), s.env.CA.now.Add(-2*time.Hour))
	if err != nil {
		return err
	}
	return handingOver(pemOf(root.DER))(s)
}

// leafAlone sends no intermediate and says where it could be had (RFC 5280 §4.2.2.1).
func leafAlone(s *site) error {
	s.leaf.AIA = []string{"http://pki.shop.test/issuing-ca-1.crt"}
	s.certify = func(s *site) (tls.Certificate, error) { return s.env.CA.issue(s.leaf, s.env.CA.Issuing) }
	return nil
}

// chainOf puts n intermediates between leaf and root, and sends them in the order that arrange leaves.
func chainOf(n int, arrange func([][]byte)) func(*site) error {
	return func(s *site) error {
		s.certify = func(s *site) (tls.Certificate, error) {
			by := s.env.CA.Root
			var chain [][]byte
			for i := range n {
				next, err := by.sub(ca(named("Shop Test", fmt.Sprintf("Division CA %d", i+1)), s.env.CA.now))
				if err != nil {
					return tls.Certificate{}, err
				}
				by, chain = next, slices.Insert(chain, 0, next.DER)
			}
			if arrange != nil {
				arrange(chain)
			}
			return s.env.CA.issue(s.leaf, by, chain...)
		}
		return nil
	}
}

// crossSigned sends, behind a chain that works, the root's certificate by an older root, both of them expired:
// the situation of AddTrust in May 2020 and DST Root CA X3 in September 2021.
func crossSigned(s *site) error {
	s.certify = func(s *site) (tls.Certificate, error) {
		a := s.env.CA
		then := ca(named("Old Trust", "Root CA"), a.now)
		then.NotBefore, then.NotAfter = a.days(-3650), a.days(-1)
		key, err := newECKey()
		if err != nil {
			return tls.Certificate{}, err
		}
		old, err := sign(then, &Issuer{Cert: then, Key: key}, key)
		if err != nil {
			return tls.Certificate{}, err
		}
		template := ca(a.Root.Cert.Subject, a.now)
		template.NotBefore, template.NotAfter, template.SubjectKeyId = a.days(-1800), a.days(-1), a.Root.Cert.SubjectKeyId
		cross, err := x509.CreateCertificate(rand.Reader, template, old.Cert, a.Root.Key.Public(), old.Key)
		if err != nil {
			return tls.Certificate{}, fmt.Errorf("cross-signing the root: %w", err)
		}
		return a.issue(s.leaf, a.Issuing, a.Issuing.DER, cross, old.DER)
	}
	return nil
}

func oldIntermediate(s *site) error {
	s.certify = func(s *site) (tls.Certificate, error) {
		a := s.env.CA
		template := ca(a.Issuing.Cert.Subject, a.now)
		template.NotBefore, template.NotAfter = a.days(-367), a.days(-2)
		by, err := a.Root.sub(template)
		if err != nil {
			return tls.Certificate{}, err
		}
		return a.issue(s.leaf, by, by.DER)
	}
	return nil
}
