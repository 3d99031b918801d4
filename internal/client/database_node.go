package client

import (
	"fmt"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
)

// A nodeError is an Error object of Node as a program that prints its properties shows it.
type nodeError struct {
	code, errno, state, reason string // "ECONNRESET", "-104", SQLSTATE, OpenSSL's reason
	class                      string // "Error", "SqlError"; "" is Error
	message                    string
}

// String writes the properties that are there, then class and message.
func (e nodeError) String() string {
	var s strings.Builder
	for _, p := range []struct{ name, value string }{{"code", e.code}, {"errno", e.errno}, {"sqlState", e.state}, {"reason", e.reason}} {
		if p.value != "" {
			s.WriteString(p.name + "=" + p.value + " ")
		}
	}
	class := e.class
	if class == "" {
		class = "Error"
	}
	return s.String() + class + ": " + e.message
}

// nodeRoot is where Node's own copy of OpenSSL stands in its build.
const nodeRoot = "../deps/openssl/openssl/"

// driverNode is the error that Node's net and tls give a driver.
func driverNode(f Failure) nodeError {
	switch {
	case f.Step == StepTCP:
		code := nodeErrno(f.How)
		return nodeError{code: code, errno: fmt.Sprint(-errno(f.How)), message: "connect " + code + " " + f.server() + ":" + f.port()}
	case f.How == fact.EndReset:
		return nodeError{code: "ECONNRESET", errno: "-104", message: "read ECONNRESET"}
	case f.How == fact.EndClosed:
		return nodeError{code: "ECONNRESET", message: nodeGone}
	case f.Reason == "chain":
		return nodeChain(f)
	case f.Reason == "name":
		return nodeName(f)
	}
	e, ok := opensslFailure(f)
	if !ok {
		return nodeError{message: string(f.How)}
	}
	return nodeError{code: "ERR_SSL_" + mnemonic(e), reason: e.text(), message: "00000000:" + e.long(nodeRoot)}
}

const nodeGone = "Client network socket disconnected before secure TLS connection was established"

func nodeErrno(how fact.How) string {
	switch how {
	case fact.EndRefused:
		return "ECONNREFUSED"
	case fact.EndReset:
		return "ECONNRESET"
	case fact.EndUnreachable:
		return "EHOSTUNREACH"
	}
	return "ETIMEDOUT"
}

// nodeChain is the result of the verification, which Node asks for when the handshake is over (lib/_tls_wrap.js, onConnectSecure).
func nodeChain(f Failure) nodeError {
	id, text := names.X509Verify(x509Last(f))
	return nodeError{code: strings.TrimPrefix(id, "X509_V_ERR_"), message: text}
}

// nodeName is what checkServerIdentity of lib/tls.js says.
func nodeName(f Failure) nodeError {
	reason := "Host: " + f.Verdict.Name + ". is not in the cert's altnames: " + strings.Join(nodeAltNames(f), ", ")
	if leaf := f.leaf(); leaf != nil && len(leaf.DNSNames) == 0 && !isAddress(f.Verdict.Name) {
		reason = "Host: " + f.Verdict.Name + ". is not cert's CN: " + leaf.CommonName
	}
	if isAddress(f.Verdict.Name) {
		reason = "IP: " + f.Verdict.Name + " is not in the cert's list: " + strings.Join(nodeAddresses(f), ", ")
	}
	return nodeError{code: "ERR_TLS_CERT_ALTNAME_INVALID", reason: reason, message: "Hostname/IP does not match certificate's altnames: " + reason}
}

func nodeAltNames(f Failure) []string {
	var out []string
	if leaf := f.leaf(); leaf != nil {
		for _, n := range leaf.DNSNames {
			out = append(out, "DNS:"+n)
		}
		for _, n := range leaf.IPs {
			out = append(out, "IP Address:"+n)
		}
	}
	return out
}

func nodeAddresses(f Failure) []string {
	if leaf := f.leaf(); leaf != nil {
		return leaf.IPs
	}
	return nil
}

// nodeBehaviour is a behaviour of Node 20's tls module: chain and name are looked at when the handshake is over.
func nodeBehaviour(b Behaviour) Behaviour {
	b.Profile, b.ChainLate, b.NameLate = node20(), true, true
	return b
}
