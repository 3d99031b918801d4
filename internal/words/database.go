package words

import (
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// databaseCodes decodes the numbers and SQLSTATEs of databases, and tells what in their texts hangs on what stands around
// it: a connection that ends while it is made means another thing than one that ends in use.
func databaseCodes(clean string, r *Reading) {
	folded := fold(clean)
	if aboutMySQL(folded) {
		mysqlNumbers(clean, r)
		mysqlErrnos(folded, r)
		mysqlBare(folded, r)
	}
	if aboutSQLState(folded) {
		sqlStates(clean, r)
	}
	postgresRefusals(folded, r)
	postgresNames(folded, r)
	postgresEnds(folded, r)
	pgbouncerSide(clean, r)
}

// aboutMySQL: bare numbers of four digits mean too many things elsewhere.
func aboutMySQL(folded string) bool { return containsAny(folded, mysqlMarks) }

// aboutSQLState spares all other texts the expression.
func aboutSQLState(folded string) bool { return containsAny(folded, sqlStateMarks) }

var (
	mysqlMarks    = []string{"mysql", "mariadb", "hy000", "28000", "08s01", "08004", "[my 0", "access denied", "using password", "tls/ssl error", "insecure transport", "server on '", "proxysql", "communications link", "lost connection to", "error connecting to", "error reconnecting to", "too many connections", "ssl connection error", "bad handshake"}
	sqlStateMarks = []string{"sqlstate", "sql state", "code", "28000", "28p01", "08p01", "53300", "3d000", "57p01", "08s01", "08001", "08004", "08006"}
)

func containsAny(text string, marks []string) bool {
	return slices.ContainsFunc(marks, func(s string) bool { return strings.Contains(text, s) })
}

// A databaseError is an error number of MySQL and MariaDB: below 2000 and from 3000 on of the server
// (share/messages_to_clients.txt), from 2000 on of the client (include/errmsg.h).
type databaseError struct {
	name, means string
	is          fact.Symptom // "" where the sentence beside the number tells more
}

var mysqlErrors = map[string]databaseError{
	"1040": {"ER_CON_COUNT_ERROR", "too many connections", fact.TooManyClients},
	"1042": {"ER_BAD_HOST_ERROR", "no host name for the client's address; in .NET: no host could be connected to", ""},
	"1043": {"ER_HANDSHAKE_ERROR", "bad handshake", fact.HandshakeFailed},
	"1044": {"ER_DBACCESS_DENIED_ERROR", "no access to the database", fact.LoginFailed},
	"1045": {"ER_ACCESS_DENIED_ERROR", "access denied: password, account, or an account that requires TLS", fact.AccessDenied},
	"1049": {"ER_BAD_DB_ERROR", "unknown database", fact.LoginFailed},
	"1129": {"ER_HOST_IS_BLOCKED", "host blocked after many connection errors", fact.HostBlocked},
	"1130": {"ER_HOST_NOT_PRIVILEGED", "host is not allowed to connect", fact.LoginFailed},
	"1152": {"ER_ABORTING_CONNECTION", "aborted connection", ""},
	"1156": {"ER_NET_PACKETS_OUT_OF_ORDER", "got packets out of order: not MySQL's protocol", fact.NotThisProtocol},
	"1158": {"ER_NET_READ_ERROR", "error reading communication packets", fact.Closed},
	"1159": {"ER_NET_READ_INTERRUPTED", "timeout reading communication packets", fact.TimedOut},
	"1160": {"ER_NET_ERROR_ON_WRITE", "error writing communication packets", fact.Closed},
	"1161": {"ER_NET_WRITE_INTERRUPTED", "timeout writing communication packets", fact.TimedOut},
	"1184": {"ER_NEW_ABORTING_CONNECTION", "aborted connection", ""},
	"1203": {"ER_TOO_MANY_USER_CONNECTIONS", "too many connections of this user", fact.TooManyClients},
	"1226": {"ER_USER_LIMIT_REACHED", "a resource limit of this user is reached", fact.TooManyClients},
	"1251": {"ER_NOT_SUPPORTED_AUTH_MODE", "client does not know the authentication method", fact.LoginFailed},
	"1524": {"ER_PLUGIN_IS_NOT_LOADED", "authentication plugin is not loaded", fact.LoginFailed},
	"1698": {"ER_ACCESS_DENIED_NO_PASSWORD_ERROR", "access denied, without a password", fact.AccessDenied},
	"1835": {"ER_MALFORMED_PACKET", "malformed communication packet", fact.NotThisProtocol},
	"2002": {"CR_CONNECTION_ERROR", "cannot connect", ""},
	"2003": {"CR_CONN_HOST_ERROR", "cannot connect over TCP", ""},
	"2005": {"CR_UNKNOWN_HOST", "unknown server host", fact.NameNotFound},
	"2006": {"CR_SERVER_GONE_ERROR", "server has gone away", fact.EOFEstablished},
	"2007": {"CR_VERSION_ERROR", "protocol mismatch", fact.NotThisProtocol},
	"2012": {"CR_SERVER_HANDSHAKE_ERR", "error in server handshake", fact.HandshakeFailed},
	"2013": {"CR_SERVER_LOST", "lost connection", ""},
	"2014": {"CR_COMMANDS_OUT_OF_SYNC", "commands out of sync", fact.OtherFault},
	"2026": {"CR_SSL_CONNECTION_ERROR", "TLS could not be set up; the reason follows", ""},
	"2027": {"CR_MALFORMED_PACKET", "malformed packet", fact.NotThisProtocol},
	"2049": {"CR_SECURE_AUTH", "old authentication protocol refused", fact.LoginFailed},
	"2055": {"CR_SERVER_LOST_EXTENDED", "lost connection", ""},
	"2059": {"CR_AUTH_PLUGIN_CANNOT_LOAD", "authentication plugin cannot be loaded", fact.LoginFailed},
	"2061": {"CR_AUTH_PLUGIN_ERR", "authentication plugin reports an error", ""},
	"3118": {"ER_ACCOUNT_HAS_BEEN_LOCKED", "account is locked", fact.LoginFailed},
	"3159": {"ER_SECURE_TRANSPORT_REQUIRED", "the server accepts TLS only: require_secure_transport", fact.TLSDemanded},
	"4031": {"ER_CLIENT_INTERACTION_TIMEOUT", "disconnected because of inactivity", fact.EOFEstablished},
	"4151": {"ER_ACCOUNT_HAS_BEEN_LOCKED", "MariaDB: account is locked", fact.LoginFailed},
	"9001": {"ProxySQL 9001", "no backend could be connected to in time", fact.ConnectTimeout},
	"9002": {"Azure 9002", "the server accepts TLS only", fact.TLSDemanded},
}

// mysqlNumber are the ways in which programs write these numbers: "ERROR 2026 (HY000)", "#2026", "errno=1045", "(HY000/2002)",
// "SQLSTATE[HY000] [2002]", "[MY-002013]", "(3159, '", "1045 (28000): ".
var mysqlNumber = Pattern(`(?i)(?:error(?:[ _]?(?:code|number|no))?[ :=]{1,3}"?|#|\berr(?:no)?[ :='"]{1,4}|\bcode[ :='"]{1,4}|\bno: |\bmysql: |MY-00|\] ?\[|\([0-9A-Z]{5}/|verified: |_errno: )([0-9]{4})\b|\b([0-9]{4})(?:, ?['"]| \([0-9A-Z]{5}\)|: (?:Lost|Can't|Access|SSL|Host|Unknown|Connections|MySQL|Authentication))`)

// mysqlLog are the numbers of MySQL's own log (share/messages_to_error_log.txt) that are about TLS.
var mysqlLog = map[string]string{
	"MY-010068": "the CA certificate is self-signed, as roots are: harmless",
	"MY-010069": "TLS could not be set up",
	"MY-010914": "a connection ended otherwise than by saying so",
	"MY-010926": "access denied",
	"MY-011302": "the X plugin could not set TLS up",
	"MY-013602": "TLS is ready",
	"MY-013746": "a deprecated TLS version is enabled",
}

var mysqlLogNumber = Pattern(`\bMY-0[0-9]{5}\b`)

// maxNumbers bounds how many numbers of one text are looked at.
const maxNumbers = 32

func mysqlNumbers(clean string, r *Reading) {
	for _, m := range mysqlNumber().FindAllStringSubmatch(clean, maxNumbers) {
		number := m[1] + m[2]
		if e, ok := mysqlErrors[number]; ok {
			r.Code(number, "MySQL "+e.name+": "+e.means)
			r.Say(e.is)
			r.Contexts = append(r.Contexts, inMySQL...)
		}
	}
	for _, id := range mysqlLogNumber().FindAllString(clean, maxNumbers) {
		if means, ok := mysqlLog[id]; ok {
			r.Code(id, "MySQL log: "+means)
		}
	}
}

// mysqlConnect and mysqlLost carry an error number of the system, of Linux, macOS or Windows.
var (
	mysqlConnect = Pattern(`can't connect to (?:mysql )?server on '[^']{0,260}'(?:: ?| ?)(?:\(([0-9]{1,5}|timed out))?`)
	mysqlLost    = Pattern(`lost connection to (?:mysql )?server at '([^']{0,260})', system error: ([0-9]{1,5})( \[)?`)
	mysqlHost    = Pattern(`unknown (?:mysql )?server host '[^']{0,260}' \([- ]?([0-9]{1,5})\)`)
)

func mysqlErrnos(folded string, r *Reading) {
	if m := mysqlConnect().FindStringSubmatch(folded); m != nil {
		rest := folded[strings.Index(folded, m[0])+len(m[0]):]
		if m[1] != "" || !strings.HasPrefix(rest, "(") { // else the reason stands in parentheses
			r.Say(connectErrno(m[1]))
		}
		r.Contexts = append(r.Contexts, inMySQLClient...)
	}
	if m := mysqlLost().FindStringSubmatch(folded); m != nil && m[3] == "" { // else the reason stands in brackets
		r.Say(lostErrno(m[1], m[2]))
	}
	if m := mysqlHost().FindStringSubmatch(folded); m != nil && m[1] == "3" { // EAI_AGAIN is -3, and fold takes the dash
		r.Say(fact.ResolverFailed)
	}
}

// connectErrno is what a connect(2) that failed says. MariaDB's library prints EINPROGRESS (115) for a refused connection.
func connectErrno(n string) fact.Symptom {
	switch n {
	case "111", "61", "10061":
		return fact.ConnectionRefused
	case "110", "60", "10060", "timed out":
		return fact.ConnectTimeout
	case "113", "101", "65", "51", "10065", "10051":
		return fact.NoRoute
	}
	return fact.CannotConnect
}

// lostErrno: before its greeting a MySQL server has not seen anything of the client. The numbers of a connection that was
// closed differ by library and are no evidence: 0, 2, 11, 32, 104, 115.
func lostErrno(place, n string) fact.Symptom {
	late := n == "110" || n == "60" || n == "10060"
	switch {
	case late:
		return fact.TimedOut
	case strings.Contains(place, "initial communication packet"):
		return fact.AcceptThenClosed
	case strings.Contains(place, "packet") || strings.Contains(place, "information"):
		return fact.Closed
	}
	return fact.EOFEstablished
}

// mysqlBare: the sentence ends where the reason should stand.
func mysqlBare(folded string, r *Reading) {
	const mark = "ssl connection error"
	if i := strings.Index(folded, mark); i >= 0 {
		rest := strings.TrimLeft(folded[i+len(mark):], ": ")
		if rest == "" || strings.HasPrefix(rest, "(null)") || strings.HasPrefix(rest, "unknown") || strings.IndexByte(`'").,;]}`, rest[0]) >= 0 {
			r.Say(fact.HandshakeFailed)
			r.Contexts = append(r.Contexts, inMySQLClient...)
		}
	}
	if strings.Contains(folded, mark+":") || strings.Contains(folded, "tls/ssl error:") {
		r.inHandshake()
	}
	if strings.Contains(folded, "communications link failure") && len(r.Symptoms) == 0 && !strings.Contains(folded, "ssl") && !strings.Contains(folded, "caused by") {
		r.Say(fact.CannotConnect)
	}
}

// inHandshake refines the end of a connection that the text places into the TLS handshake.
func (r *Reading) inHandshake() {
	for from, to := range map[fact.Symptom]fact.Symptom{fact.Reset: fact.ResetInHandshake, fact.TimedOut: fact.SilentInHandshake, fact.Closed: fact.BrokeInHandshake, fact.NoCloseNotify: fact.EOFInHandshake} {
		if i := slices.Index(r.Symptoms, from); i >= 0 && !slices.Contains(r.Symptoms, to) {
			r.Symptoms[i] = to
		}
	}
}

// sqlState are the SQLSTATEs of connections (ISO/IEC 9075-2 §24.1, PostgreSQL appendix A).
var sqlState = map[string]databaseError{
	"08000": {"connection exception", "the connection failed", ""},
	"08001": {"SQL client unable to establish SQL connection", "the connection could not be made", ""},
	"08003": {"connection does not exist", "the connection is closed", ""},
	"08004": {"server rejected the connection", "the server refuses", ""},
	"08006": {"connection failure", "the connection broke", ""},
	"08P01": {"protocol violation", "not the protocol that is expected", ""},
	"08S01": {"communication link failure", "the connection broke", ""},
	"0A000": {"feature not supported", "the server cannot do what is asked", ""},
	"28000": {"invalid authorization", "the server refuses this user, host or way of connecting", ""},
	"28P01": {"invalid password", "the password is wrong", fact.LoginFailed},
	"3D000": {"invalid catalog name", "no such database", fact.LoginFailed},
	"53300": {"too many connections", "no connection is free", fact.TooManyClients},
	"57P01": {"admin shutdown", "the server ends the connection", ""},
	"57P03": {"cannot connect now", "the server starts or stops", ""},
	"HY000": {"general error", "no class fits", ""},
}

var sqlStateForm = Pattern(`(?i)\bSQL ?_?STATE[\[ :='"(]{1,4}([0-9A-Z]{5})\b|\bcode[ :='"]{1,4}([0-9]{2}[0-9A-Z]{3})\b|\b(28000|28P01|08P01|53300|3D000|57P01): |\((28000|28P01|08S01|08004|08001|08006|3D000|53300)\)`)

func sqlStates(clean string, r *Reading) {
	for _, m := range sqlStateForm().FindAllStringSubmatch(clean, maxNumbers) {
		code := strings.ToUpper(m[1] + m[2] + m[3] + m[4])
		if e, ok := sqlState[code]; ok {
			r.Code(code, "SQLSTATE "+e.name+": "+e.means)
			r.Say(e.is)
		}
	}
}
