package words

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// sniErrors are the numbers N of "(provider: P, error: N - text)" that SNI gives itself: resources SNI_ERROR_N of
// dotnet/SqlClient. 0 means that the text is the operating system's.
var sniErrors = [...]struct {
	number int
	is     fact.Symptom
	means  string
}{
	{1, fact.Closed, "I/O error in a read or write"},
	{2, fact.Closed, "connection was terminated"},
	{11, fact.TimedOut, "timeout"},
	{17, fact.NameNotFound, "no address to connect to"},
	{18, fact.Closed, "connection was closed by the peer"},
	{19, fact.Closed, "physical connection is not usable"},
	{20, fact.Closed, "connection was closed"},
	{21, fact.NoServerCredential, "encryption is enforced but there is no valid certificate"},
	{25, fact.OptionInvalid, "connection string is not valid"},
	{26, fact.InstanceNotFound, "server or instance cannot be located"},
	{28, fact.CannotConnect, "server does not support the requested protocol"},
	{31, fact.HandshakeFailed, "TLS handshake failed"},
	{32, fact.PacketTooLarge, "packet too large for TLS"},
	{35, fact.HandshakeFailed, "an internal exception was caught; the inner exception tells"},
	{40, fact.CannotConnect, "could not open a connection"},
	{41, fact.CannotConnect, "could not open a shared memory connection"},
	{44, fact.SPNProblem, "service principal name could not be composed"},
	{50, fact.OtherFault, "LocalDB"},
	{52, fact.OtherFault, "LocalDB is not installed"},
}

// sqlErrors are numbers that SqlException, SSMS and ODBC show for an error of the connection or of the login.
var sqlErrors = [...]struct {
	number int64
	is     fact.Symptom
	means  string
}{
	{-2, fact.TimedOut, "timeout"},
	{-1, fact.CannotConnect, "connection could not be made"},
	{2, fact.CannotConnect, "connection could not be made"},
	{20, fact.ServerWithoutTLS, "the two sides do not agree on encryption"},
	{53, fact.CannotConnect, "network path not found"},
	{64, fact.Closed, "connection was cut"},
	{121, fact.TimedOut, "network did not answer"},
	{233, fact.Closed, "server closed the connection at once"},
	{258, fact.TimedOut, "timeout"},
	{4060, fact.LoginFailed, "database cannot be opened"},
	{17142, fact.OtherFault, "server is paused"},
	{17809, fact.TooManyClients, "too many connections"},
	{17892, fact.LoginFailed, "a logon trigger refused"},
	{18452, fact.LoginFailed, "login from an untrusted domain"},
	{18456, fact.LoginFailed, "login failed"},
	{40613, fact.OtherFault, "database of Azure is not available"},
	{40615, fact.OtherFault, "firewall rule of Azure refused the address"},
	{47072, fact.VersionRefused, "login failed with an invalid TLS version"},
}

// sqlclientCodes decodes the numbers of SqlClient, whatever language the words around them have.
func sqlclientCodes(clean string, r *Reading) {
	sniError(clean, r) // a copied text may begin behind the parenthesis
	for i := 0; i < len(clean); i++ {
		if clean[i] == '(' {
			sniError(clean[i+1:], r)
			ssmsError(clean[i+1:], r)
		}
	}
	if _, rest, ok := strings.Cut(clean, "Error Number:"); ok {
		if n, ok := signedNumber(rest); ok {
			sqlError(n, clean, r)
		}
	}
	if strings.Contains(clean, "SqlClient") && managedSNI(clean) {
		r.Contexts = append(r.Contexts, "managed-sni")
	}
	bracketError(clean, r)
	unixError(clean, r)
}

// sniError reads "provider: SSL Provider, error: 31 - text)" after its parenthesis.
func sniError(s string, r *Reading) {
	s = s[:min(len(s), 200)]
	label, s, ok := strings.Cut(s, ":")
	if !ok || len(label) > 40 {
		return
	}
	comma := strings.IndexAny(s, ",、")
	if comma < 0 || comma > 90 {
		return
	}
	context := provider(label, s[:comma])
	if context == "" {
		return
	}
	label, s, ok = strings.Cut(strings.TrimLeft(s[comma:], ",、 "), ":")
	n, numbered := signedNumber(s)
	if !ok || len(label) > 40 || !numbered {
		return
	}
	r.Contexts = append(r.Contexts, sqlClient(context)...)
	if n == 31 || n == 35 {
		r.Contexts = append(r.Contexts, "managed-sni") // Windows's own SNI says 0 and SSPI's sentence
	}
	for _, e := range sniErrors {
		if int64(e.number) == n {
			r.Say(e.is)
			r.Code("error: "+strconv.Itoa(e.number), "SqlClient: "+e.means)
		}
	}
}

// providers are the names SNI_PN0 … SNI_PN11 by a piece that no other one has, in the 13 languages.
var providers = [...]struct {
	piece   string
	context fact.Context
}{
	{"TCP", "provider-tcp"}, {"SSL", "provider-ssl"}, {"SMux", "provider-smux"}, {"SQL", "provider-sql"},
	{"ipe", "provider-np"}, {"パイプ", "provider-np"}, {"管道", "provider-np"}, {"파이프", "provider-np"}, {"anal", "provider-np"},
	{"канал", "provider-np"}, {"potok", "provider-np"}, {"kanál", "provider-np"}, {"canaux", "provider-np"},
	{"emory", "provider-sm"}, {"メモリ", "provider-sm"}, {"内存", "provider-sm"}, {"記憶體", "provider-sm"}, {"메모리", "provider-sm"},
	{"mémoire", "provider-sm"}, {"memor", "provider-sm"}, {"memór", "provider-sm"}, {"памят", "provider-sm"}, {"pamię", "provider-sm"}, {"bellek", "provider-sm"},
}

// providerWords are "provider" in the 13 languages, as far as the words share a piece.
var providerWords = [...]string{"rovid", "プロバイダ", "提供", "공급자", "nbieter", "ournisseur", "roveedor", "rovedor", "оставщик", "ostawc", "prostředk", "ağlayıcı"}

// provider is the context of a provider's name; "" when the words before and in it do not speak of one.
func provider(label, name string) fact.Context {
	if !slices.ContainsFunc(providerWords[:], func(w string) bool { return strings.Contains(label, w) }) {
		return ""
	}
	for _, p := range providers {
		if strings.Contains(name, p.piece) {
			return p.context
		}
	}
	return "provider-other"
}

// ssmsError reads "Microsoft SQL Server, Error: 10054)" after its parenthesis, as Management Studio writes it.
func ssmsError(s string, r *Reading) {
	rest, ok := strings.CutPrefix(s, "Microsoft SQL Server, ")
	if !ok {
		return
	}
	label, rest, ok := strings.Cut(rest[:min(len(rest), 80)], ":")
	if n, numbered := signedNumber(rest); ok && numbered && len(label) < 40 {
		r.Contexts = append(r.Contexts, fact.MSSQL, fact.Database, fact.ByClient)
		sqlError(n, s, r)
	}
}

// bracketError reads the number at the end of what ODBC and Native Client say of the network: "SQL Server [53]."
func bracketError(clean string, r *Reading) {
	at := strings.Index(clean, " Provider: ")
	if at < 0 {
		return
	}
	rest := clean[at:]
	if open := strings.IndexByte(rest, '['); open >= 0 && open < 300 {
		n, ok := signedNumber(rest[open+1:])
		if ok && strings.HasPrefix(strings.TrimLeft(rest[open+1:], "0123456789-"), "]") {
			sqlError(n, clean, r)
		}
	}
}

// unixErrors are the numbers that the ODBC driver shows on Linux where they are errno's and not Windows's.
var unixErrors = [...]struct {
	written string
	is      fact.Symptom
	means   string
}{
	{"0x68", fact.Reset, "connection reset by peer"},
	{"0x6E", fact.TimedOut, "connection timed out"},
	{"0x6F", fact.ConnectionRefused, "connection refused"},
	{"0x71", fact.NoRoute, "no route to host"},
	{"0x20", fact.Closed, "broken pipe"},
	{"0x102", fact.TimedOut, "timeout"},
}

// unixError reads "TCP Provider: Error code 0x68".
func unixError(clean string, r *Reading) {
	_, rest, ok := strings.Cut(clean, "Provider: Error code ")
	if !ok {
		return
	}
	end := 0
	for end < len(rest) && alphanumeric(rest[end]) {
		end++
	}
	for _, e := range unixErrors {
		if strings.EqualFold(rest[:end], e.written) {
			r.Say(e.is)
			r.Code(rest[:end], "ODBC on Linux: "+e.means)
		}
	}
}

func sqlError(n int64, clean string, r *Reading) {
	for _, e := range sqlErrors {
		if e.number != n {
			continue
		}
		r.Code(strconv.FormatInt(n, 10), "SQL Server: "+e.means)
		if n == 20 && strings.Contains(clean, "this machine does not support") {
			return // the same number where it is the client that cannot
		}
		r.Say(e.is)
	}
}

// signedNumber is the number a text begins with, after blanks, and not part of a longer word.
func signedNumber(s string) (int64, bool) {
	s = strings.TrimLeft(s, " ")
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && s[end] == '-') {
		end++
	}
	if end < len(s) && (s[end] == '.' || s[end] >= 'a' && s[end] <= 'z') && !strings.HasPrefix(s[end:], ". ") && s[end:] != "." {
		return 0, false
	}
	n, err := strconv.ParseInt(s[:end], 10, 64)
	return n, err == nil
}
