package conf

import "strings"

// nginxServer are the TLS directives of nginx's own side as a server, without "ssl_" before them: ngx_http_ssl_module,
// ngx_stream_ssl_module, ngx_stream_ssl_preread_module, ngx_mail_ssl_module up to 1.29.
var nginxServer = strings.Fields(`alpn buffer_size certificate certificate_cache certificate_compression certificate_key ciphers
	client_certificate client_hello_alpn conf_command crl dhparam early_data ecdh_curve ech_file engine handshake_timeout key_log
	object_cache_inheritable ocsp ocsp_cache ocsp_responder password_file prefer_server_ciphers preread protocols reject_handshake
	session_cache session_ticket_key session_tickets session_timeout stapling stapling_file stapling_responder stapling_verify
	trusted_certificate verify_client verify_depth`)

// nginxClient are the TLS directives towards an upstream, without "proxy_ssl_", "grpc_ssl_" or "uwsgi_ssl_" before them.
var nginxClient = strings.Fields(`alpn certificate certificate_cache certificate_key ciphers conf_command crl key_log name
	password_file protocols server_name session_reuse trusted_certificate verify verify_depth`)

// nginxOther are directives that a configuration has most often; they tell the dialect and the end of a line whose semicolon
// is missing.
var nginxOther = strings.Fields(`access_log add_header alias allow auth_basic client_max_body_size default_type deny error_log
	error_page events expires fastcgi_param fastcgi_pass geo grpc_pass grpc_set_header gzip http http2 http3 if include index
	keepalive_timeout limit_req listen load_module location log_format map pid proxy_buffering proxy_connect_timeout
	proxy_http_version proxy_next_upstream proxy_pass proxy_protocol proxy_read_timeout proxy_redirect proxy_send_timeout
	proxy_set_header real_ip_header resolver resolver_timeout return rewrite root sendfile server server_name server_tokens set
	set_real_ip_from split_clients stream tcp_nopush tcp_nodelay try_files types upstream user uwsgi_param uwsgi_pass
	worker_connections worker_processes mail starttls`)

// nginxForeign are names that people write by analogy with other products, and what nginx calls it.
var nginxForeign = map[string]string{
	"proxy_ssl_verify_hostname":   "proxy_ssl_name",
	"proxy_ssl_verify_name":       "proxy_ssl_name",
	"proxy_ssl_hostname":          "proxy_ssl_name",
	"proxy_ssl_sni":               "proxy_ssl_server_name",
	"proxy_ssl_ca":                "proxy_ssl_trusted_certificate",
	"proxy_ssl_cafile":            "proxy_ssl_trusted_certificate",
	"proxy_ssl_ca_certificate":    "proxy_ssl_trusted_certificate",
	"proxy_ssl_client_cert":       "proxy_ssl_certificate",
	"proxy_ssl_min_version":       "proxy_ssl_protocols",
	"ssl_min_version":             "ssl_protocols",
	"ssl_ca_certificate":          "ssl_client_certificate",
	"ssl_certificate_chain":       "ssl_certificate",
	"ssl_certificate_chain_file":  "ssl_certificate",
	"ssl_certificate_file":        "ssl_certificate",
	"ssl_certificate_key_file":    "ssl_certificate_key",
	"ssl_key":                     "ssl_certificate_key",
	"ssl_cipher_suite":            "ssl_ciphers",
	"ssl_cipher_list":             "ssl_ciphers",
	"ssl_honor_cipher_order":      "ssl_prefer_server_ciphers",
	"proxy_ssl_verify_client":     "proxy_ssl_verify",
	"proxy_ssl_verify_peer":       "proxy_ssl_verify",
	"proxy_ssl_ca_file":           "proxy_ssl_trusted_certificate",
	"proxy_ssl_client_key":        "proxy_ssl_certificate_key",
	"proxy_ssl_server_name_check": "proxy_ssl_verify",
}

// nginxModules are beginnings of names that belong to modules of others, which may have any directive.
var nginxModules = []string{"lua_", "js_", "zone_sync_", "modsecurity", "auth_jwt", "otel_", "passenger_", "pagespeed", "nchan_", "vod_", "ssl_ct", "proxy_connect"}

// nginxVocabulary is what nginx knows, for one reading.
type nginxVocabulary struct {
	tls   []string // TLS directives
	known map[string]bool
}

func newNginxVocabulary() *nginxVocabulary {
	v := &nginxVocabulary{known: map[string]bool{}}
	for _, prefix := range []string{"proxy_ssl_", "grpc_ssl_", "uwsgi_ssl_"} {
		for _, w := range nginxClient {
			v.tls = append(v.tls, prefix+w)
		}
	}
	for _, w := range nginxServer {
		v.tls = append(v.tls, "ssl_"+w)
	}
	v.tls = append(v.tls, "ssl", "proxy_ssl", "starttls")
	for _, list := range [][]string{v.tls, nginxOther} {
		for _, w := range list {
			v.known[w] = true
		}
	}
	return v
}

// judge tells whether a directive is one that nginx does not know, and which it was meant for. Directives of modules are many:
// only names about TLS, or a letter away from one, are judged.
func (v *nginxVocabulary) judge(name string) (unknown bool, near string) {
	if v.known[name] || hasAnyPrefix(name, nginxModules) || strings.Contains(name, "_by_lua") {
		return false, ""
	}
	if n, ok := nginxForeign[name]; ok {
		return true, n
	}
	about := aboutTLSDirective(name)
	if !about && !mayBeSlip(name) {
		return false, ""
	}
	n, far := closest(name, v.tls)
	switch {
	case about && far > 3:
		return true, ""
	case about || far == 1:
		return true, n
	}
	return false, ""
}

// mayBeSlip reports whether a name that holds no word of TLS could be one with a letter wrong.
func mayBeSlip(name string) bool {
	return strings.Contains(name, "ss") || strings.Contains(name, "sl") || strings.Contains(name, "pro")
}

// aboutTLSDirective reports whether the name of a directive speaks of TLS.
func aboutTLSDirective(name string) bool {
	return containsAny(name, "ssl", "tls", "cert", "cipher", "verify")
}

func hasAnyPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// closest is the word of all that the fewest edits make of name, and how many; 64 or longer names are near none.
func closest(name string, all []string) (word string, far int) {
	far = 64
	if len(name) >= far {
		return "", far
	}
	for _, w := range all {
		if len(w)-len(name) >= far || len(name)-len(w) >= far {
			continue
		}
		if n := edits(name, w); n < far {
			word, far = w, n
		}
	}
	return word, far
}
