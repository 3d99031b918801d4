package words

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// sqlServerForm is how SQL Server writes the number of an error into its ERRORLOG and clients print it.
const sqlServerForm = "Error: %, Severity: 16, State: 1."

// sqlServerErrors are the messages of SQL Server (sys.messages) about connections, logins and the certificate that it loads when it starts. A
// number with no symptom is a note, or announces a sentence that tells more.
var sqlServerErrors = map[int]struct {
	means string
	is    fact.Symptom
}{
	17120: {"could not spawn a thread at start: what stands before it is why", fact.TLSInitFailed},
	17182: {"TDSSNIClient initialization failed: the error and status in its sentence say why", ""},
	17189: {"failed to spawn a thread for a new login or connection", fact.WorkerStarvation},
	17194: {"the server was unable to load the library for TLS that a login needs", fact.TLSInitFailed},
	17806: {"SSPI handshake failed: Windows authentication, inside TLS", fact.SPNProblem},
	17809: {"the maximum number of user connections has been reached", fact.TooManyClients},
	17826: {"could not start the network library: what stands before it is why", fact.TLSInitFailed},
	17828: {"the prelogin packet is structurally invalid: it is not TDS", fact.NotThisProtocol},
	17830: {"network error while a connection was established; the connection has been closed", fact.Closed},
	17832: {"the login packet is structurally invalid: it is not TDS", fact.NotThisProtocol},
	17835: {"the server demands encryption and the client supports none", fact.TLSDemanded},
	17836: {"length in the packet does not match what was read: it is not TDS", fact.NotThisProtocol},
	18452: {"login failed: from an untrusted domain", fact.LoginFailed},
	18456: {"login failed for a user: TLS is not the cause", fact.LoginFailed},
	26010: {"the server could not load the certificate for TLS", fact.NoServerCredential},
	26011: {"encryption could not be initialized because of a security library", fact.TLSInitFailed},
	26013: {"note: the certificate that was chosen is loaded for encryption", ""},
	26014: {"the certificate that was chosen could not be loaded", fact.ThumbprintNotFound},
	26015: {"the certificate that was chosen could not be loaded, and encryption is forced", fact.ThumbprintNotFound},
	26017: {"no valid certificate was found and none could be made", fact.TLSInitFailed},
	26018: {"note: no certificate is chosen, the server made one for itself, which no client that verifies trusts", ""},
	26023: {"the TCP port is in use already", fact.AddressInUse},
}

// sqlServerNumber tells what an error number of SQL Server means.
func sqlServerNumber(number string, r *Reading) {
	n, err := strconv.Atoi(number)
	if e, ok := sqlServerErrors[n]; err == nil && ok {
		r.Code(number, "SQL Server: "+e.means)
		r.Say(e.is)
	}
}

// sqlServerStart decodes what SQL Server writes when it has a certificate: notes, no complaints.
func sqlServerStart(clean string, r *Reading) {
	const english = "was successfully loaded for encryption"
	switch {
	case strings.Contains(clean, "self-generated certificate "+english), strings.Contains(clean, "自己生成") && japaneseLoaded(clean):
		sqlServerNumber("26018", r)
	case strings.Contains(clean, "ertificate [Cert Hash(") && strings.Contains(clean, english), strings.Contains(clean, "証明書 [") && japaneseLoaded(clean):
		sqlServerNumber("26013", r)
	}
}

// japaneseLoaded: the same sentence in Japanese, whatever its release put between the words.
func japaneseLoaded(clean string) bool {
	return strings.Contains(clean, "証明書") && strings.Contains(clean, "暗号化") && strings.Contains(clean, "正常に読み込まれました")
}
