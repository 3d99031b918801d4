package capture

import (
	"strconv"
	"strings"

	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// messageNames maps what tools print, letters only and in lower case, to the names of steps.
func messageNames() map[string]string {
	return map[string]string{
		"clienthello": "ClientHello", "serverhello": "ServerHello", "hellorequest": "HelloRequest", "helloretryrequest": "HelloRetryRequest",
		"newsessionticket": "NewSessionTicket", "encryptedextensions": "EncryptedExtensions", "certificate": "Certificate",
		"compressedcertificate": "CompressedCertificate", "serverkeyexchange": "ServerKeyExchange", "certificaterequest": "CertificateRequest",
		"serverhellodone": "ServerHelloDone", "certificateverify": "CertificateVerify", "clientkeyexchange": "ClientKeyExchange", "finished": "Finished",
		"certificatestatus": "CertificateStatus", "certificateurl": "CertificateURL", "keyupdate": "KeyUpdate",
		"encryptedhandshakemessage": "encrypted handshake", "cipherchangespec": "ChangeCipherSpec", "changecipherspec": "ChangeCipherSpec",
		"sslapplicationdata": "application data", "applicationdata": "application data", "encryptedalert": "encrypted alert",
	}
}

// maxHostName is how long a host's name can be (RFC 1035 §2.3.4).
const maxHostName = 255

// short cuts what a trace prints to n bytes.
func short(s string, n int) string { return strings.ToValidUTF8(s[:min(len(s), n)], "") }

// letters keeps the letters of a phrase, in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z':
			return r
		}
		return -1
	}, s)
}

// alertMessage reads an alert in words: its level and description by name, or by the numbers in parentheses.
func alertMessage(words string) textMessage {
	m := textMessage{name: "Alert"}
	flat := strings.ToLower(words)
	level := uint8(0)
	switch {
	case strings.Contains(flat, "fatal"):
		level = 2
	case strings.Contains(flat, "warning"):
		level = 1
	}
	_, described, ok := strings.Cut(flat, "description")
	if !ok || level == 0 {
		return m
	}
	code, ok := alertCode(described)
	if !ok {
		return m
	}
	m.alert = &wire.Alert{Level: level, Code: code}
	m.note = alertWords(m.alert)
	return m
}

// alertCode finds which alert is meant: "= Handshake Failure(40)", ": Handshake Failure (40)", ": Handshake Failure)".
func alertCode(s string) (uint8, bool) {
	s = strings.TrimLeft(s, " :=")
	name, rest, _ := strings.Cut(s, "(")
	if number, _, ok := strings.Cut(rest, ")"); ok {
		if n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 8); err == nil {
			return uint8(n), true
		}
	}
	name, _, _ = strings.Cut(name, ")")
	name, _, _ = strings.Cut(name, ",")
	return names.AlertByName(strings.ReplaceAll(strings.TrimSpace(name), " ", "_"))
}

// alertWords is an alert as steps note it.
func alertWords(a *wire.Alert) string {
	level := "warning"
	if a.Level == 2 {
		level = "fatal"
	}
	return level + " " + names.Alert(a.Code) + " (" + strconv.Itoa(int(a.Code)) + ")"
}

// field is the value behind a name in a list like "SrcPort=1433, DstPort=62702".
func field(s, name string) string {
	_, rest, ok := strings.Cut(s, name)
	if !ok {
		return ""
	}
	value, _, _ := strings.Cut(rest, ",")
	return strings.TrimSpace(value)
}

// portOf reads "1433", "HTTPS(443)" and "443 (0x1BB)".
func portOf(s string) uint16 {
	if _, inside, ok := strings.Cut(s, "("); ok && (s[0] < '0' || s[0] > '9') {
		s = inside
	}
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, err := strconv.ParseUint(s[:end], 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

// number16 reads a number in parentheses or braces as tools print it: "(0x009f)", "(29)", "{ 0x00, 0x9F }".
func number16(s string) (uint16, bool) {
	open := strings.LastIndexAny(s, "({")
	if open < 0 {
		return 0, false
	}
	end := strings.IndexAny(s[open:], ")}")
	if end < 0 {
		return 0, false
	}
	inside := s[open+1 : open+end]
	if high, low, ok := strings.Cut(inside, ","); ok {
		a, ok1 := parse16(high)
		b, ok2 := parse16(low)
		return a<<8 | b&0xff, ok1 && ok2 && a < 256 && b < 256
	}
	return parse16(inside)
}

func parse16(s string) (uint16, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(s), 0, 16)
	return uint16(n), err == nil
}
