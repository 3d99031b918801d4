package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// winsockLocal are the sentences of Winsock in the languages of Windows. Japanese stands as Windows prints it and as machine-translated
// articles, which people paste, quote it.
var winsockLocal = slices.Concat(
	local(fact.ForciblyClosed, onWindows,
		"既存の接続はリモートホストに強制的に切断されました", "リモートホストによって既存の接続が強制的に閉じられました", "既存の接続がリモートホストによって強制的に",
		"既存の接続は、リモートホストによって強制的に", "Eine vorhandene Verbindung wurde vom Remotehost geschlossen",
		"vorhandene Verbindung wurde vom Remotehost erzwungen geschlossen", "connexion existante a été fermée de force par l'hôte distant",
		"conexão existente foi fechada à força pelo host remoto", "существующее подключение было принудительно закрыто удаленным узлом",
		"远程主机强制关闭现有连接", "遠端主機已強制關閉現有的連線", "遠端主機強行關閉現有的連線", "기존 연결이 원격 호스트에 의해 강제로 닫혔습니다",
		"istniejące połączenie zostało wymuszone przez hosta zdalnego", "リモートホストによって、既存の接続は強制的に",
		"connexion existante a dû être fermée par l'hôte distant", "forzado la interrupción de una conexión existente por el host remoto",
		"forçado o cancelamento de uma conexão existente pelo host remoto", "ligação existente foi forçada a fechar pelo anfitrião remoto",
		"Connessione in corso interrotta forzatamente dall'host remoto", "Удаленный хост принудительно разорвал существующее подключение",
		"远程主机强迫关闭了一个现有的连接", "遠端主機已強制關閉一個現存的連線", "현재 연결은 원격 호스트에 의해 강제로 끊겼습니다",
		"Istniejące połączenie zostało gwałtownie zamknięte przez zdalnego hosta", "bağlantı uzaktaki bir ana bilgisayar tarafından zorla kapatıldı",
		"bestaande verbinding is geforceerd gesloten door de externe host"),
	local(fact.Closed, onWindows,
		"確立された接続がホストコンピューターのソウトウェアによって中止", "確立された接続がホストコンピューターのソフトウェアによって中止",
		"bestehende Verbindung wurde softwaregesteuert durch den Hostcomputer abgebrochen",
		"connexion établie a été abandonnée par un logiciel de votre ordinateur hôte", "anulado una conexión establecida por el software en su equipo host",
		"Программа на вашем хост-компьютере разорвала установленное подключение", "你的主机中的软件中止了一个已建立的连接", "您的主机中的软件中止了一个已建立的连接",
		"連線已被您主機上的軟體中止", "指定されたネットワーク名は利用できません", "パイプの他端にプロセスがありません",
		"管道的另一端上无任何进程", "Am anderen Ende der Pipe ist kein Prozess vorhanden", "Aucun processus n'est à l'autre extrémité du canal"),
	local(fact.ConnectTimeout, onWindows,
		"接続済みの呼び出し先が一定の時間を過ぎても正しく応答しなかった", "da die Gegenstelle nach einer bestimmten Zeitspanne nicht ordnungsgemäß reagiert hat",
		"tentative de connexion a échoué car le parti connecté n'a pas répondu convenablement",
		"la parte conectada no respondió adecuadamente tras un periodo de tiempo",
		"tentativa de conexão falhou porque o componente conectado não respondeu", "Risposta non corretta della parte connessa dopo l'intervallo di tempo",
		"от другого компьютера за требуемое время не получен нужный отклик", "由于连接方在一段时间后没有正确答复", "連線對象有一段時間並未正確回應",
		"연결된 구성원으로부터 응답이 없어 연결하지 못했거나"),
	local(fact.ConnectionRefused, onWindows,
		"対象のコンピューターによって拒否されたため、接続できませんでした", "da der Zielcomputer die Verbindung verweigerte",
		"car l'ordinateur cible l'a expressément refusée", "el equipo de destino denegó expresamente dicha conexión",
		"a máquina de destino as recusou ativamente", "Rifiuto persistente del computer di destinazione",
		"конечный компьютер отверг запрос на подключение", "由于目标计算机积极拒绝", "因為目標電腦拒絕連線", "대상 컴퓨터에서 연결을 거부했으므로"),
	local(fact.NameNotFound, onWindows, "そのようなホストは不明です", "Der angegebene Host ist unbekannt", "Es ist kein solcher Host bekannt", "Hôte inconnu",
		"Host desconocido", "Этот хост неизвестен", "不知道这样的主机", "無法識別這台主機", "알려진 호스트가 없습니다", "Este host não é conhecido", "Host sconosciuto"),
	local(fact.TimedOut, onWindows, "待ち操作がタイムアウトになりました", "Der Wartevorgang wurde abgebrochen", "等待的操作过时", "Délai d'attente dépassé", "Tempo de espera da operação esgotado"),
	local(fact.CannotConnect, onWindows, "ネットワークパスが見つかりません", "Der Netzwerkpfad wurde nicht gefunden", "找不到网络路径", "No se ha encontrado la ruta de acceso de la red"),
)

// sspiLocal are the sentences of SSPI and of the certificate store in the languages of Windows.
var sspiLocal = slices.Concat(sspiLocalCertificates, sspiLocalHandshake)

var sspiLocalCertificates = slices.Concat(
	local(fact.IssuerUnknown, onWindows,
		"信頼されていない機関によって証明書チェーンが発行されました", "証明書チェーンは信頼されていない機関によって発行",
		"証明書チェーンは、信頼されていない証明機関によって発行", "信頼されていない証明機関によって証明書チェーンが発行",
		"Zertifikatkette wurde von einer nicht vertrauenswürdigen Zertifizierungsstelle ausgestellt",
		"chaîne de certificats a été fournie par une autorité qui n'est pas approuvée", "chaîne de certificats a été émise par une autorité qui n'est pas approuvée",
		"cadena de certificación fue emitida por una entidad en la que no se confía", "cadena de certificado la emitió una entidad en la que no se confía",
		"cadeia de certificação foi emitida por uma autoridade que não é de confiança", "Catena di certificati emessa da una autorità non disponibile",
		"Цепочка сертификатов выпущена центром сертификации, не имеющим доверия", "证书链是由不受信任的颁发机构颁发的", "憑證鏈結是由不受信任的授權單位發出的",
		"신뢰되지 않은 기관에서 인증서 체인을 발급했습니다", "Łańcuch certyfikatów został wystawiony przez urząd, który nie jest zaufany",
		"Sertifika zinciri güvenilmeyen bir yetkili tarafından"),
	local(fact.CertName, onWindows,
		"対象のプリンシパル名が間違っています", "ターゲットプリンシパル名が正しくありません", "ターゲットのプリンシパル名が正しくありません", "対象プリンシパル名が正しくありません",
		"Der Zielprinzipalname ist falsch", "Le nom principal de la cible est incorrect", "Le nom principal cible est incorrect",
		"El nombre principal de destino es incorrecto", "O nome principal de destino está incorreto", "Il nome dell'entità di destinazione non è corretto",
		"Главное конечное имя неверно", "目标主要名称不正确", "目标主体名称不正确", "目標主要名稱不正確", "대상 사용자 이름이 잘못되었습니다"),
	local(fact.SPNProblem, onWindows, "SSPI コンテキストを生成できません", "対象のプリンシパル名が間違っています。 SSPI コンテキストを生成できません",
		"SSPI-Kontext kann nicht generiert werden", "Impossible de générer le contexte SSPI", "No se puede generar contexto SSPI",
		"无法生成 SSPI 上下文", "無法產生 SSPI 內容", "SSPI 컨텍스트를 생성할 수 없습니다", "Не удается создать контекст SSPI", "Não é possível gerar contexto SSPI"),
	local(fact.CertExpired, onWindows, "受信した証明書の有効期限が切れています", "受信した証明書は期限が切れています", "Das empfangene Zertifikat ist abgelaufen", "Le certificat reçu a expiré",
		"El certificado recibido ha caducado", "O certificado recebido expirou", "Il certificato ricevuto è scaduto", "Срок действия полученного сертификата истек",
		"收到的证书已过期", "收到的憑證已過期", "받은 인증서가 만료되었습니다"),
	local(fact.RevocationUnknown, onWindows, "失効サーバーがオフラインのため", "失効の関数は証明書の失効を確認できませんでした", "Sperrfunktion konnte die Sperrung nicht überprüfen",
		"fonction de révocation n'a pas pu vérifier la révocation", "función de revocación no puede comprobar la revocación",
		"由于吊销服务器已脱机", "吊销功能无法检查证书是否吊销"),
)

var sspiLocalHandshake = slices.Concat(
	local(fact.NoVersionLeft, onWindows,
		"クライアントとサーバーは共通のアルゴリズム", "共通のアルゴリズムを持っていないため",
		"Client und Server können keine Daten austauschen, da sie nicht über einen gemeinsamen Algorithmus verfügen",
		"Le client et le serveur ne peuvent pas communiquer, car ils ne possèdent pas un algorithme commun",
		"El cliente y el servidor no se pueden comunicar porque no tienen un algoritmo común", "não possuem um algoritmo em comum", "não possuem um algoritmo comum",
		"non dispongono di un algoritmo comune", "не имеют общего алгоритма", "客户端和服务器不能通信", "客户端和服务器无法通信", "用戶端和伺服器無法通訊",
		"클라이언트 및 서버에 공용 알고리즘이 없으므로"),
	local(fact.NotTLS, onWindows, "関数に提供されたトークンは無効です", "関数に渡されたトークンは無効です", "Das Token, das der Funktion übergeben wurde, ist ungültig",
		"Le jeton fourni à la fonction n'est pas valide", "El token proporcionado a la función no es válido", "给函数提供的标志无效"),
	local(fact.HandshakeFailed, onWindows, "受信したメッセージは予期していなかったか", "Die empfangene Nachricht war unerwartet oder fehlerhaft formatiert", "Nachricht war unerwartet oder ungültig formatiert",
		"Le message reçu était inattendu ou formaté de façon incorrecte", "El mensaje recibido es inesperado o tiene un formato incorrecto",
		"接收到的消息异常，或格式不正确", "接收到的消息异常", "Полученное сообщение", "A mensagem recebida era inesperada ou formatada incorretamente"),
	local(fact.InternalError, onWindows, "ローカルセキュリティ機関にアクセスできません", "Die lokale Sicherheitsautorität (LSA) ist nicht erreichbar",
		"L'autorité de sécurité locale n'a pas pu être contactée", "无法联系本地安全机构"),
	local(fact.KeyUnreadable, onWindows, "セキュリティパッケージで利用できる資格情報がありません", "Im Sicherheitspaket sind keine Anmeldeinformationen verfügbar", "安全包中没有可用的凭证"),
	local(fact.VersionRefused, onWindows, "要求された関数はサポートされていません", "Die angeforderte Funktion wird nicht unterstützt", "所请求的函数不受支持", "La fonction demandée n'est pas prise en charge", "La función solicitada no se admite"),
)

// schannelLocal are Schannel's events in Japanese; in other languages their numbers tell.
var schannelLocal = slices.Concat(
	local(fact.CredentialFailed, inSchannel, "資格情報を作成しているときに致命的なエラーが発生", "資格情報の作成中に致命的なエラーが発生",
		"Schwerwiegender Fehler beim Erstellen der Client-Anmeldeinformationen für"),
	local(fact.KeyUnreadable, inSchannel, "資格情報の秘密キーにアクセスしようとしたときに致命的なエラー", "資格情報の秘密キーにアクセスしているときに致命的なエラー"),
	local(fact.NoSharedCipher, append(slices.Clone(inSchannel), fact.ByServer), "クライアントアプリケーションがサポートしている暗号のどれもサーバーではサポートされていません",
		"クライアントアプリケーションでサポートされている暗号スイートはサーバーではサポートされていません"),
	local(fact.NoServerCredential, append(slices.Clone(inSchannel), fact.ByServer), "適切な既定のサーバー資格情報がこのシステムにはありません", "適切な既定のサーバー資格情報が存在しません"),
	local(fact.CertDate, append(slices.Clone(inSchannel), fact.ByClient), "リモートサーバーから受信した証明書は、期限が切れているか"),
	local(fact.IssuerUnknown, append(slices.Clone(inSchannel), fact.ByClient), "リモートサーバーから受信した証明書は、信頼されていない証明機関"),
	local(fact.CertName, append(slices.Clone(inSchannel), fact.ByClient), "リモートサーバーから受信した証明書には、予期された名前が含まれていません"),
)
