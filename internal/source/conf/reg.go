package conf

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// reg reads exports of the Windows registry (regedit, "reg export"; UTF-16 or UTF-8) and keeps the keys that decide
// about TLS. The scope is the key below its usual root: "SCHANNEL", "Protocols", "TLS 1.2", "Client". A value that has
// another type than the one Windows reads has that type as its second word: it has no effect.
var reg = dialect{ID: "reg", sniff: sniffReg, read: readReg}

func sniffReg(name string, head []byte) int {
	start := decode(head)
	if strings.HasPrefix(start, "Windows Registry Editor Version") || strings.HasPrefix(start, "REGEDIT4") {
		return 100
	}
	if strings.HasSuffix(baseName(name), ".reg") || strings.Contains(start, `[HKEY_LOCAL_MACHINE\`) {
		return 80
	}
	return 0
}

// A regRoot is a key whose values matter: where it is, what it is called in a scope, and the values that Windows reads.
type regRoot struct {
	path   string // lower-case, without the hive; "*" stands for one part
	scope  string
	values []string // with "=sz" or "=multi" where they are no numbers; nil: kept as they are
	below  bool     // keys below count too
	some   bool     // the key holds many values that belong to others: one with another name is none that is misspelt
}

// regRoots are in the order of looking: the first whose path fits decides. Sources: "TLS registry settings" of Windows
// Server, KB245030 (SCHANNEL), KB3140245 (WinHttp), ".NET Framework TLS best practices", "Registry settings" of the
// OLE DB driver, SQL Server Configuration Manager.
var regRoots = []regRoot{
	{path: `system\*\control\securityproviders\schannel`, scope: "SCHANNEL", below: true},
	{path: `system\*\control\cryptography\configuration\local\ssl\00010002`, scope: "Cipher order, local", values: []string{"Functions=multi", "EccCurves=multi"}},
	{path: `software\policies\microsoft\cryptography\configuration\ssl\00010002`, scope: "Cipher order, policy", values: []string{"Functions=sz", "EccCurves=multi"}},
	{path: `software\microsoft\.netframework\*`, scope: ".NETFramework", values: dotnetValues},
	{path: `software\wow6432node\microsoft\.netframework\*`, scope: ".NETFramework, 32 bits", values: dotnetValues},
	{path: `software\microsoft\windows\currentversion\internet settings\winhttp`, scope: "WinHttp", values: []string{"DefaultSecureProtocols"}},
	{path: `software\wow6432node\microsoft\windows\currentversion\internet settings\winhttp`, scope: "WinHttp, 32 bits", values: []string{"DefaultSecureProtocols"}},
	{path: `software\microsoft\windows\currentversion\internet settings`, scope: "Internet Settings", values: []string{"SecureProtocols", "CertificateRevocation"}},
	{path: `software\microsoft\microsoft sql server\*\mssqlserver\supersocketnetlib`, scope: "SuperSocketNetLib", values: sqlServerValues},
	{path: `software\microsoft\microsoft sql server\*\mssqlserver\supersocketnetlib\tcp`, scope: "SuperSocketNetLib, Tcp", below: true},
	{path: `software\microsoft\mssqlserver\client`, scope: "SQL client", below: true},
	{path: `software\wow6432node\microsoft\mssqlserver\client`, scope: "SQL client, 32 bits", below: true},
	{path: `system\*\control\lsa\fipsalgorithmpolicy`, scope: "FIPS", values: []string{"Enabled"}},
	{path: `software\microsoft\windows nt\currentversion`, scope: "Windows NT", values: windowsValues, some: true},
}

var (
	dotnetValues    = []string{"SchUseStrongCrypto", "SystemDefaultTlsVersions"}
	windowsValues   = []string{"ProductName=sz", "CurrentBuild=sz", "CurrentBuildNumber=sz", "UBR", "ReleaseId=sz", "DisplayVersion=sz", "InstallationType=sz", "BuildLabEx=sz"}
	sqlServerValues = []string{"Certificate=sz", "ForceEncryption", "ForceStrict", "Encrypt", "HideInstance", "ExtendedProtection", "AcceptedSPNs=sz", "ProtocolList=multi"}
)

// A regKey is the key whose values are being read.
type regKey struct {
	root    *regRoot
	scope   []string
	unknown bool   // a part of its name is none that Windows looks for
	near    string // the one that was meant
	wrong   string // that part
}

func readReg(r *reader, f file) {
	key := regKey{}
	for n, text := range regLines(f.text) {
		text = strings.TrimSpace(text)
		switch {
		case text == "" || text[0] == ';':
		case strings.HasPrefix(text, "[-"): // the import deletes the key
			key = regKeyOf(strings.Trim(text, "[-]"))
			if key.root != nil {
				r.set(f, n, fact.Setting{Scope: key.scope, Name: "(key deleted)", Unknown: key.unknown, Near: key.near})
			}
			key.root = nil
		case text[0] == '[':
			key = regKeyOf(strings.Trim(text, "[]"))
			if key.unknown {
				r.set(f, n, fact.Setting{Scope: key.scope, Name: "(key)", Args: []string{key.wrong}, Unknown: true, Near: key.near})
			}
		case key.root != nil:
			if s, ok := key.value(text); ok {
				r.set(f, n, s)
			}
		}
	}
}

// regLines is joined, but for a backslash that ends a quoted string or a key's name.
func regLines(text string) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		whole, first := []byte(nil), 0
		for n, line := range numbered(text) {
			if first == 0 {
				first = n
			}
			line = strings.TrimRight(line, " \t")
			if strings.HasSuffix(line, `,\`) && (len(whole) > 0 || strings.Contains(line, "=hex")) {
				whole = append(whole, line[:len(line)-1]...)
				continue
			}
			if !yield(first, string(append(whole, strings.TrimLeft(line, " \t")...))) {
				return
			}
			whole, first = whole[:0], 0
		}
		if first != 0 {
			yield(first, string(whole))
		}
	}
}

// regKeyOf finds the root that a key is or is below.
func regKeyOf(path string) regKey {
	hive, rest, _ := strings.Cut(path, `\`)
	if len(path) > 1024 || !strings.EqualFold(hive, "HKEY_LOCAL_MACHINE") && !strings.EqualFold(hive, "HKLM") && !strings.EqualFold(hive, "HKEY_CURRENT_USER") {
		return regKey{}
	}
	parts := strings.Split(rest, `\`)
	for i := range regRoots {
		root := &regRoots[i]
		want := strings.Split(root.path, `\`)
		if len(parts) < len(want) || len(parts) > len(want) && !root.below || !regFits(parts, want) {
			continue
		}
		key := regKey{root: root, scope: append([]string{root.scope}, regVariable(parts, want)...)}
		key.scope = append(key.scope, parts[len(want):]...)
		key.judge()
		if strings.EqualFold(hive, "HKEY_CURRENT_USER") && root.scope != "Internet Settings" {
			key.unknown, key.near, key.wrong = true, "HKEY_LOCAL_MACHINE", hive
		}
		return key
	}
	return regStray(parts)
}

// regStray is the key of a part that is almost SCHANNEL where that stands.
func regStray(parts []string) regKey {
	for i := 1; i < len(parts) && i < 8; i++ {
		if strings.EqualFold(parts[i-1], "SecurityProviders") && edits(fold(parts[i]), "schannel") <= 2 && !strings.EqualFold(parts[i], "SCHANNEL") {
			return regKey{root: &regRoot{scope: parts[i], below: true}, scope: parts[i:], unknown: true, near: "SCHANNEL", wrong: parts[i]}
		}
	}
	return regKey{}
}

func regFits(parts, want []string) bool {
	for i, w := range want {
		if w != "*" && !strings.EqualFold(parts[i], w) {
			return false
		}
	}
	return true
}

// regVariable are the parts that differ from machine to machine and matter: the instance, the version of .NET. Which
// control set it is does not.
func regVariable(parts, want []string) []string {
	var out []string
	for i, w := range want {
		if w == "*" && !strings.Contains(strings.ToLower(parts[i]), "controlset") {
			out = append(out, parts[i])
		}
	}
	return out
}

// regUnquote takes the quotation marks off, and the backslashes before marks and backslashes.
func regUnquote(text string) (string, bool) {
	n := len(text)
	if n < 2 || text[0] != '"' || text[n-1] != '"' {
		return text, false
	}
	return regEscapes.Replace(text[1 : n-1]), true
}

var regEscapes = strings.NewReplacer(`\\`, `\`, `\"`, `"`)

// regData is the value of a line's right side and its type: a number in decimal, a text, the texts of a list.
func regData(text string) (words []string, kind string) {
	kind, data, _ := strings.Cut(text, ":")
	switch {
	case strings.HasPrefix(text, `"`):
		s, _ := regUnquote(text)
		return []string{s}, "sz"
	case kind == "dword":
		if n, err := strconv.ParseUint(data, 16, 32); err == nil {
			return []string{strconv.FormatUint(n, 10)}, "dword"
		}
		return []string{data}, "broken"
	case kind == "hex(7)" || kind == "hex(2)" || kind == "hex(1)":
		words = regStrings(regBytes(data))
		return words, map[string]string{"hex(7)": "multi", "hex(2)": "sz", "hex(1)": "sz"}[kind]
	case kind == "hex(b)" || kind == "hex(4)" || kind == "hex":
		b := regBytes(data)
		if len(b) != 4 && len(b) != 8 {
			return []string{strconv.Itoa(len(b)) + " bytes"}, "binary"
		}
		n := uint64(0)
		for i := len(b) - 1; i >= 0; i-- {
			n = n<<8 | uint64(b[i])
		}
		return []string{strconv.FormatUint(n, 10)}, map[string]string{"hex(b)": "qword", "hex(4)": "dword", "hex": "binary"}[kind]
	}
	return []string{text}, "broken"
}

func regBytes(list string) []byte {
	var out []byte
	for item := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(item), 16, 8)
		if err != nil {
			return out
		}
		out = append(out, byte(n))
	}
	return out
}

// regStrings are the texts of a list: UTF-16, each with a zero behind it.
func regStrings(b []byte) []string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return strings.FieldsFunc(string(utf16.Decode(u)), func(c rune) bool { return c == 0 })
}
