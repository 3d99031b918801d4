package words

import "strings"

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
	if len(code) > 40 || strings.ContainsAny(code, " \t\n%") {
		return r
	}
	for _, form := range append([]string{"error:%:"}, numberForms...) {
		r.merge(Read(strings.ReplaceAll(form, "%", code)), code)
	}
	return r
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
