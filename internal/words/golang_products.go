package words

import (
	"github.com/tlswhy/tlswhy/internal/fact"
)

// goProductRows are the messages of programs written in Go.
var goProductRows = []row{
	{say: "Are you trying to connect to a TLS-enabled daemon without TLS", is: fact.HTTPRequestHere, in: inGoDockerClient},
	{say: "Is your docker daemon up and running", is: fact.CannotConnect, in: inGoDockerClient},
	{say: "Error response from daemon", in: inGoDocker},
	{say: "error during connect", in: inGoDockerClient},
	{say: "pinging container registry", in: inGoDockerClient},
	{say: "failed to do request: Head", in: inGoDockerClient},
	{say: "Unable to connect to the server", in: inGoKubernetesClient},
	{say: "The connection to the server … was refused", is: fact.ConnectionRefused, in: inGoKubernetesClient},
	{say: "Unable to authenticate the request", in: inGoKubernetesServer},
	{say: "failed calling webhook", in: inGoKubernetesClient},
	{say: "not signed by CA certificate", is: fact.IssuerUnknown, in: inGoKubernetes},
	{say: "the server has asked for the client to provide credentials", is: fact.NoPeerCert, in: inGoKubernetesClient},
	{say: `rejected connection … error "EOF"`, is: fact.EOFInHandshake, in: inGoEtcdServer},
	{say: `rejected connection … "error":"EOF"`, is: fact.EOFInHandshake, in: inGoEtcdServer},
	{say: "rejected connection … ServerName", in: inGoEtcdServer},
	{say: "rejected connection … server-name", in: inGoEtcdServer},
	{say: "does not match any of DNSNames", is: fact.CertName, in: inGoEtcdServer},
	{say: "transport: http2Server.HandleStreams failed to receive the preface from client", is: fact.Closed, in: inGoEtcdServer},
	{say: "no certificate available for", is: fact.UnrecognizedName, in: inGoServerWebCaddy},
	{say: "strict SNI enabled - No certificate found for domain", is: fact.UnrecognizedName, in: inGoServerWebTraefik},
	{say: "acme/autocert: missing server name", is: fact.NoNameSent, in: inGoServerWeb},
	{say: "acme/autocert: server name component count invalid", is: fact.UnrecognizedName, in: inGoServerWeb},
	{say: "not configured in HostWhitelist", is: fact.UnrecognizedName, in: inGoServerWeb},
	{say: "Error while Peeking first byte", is: fact.BrokeInHandshake, in: inGoServerWebTraefik},
	{say: "Error while Peeking hello", is: fact.BrokeInHandshake, in: inGoServerWebTraefik},
	{say: "error loading TLS cert", in: inGoVaultServerAtStart},
	{say: `expected a valid start token, got "\x15"`, is: fact.HTTPRequestHere, in: inGoPrometheusClientWeb},
	{say: "unable to use specified CA cert", is: fact.CAFileMissing, in: inGoPrometheusClientAtStart},
	{say: "smtp: server doesn't support AUTH", is: fact.OtherFault, in: inGoMailClient},
	{say: "server doesn't support STARTTLS", is: fact.ServerWithoutTLS, in: inGoMailClient},
}
