package wire

import (
	"bytes"

	"github.com/tlswhy/tlswhy/internal/names"
)

// keepServerHello takes the server's choice, from which all that is encrypted depends.
func (d *decoder) keepServerHello(m HandshakeMessage) error {
	hello, err := ParseServerHello(m.Raw)
	if hello.Retry {
		if d.flight.Retry == nil {
			d.flight.Retry = hello
		}
		return err
	}
	d.server = hello
	d.suite, _ = names.SuiteByID(hello.Suite)
	if d.flight.Server == nil {
		d.flight.Server, d.flight.ALPN = hello, hello.ALPN
	}
	if is13(hello.Version) {
		d.sides[ClientSide].later = append(d.earlyKeys(), d.trafficKeys(LabelClientHandshake, LabelClientTraffic)...)
		d.sides[ServerSide].later = d.trafficKeys(LabelServerHandshake, LabelServerTraffic)
	}
	return err
}

// maxLookups lets through the secrets of many renegotiations, and ends the work that a stream of nothing but
// hellos would make in a long key log.
const maxLookups = 1000

// secret finds the secret of this connection by label and client random.
func (d *decoder) secret(label string) []byte {
	d.lookups++
	if d.client == nil || d.lookups > maxLookups {
		return nil
	}
	for _, s := range d.secrets {
		if s.Label == label && bytes.Equal(s.ClientRandom, d.client.Random) {
			return s.Value
		}
	}
	return nil
}

// trafficKeys makes one direction's keys of TLS 1.3, as many as there are secrets for.
func (d *decoder) trafficKeys(labels ...string) []*halfConn {
	var list []*halfConn
	for _, label := range labels {
		secret := d.secret(label)
		if secret == nil {
			continue
		}
		keys, err := keysFromTraffic(d.suite, secret)
		if err != nil {
			d.errorf("secrets of this connection cannot be used: %v", err)
			return nil
		}
		list = append(list, keys)
	}
	return list
}

// earlyKeys are those of early data. Its first records came before the suite was known, so they stay closed and
// are only counted (RFC 8446 §4.2.10).
func (d *decoder) earlyKeys() []*halfConn {
	list := d.trafficKeys("CLIENT_EARLY_TRAFFIC_SECRET")
	for _, keys := range list {
		keys.seq = d.sides[ClientSide].closed
	}
	return list
}

// masterKeys makes one direction's keys of TLS 1.2 and older; nil without a secret.
func (d *decoder) masterKeys(side Side) *halfConn {
	master := d.secret(LabelClientRandom)
	if master == nil || d.server == nil {
		return nil
	}
	client, server, err := keysFromMaster(d.server.Version, d.suite, master, d.client.Random, d.server.Random)
	if err != nil {
		d.errorf("secrets of this connection cannot be used: %v", err)
		return nil
	}
	keys := client
	if side == ServerSide {
		keys = server
	}
	if _, found := findExtension(d.server.Extensions, ExtEncryptThenMAC); found {
		keys.encryptThenMAC()
	}
	return keys
}
