package logs

import "bytes"

// probePaths are what health checks ask for: Kubernetes' own endpoints and the custom of its programs, Prometheus, Spring Boot
// Actuator, Rails, and the default of Google's load balancers apart, which is "/" and tells nothing.
var probePaths = []string{
	"/healthz", "/livez", "/readyz", "/health", "/healthcheck", "/health-check", "/health_check", "/health/live", "/health/ready", "/ping",
	"/-/healthy", "/-/ready", "/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness", "/up",
}

// probes: an HTTP request line is that of a health check, by its path.
func probes(request []byte) bool {
	method, rest, ok := bytes.Cut(request, []byte{' '})
	if !ok || string(method) != "GET" && string(method) != "HEAD" && string(method) != "OPTIONS" {
		return false
	}
	path, _, _ := bytes.Cut(rest, []byte{' '})
	path, _, _ = bytes.Cut(path, []byte{'?'})
	for _, p := range probePaths {
		if string(path) == p {
			return true
		}
	}
	return false
}
