package wire

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/names"
)

// steady is a random source that repeats itself, so that two builds can be compared.
func steady() *bytes.Reader { return bytes.NewReader(bytes.Repeat([]byte("0123456789abcdef"), 1000)) }

func build(t *testing.T, h Hello) *Built {
	t.Helper()
	b, err := h.Build(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func extensionTypes(list []Extension) []uint16 {
	var types []uint16
	for _, e := range list {
		types = append(types, e.Type)
	}
	return types
}

// modern offers everything that a hello can.
func modern() Hello {
	return Hello{
		Versions: []uint16{TLS13, TLS12}, Suites: []uint16{names.TLS_AES_128_GCM_SHA256, names.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
		Groups: []uint16{names.X25519, names.P256, names.X448}, Shares: []uint16{names.X25519},
		Signatures: []uint16{names.RSAPSSRSAESHA256, names.ECDSAP256SHA256}, ServerName: "example.test.",
		ALPN: []string{"h2", "http/1.1"}, EMS: true, Renegotiation: true, Ticket: true, Status: true, SCT: true,
	}
}

func TestBuildModern(t *testing.T) {
	b := build(t, modern())
	h := b.Hello
	// OpenSSL's order, see TestExtensionOrderOfOpenSSL; what it does not send by default stands as in its ext_defs.
	order := []uint16{0xff01, 0, 11, 10, 35, 5, 16, 18, 23, 13, 43, 45, 51}
	if got := extensionTypes(h.Extensions); !slices.Equal(got, order) {
		t.Errorf("extensions %v, want %v", got, order)
	}
	if h.LegacyVersion != TLS12 || h.RecordVersion != TLS10 || len(h.SessionID) != 32 || h.RecordsOfHello != 1 {
		t.Errorf("version %x, record %x, session ID %x, records %d", h.LegacyVersion, h.RecordVersion, h.SessionID, h.RecordsOfHello)
	}
	if h.ServerName != "example.test" || !slices.Equal(h.ALPN, []string{"h2", "http/1.1"}) {
		t.Errorf("name %q, protocols %q", h.ServerName, h.ALPN)
	}
	if !h.EMS || !h.Renegotiation || !h.Ticket || !h.StatusRequest {
		t.Errorf("flags of %+v", h)
	}
	if !bytes.Equal(b.Random, h.Random) || !slices.Equal(b.Shares.Groups(), []uint16{names.X25519}) || len(h.Shares[0].Data) != 32 {
		t.Errorf("random %x, shares %v", b.Random, h.Shares)
	}
	if !bytes.Equal(b.Records, append([]byte{22, 3, 1, byte(len(b.Message) >> 8), byte(len(b.Message))}, b.Message...)) {
		t.Error("records do not hold the message")
	}
}

// A hello below TLS 1.3 must not look like one of TLS 1.3: old servers have stumbled over that.
func TestBuildBelowTLS13(t *testing.T) {
	h := modern()
	h.Versions = []uint16{TLS12, TLS10}
	b := build(t, h)
	for _, typ := range []uint16{ExtSupportedVersions, ExtKeyShare, ExtPSKModes, ExtPreSharedKey} {
		if _, found := findExtension(b.Hello.Extensions, typ); found {
			t.Errorf("extension %d in a hello for TLS 1.2", typ)
		}
	}
	if b.Hello.LegacyVersion != TLS12 || len(b.Hello.SessionID) != 0 || len(b.Shares.Groups()) != 0 {
		t.Errorf("version %x, session ID %x, shares %v", b.Hello.LegacyVersion, b.Hello.SessionID, b.Shares.Groups())
	}
}

func TestBuildSSLv3(t *testing.T) {
	b := build(t, Hello{Versions: []uint16{SSLv3}, Suites: []uint16{names.TLS_RSA_WITH_RC4_128_SHA}, SCSV: true})
	// 4 header, 2 version, 32 random, 1 session ID, 2+4 suites, 2 compression: no extensions, not even their length.
	if len(b.Message) != 47 || b.Hello.LegacyVersion != SSLv3 || b.Hello.RecordVersion != SSLv3 || !b.Hello.Renegotiation {
		t.Errorf("%d bytes: %x", len(b.Message), b.Message)
	}
	if !slices.Equal(b.Hello.Suites, []uint16{names.TLS_RSA_WITH_RC4_128_SHA, SuiteRenegotiationSCSV}) {
		t.Errorf("suites %x", b.Hello.Suites)
	}
}

func TestBuildVersions(t *testing.T) {
	for _, c := range []struct {
		hello          Hello
		legacy, record uint16
		session        int
	}{
		{Hello{Versions: []uint16{TLS13}}, TLS12, TLS10, 32},
		{Hello{Versions: []uint16{TLS13, TLS10}}, TLS12, TLS10, 32},
		{Hello{Versions: []uint16{TLS13}, NoSessionID: true}, TLS12, TLS10, 0},
		{Hello{Versions: []uint16{TLS13}, SessionID: []byte{1, 2}}, TLS12, TLS10, 2},
		{Hello{Versions: []uint16{TLS11, TLS10}, RecordVersion: TLS12}, TLS11, TLS12, 0},
		{Hello{Versions: []uint16{TLS12}, ForceVersion: 0x0305}, 0x0305, TLS10, 0},
		{Hello{ForceVersion: TLS10}, TLS10, TLS10, 0},
	} {
		c.hello.Suites = []uint16{1}
		h := build(t, c.hello).Hello
		if h.LegacyVersion != c.legacy || h.RecordVersion != c.record || len(h.SessionID) != c.session {
			t.Errorf("%+v: %x, %x, %d bytes of session ID", c.hello, h.LegacyVersion, h.RecordVersion, len(h.SessionID))
		}
	}
}

// RFC 6066 §3: literal addresses are not permitted in server_name.
func TestBuildNoNameForAddress(t *testing.T) {
	for _, name := range []string{"", "192.0.2.1", "2001:db8::1", "[2001:db8::1]", "fe80::1%eth0", "::ffff:1.2.3.4"} {
		h := modern()
		h.ServerName = name
		if _, found := findExtension(build(t, h).Hello.Extensions, ExtServerName); found {
			t.Errorf("server_name for %q", name)
		}
	}
}

func TestBuildPadding(t *testing.T) {
	for _, size := range []int{300, 511, 512, 1800, 20000} {
		h := modern()
		h.PadTo = size
		b := build(t, h)
		if len(b.Message) != size {
			t.Errorf("padded to %d: %d bytes", size, len(b.Message))
		}
		if last := b.Hello.Extensions[len(b.Hello.Extensions)-1]; last.Type != ExtPadding || strings.Trim(string(last.Data), "\x00") != "" {
			t.Errorf("padded to %d: last extension %d", size, last.Type)
		}
	}
	plain := len(build(t, modern()).Message)
	for over := range 5 {
		h := modern()
		h.PadTo = plain + over
		if n := len(build(t, h).Message); n < h.PadTo || n > h.PadTo+5 {
			t.Errorf("padded to %d: %d bytes", h.PadTo, n)
		}
	}
}

func TestBuildPaddingAlone(t *testing.T) {
	b := build(t, Hello{Versions: []uint16{TLS10}, Suites: []uint16{1}, PadTo: 100})
	if len(b.Message) != 100 || len(b.Hello.Extensions) != 1 {
		t.Errorf("%d bytes, extensions %v", len(b.Message), b.Hello.Extensions)
	}
}

func TestBuildSplit(t *testing.T) {
	h := modern()
	h.SplitRecords = 3
	b := build(t, h)
	records, err := deframe(t, b.Records, 11)
	if err != nil || len(records) != b.Hello.RecordsOfHello || len(records) != (len(b.Message)+2)/3 {
		t.Errorf("%d records, said %d, %v", len(records), b.Hello.RecordsOfHello, err)
	}
}

func TestBuildGREASE(t *testing.T) {
	seen := map[uint16]bool{}
	for range 40 {
		h := modern()
		h.GREASE = true
		got := build(t, h).Hello
		last := len(got.Extensions) - 1
		for what, v := range map[string]uint16{
			"suite": got.Suites[0], "group": got.Groups[0], "share": got.Shares[0].Group, "version": got.Versions[0],
			"first extension": got.Extensions[0].Type, "last extension": got.Extensions[last].Type,
		} {
			if !names.GREASE(v) {
				t.Fatalf("%s 0x%04x is no GREASE value", what, v)
			}
		}
		if got.Extensions[0].Type == got.Extensions[last].Type {
			t.Fatal("the same extension twice")
		}
		seen[got.Suites[0]] = true
	}
	if len(seen) < 5 {
		t.Errorf("%d different values in 40 hellos", len(seen))
	}
}

func TestBuildExtra(t *testing.T) {
	h := modern()
	h.PadTo = 600
	h.Extra = []Extension{{Type: ExtEncryptThenMAC}, {Type: ExtPreSharedKey, Data: []byte{1}}}
	got := extensionTypes(build(t, h).Hello.Extensions)
	if n := len(got); got[n-1] != ExtPreSharedKey || got[n-2] != ExtPadding || got[n-3] != ExtEncryptThenMAC {
		t.Errorf("extensions %v", got)
	}
}

func TestBuildRepeatsItself(t *testing.T) {
	h := modern()
	h.GREASE = true
	h.Groups = append(h.Groups, names.X25519MLKEM768, names.FFDHE2048, names.P521)
	h.Shares = []uint16{names.X25519MLKEM768, names.X25519, names.FFDHE2048, names.P521}
	one, err1 := h.Build(steady())
	two, err2 := h.Build(steady())
	if err1 != nil || err2 != nil || !bytes.Equal(one.Message, two.Message) {
		t.Errorf("two hellos of the same randomness differ (%v, %v)", err1, err2)
	}
}

func TestBuildRefuses(t *testing.T) {
	suites := []uint16{1}
	for what, h := range map[string]Hello{
		"no version":    {Suites: suites},
		"no suite":      {Versions: []uint16{TLS12}},
		"long protocol": {Versions: []uint16{TLS12}, Suites: suites, ALPN: []string{strings.Repeat("x", 256)}},
		"long name":     {Versions: []uint16{TLS12}, Suites: suites, ServerName: strings.Repeat("x", 1<<16)},
		"long extra":    {Versions: []uint16{TLS12}, Suites: suites, Extra: []Extension{{Data: make([]byte, 1<<16)}}},
		"many suites":   {Versions: []uint16{TLS12}, Suites: make([]uint16, 1<<15)},
		"many versions": {Versions: slices.Repeat([]uint16{TLS13}, 128), Suites: suites},
		"long session":  {Versions: []uint16{TLS12}, Suites: suites, SessionID: make([]byte, 256)},
	} {
		if b, err := h.Build(nil); err == nil {
			t.Errorf("%s: built %d bytes", what, len(b.Message))
		}
	}
	if _, err := modern().Build(bytes.NewReader(make([]byte, 50))); err == nil {
		t.Error("built a hello although randomness ran out")
	}
	h := modern()
	h.Shares = []uint16{names.X448}
	if _, err := h.Build(nil); !errors.Is(err, ErrGroupUnsupported) {
		t.Errorf("X448 share: %v", err)
	}
}

func TestRebuild(t *testing.T) {
	h := modern()
	h.PadTo = 700
	h.Extra = []Extension{{Type: ExtEarlyData}}
	first := build(t, h)
	second, err := h.Rebuild(first, &ServerHello{Retry: true, Share: &KeyShare{Group: names.P256}, Cookie: []byte("cookie")})
	if err != nil {
		t.Fatal(err)
	}
	a, b := first.Hello, second.Hello
	if !bytes.Equal(a.Random, b.Random) || !bytes.Equal(a.SessionID, b.SessionID) || !slices.Equal(a.Suites, b.Suites) {
		t.Error("random, session ID or suites changed")
	}
	if len(b.Shares) != 1 || b.Shares[0].Group != names.P256 || len(b.Shares[0].Data) != 65 || len(second.Message) != 700 {
		t.Errorf("shares %v in %d bytes", b.Shares, len(second.Message))
	}
	if cookie, _ := findExtension(b.Extensions, ExtCookie); !bytes.Equal(cookie, []byte("\x00\x06cookie")) {
		t.Errorf("cookie %x", cookie)
	}
	want := []uint16{0xff01, 0, 11, 10, 35, 5, 16, 18, 23, 13, 43, 45, 51, 44, 21}
	if got := extensionTypes(b.Extensions); !slices.Equal(got, want) {
		t.Errorf("extensions %v, want %v", got, want)
	}
	if b.RecordVersion != TLS12 || second.Records[2] != 3 {
		t.Errorf("record version %x", b.RecordVersion)
	}
	if _, found := findExtension(first.Hello.Extensions, ExtEarlyData); !found || len(first.Shares.Groups()) != 1 {
		t.Error("the first hello was changed")
	}
}

func TestRebuildForCookieKeepsShares(t *testing.T) {
	h := modern()
	first := build(t, h)
	second, err := h.Rebuild(first, &ServerHello{Retry: true, Cookie: []byte{1}})
	if err != nil || !bytes.Equal(second.Hello.Shares[0].Data, first.Hello.Shares[0].Data) || second.Shares != first.Shares {
		t.Errorf("shares changed: %v", err)
	}
}

func TestRebuildRefuses(t *testing.T) {
	h := modern()
	first := build(t, h)
	for what, retry := range map[string]*ServerHello{
		"nothing new":       {},
		"group not offered": {Share: &KeyShare{Group: names.P384}},
		"share was sent":    {Share: &KeyShare{Group: names.X25519}},
		"long cookie":       {Cookie: make([]byte, 1<<16)},
	} {
		if _, err := h.Rebuild(first, retry); err == nil {
			t.Errorf("%s: built", what)
		}
	}
	if _, err := h.Rebuild(first, &ServerHello{Share: &KeyShare{Group: names.X448}}); !errors.Is(err, ErrGroupUnsupported) {
		t.Errorf("X448: %v", err)
	}
}
