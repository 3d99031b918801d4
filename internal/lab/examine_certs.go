package lab

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// A counter issues the certificates that clients are examined with: the right one, and ones with one thing wrong.
type counter struct {
	authority, stranger *Authority
	name                string // what the right certificate is for, beside the name that a client asks for
	addresses           []net.IP
	mu                  sync.Mutex
	issued              map[string]tls.Certificate
}

// maxIssued bounds the certificates kept: clients choose the names.
const maxIssued = 256

func newCounter(e *Env, name string, listen net.IP) (*counter, error) {
	c := &counter{name: name, addresses: reachable(listen), issued: map[string]tls.Certificate{}}
	own, err := newTolerant(c.addresses)
	if err != nil {
		return nil, err
	}
	other, err := newRoot(named("Warehouse", "Root CA"), e.CA.now)
	if err != nil {
		return nil, err
	}
	c.authority = &Authority{Root: own, now: e.CA.now, keys: e.CA.keys}
	c.stranger = &Authority{Root: other, now: e.CA.now, keys: e.CA.keys}
	for _, kind := range []keyKind{keyRSA, keyRSAWeak} { // making them takes long, and a client waits otherwise
		if _, err := e.CA.keys.get(kind); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// newTolerant makes a CA that every client can read: its name constraints are not critical, which RFC 5280 §4.2.1.10
// wants them to be, because mbed TLS knows no such extension and then refuses the whole chain.
func newTolerant(addresses []net.IP) (*Issuer, error) {
	key, err := newECKey()
	if err != nil {
		return nil, err
	}
	template := ca(named("Shop Test", "Examination CA"), time.Now().Truncate(time.Second))
	template.PermittedDNSDomainsCritical = false
	for _, ip := range addresses {
		if !ip.IsLoopback() {
			template.PermittedIPRanges = append(template.PermittedIPRanges, hostRange(ip))
		}
	}
	return sign(template, &Issuer{Cert: template, Key: key}, key)
}

// hostRange is the range of one address.
func hostRange(ip net.IP) *net.IPNet {
	if four := ip.To4(); four != nil {
		return &net.IPNet{IP: four, Mask: net.CIDRMask(32, 32)}
	}
	return &net.IPNet{IP: ip, Mask: net.CIDRMask(128, 128)}
}

// reachable are the addresses under which clients meet what listens.
func reachable(listen net.IP) []net.IP {
	list := []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if !listen.IsUnspecified() && !slices.ContainsFunc(list, listen.Equal) {
		return append(list, listen)
	}
	if listen.IsUnspecified() {
		all, _ := net.InterfaceAddrs() // without them, clients that connect by an address are refused: they see a wrong name
		for _, a := range all {
			if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() {
				list = append(list, n.IP)
			}
		}
	}
	return list
}

// certificate issues one of a form for a client that asks for a name.
func (c *counter) certificate(form, asked string) (tls.Certificate, error) {
	names := []string{c.name, "localhost"}
	asked = strings.ToLower(asked)
	if issuable(asked) {
		names = slices.Insert(slices.DeleteFunc(names, func(n string) bool { return n == asked }), 0, asked)
	}
	byAddress := asked == "" // a name asked for is what the client looks for; Erlang 25 fails over an address beside it
	key := fmt.Sprint(form, " ", byAddress, " ", strings.Join(names, " "))
	c.mu.Lock()
	defer c.mu.Unlock()
	if cert, ok := c.issued[key]; ok {
		return cert, nil
	}
	cert, err := c.issue(form, names, byAddress)
	if err == nil && len(c.issued) < maxIssued {
		c.issued[key] = cert
	}
	return cert, err
}

// issuable: the lab's CA is good for names under .test and localhost only.
func issuable(name string) bool {
	return len(name) < 256 && (name == "localhost" || strings.HasSuffix(name, ".test") && !strings.HasPrefix(name, "."))
}

// issue makes a certificate with one thing wrong, or none.
func (c *counter) issue(form string, names []string, byAddress bool) (tls.Certificate, error) {
	a := c.authority
	l := a.serverLeaf(names[0])
	l.Names, l.Key = names, keyRSA // TLS_DHE_RSA needs one
	switch form {
	case "expired":
		l.From, l.To = a.days(-93), a.days(-3)
	case "not-yet-valid":
		l.From, l.To = a.days(10), a.days(100)
	case "client-purpose":
		l.Usage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	case "rsa-1024":
		l.Key = keyRSAWeak
	case "other-name":
		l.CN, l.Names = "elsewhere.test", []string{"elsewhere.test"}
	case "name-in-cn-only":
		l.Names = nil
	case "unknown-ca":
		a = c.stranger
	}
	template := l.template()
	if len(l.Names) > 1 && byAddress {
		template.IPAddresses = c.addresses
	}
	return a.issueTemplate(template, l.Key, form == "self-signed")
}

// issueTemplate signs a template with the CA, or with its own key.
func (a *Authority) issueTemplate(template *x509.Certificate, kind keyKind, self bool) (tls.Certificate, error) {
	key, err := a.keys.get(kind)
	if err != nil {
		return tls.Certificate{}, err
	}
	parent, by := a.Root.Cert, a.Root.Key
	if self {
		parent, by = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), by)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issuing a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
