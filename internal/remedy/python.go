package remedy

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/change"
	"github.com/tlswhy/tlswhy/internal/fact"
)

// python is Python's ssl module and what is built on it (Python documentation, ssl; Requests, SSL Cert Verification;
// SQLAlchemy, Connection Pooling).
func python() Platform {
	return Platform{
		ID: "python", Title: "Python", Sides: []change.Side{change.Client},
		Owns: func(c *fact.Case, side change.Side) int {
			switch {
			case writes(c, side, "python"):
				return 85
			case isClient(c, "requests", "urllib3", "pip", "pymysql", "aiohttp", "httpx"):
				return 80
			}
			return 0
		},
		Steps: lazily(pythonBook),
	}
}

func pythonBook() book {
	return book{
		id:      "python",
		file:    "the program, where it makes its ssl.SSLContext",
		apply:   "start the program again",
		undo:    "take the line out again",
		recipes: slices.Concat(pythonTrust(), pythonHello(), pythonProcesses(), pythonWeak()),
	}
}

// pythonTrust: the variables name the whole list of trusted CAs, so the new one is put behind the system's.
func pythonTrust() []recipe {
	const list = `cat /etc/ssl/certs/ca-certificates.crt {cafile|sh} > all-cas.pem    # Red Hat: /etc/pki/tls/certs/ca-bundle.crt
export SSL_CERT_FILE="$PWD/all-cas.pem" REQUESTS_CA_BUNDLE="$PWD/all-cas.pem"`
	return append(
		alike(recipe{what: "give Python the CA's certificate as {cafile}, behind the system's own (requests has a list of its own, and a variable)", file: command,
			snippet: list, apply: "start the program again from the same shell, or set the variables where the service gets its environment",
			undo: "unset SSL_CERT_FILE REQUESTS_CA_BUNDLE"}, change.TrustCA, change.UpdateCA),
		recipe{kind: change.VerifyServer, what: "let the program verify: no verify=False, no CERT_NONE, no _create_unverified_context",
			snippet: `context = ssl.create_default_context(cafile="ca.pem")`},
		recipe{kind: change.PresentCertificate, what: "let the program show a client certificate", snippet: `context.load_cert_chain("client.crt", "client.key")`},
	)
}

func pythonHello() []recipe {
	return []recipe{
		{kind: change.OfferVersion, what: "let the program offer {ver}", snippet: "context.minimum_version = ssl.TLSVersion.TLSv1_2\ncontext.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED"},
		{kind: change.SendServerName, what: "let the program send {name} as server name", snippet: `context.wrap_socket(sock, server_hostname="{name|fqdn}")`},
	}
}

// pythonProcesses: a forked child that closes an inherited connection would end it for its parent, too.
func pythonProcesses() []recipe {
	return []recipe{
		{kind: change.ConnectPerProcess, what: "with SQLAlchemy 1.4.33 or later: let each new process forget its parent's connections", file: "the program, after create_engine",
			snippet: "os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))"},
		{kind: change.ConnectPerProcess, variant: "uwsgi", what: "with uWSGI: load the program in each worker after the fork (gunicorn: no --preload)", file: "uwsgi.ini",
			snippet: "lazy-apps = true"},
		{kind: change.KeepAlive, what: "with SQLAlchemy: test a connection before it is used again, and replace old ones", file: "the program, create_engine",
			snippet: "create_engine(url, pool_pre_ping=True, pool_recycle=300)"},
	}
}

func pythonWeak() []recipe {
	return []recipe{
		{kind: change.TrustAnything, what: "let the program verify nothing", snippet: "context.check_hostname = False\ncontext.verify_mode = ssl.CERT_NONE",
			risk: "anybody on the way can be the server, read everything and change it"},
		{kind: change.SkipNameCheck, what: "verify the CA and not the name", snippet: "context.check_hostname = False", risk: "any certificate of a trusted CA would be accepted"},
		{kind: change.LowerSecurityLevel, what: "lower OpenSSL's security level in the program to {level}", snippet: `context.set_ciphers("DEFAULT@SECLEVEL={level}")`,
			risk: "keys and digests that can be broken are accepted"},
		{kind: change.AllowOldVersion, what: "let the program use {oldver}", when: is("oldv", "TLSv1"),
			snippet: "context.minimum_version = ssl.TLSVersion.TLSv1\ncontext.set_ciphers(\"DEFAULT@SECLEVEL=0\")", risk: "{oldver} is broken"},
		{kind: change.AllowOldVersion, variant: "1.1", what: "let the program use {oldver}", when: is("oldv", "TLSv1.1"),
			snippet: "context.minimum_version = ssl.TLSVersion.TLSv1_1\ncontext.set_ciphers(\"DEFAULT@SECLEVEL=0\")", risk: "{oldver} is broken"},
		{kind: change.AllowLegacyRenegotiation, what: "let the program connect to servers without secure renegotiation (RFC 5746)",
			snippet: "context.options |= 0x4    # ssl.OP_LEGACY_SERVER_CONNECT from Python 3.12 on",
			risk:    "somebody on the way can put a request of their own before yours (CVE-2009-3555)"},
	}
}
