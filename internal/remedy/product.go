package remedy

import "slices"

// products are the names under which a platform's configuration is known: the dialects of settings (source/conf) and of logs
// (source/logs). A product that stands nowhere here is written by no platform, and gets the general sentence.
var products = map[string][]string{
	"nginx-server":    {"nginx"},
	"nginx-upstream":  {"nginx"},
	"mysql-server":    {"mysql", "my.cnf"},
	"mysql-client":    {"mysql", "mariadb", "my.cnf"},
	"postgres-server": {"postgres", "postgresql.conf", "pg_hba.conf"},
	"libpq":           {"libpq", "psql"},
	"schannel":        {"schannel", "reg", "Windows", "Get-TlsCipherSuite"},
	"sqlserver":       {"mssql", "errorlog", "mssql.conf"},
	"sqlclient":       {"sqlclient", "ado.net", "odbc", "oledb", "mssql-jdbc", "go-mssqldb", "tedious", "freetds.conf", "odbc-freetds", "odbc.ini", "sqlcmd", "tsql"},
	"haproxy":         {"haproxy"},
	"apache":          {"apache"},
	"java":            {"java", "java.security", "mssql-jdbc", "mysql-connector-j", "mariadb-connector-j", "pgjdbc", "jtds"},
	"node":            {"node", "mysql2", "node-pg", "postgres.js", "prisma", "tedious"},
	"python":          {"python", "pymysql", "mysqlclient", "mysql-connector-python"},
	"golang":          {"go", "go-sql-driver", "go-mssqldb"},
	"curl":            {"curl"},
	"openssl":         {"openssl", "openssl.cnf", "crypto-policies"},
}

// neutral are fields of work, whatever the product is.
var neutral = []string{"certificates", "network"}

// writesFor reports whether a platform may speak of a change: the change is for one of its products, or for none in particular.
func writesFor(platform, product string) bool {
	return product == "" || slices.Contains(neutral, platform) || slices.Contains(products[platform], product)
}

// sureOf is the score of a platform for a change whose product is known: that it runs there is then no guess.
func sureOf(platform, product string, score int) int {
	if product != "" && slices.Contains(products[platform], product) {
		return max(score, productScore)
	}
	return score
}

// productScore puts the product that is named before the fields of work.
const productScore = 95
