package conf

import (
	"strings"
	"testing"
	"unicode/utf16"
)

const regSample = `Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL]
"EventLogging"=dword:00000007
"Something"=dword:00000001

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\client]
"enabled"=dword:ffffffff
"DisableByDefault"=dword:00000000
"DisabledByDefault"="0"

[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Control\SecurityProviders\SCHANNEL\Protocols\TLS1.3\Server]
"Enabled"=dword:00000001
[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Ciphers\RC4 128/128]
"Enabled"=dword:00000000
[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\KeyExchangeAlgorithms\Diffie-Hellman]
"ServerMinKeyBitLength"=dword:00000800
"Enabled"=-
[-HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\SSL 3.0]
"Enabled"=dword:00000001

[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Cryptography\Configuration\Local\SSL\00010002]
"Functions"=hex(7):54,00,4c,00,53,00,5f,00,41,00,00,00,\
  54,00,4c,00,53,00,5f,00,42,00,00,00,00,00
[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002]
"Functions"="TLS_A,TLS_B"

[HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319]
"SchUseStrongCrypto"=dword:00000001
"SystemDefaultTlsVersion"=dword:00000001
"InstallRoot"="C:\\Windows"
[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp]
"DefaultSecureProtocols"=dword:00000800
[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Microsoft SQL Server\MSSQL15.SHOP\MSSQLServer\SuperSocketNetLib]
"Certificate"="d1a2"
"ForceEncryption"=dword:00000001
[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\MSSQLServer\Client\SNI18.0\GeneralFlags\Flag1]
"Label"="Force protocol encryption"
"Value"=dword:00000001
[HKEY_LOCAL_MACHINE\SOFTWARE\Elsewhere]
"Enabled"=dword:00000001
`

const regWant = `
x.reg:4  SCHANNEL > EventLogging 7
x.reg:5  SCHANNEL > Something 1
x.reg:8  SCHANNEL > Protocols > TLS 1.2 > Client > Enabled 4294967295
x.reg:9  SCHANNEL > Protocols > TLS 1.2 > Client > DisableByDefault 0  ? DisabledByDefault
x.reg:10  SCHANNEL > Protocols > TLS 1.2 > Client > DisabledByDefault 0 REG_SZ
x.reg:12  SCHANNEL > Protocols > TLS1.3 > Server > (key) TLS1.3  ? TLS 1.3
x.reg:13  SCHANNEL > Protocols > TLS1.3 > Server > Enabled 1  ? TLS 1.3
x.reg:15  SCHANNEL > Ciphers > RC4 128/128 > Enabled 0
x.reg:17  SCHANNEL > KeyExchangeAlgorithms > Diffie-Hellman > ServerMinKeyBitLength 2048
x.reg:18  SCHANNEL > KeyExchangeAlgorithms > Diffie-Hellman > Enabled (deleted)
x.reg:19  SCHANNEL > Protocols > SSL 3.0 > (key deleted)
x.reg:23  Cipher order, local > Functions TLS_A TLS_B
x.reg:26  Cipher order, policy > Functions TLS_A TLS_B
x.reg:29  .NETFramework, 32 bits > v4.0.30319 > SchUseStrongCrypto 1
x.reg:30  .NETFramework, 32 bits > v4.0.30319 > SystemDefaultTlsVersion 1  ? SystemDefaultTlsVersions
x.reg:33  WinHttp > DefaultSecureProtocols 2048
x.reg:35  SuperSocketNetLib > MSSQL15.SHOP > Certificate d1a2
x.reg:36  SuperSocketNetLib > MSSQL15.SHOP > ForceEncryption 1
x.reg:38  SQL client > SNI18.0 > GeneralFlags > Flag1 > Label Force protocol encryption
x.reg:39  SQL client > SNI18.0 > GeneralFlags > Flag1 > Value 1`

// wideText is a text as regedit writes it: UTF-16 with a byte order mark and Windows' line ends.
func wideText(text string) string {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(strings.ReplaceAll(text, "\n", "\r\n"))) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestReg(t *testing.T) {
	for name, text := range map[string]string{"utf-8": regSample, "utf-16": wideText(regSample), "regedit4": strings.Replace(regSample, "Windows Registry Editor Version 5.00", "REGEDIT4", 1)} {
		t.Run(name, func(t *testing.T) {
			res := tree{"x.reg": text}.read(t, "x.reg")
			if res.Dialect != "reg" {
				t.Fatalf("dialect %q", res.Dialect)
			}
			wantSettings(t, res, regWant)
		})
	}
}

func TestRegStray(t *testing.T) {
	text := `REGEDIT4
[HKEY_CURRENT_USER\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client]
"Enabled"=dword:00000001
[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANEL\Protocols\TLS 1.2]
"Enabled"=dword:00000001
[HKEY_CURRENT_USER\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings]
"SecureProtocols"=dword:00000a00
"ProxyServer"="proxy:8080"
`
	wantSettings(t, tree{"x.reg": text}.read(t, "x.reg"), `
x.reg:2  SCHANNEL > Protocols > TLS 1.2 > Client > (key) HKEY_CURRENT_USER  ? HKEY_LOCAL_MACHINE
x.reg:3  SCHANNEL > Protocols > TLS 1.2 > Client > Enabled 1  ? HKEY_LOCAL_MACHINE
x.reg:4  SCHANEL > Protocols > TLS 1.2 > (key) SCHANEL  ? SCHANNEL
x.reg:5  SCHANEL > Protocols > TLS 1.2 > Enabled 1  ? SCHANNEL
x.reg:7  Internet Settings > SecureProtocols 2560`)
}

func TestRegData(t *testing.T) {
	for in, want := range map[string]string{
		"dword:0000000a": "10 dword", "dword:xyz": "xyz broken", `"a\\b\"c"`: `a\b"c sz`, "hex:01,00,00,00": "1 binary",
		"hex(b):00,01,00,00,00,00,00,00": "256 qword", "hex:01": "1 bytes binary", "hex(7):": " multi", "nonsense": "nonsense broken",
	} {
		words, kind := regData(in)
		if got := strings.Join(words, ",") + " " + kind; got != want {
			t.Errorf("regData(%s) = %q, want %q", in, got, want)
		}
	}
}
