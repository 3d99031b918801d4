package client

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/names"
)

// opensslEvery are the suites below TLS 1.3 that Debian's OpenSSL 3.0 has, in its own order, as recorded from
// "openssl s_client -tls1_2 -cipher ALL:@SECLEVEL=0".
var opensslEvery = []uint16{
	0xc02c, 0xc030, 0x00a3, 0x009f, 0xcca9, 0xcca8, 0xccaa, 0xc0af, 0xc0ad, 0xc0a3, 0xc09f, 0xc05d, 0xc061, 0xc057, 0xc053, 0x00a7, 0xc02b, 0xc02f, 0x00a2,
	0x009e, 0xc0ae, 0xc0ac, 0xc0a2, 0xc09e, 0xc05c, 0xc060, 0xc056, 0xc052, 0x00a6, 0xc024, 0xc028, 0x006b, 0x006a, 0xc073, 0xc077, 0x00c4, 0x00c3, 0x006d,
	0x00c5, 0xc023, 0xc027, 0x0067, 0x0040, 0xc072, 0xc076, 0x00be, 0x00bd, 0x006c, 0x00bf, 0xc00a, 0xc014, 0x0039, 0x0038, 0x0088, 0x0087, 0xc019, 0x003a,
	0x0089, 0xc009, 0xc013, 0x0033, 0x0032, 0x0045, 0x0044, 0xc018, 0x0034, 0x0046, 0x009d, 0xc0a1, 0xc09d, 0xc051, 0x009c, 0xc0a0, 0xc09c, 0xc050, 0x003d,
	0x00c0, 0x003c, 0x00ba, 0x0035, 0x0084, 0x002f, 0x0041}

// A cipherList is an OpenSSL cipher string as far as it has been read (ciphers(1), ssl_create_cipher_list).
type cipherList struct {
	active []uint16
	dead   map[uint16]bool // taken away for good by "!"
	level  int             // of @SECLEVEL; -1 without
}

// readCiphers reads a cipher string for a client whose own list is usual. Words that OpenSSL does not know it passes over too.
func readCiphers(list string, usual []uint16) cipherList {
	c := cipherList{dead: map[uint16]bool{}, level: -1}
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ':' || r == ',' || r == ' ' || r == ';' }) {
		word, command, _ := strings.Cut(word, "@")
		if level, ok := strings.CutPrefix(command, "SECLEVEL="); ok {
			if n, err := strconv.Atoi(level); err == nil {
				c.level = n
			}
		}
		c.word(word, usual)
	}
	return c
}

func (c *cipherList) word(word string, usual []uint16) {
	if word == "" {
		return
	}
	sign, name := word[0], strings.TrimLeft(word, "!-+")
	if name == word {
		sign = 0
	}
	from := opensslEvery
	if name == "DEFAULT" {
		from = slices.DeleteFunc(slices.Clone(usual), is13)
	}
	named := slices.DeleteFunc(slices.Clone(from), func(s uint16) bool { return name != "DEFAULT" && !meant(name, s) })
	has := func(s uint16) bool { return slices.Contains(c.active, s) }
	switch sign {
	case '!', '-':
		c.active = slices.DeleteFunc(c.active, func(s uint16) bool { return slices.Contains(named, s) })
		for _, s := range named {
			c.dead[s] = c.dead[s] || sign == '!'
		}
	case '+': // those that are there already go to the end
		moved := slices.DeleteFunc(named, func(s uint16) bool { return !has(s) })
		c.active = append(slices.DeleteFunc(c.active, func(s uint16) bool { return slices.Contains(moved, s) }), moved...)
	default:
		c.active = append(c.active, slices.DeleteFunc(named, func(s uint16) bool { return has(s) || c.dead[s] })...)
	}
}

// cipherString is what an OpenSSL cipher string makes of the suites that a client offers, in the string's order. Suites of TLS 1.3
// are not its matter and stay. Suites without a certificate exist at level 0 alone (ssl_security_default_callback).
func cipherString(list string, suites []uint16) []uint16 {
	c := readCiphers(list, suites)
	left := slices.DeleteFunc(slices.Clone(suites), func(s uint16) bool { return !is13(s) })
	for _, id := range c.active {
		if s, ok := names.SuiteByID(id); ok && (s.Auth != "anon" || c.level == 0) {
			left = append(left, id)
		}
	}
	return left
}

// meant reports whether a word of a cipher string means a suite.
func meant(word string, id uint16) bool {
	suite, ok := names.SuiteByID(id)
	if !ok || suite.OpenSSL == word || suite.Name == word {
		return ok
	}
	for _, part := range strings.Split(word, "+") {
		if !inGroup(part, suite) {
			return false
		}
	}
	return true
}

// inGroup reports whether a suite belongs to one of OpenSSL's groups.
func inGroup(word string, s names.Suite) bool {
	cipher := func(start string) bool { return strings.HasPrefix(s.Cipher, start) }
	switch word {
	case "ALL", "HIGH", "COMPLEMENTOFDEFAULT":
		return true
	case "RSA", "kRSA":
		return s.Kex == "RSA"
	case "ECDHE", "kECDHE", "EECDH", "kEECDH", "ECDH":
		return s.Kex == "ECDHE" && (s.Auth != "anon" || word == "ECDH")
	case "DHE", "EDH", "kDHE", "kEDH", "DH":
		return s.Kex == "DHE" && (s.Auth != "anon" || word == "DH")
	case "aECDSA", "ECDSA":
		return s.Auth == "ECDSA"
	case "aRSA":
		return s.Auth == "RSA"
	case "aDSS", "DSS":
		return s.Auth == "DSS"
	case "aNULL", "ADH", "AECDH":
		return s.Auth == "anon" && (word == "aNULL" || s.Kex == map[string]string{"ADH": "DHE", "AECDH": "ECDHE"}[word])
	case "AESGCM":
		return cipher("AES") && strings.HasSuffix(s.Cipher, "GCM")
	case "AESCCM":
		return cipher("AES") && strings.Contains(s.Cipher, "CCM")
	case "AESCCM8":
		return cipher("AES") && strings.HasSuffix(s.Cipher, "CCM_8")
	case "CBC":
		return strings.HasSuffix(s.Cipher, "CBC")
	case "AES", "CHACHA20", "3DES", "CAMELLIA", "ARIA", "RC4", "SEED", "IDEA":
		return cipher(word)
	case "AES128", "AES256", "CAMELLIA128", "CAMELLIA256", "ARIA128", "ARIA256":
		return cipher(word[:len(word)-3] + "_" + word[len(word)-3:])
	case "ARIAGCM":
		return cipher("ARIA") && strings.HasSuffix(s.Cipher, "GCM")
	case "SHA", "SHA1", "SHA256", "SHA384", "MD5":
		return s.MAC == strings.TrimSuffix(word, "1") || s.MAC == word
	case "TLSv1.2":
		return needs12(s)
	case "TLSv1", "TLSv1.0", "SSLv3":
		return !needs12(s)
	}
	return false
}

// needs12: authenticated encryption and hashes other than SHA-1 came with TLS 1.2 (RFC 5246 §A.5, RFC 5288, RFC 5289).
func needs12(s names.Suite) bool {
	return s.MAC == "AEAD" || s.MAC == "SHA256" || s.MAC == "SHA384"
}
