package words

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// The sentences below are those of PostgreSQL's own translations (src/backend/po, src/interfaces/libpq/po), folded.
var (
	noEncryption = folds("no encryption", "SSL off", "keine Verschlüsselung", "SSL aus", "aucun chiffrement", "SSL inactif", "sin cifrado", "SSL inactivo", "暗号化なし", "SSL無効", "без шифрования", "SSL выкл", "SSL 关闭", "没有加密", "암호화 안함", "SSL 중지", "nessuna crittografia", "SSL disattivato", "nenhuma criptografia", "SSL desabilitado", "без шифрування")
	encryption   = folds("SSL encryption", "SSL on", "GSS encryption", "SSL-Verschlüsselung", "SSL an", "chiffrement SSL", "SSL actif", "cifrado SSL", "SSL activo", "SSL暗号化", "SSL有効", "шифрование SSL", "SSL вкл", "SSL 开启", "SSL加密", "SSL 암호화", "SSL 동작", "crittografia SSL", "SSL attivato", "criptografia SSL", "SSL habilitado", "шифрування SSL")
	hostDiffers  = folds("does not match host name '", "stimmt nicht mit dem Hostnamen '", "ne correspond pas au nom d'hôte '", "no coincide con el nombre de servidor '", "のサーバー証明書がホスト名'", "не соответствует имени сервера '", "的服务器证书与主机名不匹配'", "호스트 이름 '", "non combacia col nome host '")
	syscallError = folds("SSL SYSCALL error:", "SSL-SYSCALL-Fehler:", "erreur SYSCALL SSL :", "ERROR en llamada SSL:", "SSL SYSCALLエラー:", "ошибка SSL SYSCALL:", "SSL SYSCALL 错误:", "SSL SYSCALL 오류:", "errore SSL SYSCALL:")
	endOfFile    = folds("EOF", "Dateiende", "fin de archivo", "发现结束符")
	serverClosed = folds("server closed the connection unexpectedly", "Server beendete die Verbindung unerwartet", "la connexion au serveur a été coupée de façon inattendue", "el servidor ha cerrado la conexión inesperadamente", "サーバーとの接続が想定外にクローズされました", "сервер неожиданно закрыл соединение", "服务器意外地关闭了联接", "서버가 갑자기 연결을 닫았음", "il server ha chiuso la connessione inaspettatamente")
	portWords    = folds("port ", "ポート", "порту ", "puerto ", "porta ", "端口", "포트 ")
)

func folds(list ...string) []string {
	for i, s := range list {
		list[i] = fold(Clean(s))
		if strings.HasSuffix(s, " ") {
			list[i] += " "
		}
	}
	return list
}

// firstOf is where the first of some phrases begins, and which it is.
func firstOf(text string, phrases []string) (at int, phrase string) {
	at = -1
	for _, p := range phrases {
		if i := strings.Index(text, p); i >= 0 && (at < 0 || i < at || i == at && len(p) > len(phrase)) {
			at, phrase = i, p
		}
	}
	return at, phrase
}

const hbaFile = "pg hba.conf"

// hbaReach is how far from the file's name the rest of a refusal stands, in bytes.
const hbaReach = 300

// postgresRefusals reads what pg_hba.conf refuses. "no encryption" says that TLS would have been another case; with "SSL
// on" TLS is there, and host, user or database are not allowed (src/backend/libpq/auth.c).
func postgresRefusals(folded string, r *Reading) {
	if !strings.Contains(folded, hbaFile) {
		return
	}
	parts := strings.Split(folded, hbaFile)
	for i, after := range parts[1:min(len(parts), maxNumbers)] {
		before := parts[i]
		verdict := hbaVerdict(after[:min(len(after), hbaReach)])
		if verdict == "" { // Chinese and Korean name the file last
			verdict = hbaVerdict(before[max(0, len(before)-hbaReach):])
		}
		if verdict == "" && (strings.HasSuffix(before, "no ") || strings.HasPrefix(after, " rejects")) {
			verdict = fact.AccessDenied // the rest was left out when the text was copied
		}
		r.Say(verdict)
	}
}

func hbaVerdict(text string) fact.Symptom {
	off, _ := firstOf(text, noEncryption)
	on, _ := firstOf(text, encryption)
	switch {
	case off >= 0 && (on < 0 || off <= on):
		return fact.TLSDemanded
	case on >= 0:
		return fact.LoginFailed
	}
	return ""
}

// postgresNames: whether the host was named or was an address decides what can be done about it.
func postgresNames(folded string, r *Reading) {
	at, phrase := firstOf(folded, hostDiffers)
	if at < 0 {
		return
	}
	host, _, _ := strings.Cut(strings.TrimSpace(folded[at+len(phrase):]), "'")
	if _, err := netip.ParseAddr(strings.TrimSpace(host)); err == nil {
		r.Say(fact.IPMismatch)
	} else {
		r.Say(fact.CertName)
	}
	r.Contexts = append(r.Contexts, inLibpq...)
}

// postgresEnds reads how libpq's connection ended: while it was made, or in use.
func postgresEnds(folded string, r *Reading) {
	if at, phrase := firstOf(folded, syscallError); at >= 0 {
		r.syscall(whileConnecting(folded[:at]), strings.TrimSpace(folded[at+len(phrase):]))
		return // "server closed the connection" says no more
	}
	if at, _ := firstOf(folded, serverClosed); at >= 0 {
		r.ended(whileConnecting(folded[:at]), fact.AcceptThenClosed)
	}
	if at, phrase := firstOf(folded, lateErrors); at >= 0 {
		r.late(whileConnecting(folded[:at]), phrase)
	}
}

// lateErrors are those of a record, which a handshake seldom shows: where libpq does not say that it connects, the
// connection was in use.
var lateErrors = []string{"ssl error: decryption failed or bad record mac", "ssl error: unexpected eof while reading"}

func (r *Reading) late(connecting bool, phrase string) {
	if connecting {
		r.inHandshake()
		return
	}
	r.Contexts = append(r.Contexts, inLibpqUse...)
	if i := slices.Index(r.Symptoms, fact.NoCloseNotify); i >= 0 && phrase == lateErrors[1] {
		r.Symptoms[i] = fact.EOFEstablished
	}
}

// syscall reads what follows "SSL SYSCALL error:".
func (r *Reading) syscall(connecting bool, rest string) {
	eof, _ := firstOf(rest[:min(len(rest), 60)], endOfFile)
	switch {
	case eof >= 0:
		r.ended(connecting, fact.EOFInHandshake)
	case strings.HasPrefix(rest, "success"):
		r.ended(connecting, fact.BrokeInHandshake)
	case connecting:
		r.inHandshake()
		r.Contexts = append(r.Contexts, inLibpq...)
	default:
		r.Contexts = append(r.Contexts, inLibpqUse...)
	}
}

// ended says how a connection ended: as given where it was being made, else that it was in use.
func (r *Reading) ended(connecting bool, early fact.Symptom) {
	if connecting {
		r.Say(early)
		r.Contexts = append(r.Contexts, inLibpq...)
		return
	}
	r.Say(fact.EOFEstablished)
	r.Contexts = append(r.Contexts, inLibpqUse...)
}

// whileConnecting: what stands before libpq's sentence is how it begins one about a connection that is being made, of
// version 14 on ("connection to server at …, port 5432 failed:") or before.
func whileConnecting(before string) bool {
	before = strings.TrimRight(before, " ")
	for _, s := range []string{"could not connect to server:", "psql:", "psql: error:", "unable to connect to postgresql server:", "connection failed:"} {
		if strings.HasSuffix(before, s) {
			return true
		}
	}
	if !strings.HasSuffix(before, ":") {
		return false
	}
	before = before[max(0, len(before)-90):]
	if strings.Contains(before, "connection to database") {
		return true
	}
	return slices.ContainsFunc(portWords, func(word string) bool {
		i := strings.LastIndex(before, word)
		return i >= 0 && edge(before, i) && i+len(word) < len(before) && before[i+len(word)] >= '0' && before[i+len(word)] <= '9'
	})
}

// pgbouncerSide tells on which side of PgBouncer a line of its log is: clients are numbered C-0x…, servers S-0x….
func pgbouncerSide(clean string, r *Reading) {
	switch {
	case strings.Contains(clean, " S-0x"):
		r.Contexts = append(r.Contexts, inPgBouncerUpstream...)
	case strings.Contains(clean, " C-0x"):
		r.Contexts = append(r.Contexts, inPgBouncerServer...)
	}
}
