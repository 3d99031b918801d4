package conf

import "testing"

func TestODBCIni(t *testing.T) {
	res := tree{"odbc.ini": `[ODBC Data Sources]
shop = SQL Server
[shop]
Driver = ODBC Driver 18 for SQL Server
Server = tcp:db.example.test,1433
encrypt=yes
TrustServerCertificate = ja
Password = hunter2
SSLmode = require
; TrustServerCertificate = yes
[pg]
Driver=/usr/lib/x86_64-linux-gnu/odbc/psqlodbcw.so
Servername=pg.example.test
sslmode=verify_full
[tds]
Driver = FreeTDS
Encryption = require
`}.read(t, "odbc.ini")
	wantSettings(t, res, `
odbc.ini:2  ODBC Data Sources > shop SQL Server
odbc.ini:4  shop > Driver ODBC Driver 18 for SQL Server
odbc.ini:5  shop > Server tcp:db.example.test,1433
odbc.ini:6  shop > Encrypt yes
odbc.ini:7  shop > TrustServerCertificate ja  ?
odbc.ini:8  shop > PWD
odbc.ini:9  shop > SSLmode require  ? Encrypt
odbc.ini:12  pg > Driver /usr/lib/x86_64-linux-gnu/odbc/psqlodbcw.so
odbc.ini:13  pg > Server pg.example.test
odbc.ini:14  pg > SSLmode verify_full  ? SSLmode=verify-full
odbc.ini:16  tds > Driver FreeTDS
odbc.ini:17  tds > Encryption require`)
	for _, s := range res.Settings {
		if s.Dialect != "odbc.ini" {
			t.Errorf("%s has the dialect %q", s.Name, s.Dialect)
		}
	}
}

func TestODBCInstIni(t *testing.T) {
	wantSettings(t, tree{"odbcinst.ini": `[ODBC Driver 17 for SQL Server]
description=Microsoft ODBC Driver 17 for SQL Server
Driver=/opt/microsoft/msodbcsql17/lib64/libmsodbcsql-17.10.so.6.1
UsageCount=1
`}.read(t, "odbcinst.ini"), `
odbcinst.ini:2  ODBC Driver 17 for SQL Server > Description Microsoft ODBC Driver 17 for SQL Server
odbcinst.ini:3  ODBC Driver 17 for SQL Server > Driver /opt/microsoft/msodbcsql17/lib64/libmsodbcsql-17.10.so.6.1
odbcinst.ini:4  ODBC Driver 17 for SQL Server > UsageCount 1`)
}

func TestMSSQLConf(t *testing.T) {
	wantSettings(t, tree{"mssql.conf": `[EULA]
accepteula = Y

[network]
tlscert = /etc/ssl/certs/mssql.pem
tlskey = /etc/ssl/private/mssql.key
tlsprotocols = 1.2
forceencription = 1
tlsCiphers = HIGH:!DH
`}.read(t, "mssql.conf"), `
mssql.conf:5  network > network.tlscert /etc/ssl/certs/mssql.pem
mssql.conf:6  network > network.tlskey /etc/ssl/private/mssql.key
mssql.conf:7  network > network.tlsprotocols 1.2
mssql.conf:8  network > network.forceencription 1  ? network.forceencryption
mssql.conf:9  network > network.tlsciphers HIGH:!DH`)
}

func TestCryptoPolicy(t *testing.T) {
	wantSettings(t, tree{"/etc/crypto-policies/config": "# see update-crypto-policies(8)\nDEFAULT:SHA1:MINE:NOSHA1\n"}.read(t, "/etc/crypto-policies/config"), `
/etc/crypto-policies/config:2  policy DEFAULT
/etc/crypto-policies/config:2  subpolicy SHA1
/etc/crypto-policies/config:2  subpolicy MINE
/etc/crypto-policies/config:2  subpolicy NOSHA1  ? NO-SHA1`)
	wantSettings(t, tree{"MINE.pmod": "hash = -SHA1 # weak\ncipher@TLS = -AES-128-CBC \\\n -AES-256-CBC\nmin_tls_versoin = TLS1.3\n"}.read(t, "MINE.pmod"), `
MINE.pmod:1  hash -SHA1
MINE.pmod:2  TLS > cipher -AES-128-CBC -AES-256-CBC
MINE.pmod:4  min_tls_versoin TLS1.3  ? min_tls_version`)
	if got := Sniff("current", []byte("LEGACY\n")); got != "crypto-policies" {
		t.Errorf("a file with a policy's name is %q", got)
	}
	if got := Sniff("notes", []byte("LEGACY code\n")); got != "" {
		t.Errorf("prose is %q", got)
	}
}

func TestCipherSuites(t *testing.T) {
	wantSettings(t, tree{"suites.txt": `

KeyType               : 0
Certificate           : ECDSA
MaximumExchangeLength : 65536
MinimumExchangeLength : 0
Exchange              : ECDH
HashLength            : 0
Hash                  :
CipherBlockLength     : 16
CipherLength          : 256
BaseCipherSuite       : 49196
CipherSuite           : 49196
Cipher                : AES
Name                  : TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
Protocols             : {771, 65277}

KeyType               : 0
BaseCipherSuite       : 4866
Name                  : TLS_AES_256_GCM_SHA384
Protocols             : {772}
Name                  : TLS_RSA_WITH_NULL_SHA
`}.read(t, "suites.txt"), `
suites.txt:15  CipherSuite TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 TLS1.2 DTLS1.2
suites.txt:20  CipherSuite TLS_AES_256_GCM_SHA384 TLS1.3
suites.txt:22  CipherSuite TLS_RSA_WITH_NULL_SHA`)
	wantSettings(t, tree{"table.txt": `
Name                                    Protocols
----                                    ---------
TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384   {771, 772}
TLS_DHE_RSA_WITH_AES_128_GCM_SHA256     {771}
TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA_P384
`}.read(t, "table.txt"), `
table.txt:4  CipherSuite TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 TLS1.2 TLS1.3
table.txt:5  CipherSuite TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 TLS1.2
table.txt:6  CipherSuite TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA_P384`)
	if got := Sniff("error.txt", []byte("the client offers TLS_RSA_WITH_NULL_SHA and\nTLS_AES_256_GCM_SHA384 too\nTLS_AES_128_GCM_SHA256\nwhat now?\n")); got != "" {
		t.Errorf("prose with names of suites is %q", got)
	}
}
