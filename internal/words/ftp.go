package words

import "github.com/tlswhy/tlswhy/internal/fact"

// ftpRows are those of FTP servers and clients: ProFTPD, vsftpd, FileZilla, lftp, WinSCP.
var ftpRows = []row{
	{"unable to accept TLS connection", "", told("ftp", "proftpd", fact.ByServer)},
	{"unable to accept TLS connection: client does not support any cipher", fact.NoSharedCipher, told("ftp", "proftpd", fact.ByServer)},
	{"unable to accept TLS connection: perhaps client requested disabled TLS protocol version", fact.VersionRefused, told("ftp", "proftpd", fact.ByServer)},
	{"client did not provide certificate, but one is required", fact.NoPeerCert, told("ftp", "proftpd", fact.ByServer)},
	{"Client did not reuse TLS session from control channel", fact.ResumptionFailed, told("ftp", "proftpd", fact.ByServer)},
	{"client did not reuse SSL session", fact.ResumptionFailed, told("ftp", "proftpd", fact.ByServer)},
	{"SSL/TLS required on the control channel", fact.TLSDemanded, told("ftp", fact.ByServer)},
	{"SSL/TLS required on the data channel", fact.TLSDemanded, told("ftp", fact.ByServer)},
	{"SSL/TLS required but absent", fact.TLSDemanded, told("ftp", "proftpd", fact.ByServer)},
	{"522 SSL connection failed; session reuse required", fact.ResumptionFailed, told("ftp", "vsftpd", fact.ByServer)},
	{"SSL connection failed: session reuse required", fact.ResumptionFailed, told("ftp", "vsftpd", fact.ByServer)},
	{"No SSL session reuse on data channel", fact.ResumptionFailed, told("ftp", "vsftpd", fact.ByServer)},
	{"Non-anonymous sessions must use encryption", fact.TLSDemanded, told("ftp", "vsftpd", fact.ByServer)},
	{"500 OOPS: SSL: cannot load RSA certificate", fact.FileBad, told("ftp", "vsftpd", fact.ByServer, fact.AtStart)},
	{"SSL: cannot load RSA private key", fact.KeyUnreadable, told("ftp", "vsftpd", fact.ByServer, fact.AtStart)},
	{"SSL: could not load verify file", fact.CAFileMissing, told("ftp", "vsftpd", fact.ByServer, fact.AtStart)},
	{"SSL_accept failed:", "", told(fact.ByServer)},
	{"TLS session of data connection not resumed", fact.ResumptionFailed, told("ftp", fact.ByServer)},
	{"TLS session of data connection has not resumed", fact.ResumptionFailed, told("ftp", fact.ByServer)},
	{"Insecure server, it does not support FTP over TLS", fact.ServerWithoutTLS, told("ftp", fact.ByClient)},
	{"The server does not support FTP over TLS", fact.ServerWithoutTLS, told("ftp", fact.ByClient)},
	{"ssl-force is set and server does not support or allow SSL", fact.ServerWithoutTLS, told("ftp", "lftp", fact.ByClient)},
	{"Certificate verification: Not trusted", fact.IssuerUnknown, told("ftp", "lftp", fact.ByClient)},
	{"Certificate verification: certificate common name doesn't match requested host name", fact.CertName, told("ftp", "lftp", fact.ByClient)},
	{"Certificate verification: subjectAltName does not match", fact.CertName, told("ftp", "lftp", fact.ByClient)},
	{"Policy requires SSL", fact.TLSDemanded, told("ftp", fact.ByServer)},
}
