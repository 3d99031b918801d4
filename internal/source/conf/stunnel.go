package conf

import (
	"path"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// stunnel is stunnel.conf: global options and defaults before the first [service], then the services.
var stunnel = dialect{ID: "stunnel", sniff: sniffStunnel, read: readStunnel}

// stunnelWords are the options of stunnel 5 about TLS and peers.
var stunnelWords = strings.Fields(`accept CAengine CApath CAfile cert checkEmail checkHost checkIP ciphers ciphersuites client config
	connect CRLpath CRLfile curve curves delay engine engineCtrl engineDefault engineId engineNum exec failover fips include key
	OCSP OCSPaia OCSPflag OCSPnonce OCSPrequire options protocol protocolAuthentication protocolDomain protocolHeader protocolHost
	protocolPassword protocolUsername PSKidentity PSKsecrets redirect renegotiation requireCert securityLevel sessionCacheSize
	sessionCacheTimeout sessionResume sni sslVersion sslVersionMax sslVersionMin ticketKeySecret ticketMacSecret transparent verify
	verifyChain verifyPeer`)

// stunnelForeign are names by analogy with other products.
var stunnelForeign = map[string]string{"cacert": "CAfile", "ca": "CAfile", "certificate": "cert", "privatekey": "key", "servername": "sni",
	"sslprotocol": "sslVersion", "tlsversion": "sslVersion", "sslciphers": "ciphers", "checkhostname": "checkHost", "verifyhost": "checkHost"}

func sniffStunnel(name string, head []byte) int {
	services, mine := 0, map[string]bool{}
	k := knownWords(stunnelWords)
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			services++
		}
		if key, _, ok := strings.Cut(line, "="); ok {
			if w := k[strings.ToLower(strings.TrimSpace(key))]; w != "" {
				mine[w] = true
			}
		}
	}
	peers := mine["connect"] && (mine["accept"] || mine["client"] || mine["cert"] || mine["CAfile"] || mine["verifyChain"] || mine["verify"])
	switch {
	case peers && services > 0:
		return 85
	case strings.HasPrefix(path.Base(name), "stunnel"):
		return 60
	}
	return 0
}

func readStunnel(r *reader, f file) {
	s := &stunnelReader{r: r, words: knownWords(stunnelWords), labels: labels{}}
	s.file(f)
}

type stunnelReader struct {
	r      *reader
	words  known
	labels labels
	scope  []string
}

func (s *stunnelReader) file(f file) {
	n := 0
	for line := range strings.Lines(f.text) {
		n++
		line = strings.TrimSpace(line)
		key, value, ok := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[' && strings.HasSuffix(line, "]"):
			s.scope = s.labels.under(nil, "["+strings.TrimSpace(line[1:len(line)-1])+"]")
		case !ok:
			s.r.gap(f, n, "the line", "it is neither a section nor an option")
		case strings.EqualFold(key, "include"):
			s.r.includeAll(f, n, path.Join(beside(f.name, value), "*.conf"), s.file)
		default:
			s.option(f, n, key, value)
		}
	}
}

func (s *stunnelReader) option(f file, n int, key, value string) {
	set := fact.Setting{Scope: s.scope, Name: key, Args: []string{value}}
	lower := strings.ToLower(key)
	if spelt, ok := s.words[lower]; ok {
		set.Name = spelt
	} else if set.Unknown, set.Near = s.judge(lower); !set.Unknown {
		return
	}
	s.r.set(f, n, set)
}

func (s *stunnelReader) judge(lower string) (unknown bool, near string) {
	if n, ok := stunnelForeign[lower]; ok {
		return true, n
	}
	near, far := closest(lower, lowered(stunnelWords))
	about := aboutTLSDirective(lower) || strings.HasPrefix(lower, "ca") || strings.HasPrefix(lower, "check")
	if far == 1 && len(lower) > 3 || about && far <= 2 {
		return true, s.words[near]
	}
	return about, ""
}

func lowered(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.ToLower(w)
	}
	return out
}
