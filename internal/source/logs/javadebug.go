package logs

import (
	"bytes"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// javaDebug reads what -Djavax.net.debug=ssl prints: since Java 11 (and 8u261) "javax.net.ssl|ERROR|10|main|2026-11-22
// 24:00:57.640 UTC|TransportContext.java:375|text" with indented lines after it (sun.security.ssl.SSLLogger), before that "main,
// RECV TLSv1.2 ALERT:  fatal, handshake_failure".
var javaDebug = Dialect{
	ID:      "java-debug",
	Anchors: []string{"|ERROR|", "|SEVERE|", "|WARNING|", " ALERT:", "handling exception:", "Exception in thread ", "fatal error: ", "Exception while waiting for close"},
	Parse: func(line []byte, o *Options) (Record, bool) {
		if r, ok := javaDebugNew(line, o); ok {
			return r, true
		}
		return javaDebugOld(line)
	},
	Continues: func(line []byte) bool {
		return len(line) == 0 || oneOf(line[0], " \t\"{}()[]") || javaTrace(line)
	},
}

func javaDebugNew(line []byte, o *Options) (Record, bool) {
	f := bytes.SplitN(line, []byte("|"), 7)
	if len(f) < 7 || string(f[0]) != "javax.net.ssl" {
		return Record{}, false
	}
	at, _, ok := isoClock(f[4], o)
	if !ok {
		return Record{}, false
	}
	r := Record{At: at, Level: string(f[1]), Product: "java", Message: string(f[6])}
	if bytes.HasPrefix(f[5], []byte("ServerNameExtension")) && strings.HasPrefix(r.Message, "Unable to indicate") {
		r.Contexts = []fact.Context{fact.ByClient}
	}
	return r, true
}

// javaVerbs are what follows a thread's name in the old form (sun.security.ssl.SSLSocketImpl of Java 8).
var javaVerbs = []string{
	"RECV TLS", "SEND TLS", "RECV SSL", "SEND SSL", "READ: ", "WRITE: ", "handling exception: ", "fatal error: ", "fatal: ", "called close", "closing ", "received EOFException",
	"Exception while waiting for close", "IOException in getSession", "waiting for close", "setSoTimeout", "Invalidated", "READ:  ", "WARNING: ",
}

func javaDebugOld(line []byte) (Record, bool) {
	r := Record{Product: "java"}
	if bytes.HasPrefix(line, []byte("Exception in thread ")) { // the uncaught exception that such a run ends with
		r.Message = string(line)
		return r, true
	}
	if bytes.HasPrefix(line, []byte("*** ")) || bytes.HasPrefix(line, []byte("%% ")) {
		r.Message = string(line)
		return r, bytes.HasPrefix(line, []byte("%% ")) || javaStars(line)
	}
	thread, text, ok := bytes.Cut(line[:min(len(line), 200)], []byte(", "))
	if !ok || len(thread) == 0 || len(thread) > 80 {
		return r, false
	}
	for _, v := range javaVerbs {
		if bytes.HasPrefix(text, []byte(v)) {
			r.Message = string(line[len(thread)+2:])
			return r, true
		}
	}
	return r, false
}

// javaStars: "*** ClientHello, TLSv1.2" and the like.
func javaStars(line []byte) bool {
	for _, s := range []string{"ClientHello", "ServerHello", "Certificate", "Finished", "ECDH", "ClientKeyExchange", "ServerKeyExchange", "CertificateRequest", "CertificateVerify", "Diffie-Hellman"} {
		if bytes.HasPrefix(line[4:], []byte(s)) {
			return true
		}
	}
	return false
}

// javaTrace: a line of a stack trace, or the name of an exception that begins one.
func javaTrace(line []byte) bool {
	for _, s := range []string{"at ", "Caused by:", "Suppressed:", "... "} {
		if bytes.HasPrefix(line, []byte(s)) {
			return true
		}
	}
	name, _, _ := bytes.Cut(line[:min(len(line), 200)], []byte(":"))
	return bytes.IndexByte(name, ' ') < 0 && bytes.IndexByte(name, '.') > 0 &&
		(bytes.HasSuffix(name, []byte("Exception")) || bytes.HasSuffix(name, []byte("Error")) || bytes.HasSuffix(name, []byte("Failure")))
}
