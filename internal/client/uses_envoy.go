package client

import (
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

const (
	envoyCommon     = "common_tls_context."
	envoyValidation = envoyCommon + "validation_context."
	envoyCombined   = envoyCommon + "combined_validation_context.default_validation_context."
)

// usesEnvoy makes one use of each endpoint of a cluster that has a TLS context.
func usesEnvoy(settings []fact.Setting) []Use {
	m := byScope(settings)
	var uses []Use
	for _, s := range settings {
		if s.Name == "socket_address" && len(s.Scope) > 0 && strings.HasPrefix(s.Scope[0], "cluster") {
			if u, ok := envoyUse(m, s); ok {
				uses = append(uses, u)
			}
		}
	}
	return uses
}

func envoyUse(m scopes, s fact.Setting) (Use, bool) {
	u := Use{Client: "envoy", Scope: s.Scope, From: []fact.Setting{s}, Target: fact.Endpoint{Protocol: "tls"}}
	get := func(names ...string) string {
		for _, name := range names {
			if v, ok := m.here(s.Scope, name); ok {
				u.From = append(u.From, v)
				return v.Value()
			}
		}
		return ""
	}
	u.Target.Host, u.Target.Port = hostPort(s.Value(), 0)
	u.SNI = "none" // Envoy sends only what it is told
	if sni := get("sni"); sni != "" {
		u.SNI = sni
	} else if get("auto_host_sni") == "true" {
		u.SNI = u.Target.Host
	}
	u.CA = get(envoyValidation+"trusted_ca.filename", envoyCombined+"trusted_ca.filename")
	u.Cert = get(envoyCommon + "tls_certificates.certificate_chain.filename")
	u.Key = get(envoyCommon + "tls_certificates.private_key.filename")
	u.Mode = envoyMode(m, &u, get)
	_, typed := m.here(s.Scope, "@type")
	return u, typed || len(u.From) > 1
}

// envoyMode is what is verified: nothing without a trusted CA, and no name without match_typed_subject_alt_names.
func envoyMode(m scopes, u *Use, get func(...string) string) string {
	mode := "no validation_context"
	_, system := m.here(u.Scope, envoyValidation+"system_root_certs")
	switch {
	case u.CA != "" || get(envoyValidation+"trusted_ca.inline_string", envoyCombined+"trusted_ca.inline_string") != "":
		mode = "trusted_ca"
	case system:
		mode = "system_root_certs"
	}
	if v := get(envoyValidation+"trust_chain_verification", envoyCombined+"trust_chain_verification"); v != "" {
		mode += " + trust_chain_verification " + v
	}
	const sans, older = "match_typed_subject_alt_names.matcher.exact", "match_subject_alt_names.exact"
	switch name := get(envoyValidation+sans, envoyCombined+sans, envoyValidation+older, envoyCombined+older); {
	case name != "":
		u.Name = name
		mode += " + match_typed_subject_alt_names"
	case get("auto_sni_san_validation") == "true":
		u.Name = u.SNI
		mode += " + auto_sni_san_validation"
	}
	for _, name := range []string{"tls_minimum_protocol_version", "tls_maximum_protocol_version"} {
		if v := get(envoyCommon + "tls_params." + name); v != "" {
			mode += " + " + name + " " + v
		}
	}
	return mode
}
