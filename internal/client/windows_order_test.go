package client_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// TestMeet: what a client of one release and a server of another agree on with an RSA certificate, and what without TLS_DHE. That of
// 2012 R2 with 2019 is what KB4557473 shows; the others follow from Microsoft's lists of suites.
func TestMeet(t *testing.T) {
	const dhe, cbc = "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"
	const gcm = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
	for _, c := range []struct {
		client, server string
		version        uint16
		suite, after   string
	}{
		{"Windows Server 2012 R2", "Windows Server 2019", wire.TLS12, dhe, cbc},
		{"Windows Server 2019", "Windows Server 2012 R2", wire.TLS12, cbc, cbc},
		{"Windows Server 2012 R2", "Windows Server 2016 14393.3300", wire.TLS12, dhe, cbc},
		{"Windows Server 2016 14393.3300", "Windows Server 2012 R2", wire.TLS12, cbc, cbc},
		{"Windows 8.1", "Windows Server 2022", wire.TLS12, dhe, cbc},
		{"Windows 10 1607", "Windows Server 2019", wire.TLS12, gcm, gcm},
		{"Windows Server 2012 R2", "Windows Server 2012", wire.TLS12, cbc, cbc},
		{"Windows 11", "Windows Server 2022", wire.TLS13, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"},
		// TLS 1.0 alone: 2008 R2 has no more by default
		{"Windows Server 2008 R2", "Windows Server 2019", wire.TLS10, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
		{"Windows Server 2008 R2", "Windows Server 2025", 0, "", ""}, // which has it no longer
	} {
		m, ok := client.Meet(machine(t, c.client), machine(t, c.server))
		if !ok || m.Version != c.version || suiteName(m.Suite) != c.suite || suiteName(m.After) != c.after {
			t.Errorf("%s to %s: %s %s, after %s; want %s %s, after %s", c.client, c.server, names.Version(m.Version), suiteName(m.Suite), suiteName(m.After),
				names.Version(c.version), c.suite, c.after)
		}
	}
	if _, ok := client.Meet(machine(t, "Windows Server 2003"), machine(t, "Windows Server 2019")); ok {
		t.Error("the suites of Server 2003 are not known here")
	}
}

func suiteName(id uint16) string {
	if id == 0 {
		return ""
	}
	return names.SuiteName(id)
}

// regExport is an export with one key.
func regExport(key string, values ...string) string {
	return "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\" + key + "]\r\n" + strings.Join(values, "\r\n") + "\r\n"
}

const (
	policyKey   = `SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002`
	localKey    = `SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002`
	schannelKey = `SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\`
)

// TestConfiguredOrder: what is configured takes the place of the default order, and the policy that of the machine's own list;
// the suite that a 2012 R2 client gets from such a server follows.
func TestConfiguredOrder(t *testing.T) {
	const dhe, cbc, rsa = "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "TLS_RSA_WITH_AES_256_GCM_SHA384"
	const dhe128 = "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"
	listed := func(list ...string) string { return strings.Join(list, "\r\n") + "\r\n" }
	policy := regExport(policyKey, `"Functions"="`+rsa+`,`+dhe+`"`)
	for name, c := range map[string]struct {
		more        []string
		from, suite string
	}{
		"nothing":                        {nil, "default", dhe},
		"Get-TlsCipherSuite without DHE": {[]string{listed("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", cbc, rsa)}, "Get-TlsCipherSuite", cbc},
		"Get-TlsCipherSuite with DHE":    {[]string{listed(dhe128, cbc, dhe)}, "Get-TlsCipherSuite", dhe128},
		"Format-List of it": {[]string{"KeyType               : 0\nName                  : " + rsa + "\nProtocols             : {771, 65277}\n\n" +
			"KeyType               : 0\nName                  : " + dhe + "\nProtocols             : {771, 65277}\n"}, "Get-TlsCipherSuite", rsa},
		"a group policy":         {[]string{policy}, "group policy", rsa},
		"the machine's own list": {[]string{regExport(localKey, `"Functions"=hex(7):`+wideHex(dhe128, dhe))}, "registry", dhe128},
		"the policy before it":   {[]string{regExport(localKey, `"Functions"=hex(7):`+wideHex(dhe128, dhe)), policy}, "group policy", rsa},
		"Diffie-Hellman off":     {[]string{regExport(schannelKey+`KeyExchangeAlgorithms\Diffie-Hellman`, `"Enabled"=dword:00000000`)}, "default", cbc},
		"Diffie-Hellman on":      {[]string{regExport(schannelKey+`KeyExchangeAlgorithms\Diffie-Hellman`, `"Enabled"=dword:ffffffff`)}, "default", dhe},
		"its bits alone":         {[]string{regExport(schannelKey+`KeyExchangeAlgorithms\Diffie-Hellman`, `"ServerMinKeyBitLength"=dword:00000800`)}, "default", dhe},
		"TLS 1.2 off":            {[]string{regExport(schannelKey+`Protocols\TLS 1.2\Server`, `"Enabled"=dword:00000000`)}, "default", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
		"TLS 1.2 off as client":  {[]string{regExport(schannelKey+`Protocols\TLS 1.2\Client`, `"Enabled"=dword:00000000`)}, "default", dhe},
	} {
		server := machine(t, append([]string{"Windows Server 2016 14393.3564"}, c.more...)...)
		m, ok := client.Meet(machine(t, "Windows Server 2012 R2"), server)
		if !ok || server.Order.From != c.from || suiteName(m.Suite) != c.suite {
			t.Errorf("%s: from %q, %s; want %q, %s", name, server.Order.From, suiteName(m.Suite), c.from, c.suite)
		}
		if dheLeft := slices.ContainsFunc(server.Order.Suites, func(id uint16) bool { return strings.HasPrefix(names.SuiteName(id), "TLS_DHE") }); server.Order.NoDHE && dheLeft {
			t.Errorf("%s: TLS_DHE is left", name)
		}
	}
}

// wideHex is a REG_MULTI_SZ as an export writes it.
func wideHex(words ...string) string {
	var b strings.Builder
	const digits = "0123456789abcdef"
	for _, r := range strings.Join(words, "\x00") + "\x00\x00" {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digits[r>>4&15])
		b.WriteByte(digits[r&15])
		b.WriteString(",00")
	}
	return b.String()
}
