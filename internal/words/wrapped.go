package words

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// wrappers are sentences that only announce another one. They mean something by themselves only where people quote
// them alone.
var wrappers = [...]struct {
	say string // a piece as it stands in a cleaned text
	is  fact.Symptom
}{
	{"pre-login handshake", fact.HandshakeFailed},
	{"error occurred during the login process", fact.HandshakeFailed},
	{"ログイン前のハンドシェイク", fact.HandshakeFailed},
	{"ログイン中にエラーが発生", fact.HandshakeFailed},
	{"ログイン前ハンドシェイク", fact.HandshakeFailed},
	{"ログインプロセス中にエラー", fact.HandshakeFailed},
	{"Handshakes vor der Anmeldung", fact.HandshakeFailed},
	{"登录前的握手", fact.HandshakeFailed},
	{"登入前的信號交換", fact.HandshakeFailed},
	{"사전 로그인 핸드셰이크", fact.HandshakeFailed},
	{"handshake pre-login", fact.HandshakeFailed},
	{"handshake de pré-logon", fact.HandshakeFailed},
	{"SSL connection could not be established", fact.HandshakeFailed},
	{"Authentication failed, see inner exception", fact.HandshakeFailed},
	{"A call to SSPI failed", fact.HandshakeFailed},
	{"SSPI への呼び出しに失敗", fact.HandshakeFailed},
	{"SSPI-Aufruf", fact.HandshakeFailed},
	{"调用 SSPI 失败", fact.HandshakeFailed},
	{"SSL Handshake failed with OpenSSL error", fact.HandshakeFailed},
	{"secure connection to SQL Server by using Secure Sockets Layer", fact.HandshakeFailed},
	{"Secure Sockets Layer (SSL) 暗号化を使用", fact.HandshakeFailed},
	{"ODBC Driver 17 for SQL Server]SSL Provider", fact.HandshakeFailed},
	{"ODBC Driver 18 for SQL Server]SSL Provider", fact.HandshakeFailed},
	{"(provider: SSL", fact.HandshakeFailed},
	{"TLS Handshake failed:", fact.HandshakeFailed},
	{"SSL)加密与 SQL Server", fact.HandshakeFailed},
	{"SSL) 加密與 SQL Server", fact.HandshakeFailed},
	{"Secure Sockets Layer) 암호화", fact.HandshakeFailed},
	{"sqlserver.jdbc.SQLServerException", fact.CannotConnect},
	{"SSL_accept error", fact.HandshakeFailed},
	{"SSL_connect error", fact.HandshakeFailed},
	{"TLS library problem", fact.HandshakeFailed},
	{"UNSAFE_LEGACY_RENEGOTIATION", fact.UnsafeRenegotiation},
	{"ddress already in use", fact.AddressInUse},
	{"SqlClient.SNI.SSRP", fact.InstanceNotFound},
	{"доверенного центра сертификации", fact.IssuerUnknown},
	{"güvenilir olmayan bir yetkili", fact.IssuerUnknown},
	{"could not load server certificate file", fact.TLSInitFailed},
	{"ERROR 2026 (HY000)", fact.HandshakeFailed},
	{"SSPI Provider", fact.SPNProblem},
	{"continuing with TLS disabled", fact.TLSInitFailed},
	{"xtended Main Secret", fact.EMSMissing},
	{"xtended Master Secret", fact.EMSMissing},
	{"xtended master secret", fact.EMSMissing},
	{"No such database", fact.LoginFailed},
	{"SSL 証明書の設定が削除されました", fact.NoServerCredential},
	{"SSL Certificate Settings deleted for", fact.NoServerCredential},
	{"LoadMachineStores", fact.NoTrustAnchors},
	{"Client unable to establish connection", fact.CannotConnect},
	{"errors in the certificate chain", fact.VerifyFailed},
	{"RemoteCertificateChainErrors", fact.VerifyFailed},
	{"AuthenticationException", fact.HandshakeFailed},
}

// wrapped says what a wrapping sentence means.
func wrapped(clean string, r *Reading) {
	for _, w := range wrappers {
		if strings.Contains(clean, w.say) {
			r.Say(w.is)
			return
		}
	}
}
