package conf

import "testing"

const envoySample = `static_resources:
  listeners:
  - name: web
    address:
      socket_address: { address: 0.0.0.0, port_value: 443 }
    filter_chains:
    - transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
          require_client_certificate: true
          common_tls_context:
            tls_certificates:
            - certificate_chain: {filename: /etc/a.pem}
              private_key:
                inline_string: |
                  -----BEGIN PRIVATE KEY-----
                  hush
                  -----END PRIVATE KEY-----
  clusters:
  - name: app   # comment
    connect_timeout: 1s
    load_assignment:
      cluster_name: app
      endpoints:
      - lb_endpoints:
        - endpoint: {address: {socket_address: {address: app.example.test,
            port_value: 8443}}}
        - endpoint:
            address:
              socket_address:
                address: "::1"
                port_value: 8444
    transport_socket:
      name: envoy.transport_sockets.tls
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
        sni: "app.example.test"
        common_tls_context:
          tls_params: {tls_minimum_protocol_version: TLSv1_2}
          alpn_protocols: [h2, http/1.1]
          validation_context:
            trusted_ca:
              filename: /etc/ca.pem
            match_typed_subject_alt_names:
            - san_type: DNS
              matcher:
                exact: app.example.test
  - name: plain
    load_assignment:
      endpoints:
      - lb_endpoints:
        - endpoint: {address: {socket_address: {address: h, port_value: 80}}}
`

func TestEnvoy(t *testing.T) {
	res := tree{"envoy.yaml": envoySample}.read(t, "envoy.yaml")
	wantSettings(t, res, `
envoy.yaml:5  listener web > socket_address 0.0.0.0:443
envoy.yaml:10  listener web > filter chain > @type type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
envoy.yaml:11  listener web > filter chain > require_client_certificate true
envoy.yaml:14  listener web > filter chain > common_tls_context.tls_certificates.certificate_chain.filename /etc/a.pem
envoy.yaml:16  listener web > filter chain > common_tls_context.tls_certificates.private_key.inline_string ***
envoy.yaml:27  cluster app > socket_address app.example.test:8443
envoy.yaml:31  cluster app > socket_address [::1]:8444
envoy.yaml:37  cluster app > @type type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
envoy.yaml:38  cluster app > sni app.example.test
envoy.yaml:40  cluster app > common_tls_context.tls_params.tls_minimum_protocol_version TLSv1_2
envoy.yaml:41  cluster app > common_tls_context.alpn_protocols h2
envoy.yaml:41  cluster app > common_tls_context.alpn_protocols http/1.1
envoy.yaml:44  cluster app > common_tls_context.validation_context.trusted_ca.filename /etc/ca.pem
envoy.yaml:46  cluster app > common_tls_context.validation_context.match_typed_subject_alt_names.san_type DNS
envoy.yaml:48  cluster app > common_tls_context.validation_context.match_typed_subject_alt_names.matcher.exact app.example.test
envoy.yaml:53  cluster plain > socket_address h:80`)
	wantGaps(t, res)
	wantUses(t, "envoy.yaml", envoySample, `
tls://app.example.test:8443 name=app.example.test sni=app.example.test [trusted_ca + match_typed_subject_alt_names + tls_minimum_protocol_version TLSv1_2]
tls://::1:8444 name=app.example.test sni=app.example.test [trusted_ca + match_typed_subject_alt_names + tls_minimum_protocol_version TLSv1_2]`)
}

// TestEnvoyJSON reads the same in JSON, where Envoy takes either.
func TestEnvoyJSON(t *testing.T) {
	text := `{
  "clusters": [{"name": "a",
    "transport_socket": {"typed_config": {"@type": "x.UpstreamTlsContext", "sni": "a.test"}},
    "load_assignment": {"endpoints": [{"lb_endpoints": [{"endpoint": {"address": {"socket_address": {"address": "10.0.0.1", "port_value": 443}}}}]}]}
  }]
}`
	wantUses(t, "envoy.json", text, "tls://10.0.0.1:443 name= sni=a.test [no validation_context]")
}

// TestEnvoySendsNoName: without sni Envoy sends none, whatever the address is called (UpstreamTlsContext.sni).
func TestEnvoySendsNoName(t *testing.T) {
	wantUses(t, "envoy.yaml", "clusters:\n- name: a\n  transport_socket: {typed_config: {\"@type\": UpstreamTlsContext}}\n  address: {socket_address: {address: a.test, port_value: 443}}\n",
		"tls://a.test:443 name= sni=none [no validation_context]")
}

func TestEnvoyMisspelt(t *testing.T) {
	for line, want := range map[string]string{"snl: a": "sni", "common_tls_contxt: {}": "common_tls_context", "server_name: a": ""} {
		text := "clusters:\n- name: a\n  transport_socket:\n    typed_config:\n      \"@type\": UpstreamTlsContext\n      " + line + "\n"
		res := tree{"envoy.yaml": text}.read(t, "envoy.yaml")
		last := res.Settings[len(res.Settings)-1]
		if !last.Unknown || last.Near != want {
			t.Errorf("%s: %+v, want near %q", line, last, want)
		}
	}
}

func TestEnvoyBroken(t *testing.T) {
	res := tree{"envoy.yaml": "clusters:\n  - name: a\n nonsense\n  what\n    sni: {a: [b\n"}.read(t, "envoy.yaml")
	if len(res.Gaps) == 0 {
		t.Error("no gap tells what was not read")
	}
}
