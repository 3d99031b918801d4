package client

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// javaSSL is Java's SSLSocket. It compares the name only where endpoint identification is set, as HttpsURLConnection does
// and a bare SSLSocket does not.
func javaSSL() Product {
	does := func(chain, name bool, roots RootsUse) Behaviour {
		return Behaviour{Profile: java17(), TLS: TLSRequire, Chain: chain, Name: name, Roots: roots, Refuse: javaWarning, Text: javaText}
	}
	old := does(true, true, RootsBundled)
	old.Profile = java8()
	return Product{
		ID: "java", Says: "Java JSSE (8 and 17)", Protocols: []string{"tls", "https"},
		Modes: []Mode{
			{ID: "HTTPS", Says: "HttpsURLConnection: cacerts and the name", Versions: "8", Does: old},
			{ID: "HTTPS", Says: "HttpsURLConnection: cacerts and the name", Versions: "11", Does: does(true, true, RootsBundled)},
			{ID: "truststore + HTTPS", Says: "a trust store, endpoint identification HTTPS", Does: does(true, true, RootsGiven)},
			{ID: "truststore", Says: "a trust store, no name: SSLSocket's default", Does: does(true, false, RootsGiven)},
			{ID: "trust-all", Says: "a trust manager that takes everything", Does: does(false, false, RootsGiven)},
		},
		Aliases: []string{"jsse", "java sslsocket", "jdk"},
	}
}

// javaWarned is the reason for breaking off at an unrecognized_name warning: JSSE takes any warning of the handshake for
// fatal (sun.security.ssl.Alert, AlertConsumer).
const javaWarned = "warning-unrecognized-name"

func javaWarning(step string, h *fact.Handshake) string {
	if step == StepHello && h != nil && slices.ContainsFunc(h.Alerts, warnedName) {
		return javaWarned
	}
	return ""
}

func warnedName(a fact.Alert) bool {
	return a.From == wire.ServerSide && a.Level == 1 && a.Code == wire.AlertUnrecognizedName
}
