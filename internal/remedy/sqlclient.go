package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// sqlClient is the connection string of SQL Server's drivers: .NET's SqlClient, ODBC, JDBC and go-mssqldb, which
// differ in the words.
func sqlClient() Platform {
	return Platform{
		ID: "sqlclient", Title: "SQL Server drivers", Sides: []change.Side{change.Client},
		Owns:  func(c *fact.Case, _ change.Side) int { return scored(c, "mssql", sqlClientNames()...) },
		Steps: lazily(sqlClientBook),
	}
}

// A tdsDriver is a driver's dialect of the connection string.
type tdsDriver struct {
	id       string   // variant of the message ID, "" for SqlClient
	names    []string // client profiles
	server   string   // template: a name and a port
	alone    string   // template: a name without a port
	instance string   // template: a name and an instance
	here     string   // template: the host asked for and a port
	verify   string   // template: the name to verify, where it is not the one connected to
	since    string   // what verify needs
	tls      string   // encrypt and verify
	strict   string   // TDS 8.0, with what it needs
	anything string
	plain    string
	trust    string // a certificate file, "" where the driver only knows the system's store
	trusts   string // what that does
	make     string // command that makes the file
	pin      string // exactly one certificate
	packets  string // packets that fit into a record, "" where the string has no word for it
}

func tdsDrivers() []tdsDriver {
	return []tdsDriver{
		{names: []string{"sqlclient", "microsoft.data.sqlclient", "system.data.sqlclient", "ssms", "ado.net"},
			server: "Server=tcp:{name|dns},{port}", alone: "Server={name|dns}", instance: `Server={name|dns}\{sqlinstance}`, here: "Server=tcp:{host|dns},{port}",
			verify: "HostNameInCertificate={name|fqdn}", since: " (Microsoft.Data.SqlClient 5.0 or later)", tls: "Encrypt=True;TrustServerCertificate=False", strict: "Encrypt=Strict",
			anything: "Encrypt=True;TrustServerCertificate=True", plain: "Encrypt=False",
			trust:  "ServerCertificate=server.pem",
			trusts: "let the client accept exactly this certificate, saved as server.pem, until it is renewed (Microsoft.Data.SqlClient 5.1 or later)",
			pin:    "ServerCertificate=server.pem", packets: "Packet Size=8000"},
		{id: "odbc", names: []string{"odbc", "msodbcsql", "msodbcsql17", "msodbcsql18", "pyodbc"},
			server: "Server=tcp:{name|dns},{port}", alone: "Server={name|dns}", instance: `Server={name|dns}\{sqlinstance}`, here: "Server=tcp:{host|dns},{port}",
			verify: "HostnameInCertificate={name|fqdn}", since: " (ODBC driver 18 or later)", tls: "Encrypt=yes;TrustServerCertificate=no", strict: "Encrypt=strict",
			anything: "Encrypt=yes;TrustServerCertificate=yes", plain: "Encrypt=no"},
		{id: "jdbc", names: []string{"jdbc", "mssql-jdbc"},
			server: "jdbc:sqlserver://{name|authority}:{port};", alone: "jdbc:sqlserver://{name|authority};", instance: `jdbc:sqlserver://{name|authority}\{sqlinstance};`, here: "jdbc:sqlserver://{host|authority}:{port};",
			verify: "hostNameInCertificate={name|fqdn};", tls: "encrypt=true;trustServerCertificate=false;", strict: "encrypt=strict;",
			anything: "encrypt=true;trustServerCertificate=true;", plain: "encrypt=false;",
			trust: "trustStore=truststore.p12;trustStoreType=PKCS12;trustStorePassword=changeit;", trusts: "give the client the CA's certificate, ca.crt, in a trust store of its own",
			make:    "keytool -importcert -noprompt -trustcacerts -alias sqlserver-ca -file ca.crt -keystore truststore.p12 -storetype PKCS12 -storepass changeit, then ",
			packets: "packetSize=8000;"},
		{id: "go", names: []string{"go-mssqldb", "sqlcmd-go"},
			server: "server={name|dns};port={port}", alone: "server={name|dns}", instance: `server={name|dns}\{sqlinstance}`, here: "server={host|dns};port={port}",
			verify: "hostNameInCertificate={name|fqdn}", tls: "encrypt=true;TrustServerCertificate=false", strict: "encrypt=strict",
			anything: "encrypt=true;TrustServerCertificate=true", plain: "encrypt=disable",
			trust: "certificate={cafile|conn}", trusts: "give the client the CA's certificate as {cafile}",
			packets: "packet size=8192"},
	}
}

// sqlClientNames are the profiles of all dialects.
func sqlClientNames() []string {
	var all []string
	for _, d := range tdsDrivers() {
		all = append(all, d.names...)
	}
	return all
}

func sqlClientBook() book {
	b := book{
		id:    "sqlclient",
		apply: "put the words into the connection string, in place of those with the same name",
		undo:  "put the former words back",
	}
	for _, d := range tdsDrivers() {
		for _, r := range slices.Concat(d.reach(), d.verification(), d.weak()) {
			b.recipes = append(b.recipes, d.own(r))
		}
	}
	return b
}

// own restricts a recipe to the clients that speak the dialect; SqlClient's is the one for clients not named.
func (d tdsDriver) own(r recipe) recipe {
	if d.id != "" {
		if r.variant != "" {
			r.variant += "-"
		}
		r.variant += d.id
	}
	when := r.when
	r.when = func(v values) bool { return d.speaks(v) && (when == nil || when(v)) }
	return r
}

func (d tdsDriver) speaks(v values) bool {
	if d.id == "" {
		for _, other := range tdsDrivers()[1:] {
			if other.speaks(v) {
				return false
			}
		}
		return true
	}
	return slices.Contains(d.names, v.safe["client"])
}

func (d tdsDriver) reach() []recipe {
	return []recipe{
		{kind: change.UseName, what: "connect to {name}, the name that the certificate carries", snippet: d.server},
		{kind: change.UseName, variant: "instance", instead: true, what: "connect to {name}, the name that the certificate carries", snippet: d.instance,
			when: has("instance")},
		{kind: change.UseName, variant: "alone", instead: true, what: "connect to {name}, the name that the certificate carries", snippet: d.alone},
		{kind: change.UseName, variant: "verify", what: "or keep the address and expect {name} in the certificate" + d.since, snippet: d.verify},
		{kind: change.UsePort, what: "connect to port {port}", snippet: d.here},
		{kind: change.NameInstance, what: "name the port instead of the instance", snippet: d.here},
		{kind: change.UseScheme, what: "let the client use TDS 8.0, where TLS comes first", snippet: d.strict, when: is("scheme", "mssql-strict")},
		{kind: change.UseScheme, variant: "tds7", what: "let the client use TDS 7, where TLS comes after the prelogin", snippet: d.tls,
			when: oneOf("scheme", "mssql", "sqlserver")},
	}
}

func (d tdsDriver) verification() []recipe {
	recipes := []recipe{
		{kind: change.VerifyServer, what: "let the client encrypt and verify the server", snippet: d.tls},
		{kind: change.UseTLS, what: "let the client encrypt and verify the server", snippet: d.tls},
		{kind: change.UseStrict, what: "let the client use TDS 8.0, where TLS comes first (SQL Server 2022 or later)", snippet: d.strict},
	}
	if d.packets != "" {
		recipes = append(recipes, recipe{kind: change.ShrinkPackets, side: change.Client, what: "let the client ask for packets that fit into an encrypted record", snippet: d.packets})
	}
	if d.pin != "" {
		recipes = append(recipes, recipe{kind: change.UpdatePin, what: "let the client accept exactly the server's present certificate, saved as server.pem", snippet: d.pin})
	}
	if d.trust != "" {
		apply := ""
		if d.make != "" {
			apply = d.make + "put the words into the connection string"
		}
		recipes = append(recipes, recipe{kind: change.TrustCA, what: d.trusts, snippet: d.trust, apply: apply})
	}
	return recipes
}

func (d tdsDriver) weak() []recipe {
	return []recipe{
		{kind: change.TrustAnything, what: "encrypt and verify nothing", snippet: d.anything,
			risk: "anybody on the way can be the server, read the password and everything else"},
		{kind: change.TurnTLSOff, what: "do not ask for encryption", snippet: d.plain,
			risk: "data travels readable and can be changed on the way"},
	}
}
