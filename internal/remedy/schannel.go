package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// schannel is TLS of Windows: the registry, the TLS cmdlets and the machine's certificate stores ("TLS registry
// settings" and "Manage Transport Layer Security" in the Windows Server documentation).
func schannel() Platform {
	return Platform{
		ID: "schannel", Title: "Windows (Schannel)", Sides: []change.Side{change.Server, change.Client},
		Owns:  schannelScore,
		Steps: lazily(schannelBook),
	}
}

func schannelScore(c *fact.Case, side change.Side) int {
	if side == change.Server {
		switch {
		case describedWindows(c), microsoft(c), family(c) == "mssql", writes(c, side, "schannel"):
			return 95
		}
		return 0
	}
	switch {
	case describedWindows(c):
		return 95
	case writes(c, side, "schannel"), isClient(c, "winhttp", "wininet", ".net-framework", "iis"):
		return 90
	case isClient(c, sqlClientNames()...):
		return 50
	case anyClient(c) && family(c) == "mssql":
		return 30
	}
	return 0
}

func schannelBook() book {
	return book{
		id:    "schannel",
		apply: "run it in PowerShell as administrator; a service that does not follow at once needs a restart",
		undo:  "run the reverse in PowerShell as administrator",
		recipes: slices.Concat(schannelVersions(change.Server, "Server"), schannelVersions(change.Client, "Client"), schannelSuites(), schannelDHE(),
			schannelHello(), schannelStores(), schannelClock()),
	}
}

const schannelKey = `HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`

// schannelVersions writes Enabled and DisabledByDefault; a TLS 1.3 key on a Windows that lacks TLS 1.3 (before
// Server 2022 and 11) causes failures of its own.
func schannelVersions(side change.Side, role string) []recipe {
	on := func(name string) string {
		key := `"` + schannelKey + `\Protocols\` + name + `\` + role + `"`
		return "reg add " + key + " /v Enabled /t REG_DWORD /d 1 /f\nreg add " + key + " /v DisabledByDefault /t REG_DWORD /d 0 /f"
	}
	off := func(name string) string {
		return `reg delete "` + schannelKey + `\Protocols\` + name + `\` + role + `" /f` + "\nthen restart Windows: its default holds again"
	}
	const apply = "run it as administrator, then restart Windows"
	return []recipe{
		{kind: change.OfferVersion, variant: string(side), side: side, what: "on Windows, enable {ver} for the " + string(side) + "'s side of TLS", when: is("num", "1.2"),
			snippet: on("TLS 1.2"), apply: apply, undo: off("TLS 1.2")},
		{kind: change.OfferVersion, variant: string(side) + "13", side: side, what: "on Windows Server 2022, Windows 11 or later, enable {ver} for the " + string(side) + "'s side of TLS",
			when: is("num", "1.3"), snippet: on("TLS 1.3"), apply: apply, undo: off("TLS 1.3")},
		{kind: change.AllowOldVersion, variant: string(side), side: side, what: "on Windows, enable {oldver} for the " + string(side) + "'s side of TLS",
			snippet: on("{oldver}"), apply: apply, undo: off("{oldver}"), risk: "{oldver} is broken; it holds for every program of this Windows"},
	}
}

func schannelSuites() []recipe {
	const cmdlets = " (Windows 10, Server 2016 or later; before that by the group policy \"SSL Cipher Suite Order\")"
	return []recipe{
		{kind: change.OfferSuite, what: "on {win}, enable {iana}" + cmdlets, snippet: "Enable-TlsCipherSuite -Name {iana}",
			undo: "Disable-TlsCipherSuite -Name {iana}"},
		{kind: change.DropDHE, what: "on Windows, take {dhe} away" + cmdlets, snippet: "Disable-TlsCipherSuite -Name {dhe}",
			undo: "Enable-TlsCipherSuite -Name {dhe}"},
		{kind: change.OfferGroup, what: "on Windows, enable the curve {wincurve} (Windows 10, Server 2016 or later)", snippet: "Enable-TlsEccCurve -Name {wincurve}",
			undo: "Disable-TlsEccCurve -Name {wincurve}"},
	}
}

func schannelHello() []recipe {
	dh := `"` + schannelKey + `\KeyExchangeAlgorithms\Diffie-Hellman"`
	return []recipe{
		{kind: change.OfferEMS, variant: "server", side: change.Server, what: "on Windows, let the server support the extended master secret again",
			snippet: `reg delete "` + schannelKey + `" /v DisableServerExtendedMasterSecret /f`, apply: "run it as administrator, then restart Windows",
			undo: `reg add "` + schannelKey + `" /v DisableServerExtendedMasterSecret /t REG_DWORD /d 1 /f`},
		{kind: change.OfferEMS, variant: "client", side: change.Client, what: "on Windows, let the client support the extended master secret again",
			snippet: `reg delete "` + schannelKey + `" /v DisableClientExtendedMasterSecret /f`, apply: "run it as administrator, then restart Windows",
			undo: `reg add "` + schannelKey + `" /v DisableClientExtendedMasterSecret /t REG_DWORD /d 1 /f`},
		{kind: change.GrowDH, side: change.Server, what: "on Windows, let the server use a Diffie-Hellman group of {dhbits} bits",
			snippet: "reg add " + dh + " /v ServerMinKeyBitLength /t REG_DWORD /d {dhbits} /f", undo: "reg delete " + dh + " /v ServerMinKeyBitLength /f"},
		{kind: change.AllowSmallDH, side: change.Client, what: "on Windows, let the client accept a Diffie-Hellman group of {bits} bits",
			snippet: "reg add " + dh + " /v ClientMinKeyBitLength /t REG_DWORD /d {bits} /f", undo: "reg delete " + dh + " /v ClientMinKeyBitLength /f",
			risk: "a group of 1024 bits can be broken by those who can pay for it, a smaller one by anybody; it holds for every program of this Windows"},
	}
}

func schannelStores() []recipe {
	const root = "Import-Certificate -FilePath ca.cer -CertStoreLocation Cert:\\LocalMachine\\Root"
	const unroot = "Get-PfxCertificate ca.cer | ForEach-Object { Remove-Item \"Cert:\\LocalMachine\\Root\\$($_.Thumbprint)\" }"
	recipes := alike(recipe{side: change.Client, what: "on Windows, put the CA's certificate into the machine's trusted roots", snippet: root, undo: unroot},
		change.TrustCA, change.UpdateCA)
	return append(recipes,
		recipe{kind: change.TrustClientCA, side: change.Server, what: "on Windows, put the client certificate's CA into the machine's trusted roots", snippet: root, undo: unroot},
		recipe{kind: change.SendChain, side: change.Server, what: "on Windows, put the intermediate certificate into the machine's store of intermediates: the server sends it from there",
			snippet: "Import-Certificate -FilePath intermediate.cer -CertStoreLocation Cert:\\LocalMachine\\CA",
			undo:    "Get-PfxCertificate intermediate.cer | ForEach-Object { Remove-Item \"Cert:\\LocalMachine\\CA\\$($_.Thumbprint)\" }"},
		recipe{kind: change.MatchKey, side: change.Server, what: "on Windows, join the certificate with its private key, if the machine has it",
			snippet: "certutil -store My    # note the serial number\ncertutil -repairstore My SERIALNUMBER", undo: "nothing to take back: it only sets the link to the key"},
	)
}

func schannelClock() []recipe {
	return []recipe{
		{kind: change.SetClock, what: "on Windows, set the {side}'s clock", snippet: "Set-Service w32time -StartupType Automatic\nStart-Service w32time\nw32tm /resync /rediscover",
			apply: "run it in PowerShell as administrator; w32tm /query /status shows the source", undo: "Stop-Service w32time"},
	}
}
