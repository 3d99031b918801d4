package words

const (
	// secretWord is what a credential is called, in the languages in which programs write.
	secretWord = `(?:pass[ _\-]?word|passwd|pass[ _\-]?phrase|pass[ _\-]?code|passwort|kennwort|pwd|pswd|secret|api[_\- ]?key|access[_\- ]?key|account[_\- ]?key|shared[_\- ]?key|subscription[_\- ]?key|` +
		`encryption[_\- ]?key|shared[_ ]?access[_ ]?signature|signing[_\- ]?key|master[_\- ]key|resumption psk|token|mots? de passe|contrase(?:ñ|n\x{303}?)as?|senha|palavra[ \-]passe|wachtwoord|hasło|heslo|parola|şifre|lösenord|adgangskode|passord|salasana|jelszó|` +
		`пароль|密码|密碼|口令|비밀번호|パスワード|ﾊﾟｽﾜｰﾄﾞ|パスフレーズ|パスコード|暗証(?:番号|コード)?|合言葉|ｐａｓｓｗｏｒｄ)`
	// secretName is a parameter whose value is a secret, with what may stand behind in a longer name: clientSecretKey, password[0]
	secretName = secretWord + `(?:[_\-]?[A-Za-z0-9]{0,12})?(?:\[[^\]\s]{0,24}\])?`
	// shut is the quotation mark behind a name in quotation marks, also as JSON, HTML and URLs escape it; the colours of a terminal may stand there, too
	shut = `(?:\\*["'` + "`" + `]|&quot;|&#0?3[49];|%2[27]|\\u002[27]|[」』”»’])?(?:\x1b\[[0-9;]*m)*`
	// sign stands between a name and its value, as it is or escaped
	sign = `(?:=>|:=|->|→|=|:|：|＝|%(?:25)*3[ad]|\\u003[ad]|&#0*(?:61|58);)`
	open = `[ \t\x{3000}]*(?:\x1b\[[0-9;]*m)*`
	// a value: quoted in one of several ways (a doubled quotation mark or one after a backslash does not end it; SQL's N'…', Python's b"…" and a
	// function around it belong to it), a list, or bare
	quotedValue = `(?:[A-Za-z_][A-Za-z0-9_.]{0,30}\(\s*|[A-Za-z_]{1,5})?(?:"(?:[^"\\]|\\.|"")*(?:"|$)|'(?:[^'\\]|\\.|'')*(?:'|$)|\\"(?:[^"\\]|\\[^"])*(?:\\"|$)|\{(?:[^}]|\}\})*(?:\}|$)|` + "`[^`]*(?:`|$)" + `|` +
		`(?:&quot;|&#0?3[49];).*?(?:&quot;|&#0?3[49];|$)|\\u002[27].*?(?:\\u002[27]|$)|「[^」]*(?:」|$)|『[^』]*(?:』|$)|[“„][^“”]*(?:[“”]|$)|«[^»]*(?:»|$)|‘[^’]*(?:’|$))\)?`
	bareValue = `[^\s;,&"'<>\\)\]}、。」』）]+`
	value     = `(?:` + quotedValue + `|\[[^\]]*(?:\]|$)|` + bareValue + `)`
	// stringKey are parameters of connection strings, up to which a password goes whose semicolons nobody quoted
	stringKey = `(?:server|data ?source|addr(?:ess)?|network address|host(?:name)?|port|dsn|driver|provider|protocol|database(?:name)?|initial ?catalog|user ?(?:id|name)?|uid|integrated ?security|trusted_connection|` +
		`persist ?security ?info|encrypt|trust ?server ?certificate|host ?name ?in ?certificate|server ?certificate|ssl[ \-_a-z]*|tls[ \-_a-z]*|use ?ssl|require ?ssl|verify ?server ?certificate|root ?certificate|` +
		`certificate[ a-z]*|trust ?store[a-z]*|key ?store[a-z]*|authentication|(?:connect(?:ion)?|command|login|socket|lock|query)? ?timeout|pooling|(?:min|max)(?:imum)? ?pool ?size|application ?(?:name|intent)|app|` +
		`multiple ?active ?result ?sets|mars_connection|multi ?subnet ?failover|failover ?partner|packet ?size|workstation ?id|wsid|language|charset|character ?set|column ?encryption[ a-z]*|attach ?dbfilename|enlist|option|` +
		`search ?path|keep ?alive|current ?schema|allow[ a-z]*|account ?(?:name|endpoint)|endpoint[a-z]*|default[a-z]*|shared ?access ?key ?name|entity ?path)`
	// commandValue is a word of a command line that is no switch
	commandValue = `(?:` + quotedValue + `|[^\s"'\-][^\s"']*)`
)

// credentials are tried in this order: what holds others first.
var credentials = []credential{
	{near: pemGate, find: Pattern(`(?is)(-{4,5}(?: |%20|\+)?BEGIN(?: |%20|\+|_)(?:[A-Z0-9]+(?: |%20|\+|_)){0,4}PRIVATE(?: |%20|\+|_)KEY(?:(?: |%20|\+)BLOCK)?(?: |%20|\+)?-{4,5}).*?(-{4,5}(?: |%20|\+)?END(?: |%20|\+|_)[A-Z0-9 %+_]{0,60}KEY[A-Z0-9 %+]{0,10}-{4,5}|$)`), with: "${1}" + cutOut + "${2}"},
	{near: pemGate, find: Pattern(`(?is)(private-lines:\s*[0-9]+\s).*?(private-mac:|$)`), with: "${1}" + cutOut + "${2}"},                   // PuTTY
	{near: logGate, find: Pattern(`\b((?:CLIENT_RANDOM|[A-Z_]+_SECRET(?:_[0-9])?) [0-9a-fA-F]{16,}) [0-9a-fA-F]+`), with: "${1} " + cutOut}, // NSS key log
	{near: authGate, find: Pattern(`(?i)(authorization["']?[ \t]*[:=][ \t]*["']?(?:basic|bearer|negotiate|ntlm|token|apikey)[ \t]+)[^\s"'\\,]+`), with: "${1}" + cutOut},
	{near: authGate, find: Pattern(`(?i)(authorization\\?["'][ \t]*[:=][ \t]*(?:\\"|["'])(?:(?:basic|bearer|negotiate|ntlm|token|apikey)[ \t]+)?)[^"'\\\r\n]*`), with: "${1}" + cutOut},
	{near: authGate, find: Pattern(`(?i)(authorization[ \t]*[:=])[^\r\n]*`), with: "${1} " + cutOut, keep: hasScheme},
	{near: cookieGate, find: Pattern(`(?i)(cookie2?\\?["'][ \t]*[:=][ \t]*(?:\\"|["']))[^"'\\\r\n]*`), with: "${1}" + cutOut},
	{near: cookieGate, find: Pattern(`(?i)("(?:set-)?cookie2?:)[^"\r\n]*`), with: "${1} " + cutOut},
	{near: cookieGate, find: Pattern(`(?i)('(?:set-)?cookie2?:)[^'\r\n]*`), with: "${1} " + cutOut},
	{near: cookieGate, find: Pattern(`(?i)(cookie2?[ \t]*[:=])[^\r\n]*`), with: "${1} " + cutOut, keep: startsCut},
	{near: schemeGate, find: Pattern(`(?i)(\bbearer\s+)[A-Za-z0-9._~+/=\-]{6,}`), with: "${1}" + cutOut},
	{near: schemeGate, find: Pattern(`(?i)(\bbasic\s+)[A-Za-z0-9+/=]{8,}`), with: "${1}" + cutOut},
	{near: schemeGate, find: Pattern(`(?i)(\b(?:negotiate|ntlm)\s+)[A-Za-z0-9+/=]{16,}`), with: "${1}" + cutOut},
	{near: saslGate, find: Pattern(`(\bAUTH (?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5)\s+)[A-Za-z0-9+/=]{4,}`), with: "${1}" + cutOut}, // RFC 4954
	{near: queryGate, find: Pattern(`((?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PROPFIND) [^\s"?]*)\?[^\s"]*`), with: "${1}"},

	// logins: of URLs, also escaped as JSON and URLs do; of Go's MySQL driver (user:password@protocol(address)/database, README "DSN"), up to the last "@"; Oracle's
	{near: atGate, find: Pattern(`(?i)(:(?:/|\\/|\\u002f){2}[^\s"'<>/\\?#:@]*\\?):[^\s"<>]*@([^\s"'<>@]*)`), with: "${1}:" + cutOut + "@${2}", keep: isPort},
	{near: atGate, find: Pattern(`(?i)(%3A%2F%2F[^\s%"']*)%3A[^\s"'<>]*(%40)`), with: "${1}%3A" + cutOut + "${2}"},
	{near: atGate, find: Pattern(`([A-Za-z][A-Za-z0-9+.\-]*://)[A-Za-z0-9_\-]{20,}@`), with: "${1}" + cutOut + "@"},
	{near: atGate, find: Pattern(`(jdbc:oracle:[a-z]+:[^\s"'/@]*)/(?:"[^"]*"|[^\s"'@]+)@`), with: "${1}/" + cutOut + "@"},
	{near: atGate, find: Pattern(`(?i)((?:^|[\s"'=(])[a-z0-9_$#]+)/(?:"[^"]*"|[^\s"'/]+)@(//|\(DESCRIPTION)`), with: "${1}/" + cutOut + "@${2}"},
	{near: atGate, find: Pattern(`(?i)(\b(?:sqlplus|expdp|impdp|sqlldr|rman|exp|imp)(?:\.exe)?\s(?:[^\r\n]*?\s)?"?[a-z0-9_$#]+)/(?:"[^"]*"|[^\s"'/]+)@`), with: "${1}/" + cutOut + "@"},
	{near: atGate, find: Pattern(`((?:^|[\s"'=(\[{,;&?` + "`" + `])[^\s"'=(\[{,;&?:@/` + "`" + `]*):[^\s/"][^\r\n"]*@([a-z][a-z0-9+]{1,15}\(|/)`), with: "${1}:" + cutOut + "@${2}", keep: loginCut},
	{near: atGate, find: Pattern(`((?:^|[\s"'=(\[{,;&?` + "`" + `]))([A-Za-z0-9._%+\-]+):[^\s"<>/][^\s"<>]*@(\[?[A-Za-z0-9][A-Za-z0-9.\-:]*\]?)`), with: "${1}${2}:" + cutOut + "@${3}", keep: noLogin},

	{near: queryGate, find: Pattern(`([?&](?i:key|sig|sign|signature|code|auth|jwt|session|sid|state|ticket|otp|pin|[a-z_\-]*key|x-amz-[a-z\-]+|x-goog-[a-z\-]+|AWSAccessKeyId|SAMLResponse|SAMLRequest)=)` + value), with: "${1}" + cutOut, keep: noSecret, goes: tail},
	// XML: an element, and a pair of name and value in any notation
	{near: nameGate, also: markGate, find: Pattern(`(?is)((?:<|&lt;|\\u003c|%3c)[a-z0-9_.:\-]*(?:` + secretWord + `|pass|pw)[a-z0-9_.:\-]{0,24}(?:\s[^<>]*[^<>/])?(?:>|&gt;|\\u003e|%3e))(?:\s*<!\[CDATA\[.*?(?:\]\]>|$)|.*?)(<|&lt;|\\u003c|%3c|$)`), with: "${1}" + cutOut + "${2}"},
	{near: nameGate, also: pairGate, find: Pattern(`(?is)((?:(?:name|key|id|property|option|variable)\\?["']?\s*[=:]\s*\\?["']?|<[a-z\-]*name>\s*|<)[a-z0-9_.\-]*(?:` + secretWord + `|pass)[a-z0-9_.\-]{0,24}(?:\\?["'])?(?:\s*>\s*(?:<value>\s*)?|\s*</[a-z\-]*name>\s*<[a-z\-]*value>\s*|[\s,;]+\\?["']?value\\?["']?\s*[=:]\s*|\s*\r?\n\s*\r?\n))(?:` + quotedValue + `|[^\s<>"',;}]+)`), with: "${1}" + cutOut, keep: startsCut},
	// a password in a connection string with semicolons that nobody quoted
	{near: nameGate, also: semiGate | signGate, find: Pattern(`(?i)((?:password|pwd)[ \t]*=[ \t]*)[^\s"'{][^"'\r\n]{0,200}?(;[ \t]*` + stringKey + `[ \t]*=)`), with: "${1}" + cutOut + "${2}"},
	{near: nameGate, also: semiGate | signGate, find: Pattern(`(?i)(\b` + stringKey + `[ \t]*=[^\r\n"']*;[ \t]*(?:password|pwd)[ \t]*=[ \t]*)[^\s;"'{][^;"'\r\n=]*(;[ \t]*[a-z][a-z0-9 _]{0,40}=)`), with: "${1}" + cutOut + "${2}"},
	{near: nameGate, also: semiGate | signGate, find: Pattern(`(?im)(\b` + stringKey + `[ \t]*=[^\r\n"']*;[ \t]*(?:password|pwd)[ \t]*=[ \t]*)[^\s;"'{][^\s;"'\r\n]*(?:[ \t][^;:"'\r\n]*)?$`), with: "${1}" + cutOut},
	{near: nameGate, also: signGate, from: aName, find: Pattern(`(?i)\A(` + secretName + shut + open + sign + open + `(?:(?:[|>][+\-]?[ \t]*)?\r?\n[ \t]+)?)` + value), with: "${1}" + cutOut, keep: noSecret, goes: tail},
	{near: nameGate, also: signGate, from: shortName, find: Pattern(`(?i)\A((?:pass|pw|bindpw|rootpw|psk|requirepass|masterauth|sslpass|keypass|storepass|rediscli_auth|jsessionid|phpsessid|sessionid)` + shut + open + sign + open + `)` + value), with: "${1}" + cutOut, keep: noSecret, goes: tail},
	{near: nameGate, also: signGate, from: aName, find: Pattern(`(?i)\A((?:credentials?|암호)` + shut + `[ \t]*=[ \t]*)` + value), with: "${1}" + cutOut, keep: noSecret, goes: tail},
	{near: sqlGate, find: Pattern(`(?i)(identified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+|values\s+)?)` + value), with: "${1}" + cutOut, keep: startsCut},
	// sentences
	{near: nameGate, from: aName, find: Pattern(`(?i)\A(` + secretWord + `)(?:(\s+|\s*\(\s*)(?:[NEb]?"(?:[^"\\]|\\.|"")*(?:"|$)|[NEb]?'(?:[^'\\]|\\.|'')*(?:'|$)|` + "`[^`]*(?:`|$)" + `)|(\s*)(?:「[^」]*(?:」|$)|『[^』]*(?:』|$)|[“„][^“”]*(?:[“”]|$)|«[^»]*(?:»|$)))`), with: "${1}${2}${3}" + cutOut},
	{near: nameGate, from: aName, find: Pattern(`(?i)\A(` + secretWord + `(?:\s+for\s+(?:user\s+)?\S{1,64})?\s*(?:\b(?:is|was|are|ist|lautet|est|es|is:|was:)\s+|[éè]\s+|[是为為는은]\s*))` + value), with: "${1}" + cutOut, keep: judged},
	{near: nameGate, from: aName, find: Pattern(`(?i)\A(` + secretWord + `\s+for\s+(?:user\s+)?[^\s:=]{1,64}\s*[:=]\s*)` + value), with: "${1}" + cutOut, keep: judged},
	{near: nameGate, from: aName, find: Pattern(`\A((?:パスワード|パスフレーズ|パスコード|暗証(?:番号|コード)?|密码|密碼|口令|пароль|비밀번호)[】』」]?[ \t/]*(?:は|を|が)?[ \t]*)[A-Za-z0-9!#$%@^_+~][!-&(-~]{3,}`), with: "${1}" + cutOut},
	{near: nameGate, from: aName, find: Pattern(`(?i)\A((?:password|passwd|passphrase|passwort|kennwort|bindpw|rootpw)[ \t]+)[^\s"'<>;]{4,}`), with: "${1}" + cutOut, keep: plainWord},
	{near: nameGate, from: aName, find: Pattern(`(?i)\A((?:password|passwd|passphrase|passwort|kennwort)(?:\(|\[| <))[^\s()\[\]<>"'/][^\s()\[\]<>"']*([)\]>])`), with: "${1}" + cutOut + "${2}", keep: judged},
	{near: dialogGate, find: Pattern(`(?m)((?:^|\s)[A-Za-z]*[0-9]+ LOGIN \S+ )\S+`), with: "${1}" + cutOut}, // IMAP (RFC 9051 section 6.2.3)
	{near: dialogGate, find: Pattern(`(?i)(\blogin\s+\S+\s+password\s+)` + value), with: "${1}" + cutOut},   // .netrc
	{near: dialogGate, find: Pattern(`(?m)((?:^|[>:\]"] ?)PASS )[^\s"]+`), with: "${1}" + cutOut},           // FTP (RFC 959), POP3 (RFC 1939)
	{near: nameGate, from: aName, find: Pattern(`(?i)\A((?:requirepass|masterauth)\s+)(?:` + quotedValue + `|[^\s"']+)`), with: "${1}" + cutOut},

	// command lines
	{near: toolGate, also: flagGate, find: Pattern(`((?:^|[\s"'/])(?:mysql[a-z_]*|mariadb[a-z\-]*|7z)(?:\.exe)?\s(?:[^\r\n]*?\s)?-p)` + commandValue), with: "${1}" + cutOut},
	{near: toolGate, also: flagGate, find: Pattern(`((?:^|[\s"'/])(?:(?:sqlcmd|bcp|isql|osql|tsql)(?:\.exe)?\s(?:[^\r\n]*?\s)?-P|(?:ldap[a-z]+)\s(?:[^\r\n]*?\s)?-w|redis-cli\s(?:[^\r\n]*?\s)?-a|(?:sshpass|mongo[a-z]*|certutil|pk12util)(?:\.exe)?\s(?:[^\r\n]*?\s)?-[pWK]|plink(?:\.exe)?\s(?:[^\r\n]*?\s)?-pw))\s?` + commandValue), with: "${1}" + cutOut},
	{near: dashGate, find: Pattern(`(?i)(--(?:[a-z\-]*password|[a-z\-]*passwd|[a-z\-]*token|[a-z\-]*secret|[a-z\-]*api-?key|[a-z\-]*access-?key|[a-z\-]*passphrase|[a-z\-]*pass|auth|storepass|keypass)[= ])` + commandValue), with: "${1}" + cutOut},
	{near: nameGate, also: flagGate, find: Pattern(`(?i)((?:^|\s)[\-/](?:[a-z]*storepass|[a-z]*keypass|passin|passout|psk|password|passphrase|pass|pwd|token|secret)[ =:])\s*` + commandValue), with: "${1}" + cutOut, keep: startsCut},
	{near: certGate, find: Pattern(`(\s(?:-E|--cert|--proxy-cert)[ =]?["']?(?:[A-Za-z]:)?[^\s:"']+):[^\s"'/\\][^\s"']*`), with: "${1}:" + cutOut}, // curl: file:password
	{near: nameGate, from: aName, find: Pattern(`(?i)\A(securestring\s+(?:-string\s+)?)` + commandValue), with: "${1}" + cutOut},
	{near: userGate, find: Pattern(`(\s(?:-u|--user|--proxy-user|-U)[ =]?["']?[^\s:"'%]+)[:%][^\s"']+`), with: "${1}:" + cutOut},

	// tokens by their form
	{near: formGate, find: Pattern(`\beyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*){0,4}`), with: cutOut},
	{near: formGate, find: Pattern(`\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_\-]{16,}|\bxox[a-z]-[A-Za-z0-9\-]{10,}|\bsk-[A-Za-z0-9_\-]{20,}|\bsk_(?:live|test)_[A-Za-z0-9]{10,}|\bAIza[A-Za-z0-9_\-]{30,}|\bya29\.[A-Za-z0-9_\-]{10,}|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[A-Za-z0-9_\-]{16,}|\bhf_[A-Za-z0-9]{20,}|\bhvs\.[A-Za-z0-9_\-]{16,}|\bdckr_pat_[A-Za-z0-9_\-]{16,}`), with: cutOut},
	{near: formGate, find: Pattern(`(hooks\.slack\.com/services/)[^\s"'<>]+`), with: "${1}" + cutOut},
}
