package lab

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// withClients are the protocols whose servers check client certificates in the handshake.
var withClients = []string{"https", "mysql", "postgres", "postgres-direct", "tls"}

// clientFaults are servers that demand a client certificate, and users with the wrong one or none.
func clientFaults() []Fault {
	return []Fault{
		of("client-certificate-missing", "the server demands a client certificate; the user has none", withClients, serving(demanding)),
		of("client-certificate-untrusted", "the user's certificate is of a CA that the server does not know", withClients, serving(demanding, presenting(ofOtherCA))),
		of("client-certificate-expired", "the user's certificate ran out", withClients, serving(demanding, presenting(ranOut))),
		of("client-certificate-wrong-purpose", "the user's certificate is one for servers", withClients, serving(demanding, presenting(forServers))),
		of("client-key-does-not-match", "the user's key belongs to another certificate", withClients, serving(demanding, presenting(withOtherKey))),
	}
}

// demanding requires a client certificate of the environment's CA. TLS 1.3 servers say so after the client is
// done, TLS 1.2 ones before; MySQL is served by the older way.
func demanding(s *site) error {
	s.tls.ClientAuth, s.tls.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	s.tls.ClientCAs.AddCert(s.env.CA.Root.Cert)
	if s.proto.ID == "mysql" {
		s.tls.MaxVersion = tls.VersionTLS12
	}
	return nil
}

// presenting hands the user a certificate and a key.
func presenting(issue func(a *Authority) (tls.Certificate, error)) func(*site) error {
	return func(s *site) error {
		cert, err := issue(s.env.CA)
		if err != nil {
			return err
		}
		key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
		if err != nil {
			return fmt.Errorf("writing a key: %w", err)
		}
		certFile, err := s.env.write("client", pemOf(cert.Certificate...))
		if err != nil {
			return err
		}
		keyFile, err := s.env.write("key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
		s.flags = append(s.flags, "--cert", certFile, "--key", keyFile)
		return err
	}
}

func ofOtherCA(a *Authority) (tls.Certificate, error) {
	root, err := newRoot(named("Warehouse", "Root CA"), a.now)
	if err != nil {
		return tls.Certificate{}, err
	}
	return a.issue(a.clientLeaf(), root, root.DER)
}

func ranOut(a *Authority) (tls.Certificate, error) {
	l := a.clientLeaf()
	l.From, l.To = a.days(-93), a.days(-3)
	return a.issue(l, a.Issuing, a.Issuing.DER)
}

func forServers(a *Authority) (tls.Certificate, error) {
	l := a.clientLeaf()
	l.Usage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	return a.issue(l, a.Issuing, a.Issuing.DER)
}

func withOtherKey(a *Authority) (tls.Certificate, error) {
	cert, err := a.issue(a.clientLeaf(), a.Issuing, a.Issuing.DER)
	if err != nil {
		return cert, err
	}
	var key crypto.Signer
	key, err = newECKey()
	cert.PrivateKey = key
	return cert, err
}
