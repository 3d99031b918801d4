package remedy

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// Where the names of all suites as they were are kept, in their order, so that each can be put back in its place. A second run
// must not write it anew: it would hold the shorter list.
const suitesBefore = `$env:ProgramData\tls-cipher-suites.txt`

// schannelDHE takes TLS_DHE away from a Windows, and nothing else: with the cmdlets of Windows 10 and Server 2016, or before them
// by the group policy (KB4557473; "Manage Transport Layer Security (TLS)"). Diffie-Hellman can be switched off below SCHANNEL too,
// but that is documented for Server 2003 and older alone (KB245030); for later ones Microsoft says to use the order of suites.
func schannelDHE() []recipe {
	return []recipe{
		{kind: change.DropDHE, variant: "all", when: windowsBy("cmdlets"), what: "on {newer}, take the suites TLS_DHE_* away and nothing else; one of the two machines is enough",
			snippet: "$before = \"" + suitesBefore + "\"\n" +
				"if (-not (Test-Path $before)) { (Get-TlsCipherSuite).Name | Set-Content $before }\n" +
				"foreach ($name in (Get-TlsCipherSuite -Name TLS_DHE).Name) { Disable-TlsCipherSuite -Name $name }",
			apply: "run it in PowerShell as administrator, no restart is needed; check: Get-TlsCipherSuite -Name TLS_DHE prints nothing, and a group policy " +
				"\"SSL Cipher Suite Order\" goes before it",
			undo: "$names = @(Get-Content \"" + suitesBefore + "\")\n" +
				"for ($i = 0; $i -lt $names.Count; $i++) { if ($names[$i] -like 'TLS_DHE_*') { Enable-TlsCipherSuite -Name $names[$i] -Position $i } }\n" +
				"Remove-Item \"" + suitesBefore + "\""},
		{kind: change.DropDHE, variant: "policy", when: windowsBy("policy"),
			what: "on {older}, set the group policy \"SSL Cipher Suite Order\" to the suites without TLS_DHE_*, on one line{without}; one of the two machines is enough",
			file: "Computer Configuration > Administrative Templates > Network > SSL Configuration Settings > SSL Cipher Suite Order", snippet: "{suitelist}",
			apply: "note what is set before: reg query " + suitePolicy + "; choose Enabled, replace the text under SSL Cipher Suites, which takes 1,023 characters, " +
				"and restart Windows; check: reg query " + suitePolicy + " shows the list without TLS_DHE",
			undo: "set the policy to what it was before (Not Configured, as a rule) and restart Windows"},
		{kind: change.DropDHE, variant: "registry", when: func(v values) bool { return v.args["windows"] == "registry" },
			what: "on {older}, switch Diffie-Hellman off as a whole; one of the two machines is enough", snippet: "reg add " + diffieHellman + " /v Enabled /t REG_DWORD /d 0 /f",
			apply: "run it as administrator, then restart Windows; check: reg query " + diffieHellman + " /v Enabled", undo: "reg delete " + diffieHellman + " /v Enabled /f"},
	}
}

// The keys of the policy's list and of Diffie-Hellman as a whole, as reg.exe takes them.
const (
	suitePolicy   = `"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002" /v Functions`
	diffieHellman = `"` + schannelKey + `\KeyExchangeAlgorithms\Diffie-Hellman"`
)

// windowsBy holds where a change is known to go that way, or where nothing is known of the Windows.
func windowsBy(way string) func(values) bool {
	return func(v values) bool {
		return v.args["suite"] == "" && (v.args["windows"] == way || v.args["windows"] == "")
	}
}

// maxSuiteList is what the policy's text takes ("Manage Transport Layer Security (TLS)").
const maxSuiteList = 1023

// oldSuites is the default order of Windows 7 to 8.1 and Server 2008 R2 to 2012 R2 without TLS_DHE_* ("TLS Cipher Suites in Windows
// 8.1"), and without its last, TLS_RSA_WITH_RC4_128_MD5, for which there is no room. Suites with NULL are not used unless a
// program asks for them, and not listed here.
var oldSuites = strings.Join([]string{
	"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P256", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384_P384", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256_P256",
	"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256_P384", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA_P256", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA_P384",
	"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA_P256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA_P384", "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_GCM_SHA256",
	"TLS_RSA_WITH_AES_256_CBC_SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
	"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384_P384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256_P256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256_P384",
	"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384_P384", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256_P256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256_P384",
	"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA_P256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA_P384", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA_P256",
	"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA_P384", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_RC4_128_SHA",
}, ",")

// windowsPlace says on which Windows a suite is to be enabled or TLS_DHE to be taken away: the machine where one was described.
func (v values) windowsPlace(side change.Side) {
	of := "Windows (" + string(side) + "; "
	set(v.args, "win", v.args["machine"])
	set(v.args, "win", "Windows")
	set(v.args, "newer", v.args["machine"])
	set(v.args, "newer", of+"Windows 10, Server 2016 or later)")
	set(v.args, "older", v.args["machine"])
	set(v.args, "older", of+"Windows 8.1, Server 2012 R2 or older)")
}

// suiteList makes the policy's list safe: that of the machine where it is known and fits, else the default of the releases
// that have no cmdlets.
func (v values) suiteList() {
	list := v.args["suites"]
	delete(v.args, "suites")
	v.safe["without"] = " (TLS_RSA_WITH_RC4_128_MD5 does not fit in)"
	switch {
	case list == "":
		v.safe["suitelist"] = oldSuites
	case len(list) <= maxSuiteList && strings.Trim(list, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_,") == "":
		v.safe["suitelist"], v.safe["without"] = list, " as they are set now"
	}
}

// describedWindows: the case is about Windows machines that were described.
func describedWindows(c *fact.Case) bool { return len(c.Machines) > 0 }
