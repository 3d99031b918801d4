package conf

import "strings"

// programs lists the programs whose command lines are understood.
func programs() []program {
	return []program{
		{names: mysqlPrograms, v: &mysqlCommand},
		{names: mariadbPrograms, v: &mariadbCommand},
		{names: []string{"psql"}, v: &psqlCommand, place: psqlPlace},
		{names: postgresPrograms, v: &pgToolCommand, place: psqlPlace},
		{names: []string{"sqlcmd"}, v: &sqlcmdCommand, style: tdsStyle},
		{names: []string{"bcp"}, v: &bcpCommand, style: tdsStyle},
		{names: []string{"tsql"}, v: &tsqlCommand, style: tdsStyle},
		{names: []string{"curl"}, v: &curlCommand, place: urlPlace},
		{names: []string{"wget"}, v: &wgetCommand, place: urlPlace},
		{names: []string{"openssl"}, need: "s_client", v: &opensslCommand, style: singleStyle, place: opensslPlace},
		{names: []string{"gnutls-cli"}, v: &gnutlsCommand, place: hostPlace},
		{names: []string{"redis-cli", "valkey-cli"}, v: &redisCommand, style: singleStyle},
	}
}

var (
	mysqlPrograms    = []string{"mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlshow", "mysqlcheck", "mysqlslap", "mysqlbinlog", "mysqlpump"}
	mariadbPrograms  = []string{"mariadb", "mariadb-dump", "mariadb-admin", "mariadb-import", "mariadb-show", "mariadb-check", "mariadb-slap", "mariadb-binlog"}
	postgresPrograms = []string{"pg_dump", "pg_dumpall", "pg_restore", "createdb", "dropdb", "createuser", "dropuser", "pgbench",
		"pg_isready", "pg_basebackup", "pg_receivewal", "vacuumdb", "reindexdb", "clusterdb"}
)

// Options of the programs, those that take a value complete enough that no value is taken for anything else. The names of
// MySQL's and PostgreSQL's are those of their option files and connection strings, as either may give them.
var (
	mysqlCommand   = commandVocabulary("mysql", mysqlOptions+oracleOptions+mariadbOptions)
	mariadbCommand = commandVocabulary("mariadb", mysqlOptions+mariadbOptions)
	psqlCommand    = vocabulary{dialect: "psql", exact: true, values: true, words: keywords(postgresWords + psqlWords + libpqWords)}
	pgToolCommand  = vocabulary{dialect: "psql", exact: true, values: true, words: keywords(postgresWords + postgresToolWords + libpqWords)}
	sqlcmdCommand  = commandVocabulary("sqlcmd", sqlcmdWords)
	bcpCommand     = commandVocabulary("bcp", bcpWords)
	tsqlCommand    = commandVocabulary("tsql", tsqlWords)
	curlCommand    = commandVocabulary("curl", curlWords)
	wgetCommand    = commandVocabulary("wget", wgetWords)
	opensslCommand = commandVocabulary("openssl", opensslWords)
	gnutlsCommand  = commandVocabulary("gnutls-cli", gnutlsWords)
	redisCommand   = commandVocabulary("redis-cli", redisWords)
)

func commandVocabulary(dialect, table string) vocabulary {
	return vocabulary{dialect: dialect, exact: true, words: keywords(table)}
}

// psqlPlace: the first argument is a database's name, a connection string or an address, the second a user. What is a connection
// string is one wherever it stands, as some letters take a value in one of PostgreSQL's programs and none in another.
func psqlPlace(n int, word string) []pair {
	pairs := databasePairs(word)
	switch {
	case n == 0 || len(pairs) > 1 || len(pairs) == 1 && pairs[0].value != word:
		return pairs
	case n == 1:
		return []pair{{"user", word}}
	}
	return nil
}

// databasePairs are the options in what may be a connection string as well as a database's name.
func databasePairs(word string) []pair {
	if l, ok := parseLink(word); ok {
		return append(l.authority("host", "port", "user", "password", "dbname"), l.query...)
	}
	if pairs, ok := splitConninfo(word); ok {
		return pairs
	}
	return []pair{{"dbname", word}}
}

// urlPlace keeps of an address what a connection needs: scheme, host and port.
func urlPlace(_ int, word string) []pair {
	if l, ok := parseLink(word); ok && l.hosts[0] != "" {
		return []pair{{"URL", l.scheme + "://" + l.at(0)}}
	}
	if l, ok := parseLink("x://" + word); ok && strings.Contains(l.hosts[0]+l.ports[0], ".") || l.ports != nil && l.ports[0] != "" || word == "localhost" {
		return []pair{{"URL", l.at(0)}}
	}
	return nil
}

// at is "host:port" of the i-th host.
func (l *link) at(i int) string {
	host, port := l.hosts[i], l.ports[i]
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port == "" {
		return host
	}
	return host + ":" + port
}

func opensslPlace(_ int, word string) []pair {
	if host, port := splitHost(word); host != "" && port != "" {
		return []pair{{"connect", word}}
	}
	return nil
}

func hostPlace(n int, word string) []pair {
	if n > 0 {
		return nil
	}
	return []pair{{"hostname", word}}
}
