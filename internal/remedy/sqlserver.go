package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// sqlServer is SQL Server as the server: the instance's registry keys on Windows, mssql-conf on Linux ("Configure
// SQL Server Database Engine for encrypting connections", "Encrypt connections to SQL Server on Linux").
func sqlServer() Platform {
	return Platform{
		ID: "sqlserver", Title: "SQL Server", Sides: []change.Side{change.Server},
		Owns: func(c *fact.Case, _ change.Side) int {
			if family(c) == "mssql" {
				return 90
			}
			return 0
		},
		Steps: lazily(sqlServerBook),
	}
}

func sqlServerBook() book {
	return book{
		id:      "sqlserver",
		apply:   "run it in Windows PowerShell as administrator on the server; it restarts the instance",
		undo:    "run it again with the former values",
		recipes: slices.Concat(sqlServerWindows(), sqlServerLinux(), sqlServerNetwork(), sqlServerPlain()),
	}
}

// block makes pasted lines one command, which an error ends before the restart.
func block(lines string) string {
	return "& {\n$ErrorActionPreference = 'Stop'\n" + lines + "\nRestart-Service '{service}' -Force\n}"
}

// sqlKey finds the instance's registry key, whose name carries the version.
const sqlKey = `$id = (Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server\Instance Names\SQL').'{sqlinstance}'
$key = "HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server\$id\MSSQLServer\SuperSocketNetLib"
`

// useCertificate gives the service account the key and the instance the thumbprint, in lower case and without the
// invisible character that copying it out of a dialog brings along (KB 2023869). SQL Server wants a key of a
// legacy provider (AT_KEYEXCHANGE), which lies in RSA\MachineKeys.
const useCertificate = `if (-not $cert) { throw 'the store has no such certificate' }
$account = (Get-CimInstance Win32_Service -Filter "Name='{service}'").StartName
$file = $cert.PrivateKey.CspKeyContainerInfo.UniqueKeyContainerName
if (-not $file) { throw 'its key is not one of a CSP: import it again with certutil -csp "Microsoft RSA SChannel Cryptographic Provider" -importPFX' }
icacls "$env:ProgramData\Microsoft\Crypto\RSA\MachineKeys\$file" /grant "$($account):R"
` + sqlKey + `"former thumbprint: " + (Get-ItemProperty $key).Certificate
Set-ItemProperty $key -Name Certificate -Value $cert.Thumbprint.ToLower()`

func sqlServerWindows() []recipe {
	undo := block(sqlKey + "Set-ItemProperty $key -Name Certificate -Value 'FORMER THUMBPRINT'    # '' lets SQL Server choose")
	const named = `$cert = Get-ChildItem Cert:\LocalMachine\My | Where-Object { $_.DnsNameList.Unicode -contains '{certname|fqdn}' } | Sort-Object NotBefore | Select-Object -Last 1
`
	const newest = `$cert = Get-ChildItem Cert:\LocalMachine\My -SSLServerAuthentication | Sort-Object NotBefore | Select-Object -Last 1
`
	kinds := append(newCertificate(), change.EnableTLS, change.UseOtherKeyType, change.FixCertificateFile, change.FixKeyFile)
	return append(
		alike(recipe{variant: "windows", what: "on Windows, let SQL Server use the newest certificate for {certname} in the machine's personal store",
			snippet: block(named + useCertificate), undo: undo}, kinds...),
		alike(recipe{variant: "windows-newest", instead: true, what: "on Windows, let SQL Server use the newest server certificate in the machine's personal store",
			snippet: block(newest + useCertificate), undo: undo}, kinds...)...,
	)
}

const mssqlConf = "/opt/mssql/bin/mssql-conf"

func sqlServerLinux() []recipe {
	const restart = "systemctl restart mssql-server"
	const pair = "chown mssql: /etc/ssl/mssql.pem /etc/ssl/mssql.key && chmod 400 /etc/ssl/mssql.key\n" +
		mssqlConf + " set network.tlscert /etc/ssl/mssql.pem\n" + mssqlConf + " set network.tlskey /etc/ssl/mssql.key"
	recipes := alike(recipe{variant: "linux", what: "on Linux, give SQL Server the new certificate, followed by its intermediates, and its key",
		snippet: pair, apply: restart, undo: mssqlConf + " unset network.tlscert; " + mssqlConf + " unset network.tlskey; " + restart},
		append(newCertificate(), change.EnableTLS, change.UseOtherKeyType, change.FixCertificateFile, change.FixKeyFile)...)
	return append(recipes,
		recipe{kind: change.OfferVersion, variant: "linux", what: "on Linux, let SQL Server speak {ver}", when: is("num", "1.2"),
			snippet: mssqlConf + " set network.tlsprotocols 1.2", apply: restart, undo: mssqlConf + " unset network.tlsprotocols && " + restart},
		recipe{kind: change.AllowOldVersion, variant: "linux", what: "on Linux, let SQL Server speak {oldver}",
			snippet: mssqlConf + " set network.tlsprotocols {oldnums}", apply: restart, undo: mssqlConf + " unset network.tlsprotocols && " + restart,
			risk: "{oldver} is broken"},
		recipe{kind: change.SendChain, variant: "linux", what: "on Linux, append the intermediate certificate to SQL Server's certificate file",
			snippet: "cat intermediate.crt >> /etc/ssl/mssql.pem", apply: restart, undo: "put the old file back and: " + restart},
		recipe{kind: change.StartServer, variant: "linux", what: "on Linux, let SQL Server listen on port {port}",
			snippet: mssqlConf + " set network.tcpport {port}", apply: "systemctl enable --now mssql-server && " + restart,
			undo: mssqlConf + " unset network.tcpport && " + restart},
		recipe{kind: change.MatchKey, variant: "linux", what: "on Linux, give SQL Server the key that belongs to the certificate", snippet: pair,
			apply: keyCheck("/etc/ssl/mssql.pem", "/etc/ssl/mssql.key") + " && " + restart, undo: "put the old files back and: " + restart},
	)
}

func sqlServerNetwork() []recipe {
	return []recipe{
		{kind: change.StartServer, variant: "windows", what: "on Windows, let SQL Server listen on TCP port {port}", snippet: block(sqlKey + `Set-ItemProperty "$key\Tcp" -Name Enabled -Value 1
Set-ItemProperty "$key\Tcp\IPAll" -Name TcpPort -Value '{port}'
Set-ItemProperty "$key\Tcp\IPAll" -Name TcpDynamicPorts -Value ''`)},
		{kind: change.OpenFirewall, variant: "windows", what: "on Windows, let the server's own firewall pass TCP port {port}",
			snippet: "New-NetFirewallRule -DisplayName 'SQL Server TCP {port}' -Direction Inbound -Protocol TCP -LocalPort {port} -Action Allow",
			apply:   "run it in PowerShell as administrator on the server", undo: "Remove-NetFirewallRule -DisplayName 'SQL Server TCP {port}'"},
		{kind: change.ShrinkPackets, what: "let SQL Server use packets of its default size", file: command,
			snippet: "EXEC sp_configure 'show advanced options', 1; RECONFIGURE;\nEXEC sp_configure 'network packet size', 4096; RECONFIGURE;",
			apply:   "run it in sqlcmd or SSMS as an administrator; new connections follow", undo: "run it again with the former size"},
		{kind: change.NameInstance, variant: "browser", what: "on the server, start SQL Server Browser and let UDP port 1434 in", snippet: `Set-Service SQLBrowser -StartupType Automatic
Start-Service SQLBrowser
New-NetFirewallRule -DisplayName 'SQL Server Browser' -Direction Inbound -Protocol UDP -LocalPort 1434 -Action Allow`,
			apply: "run it in PowerShell as administrator on the server",
			undo:  "Stop-Service SQLBrowser; Set-Service SQLBrowser -StartupType Disabled; Remove-NetFirewallRule -DisplayName 'SQL Server Browser'"},
	}
}

func sqlServerPlain() []recipe {
	const risk = "data travels readable and can be changed on the way; only the login packet stays encrypted"
	return []recipe{
		{kind: change.TurnTLSOff, variant: "windows", what: "on Windows, let clients choose to go without encryption", risk: risk,
			snippet: block(sqlKey + "Set-ItemProperty $key -Name ForceEncryption -Value 0"),
			undo:    block(sqlKey + "Set-ItemProperty $key -Name ForceEncryption -Value 1")},
		{kind: change.TurnTLSOff, variant: "linux", what: "on Linux, let clients choose to go without encryption", risk: risk,
			snippet: mssqlConf + " set network.forceencryption 0", apply: "systemctl restart mssql-server",
			undo: mssqlConf + " set network.forceencryption 1 && systemctl restart mssql-server"},
	}
}
