package logs

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// jsonLog reads a line that is one JSON object, as slog, zap, logrus, zerolog, Caddy, Traefik, Bunyan, Pino, Serilog, ECS and
// access logs of Envoy and Istio have it: the usual names of time, level, message, error and peers.
var jsonLog = Dialect{
	ID: "json",
	Anchors: []string{
		"TLS", "tls", "x509", "ertificate", "CERT", "SSL", "ssl", "andshake", "HTTPS", "https", "EOF", "ECONNRESET", "connection reset", "UF,", `"UF"`,
	},
	Parse: parseJSONLog,
}

// The names under which the parts of a record stand, the usual first. A dot goes into an object.
var (
	jsonTimes    = []string{"ts", "time", "timestamp", "@timestamp", "t", "datetime", "date", "@t", "start_time", "eventTime", "asctime"}
	jsonLevels   = []string{"level", "severity", "lvl", "log.level", "@l", "loglevel", "levelname"}
	jsonMessages = []string{"msg", "message", "@m", "@mt", "text", "body"}
	jsonFaults   = []string{
		"error", "err", "error.message", "err.message", "exception", "@x", "error.stack_trace", "stack_trace", "stack", "err.stack", "exc_info", "upstream_transport_failure_reason",
		"response_code_details", "err.code", "error.code", "reason",
	}
	jsonClients   = []string{"request.remote_ip", "request.remote_addr", "remote_ip", "remote_addr", "remote", "client_ip", "client", "ClientAddr", "ClientHost", "downstream_remote_address", "source.address", "peer"}
	jsonHosts     = []string{"request.host", "request.tls.server_name", "RequestHost", "authority", "requested_server_name", "host_header", "server_name"}
	jsonUpstreams = []string{"upstream", "ServiceURL", "upstream_host", "backend", "upstream_addr"}
	jsonStatuses  = []string{"status", "DownstreamStatus", "response_code", "status_code"}
)

func parseJSONLog(line []byte, o *Options) (Record, bool) {
	if len(line) < 8 || line[0] != '{' {
		return Record{}, false
	}
	var v map[string]any
	if json.Unmarshal(line, &v) != nil {
		return Record{}, false
	}
	f := jsonFields(v)
	r := Record{
		At: jsonTime(f.first(jsonTimes), o), Level: f.first(jsonLevels), Client: addressOf(f.first(jsonClients)), Host: f.first(jsonHosts),
		Upstream: dashed(f.first(jsonUpstreams)),
	}
	r.Message = f.first(jsonMessages)
	for _, name := range jsonFaults {
		if s := f.get(name); s != "" && s != "-" && !strings.Contains(r.Message, s) {
			r.Message = joinFault(r.Message, s)
		}
	}
	status, hasStatus := strconv.Atoi(f.first(jsonStatuses))
	if r.Message == "" && hasStatus != nil || r.At.IsZero() && r.Level == "" {
		return r, false
	}
	f.product(&r)
	tls := f.get("request.tls.version") != "" || f.get("TLSVersion") != "" || f.get("downstream_tls_version") != ""
	r.Success = hasStatus == nil && tls && status >= 200 && status < 500
	return r.goServer(), true
}

// jsonFields are the members of an object.
type jsonFields map[string]any

// first is the first of several names that has a value.
func (f jsonFields) first(names []string) string {
	for _, n := range names {
		if s := f.get(n); s != "" {
			return s
		}
	}
	return ""
}

// get is a member as text: numbers and texts only. A name with dots may also stand undivided (ECS).
func (f jsonFields) get(name string) string {
	v, ok := f[name]
	if head, tail, dotted := strings.Cut(name, "."); !ok && dotted {
		if inner, ok := f[head].(map[string]any); ok {
			return jsonFields(inner).get(tail)
		}
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// product knows Caddy by the names of its loggers, Traefik and Istio by their fields.
func (f jsonFields) product(r *Record) {
	logger := f.get("logger")
	switch {
	case strings.HasPrefix(logger, "http.log") || strings.HasPrefix(logger, "http.stdlib") || strings.HasPrefix(logger, "http.handlers") || logger == "tls.handshake":
		r.Product = "caddy"
		r.Contexts = append(r.Contexts, fact.Web)
		if strings.HasPrefix(logger, "http.log.error") && strings.Contains(f.get("err_trace"), "reverseproxy") {
			r.Contexts = append(r.Contexts, fact.ByClient, fact.ToUpstream)
		}
	case f.get("entryPointName") != "" || f.get("RouterName") != "" || strings.Contains(r.Message, "traefik"):
		r.Product = "traefik"
		r.Contexts = append(r.Contexts, fact.Web)
	case f.get("upstream_cluster") != "" && f.get("response_flags") != "":
		r.Product = "envoy"
		r.Contexts = append(r.Contexts, fact.Web)
	}
}

// jsonTime reads a time as text or as seconds, milliseconds, microseconds or nanoseconds since 1970.
func jsonTime(s string, o *Options) time.Time {
	if t, _, ok := anyClock([]byte(s), o, isoClock, clfClock); ok {
		return t
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 1e8 && n < 1e19) { // not a number compares false
		return time.Time{}
	}
	for n >= 1e11 {
		n /= 1000
	}
	sec := int64(n)
	return time.Unix(sec, int64((n-float64(sec))*1e6)*1000).UTC()
}
