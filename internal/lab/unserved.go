package lab

// An Absence is a cause that no endpoint can show, and why.
type Absence struct{ Slug, Why string }

// Absences lists the causes of the catalogue that are not among Faults, sorted by slug.
func Absences() []Absence {
	const (
		visitor  = "it is what a client does, and the lab is a server: any endpoint can be visited so"
		file     = "such a server does not start, or starts without TLS: what is left to meet is "
		settings = "it lies in the settings of the client alone: any client that is set up so, against "
	)
	return []Absence{
		{"account-requires-tls", "it shows after a login, and the lab lets nobody in: to a right account and to a wrong one it says the same"},
		{"benign-client-abort", visitor},
		{"benign-downgrade-test", visitor},
		{"benign-healthcheck", visitor},
		{"benign-old-client", visitor},
		{"benign-scanner", visitor},
		{"certificate-file-bad", file + "tcp-refused or server-tls-disabled"},
		{"certificate-file-missing", file + "tcp-refused or server-tls-disabled"},
		{"certificate-not-found-by-thumbprint", file + "tcp-refused"},
		{"cipher-policy-empty", settings + "healthy"},
		{"client-default-changed", "it lies in the client's version: an old and a new driver against ca-not-trusted"},
		{"client-speaks-plaintext", visitor},
		{"connection-shared-after-fork", "it lies in how a client uses its connection, once it has one"},
		{"key-unreadable", file + "tcp-refused or server-tls-disabled"},
		{"low-entropy", "it is a machine that waits for random numbers at its start: from outside it is silent-after-hello"},
		{"mode-means-other-checks", settings + "hostname-mismatch"},
		{"option-without-effect", settings + "ca-not-trusted"},
		{"packet-size-over-16k", "it shows after a login, and the lab lets nobody in"},
		{"plaintext-allowed", settings + "server-tls-disabled"},
		{"runtime-lacks-version", "it lies in the client's version: an old runtime against healthy"},
		{"schannel-protocol-disabled", "it lies in the registry of a Windows machine: from outside it is server-too-old"},
		{"server-tls-init-failed", file + "server-tls-disabled"},
		{"verification-off", settings + "any fault of certificates: it connects"},
		{"version-disabled-by-policy", "it lies in a policy of the client's machine: any client with one against server-too-old"},
		{"worker-starvation", "it lies in how SQL Server schedules its threads: from outside it is server-overloaded"},
		{"wrong-endpoint", "which server was meant only its owner knows: on the wire it is hostname-mismatch or not-this-protocol"},
	}
}
