package client

import "strings"

// nginxDirectives looks up the TLS directives towards an upstream, and notes in use those that were found.
type nginxDirectives struct {
	n      *nginxReading
	use    *Use
	prefix string // "proxy_ssl_"
}

// value is the first word of a directive that holds in the use's block; "" when none does.
func (d *nginxDirectives) value(name string) string {
	s, ok := d.n.inherited(d.use.Scope, d.prefix+name)
	if !ok {
		return ""
	}
	for _, have := range d.use.From {
		if have.Name == s.Name {
			return s.Value()
		}
	}
	d.use.From = append(d.use.From, s)
	return s.Value()
}

// maxLines is how many directives of one name are told; only conf_command can stand more than once.
const maxLines = 20

// words are all words of all directives of that name that hold.
func (d *nginxDirectives) words(name string) []string {
	var lines []string
	all := d.n.allInherited(d.use.Scope, d.prefix+name)
	for _, s := range all[:min(len(all), maxLines)] {
		lines = append(lines, strings.Join(s.Args, " "))
		if len(lines) == 1 {
			d.value(name)
		} else {
			d.use.From = append(d.use.From, s)
		}
	}
	return lines
}

// mode is what differs from the defaults, in nginx's words: "defaults (verify off, server_name off)" or
// "proxy_ssl_verify on + trusted CA + server_name on + proxy_ssl_protocols TLSv1.2".
func (d *nginxDirectives) mode() string {
	var parts []string
	if d.value("verify") == "on" {
		parts = append(parts, "proxy_ssl_verify on")
		if d.use.CA != "" {
			parts = append(parts, "trusted CA")
		}
	}
	if d.value("server_name") == "on" {
		parts = append(parts, d.short("server_name", parts)+" on")
	}
	if depth := d.value("verify_depth"); depth != "" && depth != "1" && len(parts) > 0 && parts[0] == "proxy_ssl_verify on" {
		parts = append(parts, "proxy_ssl_verify_depth "+depth)
	}
	for _, name := range []string{"protocols", "ciphers", "conf_command"} {
		for _, words := range d.words(name) {
			parts = append(parts, "proxy_ssl_"+name+" "+words)
		}
	}
	if d.use.Cert != "" {
		parts = append(parts, "proxy_ssl_certificate")
	}
	if parts == nil {
		return "defaults (verify off, server_name off)"
	}
	return strings.Join(parts, " + ")
}

// short leaves out the beginning of a directive's name behind another directive.
func (d *nginxDirectives) short(name string, before []string) string {
	if len(before) > 0 {
		return name
	}
	return "proxy_ssl_" + name
}
