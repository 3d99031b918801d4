package conf

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// envoy is Envoy's bootstrap or a list of clusters and listeners, as YAML or JSON. Of each TLS context every leaf is a setting
// whose name is its path: "common_tls_context.validation_context.trusted_ca.filename"; "socket_address" is where a cluster's
// endpoint is, "host:port".
var envoy = dialect{ID: "envoy", sniff: sniffEnvoy, read: readEnvoy}

// envoyFields are the fields within UpstreamTlsContext and DownstreamTlsContext (api/envoy/extensions/transport_sockets/tls/v3).
var envoyFields = strings.Fields(`- @type address alpn_protocols allow_expired_certificate allow_renegotiation auto_host_sni
	auto_sni_san_validation ca_certificate_provider_instance certificate_chain cipher_suites combined_validation_context
	common_tls_context contains crl custom_handshaker custom_tls_certificate_selector custom_validator_config
	default_validation_context disable_stateful_session_resumption disable_stateless_session_resumption ecdh_curves enforce_rsa_key_usage
	environment_variable exact filename full_scan_certs_on_sni_mismatch google_re ignore_case inline_bytes inline_string
	key_log match_subject_alt_names match_typed_subject_alt_names matcher max_session_keys max_verify_depth name
	ocsp_staple ocsp_staple_policy only_verify_leaf_cert_crl password path path_prefix pkcs12 prefer_client_ciphers prefix
	private_key private_key_provider regex require_client_certificate require_ocsp_staple require_signed_certificate_timestamp
	san_type sds_config session_ticket_keys session_ticket_keys_sds_secret_config session_timeout signature_algorithms sni
	subject_alt_names suffix system_root_certs tls_certificate_certificate_provider_instance
	tls_certificate_sds_secret_configs tls_certificates tls_maximum_protocol_version tls_minimum_protocol_version tls_params
	trust_chain_verification trusted_ca validation_context validation_context_sds_secret_config verify_certificate_hash
	verify_certificate_spki verify_subject_alt_name watched_directory oid compliance_policies typed_config`)

func sniffEnvoy(name string, head []byte) int {
	n := 0
	for _, w := range []string{"static_resources", "transport_socket", "UpstreamTlsContext", "load_assignment", "lb_endpoints", "envoy.extensions", "clusters:", "socket_address"} {
		if bytes.Contains(head, []byte(w)) {
			n++
		}
	}
	ext := path.Ext(name)
	switch {
	case n >= 2:
		return 85
	case n == 1 && (ext == ".yaml" || ext == ".yml" || ext == ".json"):
		return 60
	case strings.HasPrefix(path.Base(name), "envoy") && (ext == ".yaml" || ext == ".yml" || ext == ".json"):
		return 55
	}
	return 0
}

func readEnvoy(r *reader, f file) {
	w := &envoyWriter{r: r, labels: labels{}}
	w.walk(parseYAML(r, f), nil)
}

type envoyWriter struct {
	r      *reader
	labels labels
}

// walk finds the TLS contexts and addresses, and what they belong to.
func (w *envoyWriter) walk(nodes []node, scope []string) {
	for _, n := range nodes {
		switch n.name {
		case "clusters":
			w.each(n, scope, "cluster")
		case "listeners":
			w.each(n, scope, "listener")
		case "filter_chains":
			w.each(n, scope, "filter chain")
		case "transport_socket_matches":
			w.each(n, scope, "match")
		case "transport_socket":
			w.context(n, scope)
		case "socket_address":
			if len(scope) > 0 {
				w.address(n, scope)
			}
		default:
			w.walk(n.kids, scope)
		}
	}
}

func (w *envoyWriter) each(list node, scope []string, kind string) {
	for _, item := range list.kids {
		label := strings.TrimSpace(kind + " " + leaf(item.kids, "name"))
		w.walk(item.kids, w.labels.under(scope, label))
	}
}

// context keeps the leaves of a TLS context. Transport sockets of other kinds are passed.
func (w *envoyWriter) context(n node, scope []string) {
	for _, k := range n.kids {
		if (k.name == "typed_config" || k.name == "config") && strings.Contains(leaf(k.kids, "@type")+leaf(n.kids, "name"), "tls") || strings.Contains(leaf(k.kids, "@type"), "TlsContext") {
			w.leaves(k.kids, scope, "")
		}
	}
}

func (w *envoyWriter) leaves(nodes []node, scope []string, path string) {
	for _, n := range nodes {
		name := path
		if n.name != "-" {
			name = strings.TrimPrefix(path+"."+n.name, ".")
		}
		s := fact.Setting{Scope: scope, Name: name, Args: n.args}
		if unknown := !slices.Contains(envoyFields, n.name); unknown && !strings.Contains(name, "sds") && !strings.Contains(name, "custom_") && !strings.Contains(name, "provider") {
			s.Unknown = true
			if near, far := closest(n.name, envoyFields); far <= 3 {
				s.Near = strings.TrimPrefix(path+"."+near, ".")
			}
		}
		if strings.HasSuffix(name, "inline_string") || strings.HasSuffix(name, "inline_bytes") {
			s.Args = []string{"***"}
		}
		if len(n.args) > 0 || s.Unknown || len(n.kids) == 0 {
			w.r.set(file{name: n.file}, n.line, s)
		}
		if !s.Unknown {
			w.leaves(n.kids, scope, name)
		}
	}
}

func (w *envoyWriter) address(n node, scope []string) {
	host, port := leaf(n.kids, "address"), leaf(n.kids, "port_value")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	w.r.add(file{name: n.file}, n.line, scope, "socket_address", host+":"+port)
}

// leaf is the scalar of a key.
func leaf(nodes []node, name string) string {
	for _, n := range nodes {
		if n.name == name && len(n.args) > 0 {
			return n.args[0]
		}
	}
	return ""
}
