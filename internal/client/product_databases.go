package client

// databases lists the clients of databases.
func databases() []Product {
	return []Product{
		oracleMySQL(), mariadbCLI(), connectorC(), goSQLDriver(), mysql2(), mysqljs(), mariadbNode(), pyMySQL(), mysqlJ(), mariadbJ(), phpMySQL(),
		psql(), pgx(), libpqGo(), pgJDBC(), nodePG(), postgresJS(), npgsql(),
	}
}
