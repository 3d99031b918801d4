package words

import "github.com/tlswhy/tlswhy/internal/fact"

// japaneseRows are what Japanese sentences about TLS have in common, whoever translated them: Windows, Java, browsers and mail
// programs word the same complaint in their own ways, and articles carry machine-translated ones that no program ever
// printed. They are heard only where nothing more particular is said. The exact sentences of a product stand with its family.
var japaneseRows = []row{
	{say: "証明書 ‥ 期限が切れ*", is: fact.CertExpired},
	{say: "証明書 ‥ 期限切れ*", is: fact.CertExpired},
	{say: "期限切れの ‥ 証明書", is: fact.CertExpired},
	{say: "証明書 ‥ 有効期間が過ぎ*", is: fact.CertExpired},
	{say: "証明書 ‥ まだ有効*", is: fact.CertNotYetValid},
	{say: "証明書 ‥ 信頼されていません", is: fact.IssuerUnknown},
	{say: "証明書 ‥ 信頼できません", is: fact.IssuerUnknown},
	{say: "信頼されていない ‥ 証明書", is: fact.IssuerUnknown},
	{say: "信頼されていない ‥ 機関", is: fact.IssuerUnknown},
	{say: "証明書 ‥ 信頼されていない", is: fact.IssuerUnknown},
	{say: "証明書 ‥ 発行元 ‥ 信頼*", is: fact.IssuerUnknown},
	{say: "自己署名証明書", is: fact.CertSelfSigned},
	{say: "自己署名の証明書", is: fact.CertSelfSigned},
	{say: "証明書 ‥ 名前 ‥ 一致しません", is: fact.CertName},
	{say: "証明書 ‥ 名前 ‥ 一致していません", is: fact.CertName},
	{say: "証明書 ‥ ホスト名 ‥ 一致*", is: fact.CertName},
	{say: "ホスト名 ‥ 証明書 ‥ 一致*", is: fact.CertName},
	{say: "証明書 ‥ 取り消され*", is: fact.CertRevoked},
	{say: "失効 ‥ 確認できません*", is: fact.RevocationUnknown},
	{say: "失効 ‥ 確認できなかった*", is: fact.RevocationUnknown},
	{say: "証明書 ‥ 検証に失敗*", is: fact.VerifyFailed},
	{say: "証明書 ‥ 検証できません*", is: fact.VerifyFailed},
	{say: "リモートホスト ‥ 強制的に*", is: fact.ForciblyClosed},
	{say: "強制的に ‥ リモートホスト*", is: fact.ForciblyClosed},
	{say: "パイプ ‥ 端にプロセスがありません", is: fact.Closed},
	{say: "暗号スイート ‥ サポートされていません", is: fact.NoSharedCipher},
	{say: "共通の ‥ 暗号*", is: fact.NoSharedCipher},
	{say: "ハンドシェイク ‥ 失敗*", is: fact.HandshakeFailed},
	{say: "ハンドシェイク ‥ エラー", is: fact.HandshakeFailed},
	{say: "チャネルを作成できません*", is: fact.HandshakeFailed},
	{say: "秘密キー ‥ アクセス*", is: fact.KeyUnreadable},
	{say: "秘密鍵 ‥ 読み込め*", is: fact.KeyUnreadable},
	{say: "秘密鍵 ‥ 一致しません*", is: fact.KeyMismatch},
	{say: "クライアント証明書 ‥ 必要*", is: fact.ClientCertDemanded},
	{say: "名前を解決できません*", is: fact.NameNotFound},
	{say: "名前解決 ‥ 失敗*", is: fact.NameNotFound},
	{say: "接続 ‥ 拒否され*", is: fact.ConnectionRefused},
	{say: "TDSSNIClient ‥ 初期化 ‥ 失敗 ‥ 0xd", is: fact.ThumbprintNotFound, in: []fact.Context{fact.MSSQL, fact.ByServer, fact.AtStart}},
	{say: "TDSSNIClient ‥ 初期化 ‥ 失敗 ‥ 0x80092004", is: fact.ThumbprintNotFound, in: []fact.Context{fact.MSSQL, fact.ByServer, fact.AtStart}},
	{say: "サーバー署名 ‥ SHA-1", is: fact.LegacySignature, in: []fact.Context{fact.ByClient, fact.Browser}},
}
