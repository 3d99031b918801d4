package words

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// windowsTerms are the sentences of SSPI, Winsock and the certificate store by their key terms: the same complaint stands in other
// words in each release of Windows and .NET, and in translated articles. Like japaneseRows they are heard only where nothing more
// particular is said; whole sentences stand in windows_local.go.
var windowsTerms = slices.Concat(termsCertificate, termsHandshake, termsConnection)

var termsCertificate = [][]row{
	// SEC_E_WRONG_PRINCIPAL
	terms(fact.CertName, onWindows, "対象|ターゲット|宛先|接続先", "プリンシパル名", "間違*|誤って*|正しくありません|正しくない*|不正*"),
	terms(fact.CertName, onWindows, "zielprinzip*|prinzipalname des ziels", "falsch|nicht korrekt|ungültig|inkorrekt"),
	terms(fact.CertName, onWindows, "nom principal|nom de principal|nom du principal", "cible", "incorrect*|pas correct*|erroné"),
	terms(fact.CertName, onWindows, "nombre principal|nombre de la entidad de seguridad|nombre de entidad de seguridad", "destino", "incorrect*|no es correct*|no es válid*"),
	terms(fact.CertName, onWindows, "目标|目標|目的", "主体名*|主要名*", "不正确|不正確|错误|錯誤"),
	// SEC_E_UNTRUSTED_ROOT
	terms(fact.IssuerUnknown, onWindows, "証明書チェーン|証明書のチェーン|証明書チェイン", "信頼されていない|信頼できない|信頼されない", "機関|認証局"),
	terms(fact.IssuerUnknown, onWindows, "信頼されていない|信頼できない|信頼されない", "機関|認証局", "証明書チェーン|証明書のチェーン|証明書チェイン"),
	terms(fact.IssuerUnknown, onWindows, "zertifikatkette|zertifikatskette", "nicht vertrauens*|nicht vertraut*"),
	terms(fact.IssuerUnknown, onWindows, "chaîne de certificats", "autorité", "pas approuvée|non approuvée|pas de confiance"),
	terms(fact.IssuerUnknown, onWindows, "cadena de certifica*", "entidad|autoridad", "no se confía|no es de confianza|no confiable"),
	terms(fact.IssuerUnknown, onWindows, "证书链|憑證鏈*", "不受信任|不受信賴|不信任", "机构*|授權*|機構"),
	// SEC_E_CERT_EXPIRED, CRYPT_E_REVOCATION_OFFLINE
	terms(fact.CertExpired, onWindows, "受信した|受け取った", "証明書", "期限が切れ*|期限切れ*|失効期限*"),
	terms(fact.RevocationUnknown, onWindows, "失効", "サーバー", "オフライン"),
}

var termsHandshake = [][]row{
	// SEC_E_ALGORITHM_MISMATCH
	terms(fact.NoVersionLeft, onWindows, "クライアント|サーバー", "共通", "アルゴリズム"),
	terms(fact.NoVersionLeft, onWindows, "共通", "アルゴリズム", "ないため|ありません|持って*|持たない*|見つかりません"),
	terms(fact.NoVersionLeft, onWindows, "client", "server", "gemeinsam*", "algorithm*"),
	terms(fact.NoVersionLeft, onWindows, "client", "serveur", "algorithme commun|algorithmes communs|algorithme en commun"),
	terms(fact.NoVersionLeft, onWindows, "cliente", "servidor", "algoritmo común|algoritmos comunes|algoritmo em comum|algoritmo comum|algoritmo en común"),
	terms(fact.NoVersionLeft, onWindows, "客户端|用戶端", "服务器|伺服器", "共同|公共|通用|共通", "算法|演算法"),
	// SEC_E_ILLEGAL_MESSAGE, SEC_E_INVALID_TOKEN
	terms(fact.HandshakeFailed, onWindows, "受信した|受け取った", "メッセージ", "予期*|予想*|想定*", "形式|書式|フォーマット"),
	terms(fact.HandshakeFailed, onWindows, "empfangene", "nachricht", "unerwartet", "format*"),
	terms(fact.HandshakeFailed, onWindows, "message reçu", "inattendu", "format*|mis en forme*"),
	terms(fact.HandshakeFailed, onWindows, "mensaje recibido", "inesperado", "formato"),
	terms(fact.HandshakeFailed, onWindows, "收到的|接收到的", "消息|訊息", "意外|异常|異常|未预期", "格式"),
	terms(fact.NotTLS, onWindows, "関数", "トークン", "無効*|不正*|正しくありません"),
	// SEC_E_NO_CREDENTIALS, SEC_E_INTERNAL_ERROR
	terms(fact.KeyUnreadable, onWindows, "セキュリティパッケージ", "資格情報", "利用*|使用*|ありません"),
	terms(fact.InternalError, onWindows, "ローカルセキュリティ機関", "アクセス*|接続*|通信*"),
	// DBNETLIB has one sentence for all that fails in the handshake
	terms(fact.HandshakeFailed, mssqlClient(fact.InPrelogin, "odbc", "native-client"), "SSL セキュリティエラー|SSLセキュリティエラー|SSL Sicherheitsfehler|Erreur de sécurité SSL|Error de seguridad SSL|"+
		"Erro de segurança SSL|Errore di protezione SSL|Errore di sicurezza SSL|Ошибка безопасности SSL|SSL 安全错误|SSL 安全性錯誤|SSL 보안 오류"),
}

var termsConnection = [][]row{
	// WSAECONNRESET, WSAECONNREFUSED, WSAETIMEDOUT
	terms(fact.ForciblyClosed, onWindows, "既存の接続|現在の接続|接続", "リモートホスト", "強制的*"),
	terms(fact.ConnectionRefused, onWindows, "対象|ターゲット|接続先", "コンピューター|コンピュータ|マシン", "拒否*"),
	terms(fact.ConnectTimeout, onWindows, "一定の時間|一定時間|一定期間|一定の期間", "正しく|適切に|正常に", "応答しな*"),
}

// principalName takes a name's complaint back where the sentence goes on with SSPI: there the principal is Kerberos's, not the
// certificate's.
func principalName(folded string, r *Reading) {
	if slices.Contains(r.Symptoms, fact.SPNProblem) && slices.Contains(r.Contexts, fact.Localized) && !strings.Contains(folded, "ssl") {
		r.Symptoms = slices.DeleteFunc(r.Symptoms, func(s fact.Symptom) bool { return s == fact.CertName })
	}
}
