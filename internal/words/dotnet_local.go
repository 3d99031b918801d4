package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// dotnetLocal are the sentences of .NET Framework in its language packs. .NET Core speaks English only.
var dotnetLocal = slices.Concat(
	local(fact.HandshakeFailed, inNetFx,
		"SSL/TLS のセキュリティで保護されているチャネルを作成できませんでした", "SSL/TLS のセキュリティで保護されたチャネルを作成できませんでした",
		"Es konnte kein geschützter SSL/TLS-Kanal erstellt werden", "Impossible de créer un canal sécurisé SSL/TLS",
		"No se puede crear un canal seguro SSL/TLS", "Impossibile creare un canale sicuro SSL/TLS", "Não foi possível criar um canal seguro para SSL/TLS",
		"Не удалось создать защищенный канал SSL/TLS", "未能创建 SSL/TLS 安全通道", "無法建立 SSL/TLS 的安全通道", "SSL/TLS 보안 채널을 만들 수 없습니다",
		"SSL/TLS güvenli kanalı oluşturulamadı", "Nie można utworzyć bezpiecznego kanału SSL/TLS"),
	local(fact.VerifyFailed, inNetFx,
		"チャネルに対する信頼関係を確立できませんでした", "Für den geschützten SSL/TLS-Kanal konnte keine Vertrauensstellung hergestellt werden",
		"Impossible d'établir une relation de confiance pour le canal sécurisé SSL/TLS", "No se puede establecer una relación de confianza para el canal seguro SSL/TLS",
		"Impossibile stabilire una relazione di trust per il canale sicuro SSL/TLS", "Não foi possível estabelecer relação de confiança para o canal seguro",
		"Не удалось установить доверительные отношения для защищенного канала SSL/TLS", "未能为 SSL/TLS 安全通道建立信任关系",
		"無法為 SSL/TLS 安全通道建立信任關係", "SSL/TLS 보안 채널에 대한 트러스트 관계를 설정할 수 없습니다"),
	local(fact.VerifyFailed, inDotnet,
		"検証プロシージャによると、リモート証明書は無効です", "リモート証明書は検証手順に従って無効", "Das Remotezertifikat ist laut Validierungsverfahren ungültig",
		"Le certificat distant n'est pas valide selon la procédure de validation", "El certificado remoto no es válido según el procedimiento de validación",
		"certificato remoto non è stato ritenuto valido dalla procedura di convalida", "O certificado remoto é inválido, de acordo com o procedimento de validação",
		"Удаленный сертификат недействителен согласно результатам проверки подлинности", "根据验证过程，远程证书无效", "遠端憑證是無效的",
		"유효성 검사 절차에 따르면 원격 인증서가 잘못되었습니다"),
	local(fact.BrokeInHandshake, inNetFx,
		"送信時に予期しないエラーが発生しました", "受信時に予期しないエラーが発生しました",
		"Unerwarteter Fehler beim Senden", "Unbekannter Fehler beim Senden", "Une erreur inattendue s'est produite lors de l'envoi",
		"Error inesperado de envío", "Непредвиденная ошибка при передаче", "基础连接已经关闭: 发送时发生错误", "傳送時發生未預期的錯誤"),
	local(fact.EOFInHandshake, inDotnet,
		"転送ストリームから予期しない EOF または 0 バイトを受信しました", "リモートパーティによって転送ストリームが終了されたため、認証できませんでした",
		"Unerwartetes EOF oder 0 Bytes aus dem Transportstream empfangen", "由于远程方已关闭传输流，身份验证失败",
		"从传输流收到意外的 EOF 或 0 个字节", "Fehler bei der Authentifizierung, weil die Gegenseite den Transportstream geschlossen hat",
		"Échec de l'authentification, car la partie distante a fermé le flux de transport"),
	local(fact.NotTLS, inDotnet, "予期しないパケット形式のため、ハンドシェイクに失敗", "由于意外的数据包格式，握手失败",
		"Der Handshake konnte aufgrund eines unerwarteten Paketformats nicht ausgeführt werden", "La négociation a échoué à cause d'un format de paquet inattendu"),
	local(fact.RuntimeTooOld, inDotnet, "要求されたセキュリティプロトコルはサポートされていません", "不支持请求的安全协议",
		"Das angeforderte Sicherheitsprotokoll wird nicht unterstützt", "Le protocole de sécurité demandé n'est pas pris en charge"),
	local(fact.CannotConnect, inNetFx, "リモートサーバーに接続できません", "Die Verbindung mit dem Remoteserver kann nicht hergestellt werden",
		"Impossible de se connecter au serveur distant", "无法连接到远程服务器", "No es posible conectar con el servidor remoto"),
	local(fact.NameNotFound, inNetFx, "リモート名を解決できませんでした", "Der Remotename konnte nicht aufgelöst werden", "Le nom distant n'a pas pu être résolu",
		"未能解析此远程名称", "No se puede resolver el nombre remoto"),
	local(fact.Closed, inNetFx, "接続が予期せずに閉じられました", "Die Verbindung wurde unerwartet getrennt", "连接被意外关闭", "La connexion a été interrompue de manière inattendue"),
)
