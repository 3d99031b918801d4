package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// mssqlRows are the phrases of this family: the drivers of SQL Server other than SqlClient, and the server itself.
var mssqlRows = slices.Concat(
	odbcNames,
	odbcRows,
	mssqlLogin,
	mssqlJDBC,
	mssqlGo,
	freetdsRows,
	tediousRows,
	mssqlOthers,
	errorlogRows,
	errorlogNetwork,
)

// odbcNames tell which native driver spoke: 18 and OLE DB 19 encrypt by default, those before do not.
var odbcNames = slices.Concat(
	alike("", mssqlClient("odbc"), "ODBC Driver", "SQLDriverConnect", "sqlsrv_connect", "SQLSRV_", "Sqlcmd: Error:"),
	alike("", mssqlClient("odbc", "odbc18"), "ODBC Driver 18 for SQL Server"),
	alike("", mssqlClient("odbc", "odbc17"), "ODBC Driver 17 for SQL Server", "ODBC Driver 13 for SQL Server", "ODBC Driver 13.1 for SQL Server",
		"ODBC Driver 11 for SQL Server"),
	alike("", mssqlClient("odbc", "native-client"), "[ODBC SQL Server Driver]", "[DBNETLIB]",
		"Microsoft OLE DB Provider for SQL Server"),
	alike("", mssqlClient("odbc", "native-client"), "SQL Server Native Client", "SQLNCLI11", "SQLNCLI10", "SQLOLEDB"),
	alike("", mssqlClient("oledb"), "Microsoft OLE DB Driver for SQL Server", "MSOLEDBSQL"),
	alike("", mssqlClient("oledb", "oledb19"), "Microsoft OLE DB Driver 19 for SQL Server", "MSOLEDBSQL19"),
	alike("", mssqlClient("provider-tcp"), "TCP Provider:"),
	alike("", mssqlClient("provider-ssl"), "SSL Provider:"),
	local("", mssqlClient("provider-ssl"), "SSL プロバイダー:", "SSL-Anbieter:"),
	local("", mssqlClient("provider-tcp"), "TCP プロバイダー:", "TCP-Anbieter:"),
	alike("", mssqlClient("odbc", "odbc-unix", "openssl"), "TCP Provider: Error code", "SSL Provider: [error:", "SSL Provider: [OpenSSL"),
	alike("", mssqlClient("provider-np"), "Named Pipes Provider:"),
)

// odbcRows are what those drivers say themselves; what stands behind "SSL Provider:" is Windows's or OpenSSL's word.
var odbcRows = slices.Concat(
	alike(fact.CannotConnect, mssqlClient(), "Server is not found or not accessible. Check if instance name is correct"),
	alike(fact.CannotConnect, mssqlClient("odbc", "native-client"), "SQL Server does not exist or access denied"),
	local(fact.CannotConnect, mssqlClient("odbc", "native-client"), "SQL Server が存在しないか、アクセスが拒否"),
	alike(fact.TimedOut, mssqlClient(), "Login timeout expired"),
	local(fact.TimedOut, mssqlClient(), "ログインタイムアウトが時間切れになりました", "ログインがタイムアウトしました"),
	alike("", mssqlClient(), "Client unable to establish connection", "For solutions related to encryption errors, see"),
	local("", mssqlClient(), "クライアントが接続を確立できません"),
	alike(fact.AcceptThenClosed, mssqlClient(fact.InPrelogin), "Client unable to establish connection due to prelogin failure"),
	alike(fact.ServerWithoutTLS, mssqlClient(fact.InPrelogin), "Client unable to establish connection because encryption is required but the server does not support it",
		"Encryption not supported on the server", "SSL Security error. Encryption not supported"),
	alike(fact.TLSInitFailed, mssqlClient(fact.InPrelogin), "Encryption not supported on the client", "OpenSSL library could not be loaded"),
	alike(fact.HandshakeFailed, mssqlClient(fact.InPrelogin, "odbc", "native-client"), "[DBNETLIB][ConnectionOpen (SECDoClientHandshake()).]SSL Security error",
		"[DBNETLIB]SSL Security error", "[DBNETLIB] SSL Security error", "(SECDoClientHandshake())", "SSL Security error"),
	alike(fact.AcceptThenClosed, mssqlClient(fact.InPrelogin), "(PreLoginHandshake())"),
	alike(fact.Closed, mssqlClient(), "Communication link failure", "General network error. Check your network documentation"),
	local(fact.Closed, mssqlClient(), "通信リンクエラー"),
	alike(fact.OptionInvalid, mssqlClient(), "Invalid value specified for connection string attribute 'Encrypt'"),
	alike(fact.OptionUnknown, mssqlClient(), "Invalid connection string attribute"),
	alike(fact.OtherFault, mssqlClient(), "Data source name not found and no default driver specified", "Can't open lib … file not found"),
)

// mssqlLogin are answers of the server inside TLS: TLS is not their cause.
var mssqlLogin = slices.Concat(
	alike(fact.LoginFailed, []fact.Context{fact.MSSQL, fact.Database}, "Login failed for user '", "requested by the login. The login failed",
		"The login is from an untrusted domain"),
	local(fact.LoginFailed, []fact.Context{fact.MSSQL, fact.Database}, "はログインできませんでした"),
	alike(fact.OtherFault, []fact.Context{fact.MSSQL, fact.Database}, "is not allowed to access the server. To enable access, use the"),
	alike(fact.VersionRefused, []fact.Context{fact.MSSQL, fact.Database}, "Login failed with invalid TLS version"),
)

// mssqlJDBC are resources R_* of mssql-jdbc (SQLServerResource.java), older and newer wordings.
var mssqlJDBC = slices.Concat(
	alike("", mssqlClient("jdbc", "java"), "com.microsoft.sqlserver.jdbc", "driver could not establish a secure connection to SQL Server by using Secure Sockets Layer"),
	alike(fact.ServerWithoutTLS, mssqlClient("jdbc", "java"), "application requested encryption but the server is not configured to support SSL"),
	alike(fact.TLSDemanded, mssqlClient("jdbc", "java"), "SQL Server login requires an encrypted connection that uses Secure Sockets Layer"),
	alike(fact.CertName, mssqlClient("jdbc", "java"), "Failed to validate the server name"),
	alike(fact.CertExpired, mssqlClient("jdbc", "java"), "Server Certificate has expired"),
	alike(fact.CertNotYetValid, mssqlClient("jdbc", "java"), "Server Certificate is not yet valid"),
	alike(fact.VerifyFailed, mssqlClient("jdbc", "java"), "Error validating Server Certificate"),
	alike(fact.PinMismatch, mssqlClient("jdbc", "java"), "does not match the provided certificate"),
	alike(fact.EOFInHandshake, mssqlClient("jdbc", "java"), "SQL Server did not return a response. The connection has been closed",
		"SQL Server returned an incomplete response. The connection has been closed"),
	alike(fact.BrokeInHandshake, mssqlClient("jdbc", "java"), "Unexpected rethrowing"),
	alike(fact.NotThisProtocol, mssqlClient("jdbc", "java"), "driver received an unexpected pre-login response", "The TDS protocol stream is not valid"),
	alike(fact.NoSharedALPN, mssqlClient("jdbc", "java"), "Failed to negotiate Application-Layer Protocol"),
	alike(fact.CannotConnect, mssqlClient("jdbc", "java"), "The TCP/IP connection to the host"),
	alike(fact.ConnectTimeout, mssqlClient("jdbc", "java"), "connect timed out. Verify the connection properties", "Connection timed out: no further information"),
	alike(fact.ConnectionRefused, mssqlClient("jdbc", "java"), "Connection refused: connect. Verify the connection properties",
		"Connection refused. Verify the connection properties"),
	alike(fact.InstanceNotFound, mssqlClient("jdbc", "java"), "check that no firewall is blocking UDP traffic to port 1434"),
	alike(fact.PacketTooLarge, mssqlClient("jdbc", "java"), "SSL encryption cannot be used with a network packet size larger than"),
	local("", mssqlClient("jdbc", "java"), "ドライバーが Secure Sockets Layer (SSL) 暗号化を使用して", "ドライバーは、Secure Sockets Layer (SSL) 暗号化を使用して"),
	local(fact.EOFInHandshake, mssqlClient("jdbc", "java"), "SQL Server から応答がありません", "SQL Server が応答を返しませんでした"),
	local(fact.CannotConnect, mssqlClient("jdbc", "java"), "への TCP/IP 接続が失敗しました"),
	local(fact.CertName, mssqlClient("jdbc", "java"), "(SSL) の初期化時に証明書内のサーバー名を検証できませんでした"),
)
