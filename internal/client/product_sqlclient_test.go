package client

import (
	"slices"
	"strings"
	"testing"
)

// TestFindSQLServerClients: what connection strings come down to, and what people write, finds the mode that is meant.
func TestFindSQLServerClients(t *testing.T) {
	for _, test := range []struct {
		text, product, mode, profile string
		use                          TLSUse
		verifies                     bool
	}{
		{"sqlclient Encrypt=Mandatory TrustServerCertificate", "sqlclient", "Encrypt=Mandatory TrustServerCertificate", "schannel-2022", TLSRequire, false},
		{"sqlclient Encrypt=Mandatory", "sqlclient", "Encrypt=Mandatory", "schannel-2022", TLSRequire, true},
		{"sqlclient Encrypt=Optional", "sqlclient", "Encrypt=Optional", "schannel-2022", TLSPrefer, false},
		{"sqlclient Encrypt=True;TrustServerCertificate=False", "sqlclient", "", "", 0, false},
		{"sqlclient Encrypt=True TrustServerCertificate=False", "sqlclient", "Encrypt=Mandatory", "schannel-2022", TLSRequire, true},
		{"SqlClient Encrypt=yes TrustServerCertificate=yes", "sqlclient", "Encrypt=Mandatory TrustServerCertificate", "schannel-2022", TLSRequire, false},
		{"sqlclient@6/debian12 Mandatory", "sqlclient-linux", "Encrypt=Mandatory", "dotnet-linux", TLSRequire, true},
		{"sqlclient@3", "sqlclient", "default", "schannel-2022", TLSPrefer, false},
		{"sqlclient@4", "sqlclient", "default", "schannel-2022", TLSRequire, true},
		{"sqlclient@4 Strict", "sqlclient", "", "", 0, false},
		{"sqlclient@5 Strict", "sqlclient", "Encrypt=Strict", "schannel-2022", TLSDirect, true},
		{"SqlClient 6 on Debian 12", "sqlclient-linux", "default", "dotnet-linux", TLSRequire, true},
		{"SqlClient 6 on Windows Server 2012R2 Encrypt=Strict", "sqlclient", "Encrypt=Strict", "schannel-2012R2", TLSDirect, true},
		{"Microsoft.Data.SqlClient 5.1", "sqlclient", "default", "schannel-2022", TLSRequire, true},
		{"System.Data.SqlClient", "system.data.sqlclient", "default", "schannel-2022", TLSPrefer, false},
		{"odbc18", "odbc", "default", "schannel-2022", TLSRequire, true},
		{"ODBC Driver 17 for SQL Server", "odbc", "default", "schannel-2022", TLSPrefer, false},
		{"ODBC Driver 18 for SQL Server on Ubuntu 22.04", "odbc-linux", "default", "openssl3-min12", TLSRequire, true},
		{"msodbcsql17@17.10/rhel8 Encrypt=yes", "odbc-linux", "Encrypt=Mandatory", "openssl3-sha1-min12", TLSRequire, true},
		{"odbc@17/rhel8 Encrypt=yes", "odbc-linux", "Encrypt=Mandatory", "openssl3-sha1-min12", TLSRequire, true},
		{"odbc@17/windows2008r2", "odbc", "default", "schannel-2008R2", TLSPrefer, false},
		{"ssms 19", "ssms", "default", "schannel-2022", TLSPrefer, false},
		{"SQL Server Management Studio 20", "ssms", "default", "schannel-2022", TLSRequire, true},
		{"sqlcmd Encrypt=Mandatory", "odbc", "Encrypt=Mandatory", "schannel-2022", TLSRequire, true},
		{"oledb@18", "oledb", "default", "schannel-2022", TLSPrefer, false},
		{"mssql-jdbc Encrypt=Strict", "mssql-jdbc", "Encrypt=Strict", "java17", TLSDirect, true},
		{"mssql-jdbc@9.4", "mssql-jdbc", "default", "java17", TLSPrefer, false},
		{"mssql-jdbc encrypt=true trustServerCertificate=true", "mssql-jdbc", "Encrypt=Mandatory TrustServerCertificate", "java17", TLSRequire, false},
		{"go-mssqldb", "go-mssqldb", "Encrypt=Optional TrustServerCertificate", "go", TLSPrefer, false},
		{"go-mssqldb Encrypt=Disable", "go-mssqldb", "Encrypt=Disable", "go", TLSNever, false},
		{"go-mssqldb Encrypt=Disable TrustServerCertificate", "go-mssqldb", "Encrypt=Disable TrustServerCertificate", "go", TLSNever, false},
		{"odbc18 Encrypt=strict TrustServerCertificate=yes", "odbc", "Encrypt=Strict", "schannel-2022", TLSDirect, true},
		{"freetds encryption=require", "freetds", "encryption=require", "gnutls37", TLSRequire, false},
		{"tedious", "tedious", "encrypt:true", "node20-max12", TLSPrefer, true},
		{"tedious on Debian 12", "tedious", "encrypt:true", "node20-max12", TLSPrefer, true},
		{"sqlclient@6/hurd1", "sqlclient-linux", "", "", 0, false},
	} {
		p, m, ok := Find(test.text)
		b := m.Does
		if ok != (test.mode != "") {
			t.Errorf("%q: found %v: %s %s", test.text, ok, p.ID, m.ID)
		} else if ok && (p.ID != test.product || m.ID != test.mode || b.TLS != test.use || b.Verifies() != test.verifies || b.Profile.ID != test.profile) {
			t.Errorf("%q: %s, %s, %s, TLS %d, verifies %v", test.text, p.ID, m.ID, b.Profile.ID, b.TLS, b.Verifies())
		}
	}
}

// TestSQLServerShapes: a server is asked once for a hello; what Microsoft's drivers share they share here.
func TestSQLServerShapes(t *testing.T) {
	var all []Behaviour
	for _, p := range sqlServerClients() {
		for _, m := range p.Modes {
			all = append(all, m.Does)
			if m.Does.Text == nil || m.Says == "" || m.Does.Profile.Hello == nil {
				t.Errorf("%s %s is incomplete", p.ID, m.ID)
			}
			if strings.Contains(strings.ToLower(m.ID), "strict") != (m.Does.TLS == TLSDirect) {
				t.Errorf("%s %s: TLS %d", p.ID, m.ID, m.Does.TLS)
			}
		}
	}
	var shapes []string
	for _, b := range Shapes(all) {
		shapes = append(shapes, b.Shape())
	}
	if len(shapes) > 13 || !slices.Contains(shapes, "schannel-2022/direct/alpn=tds/8.0") || shapes[0] != "schannel-2022" {
		t.Errorf("%d shapes: %q", len(shapes), shapes)
	}
}

// FuzzRespelled: whatever is typed, it grows by little, nothing panics, and what is found has a name.
func FuzzRespelled(f *testing.F) {
	for _, s := range []string{"SqlClient 6 on Debian 12 Encrypt=True", "odbc18@/", "sqlclient@ on", "ODBC Driver 18 for SQL Server on Windows Server 2019", "ssms@@/ / 9 on 9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if once := respelled(text); len(once) > 2*len(text)+64 {
			t.Errorf("%q becomes %q", text, once)
		}
		if p, m, ok := Find(text); ok && (p.ID == "" || m.ID == "") {
			t.Errorf("%q finds %q, %q", text, p.ID, m.ID)
		}
	})
}
