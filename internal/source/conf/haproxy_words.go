package conf

import "strings"

// haproxyServer are the options of a server line of HAProxy up to 3.2, those with "+" take one value (haproxy -dKsrv).
var haproxyServer = strings.Fields(`addr+ agent-addr+ agent-check agent-inter+ agent-port+ agent-send+ allow-0rtt alpn+ backup ca-file+
	check check-alpn+ check-pool-conn-name+ check-proto+ check-reuse-pool check-send-proxy check-sni+ check-sni-auto check-ssl
	check-via-socks4 ciphers+ ciphersuites+ client-sigalgs+ cookie+ crl-file+ crt+ curves+ disabled downinter+ enabled error-limit+
	fall+ fastinter+ force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 guid+ hash-key+ id+ idle-ping+ init-addr+
	init-state+ inter+ ktls+ log-bufsize+ log-proto+ max-reuse+ maxconn+ maxqueue+ minconn+ namespace+ no-agent-check no-backup
	no-check no-check-send-proxy no-check-sni-auto no-check-ssl no-renegotiate no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl
	no-send-proxy-v2-ssl-cn no-sni-auto no-ssl no-ssl-reuse no-sslv3 no-tfo no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13
	no-verifyhost non-stick npn+ observe+ on-error+ on-marked-down+ on-marked-up+ pool-conn-name+ pool-low-conn+ pool-max-conn+
	pool-purge-delay+ port+ proto+ proxy-v2-options+ quic-cc-algo+ redir+ renegotiate resolve-net+ resolve-opts+ resolve-prefer+ resolvers+
	rise+ send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn set-proxy-v2-tlv-fmt+ shard+ sigalgs+ slowstart+ sni+
	sni-auto socks4+ source+ ssl ssl-max-ver+ ssl-min-ver+ ssl-reuse stick strict-maxconn tcp-md5sig+ tcp-ut+ tfo tls-tickets track+
	usesrc+ verify+ verifyhost+ weight+ ws+`)

// haproxyBind are the options of a bind line (haproxy -dKbind).
var haproxyBind = strings.Fields(`accept-netscaler-cip+ accept-proxy allow-0rtt alpn+ backlog+ ca-file+ ca-ignore-err+ ca-sign-file+
	ca-sign-pass+ ca-verify-file+ cc+ ciphers+ ciphersuites+ client-sigalgs+ crl-file+ crt+ crt-ignore-err+ crt-list+ curves+
	default-crt+ defer-accept ecdhe+ ech+ expose-fd+ force-sslv3 force-strict-sni force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13
	generate-certificates gid+ group+ guid-prefix+ id+ idle-ping+ interface+ ktls+ label+ level+ maxconn+ mode+ mss+ name+ namespace+
	nbconn+ nice+ no-alpn no-ca-names no-sslv3 no-strict-sni no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 npn+ ocsp-update+
	prefer-client-ciphers process+ proto+ quic-cc-algo+ quic-force-retry quic-socket+ severity-output+ shards+ sigalgs+ ssl
	ssl-max-ver+ ssl-min-ver+ strict-sni tcp-md5sig+ tcp-ss+ tcp-ut+ tfo thread+ tls-ticket-keys+ tls-tickets transparent uid+ user+
	v4v6 v6only verify+`)

// haproxyGlobal are the keywords about TLS that stand at the beginning of a line.
var haproxyGlobal = strings.Fields(`ca-base crt-base crt-list crt-store maxsslconn maxsslrate ssl-default-bind-ciphers
	ssl-default-bind-ciphersuites ssl-default-bind-client-sigalgs ssl-default-bind-curves ssl-default-bind-options
	ssl-default-bind-sigalgs ssl-default-server-ciphers ssl-default-server-ciphersuites ssl-default-server-client-sigalgs
	ssl-default-server-curves ssl-default-server-options ssl-default-server-sigalgs ssl-dh-param-file ssl-engine ssl-f-use
	ssl-load-extra-del-ext ssl-load-extra-files ssl-mode-async ssl-passphrase-cmd ssl-propquery ssl-provider ssl-provider-path
	ssl-security-level ssl-server-verify ssl-skip-self-issued-ca httpclient.ssl.ca-file httpclient.ssl.verify
	tune.ssl.cachesize tune.ssl.capture-buffer-size tune.ssl.capture-cipherlist-size tune.ssl.certificate-compression
	tune.ssl.default-dh-param tune.ssl.force-private-cache tune.ssl.hard-maxrecord tune.ssl.keylog tune.ssl.lifetime
	tune.ssl.maxrecord tune.ssl.ocsp-update.maxdelay tune.ssl.ocsp-update.mindelay tune.ssl.ocsp-update.mode
	tune.ssl.ssl-ctx-cache-size`)

// haproxyForeign are names by analogy with other products, and what HAProxy calls it.
var haproxyForeign = map[string]string{
	"cafile": "ca-file", "ca": "ca-file", "cacert": "ca-file", "cert": "crt", "certificate": "crt", "key": "crt",
	"verify-host": "verifyhost", "verify_host": "verifyhost", "verify-hostname": "verifyhost", "ssl-verify": "verify", "tls": "ssl",
	"servername": "sni", "server-name": "sni", "min-ver": "ssl-min-ver", "tls-min-ver": "ssl-min-ver", "cipher": "ciphers",
}

// haproxyOption tells whether an option of a line is known, and how many words follow it.
func haproxyOption(options []string, word string) (values int, known bool) {
	for _, o := range options {
		name, value := strings.CutSuffix(o, "+")
		if name != word {
			continue
		}
		if value {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// haproxyNear judges a word that is no option: whether it is about TLS or nearly so, and what was meant.
func haproxyNear(options []string, word string) (unknown bool, near string) {
	if n, ok := haproxyForeign[word]; ok {
		return true, n
	}
	var names []string
	for _, o := range options {
		if name := strings.TrimSuffix(o, "+"); haproxyTLS(name) {
			names = append(names, name)
		}
	}
	n, far := closest(word, names)
	about := haproxyTLS(word)
	switch {
	case far == 1 && len(word) > 3, about && far <= 3 && far < len(word)/2:
		return true, n
	}
	return about, ""
}

// haproxyTLS reports whether an option's name is about TLS.
func haproxyTLS(name string) bool {
	return aboutTLSDirective(name) || containsAny(name, "crt", "sni", "ca-", "crl", "alpn", "npn", "curves", "ecdhe", "sigalgs", "ocsp", "0rtt")
}
