package words

import (
	"slices"
	"strings"
)

// numberForms are the ways in which a bare number may have been meant: each is a text in which it would stand.
var numberForms = []string{"X509_V_ERR %", "alert %", "curl: (%)", "ERROR % (HY000)", "Schannel Event ID %", "error %", "(provider: SSL Provider, error: % - x)"}

// Explain says what a code means that somebody copied out of a text: "0A000458", "0x80090331", "-2146893019", "36888",
// "alert 40", "X509_V_ERR 20", "ERR_TLS_CERT_ALTNAME_INVALID". A bare number is tried in each form in which it could have
// stood; all that it can mean is told.
func Explain(code string) Reading {
	r := Read(code)
	if len(r.Codes) > 0 || len(r.Symptoms) > 0 {
		return r
	}
	code = strings.TrimSpace(code)
	if m := namedNumber().FindStringSubmatch(code); m != nil {
		whose := strings.ToLower(m[1])
		for i := range numberOwners {
			if o := &numberOwners[i]; slices.Contains(o.names, whose) {
				r.tryForms(o.forms, m[2])
			}
		}
		return r
	}
	if len(code) > 40 || strings.ContainsAny(code, " \t\n%") {
		return r
	}
	r.tryForms(append([]string{"error:%:", sqlServerForm}, numberForms...), code)
	return r
}

// namedNumber is a number behind the name of whose it is, as people write it: "curl 35", "x509: 62", "curl (35)", "Msg 18456".
var namedNumber = Pattern(`^([A-Za-z][A-Za-z0-9_. ]*?)(?: ?(?:#|error|error code|errno|exit|exit code|exit status|code|return code|alert|number|event|event id|id))*[ :=#(]+(-?[0-9][0-9A-Za-z]{0,15})\)?$`)

// numberOwners are who numbers its errors, and the forms in which such a number stands in texts.
var numberOwners = []struct {
	names []string
	forms []string
}{
	{[]string{"curl", "libcurl", "curle"}, []string{"curl: (%)"}},
	{[]string{"x509", "x509_v_err", "verify", "verify return", "verify error"}, []string{"X509_V_ERR %"}},
	{[]string{"openssl"}, []string{"error:%:", "X509_V_ERR %"}},
	{[]string{"mysql", "mariadb"}, []string{"ERROR % (HY000)"}},
	{[]string{"mssql", "msg", "sql server", "sqlserver", "errorlog"}, []string{sqlServerForm, "(provider: SSL Provider, error: % - x)"}},
	{[]string{"schannel", "windows"}, []string{"Schannel Event ID %", "error %"}},
	{[]string{"tls", "ssl", "java"}, []string{"alert %"}},
	{[]string{"winsock", "wsa", "winhttp", "wininet", "win32", "socket"}, []string{"error %"}},
	{[]string{"oracle", "ora"}, []string{"ORA-%"}},
	{[]string{"error", "err", "code", "number", "exit"}, append([]string{"error:%:", sqlServerForm}, numberForms...)},
}

// tryForms reads a number in each form that it may have stood in.
func (r *Reading) tryForms(forms []string, code string) {
	for _, form := range forms {
		if form == sqlServerForm {
			sqlServerNumber(code, r)
			continue
		}
		r.merge(Read(strings.ReplaceAll(form, "%", code)), code)
	}
}

// merge takes over what another reading says about the same code. Circumstances are not taken over: the form told them,
// not the code.
func (r *Reading) merge(other Reading, code string) {
	decoded := false
	for _, c := range other.Codes {
		if strings.Contains(c.Code, code) {
			r.Code(c.Code, c.Means)
			decoded = true
		}
	}
	if !decoded {
		return
	}
	for _, s := range other.Symptoms {
		r.Say(s)
	}
}
