package words

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// schannelIDs are the events of Schannel in Windows's System log (Microsoft, "Schannel Events"). Their sentences have
// the system's language; the number tells in any.
var schannelIDs = [...]struct {
	id    string
	is    fact.Symptom
	seat  fact.Context
	means string
}{
	{"36864", "", "", "Schannel was loaded"},
	{"36865", fact.InternalError, "", "cryptographic module cannot be opened"},
	{"36866", fact.InternalError, "", "Schannel cannot be loaded"},
	{"36867", "", "", "a credential is created"},
	{"36868", "", "", "properties of a credential's private key"},
	{"36869", fact.KeyUnreadable, "", "certificate has no private key attached"},
	{"36870", fact.KeyUnreadable, "", "private key cannot be accessed"},
	{"36871", fact.CredentialFailed, "", "credential cannot be created"},
	{"36872", fact.NoServerCredential, fact.ByServer, "no suitable default server credential"},
	{"36873", fact.NoCipherLeft, fact.ByClient, "no cipher suite to offer"},
	{"36874", fact.NoSharedCipher, fact.ByServer, "no cipher suite in common"},
	{"36875", fact.ClientCertDemanded, fact.ByClient, "server asks for a client certificate and none is suitable"},
	{"36876", fact.VerifyFailed, fact.ByClient, "server's certificate is not valid"},
	{"36877", fact.VerifyFailed, fact.ByServer, "client's certificate is not valid"},
	{"36878", fact.OtherFault, fact.ByServer, "client's certificate cannot be mapped to an account directly"},
	{"36879", fact.OtherFault, fact.ByServer, "client's certificate was not mapped to an account"},
	{"36880", "", "", "handshake completed"},
	{"36881", fact.CertDate, fact.ByClient, "server's certificate is out of its dates"},
	{"36882", fact.IssuerUnknown, fact.ByClient, "server's certificate comes from an untrusted authority"},
	{"36883", fact.CertRevoked, fact.ByClient, "server's certificate is revoked"},
	{"36884", fact.CertName, fact.ByClient, "server's certificate lacks the expected name"},
	{"36885", "", fact.ByServer, "list of trusted authorities is too long and was cut"},
	{"36886", fact.NoServerCredential, fact.ByServer, "no suitable default server credential"},
	{"36887", "", "", "fatal alert received"},
	{"36888", "", "", "fatal alert sent"},
}

// schannelEvents decodes the events of Schannel in a text: their number, and the alert and the state in the sentence.
func schannelEvents(clean string, r *Reading) {
	id := ""
	if !strings.Contains(clean, "368") {
		schannelAlert(clean, id, r)
		return
	}
	for _, e := range schannelIDs {
		if !namesEvent(clean, e.id) {
			continue
		}
		id = e.id
		r.Code(e.id, "Schannel event: "+e.means)
		r.Contexts = append(r.Contexts, "schannel")
		if e.seat != "" {
			r.Contexts = append(r.Contexts, e.seat)
		}
		r.Say(e.is)
	}
	schannelAlert(clean, id, r)
}

// eventWords stand near the number of an event, in a record or in what people write about it.
var eventWords = [...]string{"event", "schannel", "イベント", "ereignis", "évén", "evento", "событи", "事件", "이벤트", "zdarze", "olay"}

// namesEvent: the text has the number, as the number of an event and not as a port, a connection or a process.
func namesEvent(clean, id string) bool {
	for from := 0; ; {
		i := strings.Index(clean[from:], id)
		if i < 0 {
			return false
		}
		at, end := from+i, from+i+len(id)
		from = end
		if at > 0 && strings.IndexByte("*.#", clean[at-1]) >= 0 || end < len(clean) && clean[end] == '#' ||
			at > 0 && alphanumeric(clean[at-1]) || end < len(clean) && alphanumeric(clean[end]) {
			continue
		}
		near := strings.ToLower(clean[max(0, at-40):min(len(clean), end+40)])
		if len(clean) == len(id) || slices.ContainsFunc(eventWords[:], func(w string) bool { return strings.Contains(near, w) }) {
			return true
		}
	}
}

// alertSentences open the sentence of events 36887 and 36888 in the languages of Windows; what follows is the alert's number and,
// where the alert was sent, Schannel's state.
var alertSentences = [...]string{"fatal alert", "fatal error code", "致命的な警告", "致命的なアラート", "致命的なエラー", "schwerwiegende warnung", "alerte fatale", "alerta irrecuperable",
	"alerta fatal", "alerta grave", "avviso irreversibile", "неустранимое предупреждение", "严重警告", "严重警报", "致命警报", "嚴重警示", "嚴重警報", "심각한 경고"}

// sentWords show that the writer sent the alert.
var sentWords = [...]string{"generated", "生成", "generiert", "générée", "gener", "создан", "产生", "產生", "생성", "送信し", "送信され", "gesendet", "envoyée", "отправлен"}

// alertVerbs tell that such a sentence is about an alert that came or went: "a fatal error" alone is anybody's.
var alertVerbs = [...]string{"警告が受信", "警告を受信", "警告を受け取", "アラートが受信", "アラートを受信", "アラートを受け取", "警告が生成", "警告を生成", "警告が送信", "警告を送信", "アラートが生成", "アラートを生成", "アラートが送信", "アラートを送信",
	"プロトコルで定義", "warnung empfangen", "warnung wurde empfangen", "warnung wurde vom", "warnung generiert", "warnung wurde generiert", "fatale a été reçue", "fatale a été générée", "fatale suivante a été", "irrecuperable recib", "fatal recib",
	"irreversibile ricevut", "收到", "接收到", "产生", "產生", "предупреждение получен", "получено неустранимое", "수신"}

// schannelAlert reads the alert that an event tells of, by the order of the numbers in its sentence.
func schannelAlert(clean, id string, r *Reading) {
	if alert, ok := field(clean, "AlertDesc"); ok {
		state, _ := field(clean, "ErrorState")
		sayAlert(alert, state, id != "36887", r)
		return
	}
	if !mayAlert(clean) {
		return
	}
	lower := strings.ToLower(clean)
	for _, say := range alertSentences {
		at := strings.Index(lower, say)
		if at < 0 || id == "" && !strings.Contains(lower, "channel") && !schannelWords(lower) {
			continue
		}
		numbers := smallNumbers(lower[at:min(len(lower), at+600)])
		if len(numbers) == 0 {
			continue
		}
		near := lower[max(0, at-60):min(len(lower), at+90)]
		sent := id == "36888" || id == "" && slices.ContainsFunc(sentWords[:], func(w string) bool { return strings.Contains(near, w) })
		state := 0
		if sent && len(numbers) > 1 {
			state = numbers[1]
		}
		sayAlert(numbers[0], state, sent, r)
		return
	}
}

// mayAlert is a quick look whether one of alertSentences can be there: most texts of a log have none.
func mayAlert(clean string) bool {
	for _, piece := range [...]string{"atal", "lerta", "arnung", "avviso"} {
		if strings.Contains(clean, piece) {
			return true
		}
	}
	return strings.ContainsFunc(clean, func(r rune) bool { return r >= 0x400 })
}

// schannelWords: only Schannel writes such sentences.
func schannelWords(sentence string) bool {
	return slices.ContainsFunc([]string{"tls protocol defined fatal", "fatal alert was received", "fatal alert was generated", "remote endpoint",
		"the following fatal alert"}, func(s string) bool { return strings.Contains(sentence, s) }) ||
		slices.ContainsFunc(alertVerbs[:], func(s string) bool { return strings.Contains(sentence, s) })
}

// sayAlert says an alert with the state Schannel was in: Microsoft publishes no table of the states, those here are what its
// articles explain.
func sayAlert(alert, state int, sent bool, r *Reading) {
	if alert > 255 {
		return
	}
	r.Contexts = append(r.Contexts, "schannel")
	name := names.Alert(uint8(alert))
	if !sent {
		r.Code("alert "+strconv.Itoa(alert), "TLS alert received: "+name)
		r.Say(fact.PeerAlert(uint8(alert)))
		return
	}
	r.Code("alert "+strconv.Itoa(alert), "TLS alert sent: "+name)
	r.Say(fact.OwnAlert(uint8(alert)))
	if state == 1203 || state == 1205 {
		r.Contexts = append(r.Contexts, fact.ByServer) // both judge a ClientHello
	}
	switch {
	case state == 1203:
		r.Code("1203", "Schannel state: the first message was no TLS handshake")
		r.Say(fact.NotTLS)
	case state == 1205:
		r.Code("1205", "Schannel state: no cipher suite in common")
		r.Say(fact.NoSharedCipher)
	case state == 960:
		r.Code("960", "Schannel state: a record's authentication code does not match")
		r.Say(fact.BadRecordMAC)
	case state == 252 && alert == 40:
		r.Code("252", "Schannel state: no signature scheme in common that the certificate can be used with")
		r.Say(fact.NoSharedSignature)
	}
}

// field is the number of a named field of an event's XML: <Data Name="AlertDesc">40</Data>, or AlertDesc: 40 as other tools
// write it.
func field(clean, name string) (int, bool) {
	_, rest, ok := strings.Cut(clean, name)
	if !ok {
		return 0, false
	}
	n, ok := signedNumber(strings.TrimLeft(rest, " '\":=>"))
	return int(n), ok && n >= 0 && n < 100000
}

// smallNumbers are the numbers below 10000 that stand by themselves: no versions, dates or addresses.
func smallNumbers(s string) []int {
	var list []int
	for at := 0; at < len(s); {
		end := at
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if end == at {
			at++
			continue
		}
		alone := (at == 0 || !alphanumeric(s[at-1]) && s[at-1] != '.' && s[at-1] != '/') &&
			(end == len(s) || !alphanumeric(s[end]) && s[end] != '/' && (s[end] != '.' || end+1 == len(s) || s[end+1] < '0' || s[end+1] > '9'))
		if n, err := strconv.Atoi(s[at:end]); err == nil && n < 10000 && alone {
			list = append(list, n)
		}
		at = end
	}
	return list
}
