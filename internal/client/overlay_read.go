package client

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tlswhy/tlswhy/internal/fact"
	"github.com/tlswhy/tlswhy/internal/names"
	"github.com/tlswhy/tlswhy/internal/wire"
)

// A reading puts one option into an overlay; it answers false for a value that is not imitated.
type reading func(o *Overlay, value string) bool

// overlay reads the options that change what the mode offers and demands. What sounds of TLS, or of another way to the server,
// and is read by nothing is noted as not imitated: the answer must not be taken for one about it.
func (c *connection) overlay() Overlay {
	var o Overlay
	if len(c.settings) == 0 {
		return o
	}
	own := readings(c.settings[0].Dialect)
	for i := range c.settings {
		s := &c.settings[i]
		if s.Unknown {
			continue // the product does not read it either, or complains
		}
		read, ok := own[s.Name]
		if !ok {
			read, ok = driverReadings[s.Name]
		}
		switch {
		case ok && read(&o, s.Value()):
			o.Says = append(o.Says, given(s))
		case ok || shaping(s):
			o.Unlike = append(o.Unlike, given(s))
		}
	}
	return o
}

// given is an option as it was written, near enough to be found again.
func given(s *fact.Setting) string {
	dash := " "
	if !strings.HasPrefix(s.Name, "-") {
		dash = "="
	}
	if len(s.Args) == 0 {
		dash = ""
	}
	return s.Name + dash + strings.Join(s.Args, " ")
}

// readings are the options of programs, whose names mean different things to each.
func readings(dialect string) map[string]reading {
	switch dialect {
	case "curl":
		return curlReadings
	case "wget":
		return wgetReadings
	case "openssl":
		return opensslReadings
	case "gnutls-cli":
		return map[string]reading{"--priority": readPriority}
	case "redis-cli":
		return map[string]reading{"--tls-ciphers": readCipherString, "--tls-ciphersuites": readSuites13}
	case "mariadb", "odbc-mariadb": // Connector/C gives the string to both of OpenSSL's lists (ma_openssl.c)
		return map[string]reading{"ssl-cipher": readBothCiphers, "SSLCIPHER": readBothCiphers}
	case "mssql-jdbc":
		return map[string]reading{"sslProtocol": readProtocol}
	}
	return nil
}

var curlReadings = map[string]reading{
	"--tlsv1": atLeast(wire.TLS10), "--tlsv1.0": atLeast(wire.TLS10), "--tlsv1.1": atLeast(wire.TLS11), "--tlsv1.2": atLeast(wire.TLS12),
	"--tlsv1.3": atLeast(wire.TLS13), "--tls-max": readMax, "--ciphers": readCipherString, "--tls13-ciphers": readSuites13,
	"--curves": readGroups, "--pinnedpubkey": readPins, "--no-alpn": dropALPN, "--ipv4": family(4), "--ipv6": family(6),
	"--connect-to": connectElsewhere, "--resolve": connectElsewhere,
}

// wgetReadings: built on GnuTLS a version of --secure-protocol is the lowest one (src/gnutls.c, set_prio_default), and --ciphers a
// priority string.
var wgetReadings = map[string]reading{
	"--secure-protocol": func(o *Overlay, value string) bool {
		switch strings.ToUpper(value) {
		case "AUTO":
			return true
		case "PFS":
			return readPriority(o, "PFS")
		case "TLSV1", "TLSV1_1", "TLSV1_2", "TLSV1_3":
			return readMin(o, value)
		}
		return false
	},
	"--ciphers": readPriority, "--pinnedpubkey": readPins, "--inet4-only": family(4), "--inet6-only": family(6),
}

var opensslReadings = map[string]reading{
	"-tls1": just(wire.TLS10), "-tls1_1": just(wire.TLS11), "-tls1_2": just(wire.TLS12), "-tls1_3": just(wire.TLS13),
	"-no_tls1": without(wire.TLS10), "-no_tls1_1": without(wire.TLS11), "-no_tls1_2": without(wire.TLS12), "-no_tls1_3": without(wire.TLS13),
	"-min_protocol": readMin, "-max_protocol": readMax, "-cipher": readCipherString, "-ciphersuites": readSuites13,
	"-groups": readGroups, "-curves": readGroups, "-sigalgs": readSignatures, "-alpn": readALPN,
	"-auth_level": readLevel, "-legacy_server_connect": takeLegacy(true), "-no_legacy_server_connect": takeLegacy(false), "-4": family(4), "-6": family(6),
}

// driverReadings are the options of drivers, of database programs and of the environment.
var driverReadings = map[string]reading{
	"tls-version": readVersions, "tls-versions": readVersions, "tls_versions": readVersions, "TLS-VERSIONS": readVersions, "TLSVERSION": readVersions,
	"TLS Version": readVersions, "tlsVersions": readVersions, "enabledSslProtocolSuites": readVersions,
	"ssl_min_protocol_version": readMin, "PGSSLMINPROTOCOLVERSION": readMin, "TLSMin": readMin, "ssl.minVersion": readMin,
	"options.cryptoCredentialsDetails.minVersion": readMin,
	"ssl_max_protocol_version":                    readMax, "PGSSLMAXPROTOCOLVERSION": readMax, "ssl.maxVersion": readMax,
	"options.cryptoCredentialsDetails.maxVersion": readMax,
	"ssl-cipher": readCipherString, "ssl_cipher": readCipherString, "SSLCIPHER": readCipherString, "ssl.cipher": readCipherString,
	"ssl.ciphers": readBothCiphers, "options.cryptoCredentialsDetails.ciphers": readBothCiphers,
	"tls-ciphersuites": readSuites13, "tls_ciphersuites": readSuites13,
	"tlsCiphersuites": readSuites, "enabledSslCipherSuites": readSuites, "TLS Cipher Suites": readSuites,
	"ssl-fp": readFingerprint, "TLSPEERFP": readFingerprint,
	"NO_TLS_1_0": unless(wire.TLS10), "NO_TLS_1_1": unless(wire.TLS11), "NO_TLS_1_2": unless(wire.TLS12), "NO_TLS_1_3": unless(wire.TLS13),
}

func atLeast(v uint16) reading { return func(o *Overlay, _ string) bool { o.Min = v; return true } }

func just(v uint16) reading {
	return func(o *Overlay, _ string) bool { o.Versions = []uint16{v}; return true }
}

func without(v uint16) reading {
	return func(o *Overlay, _ string) bool { o.Without = append(o.Without, v); return true }
}

func unless(v uint16) reading {
	return func(o *Overlay, value string) bool {
		if value != "0" && value != "" {
			o.Without = append(o.Without, v)
		}
		return true
	}
}

func takeLegacy(on bool) reading {
	return func(o *Overlay, _ string) bool { o.Legacy = &on; return true }
}

func family(n int) reading { return func(o *Overlay, _ string) bool { o.Family = n; return true } }

func dropALPN(o *Overlay, _ string) bool { o.ALPN = new([]string); return true }

// readLevel: the levels below 2 are modes of their own.
func readLevel(_ *Overlay, value string) bool { return oneOf(value, "0", "1", "2") }

// connectElsewhere is what addresses makes of all of them together.
func connectElsewhere(*Overlay, string) bool { return true }

func readMin(o *Overlay, value string) bool { return readVersion(value, &o.Min) }
func readMax(o *Overlay, value string) bool { return readVersion(value, &o.Max) }

func readVersion(value string, to *uint16) bool {
	v, ok := names.ParseVersion(value)
	switch {
	case strings.EqualFold(value, "default") || value == "": // curl's and libpq's words for their own
		*to = 0
		return true
	case ok:
		*to = v
	}
	return ok
}

func readVersions(o *Overlay, value string) bool {
	list, ok := versionsNamed(value, ",;:")
	if ok {
		o.Versions = list
	}
	return ok
}

func readProtocol(o *Overlay, value string) bool {
	return strings.EqualFold(value, "TLS") || readVersions(o, value)
}

// readCipherString: suites of TLS 1.3 are none of its words, and passed over like unknown ones.
func readCipherString(o *Overlay, value string) bool {
	o.Ciphers = append(o.Ciphers, value)
	return value != ""
}

// readBothCiphers: names of TLS 1.3 among the words are those of the other list, as Node has it (tls.createSecureContext).
func readBothCiphers(o *Overlay, value string) bool {
	var older []string
	for _, w := range strings.Split(value, ":") {
		if s, ok := names.SuiteByName(w); ok && is13(s.ID) {
			o.Suites13 = append(o.Suites13, s.ID)
		} else {
			older = append(older, w)
		}
	}
	if older != nil {
		o.Ciphers = append(o.Ciphers, strings.Join(older, ":"))
	}
	return value != ""
}

// readSuites13: a name that OpenSSL does not know makes it refuse the whole list (SSL_CTX_set_ciphersuites).
func readSuites13(o *Overlay, value string) bool {
	modern, older, err := suitesNamed(value)
	if err != nil || len(older) > 0 {
		o.Refused = "a name in the list of TLS 1.3 suites is none: " + value
	}
	o.Suites13 = append([]uint16{}, modern...)
	return true
}

// readSuites are those of a driver that has one list for all versions: Java, .NET.
func readSuites(o *Overlay, value string) bool {
	modern, older, err := suitesNamed(value)
	o.Suites13, o.Suites = append([]uint16{}, modern...), append([]uint16{}, older...)
	return err == nil && len(modern)+len(older) > 0
}

func readGroups(o *Overlay, value string) bool {
	for _, w := range strings.FieldsFunc(value, func(r rune) bool { return r == ':' || r == ',' }) {
		g, ok := names.GroupByName(strings.TrimLeft(w, "?*"))
		if !ok {
			o.Refused = "there is no group " + w
			return true
		}
		o.Groups = append(o.Groups, g)
	}
	return len(o.Groups) > 0
}

func readSignatures(o *Overlay, value string) bool {
	for _, w := range strings.Split(value, ":") {
		s, ok := names.SchemeByName(w)
		if !ok {
			return false
		}
		o.Signatures = append(o.Signatures, s)
	}
	return len(o.Signatures) > 0
}

func readALPN(o *Overlay, value string) bool {
	list := strings.Split(value, ",")
	o.ALPN = &list
	return true
}

// readPins takes digests; a file with the key is opened by nobody here.
func readPins(o *Overlay, value string) bool {
	pins := strings.Split(value, ";")
	o.Pins = append(o.Pins, pins...)
	return !slices.ContainsFunc(pins, func(p string) bool { return !strings.HasPrefix(p, "sha256//") })
}

// readFingerprint is that of the certificate: SHA-1, or SHA-256 from Connector/C 3.4 on, with or without colons.
func readFingerprint(o *Overlay, value string) bool {
	value = strings.ToLower(strings.ReplaceAll(value, ":", ""))
	_, err := hex.DecodeString(value)
	o.Pins = append(o.Pins, "cert:"+value)
	return err == nil && (len(value) == 40 || len(value) == 64)
}

// sounding are parts of names that sound of TLS or of another way to the server.
var sounding = []string{"ssl", "tls", "cipher", "crl", "cert", "proxy", "socks", "pin", "fips", "verif", "keystore", "truststore", "engine", "provider", "ca-native", "capath", "ca-directory"}

// shapers are options that change the handshake, or the way to it, and do not sound so.
var shapers = []string{"--unix-socket", "--abstract-unix-socket", "--http3", "--haproxy-protocol", "--dns-servers", "--doh-url", "--config",
	"-fallback_scsv", "-legacy_renegotiation", "-x509_strict", "-partial_chain", "-purpose", "-policy", "-attime", "-psk", "-psk_session",
	"-early_data", "-maxfraglen", "-sess_in", "-dtls", "-unix", "-nextprotoneg", "-client_sigalgs", "-named_curve", "-status", "-CAstore",
	"-dane_tlsa_domain", "--dane", "--tofu", "--strict-tofu", "--ocsp", "--alpn", "--disable-extensions", "--starttls", "--starttls-proto", "--udp", "--resume", "--execute",
	"defaults-file", "defaults-extra-file", "defaults-group-suffix", "login-path", "socketFactory", "service", "servicefile", "gssencmode"}

// settled are options that sound so and are imitated by the mode, by the files read, or have no part in the handshake.
var settled = strings.Fields(`
	ssl sslmode SSLmode sslMode ssl-mode ssl_mode SSLMODE SslMode useSSL useSsl requireSSL requiressl skip-ssl sslnegotiation sslNegotiation
	ssl-verify-server-cert disable-ssl-verify-server-cert verifyServerCertificate trustServerCertificate TrustServerCertificate
	options.trustServerCertificate disableSslHostnameVerification sslsni sslcompression sslkeylogfile sslpassword ssl-passphrase sslcertmode
	HostNameInCertificate hostNameInCertificate ssl.rejectUnauthorized ssl.verifyIdentity ssl.check_hostname ssl.verify_mode ssl_verify_cert
	ssl_verify_identity ssl_check_hostname SSLVERIFY FORCETLS tls sslaccept ssl-session-data ssl-session-data-continue-on-failed-reuse
	tls-sni-servername ssl.passphrase sslResponseTimeout sslaccept sslidentity PGSSLMODE PGSSLSNI PGSSLNEGOTIATION PGREQUIRESSL
	SSLKEYLOGFILE --tls --sni --ssl --ssl-reqd --ssl-no-revoke --ssl-allow-beast --ssl-revoke-best-effort --ssl-auto-client-cert --no-npn --false-start
	--tlspassword --no-check-certificate --check-certificate --noproxy --ca-certificate
	--crlf --sslv2 --sslv3 --ftp-ssl-ccc-mode --proxytunnel Provider keyStoreAuthentication keyStoreLocation keyStoreSecret keyVaultProviderClientKey
	--ca-verification --no-ca-verification --verify-hostname --print-cert --save-cert --no-ssl -verify -verify_return_error -verify_hostname -verify_ip
	-verify_depth -verify_quiet -trusted_first -certform -no_ssl3 -showcerts -crlf -CRLform -keylogfile -proxy_user -proxy_pass -no-CAfile -no-CApath proxyName
	-C -u -N -J`)

// spaced are the same with blanks in their names.
var spaced = []string{"SSL Mode", "SSL Negotiation", "Trust Server Certificate", "Host Name In Certificate", "SSL Password", "SSL Negotiation"}

// shaping reports whether an option that nothing reads may change how the handshake goes.
func shaping(s *fact.Setting) bool {
	if oneOf(s.Name, settled...) || oneOf(s.Name, spaced...) || oneOf(s.Name, caNames...) || oneOf(s.Name, certNames...) || oneOf(s.Name, keyNames...) {
		return false
	}
	if len(s.Args) > 0 && oneOf(strings.ToLower(s.Value()), "", "0", "false", "off", "no", "none", "disable", "disabled", "default", "prefer", "pem") {
		return false
	}
	name := strings.ToLower(s.Name)
	if strings.Contains(name, "password") || strings.HasPrefix(name, "--proxy-") {
		return false // what belongs to a key, or to a proxy that is named beside
	}
	return oneOf(s.Name, shapers...) || slices.ContainsFunc(sounding, func(part string) bool { return strings.Contains(name, part) })
}
