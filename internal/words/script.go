package words

import (
	"slices"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// scriptRows are the phrases of scripting languages' run times and libraries, and of wget and git.
var scriptRows = slices.Concat(resolverRows, pythonRows, nodeRows, phpRows, rubyRows, perlRows, wgetRows, scriptServerRows, libcRows, wgetAbroadRows)

// resolverRows are sentences of getaddrinfo(3) on Linux, BSD and macOS, and Node's names for its results.
var resolverRows = []row{
	{say: "name or service not known", is: fact.NameNotFound},
	{say: "nodename nor servname provided", is: fact.NameNotFound},
	{say: "Cannot resolve hostname", is: fact.NameNotFound},
	{say: "no address associated with hostname", is: fact.NameNotFound},
	{say: "no address associated with name", is: fact.NameNotFound},
	{say: "getaddrinfo enotfound", is: fact.NameNotFound, in: []fact.Context{"node"}},
	{say: "queryTxt ETIMEOUT", is: fact.ResolverFailed, in: []fact.Context{"node"}}, // Node lib/dns.js
	{say: "querySrv ESERVFAIL", is: fact.ResolverFailed, in: []fact.Context{"node"}},
	{say: "getaddrinfo failed", is: fact.NameNotFound},
	{say: "temporary failure in name resolution", is: fact.ResolverFailed},
	{say: "eai_again", is: fact.ResolverFailed},
}

var (
	python = []fact.Context{"python"}
	node   = []fact.Context{"node"}
	php    = []fact.Context{"php", fact.ByClient}
	ruby   = []fact.Context{"ruby"}
	perl   = []fact.Context{"perl"}
	wget   = []fact.Context{"wget", fact.ByClient}
)

// pythonRows: Modules/_ssl.c, Lib/ssl.py, Lib/asyncio/sslproto.py, requests, urllib3, aiohttp, pip.
var pythonRows = []row{
	{say: "_ssl.c", in: python},
	{say: "ssl.sslerror", in: python},
	{say: "sslcertverificationerror", in: []fact.Context{"python", fact.ByClient}},
	{say: "httpsconnectionpool", in: []fact.Context{"python", fact.ByClient}},
	{say: "requests.exceptions", in: []fact.Context{"python", fact.ByClient}},
	{say: "urllib3.exceptions", in: []fact.Context{"python", fact.ByClient}},
	{say: "urlopen error", in: []fact.Context{"python", fact.ByClient}},
	{say: "the handshake operation timed out", is: fact.SilentInHandshake, in: python},
	{say: "ssl handshake is taking longer than", is: fact.SilentInHandshake, in: python},
	{say: "tls/ssl connection has been closed (eof)", is: fact.EOFInHandshake, in: python},
	{say: "remote end closed connection without response", is: fact.Closed, in: []fact.Context{"python", fact.ByClient}},
	{say: "openssl.ssl.error", in: python},
	{say: "syscallerror … unexpected eof", is: fact.EOFInHandshake, in: python},
	{say: "dnsmismatch", is: fact.CertName, in: []fact.Context{"python", fact.ByClient}},
	{say: "ipaddressmismatch", is: fact.IPMismatch, in: []fact.Context{"python", fact.ByClient}},
	{say: "no cipher can be selected", is: fact.NoCipherLeft, in: python},
	{say: "connecttimeouterror", is: fact.ConnectTimeout, in: []fact.Context{"python", fact.ByClient}},
	{say: "read timed out. (read timeout", is: fact.TimedOut, in: []fact.Context{"python", fact.ByClient, fact.InUse}},
	{say: "httpx.connecttimeout", is: fact.ConnectTimeout, in: []fact.Context{"python", fact.ByClient}},
	{say: "httpcore.connecttimeout", is: fact.ConnectTimeout, in: []fact.Context{"python", fact.ByClient}},
	{say: "httpx.connecterror", in: []fact.Context{"python", fact.ByClient}},
	{say: "all connection attempts failed", is: fact.CannotConnect, in: []fact.Context{"python", fact.ByClient}},
	{say: "serverdisconnectederror", is: fact.Closed, in: []fact.Context{"python", fact.ByClient}},
	{say: "server disconnected without sending a response", is: fact.Closed, in: []fact.Context{"python", fact.ByClient}},
	{say: "the read operation timed out", is: fact.TimedOut, in: []fact.Context{"python", fact.InUse}},
	{say: "hostname … doesn't match either of", is: fact.CertName, in: []fact.Context{"python", fact.ByClient}},
	{say: "certificateerror: hostname … doesn't match", is: fact.CertName, in: []fact.Context{"python", fact.ByClient}},
	{say: "no appropriate commonname or subjectaltname fields were found", is: fact.CertName, in: []fact.Context{"python", fact.ByClient}},
	{say: "could not find a suitable tls ca certificate bundle", is: fact.CAFileMissing, in: python},
	{say: "could not find the tls certificate file", is: fact.FileMissing, in: python},
	{say: "could not find the tls key file", is: fact.FileMissing, in: python},
	{say: "unverified https request is being made", is: fact.VerificationOff, in: python},
	{say: "tunnel connection failed", is: fact.TunnelRefused, in: python},
	{say: "your proxy appears to only use http and not https", is: fact.HTTPSProxyURL, in: python},
	{say: "cannot connect to host … ssl:", in: []fact.Context{"python", fact.ByClient}},
	{say: "connect call failed", is: fact.CannotConnect, in: python},
	{say: "because the ssl module is not available", is: fact.TLSInitFailed, in: python},
	{say: "the ssl module in python is not available", is: fact.TLSInitFailed, in: python},
	{say: "urllib3 v2 only supports openssl", is: fact.RuntimeTooOld, in: python},
	{say: "there was a problem confirming the ssl certificate", is: fact.VerifyFailed, in: []fact.Context{"python", fact.ByClient}},
	{say: "check_hostname requires server_hostname", is: fact.OptionsClash, in: python},
	{say: "cannot set verify_mode to cert_none when check_hostname is enabled", is: fact.OptionsClash, in: python},
}

// nodeRows: lib/tls.js, lib/_tls_wrap.js, lib/internal/errors.js, src/crypto, undici.
var nodeRows = []row{
	{say: "node:internal", in: node},
	{say: "tlssocket", in: node},
	{say: "npm err!", in: []fact.Context{"node", fact.ByClient}},
	{say: "eproto", in: node},
	{say: "err_tls_cert_altname_invalid", is: fact.CertName, in: []fact.Context{"node", fact.ByClient}},
	{say: "does not match certificate's altnames", is: fact.CertName, in: []fact.Context{"node", fact.ByClient}},
	{say: "doesn't match certificate's altnames", is: fact.CertName, in: []fact.Context{"node", fact.ByClient}},
	{say: "is not in the cert's altnames", is: fact.CertName, in: []fact.Context{"node", fact.ByClient}},
	{say: "is not in the cert's list", is: fact.IPMismatch, in: []fact.Context{"node", fact.ByClient}},
	{say: "cert does not contain a dns name", is: fact.CertName, in: []fact.Context{"node", fact.ByClient}},
	{say: "unknown_certificate_verification_error", is: fact.VerifyFailed, in: []fact.Context{"bun", fact.ByClient}},
	{say: "is the computer able to access the url", is: fact.CannotConnect, in: []fact.Context{"bun", fact.ByClient}},
	{say: "expected http/, rtsp/ or ice/", is: fact.NotThisProtocol, in: []fact.Context{"node", fact.ByClient}},
	{say: "cert is empty", is: fact.NoPeerCert, in: []fact.Context{"node", fact.ByClient}},
	{say: "client network socket disconnected before secure tls connection was established", is: fact.EOFInHandshake, in: []fact.Context{"node", fact.ByClient}},
	{say: "tunneling socket could not be established", is: fact.TunnelRefused, in: []fact.Context{"node", fact.ByClient}},
	{say: "esockettimedout", is: fact.TimedOut, in: []fact.Context{"node", fact.ByClient}},
	{say: "err_socket_timeout", is: fact.TimedOut, in: []fact.Context{"node", fact.ByClient}},
	{say: "timeout of … *ms exceeded", is: fact.TimedOut, in: []fact.Context{"node", fact.ByClient}},
	{say: "socket hang up", is: fact.Closed, in: []fact.Context{"node", fact.ByClient}},
	{say: "other side closed", is: fact.Closed, in: []fact.Context{"node", fact.ByClient}},
	{say: "und_err_connect_timeout", is: fact.ConnectTimeout, in: []fact.Context{"node", fact.ByClient}},
	{say: "err_tls_handshake_timeout", is: fact.SilentInHandshake, in: node},
	{say: "err_tls_dh_param_size", is: fact.DHTooSmall, in: []fact.Context{"node", fact.ByClient}},
	{say: "dh parameter size … is less than", is: fact.DHTooSmall, in: []fact.Context{"node", fact.ByClient}},
	{say: "err_tls_invalid_protocol_version", is: fact.OptionInvalid, in: node},
	{say: "is not a valid … tls protocol version", is: fact.OptionInvalid, in: node},
	{say: "err_tls_protocol_version_conflict", is: fact.OptionsClash, in: node},
	{say: "missing pfx or certificate + private key", is: fact.NoServerCredential, in: node},
	{say: "unable to load pfx certificate", is: fact.FileBad, in: node},
	{say: "unsupported pkcs12 pfx data", is: fact.FileBad, in: node},
	{say: "err_ossl_evp_unsupported", is: fact.OtherFault, in: node},
	{say: "err_ossl_unsupported", is: fact.FileBad, in: node},
	{say: "node_tls_reject_unauthorized … makes tls connections", is: fact.VerificationOff, in: node},
	{say: "ignoring extra certs from", is: fact.CAFileMissing, in: node},
	{say: "tls session renegotiation attack detected", is: fact.UnsafeRenegotiation, in: []fact.Context{"node", fact.ByServer}},
}

// phpRows: main/streams, ext/openssl/xp_ssl.c, PHPMailer.
var phpRows = []row{
	{say: "failed to enable crypto", is: fact.HandshakeFailed, in: php},
	{say: "ssl operation failed with code", in: php},
	{say: "ssl: handshake timed out", is: fact.SilentInHandshake, in: php},
	{say: "peer certificate cn= … did not match expected cn", is: fact.CertName, in: php},
	{say: "unable to locate peer certificate cn", is: fact.CertName, in: php},
	{say: "peer_fingerprint match failure", is: fact.PinMismatch, in: php},
	{say: "could not get peer certificate", is: fact.NoPeerCert, in: php},
	{say: "unable to set verify locations", is: fact.CAFileMissing, in: php},
	{say: "failed loading cafile stream", is: fact.CAFileMissing, in: php},
	{say: "unable to set local cert chain file", is: fact.FileBad, in: php},
	{say: "private key does not match certificate", is: fact.KeyMismatch, in: php},
	{say: "smtp connect() failed", is: fact.CannotConnect, in: php},
	{say: "stream_socket_client", in: php},
	{say: "stream_socket_enable_crypto", in: php},
	{say: "unable to connect to ssl://*", in: php},
	{say: "unable to connect to tls://*", in: php},
	{say: "php warning", in: []fact.Context{"php"}},
}

// rubyRows: ext/openssl/ossl_ssl.c, lib/openssl/ssl.rb, net/http.
var rubyRows = []row{
	{say: "openssl::ssl::sslerror", in: ruby},
	{say: "ssl_connect returned", in: []fact.Context{"ruby", fact.ByClient}},
	{say: "ssl_accept returned", in: []fact.Context{"ruby", fact.ByServer}},
	{say: "hostname … does not match the server certificate", is: fact.CertName, in: []fact.Context{"ruby", fact.ByClient}},
	{say: "hostname was not match with the server certificate", is: fact.CertName, in: []fact.Context{"ruby", fact.ByClient}},
	{say: "errno::econn*", in: []fact.Context{"ruby", fact.ByClient}},
	{say: "eoferror: end of file reached", is: fact.Closed, in: ruby},
	{say: "net::opentimeout", is: fact.ConnectTimeout, in: []fact.Context{"ruby", fact.ByClient}},
	{say: "net::readtimeout", is: fact.TimedOut, in: []fact.Context{"ruby", fact.ByClient, fact.InUse}},
	{say: "neither pub key nor priv key", is: fact.FileBad, in: ruby},
	{say: "could not verify the ssl certificate for", is: fact.VerifyFailed, in: []fact.Context{"ruby", fact.ByClient}},
}

// perlRows: IO::Socket::SSL, LWP, DBI.
var perlRows = []row{
	{say: "ssl connect attempt failed", in: []fact.Context{"perl", fact.ByClient}},
	{say: "ssl accept attempt failed", in: []fact.Context{"perl", fact.ByServer}},
	{say: "ssl connect attempt failed with unknown error", is: fact.HandshakeFailed, in: []fact.Context{"perl", fact.ByClient}},
	{say: "ssl connect attempt failed because of handshake problems", is: fact.HandshakeFailed, in: []fact.Context{"perl", fact.ByClient}},
	{say: "hostname verification failed", is: fact.CertName},
	{say: "can't verify ssl peers without knowing which certificate authorities to trust", is: fact.NoTrustAnchors, in: []fact.Context{"perl", fact.ByClient}},
	{say: "ssl_ca_file … does not exist", is: fact.CAFileMissing, in: perl},
	{say: "ssl_cert_file … does not exist", is: fact.FileMissing, in: perl},
	{say: "ssl_key_file … does not exist", is: fact.FileMissing, in: perl},
	{say: "ssl negotiation failed", is: fact.HandshakeFailed, in: []fact.Context{"perl", fact.ByClient}},
	{say: "can't connect to … (bad hostname)", is: fact.NameNotFound, in: []fact.Context{"perl", fact.ByClient}},
	{say: "dbi connect", in: []fact.Context{"perl", fact.Database, fact.ByClient}},
}

// wgetRows: GNU Wget (src/openssl.c, src/gnutls.c, src/http.c), BusyBox, git.
var wgetRows = []row{
	{say: "unable to access 'https://*", in: []fact.Context{"git", "curl", fact.ByClient}},
	{say: "cannot verify … certificate, issued by", is: fact.VerifyFailed, in: wget},
	{say: "unable to locally verify the issuer's authority", is: fact.IssuerUnknown, in: wget},
	{say: "self-signed certificate encountered", is: fact.CertSelfSigned, in: wget},
	{say: "issued certificate has expired", is: fact.CertExpired, in: wget},
	{say: "issued certificate not yet valid", is: fact.CertNotYetValid, in: wget},
	{say: "certificate common name … doesn't match requested host name", is: fact.CertName, in: wget},
	{say: "no certificate subject alternative name matches", is: fact.CertName, in: wget},
	{say: "certificate's owner does not match hostname", is: fact.CertName, in: wget},
	{say: "the certificate of … doesn't have a known issuer", is: fact.IssuerUnknown, in: wget},
	{say: "the certificate of … hasn't got a known issuer", is: fact.IssuerUnknown, in: wget},
	{say: "the certificate of … is not trusted", is: fact.VerifyFailed, in: wget},
	{say: "the certificate of … has been revoked", is: fact.CertRevoked, in: wget},
	{say: "the certificate of … has expired", is: fact.CertExpired, in: wget},
	{say: "the certificate of … is not yet activated", is: fact.CertNotYetValid, in: wget},
	{say: "the certificate of … was signed using an insecure algorithm", is: fact.DigestTooWeak, in: wget},
	{say: "the certificate signer of … was not a ca", is: fact.InvalidCA, in: wget},
	{say: "no certificate presented by", is: fact.NoPeerCert, in: wget},
	{say: "unable to establish ssl connection", is: fact.HandshakeFailed, in: wget},
	{say: "could not perform ssl handshake", is: fact.HandshakeFailed, in: wget},
	{say: "unable to resolve host address", is: fact.NameNotFound, in: wget},
	{say: "wget: bad address", is: fact.NameNotFound, in: wget},
	{say: "note: tls certificate validation not", is: fact.VerificationOff, in: wget},
	{say: "rpc failed; curl", in: []fact.Context{"git", "curl", fact.ByClient}},
	{say: "use '--no-check-certificate'", in: wget},
}

// scriptServerRows are sentences of the web servers that scripting languages bring: cheroot, Puma, WEBrick, Django, PHP's
// and Node's own, and what asyncio logs of one connection.
var scriptServerRows = []row{
	{say: "peer dropped the tls connection suddenly, during handshake", in: []fact.Context{"python", fact.ByServer, fact.Web}},
	{say: "the client sent a plain http request, but this server only speaks https", is: fact.HTTPRequestHere, in: []fact.Context{"python", fact.ByServer, fact.Web}},
	{say: "accessing the development server over https, but it only supports http", is: fact.TLSToPlainPort, in: []fact.Context{"python", fact.ByServer, fact.Web}},
	{say: "ssl handshake failed … asyncio", is: fact.HandshakeFailed, in: python},
	{say: "ssl error in data received", is: fact.HandshakeFailed, in: python},
	{say: "are you trying to open an ssl connection to a non-ssl puma", is: fact.TLSToPlainPort, in: []fact.Context{"ruby", fact.ByServer, fact.Web}},
	{say: "puma::minissl::sslerror", in: []fact.Context{"ruby", fact.ByServer, fact.Web}},
	{say: "unsupported ssl request", is: fact.TLSToPlainPort, in: []fact.Context{"php", fact.ByServer, fact.Web}},
	{say: "tlsclienterror", in: []fact.Context{"node", fact.ByServer, fact.Web}},
}
