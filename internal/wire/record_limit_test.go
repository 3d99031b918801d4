package wire

import (
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// helloLimited offers records of 512 bytes (RFC 6066 §4: 1 stands for 2^9; RFC 8449 §4: the size itself).
func helloLimited(version uint16, typ uint16) Hello {
	h := helloResuming(version, false)
	value := []byte{1}
	if typ == ExtRecordSizeLimit {
		value = []byte{0x02, 0x00}
	}
	h.Extra = append(h.Extra, Extension{Type: typ, Data: value})
	return h
}

// TestRecordLimitAgainstRealServers: OpenSSL keeps to max_fragment_length, GnuTLS to both; their chains are longer than
// 512 bytes.
func TestRecordLimitAgainstRealServers(t *testing.T) {
	id := testIdentity(t, "rsa")
	openssl, gnutls := opensslServer(t, id, "-cipher", allCiphers), gnutlsServer(t, id, "-a", "--priority", gnutlsAll)
	for version := TLS12; version <= TLS13; version++ {
		for name, test := range map[string]struct {
			addr, want string
			typ        uint16
		}{
			"OpenSSL/max_fragment_length": {openssl, "ba\n", ExtMaxFragmentLength},
			"GnuTLS/max_fragment_length":  {gnutls, "ab\n", ExtMaxFragmentLength},
			"GnuTLS/record_size_limit":    {gnutls, "ab\n", ExtRecordSizeLimit},
		} {
			t.Run(names.Version(version)+"/"+name, func(t *testing.T) {
				c := talk(t, test.addr, ClientConfig{Hello: helloLimited(version, test.typ)}, test.want)
				if c.limits.in == 0 {
					t.Error("the server did not agree")
				}
				if c.limits.widest > c.limits.in {
					t.Errorf("a record of %d bytes, %d agreed on", c.limits.widest, c.limits.in)
				}
			})
		}
	}
}

// TestRecordLimitBroken: a server that agrees and sends larger records all the same is noticed; one that does not agree
// may send what it likes.
func TestRecordLimitBroken(t *testing.T) {
	id := testIdentity(t, "rsa")
	for version := TLS12; version <= TLS13; version++ {
		for _, typ := range []uint16{ExtMaxFragmentLength, ExtRecordSizeLimit} {
			hello := helloLimited(version, typ)
			server := ServerConfig{Chain: append(id.chain[:1:1], id.chain[0]), Key: id.key, Renegotiation: true, Suites: hello.Suites}
			newPair(t, ClientConfig{Hello: hello}, server).run().wantDone(t)
			server.Extra = hello.Extra
			p := newPair(t, ClientConfig{Hello: hello}, server).run()
			if version == TLS12 && typ == ExtRecordSizeLimit { // its certificate is not protected yet, all else is short
				p.wantDone(t)
				big, err := p.server.Seal(make([]byte, 513))
				if err != nil {
					t.Fatal(err)
				}
				_, p.clientErr = p.client.Feed(big)
			}
			wantLocal(t, p.clientErr, ReasonOverLimit)
		}
	}
}

// TestRecordLimitOfServer: what the server asks for is kept as well, and what no side may ask for is refused.
func TestRecordLimitOfServer(t *testing.T) {
	id := testIdentity(t, "rsa")
	hello := helloLimited(TLS12, ExtRecordSizeLimit)
	server := ServerConfig{Chain: id.chain, Key: id.key, Renegotiation: true, Suites: hello.Suites,
		Extra: []Extension{{Type: ExtRecordSizeLimit, Data: []byte{0, 64}}}}
	p := newPair(t, ClientConfig{Hello: hello}, server).run()
	p.wantDone(t)
	sent, err := p.client.Seal(make([]byte, 100))
	if err != nil {
		t.Fatal(err)
	}
	var cut Deframer
	cut.Push(sent)
	n := 0
	for {
		if _, ok, _ := cut.Next(); !ok {
			break
		}
		n++
	}
	if n != 2 {
		t.Errorf("100 bytes in %d records", n)
	}
	server.Extra[0].Data = []byte{0, 63}
	wantLocal(t, newPair(t, ClientConfig{Hello: hello}, server).run().clientErr, ReasonDecode)
}
