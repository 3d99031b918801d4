package wire

import (
	"bytes"
	"encoding/hex"
	"strings"
)

const (
	maxKeyLogLine = 1024 // bytes; the longest known line takes 212
	maxSecretLen  = 128  // bytes; hashes reach 64
)

// ParseKeyLog reads an NSS key log (draft-ietf-tls-keylogfile). Comments, cut lines, other formats of the past
// ("RSA" with an encrypted premaster secret, "RSA Session-ID") and rubbish are passed over. The result takes
// no more memory than a small multiple of b.
func ParseKeyLog(b []byte) []Secret {
	var secrets []Secret
	for len(b) > 0 {
		line, rest, _ := bytes.Cut(b, []byte{'\n'})
		b = rest
		if len(line) > maxKeyLogLine {
			continue
		}
		if s, ok := parseSecret(string(line)); ok {
			secrets = append(secrets, s)
		}
	}
	return secrets
}

func parseSecret(line string) (Secret, bool) {
	fields := strings.Fields(line)
	if len(fields) != 3 || !isLabel(fields[0]) {
		return Secret{}, false
	}
	random, err1 := hex.DecodeString(fields[1])
	value, err2 := hex.DecodeString(fields[2])
	if err1 != nil || err2 != nil || len(random) != 32 || len(value) == 0 || len(value) > maxSecretLen {
		return Secret{}, false
	}
	return Secret{Label: fields[0], ClientRandom: random, Value: value}, true
}

// isLabel: labels are made of capitals, digits and underscores.
func isLabel(s string) bool {
	for _, r := range s {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return s != ""
}

// FormatKeyLog writes secrets the way ParseKeyLog, Wireshark and NSS read them. A secret that could not be read
// back is left out.
func FormatKeyLog(secrets []Secret) []byte {
	var out []byte
	for _, s := range secrets {
		line := s.Label + " " + hex.EncodeToString(s.ClientRandom) + " " + hex.EncodeToString(s.Value)
		if _, ok := parseSecret(line); ok {
			out = append(out, line+"\n"...)
		}
	}
	return out
}
