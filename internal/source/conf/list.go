package conf

// dialects are all forms of configuration files. Of two that are equally sure of a file the first has it.
var dialects = []*dialect{
	&nginx,
	&haproxy,
	&apache,
	&stunnel,
	&envoy,
	&openssl,
	&mycnf,
	&pgconf,
	&pghba,
	&mssqlconf,
	&freetds,
	&odbcini,
	&javasecurity,
	&reg,
	&windows,
	&ciphersuites,
	&cryptopolicy,
}
