package client_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tlswhy/tlswhy/internal/client"
	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/source/conf"
)

// told writes a use in one line: client, mode, target, and the name, SNI and CA where they are given.
func told(u client.Use) string {
	s := fmt.Sprintf("%s [%s] %s %s:%d", u.Client, u.Mode, u.Target.Protocol, u.Target.Host, u.Target.Port)
	for _, more := range [][2]string{{"version", u.Version}, {"instance", u.Instance}, {"sni", u.SNI}, {"ca", u.CA}, {"cert", u.Cert}} {
		if more[1] != "" {
			s += " " + more[0] + "=" + more[1]
		}
	}
	if u.Name != "" && u.Name != u.Target.Host {
		s += " name=" + u.Name
	}
	return s
}

func tellAll(settings []fact.Setting) string {
	var out []string
	for _, u := range client.Uses(settings) {
		out = append(out, told(u))
	}
	return strings.Join(out, " | ")
}

// TestUsesOfStrings: expectations are the drivers' documentation and reference tables of defaults.
func TestUsesOfStrings(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`Server=tcp:db.example.test,1444;Encrypt=True;TrustServerCertificate=true`, `sqlclient [Encrypt=Mandatory TrustServerCertificate] mssql db.example.test:1444`},
		{`Server=db\inst;User Id=u;Password=p`, `sqlclient [default] mssql db:0 instance=inst`},
		{`Server=.;Encrypt=Strict;HostNameInCertificate=db.example.test;TrustServerCertificate=true`, `sqlclient [Encrypt=Strict] mssql-strict localhost:1433 name=db.example.test`},
		{`Server=db\inst,1500;Encrypt=No`, `sqlclient [Encrypt=Optional] mssql db:1500`},
		{`Server=np:\\db\pipe\sql\query;Encrypt=true`, ``},
		{`Server=(localdb)\x;Encrypt=true`, ``},
		{`Driver={ODBC Driver 17 for SQL Server};Server=db;UID=u`, `odbc [Encrypt=Optional] mssql db:1433 version=17`},
		{`Driver={ODBC Driver 18 for SQL Server};Server=db;UID=u`, `odbc [Encrypt=Mandatory] mssql db:1433 version=18`},
		{`jdbc:sqlserver://db;encrypt=true;trustServerCertificate=true;trustStore=/t.jks`, `mssql-jdbc [Encrypt=Mandatory TrustServerCertificate] mssql db:1433 ca=/t.jks`},
		{`sqlserver://u:p@db/inst?database=x`, `go-mssqldb [Encrypt=Optional TrustServerCertificate] mssql db:0 instance=inst`},
		{`server=db;user id=sa;encrypt=disable;TrustServerCertificate=true`, `go-mssqldb [Encrypt=Disable TrustServerCertificate] mssql db:1433`},
		{`Server=db;Database=d;Uid=u;Pwd=p;SslMode=VerifyFull`, `mysqlconnector [VerifyFull] mysql db:3306`},
		{`jdbc:mysql://h1:3307,h2/db?useSSL=true&requireSSL=true`, `connector-j [sslMode=REQUIRED] mysql h1:3307 | connector-j [sslMode=REQUIRED] mysql h2:3306`},
		{`jdbc:mysql://db/x?sslMode=VERIFY_IDENTITY&useSSL=false`, `connector-j [sslMode=VERIFY_IDENTITY] mysql db:3306`},
		{`jdbc:mariadb://db/x?useSsl=true&serverSslCert=/ca.pem`, `mariadb-connector-j [useSsl=true serverSslCert] mysql db:3306 ca=/ca.pem`},
		{`u:p@tcp(db)/x?tls=skip-verify`, `go-sql-driver [tls=skip-verify] mysql db:3306`},
		{`u:p@tcp(db:3307)/x?tls=lab`, `go-sql-driver [tls=custom] mysql db:3307`},
		{`u:p@unix(/run/mysqld.sock)/x`, ``},
		{`mysql://u:p@db/x?ssl-mode=REQUIRED&ssl-ca=/ca.pem`, `mysql [REQUIRED with --ssl-ca] mysql db:3306 ca=/ca.pem`},
		{`postgres://u:p@a,b:5433/x?sslmode=require&sslrootcert=/ca`, `psql [sslmode=require sslrootcert] postgres a:5432 ca=/ca | psql [sslmode=require sslrootcert] postgres b:5433 ca=/ca`},
		{`host=db hostaddr=192.0.2.1 sslmode=verify-full sslsni=0`, `psql [sslmode=verify-full] postgres 192.0.2.1:5432 sni=none name=db`},
		{`host=db sslmode=verify-full sslrootcert=/ca sslnegotiation=direct`, `psql [sslmode=verify-full sslnegotiation=direct sslrootcert] postgres-direct db:5432 ca=/ca`},
		{`host=db user=u sslrootcert=system`, `psql [sslrootcert=system] postgres db:5432 ca=system`},
		{`host=/run/postgresql user=u`, ``},
		{`postgres://u@db/x?sslmode=no-verify`, `node-pg [sslmode=no-verify] postgres db:5432`},
		{`jdbc:postgresql://db/x?ssl=true`, `pgjdbc [sslmode=require] postgres db:5432`},
		{`Host=db;Username=u;SSL Mode=VerifyFull;Root Certificate=/ca`, `npgsql [SSL Mode=VerifyFull;Root Certificate] postgres db:5432 ca=/ca`},
		{`mysql.createConnection({host:'db',user:'u',ssl:{ca:fs.readFileSync('/ca'),verifyIdentity:true}})`, `mysql2 [ssl:{ca,verifyIdentity:true}] mysql db:3306 ca=/ca`},
		{`mysql2.createPool({host:'db', port: 3307})`, `mysql2 [ssl undefined] mysql db:3307`},
		{`new pg.Client({host:'db',user:'u',ssl:true})`, `node-pg [ssl:true] postgres db:5432`},
		{`postgres({host:'db',ssl:'require'})`, `postgres.js [ssl:'require'] postgres db:5432`},
		{`{"server":"db","user":"sa","options":{"encrypt":true,"trustServerCertificate":true,"instanceName":"x"}}`, `tedious [encrypt:true trustServerCertificate:true] mssql db:0 instance=x`},
		{`pymysql.connect(host='db', user="u", ssl={'ca': '/ca.pem'})`, `pymysql [ssl={"ca"}] mysql db:3306 ca=/ca.pem`},
		{`mysql+pymysql://u:p@h/db?ssl_ca=/x&ssl_verify_identity=true`, `pymysql [ssl_ca ssl_verify_cert=True ssl_verify_identity=True] mysql h:3306 ca=/x`},
	} {
		r, ok := conf.String(test.text)
		if !ok {
			t.Errorf("%s: not read", test.text)
			continue
		}
		if got := tellAll(r.Settings); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

// TestUsesOfCommands: expectations are the programs' manuals.
func TestUsesOfCommands(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`mysql -h db --ssl-mode=VERIFY_IDENTITY --ssl-ca=/ca.pem`, `mysql [VERIFY_IDENTITY] mysql db:3306 ca=/ca.pem`},
		{`mysql -h db -P 3307 --ssl-ca=/ca.pem`, `mysql [VERIFY_CA] mysql db:3307 ca=/ca.pem`},
		{`mysql -h db --ssl-mode=verify_ca`, `mysql [VERIFY_CA without --ssl-ca] mysql db:3306`},
		{`mysql -h db`, `mysql [PREFERRED] mysql db:3306`},
		{`mysql -h db --ssl-verify-server-cert`, `mariadb [--ssl-verify-server-cert] mysql db:3306 sni=none`},
		{`mariadb --host=db --ssl --ssl-ca=/ca.pem`, `mariadb [--ssl-ca] mysql db:3306 sni=none ca=/ca.pem`},
		{`mariadb -h db`, `mariadb [default] mysql db:3306 sni=none`},
		{`psql "host=db sslmode=verify-full"`, `psql [sslmode=verify-full] postgres db:5432`},
		{`psql -h db -p 5433 "sslmode=require sslrootcert=/ca"`, `psql [sslmode=require sslrootcert] postgres db:5433 ca=/ca`},
		{`PGSSLMODE=verify-ca PGHOST=db PGSSLROOTCERT=/ca pg_dump shop`, `psql [sslmode=verify-ca sslrootcert] postgres db:5432 ca=/ca`},
		{`PGSSLMODE=disable psql 'postgres://u:p@db/x?sslmode=require'`, `psql [sslmode=require] postgres db:5432`},
		{`psql shop`, ``},
		{`sqlcmd -S tcp:db,1444 -U sa -P x -C`, `sqlcmd [Encrypt=Mandatory TrustServerCertificate] mssql db:1444`},
		{`sqlcmd -S db -No`, `sqlcmd [Encrypt=Optional] mssql db:1433`},
		{`sqlcmd -S 'db\inst' -N s -F name`, `sqlcmd [Encrypt=Strict] mssql-strict db:0 instance=inst name=name`},
		{`tsql -H db -p 1433 -U sa`, `freetds [encryption=request] mssql db:1433`},
		{`curl -k https://db.example.test:8443/x http://plain.example.test/`, `curl [-k] https db.example.test:8443`},
		{`curl --cacert /ca.pem https://db.example.test`, `curl [--cacert] https db.example.test:443 ca=/ca.pem`},
		{`wget https://db.example.test`, `wget [default] https db.example.test:443`},
		{`openssl s_client -connect db:443 -noservername`, `openssl [SECLEVEL=2] tls db:443 sni=none`},
		{`openssl s_client -starttls postgres -connect db:5432 -servername x -verify_return_error -verify_hostname n`, `openssl [-verify_return_error] postgres db:5432 sni=x name=n`},
		{`gnutls-cli -p 8443 --x509cafile /ca.pem db`, `gnutls [--x509cafile] tls db:8443 ca=/ca.pem`},
		{`redis-cli -h r -p 6380 --tls`, `redis-cli [--tls] tls r:6380 sni=none`},
	} {
		r, ok := conf.Command([]string{test.text})
		if !ok {
			t.Errorf("%s: not read", test.text)
			continue
		}
		if got := tellAll(r.Settings); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

// TestModesOfUsesExist: where the product is known its modes have the names that uses give them.
func TestModesOfUsesExist(t *testing.T) {
	known := map[string]client.Product{}
	for _, p := range client.Products() {
		known[p.ID] = p
	}
	tried := 0
	try := func(text string, settings []fact.Setting) {
		for _, u := range client.Uses(settings) {
			p, ok := known[u.Client]
			if !ok {
				continue
			}
			tried++
			if _, ok := p.Mode(u.Mode, u.Version); !ok {
				t.Errorf("%s: %s has no mode %q", text, u.Client, u.Mode)
			}
		}
	}
	for _, mode := range []string{"disable", "allow", "prefer", "require", "verify-ca", "verify-full"} {
		for _, more := range []string{"", "&sslrootcert=/ca", "&sslrootcert=system", "&channel_binding=require", "&sslnegotiation=direct&sslrootcert=/ca", "&uselibpqcompat=true"} {
			for _, scheme := range []string{"postgres://h/d?sslmode=", "jdbc:postgresql://h/d?sslmode="} {
				if r, ok := conf.String(scheme + mode + more); ok {
					try(scheme+mode+more, r.Settings)
				}
			}
		}
	}
	for _, mode := range []string{"DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"} {
		for _, form := range []string{"mysql://h/d?ssl-mode=%s", "mysql://h/d?ssl-mode=%s&ssl-ca=/ca", "jdbc:mysql://h/d?sslMode=%s"} {
			text := fmt.Sprintf(form, mode)
			if r, ok := conf.String(text); ok {
				try(text, r.Settings)
			}
		}
	}
	for _, text := range []string{"true", "false", "skip-verify", "preferred", "own"} {
		if r, ok := conf.String("u@tcp(h)/d?tls=" + text); ok {
			try(text, r.Settings)
		}
	}
	for _, options := range []string{"", "--ssl", "--skip-ssl", "--ssl-ca=a", "--ssl-verify-server-cert", "--ssl-ca=a --ssl-verify-server-cert", "--disable-ssl-verify-server-cert", "--tls-version=TLSv1.3"} {
		if r, ok := conf.Command([]string{"mariadb -h h " + options}); ok {
			try(options, r.Settings)
		}
	}
	for _, text := range []string{"curl https://h", "curl -k https://h", "curl --cacert a https://h", "gnutls-cli h", "gnutls-cli --insecure h", "openssl s_client -connect h:1 -cipher DEFAULT@SECLEVEL=0"} {
		if r, ok := conf.Command([]string{text}); ok {
			try(text, r.Settings)
		}
	}
	for _, form := range []string{"Server=h;Uid=u;%s", "Driver={ODBC Driver 18 for SQL Server};Server=h;%s", "jdbc:sqlserver://h;%s", "sqlserver://h?database=x&%s"} {
		for _, encrypt := range []string{"", "Encrypt=true", "Encrypt=false", "Encrypt=strict"} {
			for _, trust := range []string{"", "TrustServerCertificate=true"} {
				join := ";"
				if strings.Contains(form, "&") {
					join = "&"
				}
				text := strings.Trim(fmt.Sprintf(form, encrypt+join+trust), ";&")
				if r, ok := conf.String(text); ok {
					try(text, r.Settings)
				}
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d modes tried", tried)
	}
}
