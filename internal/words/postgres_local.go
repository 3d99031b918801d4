package words

import "github.com/tlswhy/tlswhy/internal/fact"

var (
	inLibpqLocal    = []fact.Context{"libpq", "postgres", fact.Database, fact.ByClient, fact.Localized}
	inLibpqLocalUse = []fact.Context{"libpq", "postgres", fact.Database, fact.ByClient, fact.InUse, fact.Localized}
	inServerLocal   = []fact.Context{"postgres", fact.Database, fact.ByServer, fact.Localized}
)

// postgresLocalRows are the main messages in the languages that PostgreSQL is translated to (src/backend/po,
// src/interfaces/libpq/po): German, French, Spanish, Japanese, Russian, Chinese, Korean, Italian.
var postgresLocalRows = []row{
	{say: "Server unterstützt kein SSL, aber SSL wurde verlangt", is: fact.ServerWithoutTLS, in: inLibpqLocal},
	{say: "le serveur ne supporte pas SSL alors que SSL était réclamé", is: fact.ServerWithoutTLS, in: inLibpqLocal},
	{say: "el servidor no soporta SSL, pero SSL es requerida", is: fact.ServerWithoutTLS, in: inLibpqLocal},
	{say: "サーバーはSSLをサポートしていませんが、SSLが要求されました", is: fact.ServerWithoutTLS, in: inLibpqLocal},
	{say: "затребовано подключение через SSL, но сервер не поддерживает SSL", is: fact.ServerWithoutTLS, in: inLibpqLocal},
	{say: "服务器不支持 SSL, 但是要求使用 SSL", is: fact.ServerWithoutTLS, in: inLibpqLocal},
	{say: "서버가 SSL 기능을 지원하지 않는데, SSL 기능을 요구했음", is: fact.ServerWithoutTLS, in: inLibpqLocal},
	{say: "il server non supporta SSL, ma SSL è stato richiesto", is: fact.ServerWithoutTLS, in: inLibpqLocal},

	{say: "Root-Zertifikat-Datei … existiert nicht", is: fact.CAFileMissing, in: inLibpqLocal},
	{say: "le fichier de certificat racine … n'existe pas", is: fact.CAFileMissing, in: inLibpqLocal},
	{say: "el archivo de certificado raíz … no existe", is: fact.CAFileMissing, in: inLibpqLocal},
	{say: "ルート証明書ファイル … が存在しません", is: fact.CAFileMissing, in: inLibpqLocal},
	{say: "ルート証明書ファイル ‥ は存在しません", is: fact.CAFileMissing, in: inLibpqLocal},
	{say: "файл корневых сертификатов … не существует", is: fact.CAFileMissing, in: inLibpqLocal},
	{say: "根认证文件 … 不存在", is: fact.CAFileMissing, in: inLibpqLocal},
	{say: "루트 인증서 파일 … 없습니다", is: fact.CAFileMissing, in: inLibpqLocal},
	{say: "del certificato radice non esiste", is: fact.CAFileMissing, in: inLibpqLocal},

	{say: "SSL-Verbindung wurde unerwartet geschlossen", is: fact.EOFEstablished, in: inLibpqLocalUse},
	{say: "la connexion SSL a été fermée de façon inattendue", is: fact.EOFEstablished, in: inLibpqLocalUse},
	{say: "la conexión SSL se ha cerrado inesperadamente", is: fact.EOFEstablished, in: inLibpqLocalUse},
	{say: "SSL接続が意図せずにクローズされました", is: fact.EOFEstablished, in: inLibpqLocalUse},
	{say: "SSL-соединение было неожиданно закрыто", is: fact.EOFEstablished, in: inLibpqLocalUse},
	{say: "SSL连接异常关闭", is: fact.EOFEstablished, in: inLibpqLocalUse},
	{say: "SSL 연결이 예상치 못하게 끊김", is: fact.EOFEstablished, in: inLibpqLocalUse},
	{say: "la connessione SSL è stata chiusa inaspettatamente", is: fact.EOFEstablished, in: inLibpqLocalUse},

	{say: "konnte SSL-Verbindung nicht annehmen: EOF entdeckt", is: fact.EOFInHandshake, in: inServerLocal},
	{say: "n'a pas pu accepter la connexion SSL : fin de fichier détecté", is: fact.EOFInHandshake, in: inServerLocal},
	{say: "no se pudo aceptar una conexión SSL: se detectó EOF", is: fact.EOFInHandshake, in: inServerLocal},
	{say: "SSL接続を受け付けられませんでした: EOFを検出しました", is: fact.EOFInHandshake, in: inServerLocal},
	{say: "не удалось принять SSL-подключение: обрыв данных", is: fact.EOFInHandshake, in: inServerLocal},

	{say: "Verbindung erfordert ein gültiges Client-Zertifikat", is: fact.ClientCertDemanded, in: inServerLocal},
	{say: "la connexion requiert un certificat client valide", is: fact.ClientCertDemanded, in: inServerLocal},
	{say: "la conexión requiere un certificado de cliente válido", is: fact.ClientCertDemanded, in: inServerLocal},
	{say: "この接続には有効なクライアント証明が必要です", is: fact.ClientCertDemanded, in: inServerLocal},
	{say: "для подключения требуется годный сертификат клиента", is: fact.ClientCertDemanded, in: inServerLocal},

	{say: "private Schlüsseldatei … erlaubt Zugriff von Gruppe oder Welt", is: fact.KeyUnreadable, in: inServerLocal},
	{say: "le fichier de clé privé … est accessible par le groupe et/ou par les autres", is: fact.KeyUnreadable, in: inServerLocal},
	{say: "el archivo de la llave privada … tiene acceso para el grupo u otros", is: fact.KeyUnreadable, in: inServerLocal},
	{say: "秘密鍵ファイル … はグループまたは全員からアクセス可能です", is: fact.KeyUnreadable, in: inServerLocal},
	{say: "к файлу закрытого ключа … имеют доступ все или группа", is: fact.KeyUnreadable, in: inServerLocal},

	{say: "Passwort-Authentifizierung für Benutzer … fehlgeschlagen", is: fact.LoginFailed, in: inPostgres},
	{say: "authentification par mot de passe échouée pour l'utilisateur", is: fact.LoginFailed, in: inPostgres},
	{say: "la autentificación password falló para el usuario", is: fact.LoginFailed, in: inPostgres},
	{say: "のパスワード認証に失敗しました", is: fact.LoginFailed, in: inPostgres},
	{say: "не прошёл проверку подлинности (по паролю)", is: fact.LoginFailed, in: inPostgres},

	{say: "konnte Hostnamen … nicht in Adresse übersetzen", is: fact.NameNotFound, in: inLibpqLocal},
	{say: "n'a pas pu traduire le nom d'hôte … en adresse", is: fact.NameNotFound, in: inLibpqLocal},
	{say: "をアドレスに変換できませんでした", is: fact.NameNotFound, in: inLibpqLocal},
	{say: "ungültiger sslmode-Wert", is: fact.OptionInvalid, in: inLibpqLocal},
	{say: "valeur sslmode invalide", is: fact.OptionInvalid, in: inLibpqLocal},
	{say: "sslmode の値が不正", is: fact.OptionInvalid, in: inLibpqLocal},
}
