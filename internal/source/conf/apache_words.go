package conf

import "strings"

// apacheTLS are the directives of mod_ssl of 2.4, client and server side.
var apacheTLS = strings.Fields(`SSLCACertificateFile SSLCACertificatePath SSLCADNRequestFile SSLCADNRequestPath SSLCARevocationCheck
	SSLCARevocationFile SSLCARevocationPath SSLCertificateChainFile SSLCertificateFile SSLCertificateKeyFile SSLCipherSuite
	SSLClientHelloVars SSLCompression SSLCryptoDevice SSLEngine SSLFIPS SSLHonorCipherOrder SSLInsecureRenegotiation
	SSLOCSPDefaultResponder SSLOCSPEnable SSLOCSPNoVerify SSLOCSPOverrideResponder SSLOCSPProxyURL SSLOCSPResponderCertificateFile
	SSLOCSPResponderTimeout SSLOCSPResponseMaxAge SSLOCSPResponseTimeSkew SSLOCSPUseRequestNonce SSLOpenSSLConfCmd SSLOptions
	SSLPassPhraseDialog SSLPolicy SSLProtocol SSLProxyCACertificateFile SSLProxyCACertificatePath SSLProxyCARevocationCheck
	SSLProxyCARevocationFile SSLProxyCARevocationPath SSLProxyCheckPeerCN SSLProxyCheckPeerExpire SSLProxyCheckPeerName
	SSLProxyCipherSuite SSLProxyEngine SSLProxyMachineCertificateChainFile SSLProxyMachineCertificateFile
	SSLProxyMachineCertificatePath SSLProxyProtocol SSLProxyVerify SSLProxyVerifyDepth SSLRandomSeed SSLRenegBufferSize SSLRequire
	SSLRequireSSL SSLSRPUnknownUserSeed SSLSRPVerifierFile SSLSessionCache SSLSessionCacheTimeout SSLSessionTicketKeyFile
	SSLSessionTickets SSLStaplingCache SSLStaplingErrorCacheTimeout SSLStaplingFakeTryLater SSLStaplingForceURL
	SSLStaplingResponderTimeout SSLStaplingResponseMaxAge SSLStaplingResponseTimeSkew SSLStaplingReturnResponderErrors
	SSLStaplingStandardCacheTimeout SSLStrictSNIVHostCheck SSLUseStapling SSLUserName SSLVerifyClient SSLVerifyDepth
	SSLVHostSNIPolicy`)

// apacheKeep are the other directives that say who talks to whom.
var apacheKeep = strings.Fields("ProxyPass ProxyPassMatch BalancerMember ProxyPreserveHost ServerName Listen Protocols")

// apacheOther tell the dialect beside those.
var apacheOther = strings.Fields("LoadModule ServerRoot DocumentRoot ServerAlias ErrorLog CustomLog ProxyPassReverse Include IncludeOptional RewriteEngine RewriteRule DirectoryIndex AllowOverride ServerAdmin LogLevel LogFormat RequestHeader ProxyRequests Define")

// apacheForeign are names by analogy with other products or with directives of the other side.
var apacheForeign = map[string]string{
	"sslproxycafile": "SSLProxyCACertificateFile", "sslproxytrustedcertificate": "SSLProxyCACertificateFile",
	"sslproxycertificatefile": "SSLProxyMachineCertificateFile", "sslproxyservername": "ProxyPreserveHost",
	"sslcertificatekey": "SSLCertificateKeyFile", "sslcertificate": "SSLCertificateFile", "sslciphers": "SSLCipherSuite",
	"sslcafile": "SSLCACertificateFile", "sslproxycheckpeerhost": "SSLProxyCheckPeerName", "sslprotocols": "SSLProtocol",
	"sslchainfile": "SSLCertificateChainFile", "sslproxyon": "SSLProxyEngine",
}

// A known maps names in lower case to their spelling.
type known map[string]string

func knownWords(lists ...[]string) known {
	k := known{}
	for _, list := range lists {
		for _, w := range list {
			k[strings.ToLower(w)] = w
		}
	}
	return k
}

// apacheJudge tells the documented spelling of a directive of mod_ssl, and whether it is none.
func apacheJudge(k known, name string) (spelt string, unknown bool, near string) {
	lower := strings.ToLower(name)
	if s, ok := k[lower]; ok {
		return s, false, ""
	}
	if n, ok := apacheForeign[lower]; ok {
		return name, true, n
	}
	ours := strings.HasPrefix(lower, "ssl")
	if !ours && !containsAny(lower, "sl", "ss") {
		return name, false, ""
	}
	best, far := "", 64
	for l, s := range k {
		if n := 64; strings.HasPrefix(l, "ssl") && len(lower) < 64 {
			if n = edits(lower, l); n < far || n == far && s < best {
				best, far = s, n
			}
		}
	}
	switch {
	case far == 1 || ours && far <= 3:
		return name, true, best
	case ours:
		return name, true, ""
	}
	return name, false, ""
}
