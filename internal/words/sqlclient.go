package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The circumstances that a message of SqlClient tells by itself.
func sqlClient(more ...fact.Context) []fact.Context {
	return append([]fact.Context{"sqlclient", "dotnet", fact.MSSQL, fact.Database, fact.ByClient}, more...)
}

// mssqlClient are the circumstances of a message that the other native drivers of SQL Server print, too.
func mssqlClient(more ...fact.Context) []fact.Context {
	return append([]fact.Context{fact.MSSQL, fact.Database, fact.ByClient}, more...)
}

// sqlclientRows are the phrases of this family: Microsoft.Data.SqlClient and System.Data.SqlClient, whose sentences
// stand in 13 languages in src/Resources/Strings.*.resx of dotnet/SqlClient.
var sqlclientRows = slices.Concat(
	sqlclientNames,
	sqlclientPhases,
	sqlclientLocalPhases,
	sqlclientTimeouts,
	sqlclientEncryption,
	sqlclientReach,
)

// sqlclientNames tell which of the two packages spoke: Microsoft.Data.SqlClient encrypts by default since 4.0,
// System.Data.SqlClient never did.
var sqlclientNames = slices.Concat(
	alike("", sqlClient("sqlclient-new"), "Microsoft.Data.SqlClient", "Microsoft SqlClient Data Provider"),
	alike("", sqlClient("sqlclient-old"), "System.Data.SqlClient", ".Net SqlClient Data Provider", ".Net SqlClient データプロバイダー"),
	alike("", sqlClient(), "0x80131904"),
)

// sqlclientPhases are the sentences Snix_* in English.
var sqlclientPhases = slices.Concat(
	alike("", sqlClient(fact.InPrelogin), "error occurred during the pre-login handshake"),
	alike("", sqlClient(fact.InLogin), "established with the server, but then an error occurred during the login process",
		"transport-level error has occurred during SSPI handshake"),
	alike(fact.SPNProblem, sqlClient(fact.InLogin), "error occurred when obtaining the required security/SSPI context information"),
	alike(fact.AcceptThenClosed, sqlClient(fact.InPrelogin), "error during connection initialization process before login",
		"the client tried to connect to an unsupported version of SQL Server"),
	alike("", sqlClient(fact.InUse), "transport-level error has occurred when sending the request to the server",
		"transport-level error has occurred when receiving results from the server",
		"transport-level error has occurred when sending information to the server",
		"transport-level error has occurred during connection clean-up",
		"error occurred in enabling MARS for this connection"),
	alike(fact.EOFEstablished, sqlClient(fact.InUse), "The connection is broken and recovery is not possible"),
)

// sqlclientTimeouts are the sentences SQL_Timeout_*: they say how far the connection came.
var sqlclientTimeouts = slices.Concat(
	alike(fact.SilentInHandshake, sqlClient(fact.InPrelogin),
		"timeout period elapsed while attempting to consume the pre-login handshake acknowledgement",
		"timeout period elapsed while making a pre-login handshake request"),
	local(fact.SilentInHandshake, sqlClient(fact.InPrelogin),
		"ログイン前のハンドシェイクの確認を実行しようとしている間にタイムアウト", "ログイン前のハンドシェイクを要求している間にタイムアウト",
		"ログイン前のハンドシェイクに失敗したか、サーバーが時間内に応答できなかった"),
	alike(fact.TimedOut, sqlClient(fact.InPrelogin), "timeout period elapsed at the start of the pre-login phase"),
	local(fact.TimedOut, sqlClient(fact.InPrelogin), "ログイン前フェーズの開始時にタイムアウト"),
	alike(fact.ConnectTimeout, sqlClient(), "timeout period elapsed while attempting to create and initialize a socket to the server"),
	local(fact.ConnectTimeout, sqlClient(), "サーバーへのソケットを作成および初期化している間にタイムアウト"),
	alike(fact.TimedOut, sqlClient(fact.InLogin), "timeout period elapsed at the start of the login phase",
		"timeout period elapsed while attempting to authenticate the login", "timeout period elapsed during the post-login phase"),
	local(fact.TimedOut, sqlClient(fact.InLogin), "ログインフェーズの開始時にタイムアウト", "ログインの認証中にタイムアウト", "ログイン後フェーズの間にタイムアウト"),
	alike(fact.TimedOut, sqlClient(), "timeout period elapsed prior to completion of the operation or the server is not responding"),
	alike(fact.OtherFault, sqlClient(), "timeout period elapsed prior to obtaining a connection from the pool"),
)

// sqlclientEncryption are the sentences about encryption and certificates.
var sqlclientEncryption = slices.Concat(
	alike(fact.ServerWithoutTLS, sqlClient(fact.InPrelogin), "instance of SQL Server you attempted to connect to does not support encryption"),
	local(fact.ServerWithoutTLS, sqlClient(fact.InPrelogin), "SQL Server インスタンスは暗号化をサポートしていません"),
	alike(fact.TLSDemanded, sqlClient(fact.InPrelogin), "attempted to connect to requires encryption but this machine does not support it"),
	local(fact.TLSDemanded, sqlClient(fact.InPrelogin), "暗号化が必要ですが … サポートしていません"),
	alike(fact.VerifyFailed, sqlClient(fact.InPrelogin), "The server certificate failed application validation"),
	local(fact.VerifyFailed, sqlClient(fact.InPrelogin), "サーバー証明書がアプリケーションの検証に失敗しました"),
	alike(fact.VerifyFailed, sqlClient(fact.InPrelogin), "Certificate failed chain validation"),
	alike(fact.CertName, sqlClient(fact.InPrelogin), "Certificate name mismatch. The provided … HostNameInCertificate",
		"does not match the name in the certificate"),
	local(fact.CertName, sqlClient(fact.InPrelogin), "証明書名が一致しません", "HostNameInCertificate … 証明書内の名前と一致しません"),
	alike(fact.PinMismatch, sqlClient(fact.InPrelogin), "does not match the certificate provided by the ServerCertificate option"),
	local(fact.PinMismatch, sqlClient(fact.InPrelogin), "ServerCertificate オプションで指定された証明書と一致しません"),
	alike(fact.CertNotAvailable, sqlClient(fact.InPrelogin), "Certificate not available while validating the certificate"),
	local(fact.CertNotAvailable, sqlClient(fact.InPrelogin), "証明書の検証中に証明書を利用できませんでした"),
	alike(fact.OptionUnknown, sqlClient(), "Keyword not supported … encrypt", "Keyword not supported … certificate", "Keyword not supported … ssl"),
	alike(fact.OptionInvalid, sqlClient(), "Invalid value for key 'encrypt'", "Invalid value for key 'trustservercertificate'"),
)

// sqlclientReach are what says that no connection came to be, or that the login was refused inside TLS.
var sqlclientReach = slices.Concat(
	alike(fact.CannotConnect, sqlClient(), "network-related or instance-specific error occurred while establishing a connection to SQL Server"),
	alike(fact.CannotConnect, mssqlClient(),
		"network-related or instance-specific error has occurred while establishing a connection to SQL Server"),
	alike(fact.CannotConnect, mssqlClient(), "Could not open a connection to SQL Server"),
	alike(fact.InstanceNotFound, mssqlClient(), "Error Locating Server/Instance Specified", "Error getting enabled protocols list from registry"),
	local(fact.InstanceNotFound, mssqlClient(), "指定された Server/Instance の位置を特定しているときにエラー", "指定されたサーバーまたはインスタンスの位置を特定しているときにエラー",
		"Fehler beim Suchen des angegebenen Servers/der angegebenen Instanz", "Erro ao Localizar Servidor/Instância Especificado",
		"Не удается обнаружить указанный сервер/экземпляр", "定位指定的 Server/Instance 时出错", "尋找指定的伺服器/執行個體時發生錯誤", "지정된 서버/인스턴스를 찾는 중 오류"),
	alike(fact.HandshakeFailed, mssqlClient(), "Encryption(ssl/tls) handshake failed", "Encryption (ssl/tls) handshake failed"),
	local(fact.HandshakeFailed, mssqlClient(), "暗号化 (SSL/TLS) のハンドシェイクに失敗", "Encryption(ssl/tls)-Handshake fehlgeschlagen", "加密(ssl/tls)握手失败",
		"加密 (ssl/tls) 信號交換失敗", "암호화(ssl/tls) 핸드셰이크가 실패", "Falha de handshake de criptografia (ssl/tls)",
		"Сбой при согласовании параметров шифрования(ssl/tls)", "chiffrement (ssl/tls)"),
	alike(fact.PacketTooLarge, mssqlClient(), "Packet size too large for SSL Encrypt/Decrypt operations"),
	local(fact.PacketTooLarge, mssqlClient(), "SSL Encrypt/Decrypt 操作に対するパケットサイズが大きすぎます", "Paketgröße für SSL Encrypt/Decrypt-Operationen zu groß",
		"SSL Encrypt/Decrypt 操作的数据包大小太大", "Taille de paquet trop importante pour les opérations de Encrypt/Decrypt SSL",
		"Tamanho de pacote muito grande para operações Encrypt/Decrypt SSL"),
	alike(fact.NoServerCredential, mssqlClient(), "Encryption is enforced but there is no valid certificate"),
	local(fact.NoServerCredential, mssqlClient(), "暗号化が強制されましたが有効な証明書がありません"),
)
