package client

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"database/sql"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
	realpgx "github.com/jackc/pgx/v5"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/trust"
)

// mysqlGreeting is a server's first packet; its capabilities hold CLIENT_SSL (0x0800) or not.
func mysqlGreeting(tls bool) []byte {
	caps := byte(0xf7)
	if tls {
		caps = 0xff
	}
	body := append([]byte("\x0a8.0.36\x00\x08\x00\x00\x00abcdefgh\x00\xff"), caps)
	body = append(body, "\xff\x02\x00\xff\xdf\x15\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00abcdefghijkl\x00mysql_native_password\x00"...)
	return append([]byte{byte(len(body)), 0, 0, 0}, body...)
}

// upgrade plays the server up to where TLS begins; false: it declined.
func upgrade(c net.Conn, protocol string, offer bool) bool {
	request := make([]byte, 8)
	if protocol == "mysql" {
		request = make([]byte, 36)
		if _, err := c.Write(mysqlGreeting(offer)); err != nil || !offer {
			return false
		}
	}
	if _, err := io.ReadFull(c, request); err != nil {
		return false
	}
	if protocol == "postgres" {
		answer := "S"
		if !offer {
			answer = "N"
		}
		_, err := io.WriteString(c, answer)
		return err == nil && offer
	}
	return true
}

// record reads one TLS record: the ClientHello.
func record(c net.Conn) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(c, head); err == nil {
		_, _ = io.CopyN(io.Discard, c, int64(head[3])<<8|int64(head[4]))
	}
}

// driverFaults are servers' ways to end a handshake, and what a client meets.
var driverFaults = []struct {
	name  string
	offer bool
	serve func(net.Conn)
	met   func() *fact.Handshake
}{
	{"declined", false, func(net.Conn) {}, func() *fact.Handshake { return ending("preamble", fact.EndDeclined, 0) }},
	{"alert 40", true, func(c net.Conn) { record(c); _, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x28") },
		func() *fact.Handshake { return ending("ClientHello", fact.EndAlert, 40) }},
	{"alert 70", true, func(c net.Conn) { record(c); _, _ = io.WriteString(c, "\x15\x03\x03\x00\x02\x02\x46") },
		func() *fact.Handshake { return ending("ClientHello", fact.EndAlert, 70) }},
	{"closed", true, record, func() *fact.Handshake { return ending("ClientHello", fact.EndClosed, 0) }},
	{"junk", true, func(c net.Conn) { record(c); _, _ = io.WriteString(c, "500 what do you want?\r\n") },
		func() *fact.Handshake { return ending("ClientHello", fact.EndNotTLS, 0) }},
}

// listenDatabase serves one fault on loopback until the test ends.
func listenDatabase(t *testing.T, protocol string, offer bool, serve func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			if upgrade(c, protocol, offer) {
				serve(c)
			}
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.CloseWrite()
				_, _ = io.Copy(io.Discard, t)
			}
			c.Close()
		}
	}()
	return netip.MustParseAddrPort(l.Addr().String())
}

// connectWith lets the real driver try, and gives its error.
func connectWith(t *testing.T, product, mode string, at netip.AddrPort) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
	defer stop()
	var err error
	if product == "pgx" {
		var c *realpgx.Conn
		if c, err = realpgx.Connect(ctx, fmt.Sprintf("postgres://postgres@%s/postgres?%s", at, mode)); err == nil {
			_ = c.Close(ctx)
		}
	} else {
		var db *sql.DB
		if db, err = sql.Open("mysql", fmt.Sprintf("u:pw@tcp(%s)/?%s", at, mode)); err == nil {
			err = db.PingContext(ctx)
			_ = db.Close()
		}
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestGoDriversSayTheSame asks the drivers themselves.
func TestGoDriversSayTheSame(t *testing.T) {
	for _, d := range []struct{ product, protocol, mode string }{
		{"pgx", "postgres", "sslmode=require"}, {"pgx", "postgres", "sslmode=verify-full"},
		{"go-sql-driver", "mysql", "tls=skip-verify"}, {"go-sql-driver", "mysql", "tls=true"},
	} {
		for _, f := range driverFaults {
			at := listenDatabase(t, d.protocol, f.offer, f.serve)
			compareDriver(t, d.product, d.mode, f.name, at, f.met())
		}
	}
}

// TestGoDriversRefuseTheSame: a certificate for another name, of a CA that nobody knows.
func TestGoDriversRefuseTheSame(t *testing.T) {
	der, config := selfIssued(t)
	serve := func(c net.Conn) { _ = tls.Server(c, config).Handshake() }
	for _, d := range []struct{ product, protocol, mode string }{
		{"pgx", "postgres", "sslmode=verify-ca"}, {"pgx", "postgres", "sslmode=verify-full"}, {"go-sql-driver", "mysql", "tls=true"},
	} {
		h := completed(trust.Parse([][]byte{der}))
		compareDriver(t, d.product, d.mode, "unknown", listenDatabase(t, d.protocol, true, serve), h)
	}
}

func selfIssued(t *testing.T) ([]byte, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "other"}, DNSNames: []string{"other.example.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, leaf, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// compareDriver holds the prediction against the driver's own words.
func compareDriver(t *testing.T, product, mode, fault string, server netip.AddrPort, met *fact.Handshake) {
	t.Helper()
	real := connectWith(t, product, mode, server)
	place := Place{Host: server.Addr().String(), Port: server.Port(), Now: time.Now(), Roots: func(RootsUse) trust.Roots { return trust.NewRoots() }}
	b := databaseMode(t, product, mode)
	got := Predict(b, serverOf(b, met, login(fact.EndCompleted)), place)
	if masked(got.Text) != masked(real) || real == "" || strings.Contains(got.Text, "%!") {
		t.Errorf("%s %s, %s:\n got %s\nreal %s", product, mode, fault, got.Text, real)
	}
}
