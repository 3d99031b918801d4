package words

import (
	"sort"

	"github.com/tlswhy/tlswhy/internal/fact"
)

// A vendorCode is a number by which a product marks its message, whatever language the message is in.
type vendorCode struct{ code, means string }

// vendorCodes are message numbers around TLS, sorted. Their symptoms are in the rows of their family: Apache httpd
// (docs/log-message-tags), Oracle Database error messages, IBM MQ messages.
var vendorCodes = [...]vendorCode{
	{"AH00126", "Apache httpd: a request line is not HTTP, such as a TLS ClientHello on a plaintext port"},
	{"AH00898", "Apache httpd: the proxied request failed; the text behind it says why"},
	{"AH00957", "Apache httpd: mod_proxy cannot connect to the backend"},
	{"AH00961", "Apache httpd: mod_proxy cannot start TLS to the backend"},
	{"AH01084", "Apache httpd: mod_proxy cannot pass the request body to the backend"},
	{"AH01097", "Apache httpd: mod_proxy cannot pass the request body to the backend"},
	{"AH01102", "Apache httpd: the backend closed before its status line"},
	{"AH01114", "Apache httpd: mod_proxy_http cannot connect to the backend"},
	{"AH01884", "Apache httpd: OpenSSL's FIPS mode is on"},
	{"AH01895", "Apache httpd: the CA files for client certificates cannot be used"},
	{"AH01897", "Apache httpd: client certificates are demanded, but no CA is configured"},
	{"AH01898", "Apache httpd: the cipher list leaves no suite"},
	{"AH01899", "Apache httpd: revocation is checked, but no CRL is configured"},
	{"AH01906", "Apache httpd: the server's certificate is a CA certificate"},
	{"AH01909", "Apache httpd: the server's certificate does not name the virtual host"},
	{"AH01914", "Apache httpd: a virtual host's TLS is being set up"},
	{"AH01915", "Apache httpd: TLS is on for the plaintext port 80"},
	{"AH01916", "Apache httpd: plaintext is on for port 443"},
	{"AH01918", "Apache httpd: no OCSP responder is known"},
	{"AH01925", "Apache httpd: an OCSP response does not verify"},
	{"AH01941", "Apache httpd: the OCSP responder cannot be asked for stapling"},
	{"AH01961", "Apache httpd: an https backend without SSLProxyEngine"},
	{"AH01990", "Apache httpd: too few random numbers yet"},
	{"AH01996", "Apache httpd: an HTTP request came to a TLS port"},
	{"AH01997", "Apache httpd: the TLS handshake with the backend failed, the client gets 502"},
	{"AH01998", "Apache httpd: a connection was closed"},
	{"AH01999", "Apache httpd: a connection was closed by a fault"},
	{"AH02003", "Apache httpd: the TLS handshake with the backend failed"},
	{"AH02004", "Apache httpd: the backend's certificate is out of date"},
	{"AH02005", "Apache httpd: the backend's certificate has another name"},
	{"AH02006", "Apache httpd: the peer closed in the TLS handshake"},
	{"AH02007", "Apache httpd: the connection broke in the TLS handshake"},
	{"AH02008", "Apache httpd: the TLS library refused the handshake; the next line says why"},
	{"AH02009", "Apache httpd: a client certificate failed its check and was let through"},
	{"AH02010", "Apache httpd: a client certificate failed its check"},
	{"AH02011", "Apache httpd: no acceptable client certificate"},
	{"AH02031", "Apache httpd: SNI was sent, but no Host header"},
	{"AH02032", "Apache httpd: SNI and Host header lead to virtual hosts of different TLS settings"},
	{"AH02033", "Apache httpd: no SNI was sent, and strict SNI checking is on"},
	{"AH02039", "Apache httpd: a certificate failed its check; the number is OpenSSL's"},
	{"AH02040", "Apache httpd: a certificate chain is deeper than the limit"},
	{"AH02042", "Apache httpd: a client's renegotiation was refused"},
	{"AH02044", "Apache httpd: no virtual host has the SNI name"},
	{"AH02206", "Apache httpd: no client certificate in the proxy's file"},
	{"AH02217", "Apache httpd: the issuer's certificate for OCSP stapling is missing"},
	{"AH02218", "Apache httpd: the certificate names no OCSP responder"},
	{"AH02222", "Apache httpd: no client certificate is there to be checked again"},
	{"AH02224", "Apache httpd: the client certificate failed a renegotiation"},
	{"AH02225", "Apache httpd: a renegotiation was not answered"},
	{"AH02231", "Apache httpd: all protocol versions are switched off"},
	{"AH02252", "Apache httpd: the proxy's client certificate lacks its key"},
	{"AH02256", "Apache httpd: a virtual host with its own client CAs needs SNI"},
	{"AH02261", "Apache httpd: a renegotiation failed"},
	{"AH02262", "Apache httpd: a renegotiation failed at the client certificate"},
	{"AH02263", "Apache httpd: a renegotiation brought no client certificate"},
	{"AH02264", "Apache httpd: a renegotiation did not bring the demanded suite"},
	{"AH02268", "Apache httpd: the backend demands a client certificate and none is configured"},
	{"AH02276", "Apache httpd: a certificate failed its check; the number is OpenSSL's"},
	{"AH02311", "Apache httpd: mod_ssl cannot start"},
	{"AH02312", "Apache httpd: mod_ssl cannot start"},
	{"AH02326", "Apache httpd: the proxy's client certificate and key do not belong together"},
	{"AH02411", "Apache httpd: the backend's certificate does not name the host"},
	{"AH02561", "Apache httpd: the certificate file cannot be used"},
	{"AH02562", "Apache httpd: the certificate file cannot be used"},
	{"AH02564", "Apache httpd: the private key file cannot be used"},
	{"AH02565", "Apache httpd: certificate and private key do not belong together"},
	{"AH02572", "Apache httpd: a virtual host has no usable certificate and key"},
	{"AH02573", "Apache httpd: no private key is configured"},
	{"AH02574", "Apache httpd: the private key file cannot be opened"},
	{"AH02577", "Apache httpd: the private key is encrypted and no pass phrase is known"},
	{"AH02579", "Apache httpd: the private key is not found"},
	{"AH02580", "Apache httpd: the pass phrase is wrong"},
	{"AH02604", "Apache httpd: the certificate cannot be stapled"},
	{"AH02645", "Apache httpd: no SNI was sent, the default virtual host answers"},
	{"AH10085", "Apache httpd: a virtual host waits for its certificate"},
	{"AH10129", "Apache httpd: a client certificate is asked for after the handshake"},
	{"AH10158", "Apache httpd: the client cannot send a certificate after the handshake"},
	{"AH10273", "Apache httpd: the backend chose no application protocol"},
	{"AH10274", "Apache httpd: the backend chose an application protocol that was not offered"},
	{"AMQ9503E", "IBM MQ: channel negotiation failed"},
	{"AMQ9631E", "IBM MQ: the negotiated CipherSpec is not the channel's"},
	{"AMQ9633E", "IBM MQ: bad certificate"},
	{"AMQ9635E", "IBM MQ: the channel's CipherSpec is not valid"},
	{"AMQ9636E", "IBM MQ: the peer's distinguished name does not match SSLPEER"},
	{"AMQ9637E", "IBM MQ: the partner sent no certificate"},
	{"AMQ9638E", "IBM MQ: TLS communication error"},
	{"AMQ9639E", "IBM MQ: the remote channel has no CipherSpec"},
	{"AMQ9641E", "IBM MQ: the remote CipherSpec differs"},
	{"AMQ9642E", "IBM MQ: the queue manager or client has no certificate"},
	{"AMQ9657E", "IBM MQ: the key repository cannot be opened"},
	{"AMQ9660E", "IBM MQ: the key repository's stash file is missing"},
	{"AMQ9661E", "IBM MQ: the partner's data is not TLS"},
	{"AMQ9665E", "IBM MQ: the partner closed in the handshake"},
	{"AMQ9716E", "IBM MQ: revocation cannot be checked"},
	{"AMQ9771E", "IBM MQ: the TLS handshake failed"},
	{"ORA-12154", "Oracle: the connect name cannot be resolved"},
	{"ORA-12170", "Oracle: connect timeout"},
	{"ORA-12537", "Oracle: the peer closed the connection"},
	{"ORA-12541", "Oracle: no listener"},
	{"ORA-12545", "Oracle: the host cannot be reached or resolved"},
	{"ORA-12547", "Oracle: the connection was lost"},
	{"ORA-12560", "Oracle: the protocol adapter failed"},
	{"ORA-12606", "Oracle: the peer did not answer in time"},
	{"ORA-12650", "Oracle: no common algorithm for native encryption"},
	{"ORA-12660", "Oracle: native encryption settings clash"},
	{"ORA-24263", "Oracle: the remote certificate does not name the target"},
	{"ORA-28040", "Oracle: no common authentication protocol"},
	{"ORA-28750", "Oracle: unknown TLS error"},
	{"ORA-28759", "Oracle: the wallet cannot be opened"},
	{"ORA-28857", "Oracle: unknown TLS error"},
	{"ORA-28858", "Oracle: TLS protocol error"},
	{"ORA-28859", "Oracle: the TLS handshake failed"},
	{"ORA-28860", "Oracle: fatal TLS error"},
	{"ORA-28861", "Oracle: the TLS connection would block"},
	{"ORA-28862", "Oracle: the TLS connection failed"},
	{"ORA-28864", "Oracle: the peer closed the TLS connection"},
	{"ORA-28865", "Oracle: the TLS connection was closed"},
	{"ORA-28868", "Oracle: the peer's certificate chain failed its check"},
	{"ORA-29003", "Oracle: the server's certificate has another name"},
	{"ORA-29005", "Oracle: the certificate is invalid"},
	{"ORA-29019", "Oracle: the protocol version is not usable"},
	{"ORA-29024", "Oracle: certificate validation failed"},
	{"ORA-29039", "Oracle: no common cipher suite"},
	{"ORA-29106", "Oracle: the wallet cannot be read"},
	{"ORA-29263", "Oracle: the peer's answer is not HTTP"},
	{"ORA-29273", "Oracle: the HTTP request failed; the next code says why"},
}

// vendorCodeLen is the length of the longest code, in bytes.
const vendorCodeLen = 9

// vendorNumbers decodes the message numbers of products: "AH02032", "ORA-29024", "AMQ9637E".
func vendorNumbers(clean string, r *Reading) {
	for at := 0; at < len(clean); {
		end := at
		for end < len(clean) && inVendorCode(clean[end]) {
			end++
		}
		if end-at <= vendorCodeLen {
			if means := vendorMeans(clean[at:end]); means != "" {
				r.Code(clean[at:end], means)
				r.Contexts = append(r.Contexts, vendorContexts(clean[at:end])...)
			}
		}
		at = end + 1
	}
}

// vendorContexts are the circumstances that the letters of a code tell.
func vendorContexts(code string) []fact.Context {
	switch code[:2] {
	case "AH":
		return []fact.Context{fact.Web, "apache"}
	case "OR":
		return []fact.Context{fact.Database, "oracle"}
	}
	return []fact.Context{"ibmmq"}
}

func inVendorCode(b byte) bool {
	return b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-'
}

// vendorMeans is "" for what is none of the codes.
func vendorMeans(code string) string {
	i := sort.Search(len(vendorCodes), func(i int) bool { return vendorCodes[i].code >= code })
	if i < len(vendorCodes) && vendorCodes[i].code == code {
		return vendorCodes[i].means
	}
	return ""
}
