package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// openssl reads openssl.cnf as OpenSSL does (config(5), conf_def.c): what counts for TLS is the section at the end of
// openssl_conf → ssl_conf → system_default. A command of libssl that stands anywhere else is read by nobody, and its
// scope says so: the commonest edit of such a file that changes nothing.
var openssl = dialect{ID: "openssl.cnf", sniff: sniffOpenSSL, read: readOpenSSL}

// opensslCommands are what libssl takes in a section (SSL_CONF_cmd(3), "supported configuration file commands").
var opensslCommands = newVocabulary("openssl.cnf", `
CipherString
Ciphersuites
MinProtocol
MaxProtocol
Protocol
Options
Groups|Curves
ECDHParameters
SignatureAlgorithms
ClientSignatureAlgorithms
Certificate
PrivateKey
ChainCAFile
ChainCAPath
ChainCAStore
VerifyCAFile
VerifyCAPath
VerifyCAStore
RequestCAFile|ClientCAFile
RequestCAPath|ClientCAPath
RequestCAStore|ClientCAStore
VerifyMode
DHParameters
ServerInfoFile
RecordPadding
NumTickets
RxCertificateCompression
TxCertificateCompression
`)

// certain are the commands whose names mean nothing else in the sections of "openssl req", "ca" and "ts": where nobody
// reads them, only these are shown.
var certain = []string{"CipherString", "Ciphersuites", "MinProtocol", "MaxProtocol", "Protocol", "Options", "Groups", "SignatureAlgorithms", "ClientSignatureAlgorithms"}

// The first element of a scope of openssl.cnf says who reads the setting; the second is its section.
const (
	scopeSystemDefault = "system default" // every TLS context of every program that loads the file
	scopeNode          = "node"           // Node.js alone, the same way
	scopeChain         = "chain"          // the names that lead there
	scopeUnread        = "unread"         // nobody: no chain of names leads to the section
	scopeOverridden    = "overridden"     // nobody: a later line of the same section says otherwise
)

// maxOpenSSLValue is what a value is expanded to at most (MAX_CONF_VALUE_LENGTH of conf_def.c).
const maxOpenSSLValue = 64 << 10

func sniffOpenSSL(name string, head []byte) int {
	base := baseName(name)
	switch {
	case base == "openssl.cnf" || base == "openssl.conf" || base == "opensslcnf.config" || base == "opensslcnf.txt":
		return 90
	case strings.HasPrefix(base, "openssl") && strings.HasSuffix(base, ".cnf"):
		return 85
	case hasSection(head, "system_default_sect", "openssl_init", "ssl_sect"):
		return 80
	}
	for l := range iniLines(string(head), "#;") {
		switch l.key {
		case "openssl_conf", "ssl_conf", "distinguished_name":
			return 80
		case "MinProtocol", "CipherString", "Ciphersuites", "MaxProtocol":
			return 60
		}
	}
	return 0
}

// An opensslLine is one assignment.
type opensslLine struct {
	file                 string
	number               int
	section, name, value string
	overridden           bool
}

// An opensslFile is what has been read so far, included files among it.
type opensslFile struct {
	*reader
	section string
	lines   []opensslLine
	last    map[[2]string]int // section, name → index of the line in force
	dollar  bool              // ".pragma dollarid:on": "$" is a letter of names
	folder  string            // ".pragma includedir:": where relative includes are
	bytes   int               // that variables have added to values
	full    bool              // they have added too many, and that was said
}

func readOpenSSL(r *reader, f file) {
	o := &opensslFile{reader: r, section: "default", last: map[[2]string]int{}}
	o.read(f)
	o.emit()
}

func (o *opensslFile) read(f file) {
	for n, text := range joined(f.text) {
		o.line(f, n, strings.TrimSpace(opensslUncomment(text)))
	}
}

func (o *opensslFile) line(f file, n int, text string) {
	switch {
	case text == "":
	case text[0] == '[':
		name, _, closed := strings.Cut(text[1:], "]")
		if !closed {
			o.gap(f, n, "a section", "its name lacks the closing bracket: OpenSSL refuses the file")
			return
		}
		o.section = strings.TrimSpace(name)
	case text[0] == '.' && o.directive(f, n, text):
	default:
		o.assign(f, n, text)
	}
}

// directive obeys ".include" and ".pragma", with or without "="; anything else that begins with a dot is a name.
func (o *opensslFile) directive(f file, n int, text string) bool {
	end := strings.IndexAny(text, " \t=")
	if end < 0 {
		return false
	}
	rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text[end:]), "="))
	switch text[:end] {
	case ".include":
		o.follow(f, n, o.value(rest))
	case ".pragma":
		key, value, _ := strings.Cut(rest, ":")
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "dollarid":
			o.dollar = value == "on" || value == "true"
		case "includedir":
			o.folder = value
		}
	default:
		return false
	}
	return true
}

// follow reads an included file, or of a folder the files *.cnf and *.conf. The section goes on behind it. A relative path
// is taken from the file's own folder: OpenSSL takes it from wherever the program was started, which nobody can mean.
func (o *opensslFile) follow(f file, n int, name string) {
	if o.folder != "" && !strings.HasPrefix(name, "/") {
		name = o.folder + "/" + name
	}
	name = beside(f.name, name)
	if strings.HasSuffix(baseName(name), ".d") || strings.HasSuffix(name, "/") {
		o.includeAll(f, n, clean(name)+"/*.c*nf", o.read)
		return
	}
	o.include(f, n, name, o.read)
}

// assign keeps "name = value", and "section::name = value", which sets it in another section.
func (o *opensslFile) assign(f file, n int, text string) {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		o.gap(f, n, "a line", "it is neither a section nor an assignment: OpenSSL refuses the file")
		return
	}
	section, name := o.section, strings.TrimSpace(name)
	if before, after, ok := strings.Cut(name, "::"); ok {
		section, name = before, strings.TrimSpace(after)
	}
	if o.bytes > maxOpenSSLValue*maxDepth {
		if !o.full {
			o.full = true
			o.gap(f, n, "the values from here on", "their variables make them larger than what is read")
		}
		return
	}
	l := opensslLine{file: f.name, number: n, section: section, name: name, value: o.value(strings.TrimSpace(value))}
	o.bytes += max(len(l.value)-len(value), 0)
	if i, ok := o.last[[2]string{section, name}]; ok {
		o.lines[i].overridden = true
	}
	o.last[[2]string{section, name}] = len(o.lines)
	o.lines = append(o.lines, l)
}

// get is the value in force of a name of a section.
func (o *opensslFile) get(section, name string) string {
	if i, ok := o.last[[2]string{section, name}]; ok {
		return o.lines[i].value
	}
	return ""
}

// emit gives the settings that have to do with TLS: the chain of names, and libssl's commands wherever they stand.
func (o *opensslFile) emit() {
	roles := o.roles()
	for i := range o.lines {
		l := &o.lines[i]
		role := roles[l.section]
		if l.section == "default" && (l.name == "openssl_conf" || l.name == "nodejs_conf") {
			role = scopeChain
		}
		if s, ok := l.setting(role); ok {
			if role == "" && !l.overridden {
				s.Near = o.missing(l.section)
			}
			o.set(file{name: l.file}, l.number, s)
			o.level(l, s)
		}
	}
}

// missing is the line of the default section that would make OpenSSL read a section, where it is all that is missing: the
// names from there on are in place (config(5), "SSL Configuration").
func (o *opensslFile) missing(section string) string {
	if o.get("default", "openssl_conf") != "" {
		return ""
	}
	for _, l := range o.lines {
		if l.name == "ssl_conf" && !l.overridden && l.section != "default" && o.get(l.value, "system_default") == section {
			return "openssl_conf = " + l.section
		}
	}
	return ""
}

// level adds the security level that a cipher string sets, as a setting of its own.
func (o *opensslFile) level(l *opensslLine, s fact.Setting) {
	if level, ok := securityLevel(l.value); ok && s.Name == "CipherString" {
		o.set(file{name: l.file}, l.number, fact.Setting{Scope: s.Scope, Name: "@SECLEVEL", Args: []string{level}})
	}
}

// entrances are the names of the default section from which programs start, and what their system default is called in a
// scope. Node.js built with its own OpenSSL starts from nodejs_conf unless --openssl-shared-config is given (Node.js,
// "Command-line API").
var entrances = [...]struct{ name, scope string }{{"openssl_conf", scopeSystemDefault}, {"nodejs_conf", scopeNode}}

// roles says of each section that is read for TLS who reads it.
func (o *opensslFile) roles() map[string]string {
	roles := map[string]string{}
	for _, e := range entrances {
		initial := o.get("default", e.name)
		if initial == "" {
			continue
		}
		roles[initial] = scopeChain
		if ssl := o.get(initial, "ssl_conf"); ssl != "" && roles[ssl] == "" {
			roles[ssl] = scopeChain
			o.rolesOf(ssl, e.scope, roles)
		}
	}
	return roles
}

// rolesOf adds the sections that the section of ssl_conf names.
func (o *opensslFile) rolesOf(ssl, system string, roles map[string]string) {
	if o.dangling(ssl) {
		return
	}
	for _, l := range o.lines {
		switch {
		case l.section != ssl || l.overridden:
		case l.name == "system_default":
			roles[l.value] = system
		case roles[l.value] == "":
			roles[l.value] = "application " + l.name
		}
	}
}

// dangling reports whether a line of the section that ssl_conf names leads to a section that is not there or is empty:
// OpenSSL then drops what all of them say (ssl_module_init of conf_ssl.c).
func (o *opensslFile) dangling(ssl string) bool {
	there := map[string]bool{}
	for _, l := range o.lines {
		there[l.section] = true
	}
	for _, l := range o.lines {
		if l.section == ssl && !l.overridden && !there[l.value] {
			o.gap(file{name: l.file}, l.number, "["+ssl+"]", "the section "+l.value+" is missing or empty: OpenSSL drops everything that ssl_conf leads to")
			return true
		}
	}
	return false
}

// setting is what a line says in its role, "" being nobody's. It reports false for lines that are not about TLS.
func (l *opensslLine) setting(role string) (fact.Setting, bool) {
	s := fact.Setting{Scope: []string{role, l.section}, Name: l.name, Args: []string{l.value}}
	if l.overridden {
		s.Scope[0] = scopeOverridden
	}
	if role == scopeChain {
		return s, true
	}
	name := l.name
	if _, after, ok := strings.Cut(name, "."); ok { // what stands before a dot only tells lines apart (conf_ssl.c)
		name = after
	}
	word, known := opensslCommands.find(name)
	if known {
		s.Name = word.name
	}
	if role == "" {
		s.Scope[0] = scopeUnread
		return s, known && containsFolded(certain, s.Name)
	}
	if !known {
		s.Unknown, s.Near = true, opensslCommands.meant(name)
	}
	return s, true
}

// securityLevel is the level that a cipher string sets: the last @SECLEVEL counts (ssl_ciph.c).
func securityLevel(ciphers string) (string, bool) {
	at := strings.LastIndex(ciphers, "@SECLEVEL=")
	if at < 0 {
		return "", false
	}
	level := ciphers[at+len("@SECLEVEL="):]
	if level == "" || level[0] < '0' || level[0] > '5' {
		return "", false
	}
	return level[:1], true
}
