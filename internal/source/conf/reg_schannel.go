package conf

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// What Windows looks for below SCHANNEL ("Transport Layer Security (TLS) registry settings"; KB245030). Anything else
// there has no effect: "TLS1.2" is not "TLS 1.2".
var (
	schannelKeys = []string{"Protocols", "Ciphers", "Hashes", "KeyExchangeAlgorithms", "CipherSuites"}
	schannelSub  = map[string][]string{
		"Protocols": {"Multi-Protocol Unified Hello", "PCT 1.0", "SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", "DTLS 1.0", "DTLS 1.2", "DTLS 1.3"},
		"Ciphers": {"NULL", "AES 128/128", "AES 256/256", "DES 56/56", "RC2 40/128", "RC2 56/128", "RC2 128/128", "RC4 40/128", "RC4 56/128", "RC4 64/128", "RC4 128/128",
			"Triple DES 168", "Triple DES 168/168"},
		"Hashes":                {"MD5", "SHA", "SHA256", "SHA384", "SHA512"},
		"KeyExchangeAlgorithms": {"Diffie-Hellman", "ECDH", "PKCS"},
	}
	schannelSides  = []string{"Client", "Server"}
	schannelValues = map[string][]string{
		"Protocols":             {"Enabled", "DisabledByDefault"},
		"Ciphers":               {"Enabled"},
		"Hashes":                {"Enabled"},
		"KeyExchangeAlgorithms": {"Enabled", "ServerMinKeyBitLength", "ClientMinKeyBitLength"},
		"": {"EventLogging", "ClientCacheTime", "ServerCacheTime", "MaximumCacheSize", "SendTrustedIssuerList", "ClientAuthTrustMode", "CertificateMappingMethods",
			"IssuerCacheSize", "IssuerCacheTime", "FIPSAlgorithmPolicy", "MessageLimitClient", "MessageLimitServer", "MessageLimitServerClientAuth",
			"EnableOcspStaplingForSni", "DisableClientExtendedMasterSecret", "DisableServerExtendedMasterSecret", "DisableRenegoOnClient",
			"DisableRenegoOnServer", "AllowInsecureRenegoClients", "AllowInsecureRenegoServers", "SniBindings", "UseScsvForTls", "MaxAppBuffers"},
	}
)

// judge looks at the parts of a key below SCHANNEL: each has a few names that Windows looks for.
func (k *regKey) judge() {
	if k.root.scope != "SCHANNEL" || len(k.scope) < 2 {
		return
	}
	k.part(1, schannelKeys)
	if sub := schannelSub[k.scope[1]]; len(k.scope) > 2 && sub != nil {
		k.part(2, sub)
	}
	if len(k.scope) > 3 && k.scope[1] == "Protocols" {
		k.part(3, schannelSides)
	}
}

// part gives one part of the scope its documented case, or marks the key when there is none of that name.
func (k *regKey) part(i int, known []string) {
	for _, name := range known {
		if strings.EqualFold(name, k.scope[i]) {
			k.scope[i] = name
			return
		}
	}
	k.unknown, k.near, k.wrong = true, nearest(k.scope[i], known), k.scope[i]
}

// value is the setting of one line of the key: "Enabled"=dword:00000001. A line `"Enabled"=-` deletes it.
func (k *regKey) value(text string) (fact.Setting, bool) {
	name, data, ok := regSplit(text)
	if !ok {
		return fact.Setting{}, false
	}
	s := fact.Setting{Scope: k.scope, Name: name, Unknown: k.unknown, Near: k.near}
	known := k.known()
	name, want, listed := regExpected(known, name)
	if listed {
		s.Name = name
	}
	if known != nil && !listed && !k.misspelt(&s, known) {
		return s, false
	}
	if data == "-" {
		s.Args = []string{"(deleted)"}
		return s, true
	}
	words, kind := regData(data)
	s.Args = regList(s.Name, words)
	if listed && kind != want {
		s.Args = append(s.Args, "REG_"+strings.ToUpper(kind))
	}
	return s, true
}

// known are the names of values that Windows looks for in the key; nil when that is not known here.
func (k *regKey) known() []string {
	if k.root.scope != "SCHANNEL" {
		return k.root.values
	}
	if len(k.scope) == 1 {
		return schannelValues[""]
	}
	return schannelValues[k.scope[1]]
}

// misspelt marks a setting whose name Windows does not look for. It reports false where the name may belong to something
// else: outside SCHANNEL, when no known name is close.
func (k *regKey) misspelt(s *fact.Setting, known []string) bool {
	if k.root.some {
		return false
	}
	near, _, _ := strings.Cut(nearest(s.Name, known), "=")
	if near != "" && edits(fold(s.Name), fold(near)) > 3 {
		near = ""
	}
	if near != "" || len(k.scope) > 1 && k.scope[1] == "Protocols" {
		s.Unknown, s.Near = true, near
	}
	return s.Unknown || k.root.scope == "SCHANNEL"
}

// regExpected finds a value's name among the known: its documented case and its type.
func regExpected(known []string, name string) (documented, kind string, ok bool) {
	for _, entry := range known {
		documented, kind, typed := strings.Cut(entry, "=")
		if !typed {
			kind = "dword"
		}
		if strings.EqualFold(documented, name) {
			return documented, kind, true
		}
	}
	return name, "", false
}

// regSplit splits `"name"=data`; "@" is the key's own value.
func regSplit(text string) (name, data string, ok bool) {
	if rest, own := strings.CutPrefix(text, "@="); own {
		return "(default)", rest, true
	}
	if text[0] != '"' {
		return "", "", false
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '"':
			data, ok = strings.CutPrefix(text[i+1:], "=")
			name, _ = regUnquote(text[:i+1])
			return name, data, ok
		}
	}
	return "", "", false
}

// regList splits the orders of suites and curves, which policies write as one text with commas.
func regList(name string, words []string) []string {
	if name != "Functions" && name != "EccCurves" {
		return words
	}
	var out []string
	for _, w := range words {
		for item := range strings.SplitSeq(w, ",") {
			if item = strings.TrimSpace(item); item != "" {
				out = append(out, item)
			}
		}
	}
	return out
}
